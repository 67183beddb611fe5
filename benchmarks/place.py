"""Orders from the mall: a basket of three lines is placed, and its goods are held, in one call."""

import asyncio
import random
from statistics import median

from benchmarks.rig import floor, load, rights, world
from benchmarks.rig.stage import serving, set_up
from benchmarks.rig.trial import WARM_UP_S, Trial, against, by_the_clock, floor_per_s, trial
from benchmarks.rig.world import World
from jiutong.kernel.config import Config

LINES = 3
BASKETS = 2_048
TURNS = 3
FLOOR = "the rows of an order, 128 to a transaction, 2 connections: no HTTP, no prices, no steps"


def run(seconds: int, clients: int) -> dict[str, object]:
    """Place orders; quote and place them; place them with two server processes; at last, by turns, with rights and without."""
    with set_up() as stage:
        here = asyncio.run(world.create(stage))
        entitled = asyncio.run(world.create(stage, code="entitled"))
        floors = floor_per_s(stage, here, floor.ORDERS)
        with serving(stage) as server:
            placed = trial(stage, server, plan(here, clients, seconds))
            quoted = trial(stage, server, plan(here, clients, seconds / 2, quote_first=True))
        with serving(stage, processes=2) as server:
            in_two = trial(stage, server, plan(here, clients, seconds / 2))
        floors += floor_per_s(stage, here, floor.ORDERS)
        with serving(stage) as server:
            rights.give(server, entitled, BASKETS)
            without: list[Trial] = []
            with_them: list[Trial] = []
            for _ in range(TURNS):  # by turns, so that a neighbor who wakes up slows both
                without.append(trial(stage, server, plan(here, clients, seconds / 4)))
                with_them.append(trial(stage, server, plan(entitled, clients, seconds / 4, with_rights=True)))
        return {
            **placed.speed(),
            **against(floors, placed.told.rate, FLOOR),
            "oversold": asyncio.run(world.oversold(stage)),
            "quote_and_place_per_s": round(quoted.told.rate),
            "quote_and_place_p99_ms": quoted.told.accepted_ms.p99,
            "orders_per_s_with_2_processes": round(in_two.told.rate),
            "with_rights_per_s": round(median(one.told.rate for one in with_them)),
            "with_rights_p99_ms": median(one.told.accepted_ms.p99 for one in with_them),
            "with_rights_to_plain": round(median(a.told.rate / b.told.rate for a, b in zip(with_them, without, strict=True)), 2),
            "with_rights_cpu_us": round(median(map(cpu_us, with_them))),
            "without_rights_cpu_us": round(median(map(cpu_us, without))),
            "clients": clients,
            "processes": Config().processes,
            **placed.costs(),
            "broken_invariants": asyncio.run(world.broken(stage)),
        }


def cpu_us(one: Trial) -> int:
    """What server and database took for each order, in microseconds."""
    return sum(map(one.each_us, one.told.cpu_s))


def plan(here: World, clients: int, seconds: float, *, quote_first: bool = False, with_rights: bool = False) -> load.Plan:
    """Baskets of three different SKUs each, the same ones in every run."""
    chance = random.Random(9)
    units: list[list[load.Request]] = []
    for no in range(BASKETS):
        lines = [{"sku": world.sku_code(no), "quantity": 1} for no in chance.sample(range(1, here.skus + 1), LINES)]
        basket: dict[str, object] = {"channel": "mall", "lines": lines}
        if with_rights:
            basket |= {"member": rights.card(no), "coupons": [rights.COUPON], "points": rights.POINTS}
        paths = ("/v1/quotes", "/v1/orders") if quote_first else ("/v1/orders",)
        units.append([load.request("POST", path, here.token, basket) for path in paths])
    round_s, rounds = by_the_clock(seconds)
    return load.Plan(units=units, clients=clients, warm_up_s=WARM_UP_S, round_s=round_s, rounds=rounds)
