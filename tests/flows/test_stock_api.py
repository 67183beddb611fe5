"""Stock and fulfillment through HTTP: what a store manager, a picker and a merchandiser see and do."""

from typing import Any

import asyncpg
import httpx2
import pytest
from tests.world import World, served, world

from jiutong.flows import checkout, pay
from jiutong.flows.checkout import LineWish, Placed, PlaceOrder
from jiutong.flows.pay import Pay, Payment

__all__ = ["served", "world"]

_GOODS = """
insert into catalog.product (tenant_id, product_id, code, title, status, created_at, changed_at)
values ({t}, 1, 'p', 'P', 'published', now(), now());
insert into catalog.sku (tenant_id, sku_id, product_id, code, title) values ({t}, 21, 1, 'tea', 'Tea'), ({t}, 22, 1, 'rice', 'Rice');
insert into catalog.listing (tenant_id, listing_id, sku_id, channel_id, seller_id, owner_id, tax_class)
select {t}, 100 * s + c.channel_id % 100, s, c.channel_id, e.seller_id, e.seller_id, 'standard'
  from unnest(array[21, 22]) s, access.channel c, access.seller e where c.tenant_id = {t} and e.tenant_id = {t};
insert into pricing.price_list (tenant_id, list_id, code, name, kind, currency) values ({t}, 1, 'base', 'Base', 'base', 'USD');
insert into pricing.price (tenant_id, price_id, list_id, sku_id, amount, valid_from)
values ({t}, 1, 1, 21, 300, '2020-01-01Z'), ({t}, 2, 1, 22, 200, '2020-01-01Z');
insert into pricing.tax_rate (tenant_id, seller_id, tax_class, rate_bp, valid_from)
select {t}, e.seller_id, 'standard', 800, '2020-01-01Z' from access.seller e where e.tenant_id = {t}
"""


@pytest.fixture
async def shop(world: World, admin_url: str) -> World:
    """A world with tea (3.00) and rice (2.00), twenty tea in the center."""
    admin = await asyncpg.connect(admin_url)
    try:
        await admin.execute(_GOODS.format(t=int(world.tenant.tenant_id)))
    finally:
        await admin.close()
    await receive(world, ("tea", 20))
    return world


async def receive(world: World, *lines: tuple[str, int], at: str = "dc1") -> dict[str, Any]:
    body = {"location": at, "lines": [{"sku": sku, "quantity": units} for sku, units in lines], "reason": "opening"}
    return made(await world.post("/v1/stock/receipts", body))


async def order(world: World, *lines: tuple[str, int]) -> Placed:
    """A paid order of the mall."""
    placed = await world.run(checkout.place, PlaceOrder("mall", tuple(LineWish(*line) for line in lines)))
    await world.run(pay.start, Pay(placed.order_id, Payment("cash")))
    return placed


def made(told: httpx2.Response) -> dict[str, Any]:
    assert told.status_code == 201, told.text
    return told.json()


def refused(told: httpx2.Response) -> tuple[int, str, str]:
    body = told.json()
    return told.status_code, body["code"], body["errors"][0]["pointer"] if "errors" in body else ""


async def ok(world: World, path: str) -> Any:
    told = await world.get(path)
    assert told.status_code == 200, told.text
    return told.json()


class TestPapers:
    async def test_a_receipt_has_an_address(self, shop: World) -> None:
        told = await shop.post(
            "/v1/stock/receipts",
            {"location": "dc1", "lines": [{"sku": "tea", "quantity": 5}, {"sku": "rice", "quantity": 2}], "reference": "DN 1"},
            idempotency_key="k",
        )
        paper = made(told)
        assert told.headers["location"] == f"/v1/stock/papers/{paper['id']}"
        assert {name: paper[name] for name in ("kind", "location", "owner", "reason", "reference", "lines", "more", "less")} == {
            "kind": "receipt",
            "location": "dc1",
            "owner": "acme",
            "reason": "purchase",
            "reference": "DN 1",
            "lines": 2,
            "more": 7,
            "less": 0,
        }
        assert await ok(shop, f"/v1/stock/papers/{paper['id']}") == paper
        lines = await ok(shop, f"/v1/stock/papers/{paper['id']}/lines?limit=1")
        assert lines["items"] == [{"line_no": 1, "sku": "tea", "title": "Tea", "change": 5, "counted": None}]
        rest = await ok(shop, f"/v1/stock/papers/{paper['id']}/lines?after={lines['next']}")
        assert ([one["sku"] for one in rest["items"]], rest["next"]) == (["rice"], None)

    async def test_adjustments_and_counts_are_papers_too(self, shop: World) -> None:
        adjusted = made(
            await shop.post("/v1/stock/adjustments", {"location": "dc1", "reason": "damaged", "lines": [{"sku": "tea", "change": -2}]})
        )
        counted = made(await shop.post("/v1/stock/counts", {"location": "dc1", "lines": [{"sku": "tea", "counted": 19}]}))
        assert (adjusted["more"], adjusted["less"], counted["more"], counted["less"]) == (0, 2, 1, 0)
        papers = await ok(shop, "/v1/stock/papers?location=dc1&limit=2")
        assert [one["id"] for one in papers["items"]] == [counted["id"], adjusted["id"]]
        rest = await ok(shop, f"/v1/stock/papers?after={papers['next']}")
        assert [one["reason"] for one in rest["items"]] == ["opening"]
        assert [one["id"] for one in (await ok(shop, "/v1/stock/papers?kind=count"))["items"]] == [counted["id"]]

    async def test_what_is_wrong_is_pointed_at(self, shop: World) -> None:
        body = {"location": "dc1", "reason": "lost", "lines": [{"sku": "tea", "change": -21}]}
        assert refused(await shop.post("/v1/stock/adjustments", body)) == (409, "inventory.not_free", "/lines/0/change")
        no_lines: list[object] = []
        body = {"location": "dc1", "reason": "stolen", "lines": no_lines}
        assert refused(await shop.post("/v1/stock/adjustments", body))[0] == 422
        body = {"location": "none", "lines": [{"sku": "tea", "quantity": 1}]}
        assert refused(await shop.post("/v1/stock/receipts", body)) == (422, "inventory.unknown_location", "/location")
        assert (await shop.get("/v1/stock/papers/pap_0000000000000")).status_code == 404

    async def test_reading_does_not_allow_writing(self, shop: World) -> None:
        key = await shop.key_with("inventory:read")
        assert (await shop.served.ask("GET", "/v1/stock", None, key)).status_code == 200
        body = {"location": "dc1", "lines": [{"sku": "tea", "counted": 1}]}
        assert (await shop.served.ask("POST", "/v1/stock/counts", body, key)).status_code == 403
        assert (await shop.served.ask("GET", "/v1/fulfillments", None, key)).status_code == 403

    async def test_reasons_are_published(self, shop: World) -> None:
        reasons = await ok(shop, "/v1/stock/reasons")
        assert {"code": "theft", "kind": "adjustment", "direction": -1, "means": "stolen"} in reasons


class TestStock:
    async def test_what_can_be_promised_is_explained_by_who_holds_it(self, shop: World) -> None:
        await receive(shop, ("tea", 3), at="s1")
        placed = await order(shop, ("tea", 5))
        told = await ok(shop, "/v1/stock/tea")
        assert (told["on_hand"], told["held"], told["available"]) == (23, 5, 18)
        (center, shelves) = told["places"]
        assert (center["location"], center["mode"], center["on_hand"], center["held"], center["available"]) == ("dc1", "strict", 20, 5, 15)
        assert center["holders"] == [
            {"order": shop.served.house.ids.show("ord", placed.order_id), "line": 1, "status": "paid", "held": 5, "expires_at": None}
        ]
        assert (shelves["location"], shelves["mode"], shelves["available"], shelves["holders"]) == ("s1", "exception", 3, [])
        assert (await shop.get("/v1/stock/none")).status_code == 404

    async def test_the_list_is_filtered_and_read_in_pages(self, shop: World) -> None:
        await receive(shop, ("rice", 4))
        await receive(shop, ("tea", 3), at="s1")
        first = await ok(shop, "/v1/stock?limit=2")
        rest = await ok(shop, f"/v1/stock?limit=2&after={first['next']}")
        found = [(one["location"], one["sku"], one["available"]) for one in (*first["items"], *rest["items"])]
        assert (found, rest["next"]) == ([("dc1", "tea", 20), ("dc1", "rice", 4), ("s1", "tea", 3)], None)
        nothing: list[tuple[str, str]] = []
        for asked, expected in (
            ("location=s1", [("s1", "tea")]),
            ("sku=rice", [("dc1", "rice")]),
            ("available_below=5", [("dc1", "rice"), ("s1", "tea")]),
            ("available_below=0", nothing),
            ("owner=none", nothing),
        ):
            assert [(one["location"], one["sku"]) for one in (await ok(shop, f"/v1/stock?{asked}"))["items"]] == expected
        assert refused(await shop.get("/v1/stock?after=x"))[:2] == (422, "request.invalid")

    async def test_every_movement_names_what_is_behind_it(self, shop: World) -> None:
        placed = await order(shop, ("tea", 5))
        released = (await shop.post("/v1/fulfillments", {"order": shop.served.house.ids.show("ord", placed.order_id)})).json()
        (work,) = released["fulfillments"]
        await shop.post(f"/v1/fulfillments/{work}/pick", {"lines": [{"line": 1, "quantity": 5}]})
        made(await shop.post(f"/v1/fulfillments/{work}/ship", {}))
        counted = made(await shop.post("/v1/stock/counts", {"location": "dc1", "lines": [{"sku": "tea", "counted": 14}]}))
        told = await ok(shop, "/v1/stock/movements?sku=tea")
        moved = [(one["rule"], one["change"], one["paper"], one["order"], one["reason"]) for one in told["items"]]
        assert moved[:2] == [
            ("goods.lost", -1, counted["id"], None, "cycle"),
            ("order.shipped", -5, None, released["order"], None),
        ]
        assert [one[:2] for one in moved[2:]] == [("goods.received", 20)]
        first = await ok(shop, "/v1/stock/movements?sku=tea&limit=1")
        second = await ok(shop, f"/v1/stock/movements?sku=tea&limit=1&after={first['next']}")
        assert second["items"][0] == told["items"][1]
        assert (await ok(shop, "/v1/stock/movements?sku=tea&location=s1"))["items"] == []

    async def test_each_movement_says_what_lay_there_after_it(self, shop: World) -> None:
        await receive(shop, ("tea", 7), at="s1")
        await shop.post("/v1/stock/adjustments", {"location": "dc1", "reason": "damaged", "lines": [{"sku": "tea", "change": -4}]})
        await receive(shop, ("tea", 2))
        told = (await ok(shop, "/v1/stock/movements?sku=tea"))["items"]
        assert [(one["location"], one["kind"], one["change"], one["balance"]) for one in told] == [
            ("dc1", "receipt", 2, 18),
            ("dc1", "adjustment", -4, 16),
            ("s1", "receipt", 7, 7),
            ("dc1", "receipt", 20, 20),
        ]
        entry = await ok(shop, f"/v1/ledger/entries/{told[1]['entry']}")
        assert (entry["rule"], entry["subject"]["reason"], entry["subject"]["id"]) == ("goods.lost", "damaged", told[1]["paper"])
        balances: dict[str, list[int]] = {
            "kind=adjustment": [16],
            "reason=damaged": [16],
            "reason=opening&location=dc1": [18, 20],
            "kind=sale": [],
            "since=2026-11-22T12:00:00Z&limit=1": [18],
            "until=2026-11-22T12:00:00Z": [],
        }
        for asked, expected in balances.items():
            assert [one["balance"] for one in (await ok(shop, f"/v1/stock/movements?sku=tea&{asked}"))["items"]] == expected

    async def test_stock_is_found_by_code_barcode_and_title(self, shop: World, admin_url: str) -> None:
        await receive(shop, ("rice", 4), at="s1")
        admin = await asyncpg.connect(admin_url)
        try:
            await admin.execute(f"insert into catalog.barcode values ({shop.tenant.tenant_id}, '00036000291452', 22)")
            await admin.execute(
                f"update catalog.sku set title = 'Long 100%_rice' where tenant_id = {shop.tenant.tenant_id} and sku_id = 22"
            )
        finally:
            await admin.close()
        found: dict[str, list[str]] = {
            "tea": ["tea"],
            "te": ["tea"],
            "RICE long": ["rice"],
            "0%25_": ["rice"],
            "036000291452": ["rice"],
            "%25": ["rice"],
            "lentils": [],
            "%20": ["tea", "rice"],
        }
        for q, expected in found.items():
            assert [one["sku"] for one in (await ok(shop, f"/v1/stock?q={q}"))["items"]] == expected, q

    async def test_what_is_held_beyond_the_orders_told_is_said(self, shop: World) -> None:
        await order(shop, ("tea", 5))
        told = await ok(shop, "/v1/stock/tea")
        assert (told["title"], told["base_unit"], told["floor"], told["held_unlisted"]) == ("Tea", "piece", 0, 0)

    async def test_shortages_are_listed_until_they_are_settled(self, shop: World) -> None:
        body = {"location": "s1", "reason": "lost", "lines": [{"sku": "tea", "change": -2}]}
        paper = made(await shop.post("/v1/stock/adjustments", body))
        (short,) = (await ok(shop, "/v1/stock/shortages"))["items"]
        assert (short["sku"], short["location"], short["below_zero"], short["on_hand"]) == ("tea", "s1", 2, -2)
        assert (short["paper"], short["order"], short["resolved_at"]) == (paper["id"], None, None)
        settled = await shop.post(f"/v1/stock/shortages/{short['id']}/resolve", {"reason": "known"})
        assert (settled.status_code, settled.json()["resolved_at"]) == (200, "2026-11-22T12:00:00Z")
        again = await shop.post(f"/v1/stock/shortages/{short['id']}/resolve", {"reason": "known"})
        assert refused(again)[:2] == (409, "inventory.shortage_gone")
        assert (await ok(shop, "/v1/stock/shortages"))["items"] == []
        assert len((await ok(shop, "/v1/stock/shortages?resolved=true&location=s1"))["items"]) == 1


class TestScan:
    async def test_goods_are_known_by_code_and_barcode_with_what_lies_there(self, shop: World, admin_url: str) -> None:
        admin = await asyncpg.connect(admin_url)
        try:
            await admin.execute(f"insert into catalog.barcode values ({shop.tenant.tenant_id}, '00036000291452', 22)")
        finally:
            await admin.close()
        await order(shop, ("tea", 5))
        assert await ok(shop, "/v1/stock/scan?code=tea&location=dc1") == {
            "sku": "tea",
            "title": "Tea",
            "base_unit": "piece",
            "on_hand": 20,
            "held": 5,
        }
        assert (await ok(shop, "/v1/stock/scan?code=tea&location=s1"))["on_hand"] == 0
        assert (await ok(shop, "/v1/stock/scan?code=036000291452"))["sku"] == "rice"
        assert (await shop.get("/v1/stock/scan?code=none")).status_code == 404


class TestCountPreview:
    async def test_a_count_is_told_beside_the_book_and_nothing_is_kept(self, shop: World) -> None:
        await receive(shop, ("rice", 4))
        lines = [{"sku": "tea", "counted": 18}]
        told = await shop.post("/v1/stock/counts/preview", {"location": "dc1", "lines": lines, "reason": "full"})
        assert (told.status_code, told.json()["more"], told.json()["less"]) == (200, 0, 6)
        assert [(one["line"], one["sku"], one["book"], one["counted"], one["change"]) for one in told.json()["lines"]] == [
            (1, "tea", 20, 18, -2),
            (None, "rice", 4, 0, -4),
        ]
        assert [one["kind"] for one in (await ok(shop, "/v1/stock/papers"))["items"]] == ["receipt", "receipt"]
        booked = made(await shop.post("/v1/stock/counts", {"location": "dc1", "lines": lines, "reason": "full"}))
        assert (booked["more"], booked["less"]) == (0, 6)

    async def test_of_a_cycle_only_what_was_counted_is_told(self, shop: World) -> None:
        await receive(shop, ("rice", 4))
        lines = [{"sku": "tea", "counted": 20}, {"sku": "rice", "counted": 5}]
        told = (await shop.post("/v1/stock/counts/preview", {"location": "dc1", "lines": lines})).json()
        assert [(one["line"], one["sku"], one["change"]) for one in told["lines"]] == [(2, "rice", 1), (1, "tea", 0)]

    async def test_it_is_refused_like_the_count_itself(self, shop: World) -> None:
        await order(shop, ("tea", 5))
        lines = [{"sku": "tea", "counted": 4}]
        for address in ("/v1/stock/counts/preview", "/v1/stock/counts"):
            told = await shop.post(address, {"location": "dc1", "lines": lines})
            assert refused(told) == (409, "inventory.not_free", "/lines/0/counted"), address

    async def test_papers_are_found_by_what_is_written_on_them(self, shop: World) -> None:
        body = {"location": "dc1", "lines": [{"sku": "tea", "quantity": 1}], "reference": "DN 100%"}
        made(await shop.post("/v1/stock/receipts", body))
        for asked, count in (
            ("reference=dn", 1),
            ("reference=100%25", 1),
            ("reference=200", 0),
            ("reason=purchase", 1),
            ("reason=opening", 1),
            ("until=2026-11-22T12:00:00Z", 0),
            ("since=2026-11-22T12:00:00Z", 2),
        ):
            found = (await ok(shop, f"/v1/stock/papers?{asked}"))["items"]
            assert (len(found), {one["location_name"] for one in found} - {"Center"}) == (count, set()), asked


class TestPlaces:
    async def test_locations_are_found_by_a_part_of_their_name(self, world: World) -> None:
        assert [one["code"] for one in (await ok(world, "/v1/locations?q=cent"))["items"]] == ["dc1"]
        assert [one["code"] for one in (await ok(world, "/v1/locations?q=S"))["items"]] == ["s1", "s2"]

    async def test_a_location_is_put_read_and_guarded_by_its_revision(self, world: World) -> None:
        wanted = {"name": "North", "kind": "dc", "mode": "strict"}
        told = await world.put("/v1/locations/north", wanted)
        assert (told.status_code, told.headers["location"], told.headers["etag"]) == (201, "/v1/locations/north", '"1"')
        shown = await world.get("/v1/locations/north")
        assert (shown.json(), shown.headers["etag"]) == ({"code": "north", "store": None, "revision": 1, **wanted}, '"1"')
        assert (await world.put("/v1/locations/north", wanted, if_match='"1"')).status_code == 200
        assert (await world.put("/v1/locations/north", wanted, if_match='"1"')).status_code == 412
        assert refused(await world.put("/v1/locations/NORTH", wanted)) == (422, "inventory.bad_code", "/code")
        assert [one["code"] for one in (await ok(world, "/v1/locations"))["items"]] == ["dc1", "north", "s1", "s2"]
        assert (await world.get("/v1/locations/none")).status_code == 404

    async def test_sources_are_put_and_read_in_their_order(self, world: World) -> None:
        await world.put("/v1/locations/north", {"name": "North", "kind": "dc", "mode": "strict"})
        told = await world.put("/v1/channels/mall/sources", {"locations": ["north", "dc1"]})
        assert (told.status_code, told.json()) == (200, {"locations": ["north", "dc1"]})
        assert [one["location"] for one in await ok(world, "/v1/channels/mall/sources")] == ["north", "dc1"]
        body = {"locations": ["s1"]}
        assert refused(await world.put("/v1/channels/mall/sources", body)) == (422, "inventory.source_not_strict", "/locations/0")
        assert (await world.get("/v1/channels/none/sources")).status_code == 404
        assert await ok(world, "/v1/channels/stores/sources") == []


class TestFulfillment:
    async def test_from_the_board_to_the_door(self, shop: World) -> None:
        placed = await order(shop, ("tea", 5), ("tea", 1))
        name = shop.served.house.ids.show("ord", placed.order_id)
        released = (await shop.post("/v1/fulfillments", {"order": name})).json()
        (work,) = released["fulfillments"]
        (row,) = (await ok(shop, "/v1/fulfillments?location=dc1"))["items"]
        assert (row["id"], row["order"], row["state"]) == (work, name, "released")
        units = {"quantity": 5, "picked": 0, "shipped": 0, "canceled": 0}
        assert row["lines"][0] == {"line": 1, "sku": "tea", "title": "Tea", "gtins": [], **units}
        picked = (await shop.post(f"/v1/fulfillments/{work}/pick", {"lines": [{"line": 1, "quantity": 5}]})).json()
        assert (picked["state"], picked["lines"][0]["picked"]) == ("picking", 5)
        told = await shop.post(f"/v1/fulfillments/{work}/ship", {"carrier": "SF", "tracking_no": "1"})
        parcel = made(told)
        assert told.headers["location"] == f"/v1/shipments/{parcel['id']}"
        assert (parcel["fulfillment"], parcel["order"], parcel["location"]) == (work, name, "dc1")
        assert parcel["lines"] == [{"line": 1, "sku": "tea", "title": "Tea", "quantity": 5}]
        arrived = (await shop.post(f"/v1/shipments/{parcel['id']}/deliver")).json()
        assert arrived["delivered_at"] == "2026-11-22T12:00:00Z"
        assert refused(await shop.post(f"/v1/shipments/{parcel['id']}/deliver"))[:2] == (409, "fulfillment.delivered")
        for path in (f"/v1/orders/{name}/shipments", f"/v1/fulfillments/{work}/shipments"):
            assert await ok(shop, path) == [arrived]
        assert await ok(shop, f"/v1/shipments/{parcel['id']}") == arrived
        short = (await shop.post(f"/v1/fulfillments/{work}/pick", {"short": True})).json()
        assert (short["state"], short["lines"][1]["canceled"]) == ("shipped", 1)
        assert (await ok(shop, "/v1/fulfillments"))["items"] == []
        assert [one["id"] for one in (await ok(shop, f"/v1/fulfillments?order_id={name}"))["items"]] == [work]
        assert [one["id"] for one in (await ok(shop, "/v1/fulfillments?state=shipped"))["items"]] == [work]
        (again,) = (await shop.post("/v1/fulfillments", {"order": name})).json()["fulfillments"]
        assert (await ok(shop, f"/v1/fulfillments/{again}"))["lines"][0]["quantity"] == 1

    async def test_what_is_not_there_is_404_and_what_cannot_be_is_refused(self, shop: World) -> None:
        placed = await shop.run(checkout.place, PlaceOrder("mall", (LineWish("tea", 1),)))
        name = shop.served.house.ids.show("ord", placed.order_id)
        assert refused(await shop.post("/v1/fulfillments", {"order": name}))[:2] == (409, "fulfillment.not_releasable")
        nowhere = shop.served.house.ids.show("ful", 1)
        assert (await shop.get(f"/v1/fulfillments/{nowhere}")).status_code == 404
        assert refused(await shop.post(f"/v1/fulfillments/{nowhere}/pick", {}))[:2] == (404, "fulfillment.not_found")
        assert refused(await shop.post(f"/v1/fulfillments/{nowhere}/ship", {}))[:2] == (404, "fulfillment.not_found")
        assert (await shop.get(f"/v1/shipments/{shop.served.house.ids.show('shp', 1)}")).status_code == 404
