"""Gift cards and stored value: issued, activated, topped up, blocked, looked up, written off; money and value are the same."""

from datetime import timedelta
from typing import Any

import msgspec
from tests.shop import Shop, basket, receipt, refused, shop
from tests.world import NOON, World, served, world

from jiutong.capabilities.member import Recognize
from jiutong.flows.cancel import Canceled, Cancellation, CancelOrder, cancel
from jiutong.flows.canceling import LineUnits
from jiutong.flows.counter import TenderLaid
from jiutong.flows.return_goods import Return, Returned, ReturnGoods, UnitsBack, return_goods

__all__ = ["served", "shop", "world"]
CARD = Recognize("card", "M0001")
BATCH: dict[str, Any] = {
    "count": 2,
    "currency": "USD",
    "amount_minor": 5000,
    "channel": "mall",
    "sold": {"method": "bank", "reference": "INV-1"},
}


async def issued(world: World, **other: Any) -> list[dict[str, Any]]:
    told = await world.post("/v1/cards", BATCH | other)
    assert told.status_code == 201, told.text
    return told.json()["cards"]


async def money(world: World) -> list[tuple[str, str, int]]:
    """The accounts of cards by kind."""
    return await world.rows(
        "select split_part(code, ':', 1), unit, sum(posted)::bigint from ledger.account where tenant_id = $1 and tracked"
        " and posted <> 0 and unit like '%USD' group by 1, 2 order by 1"
    )


async def test_cards_that_are_sold_are_worth_what_was_paid_and_it_is_owed(world: World) -> None:
    made = await issued(world, pin=True)
    assert await money(world) == [("card", "CARD/USD", 10_000), ("clearing", "USD", 10_000), ("stored_value", "USD", -10_000)]
    told = await world.post("/v1/cards/balance", {"code": made[0]["code"].lower(), "pin": made[0]["pin"]})
    assert (told.json()["left"], told.json()["state"], told.json()["ending"]) == (5000, "active", made[0]["code"][-4:])
    for wrong in ({"code": made[0]["code"]}, {"code": made[0]["code"], "pin": "x"}, {"code": "0" * 16}):
        refused = await world.post("/v1/cards/balance", wrong)
        assert (refused.status_code, refused.json()["code"], refused.json()["errors"][0]["pointer"]) == (422, "asset.no_card", "/code")


async def test_nobody_keeps_the_code(world: World) -> None:
    made = await issued(world)
    code = made[0]["code"].replace("-", "")
    assert await world.rows(
        "select count(*) from asset.card c where c.tenant_id = $1 and to_json(c)::text ilike '%' || $2 || '%'", code
    ) == [(0,)]


async def test_codes_are_guessed_ten_times_and_no_more(world: World) -> None:
    key = await world.key_with("asset:balance")
    told = [await world.served.ask("POST", "/v1/cards/balance", {"code": f"{i:016}"}, key) for i in range(11)]
    assert [one.status_code for one in told] == [422] * 10 + [429]


async def test_a_granted_card_is_owed_by_its_funder(world: World) -> None:
    await issued(world, sold=None, granted={"funder": "brand", "reason": "contest"})
    assert await money(world) == [("card", "CARD/USD", 10_000), ("funder", "USD", 10_000), ("stored_value", "USD", -10_000)]


async def test_a_printed_card_is_worth_nothing_before_it_is_activated(world: World) -> None:
    (card, _) = await issued(world, sold=None, active=False)
    assert await money(world) == []
    path = f"/v1/cards/{card['id']}/activate"
    assert (await world.post(path, {"channel": "mall"})).json()["code"] == "asset.card_sold"
    told = await world.post(path, {"channel": "mall", "sold": {"method": "cash"}})
    assert (told.status_code, told.json()["state"], told.json()["amount"]) == (200, "active", 5000)
    assert (await world.post(path, {"channel": "mall", "sold": {"method": "cash"}})).json()["code"] == "asset.card_state"
    assert await money(world) == [("card", "CARD/USD", 5_000), ("clearing", "USD", 5_000), ("stored_value", "USD", -5_000)]


async def test_stored_value_is_topped_up(world: World) -> None:
    member = (await world.post("/v1/members", {"kind": "card", "value": "M0001"})).json()["member"]
    (card,) = await issued(world, count=1, member=member)
    told = await world.post(f"/v1/cards/{card['id']}/top-ups", {"amount_minor": 700, "sold": {"method": "qr", "reference": "P1"}})
    assert told.json() == {"id": card["id"], "state": "active", "amount": 700}
    (row,) = (await world.get(f"/v1/cards?member={member}")).json()["items"]
    assert (row["face"], row["left"], row["member"]) == (5700, 5700, member)
    moved = (await world.get(f"/v1/cards/{card['id']}/movements")).json()["items"]
    assert [(one["rule"], one["amount"]) for one in moved] == [("card.sold", 700), ("card.sold", 5000)]


async def test_what_is_left_becomes_income_only_when_somebody_says_so(world: World) -> None:
    (card, other) = await issued(world)
    assert (await world.post(f"/v1/cards/{card['id']}/block", {"reason": "lost"})).json()["state"] == "blocked"
    told = await world.post(f"/v1/cards/{card['id']}/close-out", {"reason": "lost"})
    assert told.json() == {"id": card["id"], "state": "written_off", "amount": 5000}
    assert (await world.post(f"/v1/cards/{card['id']}/unblock", {"reason": "found"})).json()["code"] == "asset.card_state"
    assert await money(world) == [
        ("breakage", "USD", -5_000), ("card", "CARD/USD", 5_000), ("clearing", "USD", 10_000), ("stored_value", "USD", -5_000)
    ]  # fmt: skip
    months = (await world.get("/v1/assets/cards-liability")).json()["months"]
    assert [(one["month"], one["cards"], one["face"], one["left"]) for one in months] == [("2026-11", 2, 10_000, 5_000)]
    assert (await world.get(f"/v1/cards/{other['id']}")).json()["left"] == 5_000


async def test_how_a_card_is_sold_is_said_when_it_is_issued(world: World) -> None:
    wishes: tuple[tuple[dict[str, object], str, str], ...] = (
        ({"sold": None}, "asset.card_sold", "/sold"),
        ({"active": False}, "asset.card_sold", "/active"),
        ({"expires_at": "2026-01-01T00:00:00Z"}, "asset.lot_window", "/expires_at"),
        ({"channel": "nowhere"}, "asset.unknown_place", "/channel"),
        ({"currency": "EUR"}, "asset.unknown_place", "/currency"),
    )
    for wrong, code, pointer in wishes:
        told = await world.post("/v1/cards", BATCH | wrong)
        assert (told.status_code, told.json()["code"], told.json()["errors"][0]["pointer"]) == (422, code, pointer), told.text


async def an_order(shop: Shop, *lines: tuple[str, int]) -> tuple[int, str]:
    """An order of 43.28, its id and public name."""
    placed = await shop.placed(basket(*lines or (("tea", 2),), member=CARD))
    return placed.order_id, shop.world.served.house.ids.show("ord", placed.order_id)


async def left(shop: Shop) -> list[int]:
    return [one["left"] for one in reversed((await shop.world.get("/v1/cards")).json()["items"])]


async def test_several_cards_pay_an_order_and_get_back_first_what_comes_back(shop: Shop) -> None:
    world = shop.world
    first, second = await issued(world, amount_minor=1500)
    order_id, name = await an_order(shop)
    path = f"/v1/orders/{name}/payments"
    for card, amount in ((first, 1500), (second, 1500)):
        told = await world.post(path, {"method": "gift_card", "card": card["code"]})
        assert (told.status_code, told.json()["state"], told.json()["amount"]) == (201, "captured", amount), told.text
    assert (await world.post(path, {"method": "gift_card", "card": first["code"]})).json()["code"] == "payment.more_than_owed"
    assert (await world.post(path, {"method": "cash"})).json()["amount"] == 1328
    assert await left(shop) == [0, 0]
    assert [row for row in await money(world) if row[0] in {"card", "clearing", "stored_value"}] == [("clearing", "USD", 4328)]
    told = await shop.do(cancel, CancelOrder(order_id, Cancellation("changed", (LineUnits(1, 1),))), by=shop.boss)
    assert isinstance(told, Canceled)
    assert [(one.method, one.amount, one.state) for one in told.refunds] == [("gift_card", 1500, "done"), ("gift_card", 664, "done")]
    assert await left(shop) == [664, 1500]
    await shop.do(cancel, CancelOrder(order_id, Cancellation("changed")), by=shop.boss)
    assert await left(shop) == [1500, 1500]
    assert await money(world) == [("card", "CARD/USD", 3000), ("clearing", "USD", 3000), ("stored_value", "USD", -3000)]


async def test_a_card_pays_at_the_till_and_gets_it_back(shop: Shop) -> None:
    (card,) = await issued(shop.world, count=1, pin=True)
    laid = TenderLaid("gift_card", 417, card["code"], card["pin"])
    sale = receipt("R1", ("salt", 7))
    for tender, code in (
        (TenderLaid("gift_card", 417, card["code"]), "asset.no_card"),
        (TenderLaid("gift_card", 417, "0" * 16), "asset.no_card"),
    ):
        assert refused(await shop.ring(msgspec.structs.replace(sale, tenders=(tender,)))) == (code, "/tenders/0/card")
    sold = await shop.rung(msgspec.structs.replace(sale, tenders=(laid,)))
    assert await left(shop) == [4583]
    back = await shop.do(return_goods, ReturnGoods(sold.order_id, Return("defective", (UnitsBack(1, 7),))), by=shop.boss)
    assert isinstance(back, Returned)
    assert [(one.method, one.amount, one.state) for one in back.refunds] == [("gift_card", 417, "done")]
    assert await left(shop) == [5000]


async def test_a_till_does_not_take_more_than_is_on_the_card(shop: Shop) -> None:
    (card,) = await issued(shop.world, count=1, amount_minor=400)
    sale = receipt("R1", ("salt", 7))
    wish = msgspec.structs.replace(sale, tenders=(TenderLaid("gift_card", 417, card["code"]),))
    assert refused(await shop.ring(wish)) == ("asset.not_enough", "/tenders")
    assert await left(shop) == [400]


async def test_a_blocked_expired_or_foreign_card_pays_nothing(shop: Shop) -> None:
    world = shop.world
    blocked, fine = await issued(world, expires_at="2026-11-30T00:00:00Z")
    await world.post(f"/v1/cards/{blocked['id']}/block", {"reason": "lost"})
    _, name = await an_order(shop)
    path = f"/v1/orders/{name}/payments"
    told = await world.post(path, {"method": "gift_card", "card": blocked["code"]})
    assert (told.status_code, told.json()["code"], told.json()["errors"][0]["pointer"]) == (409, "asset.card_state", "/card")
    shop.clock.at = NOON + timedelta(minutes=10)
    assert (await world.post(path, {"method": "gift_card", "card": fine["id"]})).json()["code"] == "asset.no_card"  # nobody's own
    assert (await world.post(path, {"method": "gift_card", "card": fine["code"], "amount_minor": 100})).status_code == 201


async def test_what_goes_back_to_an_expired_card_can_be_used_for_a_while(shop: Shop) -> None:
    world = shop.world
    (card,) = await issued(world, count=1, expires_at="2026-11-23T00:00:00Z")
    order_id, name = await an_order(shop)
    assert (await world.post(f"/v1/orders/{name}/payments", {"method": "gift_card", "card": card["code"]})).status_code == 201
    shop.clock.at = NOON + timedelta(days=3)
    await shop.do(cancel, CancelOrder(order_id, Cancellation("changed")), by=shop.boss)
    (row,) = (await world.get("/v1/cards")).json()["items"]
    assert (row["left"], row["expires_at"]) == (5000, "2026-12-25T12:00:00Z")


async def test_a_members_stored_value_pays_their_own_orders(shop: Shop) -> None:
    world = shop.world
    _, name = await an_order(shop)
    member = (await world.get(f"/v1/orders/{name}")).json()["member"]
    (own,) = await issued(world, count=1, member=member)
    (other,) = await issued(world, count=1)
    path = f"/v1/orders/{name}/payments"
    assert (await world.post(path, {"method": "gift_card", "card": other["id"]})).json()["code"] == "asset.no_card"
    told = await world.post(path, {"method": "gift_card", "card": own["id"]})
    assert (told.status_code, told.json()["amount"]) == (201, 4328)
