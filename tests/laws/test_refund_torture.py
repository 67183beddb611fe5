"""The refund torture suite, read from the file that other platforms can read, through the public API: every amount, to the cent.

What a case means and how to run it elsewhere: docs/refund-torture/README.md.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.world import NOON, World, served, world

from jiutong.capabilities import access
from jiutong.capabilities.catalog import MoveProduct, PutProduct, PutSku
from jiutong.capabilities.inventory import ReceiptLine, ReceiveStock
from jiutong.capabilities.pricing import SetPrice, SetTaxRate
from jiutong.flows.maintain_access import put_seller
from jiutong.flows.maintain_catalog import MoveProducts, PutListing, PutListings, PutProducts, move_products, put_listings, put_products
from jiutong.flows.maintain_prices import PutPriceList, PutPriceLists, SetPrices, SetTaxRates, put_lists, set_prices, set_tax_rates
from jiutong.flows.receive_stock import receive_stock

__all__ = ["served", "world"]

SUITE = json.loads((Path(__file__).parents[2] / "docs" / "refund-torture" / "cases.json").read_text("utf-8"))
CASES = SUITE["cases"]
STAGES = {"item": "activity", "order": "order", "subsidy": "subsidy"}


class Shop:
    """One case's shop and its order."""

    def __init__(self, world: World, case: dict[str, Any]) -> None:
        self.world = world
        self.case = case
        self.order = ""

    async def open(self) -> None:
        """Goods at their prices, listed, in stock and taxed; the case's rules published."""
        run, lines, tax = self.world.run, self.case["lines"], self.case.get("tax", {"rate_bp": 0, "included": False})
        await run(put_seller, access.Put("acme", access.Seller(name="Acme", tax_inclusive=tax["included"])))
        skus = [line["sku"] for line in lines]
        unit = {line["sku"]: "g" if "price_per" in line else "piece" for line in lines}
        products = tuple(PutProduct(title=sku, code=sku, skus=(PutSku(sku, base_unit=unit[sku]),)) for sku in skus)
        await run(put_products, PutProducts(products))
        for to in ("audit", "published"):
            await run(move_products, MoveProducts(tuple(MoveProduct(sku, to) for sku in skus)))
        await run(put_listings, PutListings(tuple(PutListing(sku, "mall", "acme", "full") for sku in skus)))
        await run(set_tax_rates, SetTaxRates("acme", (SetTaxRate("full", tax["rate_bp"]),)))
        await run(put_lists, PutPriceLists((PutPriceList("base", "base", "USD"),)))
        prices = tuple(SetPrice(line["sku"], line["unit_price"], line.get("price_per", 1), 1, NOON) for line in lines)
        await run(set_prices, SetPrices("base", prices))
        await run(receive_stock, ReceiveStock("dc1", tuple(ReceiptLine(line["sku"], line["quantity"]) for line in lines), "acme"))
        if "freight" in self.case:
            zone = {"name": "Everywhere", "first": 10**6, "first_minor": self.case["freight"]["amount"]}
            template = {"name": "Flat", "seller": "acme", "currency": SUITE["currency"], "zones": [zone], "default_in": ["mall"]}
            await self.did("PUT", "/v1/freight-templates/flat", template)
            await self.did("POST", "/v1/freight-templates/flat/publish")
        for rule in self.case["rules"]:
            await self.did("PUT", f"/v1/promotions/{rule['rule']}", terms(rule))
            await self.did("POST", f"/v1/promotions/{rule['rule']}/publish")

    async def did(self, method: str, path: str, body: object = None) -> Any:
        """The answer to a request that is not refused."""
        told = await self.world.served.ask(method, path, body, self.world.key)
        assert told.status_code < 300, (method, path, told.text)
        return told.json()

    async def buy(self) -> dict[str, Any]:
        """The order, paid; as it was placed."""
        lines = [{"sku": line["sku"], "quantity": line["quantity"]} for line in self.case["lines"]]
        placed = await self.did("POST", "/v1/orders", {"channel": "mall", "lines": lines})
        self.order = placed["id"]
        if placed["total"]:
            await self.did("POST", f"/v1/orders/{self.order}/payments", {"method": "cash"})
        return placed

    async def do(self, step: dict[str, Any]) -> int | None:
        """One step; what it gives back."""
        units = [{"line": line, "quantity": quantity} for line, quantity in step.get("units", ())]
        match step["do"]:
            case "ship":
                await self.ship(units)
                return None
            case "cancel":
                told = await self.did("POST", f"/v1/orders/{self.order}/cancellations", {"reason": "case", "lines": units})
                return told["refund"]
            case "return":
                reason = {"fault": "defective"}.get(step.get("reason", ""), "changed_mind")
                told = await self.did("POST", f"/v1/orders/{self.order}/returns", {"reason": reason, "lines": units})
                return told["refund"]
            case "end_rules":
                for rule in self.case["rules"]:
                    await self.did("POST", f"/v1/promotions/{rule['rule']}/end")
                return None
            case other:
                raise AssertionError(other)

    async def ship(self, units: list[dict[str, int]]) -> None:
        """So many units are picked and leave."""
        works = (await self.did("GET", f"/v1/fulfillments?order={self.order}"))["items"]
        if not works:
            await self.did("POST", "/v1/fulfillments", {"order": self.order})
            works = (await self.did("GET", f"/v1/fulfillments?order={self.order}"))["items"]
        path = f"/v1/fulfillments/{works[0]['id']}"
        await self.did("POST", f"{path}/pick", {"lines": units})
        await self.did("POST", f"{path}/ship", {"lines": units})


def terms(rule: dict[str, Any]) -> dict[str, Any]:
    """A rule of the suite as a promotion of ours."""
    if "percent_off" in rule:
        benefit: dict[str, Any] = {"kind": "percent", "bp": rule["percent_off"] * 100}
    elif "buy" in rule:
        benefit = {"kind": "buy_get", "buy": rule["buy"], "get": rule["get"]}
    else:
        benefit = {"kind": "amount", "amount_minor": rule["amount_off"]}
    told: dict[str, Any] = {
        "name": rule["rule"],
        "stage": STAGES[rule["stage"]],
        "currency": SUITE["currency"],
        "tiers": [{"least": rule.get("min_amount", 0), "benefit": benefit}],
        "funders": [{"funder": funder, "bp": percent * 100} for funder, percent in rule["funders"].items()],
    }
    if "min_amount" in rule:
        told["measure"] = "amount"
    if "goods" in rule:
        told["goods"] = {"skus": rule["goods"]}
    return told


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
async def test_a_case_comes_to_every_amount_it_says(world: World, case: dict[str, Any]) -> None:
    shop = Shop(world, case)
    await shop.open()
    placed = await shop.buy()
    expected = case["expected"]
    assert [line["discount"] for line in placed["lines"]] == expected["discounts"]
    assert placed["total"] == expected["total"]
    if "freight" in expected:
        explained = (await shop.did("GET", f"/v1/orders/{shop.order}/explain"))["lines"]
        charged = [sum(step["amount"] for step in line["steps"] if step["kind"] == "charge") for line in explained]
        assert charged == expected["freight"]
    told = await shop.did("GET", f"/v1/orders/{shop.order}")
    borne: dict[str, int] = {}
    for line in told["lines"]:
        for one in line["adjustments"]:
            borne[one["funder"]] = borne.get(one["funder"], 0) + one["amount"]
    if "funders" in expected:
        assert borne == expected["funders"]
    assert sum(borne.values()) == sum(expected["discounts"])
    given_back = [(step["do"], step.get("refund"), await shop.do(step)) for step in case["steps"]]
    assert [(what, told) for what, _, told in given_back] == [(what, wanted) for what, wanted, _ in given_back]
    after = await shop.did("GET", f"/v1/orders/{shop.order}")
    assert after["refunded"] == case["end"]["refunded"]
    assert await left_in_the_book(world, case) == expected["total"] - case["end"]["refunded"]


async def left_in_the_book(world: World, case: dict[str, Any]) -> int:
    """What the seller has of it in the end, tax included; when all of it came back nobody bears anything either."""
    rows = dict(await world.rows(_BOOK))
    whole = case["expected"]["total"] == case["end"]["refunded"]
    if whole:
        assert {kind: amount for kind, amount in rows.items() if amount} == {}
    return rows.get("cash", 0)


def test_the_suite_holds_itself_together() -> None:
    """Each case undoes no more than there was, and says so in its own sums."""
    assert len({case["id"] for case in CASES}) == len(CASES)
    for case in CASES:
        expected, steps = case["expected"], case["steps"]
        assert sum(step.get("refund", 0) for step in steps) == case["end"]["refunded"] <= expected["total"]
        undone = dict.fromkeys(range(1, len(case["lines"]) + 1), 0)
        for step in steps:
            if step["do"] in {"cancel", "return"}:
                for line, quantity in step["units"]:
                    undone[line] += quantity
        bought = {no: line["quantity"] for no, line in enumerate(case["lines"], 1)}
        assert all(undone[no] <= bought[no] for no in bought)
        kept = "freight" in case and any(step.get("reason") == "changed_mind" for step in steps)
        if undone == bought and not kept:
            assert case["end"]["refunded"] == expected["total"]
        if "funders" in expected:
            assert sum(expected["funders"].values()) == sum(expected["discounts"])


_BOOK = """
-- What each kind of money account shows in the end; what the till took is shown as cash.
select case split_part(a.code, ':', 1) when 'clearing' then 'cash' else split_part(a.code, ':', 1) end, sum(a.posted)::bigint
  from ledger.account a where a.tenant_id = $1 and a.unit = 'USD' group by 1
"""
