"""Stock for screens: what lies where, who holds it, what moved it and why, what is short, and the papers."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

import msgspec
from msgspec import convert

from jiutong.kernel.db import Tx

PLACES_MAX = 250
"""Most places told of one SKU."""

FOUND_MAX = 500
"""Most SKUs a search of the stock looks at."""

COMPARED_MAX = 5_000
"""Most lines told of a count before it is booked."""

HOLDERS_MAX = 100
"""Most orders told as holders of one SKU; those that wait longest come first."""


class StockFilter(msgspec.Struct, frozen=True):
    """Which stock to tell, by code. `available_below` leaves out what has as much as that to promise; 0 finds what is short.

    `q` is a code, the beginning of one, a barcode, or words of a title.
    """

    sku: str | None = None
    location: str | None = None
    owner: str | None = None
    available_below: int | None = None
    q: str | None = None


class StockKeys(msgspec.Struct, frozen=True, array_like=True):
    """The place of a row in the list."""

    location_id: int
    owner_id: int
    sku_id: int


class StockRow(msgspec.Struct, frozen=True):
    """One SKU of one owner at one location, in base units. Available to promise is on hand - held - floor."""

    sku: str
    title: str
    base_unit: str
    location: str
    location_name: str
    mode: Literal["strict", "exception"]
    owner: str
    on_hand: int
    held: int
    floor: int
    available: int


class Holder(msgspec.Struct, frozen=True):
    """An order that holds units of a SKU at a location, until it ships or the hold expires."""

    location: str
    owner: str
    order_id: int
    line_no: int
    status: str
    held: int
    expires_at: datetime | None


class MovementKeys(msgspec.Struct, frozen=True, array_like=True):
    """The place of a movement in the list."""

    entry_id: int
    transfer_no: int


class MovementFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which movements of a SKU to tell. `kind` is the kind of paper, or the posting rule that moved the goods."""

    location: str | None = None
    owner: str | None = None
    kind: str | None = None
    reason: str | None = None
    since: datetime | None = None
    until: datetime | None = None


class Movement(msgspec.Struct, frozen=True):
    """Stock changed: where, by how much, by which rule of the book, and the paper or order behind it.

    `balance` is what lay there, of this owner, after it.
    """

    entry_id: int
    transfer_no: int
    at: datetime
    rule: str
    sku: str
    location: str
    owner: str
    change: int
    balance: int
    subject_id: int
    kind: str
    receipt_no: str | None
    reason: str | None
    reference: str | None
    actor: str | None


class ShortageRow(msgspec.Struct, frozen=True):
    """Something left a location that its book did not have there: how far below zero that took it, and now."""

    shortage_id: int
    sku: str
    title: str
    location: str
    owner: str
    subject_id: int
    is_paper: bool
    below_zero: int
    on_hand: int
    at: datetime
    resolved_at: datetime | None


class PaperRow(msgspec.Struct, frozen=True):
    """A receipt, adjustment or count; units in all, more and less than before."""

    paper_id: int
    kind: Literal["receipt", "adjustment", "count"]
    location: str
    location_name: str
    owner: str | None
    reason: str
    reference: str
    at: datetime
    actor: str
    lines: int
    more: int
    less: int


class PaperLineRow(msgspec.Struct, frozen=True):
    """One SKU on a paper: by how much the book changed, and what a count found."""

    line_no: int
    sku: str
    title: str
    change: int
    counted: int | None


class PaperFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which papers to tell. `reference` finds those whose reference contains it."""

    kind: str | None = None
    location: str | None = None
    reason: str | None = None
    reference: str | None = None
    since: datetime | None = None
    until: datetime | None = None


class ComparedRow(msgspec.Struct, frozen=True):
    """What the book says of a SKU beside what was counted; `line` is null for what a full count did not name."""

    line: int | None
    sku: str
    title: str
    base_unit: str
    book: int
    held: int
    counted: int
    change: int


class ScannedRow(msgspec.Struct, frozen=True):
    """A SKU somebody named or scanned, and what lies of it at the location asked for, whosever it is."""

    sku: str
    title: str
    base_unit: str
    on_hand: int
    held: int


class LocationView(msgspec.Struct, frozen=True):
    """A location. In strict mode it never promises more than it has; else what leaves without being there is noted."""

    code: str
    name: str
    kind: Literal["dc", "store", "supplier", "virtual", "transit"]
    mode: Literal["strict", "exception"]
    store: str | None
    revision: int


class SourceRow(msgspec.Struct, frozen=True):
    """A location a channel sells from."""

    location: str
    name: str


async def page(tx: Tx, wanted: StockFilter, after: StockKeys | None, rows_max: int) -> list[tuple[StockKeys, StockRow]]:
    """Stock in the order of locations, owners and SKUs."""
    place = (None, None, None) if after is None else (after.location_id, after.owner_id, after.sku_id)
    found = None if wanted.q is None else [row["sku_id"] for row in await tx.fetch(_FOUND, *_asked(wanted.q), FOUND_MAX)]
    below = wanted.available_below
    if below is not None and below <= 1 and (wanted.sku, wanted.location, found) == (None, None, None):
        # What is short anywhere is a needle: it is looked for among the accounts, not met by walking all stock.
        found = [row["sku_id"] for row in await tx.fetch(_NEEDLES, below, *place, wanted.owner, rows_max)]
    rows = await tx.fetch(_PAGE, wanted.sku, wanted.location, wanted.owner, below, *place, rows_max, found)
    return [(StockKeys(row["location_id"], row["owner_id"], row["sku_id"]), convert(dict(row), StockRow)) for row in rows]


async def holders(tx: Tx, sku: str) -> list[Holder]:
    """The orders that hold units of this SKU anywhere."""
    return [convert(dict(row), Holder) for row in await tx.fetch(_HOLDERS, sku, HOLDERS_MAX)]


async def movements(tx: Tx, sku: str, wanted: MovementFilter, before: MovementKeys | None, rows_max: int) -> list[Movement]:
    """What moved this SKU, latest first."""
    place = (None, None) if before is None else (before.entry_id, before.transfer_no)
    kept = wanted.kind, wanted.reason, wanted.since, wanted.until
    rows = await tx.fetch(_MOVEMENTS, sku, wanted.location, wanted.owner, *place, rows_max, *kept)
    return [convert(dict(row), Movement) for row in rows]


async def shortages(
    tx: Tx, location: str | None, resolved: bool | None, shortage_id: int | None, before: int | None, rows_max: int
) -> list[ShortageRow]:
    """Shortages, latest first; one of them when `shortage_id` is given."""
    return [convert(dict(row), ShortageRow) for row in await tx.fetch(_SHORTAGES, location, resolved, shortage_id, before, rows_max)]


async def papers(tx: Tx, wanted: PaperFilter, paper_ids: Sequence[int] | None, before: int | None, rows_max: int) -> list[PaperRow]:
    """Papers, latest first; those with these ids when given."""
    kept = wanted.reason, None if wanted.reference is None else f"%{_escaped(wanted.reference)}%", wanted.since, wanted.until
    rows = await tx.fetch(_PAPERS, wanted.kind, wanted.location, paper_ids, before, rows_max, *kept)
    return [convert(dict(row), PaperRow) for row in rows]


async def compared(tx: Tx, location: str, owner: str | None, counted: Sequence[tuple[str, int]], *, full: bool) -> list[ComparedRow]:
    """What was counted at a location, as (code or barcode, base units), beside what the book says; those that differ first.

    In a `full` count, whatever the book has there and the count does not name was not found.
    """
    rows = await tx.fetch(_COMPARED, location, owner, [sku for sku, _ in counted], [units for _, units in counted], full, COMPARED_MAX)
    return [convert(dict(row), ComparedRow) for row in rows]


async def paper_lines(tx: Tx, paper_id: int, after: int | None, rows_max: int) -> list[PaperLineRow]:
    """What is on a paper, in line order."""
    return [convert(dict(row), PaperLineRow) for row in await tx.fetch(_PAPER_LINES, paper_id, after, rows_max)]


async def scanned(tx: Tx, name: str, location: str | None) -> ScannedRow | None:
    """The SKU with this code or barcode, and what lies of it at a location; None where nothing has it."""
    rows = await tx.fetch(_SCANNED, name, location)
    return convert(dict(rows[0]), ScannedRow) if rows else None


async def locations(tx: Tx, code: str | None, after: str | None, rows_max: int, q: str | None = None) -> list[LocationView]:
    """Locations by code; one of them when `code` is given, those whose code or name contains `q` when that is."""
    like = None if q is None else f"%{_escaped(q)}%"
    return [convert(dict(row), LocationView) for row in await tx.fetch(_LOCATIONS, code, after, rows_max, like)]


async def sources(tx: Tx, channel: str) -> list[SourceRow] | None:
    """The locations a channel sells from, first choice first; None when there is no such channel."""
    rows = await tx.fetch(_SOURCES, channel)
    return [convert(dict(row), SourceRow) for row in rows if row["location"] is not None] if rows else None


def _asked(q: str) -> tuple[str, str, list[str]]:
    """A search as the statement takes it: the whole of it, the beginning of a code, and every word anywhere in a title."""
    return q, _escaped(q.lower()) + "%", [f"%{_escaped(word)}%" for word in q.split()]


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


_FOUND = """
(select b.sku_id from catalog.barcode b where b.tenant_id = $1 and b.gtin = lpad($2, 14, '0'))
union
(select k.sku_id from catalog.sku k
  where k.tenant_id = $1 and (k.code = $2 or lower(k.code) like $3 or k.title ilike all($4::text[]))
  limit $5)
"""
_PAGE = """
select s.location_id, s.owner_id, s.sku_id, k.code as sku, k.title, k.base_unit, l.code as location, l.name as location_name, l.mode,
       e.code as owner, coalesce(a.posted, 0) as on_hand, coalesce(a.held, 0) as held, coalesce(a.floor, 0) as floor,
       coalesce(a.posted - a.held, 0) - coalesce(a.floor, 0) as available
  from inventory.stock s
  join inventory.location l on l.tenant_id = s.tenant_id and l.location_id = s.location_id
  join catalog.sku k on k.tenant_id = s.tenant_id and k.sku_id = s.sku_id
  join access.seller e on e.tenant_id = s.tenant_id and e.seller_id = s.owner_id
  left join ledger.account a on a.tenant_id = s.tenant_id and a.account_id = s.account_id
 where s.tenant_id = $1
   and ($2::text is null or s.sku_id = (select sku_id from catalog.sku where tenant_id = $1 and code = $2))
   and ($3::text is null or s.location_id = (select location_id from inventory.location where tenant_id = $1 and code = $3))
   and ($4::text is null or s.owner_id = (select seller_id from access.seller where tenant_id = $1 and code = $4))
   and ($5::bigint is null or coalesce(a.posted - a.held, 0) - coalesce(a.floor, 0) < $5)
   and ($6::bigint is null or (s.location_id, s.owner_id, s.sku_id) > ($6, $7::bigint, $8::bigint))
   and ($10::bigint[] is null or s.sku_id = any($10))
 order by s.location_id, s.owner_id, s.sku_id
 limit $9
"""
_NEEDLES = """
-- The code of a stock account spells where, whose and what: the key of its row.
select n.sku_id
  from (select split_part(a.code, ':', 2)::bigint as location_id, split_part(a.code, ':', 3)::bigint as owner_id,
               split_part(a.code, ':', 4)::bigint as sku_id
          from ledger.account a
         where a.tenant_id = $1 and a.code like 'stock:%' and a.posted - a.held - coalesce(a.floor, 0) < $2) n
 where ($3::bigint is null or (n.location_id, n.owner_id, n.sku_id) > ($3, $4::bigint, $5::bigint))
   and ($6::text is null or n.owner_id = (select seller_id from access.seller where tenant_id = $1 and code = $6))
 order by n.location_id, n.owner_id, n.sku_id
 limit $7
"""
_HOLDERS = """
-- Holds carry no index by account (they are too hot for one): what is open is found through the orders that are.
select l.code as location, e.code as owner, o.order_id, i.line_no, o.status, h.amount - h.posted - h.voided as held, h.expires_at
  from catalog.sku k
  join orders.placed o on o.tenant_id = k.tenant_id and o.status in ('placed', 'paid', 'partly_shipped')
  join orders.line i on i.tenant_id = o.tenant_id and i.order_id = o.order_id and i.sku_id = k.sku_id
  join ledger.hold h on h.tenant_id = i.tenant_id and h.group_id = i.order_id and h.hold_id = i.line_id and h.posted + h.voided < h.amount
  join inventory.location l on l.tenant_id = i.tenant_id and l.location_id = i.location_id
  join access.seller e on e.tenant_id = i.tenant_id and e.seller_id = i.owner_id
 where k.tenant_id = $1 and k.code = $2
 order by o.order_id, i.line_no
 limit $3
"""
_MOVEMENTS = """
-- What lay there after a movement is what lies there now less everything that came later.
with stock as (
        select s.account_id, l.code as location, e.code as owner, k.code as sku, coalesce(a.posted, 0) as posted
          from catalog.sku k
          join inventory.stock s on s.tenant_id = k.tenant_id and s.sku_id = k.sku_id
          join inventory.location l on l.tenant_id = s.tenant_id and l.location_id = s.location_id
          join access.seller e on e.tenant_id = s.tenant_id and e.seller_id = s.owner_id
          left join ledger.account a on a.tenant_id = s.tenant_id and a.account_id = s.account_id
         where k.tenant_id = $1 and k.code = $2 and ($3::text is null or l.code = $3) and ($4::text is null or e.code = $4)),
     moved as (
        select k.*, x.entry_id, x.transfer_no, x.amount as change
          from stock k join ledger.transfer x on x.tenant_id = $1 and x.to_account = k.account_id
         where $5::bigint is null or (x.entry_id, x.transfer_no) < ($5, $6::bigint)
        union all
        select k.*, x.entry_id, x.transfer_no, -x.amount
          from stock k join ledger.transfer x on x.tenant_id = $1 and x.from_account = k.account_id
         where $5::bigint is null or (x.entry_id, x.transfer_no) < ($5, $6::bigint)),
     chosen as (
        select m.*, e.at, e.rule, e.subject_id, p.kind as paper, p.reason, p.reference, p.actor
          from moved m
          join ledger.entry e on e.tenant_id = $1 and e.entry_id = m.entry_id
          left join inventory.movement_paper p on p.tenant_id = $1 and p.paper_id = e.subject_id
         where ($8::text is null or coalesce(p.kind, e.rule) = $8) and ($9::text is null or p.reason = $9)
           and ($10::timestamptz is null or e.at >= $10) and ($11::timestamptz is null or e.at < $11)
         order by m.entry_id desc, m.transfer_no desc
         limit $7)
select c.entry_id, c.transfer_no, c.at, c.rule, c.sku, c.location, c.owner, c.change, (c.posted - later.change)::bigint as balance,
       c.subject_id, coalesce(c.paper, c.rule) as kind, o.receipt_no, c.reason, c.reference, c.actor
  from chosen c
  left join orders.placed o on o.tenant_id = $1 and o.order_id = c.subject_id
 cross join lateral (
        select coalesce(sum(y.change), 0) as change
          from (select x.amount as change from ledger.transfer x
                 where x.tenant_id = $1 and x.to_account = c.account_id and x.entry_id >= c.entry_id
                   and (x.entry_id, x.transfer_no) > (c.entry_id, c.transfer_no)
                union all
                select -x.amount from ledger.transfer x
                 where x.tenant_id = $1 and x.from_account = c.account_id and x.entry_id >= c.entry_id
                   and (x.entry_id, x.transfer_no) > (c.entry_id, c.transfer_no)) y) later
 order by c.entry_id desc, c.transfer_no desc
"""
_SHORTAGES = """
select s.shortage_id, k.code as sku, k.title, l.code as location, e.code as owner, s.subject_id, p.paper_id is not null as is_paper,
       s.below_zero, coalesce(a.posted, 0) as on_hand, s.at, s.resolved_at
  from inventory.shortage s
  join inventory.location l on l.tenant_id = s.tenant_id and l.location_id = s.location_id
  join catalog.sku k on k.tenant_id = s.tenant_id and k.sku_id = s.sku_id
  join access.seller e on e.tenant_id = s.tenant_id and e.seller_id = s.owner_id
  left join inventory.movement_paper p on p.tenant_id = s.tenant_id and p.paper_id = s.subject_id
  left join inventory.stock c on c.tenant_id = s.tenant_id and c.location_id = s.location_id and c.owner_id = s.owner_id
                             and c.sku_id = s.sku_id
  left join ledger.account a on a.tenant_id = c.tenant_id and a.account_id = c.account_id
 where s.tenant_id = $1
   and ($2::text is null or l.code = $2)
   and ($3::boolean is null or (s.resolved_at is not null) = $3)
   and ($4::bigint is null or s.shortage_id = $4)
   and ($5::bigint is null or s.shortage_id < $5)
 order by s.shortage_id desc
 limit $6
"""
_PAPERS = """
select p.paper_id, p.kind, l.code as location, l.name as location_name, m.owner, p.reason, p.reference, p.at, p.actor, p.lines,
       coalesce(m.more, 0) as more, coalesce(m.less, 0) as less
  from inventory.movement_paper p
  join inventory.location l on l.tenant_id = p.tenant_id and l.location_id = p.location_id
  left join lateral (
        select max(e.code) as owner, sum(n.quantity) filter (where n.quantity > 0)::bigint as more,
               -sum(n.quantity) filter (where n.quantity < 0)::bigint as less
          from inventory.movement_line n join access.seller e on e.tenant_id = n.tenant_id and e.seller_id = n.owner_id
         where n.tenant_id = p.tenant_id and n.paper_id = p.paper_id) m on true
 where p.tenant_id = $1
   and ($2::text is null or p.kind = $2)
   and ($3::text is null or l.code = $3)
   and ($4::bigint[] is null or p.paper_id = any($4))
   and ($5::bigint is null or p.paper_id < $5)
   and ($7::text is null or p.reason = $7)
   and ($8::text is null or p.reference ilike $8)
   and ($9::timestamptz is null or p.at >= $9)
   and ($10::timestamptz is null or p.at < $10)
 order by p.paper_id desc
 limit $6
"""
_COMPARED = """
with place as (
        select l.location_id from inventory.location l where l.tenant_id = $1 and l.code = $2),
     named as (
        select min(c.line)::integer as line, k.sku_id, sum(c.counted)::bigint as counted
          from unnest($4::text[], $5::bigint[]) with ordinality as c(name, counted, line)
         cross join lateral (
                select s.sku_id from catalog.sku s where s.tenant_id = $1 and s.code = c.name
                union
                select b.sku_id from catalog.barcode b where b.tenant_id = $1 and b.gtin = lpad(c.name, 14, '0')
                limit 1) k
         group by k.sku_id),
     book as (
        select s.sku_id, sum(a.posted)::bigint as posted, sum(a.held)::bigint as held
          from place p
          join inventory.stock s on s.tenant_id = $1 and s.location_id = p.location_id
          join ledger.account a on a.tenant_id = $1 and a.account_id = s.account_id
         where ($3::text is null or s.owner_id = (select e.seller_id from access.seller e where e.tenant_id = $1 and e.code = $3))
           and ($6::boolean or s.sku_id in (select n.sku_id from named n))
         group by s.sku_id)
select n.line, k.code as sku, k.title, k.base_unit, coalesce(b.posted, 0) as book, coalesce(b.held, 0) as held,
       coalesce(n.counted, 0) as counted, coalesce(n.counted, 0) - coalesce(b.posted, 0) as change
  from named n
  full join book b on b.sku_id = n.sku_id
  join catalog.sku k on k.tenant_id = $1 and k.sku_id = coalesce(n.sku_id, b.sku_id)
 where n.sku_id is not null or b.posted <> 0
 order by coalesce(n.counted, 0) = coalesce(b.posted, 0), n.line nulls last, k.code
 limit $7
"""
_PAPER_LINES = """
select n.line_no, k.code as sku, k.title, n.quantity as change, n.counted
  from inventory.movement_line n
  join catalog.sku k on k.tenant_id = n.tenant_id and k.sku_id = n.sku_id
 where n.tenant_id = $1 and n.paper_id = $2 and ($3::integer is null or n.line_no > $3)
 order by n.line_no
 limit $4
"""
_SCANNED = """
with named as (
        select s.sku_id, 0 as nearer from catalog.sku s where s.tenant_id = $1 and s.code = $2
        union all
        select b.sku_id, 1 from catalog.barcode b where b.tenant_id = $1 and b.gtin = lpad($2, 14, '0'))
select k.code as sku, k.title, k.base_unit, coalesce(b.on_hand, 0) as on_hand, coalesce(b.held, 0) as held
  from named n
  join catalog.sku k on k.tenant_id = $1 and k.sku_id = n.sku_id
  left join lateral (
        select sum(a.posted)::bigint as on_hand, sum(a.held)::bigint as held
          from inventory.stock s
          join inventory.location l on l.tenant_id = s.tenant_id and l.location_id = s.location_id and l.code = $3
          join ledger.account a on a.tenant_id = s.tenant_id and a.account_id = s.account_id
         where s.tenant_id = $1 and s.sku_id = n.sku_id) b on true
 order by n.nearer
 limit 1
"""
_LOCATIONS = """
select l.code, l.name, l.kind, l.mode, s.code as store, l.revision
  from inventory.location l
  left join access.store s on s.tenant_id = l.tenant_id and s.store_id = l.store_id
 where l.tenant_id = $1 and ($2::text is null or l.code = $2) and ($3::text is null or l.code > $3)
   and ($5::text is null or l.code ilike $5 or l.name ilike $5)
 order by l.code
 limit $4
"""
_SOURCES = """
select l.code as location, l.name
  from access.channel c
  left join inventory.source s on s.tenant_id = c.tenant_id and s.channel_id = c.channel_id
  left join inventory.location l on l.tenant_id = s.tenant_id and l.location_id = s.location_id
 where c.tenant_id = $1 and c.code = $2
 order by s.priority
"""
