"""The only table that says "on this event, run that flow".

The transaction in which the event happened also writes the job of reacting to it; the event's id is the key under which the
flow runs, so being told twice does no harm.
"""

from collections.abc import Callable
from typing import Any

import msgspec

from jiutong.capabilities.fulfillment import ReleaseOrder
from jiutong.flows.fulfil import release
from jiutong.kernel import jobs
from jiutong.kernel.runner import Flow


class Reaction(msgspec.Struct, frozen=True):
    """On `event` run `flow` with the command that `command` makes of the subject's id."""

    event: str
    flow: Flow[Any, Any]
    command: Callable[[int], msgspec.Struct]

    @property
    def kind(self) -> str:
        """The kind of job it asks for."""
        return f"{self.event} > {self.flow.name}"


REACTIONS: tuple[Reaction, ...] = (Reaction("order.paid.v1", release, ReleaseOrder),)


def install() -> None:
    """Let the transactions of this process ask for these jobs."""
    by_event: dict[str, tuple[str, ...]] = {}
    for reaction in REACTIONS:
        by_event[reaction.event] = (*by_event.get(reaction.event, ()), reaction.kind)
    jobs.REACTIONS.clear()
    jobs.REACTIONS.update(by_event)
