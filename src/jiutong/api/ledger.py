"""The book: trial balance, accounts, what moved on one, and the entry behind it. Every number opens."""

from datetime import datetime
from typing import Annotated

import msgspec
from litestar.params import QueryParameter

from jiutong import ledger
from jiutong.api import cursors
from jiutong.api.call import Call
from jiutong.api.cursors import Cursor, Limit, Page
from jiutong.api.shell import get
from jiutong.kernel.errors import NOT_FOUND
from jiutong.kernel.ids import PublicIds
from jiutong.reads import ledger as book


class AccountMovementView(msgspec.Struct, frozen=True):
    """One transfer on an account: signed, with the other side, the entry and the order or paper it is about."""

    entry: str
    rule: str
    about: str
    at: datetime
    amount: int
    other: str


class EntryView(msgspec.Struct, frozen=True):
    """One fact in the book with everything it moved."""

    id: str
    rule: str
    about: str
    reverses: str | None
    at: datetime
    transfers: tuple[book.TransferRow, ...]


class RuleView(msgspec.Struct, frozen=True):
    """A posting rule: when the event happens, the amount moves from one kind of account to another."""

    event: str
    amount: str
    from_kind: str
    to_kind: str
    phase: str
    why: str


@get("/v1/ledger/trial-balance", scope="ledger:read")
async def trial_balance(call: Call) -> list[book.KindRow]:
    """Money accounts by kind and currency. Debits are positive; the rows of a currency sum to zero."""
    async with call.reading() as tx:
        return await book.trial_balance(tx)


@get("/v1/ledger/accounts", scope="ledger:read")
async def list_accounts(
    call: Call,
    prefix: Annotated[str, QueryParameter(max_length=200, description="`revenue`, `discount:loyalty_price:`, …")] = "",
    after: Cursor = None,
    limit: Limit = 50,
) -> Page[book.AccountRow]:
    """Money accounts by the beginning of their code."""
    async with call.reading() as tx:
        rows = await book.accounts(tx, prefix, cursors.read(after, str) or "", limit)
    return cursors.paged(rows, limit, [row.code for row in rows])


@get("/v1/ledger/movements", scope="ledger:read")
async def list_account_movements(
    call: Call,
    account: Annotated[str, QueryParameter(max_length=300, description="The account's code, of money or of stock.")],
    after: Cursor = None,
    limit: Limit = 50,
) -> Page[AccountMovementView]:
    """What moved on an account, latest first."""
    async with call.reading() as tx:
        rows = await book.movements(tx, account, cursors.read(after, tuple[int, int]), limit)
    names = call.ids
    views = [
        AccountMovementView(_name(row.entry_id, names), row.rule, _about(row.rule, row.subject_id, names), row.at, row.amount, row.other)
        for row in rows
    ]
    return cursors.paged(views, limit, [(row.entry_id, row.transfer_no) for row in rows])


@get("/v1/ledger/entries/{entry_id:str}", scope="ledger:read")
async def show_entry(call: Call, entry_id: str) -> EntryView:
    """An entry with its transfers."""
    async with call.reading() as tx:
        found = await book.entry(tx, call.ids.read("ent", entry_id))
    if found is None:
        raise NOT_FOUND(f"no entry {entry_id}")
    undone = None if found.reverses is None else _name(found.reverses, call.ids)
    return EntryView(entry_id, found.rule, _about(found.rule, found.subject_id, call.ids), undone, found.at, found.transfers)


@get("/v1/ledger/rules", scope="ledger:read")
async def list_rules(call: Call) -> list[RuleView]:
    """The posting rules: what moves between which accounts when."""
    return [RuleView(r.event, r.amount, r.from_, r.to, r.phase, r.why) for r in ledger.POSTING_RULES]


def _name(entry_id: int, ids: PublicIds) -> str:
    return ids.show("ent", entry_id)


def _about(rule: str, subject_id: int, ids: PublicIds) -> str:
    """Stock papers book themselves; everything else is about an order."""
    papers = ("goods.received", "goods.found", "goods.lost")
    return ids.show("pap" if rule in papers else "ord", subject_id)


ROUTES = [trial_balance, list_accounts, list_account_movements, show_entry, list_rules]
