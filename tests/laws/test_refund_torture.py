"""The refund torture suite, read from the file that other platforms can read, through the public API: every amount, to the cent.

What a case means and how to run it elsewhere: docs/refund-torture/README.md.
"""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.world import NOON, World, served, world

from jiutong.capabilities import access, asset, member, promotion
from jiutong.capabilities.catalog import MoveProduct, PutProduct, PutSku
from jiutong.capabilities.inventory import ReceiptLine, ReceiveStock
from jiutong.capabilities.pricing import SetPrice, SetTaxRate
from jiutong.flows import assets, find_member, maintain_coupons, reactions
from jiutong.flows.maintain_access import put_seller
from jiutong.flows.maintain_catalog import MoveProducts, PutListing, PutListings, PutProducts, move_products, put_listings, put_products
from jiutong.flows.maintain_companies import put_company
from jiutong.flows.maintain_prices import PutPriceList, PutPriceLists, SetPrices, SetTaxRates, put_lists, set_prices, set_tax_rates
from jiutong.flows.receive_stock import receive_stock
from jiutong.kernel import jobs
from jiutong.worker import desk_of, run_due

__all__ = ["served", "world"]

SUITE = json.loads((Path(__file__).parents[2] / "docs" / "refund-torture" / "cases.json").read_text("utf-8"))
CASES = SUITE["cases"]
STAGES = {"item": "activity", "order": "order", "coupon": "coupon", "subsidy": "subsidy"}
BUYER = member.Recognize("card", "B0001")


@pytest.fixture(autouse=True)
def reacting() -> Iterator[None]:
    reactions.install()
    yield
    jobs.REACTIONS.clear()


class Shop:
    """One case's shop and its order."""

    def __init__(self, world: World, case: dict[str, Any]) -> None:
        self.world = world
        self.case = case
        self.order = ""
        self.member = 0
        self.card = ""

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
        await self.fill_wallet(self.case.get("wallet", {}))

    async def fill_wallet(self, wallet: dict[str, Any]) -> None:
        """The buyer has points, red packets, a card, coupons, as the case says; the programme says what points are worth."""
        run, until = self.world.run, NOON + timedelta(days=90)
        if not self.of_member:
            return
        self.member = (await run(find_member.recognize, BUYER)).member_id
        if "points_terms" in self.case:
            terms = self.case["points_terms"]
            rate = asset.Rate(SUITE["currency"], *terms.get("earn", (0, 0)), *terms.get("burn", (0, 0)))
            points = asset.PointsTerms((rate,), clawback=terms.get("clawback", "debt"))
            await run(assets.publish, asset.PutProgramme(points=points))
            if "beans" in wallet:
                await run(assets.publish, asset.PutProgramme(beans=asset.BeansTerms((rate,))))
                await run(put_company, member.Company("acorp", "A Corp", buyers=(member.Employee(self.member, "buyer"),)))
                await run(assets.give, assets.Give("beans", wallet["beans"], until, "acorp", "year", company="acorp"))
        if "points" in wallet:
            await run(assets.give, assets.Give("points", wallet["points"], until, "points", "case", (self.member,)))
        if "red_packet" in wallet:
            packet = assets.Give("red_packet", wallet["red_packet"], until, "brand", "case", (self.member,), currency=SUITE["currency"])
            await run(assets.give, packet)
        if "card" in wallet:
            sold = {"method": "bank", "reference": "case"}
            wish = {"count": 1, "currency": SUITE["currency"], "amount_minor": wallet["card"], "channel": "mall", "sold": sold}
            self.card = (await self.did("POST", "/v1/cards", wish))["cards"][0]["code"]
        for rule in self.case["rules"]:
            if rule.get("coupon"):
                code = rule["rule"]
                window = {"claim_from": NOON - timedelta(days=1), "claim_to": until, "valid_days": 7, "grace_days": 3}
                await run(maintain_coupons.put_batch, maintain_coupons.PutBatch(code, batch(code, **window)))
                await run(maintain_coupons.move_batch, maintain_coupons.MoveBatch(code, "live"))
                given = await run(maintain_coupons.give, maintain_coupons.GiveCoupon(code, self.member))
                assert isinstance(given, promotion.CouponGiven)

    @property
    def of_member(self) -> bool:
        """Whether the case has a buyer with a name."""
        return "wallet" in self.case or "points_terms" in self.case or any(rule.get("coupon") for rule in self.case["rules"])

    async def react(self) -> None:
        """Whatever follows from what happened."""
        while await run_due(desk_of(self.world.served.house, None), self.world.tenant.tenant_id):  # type: ignore[arg-type]
            pass

    async def wallet(self) -> dict[str, int]:
        """What is in it now: units left, points owed, coupons that could be used."""
        shows = dict(await self.world.rows(_WALLET))
        shows["coupons"] = (await self.world.rows(_COUPONS, self.world.served.clock.now()))[0][0]
        return shows

    async def did(self, method: str, path: str, body: object = None) -> Any:
        """The answer to a request that is not refused."""
        told = await self.world.served.ask(method, path, body, self.world.key)
        assert told.status_code < 300, (method, path, told.text)
        return told.json()

    async def buy(self) -> dict[str, Any]:
        """The order, paid; as it was placed."""
        lines = [{"sku": line["sku"], "quantity": line["quantity"]} for line in self.case["lines"]]
        use = dict(self.case.get("use", {}))
        body: dict[str, Any] = {"channel": "mall", "lines": lines}
        if self.of_member:
            body["member"] = {"kind": BUYER.kind, "value": BUYER.value}
            body |= {"points": use.get("points", 0), "red_packet_minor": use.get("red_packet", 0), "beans": use.get("beans", 0)}
            body["company"] = "acorp" if "beans" in use else ""
        placed = await self.did("POST", "/v1/orders", body)
        self.order = placed["id"]
        pay = f"/v1/orders/{self.order}/payments"
        if "card" in use:
            await self.did("POST", pay, {"method": "gift_card", "card": self.card, "amount_minor": use["card"]})
        if placed["total"] > use.get("card", 0):
            await self.did("POST", pay, {"method": "cash"})
        await self.react()
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
                self.checked(step, told)
                return told["refund"]
            case "return":
                reason = {"fault": "defective"}.get(step.get("reason", ""), "changed_mind")
                told = await self.did("POST", f"/v1/orders/{self.order}/returns", {"reason": reason, "lines": units})
                self.checked(step, told)
                return told["refund"]
            case "spend":
                await self.world.run(assets.take, assets.Take("points", step["points"], "case", self.member))
                return None
            case "wait":
                self.world.served.clock.at += timedelta(days=step["days"])
                return None
            case "end_rules":
                for rule in self.case["rules"]:
                    await self.did("POST", f"/v1/promotions/{rule['rule']}/end")
                return None
            case other:
                raise AssertionError(other)

    def checked(self, step: dict[str, Any], told: dict[str, Any]) -> None:
        """What is withheld of the refund; below zero, goes back that was withheld before."""
        assert sum(one["payable"] for one in told["withheld"]) == step.get("withheld", 0), (step, told["withheld"])

    async def ship(self, units: list[dict[str, int]]) -> None:
        """So many units are picked and leave."""
        works = (await self.did("GET", f"/v1/fulfillments?order={self.order}"))["items"]
        if not works:
            await self.did("POST", "/v1/fulfillments", {"order": self.order})
            works = (await self.did("GET", f"/v1/fulfillments?order={self.order}"))["items"]
        path = f"/v1/fulfillments/{works[0]['id']}"
        await self.did("POST", f"{path}/pick", {"lines": units})
        await self.did("POST", f"{path}/ship", {"lines": units})


def batch(code: str, **window: Any) -> Any:
    """A batch of coupons for a promotion, one for each member."""
    return maintain_coupons.BatchWish(name=code, promotion=code, kind="claimed", cap=10, **window)


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
    if rule.get("coupon"):
        told["coupon"] = True
    if rule.get("returns") == "requalify":
        told["returns"] = "requalify"
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
    for step in case["steps"]:
        assert (step["do"], await shop.do(step)) == (step["do"], step.get("refund"))
        await shop.react()
        if "wallet" in step:
            shows = await shop.wallet()
            assert {kind: shows.get(kind, 0) for kind in step["wallet"]} == step["wallet"], step
    after = await shop.did("GET", f"/v1/orders/{shop.order}")
    assert after["refunded"] == case["end"]["refunded"]
    assert await left_in_the_book(world, case) == expected["total"] - case["end"]["refunded"]


async def left_in_the_book(world: World, case: dict[str, Any]) -> int:
    """What the seller has of it in the end, tax included; when all of it came back nobody bears anything either."""
    rows = dict(await world.rows(_BOOK))
    whole = case["expected"]["total"] == case["end"]["refunded"]
    if whole:
        assert {kind: amount for kind, amount in rows.items() if amount} == {}
    if "commission_base" in case["end"]:
        assert -rows["revenue"] - rows.get("discount", 0) == case["end"]["commission_base"]
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
            assert case["end"]["refunded"] == expected["total"] - sum(step.get("withheld", 0) for step in steps)
        if "funders" in expected:
            assert sum(expected["funders"].values()) == sum(expected["discounts"])


_WALLET = """
select case split_part(a.code, ':', 1) when 'points_owed' then 'owed' else split_part(a.code, ':', 1) end, sum(a.posted - a.held)::bigint
  from ledger.account a
 where a.tenant_id = $1 and split_part(a.code, ':', 1) in ('points', 'points_owed', 'red_packet', 'beans', 'card')
 group by 1
"""
_COUPONS = """
select count(*)
  from promotion.coupon c
  left join ledger.account a on a.tenant_id = c.tenant_id and a.code = 'coupon:' || c.coupon_id
 where c.tenant_id = $1 and c.valid_to > $2 and coalesce(a.posted - a.held, 0) = 0
"""
_BOOK = """
-- What each kind of money account shows in the end; what was taken, less what is owed on cards, is shown as cash.
select case when split_part(a.code, ':', 1) in ('clearing', 'stored_value') then 'cash' else split_part(a.code, ':', 1) end,
       sum(a.posted)::bigint
  from ledger.account a where a.tenant_id = $1 and a.unit = 'USD' group by 1
"""
