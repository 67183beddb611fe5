"""Trying promotions on a basket nobody places: why and why not, also with drafts that are not published. Reads only."""

from collections.abc import Mapping, Sequence
from typing import Annotated

import msgspec
from msgspec import Meta

from jiutong.capabilities import access, catalog, pricing, promotion
from jiutong.flows.words import Code, Quantity
from jiutong.kernel.db import Tx
from jiutong.kernel.errors import Problem


class TryLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """So many base units of a SKU, at its price now or at `gross_minor` for all of them."""

    sku: Code
    quantity: Quantity
    gross_minor: Annotated[int, Meta(ge=0, le=10**12)] | None = None


class TryBuyer(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Who buys: a member of this level and these groups."""

    level: Annotated[str, Meta(max_length=64)] = ""
    groups: Annotated[tuple[Annotated[str, Meta(max_length=64)], ...], Meta(max_length=50)] = ()
    first_order: bool = False


class TryDraft(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Terms nobody has published, under a code; in place of what is published under it."""

    code: promotion.Code
    terms: promotion.Terms


class TryPromotions(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A basket to try promotions on; `coupons` are promotions (by code) there is a coupon in hand for."""

    channel: Code
    lines: Annotated[tuple[TryLine, ...], Meta(min_length=1, max_length=500)]
    store: Code | None = None
    at: Annotated[pricing.Instant | None, Meta(description="When; now unless said otherwise.")] = None
    buyer: TryBuyer | None = None
    region: Annotated[str, Meta(max_length=64)] = ""
    play: Annotated[str, Meta(max_length=64)] = ""
    coupons: Annotated[tuple[Code, ...], Meta(max_length=50)] = ()
    drafts: Annotated[tuple[TryDraft, ...], Meta(max_length=20)] = ()
    only_drafts: bool = False


class TriedLine(msgspec.Struct, frozen=True):
    """What a line comes to, in minor units."""

    line_no: int
    sku: str
    title: str
    quantity: int
    gross_minor: int
    off_minor: int
    net_minor: int


class Tried(msgspec.Struct, frozen=True):
    """What promotions would do to the basket, and why."""

    currency: str
    gross_minor: int
    off_minor: int
    net_minor: int
    lines: tuple[TriedLine, ...]
    outcome: promotion.Outcome


async def tried(tx: Tx, wish: TryPromotions) -> Tried | Problem:
    """What the promotions that run, and these drafts, would do to the basket."""
    place = (await access.channels(tx, [wish.channel])).get(wish.channel)
    if place is None:
        return access.UNKNOWN_CHANNEL(f"no channel {wish.channel!r}", pointer="/channel")
    shop = (await access.stores(tx, [wish.store])).get(wish.store) if wish.store else None
    if wish.store and shop is None:
        return access.UNKNOWN_STORE(f"no store {wish.store!r}", pointer="/store")
    drafts = await _drafts(tx, wish.drafts)
    if isinstance(drafts, Problem):
        return drafts
    running = await promotion.promotions(tx)
    rules = running.with_drafts(drafts, only=wish.only_drafts)
    store_id = shop.store_id if shop else 0
    items = await _items(tx, wish, place, store_id)
    if isinstance(items, Problem):
        return items
    left = await promotion.promotions_left(tx, rules, [None])
    outcome = promotion.best(items, rules, _context(tx, wish, place, store_id, rules, left))
    return _told(place.currency, items, outcome)


async def _drafts(tx: Tx, drafts: Sequence[TryDraft]) -> list[promotion.Version] | Problem:
    channels = await access.channels(tx, {code for one in drafts for code in one.terms.channels})
    stores = await access.stores(tx, {code for one in drafts for code in one.terms.stores})
    made: list[promotion.Version] = []
    for position, one in enumerate(drafts):
        refusal = promotion.terms_fault(one.terms)
        if refusal is not None:
            return promotion.deeper(refusal, f"/drafts/{position}/terms")
        channel_ids = tuple(channels[code].channel_id if code in channels else -1 for code in one.terms.channels)
        store_ids = tuple(stores[code].store_id if code in stores else -1 for code in one.terms.stores)
        made.append(promotion.Version(0, one.code, 0, "draft", one.terms, channel_ids, store_ids))
    return made


async def _items(tx: Tx, wish: TryPromotions, place: access.ChannelFacts, store_id: int) -> list[promotion.Item] | Problem:
    skus = await catalog.skus(tx, {line.sku for line in wish.lines})
    prices = await pricing.prices(tx, [sku.sku_id for sku in skus.values()])
    items: list[promotion.Item] = []
    for line_no, line in enumerate(wish.lines, 1):
        sku = skus.get(line.sku)
        at = f"/lines/{line_no - 1}/sku"
        if sku is None:
            return catalog.UNKNOWN_SKU(f"no SKU {line.sku!r}", pointer=at)
        facts = prices.get(sku.sku_id)
        row = pricing.resolve(facts, place.channel_id, store_id, place.currency, line.quantity, wish.at or tx.now) if facts else None
        if line.gross_minor is not None:
            items.append(promotion.item(line_no, sku, line.quantity, row.per if row else 1, line.gross_minor))
        elif row is None:
            return pricing.NO_PRICE(f"{line.sku} has no price here then", pointer=at, sku=line.sku)
        else:
            items.append(promotion.item(line_no, sku, line.quantity, row.per, pricing.line_amount(row.amount, row.per, line.quantity)))
    return items


def _context(
    tx: Tx, wish: TryPromotions, place: access.ChannelFacts, store_id: int, rules: promotion.Ruleset, left: Mapping[int, int]
) -> promotion.Context:
    at = wish.at or tx.now
    weekday, minute = promotion.local(at, place.time_zone)
    buyer = wish.buyer
    return promotion.Context(
        at=at,
        weekday=weekday,
        minute=minute,
        currency=place.currency,
        channel_id=place.channel_id,
        store_id=store_id,
        member_id=0 if buyer else None,
        level=buyer.level if buyer else "",
        groups=buyer.groups if buyer else (),
        first_order=buyer.first_order if buyer else False,
        region=wish.region,
        play=wish.play,
        coupons=tuple(promotion.InHand(code, rule) for code in wish.coupons for rule in rules.rules_of(code)),
        left=left,
        everything=True,
    )


def _told(currency: str, items: Sequence[promotion.Item], outcome: promotion.Outcome) -> Tried:
    lines = tuple(
        TriedLine(one.line_no, one.goods.code, one.goods.title, one.quantity, one.gross, off, net)
        for one, off, net in promotion.after(items, outcome)
    )
    gross, off, net = promotion.totals(items, outcome)
    return Tried(currency, gross, off, net, lines, outcome)
