"""One trial: a load on a running server, with everything measured around it."""

import asyncio
from statistics import median

import asyncpg
import msgspec

from benchmarks.rig.floor import Floor, measure
from benchmarks.rig.load import Plan, Told, drive
from benchmarks.rig.meters import rss_mb
from benchmarks.rig.stage import Server, Stage
from benchmarks.rig.world import World

ROUNDS = 5
WARM_UP_S = 2.0
FLOOR_S = 1.5


class Trial(msgspec.Struct, frozen=True):
    """What the load told, and what the server and the database had to do for it, warm-up included."""

    told: Told
    statements: int
    transactions: int
    wal_bytes: int
    orders_written: int
    server_rss_mb: float

    @property
    def lost(self) -> int:
        """Orders that were answered for but not written, or written and not answered for."""
        return self.told.accepted_in_all - self.orders_written

    def speed(self, unit: str = "orders") -> dict[str, object]:
        """How fast, and how evenly."""
        return {
            f"{unit}_per_s": round(self.told.rate),
            "p50_ms": self.told.accepted_ms.p50,
            "p99_ms": self.told.accepted_ms.p99,
            "max_ms": self.told.accepted_ms.longest,
            "spread_of_rounds": round(self.told.spread, 3),
        }

    def costs(self) -> dict[str, object]:
        """What each order took, and what went wrong. Processor time is of all cores together."""
        told, in_all = self.told, max(self.told.accepted_in_all, 1)
        server_s, database_s = told.cpu_s
        ours_s = server_s + database_s + told.own_cpu_s
        return {
            "server_cpu_us": self.each_us(server_s),
            "database_cpu_us": self.each_us(database_s),
            "driver_cpu_us": self.each_us(told.own_cpu_s),
            "cores_busy_with_it": round(ours_s / told.seconds, 2),
            "cores_busy_with_others": round(max(told.machine_cpu_s - ours_s, 0) / told.seconds, 2),
            "db_statements_per_order": round(self.statements / in_all, 3),
            "batches": self.transactions,
            "orders_per_batch": round(told.accepted_in_all / max(self.transactions, 1), 1),
            "wal_bytes_per_order": round(self.wal_bytes / in_all),
            **self.troubles(),
        }

    def each_us(self, seconds: float) -> int:
        """What it is for each try, in microseconds."""
        return round(seconds * 1e6 / max(self.told.tries, 1))

    def troubles(self) -> dict[str, object]:
        """What is to be none, nearly none, or bounded."""
        return {
            "server_rss_mb": round(self.server_rss_mb),
            "refused": self.told.refused,
            "broken_connections": self.told.broken,
            "lost": self.lost,
        }


def by_the_clock(seconds: float) -> tuple[float, int]:
    """The length of a round, and how many."""
    return seconds / ROUNDS, ROUNDS


def trial(stage: Stage, server: Server, plan: Plan) -> Trial:
    """Put the load on, and look at the counters before and after."""
    before = asyncio.run(_counters(stage, reset=True))
    told = drive(msgspec.structs.replace(plan, port=server.port, watched=(server.pid, stage.database_pid)))
    after = asyncio.run(_counters(stage))
    statements, transactions, wal_bytes, orders = (late - early for late, early in zip(after, before, strict=True))
    return Trial(told, statements, transactions, wal_bytes, orders, rss_mb(server.pid))


def floor_per_s(stage: Stage, world: World, floor: Floor, times: int = 2) -> list[float]:
    """The floor, several times."""
    return [measure(stage, world, floor, FLOOR_S).per_s for _ in range(times)]


def against(floors: list[float], per_s: float, name: str) -> dict[str, object]:
    """A rate beside the median of its floors."""
    floor = median(floors)
    return {"floor_orders_per_s": round(floor), "ratio_to_floor": round(per_s / floor, 3), "floor": name}


async def _counters(stage: Stage, reset: bool = False) -> tuple[int, int, int, int]:
    """Statements of the application, those of them that were commits, bytes of log, and orders there are."""
    conn = await asyncpg.connect(stage.admin_url)
    try:
        if reset:
            await conn.execute("select pg_stat_statements_reset()")
        row = await conn.fetchrow(_COUNTERS)
        return tuple(row.values())
    finally:
        await conn.close()


_COUNTERS = """
select coalesce(sum(s.calls), 0)::bigint,
       coalesce(sum(s.calls) filter (where s.query like 'commit%'), 0)::bigint,
       pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint,
       (select count(*) from orders.placed)
  from pg_stat_statements s join pg_roles r on r.oid = s.userid
 where r.rolname = 'jiutong_app'
"""
