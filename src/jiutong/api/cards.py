"""Gift cards and stored value: issued in batches, activated, topped up, blocked, looked up by their code, written off."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

import msgspec
from litestar import Response
from litestar.params import QueryParameter
from msgspec import Meta

from jiutong.api.assets import AssetMovementView, movement
from jiutong.api.attempts import Attempts
from jiutong.api.call import Call
from jiutong.api.cursors import Cursor, Limit, Page, paged, read
from jiutong.api.shell import JSONBody, get, post
from jiutong.capabilities import asset
from jiutong.flows import cards as flows
from jiutong.kernel.errors import NOT_FOUND, ProblemType
from jiutong.reads import assets as reads

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_CHARACTERS = 16
PIN_DIGITS = 6
BATCH_MAX = 1_000
GUESSES = 10
GUESSES_IN_S = 600
TOO_MANY_GUESSES = ProblemType("asset.too_many_guesses", 429, "Too many wrong codes; wait a moment", "卡号尝试过于频繁")

Amount = Annotated[int, Meta(ge=1, le=10**9, description="Minor units of the currency")]
Method = Annotated[str, Meta(min_length=1, max_length=64, pattern="^[^:]+$")]
Reference = Annotated[str, Meta(max_length=200)]
Word = Annotated[str, Meta(max_length=64)]
CodeText = Annotated[str, Meta(min_length=CODE_CHARACTERS, max_length=40)]


class SoldFor(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The payment a card was sold for: how, and its reference. A card is sold at its face: nothing is taken off it."""

    method: Method
    reference: Reference = ""


class GivenBy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who bears what a card is worth, and why it is given."""

    funder: asset.Funder
    reason: asset.Reason


class IssueBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """So many cards of one worth: `sold` or `granted`, or neither, to be activated later. `member`: stored value of a member."""

    count: Annotated[int, Meta(ge=1, le=BATCH_MAX)]
    currency: asset.Currency
    amount_minor: Amount
    channel: Word
    store: Word = ""
    sold: SoldFor | None = None
    granted: GivenBy | None = None
    active: bool = True
    pin: bool = False
    expires_at: datetime | None = None
    member: str | None = None


class ActivateBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A printed card is sold or granted now."""

    channel: Word
    store: Word = ""
    sold: SoldFor | None = None
    granted: GivenBy | None = None


class TopUpBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """More money on a card, and the payment it came by."""

    amount_minor: Amount
    sold: SoldFor


class ReasonBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why."""

    reason: asset.Reason


class NewCardView(msgspec.Struct, frozen=True):
    """A new card. Its code and PIN are told this once."""

    id: str
    code: str
    pin: str | None


class IssuedView(msgspec.Struct, frozen=True):
    """A batch of new cards."""

    batch: str
    cards: Sequence[NewCardView]


class GiftCardView(msgspec.Struct, frozen=True):
    """A card; amounts in minor units. Of its code only the last four characters are known."""

    id: str
    ending: str
    currency: str
    face: int
    left: int
    state: str
    origin: str
    funder: str
    method: str
    reference: str
    reason: str
    place: str
    member: str | None
    member_name: str
    batch: str
    issued_by: str
    issued_at: datetime
    activated_at: datetime | None
    expires_at: datetime | None
    has_pin: bool


class CardMovedView(msgspec.Struct, frozen=True):
    """What became of a card."""

    id: str
    state: str
    amount: int


class CodeBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The code on a card, and its PIN if it has one."""

    code: CodeText
    pin: Annotated[str, Meta(max_length=12)] = ""


class BalanceView(msgspec.Struct, frozen=True):
    """What is on a card."""

    id: str
    ending: str
    currency: str
    left: int
    state: str
    expires_at: datetime | None


class CardsView(msgspec.Struct, frozen=True):
    """What is left on cards by the month they were issued in."""

    months: Sequence[reads.CardsOutstanding]


@get("/v1/cards", scope="asset:read", refuses=(NOT_FOUND,))
async def list_cards(
    call: Call,
    card_state: Annotated[asset.CardState | None, QueryParameter(name="state")] = None,
    member_id: Annotated[str | None, QueryParameter(name="member")] = None,
    batch: str | None = None,
    ending: str | None = None,
    origin: str | None = None,
    month: Annotated[str | None, QueryParameter(pattern="^[0-9]{4}-[0-9]{2}$")] = None,
    after: Cursor = None,
    limit: Limit = 50,
) -> Page[GiftCardView]:
    """Cards, the latest first."""
    which = reads.CardFilter(
        state=card_state,
        member_id=call.ids.read("mem", member_id) if member_id else None,
        batch_id=call.ids.read("cbt", batch) if batch else None,
        ending=ending.upper() if ending else None,
        origin=origin,
        month=month,
    )
    async with call.reading() as tx:
        found = await reads.cards(tx, which, read(after, int), limit + 1)
    return paged([_view(call, one) for one in found], limit, [one.card_id for one in found])


@get("/v1/cards/{card_id}", scope="asset:read")
async def show_card(call: Call, card_id: str) -> GiftCardView:
    """A card."""
    async with call.reading() as tx:
        found = await reads.card(tx, call.ids.read("crd", card_id))
    if found is None:
        raise NOT_FOUND("there is no such card")
    return _view(call, found)


@get("/v1/cards/{card_id}/movements", scope="asset:read")
async def list_card_movements(call: Call, card_id: str, after: Cursor = None, limit: Limit = 50) -> Page[AssetMovementView]:
    """What moved a card, entry by entry, the latest first."""
    async with call.reading() as tx:
        found = await reads.card(tx, call.ids.read("crd", card_id))
        if found is None:
            raise NOT_FOUND("there is no such card")
        code = asset.card_account(found.card_id, found.currency).code
        rows = await reads.movements(tx, code, read(after, int), limit + 1)
    return paged([movement(call, row) for row in rows], limit, [row.entry_id for row in rows])


@get("/v1/assets/cards-liability", scope="asset:read")
async def show_cards_liability(call: Call) -> CardsView:
    """What the house owes on cards, by the month they were issued in."""
    async with call.reading() as tx:
        return CardsView(await reads.cards_outstanding(tx))


@post(
    "/v1/cards",
    scope="asset:card",
    repeatable=False,
    refuses=(NOT_FOUND, asset.CARD_SOLD, asset.LOT_WINDOW, asset.UNKNOWN_PLACE, asset.CARD_TAKEN),
)
async def issue_cards(call: Call, data: JSONBody[IssueBody]) -> Response[IssuedView]:
    """Issue cards. Their codes are told in this answer and never again."""
    codes = ["".join(secrets.choice(ALPHABET) for _ in range(CODE_CHARACTERS)) for _ in range(data.count)]
    pins = [f"{secrets.randbelow(10**PIN_DIGITS):0{PIN_DIGITS}}" if data.pin else None for _ in codes]
    new = tuple(
        asset.NewCard(asset.code_hash(code), asset.pin_hash(code, pin) if pin else None, code[-4:])
        for code, pin in zip(codes, pins, strict=True)
    )
    method, reference, funder, reason = _origin(data.sold, data.granted)
    member_id = call.ids.read("mem", data.member) if data.member else None
    wish = asset.IssueCards(
        new, data.currency, data.amount_minor, data.channel, data.store, method, reference, funder, reason, data.expires_at, member_id,
        data.active,
    )  # fmt: skip
    made = await call.run_once(flows.issue, wish)
    told = [NewCardView(call.ids.show("crd", id_), _grouped(code), pin) for id_, code, pin in zip(made.cards, codes, pins, strict=True)]
    batch = call.ids.show("cbt", made.batch_id)
    return call.created(IssuedView(batch, told), f"/v1/cards?batch={batch}")


@post("/v1/cards/{card_id}/activate", scope="asset:card", status=200, refuses=(asset.CARD_STATE, asset.CARD_SOLD, asset.UNKNOWN_PLACE))
async def activate_card(call: Call, card_id: str, data: JSONBody[ActivateBody]) -> CardMovedView:
    """A printed card becomes worth its face."""
    if (data.sold is None) == (data.granted is None):
        raise asset.CARD_SOLD("say either how it was paid for or who gives it", pointer="/sold")
    method, reference, funder, _ = _origin(data.sold, data.granted)
    wish = asset.ActivateCard(call.ids.read("crd", card_id), data.channel, data.store, method, reference, funder)
    return _moved(call, await call.run(flows.activate, wish))


@post("/v1/cards/{card_id}/top-ups", scope="asset:card", status=200, refuses=(asset.CARD_STATE,))
async def top_up_card(call: Call, card_id: str, data: JSONBody[TopUpBody]) -> CardMovedView:
    """Put more money on a card that was sold: that is how a member keeps stored value."""
    wish = asset.TopUp(call.ids.read("crd", card_id), data.amount_minor, "", "", data.sold.method, data.sold.reference)
    return _moved(call, await call.run(flows.top_up, wish))


@post("/v1/cards/{card_id}/block", scope="asset:card", status=200, refuses=(asset.CARD_STATE,))
async def block_card(call: Call, card_id: str, data: JSONBody[ReasonBody]) -> CardMovedView:
    """Let a card pay no more."""
    return _moved(call, await call.run(flows.move, flows.MoveCard(call.ids.read("crd", card_id), True, data.reason)))


@post("/v1/cards/{card_id}/unblock", scope="asset:card", status=200, refuses=(asset.CARD_STATE,))
async def unblock_card(call: Call, card_id: str, data: JSONBody[ReasonBody]) -> CardMovedView:
    """Let a blocked card pay again."""
    return _moved(call, await call.run(flows.move, flows.MoveCard(call.ids.read("crd", card_id), False, data.reason)))


@post("/v1/cards/{card_id}/close-out", scope="asset:grant", status=200, refuses=(asset.CARD_STATE,))
async def close_card_out(call: Call, card_id: str, data: JSONBody[ReasonBody]) -> CardMovedView:
    """Book what is left on a card as income. It never happens by itself."""
    return _moved(call, await call.run(flows.close_out, flows.CloseOut(call.ids.read("crd", card_id), data.reason)))


@post("/v1/cards/balance", scope="asset:balance", status=200, repeatable=False, refuses=(asset.NO_CARD, TOO_MANY_GUESSES))
async def show_balance(call: Call, data: JSONBody[CodeBody]) -> BalanceView:
    """What is on the card with this code. A wrong code and a wrong PIN are told alike, and may be tried ten times in ten minutes.

    A POST, because codes do not belong into addresses, which end up in logs.
    """
    guesses: Attempts = call.house.db.memory.setdefault("api.card_guesses", Attempts(GUESSES, GUESSES_IN_S, TOO_MANY_GUESSES))
    who = f"{call.scope.tenant_id} {call.scope.actor}"
    guesses.take(who)
    wanted = asset.CardWanted(asset.code_hash(data.code), asset.pin_hash(data.code, data.pin) if data.pin else None)
    async with call.reading() as tx:
        card = (await asset.cards(tx, [wanted])).get(wanted)
    if card is None or (card.pin_hash is not None and card.pin_hash != wanted.pin_hash):
        raise asset.NO_CARD("there is no such card, or the PIN is wrong", pointer="/code")
    guesses.forget(who)
    return BalanceView(call.ids.show("crd", card.card_id), card.ending, card.currency, card.left, card.state, card.expires_at)


def _origin(sold: SoldFor | None, granted: GivenBy | None) -> tuple[str, str, str, str]:
    """method, reference, funder, reason."""
    return sold.method if sold else "", sold.reference if sold else "", granted.funder if granted else "", granted.reason if granted else ""


def _grouped(code: str) -> str:
    return "-".join(code[i : i + 4] for i in range(0, len(code), 4))


def _moved(call: Call, moved: flows.CardMoved) -> CardMovedView:
    return CardMovedView(call.ids.show("crd", moved.card_id), moved.state, moved.amount)


def _view(call: Call, row: reads.CardRow) -> GiftCardView:
    return GiftCardView(
        call.ids.show("crd", row.card_id),
        row.ending,
        row.currency,
        row.face,
        row.left,
        row.state,
        row.origin,
        row.funder,
        row.method,
        row.reference,
        row.reason,
        row.place,
        call.ids.show("mem", row.member_id) if row.member_id else None,
        row.member,
        call.ids.show("cbt", row.batch_id),
        row.issued_by,
        row.issued_at,
        row.activated_at,
        row.expires_at,
        row.has_pin,
    )


ROUTES = [
    list_cards,
    show_card,
    list_card_movements,
    show_cards_liability,
    issue_cards,
    activate_card,
    top_up_card,
    block_card,
    unblock_card,
    close_card_out,
    show_balance,
]
