"""The load: clients with a connection each, who send their next request as soon as the last one is answered.

It runs in a process of its own and spends some 20 µs on a request: bytes prepared beforehand, a key put in, the answer's head read.
"""

import asyncio
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import count, cycle
from pathlib import Path
from statistics import median
from typing import cast

import msgspec
import uvloop
from typing_extensions import override

from benchmarks.rig.meters import cpu_s, machine_cpu_s

ROOT = Path(__file__).parents[2]
KEY = b"%016d"
KEY_HERE = "the-key-is-here-"  # as long as a key, so that Content-Length is right already
LENGTH = b"content-length: "
CODE = b'"code":"'


class Request(msgspec.Struct, frozen=True):
    """The bytes of a request around its key, which is new every time."""

    before: bytes
    after: bytes


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be done: by the clock (warm-up, then rounds), or a number of tries.

    A unit of work is the requests one client sends one after the other: a quote and then an order.
    """

    port: int = 0
    units: Sequence[Sequence[Request]]
    clients: int
    warm_up_s: float = 0
    round_s: float = 0
    rounds: int = 0
    tries: int | None = None
    watched: Sequence[int] = ()
    """The processes whose processor time is told, each with its descendants."""


class Latency(msgspec.Struct, frozen=True):
    """Exact percentiles, in milliseconds from the first byte out to the last one in."""

    p50: float = 0
    p95: float = 0
    p99: float = 0
    longest: float = 0


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What came of it. Rates are accepted units of work per second."""

    rates: list[float]
    tries_per_s: float
    tries: int
    accepted: int
    accepted_in_all: int
    """With those of the warm-up and of the moment after the end."""
    refused: dict[str, int]
    broken: int
    accepted_ms: Latency
    refused_ms: Latency
    cpu_s: list[float]
    own_cpu_s: float
    machine_cpu_s: float
    seconds: float

    @property
    def rate(self) -> float:
        """The median round."""
        return median(self.rates)

    @property
    def spread(self) -> float:
        """How far the rounds lie apart, as a part of the median."""
        return (max(self.rates) - min(self.rates)) / self.rate if self.rate else 0


def request(method: str, path: str, token: str, body: object = None, key_in_body: bool = False) -> Request:
    """The bytes of a request. Its key is its Idempotency-Key unless the body has it, in place of KEY_HERE."""
    sent = b"" if body is None else msgspec.json.encode(body)
    head = f"{method} {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer {token}\r\n"
    if body is not None:
        head += f"content-type: application/json\r\ncontent-length: {len(sent)}\r\n"
    if not key_in_body:
        head += f"{'idempotency-key' if body is not None else 'x-request-id'}: {KEY_HERE}\r\n"
    before, after = (head.encode() + b"\r\n" + sent).split(KEY_HERE.encode())
    return Request(before, after)


def drive(plan: Plan) -> Told:
    """Do it in another process and come back with what it told."""
    command = [sys.executable, "-m", "benchmarks.rig.load"]
    done = subprocess.run(command, input=msgspec.msgpack.encode(plan), stdout=subprocess.PIPE, cwd=ROOT, check=True)
    return msgspec.msgpack.decode(done.stdout, type=Told)


class Crowd:
    """All clients together: what they send next, when they stop, and what they saw."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.wanted = cycle(plan.units)
        # No key of an earlier crowd may come again: the database of a benchmark sees several.
        self.keys = map(KEY.__mod__, count(time.time_ns() // 1000))
        self.going = plan.clients
        self.begun = 0
        self.broken = 0
        self.measured_from = 0.0
        self.over = False
        self.all_answered = asyncio.Event()
        # One row per finished unit: when, how long, and the code it was refused with ("" when it was accepted).
        self.units: list[tuple[float, float, str]] = []

    def next_unit(self) -> Iterator[Request]:
        """The next unit of work; none when it is over."""
        if self.over or self.begun == self.plan.tries:
            return iter(())
        self.begun += 1
        return iter(next(self.wanted))

    def left(self, client: "Client") -> None:
        """A client has gone; the last one puts out the light."""
        self.broken += client.waiting
        self.going -= 1
        if self.going == 0:
            self.all_answered.set()


class Client(asyncio.Protocol):
    """One connection, one request under way at a time."""

    transport: asyncio.Transport

    def __init__(self, crowd: Crowd) -> None:
        self.crowd = crowd
        self.unit: Iterator[Request] = iter(())
        self.answer = b""
        self.began = 0.0
        self.waiting = False

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Start as soon as there is somebody to talk to."""
        self.transport = cast(asyncio.Transport, transport)  # uvloop's is none by descent
        self.begin()

    def begin(self) -> None:
        """Take up the next unit of work, or leave."""
        self.unit = self.crowd.next_unit()
        self.began = time.perf_counter()
        if not self.send():
            self.transport.close()

    def send(self) -> bool:
        """Send the next request of the unit, if there is one."""
        request = next(self.unit, None)
        if request is not None:
            self.transport.write(b"".join((request.before, next(self.crowd.keys), request.after)))
            self.waiting = True
        return request is not None

    @override
    def data_received(self, data: bytes) -> None:
        """Take the answer, in as many pieces as it comes; the head says how long it is."""
        answer = self.answer + data if self.answer else data
        head = answer.find(b"\r\n\r\n")
        length = answer.find(LENGTH, 0, head) + len(LENGTH)
        if head < 0 or len(answer) < head + 4 + int(answer[length : answer.find(b"\r", length)]):
            self.answer = answer
            return
        self.answer = b""
        self.waiting = False
        accepted = answer[9:10] == b"2"
        if not (accepted and self.send()):
            now = time.perf_counter()
            self.crowd.units.append((now, now - self.began, "" if accepted else code_of(answer)))
            self.begin()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        """Whoever is cut off does not come back; it is told as broken."""
        self.crowd.left(self)


def code_of(answer: bytes) -> str:
    """What it was refused with: the problem's code, or the bare status."""
    start = answer.find(CODE) + len(CODE)
    return answer[start : answer.find(b'"', start)].decode() if start >= len(CODE) else answer[9:12].decode()


async def run(plan: Plan) -> Told:
    """Open the connections, let them work, and count."""
    crowd = Crowd(plan)
    loop = asyncio.get_running_loop()
    crowd.measured_from = time.perf_counter() + plan.warm_up_s
    await asyncio.gather(*(loop.create_connection(lambda: Client(crowd), "127.0.0.1", plan.port) for _ in range(plan.clients)))
    if plan.tries is None:
        await asyncio.sleep(plan.warm_up_s)
    cpu, own, machine = [cpu_s(pid) for pid in plan.watched], time.process_time(), machine_cpu_s()
    if plan.tries is None:
        crowd.measured_from = time.perf_counter()
        await asyncio.sleep(plan.round_s * plan.rounds)
        crowd.over = True
    else:
        await crowd.all_answered.wait()
    seconds = time.perf_counter() - crowd.measured_from
    cpu = [cpu_s(pid) - before for pid, before in zip(plan.watched, cpu, strict=True)]
    own, machine = time.process_time() - own, machine_cpu_s() - machine
    await crowd.all_answered.wait()
    return told(crowd, seconds, cpu, own, machine)


def told(crowd: Crowd, seconds: float, cpu: list[float], own: float, machine: float) -> Told:
    """Sum up the measured part."""
    plan = crowd.plan
    measured = [unit for unit in crowd.units if 0 <= unit[0] - crowd.measured_from <= seconds]
    rounds = Counter(int((at - crowd.measured_from) // plan.round_s) for at, _, code in measured if not code) if plan.round_s else Counter()
    accepted = [took for _, took, code in measured if not code]
    return Told(
        rates=[rounds[i] / plan.round_s for i in range(plan.rounds)] or [len(accepted) / seconds],
        tries_per_s=len(measured) / seconds,
        tries=len(measured),
        accepted=len(accepted),
        accepted_in_all=sum(not code for _, _, code in crowd.units),
        refused=dict(Counter(code for _, _, code in measured if code)),
        broken=crowd.broken,
        accepted_ms=latency(accepted),
        refused_ms=latency([took for _, took, code in measured if code]),
        cpu_s=cpu,
        own_cpu_s=own,
        machine_cpu_s=machine,
        seconds=seconds,
    )


def latency(seconds: Sequence[float]) -> Latency:
    """Of these, none left out."""
    if not seconds:
        return Latency()
    order = [round(each * 1000, 1) for each in sorted(seconds)]
    return Latency(order[len(order) * 50 // 100], order[len(order) * 95 // 100], order[len(order) * 99 // 100], order[-1])


if __name__ == "__main__":
    wanted = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=Plan)
    sys.stdout.buffer.write(msgspec.msgpack.encode(uvloop.run(run(wanted))))
