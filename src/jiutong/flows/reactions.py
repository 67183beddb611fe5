"""The only table that says "on this event, run that flow".

The transaction in which the event happened also writes the job of reacting to it; the event's id is the key under which the
flow runs, so being told twice does no harm.
"""

from collections.abc import Callable
from typing import Any

import msgspec

from jiutong.capabilities.fulfillment import ReleaseOrder
from jiutong.flows import assets, group_buy
from jiutong.flows.fulfil import release
from jiutong.flows.maintain_coupons import SettleCoupons, WriteCodes, write_codes
from jiutong.flows.maintain_coupons import settle as settle_coupons
from jiutong.kernel import jobs
from jiutong.kernel.runner import Flow


class Reaction(msgspec.Struct, frozen=True):
    """On `event` run `flow` with the command that `command` makes of the subject's id."""

    event: str
    flow: Flow[Any, Any]
    command: Callable[[int], msgspec.Struct]
    worth: Callable[[Any], bool] | None = None
    """Which of these events are worth it; None: all are."""

    @property
    def kind(self) -> str:
        """The kind of job it asks for."""
        return f"{self.event} > {self.flow.name}"


REACTIONS: tuple[Reaction, ...] = (
    Reaction("order.paid.v1", release, ReleaseOrder),
    Reaction("order.waiting.v1", group_buy.take_place, group_buy.TakePlace),
    Reaction("group.filled.v1", group_buy.close, group_buy.CloseGroup),
    Reaction("order.ready.v1", release, ReleaseOrder),
    Reaction("order.paid.v1", assets.reckon, assets.Reckon),
    Reaction("order.canceled.v1", assets.reckon, assets.Reckon),
    Reaction("order.expired.v1", assets.reckon, assets.Reckon),
    Reaction("order.edited.v1", assets.reckon, assets.Reckon),
    Reaction("order.returned.v1", assets.reckon, assets.Reckon),
    Reaction("sale.rung.v1", assets.reckon, assets.Reckon, lambda sale: sale.earns),
    Reaction("coupon.codes_wanted.v1", write_codes, WriteCodes),
    Reaction("order.canceled.v1", settle_coupons, SettleCoupons),
    Reaction("order.expired.v1", settle_coupons, SettleCoupons),
)


def install() -> None:
    """Let the transactions of this process ask for these jobs."""
    by_event: dict[str, tuple[str, ...]] = {}
    for reaction in REACTIONS:
        by_event[reaction.event] = (*by_event.get(reaction.event, ()), reaction.kind)
    jobs.REACTIONS.clear()
    jobs.REACTIONS.update(by_event)
    jobs.WORTH.clear()
    jobs.WORTH.update({reaction.kind: reaction.worth for reaction in REACTIONS if reaction.worth is not None})
