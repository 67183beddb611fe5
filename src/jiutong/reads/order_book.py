"""Why this cent: every transfer an order booked, taken apart into what each of its lines brought to it.

The book keeps sums per fact; which line brought how much follows from the same prefix shares it was booked by, so the parts of a
transfer come to exactly its amount.
"""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from jiutong import ledger
from jiutong.capabilities import order
from jiutong.kernel.db import Tx
from jiutong.reads import ledger as book
from jiutong.reads.account_names import keys_of

ENTRIES_MAX = 500
"""Most entries told of one order."""


class Head(msgspec.Struct, frozen=True):
    """The order the entries are about."""

    order_id: int
    currency: str
    receipt_no: str | None
    status: str
    placed_at: datetime
    total: int


class BookLine(msgspec.Struct, frozen=True):
    """A line with what its cents were worked out from. `on_top`: tax was added to the net, not contained in it."""

    line: order.Line
    sku: str
    title: str
    base_unit: str
    tax_class: str
    tax_bp: int
    on_top: bool


class LinePart(msgspec.Struct, frozen=True):
    """What units `first`…`last` of a line brought to a transfer: their share of `whole`, which is the line's.

    The first n units carry `whole` × n / `quantity`, rounded half up; these units what that adds to the units before them.
    """

    line: int
    first: int
    last: int
    quantity: int
    amount: int
    whole: int


class Leg(msgspec.Struct, frozen=True):
    """A transfer, the posting rule that asked for it, and what each line brought to it (empty where no line did)."""

    transfer: book.TransferRow
    word: str
    why: str
    parts: tuple[LinePart, ...]


class BookEntry(msgspec.Struct, frozen=True):
    """An entry with its transfers explained."""

    entry: book.EntryRow
    legs: tuple[Leg, ...]


class OrderBook(msgspec.Struct, frozen=True):
    """Everything an order booked, oldest first."""

    head: Head
    lines: tuple[BookLine, ...]
    entries: tuple[BookEntry, ...]


class Moved(msgspec.Struct, frozen=True):
    """Units of a line that left or came back with one fact, and how many had before."""

    line_id: int
    before: int
    quantity: int


async def order_book(tx: Tx, order_id: int) -> OrderBook | None:
    """An order's entries, each transfer with its rule and the lines' parts; None when there is no such order."""
    heads = await tx.fetch(_HEAD, order_id)
    if not heads:
        return None
    lines = [_line(row) for row in await tx.fetch(_LINES, order_id)]
    entries = await book.entries(tx, subject_id=order_id, entries_max=ENTRIES_MAX)
    moved: dict[int, list[Moved]] = {}
    for row in await tx.fetch(_MOVED, order_id):
        moved.setdefault(row["fact_id"], []).append(Moved(row["line_id"], row["before"], row["quantity"]))
    told = tuple(BookEntry(entry, _legs(entry, lines, moved.get(entry.entry_id))) for entry in entries)
    return OrderBook(Head(*heads[0].values()), tuple(lines), told)


async def explained(tx: Tx, entry: book.EntryRow) -> BookEntry:
    """One entry with its transfers explained."""
    whole = await order_book(tx, entry.subject.subject_id) if entry.subject.kind == "order" else None
    found = None if whole is None else next((one for one in whole.entries if one.entry.entry_id == entry.entry_id), None)
    return found or BookEntry(entry, _legs(entry, (), None))


def _legs(entry: book.EntryRow, lines: Sequence[BookLine], moved: Sequence[Moved] | None) -> tuple[Leg, ...]:
    """The transfers of an entry with their rules. An entry that undoes another moves everything the other way.

    Nobody knows which line which of several tenders paid; such transfers are not taken apart.
    """
    words = {(rule.from_, rule.to): rule for rule in ledger.POSTING_RULES if rule.event == entry.rule and rule.phase == "post"}
    by_id = {one.line.line_id: one.line for one in lines}
    if entry.rule == "sale.rung":
        moved = [Moved(line.line_id, 0, line.quantity) for line in by_id.values()]
    # Freight and fees go back only when the fault was ours: the entry itself says whether they did.
    charged = any("charges" in {one.from_name.kind, one.to_name.kind} for one in entry.transfers)
    shares = [
        (by_id[one.line_id], one, order.share(by_id[one.line_id], one.before, one.quantity, charged))
        for one in moved or ()
        if one.line_id in by_id
    ]
    goods = [(line, one) for line, one, _ in shares]
    laid = sum(1 for one in entry.transfers if one.to_name.kind in {"clearing", "drawer"})
    left: dict[tuple[str, str], list[LinePart]] = {}
    legs: list[Leg] = []
    parts: list[LinePart]
    for transfer in entry.transfers:
        kinds = transfer.from_name.kind, transfer.to_name.kind
        rule = words.get(kinds[::-1] if entry.reverses is not None else kinds)
        if rule is None:
            legs.append(Leg(transfer, "", "", ()))
            continue
        if rule.amount == "units":
            parts = _goods(transfer, goods)
        elif rule.amount in {"tendered", "drawer"} and laid > 1:
            parts = []
        else:
            ends = transfer.from_account, transfer.to_account
            if ends not in left:
                left[ends] = [
                    _part(line, one, part, whole)
                    for line, one, carried in shares
                    for part, whole in (_carried(rule.amount, transfer, line, carried),)
                    if part
                ]
            parts = _taken(left[ends], transfer.amount)
        legs.append(Leg(transfer, rule.amount, rule.why, tuple(parts)))
    return tuple(legs)


def _taken(left: list[LinePart], amount: int) -> list[LinePart]:
    """The parts that make a transfer up: all there are, or that of one line where each line moved by itself."""
    if sum(part.amount for part in left) == amount:
        return left
    at = next((i for i, part in enumerate(left) if part.amount == amount), None)
    return [] if at is None else [left.pop(at)]


def _carried(word: str, transfer: book.TransferRow, line: order.Line, share: order.Share) -> tuple[int, int]:
    """What the units carry of the kind of amount a rule names, and what the whole line does."""
    if word == "net":
        return share.payable - sum(one.payable for one in share.charges), line.payable - line.charged
    if word in {"tendered", "drawer"}:
        return share.payable, line.payable
    if word == "tax":
        return share.tax, line.tax
    if word.startswith("charge"):
        return _charged(word, transfer, share.charges), _charged(word, transfer, line.charges)
    bearer = next((code for code in (transfer.to_account, transfer.from_account) if code.partition(":")[0] in {"discount", "funder"}), "")
    keys = dict(keys_of(bearer))
    funder, rule = (order.SELLER, keys["rule"]) if "rule" in keys else (keys.get("funder"), None)

    def borne(adjustments: Sequence[order.Adjustment]) -> int:
        return sum(one.amount for one in adjustments if one.funder == funder and rule in {None, one.rule})

    return borne(share.adjustments), borne(line.adjustments)


def _charged(word: str, transfer: book.TransferRow, charges: Sequence[order.Charge]) -> int:
    """What some charges come to of the kind of amount a rule names: of the kind of charge, and the bearer, that the accounts name."""
    keys = {name: value for code in (transfer.from_account, transfer.to_account) for name, value in keys_of(code)}
    mine = [one for one in charges if one.kind == keys.get("kind")]
    match word:
        case "charge":
            return sum(one.payable for one in mine)
        case "charge_tax":
            return sum(one.tax for one in mine)
        case "charge_discount":
            return sum(one.off for one in mine if one.off_funder == order.SELLER and one.off_rule == keys.get("rule"))
        case _:
            return sum(one.off for one in mine if one.off_funder == keys.get("funder"))


def _goods(transfer: book.TransferRow, left: list[tuple[order.Line, Moved]]) -> list[LinePart]:
    """The line whose goods a transfer moved: the next one with this SKU and so many units."""
    stock = next((code for code in (transfer.from_account, transfer.to_account) if code.startswith("stock:")), "")
    sku = dict(keys_of(stock)).get("sku")
    for at, (line, one) in enumerate(left):
        if str(line.sku_id) == sku and one.quantity == transfer.amount:
            del left[at]
            return [_part(line, one, one.quantity, line.quantity)]
    return []


def _part(line: order.Line, one: Moved, amount: int, whole: int) -> LinePart:
    return LinePart(line.line_no, one.before + 1, one.before + one.quantity, line.quantity, amount, whole)


def _line(row: asyncpg.Record) -> BookLine:
    adjustments = tuple(
        order.Adjustment(row["line_no"], *one)
        for one in zip(row["stages"] or (), row["rules"] or (), row["funders"] or (), row["amounts"] or (), strict=True)
    )
    charges = tuple(order.Charge(row["line_no"], *one) for one in msgspec.json.decode(row["charges"] or "[]"))
    plain = {name: row[name] for name in order.Line.__struct_fields__ if name not in {"adjustments", "charges"}}
    on_top = row["payable"] - row["charged"] > row["gross"] - row["discount"]
    return BookLine(
        order.Line(adjustments=adjustments, charges=charges, **plain),
        row["sku"],
        row["title"],
        row["base_unit"],
        row["tax_class"],
        row["tax_bp"],
        on_top,
    )


_HEAD = """
select o.order_id, o.currency, o.receipt_no, o.status, o.placed_at, o.total from orders.placed o where o.tenant_id = $1 and o.order_id = $2
"""
_LINES = """
select l.order_id, l.line_id, l.line_no, l.sku_id, l.owner_id, l.location_id, l.quantity, l.gross, l.discount, l.tax, l.payable,
       l.shipped, l.canceled, l.returned, l.charged, c.charges, a.stages, a.rules, a.funders, a.amounts, l.tax_class, l.tax_bp,
       coalesce(k.code, l.sku_id::text) as sku, coalesce(k.title, '') as title, coalesce(k.base_unit, 'piece') as base_unit
  from orders.line l
  left join catalog.sku k on k.tenant_id = l.tenant_id and k.sku_id = l.sku_id
  left join lateral (
        select array_agg(a.stage order by a.adjustment_no) as stages, array_agg(a.rule order by a.adjustment_no) as rules,
               array_agg(a.funder order by a.adjustment_no) as funders, array_agg(a.amount order by a.adjustment_no) as amounts
          from orders.price_adjustment a
         where a.tenant_id = l.tenant_id and a.order_id = l.order_id and a.line_id = l.line_id) a on true
  left join lateral (
        select json_agg(json_build_array(c.kind, c.rule, c.gross, c.off, c.off_rule, c.off_funder, c.tax_bp, c.tax, c.payable)
                        order by c.charge_no) as charges
          from orders.charge c
         where c.tenant_id = l.tenant_id and c.order_id = l.order_id and c.line_id = l.line_id) c on true
 where l.tenant_id = $1 and l.order_id = $2
 order by l.line_no
"""
_MOVED = """
-- The units of a line leave, and come back, in the order of the facts that moved them.
select x.fact_id, x.line_id, x.quantity,
       (sum(x.quantity) over (partition by x.kind, x.line_id order by x.fact_id) - x.quantity)::bigint as before
  from (select 'out' as kind, s.shipment_id as fact_id, n.line_id, n.quantity
          from fulfillment.shipment s
          join fulfillment.shipment_line n on n.tenant_id = s.tenant_id and n.shipment_id = s.shipment_id
         where s.tenant_id = $1 and s.order_id = $2
        union all
        select 'back', r.return_id, n.line_id, n.quantity
          from care.return_order r
          join care.return_line n on n.tenant_id = r.tenant_id and n.return_id = r.return_id
         where r.tenant_id = $1 and r.order_id = $2) x
 order by x.fact_id, x.line_id
"""
