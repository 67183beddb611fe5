"""Checkout: what a basket comes to, what is written of it, what is refused and why; and that a stale price is never charged."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from tests.shop import BARCODE, Shop, basket, elsewhere, new_shop, refused, shop
from tests.world import NOON, Served, World, new_world, served, world

from jiutong.capabilities import access
from jiutong.capabilities.catalog import MoveProduct
from jiutong.capabilities.inventory import NamedSources
from jiutong.capabilities.member import Recognize
from jiutong.capabilities.pricing import SetPrice, SetTaxRate
from jiutong.flows import checkout
from jiutong.flows.checkout import LineWish, Placed, PlaceOrder, QuotedLine
from jiutong.flows.find_member import Block, block
from jiutong.flows.maintain_access import put_channel, put_store
from jiutong.flows.maintain_catalog import MoveProducts, PutListing, PutListings, move_products, put_listings
from jiutong.flows.maintain_locations import set_sources
from jiutong.flows.maintain_prices import PutPriceList, PutPriceLists, SetPrices, SetTaxRates, put_lists, set_prices, set_tax_rates
from jiutong.flows.words import Contact, TakeOff
from jiutong.kernel.errors import Problem
from jiutong.kernel.points import plan_of
from jiutong.kernel.runner import Call, Runner

__all__ = ["elsewhere", "served", "shop", "world"]
THREE = basket(("tea", 3), ("rice", 1234), ("salt", 1))
MALL = access.Channel(name="Mall", scene="b2c.mall", currency="USD", time_zone="America/New_York")


def line(no: int, sku: str, quantity: int, price: int, per: int, *amounts: int, source: str = "base") -> QuotedLine:
    """A line; amounts are gross, discount, tax, payable."""
    gross, off, tax, payable = amounts
    return QuotedLine(no, sku, quantity, price, per, source, gross, off, tax, payable)


def sums(told: object) -> tuple[int, int, int, int]:
    """(gross, discount, tax, total)."""
    assert isinstance(told, Placed), told
    return told.gross, told.discount, told.tax, told.total


def facts(told: object) -> dict[str, Any]:
    assert isinstance(told, Problem), told
    return told.facts


class TestAmounts:
    async def test_tax_on_top_is_rounded_once_per_line(self, shop: Shop) -> None:
        told = await shop.placed(THREE)
        assert sums(told) == (6356, 0, 505, 6861)
        assert told.lines == (
            line(1, "tea", 3, 1999, 1, 5997, 0, 495, 6492),
            line(2, "rice", 1234, 250, 1000, 309, 0, 6, 315),
            line(3, "salt", 1, 50, 1, 50, 0, 4, 54),
        )
        assert (told.scene, told.plan_version, told.currency) == ("b2c.mall", plan_of("b2c.mall").version, "USD")
        assert told.due_at == NOON + timedelta(minutes=15)

    async def test_tax_contained_changes_no_total(self, shop: Shop) -> None:
        told = await shop.placed(basket(("tea", 1), ("salt", 3), channel="markt"))
        assert sums(told) == (2270, 0, 362, 2270)
        assert told.lines == (
            line(1, "tea", 1, 2150, 1, 2150, 0, 343, 2150, source="euro"),
            line(2, "salt", 3, 40, 1, 120, 0, 19, 120, source="euro"),
        )
        assert told.currency == "EUR"

    async def test_a_quote_says_what_placing_will(self, shop: Shop) -> None:
        wish = basket(("tea", 3), ("salt", 2), adjustments=(TakeOff(100, "welcome"),))
        (quoted,) = await shop.quote(wish)
        assert isinstance(quoted, Placed)
        assert quoted.order_id == 0
        placed = await shop.placed(msgspec.structs.replace(wish, expected_total_minor=quoted.total))
        assert msgspec.structs.replace(placed, order_id=0) == quoted
        assert await shop.rows("select count(*) from orders.placed where tenant_id = $1") == [(1,)]

    async def test_more_units_cost_less_from_the_break_on_per_line(self, shop: Shop) -> None:
        (ten, nine, split) = await shop.quote(basket(("tea", 10)), basket(("tea", 9)), basket(("tea", 5), ("tea", 5)))
        assert [sums(one)[0] for one in (ten, nine, split)] == [18_000, 17_991, 19_990]

    async def test_the_place_decides_the_price(self, shop: Shop) -> None:
        await shop.world.run(put_lists, PutPriceLists((PutPriceList("mall", "Mall", "USD", "mall"),)))
        await shop.price(SetPrice("tea", 1900), on="mall")
        told = await shop.placed(basket(("tea", 1), ("salt", 1)))
        assert [(one.price_source, one.unit_price) for one in told.lines] == [("mall", 1900), ("base", 50)]

    async def test_a_barcode_is_as_good_as_a_code(self, shop: Shop) -> None:
        (upc, named) = await shop.quote(basket((BARCODE, 2)), basket(("tea", 2)))
        assert sums(upc) == sums(named)
        told = await shop.placed(basket((BARCODE, 2), ("tea", 1)))
        assert [one.sku for one in told.lines] == [BARCODE, "tea"]
        assert await shop.stock("dc1", "tea") == [(100, 3)]

    async def test_a_discount_on_the_order_is_spread_by_largest_remainder(self, shop: Shop) -> None:
        wish = msgspec.structs.replace(THREE, adjustments=(TakeOff(1000, "welcome", "brand"),))
        told = await shop.placed(wish)
        # 1000 × 5997, 309, 50 / 6356 = 943.52, 48.62, 7.87: the two units left go to the largest remainders.
        assert told.lines == (
            line(1, "tea", 3, 1999, 1, 5997, 943, 417, 5471),
            line(2, "rice", 1234, 250, 1000, 309, 49, 5, 265),
            line(3, "salt", 1, 50, 1, 50, 8, 3, 45),
        )
        assert sums(told) == (6356, 1000, 425, 5781)

    async def test_discounts_on_lines_and_order_each_keep_their_funder(self, shop: Shop) -> None:
        wish = PlaceOrder(
            "mall",
            (LineWish("tea", 3, (TakeOff(500, "bundle", "brand"), TakeOff(97, "dent"))), LineWish("salt", 2)),
            adjustments=(TakeOff(10, "welcome"), TakeOff(1, "round", "brand")),
        )
        told = await shop.placed(wish)
        assert sums(told) == (6097, 608, 453, 5942)
        assert await shop.rows(_ADJUSTMENTS, told.order_id) == [
            (1, "line", "bundle", "brand", 500),
            (1, "line", "dent", "seller", 97),
            (1, "order", "welcome", "seller", 10),
            (1, "order", "round", "brand", 1),
        ]

    async def test_the_tax_is_of_what_is_left_after_discounts(self, shop: Shop) -> None:
        wish = PlaceOrder("markt", (LineWish("tea", 1, (TakeOff(150, "dent"),)),))
        assert sums(await shop.placed(wish)) == (2150, 150, 319, 2000)

    async def test_an_order_of_nothing_to_pay_is_paid_and_kept(self, shop: Shop) -> None:
        told = await shop.placed(basket(("free", 2)))
        assert (sums(told), told.due_at) == ((0, 0, 0, 0), None)
        assert await shop.rows("select status, paid from orders.placed where tenant_id = $1") == [("paid", 0)]
        assert await shop.rows("select expires_at from ledger.hold where tenant_id = $1") == [(None,)]
        assert [type_ for type_, _, _ in await shop.world.events()] == ["order.placed.v1", "order.paid.v1"]

    async def test_the_business_day_is_that_of_the_channel(self, shop: Shop) -> None:
        shop.clock.at = datetime(2026, 11, 23, 4, 59, 59, tzinfo=UTC)
        await shop.placed(basket(("tea", 1)))
        shop.clock.at = datetime(2026, 11, 23, 5, 0, 0, tzinfo=UTC)
        await shop.placed(basket(("tea", 1)))
        days = await shop.rows("select business_day from orders.placed where tenant_id = $1 order by order_id")
        assert days == [(20261122,), (20261123,)]


class TestWritten:
    async def test_every_row_of_an_order(self, shop: Shop) -> None:
        contact = Contact(name="Ann", phone="1")
        told = await shop.placed(msgspec.structs.replace(THREE, adjustments=(TakeOff(1000, "welcome", "brand"),), contact=contact), "k1")
        names = (("access.seller", "acme"), ("access.channel", "mall"), ("inventory.location", "dc1"))
        seller, channel, dc1 = [await shop.id_of(table, code) for table, code in names]
        tea, rice, salt = [await shop.id_of("catalog.sku", code) for code in ("tea", "rice", "salt")]
        due_at = NOON + timedelta(minutes=15)
        who = (told.order_id, "b2c.mall", plan_of("b2c.mall").version, channel, 0, seller, None, "USD", 20261122, NOON, None, None)
        assert await shop.rows(_HEAD) == [(*who, 6356, 1000, 425, 5781, 0, 0, 1238, 0, 1, "placed")]
        ((written,),) = await shop.rows("select contact from orders.placed where tenant_id = $1")
        assert json.loads(written) == {"name": "Ann", "phone": "1"}
        assert await shop.rows(_LINES, told.order_id) == [
            (1, tea, seller, dc1, "full", 825, "base", 1999, 1, 3, 5997, 943, 417, 5471, 0),
            (2, rice, seller, dc1, "low", 200, "base", 250, 1000, 1234, 309, 49, 5, 265, 0),
            (3, salt, seller, dc1, "full", 825, "base", 50, 1, 1, 50, 8, 3, 45, 0),
        ]
        assert await shop.rows(_ADJUSTMENTS, told.order_id) == [
            (no, "order", "welcome", "brand", off) for no, off in ((1, 943), (2, 49), (3, 8))
        ]
        assert await shop.rows(_PAYABLES, told.order_id) == [(1, 5781, 0, due_at)]
        assert await shop.rows(_HOLDS, told.order_id) == [(no, units, 0, 0, due_at) for no, units in ((1, 3), (2, 1234), (3, 1))]
        assert await shop.stock("dc1", "tea", "rice", "salt") == [(100, 3), (50_000, 1234), (100, 1)]
        assert await shop.money(told.order_id) == []
        where = {"scene": "b2c.mall", "channel_id": channel, "store_id": 0, "member_id": None, "currency": "USD"}
        what = {"order_id": told.order_id, "total": 5781, "lines": [[tea, 3, 5471], [rice, 1234, 265], [salt, 1, 45]]}
        assert await shop.world.events() == [("order.placed.v1", "staff:7", where | what)]
        kept = await shop.rows("select flow, answer, at from kernel.idempotency where tenant_id = $1 and flow = 'checkout.place'")
        assert [(flow, msgspec.json.decode(answer, type=Placed), at) for flow, answer, at in kept] == [("checkout.place", told, NOON)]

    async def test_a_key_is_done_once_and_names_one_basket(self, shop: Shop) -> None:
        first = await shop.placed(THREE, "k1")
        assert await shop.placed(THREE, "k1") == first
        assert refused(await shop.place(basket(("tea", 1)), "k1")) == ("idempotency.key_reused", "/Idempotency-Key")
        assert (await shop.placed(THREE, "k1", shop.boss)).order_id != first.order_id
        assert await shop.stock("dc1", "tea") == [(100, 6)]

    async def test_what_was_refused_may_be_tried_again_under_its_key(self, shop: Shop) -> None:
        wish = basket(("tea", 101))
        assert refused(await shop.place(wish, "k1")) == ("order.short", "/lines/0/quantity")
        await shop.receive("dc1", ("tea", 1))
        assert sums(await shop.placed(wish, "k1"))[0] == 181_800

    async def test_a_preview_tells_and_keeps_nothing(self, shop: Shop) -> None:
        told = await shop.house.runner.preview(checkout.place, THREE, shop.clerk)
        assert sums(told) == (6356, 0, 505, 6861)
        assert await shop.rows("select order_id from orders.placed where tenant_id = $1") == []
        assert await shop.stock("dc1", "tea") == [(100, 0)]


class TestMembers:
    async def test_a_person_becomes_a_member_once_however_they_write_their_number(self, shop: Shop) -> None:
        wishes = [
            basket(("salt", 1), member=Recognize("phone", value, name="Li"))
            for value in ("+8613800138000", "138 0013 8000", "0086-138-0013-8000")
        ]
        first = await shop.placed(wishes[0])
        await shop.do_all(checkout.place, wishes[1:])
        ids = await shop.rows("select distinct member_id from orders.placed where tenant_id = $1")
        assert await shop.rows("select member_id, name from member.member where tenant_id = $1") == [(ids[0][0], "Li")]
        assert len(ids) == 1
        events = await shop.world.events()
        assert events[0][2]["member_id"] == ids[0][0]
        assert first.order_id == events[0][2]["order_id"]

    async def test_two_new_people_in_one_batch_are_two(self, shop: Shop) -> None:
        wishes = [basket(("salt", 1), member=Recognize("card", value)) for value in ("A 1234", "B234", "a1234")]
        await shop.do_all(checkout.place, wishes)
        ids = [id_ for (id_,) in await shop.rows("select member_id from orders.placed where tenant_id = $1 order by order_id")]
        assert len(set(ids)) == 2
        assert await shop.rows("select count(*) from member.member where tenant_id = $1") == [(2,)]

    async def test_a_quote_makes_nobody_a_member(self, shop: Shop) -> None:
        await shop.quote(basket(("salt", 1), member=Recognize("card", "C123")))
        assert await shop.rows("select member_id from member.member where tenant_id = $1") == []

    async def test_who_is_blocked_or_cannot_be_is_refused(self, shop: Shop) -> None:
        await shop.placed(basket(("salt", 1), member=Recognize("card", "C123")))
        ((member_id,),) = await shop.rows("select member_id from member.member where tenant_id = $1")
        await shop.world.run(block, Block(member_id))
        blocked, unreadable, fine = await shop.do_all(
            checkout.place,
            [basket(("salt", 1), member=Recognize(kind, value)) for kind, value in (("card", "C123"), ("phone", "12"), ("card", "C234"))],  # type: ignore[arg-type]
        )
        assert refused(blocked) == ("member.blocked", "/member/value")
        assert refused(unreadable) == ("member.identity_invalid", "/member/value")
        assert sums(fine)[0] == 50


class TestRefusals:
    @pytest.mark.parametrize(
        ("wish", "code", "pointer"),
        [
            (basket(("tea", 1), channel="nowhere"), "access.unknown_channel", "/channel"),
            (basket(("tea", 1), store="nowhere"), "access.unknown_store", "/store"),
            (basket(("tea", 1), store="s1"), "access.unknown_store", "/store"),
            (basket(("tea", 1), currency="EUR"), "order.wrong_currency", "/currency"),
            (basket(("tea", 1), ("coffee", 1)), "catalog.unknown_sku", "/lines/1/sku"),
            (basket(("4006381333930", 1)), "catalog.unknown_sku", "/lines/0/sku"),
            (basket(("free", 1), channel="markt"), "catalog.not_listed", "/lines/0/sku"),
            (basket(("tea", 101)), "order.short", "/lines/0/quantity"),
            (basket(("tea", 1_000_000_000)), "order.short", "/lines/0/quantity"),
            (basket(("salt", 1), ("tea", 60), (BARCODE, 41)), "order.short", "/lines/1/quantity"),
            (basket(("tea", 1), adjustments=(TakeOff(600, "x"),)), "order.discount_floor", "/lines/0/adjustments"),
            (basket(("tea", 1), adjustments=(TakeOff(2000, "x"),)), "order.discount_floor", "/adjustments"),
            (
                PlaceOrder("mall", (LineWish("tea", 1), LineWish("salt", 1, (TakeOff(16, "x"),)))),
                "order.discount_floor",
                "/lines/1/adjustments",
            ),
            (basket(("tea", 1), expected_total_minor=1999), "order.total_moved", "/expected_total_minor"),
        ],
    )
    async def test_what_cannot_be_sold_names_the_field(self, shop: Shop, wish: PlaceOrder, code: str, pointer: str) -> None:
        assert refused(await shop.place(wish, "k")) == (code, pointer)
        assert await shop.rows("select order_id from orders.placed where tenant_id = $1") == []
        assert await shop.rows("select group_id from ledger.hold where tenant_id = $1") == []
        assert await shop.rows("select key from kernel.idempotency where tenant_id = $1 and flow = 'checkout.place'") == []

    async def test_every_line_that_cannot_be_sold_is_told_at_once(self, shop: Shop) -> None:
        told = await shop.place(basket(("coffee", 1), ("tea", 1), ("cocoa", 1)))
        assert isinstance(told, Problem)
        assert [(one.code, one.pointer) for one in told.errors] == [("catalog.unknown_sku", f"/lines/{no}/sku") for no in (0, 2)]

    async def test_what_is_closed_does_not_sell(self, shop: Shop) -> None:
        await shop.world.run(put_channel, access.Put("mall", msgspec.structs.replace(MALL, open=False)))
        assert refused(await shop.place(basket(("tea", 1)))) == ("access.closed", "/channel")
        await shop.world.run(put_channel, access.Put("mall", MALL))
        await shop.world.run(put_store, access.Put("m1", access.Store(name="M", channel="mall", seller="acme", open=False)))
        assert refused(await shop.place(basket(("tea", 1), store="m1"))) == ("access.closed", "/store")
        assert sums(await shop.placed(basket(("tea", 1))))[0] == 1999

    async def test_prices_and_listings_end_on_the_instant(self, shop: Shop) -> None:
        until = NOON + timedelta(hours=1)
        await shop.price(SetPrice("salt", 60, valid_from=NOON + timedelta(minutes=1), valid_to=until))
        listing = PutListing("rice", "mall", "acme", "low", valid_from=NOON + timedelta(minutes=1), valid_to=until)
        await shop.world.run(put_listings, PutListings((listing,)))
        told: list[tuple[int, str]] = []
        for at in (NOON, NOON + timedelta(minutes=1), until - timedelta(microseconds=1), until):
            shop.clock.at = at
            salt, rice = await shop.do_all(checkout.place, [basket(("salt", 1)), basket(("rice", 1000))])
            told.append((sums(salt)[0], refused(rice)[0] if isinstance(rice, Problem) else "sold"))
        assert told == [(50, "catalog.not_yet"), (60, "sold"), (60, "sold"), (50, "catalog.no_longer")]

    async def test_a_line_without_a_price_is_refused_never_free(self, shop: Shop) -> None:
        await shop.world.run(put_lists, PutPriceLists((PutPriceList("base", "Base", "USD", active=False),)))
        assert refused(await shop.place(basket(("salt", 1), ("tea", 1)))) == ("pricing.no_price", "/lines/0/sku")

    async def test_a_line_without_a_tax_rate_is_refused_never_untaxed(self, shop: Shop) -> None:
        await shop.world.run(put_listings, PutListings((PutListing("salt", "mall", "acme", "luxury"),)))
        assert refused(await shop.place(basket(("salt", 1)))) == ("pricing.no_tax_rate", "/lines/0/sku")

    async def test_what_is_no_longer_sold_is_refused(self, shop: Shop) -> None:
        await shop.placed(basket(("salt", 1)))
        await shop.world.run(move_products, MoveProducts((MoveProduct("salt", "retired"),)))
        assert refused(await shop.place(basket(("salt", 1)))) == ("catalog.not_sellable", "/lines/0/sku")

    async def test_one_order_buys_from_one_seller(self, shop: Shop) -> None:
        await shop.world.run(put_listings, PutListings((PutListing("salt", "mall", "berlin", "full"),)))
        assert refused(await shop.place(basket(("tea", 1), ("salt", 1)))) == ("order.mixed_sellers", "/lines")

    async def test_what_is_sold_at_the_till_alone_is_not_ordered(self, shop: Shop) -> None:
        """A store's scene says nothing of paying later: such an order would hold its goods for ever."""
        for wish in (basket(("tea", 1), channel="stores", store="s1"), basket(("free", 1), channel="stores", store="s1")):
            assert refused(await shop.place(wish)) == ("order.wrong_counter", "/channel")
            assert refused((await shop.quote(wish))[0]) == ("order.wrong_counter", "/channel")
        assert await shop.stock("s1", "tea", "free") == [(20, 0), (20, 0)]

    async def test_a_channel_without_sources_sells_nothing(self, shop: Shop) -> None:
        await shop.world.run(set_sources, NamedSources("mall", ()))
        assert refused(await shop.place(basket(("tea", 1)))) == ("order.no_source", "/channel")

    async def test_whoever_may_goes_below_the_floor_but_never_below_nothing(self, shop: Shop) -> None:
        give_all = basket(("tea", 1), adjustments=(TakeOff(1999, "gift"),))
        assert facts(await shop.place(give_all)) == {"most_minor": 599}
        assert sums(await shop.placed(give_all, None, shop.boss)) == (1999, 1999, 0, 0)
        more = basket(("tea", 1), adjustments=(TakeOff(2000, "gift"),))
        assert facts(await shop.place(more, None, shop.boss)) == {"over_minor": 1}

    async def test_the_new_total_is_told_when_it_moved(self, shop: Shop) -> None:
        await shop.price(SetPrice("tea", 2100))
        told = await shop.place(basket(("tea", 1), expected_total_minor=2164))
        assert refused(told) == ("order.total_moved", "/expected_total_minor")
        assert facts(told) == {"total_minor": 2273, "expected_minor": 2164}
        assert sums(await shop.placed(basket(("tea", 1), expected_total_minor=2273)))[3] == 2273

    async def test_everyone_in_a_batch_stands_alone_in_arrival_order(self, shop: Shop) -> None:
        wishes = [basket(("tea", 60)), basket(("coffee", 1)), basket(("tea", 41)), basket(("tea", 39), ("salt", 101)), basket(("tea", 40))]
        wishes += [basket(("tea", 1)), basket(("tea", 1), channel="nowhere"), basket(("salt", 100))]
        told = await shop.do_all(checkout.place, wishes, [f"k{i}" for i in range(8)])
        assert [one.code if isinstance(one, Problem) else one.gross for one in told] == [
            108_000, "catalog.unknown_sku", "order.short", "order.short", 72_000, "order.short", "access.unknown_channel", 5_000,
        ]  # fmt: skip
        assert [facts(told[i]) for i in (2, 3, 5)] == [{"sku": "tea", "left": 40}, {"sku": "salt", "left": 100}, {"sku": "tea", "left": 0}]
        assert await shop.stock("dc1", "tea", "salt") == [(100, 100), (100, 100)]
        assert await shop.rows("select count(*) from kernel.idempotency where tenant_id = $1 and flow = 'checkout.place'") == [(3,)]


class TestSources:
    async def test_the_first_location_that_has_everything_sends_it(self, shop: Shop) -> None:
        await shop.receive("dc2", ("tea", 5), ("salt", 200))
        await shop.world.run(set_sources, NamedSources("mall", ("dc1", "dc2")))
        for wish in (basket(("tea", 1)), basket(("tea", 5), ("salt", 150)), basket(("salt", 100)), basket(("salt", 1))):
            await shop.placed(wish)
        assert await shop.stock("dc1", "tea", "salt") == [(100, 1), (100, 100)]
        assert await shop.stock("dc2", "tea", "salt") == [(5, 5), (200, 151)]
        told = await shop.place(basket(("tea", 6), ("salt", 60)))
        assert (refused(told), facts(told)) == (("order.short", "/lines/1/quantity"), {"sku": "salt", "left": 0})


class TestTenants:
    async def test_nobody_sells_what_is_somebody_elses(self, shop: Shop, admin_url: str) -> None:
        other = await new_shop(shop.world.served, admin_url)
        await shop.world.run(put_channel, access.Put("outlet", MALL))
        assert refused(await other.place(basket(("tea", 1), channel="outlet"))) == ("access.unknown_channel", "/channel")
        await shop.price(SetPrice("tea", 1))
        assert sums(await other.placed(basket(("tea", 1)), "k"))[0] == 1999
        assert sums(await shop.placed(basket(("tea", 1)), "k"))[0] == 1
        assert await shop.stock("dc1", "tea") == await other.stock("dc1", "tea") == [(100, 1)]


class TestStale:
    """Another process of the house remembers what this one changes: it never sells by it."""

    @pytest.fixture(autouse=True)
    async def remembering(self, shop: Shop, elsewhere: Runner) -> None:
        """It has sold everything once."""
        await elsewhere.run(checkout.place, THREE, shop.clerk)

    async def outcome(self, runner: Runner, shop: Shop, wish: PlaceOrder) -> tuple[int, int, int, int] | str:
        try:
            return sums((await runner.run(checkout.place, wish, shop.clerk)).result)
        except Problem as refusal:
            return refusal.code

    async def test_a_new_price_is_charged(self, shop: Shop, elsewhere: Runner) -> None:
        await shop.price(SetPrice("salt", 60))
        assert await self.outcome(elsewhere, shop, basket(("salt", 1), expected_total_minor=54)) == "order.total_moved"
        assert await self.outcome(elsewhere, shop, basket(("salt", 1))) == (60, 0, 5, 65)
        assert await self.outcome(elsewhere, shop, THREE) == (6366, 0, 506, 6872)

    async def test_a_quote_tells_it_too(self, shop: Shop, elsewhere: Runner) -> None:
        await shop.price(SetPrice("salt", 60))
        async with elsewhere._db.reading(shop.tenant_id, NOON) as tx:
            (told,) = await checkout.quote(tx, [Call(basket(("salt", 1)), shop.clerk)])
        assert sums(told) == (60, 0, 5, 65)

    async def test_a_price_withdrawn_is_not_charged(self, shop: Shop, elsewhere: Runner) -> None:
        await shop.world.run(put_lists, PutPriceLists((PutPriceList("base", "Base", "USD", active=False),)))
        assert await self.outcome(elsewhere, shop, basket(("salt", 1))) == "pricing.no_price"

    async def test_a_listing_withdrawn_is_not_sold(self, shop: Shop, elsewhere: Runner) -> None:
        await shop.world.run(put_listings, PutListings((PutListing("salt", "mall", "acme", "full", listed=False),)))
        assert await self.outcome(elsewhere, shop, basket(("salt", 1))) == "catalog.not_listed"

    async def test_a_listing_withdrawn_is_not_sold_by_who_has_read_its_prices_since(self, shop: Shop, elsewhere: Runner) -> None:
        await shop.world.run(put_listings, PutListings((PutListing("salt", "mall", "acme", "full", listed=False),)))
        shop.clock.advance(timedelta(seconds=1))
        await elsewhere.run(set_prices, SetPrices("base", (SetPrice("salt", 60),)), shop.boss)
        assert await self.outcome(elsewhere, shop, basket(("salt", 1))) == "catalog.not_listed"

    async def test_a_channel_closed_is_closed(self, shop: Shop, elsewhere: Runner) -> None:
        await shop.world.run(put_channel, access.Put("mall", msgspec.structs.replace(MALL, open=False)))
        assert await self.outcome(elsewhere, shop, basket(("salt", 1))) == "access.closed"

    @pytest.mark.parametrize("noticed", [False, True])
    async def test_a_tax_rate_is_the_one_in_force_whatever_else_was_noticed(self, shop: Shop, elsewhere: Runner, noticed: bool) -> None:
        """`noticed`: the other process has learned of a later change of places, but not read its tax rates since."""
        rate = SetTaxRate("full", 1000, NOON - timedelta(days=1))
        await shop.world.run(set_tax_rates, SetTaxRates("acme", (rate,)))
        if noticed:
            await elsewhere.run(put_channel, access.Put("outlet", MALL), shop.boss)
        assert await self.outcome(elsewhere, shop, basket(("salt", 1))) == (50, 0, 5, 55)

    @pytest.mark.parametrize("noticed", [False, True])
    async def test_goods_come_from_where_they_are_sold_from_now(self, shop: Shop, elsewhere: Runner, noticed: bool) -> None:
        await shop.receive("dc2", ("salt", 9))
        await shop.world.run(set_sources, NamedSources("mall", ("dc2",)))
        if noticed:
            await elsewhere.run(put_channel, access.Put("outlet", MALL), shop.boss)
        assert await self.outcome(elsewhere, shop, basket(("salt", 9))) == (450, 0, 37, 487)
        assert await shop.stock("dc2", "salt") == [(9, 9)]

    async def test_a_price_somebody_else_here_has_noticed_is_not_charged_either(self, shop: Shop, elsewhere: Runner) -> None:
        """Between reading prices and verifying them, another batch of the same process finds them stale and forgets them."""
        await shop.world.run(set_sources, NamedSources("mall", ("dc1", "dc2")))
        await self.outcome(elsewhere, shop, basket(("salt", 1)))
        await shop.price(SetPrice("salt", 60))
        prices = elsewhere._db.memory["pricing.sku"]
        skus = elsewhere._db.memory["catalog.sku"]
        salt = await shop.id_of("catalog.sku", "salt")

        crossed: list[str] = []

        def forget(crossing: str) -> None:
            crossed.append(crossing)
            # The key is looked up, then, all prices being remembered, where goods are free.
            if crossed == ["statement", "answered", "statement"]:
                prices.forget(shop.tenant_id, [salt])
                skus.facts.forget(shop.tenant_id, [salt])

        elsewhere._db.boundary = forget
        assert await self.outcome(elsewhere, shop, basket(("salt", 1))) == (60, 0, 5, 65)


class TestHttp:
    async def test_quote_then_place_then_look(self, shop: Shop) -> None:
        body = {"channel": "mall", "lines": [{"sku": "tea", "quantity": 3}, {"sku": BARCODE, "quantity": 1}]}
        quoted = await shop.world.post("/v1/quotes", body)
        assert (quoted.status_code, quoted.json()["total"]) == (200, 8656)
        assert "id" not in quoted.json()
        placed = await shop.world.post("/v1/orders", body | {"expected_total_minor": 8656}, idempotency_key="k")
        told = placed.json()
        assert (placed.status_code, placed.headers["location"]) == (201, f"/v1/orders/{told['id']}")
        assert told == quoted.json() | {"id": told["id"]}
        again = await shop.world.post("/v1/orders", body | {"expected_total_minor": 8656}, idempotency_key="k")
        assert (again.json(), again.headers["idempotency-replayed"]) == (told, "true")
        seen = (await shop.world.get(placed.headers["location"])).json()
        assert (seen["status"], seen["total"], seen["paid"], [one["quantity"] for one in seen["lines"]]) == ("placed", 8656, 0, [3, 1])
        assert await shop.stock("dc1", "tea") == [(100, 4)]

    async def test_a_total_that_moved_is_409_with_the_new_one(self, shop: Shop) -> None:
        body = {"channel": "mall", "lines": [{"sku": "salt", "quantity": 1}], "expected_total_minor": 53}
        told = await shop.world.post("/v1/orders", body)
        assert (told.status_code, told.headers["content-type"]) == (409, "application/problem+json")
        assert (told.json()["code"], told.json()["total_minor"]) == ("order.total_moved", 54)

    @pytest.mark.parametrize(
        "quantity",
        ["0", "-1", "1000000001", "9223372036854775808", "1e30", "1.5", "0.1", "NaN", '"1"', '"١٢"', "null", "true", "[1]"],
    )
    async def test_a_quantity_is_a_whole_number_above_zero(self, served: Served, seller: World, quantity: str) -> None:
        body = b'{"channel": "mall", "lines": [{"sku": "tea", "quantity": %s}]}' % quantity.encode()
        for path in ("/v1/quotes", "/v1/orders"):
            told = await served.ask("POST", path, body, seller.key)
            if quantity == "NaN":
                assert (told.status_code, told.json()["code"]) == (400, "request.malformed")
            else:
                assert (told.status_code, told.json()["errors"][0]["pointer"]) == (422, "/lines/0/quantity")

    @pytest.mark.parametrize(
        ("body", "pointer"),
        [
            ({"channel": "mall", "lines": []}, "/lines"),
            ({"channel": "mall", "lines": [{"sku": "tea", "quantity": 1}] * 501}, "/lines"),
            ({"channel": "mall", "lines": [{"sku": "tea", "quantity": 1, "price": 1}]}, "/lines/0/price"),
            ({"channel": "mall", "lines": [{"sku": "", "quantity": 1}]}, "/lines/0/sku"),
            ({"channel": "mall", "lines": [{"sku": "tea"}]}, "/lines/0/quantity"),
            ({"lines": [{"sku": "tea", "quantity": 1}]}, "/channel"),
            ({"channel": "mall", "lines": [{"sku": "tea", "quantity": 1}], "total": 1}, "/total"),
            ({"channel": "mall", "lines": [{"sku": "tea", "quantity": 1}], "currency": "usd"}, "/currency"),
            ({"channel": "mall", "lines": [{"sku": "tea", "quantity": 1}], "expected_total_minor": -1}, "/expected_total_minor"),
            (
                {"channel": "mall", "lines": [{"sku": "tea", "quantity": 1}], "adjustments": [{"amount_minor": -1, "reason": "x"}]},
                "/adjustments/0/amount_minor",
            ),
        ],
    )
    async def test_a_body_that_does_not_fit_names_the_field(self, seller: World, body: object, pointer: str) -> None:
        told = await seller.post("/v1/orders", body)
        assert (told.status_code, told.json()["code"], told.json()["errors"][0]["pointer"]) == (422, "request.invalid", pointer)

    async def test_whoever_may_not_place_does_not(self, shop: Shop) -> None:
        body = {"channel": "mall", "lines": [{"sku": "tea", "quantity": 1}]}
        token = await shop.world.key_with("order:read")
        told = await shop.world.served.ask("POST", "/v1/orders", body, token)
        assert (told.status_code, told.json()["code"]) == (403, "access.forbidden")

    @pytest.fixture(scope="class")
    async def seller(self, served: Served, admin_url: str) -> World:
        """A world nothing is ever sold in: what is refused before anything is looked up needs no goods."""
        return await new_world(served, admin_url)


_HEAD = """
select order_id, scene, plan_version, channel_id, store_id, seller_id, member_id, currency, business_day, placed_at, device_id, receipt_no,
       gross, discount, tax, total, paid, refunded, units, units_shipped, revision, status
  from orders.placed where tenant_id = $1
"""
_LINES = """
select line_no, sku_id, owner_id, location_id, tax_class, tax_bp, price_source, unit_price, price_per,
       quantity, gross, discount, tax, payable, shipped
  from orders.line where tenant_id = $1 and order_id = $2 order by line_no
"""
_ADJUSTMENTS = """
select l.line_no, a.stage, a.rule, a.funder, a.amount
  from orders.price_adjustment a join orders.line l using (tenant_id, order_id, line_id)
 where a.tenant_id = $1 and a.order_id = $2 order by a.adjustment_no
"""
_PAYABLES = "select payable_no, amount, paid, due_at from orders.payable where tenant_id = $1 and order_id = $2"
_HOLDS = """
select l.line_no, h.amount, h.posted, h.voided, h.expires_at
  from ledger.hold h join orders.line l on l.tenant_id = h.tenant_id and l.line_id = h.hold_id
 where h.tenant_id = $1 and h.group_id = $2 order by l.line_no
"""
