"""Points from end to end: terms, earning by paid orders, clawback by returns, debts, grants and expiry; exact rows and answers."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from tests.shop import Shop, basket, receipt, refused, shop
from tests.world import NOON, World, served, world

from jiutong.capabilities import asset
from jiutong.capabilities.member import Recognize
from jiutong.flows import assets, find_member, pay, reactions
from jiutong.flows.cancel import Cancellation, CancelOrder, cancel
from jiutong.flows.return_goods import Return, ReturnGoods, UnitsBack, return_goods
from jiutong.kernel import jobs
from jiutong.worker import desk_of, run_due

__all__ = ["served", "shop", "world"]
CARD = Recognize("card", "M0001")
USD = asset.Rate("USD", earn_points=1, earn_minor=100, burn_points=100, burn_minor=100)
TERMS = asset.PointsTerms((USD,), promised_days=7, valid_months=12)


@pytest.fixture(autouse=True)
def reacting() -> Iterator[None]:
    reactions.install()
    yield
    jobs.REACTIONS.clear()


async def member_of(shop: Shop) -> int:
    return (await shop.world.run(find_member.recognize, CARD)).member_id


async def publish(shop: Shop, terms: asset.PointsTerms = TERMS) -> None:
    await shop.world.run(assets.publish, asset.PutProgramme(points=terms))


async def bought(shop: Shop, *lines: tuple[str, int], **wishes: Any) -> int:
    """An order of the member, paid in cash, and everything done that follows from it."""
    placed = await shop.placed(basket(*lines, member=CARD, **wishes), by=shop.boss)
    if placed.total:
        await shop.world.run(pay.start, pay.Pay(placed.order_id, pay.Payment("cash")))
    await react(shop)
    return placed.order_id


async def react(shop: Shop) -> None:
    """Do what follows from what happened."""
    house = shop.world.served.house
    await run_due(desk_of(house, None), shop.tenant_id)  # type: ignore[arg-type]


async def give(shop: Shop, member_id: int, amount: int, days: int = 30, **other: Any) -> int:
    """A lot of points that can be used for so many days; its id."""
    wish = assets.Give("points", amount, shop.clock.now() + timedelta(days=days), "points", "welcome", (member_id,), **other)
    return (await shop.world.run(assets.give, wish)).lots[0]


async def purse(world: World, member_id: int) -> tuple[int, int, int, int]:
    """usable, promised, held, owed."""
    told = await world.get(f"/v1/members/{world.served.house.ids.show('mem', member_id)}/wallet")
    assert told.status_code == 200, told.text
    points = told.json()["purses"][0]
    return points["usable"], points["promised"], points["held"], points["owed"]


async def test_a_paid_order_earns_points_that_are_promised_first(shop: Shop) -> None:
    await publish(shop)
    order_id = await bought(shop, ("tea", 2), ("salt", 1))  # 39.98 and 0.50 before tax
    member_id = await member_of(shop)
    assert await shop.rows("select quantity, net, points, clawed, version from asset.earning where tenant_id = $1 order by line_id") == [
        (2, 3998, 39, 0, 1)
    ]
    assert await shop.rows(
        "select kind, holder_id, unit, amount, source, source_id, funder, active_from, expires_at from asset.lot where tenant_id = $1"
    ) == [("points", member_id, "POINT", 39, "order", order_id, "points", NOON + timedelta(days=7), NOON.replace(year=2027))]
    assert await purse(shop.world, member_id) == (0, 39, 0, 0)
    shop.clock.at = NOON + timedelta(days=7)
    assert await purse(shop.world, member_id) == (39, 0, 0, 0)


async def test_an_order_earns_once_however_often_it_is_told(shop: Shop) -> None:
    await publish(shop)
    order_id = await bought(shop, ("tea", 1))
    for _ in range(3):
        assert await shop.world.run(assets.reckon, assets.Reckon(order_id)) == assets.Reckoned(order_id, 0, 0, 0)
    assert await shop.rows("select amount from asset.lot where tenant_id = $1") == [(19,)]


async def test_who_is_unknown_or_has_not_paid_earns_nothing(shop: Shop) -> None:
    await publish(shop)
    placed = await shop.placed(basket(("tea", 1), member=CARD))
    await shop.world.run(assets.reckon, assets.Reckon(placed.order_id))
    stranger = await shop.placed(basket(("tea", 1)))
    await shop.world.run(pay.start, pay.Pay(stranger.order_id, pay.Payment("cash")))
    await react(shop)
    assert await shop.rows("select lot_id from asset.lot where tenant_id = $1") == []


async def test_level_channel_and_category_multiply(shop: Shop) -> None:
    terms = asset.PointsTerms((USD,), levels={"basic": 20_000}, channels={"mall": 15_000})
    await publish(shop, terms)
    await bought(shop, ("tea", 1))
    assert await shop.rows("select points from asset.earning where tenant_id = $1") == [(59,)]  # 19.99 x 3, rounded down


async def test_a_sale_at_the_till_earns_and_its_return_takes_back_by_prefix_share(shop: Shop) -> None:
    await publish(shop)
    sold = await shop.rung(receipt("R1", ("salt", 7), paid=417, member=CARD))  # 3.85 net
    await react(shop)
    member_id = await member_of(shop)
    lots = "select points, clawed from asset.earning where tenant_id = $1"
    assert await shop.rows(lots) == [(3, 0)]
    clawed: list[int] = []
    for _ in range(7):
        await shop.world.run(return_goods, ReturnGoods(sold.order_id, Return("changed_mind", (UnitsBack(1, 1),))))
        await react(shop)
        clawed.append((await shop.rows(lots))[0][1])
    assert clawed == [0, 1, 1, 2, 2, 3, 3]
    assert await purse(shop.world, member_id) == (0, 0, 0, 0)


async def test_what_was_spent_is_owed_and_the_next_lot_pays_it(shop: Shop) -> None:
    await publish(shop, asset.PointsTerms((USD,)))
    order_id = await bought(shop, ("tea", 2))
    member_id = await member_of(shop)
    await shop.world.run(assets.take, assets.Take("points", 30, "gone", member_id))
    assert await purse(shop.world, member_id) == (9, 0, 0, 0)
    await shop.world.run(cancel, CancelOrder(order_id, Cancellation("changed")))
    await react(shop)
    assert await shop.rows("select points, owed from asset.clawback where tenant_id = $1") == [(39, 30)]
    assert await purse(shop.world, member_id) == (0, 0, 0, 30)
    await give(shop, member_id, 100)
    assert await purse(shop.world, member_id) == (70, 0, 0, 0)
    assert await shop.rows("select amount, netted from asset.lot where tenant_id = $1 and source = 'grant'") == [(100, 30)]


async def test_a_clawback_takes_from_other_lots_before_anything_is_owed(shop: Shop) -> None:
    await publish(shop, asset.PointsTerms((USD,)))
    order_id = await bought(shop, ("tea", 2))
    member_id = await member_of(shop)
    await shop.world.run(assets.take, assets.Take("points", 39, "gone", member_id))
    await give(shop, member_id, 25)
    await shop.world.run(cancel, CancelOrder(order_id, Cancellation("changed")))
    await react(shop)
    assert await purse(shop.world, member_id) == (0, 0, 0, 14)


async def test_what_expires_first_is_taken_first(shop: Shop) -> None:
    member_id = await member_of(shop)
    late, soon = await give(shop, member_id, 10, days=60), await give(shop, member_id, 10, days=5)
    taken = await shop.world.run(assets.take, assets.Take("points", 15, "test", member_id))
    assert taken.lots == ((soon, 10), (late, 5))
    assert refused(await shop.do(assets.take, assets.Take("points", 6, "test", member_id), by=shop.boss)) == ("asset.not_enough", "/amount")


async def test_what_is_left_expires_once(shop: Shop) -> None:
    member_id = await member_of(shop)
    lot_id = await give(shop, member_id, 10, days=5)
    await shop.world.run(assets.take, assets.Take("points", 4, "test", member_id))
    wish = asset.ExpireLots((lot_id,))
    assert (await shop.world.run(assets.expire, wish)).lots == ()
    shop.clock.at = NOON + timedelta(days=5)
    assert (await shop.world.run(assets.expire, wish)).lots == ((lot_id, 6),)
    assert (await shop.world.run(assets.expire, wish)).lots == ()
    assert await shop.rows("select sum(posted)::bigint from ledger.account where tenant_id = $1 and code like 'points:%'") == [(0,)]


@pytest.mark.parametrize(
    ("terms", "pointer"),
    [
        ({"rates": [{"currency": "USD", "earn_points": 1}]}, "/terms/rates/0/earn_minor"),
        ({"rates": [{"currency": "USD", "burn_minor": 1}]}, "/terms/rates/0/burn_minor"),
        ({"rates": [{"currency": "USD"}, {"currency": "USD"}]}, "/terms/rates/1/currency"),
    ],
)
async def test_terms_that_do_not_fit_are_refused_when_they_are_saved(world: World, terms: Any, pointer: str) -> None:
    told = await world.post("/v1/points/programme", {"terms": terms})
    assert (told.status_code, told.json()["code"], told.json()["errors"][0]["pointer"]) == (422, "asset.terms", pointer)


async def test_terms_are_versions_and_the_later_one_announced(world: World) -> None:
    body = {"terms": {"rates": [{"currency": "USD", "earn_points": 1, "earn_minor": 100}]}}
    assert (await world.post("/v1/points/programme", body)).json()["version"] == 1
    later = body | {"valid_from": "2026-12-01T00:00:00Z"}
    assert (await world.post("/v1/points/programme", later)).json()["version"] == 2
    told = (await world.get("/v1/points/programme")).json()["versions"]
    assert [(one["version"], one["state"]) for one in told] == [(2, "announced"), (1, "in_force")]
    early = await world.post("/v1/points/programme", body)
    assert (early.status_code, early.json()["announced"]) == (422, 2)


async def test_grants_fit_their_kind(shop: Shop) -> None:
    member_id = shop.world.served.house.ids.show("mem", await member_of(shop))
    until = {"expires_at": "2026-12-01T00:00:00Z", "funder": "brand", "reason": "amends", "amount": 500}
    post = shop.world.post
    for wrong, pointer in (
        ({"kind": "points", "company": "acme"}, "/company"),
        ({"kind": "points"}, "/members"),
        ({"kind": "red_packet", "members": [member_id]}, "/currency"),
        ({"kind": "points", "members": [member_id], "expires_at": "2026-11-01T00:00:00Z"}, "/expires_at"),
    ):
        told = await post("/v1/assets/grants", until | wrong)
        assert (told.status_code, told.json()["errors"][0]["pointer"]) == (422, pointer), told.text
    made = await post("/v1/assets/grants", until | {"kind": "red_packet", "members": [member_id], "currency": "USD"})
    assert made.status_code == 201, made.text
    purses = (await shop.world.get(f"/v1/members/{member_id}/wallet")).json()["purses"]
    assert [(one["kind"], one["unit"], one["usable"]) for one in purses] == [("points", "POINT", 0), ("red_packet", "RED/USD", 500)]


async def test_the_liability_is_what_the_lots_hold(shop: Shop) -> None:
    await publish(shop, asset.PointsTerms((USD,), promised_days=7, breakage_bp=1_000))
    member_id = await member_of(shop)
    await give(shop, member_id, 100, days=5)
    await bought(shop, ("tea", 2))
    told = (await shop.world.get("/v1/assets/liability")).json()
    assert [(one["month"], one["promised"], one["active"]) for one in told["outstanding"]] == [("2026-11", 0, 100), ("2027-11", 39, 0)]
    assert told["worth"] == [{"currency": "USD", "points": 139, "full": 139, "expected": 125, "breakage_bp": 1000}]
    assert {(one["rule"], one["given"], one["taken"]) for one in told["moved"]} == {("asset.granted", 100, 0), ("points.earned", 39, 0)}
    lots = (await shop.world.get("/v1/assets/lots?kind=points&state=promised")).json()["items"]
    assert [one["amount"] for one in lots] == [39]
    moved = (await shop.world.get(f"/v1/assets/lots/{lots[0]['id']}/movements")).json()["items"]
    assert [(one["rule"], one["amount"], one["order"]) for one in moved] == [("points.earned", 39, lots[0]["order"])]
