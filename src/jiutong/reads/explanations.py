"""What explains an order beyond its lines: what is charged besides, what it claimed, what its rules say, and what is booked of it."""

from collections.abc import Collection

import msgspec

from jiutong.capabilities import promotion
from jiutong.kernel.db import Tx


class ChargeRow(msgspec.Struct, frozen=True):
    """A line's part of freight or a fee, in minor units: `off` of `gross` is borne by somebody; `payable` is what the buyer owes of it."""

    line_no: int
    kind: str
    rule: str
    gross: int
    off: int
    off_rule: str
    off_funder: str
    tax_bp: int
    tax: int
    payable: int


class ClaimRow(msgspec.Struct, frozen=True):
    """Something scarce the order took: of a line, or of the whole order (`line` None). Held until it is `used`."""

    kind: str
    line: int | None
    amount: int
    unit: str
    back: str
    used: bool
    given_back: int


class RuleRow(msgspec.Struct, frozen=True):
    """A promotion's or an activity's version as people know it. Only promotions are told in a sentence."""

    rule: str
    name: str
    name_zh: str
    sentence: str = ""
    sentence_zh: str = ""


class BookedRow(msgspec.Struct, frozen=True):
    """What is booked of an order by now: who bears how much of what was taken off."""

    funder: str
    amount: int


async def charges(tx: Tx, order_id: int) -> list[ChargeRow]:
    """Freight and fees of an order, line by line."""
    return [ChargeRow(*row.values()) for row in await tx.fetch(_CHARGES, order_id)]


async def claims(tx: Tx, order_id: int) -> list[ClaimRow]:
    """What an order claimed besides its goods."""
    return [ClaimRow(*row.values()) for row in await tx.fetch(_CLAIMS, order_id)]


async def rules(tx: Tx, named: Collection[str]) -> dict[str, RuleRow]:
    """The promotions and activities among these rules ("code@version"), whatever has become of them since; nothing else has a name."""
    versions = sorted(one for one in named if "@" in one)
    if not versions:
        return {}
    activities = [RuleRow(*row.values()) for row in await tx.fetch(_ACTIVITIES, versions)]
    promotions = await promotion.promotion_versions(tx, versions)
    return {one.rule: one for one in activities} | {
        rule: RuleRow(
            rule,
            one.terms.name,
            one.terms.name_zh,
            promotion.sentence(one.terms, zh=False),
            promotion.sentence(one.terms, zh=True),
        )
        for rule, one in promotions.items()
    }


async def booked(tx: Tx, order_id: int) -> list[BookedRow]:
    """What each funder bears of this order by the book: what has shipped, less what came back. "seller" is what we bear ourselves."""
    return [BookedRow(*row.values()) for row in await tx.fetch(_BOOKED, order_id)]


_CHARGES = """
select l.line_no, c.kind, c.rule, c.gross, c.off, c.off_rule, c.off_funder, c.tax_bp, c.tax, c.payable
  from orders.charge c
  join orders.line l on l.tenant_id = c.tenant_id and l.order_id = c.order_id and l.line_id = c.line_id
 where c.tenant_id = $1 and c.order_id = $2
 order by l.line_no, c.charge_no
"""
_CLAIMS = """
select c.kind, l.line_no, c.amount, c.unit, c.back, c.used, c.given_back
  from orders.claim c
  left join orders.line l on l.tenant_id = c.tenant_id and l.order_id = c.order_id and l.line_id = c.line_id
 where c.tenant_id = $1 and c.order_id = $2
 order by c.claim_id
"""
_ACTIVITIES = """
with asked as (select rule, split_part(rule, '@', 1) as code, split_part(rule, '@', 2) as version from unnest($2::text[]) as a(rule))
select a.rule, v.name, coalesce(v.body ->> 'name_zh', '')
  from asked a
  join promotion.play p on p.tenant_id = $1 and p.code = a.code
  join promotion.play_version v on v.tenant_id = $1 and v.play_id = p.play_id and v.version::text = a.version
union all
select a.rule, v.name, coalesce(v.body ->> 'name_zh', '')
  from asked a
  join promotion.gate g on g.tenant_id = $1 and g.code = a.code
  join promotion.gate_version v on v.tenant_id = $1 and v.gate_id = g.gate_id and v.version::text = a.version
"""
_BOOKED = """
-- The second part of a funder's account is the funder.
with legs as (
        select x.from_account as account_id, -x.amount as amount
          from ledger.entry e
          join ledger.transfer x on x.tenant_id = e.tenant_id and x.entry_id = e.entry_id
         where e.tenant_id = $1 and e.subject_id = $2
        union all
        select x.to_account, x.amount
          from ledger.entry e
          join ledger.transfer x on x.tenant_id = e.tenant_id and x.entry_id = e.entry_id
         where e.tenant_id = $1 and e.subject_id = $2)
select case when a.code like 'funder:%' then split_part(a.code, ':', 2) else 'seller' end as funder, sum(l.amount)::bigint as amount
  from legs l
  join ledger.account a on a.tenant_id = $1 and a.account_id = l.account_id
 where a.code like 'funder:%' or a.code like 'discount:%'
 group by 1 order by 1
"""
