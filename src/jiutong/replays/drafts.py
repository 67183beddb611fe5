"""A draft made ready to replay by: what could not be published either is refused here, with a pointer to what is wrong."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

import msgspec

from jiutong.capabilities import access, asset, order, pricing, promotion, simulation
from jiutong.capabilities.pricing import EVER, FOREVER, PriceRow
from jiutong.capabilities.promotion import Coupon, CouponTerms, Version
from jiutong.capabilities.simulation import DraftCoupons, PastSample, WhatIf
from jiutong.flows.maintain_coupons import BatchWish
from jiutong.kernel.db import Tx
from jiutong.reads import simulations as reads

DRAFTED = 0
"""The id of every price row that is only a draft."""

REACH_BACK = timedelta(days=1)
WRITTEN = "draft"
"""The code of a promotion, and of a batch of coupons, that is not kept anywhere."""


class DraftedPrices(msgspec.Struct, frozen=True):
    """Price rows by SKU's code, and the scope of the list they would stand in."""

    scope: pricing.ScopeKey
    list_code: str
    rows: Mapping[str, tuple[PriceRow, ...]]


class DraftedCoupons(msgspec.Struct, frozen=True):
    """A coupon as everybody would have it, and what share of buyers use theirs. `cap` and `per_member` 0: no bound."""

    coupon: Coupon
    uptake_bp: int
    cap: int
    per_member: int


class Ready(msgspec.Struct, frozen=True):
    """A draft made ready: its prices, the promotions without and with it, its coupons and its terms of points."""

    basis: simulation.Basis
    prices: tuple[DraftedPrices, ...] = ()
    standing: promotion.Ruleset = promotion.Ruleset(())
    """The promotions without the draft: those that run, or none where what was sold stays sold."""

    rules: promotion.Ruleset = promotion.Ruleset(())
    """The same with the draft."""

    limited: tuple[Version, ...] = ()
    """The drafts there is only so much of."""

    coupons: tuple[DraftedCoupons, ...] = ()
    programmes: tuple[asset.Programme, ...] = ()
    time_zone: str = "UTC"

    @property
    def gifts(self) -> frozenset[str]:
        """The SKUs somebody might get as a gift."""
        return self.rules.gifts | self.standing.gifts

    def prices_name(self, sku: str) -> bool:
        """Whether the draft says a price of this SKU."""
        return any(sku in drafted.rows for drafted in self.prices)


async def made_ready(tx: Tx, draft: WhatIf, sample: PastSample, basis: simulation.Basis) -> Ready:
    """A draft made ready to replay by. Refuses what could not be published either."""
    channels = await access.channels(tx, [sample.channel])
    if sample.channel not in channels:
        raise access.UNKNOWN_CHANNEL(f"no channel {sample.channel}", pointer="/sample/channel")
    channel = channels[sample.channel]
    prices = [*await _priced(tx, draft, channel.currency), *await _proposed(tx, draft, channel.currency)]
    kept = await _kept(tx, draft.promotions)
    written = await _written(tx, draft)
    running = await promotion.promotions(tx)
    asked, named = await _coupons(tx, draft.coupons, running, [*kept, *written])
    tried = [*kept, *written, *named]
    # Copies: what matches is remembered in them, and this is another thread than the one that sells.
    standing = promotion.Ruleset([one.version for one in running.rules] if basis == "now" else ())
    covered = {one.coupon.promotion for one in asked}
    everybody = [_for_everybody(one, -1 - no) for no, one in enumerate(tried, len(asked)) if one.terms.coupon and one.rule not in covered]
    return Ready(
        basis,
        tuple(prices),
        standing,
        standing.with_drafts(tried, only=False),
        tuple(one for one in tried if _limited(one)),
        (*asked, *everybody),
        _programmes(draft),
        channel.time_zone,
    )


def _limited(version: Version) -> bool:
    limits = version.terms.limits
    return bool(limits.uses_max or limits.member_uses_max or limits.budget_minor)


async def _list(tx: Tx, code: str, currency: str, pointer: str) -> pricing.PriceList:
    lists = await pricing.lists(tx, [code])
    if code not in lists:
        raise pricing.UNKNOWN_LIST(f"no price list {code}", pointer=pointer)
    if lists[code].currency != currency:
        raise order.MIXED_CURRENCY(f"the channel trades in {currency}", pointer=pointer)
    return lists[code]


async def _priced(tx: Tx, draft: WhatIf, currency: str) -> list[DraftedPrices]:
    """The prices as they are written in the draft."""
    if not draft.prices:
        return []
    if draft.price_list is None:
        raise pricing.UNKNOWN_LIST("say in which list the prices would stand", pointer="/draft/price_list")
    one = await _list(tx, draft.price_list, currency, "/draft/price_list")
    rows: dict[str, tuple[PriceRow, ...]] = {}
    for price in draft.prices:
        row = PriceRow(DRAFTED, one.code, price.amount_minor, price.per, price.min_quantity, tx.now - REACH_BACK, FOREVER)
        rows[price.sku] = (*rows.get(price.sku, ()), row)
    return [DraftedPrices(one.scope, one.code, rows)]


async def _proposed(tx: Tx, draft: WhatIf, currency: str) -> list[DraftedPrices]:
    """The prices of SKUs in a proposal that is kept."""
    if draft.proposal is None:
        return []
    found = await reads.proposed(tx, int(draft.proposal))
    if not found:
        raise pricing.UNKNOWN_PROPOSAL("no such proposal, or it has no price of a SKU", pointer="/draft/proposal")
    one = await _list(tx, found[0].list, currency, "/draft/proposal")
    rows: dict[str, tuple[PriceRow, ...]] = {}
    for price in found:
        row = PriceRow(DRAFTED, one.code, price.amount, price.per, price.min_quantity, tx.now - REACH_BACK, FOREVER, price.off_bp)
        rows[price.sku] = (*rows.get(price.sku, ()), row)
    return [DraftedPrices(one.scope, one.code, rows)]


async def _kept(tx: Tx, rules: Sequence[str]) -> list[Version]:
    """Promotions that are kept, as if they ran whenever an order was placed."""
    found = await promotion.promotion_versions(tx, rules) if rules else {}
    for no, rule in enumerate(rules):
        if rule not in found:
            raise promotion.UNKNOWN_PROMOTION(f"no promotion {rule}", pointer=f"/draft/promotions/{no}")
    return [_always(found[rule]) for rule in dict.fromkeys(rules)]


async def _written(tx: Tx, draft: WhatIf) -> list[Version]:
    """The promotion as it would be saved."""
    if draft.promotion is None:
        return []
    try:
        terms = msgspec.convert(draft.promotion, promotion.Terms)
    except msgspec.ValidationError as refusal:
        raise promotion.BAD_TERMS(str(refusal), pointer="/draft/promotion") from None
    fault = promotion.terms_fault(terms)
    if fault is not None:
        raise promotion.deeper(fault, "/draft/promotion")
    channel_ids, store_ids = await _places(tx, terms.channels, terms.stores, "/draft/promotion")
    return [_always(Version(0, WRITTEN, 0, "draft", terms, channel_ids, store_ids))]


async def _places(tx: Tx, channels: Sequence[str], stores: Sequence[str], pointer: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The ids of the channels and stores a draft names."""
    known_channels = await access.channels(tx, list(channels))
    known_stores = await access.stores(tx, list(stores))
    for name, wanted, known, unknown in (
        ("channels", channels, known_channels, access.UNKNOWN_CHANNEL),
        ("stores", stores, known_stores, access.UNKNOWN_STORE),
    ):
        for no, code in enumerate(wanted):
            if code not in known:
                raise unknown(f"there is no {code}", pointer=f"{pointer}/{name}/{no}")
    return tuple(known_channels[code].channel_id for code in channels), tuple(known_stores[code].store_id for code in stores)


def _always(version: Version) -> Version:
    return msgspec.structs.replace(version, terms=msgspec.structs.replace(version.terms, valid_from=EVER, valid_to=FOREVER))


async def _coupons(
    tx: Tx, wanted: Sequence[DraftCoupons], running: promotion.Ruleset, tried: Sequence[Version]
) -> tuple[list[DraftedCoupons], list[Version]]:
    """The coupons that would be in hand, and the promotions they stand for that are not tried themselves."""
    batches = await promotion.coupon_batches(tx, {one.batch for one in wanted if one.batch})
    made: list[DraftedCoupons] = []
    named: dict[str, Version] = {}
    for no, one in enumerate(wanted):
        at = f"/draft/coupons/{no}"
        if one.batch is not None:
            if one.batch not in batches:
                raise promotion.UNKNOWN_COUPON_BATCH(f"no batch {one.batch}", pointer=f"{at}/batch")
            batch = batches[one.batch]
            code, terms, per_member = batch.code, batch.terms, batch.per_member
        else:
            code = WRITTEN
            terms, per_member = await _terms(tx, one.written or {}, f"{at}/written")
        version = await _version(tx, terms.promotion, running, tried, f"{at}/written/promotion")
        if version.rule not in {each.rule for each in tried}:
            named[version.rule] = version
        terms = msgspec.structs.replace(terms, promotion=version.rule)
        made.append(DraftedCoupons(_coupon(-1 - no, code, terms, per_member), one.uptake_bp, terms.cap, per_member))
    return made, list(named.values())


async def _terms(tx: Tx, written: Mapping[str, object], at: str) -> tuple[CouponTerms, int]:
    """The terms of a batch as it would be saved, and how many of its coupons one member may have."""
    try:
        wish = msgspec.convert(written, BatchWish)
    except msgspec.ValidationError as refusal:
        raise promotion.COUPON_TERMS_INVALID(str(refusal), pointer=at) from None
    channels, stores = await _places(tx, wish.channels, wish.stores, at)
    terms = CouponTerms(
        wish.name, wish.name_zh, wish.promotion, wish.cap, wish.claim_from, wish.claim_to, wish.valid_from, wish.valid_to,
        wish.valid_days, wish.grace_days, wish.levels, wish.groups, wish.first_order, (), channels, stores,
    )  # fmt: skip
    fault = promotion.coupon_fault(promotion.PutCouponBatch(WRITTEN, wish.kind, wish.per_member, wish.shared_code, terms))
    if fault is not None:
        raise promotion.deeper(fault, at)
    return terms, wish.per_member


async def _version(tx: Tx, name: str, running: promotion.Ruleset, tried: Sequence[Version], at: str) -> Version:
    """The promotion a coupon stands for: one that is tried, one that runs, or one that is kept."""
    tried_too = [one for one in tried if name in (one.rule, one.code)]
    running_too = [running.by_rule[rule].version for rule in (name, *running.rules_of(name)) if rule in running.by_rule]
    kept = await promotion.promotion_versions(tx, [name])
    for version in (*tried_too, *map(_always, (*running_too, *kept.values()))):
        if not version.terms.coupon:
            raise promotion.NO_COUPON_PROMOTION(f"{name} needs no coupon", pointer=at)
        return version
    raise promotion.NO_COUPON_PROMOTION(f"no promotion {name}", pointer=at)


def _coupon(batch_id: int, batch: str, terms: CouponTerms, per_member: int) -> Coupon:
    """A coupon of a draft, as a basket meets it: good whenever the past order was placed."""
    return Coupon(0, batch_id, batch, batch, "shared", "live", None, EVER, FOREVER, "free", per_member, terms)


def _for_everybody(version: Version, batch_id: int) -> DraftedCoupons:
    """A promotion that asks for a coupon and comes without a batch is tried as if everybody had one."""
    terms = CouponTerms(version.terms.name, version.terms.name_zh, version.rule, 0, EVER, FOREVER)
    return DraftedCoupons(_coupon(batch_id, version.code, terms, 0), simulation.WHOLE_BP, 0, 0)


def _programmes(draft: WhatIf) -> tuple[asset.Programme, ...]:
    """The terms of points as they would be published, in force ever since."""
    if draft.points is None:
        return ()
    try:
        terms = msgspec.convert(draft.points, asset.PointsTerms)
    except msgspec.ValidationError as refusal:
        raise asset.TERMS(str(refusal), pointer="/draft/points") from None
    fault = asset.refuse_terms(asset.PutProgramme(points=terms), (), EVER)
    if fault is not None:
        raise asset.TERMS(fault.detail, pointer=f"/draft/points{fault.errors[0].pointer.removeprefix('/terms')}")
    return (asset.Programme(0, EVER, terms),)
