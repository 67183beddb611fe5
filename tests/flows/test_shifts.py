"""A till's drawer: opened, sold from, counted blind, explained, closed; what it should hold is what the ledger says."""

from datetime import timedelta
from typing import Any

import pytest
from tests.shop import Shop, receipt, refused, shop
from tests.world import NOON, served, world

from jiutong.capabilities import store
from jiutong.flows import shifts
from jiutong.flows.counter import Overage, TillLine
from jiutong.flows.return_goods import AtTill, Return, ReturnGoods, UnitsBack, return_goods
from jiutong.flows.shifts import Counted, Opening
from jiutong.flows.words import TakeOff
from jiutong.kernel.errors import Problem

__all__ = ["served", "shop", "world"]


async def opened(shop: Shop, float_minor: int = 10_000, device: str = "t1") -> int:
    """A shift at till t1 of s1."""
    told = await shop.do(shifts.open_shift, store.OpenShift("s1", device, float_minor))
    assert isinstance(told, Opening), told
    return told.shift_id


async def counted(shop: Shop, shift_id: int, *tenders: tuple[str, int], **more: Any) -> Counted | Problem:
    what = store.Counts(tuple(store.TenderCount(*one) for one in tenders), **more)
    return await shop.do(shifts.count, store.CountShift(shift_id, what), by=shop.boss)


async def closed(shop: Shop, shift_id: int, *reasons: tuple[str, str]) -> store.ShiftClosed | Problem:
    return await shop.do(shifts.close, store.CloseShift(shift_id, store.Closing(tuple(store.Explained(*one) for one in reasons))))


async def drawer(shop: Shop, shift_id: int) -> list[tuple[str, int]]:
    """What the ledger's drawer accounts show: (method, posted)."""
    return await shop.rows(
        "select split_part(code, ':', 3), posted from ledger.account where tenant_id = $1 and code like 'drawer:' || $2 || ':%' order by 1",
        str(shift_id),
    )


async def standing(shop: Shop, kind: str) -> list[tuple[str, int]]:
    """The accounts of one kind that are not zero: (their second key, posted)."""
    return await shop.rows(
        "select split_part(code, ':', 2), posted from ledger.account"
        " where tenant_id = $1 and split_part(code, ':', 1) = $2 and posted <> 0 order by 1",
        kind,
    )


class TestDrawer:
    async def test_a_day_at_the_till(self, shop: Shop) -> None:
        shift = await opened(shop)
        first = await shop.rung(receipt("R1", ("tea", 1), paid=2164))
        await shop.rung(receipt("R2", ("tea", 1), ("salt", 1), paid=[("cash", 1000), ("card", 1224)]))
        coupon = TillLine("salt", 1, adjustments=(TakeOff(25, "coupon", "brand"),))
        await shop.rung(receipt("R3", coupon, paid=32, overage=Overage(5, "brand")))
        await shop.do(shifts.move_cash, store.MoveCash(shift, store.Moved("in", 500, "change")))
        await shop.do(shifts.move_cash, store.MoveCash(shift, store.Moved("out", 700, "courier", "SF 1")))
        back = Return("defective", (UnitsBack(1, 1),), till=AtTill("s1", "t1"))
        await shop.do(return_goods, ReturnGoods(first.order_id, back))
        cash = 10_000 + 2164 + 1000 + 32 - 5 + 500 - 700 - 2164
        assert await drawer(shop, shift) == [("card", 1224), ("cash", cash)]
        assert await standing(shop, "clearing") == []
        told = await counted(shop, shift, ("cash", cash - 10), ("card", 1230))
        assert isinstance(told, Counted)
        assert [
            (x.method, x.float_minor, x.sales, x.refunds, x.paid_in, x.paid_out, x.expected, x.counted, x.variance) for x in told.lines
        ] == [
            ("cash", 10_000, 3191, 2164, 500, 700, cash, cash - 10, -10),
            ("card", 0, 1224, 0, 0, 0, 1224, 1230, 6),
        ]
        assert refused(await closed(shop, shift)) == ("store.variance_unexplained", "/reasons")
        done = await closed(shop, shift, ("cash", "wrong_change"), ("card", "wrong_tender"))
        assert isinstance(done, store.ShiftClosed)
        report = done.report
        assert (report.shift_no, report.z_no, report.refunds, report.refunded) == (1, 1, 1, 2164)
        assert report.sold == store.Totals(3, 4108, 25, 337, 4420, 4, "R1", "R3")
        assert await drawer(shop, shift) == [("card", 0), ("cash", 0)]
        s1 = str(await shop.id_of("access.store", "s1"))
        assert await standing(shop, "safe") == [(s1, -10_000 - 500 + cash - 10)]
        assert await standing(shop, "clearing") == [("card", 1230)]
        assert await standing(shop, "variance") == [("card", -6), ("cash", 10)]
        assert await standing(shop, "petty") == [("courier", 700)]
        rows = await shop.rows("select method, counted, expected, reason from store.count where tenant_id = $1 order by method")
        assert rows == [("card", 1230, 1224, "wrong_tender"), ("cash", cash - 10, cash, "wrong_change")]
        assert refused(await closed(shop, shift, ("cash", "unknown")))[0] == "store.shift_closed"

    async def test_a_till_has_one_open_shift(self, shop: Shop) -> None:
        wishes = [store.OpenShift("s1", "t1", 100), store.OpenShift("s1", "t1", 200), store.OpenShift("s1", "t2", 300)]
        told = await shop.do_all(shifts.open_shift, wishes)
        assert [one.shift_no if isinstance(one, Opening) else one.code for one in told] == [1, "store.shift_already_open", 1]
        assert refused(await shop.do(shifts.open_shift, wishes[0])) == ("store.shift_already_open", "/device")
        assert refused(await shop.do(shifts.open_shift, store.OpenShift("s9", "t1", 0)))[0] == "access.unknown_store"
        assert refused(await shop.do(shifts.open_shift, store.OpenShift("s1", "t9", 0)))[0] == "access.unknown_device"

    async def test_z_reports_are_numbered_per_till_without_gaps(self, shop: Shop) -> None:
        numbers: list[int | None] = []
        for _ in range(3):
            shift = await opened(shop, 0)
            await counted(shop, shift, ("cash", 0))
            done = await closed(shop, shift)
            assert isinstance(done, store.ShiftClosed)
            numbers.append(done.report.z_no)
        assert numbers == [1, 2, 3]

    async def test_what_is_not_counted_is_not_there(self, shop: Shop) -> None:
        shift = await opened(shop, 0)
        await shop.rung(receipt("R1", ("tea", 1), paid=[("card", 2164)]))
        told = await counted(shop, shift, ("cash", 0))
        assert isinstance(told, Counted)
        assert [(x.method, x.variance) for x in told.lines] == [("cash", 0), ("card", -2164)]

    @pytest.mark.parametrize(
        ("tenders", "refusal"),
        [
            ((("card", 1),), ("request.invalid", "/tenders")),
            ((("cash", 1), ("cash", 1)), ("store.counted_twice", "/tenders")),
            ((("cash", -1),), ("request.invalid", "/tenders/0/counted_minor")),
        ],
    )
    async def test_what_is_no_count_is_refused(self, shop: Shop, tenders: Any, refusal: tuple[str, str]) -> None:
        shift = await opened(shop, 0)
        assert refused(await counted(shop, shift, *tenders)) == refusal

    async def test_denominations_make_up_the_amount(self, shop: Shop) -> None:
        shift = await opened(shop, 700)
        for pieces, ok in ((3, False), (2, True)):
            cash = store.TenderCount("cash", 700, (store.Denomination(100, pieces), store.Denomination(500, 1)))
            told = await shop.do(shifts.count, store.CountShift(shift, store.Counts((cash,))))
            assert isinstance(told, Counted) is ok

    async def test_a_drawer_that_is_counted_sells_no_more_until_it_is_reopened(self, shop: Shop) -> None:
        await shop.do(shifts.put_policy, store.PutPolicy("s1", store.Policy(shifts_required=True)), by=shop.boss)
        shift = await opened(shop, 0)
        await shop.rung(receipt("R1", ("tea", 1), paid=2164))
        await counted(shop, shift, ("cash", 1))
        assert refused(await shop.ring(receipt("R2", ("tea", 1), paid=2164))) == ("store.shift_counted", "/device")
        assert refused(await shop.do(shifts.move_cash, store.MoveCash(shift, store.Moved("out", 1, "courier"))))[0] == "store.shift_counted"
        assert refused(await counted(shop, shift, ("cash", 2164)))[0] == "store.shift_counted"
        await shop.do(shifts.reopen, store.ReopenShift(shift))
        await shop.rung(receipt("R2", ("tea", 1), paid=2164))
        told = await counted(shop, shift, ("cash", 4328))
        assert isinstance(told, Counted)
        assert told.lines[0].variance == 0
        # the first count stays on the timeline
        said = [facts["tenders"][0]["counted_minor"] for type_, _, facts in await shop.world.events() if type_ == "shift.counted.v1"]
        assert said == [1, 4328]

    async def test_a_store_may_ask_for_shifts_and_the_others_sell_without(self, shop: Shop) -> None:
        await shop.rung(receipt("R1", ("free", 1)))
        await shop.do(shifts.put_policy, store.PutPolicy("s1", store.Policy(shifts_required=True)), by=shop.boss)
        assert refused(await shop.ring(receipt("R2", ("free", 1)))) == ("store.no_open_shift", "/device")
        await shop.rung(receipt("R2", ("free", 1), store="s2"))
        shift = await opened(shop, 0)
        assert refused(await shop.ring(receipt("R2", ("free", 1), device="t2")))[0] == "store.no_open_shift"
        await shop.rung(receipt("R2", ("free", 1)))
        assert await shop.rows("select receipt_no, shift_id from orders.placed where tenant_id = $1 and shift_id is not null") == [
            ("R2", shift)
        ]

    @pytest.mark.parametrize(
        ("moved", "refusal"),
        [
            (store.Moved("in", 1, "courier"), ("store.unknown_reason", "/reason")),
            (store.Moved("out", 1, "other"), ("request.invalid", "/note")),
        ],
    )
    async def test_cash_moves_for_a_reason(self, shop: Shop, moved: store.Moved, refusal: tuple[str, str]) -> None:
        shift = await opened(shop, 0)
        assert refused(await shop.do(shifts.move_cash, store.MoveCash(shift, moved))) == refusal


class TestReports:
    async def test_over_http(self, shop: Shop) -> None:
        world = shop.world
        made = await world.post("/v1/shifts", {"store": "s1", "device": "t1", "float_minor": 5000})
        assert (made.status_code, made.json()["shift_no"]) == (201, 1)
        path = made.headers["location"]
        await shop.rung(receipt("R1", ("tea", 2), paid=4328))
        x = (await world.get(f"{path}/report")).json()["report"]
        assert (x["z_no"], x["sold"]["receipts"], x["sold"]["total"], x["drawer"][0]["expected"]) == (None, 1, 4328, 9328)
        clerk = await world.key_with("till:sell", "till:read")
        assert (await shop.world.served.ask("GET", f"{path}/report", None, clerk)).status_code == 403
        assert (await world.get("/v1/shifts?store=s1&open=true")).json()["items"][0]["state"] == "open"
        lease = (await world.get("/v1/till/lease?store=s1&device=t1")).json()
        assert (lease["currency"], lease["shift"]["shift_no"], lease["shift"]["counted"]) == ("USD", 1, False)
        count = await world.post(f"{path}/counts", {"tenders": [{"method": "cash", "counted_minor": 9328}]})
        assert (count.status_code, count.json()["drawer"][0]["variance"]) == (200, 0)
        z = await world.post(f"{path}/close", {"reasons": []})
        assert (z.status_code, z.json()["report"]["z_no"]) == (200, 1)
        shop.clock.advance(timedelta(hours=1))
        assert (await world.get(f"{path}/report")).json() == z.json()
        assert (await world.get(path)).json()["variance"] == 0
        shop.clock.at = NOON

    async def test_how_a_stores_tills_work_is_said_once_and_guarded(self, shop: Shop) -> None:
        path = "/v1/stores/s1/till-policy"
        first = await shop.world.get(path)
        assert (first.json()["revision"], first.json()["shifts_required"], first.json()["offline_hours_max"]) == (0, False, 72)
        body = {"shifts_required": True, "offline_count_max": 5, "offline_amount_max": 100, "offline_hours_max": 1}
        put = await shop.world.put(path, body)
        assert put.json() == {**body, "store": "s1", "revision": 1}
        assert (await shop.world.put(path, body, if_match='"7"')).status_code == 412
        assert (await shop.world.put(path, body, if_match=put.headers["etag"])).json()["revision"] == 2
        assert (await shop.world.put("/v1/stores/s9/till-policy", body)).status_code == 404
