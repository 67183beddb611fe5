"""Price proposals and negotiations, as people decide on them: beside each price what holds now, and the least it may come to."""

from collections.abc import Collection, Sequence
from datetime import datetime

import asyncpg
import msgspec

from jiutong.capabilities import pricing
from jiutong.kernel import stamps
from jiutong.kernel.db import Tx
from jiutong.reads import actors


class ProposalRow(msgspec.Struct, frozen=True):
    """A proposal: who made it, how many lines it has, and how many of them make something dearer or cheaper."""

    proposal_id: int
    list: str
    list_name: str
    currency: str
    note: str
    status: pricing.ProposalStatus
    made_by: str
    made_by_name: str
    made_at: datetime
    decided_by: str | None
    decided_by_name: str
    decided_at: datetime | None
    reason: str
    lines: int
    raised: int
    lowered: int


class Beside(msgspec.Struct, frozen=True):
    """What stands beside a price: everybody's, the least, and what the goods cost; None where nobody knows.

    Amounts are minor units per `base_per` and `cost_per` base units; the least is told for as many as the price is.
    """

    base_minor: int | None = None
    base_per: int | None = None
    floor_minor: int | None = None
    cost_minor: int | None = None
    cost_per: int | None = None

    def margin_of(self, amount: int | None, per: int | None, off_bp: int | None = None) -> int | None:
        """The margin a price, or a rate off everybody's, leaves over the cost, in basis points."""
        if off_bp and self.base_minor is not None:
            amount, per = pricing.off_base(self.base_minor, off_bp), self.base_per
        elif off_bp:
            return None
        if amount is None or per is None or self.cost_minor is None or self.cost_per is None:
            return None
        return pricing.margin_bp(amount * self.cost_per, self.cost_minor * per)


class ProposalLine(msgspec.Struct, frozen=True):
    """A line of a proposal with the price that holds now (`before_…`), both per `per` (`before_per`) base units, and what stands beside."""

    line_no: int
    sku: str | None
    title: str
    category: str | None
    ends: int | None
    min_quantity: int
    amount_minor: int
    per: int
    off_bp: int | None
    mix: str
    quota: int | None
    valid_from: datetime | None
    valid_to: datetime | None
    before_minor: int | None
    before_per: int | None
    before_off_bp: int | None
    beside: Beside


class NegotiationRow(msgspec.Struct, frozen=True):
    """A negotiation; `status` is `expired` when nobody took the last word in time. Sums are of all lines, where each has a price."""

    negotiation_id: int
    company: str
    company_name: str
    channel: str
    currency: str
    title: str
    status: str
    expires_at: datetime
    valid_to: datetime | None
    capped: bool
    opened_by: str
    opened_by_name: str
    opened_at: datetime
    changed_at: datetime
    revision: int
    list: str | None
    lines: int
    asked_minor: int | None
    offered_minor: int | None
    list_minor: int | None


class NegotiationLine(msgspec.Struct, frozen=True):
    """A line of a negotiation, and what stands beside its prices for that quantity."""

    line_no: int
    sku: str
    title: str
    quantity: int
    per: int
    asked_minor: int | None
    offered_minor: int | None
    beside: Beside


class Message(msgspec.Struct, frozen=True):
    """What was said in a negotiation: `prices` are (line, minor units)."""

    message_id: int
    side: pricing.Side
    act: pricing.Act
    actor: str
    actor_name: str
    at: datetime
    text: str
    prices: Sequence[tuple[int, int]]


async def proposals(
    tx: Tx, ids: Sequence[int] | None, status: str | None, price_list: str | None, before: int | None, rows_max: int, *, costs: bool
) -> list[ProposalRow]:
    """Proposals, the latest first; those about costs only to those who may see them."""
    rows = await tx.fetch(_PROPOSALS, ids, status, price_list, before, rows_max, tx.now, costs)
    names = await actors.names(tx, {row[key] for row in rows for key in ("made_by", "decided_by") if row[key]})
    return [
        ProposalRow(
            row["proposal_id"],
            row["list"],
            row["list_name"],
            row["currency"],
            row["note"],
            row["status"],
            row["made_by"],
            names.get(row["made_by"], ""),
            row["made_at"],
            row["decided_by"],
            names.get(row["decided_by"], ""),
            row["decided_at"],
            row["reason"],
            row["lines"],
            row["raised"],
            row["lowered"],
        )
        for row in rows
    ]


async def proposal_lines(tx: Tx, proposal_id: int, after: int, rows_max: int, *, costs: bool) -> list[ProposalLine]:
    """The lines of a proposal, in order; beside each what stands there for those its list is for."""
    rows = await tx.fetch(_PROPOSAL_LINES, proposal_id, after, rows_max, tx.now, costs)
    facts = await _facts(tx, {row["sku_id"] for row in rows if row["sku_id"]})
    found: list[ProposalLine] = []
    for row in rows:
        told = {name: row[name] for name in ProposalLine.__struct_fields__ if name != "beside"}
        ids = {kind: row["scope_id"] if row["kind"] == kind else 0 for kind in ("channel", "store", "seller")}
        place = pricing.Place(row["currency"], ids["channel"], ids["store"], ids["seller"], row["region"] or "")
        beside = _beside(facts.get(row["sku_id"] or 0), place, row["min_quantity"], row["per"], tx.now, costs=costs)
        found.append(ProposalLine(**told, beside=beside))
    return found


async def _facts(tx: Tx, sku_ids: Collection[int]) -> dict[int, pricing.PriceFacts]:
    """The prices of SKUs as they stand, whatever was remembered."""
    if not sku_ids:
        return {}
    found = await pricing.prices(tx, sku_ids)
    changed = (await stamps.outdated(tx)).get("sku", [])
    if changed:
        pricing.forget(tx, changed)
        found |= await pricing.prices(tx, changed)
    return found


def _beside(facts: pricing.PriceFacts | None, place: pricing.Place, quantity: int, per: int, now: datetime, *, costs: bool) -> Beside:
    """What stands beside a price for that many at that place."""
    if facts is None:
        return Beside()
    base = pricing.resolve(facts, 0, 0, place.currency, quantity, now)
    whom = pricing.For(place.region)
    spot = (place.channel_id, place.store_id, place.currency)
    least = pricing.floor(facts, *spot, quantity, now, whom, place.seller_id, per)
    known = pricing.cost(facts, place, quantity, now) if costs else None
    return Beside(
        base.amount if base else None,
        base.per if base else None,
        least or None,
        known.amount if known else None,
        known.per if known else None,
    )


async def negotiations(
    tx: Tx,
    ids: Sequence[int] | None,
    status: str | None,
    company: str | None,
    before: int | None,
    rows_max: int,
    *,
    channel: str | None = None,
) -> list[NegotiationRow]:
    """Negotiations, the latest first; of one channel, if asked."""
    rows = await tx.fetch(_NEGOTIATIONS, ids, status, company, before, rows_max, tx.now, channel)
    names = await actors.names(tx, {row["opened_by"] for row in rows})
    return [_negotiation(row, names.get(row["opened_by"], "")) for row in rows]


async def negotiation_lines(tx: Tx, negotiation_id: int, *, costs: bool) -> list[NegotiationLine]:
    """The lines of a negotiation."""
    rows = await tx.fetch(_NEGOTIATION_LINES, negotiation_id)
    facts = await _facts(tx, {row["sku_id"] for row in rows})
    found: list[NegotiationLine] = []
    for row in rows:
        told = {name: row[name] for name in NegotiationLine.__struct_fields__ if name != "beside"}
        place = pricing.Place(row["currency"], row["channel_id"], region=row["region"])
        beside = _beside(facts.get(row["sku_id"]), place, row["quantity"], row["per"], tx.now, costs=costs)
        found.append(NegotiationLine(**told, beside=beside))
    return found


async def messages(tx: Tx, negotiation_id: int) -> list[Message]:
    """What was said in a negotiation, in order."""
    rows = await tx.fetch(_MESSAGES, negotiation_id)
    names = await actors.names(tx, {row["actor"] for row in rows})
    return [
        Message(
            row["message_id"],
            row["side"],
            row["act"],
            row["actor"],
            names.get(row["actor"], ""),
            row["at"],
            row["text"],
            tuple(zip(row["line_nos"], row["amounts"], strict=True)),
        )
        for row in rows
    ]


def _negotiation(row: asyncpg.Record, name: str) -> NegotiationRow:
    return NegotiationRow(
        row["negotiation_id"],
        row["company"],
        row["company_name"],
        row["channel"],
        row["currency"],
        row["title"],
        row["status"],
        row["expires_at"],
        row["valid_to"],
        row["capped"],
        row["opened_by"],
        name,
        row["opened_at"],
        row["changed_at"],
        row["revision"],
        row["list"],
        row["lines"],
        row["asked_minor"],
        row["offered_minor"],
        row["list_minor"],
    )


_PROPOSALS = """
select p.proposal_id, l.code as list, l.name as list_name, l.currency, p.note, p.status, p.made_by, p.made_at, p.decided_by,
       p.decided_at, p.reason, c.lines, c.raised, c.lowered
  from pricing.proposal p
  join pricing.price_list l on l.tenant_id = $1 and l.list_id = p.list_id and ($8 or l.role <> 'cost')
 cross join lateral (
        select count(*) as lines, count(*) filter (where o.amount * w.per > w.amount * o.per) as raised,
               count(*) filter (where o.amount * w.per < w.amount * o.per) as lowered
          from pricing.proposal_line o
  left join lateral (
        select p.amount, p.per, p.off_bp from pricing.price p
         where p.tenant_id = $1 and p.list_id = p.list_id and p.sku_id = o.sku_id and p.min_quantity = o.min_quantity
           and p.valid_from <= $7 and p.valid_to > $7 limit 1) w on true
         where o.tenant_id = $1 and o.proposal_id = p.proposal_id) c
 where p.tenant_id = $1 and ($2::bigint[] is null or p.proposal_id = any($2)) and ($3::text is null or p.status = $3)
   and ($4::text is null or l.code = $4) and ($5::bigint is null or p.proposal_id < $5)
 order by p.proposal_id desc limit $6
"""
_PROPOSAL_LINES = """
select o.line_no, s.code as sku, coalesce(nullif(s.title, ''), d.title, k.name, '') as title, o.category, o.ends, o.min_quantity,
       case when n.price_id is null then o.amount else n.amount end as amount_minor,
       case when n.price_id is null then o.per else n.per end as per,
       case when n.price_id is null then o.off_bp else n.off_bp end as off_bp, o.mix, o.quota, o.valid_from,
       nullif(o.valid_to, 'infinity') as valid_to, w.amount as before_minor, w.per as before_per, w.off_bp as before_off_bp, s.sku_id,
       l.kind, coalesce(l.store_id, l.channel_id, l.seller_id, 0) as scope_id, l.region, l.currency
  from pricing.proposal q
  join pricing.price_list l on l.tenant_id = $1 and l.list_id = q.list_id and ($6 or l.role <> 'cost')
  join pricing.proposal_line o on o.tenant_id = $1 and o.proposal_id = q.proposal_id
  left join pricing.price n on n.tenant_id = $1 and n.price_id = o.ends
  left join catalog.sku s on s.tenant_id = $1 and s.sku_id = coalesce(o.sku_id, n.sku_id)
  left join catalog.product d on d.tenant_id = $1 and d.product_id = s.product_id
  left join catalog.category k on k.tenant_id = $1 and k.code = o.category
  left join lateral (
        select p.amount, p.per, p.off_bp from pricing.price p
         where p.tenant_id = $1 and p.list_id = q.list_id and p.sku_id = s.sku_id and p.min_quantity = o.min_quantity
           and p.valid_from <= $5 and p.valid_to > $5 limit 1) w on true
 where q.tenant_id = $1 and q.proposal_id = $2 and o.line_no > $3
 order by o.line_no limit $4
"""
_NEGOTIATIONS = """
select n.negotiation_id, m.code as company, m.name as company_name, h.code as channel, n.currency, n.title,
       case when n.status in ('asked', 'offered') and n.expires_at <= $7 then 'expired' else n.status end as status, n.expires_at,
       nullif(n.valid_to, 'infinity') as valid_to, n.capped, n.opened_by, n.opened_at, n.changed_at, n.revision, l.code as list, c.lines,
       c.asked_minor, c.offered_minor, c.list_minor
  from pricing.negotiation n
  join member.company m on m.tenant_id = $1 and m.company_id = n.company_id
  left join access.channel h on h.tenant_id = $1 and h.channel_id = n.channel_id
  left join pricing.price_list l on l.tenant_id = $1 and l.list_id = n.list_id
 cross join lateral (
        select count(*) as lines,
               case when count(o.asked) = count(*) then sum((2 * o.asked * o.quantity + o.per) / (2 * o.per))::bigint end as asked_minor,
               case when count(o.offered) = count(*)
                    then sum((2 * o.offered * o.quantity + o.per) / (2 * o.per))::bigint end as offered_minor,
               case when count(e.amount) = count(*) then sum((2 * e.amount * o.quantity + e.per) / (2 * e.per))::bigint end as list_minor
          from pricing.negotiation_line o
  left join lateral (
        select p.amount, p.per from pricing.price p
          join pricing.price_list b on b.tenant_id = $1 and b.list_id = p.list_id and b.kind = 'base' and b.role = 'sale'
               and b.status = 'active' and b.currency = n.currency
         where p.tenant_id = $1 and p.sku_id = o.sku_id and p.min_quantity <= o.quantity and p.valid_from <= $7 and p.valid_to > $7
         order by p.min_quantity desc, p.valid_from desc, p.price_id desc limit 1) e on true
         where o.tenant_id = $1 and o.negotiation_id = n.negotiation_id) c
 where n.tenant_id = $1 and ($2::bigint[] is null or n.negotiation_id = any($2))
   and ($3::text is null
        or $3 = case when n.status in ('asked', 'offered') and n.expires_at <= $7 then 'expired' else n.status end)
   and ($4::text is null or m.code = $4) and ($5::bigint is null or n.negotiation_id < $5) and ($8::text is null or h.code = $8)
 order by n.negotiation_id desc limit $6
"""
_NEGOTIATION_LINES = """
select o.line_no, s.code as sku, coalesce(nullif(s.title, ''), d.title) as title, o.quantity, o.per, o.asked as asked_minor,
       o.offered as offered_minor, o.sku_id, n.channel_id, n.currency, m.region
  from pricing.negotiation n
  join member.company m on m.tenant_id = $1 and m.company_id = n.company_id
  join pricing.negotiation_line o on o.tenant_id = $1 and o.negotiation_id = n.negotiation_id
  join catalog.sku s on s.tenant_id = $1 and s.sku_id = o.sku_id
  join catalog.product d on d.tenant_id = $1 and d.product_id = s.product_id
 where n.tenant_id = $1 and n.negotiation_id = $2
 order by o.line_no
"""
_MESSAGES = """
select m.message_id, m.side, m.act, m.actor, m.at, m.text, m.line_nos, m.amounts
  from pricing.negotiation_message m where m.tenant_id = $1 and m.negotiation_id = $2 order by m.message_id
"""
