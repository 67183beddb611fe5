"""Commands of every flow, ready to be given: as many as one likes, all alike, each about something of its own.

commands = await WORKS["order.cancel"](shop, 50)      # fifty paid orders, and the cancellation of a line of each
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import TypeVar

import msgspec
from tests import couponry, gating, playing
from tests.shop import Shop, basket, receipt
from tests.world import NOON

from jiutong.capabilities import access, asset, payment, promotion, simulation, store, task
from jiutong.capabilities.catalog import DropPicture, MoveProduct, PutBrand, PutCategory, PutPicture, PutProduct, PutSku
from jiutong.capabilities.fulfillment import DeliverOne, FeeTerms, LineQuantity, PickOne, PickWork, ReleaseOrder, ShipOne, ShipWork
from jiutong.capabilities.inventory import (
    AdjustmentLine,
    AdjustStock,
    CountLine,
    CountStock,
    NamedLocation,
    NamedSources,
    PutLocation,
    ReceiptLine,
    ReceiveStock,
    ResolveShortage,
)
from jiutong.capabilities.member import (
    AddIdentity,
    AddressBody,
    Company,
    DropAddress,
    Employee,
    EnterCode,
    KeepAddress,
    PutGroup,
    Recognize,
    Regroup,
    Rename,
    SendCode,
)
from jiutong.capabilities.pricing import Deciding, Said, SetPrice, SetTaxRate
from jiutong.flows import (
    agree_prices,
    assets,
    checkout,
    find_member,
    fulfil,
    maintain_access,
    maintain_catalog,
    maintain_companies,
    maintain_coupons,
    maintain_prices,
    maintain_promotions,
    maintain_tariffs,
    maintain_views,
    pay,
    refund,
    settle_receipts,
    shoppers,
    sign_in,
    simulate,
    take_over,
)
from jiutong.flows import cards as flow_cards
from jiutong.flows import shifts as drawers
from jiutong.flows.cancel import Cancellation, CancelOrder, cancel
from jiutong.flows.canceling import LineUnits
from jiutong.flows.counter import TillLine, TillSale
from jiutong.flows.edit_order import Comment, EditOrder, Edits
from jiutong.flows.edit_order import LineQuantity as Left
from jiutong.flows.expire_unpaid import Expire
from jiutong.flows.maintain_catalog import IndexProducts, MoveProducts, PutBrands, PutCategories, PutListing, PutListings, PutProducts
from jiutong.flows.maintain_locations import set_sources
from jiutong.flows.maintain_prices import PutPriceList, PutPriceLists, SetPrices, SetTaxRates
from jiutong.flows.retry_jobs import RetryJob
from jiutong.flows.return_goods import Return, ReturnGoods, UnitsBack
from jiutong.flows.till_sale import Rung, till_sale
from jiutong.flows.words import Contact, TakeOff
from jiutong.kernel import jobs
from jiutong.kernel.runner import Flow

C = TypeVar("C", bound=msgspec.Struct)
R = TypeVar("R", bound=msgspec.Struct)
S = TypeVar("S")
Commands = Sequence[msgspec.Struct]
Work = Callable[[Shop, int], Awaitable[Commands]]
WHOLE = PickWork((LineQuantity(1, 1), LineQuantity(2, 100)))
CANCELLATION = Cancellation("changed", (LineUnits(1, 1),))
CHANNEL = access.Channel(name="C", scene="b2c.mall", currency="USD", time_zone="UTC")
HOME = AddressBody(name="A", phone="+14155550101", country="US", region="CA", address="1 Main St")
COUNTED = store.Counts((store.TenderCount("cash", 4_900),))
CLERK = access.StaffMember(name="P", roles=("clerk",), store="s1")


async def baskets(shop: Shop, count: int) -> list[checkout.PlaceOrder]:
    """Everybody is a new member, and has something taken off; goods may come from two places."""
    await shop.world.run(set_sources, NamedSources("mall", ("dc1", "dc2")))
    off, to = (TakeOff(5, "welcome"),), Contact(name="A")
    return [basket(("salt", 1), ("rice", 100), member=Recognize("card", f"C{i:04}"), contact=to, adjustments=off) for i in range(count)]


async def receipts(shop: Shop, count: int) -> list[TillSale]:
    """More than there is, so that shortages are noted."""
    line = TillLine("tea", 21, adjustments=(TakeOff(91, "round", "brand"),))
    return [receipt(f"R{i}", line, paid=[("cash", 20_000), ("card", 20_820)], member=Recognize("card", f"C{i:04}")) for i in range(count)]


async def orders(shop: Shop, count: int) -> list[int]:
    """Orders of one packet of salt and some rice."""
    await shop.receive("dc1", ("salt", count))
    return [one.order_id for one in await did(shop, checkout.place, [basket(("salt", 1), ("rice", 100)) for _ in range(count)])]


async def paid_orders(shop: Shop, count: int) -> list[int]:
    """The same, paid in cash."""
    ids = await orders(shop, count)
    await did(shop, pay.start, [pay.Pay(id_, pay.Payment("cash")) for id_ in ids])
    return ids


async def card_orders(shop: Shop, count: int) -> list[pay.Laid]:
    """The same, to be paid by card."""
    return await did(shop, pay.start, [pay.Pay(id_, pay.Payment("card")) for id_ in await orders(shop, count)])


async def sales(shop: Shop, count: int) -> list[Rung]:
    """Receipts of two packets of salt."""
    return await did(shop, till_sale, [receipt(f"S{i}", ("salt", 2), paid=119) for i in range(count)])


async def released(shop: Shop, count: int) -> list[int]:
    """Works a location is asked to do."""
    return [one.works[0] for one in await did(shop, fulfil.release, [ReleaseOrder(id_) for id_ in await paid_orders(shop, count)])]


async def picked(shop: Shop, count: int) -> list[int]:
    """Works that are ready to leave."""
    ids = await released(shop, count)
    await did(shop, fulfil.pick, [PickOne(id_, WHOLE) for id_ in ids])
    return ids


async def parcels(shop: Shop, count: int) -> list[int]:
    """Parcels on their way."""
    sent = await did(shop, fulfil.ship, [ShipOne(id_, ShipWork()) for id_ in await picked(shop, count)])
    return [one.shipment_id for one in sent]


async def codes(shop: Shop, count: int) -> Commands:
    """People who say the code they were sent."""
    people = [(Recognize("email", f"e{i}@example.com"), b"%032d" % i) for i in range(count)]
    await did(shop, shoppers.send_code, [SendCode(who, code, "code") for who, code in people])
    return [EnterCode(who, code, code) for who, code in people]


async def refunds(shop: Shop, count: int) -> list[payment.Answered]:
    """Money on its way back to cards, and the channel that says it is there."""
    laid = await card_orders(shop, count)
    await did(shop, pay.notice, [captured(one) for one in laid])
    off = await did(shop, cancel, [CancelOrder(one.order_id, CANCELLATION) for one in laid])
    back = [(one.refunds[0], tender) for one, tender in zip(off, laid, strict=True)]
    return [
        payment.Answered(one.refund_id, tender.merchant, one.amount, tender.currency, True, f"b{one.refund_id}", f"e{one.refund_id}")
        for one, tender in back
    ]


async def failed_refunds(shop: Shop, count: int) -> list[refund.RetryRefund]:
    said = [msgspec.structs.replace(one, done=False) for one in await refunds(shop, count)]
    await did(shop, refund.answer, said)
    return [refund.RetryRefund(one.refund_id) for one in said]


async def dead_jobs(shop: Shop, count: int) -> list[RetryJob]:
    async with shop.world.served.house.db.transaction(shop.world.tenant.tenant_id, shop.world.served.clock.now()) as tx:
        made = [jobs.job(tx, "note", i, RetryJob(i)) for i in range(count)]
        await jobs.enqueue(tx, made)
        await tx.count("update kernel.job set dead = true, attempts = 8 where tenant_id = $1")
        await tx.commit()
    return [RetryJob(one.job_id) for one in made]


async def shortages(shop: Shop, count: int) -> list[ResolveShortage]:
    await did(shop, till_sale, await receipts(shop, count))
    noted = await shop.rows("select shortage_id from inventory.shortage where tenant_id = $1")
    return [ResolveShortage(id_, "counted") for (id_,) in noted]


async def members(shop: Shop, count: int) -> list[int]:
    found = await did(shop, find_member.recognize, [Recognize("card", f"M{i:04}") for i in range(count)])
    return [one.member_id for one in found]


async def blocked(shop: Shop, count: int) -> list[int]:
    ids = await members(shop, count)
    await did(shop, find_member.block, [find_member.Block(id_) for id_ in ids])
    return ids


async def keys(shop: Shop, count: int) -> list[int]:
    made = await did(shop, maintain_access.make_key, [access.AppKey("k", ("order:*",), b"%032d" % i) for i in range(count)])
    return [one.key_id for one in made]


async def drafts(shop: Shop, count: int) -> list[MoveProducts]:
    products = [PutProducts((PutProduct(title="P", code=f"p{i}"),)) for i in range(count)]
    await did(shop, maintain_catalog.put_products, products)
    return [MoveProducts((MoveProduct(f"p{i}", "audit"),)) for i in range(count)]


async def tills(shop: Shop, count: int) -> list[str]:
    """Tills of s1 with drawers of their own."""
    return [
        one.code
        for one in await did(shop, maintain_access.put_device, [access.PutDevice("s1", f"c{i}", access.Device()) for i in range(count)])
    ]


async def openings(shop: Shop, count: int) -> list[store.OpenShift]:
    return [store.OpenShift("s1", code, 5_000) for code in await tills(shop, count)]


async def shifts(shop: Shop, count: int) -> list[int]:
    return [one.shift_id for one in await did(shop, drawers.open_shift, await openings(shop, count))]


async def counted(shop: Shop, count: int) -> list[int]:
    ids = await shifts(shop, count)
    await did(shop, drawers.count, [store.CountShift(id_, COUNTED) for id_ in ids])
    return ids


async def places_of_their_own(shop: Shop, count: int) -> list[store.PutPolicy]:
    stores = [access.Put(f"c{i}", access.Store(name="S", channel="stores", seller="acme")) for i in range(count)]
    return [store.PutPolicy(one.code, store.Policy()) for one in await did(shop, maintain_access.put_store, stores)]


def refusal(i: int) -> settle_receipts.Refused:
    """A receipt that could not be booked."""
    what = store.RefusedReceipt("s1", "t1", f"R{i}", "catalog.unknown_sku", "no such SKU", msgspec.Raw(b"{}"))
    return settle_receipts.Refused(what, store.Chained(i + 1, offline=True), f"{i:064x}", NOON)


async def exceptions(shop: Shop, count: int) -> list[int]:
    """One for each receipt, and one more wherever the chain is broken."""
    await did(shop, settle_receipts.note_refused, [refusal(i) for i in range(count)])
    noted = await shop.rows("select exception_id from store.exception where tenant_id = $1 and kind = 'refused'")
    return [id_ for (id_,) in noted]


def simulation_of(i: int) -> simulation.Simulate:
    """A price that might be, tried on ten orders."""
    return simulation.Simulate(simulation.PastSample("mall", 10), simulation.WhatIf("base", (simulation.DraftPrice("salt", 40 + i),)))


async def simulated(shop: Shop, count: int) -> list[simulation.Begun]:
    """Simulations that have begun."""
    return await did(shop, simulate.start, [simulation_of(i) for i in range(count)])


def handed_in(name: str) -> task.HandedIn:
    return task.HandedIn("products", name, ("sku",), ("sku",), (task.Row(2, ("a",)), task.Row(3, ("b",))))


async def handed(shop: Shop, count: int) -> list[task.Stands]:
    return await did(shop, take_over.receive, [handed_in(f"h{i}") for i in range(count)])


async def begun(shop: Shop, count: int) -> list[task.Begun]:
    return await did(shop, take_over.start, [task.Start(one.sheet_id, ("sku",), {}) for one in await handed(shop, count)])


def fee(no: int) -> maintain_tariffs.PutTariff:
    """A fee of its own."""
    return maintain_tariffs.PutTariff(f"f{no}", FeeTerms("Packing", "acme", "USD", amount_minor=1 + no, channels=("mall",)))


async def extra_prices(shop: Shop, count: int) -> list[int]:
    """Prices of tea by the thousand, one for each quantity."""
    prices = tuple(SetPrice("tea", 100, min_quantity=1_000 + i) for i in range(count))
    await did(shop, maintain_prices.set_prices, [SetPrices("base", prices)])
    found = await shop.rows("select price_id from pricing.price where tenant_id = $1 and min_quantity >= 1000 order by price_id")
    return [id_ for (id_,) in found]


async def fees(shop: Shop, count: int) -> list[str]:
    """Drafts of fees."""
    return [one.code for one in await did(shop, maintain_tariffs.put_tariff, [fee(i) for i in range(count)])]


async def channels(shop: Shop, count: int) -> list[str]:
    return [one.code for one in await did(shop, maintain_access.put_channel, [access.Put(f"c{i}", CHANNEL) for i in range(count)])]


async def people(shop: Shop, count: int) -> list[int]:
    return [one.id for one in await did(shop, maintain_access.put_staff, [access.PutStaff(f"c{i}", CLERK, "h") for i in range(count)])]


async def sessions(shop: Shop, count: int) -> list[sign_in.SignOut]:
    ids = await people(shop, count)
    await did(shop, sign_in.sign_in, [access.OpenSession(id_, b"%016d" % i * 2, 60) for i, id_ in enumerate(ids)])
    return [sign_in.SignOut(b"%016d" % i * 2) for i in range(count)]


async def people_reset(shop: Shop, count: int) -> list[access.ResetPassword]:
    await people(shop, count)
    return [access.ResetPassword(f"c{i}", "h2") for i in range(count)]


async def sessions_named(shop: Shop, count: int) -> list[access.EndSession]:
    return [access.EndSession(one.hash[:16]) for one in await sessions(shop, count)]


async def saved_views(shop: Shop, count: int) -> list[int]:
    made = await did(shop, maintain_views.make_view, [access.View(list="orders", name=f"V{i}") for i in range(count)])
    return [one.view_id for one in made]


POINTS = asset.PointsTerms((asset.Rate("USD", earn_points=1, earn_minor=10, burn_points=100, burn_minor=100),))


async def gifts(shop: Shop, count: int) -> list[assets.Give]:
    """Points for a member each."""
    until = shop.clock.now() + timedelta(days=30)
    return [assets.Give("points", 100, until, "points", "hello", (id_,)) for id_ in await members(shop, count)]


async def lots(shop: Shop, count: int) -> list[int]:
    return [one.lots[0] for one in await did(shop, assets.give, await gifts(shop, count))]


async def takings(shop: Shop, count: int) -> list[assets.Take]:
    wishes = await gifts(shop, count)
    await did(shop, assets.give, wishes)
    return [assets.Take("points", 40, "gone", wish.members[0]) for wish in wishes]


async def earned(shop: Shop, count: int) -> list[assets.Reckon]:
    """Orders of members that are paid, have earned, and were canceled in part since, some of it spent."""
    await shop.receive("dc1", ("salt", count))
    await shop.world.run(assets.publish, asset.PutProgramme(points=POINTS))
    wishes = [basket(("salt", 1), ("rice", 10_000), member=Recognize("card", f"M{i:04}")) for i in range(count)]
    await shop.receive("dc1", ("rice", 10_000 * count))
    ids = [one.order_id for one in await did(shop, checkout.place, wishes)]
    await did(shop, pay.start, [pay.Pay(id_, pay.Payment("cash")) for id_ in ids])
    await did(shop, assets.reckon, [assets.Reckon(id_) for id_ in ids])
    await did(shop, cancel, [CancelOrder(id_, Cancellation("changed", (LineUnits(2, 5_000),))) for id_ in ids])
    return [assets.Reckon(id_) for id_ in ids]


def card_batch(i: int, active: bool = True) -> asset.IssueCards:
    new = asset.NewCard(b"%032d" % i, None, f"{i:04}")
    return asset.IssueCards((new,), "USD", 500, "mall", "", "cash" if active else "", "", "", "", None, None, active)


async def cards(shop: Shop, count: int) -> list[int]:
    return [one.cards[0] for one in await did(shop, flow_cards.issue, [card_batch(i) for i in range(count)])]


async def printed(shop: Shop, count: int) -> list[int]:
    return [one.cards[0] for one in await did(shop, flow_cards.issue, [card_batch(i, active=False) for i in range(count)])]


def captured(one: pay.Laid) -> payment.Notice:
    """The channel says that it has the money."""
    event, ref = f"ev-{one.tender_id}", f"tr-{one.tender_id}"
    return payment.Notice(one.merchant, event, "captured", one.tender_id, one.order_id, one.amount, one.currency, ref, msgspec.Raw(b"{}"))


async def grouped(shop: Shop, count: int) -> list[int]:
    """Members, and a customer group they can come into."""
    await did(shop, maintain_companies.put_group, [PutGroup("gold", "Gold")])
    return await members(shop, count)


async def proposed(shop: Shop, count: int) -> list[agree_prices.Decide]:
    """Prices somebody else has proposed."""
    wishes = [agree_prices.Propose(SetPrices("base", (SetPrice("tea", 90, min_quantity=5_000 + i),))) for i in range(count)]
    made = await shop.do_all(agree_prices.propose, wishes, by=shop.clerk)
    return [agree_prices.Decide(one.made_id, Deciding.APPROVE) for one in made if isinstance(one, agree_prices.Made)]


async def asking(shop: Shop, count: int) -> list[agree_prices.OpenNegotiation]:
    """A company that asks for prices, each for another quantity."""
    await did(shop, maintain_companies.put_company, [Company("kiln", "Kiln")])
    lines = [agree_prices.WantedLine("tea", 100 + i, 1, 1_500) for i in range(count)]
    return [agree_prices.OpenNegotiation("kiln", "mall", (line,)) for line in lines]


async def agreeing(shop: Shop, count: int) -> list[Said]:
    """The seller takes what the buyer asked."""
    opened = await did(shop, agree_prices.open_negotiation, await asking(shop, count))
    return [Said(one.made_id, "seller", "accept", "staff:1") for one in opened]


async def did(shop: Shop, flow: Flow[C, R], commands: list[C]) -> list[R]:
    """Do all of these for certain."""
    outcomes = await shop.do_all(flow, commands, by=shop.boss)
    results = [one for one in outcomes if isinstance(one, flow.gives)]
    assert len(results) == len(commands), outcomes
    return results


def each(command: Callable[[int], msgspec.Struct]) -> Work:
    """Commands that need nothing to be there: the first, the second, …"""

    async def made(_: Shop, count: int) -> Commands:
        return [command(i) for i in range(count)]

    return made


def about(subjects: Callable[[Shop, int], Awaitable[Sequence[S]]], command: Callable[[S], msgspec.Struct]) -> Work:
    """Commands about something that is made before."""

    async def made(shop: Shop, count: int) -> Commands:
        return [command(one) for one in await subjects(shop, count)]

    return made


async def batches_to_be(shop: Shop, count: int) -> list[maintain_coupons.PutBatch]:
    await couponry.run_promotion(shop)
    return [maintain_coupons.PutBatch(f"c{i}", maintain_coupons.BatchWish(**couponry.WISH)) for i in range(count)]


async def batches_drafted(shop: Shop, count: int) -> list[str]:
    for i in range(count):
        await couponry.batch(shop, f"c{i}", publish=False)
    return [f"c{i}" for i in range(count)]


async def code_batches(shop: Shop, count: int) -> list[str]:
    for i in range(count):
        await couponry.batch(shop, f"c{i}", kind="unique")
    return [f"c{i}" for i in range(count)]


async def codes_wanted(shop: Shop, count: int) -> list[int]:
    wishes = [promotion.WantCodes(code, 10) for code in await code_batches(shop, count)]
    return [one.batch_id for one in await did(shop, maintain_coupons.want_codes, wishes)]


async def records(shop: Shop, count: int) -> list[maintain_coupons.RecordUse]:
    await couponry.batch(shop, "ten")
    return [maintain_coupons.RecordUse("ten", id_, NOON) for id_ in await members(shop, count)]


async def claims(shop: Shop, count: int) -> list[maintain_coupons.GiveCoupon]:
    await couponry.batch(shop, "ten")
    return [maintain_coupons.GiveCoupon("ten", id_) for id_ in await members(shop, count)]


def percent_off(name: str) -> promotion.Terms:
    """Ten per cent off everything."""
    given = (promotion.PromotionTier(0, promotion.PercentOff(1_000)),)
    return promotion.Terms(name=name, stage="activity", tiers=given, funders=(promotion.PromotionFunder("seller", 10_000),))


async def drafted_promotions(shop: Shop, count: int) -> list[str]:
    wishes = [maintain_promotions.PutPromotion(f"d{i}", percent_off(f"D{i}")) for i in range(count)]
    return [one.code for one in await did(shop, maintain_promotions.put_promotion, wishes)]


async def running_promotions(shop: Shop, count: int) -> list[str]:
    wishes = [maintain_promotions.NamedPromotion(code) for code in await drafted_promotions(shop, count)]
    return [one.code for one in await did(shop, maintain_promotions.publish_promotion, wishes)]


WORKS: dict[str, Work] = {
    **gating.WORKS,
    **playing.WORKS,
    "coupon.put_batch": batches_to_be,
    "coupon.settle": about(orders, maintain_coupons.SettleCoupons),
    "coupon.move_batch": about(batches_drafted, lambda code: maintain_coupons.MoveBatch(code, "live")),
    "coupon.give": claims,
    "coupon.record": records,
    "coupon.want_codes": about(code_batches, lambda code: promotion.WantCodes(code, 10)),
    "coupon.write_codes": about(codes_wanted, maintain_coupons.WriteCodes),
    "access.put_seller": each(lambda i: access.Put(f"c{i}", access.Seller(name="S", tax_inclusive=True))),
    "access.put_channel": each(lambda i: access.Put(f"c{i}", CHANNEL)),
    "access.put_storefront": about(channels, lambda code: access.Put(code, access.Storefront(published=True, title="S"))),
    "access.put_store": each(lambda i: access.Put(f"c{i}", access.Store(name="S", channel="stores", seller="acme"))),
    "access.put_device": each(lambda i: access.PutDevice("s1", f"c{i}", access.Device())),
    "access.put_role": each(lambda i: access.Put(f"c{i}", access.Role(name="R", grants=("order:*",)))),
    "access.put_staff": each(lambda i: access.PutStaff(f"c{i}", CLERK, "h")),
    "access.make_key": each(lambda i: access.AppKey("k", ("order:*",), b"%032d" % i)),
    "access.revoke_key": about(keys, maintain_access.RevokeKey),
    "access.rotate_key": about(keys, lambda id_: access.RotateKey(id_, id_.to_bytes(32), 60)),
    "people.change_password": about(people, lambda id_: access.ChangePassword(id_, "h", "h2", b"")),
    "people.reset_password": people_reset,
    "people.end_session": sessions_named,
    "people.prefer": about(people, lambda id_: access.Prefer(id_, access.Preferences(language="zh"))),
    "people.note_seen": each(lambda i: access.Seen((b"%032d" % i,), (b"%032d" % i,))),
    "view.make": each(lambda i: access.View(list="orders", name=f"V{i}", query="status=paid", roles=("clerk",))),
    "view.replace": about(saved_views, lambda id_: access.ReplaceView(id_, access.View(list="orders", name="W", columns=("total",)))),
    "view.delete": about(saved_views, maintain_views.DeleteView),
    "access.sign_in": about(people, lambda id_: access.OpenSession(id_, id_.to_bytes(32), 60)),
    "access.sign_out": sessions,
    "member.recognize": each(lambda i: Recognize("card", f"M{i:04}")),
    "member.add_identity": about(members, lambda id_: AddIdentity(id_, Recognize("card", f"N{id_}"))),
    "member.block": about(members, find_member.Block),
    "member.unblock": about(blocked, find_member.Unblock),
    "member.send_code": each(lambda i: SendCode(Recognize("email", f"m{i}@example.com"), b"%032d" % i, "code")),
    "member.enter": codes,
    "member.leave": each(lambda i: shoppers.Leave(b"%032d" % i)),
    "member.rename": about(members, lambda id_: Rename(id_, "M")),
    "member.keep_address": about(members, lambda id_: KeepAddress(id_, 0, HOME)),
    "member.drop_address": about(members, lambda id_: DropAddress(id_, 1)),
    "catalog.put_brands": each(lambda i: PutBrands((PutBrand(f"b{i}", "B"),))),
    "catalog.put_categories": each(lambda i: PutCategories((PutCategory(f"c{i}", "C"),))),
    "catalog.put_products": each(lambda i: PutProducts((PutProduct(title="P", code=f"p{i}", skus=(PutSku(f"u{i}"),)),))),
    "catalog.index_products": each(lambda i: IndexProducts((i,))),
    "catalog.move_products": drafts,
    "catalog.put_picture": each(lambda i: PutPicture("tea", 1 + i % 12, f"{i:032x}", 1, 1)),
    "catalog.drop_picture": each(lambda i: DropPicture("tea", 1 + i % 12)),
    "catalog.put_listings": each(lambda i: PutListings((PutListing("salt", "mall", "acme", f"t{i}", owner="acme"),))),
    "promotion.put": each(lambda i: maintain_promotions.PutPromotion(f"p{i}", percent_off(f"P{i}"))),
    "promotion.publish": about(drafted_promotions, maintain_promotions.NamedPromotion),
    "promotion.end": about(running_promotions, maintain_promotions.NamedPromotion),
    "promotion.drop_draft": about(drafted_promotions, maintain_promotions.NamedPromotion),
    "pricing.put_lists": each(lambda i: PutPriceLists((PutPriceList(f"l{i}", "L", "USD", "mall"),))),
    "pricing.set_prices": each(lambda i: SetPrices("base", (SetPrice("tea", 100 + i, min_quantity=100 + i),))),
    "pricing.end_price": about(extra_prices, maintain_prices.EndPrice),
    "member.put_groups": each(lambda i: PutGroup(f"g{i}", "G")),
    "member.put_companies": about(grouped, lambda id_: Company(f"c{id_}", "C", "US/CA", ("gold",), (Employee(id_),))),
    "member.regroup": about(grouped, lambda id_: Regroup("gold", (id_,))),
    "pricing.propose": each(
        lambda i: agree_prices.Propose(SetPrices("base", (SetPrice("tea", 100 + i, min_quantity=100 + i),)), (agree_prices.EndOf(1),))
    ),
    "pricing.decide": proposed,
    "negotiation.open": asking,
    "negotiation.speak": agreeing,
    "pricing.set_tax_rates": each(lambda i: SetTaxRates("acme", (SetTaxRate(f"t{i}", 100),))),
    "tariff.put": each(fee),
    "tariff.move": about(fees, lambda code: maintain_tariffs.MoveTariff("fee", code, "published")),
    "location.put": each(lambda i: NamedLocation(f"l{i}", PutLocation(name="L", kind="dc", mode="strict"))),
    "channel.set_sources": about(channels, lambda code: NamedSources(code, ("dc1",))),
    "stock.receive": each(lambda i: ReceiveStock("s1", (ReceiptLine("tea", 3), ReceiptLine("rice", 500)), "acme", reference=f"DN{i}")),
    "stock.adjust": each(lambda i: AdjustStock("s1", (AdjustmentLine("tea", 1 + i),), "found", "acme")),
    "stock.count": each(lambda i: CountStock("s1", (CountLine("tea", 1 + i),), "cycle", "acme")),
    "stock.resolve_shortage": shortages,
    "simulation.start": each(simulation_of),
    "simulation.note": about(simulated, lambda one: simulation.Progress(one.run_id, 0, simulation.Tally(orders=1), 1, False)),
    "simulation.cancel": about(simulated, lambda one: simulate.Cancel(one.run_id)),
    "sheet.receive": each(lambda i: handed_in(f"s{i}")),
    "sheet.start": about(handed, lambda one: task.Start(one.sheet_id, ("sku",), {})),
    "sheet.settle": about(begun, lambda one: task.Told(one.sheet_id, (task.RowTold(2, "created"),))),
    "sheet.cancel": about(handed, lambda one: task.Cancel(one.sheet_id)),
    "checkout.place": baskets,
    "till.sale": receipts,
    "till.refuse": each(refusal),
    "till.settle_exception": about(exceptions, lambda id_: store.SettleException(id_, "seen")),
    "store.put_policy": places_of_their_own,
    "shift.open": openings,
    "shift.move_cash": about(shifts, lambda id_: store.MoveCash(id_, store.Moved("out", 100, "courier"))),
    "shift.count": about(shifts, lambda id_: store.CountShift(id_, COUNTED)),
    "shift.reopen": about(counted, store.ReopenShift),
    "shift.close": about(counted, lambda id_: store.CloseShift(id_, store.Closing((store.Explained("cash", "unknown"),)))),
    "asset.publish": each(lambda i: asset.PutProgramme(points=POINTS)),
    "asset.give": gifts,
    "asset.take": takings,
    "asset.reckon": earned,
    "asset.expire": about(lots, lambda id_: asset.ExpireLots((id_,))),
    "card.issue": each(card_batch),
    "card.activate": about(printed, lambda id_: asset.ActivateCard(id_, "mall", "", "cash", "", "")),
    "card.top_up": about(cards, lambda id_: asset.TopUp(id_, 100, "", "", "cash", "")),
    "card.move": about(cards, lambda id_: flow_cards.MoveCard(id_, True, "lost")),
    "card.close_out": about(cards, lambda id_: flow_cards.CloseOut(id_, "lost")),
    "pay.start": about(orders, lambda id_: pay.Pay(id_, pay.Payment("cash"))),
    "pay.opened": about(card_orders, lambda one: pay.Opened(one.tender_id, "weixin://1")),
    "pay.notice": about(card_orders, captured),
    "order.cancel": about(paid_orders, lambda id_: CancelOrder(id_, CANCELLATION)),
    "order.edit": about(paid_orders, lambda id_: EditOrder(id_, Edits((Left(2, 50),), Contact(name="B")))),
    "order.comment": about(orders, lambda id_: Comment(id_, "call first")),
    "order.expire": about(orders, Expire),
    "order.return": about(sales, lambda one: ReturnGoods(one.order_id, Return("changed_mind", (UnitsBack(1, 1),)))),
    "refund.answer": refunds,
    "refund.retry": failed_refunds,
    "jobs.retry": dead_jobs,
    "fulfillment.release": about(paid_orders, ReleaseOrder),
    "fulfillment.pick": about(released, lambda id_: PickOne(id_, WHOLE)),
    "fulfillment.ship": about(picked, lambda id_: ShipOne(id_, ShipWork(carrier="SF"))),
    "fulfillment.deliver": about(parcels, DeliverOne),
}
"""By flow, what makes so many of its commands."""
