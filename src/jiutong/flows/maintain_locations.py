"""Where stock lies, and where each channel sells from."""

from collections.abc import Sequence

from jiutong.capabilities import access, inventory
from jiutong.capabilities.inventory import LocationPut, LocationWritten, NamedLocation, NamedSources, Sources, SourcesSet
from jiutong.kernel.db import Tx
from jiutong.kernel.errors import Problem
from jiutong.kernel.runner import Call, flow


@flow("location.put", gives=LocationWritten, statements=6)
async def put_location(tx: Tx, calls: Sequence[Call[NamedLocation]]) -> list[LocationWritten | Problem]:
    """Make or replace locations by their code."""
    stores = await access.stores(tx, {call.command.what.store for call in calls if call.command.what.store is not None})
    wanted = [inventory.location_of(call.command, tx.mint(), stores) for call in calls]
    written = iter(await inventory.put_locations(tx, [one for one in wanted if not isinstance(one, Problem)]))
    outcomes = [one if isinstance(one, Problem) else next(written) for one in wanted]
    for call, outcome in zip(calls, outcomes, strict=True):
        if isinstance(outcome, LocationWritten):
            tx.emit("location.put.v1", outcome.location_id, LocationPut(outcome.code, call.command.what), call.scope)
    return outcomes


@flow("channel.set_sources", gives=SourcesSet, statements=7)
async def set_sources(tx: Tx, calls: Sequence[Call[NamedSources]]) -> list[SourcesSet | Problem]:
    """Say anew where channels sell from, first choice first."""
    channels = await access.channels(tx, {call.command.channel for call in calls})
    locations = await inventory.locations(tx, {code for call in calls for code in call.command.locations})
    wanted = [inventory.sources_of(call.command, channels, locations) for call in calls]
    await inventory.set_sources(tx, [one for one in wanted if isinstance(one, Sources)])
    outcomes: list[SourcesSet | Problem] = []
    for one, call in zip(wanted, calls, strict=True):
        if isinstance(one, Problem):
            outcomes.append(one)
            continue
        done = SourcesSet(call.command.channel, call.command.locations)
        tx.emit("channel.sources_set.v1", one.channel_id, done, call.scope)
        outcomes.append(done)
    return outcomes
