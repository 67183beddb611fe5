"""Gates in a shop: limits, flash sales, reservations, certificates - what tests of budgets give as commands."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

import msgspec
from tests.shop import Shop
from tests.world import NOON

from jiutong.capabilities import member, promotion
from jiutong.flows import certify, find_member, maintain_gates, reserve
from jiutong.flows.maintain_gates import NamedGate, PutGate, SettleFloors

TEA = promotion.Limit(name="Two teas", units=2, goods=promotion.Reach(skus=("tea",)), channels=("mall",))
HARVEST = promotion.Reservation(
    name="Harvest",
    skus=("tea",),
    signup_from=NOON - timedelta(hours=1),
    signup_to=NOON + timedelta(hours=1),
    buy_from=NOON + timedelta(hours=1),
    buy_to=NOON + timedelta(hours=2),
    places=1_000,
)


def put(i: int) -> PutGate:
    """A limit to be drafted."""
    return PutGate(f"l{i}", limit=TEA)


async def drafted(shop: Shop, count: int) -> list[str]:
    """Limits that are drafted."""
    for i in range(count):
        await shop.world.run(maintain_gates.put, put(i))
    return [f"l{i}" for i in range(count)]


async def running(shop: Shop, count: int) -> list[str]:
    """Limits in force."""
    codes = await drafted(shop, count)
    for code in codes:
        await shop.world.run(maintain_gates.publish, NamedGate("limit", code))
    return codes


async def harvest(shop: Shop, count: int, mode: str = "first_come") -> list[tuple[str, int]]:
    """A reservation, and members who have not signed up for it."""
    what = msgspec.structs.replace(HARVEST, mode=mode)
    await shop.world.run(maintain_gates.put, PutGate("harvest", reservation=what))
    await shop.world.run(maintain_gates.publish, NamedGate("reservation", "harvest"))
    found = [await shop.world.run(find_member.recognize, member.Recognize("card", f"card{i:04}")) for i in range(count)]
    return [("harvest", one.member_id) for one in found]


async def _published(shop: Shop, count: int) -> Sequence[msgspec.Struct]:
    return [NamedGate("limit", code) for code in await drafted(shop, count)]


async def _ended(shop: Shop, count: int) -> Sequence[msgspec.Struct]:
    return [NamedGate("limit", code) for code in await running(shop, count)]


async def _settled(shop: Shop, count: int) -> Sequence[msgspec.Struct]:
    return [SettleFloors("limit", code) for code in await running(shop, count)]


async def _signed(shop: Shop, count: int) -> Sequence[msgspec.Struct]:
    return [reserve.SignUp(code, "mall", one) for code, one in await harvest(shop, count)]


async def _drawn(shop: Shop, count: int) -> Sequence[msgspec.Struct]:
    what = msgspec.structs.replace(HARVEST, mode="draw")
    for i in range(count):
        await shop.world.run(maintain_gates.put, PutGate(f"h{i}", reservation=what))
        await shop.world.run(maintain_gates.publish, NamedGate("reservation", f"h{i}"))
    shop.clock.at = NOON + timedelta(hours=1)
    return [reserve.Draw(f"h{i}") for i in range(count)]


async def _reminded(shop: Shop, count: int) -> Sequence[msgspec.Struct]:
    for one in await _signed(shop, 2):
        await shop.do(reserve.sign_up, one)  # type: ignore[arg-type]
    return [reserve.Remind("harvest") for _ in range(count)]


def _certificate(i: int) -> promotion.PutCertificate:
    return promotion.PutCertificate(promotion.Holder("member", i), "adult", "", NOON, NOON + timedelta(days=1), "staff:1")


async def _certified(shop: Shop, count: int) -> Sequence[msgspec.Struct]:
    return [_certificate(i) for i in range(count)]


async def _dropped(shop: Shop, count: int) -> Sequence[msgspec.Struct]:
    for i in range(count):
        await shop.world.run(certify.put, _certificate(i))
    return [certify.DropCertificate(promotion.Holder("member", i), "adult") for i in range(count)]


async def _put(shop: Shop, count: int) -> Sequence[msgspec.Struct]:
    return [put(i) for i in range(count)]


WORKS: dict[str, Callable[[Shop, int], Awaitable[Sequence[msgspec.Struct]]]] = {
    "gate.put": _put,
    "gate.publish": _published,
    "gate.end": _ended,
    "gate.settle_floors": _settled,
    "reservation.sign_up": _signed,
    "reservation.draw": _drawn,
    "reservation.remind": _reminded,
    "certificate.put": _certified,
    "certificate.drop": _dropped,
}
"""By flow, what makes so many of its commands."""
