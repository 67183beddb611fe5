"""Gift cards and stored value: issued, activated, topped up, blocked, looked up, written off; money and value are the same."""

from typing import Any

from tests.shop import shop
from tests.world import World, served, world

__all__ = ["served", "shop", "world"]
BATCH = {"count": 2, "currency": "USD", "amount_minor": 5000, "channel": "mall", "sold": {"method": "bank", "reference": "INV-1"}}


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
    told = await world.post(f"/v1/cards/{card['id']}/write-off", {"reason": "lost"})
    assert told.json() == {"id": card["id"], "state": "written_off", "amount": 5000}
    assert (await world.post(f"/v1/cards/{card['id']}/unblock", {"reason": "found"})).json()["code"] == "asset.card_state"
    assert await money(world) == [
        ("breakage", "USD", -5_000), ("card", "CARD/USD", 5_000), ("clearing", "USD", 10_000), ("stored_value", "USD", -5_000)
    ]  # fmt: skip
    months = (await world.get("/v1/assets/cards-liability")).json()["months"]
    assert [(one["month"], one["cards"], one["face"], one["left"]) for one in months] == [("2026-11", 2, 10_000, 5_000)]
    assert (await world.get(f"/v1/cards/{other['id']}")).json()["left"] == 5_000


async def test_how_a_card_is_sold_is_said_when_it_is_issued(world: World) -> None:
    for wrong, code, pointer in (
        ({"sold": None}, "asset.card_sold", "/sold"),
        ({"active": False}, "asset.card_sold", "/active"),
        ({"expires_at": "2026-01-01T00:00:00Z"}, "asset.lot_window", "/expires_at"),
        ({"channel": "nowhere"}, "asset.unknown_place", "/channel"),
        ({"currency": "EUR"}, "asset.unknown_place", "/currency"),
    ):
        told = await world.post("/v1/cards", BATCH | wrong)
        assert (told.status_code, told.json()["code"], told.json()["errors"][0]["pointer"]) == (422, code, pointer), told.text
