"""Simulations: past orders under prices nobody has published, exactly; nothing is touched, nothing is counted twice."""

from datetime import timedelta
from typing import Any

import pytest
from tests.shop import Shop, basket, receipt, shop
from tests.world import NOON, served, world

from jiutong import worker
from jiutong.capabilities import simulation
from jiutong.capabilities.simulation import DraftPrice, PastSample, Progress, Simulate, Tally, WhatIf
from jiutong.flows import simulate
from jiutong.flows.counter import TillLine
from jiutong.flows.words import TakeOff
from jiutong.gateways.outbound import Outbound
from jiutong.kernel.errors import Problem
from jiutong.replays import work

__all__ = ["served", "shop", "world"]

BRAND = {"rule": "coupon", "funder": "brand", "amount": 20}
TEA = {"sku": "tea", "amount_minor": 1}
STORES = {"sample": {"channel": "stores"}, "draft": {"price_list": "stores", "prices": [{"sku": "salt", "amount_minor": 40}]}}


async def work_off(shop: Shop) -> None:
    outbound = Outbound()
    await worker.run_due(worker.desk_of(shop.house, outbound), shop.tenant_id)
    await outbound.close()


async def ran(shop: Shop, body: dict[str, Any]) -> dict[str, Any]:
    """A simulation, begun and run to its end."""
    begun = await shop.world.post("/v1/simulations", body)
    assert begun.status_code == 201, begun.text
    await work_off(shop)
    found = (await shop.world.get(f"/v1/simulations/{begun.json()['id']}")).json()
    assert found["simulation"]["state"] == "done", found
    return found


def money(sums: dict[str, int]) -> tuple[int, int, int]:
    return sums["gross"], sums["discount"], sums["total"]


async def sell(shop: Shop) -> None:
    """Three receipts: 2 salt; 1 tea; 4 salt with 20 taken off by a brand."""
    await shop.rung(receipt("A", ("salt", 2), paid=119))
    await shop.rung(receipt("B", ("tea", 1), paid=2164))
    await shop.rung(receipt("C", TillLine("salt", 4, adjustments=(TakeOff(20, "coupon", "brand"),)), paid=217))


async def test_as_sold_what_was_taken_off_stays_and_the_draft_prices_the_rest(shop: Shop) -> None:
    await sell(shop)
    found = await ran(shop, STORES)
    head = found["simulation"]
    assert (head["orders"], head["replayed"], head["touched"], head["currency"]) == (3, 3, 2, "USD")
    assert money(head["before"]) == (110 + 1999 + 220, 20, 119 + 2164 + 217)
    # 2 x 40 and 4 x 40 less 20, with 8.25 % on top.
    assert money(head["after"]) == (80 + 1999 + 160, 20, 87 + 2164 + 152)
    assert found["funders"] == [{"name": "brand", "orders": 1, "before": 20, "after": 20, "rose": 0, "fell": 0, "title": ""}]
    assert [(one["orders"], one["before"], one["after"]) for one in found["days"]] == [(3, 2309, 2219)]
    assert [(one["name"], one["orders"]) for one in found["places"]] == [("s1", 3)]
    assert [(one["from_bp"], one["to_bp"], one["orders"]) for one in found["changes"] if one["orders"]] == [
        (-5000, -2000, 2),
        (0, 1, 1),
    ]


async def test_the_orders_that_change_most_come_first_line_by_line(shop: Shop) -> None:
    await sell(shop)
    id_ = (await ran(shop, STORES))["simulation"]["id"]
    movers = (await shop.world.get(f"/v1/simulations/{id_}/orders")).json()
    assert [(one["before"], one["after"]) for one in movers] == [(200, 140), (110, 80)]
    assert movers[0]["lines"] == [
        {
            "line_no": 1,
            "sku": "salt",
            "quantity": 4,
            "before": 200,
            "after": 140,
            "taken_off": [{"rule": "coupon", "funder": "brand", "amount": 20}],
        }
    ]
    assert (await shop.world.get(f"/v1/orders/{movers[0]['order']}")).json()["receipt_no"] == "C"


async def test_now_prices_the_same_baskets_as_of_today_without_and_with_the_draft(shop: Shop) -> None:
    await shop.rung(receipt("A", TillLine("salt", 2, 500), paid=541), shop.boss)
    found = await ran(shop, STORES | {"basis": "now"})
    head = found["simulation"]
    assert money(head["before"]) == (110, 0, 119)
    assert money(head["after"]) == (80, 0, 87)


async def test_a_draft_price_that_a_more_special_one_beats_changes_nothing(shop: Shop) -> None:
    await sell(shop)
    base = {"sample": {"channel": "stores"}, "draft": {"price_list": "base", "prices": [{"sku": "salt", "amount_minor": 1}]}}
    head = (await ran(shop, base))["simulation"]
    assert (head["touched"], head["before"]) == (0, head["after"])


async def test_no_more_is_taken_off_than_there_would_be(shop: Shop) -> None:
    await sell(shop)
    cheap = {
        "sample": {"channel": "stores", "orders": 1},
        "draft": {"price_list": "stores", "prices": [{"sku": "salt", "amount_minor": 1}]},
    }
    for basis in ("as_sold", "now"):
        found = await ran(shop, cheap | {"basis": basis})
        assert money(found["simulation"]["after"]) == (4, 4, 0)
        assert found["refused"] == []


async def test_only_the_sample_is_looked_at(shop: Shop) -> None:
    await sell(shop)
    await shop.placed(basket(("salt", 1)))
    only = {"sample": {"channel": "stores", "orders": 2}} | {"draft": STORES["draft"]}
    assert (await ran(shop, only))["simulation"]["orders"] == 2
    for sample in ({"stores": ["s2"]}, {"placed_from": (NOON + timedelta(days=1)).isoformat()}):
        found = await ran(shop, {"sample": {"channel": "stores"} | sample, "draft": STORES["draft"]})
        assert found["simulation"]["orders"] == 0


async def test_what_cannot_be_sold_any_more_is_counted_by_its_reason(shop: Shop) -> None:
    await shop.placed(basket(("salt", 1)))
    await shop.world.post("/v1/products/salt/status", {"to": "retired"})
    found = await ran(shop, {"sample": {"channel": "mall"}, "draft": {"price_list": "base", "prices": [{"sku": "tea", "amount_minor": 1}]}})
    assert (found["simulation"]["orders"], found["simulation"]["replayed"]) == (1, 1 - len(found["refused"]))


async def test_a_long_one_is_done_piece_by_piece_each_order_once(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "ORDERS_AT_ONCE", 2)
    monkeypatch.setattr(work, "TURN_S", 0)
    monkeypatch.setattr(work, "NOTED_EVERY_S", 0)
    for no in range(5):
        await shop.rung(receipt(f"R{no}", ("salt", 1), paid=60))
    begun = (await shop.world.post("/v1/simulations", STORES)).json()
    monkeypatch.setattr(work, "TURN_S", 20)
    await work_off(shop)
    found = (await shop.world.get(f"/v1/simulations/{begun['id']}")).json()["simulation"]
    assert (found["state"], found["orders"], found["touched"]) == ("done", 5, 5)


async def test_two_workers_do_not_count_an_order_twice(shop: Shop) -> None:
    begun = await shop.world.run(simulate.start, Simulate(PastSample("stores"), WhatIf("stores", (DraftPrice("salt", 1),))))
    one = Progress(begun.run_id, 0, Tally(orders=3), 7, False)
    told = await shop.do_all(simulate.note, [one, one])
    assert [isinstance(each, Problem) for each in told] == [False, True]
    late = await shop.do(simulate.note, one)
    assert isinstance(late, Problem)
    assert late.type is simulation.NOT_RUNNING


async def test_a_canceled_one_looks_at_no_more(shop: Shop) -> None:
    await sell(shop)
    begun = (await shop.world.post("/v1/simulations", STORES)).json()
    assert (await shop.world.post(f"/v1/simulations/{begun['id']}/cancel")).json()["state"] == "canceled"
    await work_off(shop)
    assert (await shop.world.get(f"/v1/simulations/{begun['id']}")).json()["simulation"]["orders"] == 0
    again = await shop.world.post(f"/v1/simulations/{begun['id']}/cancel")
    assert (again.status_code, again.json()["code"]) == (409, "simulation.not_running")


@pytest.mark.parametrize(
    ("body", "code", "pointer"),
    [
        ({"sample": {"channel": "x"}, "draft": STORES["draft"]}, "access.unknown_channel", "/sample/channel"),
        ({"sample": {"channel": "stores", "stores": ["s1", "x"]}, "draft": STORES["draft"]}, "access.unknown_store", "/sample/stores/1"),
        ({"sample": {"channel": "stores"}, "draft": {}}, "simulation.nothing_drafted", "/draft"),
        (
            {"sample": {"channel": "stores"}, "draft": {"prices": [{"sku": "tea", "amount_minor": 1}]}},
            "pricing.unknown_list",
            "/draft/price_list",
        ),
        (
            {"sample": {"channel": "stores"}, "draft": {"price_list": "euro", "prices": [{"sku": "tea", "amount_minor": 1}]}},
            "order.wrong_currency",
            "/draft/price_list",
        ),
        (
            {"sample": {"channel": "stores"}, "draft": {"price_list": "base", "prices": [{"sku": "x", "amount_minor": 1}]}},
            "catalog.unknown_sku",
            "/draft/prices/0/sku",
        ),
    ],
)
async def test_what_is_wrong_is_said_at_once(shop: Shop, body: dict[str, Any], code: str, pointer: str) -> None:
    told = await shop.world.post("/v1/simulations", body)
    assert (told.json()["code"], told.json()["errors"][0]["pointer"]) == (code, pointer)


async def test_nothing_is_touched(shop: Shop) -> None:
    await sell(shop)
    sums = "select sum(posted), sum(held), count(*) from ledger.account where tenant_id = $1"
    before = await shop.rows(sums), await shop.rows("select count(*) from ledger.transfer where tenant_id = $1")
    await ran(shop, STORES)
    assert before == (await shop.rows(sums), await shop.rows("select count(*) from ledger.transfer where tenant_id = $1"))


TENTH = {
    "name": "A tenth off salt",
    "stage": "activity",
    "goods": {"skus": ["salt"]},
    "tiers": [{"least": 0, "benefit": {"kind": "percent", "bp": 1000}}],
    "funders": [{"funder": "seller", "bp": 5000}, {"funder": "brand", "bp": 5000}],
}


async def test_a_written_promotion_comes_on_top_of_what_was_sold(shop: Shop) -> None:
    await sell(shop)
    found = await ran(shop, {"sample": {"channel": "stores"}, "draft": {"promotion": TENTH}})
    head = found["simulation"]
    # A tenth of 110 and of 220 less 20.
    assert (head["touched"], head["after"]["discount"] - head["before"]["discount"]) == (2, 11 + 20)
    assert [(one["name"], one["before"], one["after"]) for one in found["funders"]] == [("brand", 20, 20 + 5 + 10), ("seller", 0, 6 + 10)]
    assert [(one["rule"], one["orders"], one["amount"]) for one in found["rules"]] == [("draft@0", 2, 31), ("coupon", 1, 20)]
    assert [(one["outcome"], one["orders"]) for one in found["said"] if one["rule"] == "draft@0"] == [("applied", 2)]


async def test_a_kept_promotion_is_tried_before_it_is_published_and_near_ones_are_told(shop: Shop) -> None:
    await sell(shop)
    terms = TENTH | {"measure": "amount", "tiers": [{"least": 150, "benefit": {"kind": "amount", "amount_minor": 50}}]}
    terms |= {"valid_from": "2030-01-01T00:00:00Z", "currency": "USD"}
    drafted = await shop.world.put("/v1/promotions/tenth", terms)
    assert drafted.status_code in {200, 201}, drafted.text
    found = await ran(shop, {"sample": {"channel": "stores"}, "draft": {"promotions": ["tenth@1"]}, "basis": "now"})
    assert found["simulation"]["touched"] == 1
    said = {(one["outcome"], one["orders"], one["gap"], one["gap_unit"]) for one in found["said"]}
    assert {("applied", 1, 0, ""), ("near", 1, 40, "minor")} <= said
    assert await shop.rows("select state from promotion.promotion where tenant_id = $1") == [("draft",)]


async def test_with_now_what_runs_stands_on_both_sides(shop: Shop) -> None:
    await sell(shop)
    await shop.world.put("/v1/promotions/tenth", TENTH)
    assert (await shop.world.post("/v1/promotions/tenth/publish")).status_code == 200
    found = await ran(shop, STORES | {"basis": "now"})
    assert found["simulation"]["before"]["discount"] == 20 + 11 + 20
    assert found["simulation"]["after"]["discount"] == 20 + 8 + 14


@pytest.mark.parametrize(
    ("draft", "code", "pointer"),
    [
        ({"promotions": ["nobody@1"]}, "promotion.unknown", "/draft/promotions/0"),
        ({"promotion": {"name": "x"}}, "promotion.bad_terms", "/draft/promotion"),
        ({"promotion": TENTH | {"funders": [{"funder": "seller", "bp": 1}]}}, "promotion.bad_terms", "/draft/promotion/funders"),
    ],
)
async def test_a_promotion_that_could_not_be_published_is_not_tried(shop: Shop, draft: dict[str, Any], code: str, pointer: str) -> None:
    told = (await shop.world.post("/v1/simulations", {"sample": {"channel": "stores"}, "draft": draft})).json()
    assert (told["code"], told["errors"][0]["pointer"]) == (code, pointer)
