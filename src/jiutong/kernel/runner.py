"""The only opener and committer: every write of the house goes through here.

Commands of the same flow and tenant that arrive while the previous batch commits run together as one plural call and
one commit (group commit): no timers, so a lone request waits for nobody. Each command is accepted or refused on its own.
A command's key, fingerprint and answer are written in the same transaction as its effect, so a retry - also after a
crash or a lost commit reply - finds either nothing or the finished answer.
"""

import asyncio
import hashlib
import random
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Generic, TypeVar

import msgspec
import structlog

from jiutong.kernel import outbox
from jiutong.kernel.clock import Clock
from jiutong.kernel.db import CONTENDED, UNREACHABLE, Database, Tx, busy
from jiutong.kernel.errors import INTERNAL, KEY_REUSED, UNAVAILABLE, Problem
from jiutong.kernel.scope import Scope

log = structlog.get_logger()
C = TypeVar("C", bound=msgspec.Struct)
R = TypeVar("R", bound=msgspec.Struct)
_encode = msgspec.json.Encoder().encode
TRIES_MAX = 6
IDS_PER_BATCH = 500_000


class Call(msgspec.Struct, Generic[C], frozen=True):
    """One command and who gave it."""

    command: C
    scope: Scope


class Flow(msgspec.Struct, Generic[C, R], frozen=True):
    """A business process: a plural function from calls to results or refusals, in arrival order."""

    name: str
    run: Callable[[Tx, Sequence[Call[C]]], Awaitable[list[R | Problem]]]
    gives: type[R]
    statements: int
    batch_max: int


FLOWS: dict[str, Flow[Any, Any]] = {}


def flow(
    name: str, *, gives: type[R], statements: int, batch_max: int = 256
) -> Callable[[Callable[[Tx, Sequence[Call[C]]], Awaitable[list[R | Problem]]]], Flow[C, R]]:
    """Declare a flow. `statements` is its round-trip budget per batch, whatever the batch's size (a test holds it)."""

    def declare(run: Callable[[Tx, Sequence[Call[C]]], Awaitable[list[R | Problem]]]) -> Flow[C, R]:
        made = Flow(name, run, gives, statements, batch_max)
        FLOWS[name] = made
        return made

    return declare


class Answer(msgspec.Struct, Generic[R], frozen=True):
    """A flow's result for one command. `replayed` says that it had already been done under the same key."""

    result: R
    replayed: bool = False


class _Item(msgspec.Struct, Generic[C], eq=False, gc=False):
    call: Call[C]
    key: bytes
    fingerprint: bytes
    done: asyncio.Future[Any]


class _Lane:
    """The commands of one flow and tenant that wait for the next batch."""

    __slots__ = ("in_flight", "queue")

    def __init__(self) -> None:
        self.queue: deque[_Item[Any]] = deque()
        self.in_flight = 0


class Runner:
    """Runs flows. `batches_in_flight` bounds concurrent transactions per flow and tenant, `queue_max` those who wait."""

    def __init__(
        self, db: Database, clock: Clock, *, batch_max: int = 256, batches_in_flight: int = 2, queue_max: int = 4096, wait_s_max: int = 5
    ) -> None:
        self._db = db
        self.clock = clock
        self._batch_max = batch_max
        self._in_flight_max = batches_in_flight
        self._queue_max = queue_max
        self._wait_s_max = wait_s_max
        self._lanes: dict[tuple[str, int], _Lane] = {}
        self._running: dict[bytes, _Item[Any]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self, flow: Flow[C, R], command: C, scope: Scope, key: str | None = None) -> Answer[R]:
        """Do `command` once and answer with its result; raise the Problem it was refused with.

        With `key` (the caller's idempotency key) a repeat answers the first result; the same key with another body is 422.
        503 `service.overloaded` when too many wait, 503 `service.unavailable` when the outcome could not be had in time.
        """
        # The loop is not kept waiting: whoever cannot be queued is told at once.
        call = Call(command, scope)
        fingerprint = hashlib.blake2b(_encode(command), digest_size=16).digest()
        key_hash = _key(flow.name, scope, key) if key is not None else self._own_key()
        running = self._running.get(key_hash)
        if running is not None:
            if running.fingerprint != fingerprint:
                raise _reused(key)
            outcome = await self._outcome(running)
            return outcome if isinstance(outcome, Answer) and outcome.replayed else Answer(_result(outcome), replayed=True)
        lane = self._lanes.get((flow.name, scope.tenant_id))
        if lane is None:
            lane = self._lanes[flow.name, scope.tenant_id] = _Lane()
        if len(lane.queue) >= self._queue_max:
            raise busy(f"{len(lane.queue)} commands are already waiting")
        item: _Item[C] = _Item(call, key_hash, fingerprint, asyncio.get_running_loop().create_future())
        self._running[key_hash] = item
        lane.queue.append(item)
        if len(lane.queue) == 1:
            asyncio.get_running_loop().call_soon(self._pump, flow, scope.tenant_id, lane)
        outcome = await self._outcome(item)
        _result(outcome)
        return outcome

    async def run_all(self, flow: Flow[C, R], calls: Sequence[Call[C]], keys: Sequence[str | None]) -> list[Answer[R] | Problem]:
        """Do many commands of one tenant as one batch (imports, sweeps); answers and refusals in the order given."""
        loop = asyncio.get_running_loop()
        items = [
            _Item(
                call,
                _key(flow.name, call.scope, key) if key is not None else self._own_key(),
                hashlib.blake2b(_encode(call.command), digest_size=16).digest(),
                loop.create_future(),
            )
            for call, key in zip(calls, keys, strict=True)
        ]
        await self._batch(flow, items)
        return [item.done.result() for item in items]

    async def preview(self, flow: Flow[C, R], command: C, scope: Scope) -> R:
        """Dry run: do everything, tell the result, keep nothing."""
        await self._db.ids.reserve(IDS_PER_BATCH)
        async with self._db.transaction(scope.tenant_id, self.clock.now()) as tx:
            (outcome,) = await flow.run(tx, [Call(command, scope)])
        return _result(outcome)

    async def drain(self) -> None:
        """Wait for every batch that has started (graceful stop)."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    def _own_key(self) -> bytes:
        return random.randbytes(16)

    async def _outcome(self, item: _Item[Any]) -> Any:
        try:
            return await asyncio.wait_for(asyncio.shield(item.done), self._wait_s_max * 2)
        except TimeoutError:
            raise UNAVAILABLE("no outcome within the time limit; repeat with the same Idempotency-Key to learn it", retry_after_s=2) from None

    def _pump(self, flow: Flow[Any, Any], tenant_id: int, lane: _Lane) -> None:
        # A second batch starts beside a running one only when it is worth a transaction of its own.
        while lane.queue and (lane.in_flight == 0 or (lane.in_flight < self._in_flight_max and len(lane.queue) >= 32)):
            size = min(len(lane.queue), self._batch_max, flow.batch_max)
            items = [lane.queue.popleft() for _ in range(size)]
            lane.in_flight += 1
            task = asyncio.create_task(self._batch(flow, items))
            self._tasks.add(task)
            task.add_done_callback(lambda t: self._landed(flow, tenant_id, lane, t))

    def _landed(self, flow: Flow[Any, Any], tenant_id: int, lane: _Lane, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        lane.in_flight -= 1
        self._pump(flow, tenant_id, lane)

    async def _batch(self, flow: Flow[Any, Any], items: list[_Item[Any]]) -> None:
        try:
            await self._settle(flow, items)
        except BaseException:
            for item in items:
                if not item.done.done():
                    item.done.set_result(INTERNAL("the command was not carried out"))
            raise
        finally:
            for item in items:
                self._running.pop(item.key, None)

    async def _settle(self, flow: Flow[Any, Any], items: list[_Item[Any]]) -> None:
        """Run a batch until it is committed, refused or given up. Tries are bounded and jittered."""
        give_up = asyncio.get_running_loop().time() + self._wait_s_max
        for tries in range(1, TRIES_MAX + 1):
            try:
                await self._attempt(flow, items)
            except _KeyTaken:
                continue  # another process finished some of these keys meanwhile: their answers are there now
            except CONTENDED as clash:
                log.info("flow.contended", flow=flow.name, size=len(items), tries=tries, why=type(clash).__name__)
                trouble: Problem = busy("others hold what this needs")
            except UNREACHABLE as lost:
                log.warning("flow.unreachable", flow=flow.name, size=len(items), tries=tries, why=repr(lost))
                trouble = UNAVAILABLE("the database did not answer; repeat with the same Idempotency-Key", retry_after_s=2)
            except Exception as fault:
                await self._apart(flow, items, fault)
                return
            else:
                return
            if asyncio.get_running_loop().time() > give_up:
                break
            await asyncio.sleep(random.uniform(0.005, 0.02) * 2**tries)
        else:
            trouble = busy("the same keys are in use elsewhere")
        for item in items:
            if not item.done.done():
                item.done.set_result(trouble)

    async def _apart(self, flow: Flow[Any, Any], items: list[_Item[Any]], fault: Exception) -> None:
        """One command spoils no other: a batch that failed runs again one by one, and only the guilty one fails."""
        if len(items) > 1:
            for item in items:
                await self._settle(flow, [item])
            return
        if isinstance(fault, Problem):
            items[0].done.set_result(fault)
            return
        log.error("flow.failed", flow=flow.name, exc_info=fault)
        items[0].done.set_result(INTERNAL("the command was not carried out", request=items[0].call.scope.request_id))

    async def _attempt(self, flow: Flow[Any, Any], items: list[_Item[Any]]) -> None:
        await self._db.ids.reserve(IDS_PER_BATCH)
        async with self._db.transaction(items[0].call.scope.tenant_id, self.clock.now()) as tx:
            told = await _told(tx, flow, items)
            fresh = [item for item in items if item.key not in told]
            outcomes = dict(told)
            if fresh:
                results = await flow.run(tx, [item.call for item in fresh])
                done = [(item, result) for item, result in zip(fresh, results, strict=True) if not isinstance(result, Problem)]
                if tx.events:
                    await outbox.write(tx, tx.events, flow.name)
                if done:
                    await _tell(tx, flow, done)
                    await tx.commit()
                outcomes |= {item.key: r if isinstance(r, Problem) else Answer(r) for item, r in zip(fresh, results, strict=True)}
        for item in items:
            if not item.done.done():
                item.done.set_result(outcomes[item.key])


class _KeyTaken(Exception):
    """A key of this batch was committed by somebody else after this batch looked."""


def _key(flow: str, scope: Scope, key: str) -> bytes:
    return hashlib.blake2b(f"{scope.actor}\n{flow}\n{key}".encode(), digest_size=16).digest()


def _reused(key: str | None) -> Problem:
    return KEY_REUSED("use a new Idempotency-Key for a new request", pointer="/Idempotency-Key", key=key)


def _result(outcome: Any) -> Any:
    if isinstance(outcome, Problem):
        raise outcome
    return outcome.result if isinstance(outcome, Answer) else outcome


async def _told(tx: Tx, flow: Flow[Any, R], items: Sequence[_Item[Any]]) -> dict[bytes, Answer[R] | Problem]:
    """What was already answered under these keys."""
    rows = await tx.fetch(_TOLD, [item.key for item in items])
    if not rows:
        return {}
    fingerprints = {item.key: item.fingerprint for item in items}
    return {
        row["key"]: Answer(msgspec.json.decode(row["answer"], type=flow.gives), replayed=True)
        if row["fingerprint"] == fingerprints[row["key"]]
        else _reused(None)
        for row in rows
    }


async def _tell(tx: Tx, flow: Flow[Any, R], done: Sequence[tuple[_Item[Any], R]]) -> None:
    """Write the answers under their keys, last, so that a repeat costs one read. In key order: two batches cannot deadlock."""
    rows = sorted((item.key, item.fingerprint, _encode(result)) for item, result in done)
    written = await tx.count(_TELL, [r[0] for r in rows], [r[1] for r in rows], [r[2] for r in rows], flow.name, tx.now)
    if written != len(rows):
        raise _KeyTaken


_TOLD = """
select key, fingerprint, answer from kernel.idempotency where tenant_id = $1 and key = any($2::bytea[])
"""
_TELL = """
insert into kernel.idempotency (tenant_id, key, fingerprint, answer, flow, at)
select t.tenant_id, i.key, i.fingerprint, i.answer, $5, $6
  from kernel.tenant t, unnest($2::bytea[], $3::bytea[], $4::bytea[]) as i(key, fingerprint, answer)
 where t.tenant_id = $1
    on conflict (tenant_id, key) do nothing
"""
