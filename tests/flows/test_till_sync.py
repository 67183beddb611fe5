"""A till that was out of reach sends its queue: every receipt is booked once, or kept for a person; its chain tells what is missing."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.shop import BARCODE, Shop, receipt, refused, shop
from tests.world import NOON, served, world

from jiutong.capabilities import store
from jiutong.capabilities.catalog import MoveProduct
from jiutong.capabilities.pricing import SetPrice
from jiutong.flows import shifts
from jiutong.flows.counter import TenderLaid, TillLine
from jiutong.flows.maintain_catalog import MoveProducts, move_products
from jiutong.flows.shifts import Opening

__all__ = ["served", "shop", "world"]
TEA, TEA_PAID = 1999, 2164


class Till:
    """Till t1 of s1, which keeps its own chain."""

    def __init__(self, shop: Shop, token: str) -> None:
        self.shop = shop
        self.token = token
        self.seq = 0
        self.hash = ""

    def ring(
        self, no: str, *, amount: int = TEA, paid: int = TEA_PAID, sku: str = "tea", at: datetime = NOON, **chain: Any
    ) -> dict[str, Any]:
        """The next receipt: one packet of tea."""
        self.seq += 1
        link: dict[str, Any] = {"seq": self.seq, "prev_hash": self.hash, "offline": True} | chain
        line = {"sku": sku, "quantity": 1, "amount_minor": amount}
        tenders = [{"method": "cash", "amount_minor": paid}]
        self.hash = store.fingerprint(
            store.Chained(link["seq"], link["prev_hash"]), f"s1/t1/{no}", at, [TillLine(sku, 1, amount)], receipt(no, paid=paid).tenders
        )
        return {
            "store": "s1", "device": "t1", "receipt_no": no, "lines": [line], "tenders": tenders, "sold_at": at.isoformat(), "chain": link,
        }  # fmt: skip

    async def sync(self, *receipts: dict[str, Any], status: int = 200) -> Any:
        told = await self.shop.world.served.ask("POST", "/v1/till/sync", {"receipts": list(receipts)}, self.token)
        assert told.status_code == status, told.text
        return told.json()

    async def states(self, *receipts: dict[str, Any]) -> list[tuple[str, str]]:
        """What became of them: (number, state or the refusal's code)."""
        return [(one["receipt_no"], one.get("refusal") or one["state"]) for one in (await self.sync(*receipts))["receipts"]]

    async def noted(self) -> list[tuple[str, str]]:
        """Exceptions nobody has settled: (kind, receipt)."""
        items = (await self.shop.world.get("/v1/till/exceptions?settled=false")).json()["items"]
        return [(one["kind"], one["receipt_no"]) for one in reversed(items)]


@pytest.fixture
async def till(shop: Shop) -> Till:
    return Till(shop, await shop.world.key_with("till:sell"))


class TestQueue:
    async def test_a_queue_is_booked_once_however_often_it_is_sent(self, till: Till) -> None:
        queue = [till.ring(f"R{i}", at=NOON - timedelta(minutes=10 - i)) for i in range(3)]
        told = await till.sync(*queue)
        assert [(one["state"], one["total"]) for one in told["receipts"]] == [("accepted", TEA_PAID)] * 3
        assert await till.states(*queue) == [(f"R{i}", "already") for i in range(3)]
        # also when the answers are kept no longer
        async with till.shop.house.db.transaction(till.shop.tenant_id, NOON) as tx:
            await tx.count("delete from kernel.idempotency where tenant_id = $1")
            await tx.commit()
        assert await till.states(*queue) == [(f"R{i}", "already") for i in range(3)]
        assert await till.shop.stock("s1", "tea") == [(17, 0)]
        chain = await till.shop.rows("select seq, receipt_no, offline, rung_at from store.receipt where tenant_id = $1 order by seq")
        assert chain == [(i + 1, f"R{i}", True, NOON - timedelta(minutes=10 - i)) for i in range(3)]
        assert await till.noted() == []

    async def test_a_receipt_that_cannot_be_booked_is_kept_and_the_others_go_on(self, till: Till) -> None:
        queue = [till.ring("R1"), till.ring("R2", sku="ghost"), till.ring("R3")]
        assert await till.states(*queue) == [("R1", "accepted"), ("R2", "catalog.unknown_sku"), ("R3", "accepted")]
        assert await till.states(*queue) == [("R1", "already"), ("R2", "catalog.unknown_sku"), ("R3", "already")]
        assert await till.noted() == [("refused", "R2")]
        (kept,) = (await till.shop.world.get("/v1/till/exceptions?settled=false")).json()["items"]
        assert (kept["refusal"], kept["sale"]["lines"][0]["sku"], kept["order"]) == ("catalog.unknown_sku", "ghost", None)
        path = f"/v1/till/exceptions/{kept['id']}"
        clerk = await till.shop.world.served.ask("POST", f"{path}/settle", {"settlement": "x"}, till.token)
        assert clerk.status_code == 403
        done = await till.shop.world.post(f"{path}/settle", {"settlement": "rung up again as R9"})
        assert (done.status_code, done.json()["settlement"]) == (200, "rung up again as R9")
        assert (await till.shop.world.post(f"{path}/settle", {"settlement": "x"})).json()["code"] == "store.exception_settled"
        assert await till.noted() == []

    async def test_a_manager_books_what_a_till_may_not(self, till: Till) -> None:
        queue = [till.ring("R1", amount=1, paid=1)]
        assert await till.states(*queue) == [("R1", "access.forbidden")]
        (kept,) = (await till.shop.world.get("/v1/till/exceptions?settled=false")).json()["items"]
        booked = await till.shop.world.post(f"/v1/till/exceptions/{kept['id']}/book")
        assert booked.status_code == 200, booked.text
        assert booked.json()["settled_at"] is not None
        assert await till.shop.rows("select receipt_no, total from orders.placed where tenant_id = $1") == [("R1", 1)]
        assert await till.states(*queue) == [("R1", "already")]

    async def test_a_till_that_does_not_exist_keeps_its_receipts(self, till: Till) -> None:
        one = till.ring("R1") | {"device": "t9"}
        assert [x["state"] for x in (await till.sync(one))["receipts"]] == ["again"]
        assert await till.noted() == []

    @pytest.mark.parametrize("missing", ["chain", "sold_at"])
    async def test_a_queue_says_places_and_times(self, till: Till, missing: str) -> None:
        told = await till.sync({name: value for name, value in till.ring("R1").items() if name != missing}, status=422)
        assert told["errors"][0]["pointer"] == f"/receipts/0/{missing}"


class TestPrices:
    async def test_a_price_of_this_morning_is_honored_and_noted(self, till: Till) -> None:
        shop = till.shop
        await shop.world.run(shifts.put_policy, store.PutPolicy("s1", store.Policy(offline_hours_max=4)))
        shop.clock.at = NOON - timedelta(hours=2)
        await shop.price(SetPrice("tea", 2500, valid_from=NOON - timedelta(hours=2)))
        shop.clock.at = NOON
        assert await till.states(till.ring("R1")) == [("R1", "accepted")]
        assert await till.noted() == [("price", "R1")]
        assert await till.states(till.ring("R2", amount=2500, paid=2706)) == [("R2", "accepted")]
        assert await till.noted() == [("price", "R1")]

    async def test_a_price_from_before_that_is_not(self, till: Till) -> None:
        shop = till.shop
        await shop.world.run(shifts.put_policy, store.PutPolicy("s1", store.Policy(offline_hours_max=4)))
        shop.clock.at = NOON - timedelta(hours=5)
        await shop.price(SetPrice("tea", 2500, valid_from=NOON - timedelta(hours=5)))
        shop.clock.at = NOON
        assert await till.states(till.ring("R1")) == [("R1", "access.forbidden")]

    async def test_a_receipt_without_a_place_still_needs_the_right(self, till: Till) -> None:
        told = await till.shop.ring(receipt("R1", TillLine("tea", 1, TEA), paid=TEA_PAID))
        assert refused(told) == ("access.forbidden", "/lines/0/amount_minor")

    async def test_goods_retired_meanwhile_are_sold(self, till: Till) -> None:
        await till.shop.world.run(move_products, MoveProducts((MoveProduct("tea", "retired"),)))
        assert await till.states(till.ring("R1", at=NOON - timedelta(hours=1))) == [("R1", "accepted")]


class TestChain:
    @pytest.mark.parametrize(
        ("changes", "kind"),
        [
            ({"seq": 3}, "gap"),
            ({"seq": 1}, "fork"),
            ({"prev_hash": "f" * 64}, "fork"),
            ({"seq": 9, "restart": True, "prev_hash": ""}, "restart"),
        ],
    )
    async def test_what_is_wrong_with_it_is_noted_and_the_sale_stands(self, till: Till, changes: dict[str, Any], kind: str) -> None:
        await till.sync(till.ring("R1"))
        assert await till.states(till.ring("R2", **changes)) == [("R2", "accepted")]
        assert await till.noted() == [(kind, "R2")]

    async def test_two_receipts_of_one_number_are_one_sale_and_one_exception(self, till: Till) -> None:
        await till.sync(till.ring("R1"))
        other = till.ring("R1", amount=TEA, paid=TEA_PAID, at=NOON - timedelta(minutes=1))
        assert await till.states(other) == [("R1", "idempotency.key_reused")]
        assert await till.noted() == [("refused", "R1")]

    async def test_a_card_is_shown_by_its_ending(self, till: Till) -> None:
        receipt = till.ring("R1")
        receipt["tenders"] = [{"method": "gift_card", "amount_minor": TEA_PAID, "card": "GC7K-2M9P-4XQ1", "pin": "4711"}]
        assert await till.states(receipt) == [("R1", "asset.no_card")]
        (kept,) = (await till.shop.world.get("/v1/till/exceptions?settled=false")).json()["items"]
        assert kept["sale"]["tenders"] == [{"method": "gift_card", "amount_minor": TEA_PAID, "card": "4XQ1"}]

    async def test_beyond_the_caps_it_is_booked_and_noted(self, till: Till) -> None:
        caps = store.Policy(offline_count_max=1, offline_hours_max=1, shifts_required=True)
        await till.shop.world.run(shifts.put_policy, store.PutPolicy("s1", caps))
        old = NOON - timedelta(hours=2)
        assert await till.states(till.ring("R1"), till.ring("R2", at=old)) == [("R1", "accepted"), ("R2", "accepted")]
        assert await till.noted() == [("no_shift", "R1"), ("caps", "R2"), ("late", "R2"), ("no_shift", "R2")]

    async def test_a_drawer_is_not_counted_while_receipts_are_missing(self, till: Till) -> None:
        shop = till.shop
        shift = await shop.do(shifts.open_shift, store.OpenShift("s1", "t1", 0))
        assert isinstance(shift, Opening)
        first, second, third = (till.ring(f"R{i}") for i in (1, 2, 3))
        await till.sync(first, third)
        path = f"/v1/shifts/{shop.house.ids.show('shf', shift.shift_id)}/counts"
        body = {"tenders": [{"method": "cash", "counted_minor": 2 * TEA_PAID}], "last_seq": 3, "unsynced": ["R2"]}
        told = await shop.world.post(path, body)
        assert (told.status_code, told.json()["code"], told.json()["receipts"], told.json()["missing"]) == (
            409, "store.unsynced_receipts", ["R2"], [2],
        )  # fmt: skip
        # the server's own look finds it too, whatever the till says
        assert (await shop.world.post(path, body | {"unsynced": []})).json()["missing"] == [2]
        forced: dict[str, Any] = {"missing_because": "the tablet is broken", "unsynced": []}
        clerk = await shop.world.served.ask("POST", path, body | forced, till.token)
        assert (clerk.status_code, clerk.json()["needs"]) == (403, "till:force")
        await till.sync(second)
        told = await shop.world.post(path, body | {"unsynced": [], "tenders": [{"method": "cash", "counted_minor": 3 * TEA_PAID}]})
        assert (told.status_code, told.json()["drawer"][0]["variance"]) == (200, 0)

    async def test_what_was_closed_over_is_not_asked_for_again(self, till: Till) -> None:
        shop = till.shop
        for last in (2, 3):
            shift = await shop.do(shifts.open_shift, store.OpenShift("s1", "t1", 0))
            assert isinstance(shift, Opening)
            if last == 3:
                till.seq = 2
                await till.sync(till.ring("R3"))
            path = f"/v1/shifts/{shop.house.ids.show('shf', shift.shift_id)}"
            cash = TEA_PAID if last == 3 else 0
            body = {"tenders": [{"method": "cash", "counted_minor": cash}], "last_seq": last}
            body |= {"missing_because": "stolen"} if last == 2 else {}
            assert (await shop.world.post(f"{path}/counts", body)).status_code == 200
            assert (await shop.world.post(f"{path}/close", {})).status_code == 200


async def test_what_a_till_keeps(shop: Shop) -> None:
    """The prices of the store, its barcodes and taxes; page by page, and afterwards what has changed."""
    world = shop.world
    first = (await world.get("/v1/till/catalog?store=s1&limit=3")).json()
    second = (await world.get(f"/v1/till/catalog?store=s1&limit=3&after={first['next']}")).json()
    rows = {one["sku"]: one for one in first["items"] + second["items"]}
    assert (len(first["items"]), second["next"], first["currency"]) == (3, None, "USD")
    assert rows["tea"] == {
        "sku": "tea", "title": "Tea", "unit": "piece", "tax_class": "full", "bp": 825, "top": True,
        "prices": [[2, 10, 1800, 1], [2, 1, 1999, 1]], "codes": [BARCODE],
    }  # fmt: skip
    assert rows["salt"]["prices"] == [[1, 1, 55, 1], [2, 1, 50, 1]]
    assert (rows["rice"]["unit"], rows["rice"]["prices"], rows["rice"]["bp"]) == ("g", [[2, 1, 250, 1000]], 200)
    then = first["version"]
    shop.clock.advance(timedelta(minutes=5))
    await shop.price(SetPrice("salt", 60), on="stores")
    await world.run(move_products, MoveProducts((MoveProduct("free", "retired"),)))
    shop.clock.advance(timedelta(minutes=5))
    changed = (await world.get(f"/v1/till/catalog?store=s1&since={then.replace('+', '%2B')}")).json()["items"]
    assert {one["sku"]: one.get("prices", one.get("gone")) for one in changed} == {"salt": [[1, 1, 60, 1], [2, 1, 50, 1]], "free": True}
    assert (await world.get("/v1/till/catalog?store=s9")).status_code == 404


async def test_the_same_chain_sent_from_two_tabs_at_once_is_one(till: Till) -> None:
    queue: Sequence[dict[str, Any]] = [till.ring(f"R{i}") for i in range(5)]
    told = await asyncio.gather(*(till.states(*queue) for _ in range(3)))
    assert sorted(state for one in told for _, state in one) == ["accepted"] * 5 + ["already"] * 10
    assert await till.shop.rows("select count(*) from store.receipt where tenant_id = $1") == [(5,)]
    assert await till.noted() == []


def test_the_hash_of_a_receipt_is_the_one_the_till_works_out() -> None:
    """consoles/pos/chain/chain.test.ts holds the same."""
    lines = [TillLine("tea", 2, 3998), TillLine("盐", 1)]
    tenders = [TenderLaid("cash", 4000), TenderLaid("card", 388)]
    at = NOON + timedelta(milliseconds=250)
    assert store.fingerprint(store.Chained(2, "ab" * 32, offline=True), "s1/t1/000002", at, lines, tenders) == (
        "69e56f1727309f7953357782e0bdb48d8c4caff82a7266c6adc701adeb8b78b2"
    )
