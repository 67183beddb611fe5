"""The HTTP API: one file per resource, thin - parse, authorize, call a flow or a read, answer.

How routes are written: shell.py. Every module here that has routes lists them as `ROUTES`, and is listed in `MODULES`.
"""

from jiutong.api import access, fulfillment, health, ledger, member, orders, payments, prices, products, returns, stock, till

MODULES = (health, access, products, prices, stock, ledger, member, orders, payments, returns, fulfillment, till)
ROUTES = [route for module in MODULES for route in module.ROUTES]
