"""The replay: a grocer's year (The Complete Journey) through the importer and the flows, basket after basket.

From 60 seconds on it is the whole year, 155,848 baskets; below, the first 20,000.
"""

import asyncio
import resource
import time
from collections import Counter

import asyncpg
import msgspec

from benchmarks.rig import world
from benchmarks.rig.meters import cpu_s
from benchmarks.rig.stage import Stage, set_up
from jiutong.cli.database import Ready
from jiutong.cli.imports import books_of
from jiutong.importers.complete_journey import CompleteJourney, receipt
from jiutong.importers.complete_journey.load import SLICE, load

WHOLE_FROM_S = 60
BASKETS = "baskets"
YEAR = 155_848


class Mark(msgspec.Struct, frozen=True):
    """A moment of the import: how far it was, and the processor time used by then."""

    stage: str
    at: float
    done: int
    own_s: float
    database_s: float


class Watch:
    """Marks where each stage of the import began and ended."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._last = ("", 0)
        self.began = time.perf_counter()
        self.marks: list[tuple[Mark, Mark]] = []

    def tick(self, stage: str, done: int, total: int) -> None:
        """Called by the importer after every batch."""
        if stage != self._last[0]:
            self.end()
            self._first = self._mark(stage, done)
        self._last = stage, done

    def end(self) -> None:
        """The stage so far is over."""
        if self._last[0]:
            self.marks.append((self._first, self._mark(*self._last)))

    def stages(self) -> dict[str, float]:
        """Seconds each stage took."""
        seconds: dict[str, float] = {}
        for first, last in self.marks:
            seconds[first.stage] = round(seconds.get(first.stage, 0) + last.at - first.at, 1)
        return seconds

    def baskets(self) -> tuple[float, float, float]:
        """Baskets per second, and microseconds of this process and of the database for each: the parts of the year together."""
        parts = [(first, last) for first, last in self.marks if first.stage == BASKETS]
        booked = sum(last.done - first.done for first, last in parts)
        return (
            booked / sum(last.at - first.at for first, last in parts),
            sum(last.own_s - first.own_s for first, last in parts) / booked * 1e6,
            sum(last.database_s - first.database_s for first, last in parts) / booked * 1e6,
        )

    def _mark(self, stage: str, done: int) -> Mark:
        return Mark(stage, time.perf_counter(), done, time.process_time(), cpu_s(self._stage.database_pid))


def run(seconds: int, clients: int) -> dict[str, object]:
    """Replay the year, or the beginning of it, and compare every sum with the source."""
    whole = seconds >= WHOLE_FROM_S
    with set_up() as stage:
        watch = Watch(stage)
        asyncio.run(book(stage, watch, whole))
        took = time.perf_counter() - watch.began
        expected, found = sums_of_source(whole), asyncio.run(sums_of_books(stage))
        rate, own_us, database_us = watch.baskets()
        baskets = expected["baskets"]
        return {
            "baskets_per_s": round(rate),
            "lines_per_s": round(rate * expected["lines"] / baskets),
            "seconds_for_the_baskets": round(baskets / rate, 1),
            "seconds_for_the_whole_year": round(YEAR / rate, 1),
            "seconds_in_all": round(took, 1),
            "seconds_by_stage": watch.stages(),
            "baskets": baskets,
            "lines": expected["lines"],
            "own_cpu_us_per_basket": round(own_us),
            "database_cpu_us_per_basket": round(database_us),
            "own_rss_max_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
            "sums_equal": found == expected,
            "sums_that_differ": {name: (expected[name], found[name]) for name in expected if found[name] != expected[name]},
            "oversold": asyncio.run(world.oversold(stage)),
            "broken_invariants": asyncio.run(world.broken(stage)),
        }


async def book(stage: Stage, watch: Watch, whole: bool) -> None:
    """As `jiutong import complete-journey` does it."""
    async with books_of(Ready(stage.app_url, stage.admin_url), stage.folder, "demo", "Grocer") as books:
        with CompleteJourney() as source:
            loaded = await load(books, source, whole=whole, progress=watch.tick)
        watch.end()
    if loaded.refused:
        raise RuntimeError(f"{len(loaded.refused)} baskets were refused, the first: {loaded.refused[0]}")


def sums_of_source(whole: bool) -> Counter[str]:
    """What the source says, in cents."""
    sums: Counter[str] = Counter()
    with CompleteJourney() as source:
        for basket in source.baskets(None if whole else SLICE):
            printed = receipt(basket)
            sums["baskets"] += 1
            sums["lines"] += len(printed.lines)
            sums["units"] += sum(line.quantity for line in printed.lines)
            sums["gross"] += sum(line.gross_minor for line in printed.lines)
            sums["tender"] += printed.tender_minor
            sums["funded"] += printed.overage_minor
            sums["cash"] += printed.tender_minor - printed.overage_minor
            for line in printed.lines:
                for adjustment in line.adjustments:
                    sums["given away" if adjustment.funder == "store" else "funded"] += adjustment.amount_minor
    return sums


async def sums_of_books(stage: Stage) -> Counter[str]:
    """What orders and ledger say, in cents."""
    conn = await asyncpg.connect(stage.admin_url)
    try:
        return Counter({row["name"]: row["amount"] for row in await conn.fetch(_SUMS)})
    finally:
        await conn.close()


_SUMS = """
select 'baskets' as name, count(*)::bigint as amount from orders.placed
 union all select 'lines', count(*) from orders.line
 union all select 'units', sum(quantity)::bigint from orders.line
 union all select 'tender', sum(amount)::bigint from payment.tender
 union all select case split_part(code, ':', 1) when 'revenue' then 'gross' when 'clearing' then 'cash' when 'discount' then 'given away'
                                                else 'funded' end,
                  sum(case when code like 'revenue:%' then -posted else posted end)::bigint
             from ledger.account where split_part(code, ':', 1) in ('revenue', 'clearing', 'discount', 'funder') group by 1
"""
