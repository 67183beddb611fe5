"""Simulations 推演: what past orders would have come to under prices or a promotion nobody has published yet.

Owns: `simulation.run`.
Invariants: a simulation counts every order it looked at once, also when two workers lose each other; it touches no order, no stock and
no account. What it found stays as it was found. Simulations are forgotten after `KEPT_DAYS`.
Verbs: `start`, `note`, `cancel`. How an order is replayed is not known here: the package replays runs it through its scene's own steps.
Events: simulation.started.v1, simulation.ended.v1.
"""

from jiutong.capabilities.simulation.model import (
    CHANGE_EDGES_BP,
    KEPT_DAYS,
    MOVERS_MAX,
    NOT_RUNNING,
    NOTHING_DRAFTED,
    ORDERS_MAX,
    PRICES_MAX,
    UNKNOWN_SIMULATION,
    Basis,
    Begun,
    DraftPrice,
    Ended,
    Mover,
    NoteCount,
    Noted,
    PastSample,
    Progress,
    Replayed,
    RuleSum,
    SalesSums,
    Simulate,
    SimulatedLine,
    Span,
    State,
    TakenOffBy,
    Tally,
    WhatIf,
)
from jiutong.capabilities.simulation.rules import bucket, tally
from jiutong.capabilities.simulation.verbs import cancel, note, start

__all__ = [
    "CHANGE_EDGES_BP",
    "KEPT_DAYS",
    "MOVERS_MAX",
    "NOTHING_DRAFTED",
    "NOT_RUNNING",
    "ORDERS_MAX",
    "PRICES_MAX",
    "UNKNOWN_SIMULATION",
    "Basis",
    "Begun",
    "DraftPrice",
    "Ended",
    "Mover",
    "NoteCount",
    "Noted",
    "PastSample",
    "Progress",
    "Replayed",
    "RuleSum",
    "SalesSums",
    "Simulate",
    "SimulatedLine",
    "Span",
    "State",
    "TakenOffBy",
    "Tally",
    "WhatIf",
    "bucket",
    "cancel",
    "note",
    "start",
    "tally",
]
