"""Points, red packets and procurement points: the terms, what everybody has, what is given and taken by hand, and what is owed on it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Literal

import msgspec
from litestar import Response
from litestar.params import QueryParameter
from msgspec import Meta

from jiutong.api.call import Call
from jiutong.api.cursors import Cursor, Limit, Page, paged, read
from jiutong.api.entrance import ENTERING, entered
from jiutong.api.shell import JSONBody, get, post
from jiutong.capabilities import asset, member
from jiutong.flows import assets as flows
from jiutong.kernel.db import Tx
from jiutong.kernel.errors import INVALID, NOT_FOUND
from jiutong.reads import assets as reads
from jiutong.reads import coupons as coupon_reads
from jiutong.reads import members

HOLDERS_MAX = 1_000
MOVED_DAYS = 30
WALLET_LOTS_MAX = 200
TILL_HELD_MAX = 20
Amount = Annotated[int, Meta(ge=1, le=10**12)]
Month = Annotated[str, QueryParameter(pattern="^[0-9]{4}-[0-9]{2}$")]


class PublishPoints(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The terms of points, in force from `valid_from` on: now, unless said otherwise."""

    terms: asset.PointsTerms
    valid_from: datetime | None = None


class PublishBeans(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The terms of procurement points, in force from `valid_from` on: now, unless said otherwise."""

    terms: asset.BeansTerms
    valid_from: datetime | None = None


class PointsVersion(msgspec.Struct, frozen=True):
    """A version of the terms of points; `in_force` now, announced, or over."""

    version: int
    state: Literal["announced", "in_force", "over"]
    valid_from: datetime
    made_by: str
    made_at: datetime
    terms: asset.PointsTerms


class BeansVersion(msgspec.Struct, frozen=True):
    """A version of the terms of procurement points."""

    version: int
    state: Literal["announced", "in_force", "over"]
    valid_from: datetime
    made_by: str
    made_at: datetime
    terms: asset.BeansTerms


class PointsProgramme(msgspec.Struct, frozen=True):
    """The terms of points in all versions, the latest first."""

    versions: Sequence[PointsVersion]


class BeansProgramme(msgspec.Struct, frozen=True):
    """The terms of procurement points in all versions, the latest first."""

    versions: Sequence[BeansVersion]


class PublishedView(msgspec.Struct, frozen=True):
    """A version that was published."""

    version: int
    valid_from: datetime


class LotView(msgspec.Struct, frozen=True):
    """A lot: what was given, what is left of it, and until when. Amounts in `unit`; of red packets in minor units of `currency`."""

    id: str
    kind: asset.Kind
    member: str | None
    company: str | None
    holder: str
    unit: str
    currency: str
    amount: int
    left: int
    held: int
    netted: int
    state: asset.LotState
    source: str
    order: str | None
    funder: str
    reason: str
    given_by: str
    earned_at: datetime
    active_from: datetime
    expires_at: datetime
    usable_until: datetime


class PurseView(msgspec.Struct, frozen=True):
    """What somebody has of one unit. `usable` now, after what is owed; `promised` later; `held` by orders nobody has paid yet."""

    kind: asset.Kind
    unit: str
    currency: str
    usable: int
    promised: int
    held: int
    owed: int
    expires_next: datetime | None
    expiring: int
    lots: Sequence[LotView]


class WalletView(msgspec.Struct, frozen=True):
    """Everything somebody holds, and what points are worth by currency: so many points, so many minor units."""

    purses: Sequence[PurseView]
    rates: Sequence[asset.Rate]


class AssetMovementView(msgspec.Struct, frozen=True):
    """What an entry of the ledger did to a lot: signed."""

    entry: str
    rule: str
    order: str | None
    amount: int
    at: datetime


class GrantBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Give every holder so much: `members` points or red packets (of a `currency`), a `company` procurement points.

    `funder` bears it; `expires_at` is when it is over; with `active_from` it is promised until then.
    """

    kind: asset.Kind
    amount: Amount
    expires_at: datetime
    funder: asset.Funder
    reason: asset.Reason
    members: Annotated[tuple[str, ...], Meta(max_length=HOLDERS_MAX)] = ()
    company: str = ""
    currency: str = ""
    active_from: datetime | None = None


class GrantedView(msgspec.Struct, frozen=True):
    """The lots given, in the order of the holders."""

    lots: Sequence[str]


class DeductionBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Take so much of a member or a company, first what expires first, and why."""

    kind: asset.Kind
    amount: Amount
    reason: asset.Reason
    member: str | None = None
    company: str = ""
    currency: str = ""


class DeductedView(msgspec.Struct, frozen=True):
    """What was taken, by lot."""

    amount: int
    lots: Sequence[tuple[str, int]]


class OutstandingView(msgspec.Struct, frozen=True):
    """What is left on lots of a kind, unit and funder that expire in a month. `overdue`: over, not booked as expired yet."""

    kind: asset.Kind
    unit: str
    currency: str
    funder: str
    month: str
    lots: int
    promised: int
    active: int
    overdue: int
    held: int


class WorthView(msgspec.Struct, frozen=True):
    """What outstanding points come to in a currency, minor units: at their full worth, and with the share expected never to be used."""

    currency: str
    points: int
    full: int
    expected: int
    breakage_bp: int


class LiabilityView(msgspec.Struct, frozen=True):
    """What the house owes on points, red packets and procurement points now, and what moved it in the last thirty days."""

    at: datetime
    outstanding: Sequence[OutstandingView]
    worth: Sequence[WorthView]
    points_owed: int
    debtors: int
    moved: Sequence[reads.Moved]


class OwedView(msgspec.Struct, frozen=True):
    """A member who owes points."""

    member: str
    name: str
    points: int


class WalletOf(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whose wallet a till asks for."""

    member: member.Recognize


class CouponHeld(msgspec.Struct, frozen=True):
    """A coupon somebody can use until `valid_to`."""

    code: str
    name: str
    name_zh: str
    valid_to: datetime


class CardHeld(msgspec.Struct, frozen=True):
    """A card of somebody's: it pays by its code, of which only the ending is known."""

    ending: str
    currency: str
    left: int


class TillWalletView(msgspec.Struct, frozen=True):
    """A member at the till with what they hold; of coupons those that can be used now, the latest first."""

    member: str
    name: str
    level: str
    wallet: WalletView
    coupons: Sequence[CouponHeld]
    cards: Sequence[CardHeld]


@get("/v1/points/programme", scope="asset:read")
async def show_points_programme(call: Call) -> PointsProgramme:
    """The terms by which points are earned and burned, in all versions."""
    async with call.reading() as tx:
        rows = await reads.programme_versions(tx, "points")
    states = _states(rows, call.house.clock.now())
    return PointsProgramme(
        [
            PointsVersion(version, state, since, by, at, msgspec.json.decode(terms, type=asset.PointsTerms))
            for (version, terms, since, by, at), state in zip(rows, states, strict=True)
        ]
    )


@post("/v1/points/programme", scope="asset:write", refuses=(asset.TERMS,))
async def publish_points_programme(call: Call, data: JSONBody[PublishPoints]) -> Response[PublishedView]:
    """Publish terms of points: a new version that ends the one before where it begins."""
    put = await call.run(flows.publish, asset.PutProgramme(points=data.terms, valid_from=data.valid_from))
    return call.created(PublishedView(put.version, put.valid_from), "/v1/points/programme")


@get("/v1/beans/programme", scope="asset:read")
async def show_beans_programme(call: Call) -> BeansProgramme:
    """The terms by which companies burn procurement points, in all versions."""
    async with call.reading() as tx:
        rows = await reads.programme_versions(tx, "beans")
    states = _states(rows, call.house.clock.now())
    return BeansProgramme(
        [
            BeansVersion(version, state, since, by, at, msgspec.json.decode(terms, type=asset.BeansTerms))
            for (version, terms, since, by, at), state in zip(rows, states, strict=True)
        ]
    )


@post("/v1/beans/programme", scope="asset:write", refuses=(asset.TERMS,))
async def publish_beans_programme(call: Call, data: JSONBody[PublishBeans]) -> Response[PublishedView]:
    """Publish terms of procurement points."""
    put = await call.run(flows.publish, asset.PutProgramme(beans=data.terms, valid_from=data.valid_from))
    return call.created(PublishedView(put.version, put.valid_from), "/v1/beans/programme")


@get("/v1/members/{member_id}/wallet", scope="asset:read")
async def show_member_wallet(call: Call, member_id: str) -> WalletView:
    """What a member holds: points and red packets, lot by lot."""
    async with call.reading() as tx:
        return await wallet_of(call, tx, call.ids.read("mem", member_id), ("points", "red_packet"))


@get("/v1/companies/{code}/beans", scope="asset:read")
async def show_company_beans(call: Call, code: str) -> WalletView:
    """The procurement points of a company, lot by lot."""
    async with call.reading() as tx:
        company_id = await reads.company(tx, code)
        if company_id is None:
            raise NOT_FOUND(f"no company {code!r}")
        return await wallet_of(call, tx, company_id, ("beans",))


@get("/v1/shop/{tenant}/{channel}/me/wallet", scope=None, refuses=ENTERING)
async def show_front_wallet(call: Call, tenant: str, channel: str) -> WalletView:
    """My points and red packets."""
    async with entered(call, tenant, channel) as at:
        return await wallet_of(call, at.tx, at.member().member_id, ("points", "red_packet"))


@post("/v1/till/wallet", scope="till:sell", status=200, repeatable=False, refuses=(NOT_FOUND,))
async def show_till_wallet(call: Call, data: JSONBody[WalletOf]) -> TillWalletView:
    """What a member at the till holds: found by phone, e-mail, card or openid.

    A POST, because identities do not belong into addresses, which end up in logs.
    """
    async with call.reading() as tx:
        found = await member.find(tx, {0: data.member})
        if not found:
            raise NOT_FOUND("nobody who may shop is known by that")
        (who,) = await members.members(tx, [found[0]], None, 1)
        wallet = await wallet_of(call, tx, found[0], ("points", "red_packet"))
        free = await coupon_reads.coupons(tx, None, found[0], "free", None, None, TILL_HELD_MAX)
        cards = await reads.cards(tx, reads.CardFilter(member_id=found[0], state="active"), None, TILL_HELD_MAX)
    coupons = [CouponHeld(one.code, one.name, one.name_zh or one.name, one.valid_to) for one in free]
    shown = [CardHeld(one.ending, one.currency, one.left) for one in cards if one.left]
    return TillWalletView(call.ids.show("mem", found[0]), who.name, who.level, wallet, coupons, shown)


@get("/v1/assets/lots", scope="asset:read", refuses=(NOT_FOUND,))
async def list_lots(
    call: Call,
    kind: asset.Kind | None = None,
    member_id: Annotated[str | None, QueryParameter(name="member")] = None,
    lot_state: Annotated[asset.LotState | None, QueryParameter(name="state")] = None,
    funder: str | None = None,
    month: Month | None = None,
    after: Cursor = None,
    limit: Limit = 50,
) -> Page[LotView]:
    """Lots, the latest first; of a member, of a funder, in a state, expiring in a month (`2026-11`)."""
    holder = call.ids.read("mem", member_id) if member_id else None
    which = reads.LotFilter(kind=kind, holder_id=holder, state=lot_state, funder=funder, month=month)
    async with call.reading() as tx:
        found = await reads.lots(tx, which, read(after, int), limit + 1)
    return paged([_lot(call, one) for one in found], limit, [one.lot_id for one in found])


@get("/v1/assets/lots/{lot_id}", scope="asset:read")
async def show_lot(call: Call, lot_id: str) -> LotView:
    """A lot."""
    async with call.reading() as tx:
        found = await reads.lot(tx, call.ids.read("lot", lot_id))
    if found is None:
        raise NOT_FOUND("there is no such lot")
    return _lot(call, found)


@get("/v1/assets/lots/{lot_id}/movements", scope="asset:read")
async def list_lot_movements(call: Call, lot_id: str, after: Cursor = None, limit: Limit = 50) -> Page[AssetMovementView]:
    """What moved a lot, entry by entry, the latest first."""
    async with call.reading() as tx:
        found = await reads.lot(tx, call.ids.read("lot", lot_id))
        if found is None:
            raise NOT_FOUND("there is no such lot")
        code = asset.lot_account(found.kind, found.holder_id, found.lot_id, found.unit).code
        rows = await reads.movements(tx, code, read(after, int), limit + 1)
    return paged([movement(call, row) for row in rows], limit, [row.entry_id for row in rows])


@post("/v1/assets/grants", scope="asset:grant", refuses=(NOT_FOUND, asset.NO_HOLDER, asset.LOT_WINDOW))
async def grant_assets(call: Call, data: JSONBody[GrantBody]) -> Response[GrantedView]:
    """Give points, red packets or procurement points by hand."""
    _fits(data.kind, bool(data.members), data.company, data.currency)
    people = tuple(call.ids.read("mem", one) for one in data.members)
    wish = flows.Give(
        data.kind, data.amount, data.expires_at, data.funder, data.reason, people, data.company, data.currency, data.active_from
    )
    made = await call.run(flows.give, wish)
    return call.created(GrantedView([call.ids.show("lot", id_) for id_ in made.lots]), "/v1/assets/lots")


@post("/v1/assets/deductions", scope="asset:grant", refuses=(NOT_FOUND, asset.NO_HOLDER, asset.NOT_ENOUGH, asset.CHANGED))
async def deduct_assets(call: Call, data: JSONBody[DeductionBody]) -> Response[DeductedView]:
    """Take points, red packets or procurement points by hand, with a reason."""
    _fits(data.kind, data.member is not None, data.company, data.currency)
    member_id = call.ids.read("mem", data.member) if data.member else 0
    taken = await call.run(flows.take, flows.Take(data.kind, data.amount, data.reason, member_id, data.company, data.currency))
    return call.created(DeductedView(taken.amount, [(call.ids.show("lot", id_), units) for id_, units in taken.lots]), "/v1/assets/lots")


@get("/v1/assets/liability", scope="asset:read")
async def show_liability(call: Call) -> LiabilityView:
    """What the house owes on all of it now: by month of expiry and funder, what points are worth, who owes points."""
    now = call.house.clock.now()
    async with call.reading() as tx:
        rows = await reads.outstanding(tx)
        owed = await reads.owed(tx, None, 10_000)
        moved = await reads.moved(tx, now - timedelta(days=MOVED_DAYS))
        terms = asset.in_force((await asset.programmes(tx)).get("points", ()), now)
    points = sum(row.promised + row.active for row in rows if row.kind == "points")
    shown = [
        OutstandingView(
            row.kind, row.unit, _currency(row.unit), row.funder, row.month, row.lots, row.promised, row.active, row.overdue, row.held
        )
        for row in rows
    ]
    return LiabilityView(now, shown, _worth(points, terms), sum(one.points for one in owed), len(owed), moved)


@get("/v1/assets/owed", scope="asset:read")
async def list_owed(call: Call, after: Cursor = None, limit: Limit = 50) -> Page[OwedView]:
    """Members who owe points: taken back by returns after they had been spent."""
    async with call.reading() as tx:
        found = await reads.owed(tx, read(after, int), limit + 1)
    views = [OwedView(call.ids.show("mem", one.member_id), one.name, one.points) for one in found]
    return paged(views, limit, [one.member_id for one in found])


async def wallet_of(call: Call, tx: Tx, holder_id: int, kinds: Sequence[asset.Kind]) -> WalletView:
    """Everything of these kinds that somebody holds."""
    now = call.house.clock.now()
    wallets = await asset.wallets(tx, [asset.Holder(kind, holder_id) for kind in kinds])
    rows = [one for kind in kinds for one in await reads.lots(tx, reads.LotFilter(kind=kind, holder_id=holder_id), None, WALLET_LOTS_MAX)]
    told = await asset.programmes(tx)
    terms = asset.in_force(told.get("beans" if "beans" in kinds else "points", ()), now)
    rates = (terms.points or terms.beans) if terms else None
    purses: list[PurseView] = []
    for kind in kinds:
        units = sorted({row.unit for row in rows if row.kind == kind} or ({"POINT"} if kind == "points" else set()))
        wallet = wallets[asset.Holder(kind, holder_id)]
        for unit in units:
            mine = [row for row in rows if row.kind == kind and row.unit == unit]
            drawn, there = asset.usable(wallet, unit, now)
            promised = sum(lot.free + lot.held for lot in wallet.lots if lot.unit == unit and lot.active_from > now)
            held = sum(lot.held for lot in wallet.lots if lot.unit == unit)
            first = drawn[0] if drawn else None
            owed = wallet.owed if kind == "points" else 0
            purses.append(
                PurseView(
                    kind,
                    unit,
                    _currency(unit),
                    there,
                    promised,
                    held,
                    owed,
                    first.usable_until if first else None,
                    sum(lot.free for lot in drawn if first and lot.usable_until == first.usable_until),
                    [_lot(call, row) for row in mine],
                )
            )
    return WalletView(purses, rates.rates if rates else ())


def movement(call: Call, row: reads.Movement) -> AssetMovementView:
    """A movement under public names."""
    order_ = call.ids.show("ord", row.order_id) if row.order_id else None
    return AssetMovementView(call.ids.show("ent", row.entry_id), row.rule, order_, row.amount, row.at)


def _fits(kind: asset.Kind, members: bool, company: str, currency: str) -> None:
    """Points and red packets are members', procurement points a company's; only red packets are in a currency."""
    if (kind == "beans") != bool(company):
        raise INVALID("procurement points belong to a company, everything else to members", pointer="/company")
    if (kind == "beans") == members:
        raise INVALID("say whose it is", pointer="/members")
    if (kind == "red_packet") != bool(currency) or (currency and not (len(currency) == 3 and currency.isupper())):
        raise INVALID("a red packet is in a currency, and nothing else is", pointer="/currency")


def _states(rows: Sequence[tuple[int, str, datetime, str, datetime]], now: datetime) -> list[Literal["announced", "in_force", "over"]]:
    begun = [version for version, _, since, _, _ in rows if since <= now]
    force = max(begun, default=0)
    return ["announced" if since > now else "in_force" if version == force else "over" for version, _, since, _, _ in rows]


def _worth(points: int, terms: asset.Programme | None) -> list[WorthView]:
    if terms is None or terms.points is None:
        return []
    share = terms.points.breakage_bp
    worths = [(rate.currency, asset.worth(points, rate)) for rate in terms.points.rates if rate.burn_points]
    return [WorthView(currency, points, full, full * (10_000 - share) // 10_000, share) for currency, full in worths]


def _currency(unit: str) -> str:
    return unit.partition("/")[2]


def _lot(call: Call, row: reads.LotRow) -> LotView:
    beans = row.kind == "beans"
    return LotView(
        call.ids.show("lot", row.lot_id),
        row.kind,
        None if beans else call.ids.show("mem", row.holder_id),
        row.holder if beans else None,
        row.holder,
        row.unit,
        _currency(row.unit),
        row.amount,
        row.left,
        row.held,
        row.netted,
        row.state,
        row.source,
        call.ids.show("ord", row.order_id) if row.order_id else None,
        row.funder,
        row.reason,
        row.given_by,
        row.earned_at,
        row.active_from,
        row.expires_at,
        row.usable_until,
    )


ROUTES = [
    show_points_programme,
    publish_points_programme,
    show_beans_programme,
    publish_beans_programme,
    show_member_wallet,
    show_company_beans,
    show_front_wallet,
    show_till_wallet,
    list_lots,
    show_lot,
    list_lot_movements,
    grant_assets,
    deduct_assets,
    show_liability,
    list_owed,
]
