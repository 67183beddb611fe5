"""One box finds everything, as far as the caller may read it."""

from datetime import timedelta
from typing import Any

from tests.shop import BARCODE, Shop, basket, receipt, shop
from tests.works import refunds
from tests.world import served, world

from jiutong.capabilities.member import Recognize
from jiutong.flows.words import Contact

__all__ = ["served", "shop", "world"]
PHONE = "+14155550123"


async def found(shop: Shop, typed: str, key: str = "") -> list[dict[str, Any]]:
    told = await shop.world.served.ask("POST", "/v1/find", {"text": typed}, key or shop.world.key)
    assert told.status_code == 200, told.text
    return told.json()["items"]


def kinds(items: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(one["kind"], one["title"]) for one in items]


async def test_a_phone_number_leads_to_the_member_and_the_newest_orders(shop: Shop) -> None:
    who = Recognize("phone", PHONE, name="Ada Byron")
    first = await shop.placed(basket(("salt", 1), member=who))
    shop.clock.at += timedelta(seconds=1)
    second = await shop.placed(basket(("salt", 2), member=who))
    names = [shop.house.ids.show("ord", one.order_id) for one in (second, first)]
    for typed in (PHONE, "415 555 0123", "(415) 555-0123", "0123", "550123", "+1415"):
        items = await found(shop, typed)
        assert kinds(items) == [("member", "Ada Byron"), *(("order", name) for name in names)], typed
    assert items[1] == {
        "kind": "order",
        "id": names[0],
        "title": names[0],
        "subtitle": "Mall",
        "state": "placed",
        "amount": second.total,
        "currency": "USD",
        "at": "2026-11-22T12:00:01Z",
    }
    for typed in ("ada", "Ada By"):
        assert kinds(await found(shop, typed))[0] == ("member", "Ada Byron"), typed
    assert kinds(await found(shop, "byron")) == []
    assert kinds(await found(shop, "123")) == []


async def test_whoever_orders_as_a_guest_is_found_by_the_number_to_deliver_to(shop: Shop) -> None:
    placed = await shop.placed(basket(("salt", 1), contact=Contact(name="Guest", phone="+1 415 555 0188")))
    name = shop.house.ids.show("ord", placed.order_id)
    assert kinds(await found(shop, "555 0188")) == [("order", name)]
    assert kinds(await found(shop, "5550189")) == []


async def test_numbers_codes_and_words(shop: Shop) -> None:
    rung = await shop.rung(receipt("R-77", ("salt", 2), paid=119))
    order = shop.house.ids.show("ord", rung.order_id)
    assert kinds(await found(shop, order)) == [("order", "R-77")]
    assert kinds(await found(shop, order.upper())) == [] or order.upper() == order
    assert kinds(await found(shop, "R-77")) == [("order", "R-77")]
    assert kinds(await found(shop, BARCODE)) == [("product", "Tea")]
    assert kinds(await found(shop, "tea")) == [("product", "Tea")]
    assert kinds(await found(shop, "ric")) == [("product", "Rice")]
    assert kinds(await found(shop, "s1")) == [("store", "S1")]
    assert kinds(await found(shop, "dc")) == [("location", "Center"), ("location", "Lager")]
    assert kinds(await found(shop, "card-4711")) == []
    for nothing in ("%", "ord_", "ord_bogus", "zzz_123", "   ", "_"):
        assert await found(shop, nothing) == [], nothing


async def test_papers_by_their_public_id(shop: Shop) -> None:
    (said,) = await refunds(shop, 1)
    ids = shop.house.ids
    name = ids.show("ref", said.refund_id)
    (item,) = await found(shop, name)
    assert (item["kind"], item["id"], item["state"], item["amount"], item["currency"]) == ("refund", name, "requested", said.amount, "USD")
    ((tender_id, order_id),) = await shop.world.rows("select tender_id, order_id from payment.refund where tenant_id = $1")
    assert item["order"] == ids.show("ord", order_id)
    assert kinds(await found(shop, ids.show("ten", tender_id))) == [("payment", ids.show("ten", tender_id))]
    assert await found(shop, ids.show("ten", said.refund_id)) == []
    assert await found(shop, ids.show("shp", said.refund_id)) == []


async def test_nobody_finds_what_they_may_not_read(shop: Shop) -> None:
    placed = await shop.placed(basket(("tea", 1), member=Recognize("phone", PHONE, name="Tea Lady")))
    order = shop.house.ids.show("ord", placed.order_id)
    keys = {grant: await shop.world.key_with(grant) for grant in ("order:read", "member:read", "catalog:read", "access:read", "till:sell")}
    told = {grant: kinds(await found(shop, "tea", key)) for grant, key in keys.items()}
    assert told == {
        "order:read": [],
        "member:read": [("member", "Tea Lady")],
        "catalog:read": [("product", "Tea")],
        "access:read": [],
        "till:sell": [],
    }
    assert {grant: kinds(await found(shop, PHONE, key)) for grant, key in keys.items()}["member:read"] == [("member", "Tea Lady")]
    assert kinds(await found(shop, order, keys["member:read"])) == []
    assert kinds(await found(shop, order, keys["order:read"])) == [("order", order)]
    assert (await shop.world.served.ask("POST", "/v1/find", {"text": "tea"})).status_code == 401
    assert (await shop.world.served.ask("POST", "/v1/find", {"text": ""}, shop.world.key)).status_code == 422
