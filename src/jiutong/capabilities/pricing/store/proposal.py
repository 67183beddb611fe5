"""The statements about price proposals."""

from collections.abc import Collection, Sequence

import msgspec

from jiutong.capabilities.pricing.model import Proposal, ProposalLine, ProposalStatus
from jiutong.capabilities.pricing.store.price import instant
from jiutong.kernel.db import Tx


async def insert(tx: Tx, proposals: Sequence[Proposal]) -> None:
    """Write proposals with their lines."""
    await tx.count(
        _INSERT,
        [one.proposal_id for one in proposals],
        [one.list_id for one in proposals],
        [one.note for one in proposals],
        [one.status for one in proposals],
        [one.made_by for one in proposals],
        tx.now,
    )
    rows = [(one.proposal_id, place, line) for one in proposals for place, line in enumerate(one.lines, 1)]
    await tx.count(
        _INSERT_LINES,
        [proposal_id for proposal_id, _, _ in rows],
        [line_no for _, line_no, _ in rows],
        [line.sku_id for _, _, line in rows],
        [line.category for _, _, line in rows],
        [line.ends for _, _, line in rows],
        [line.min_quantity for _, _, line in rows],
        [line.amount for _, _, line in rows],
        [line.per for _, _, line in rows],
        [line.off_bp for _, _, line in rows],
        [line.mix for _, _, line in rows],
        [line.quota for _, _, line in rows],
        [line.valid_from for _, _, line in rows],
        [line.valid_to for _, _, line in rows],
    )


async def lock(tx: Tx, ids: Collection[int]) -> dict[int, Proposal]:
    """These proposals with their lines, locked in the order of their ids."""
    heads = await tx.fetch(_LOCK, sorted(ids))
    lines: dict[int, list[ProposalLine]] = {row["proposal_id"]: [] for row in heads}
    for row in await tx.fetch(_LINES, sorted(lines)):
        lines[row["proposal_id"]].append(
            ProposalLine(
                row["sku_id"],
                row["category"],
                row["ends"],
                row["min_quantity"],
                row["amount"],
                row["per"],
                row["off_bp"],
                row["mix"],
                row["quota"],
                row["valid_from"],
                instant(row["valid_to"]),
            )
        )
    return {
        row["proposal_id"]: Proposal(
            row["proposal_id"], row["list_id"], row["note"], row["status"], row["made_by"], tuple(lines[row["proposal_id"]])
        )
        for row in heads
    }


class Outcome(msgspec.Struct, frozen=True):
    """What becomes of a proposal, and by whom; a draft that is submitted is not decided on."""

    proposal_id: int
    status: ProposalStatus
    by: str | None
    reason: str


async def decide(tx: Tx, outcomes: Sequence[Outcome]) -> None:
    """Write what became of proposals."""
    await tx.count(
        _DECIDE,
        [one.proposal_id for one in outcomes],
        [one.status for one in outcomes],
        [one.by for one in outcomes],
        [one.reason for one in outcomes],
        tx.now,
    )


_INSERT = """
insert into pricing.proposal (tenant_id, proposal_id, list_id, note, status, made_by, made_at)
select t.tenant_id, u.proposal_id, u.list_id, u.note, u.status, u.made_by, $7
  from kernel.tenant t,
       unnest($2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::text[]) as u(proposal_id, list_id, note, status, made_by)
 where t.tenant_id = $1
"""
_INSERT_LINES = """
insert into pricing.proposal_line
       (tenant_id, proposal_id, line_no, sku_id, category, ends, min_quantity, amount, per, off_bp, mix, quota, valid_from, valid_to)
select t.tenant_id, u.*
  from kernel.tenant t,
       unnest($2::bigint[], $3::integer[], $4::bigint[], $5::text[], $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[],
              $10::integer[], $11::text[], $12::bigint[], $13::timestamptz[], $14::timestamptz[])
       as u(proposal_id, line_no, sku_id, category, ends, min_quantity, amount, per, off_bp, mix, quota, valid_from, valid_to)
 where t.tenant_id = $1
"""
_LOCK = """
select p.proposal_id, p.list_id, p.note, p.status, p.made_by
  from pricing.proposal p where p.tenant_id = $1 and p.proposal_id = any($2::bigint[]) order by p.proposal_id for update
"""
_LINES = """
select l.* from pricing.proposal_line l
 where l.tenant_id = $1 and l.proposal_id = any($2::bigint[]) order by l.proposal_id, l.line_no
"""
_DECIDE = """
update pricing.proposal p
   set status = u.status, decided_by = u.decided_by, decided_at = case when u.decided_by is null then null else $6::timestamptz end,
       reason = u.reason
  from unnest($2::bigint[], $3::text[], $4::text[], $5::text[]) as u(proposal_id, status, decided_by, reason)
 where p.tenant_id = $1 and p.proposal_id = u.proposal_id
"""
