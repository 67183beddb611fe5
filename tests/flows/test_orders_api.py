"""Orders as people work with them, over HTTP: found, counted, explained, previewed before they are changed, sent, and followed."""

from typing import Any

import pytest

from jiutong.capabilities.member import Recognize
from jiutong.flows.words import Contact, TakeOff

from ..shop import Shop, basket, receipt, shop
from ..world import served, world

__all__ = ["served", "shop", "world"]

MEI = Recognize("phone", "+14155550101", name="Mei")
HOME = Contact(name="Ana Lopez", phone="+1 415 555 0199", address="12 Elm Street")


async def name_of(shop: Shop, *lines: tuple[str, int], **other: Any) -> str:
    """The public name of an order in the mall."""
    return shop.house.ids.show("ord", (await shop.placed(basket(*lines, **other))).order_id)


async def told(shop: Shop, path: str) -> Any:
    """What a path answers to somebody who may do everything."""
    answer = await shop.world.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def done(shop: Shop, path: str, body: object = None) -> Any:
    """What a POST answers to somebody who may do everything."""
    answer = await shop.world.post(path, body)
    assert answer.status_code in {200, 201}, answer.text
    return answer.json()


async def pay(shop: Shop, name: str) -> None:
    """Paid in cash, and released to its location."""
    await done(shop, f"/v1/orders/{name}/payments", {"method": "cash"})


async def released(shop: Shop, name: str) -> Any:
    """The work a paid order was given."""
    (work,) = (await done(shop, "/v1/fulfillments", {"order": name}))["fulfillments"]
    return await told(shop, f"/v1/fulfillments/{work}")


async def shipped(shop: Shop, name: str) -> str:
    """The parcel with everything of a paid order."""
    work = await released(shop, name)
    lines = [{"line": line["line"], "quantity": line["quantity"]} for line in work["lines"]]
    await done(shop, f"/v1/fulfillments/{work['id']}/pick", {"lines": lines})
    return (await done(shop, f"/v1/fulfillments/{work['id']}/ship", {"carrier": "UPS", "tracking_no": "1Z"}))["id"]


async def items(shop: Shop, query: str) -> list[str]:
    """The ids a list of orders shows."""
    return [one["id"] for one in (await told(shop, f"/v1/orders?{query}"))["items"]]


class TestPreviews:
    async def test_a_cancellation_does_exactly_what_its_preview_said(self, shop: Shop) -> None:
        name = await name_of(shop, ("tea", 3), ("salt", 2), adjustments=(TakeOff(100, "welcome"), TakeOff(7, "coupon", "brand")))
        await pay(shop, name)
        wish = {"reason": "changed", "lines": [{"line": 1, "quantity": 2}]}
        before = await told(shop, f"/v1/orders/{name}")
        would = await done(shop, f"/v1/orders/{name}/cancellations/preview", wish)
        assert await told(shop, f"/v1/orders/{name}") == before
        assert await shop.stock("dc1", "tea") == [(100, 3)]
        (line,) = would["lines"]
        parts = [(part["stage"], part["rule"], part["funder"], part["amount"]) for part in line["adjustments"]]
        assert (line["line"], line["sku"], line["title"], line["quantity"], line["location"]) == (1, "tea", "Tea", 2, "dc1")
        assert (line["gross"], parts) == (3998, [("order", "welcome", "seller", 65), ("order", "coupon", "brand", 5)])
        assert (line["tax"], line["amount"], would["amount"], would["refund"]) == (324, 4252, 4252, 4252)
        assert [(r["id"], r["method"], r["amount"], r["state"]) for r in would["refunds"]] == [(None, "cash", 4252, "done")]
        did = await done(shop, f"/v1/orders/{name}/cancellations", wish)
        assert {**did, "refunds": []} == {**would, "refunds": []}
        assert [r["amount"] for r in did["refunds"]] == [4252]
        after = await told(shop, f"/v1/orders/{name}")
        assert (after["canceled"], after["refunded"], after["lines"][0]["canceled"]) == (4252, 4252, 2)
        assert await shop.stock("dc1", "tea") == [(100, 1)]

    async def test_an_edit_is_previewed_and_keeps_nothing(self, shop: Shop) -> None:
        name = await name_of(shop, ("tea", 3), contact=HOME)
        would = await done(shop, f"/v1/orders/{name}/edits/preview", {"lines": [{"line": 1, "quantity": 1}], "contact": {"name": "Bo"}})
        assert ([line["quantity"] for line in would["lines"]], would["amount"], would["refund"]) == ([2], 4328, 0)
        shown = await told(shop, f"/v1/orders/{name}")
        assert (shown["contact"]["name"], shown["lines"][0]["canceled"], shown["revision"]) == ("Ana Lopez", 0, 1)
        refused = await shop.world.post(f"/v1/orders/{name}/edits/preview", {"lines": [{"line": 1, "quantity": 9}]})
        assert (refused.status_code, refused.json()["code"]) == (409, "order.not_open")

    async def test_a_return_tells_what_it_undoes_and_where_the_goods_are(self, shop: Shop) -> None:
        name = await name_of(shop, ("tea", 3), ("salt", 2), adjustments=(TakeOff(100, "welcome"),))
        await pay(shop, name)
        await shipped(shop, name)
        lines = [{"line": 1, "quantity": 1}, {"line": 2, "quantity": 2, "restock": False}]
        would = await done(shop, f"/v1/orders/{name}/returns/preview", {"reason": "damaged", "lines": lines, "location": "s1"})
        assert would["location"] == "s1"
        assert [(one["sku"], one["quantity"], one["location"]) for one in would["undone"]] == [("tea", 1, "s1"), ("salt", 2, None)]
        assert [one["amount"] for one in would["undone"]] == [one["refund"] for one in would["lines"]]
        assert sum(one["amount"] for one in would["undone"]) == would["refund"]
        did = await done(shop, f"/v1/orders/{name}/returns", {"reason": "damaged", "lines": lines, "location": "s1"})
        assert did["undone"] == would["undone"]

    async def test_a_receipt_is_previewed_too(self, shop: Shop) -> None:
        await shop.rung(receipt("R1", ("tea", 2), paid=4328))
        back = {"reason": "changed_mind", "lines": [{"line": 1, "quantity": 1}]}
        would = await done(shop, "/v1/receipts/s1/t1/R1/returns/preview", back)
        assert (would["id"], would["refund"], would["location"]) == (None, 2164, "s1")
        assert (await told(shop, "/v1/returns"))["items"] == []
        assert (await shop.world.post("/v1/receipts/s1/t1/R2/returns/preview", back)).status_code == 404

    @pytest.mark.parametrize(
        ("path", "body", "grant"),
        [
            ("cancellations/preview", {"reason": "x"}, "order:cancel"),
            ("edits/preview", {"lines": [{"line": 1, "quantity": 1}]}, "order:edit"),
        ],
    )
    async def test_a_preview_needs_the_right_to_do_it(self, shop: Shop, path: str, body: object, grant: str) -> None:
        name = await name_of(shop, ("tea", 2))
        ask, other, own = shop.world.served.ask, await shop.world.key_with("order:read"), await shop.world.key_with(grant)
        assert (await ask("POST", f"/v1/orders/{name}/{path}", body, other)).status_code == 403
        assert (await ask("POST", f"/v1/orders/{name}/{path}", body, own)).status_code == 200


class TestFinding:
    async def test_every_filter_leaves_what_fits_it(self, shop: Shop) -> None:
        ana = await name_of(shop, ("tea", 1), contact=HOME)
        mei = await name_of(shop, ("salt", 2), member=MEI)
        sold = shop.house.ids.show("ord", (await shop.rung(receipt("R77", ("salt", 1), paid=60))).order_id)
        every = [sold, mei, ana]
        expected: dict[str, list[str]] = {
            "": every,
            "status=placed": [mei, ana],
            "status=shipped": [sold],
            "channel=mall": [mei, ana],
            "store=s1": [sold],
            "sku=salt": [sold, mei],
            "receipt=R77": [sold],
            "total_from=60&total_to=108": [sold, mei],
            "total_from=109": [ana],
            "phone=%2B14155550101": [mei],
            "phone=%2B14155550199": [ana],
            "q=R77": [sold],
            f"q={ana}": [ana],
            "q=mei": [mei],
            "q=%2B1415555": [mei, ana],
            "q=555-0199": [ana],
            "q=lopez": [ana],
            "q=%25": [],
            "q=lopez&status=shipped": [],
            "q=lopez&phone=%2B14155550101": [],
        }
        for query, wanted in expected.items():
            assert (query, await items(shop, query)) == (query, wanted)

    async def test_a_search_goes_on_after_its_first_page(self, shop: Shop) -> None:
        names = [await name_of(shop, ("salt", 1), member=MEI) for _ in range(3)]
        first = await told(shop, "/v1/orders?q=mei&limit=2")
        rest = await told(shop, f"/v1/orders?q=mei&limit=2&after={first['next']}")
        assert [one["id"] for one in first["items"] + rest["items"]] == names[::-1]

    async def test_a_row_says_who_what_and_how_far(self, shop: Shop) -> None:
        name = await name_of(shop, ("tea", 3), ("salt", 2), member=MEI)
        await done(shop, f"/v1/orders/{name}/cancellations", {"reason": "x", "lines": [{"line": 1, "quantity": 1}]})
        (row,) = (await told(shop, "/v1/orders"))["items"]
        assert (row["buyer"], row["lines"], row["first_title"], row["units"]) == ("Mei", 2, "Tea", 5)
        assert (row["units_canceled"], row["units_shipped"], row["canceled"], row["due_at"]) == (1, 0, 2164, "2026-11-22T12:15:00Z")

    async def test_the_tabs_count_what_the_list_would_show(self, shop: Shop) -> None:
        first = await name_of(shop, ("tea", 1), member=MEI)
        await name_of(shop, ("salt", 1))
        await pay(shop, first)
        await shop.rung(receipt("R1", ("salt", 1), paid=60))
        counts = {one["status"]: one["count"] for one in (await told(shop, "/v1/orders/counts"))["items"]}
        assert counts == {"placed": 1, "paid": 1, "partly_shipped": 0, "shipped": 1, "returned": 0, "canceled": 0, "expired": 0}
        mine = {one["status"]: one["count"] for one in (await told(shop, "/v1/orders/counts?q=mei"))["items"] if one["count"]}
        assert mine == {"paid": 1}


class TestUnderstanding:
    async def test_every_amount_is_explained_step_by_step(self, shop: Shop) -> None:
        name = await name_of(shop, ("tea", 10), adjustments=(TakeOff(50, "welcome"), TakeOff(9, "coupon", "brand")))
        said = await told(shop, f"/v1/orders/{name}/explain")
        (line,) = said["lines"]
        steps = [(one["kind"], one["amount"], one["running"], one["rule"], one["funder"]) for one in line["steps"]]
        assert steps == [
            ("price", 18000, 18000, "base", ""),
            ("adjustment", -50, 17950, "welcome", "seller"),
            ("adjustment", -9, 17941, "coupon", "brand"),
            ("tax", 1480, 19421, "full", ""),
        ]
        assert (line["payable"], said["total"], line["steps"][-1]["contained"], line["steps"][-1]["rate_bp"]) == (19421, 19421, False, 825)

    async def test_tax_that_is_contained_adds_nothing(self, shop: Shop) -> None:
        name = await name_of(shop, ("tea", 1), channel="markt")
        (line,) = (await told(shop, f"/v1/orders/{name}/explain"))["lines"]
        assert [(one["kind"], one["running"], one["contained"]) for one in line["steps"]] == [("price", 2150, False), ("tax", 2150, True)]

    async def test_the_timeline_follows_the_goods_and_names_people(self, shop: Shop) -> None:
        name = await name_of(shop, ("tea", 1))
        await pay(shop, name)
        parcel = await shipped(shop, name)
        await done(shop, f"/v1/shipments/{parcel}/deliver")
        happened = (await told(shop, f"/v1/orders/{name}/timeline"))["items"]
        assert [one["type"] for one in happened][::-1] == [
            "order.placed.v1", "payment.captured.v1", "order.paid.v1", "work.released.v1", "work.picked.v1",
            "shipment.sent.v1", "order.shipped.v1", "shipment.delivered.v1",
        ]  # fmt: skip
        assert (happened[0]["who"], happened[0]["facts"]["shipment"]) == ("first", parcel)
        page = await told(shop, f"/v1/orders/{name}/timeline?limit=3")
        rest = await told(shop, f"/v1/orders/{name}/timeline?limit=9&after={page['next']}")
        assert page["items"] + rest["items"] == happened


class TestSending:
    async def test_the_board_counts_what_waits_at_each_step(self, shop: Shop) -> None:
        names = [await name_of(shop, ("tea", 2)) for _ in range(4)]
        for name in names:
            await pay(shop, name)
        short = await released(shop, names[1])
        await done(shop, f"/v1/fulfillments/{short['id']}/pick", {"lines": [{"line": 1, "quantity": 1}], "short": True})
        await released(shop, names[2])
        await shipped(shop, names[3])
        columns = {one["step"]: (one["count"], one["capped"]) for one in (await told(shop, "/v1/fulfillments/board"))["columns"]}
        assert columns == {"release": (2, False), "pick": (1, False), "ship": (1, False), "deliver": (1, False)}
        waiting = (await told(shop, "/v1/fulfillments/unreleased"))["items"]
        assert [(one["order"], one["units"], one["lines"], one["locations"]) for one in waiting] == [
            (names[0], 2, 1, ["dc1"]),
            (names[1], 1, 1, ["dc1"]),
        ]
        assert (await told(shop, "/v1/fulfillments/unreleased?location=s1"))["items"] == []
        assert {one["count"] for one in (await told(shop, "/v1/fulfillments/board?location=s1"))["columns"]} == {0}

    async def test_many_are_released_each_for_itself(self, shop: Shop) -> None:
        paid, unpaid = await name_of(shop, ("tea", 1)), await name_of(shop, ("tea", 1))
        await pay(shop, paid)
        body = {"orders": [paid, unpaid, "ord_nobody", paid]}
        rows = (await done(shop, "/v1/fulfillments/releases", body))["items"]
        assert [(one["id"], one["done"], one["problem"] and one["problem"]["code"]) for one in rows] == [
            (paid, True, None),
            (unpaid, False, "fulfillment.not_releasable"),
            ("ord_nobody", False, "resource.not_found"),
        ]
        assert len((await told(shop, "/v1/fulfillments"))["items"]) == 1

    async def test_many_are_delivered_once_and_listed(self, shop: Shop) -> None:
        parcels: list[str] = []
        for _ in range(2):
            name = await name_of(shop, ("tea", 1))
            await pay(shop, name)
            parcels.append(await shipped(shop, name))
        assert [one["id"] for one in (await told(shop, "/v1/shipments?delivered=false&carrier=UPS"))["items"]] == parcels[::-1]
        answers = [await shop.world.post("/v1/shipments/deliveries", {"shipments": parcels}, idempotency_key="k") for _ in range(2)]
        assert answers[0].json() == answers[1].json()
        assert [one["done"] for one in answers[0].json()["items"]] == [True, True]
        again = (await done(shop, "/v1/shipments/deliveries", {"shipments": parcels[:1]}))["items"]
        assert [one["problem"]["code"] for one in again] == ["fulfillment.delivered"]
        assert (await told(shop, "/v1/shipments?delivered=false"))["items"] == []
        assert (await told(shop, "/v1/shipments?tracking_no=1Z&limit=1"))["items"][0]["id"] == parcels[1]

    async def test_returns_are_found_by_what_they_are(self, shop: Shop) -> None:
        name = await name_of(shop, ("tea", 2), member=MEI)
        await pay(shop, name)
        await shipped(shop, name)
        made = await done(shop, f"/v1/orders/{name}/returns", {"reason": "damaged", "lines": [{"line": 1, "quantity": 1}]})
        member = (await told(shop, f"/v1/orders/{name}"))["member"]
        for query, found in {
            f"member={member}": 1, "reason=damaged": 1, "reason=late": 0, "location=dc1": 1, "location=s1": 0, "store=s1": 0,
            "received_from=2026-11-22T12:00:00Z": 1, "received_to=2026-11-22T12:00:00Z": 0,
        }.items():  # fmt: skip
            assert (query, len((await told(shop, f"/v1/returns?{query}"))["items"])) == (query, found)
        (row,) = (await told(shop, "/v1/returns"))["items"]
        assert (row["id"], row["buyer"], row["units"], row["store"]) == (made["id"], "Mei", 1, None)


class TestMoney:
    async def test_payments_and_refunds_are_found_by_what_they_are(self, shop: Shop) -> None:
        name = await name_of(shop, ("tea", 2), member=MEI)
        await done(shop, f"/v1/orders/{name}/payments", {"method": "cash", "amount_minor": 1000})
        card = (await done(shop, f"/v1/orders/{name}/payments", {"method": "card"}))["id"]
        (cash,) = [one["id"] for one in (await told(shop, "/v1/payments?state=captured"))["items"]]
        expected: dict[str, list[str]] = {
            "": [card, cash],
            "state=started": [card],
            "method=cash": [cash],
            f"order={name}": [card, cash],
            "alert=late": [],
            "started_to=2026-11-22T12:00:00Z": [],
            "started_from=2026-11-22T12:00:00Z&limit=1": [card],
        }
        for query, wanted in expected.items():
            assert (query, [one["id"] for one in (await told(shop, f"/v1/payments?{query}"))["items"]]) == (query, wanted)
        assert (await told(shop, "/v1/payments?method=cash"))["items"][0]["buyer"] == "Mei"
        await done(shop, f"/v1/orders/{name}/cancellations", {"reason": "x"})
        (back,) = (await told(shop, f"/v1/refunds?payment={cash}"))["items"]
        assert (back["amount"], back["state"], back["order"]) == (1000, "done", name)
        assert await told(shop, f"/v1/refunds/{back['id']}") == back
        assert (await told(shop, "/v1/refunds?method=card"))["items"] == []
        assert (await told(shop, f"/v1/refunds?payment={card}"))["items"] == []
        assert (await shop.world.get(f"/v1/refunds/{cash.replace('ten', 'ref')}")).status_code == 404


class TestMembers:
    async def test_a_member_is_known_at_a_glance(self, shop: Shop) -> None:
        await done(shop, "/v1/members", {"kind": MEI.kind, "value": MEI.value, "name": MEI.name})
        first, second = await name_of(shop, ("tea", 2), member=MEI), await name_of(shop, ("tea", 1), member=MEI, channel="markt")
        await pay(shop, first)
        await shipped(shop, first)
        await done(shop, f"/v1/orders/{first}/returns", {"reason": "late", "lines": [{"line": 1, "quantity": 1}]})
        member = (await told(shop, f"/v1/orders/{first}"))["member"]
        seen = await told(shop, f"/v1/members/{member}/overview")
        figures = [(one["currency"], one["orders"], one["units"], one["total"], one["returned"], one["spent"]) for one in seen["figures"]]
        assert figures == [("EUR", 1, 1, 2150, 0, 0), ("USD", 1, 2, 4328, 2164, 2164)]
        assert (seen["open_orders"], seen["returns"], seen["member"]["orders"], seen["member"]["name"]) == (1, 1, 2, "Mei")
        told_of = (await told(shop, f"/v1/members/{member}/timeline"))["items"]
        assert {one["type"] for one in told_of} >= {"member.joined.v1", "order.placed.v1", "order.returned.v1"}
        assert {one["facts"].get("order") for one in told_of if one["type"] == "order.placed.v1"} == {first, second}
        page = await told(shop, f"/v1/members/{member}/timeline?limit=2")
        rest = await told(shop, f"/v1/members/{member}/timeline?limit=50&after={page['next']}")
        assert page["items"] + rest["items"] == told_of

    async def test_members_are_found_by_name_and_listed_latest_first(self, shop: Shop) -> None:
        await name_of(shop, ("salt", 1), member=MEI)
        await name_of(shop, ("salt", 1), member=Recognize("phone", "+14155550102", name="Bo"))
        assert [one["name"] for one in (await told(shop, "/v1/members?sort=-joined"))["items"]] == ["Bo", "Mei"]
        page = await told(shop, "/v1/members?sort=-joined&limit=1")
        assert [one["name"] for one in (await told(shop, f"/v1/members?sort=-joined&after={page['next']}"))["items"]] == ["Mei"]
        found = (await done(shop, "/v1/members/find", {"text": "mEi"}))["items"]
        assert [(one["name"], one["orders"]) for one in found] == [("Mei", 1)]
        assert (await done(shop, "/v1/members/find", {"text": "mei", "kind": "card"}))["items"] == []

    async def test_what_happened_to_orders_needs_the_right_to_read_them(self, shop: Shop) -> None:
        name = await name_of(shop, ("salt", 1), member=MEI)
        member = (await told(shop, f"/v1/orders/{name}"))["member"]
        only = await shop.world.key_with("member:read")
        assert (await shop.world.served.ask("GET", f"/v1/members/{member}/overview", None, only)).status_code == 200
        assert (await shop.world.served.ask("GET", f"/v1/members/{member}/timeline", None, only)).status_code == 403
