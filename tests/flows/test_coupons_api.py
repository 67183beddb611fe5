"""Coupons through HTTP: batches and their terms, claims up to the cap, codes, and what a member has in hand."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from tests.world import NOON, World, served, world

from jiutong.capabilities import member
from jiutong.flows import find_member, reactions
from jiutong.gateways.outbound import Outbound
from jiutong.kernel import jobs
from jiutong.worker import desk_of, run_due

__all__ = ["served", "world"]
BATCH = {
    "name": "Ten off",
    "name_zh": "减十元",
    "promotion": "ten-off@1",
    "kind": "claimed",
    "cap": 3,
    "per_member": 2,
    "claim_from": "2026-11-01T00:00:00Z",
    "claim_to": "2026-12-01T00:00:00Z",
    "valid_days": 7,
}


PROMOTION = {
    "name": "Ten off",
    "stage": "coupon",
    "coupon": True,
    "currency": "USD",
    "measure": "amount",
    "tiers": [{"least": 2000, "benefit": {"kind": "amount", "amount_minor": 1000}}],
    "funders": [{"funder": "seller", "bp": 10000}],
}


def refusal(told: Any) -> tuple[str, str]:
    """The code of a refusal, and the pointer to the field."""
    body = told.json()
    assert told.status_code == body["status"] >= 400, body
    return body["code"], body["errors"][0]["pointer"] if "errors" in body else ""


def day(no: int) -> str:
    return (NOON + timedelta(days=no)).isoformat().replace("+00:00", "Z")


async def someone(world: World, card: str = "C001") -> str:
    who = await world.run(find_member.recognize, member.Recognize("card", card))
    return world.served.house.ids.show("mem", who.member_id)


async def put(world: World, code: str = "ten", **other: object) -> Any:
    if (await world.get("/v1/promotions/ten-off")).status_code == 404:
        assert (await world.put("/v1/promotions/ten-off", PROMOTION)).status_code == 200
        assert (await world.post("/v1/promotions/ten-off/publish")).status_code == 200
    return await world.put(f"/v1/coupon-batches/{code}", BATCH | other)


async def live(world: World, code: str = "ten", **other: object) -> None:
    assert (await put(world, code, **other)).status_code == 201
    assert (await world.post(f"/v1/coupon-batches/{code}/publish")).status_code == 200


async def hand(world: World, who: str, code: str = "ten") -> Any:
    return await world.post(f"/v1/coupon-batches/{code}/coupons", {"member": who})


async def shown(world: World, code: str = "ten") -> dict[str, Any]:
    return (await world.get(f"/v1/coupon-batches/{code}")).json()


async def test_a_batch_is_drafted_and_given_out(world: World) -> None:
    made = await put(world, channels=["mall"], stores=["s1"], levels=["gold"])
    assert (made.status_code, made.headers["etag"], made.headers["location"]) == (201, '"1"', "/v1/coupon-batches/ten")
    assert made.json() == {
        **{
            name: BATCH[name]
            for name in ("name", "name_zh", "promotion", "kind", "cap", "per_member", "claim_from", "claim_to", "valid_days")
        },
        "code": "ten",
        "status": "draft",
        "version": 1,
        "revision": 1,
        "given": 0,
        "left": 3,
        "used": 0,
        "shared_code": None,
        "codes_wanted": 0,
        "codes_written": 0,
        "created_at": day(0),
        "valid_from": None,
        "valid_to": None,
        "grace_days": 0,
        "levels": ["gold"],
        "groups": [],
        "first_order": False,
        "members": [],
        "channels": ["mall"],
        "stores": ["s1"],
    }
    assert refusal(await hand(world, await someone(world))) == ("coupon.not_given_out", "/batch")
    told = await world.post("/v1/coupon-batches/ten/publish")
    assert told.json() == {"code": "ten", "before": "draft", "to": "live"}
    assert [(type_, facts["code"]) for type_, _, facts in await world.events() if type_.startswith("coupon")] == [
        ("coupon_batch.put.v1", "ten"),
        ("coupon_batch.moved.v1", "ten"),
    ]


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"claim_to": "2026-11-01T00:00:00Z"}, "/claim_to"),
        ({"valid_days": 0}, "/valid_days"),
        ({"valid_from": "2026-11-01T00:00:00Z", "valid_to": "2026-12-01T00:00:00Z"}, "/valid_days"),
        ({"valid_days": 0, "valid_from": "2026-11-01T00:00:00Z"}, "/valid_to"),
        ({"valid_days": 0, "valid_from": "2026-11-02T00:00:00Z", "valid_to": "2026-11-02T00:00:00Z"}, "/valid_to"),
        ({"valid_days": 0, "valid_from": "2026-10-01T00:00:00Z", "valid_to": "2026-11-01T00:00:00Z"}, "/valid_to"),
        ({"shared_code": "TEN"}, "/shared_code"),
        ({"kind": "shared", "valid_days": 0}, "/shared_code"),
        ({"kind": "shared", "shared_code": "TEN"}, "/valid_days"),
    ],
)
async def test_terms_that_cannot_hold_are_refused_where_they_are_written(world: World, wrong: dict[str, Any], pointer: str) -> None:
    assert refusal(await put(world, **wrong)) == ("coupon.terms_invalid", pointer)


async def test_a_batch_is_of_a_promotion_that_runs_and_needs_a_coupon(world: World) -> None:
    assert refusal(await put(world, promotion="nine-off")) == ("coupon.no_promotion", "/promotion")
    assert refusal(await put(world, promotion="ten-off@2")) == ("coupon.no_promotion", "/promotion")
    for_all = PROMOTION | {"coupon": False, "stage": "order"}
    await world.put("/v1/promotions/for-all", for_all)
    await world.post("/v1/promotions/for-all/publish")
    assert refusal(await put(world, promotion="for-all")) == ("coupon.no_promotion", "/promotion")
    assert (await put(world, promotion="ten-off")).json()["promotion"] == "ten-off@1"
    over = {"claim_from": "2026-01-01T00:00:00Z", "claim_to": "2026-02-01T00:00:00Z"}
    assert (await put(world, "old", promotion="whatever", **over)).json()["promotion"] == "whatever"


async def test_unknown_places_and_people_are_refused_where_they_are_named(world: World) -> None:
    assert refusal(await put(world, channels=["mall", "moon"])) == ("access.unknown_channel", "/channels/1")
    assert refusal(await put(world, stores=["s9"])) == ("access.unknown_store", "/stores/0")
    nobody = world.served.house.ids.show("mem", 77)
    assert refusal(await put(world, members=[nobody])) == ("resource.not_found", "/members/0")


async def test_members_get_so_many_each_and_so_many_in_all(world: World) -> None:
    await live(world)
    one, two = await someone(world), await someone(world, "C002")
    first = (await hand(world, one)).json()
    assert (first["batch"], first["valid_from"], first["valid_to"]) == ("ten", day(0), day(7))
    assert (await hand(world, one)).status_code == 201
    assert refusal(await hand(world, one)) == ("coupon.enough", "")
    assert (await hand(world, two)).status_code == 201
    assert refusal(await hand(world, two)) == ("coupon.none_left", "")
    told = await shown(world)
    assert (told["given"], told["left"]) == (3, 0)
    listed = (await world.get(f"/v1/coupons?batch=ten&member={one}")).json()["items"]
    assert [(row["state"], row["via"], row["member"]) for row in listed] == [("free", "handed", one)] * 2
    assert listed[1]["code"] == first["code"]
    looker = await world.key_with("coupon:read")
    masked = (await world.served.ask("GET", "/v1/coupons?batch=ten", None, looker)).json()["items"]
    assert [len(row["code"]) for row in masked] == [5, 5, 5]


async def test_a_change_is_a_version_and_coupons_keep_theirs(world: World) -> None:
    await live(world)
    one, two = await someone(world), await someone(world, "C002")
    assert (await hand(world, one)).json()["valid_to"] == day(7)
    assert refusal(await put(world, kind="unique")) == ("coupon.batch_fixed", "/kind")
    assert refusal(await put(world, per_member=1)) == ("coupon.batch_fixed", "/kind")
    changed = await put(world, cap=2, valid_days=30)
    assert (changed.status_code, changed.json()["version"], changed.json()["left"]) == (200, 2, 1)
    assert (await put(world, cap=2, valid_days=30)).json()["version"] == 2
    assert (await hand(world, two)).json()["valid_to"] == day(30)
    assert refusal(await hand(world, two)) == ("coupon.none_left", "")
    too_few = await put(world, cap=1)
    assert (refusal(too_few), too_few.json()["least"]) == (("coupon.cap_below", "/cap"), 2)
    assert (await put(world, cap=5)).json()["left"] == 3
    told = (await world.get("/v1/coupon-batches/ten/versions")).json()["items"]
    assert [(row["version"], row["cap"], row["valid_days"]) for row in told] == [(3, 5, 7), (2, 2, 30), (1, 3, 7)]
    listed = (await world.get("/v1/coupons?batch=ten")).json()["items"]
    assert [row["valid_to"] for row in listed] == [day(30), day(7)]


async def test_a_stale_author_is_told(world: World) -> None:
    await put(world)
    assert (await world.put("/v1/coupon-batches/ten", BATCH | {"cap": 9}, if_match='"1"')).status_code == 200
    assert refusal(await world.put("/v1/coupon-batches/ten", BATCH, if_match='"1"'))[0] == "resource.stale"


async def test_a_batch_is_stopped_resumed_and_ended(world: World) -> None:
    await live(world)
    one = await someone(world)
    assert (await world.post("/v1/coupon-batches/ten/stop")).json()["to"] == "stopped"
    assert refusal(await hand(world, one)) == ("coupon.not_given_out", "/batch")
    assert (await world.post("/v1/coupon-batches/ten/publish")).json() == {"code": "ten", "before": "stopped", "to": "live"}
    assert (await hand(world, one)).status_code == 201
    assert (await world.post("/v1/coupon-batches/ten/end")).json()["to"] == "ended"
    assert refusal(await world.post("/v1/coupon-batches/ten/publish")) == ("coupon.batch_state", "")
    assert refusal(await put(world, cap=9)) == ("coupon.batch_ended", "")
    assert refusal(await world.post("/v1/coupon-batches/none/stop")) == ("coupon.unknown_batch", "")


async def test_only_those_meant_get_one(world: World) -> None:
    one, two = await someone(world), await someone(world, "C002")
    await live(world, members=[one])
    assert (await hand(world, one)).status_code == 201
    assert refusal(await hand(world, two)) == ("coupon.not_for_you", "/batch")
    await live(world, "gold", levels=["gold"])
    assert refusal(await hand(world, one, "gold")) == ("coupon.not_for_you", "/batch")
    await live(world, "late", claim_from="2026-11-23T00:00:00Z")
    assert refusal(await hand(world, one, "late")) == ("coupon.not_given_out", "/batch")
    await world.post(f"/v1/members/{two}/block")
    assert refusal(await hand(world, two)) == ("member.blocked", "")


@pytest.fixture
def reacting() -> Iterator[None]:
    reactions.install()
    yield
    jobs.REACTIONS.clear()


@pytest.mark.usefixtures("reacting")
async def test_codes_are_written_bit_by_bit_as_far_as_there_are_coupons(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jiutong.capabilities.promotion.verbs.coupon.CODES_AT_ONCE", 40)
    await live(world, "leaflet", kind="unique", cap=100)
    assert refusal(await hand(world, await someone(world), "leaflet")) == ("coupon.codes_only", "/batch")
    ordered = await world.post("/v1/coupon-batches/leaflet/codes", {"count": 95})
    assert (ordered.status_code, ordered.json()) == (202, {"written": 0, "wanted": 95})
    too_many = await world.post("/v1/coupon-batches/leaflet/codes", {"count": 6})
    assert (refusal(too_many), too_many.json()["left"]) == (("coupon.none_left", "/count"), 5)
    outbound = Outbound()
    for _ in range(3):  # each round asks for the next
        assert await run_due(desk_of(world.served.house, outbound), world.tenant.tenant_id) == 1
    await outbound.close()
    told = await shown(world, "leaflet")
    assert (told["codes_written"], told["codes_wanted"], told["left"]) == (95, 95, 5)
    listed = (await world.get("/v1/coupons?batch=leaflet&limit=250")).json()["items"]
    codes = {row["code"] for row in listed}
    assert (len(listed), len(codes), {row["member"] for row in listed}) == (95, 95, {None})
    found = (await world.get(f"/v1/coupons?code={min(codes).replace('-', '').lower()}")).json()["items"]
    assert [row["code"] for row in found] == [min(codes)]
    file = await world.get("/v1/exports/coupons.csv?batch=leaflet&bom=false")
    assert len(file.text.splitlines()) == 96
    assert refusal(await world.post("/v1/coupon-batches/ten/codes", {"count": 1})) == ("coupon.unknown_batch", "")
    await live(world)
    assert refusal(await world.post("/v1/coupon-batches/ten/codes", {"count": 1})) == ("coupon.no_codes", "/count")
