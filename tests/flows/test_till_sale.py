"""The till: a receipt is one sale however often it is sent; goods, tenders, tax and discounts are booked with it or not at all."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from tests.shop import BARCODE, Shop, basket, elsewhere, new_shop, receipt, refused, shop
from tests.world import NOON, served, world

from jiutong.capabilities import access
from jiutong.capabilities.catalog import MoveProduct
from jiutong.capabilities.inventory import AdjustmentLine, AdjustStock
from jiutong.capabilities.member import Recognize
from jiutong.capabilities.pricing import SetPrice
from jiutong.flows.adjust_stock import adjust_stock
from jiutong.flows.counter import Overage, TillLine, TillSale
from jiutong.flows.maintain_access import put_device, put_store
from jiutong.flows.maintain_catalog import MoveProducts, PutListing, PutListings, move_products, put_listings
from jiutong.flows.till_sale import Rung, till_sale
from jiutong.flows.words import TakeOff
from jiutong.kernel.errors import Problem
from jiutong.kernel.points import plan_of
from jiutong.kernel.runner import Answer, Call, Runner

__all__ = ["elsewhere", "served", "shop", "world"]


def sums(told: object) -> tuple[int, int, int, int]:
    """(gross, discount, tax, total)."""
    assert isinstance(told, Rung), told
    return told.gross, told.discount, told.tax, told.total


def code(told: object) -> str:
    return told.code if isinstance(told, Problem) else "booked"


class TestBooked:
    async def test_every_row_of_a_sale(self, shop: Shop) -> None:
        wish = receipt("R-1", (BARCODE, 2), ("salt", 1), paid=[("cash", 4000), ("card", 388)])
        told = await shop.rung(wish)
        assert told == Rung(told.order_id, "R-1", "USD", 4053, 0, 335, 4388, ((BARCODE, 2, 4328), ("salt", 1, 60)), None)
        names = (("access.seller", "acme"), ("access.channel", "stores"), ("access.store", "s1"), ("inventory.location", "s1"))
        seller, channel, store, shelves = [await shop.id_of(*name) for name in names]
        tea, salt = [await shop.id_of("catalog.sku", sku) for sku in ("tea", "salt")]
        ((till,),) = await shop.rows("select device_id from access.device where tenant_id = $1 and store_id = $2 and code = 't1'", store)
        who = (told.order_id, "store.pos", plan_of("store.pos").version, channel, store, seller, None, "USD", 20261122, NOON, till, "R-1")
        assert await shop.rows(_HEAD) == [(*who, 4053, 0, 335, 4388, 4388, 3, 3, "shipped")]
        assert await shop.rows(_LINES) == [
            (1, tea, seller, shelves, "full", 825, "base", 1999, 1, 2, 3998, 0, 330, 4328, 2),
            (2, salt, seller, shelves, "full", 825, "stores", 55, 1, 1, 55, 0, 5, 60, 1),
        ]
        assert await shop.rows(_TENDERS) == [("cash", 4000, "captured", NOON, NOON), ("card", 388, "captured", NOON, NOON)]
        assert await shop.rows("select * from orders.payable where tenant_id = $1") == []
        assert await shop.rows("select * from ledger.hold where tenant_id = $1") == []
        assert await shop.stock("s1", "tea", "salt") == [(18, 0), (19, 0)]
        assert await shop.money(told.order_id) == [("revenue", "clearing", 4000), ("revenue", "clearing", 388), ("tax", "revenue", 335)]
        where = {"scene": "store.pos", "channel_id": channel, "store_id": store, "member_id": None, "currency": "USD"}
        what = {"order_id": told.order_id, "total": 4388, "lines": [[tea, 2, 4328], [salt, 1, 60]]}
        assert await shop.world.events() == [("sale.rung.v1", "staff:7", where | what)]
        ((answer,),) = await shop.rows("select answer from kernel.idempotency where tenant_id = $1 and flow = 'till.sale'")
        assert msgspec.json.decode(answer, type=Rung) == told

    async def test_what_was_taken_off_is_booked_with_who_bears_it(self, shop: Shop) -> None:
        line = TillLine("tea", 2, adjustments=(TakeOff(600, "bundle", "brand"), TakeOff(98, "dent")))
        told = await shop.rung(receipt("R", line, ("salt", 1), paid=3610, adjustments=(TakeOff(20, "round"), TakeOff(1, "round", "brand"))))
        # Over 3300 and 55, 20 is 19.67 + 0.33 and one more 0.98 + 0.02: all of it falls on the tea.
        assert sums(told) == (4053, 719, 276, 3610)
        assert await shop.money(told.order_id) == [
            ("revenue", "clearing", 3610),
            ("revenue", "funder", 601),
            ("revenue", "discount", 98),
            ("revenue", "discount", 20),
            ("tax", "revenue", 276),
        ]

    async def test_a_coupon_worth_more_than_the_goods_is_paid_out(self, shop: Shop) -> None:
        line = TillLine("salt", 1, adjustments=(TakeOff(25, "coupon", "brand"),))
        told = await shop.rung(receipt("R", line, paid=32, overage=Overage(5, "brand")))
        assert await shop.money(told.order_id) == [
            ("revenue", "clearing", 32),
            ("revenue", "funder", 25),
            ("clearing", "funder", 5),
            ("tax", "revenue", 2),
        ]

    async def test_a_gift_needs_no_tender(self, shop: Shop) -> None:
        assert sums(await shop.rung(receipt("R", ("free", 2)))) == (0, 0, 0, 0)
        assert await shop.stock("s1", "free") == [(18, 0)]

    async def test_a_member_is_met_and_told(self, shop: Shop) -> None:
        wishes = [receipt(no, ("free", 1), member=Recognize("phone", "13800138000")) for no in ("R1", "R2")]
        first, second = [(await shop.rung(wish)).member_id for wish in wishes]
        assert first == second
        assert await shop.rows("select distinct member_id from orders.placed where tenant_id = $1") == [(first,)]

    async def test_the_receipt_says_when_it_was_sold(self, shop: Shop) -> None:
        """A till that was offline yesterday evening sends its receipts this morning, at the prices of then."""
        yesterday = NOON - timedelta(hours=8)
        await shop.world.run(put_listings, PutListings((PutListing("salt", "stores", "acme", "full", valid_to=yesterday),)))
        shop.clock.at = NOON - timedelta(hours=1)
        await shop.price(msgspec.structs.replace(_SALT, valid_from=NOON - timedelta(hours=1)), on="stores")
        shop.clock.at = NOON
        begin = NOON - timedelta(hours=1)
        times = (("R1", 60, yesterday), ("R2", 60, begin - timedelta(microseconds=1)), ("R3", 76, begin), ("R4", 76, None))
        told = [await shop.rung(receipt(no, ("salt", 1), paid=paid, sold_at=at)) for no, paid, at in times]
        assert [one.gross for one in told] == [55, 55, 70, 70]
        days = await shop.rows("select placed_at, business_day from orders.placed where tenant_id = $1 order by order_id limit 1")
        assert days == [(yesterday, 20261121)]

    async def test_what_is_no_longer_offered_is_sold_once_it_is_on_the_counter(self, shop: Shop) -> None:
        await shop.world.run(move_products, MoveProducts((MoveProduct("salt", "retired"),)))
        await shop.world.run(put_listings, PutListings((PutListing("tea", "stores", "acme", "full", listed=False),)))
        assert sums(await shop.rung(receipt("R", ("salt", 1), ("tea", 1), paid=2224))) == (2054, 0, 170, 2224)


class TestName:
    async def test_a_receipt_is_one_sale_whoever_sends_it(self, shop: Shop) -> None:
        wish = receipt("R-1", ("tea", 1), paid=2164)
        first = await shop.rung(wish)
        assert await shop.rung(wish) == await shop.rung(wish, shop.boss) == first
        assert await shop.stock("s1", "tea") == [(19, 0)]
        assert await shop.rows("select count(*) from kernel.event where tenant_id = $1 and type = 'sale.rung.v1'") == [(1,)]

    async def test_another_body_under_the_same_name_is_refused(self, shop: Shop) -> None:
        await shop.rung(receipt("R-1", ("tea", 1), paid=2164))
        assert refused(await shop.ring(receipt("R-1", ("salt", 1), paid=60))) == ("idempotency.key_reused", "/Idempotency-Key")

    async def test_other_tills_have_their_own_numbers(self, shop: Shop) -> None:
        others: list[dict[str, Any]] = [{}, {"device": "t2"}, {"store": "s2"}, {"store": "s2", "device": "t2"}]
        sold = {(await shop.rung(receipt("R-1", ("free", 1), **other))).order_id for other in others}
        assert len(sold) == 4

    async def test_a_receipt_sent_twice_at_once_is_one_sale(self, shop: Shop) -> None:
        wish = receipt("R-1", ("tea", 1), paid=2164)
        outcomes = await shop.house.runner.run_all(till_sale, [Call(wish, by) for by in (shop.clerk, shop.boss)], [None, None])
        assert [one.replayed for one in outcomes if isinstance(one, Answer)] == [False, True]
        assert await shop.rows("select count(*) from orders.placed where tenant_id = $1") == [(1,)]

    async def test_a_number_used_before_the_answers_were_swept_is_taken(self, shop: Shop) -> None:
        """The order itself keeps a receipt from being booked twice when its answer is kept no longer; the rest of a batch is booked."""
        await shop.rung(receipt("R-1", ("tea", 1), paid=2164))
        async with shop.house.db.transaction(shop.tenant_id, NOON) as tx:
            await tx.count("delete from kernel.idempotency where tenant_id = $1 and flow = 'till.sale'")
            await tx.commit()
        wishes = [receipt(no, ("tea", 1), paid=2164) for no in ("R-0", "R-1", "R-2")]
        assert [code(one) for one in await shop.do_all(till_sale, wishes)] == ["booked", "order.receipt_taken", "booked"]
        assert await shop.stock("s1", "tea") == [(17, 0)]


class TestRefusals:
    @pytest.mark.parametrize(
        ("wish", "why", "pointer"),
        [
            (receipt("R", ("tea", 1), paid=2164, store="s9"), "access.unknown_store", "/store"),
            (receipt("R", ("tea", 1), paid=2164, device="t9"), "access.unknown_device", "/device"),
            (receipt("R", ("tea", 1), paid=2163), "order.tenders_differ", "/tenders"),
            (receipt("R", ("tea", 1), paid=[("cash", 2164), ("card", 1)]), "order.tenders_differ", "/tenders"),
            (receipt("R", ("tea", 1), paid=[]), "order.tenders_differ", "/tenders"),
            (receipt("R", ("tea", 1), ("coffee", 1), paid=2164), "catalog.unknown_sku", "/lines/1/sku"),
            (receipt("R", TillLine("tea", 1, 1000), paid=1083), "access.forbidden", "/lines/0/amount_minor"),
            (
                receipt("R", TillLine("tea", 1, adjustments=(TakeOff(1000, "x"),)), paid=1083),
                "order.discount_floor",
                "/lines/0/adjustments",
            ),
            (receipt("R", ("tea", 1), paid=2164, sold_at=NOON + timedelta(minutes=10, microseconds=1)), "request.invalid", "/sold_at"),
            (receipt("R", ("tea", 1), paid=2164, sold_at=NOON.replace(tzinfo=None)), "request.invalid", "/sold_at"),
            (receipt("R", ("tea", 1), paid=2164, member=Recognize("phone", "12")), "member.identity_invalid", "/member/value"),
        ],
    )
    async def test_what_cannot_be_booked_names_the_field(self, shop: Shop, wish: TillSale, why: str, pointer: str) -> None:
        assert refused(await shop.ring(wish)) == (why, pointer)
        assert await shop.rows("select order_id from orders.placed where tenant_id = $1") == []
        assert await shop.stock("s1", "tea") == [(20, 0)]
        assert sums(await shop.rung(receipt("R", ("tea", 1), paid=2164, sold_at=NOON + timedelta(minutes=10))))[3] == 2164

    async def test_what_never_lay_here_is_not_sold(self, shop: Shop) -> None:
        await shop.world.run(put_store, access.Put("m1", access.Store(name="M", channel="markt", seller="berlin")))
        await shop.world.run(put_device, access.PutDevice("m1", "t1", access.Device()))
        assert refused(await shop.ring(receipt("R", ("rice", 1), store="m1"))) == ("catalog.not_listed", "/lines/0/sku")

    async def test_a_store_that_is_closed_or_has_no_shelves_sells_nothing(self, shop: Shop) -> None:
        await shop.world.run(put_store, access.Put("s3", access.Store(name="3", channel="stores", seller="acme")))
        await shop.world.run(put_device, access.PutDevice("s3", "t1", access.Device()))
        assert refused(await shop.ring(receipt("R", ("free", 1), store="s3"))) == ("order.no_source", "/store")
        await shop.world.run(put_store, access.Put("s1", access.Store(name="1", channel="stores", seller="acme", open=False)))
        await shop.world.run(put_device, access.PutDevice("s2", "t1", access.Device(active=False)))
        assert refused(await shop.ring(receipt("R", ("free", 1)))) == ("access.closed", "/store")
        assert refused(await shop.ring(receipt("R", ("free", 1), store="s2"))) == ("access.unknown_device", "/device")
        assert code(await shop.ring(receipt("R", ("free", 1), store="s2", device="t2"))) == "booked"

    async def test_what_is_paid_later_is_not_rung_up(self, shop: Shop) -> None:
        await shop.world.run(put_store, access.Put("m1", access.Store(name="M", channel="mall", seller="acme")))
        await shop.world.run(put_device, access.PutDevice("m1", "t1", access.Device()))
        assert refused(await shop.ring(receipt("R", ("tea", 1), paid=2164, store="m1"))) == ("order.wrong_counter", "/store")

    async def test_what_was_laid_and_what_is_owed_is_told(self, shop: Shop) -> None:
        told = await shop.ring(receipt("R", ("tea", 1), paid=1))
        assert isinstance(told, Problem)
        assert told.facts == {"total_minor": 2164, "laid_minor": 1}

    async def test_a_till_that_may_sets_its_own_amount(self, shop: Shop) -> None:
        told = await shop.rung(receipt("R", TillLine("tea", 3, 1000), paid=1083), shop.boss)
        assert sums(told) == (1000, 0, 83, 1083)
        assert await shop.rows("select price_id, price_source, unit_price, price_per from orders.line where tenant_id = $1") == [
            (None, "given", 1000, 3)
        ]

    async def test_everyone_in_a_batch_stands_alone(self, shop: Shop) -> None:
        wishes = [
            receipt("R1", ("tea", 1), paid=2164),
            receipt("R2", ("tea", 1), paid=1),
            receipt("R3", ("coffee", 1)),
            receipt("R4", ("free", 1)),
        ]
        wishes += [receipt("R1", ("tea", 2), paid=4328), receipt("R5", ("tea", 1), paid=2164, device="t9")]
        assert [code(one) for one in await shop.do_all(till_sale, wishes)] == [
            "booked", "order.tenders_differ", "catalog.unknown_sku", "booked", "idempotency.key_reused", "access.unknown_device",
        ]  # fmt: skip
        assert await shop.stock("s1", "tea", "free") == [(19, 0), (19, 0)]

    async def test_a_till_of_another_tenant_is_unknown(self, shop: Shop, admin_url: str) -> None:
        other = await new_shop(shop.world.served, admin_url)
        await shop.world.run(put_device, access.PutDevice("s1", "t7", access.Device()))
        assert refused(await other.ring(receipt("R", ("free", 1), device="t7"))) == ("access.unknown_device", "/device")
        assert code(await shop.ring(receipt("R", ("free", 1), device="t7"))) == "booked"


class TestStale:
    async def test_another_process_charges_the_price_in_force(self, shop: Shop, elsewhere: Runner) -> None:
        await elsewhere.run(till_sale, receipt("R1", ("salt", 1), paid=60), shop.clerk)
        await shop.price(_SALT, on="stores")
        with pytest.raises(Problem) as refusal:
            await elsewhere.run(till_sale, receipt("R2", ("salt", 1), paid=60), shop.clerk)
        assert refusal.value.facts == {"total_minor": 76, "laid_minor": 60}
        assert sums((await elsewhere.run(till_sale, receipt("R2", ("salt", 1), paid=76), shop.clerk)).result) == (70, 0, 6, 76)


class TestShortage:
    async def test_goods_the_book_did_not_have_leave_and_are_noted(self, shop: Shop) -> None:
        wishes = [
            receipt("R1", ("tea", 9), paid=19_475),
            receipt("R2", ("tea", 15), ("salt", 1), paid=29_288),
            receipt("R3", ("tea", 1), paid=2164),
        ]
        first, second, third = await shop.do_all(till_sale, wishes)
        assert isinstance(first, Rung)
        assert isinstance(second, Rung)
        assert isinstance(third, Rung)
        assert await shop.stock("s1", "tea", "salt") == [(-5, 0), (19, 0)]
        tea = await shop.id_of("catalog.sku", "tea")
        assert await shop.rows(_SHORTAGES) == [(tea, second.order_id, 4, False), (tea, third.order_id, 5, False)]

    async def test_the_next_receipt_of_goods_settles_it(self, shop: Shop) -> None:
        sold = await shop.rung(receipt("R1", ("tea", 21), paid=40_918 + 1))
        await shop.receive("s1", ("tea", 1))
        assert await shop.rows(_SHORTAGES) == [(await shop.id_of("catalog.sku", "tea"), sold.order_id, 1, True)]

    async def test_a_strict_store_sells_what_its_book_has_and_all_of_a_receipt_or_nothing(self, shop: Shop) -> None:
        await shop.strict_store(("tea", 3), ("free", 1))
        wishes = [receipt("R1", ("free", 1), ("tea", 4), paid=8656, store="s3"), receipt("R2", ("tea", 2), paid=4328, store="s3")]
        wishes += [receipt("R3", ("tea", 2), paid=4328, store="s3"), receipt("R4", ("tea", 1), paid=2164, store="s3")]
        told = await shop.do_all(till_sale, wishes)
        assert [code(one) for one in told] == ["order.short", "booked", "order.short", "booked"]
        assert [one.facts for one in told if isinstance(one, Problem)] == [{"left": 3}, {"left": 1}]
        assert await shop.stock("s3", "tea", "free") == [(0, 0), (1, 0)]
        assert await shop.rows(_SHORTAGES) == []

    async def test_what_the_mall_holds_a_till_does_not_take(self, shop: Shop) -> None:
        """Orders and tills share one book: a held unit of a strict location is not sold a second time."""
        await shop.placed(basket(("tea", 99)))
        left = AdjustStock("dc1", (AdjustmentLine("tea", -2),), "lost", "acme")
        assert refused(await shop.do(adjust_stock, left, None, shop.boss)) == ("inventory.not_free", "/lines/0/change")
        assert await shop.stock("dc1", "tea") == [(100, 99)]


class TestHttp:
    async def test_two_tabs_send_one_receipt(self, shop: Shop) -> None:
        body = {"store": "s1", "device": "t1", "receipt_no": "R-1", "lines": [{"sku": "tea", "quantity": 1}]}
        body |= {"tenders": [{"method": "cash", "amount_minor": 2164}]}
        tabs = [await shop.world.key_with("till:sell") for _ in range(2)]
        first, second = [await shop.world.served.ask("POST", "/v1/till/sales", body, token, idempotency_key=token[-9:]) for token in tabs]
        assert (first.status_code, second.status_code) == (201, 201)
        assert first.json() == second.json()
        assert (first.headers.get("idempotency-replayed"), second.headers["idempotency-replayed"]) == (None, "true")
        found = await shop.world.get("/v1/receipts/s1/t1/R-1")
        assert (found.json()["id"], found.json()["total"], found.json()["paid"]) == (first.json()["id"], 2164, 2164)
        other = await shop.world.post("/v1/till/sales", body | {"tenders": []})
        assert (other.status_code, other.json()["code"]) == (422, "idempotency.key_reused")

    @pytest.mark.parametrize(
        ("part", "pointer"),
        [
            ({"tenders": [{"method": "cash:1", "amount_minor": 1}]}, "/tenders/0/method"),
            ({"adjustments": [{"amount_minor": 1, "reason": "a:b"}]}, "/adjustments/0/reason"),
            ({"adjustments": [{"amount_minor": 1, "reason": "a", "funder": "b:"}]}, "/adjustments/0/funder"),
            ({"overage": {"amount_minor": 1, "funder": ":"}}, "/overage/funder"),
        ],
    )
    async def test_what_names_an_account_does_not_divide_it(self, shop: Shop, part: dict[str, object], pointer: str) -> None:
        body = {"store": "s1", "device": "t1", "receipt_no": "R", "lines": [{"sku": "tea", "quantity": 1}]} | part
        told = await shop.world.post("/v1/till/sales", body)
        assert (told.status_code, told.json()["errors"][0]["pointer"]) == (422, pointer)

    @pytest.mark.parametrize("amount", ["0", "-1", "1.5", "1000000000000001", '"1"', "1e30"])
    async def test_a_tender_is_a_whole_number_above_zero(self, shop: Shop, amount: str) -> None:
        body = (
            b'{"store": "s1", "device": "t1", "receipt_no": "R", "lines": [{"sku": "tea", "quantity": 1}],'
            b'"tenders": [{"method": "cash", "amount_minor": %s}]}' % amount.encode()
        )
        told = await shop.world.post("/v1/till/sales", body)
        assert (told.status_code, told.json()["errors"][0]["pointer"]) == (422, "/tenders/0/amount_minor")


_SALT = SetPrice("salt", 70)
_HEAD = """
select order_id, scene, plan_version, channel_id, store_id, seller_id, member_id, currency, business_day, placed_at, device_id, receipt_no,
       gross, discount, tax, total, paid, units, units_shipped, status
  from orders.placed where tenant_id = $1
"""
_LINES = """
select line_no, sku_id, owner_id, location_id, tax_class, tax_bp, price_source, unit_price, price_per,
       quantity, gross, discount, tax, payable, shipped
  from orders.line where tenant_id = $1 order by line_no
"""
_TENDERS = "select method, amount, state, started_at, settled_at from payment.tender where tenant_id = $1 order by tender_id"
_SHORTAGES = """
select sku_id, subject_id, below_zero, resolved_at is not null from inventory.shortage where tenant_id = $1 order by shortage_id
"""
