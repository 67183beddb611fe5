"""Sales at the till: ten lines and two tenders rung up in one call, in ten stores with two tills each."""

import asyncio
import random

from benchmarks.rig import floor, load, world
from benchmarks.rig.load import KEY_HERE
from benchmarks.rig.stage import serving, set_up
from benchmarks.rig.trial import WARM_UP_S, against, by_the_clock, floor_per_s, trial
from benchmarks.rig.world import World

LINES = 10
BASKETS = 4_096
FLOOR = "the rows of a sale, 128 to a transaction, 2 connections: no HTTP, no prices, no steps"


def run(seconds: int, clients: int) -> dict[str, object]:
    """Ring up sales."""
    with set_up() as stage:
        here = asyncio.run(world.create(stage))
        floors = floor_per_s(stage, here, floor.SALES)
        with serving(stage) as server:
            rung = trial(stage, server, plan(here, clients, seconds))
        floors += floor_per_s(stage, here, floor.SALES)
        return {
            "receipts_per_s": round(rung.told.rate),
            **rung.speed(),
            **against(floors, rung.told.rate, FLOOR),
            "oversold": asyncio.run(world.oversold(stage)),
            "clients": clients,
            **rung.costs(),
            "broken_invariants": asyncio.run(world.broken(stage)),
        }


def plan(here: World, clients: int, seconds: float) -> load.Plan:
    """Receipts of ten different SKUs, paid in cash and by card, the same ones in every run. The receipt number is the key."""
    chance = random.Random(9)
    units: list[list[load.Request]] = []
    for no in range(BASKETS):
        goods = chance.sample(range(1, here.skus + 1), LINES)
        total = sum(map(world.price, goods))
        sale = {
            "store": world.store_code(1 + no % here.stores),
            "device": f"t{1 + no // here.stores % world.TILLS}",
            "receipt_no": KEY_HERE,
            "lines": [{"sku": world.sku_code(each), "quantity": 1} for each in goods],
            "tenders": [{"method": "cash", "amount_minor": total // 3}, {"method": "card", "amount_minor": total - total // 3}],
        }
        units.append([load.request("POST", "/v1/till/sales", here.token, sale, key_in_body=True)])
    round_s, rounds = by_the_clock(seconds)
    return load.Plan(units=units, clients=clients, warm_up_s=2 * WARM_UP_S, round_s=round_s, rounds=rounds)
