"""Screens: a product with everything on it, a page of twenty with price and ATP, and a search - at 58,000 SKUs."""

import asyncio
import random

from benchmarks.rig import load, world
from benchmarks.rig.load import Plan, Request
from benchmarks.rig.stage import serving, set_up
from benchmarks.rig.trial import WARM_UP_S, Trial, by_the_clock, trial
from benchmarks.rig.world import World
from jiutong.api import cursors

SKUS = 58_000
PAGE = 20
ADDRESSES = 2_000
WORDS = ("red", "wool", "shirt", "cotton hat", "blue silk", "denim jacket", "scarf")


def run(seconds: int, clients: int) -> dict[str, object]:
    """Read products, then pages, then search."""
    with set_up() as stage:
        here = asyncio.run(world.create(stage, skus=SKUS, stores=1))
        with serving(stage) as server:
            shown = trial(stage, server, plan(details(here), clients, seconds / 3))
            listed = trial(stage, server, plan(pages(here), clients, seconds / 3))
            searched = trial(stage, server, plan(searches(here), clients, seconds / 3))
    return {
        **figures("detail", shown),
        **figures("list", listed),
        **figures("search", searched),
        "skus": SKUS,
        "clients": clients,
        "server_rss_mb": round(searched.server_rss_mb),
    }


def figures(name: str, read: Trial) -> dict[str, object]:
    """What one kind of reading came to."""
    told = read.told
    return {
        f"{name}_per_s": round(told.rate),
        f"{name}_p50_ms": told.accepted_ms.p50,
        f"{name}_p95_ms": told.accepted_ms.p95,
        f"{name}_p99_ms": told.accepted_ms.p99,
        f"{name}_server_cpu_us": read.each_us(told.cpu_s[0]),
        f"{name}_database_cpu_us": read.each_us(told.cpu_s[1]),
        f"{name}_refused": told.refused,
    }


def plan(requests: list[Request], clients: int, seconds: float) -> Plan:
    """Each client reads whatever comes next."""
    round_s, rounds = by_the_clock(seconds)
    return Plan(units=[[each] for each in requests], clients=clients, warm_up_s=WARM_UP_S, round_s=round_s, rounds=rounds)


def details(here: World) -> list[Request]:
    """Products that people come back to."""
    chance = random.Random(9)
    return [load.request("GET", f"/v1/products/{world.product_code(chance.randint(1, here.skus))}", here.token) for _ in range(ADDRESSES)]


def pages(here: World) -> list[Request]:
    """Pages all over the catalog of the mall."""
    chance = random.Random(9)
    starts = [chance.randint(1, here.skus - PAGE) for _ in range(ADDRESSES)]
    after = [cursors.written((world.product_code(no), here.product_id(no), None)) for no in starts]
    return [load.request("GET", f"/v1/products?channel=mall&limit={PAGE}&after={cursor}", here.token) for cursor in after]


def searches(here: World) -> list[Request]:
    """Words of a title, and the beginning of a code."""
    chance = random.Random(9)
    words = [word.replace(" ", "%20") for word in WORDS]
    codes = [world.product_code(chance.randint(1, here.skus))[:7] for _ in words]
    return [load.request("GET", f"/v1/products?channel=mall&limit={PAGE}&q={sought}", here.token) for sought in (*words, *codes)]
