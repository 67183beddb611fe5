"""What orders take of scarce things besides their goods, in SQL."""

from collections.abc import Collection, Sequence

import asyncpg

from jiutong import ledger
from jiutong.capabilities.order.model import OrderDraft, PlacedClaim
from jiutong.kernel.db import Tx


async def insert(tx: Tx, drafts: Sequence[OrderDraft]) -> None:
    """Write what orders take of scarce things besides their goods; a till has used it at once."""
    ids = {(d.order_id, line.line_no): line.line_id for d in drafts if d.claims for line in d.lines}
    rows = [(d, c) for d in drafts for c in d.claims]
    if not rows:
        return
    await tx.count(
        _INSERT_CLAIMS,
        [d.order_id for d, _ in rows],
        [c.claim_id for _, c in rows],
        [ids[d.order_id, c.line_no] if c.line_no else 0 for d, c in rows],
        [c.kind for _, c in rows],
        [c.subject_id for _, c in rows],
        [c.account.code for _, c in rows],
        [c.account.unit for _, c in rows],
        [c.to.code for _, c in rows],
        [c.amount for _, c in rows],
        [c.back for _, c in rows],
        [d.device_id is not None for d, _ in rows],
    )


async def read(tx: Tx, order_ids: Collection[int]) -> list[PlacedClaim]:
    """What orders have claimed, in their order."""
    return [_claim(row) for row in await tx.fetch(_READ_CLAIMS, sorted(set(order_ids)))]


async def use(tx: Tx, order_ids: Collection[int]) -> list[PlacedClaim]:
    """Use what orders hold; what was used now."""
    return [_claim(row) for row in await tx.fetch(_USE_CLAIMS, sorted(set(order_ids)))]


async def give_back(tx: Tx, parts: Sequence[tuple[int, int, int]]) -> int:
    """Note what came back: (order, claim, amount); how many claims had so much left."""
    return await tx.count(
        _GIVE_CLAIMS_BACK, [order_id for order_id, _, _ in parts], [id_ for _, id_, _ in parts], [amount for _, _, amount in parts]
    )


def _claim(row: asyncpg.Record) -> PlacedClaim:
    return PlacedClaim(
        row["order_id"],
        row["claim_id"],
        row["line_id"],
        row["kind"],
        row["subject_id"],
        ledger.account(row["account"], row["unit"]),
        ledger.account(row["to_account"], "any", None, tracked=False),
        row["amount"],
        row["back"],
        row["used"],
        row["given_back"],
    )


_INSERT_CLAIMS = """
insert into orders.claim (tenant_id, order_id, claim_id, line_id, kind, subject_id, account, unit, to_account, amount, back, used)
select t.tenant_id, c.order_id, c.claim_id, c.line_id, c.kind, c.subject_id, c.account, c.unit, c.to_account, c.amount, c.back, c.used
  from kernel.tenant t,
       unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::bigint[], $7::text[], $8::text[], $9::text[], $10::bigint[],
              $11::text[], $12::boolean[])
           as c(order_id, claim_id, line_id, kind, subject_id, account, unit, to_account, amount, back, used)
 where t.tenant_id = $1
"""
_READ_CLAIMS = """
select c.order_id, c.claim_id, c.line_id, c.kind, c.subject_id, c.account, c.unit, c.to_account, c.amount, c.back, c.used, c.given_back
  from orders.claim c
 where c.tenant_id = $1 and c.order_id = any($2::bigint[])
 order by c.order_id, c.claim_id
"""
_USE_CLAIMS = """
update orders.claim c set used = true
 where c.tenant_id = $1 and c.order_id = any($2::bigint[]) and not c.used and c.given_back < c.amount
returning c.order_id, c.claim_id, c.line_id, c.kind, c.subject_id, c.account, c.unit, c.to_account, c.amount, c.back, c.used, c.given_back
"""
_GIVE_CLAIMS_BACK = """
update orders.claim c set given_back = c.given_back + g.amount
  from unnest($2::bigint[], $3::bigint[], $4::bigint[]) as g(order_id, claim_id, amount)
 where c.tenant_id = $1 and c.order_id = g.order_id and c.claim_id = g.claim_id and c.given_back + g.amount between 0 and c.amount
"""
