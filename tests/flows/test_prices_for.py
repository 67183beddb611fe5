"""Prices at the checkout for whom they are: groups, regions, contracts, floors, and what counts toward a quantity break."""

from typing import Any

import msgspec
import pytest
from tests.shop import Shop, basket, refused, shop
from tests.world import served, world

from jiutong.capabilities import catalog, pricing
from jiutong.capabilities.member import Company, Employee, PutGroup, Recognize, Regroup
from jiutong.capabilities.pricing import SetPrice, SetRate
from jiutong.flows.cancel import Cancellation, CancelOrder, cancel
from jiutong.flows.canceling import LineUnits
from jiutong.flows.checkout import Placed
from jiutong.flows.find_member import recognize
from jiutong.flows.maintain_companies import put_company, put_group, regroup
from jiutong.flows.maintain_prices import PutPriceList, PutPriceLists, SetPrices, put_lists, set_prices
from jiutong.kernel.points import PLANS

__all__ = ["served", "shop", "world"]
ANN, BEN = Recognize("card", "ANN1"), Recognize("card", "BEN1")


async def member(shop: Shop, who: Recognize) -> int:
    return (await shop.world.run(recognize, who)).member_id


async def price_list(shop: Shop, code: str, *prices: SetPrice, rates: tuple[SetRate, ...] = (), **whom: Any) -> None:
    await shop.world.run(put_lists, PutPriceLists((PutPriceList(code, code, "USD", **whom),)))
    await shop.world.run(set_prices, SetPrices(code, prices, rates))


async def kiln(shop: Shop, *buyers: int, **more: Any) -> None:
    await shop.world.run(put_company, Company("kiln", "Kiln", buyers=tuple(Employee(one) for one in buyers), **more))


async def unit(shop: Shop, *lines: tuple[str, int], **other: Any) -> list[tuple[str, int]]:
    """(list, unit price) of each line of a quote."""
    (told,) = await shop.quote(basket(*lines, **other))
    assert isinstance(told, Placed), told
    return [(line.price_source, line.unit_price) for line in told.lines]


class TestWhom:
    async def test_contract_before_group_before_channel_before_region_before_base(self, shop: Shop) -> None:
        ann = await member(shop, ANN)
        await shop.world.run(put_group, PutGroup("gold", "Gold"))
        await shop.world.run(regroup, Regroup("gold", (ann,)))
        await kiln(shop, ann, region="US/CA")
        await price_list(shop, "west", SetPrice("tea", 1950), region="US/CA")
        west = await unit(shop, ("tea", 1), region="US/CA")
        assert (west, await unit(shop, ("tea", 1), region="US/NY")) == ([("west", 1950)], [("base", 1999)])
        assert await unit(shop, ("tea", 1), region="US/CA/Fresno") == [("west", 1950)]
        await price_list(shop, "mall", SetPrice("tea", 1960), channel="mall")
        assert await unit(shop, ("tea", 1), region="US/CA") == [("mall", 1960)]
        await price_list(shop, "gold", SetPrice("tea", 1970), group="gold")
        assert await unit(shop, ("tea", 1), member=ANN) == [("gold", 1970)]
        await price_list(shop, "kiln", SetPrice("tea", 1980), company="kiln")
        assert await unit(shop, ("tea", 1), member=ANN, company="kiln") == [("kiln", 1980)]
        assert await unit(shop, ("tea", 1), member=ANN) == [("gold", 1970)]

    async def test_who_is_in_two_groups_has_the_lower_price_of_both(self, shop: Shop) -> None:
        ann = await member(shop, ANN)
        for code, amount in (("gold", 1900), ("iron", 1850)):
            await shop.world.run(put_group, PutGroup(code, code))
            await shop.world.run(regroup, Regroup(code, (ann,)))
            await price_list(shop, code, SetPrice("tea", amount), group=code)
        assert await unit(shop, ("tea", 1), member=ANN) == [("iron", 1850)]
        await shop.world.run(regroup, Regroup("iron", (), (ann,)))
        assert await unit(shop, ("tea", 1), member=ANN) == [("gold", 1900)]
        assert await unit(shop, ("tea", 1)) == [("base", 1999)]

    async def test_who_does_not_buy_for_a_company_has_not_its_prices(self, shop: Shop) -> None:
        ann = await member(shop, ANN)
        await member(shop, BEN)
        await kiln(shop, ann)
        for who in (BEN, None):
            (told,) = await shop.quote(basket(("tea", 1), member=who, company="kiln"))
            assert refused(told) == ("member.not_a_buyer", "/company")
        await kiln(shop, ann, active=False)
        assert refused((await shop.quote(basket(("tea", 1), member=ANN, company="kiln")))[0]) == ("member.company_blocked", "/company")

    async def test_an_order_is_placed_at_the_agreed_price(self, shop: Shop) -> None:
        await kiln(shop, await member(shop, ANN))
        await price_list(shop, "kiln", SetPrice("tea", 1500), company="kiln")
        placed = await shop.placed(basket(("tea", 2), member=ANN, company="kiln"))
        assert (placed.gross, placed.lines[0].price_source) == (3000, "kiln")

    async def test_a_scene_may_ask_for_the_lowest_instead(self, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
        await price_list(shop, "mall", SetPrice("tea", 2100), channel="mall")
        assert await unit(shop, ("tea", 1)) == [("mall", 2100)]
        plan = PLANS["b2c.mall"]
        lowest = msgspec.structs.replace(plan, answers={**plan.answers, pricing.PREFER.name: pricing.Prefer.LOWEST})
        monkeypatch.setitem(PLANS, "b2c.mall", lowest)
        assert await unit(shop, ("tea", 1)) == [("base", 1999)]
        told = (await shop.world.get("/v1/prices/explain?sku=tea&channel=mall")).json()
        assert (told["rule"], [one["losing"] for one in told["candidates"]][:2]) == ("pricing.lowest", [None, "not_lowest"])


class TestRates:
    async def test_rates_are_off_the_base_price_and_print_as_a_unit_price(self, shop: Shop) -> None:
        await kiln(shop, await member(shop, ANN))
        await price_list(shop, "kiln", rates=(SetRate(500, "tea"), SetRate(1000, "tea", min_quantity=5)), company="kiln")
        who = {"member": ANN, "company": "kiln"}
        assert [await unit(shop, ("tea", much), **who) for much in (1, 5, 10)] == [[("kiln", 1899)], [("kiln", 1799)], [("kiln", 1620)]]


class TestBasis:
    async def test_lines_of_one_sku_count_together(self, shop: Shop) -> None:
        await price_list(shop, "mall", SetPrice("tea", 1990), SetPrice("tea", 1700, min_quantity=6), channel="mall", basis="sku")
        assert await unit(shop, ("tea", 3), ("tea", 3)) == [("mall", 1700), ("mall", 1700)]
        assert await unit(shop, ("tea", 3), ("tea", 2)) == [("mall", 1990), ("mall", 1990)]

    async def test_skus_of_one_mix_count_together(self, shop: Shop) -> None:
        rows = [SetPrice(sku, amount, min_quantity=least, mix=mix) for sku, amount, least, mix in (
            ("tea", 1990, 1, "pantry"), ("tea", 1500, 6, "pantry"), ("salt", 49, 1, "pantry"), ("salt", 40, 6, "pantry"))]  # fmt: skip
        await price_list(shop, "mall", *rows, channel="mall", basis="group")
        assert await unit(shop, ("tea", 2), ("salt", 4)) == [("mall", 1500), ("mall", 40)]
        assert await unit(shop, ("tea", 2), ("salt", 3)) == [("mall", 1990), ("mall", 49)]

    async def test_what_was_bought_this_month_counts_for_all_who_buy_for_a_company(self, shop: Shop) -> None:
        await kiln(shop, await member(shop, ANN), await member(shop, BEN))
        rows = SetPrice("tea", 1900), SetPrice("tea", 1500, min_quantity=10)
        await price_list(shop, "kiln", *rows, company="kiln", basis="period")
        await shop.placed(basket(("tea", 7), member=ANN, company="kiln"))
        who = {"member": BEN, "company": "kiln"}
        assert [await unit(shop, ("tea", much), **who) for much in (2, 3)] == [[("kiln", 1900)], [("kiln", 1500)]]
        assert await unit(shop, ("tea", 3), member=BEN) == [("base", 1999)]


class TestQuota:
    async def test_an_agreed_quantity_is_sold_to_the_last_unit_and_comes_back_with_what_is_canceled(self, shop: Shop) -> None:
        await kiln(shop, await member(shop, ANN))
        await price_list(shop, "kiln", SetPrice("tea", 1500, quota=5), company="kiln")
        who: dict[str, Any] = {"member": ANN, "company": "kiln"}
        first = await shop.placed(basket(("tea", 3), **who))
        assert [await unit(shop, ("tea", much), **who) for much in (2, 3)] == [[("kiln", 1500)], [("base", 1999)]]
        await shop.do(cancel, CancelOrder(first.order_id, Cancellation("changed", (LineUnits(1, 1),))), by=shop.boss)
        assert [await unit(shop, ("tea", much), **who) for much in (3, 4)] == [[("kiln", 1500)], [("base", 1999)]]

    async def test_two_lines_cannot_take_together_what_neither_could_alone(self, shop: Shop) -> None:
        await kiln(shop, await member(shop, ANN))
        await price_list(shop, "kiln", SetPrice("tea", 1500, quota=5), company="kiln")
        told = await shop.place(basket(("tea", 3), ("tea", 3), member=ANN, company="kiln"))
        assert refused(told)[0] == "pricing.quota_spent"


async def test_the_floor_of_a_line_is_told_to_the_steps_after_it(shop: Shop) -> None:
    await price_list(shop, "least", SetPrice("tea", 1200), SetPrice("tea", 1100, min_quantity=10), role="floor")
    assert await unit(shop, ("tea", 2)) == [("base", 1999)]
    async with shop.house.db.reading(shop.tenant_id, shop.clock.now()) as tx:
        sku_id = (await catalog.sku_ids(tx, ["tea"]))["tea"]
        facts = (await pricing.prices(tx, [sku_id]))[sku_id]
    assert [pricing.floor(facts, 0, 0, "USD", much, shop.clock.now()) for much in (2, 10)] == [2400, 11_000]
    assert pricing.floor(facts, 0, 0, "EUR", 2, shop.clock.now()) == 0
