"""The shop shows whoever looks the prices they pay, lets those who buy for a company negotiate, and keeps both from everybody else."""

from typing import Any

import httpx2
import pytest
from tests.flows.test_prices_for import price_list
from tests.flows.test_storefront import CONTACT, FRONT, Street
from tests.shop import Shop, shop
from tests.world import served, world

from jiutong.capabilities import access
from jiutong.capabilities.member import Company, Employee, PutGroup, Recognize, Regroup
from jiutong.capabilities.pricing import SetPrice, SetRate
from jiutong.flows.find_member import recognize
from jiutong.flows.maintain_companies import put_company, put_group, regroup
from jiutong.flows.maintain_storefronts import put_storefront

__all__ = ["served", "shop", "world"]
ANN, BEN = "ann@example.com", "ben@example.com"


class Office:
    """Ann buys for Kiln in the mall of a shop, Ben for nobody."""

    def __init__(self, street: Street, ann: str, ben: str) -> None:
        self.street = street
        self.ann, self.ben = ann, ben

    async def ask(self, method: str, path: str, body: object = None, token: str | None = None, company: str = "kiln") -> httpx2.Response:
        headers = {"x_company": company} if company else {}
        path = self.street.at + path
        return await self.street.served.ask(method, path, body, self.ann if token is None else token, **headers)

    async def told(self, method: str, path: str, body: object = None, **who: str) -> Any:
        answer = await self.ask(method, path, body, **who)
        assert answer.status_code < 300, answer.text
        return answer.json()

    async def refused(self, method: str, path: str, body: object = None, **who: str) -> tuple[int, str]:
        answer = await self.ask(method, path, body, **who)
        return answer.status_code, answer.json()["code"]

    async def staff(self, path: str, body: object = None) -> Any:
        world = self.street.shop.world
        answer = await (world.get(path) if body is None else world.post(path, body))
        assert answer.status_code < 300, answer.text
        return answer.json()


@pytest.fixture
async def office(shop: Shop) -> Office:
    shop.house.db.memory.pop("api.limits", None)
    await shop.world.run(put_storefront, access.Put("mall", FRONT))
    street = Street(shop)
    ann, ben = await street.sign_in(ANN), await street.sign_in(BEN)
    id_ = (await shop.world.run(recognize, Recognize("email", ANN))).member_id
    await shop.world.run(put_company, Company("kiln", "Kiln Ltd", region="US/CA", buyers=(Employee(id_, "approver"),)))
    return Office(street, ann, ben)


def prices(form: dict[str, Any]) -> tuple[int, list[tuple[int, int]], str, int | None, int | None]:
    """(price, breaks, kind of list, what everybody pays, left at this price) of a form."""
    breaks = [(one["min_quantity"], one["amount_minor"]) for one in form["breaks"]]
    usual = form["usual"]["amount_minor"] if form["usual"] else None
    return form["price"]["amount_minor"], breaks, form["source"]["kind"], usual, form["left"]


class TestOwnPrices:
    async def test_everybody_sees_everybodys_price_and_who_buys_for_a_company_its(self, office: Office, shop: Shop) -> None:
        rows = SetPrice("tea", 1700), SetPrice("tea", 1500, min_quantity=20)
        await price_list(shop, "kiln", *rows, company="kiln")
        usual = (1999, [(1, 1999), (10, 1800)], "base", None, None)
        whoever: list[dict[str, str]] = [{"token": "", "company": ""}, {"token": "", "company": "kiln"}, {"company": ""}]
        for who in whoever:
            assert prices((await office.told("GET", "/products/tea", **who))["forms"][0]) == usual
        assert prices((await office.told("GET", "/products/tea"))["forms"][0]) == (1700, [(1, 1700), (20, 1500)], "contract", 1999, None)
        card = {one["code"]: one for one in (await office.told("GET", "/products"))["items"]}["tea"]
        assert (card["price"]["amount_minor"], card["usual"]["amount_minor"]) == (1700, 1999)
        card = {one["code"]: one for one in (await office.told("GET", "/products", company=""))["items"]}["tea"]
        assert (card["price"]["amount_minor"], card["usual"]) == (1999, None)

    async def test_nobody_else_names_the_company(self, office: Office, shop: Shop) -> None:
        basket = {"lines": [{"sku": "tea", "quantity": 1}]}
        for method, path, body in (("GET", "/products/tea", None), ("GET", "/products", None), ("POST", "/quotes", basket)):
            assert await office.refused(method, path, body, token=office.ben) == (422, "member.not_a_buyer")
        assert await office.refused("GET", "/negotiations", token=office.ben) == (422, "member.not_a_buyer")
        await shop.world.run(put_company, Company("kiln", "Kiln Ltd", active=False))
        assert (await office.refused("GET", "/products/tea"))[1] == "member.not_a_buyer"

    async def test_what_depends_on_who_asks_is_kept_by_nobody(self, office: Office) -> None:
        told = [(await office.ask("GET", "/products/tea", token=token)).headers for token in (office.ann, "")]
        assert [one["cache-control"] for one in told] == ["private, no-store", "no-cache"]
        assert [one["vary"].lower().startswith("authorization, x-company") for one in told] == [True, True]

    async def test_groups_regions_rates_and_the_month_count(self, office: Office, shop: Shop) -> None:
        ben = (await shop.world.run(recognize, Recognize("email", BEN))).member_id
        await shop.world.run(put_group, PutGroup("gold", "Gold"))
        await shop.world.run(regroup, Regroup("gold", (ben,)))
        await price_list(shop, "gold", rates=(SetRate(1000, "tea"), SetRate(2000, "tea", min_quantity=5)), group="gold")
        await price_list(shop, "west", SetPrice("salt", 45), region="US/CA")
        gold = prices((await office.told("GET", "/products/tea", token=office.ben, company=""))["forms"][0])
        assert gold == (1799, [(1, 1799), (5, 1599), (10, 1440)], "group", 1999, None)
        assert prices((await office.told("GET", "/products/salt"))["forms"][0])[::2] == (45, "region", None)
        await price_list(shop, "kiln", SetPrice("tea", 1700), SetPrice("tea", 1500, min_quantity=12), company="kiln", basis="period")
        total = (await office.told("POST", "/quotes", {"lines": [{"sku": "tea", "quantity": 7}]}))["total"]
        await office.told("POST", "/orders", order(("tea", 7), total=total))
        assert prices((await office.told("GET", "/products/tea"))["forms"][0])[1] == [(1, 1700), (5, 1500)]

    async def test_an_agreed_quantity_says_what_is_left_of_it(self, office: Office, shop: Shop) -> None:
        await price_list(shop, "kiln", SetPrice("tea", 1500, quota=9), company="kiln")
        total = (await office.told("POST", "/quotes", {"lines": [{"sku": "tea", "quantity": 4}]}))["total"]
        await office.told("POST", "/orders", order(("tea", 4), total=total))
        assert prices((await office.told("GET", "/products/tea"))["forms"][0]) == (
            1500, [(1, 1500), (10, 1800)], "contract", 1999, 5
        )  # fmt: skip

    async def test_me_tells_for_whom_one_may_buy(self, office: Office) -> None:
        assert (await office.told("GET", "/me"))["companies"] == [{"code": "kiln", "name": "Kiln Ltd", "role": "approver"}]
        assert (await office.told("GET", "/me", token=office.ben))["companies"] == []


def order(*lines: tuple[str, int], total: int) -> dict[str, Any]:
    basket = [{"sku": sku, "quantity": quantity} for sku, quantity in lines]
    return {"lines": basket, "contact": CONTACT, "expected_total_minor": total}


class TestNegotiating:
    async def asked(self, office: Office, **more: object) -> Any:
        lines = [{"sku": "tea", "quantity": 20, "amount_minor": 1500}, {"sku": "salt", "quantity": 50}]
        return await office.told("POST", "/negotiations", {"lines": lines, "text": "For spring", **more})

    async def test_from_asking_to_an_order_at_the_agreed_price(self, office: Office) -> None:
        made = await self.asked(office, title="Spring")
        talk = made["talk"]["id"]
        assert [(one["line_no"], one["asked_minor"], one["usual_minor"]) for one in made["lines"]] == [(1, 1500, 1800), (2, None, 50)]
        inbox = (await office.staff("/v1/price-negotiations?stage=asked"))["items"]
        assert [(one["negotiation"], one["company"], one["title"]) for one in inbox] == [(talk, "kiln", "Spring")]
        offer = {"side": "seller", "act": "price", "prices": [{"line_no": 1, "amount_minor": 1650}, {"line_no": 2, "amount_minor": 47}]}
        await office.staff(f"/v1/price-negotiations/{talk}/messages", offer)
        counter = {"act": "price", "revision": 1, "prices": [{"line_no": 1, "amount_minor": 1600}, {"line_no": 2, "amount_minor": 45}]}
        assert await office.refused("POST", f"/negotiations/{talk}/messages", counter) == (409, "pricing.negotiation_moved")
        await office.told("POST", f"/negotiations/{talk}/messages", {**counter, "revision": 2})
        await office.staff(f"/v1/price-negotiations/{talk}/messages", {**offer, "text": "Last word"})
        seen = await office.told("GET", f"/negotiations/{talk}")
        assert [(one["side"], one["act"], one["by"] != "") for one in seen["messages"]] == [
            ("buyer", "asked", False), ("seller", "offered", False), ("buyer", "asked", False), ("seller", "offered", False)
        ]  # fmt: skip
        assert seen["talk"]["offered_minor"] == 20 * 1650 + 50 * 47
        done = await office.told("POST", f"/negotiations/{talk}/messages", {"act": "accept", "revision": seen["talk"]["revision"]})
        assert done["talk"]["status"] == "accepted"
        basket = [{"sku": "tea", "quantity": 20}, {"sku": "salt", "quantity": 50}]
        quote = await office.told("POST", "/quotes", {"lines": basket})
        # 33,000 and 2,350 and 8.25 % tax on each line.
        assert (quote["gross"], quote["tax"], quote["total"]) == (35_350, 2723 + 194, 38_267)
        placed = await office.told("POST", "/orders", order(("tea", 20), ("salt", 50), total=38_267))
        await office.street.pay(placed)
        shown = await office.street.told("GET", f"/orders/{placed['id']}", key=placed["key"])
        assert (shown["status"], shown["paid"], [one["unit_price"] for one in shown["lines"]]) == ("paid", 38_267, [1650, 47])

    async def test_what_others_negotiate_is_not_there(self, office: Office, shop: Shop) -> None:
        talk = (await self.asked(office))["talk"]["id"]
        ben = (await shop.world.run(recognize, Recognize("email", BEN))).member_id
        await shop.world.run(put_company, Company("anvil", "Anvil", buyers=(Employee(ben),)))
        who = {"token": office.ben, "company": "anvil"}
        assert (await office.told("GET", "/negotiations", **who))["items"] == []
        assert await office.refused("GET", f"/negotiations/{talk}", **who) == (404, "pricing.unknown_negotiation")
        yes = {"act": "end", "revision": 1}
        assert await office.refused("POST", f"/negotiations/{talk}/messages", yes, **who) == (404, "pricing.unknown_negotiation")
        assert (await office.refused("GET", "/negotiations", token="", company="kiln"))[0] == 401
        assert [one["id"] for one in (await office.told("GET", "/negotiations"))["items"]] == [talk]

    async def test_the_buyer_is_not_told_the_least_nor_what_it_costs(self, office: Office, shop: Shop) -> None:
        await price_list(shop, "least", SetPrice("tea", 1400), role="floor")
        await price_list(shop, "cost", SetPrice("tea", 1200), role="cost")
        made = await self.asked(office)
        assert set(made["lines"][0]) == {
            "line_no", "sku", "product", "title", "quantity", "per", "asked_minor", "offered_minor", "usual_minor", "usual_per"
        }  # fmt: skip
        (line, _) = (await office.staff(f"/v1/price-negotiations/{made['talk']['id']}"))["lines"]
        assert [line[key] for key in ("floor_minor", "cost_minor", "asked_margin_bp", "offered_margin_bp")] == [1400, 1200, 2000, None]
