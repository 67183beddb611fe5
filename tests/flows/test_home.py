"""The first page: what waits for whom, and how trade goes beside the days before."""

from datetime import timedelta
from typing import Any

from tests.shop import Shop, basket, receipt, shop
from tests.works import failed_refunds, paid_orders, picked, released, shortages
from tests.world import NOON, served, world

__all__ = ["served", "shop", "world"]


async def waiting(shop: Shop, key: str = "") -> dict[str, int]:
    told = (await shop.world.served.ask("GET", "/v1/home/tasks", None, key or shop.world.key)).json()["tasks"]
    return {one["kind"]: one["count"] for one in told}


def figures(sales: int, orders: int, units: int) -> dict[str, int]:
    return {"sales": sales, "orders": orders, "units": units, "average": round(sales / orders) if orders else 0}


async def test_everything_that_waits_is_counted(shop: Shop) -> None:
    assert set((await waiting(shop)).values()) == {0}
    await shop.placed(basket(("salt", 1)))
    assert (await waiting(shop))["orders_expiring"] == 0
    shop.clock.at += timedelta(minutes=1)
    await shortages(shop, 1)
    await paid_orders(shop, 1)
    await released(shop, 2)
    await picked(shop, 1)
    await shop.world.put("/v1/products/p1", {"title": "P"})
    await shop.world.post("/v1/products/p1/submit")
    told = await waiting(shop)
    assert told == {
        "orders_expiring": 1,
        "refunds_failed": 0,
        "refunds_quiet": 0,
        "notices_rejected": 0,
        "shortages_open": 1,
        "works_release": 1,
        "works_pick": 2,
        "works_ship": 1,
        "orders_unpaid": 1,
        "products_audit": 1,
        "jobs_dead": 0,
        "jobs_late": 0,
    }
    assert next(iter(told)) == "orders_expiring"


async def test_money_that_does_not_go_back_is_told(shop: Shop) -> None:
    await failed_refunds(shop, 2)
    assert (await waiting(shop))["refunds_failed"] == 2
    told = (await shop.world.get("/v1/home/tasks")).json()["tasks"]
    (row,) = [one for one in told if one["kind"] == "refunds_failed"]
    assert row == {
        "kind": "refunds_failed",
        "count": 2,
        "capped": False,
        "oldest": "2026-11-22T12:00:00Z",
        "list": "refunds",
        "filter": "state=failed",
    }


async def test_nobody_is_told_of_work_that_is_not_theirs(shop: Shop) -> None:
    assert list(await waiting(shop, await shop.world.key_with("catalog:read"))) == ["products_audit"]
    assert await waiting(shop, await shop.world.key_with("till:sell")) == {}
    refused = await shop.world.served.ask("GET", "/v1/home/sales", None, await shop.world.key_with("catalog:read"))
    assert refused.status_code == 403


async def sales(shop: Shop, query: str = "") -> dict[str, Any]:
    told = await shop.world.get(f"/v1/home/sales{query}")
    assert told.status_code == 200, told.text
    return told.json()


async def test_sales_by_day_hour_channel_and_store_beside_the_days_before(shop: Shop) -> None:
    # 55 + 8.25 % = 60 a packet of salt at the tills; 12:00 UTC is seven in the morning in New York.
    shop.clock.at = NOON - timedelta(days=2)
    await shop.rung(receipt("R1", ("salt", 1), paid=60))
    shop.clock.at = NOON - timedelta(days=1)
    await shop.rung(receipt("R2", ("salt", 2), paid=119))
    shop.clock.at = NOON
    await shop.rung(receipt("R3", ("salt", 1), paid=60, store="s2"))
    shop.clock.at = NOON + timedelta(hours=3)
    await paid_orders(shop, 1)
    await shop.placed(basket(("salt", 1)))
    told = await sales(shop, "?first=2026-11-21&last=2026-11-22")
    assert {name: told[name] for name in ("first", "last", "earlier_first", "earlier_last", "last_day_sold")} == {
        "first": "2026-11-21",
        "last": "2026-11-22",
        "earlier_first": "2026-11-19",
        "earlier_last": "2026-11-20",
        "last_day_sold": "2026-11-22",
    }
    (dollars,) = told["currencies"]
    # The paid order of the mall: 50 + 8.25 % salt and 100 g of rice for 25 + 2 %.
    assert dollars["now"] == figures(119 + 60 + 80, 3, 2 + 1 + 101)
    assert dollars["earlier"] == figures(60, 1, 1)
    assert [(one["day"], one["earlier_day"], one["now"], one["earlier"]) for one in dollars["days"]] == [
        ("2026-11-21", "2026-11-19", figures(119, 1, 2), figures(0, 0, 0)),
        ("2026-11-22", "2026-11-20", figures(140, 2, 102), figures(60, 1, 1)),
    ]
    assert (dollars["days"][0]["begins"], dollars["ends"]) == ("2026-11-21T05:00:00Z", "2026-11-23T05:00:00Z")
    assert {one["hour"]: one["now"]["orders"] for one in dollars["hours"] if one["now"]["orders"]} == {7: 2, 10: 1}
    assert [(one["code"], one["name"], one["now"]["sales"], one["earlier"]["sales"]) for one in dollars["channels"]] == [
        ("stores", "Stores", 179, 60),
        ("mall", "Mall", 80, 0),
    ]
    assert [(one["code"], one["now"]["sales"], one["earlier"]["sales"]) for one in dollars["stores"]] == [("s1", 119, 60), ("s2", 60, 0)]
    (only,) = (await sales(shop, "?first=2026-11-21&last=2026-11-22&store=s2"))["currencies"]
    assert only["now"] == figures(60, 1, 1)
    (mall,) = (await sales(shop, "?channel=mall&first=2026-11-22&last=2026-11-22"))["currencies"]
    assert mall["now"] == figures(80, 1, 101)


async def test_without_a_period_it_tells_of_the_thirty_days_to_the_last_one_sold(shop: Shop) -> None:
    await shop.rung(receipt("R1", ("salt", 1), paid=60))
    shop.clock.at = NOON + timedelta(days=400)
    told = await sales(shop)
    assert (told["first"], told["last"], told["last_day_sold"]) == ("2026-10-24", "2026-11-22", "2026-11-22")
    assert told["currencies"][0]["days"][-1]["now"] == figures(60, 1, 1)
    assert len(told["currencies"][0]["days"]) == 30
    assert told["sold_before"] is None
    told = await sales(shop, "?days=7")
    assert (told["first"], told["last"], told["earlier_first"]) == ("2026-11-16", "2026-11-22", "2026-11-09")
    await shop.rung(receipt("R2", ("salt", 1), paid=60))
    told = await sales(shop)
    assert (told["last_day_sold"], told["sold_before"]) == ("2027-12-27", "2026-11-22")
    wrong = (
        "?days=0",
        "?days=367",
        "?first=2026-11-22&last=2026-11-21",
        "?first=2020-01-01&last=2026-01-01",
        "?first=0001-01-01",
        "?last=9999-12-31",
    )
    for query in wrong:
        assert (await shop.world.get(f"/v1/home/sales{query}")).status_code == 422, query


async def test_a_return_takes_from_the_day_of_its_sale(shop: Shop) -> None:
    rung = await shop.rung(receipt("R1", ("salt", 2), paid=119))
    shop.clock.at = NOON + timedelta(days=1)
    name = shop.house.ids.show("ord", rung.order_id)
    back = await shop.world.post(f"/v1/orders/{name}/returns", {"reason": "changed_mind", "lines": [{"line": 1, "quantity": 1}]})
    assert back.status_code == 201, back.text
    (dollars,) = (await sales(shop))["currencies"]
    assert dollars["now"] == figures(119 - 60, 1, 1)
    assert dollars["days"][-1]["day"] == "2026-11-22"
