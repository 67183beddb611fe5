"""The book: trial balance, accounts, what moved on one, the entry behind it, and why an order's cents went where. Every number opens."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated

import msgspec
from litestar.params import QueryParameter

from jiutong import ledger
from jiutong.api import cursors
from jiutong.api.call import Call
from jiutong.api.cursors import Cursor, Limit, Page
from jiutong.api.instants import instant
from jiutong.api.shell import get
from jiutong.kernel.errors import INVALID, NOT_FOUND
from jiutong.kernel.ids import PublicIds
from jiutong.reads import ledger as book
from jiutong.reads import order_book
from jiutong.reads.account_names import AccountName

SUBJECTS = {"order": "ord", "paper": "pap", "shift": "shf"}
"""By kind of subject, the prefix of its public name."""

FACTS = {"sale": "ord", "paper": "pap", "tender": "ten", "refund": "ref", "return": "ret", "shipment": "shp"}

Kind = Annotated[str | None, QueryParameter(max_length=40, description="A kind of account: `revenue`, `clearing`, …")]
Which = Annotated[
    str | None,
    QueryParameter(max_length=200, description="The account's own key: a seller's code, a rule, a funder, a method. Needs `kind`."),
]
Place = Annotated[str | None, QueryParameter(max_length=64, description="The code of a store or a channel.")]
Currency = Annotated[str | None, QueryParameter(pattern="^[A-Z]{3}$", description="ISO 4217.")]
Prefix = Annotated[str, QueryParameter(max_length=200, description="`revenue`, `discount:loyalty_price:`, …")]
Code = Annotated[str, QueryParameter(min_length=1, max_length=300, description="The account's code, of money or of stock.")]


class TrialBalanceRow(book.KindRow, frozen=True, kw_only=True):
    """All accounts of one kind and currency: debits are positive. `means` says what it stands for, in the caller's language."""

    means: str
    keys: Sequence[str]


class AccountView(msgspec.Struct, frozen=True):
    """One account: whose it is, in names, and what it shows."""

    code: str
    unit: str
    posted: int
    held: int
    name: AccountName


class AccountsView(Page[AccountView], frozen=True, kw_only=True):
    """Accounts, and with the first page what all that were asked for come to."""

    sums: Sequence[book.SumRow]


class AccountDetailView(msgspec.Struct, frozen=True):
    """One account. `opening` + `debit` - `credit` is what it showed at the end of the period; null for the world outside."""

    code: str
    unit: str
    name: AccountName
    means: str
    tracked: bool
    posted: int
    held: int
    floor: int | None
    opening: int | None
    debit: int | None
    credit: int | None
    movements: int | None


class SubjectView(msgspec.Struct, frozen=True):
    """What an entry is about: an order, a paper. `label` is the number people know it by."""

    kind: str
    id: str
    label: str
    place: str | None
    reason: str | None
    actor: str | None


class FactView(msgspec.Struct, frozen=True):
    """The business fact that booked an entry; `id` is null where it has no page of its own."""

    kind: str
    id: str | None
    method: str | None
    reason: str | None


class AccountMovementView(msgspec.Struct, frozen=True):
    """One transfer on an account: signed, what the account showed after it, the other side, the entry and what it is about."""

    entry: str
    rule: str
    about: str
    at: datetime
    amount: int
    balance: int | None
    other: str
    other_name: AccountName
    subject: SubjectView
    reverses: str | None


class LegView(msgspec.Struct, frozen=True):
    """One transfer of an entry: what the posting rules call its amount, why it moves, and what each order line brought to it."""

    from_account: str
    to_account: str
    unit: str
    amount: int
    from_name: AccountName
    to_name: AccountName
    word: str
    why: str
    parts: Sequence[order_book.LinePart]


class EntryView(msgspec.Struct, frozen=True):
    """One fact in the book with everything it moved."""

    id: str
    rule: str
    about: str
    subject: SubjectView
    fact: FactView | None
    reverses: str | None
    reversed_by: str | None
    at: datetime
    transfers: Sequence[LegView]


class BookLineView(msgspec.Struct, frozen=True):
    """An order line with what its cents were worked out from; amounts in minor units, the tax rate in hundredths of a percent."""

    line: int
    sku: str
    title: str
    base_unit: str
    quantity: int
    gross: int
    discount: int
    tax: int
    payable: int
    tax_class: str
    tax_bp: int
    tax_on_top: bool


class OrderLedgerView(msgspec.Struct, frozen=True):
    """Why this cent: an order's lines, everything it booked (oldest first), and what that comes to by account."""

    id: str
    currency: str
    receipt_no: str | None
    status: str
    placed_at: datetime
    total: int
    lines: Sequence[BookLineView]
    entries: Sequence[EntryView]
    balances: Sequence[AccountView]


class OrderEntryView(msgspec.Struct, frozen=True):
    """An entry in the list of an order's: how much money it moved in all."""

    id: str
    rule: str
    at: datetime
    amount: int
    transfers: int
    reverses: str | None
    fact: FactView | None


class RuleView(msgspec.Struct, frozen=True):
    """A posting rule: when the event happens, the amount moves from one kind of account to another."""

    event: str
    amount: str
    from_kind: str
    to_kind: str
    phase: str
    why: str


class AccountKindView(msgspec.Struct, frozen=True):
    """A kind of account: the keys its code carries, its unit, and what it stands for in the caller's language."""

    name: str
    keys: Sequence[str]
    unit: str
    means: str
    tracked: bool


@get("/v1/ledger/trial-balance", scope="ledger:read")
async def trial_balance(
    call: Call,
    currency: Currency = None,
    place: Place = None,
    day_from: date | None = None,
    day_to: date | None = None,
) -> list[TrialBalanceRow]:
    """Money accounts by kind and currency. Debits are positive; the rows of a currency sum to zero.

    Days are business days of the accounts themselves. What carries no day (drawers, safes) is left out when days are chosen; then the rest
    comes to what is still there.
    """
    async with call.reading() as tx:
        rows = await book.trial_balance(tx, book.Choice(unit=currency, place=place, day_from=day_from, day_to=day_to))
    told: list[TrialBalanceRow] = []
    for row in rows:
        known = ledger.ACCOUNT_KINDS.get(row.kind)
        told.append(
            TrialBalanceRow(**msgspec.structs.asdict(row), means=_means(row.kind, call.zh), keys=() if known is None else known.keys)
        )
    return told


@get("/v1/ledger/groups", scope="ledger:read")
async def list_account_groups(
    call: Call,
    kind: Annotated[str, QueryParameter(max_length=40)],
    by: Annotated[str, QueryParameter(max_length=40, description="A key of the kind's accounts: `seller`, `place`, `day`, …; or `month`.")],
    which: Which = None,
    place: Place = None,
    currency: Currency = None,
    day_from: date | None = None,
    day_to: date | None = None,
    after: Cursor = None,
    limit: Limit = 50,
) -> Page[book.GroupRow]:
    """The accounts of a kind by one of their keys: days and months latest first, everything else by weight."""
    known = ledger.ACCOUNT_KINDS.get(kind)
    if known is None or ("day" if by == "month" else by) not in known.keys:
        raise INVALID(f"accounts of kind {kind!r} have no {by}", pointer="/by")
    choice = book.Choice(kind=kind, which=which, place=place, unit=currency, day_from=day_from, day_to=day_to)
    async with call.reading() as tx:
        found = await book.groups(tx, choice, by, cursors.read(after, book.GroupKeys), limit + 1)
    return cursors.paged([row for _, row in found], limit, [keys for keys, _ in found])


@get("/v1/ledger/accounts", scope="ledger:read")
async def list_accounts(
    call: Call,
    prefix: Prefix = "",
    kind: Kind = None,
    which: Which = None,
    place: Place = None,
    currency: Currency = None,
    day_from: date | None = None,
    day_to: date | None = None,
    nonzero: bool = False,
    after: Cursor = None,
    limit: Limit = 50,
) -> AccountsView:
    """Money accounts in order of their code. Filters combine; the first page says what all of them come to."""
    if which is not None and book.which_key(kind) is None:
        raise INVALID("accounts of this kind have no key of their own; name a kind that has", pointer="/which")
    choice = book.Choice(
        kind=kind, which=which, place=place, unit=currency, day_from=day_from, day_to=day_to, prefix=prefix, nonzero=nonzero
    )
    async with call.reading() as tx:
        rows = await book.accounts(tx, choice, cursors.read(after, str) or "", limit + 1)
        sums = await book.sums(tx, choice) if after is None else []
    page = cursors.paged([_account(row.name, row.posted, row.held) for row in rows], limit, [row.name.code for row in rows])
    return AccountsView(page.items, page.next, sums=sums)


@get("/v1/ledger/account", scope="ledger:read", refuses=(NOT_FOUND,))
async def show_account(call: Call, code: Code, since: datetime | None = None, until: datetime | None = None) -> AccountDetailView:
    """One account by its code: what it shows, and what was booked on it from `since` until before `until`."""
    async with call.reading() as tx:
        found = await book.account(tx, code, instant(since, "since"), instant(until, "until"))
    if found is None:
        raise NOT_FOUND(f"no account {code}")
    plain = {name: getattr(found, name) for name in book.AccountDetail.__struct_fields__ if name != "name"}
    return AccountDetailView(found.name.code, found.name.unit, found.name, _means(found.name.kind, call.zh), **plain)


@get("/v1/ledger/movements", scope="ledger:read")
async def list_account_movements(
    call: Call,
    account: Code,
    since: datetime | None = None,
    until: datetime | None = None,
    after: Cursor = None,
    limit: Limit = 50,
) -> Page[AccountMovementView]:
    """What moved on an account, latest first, and what it showed after each movement."""
    period = instant(since, "since"), instant(until, "until")
    async with call.reading() as tx:
        rows = await book.movements(tx, account, *period, cursors.read(after, tuple[int, int]), limit + 1)
    views: list[AccountMovementView] = []
    for row in rows:
        about = _subject(row.subject, call.ids)
        undone = None if row.reverses is None else _name(row.reverses, call.ids)
        name = _name(row.entry_id, call.ids)
        views.append(
            AccountMovementView(name, row.rule, about.id, row.at, row.amount, row.balance, row.other.code, row.other, about, undone)
        )
    return cursors.paged(views, limit, [(row.entry_id, row.transfer_no) for row in rows])


@get("/v1/ledger/entries/{entry_id:str}", scope="ledger:read")
async def show_entry(call: Call, entry_id: str) -> EntryView:
    """An entry with its transfers: the rule behind each, and what each order line brought to it."""
    id_ = call.ids.read("ent", entry_id)
    async with call.reading() as tx:
        found = await book.entries(tx, entry_id=id_)
        explained = await order_book.explained(tx, found[0]) if found else None
    if explained is None:
        raise NOT_FOUND(f"no entry {entry_id}")
    return _entry(explained, call.ids)


@get("/v1/orders/{order_id:str}/entries", scope="ledger:read")
async def list_order_entries(call: Call, order_id: str) -> list[OrderEntryView]:
    """What an order booked, oldest first."""
    id_ = call.ids.read("ord", order_id)
    async with call.reading() as tx:
        found = await book.entries(tx, subject_id=id_, entries_max=order_book.ENTRIES_MAX)
    told: list[OrderEntryView] = []
    for one in found:
        money = sum(transfer.amount for transfer in one.transfers if not transfer.is_goods)
        undone = None if one.reverses is None else _name(one.reverses, call.ids)
        fact = _fact(one.fact, call.ids)
        told.append(OrderEntryView(_name(one.entry_id, call.ids), one.rule, one.at, money, len(one.transfers), undone, fact))
    return told


@get("/v1/orders/{order_id:str}/ledger", scope="ledger:read")
async def explain_order_cents(call: Call, order_id: str) -> OrderLedgerView:
    """Why this cent: every transfer an order booked, by which posting rule, and what each of its lines brought to it.

    The parts of a transfer come to exactly its amount. A sale paid by several tenders is not taken apart by line where nobody
    knows which line which tender paid.
    """
    async with call.reading() as tx:
        found = await order_book.order_book(tx, call.ids.read("ord", order_id))
    if found is None:
        raise NOT_FOUND(f"no order {order_id}")
    head = found.head
    lines = [
        BookLineView(
            one.line.line_no,
            one.sku,
            one.title,
            one.base_unit,
            one.line.quantity,
            one.line.gross,
            one.line.discount,
            one.line.tax,
            one.line.payable,
            one.tax_class,
            one.tax_bp,
            one.on_top,
        )
        for one in found.lines
    ]
    left: dict[str, int] = {}
    names: dict[str, AccountName] = {}
    for leg in (leg for one in found.entries for leg in one.legs):
        for name, sign in ((leg.transfer.from_name, -1), (leg.transfer.to_name, 1)):
            if name.unit == head.currency:
                names[name.code] = name
                left[name.code] = left.get(name.code, 0) + sign * leg.transfer.amount
    return OrderLedgerView(
        order_id,
        head.currency,
        head.receipt_no,
        head.status,
        head.placed_at,
        head.total,
        lines,
        [_entry(one, call.ids) for one in found.entries],
        [_account(names[code], left[code], 0) for code in sorted(left)],
    )


@get("/v1/ledger/rules", scope="ledger:read")
async def list_rules(call: Call) -> list[RuleView]:
    """The posting rules: what moves between which accounts when."""
    return [RuleView(r.event, r.amount, r.from_, r.to, r.phase, r.why) for r in ledger.POSTING_RULES]


@get("/v1/ledger/account-kinds", scope="ledger:read")
async def list_account_kinds(call: Call) -> list[AccountKindView]:
    """The kinds of accounts: the keys their codes carry, and what they stand for."""
    return [AccountKindView(k.name, k.keys, k.unit, _means(k.name, call.zh), k.tracked) for k in ledger.ACCOUNT_KINDS.values()]


def _means(kind: str, zh: bool) -> str:
    known = ledger.ACCOUNT_KINDS.get(kind)
    if known is None:
        return ""
    return known.means_zh if zh else known.means


def _name(entry_id: int, ids: PublicIds) -> str:
    return ids.show("ent", entry_id)


def _account(name: AccountName, posted: int, held: int) -> AccountView:
    return AccountView(name.code, name.unit, posted, held, name)


def _subject(subject: book.Subject, ids: PublicIds) -> SubjectView:
    """What an entry is about, by its public name. Whatever is neither paper nor shift hangs on an order."""
    name = ids.show(SUBJECTS.get(subject.kind, "ord"), subject.subject_id)
    return SubjectView(subject.kind, name, subject.label, subject.place, subject.reason, subject.actor)


def _fact(fact: book.Fact | None, ids: PublicIds) -> FactView | None:
    if fact is None:
        return None
    prefix = FACTS.get(fact.kind)
    return FactView(fact.kind, None if prefix is None else ids.show(prefix, fact.fact_id), fact.method, fact.reason)


def _entry(explained: order_book.BookEntry, ids: PublicIds) -> EntryView:
    found = explained.entry
    subject = _subject(found.subject, ids)
    undone, undoing = (None if id_ is None else _name(id_, ids) for id_ in (found.reverses, found.reversed_by))
    legs = [
        LegView(
            leg.transfer.from_account,
            leg.transfer.to_account,
            leg.transfer.unit,
            leg.transfer.amount,
            leg.transfer.from_name,
            leg.transfer.to_name,
            leg.word,
            leg.why,
            leg.parts,
        )
        for leg in explained.legs
    ]
    return EntryView(_name(found.entry_id, ids), found.rule, subject.id, subject, _fact(found.fact, ids), undone, undoing, found.at, legs)


ROUTES = [
    trial_balance,
    list_account_groups,
    list_accounts,
    show_account,
    list_account_movements,
    show_entry,
    list_rules,
    list_account_kinds,
    list_order_entries,
    explain_order_cents,
]
