"""The HTTP API: one file per resource, thin - parse, authorize, call a flow or a read, answer.

How routes are written: shell.py. Every module here that has routes lists them as `ROUTES`, and is listed in `MODULES`.
"""

from jiutong.api import (
    access,
    audit,
    fulfillment,
    health,
    ledger,
    me,
    member,
    orders,
    payments,
    people,
    prices,
    products,
    returns,
    scenes,
    setup,
    stock,
    till,
    upkeep,
    views,
)

MODULES = (
    health,
    access,
    products,
    prices,
    stock,
    ledger,
    member,
    orders,
    payments,
    returns,
    fulfillment,
    till,
    audit,
    me,
    people,
    scenes,
    setup,
    views,
    upkeep,
)
ROUTES = [route for module in MODULES for route in module.ROUTES]
