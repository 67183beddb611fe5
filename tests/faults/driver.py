"""A warm process that runs each command it is given in a child of its own, which dies where it is told to.

    ask   {"url": …, "at": …, "tenant": 1, "actor": "staff:1", "flow": "checkout.place", "dies_at": 7,
           "work": [{"command": {…}, "key": "k7"}, …]}
    told  {"died": true, "crossed": ["statement", "answered", …], "outcomes": [{"result": {…}}, {"problem": "order.short"}]}

A child is a new process to the database: it knows nothing, remembers nothing and has connections of its own. `dies_at` counts the
boundaries between it and the database (before and after every statement and the commit); at that one it sends itself SIGKILL, and no
line of Python runs after that. Without `dies_at` its work is done to the end, one command after the other.
"""

import asyncio
import importlib
import os
import pkgutil
import signal
import sys
from datetime import datetime
from typing import Any, get_args, get_type_hints

import msgspec

from jiutong import flows, scenes
from jiutong.kernel.clock import SetClock
from jiutong.kernel.db import Database
from jiutong.kernel.errors import Problem
from jiutong.kernel.runner import FLOWS, Flow, Runner
from jiutong.kernel.scope import Scope


class Command(msgspec.Struct, frozen=True):
    """A command as its flow reads it, and its idempotency key."""

    command: msgspec.Raw
    key: str | None


class Ask(msgspec.Struct, frozen=True):
    """What a child is to do."""

    url: str
    at: datetime
    tenant: int
    actor: str
    flow: str
    work: list[Command]
    dies_at: int | None = None


class Outcome(msgspec.Struct, frozen=True, omit_defaults=True):
    """What one command came to."""

    result: msgspec.Raw = msgspec.Raw(b"null")
    replayed: bool = False
    problem: str = ""


class Told(msgspec.Struct, frozen=True):
    """What a child did."""

    died: bool
    crossed: list[str]
    outcomes: list[Outcome]


def serve() -> None:
    """Fork for every line that comes in; tell what became of the child."""
    for module in pkgutil.iter_modules(flows.__path__):
        importlib.import_module(f"{flows.__name__}.{module.name}")
    scenes.install()
    for line in sys.stdin.buffer:
        ask = msgspec.json.decode(line, type=Ask)
        out, into = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(out)
            live(ask, into)
        os.close(into)
        with os.fdopen(out, "rb") as pipe:
            words = pipe.read().splitlines()
        _, status = os.waitpid(child, 0)
        died = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        if not died and status:
            raise SystemExit(f"a child ended with {status}")
        crossed = [word.decode() for word in words if not word.startswith(b"[")]
        outcomes = [] if died else msgspec.json.decode(words[-1], type=list[Outcome])
        sys.stdout.buffer.write(msgspec.json.encode(Told(died, crossed, outcomes)) + b"\n")
        sys.stdout.buffer.flush()


def live(ask: Ask, into: int) -> None:
    """Do the work and leave without a farewell to anybody."""
    status = 1
    try:
        outcomes = asyncio.run(work(ask, into))
        os.write(into, msgspec.json.encode(outcomes) + b"\n")
        status = 0
    finally:
        os._exit(status)


async def work(ask: Ask, into: int) -> list[Outcome]:
    crossed = 0

    def boundary(crossing: str) -> None:
        nonlocal crossed
        crossed += 1
        os.write(into, crossing.encode() + b"\n")
        if crossed == ask.dies_at:
            os.kill(os.getpid(), signal.SIGKILL)

    db = Database(ask.url, hot=1, read=1, wait_s_max=5)
    await db.open()
    db.boundary = boundary
    runner = Runner(db, SetClock(ask.at))
    flow = FLOWS[ask.flow]
    scope = Scope(ask.tenant, ask.actor, frozenset({"*"}))
    return [await done(runner, flow, one, scope) for one in ask.work]


async def done(runner: Runner, flow: Flow[Any, Any], one: Command, scope: Scope) -> Outcome:
    try:
        answer = await runner.run(flow, msgspec.json.decode(one.command, type=command_type(flow)), scope, one.key)
    except Problem as refusal:
        return Outcome(problem=refusal.code)
    return Outcome(msgspec.Raw(msgspec.json.encode(answer.result)), answer.replayed)


def command_type(flow: Flow[Any, Any]) -> Any:
    """What a flow's calls carry: `calls: Sequence[Call[PlaceOrder]]` carry PlaceOrder."""
    (call,) = get_args(get_type_hints(flow.run)["calls"])
    return get_args(call)[0]


if __name__ == "__main__":
    serve()
