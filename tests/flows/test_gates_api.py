"""Limits, restrictions, flash sales, reservations: drafted, published, versioned, ended through the API; sign-ups and draws."""

from datetime import timedelta
from typing import Any

import pytest
from tests.shop import Shop, shop
from tests.world import NOON, World, served, world

from jiutong import ledger
from jiutong.capabilities import member, promotion
from jiutong.flows import find_member, reserve
from jiutong.flows.maintain_gates import SettleFloors, settle_floors
from jiutong.kernel.errors import Problem

__all__ = ["served", "shop", "world"]
CAP = {"name": "Two teas a month", "units": 2, "period": "month", "goods": {"skus": ["tea"]}}
FLASH = {
    "name": "Tea at one",
    "name_zh": "一元茶",
    "currency": "USD",
    "begins_at": "2026-11-22T12:00:00Z",
    "ends_at": "2026-11-22T14:00:00Z",
    "items": [{"sku": "tea", "price_minor": 100, "allotment": 20, "per_member": 2}],
    "funders": [{"funder": "seller", "bp": 4000}, {"funder": "acme_brand", "bp": 6000}],
}
RESERVED = {
    "name": "First harvest",
    "skus": ["tea"],
    "signup_from": "2026-11-22T10:00:00Z",
    "signup_to": "2026-11-22T13:00:00Z",
    "buy_from": "2026-11-22T13:00:00Z",
    "buy_to": "2026-11-22T15:00:00Z",
    "places": 2,
}


async def in_force(world: World, path: str, code: str, body: dict[str, Any]) -> int:
    """Put and publish; the version in force."""
    told = await world.put(f"/v1/{path}/{code}", body)
    assert told.status_code == 200, told.text
    told = await world.post(f"/v1/{path}/{code}/publish")
    assert told.status_code == 200, told.text
    return told.json()["version"]


async def people(world: World, count: int) -> list[int]:
    """Members."""
    return [(await world.run(find_member.recognize, member.Recognize("card", f"card{i:04}"))).member_id for i in range(count)]


async def test_a_limit_is_a_draft_until_it_is_published_and_its_versions_stay(shop: Shop) -> None:
    world = shop.world
    assert (await world.put("/v1/limits/cap", CAP)).json() == {"code": "cap", "version": 1, "state": "draft"}
    assert (await world.put("/v1/limits/cap", CAP | {"units": 3})).json()["version"] == 1
    assert (await world.post("/v1/limits/cap/publish")).json() == {"code": "cap", "version": 1, "state": "published"}
    assert (await world.post("/v1/limits/cap/publish")).json()["code"] == "promotion.gate_state"
    assert (await world.put("/v1/limits/cap", CAP)).json() == {"code": "cap", "version": 2, "state": "draft"}
    shown = (await world.get("/v1/limits/cap")).json()
    assert (shown["version"], shown["state"], shown["in_force"], shown["limit"]["units"]) == (2, "draft", 1, 2)
    await world.post("/v1/limits/cap/publish")
    told = (await world.get("/v1/limits/cap/versions")).json()["items"]
    assert [(one["version"], one["state"], one["limit"]["units"]) for one in told] == [(2, "published", 2), (1, "ended", 3)]
    assert (await world.post("/v1/limits/cap/end")).json()["state"] == "ended"
    assert (await world.get("/v1/limits?status=published")).json()["items"] == []
    assert [type_ for type_, _, _ in await world.events()][-3:] == ["gate.put.v1", "gate.published.v1", "gate.ended.v1"]


@pytest.mark.parametrize(
    ("path", "body", "pointer"),
    [
        ("limits/x", CAP | {"goods": {"skus": ["beer"]}}, "/goods/skus/0"),
        ("limits/x", CAP | {"goods": {"skus": ["tea", "tea"]}}, "/goods/skus/1"),
        ("limits/x", CAP | {"goods": {"categories": ["none"]}}, "/goods/categories/0"),
        ("limits/x", CAP | {"goods": {"brands": ["none"]}}, "/goods/brands/0"),
        ("limits/x", CAP | {"goods": {}}, "/goods"),
        ("limits/x", CAP | {"channels": ["none"]}, "/channels/0"),
        ("limits/x", CAP | {"period": "order", "identity": "company"}, "/identity"),
        ("limits/x", CAP | {"valid_from": "2026-01-02T00:00:00Z", "valid_to": "2026-01-01T00:00:00Z"}, "/valid_to"),
        ("restrictions/x", {"name": "R", "goods": {"skus": ["tea"]}, "reason": "r"}, "/regions_only"),
        (
            "restrictions/x",
            {"name": "R", "goods": {}, "reason": "r", "regions_only": ["US"], "regions_never": ["CA"]},
            "/regions_never/0",
        ),
        (
            "restrictions/x",
            {"name": "R", "goods": {}, "reason": "r", "regions_only": ["US/CA"], "regions_never": ["US"]},
            "/regions_never/0",
        ),
        ("flash-sales/x", FLASH | {"ends_at": FLASH["begins_at"]}, "/ends_at"),
        ("flash-sales/x", FLASH | {"funders": [{"funder": "seller", "bp": 4000}]}, "/funders"),
        ("flash-sales/x", FLASH | {"currency": "EUR", "channels": ["mall"]}, "/channels/0"),
        ("flash-sales/x", FLASH | {"items": [{"sku": "tea", "price_minor": 1, "allotment": 2, "per_member": 3}]}, "/items/0/per_member"),
        ("reservations/x", RESERVED | {"mode": "draw", "places": 0}, "/places"),
        ("reservations/x", RESERVED | {"mode": "draw", "buy_from": "2026-11-22T12:30:00Z"}, "/buy_from"),
        ("reservations/x", RESERVED | {"signup_to": "2026-11-22T09:00:00Z"}, "/signup_to"),
        ("reservations/x", RESERVED | {"buy_to": "2026-11-22T12:59:00Z"}, "/buy_to"),
        ("limits/a+b", CAP, "/code"),
    ],
)
async def test_what_contradicts_itself_is_refused_when_it_is_saved(shop: Shop, path: str, body: dict[str, Any], pointer: str) -> None:
    told = await shop.world.put(f"/v1/{path}", body)
    assert (told.status_code, told.json()["code"]) == (422, "promotion.gate_invalid"), told.text
    assert told.json()["errors"][0]["pointer"] == pointer


async def test_a_code_keeps_its_kind(shop: Shop) -> None:
    await shop.world.put("/v1/limits/cap", CAP)
    told = await shop.world.put("/v1/flash-sales/cap", FLASH)
    assert (told.status_code, told.json()["kind_there"]) == (409, "limit")


async def test_who_comes_first_signs_up_and_the_places_are_exact(shop: Shop) -> None:
    world = shop.world
    await in_force(world, "reservations", "harvest", RESERVED)
    members = await people(world, 4)
    told = await shop.do_all(reserve.sign_up, [reserve.SignUp("harvest", "mall", one) for one in (*members, members[0])])
    states = [one.code if isinstance(one, Problem) else (one.state, one.fresh) for one in told]
    assert states[:4] == [("granted", True), ("granted", True), "promotion.signup_full", "promotion.signup_full"]
    assert states[4] in {("granted", True), ("granted", False)}  # the same member twice in one batch is one place
    again = await shop.do(reserve.sign_up, reserve.SignUp("harvest", "mall", members[1]))
    assert isinstance(again, reserve.Signed)
    assert (again.state, again.fresh) == ("granted", False)
    shown = (await world.get("/v1/reservations/harvest")).json()
    assert shown["signups"] == {"signed": 2, "waiting": 0, "granted": 2, "lost": 0, "used": 0}
    rights = await shop.rows(
        "select code, posted, floor from ledger.account where tenant_id = $1 and code like 'right:%' and posted > 0 order by code"
    )
    assert rights == sorted((f"right:harvest:{one}", 1, 0) for one in members[:2])
    world.served.clock.at = NOON + timedelta(hours=1)
    late = await shop.do(reserve.sign_up, reserve.SignUp("harvest", "mall", members[3]))
    assert isinstance(late, Problem)
    assert late.code == "promotion.signup_closed"


async def test_rights_are_drawn_once_by_a_seed_anybody_can_check(shop: Shop) -> None:
    world = shop.world
    await in_force(world, "reservations", "harvest", RESERVED | {"mode": "draw"})
    members = await people(world, 5)
    await shop.do_all(reserve.sign_up, [reserve.SignUp("harvest", "mall", one) for one in members])
    early = await world.post("/v1/reservations/harvest/draw")
    assert early.json()["code"] == "promotion.draw_early"
    world.served.clock.at = NOON + timedelta(hours=1)
    drawn = (await world.post("/v1/reservations/harvest/draw")).json()
    assert (drawn["signed"], drawn["granted"]) == (5, 2)
    won = {id_ for (id_,) in await shop.rows("select member_id from promotion.signup where tenant_id = $1 and state = 'granted'")}
    assert won == promotion.drawn(drawn["seed"], members, 2)
    assert (await world.post("/v1/reservations/harvest/draw")).json()["drawn"] is True
    shown = (await world.get("/v1/reservations/harvest")).json()
    assert shown["signups"] == {"signed": 5, "waiting": 0, "granted": 2, "lost": 3, "used": 0}
    assert shown["draw_seed"] == drawn["seed"]
    told = await shop.do(reserve.remind, reserve.Remind("harvest"), by=shop.boss)
    assert isinstance(told, reserve.Told)
    facts = (await world.events())[-1]
    assert (facts[0], set(facts[2]["members"])) == ("reservation.reminded.v1", won)


async def test_what_was_promised_to_those_who_signed_up_stays(shop: Shop) -> None:
    await in_force(shop.world, "reservations", "harvest", RESERVED)
    told = await shop.world.put("/v1/reservations/harvest", RESERVED | {"units_each": 2})
    assert (told.status_code, told.json()["code"]) == (409, "promotion.gate_fixed")


async def test_certificates_are_kept_told_and_dropped(shop: Shop) -> None:
    world = shop.world
    (who,) = await people(world, 1)
    name = world.served.house.ids.show("mem", who)
    body = {"valid_from": "2026-01-01T00:00:00Z", "valid_to": "2026-12-01T00:00:00Z", "number": "X1"}
    assert (await world.put(f"/v1/certificates/member/{name}/adult", body)).status_code == 200
    (one,) = (await world.get(f"/v1/certificates?holder=member&who={name}")).json()["items"]
    assert (one["certifies"], one["number"], one["valid"], one["id"]) == ("adult", "X1", True, name)
    assert (await world.get("/v1/certificates?before=2026-11-01T00:00:00Z")).json()["items"] == []
    told = await world.put(f"/v1/certificates/member/{name}/adult", body | {"valid_to": "2025-01-01T00:00:00Z"})
    assert told.json()["errors"][0]["pointer"] == "/valid_to"
    assert (await world.put("/v1/certificates/company/none/adult", body)).json()["code"] == "member.unknown_company"
    dropped = await world.served.ask("DELETE", f"/v1/certificates/member/{name}/adult", None, world.key)
    assert dropped.status_code == 204
    assert (await world.get("/v1/certificates")).json()["items"] == []
    assert [type_ for type_, _, _ in await world.events()][-2:] == ["certificate.put.v1", "certificate.dropped.v1"]


async def test_the_calendar_tells_everything_that_stands(shop: Shop) -> None:
    world = shop.world
    await in_force(world, "limits", "cap", CAP)
    await in_force(world, "flash-sales", "one", FLASH)
    await world.put("/v1/reservations/harvest", RESERVED)
    told = (await world.get("/v1/plays/calendar?from=2026-11-01T00:00:00Z&to=2026-12-01T00:00:00Z")).json()
    rows = [(one["kind"], one["code"], one["state"], one["begins_at"]) for one in told["items"]]
    assert rows == [
        ("limit", "cap", "published", None),
        ("reservation", "harvest", "draft", "2026-11-22T10:00:00Z"),
        ("flash_sale", "one", "published", "2026-11-22T12:00:00Z"),
    ]
    later = (await world.get("/v1/plays/calendar?from=2026-12-01T00:00:00Z&to=2027-01-01T00:00:00Z")).json()["items"]
    assert [one["code"] for one in later] == ["cap"]


async def test_a_lowered_limit_forgets_nothing(shop: Shop) -> None:
    """Seven of ten were taken; then five are allowed: nothing is left until three have come back, and then one."""
    world = shop.world
    await in_force(world, "limits", "cap", CAP | {"units": 10, "period": "ever"})
    account = ledger.account_of("limit", {"rule": "cap", "identity": "m1", "goods": "s1", "period": "-"}, "QUOTA", -10)

    async def claim(group: int, amount: int) -> bool:
        async with world.served.house.db.transaction(shop.tenant_id, NOON) as tx:
            wish = ledger.Claim(1, account, ledger.account_of("used", {}, "any"), amount)
            held = await ledger.hold(tx, [ledger.ClaimGroup(group, (wish,))])
            await tx.commit()
        return not held.refused

    async def give_back(group: int, amount: int) -> None:
        async with world.served.house.db.transaction(shop.tenant_id, NOON) as tx:
            await ledger.void(tx, [ledger.Release(group, 1, amount)], {})
            await tx.commit()

    assert await claim(1, 7)
    await in_force(world, "limits", "cap", CAP | {"units": 5, "period": "ever"})
    uses = (await world.get("/v1/limits/cap/uses")).json()["items"]
    assert [(one["identity"], one["taken"], one["left"]) for one in uses] == [("m1", 7, 0)]
    assert not await claim(2, 1)
    await give_back(1, 2)
    assert not await claim(3, 1)
    await give_back(1, 1)
    assert await claim(4, 1)
    assert not await claim(5, 1)
    await world.run(settle_floors, SettleFloors("limit", "cap"))  # again changes nothing
    assert not await claim(6, 1)
    await in_force(world, "limits", "cap", CAP | {"units": 6, "period": "ever"})
    assert await claim(7, 1)
    assert not await claim(8, 1)
    uses = (await world.get("/v1/limits/cap/uses")).json()["items"]
    assert [(one["taken"], one["left"]) for one in uses] == [(6, 0)]
    for group, amount in ((1, 4), (4, 1), (7, 1)):
        await give_back(group, amount)  # nothing stays taken without an order that claims it
