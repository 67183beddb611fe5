"""The room's statements."""

from collections.abc import Sequence
from datetime import timedelta

import asyncpg
import msgspec

from jiutong.capabilities.simulation.model import KEPT_DAYS, Progress, Simulate, Tally
from jiutong.kernel.db import Tx

_encode = msgspec.json.Encoder().encode
FORGOTTEN_AT_ONCE = 20


async def forget(tx: Tx) -> None:
    """Drop a few simulations too old to be looked at."""
    await tx.count(_FORGET, tx.now - timedelta(days=KEPT_DAYS), FORGOTTEN_AT_ONCE)


async def insert(tx: Tx, runs: Sequence[tuple[int, str, Simulate]]) -> None:
    """Write runs that begin: (id, who, what)."""
    await tx.count(
        _INSERT,
        [run_id for run_id, _, _ in runs],
        [one.name for _, _, one in runs],
        [actor for _, actor, _ in runs],
        [one.basis for _, _, one in runs],
        [one.sample.orders for _, _, one in runs],
        [_json(one.sample) for _, _, one in runs],
        [_json(one.draft) for _, _, one in runs],
        [_json(Tally()) for _ in runs],
        tx.now,
    )


async def advance(tx: Tx, found: Sequence[Progress]) -> dict[int, asyncpg.Record]:
    """Write what was found on top of what the finder stood on; the runs that still stood there."""
    rows = await tx.fetch(
        _ADVANCE,
        [one.run_id for one in found],
        [one.seen for one in found],
        [one.tally.orders for one in found],
        [one.reached for one in found],
        [_json(one.tally) for one in found],
        [one.over for one in found],
        tx.now,
    )
    return {row["run_id"]: row for row in rows}


async def cancel(tx: Tx, run_ids: Sequence[int]) -> dict[int, asyncpg.Record]:
    """Stop the runs that have not ended; those that had not."""
    return {row["run_id"]: row for row in await tx.fetch(_CANCEL, sorted(set(run_ids)), tx.now)}


async def states(tx: Tx, run_ids: Sequence[int]) -> dict[int, asyncpg.Record]:
    """The states of these runs; unknown ones are absent."""
    return {row["run_id"]: row for row in await tx.fetch(_STATES, sorted(set(run_ids)))}


def _json(value: object) -> str:
    return _encode(value).decode()


_FORGET = """
delete from simulation.run r
 where r.tenant_id = $1
   and r.run_id = any (array(select o.run_id from simulation.run o where o.tenant_id = $1 and o.started_at < $2 order by o.run_id limit $3))
"""
_INSERT = """
insert into simulation.run (tenant_id, run_id, name, actor, basis, wanted, sample, draft, tally, started_at, beat_at)
select t.tenant_id, r.*, $10, $10
  from kernel.tenant t,
       unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::json[], $8::json[], $9::json[])
           as r(run_id, name, actor, basis, wanted, sample, draft, tally)
 where t.tenant_id = $1
"""
_ADVANCE = """
-- The guard against counting an order twice: whoever writes names how far the run stood when they began.
with found as (select * from unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::json[], $7::boolean[])
                   as f(run_id, seen, orders, reached, tally, over)),
     advanced as (
        update simulation.run r
           set orders = f.orders, reached = f.reached, tally = f.tally, beat_at = $8,
               state = case when f.over then 'done' else r.state end,
               finished_at = case when f.over then $8 else r.finished_at end
          from found f
         where r.tenant_id = $1 and r.run_id = f.run_id and r.state = 'running' and r.orders = f.seen
        returning r.run_id, r.state, r.orders)
select * from advanced
"""
_CANCEL = """
update simulation.run r set state = 'canceled', finished_at = $3
 where r.tenant_id = $1 and r.run_id = any($2::bigint[]) and r.state = 'running'
returning r.run_id, r.state, r.orders
"""
_STATES = """
select r.run_id, r.state, r.orders from simulation.run r where r.tenant_id = $1 and r.run_id = any($2::bigint[])
"""
