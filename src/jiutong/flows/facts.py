"""What the pipeline's steps read: loaded once per kind for a whole batch, mostly from the rooms' in-process caches."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from jiutong.capabilities import access, asset, catalog, fulfillment, inventory, member, pricing, promotion
from jiutong.capabilities.order import Basket, OrderDraft
from jiutong.flows import for_promotions, for_whom, gating
from jiutong.kernel import stamps
from jiutong.kernel.db import Again, Tx
from jiutong.kernel.points import NOT_PLAYED, Plan, plan_of


class Facts(msgspec.Struct, frozen=True):
    """Everything the steps of a batch may ask: SKUs by scanned code, prices by SKU, tax rates, and where goods come from.

    `plays` are the activities baskets came through, by the code they named; `over` says of others when they ended.
    """

    skus: dict[str, catalog.SkuFacts]
    prices: dict[int, pricing.PriceFacts]
    tax_rates: dict[tuple[int, str], int]
    tax_inclusive: dict[int, bool]
    sources: dict[int, tuple[inventory.LocationFacts, ...]]
    store_locations: dict[int, inventory.LocationFacts]
    places: dict[int, inventory.LocationFacts]
    free: dict[inventory.StockKey, int]
    plays: dict[str, promotion.PlayFacts] = {}
    supplies: dict[str, inventory.LocationFacts] = {}
    whom: for_whom.ForWhom = for_whom.NOBODY
    deals: for_promotions.ForPromotions = for_promotions.NONE
    tariffs: fulfillment.TariffFacts = fulfillment.NO_TARIFFS
    gates: promotion.GateFacts = gating.NO_GATES

    @property
    def buyers(self) -> Mapping[int, member.Buyer]:
        """Who buys, by member."""
        return self.whom.buyers

    wallets: Mapping[asset.Holder, asset.Wallet] = {}
    programmes: Mapping[str, tuple[asset.Programme, ...]] = {}
    over: Mapping[str, datetime] = {}

    def earns(self, sold: OrderDraft) -> bool:
        """Whether a sale earns its buyer points."""
        return sold.member_id is not None and asset.in_force(self.programmes.get("points", ()), sold.placed_at) is not None

    def plan_of(self, basket: Basket) -> Plan:
        """The plan of a basket: its scene's, or that of the play it came through."""
        play = self.plays.get(basket.play)
        plan = plan_of(basket.scene, play.kind if play else "")
        if basket.play and play is None and "gates" not in plan.needs:
            raise NOT_PLAYED(f"nothing is sold through {basket.play} here", pointer="/play")
        return plan


async def load(tx: Tx, baskets: Sequence[Basket]) -> Facts:
    """Load what the plans of these baskets need."""
    plays = await promotion.plays_in_force(tx, {b.play for b in baskets if b.play})
    needs = {need for scene in {b.scene for b in baskets} for need in plan_of(scene).needs}
    skus = await catalog.skus(tx, list({line.sku for b in baskets for line in b.lines}))
    sku_ids = {sku.sku_id for sku in skus.values()}
    sellers = list({listing.seller_id for sku in skus.values() for listing in sku.listings})
    prices = await pricing.prices(tx, list(sku_ids)) if _unpriced(baskets) else {}
    whom = await for_whom.load(tx, baskets, prices) if "buyers" in needs else for_whom.NOBODY
    gates = await gating.load(tx, baskets, skus, whom.buyers) if "gates" in needs else gating.NO_GATES
    over = await promotion.plays_over(tx, _strange(baskets, plays, gates))
    deals = await for_promotions.load(tx, baskets) if "promotions" in needs and _unpriced(baskets) else for_promotions.NONE
    rates = await pricing.tax_rates(tx, sellers)
    inclusive = {id_: seller.tax_inclusive for id_, seller in (await access.sellers_by_id(tx, sellers)).items()}
    sources = await inventory.sources(tx, list({b.channel_id for b in baskets})) if "sources" in needs else {}
    shelves = await inventory.store_locations(tx, list({b.store_id for b in baskets if b.store_id})) if "store_locations" in needs else {}
    supplies = await _supplies(tx, plays)
    tariffs = await fulfillment.tariffs(tx) if "tariffs" in needs else fulfillment.NO_TARIFFS
    places = {one.location_id: one for choice in (*sources.values(), tuple(shelves.values()), supplies.values()) for one in choice}
    free = await _free(tx, baskets, skus, sources)
    programmes, wallets = await _assets(tx, baskets, whom.buyers) if "wallets" in needs else ({}, {})
    return Facts(
        skus, prices, rates, inclusive, sources, shelves, places, free, plays, supplies, whom, deals, tariffs=tariffs, gates=gates,
        wallets=wallets, programmes=programmes, over=over,
    )  # fmt: skip


async def _assets(
    tx: Tx, baskets: Sequence[Basket], buyers: Mapping[int, member.Buyer]
) -> tuple[Mapping[str, tuple[asset.Programme, ...]], Mapping[asset.Holder, asset.Wallet]]:
    """The terms of points, and the wallets of the baskets that wish to burn something."""
    holders = {asset.Holder("points", b.member_id) for b in baskets if b.points and b.member_id}
    holders |= {asset.Holder("red_packet", b.member_id) for b in baskets if b.red_packet_minor and b.member_id}
    holders |= {asset.Holder("beans", one.company_id) for b in baskets if b.beans and (one := for_whom.employment(b, buyers))}
    return await asset.programmes(tx), await asset.wallets(tx, holders)


def _strange(baskets: Sequence[Basket], plays: Mapping[str, promotion.PlayFacts], gates: promotion.GateFacts) -> set[str]:
    """Codes baskets came through that nothing in force has."""
    return {b.play for b in baskets if b.play} - plays.keys() - {gate.code for gate in gates.gates}


async def _supplies(tx: Tx, plays: Mapping[str, promotion.PlayFacts]) -> dict[str, inventory.LocationFacts]:
    """Where goods will arrive that are sold before they are there."""
    named = {play.what.supply for play in plays.values() if isinstance(play.what, promotion.Presale) and play.what.supply}
    return await inventory.locations(tx, named) if named else {}


async def verify(tx: Tx) -> None:
    """The facts a sale was made by must still be in force; otherwise forget them and run the batch again."""
    outdated = await stamps.outdated(tx)
    if "sku" in outdated:
        catalog.forget(tx, outdated["sku"])
        pricing.forget(tx, outdated["sku"])
    if "gate" in outdated:
        promotion.forget_gates(tx)
    if "terms" in outdated:
        pricing.forget_terms(tx, outdated["terms"])
    if "promotion" in outdated:
        promotion.forget_promotions(tx)
    if "tariff" in outdated:
        fulfillment.forget_tariffs(tx)
    if "asset" in outdated:
        asset.forget(tx)
    if "place" in outdated:
        access.forget(tx)
        inventory.forget(tx)
        pricing.forget_tax(tx)
    if outdated:
        raise Again("prices, listings, places or rates changed since they were read")


def _unpriced(baskets: Sequence[Basket]) -> bool:
    return any(line.given_gross is None for b in baskets for line in b.lines)


async def _free(
    tx: Tx, baskets: Sequence[Basket], skus: dict[str, catalog.SkuFacts], sources: dict[int, tuple[inventory.LocationFacts, ...]]
) -> dict[inventory.StockKey, int]:
    """What could be taken where; asked only of channels that have a choice of locations."""
    asked = {
        (location, listing.owner_id, sku.sku_id)
        for b in baskets
        if len(sources.get(b.channel_id, ())) > 1
        for line in b.lines
        if (sku := skus.get(line.sku))
        for listing in sku.listings
        if listing.channel_id == b.channel_id
        for location in sources[b.channel_id]
    }
    if not asked:
        return {}
    return await inventory.available(tx, list(asked))
