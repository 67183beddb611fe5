"""A storefront: open to everybody, and nobody touches what is not theirs."""

import json
from datetime import timedelta
from typing import Any

import httpx2
import msgspec
import pytest
from tests.shop import Shop, shop
from tests.world import NOON, Served, World, served, world

from jiutong.capabilities import access
from jiutong.capabilities.catalog import MoveProduct
from jiutong.capabilities.fulfillment import LineQuantity, PickOne, PickWork, ReleaseOrder, ShipOne, ShipWork
from jiutong.capabilities.pricing import SetPrice
from jiutong.flows import fulfil
from jiutong.flows.maintain_catalog import MoveProducts, PutListing, PutListings, move_products, put_listings
from jiutong.flows.maintain_storefronts import put_storefront
from jiutong.gateways.outbound import Outbound
from jiutong.worker import desk_of, run_due

__all__ = ["served", "shop", "world"]
FRONT = access.Storefront(published=True, title="Corner", title_zh="街角", country="US", dispatch_days=1, return_days=30, line_max=99)
CONTACT = {"name": "Ann", "phone": "(415) 555-0101", "region": "Oakland, CA", "address": "1 Main St", "country": "US"}


class Street:
    """Somebody at the door of the mall of a shop, with nothing in their hands but what they were given there."""

    def __init__(self, shop: Shop, channel: str = "mall") -> None:
        self.shop = shop
        self.at = f"/v1/shop/{shop.world.tenant.code}/{channel}"
        self.served: Served = shop.world.served

    async def ask(self, method: str, path: str = "", body: object = None, token: str = "", key: str = "") -> httpx2.Response:
        headers = {"x_order_key": key} if key else {}
        return await self.served.ask(method, self.at + path, body, token, **headers)

    async def told(self, method: str, path: str = "", body: object = None, token: str = "", key: str = "") -> Any:
        answer = await self.ask(method, path, body, token, key)
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None

    async def order(self, *lines: tuple[str, int], total: int, token: str = "", **contact: str) -> Any:
        return await self.told("POST", "/orders", wish(*lines, total=total, **contact), token)

    async def sign_in(self, value: str = "ann@example.com", kind: str = "email") -> str:
        sent = await self.ask("POST", "/codes", {"kind": kind, "value": value})
        assert sent.json() == {"lasts_s": 300}
        code = sent.headers["x-simulated-code"]
        told = await self.told("POST", "/sign-in", {"kind": kind, "value": value, "code": code})
        return told["token"]

    async def pay(self, order: Any, **wish: object) -> None:
        """Pay, and let the simulated channel say what became of it."""
        await self.told("POST", f"/orders/{order['id']}/payments", {"method": "card", **wish}, key=order["key"])
        await self.work()

    async def work(self) -> None:
        """What waits to be done is done; what the simulated channel says arrives."""

        outbound = Outbound(httpx2.ASGITransport(self.served.app))
        desk = msgspec.structs.replace(desk_of(self.shop.house, outbound), callbacks="http://testserver.local")
        while await run_due(desk, self.shop.tenant_id):
            pass

    async def ship(self, order: Any, *lines: tuple[int, int]) -> None:
        """Everything of an order leaves."""
        run = self.shop.world.run
        id_ = self.shop.house.ids.read("ord", order["id"])
        units = tuple(LineQuantity(*one) for one in lines)
        (work,) = (await run(fulfil.release, ReleaseOrder(id_))).works
        await run(fulfil.pick, PickOne(work, PickWork(units)))
        await run(fulfil.ship, ShipOne(work, ShipWork(carrier="SF", tracking_no="SF1")))


def wish(*lines: tuple[str, int], total: int, **contact: str) -> dict[str, Any]:
    basket = [{"sku": sku, "quantity": quantity} for sku, quantity in lines]
    return {"lines": basket, "contact": {**CONTACT, **contact}, "expected_total_minor": total}


@pytest.fixture
async def street(shop: Shop) -> Street:
    memory = shop.house.db.memory
    memory.pop("api.limits", None)  # one client asks in every test
    await shop.world.run(put_storefront, access.Put("mall", FRONT))
    return Street(shop)


def code(answer: httpx2.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


class TestTheDoor:
    async def test_a_storefront_is_put_read_and_guarded_by_its_revision(self, world: World) -> None:
        path = "/v1/channels/mall/storefront"
        assert (await world.get(path)).status_code == 404
        body = {"published": False, "title": "Mall"}
        made = await world.put(path, body)
        assert (made.status_code, made.headers["etag"], made.json()["languages"]) == (201, '"1"', ["en", "zh"])
        changed = await world.put(path, body | {"title": "Mall 2"}, if_match='"1"')
        assert (changed.status_code, changed.json()["revision"]) == (200, 2)
        assert code(await world.put(path, body, if_match='"1"')) == (412, "resource.stale")
        assert (await world.get(path)).json()["title"] == "Mall 2"
        assert code(await world.put("/v1/channels/none/storefront", body)) == (404, "resource.not_found")
        assert [event[0] for event in await world.events()] == ["storefront.put.v1"] * 2

    async def test_only_a_published_one_opens(self, street: Street) -> None:
        assert (await street.told("GET"))["title"] == "Corner"
        await street.shop.world.run(put_storefront, access.Put("mall", access.Storefront(published=False, title="Corner")))
        for path in ("", "/products", "/products/tea"):
            assert code(await street.ask("GET", path)) == (404, "resource.not_found")
        assert code(await Street(street.shop, "stores").ask("GET")) == (404, "resource.not_found")
        nowhere = Street(street.shop)
        nowhere.at = "/v1/shop/nobody/mall"
        assert code(await nowhere.ask("GET")) == (404, "resource.not_found")

    async def test_keys_of_the_house_open_nothing_here_and_tokens_of_shoppers_nothing_there(self, street: Street) -> None:
        token = await street.sign_in()
        assert code(await street.ask("GET", "/me", token=street.shop.world.key)) == (401, "access.unauthenticated")
        assert code(await street.served.ask("GET", "/v1/orders", None, token)) == (401, "access.unauthenticated")

    async def test_a_client_gone_wild_is_slowed(self, street: Street, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("jiutong.api.entrance.REQUESTS_AT_ONCE", 2)
        street.shop.house.db.memory.pop("api.limits", None)
        assert [(await street.ask("GET")).status_code for _ in range(3)] == [200, 200, 429]
        street.shop.house.db.memory.pop("api.limits", None)


class TestGoods:
    async def test_what_is_offered_priced_and_published_is_shown_with_honest_stock(self, street: Street) -> None:
        await street.shop.world.run(move_products, MoveProducts((MoveProduct("free", "retired"),)))
        told = await street.told("GET", "/products?sort=title")
        assert [(one["code"], one["price"], one["stock"]) for one in told["items"]] == [
            ("rice", {"amount_minor": 250, "per": 1000}, {"state": "in_stock", "left": None}),
            ("salt", {"amount_minor": 50, "per": 1}, {"state": "in_stock", "left": None}),
            ("tea", {"amount_minor": 1999, "per": 1}, {"state": "in_stock", "left": None}),
        ]
        assert (told["count"], told["next"]) == (3, None)

    async def test_pages_follow_each_other_in_every_order(self, street: Street) -> None:
        for sort, wanted in {"price": "free salt rice tea", "price_desc": "tea rice salt free", "title": "free rice salt tea"}.items():
            seen: list[str] = []
            after = ""
            while after is not None:
                told = await street.told("GET", f"/products?limit=3&sort={sort}{after and f'&after={after}'}")
                seen += [one["code"] for one in told["items"]]
                after = told["next"]
            assert seen == wanted.split()

    async def test_best_sold_comes_first_and_what_is_gone_last(self, street: Street) -> None:
        for _ in range(2):
            await street.order(("salt", 1), total=54)
        await street.order(("tea", 92), total=179_262)
        await street.order(("tea", 8), total=17_311)
        told = await street.told("GET", "/products")
        assert [one["code"] for one in told["items"]] == ["salt", "free", "rice", "tea"]
        assert told["items"][3]["stock"] == {"state": "out", "left": None}

    async def test_a_product_tells_breaks_and_the_last_few(self, street: Street) -> None:
        await street.order(("tea", 97), total=189_005)
        told = await street.told("GET", "/products/tea")
        (form,) = told["forms"]
        assert form["stock"] == {"state": "few", "left": 3}
        assert form["breaks"] == [{"min_quantity": 1, "amount_minor": 1999, "per": 1}, {"min_quantity": 10, "amount_minor": 1800, "per": 1}]
        assert told["leaves_by"] == "2026-11-23"

    async def test_a_product_not_offered_here_is_not_there(self, street: Street) -> None:
        withdraw = PutListing("tea", "mall", "acme", "full", listed=False)
        await street.shop.world.run(put_listings, PutListings((withdraw,)))
        assert code(await street.ask("GET", "/products/tea")) == (404, "catalog.unknown_product")
        answer = await street.ask("POST", "/orders", wish(("tea", 1), total=2164))
        assert (answer.status_code, answer.json()["code"]) == (409, "catalog.not_listed")

    async def test_a_search_finds_words(self, street: Street) -> None:
        assert [one["code"] for one in (await street.told("GET", "/products?q=tea"))["items"]] == ["tea"]
        assert (await street.told("GET", "/products?q=nothing"))["items"] == []
        assert [one["code"] for one in (await street.told("GET", "/products?codes=tea,none,salt"))["items"]] == ["tea", "salt"]


class TestQuote:
    async def test_each_line_says_what_is_wrong_with_it(self, street: Street) -> None:
        lines = [("tea", 3), ("gone", 1), ("salt", 100), ("rice", 60_000)]
        told = await street.told("POST", "/quotes", {"lines": [{"sku": sku, "quantity": count} for sku, count in lines]})
        assert [(one["code"], one["left"], one["payable"]) for one in told["lines"]] == [
            (None, None, 6492),
            ("catalog.unknown_sku", None, 0),
            ("shop.too_many_pieces", 99, 5413),
            ("order.short", 50_000, 15_300),
        ]
        assert (told["complete"], told["total"]) == (False, 27_205)

    async def test_a_good_basket_is_complete(self, street: Street) -> None:
        told = await street.told("POST", "/quotes", {"lines": [{"sku": "tea", "quantity": 10}]})
        assert (told["complete"], told["gross"], told["tax"], told["total"]) == (True, 18_000, 1485, 19_485)

    async def test_nobody_takes_off_what_they_like(self, street: Street) -> None:
        line = {"sku": "tea", "quantity": 1, "adjustments": [{"amount_minor": 1000, "reason": "mine"}]}
        assert code(await street.ask("POST", "/quotes", {"lines": [line]})) == (422, "request.invalid")
        body = wish(("tea", 1), total=0) | {"adjustments": [{"amount_minor": 1000, "reason": "mine"}]}
        assert code(await street.ask("POST", "/orders", body)) == (422, "request.invalid")


class TestGuest:
    async def test_order_pay_follow_and_send_back(self, street: Street) -> None:
        order = await street.order(("tea", 2), ("salt", 1), total=4382)
        assert (order["total"], order["currency"], order["due_at"]) == (4382, "USD", "2026-11-22T12:15:00Z")
        path = f"/orders/{order['id']}"
        view = await street.told("GET", path, key=order["key"])
        assert (view["status"], view["due"], view["may"]) == ("placed", 4382, ["pay", "cancel"])
        assert view["contact"]["phone"] == "+14155550101"
        await street.pay(order)
        view = await street.told("GET", path, key=order["key"])
        assert (view["status"], view["due"], view["may"]) == ("paid", 0, ["cancel"])
        await street.ship(order, (1, 2), (2, 1))
        view = await street.told("GET", path, key=order["key"])
        assert (view["status"], view["may"], view["parcels"][0]["carrier"]) == ("shipped", ["return"], "SF")
        back = {"reason": "changed_mind", "lines": [{"line": 1, "quantity": 1}]}
        would = await street.told("POST", f"{path}/returns/preview", back, key=order["key"])
        assert (would["refund"], would["lines"]) == (2164, [{"line": 1, "quantity": 1, "amount": 2164}])
        done = await street.told("POST", f"{path}/returns", back, key=order["key"])
        assert done["refund"] == 2164
        await street.work()
        view = await street.told("GET", path, key=order["key"])
        assert (view["refunded"], view["refunds"][0]["state"], view["lines"][0]["returned"]) == (2164, "done", 1)
        steps = [step["what"] for step in reversed(view["timeline"])]
        assert steps[0] == "placed"
        assert set(steps) == {"placed", "money_in", "paid", "shipped", "returned", "refund_requested", "refunded"}

    async def test_what_nobody_has_seen_is_not_sold_again(self, street: Street) -> None:
        order = await street.order(("tea", 2), total=4328)
        await street.pay(order)
        await street.ship(order, (1, 2))
        before = await street.shop.stock("dc1", "tea")
        back = {"reason": "damaged", "lines": [{"line": 1, "quantity": 2}]}
        await street.told("POST", f"/orders/{order['id']}/returns", back, key=order["key"])
        assert await street.shop.stock("dc1", "tea") == before

    async def test_two_tenders_pay_one_order(self, street: Street) -> None:
        order = await street.order(("tea", 2), total=4328)
        await street.pay(order, amount_minor=1000)
        view = await street.told("GET", f"/orders/{order['id']}", key=order["key"])
        assert (view["status"], view["due"]) == ("placed", 3328)
        await street.pay(order, method="qr")
        view = await street.told("GET", f"/orders/{order['id']}", key=order["key"])
        assert [(one["method"], one["amount"], one["state"]) for one in view["payments"]] == [
            ("card", 1000, "captured"),
            ("qr", 3328, "captured"),
        ]
        assert view["status"] == "paid"

    async def test_a_declined_payment_can_be_tried_again(self, street: Street) -> None:
        order = await street.order(("salt", 1), total=54)
        await street.pay(order, script="declined")
        view = await street.told("GET", f"/orders/{order['id']}", key=order["key"])
        assert ([one["state"] for one in view["payments"]], view["due"], view["may"]) == (["failed"], 54, ["pay", "cancel"])
        await street.pay(order)
        assert (await street.told("GET", f"/orders/{order['id']}", key=order["key"]))["status"] == "paid"

    async def test_canceling_shows_first_what_goes_back(self, street: Street) -> None:
        order = await street.order(("tea", 2), total=4328)
        await street.pay(order)
        path = f"/orders/{order['id']}/cancellations"
        would = await street.told("POST", f"{path}/preview", {"reason": "changed_mind"}, key=order["key"])
        assert (await street.told("GET", f"/orders/{order['id']}", key=order["key"]))["status"] == "paid"
        done = await street.told("POST", path, {"reason": "changed_mind"}, key=order["key"])
        assert (would["refund"], done["refund"], done["to"][0]["amount"]) == (4328, 4328, 4328)
        assert (await street.told("GET", f"/orders/{order['id']}", key=order["key"]))["status"] == "canceled"
        assert await street.shop.stock("dc1", "tea") == [(100, 0)]

    async def test_a_price_that_moved_is_told_instead_of_charged(self, street: Street) -> None:
        street.shop.clock.at = NOON + timedelta(minutes=1)
        await street.shop.price(SetPrice("tea", 2000, valid_from=street.shop.clock.at))
        answer = await street.ask("POST", "/orders", wish(("tea", 1), total=2164))
        assert (*code(answer), answer.json()["total_minor"]) == (409, "order.total_moved", 2165)

    async def test_a_total_of_ones_own_making_places_nothing(self, street: Street) -> None:
        answer = await street.ask("POST", "/orders", wish(("tea", 1), total=1))
        assert code(answer) == (409, "order.total_moved")
        assert await street.shop.rows("select count(*) from orders.placed where tenant_id = $1") == [(0,)]

    async def test_too_many_of_one_thing_are_refused_with_the_limit(self, street: Street) -> None:
        answer = await street.ask("POST", "/orders", wish(("salt", 100), total=5413))
        assert (*code(answer), answer.json()["max"]) == (422, "shop.too_many_pieces", 99)

    @pytest.mark.parametrize(
        ("contact", "pointer"),
        [
            ({"phone": ""}, "/contact/phone"),
            ({"phone": "12"}, "/contact/phone"),
            ({"email": "nobody"}, "/contact/email"),
            ({"name": ""}, "/contact/name"),
            ({"country": "usa"}, "/contact/country"),
        ],
    )
    async def test_nobody_orders_without_being_reachable(self, street: Street, contact: dict[str, str], pointer: str) -> None:
        answer = await street.ask("POST", "/orders", wish(("salt", 1), total=54, **contact))
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)

    async def test_the_same_wish_under_the_same_key_is_one_order(self, street: Street) -> None:
        body = json.dumps(wish(("salt", 1), total=54)).encode()
        first, second = [await street.served.ask("POST", f"{street.at}/orders", body, "", idempotency_key="k") for _ in range(2)]
        assert (first.json(), second.headers["idempotency-replayed"]) == (second.json(), "true")
        assert await street.shop.rows("select count(*) from orders.placed where tenant_id = $1") == [(1,)]


class TestWhoseOrder:
    async def test_without_its_key_an_order_is_not_there(self, street: Street) -> None:
        mine, other = await street.order(("salt", 1), total=54), await street.order(("salt", 1), total=54)
        path = f"/orders/{mine['id']}"
        units = {"reason": "damaged", "lines": [{"line": 1, "quantity": 1}]}
        asked = [
            ("GET", path, None),
            ("POST", f"{path}/payments", {"method": "card"}),
            ("POST", f"{path}/cancellations", {"reason": "other"}),
            ("POST", f"{path}/cancellations/preview", {"reason": "other"}),
            ("POST", f"{path}/returns", units),
            ("POST", f"{path}/returns/preview", units),
        ]
        for key in ("", other["key"], "0" * 64):
            for method, at, body in asked:
                assert code(await street.ask(method, at, body, key=key)) == (404, "order.not_found")
        assert (await street.told("GET", path, key=mine["key"]))["status"] == "placed"

    async def test_an_order_of_another_channel_is_not_there(self, street: Street) -> None:
        await street.shop.world.run(put_storefront, access.Put("markt", FRONT))
        order = await street.order(("salt", 1), total=54)
        assert code(await Street(street.shop, "markt").ask("GET", f"/orders/{order['id']}", key=order["key"])) == (404, "order.not_found")

    async def test_a_member_sees_their_own_and_no_others(self, street: Street) -> None:
        ann, bob = await street.sign_in(), await street.sign_in("bob@example.com")
        order = await street.order(("salt", 1), total=54, token=ann)
        assert [one["id"] for one in (await street.told("GET", "/orders", token=ann))["items"]] == [order["id"]]
        assert (await street.told("GET", "/orders", token=bob))["items"] == []
        assert (await street.told("GET", f"/orders/{order['id']}", token=ann))["id"] == order["id"]
        assert code(await street.ask("GET", f"/orders/{order['id']}", token=bob)) == (404, "order.not_found")
        assert code(await street.ask("GET", "/orders")) == (401, "access.unauthenticated")

    async def test_a_guest_with_a_members_phone_number_is_no_member(self, street: Street) -> None:
        ann = await street.sign_in("+14155550101", "phone")
        await street.order(("salt", 1), total=54)
        assert (await street.told("GET", "/orders", token=ann))["items"] == []

    async def test_it_is_found_again_by_number_and_contact_alone(self, street: Street) -> None:
        order = await street.order(("salt", 1), total=54, email="Ann@Example.com")
        for contact in ("+1 415 555 0101", "(415) 555-0101", "ann@example.com"):
            found = await street.told("POST", "/orders/find", {"order": order["id"], "contact": contact})
            assert found == {"id": order["id"], "key": order["key"]}
        wrong = await street.ask("POST", "/orders/find", {"order": order["id"], "contact": "bob@example.com"})
        none = await street.ask("POST", "/orders/find", {"order": "ord_0000000000000", "contact": "ann@example.com"})
        assert code(wrong) == code(none) == (404, "order.not_found")

    async def test_numbers_are_not_tried_for_ever(self, street: Street) -> None:
        tried = [await street.ask("POST", "/orders/find", {"order": "ord_0000000000000", "contact": "a@example.com"}) for _ in range(11)]
        assert [one.status_code for one in tried] == [404] * 10 + [429]

    async def test_sending_back_ends(self, street: Street) -> None:
        order = await street.order(("salt", 1), total=54)
        await street.pay(order)
        await street.ship(order, (1, 1))
        back = {"reason": "damaged", "lines": [{"line": 1, "quantity": 1}]}
        street.shop.clock.at = NOON + timedelta(days=30, seconds=1)
        assert code(await street.ask("POST", f"/orders/{order['id']}/returns", back, key=order["key"])) == (409, "shop.no_returns")
        street.shop.clock.at = NOON
        await street.shop.world.run(put_storefront, access.Put("mall", access.Storefront(published=True, title="C", country="US")))
        assert code(await street.ask("POST", f"/orders/{order['id']}/returns", back, key=order["key"])) == (409, "shop.no_returns")


class TestSignIn:
    async def test_a_code_opens_once(self, street: Street) -> None:
        sent = await street.ask("POST", "/codes", {"kind": "email", "value": "Ann@Example.com "})
        body = {"kind": "email", "value": "ann@example.com", "code": sent.headers["x-simulated-code"]}
        told = await street.told("POST", "/sign-in", body)
        assert (told["new"], told["token"][:4], told["lasts_s"]) == (True, "jtm_", 2_592_000)
        me = await street.told("GET", "/me", token=told["token"])
        assert me == {"name": "", "level": "basic", "identities": [{"kind": "email", "value": "ann@example.com"}], "companies": []}
        assert code(await street.ask("POST", "/sign-in", body)) == (401, "member.wrong_code")

    async def test_five_tries_and_then_not_even_the_right_one(self, street: Street) -> None:
        sent = await street.ask("POST", "/codes", {"kind": "email", "value": "ann@example.com"})
        right = sent.headers["x-simulated-code"]
        wrong = "000000" if right != "000000" else "111111"
        for _ in range(5):
            body = {"kind": "email", "value": "ann@example.com", "code": wrong}
            assert code(await street.ask("POST", "/sign-in", body)) == (401, "member.wrong_code")
        assert code(await street.ask("POST", "/sign-in", {**body, "code": right})) == (401, "member.wrong_code")

    async def test_an_old_code_opens_nothing(self, street: Street) -> None:
        sent = await street.ask("POST", "/codes", {"kind": "email", "value": "ann@example.com"})
        street.shop.clock.at = NOON + timedelta(minutes=5)
        body = {"kind": "email", "value": "ann@example.com", "code": sent.headers["x-simulated-code"]}
        assert code(await street.ask("POST", "/sign-in", body)) == (401, "member.wrong_code")

    async def test_another_code_waits_half_a_minute_and_ends_the_first(self, street: Street) -> None:
        reach = {"kind": "email", "value": "ann@example.com"}
        first = await street.ask("POST", "/codes", reach)
        again = await street.ask("POST", "/codes", reach)
        assert (again.json(), "x-simulated-code" in again.headers) == (first.json(), False)
        street.shop.clock.at = NOON + timedelta(seconds=30)
        second = await street.ask("POST", "/codes", reach)
        old = first.headers["x-simulated-code"]
        if old != second.headers["x-simulated-code"]:
            assert code(await street.ask("POST", "/sign-in", {**reach, "code": old})) == (401, "member.wrong_code")
        assert (await street.ask("POST", "/sign-in", {**reach, "code": second.headers["x-simulated-code"]})).status_code == 200

    async def test_neither_code_nor_token_is_kept(self, street: Street) -> None:
        sent = await street.ask("POST", "/codes", {"kind": "email", "value": "ann@example.com"})
        opened = sent.headers["x-simulated-code"]
        ((kept,),) = await street.shop.rows("select encode(code_hash, 'hex') from member.code where tenant_id = $1")
        assert opened not in kept
        token = await street.told("POST", "/sign-in", {"kind": "email", "value": "ann@example.com", "code": opened})
        ((hashed,),) = await street.shop.rows("select token_hash from member.session where tenant_id = $1")
        assert hashed == access.secret_hash(token["token"])

    async def test_codes_are_not_sent_for_ever(self, street: Street) -> None:
        sent = [await street.ask("POST", "/codes", {"kind": "email", "value": f"a{no}@example.com"}) for no in range(6)]
        assert [one.status_code for one in sent] == [200] * 5 + [429]

    async def test_whoever_leaves_is_a_guest_again(self, street: Street) -> None:
        token = await street.sign_in()
        assert (await street.ask("POST", "/sign-out", token=token)).status_code == 204
        assert code(await street.ask("GET", "/me", token=token)) == (401, "access.unauthenticated")

    async def test_addresses_are_ones_own(self, street: Street) -> None:
        ann, bob = await street.sign_in(), await street.sign_in("bob@example.com")
        home = {"name": "Ann", "phone": "+14155550101", "country": "US", "region": "Oakland, CA", "address": "1 Main St", "preferred": True}
        kept = await street.told("POST", "/me/addresses", home, token=ann)
        work = await street.told("POST", "/me/addresses", {**home, "address": "2 Side St"}, token=ann)
        items = (await street.told("GET", "/me/addresses", token=ann))["items"]
        assert [(one["id"], one.get("preferred", False)) for one in items] == [(work["id"], True), (kept["id"], False)]
        path = f"/me/addresses/{kept['id']}"
        assert code(await street.ask("PUT", path, home, token=bob)) == (404, "resource.not_found")
        assert (await street.ask("DELETE", path, token=bob)).status_code == 204
        assert len((await street.told("GET", "/me/addresses", token=ann))["items"]) == 2
        assert (await street.ask("DELETE", path, token=ann)).status_code == 204
        assert len((await street.told("GET", "/me/addresses", token=ann))["items"]) == 1
        await street.told("PUT", "/me", {"name": " Ann "}, token=ann)
        assert (await street.told("GET", "/me", token=ann))["name"] == "Ann"


class TestPages:
    async def read(self, street: Street, path: str, **headers: str) -> httpx2.Response:
        return await street.served.ask("GET", f"/shop/{street.shop.world.tenant.code}/mall{path}", **headers)

    async def test_a_product_reads_without_scripts(self, street: Street) -> None:
        page = await self.read(street, "/p/tea", accept="text/html")
        assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
        facts = [json.loads(one.partition("</script>")[0]) for one in page.text.split('<script type="application/ld+json">')[1:]]
        assert facts[0]["offers"] == {
            "@type": "Offer",
            "url": f"https://testserver.local/shop/{street.shop.world.tenant.code}/mall/p/tea",
            "priceCurrency": "USD",
            "price": "19.99",
            "availability": "https://schema.org/InStock",
        }
        assert [one["name"] for one in facts[1]["itemListElement"]] == ["Home", "Tea"]
        assert "<h1>Tea</h1>" in page.text
        assert "script-src" not in page.headers["content-security-policy"] or "unsafe-inline" not in page.headers["content-security-policy"]

    async def test_it_speaks_the_readers_language(self, street: Street) -> None:
        assert '<html lang="zh-CN">' in (await self.read(street, "/", accept_language="zh-CN")).text
        assert '<html lang="en">' in (await self.read(street, "/?lang=en", accept_language="zh-CN")).text

    async def test_nothing_from_the_catalog_becomes_markup(self, street: Street) -> None:
        nasty = "</script><script>alert(1)</script><img src=x onerror=alert(2)>"
        made = await street.shop.world.put("/v1/products/tea", {"title": nasty, "description": nasty, "skus": [{"code": "tea"}]})
        assert made.status_code == 200
        for path in ("/", "/p/tea", "/search", f"/search?q={nasty}"):
            text = (await self.read(street, path)).text
            assert "<script>alert" not in text
            assert "<img src=x" not in text

    async def test_what_is_not_there_is_404_and_not_indexed(self, street: Street) -> None:
        missing = await self.read(street, "/p/none")
        assert (missing.status_code, 'content="noindex"' in missing.text) == (404, True)
        assert (await self.read(street, "/c/none")).status_code == 404
        assert (await street.served.ask("GET", "/shop/nobody/mall")).status_code == 404

    async def test_where_companies_share_a_server_one_has_to_know_the_address(self, street: Street) -> None:
        tenants = await street.shop.house.db.tenants()
        answer = await street.served.ask("GET", "/v1/shop")
        if tenants == [street.shop.tenant_id]:
            assert answer.json() == {"tenant": street.shop.world.tenant.code, "channel": "mall"}
        else:
            assert code(answer) == (404, "resource.not_found")
