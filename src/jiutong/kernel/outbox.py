"""What happened, said once, in the transaction in which it happened.

One append-only table is outbox, audit log and timeline: who (actor), through what (flow), when, about what (subject), which facts.
"""

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from jiutong.kernel.db import Tx

_encode = msgspec.json.Encoder().encode


class Event(msgspec.Struct, frozen=True):
    """A fact in the past tense, e.g. `order.placed.v1`, about one subject, caused by `actor`."""

    event_id: int
    type: str
    subject_id: int
    actor: str
    facts: msgspec.Struct


async def write(tx: "Tx", events: list[Event], flow: str) -> None:
    """Append what happened in this transaction. `flow` is the process through which it happened."""
    await tx.count(
        _APPEND,
        [e.event_id for e in events],
        [e.type for e in events],
        [e.subject_id for e in events],
        [e.actor for e in events],
        [_encode(e.facts).decode() for e in events],
        flow,
        tx.now,
    )


_APPEND = """
insert into kernel.event (tenant_id, event_id, type, subject_id, actor, facts, flow, at)
select t.tenant_id, e.event_id, e.type, e.subject_id, e.actor, e.facts, $7, $8
  from kernel.tenant t,
       unnest($2::bigint[], $3::text[], $4::bigint[], $5::text[], $6::json[]) as e(event_id, type, subject_id, actor, facts)
 where t.tenant_id = $1
"""
