"""Setting up: what a new company still has to do before its first sale."""

from collections.abc import Sequence

import msgspec

from jiutong.api.call import Call
from jiutong.api.shell import get
from jiutong.reads import setup


class SetupStep(msgspec.Struct, frozen=True):
    """A step towards the first sale."""

    step: str
    done: bool


class SetupView(msgspec.Struct, frozen=True):
    """The steps towards the first sale, in the order they build on each other."""

    complete: bool
    steps: Sequence[SetupStep]


@get("/v1/setup", scope="")
async def show_setup(call: Call) -> SetupView:
    """How far is this company on its way to the first sale?"""
    async with call.reading() as tx:
        done = await setup.done(tx)
    return SetupView(all(done.values()), [SetupStep(step, is_done) for step, is_done in done.items()])


ROUTES = [show_setup]
