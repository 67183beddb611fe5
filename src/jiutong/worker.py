"""What happens without anybody asking: due jobs are done, unpaid orders expire, old answers are forgotten.

Any number of processes may work at once: jobs are claimed under a lease, and an order expires under its lock.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from datetime import timedelta
from typing import TypeAlias

import msgspec
import structlog

from jiutong import ledger
from jiutong.api.call import House
from jiutong.capabilities import asset
from jiutong.capabilities.access import Seen
from jiutong.capabilities.promotion import RemindOfBalance
from jiutong.flows import assets, group_buy, maintain_gates, maintain_plays, people, presale, reserve
from jiutong.flows.expire_unpaid import Expire, expire
from jiutong.flows.maintain_catalog import IndexProducts, index_products
from jiutong.flows.reactions import REACTIONS
from jiutong.gateways import messages, sim
from jiutong.gateways.desk import Desk, Execute, later
from jiutong.gateways.outbound import Outbound
from jiutong.importers.sheets import work as sheets
from jiutong.kernel import ids, jobs
from jiutong.kernel.db import UNREACHABLE
from jiutong.kernel.errors import Problem
from jiutong.kernel.jobs import Job
from jiutong.kernel.runner import Call
from jiutong.kernel.scope import system
from jiutong.reads import product_lists
from jiutong.replays import work as replays

log = structlog.get_logger()
Turn: TypeAlias = Callable[[Desk, int], Awaitable[int]]
ROUND_EVERY_S = 2
SWEEP_EVERY_S = 5
FORGET_EVERY_S = 3600
INDEX_EVERY_S = 3600
OVER_EVERY_S = 600
INDEXED_AT_ONCE = 1_000
NOTE_EVERY_S = 60
"""How often it is written when a key or a session was used last: as exact as that is known."""

JOBS_AT_ONCE = 16
JOB_TIMEOUT_S = 45
"""Well below the lease, so that nobody else begins a job that is still being done."""

SWEPT_AT_ONCE = 200
WAVE_EVERY = timedelta(minutes=1)
LOTS_AT_ONCE = 500
ANSWERS_KEPT = timedelta(days=2)
ANSWERS_AT_ONCE = 5_000


def desk_of(house: House, outbound: Outbound) -> Desk:
    """What the jobs of this house work with."""
    config = house.config
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(config.host, config.host)
    return Desk(house.db, house.runner, house.clock, house.ids, config.secret or "", f"http://{host}:{config.port}", outbound)


async def work(house: House, stop: asyncio.Event) -> None:
    """Work until told to stop; what was begun is finished."""
    outbound = Outbound()
    desk = desk_of(house, outbound)

    async def note_seen(desk: Desk, tenant_id: int) -> int:
        return await note(desk, tenant_id, house.gate.used(tenant_id))

    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(_answer_bell(desk, stop))
            group.create_task(_every(SWEEP_EVERY_S, desk, stop, sweep))
            group.create_task(_every(FORGET_EVERY_S, desk, stop, forget))
            group.create_task(_every(INDEX_EVERY_S, desk, stop, index))
            group.create_task(_every(OVER_EVERY_S, desk, stop, expire_lots))
            group.create_task(_every(NOTE_EVERY_S, desk, stop, note_seen))
    finally:
        await outbound.close()


async def run_due(desk: Desk, tenant_id: int) -> int:
    """Do what is due now for a tenant, some jobs at a time, until nothing is; the number of jobs begun."""
    begun = 0
    while True:
        due = await jobs.claim(desk.db, tenant_id, desk.clock.now(), JOBS_AT_ONCE)
        await desk.db.ids.reserve(ids.BLOCK)
        await asyncio.gather(*(_run(desk, tenant_id, job) for job in due))
        begun += len(due)
        if len(due) < JOBS_AT_ONCE:
            return begun


async def sweep(desk: Desk, tenant_id: int) -> int:
    """Let orders expire whose goods were held long enough; the number looked at."""
    now = desk.clock.now()
    async with desk.db.reading(tenant_id, now) as tx:
        due = await ledger.due(tx, SWEPT_AT_ONCE, now)
    by = system(tenant_id, "expiry")
    outcomes = await desk.runner.run_all(expire, [Call(Expire(id_), by) for id_ in due], [None] * len(due)) if due else []
    for id_, outcome in zip(due, outcomes, strict=True):
        if isinstance(outcome, Problem):
            log.warning("worker.not_expired", tenant=tenant_id, order=id_, why=outcome.code)
    return len(due)


async def expire_lots(desk: Desk, tenant_id: int) -> int:
    """Book what is left of points, red packets and procurement points whose time has come; the number of lots closed."""
    closed = 0
    while True:
        now = desk.clock.now()
        async with desk.db.reading(tenant_id, now) as tx:
            due = await asset.due(tx, LOTS_AT_ONCE, now)
        if due:
            answer = await desk.runner.run(assets.expire, asset.ExpireLots(tuple(due)), system(tenant_id, "expiry"))
            closed += len(answer.result.lots)
        if len(due) < LOTS_AT_ONCE:
            return closed


async def forget(desk: Desk, tenant_id: int) -> int:
    """Forget answers under idempotency keys nobody will repeat any more; the number forgotten."""
    gone = 0
    while True:
        dropped = await jobs.forget_answers(desk.db, tenant_id, desk.clock.now(), ANSWERS_KEPT, ANSWERS_AT_ONCE)
        gone += dropped
        if dropped < ANSWERS_AT_ONCE:
            return gone


async def note(desk: Desk, tenant_id: int, seen: Seen | None) -> int:
    """Write down which keys and sessions were used, if any were; how many."""
    if seen is None:
        return 0
    return (await desk.runner.run(people.note_seen, seen, system(tenant_id, "gate"))).result.noted


async def index(desk: Desk, tenant_id: int) -> int:
    """Give products the words they are found by that an older version wrote without; the number of products."""
    found, last = 0, 0
    while True:
        async with desk.db.reading(tenant_id, desk.clock.now()) as tx:
            ids_ = await product_lists.unindexed(tx, last, INDEXED_AT_ONCE)
        if not ids_:
            return found
        await desk.runner.run(index_products, IndexProducts(tuple(ids_)), system(tenant_id, "indexing"))
        found, last = found + len(ids_), ids_[-1]
        log.info("worker.indexed", tenant=tenant_id, products=found)


async def _run(desk: Desk, tenant_id: int, job: Job) -> None:
    """Do one job. Whatever goes wrong is written on it, and it is tried again or left to a person."""
    try:
        if job.attempts > len(jobs.RETRY_AFTER_S) + 1:
            raise RuntimeError("every worker that began it died")
        async with asyncio.timeout(JOB_TIMEOUT_S):
            more = await EXECUTES[job.kind](desk, tenant_id, job)
        if not await jobs.finish(desk.db, tenant_id, desk.clock.now(), job, more):
            log.warning("job.lease_lost", tenant=tenant_id, job=job.job_id, kind=job.kind)
    except Exception as fault:
        again = await jobs.fail(desk.db, tenant_id, desk.clock.now(), job, repr(fault))
        log.log(30 if again else 40, "job.failed", tenant=tenant_id, job=job.job_id, kind=job.kind, attempts=job.attempts, why=repr(fault))


async def _react(desk: Desk, tenant_id: int, job: Job) -> list[Job]:
    seen = msgspec.json.decode(job.facts, type=jobs.Seen)
    reaction = next(one for one in REACTIONS if one.kind == job.kind)
    try:
        await desk.runner.run(reaction.flow, reaction.command(job.subject_id), system(tenant_id, "reaction"), str(seen.event_id))
    except Problem as refusal:
        # An answer too: an order that was canceled meanwhile is not released. Only a fault of ours is worth another try.
        if refusal.status >= 500:
            raise
        log.info("reaction.refused", kind=job.kind, subject=job.subject_id, why=refusal.code)
    return []


async def _gate(desk: Desk, tenant_id: int, job: Job) -> list[Job]:
    """What gates ask for by themselves when their time has come. One that was ended meanwhile asks for nothing."""
    by = system(tenant_id, "plays")
    named = msgspec.json.decode(job.facts, type=maintain_gates.NamedGate)
    try:
        if job.kind == "gate.settle_floors":
            await desk.runner.run(maintain_gates.settle_floors, maintain_gates.SettleFloors(named.kind, named.code), by)
        elif job.kind == "reservation.draw":
            await desk.runner.run(reserve.draw, reserve.Draw(named.code), by, str(job.job_id))
        else:
            told = reserve.Told(-1)
            while told.last:
                wish = reserve.Remind(named.code, max(told.last, 0))
                told = (await desk.runner.run(reserve.remind, wish, by, f"{job.job_id} {wish.after}")).result
    except Problem as refusal:
        if refusal.status >= 500:
            raise
        log.info("gate.refused", kind=job.kind, gate=named.code, why=refusal.code)
    return []


async def _settle_play(desk: Desk, tenant_id: int, job: Job) -> list[Job]:
    """A version of a play came into force a while ago: whoever read the one before has ended. One that was ended asks for nothing."""
    wish = msgspec.json.decode(job.facts, type=maintain_plays.SettlePlay)
    try:
        await desk.runner.run(maintain_plays.settle_floors, wish, system(tenant_id, "plays"))
    except Problem as refusal:
        if refusal.status >= 500:
            raise
        log.info("play.refused", kind=job.kind, play=wish.code, why=refusal.code)
    return []


async def _close_group(desk: Desk, tenant_id: int, job: Job) -> list[Job]:
    """The time of a group of buyers is over."""
    wish = msgspec.json.decode(job.facts, type=group_buy.CloseGroup)
    await desk.runner.run(group_buy.close, wish, system(tenant_id, "plays"), str(job.job_id))
    return []


async def _open_balances(desk: Desk, tenant_id: int, job: Job) -> list[Job]:
    """The next wave of a presale's buyers is told that the balance can be paid; the wave after it a minute later."""
    wish = msgspec.json.decode(job.facts, type=RemindOfBalance)
    told = (await desk.runner.run(presale.open_balances, wish, system(tenant_id, "plays"), str(job.job_id))).result
    if told.orders < wish.orders_max:
        return []
    return [later(desk, job.kind, job.subject_id, msgspec.structs.replace(wish, after=told.last), WAVE_EVERY)]


EXECUTES: dict[str, Execute] = {
    "group_buy.close": _close_group,
    "presale.balance_opens": _open_balances,
    "play.settle_floors": _settle_play,
    **dict.fromkeys(("gate.settle_floors", "reservation.draw", "reservation.remind"), _gate),
    **sim.EXECUTES,
    **sheets.EXECUTES,
    **replays.EXECUTES,
    **messages.EXECUTES,
    **dict.fromkeys((one.kind for one in REACTIONS), _react),
}
"""How each kind of job is done."""


async def _answer_bell(desk: Desk, stop: asyncio.Event) -> None:
    """Do jobs as soon as a commit of this process leaves them, and every other moment look for those of everybody else."""
    bell = jobs.bell(desk.db.memory)
    time = asyncio.get_running_loop().time
    next_round = time()
    while not stop.is_set():
        rung = bell.answered()
        if time() >= next_round:
            await _guarded(desk, run_due)
            next_round = time() + ROUND_EVERY_S
        elif rung:
            await _guarded(desk, run_due, rung)
        await _first_of(stop, bell.rung, ROUND_EVERY_S)


async def _every(seconds: int, desk: Desk, stop: asyncio.Event, do: Turn) -> None:
    while not stop.is_set():
        await _guarded(desk, do)
        await _first_of(stop, stop, seconds)


async def _guarded(desk: Desk, do: Turn, tenants: Collection[int] = ()) -> None:
    """Give the tenants named, or all, their turn. One whose turn fails does not take the others' away."""
    try:
        tenants = sorted(tenants) or await desk.db.tenants()
    except UNREACHABLE as lost:
        log.warning("worker.unreachable", why=repr(lost))
    for tenant_id in tenants:
        try:
            await do(desk, tenant_id)
        except Exception as fault:
            log.warning("worker.turn_failed", turn=do.__name__, tenant=tenant_id, why=repr(fault))


async def _first_of(one: asyncio.Event, other: asyncio.Event, seconds: int) -> None:
    waits = [asyncio.create_task(event.wait()) for event in (one, other)]
    await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    for wait in waits:
        wait.cancel()
