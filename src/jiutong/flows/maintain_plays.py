"""Maintaining presales and group buys: drafted, published, ended. What contradicts itself is refused when it is saved."""

from collections.abc import Mapping, Sequence

import msgspec

from jiutong.capabilities import access, catalog, inventory, promotion
from jiutong.capabilities.promotion import GroupBuy, PlayKind, PlayVersion, Presale
from jiutong.kernel import jobs
from jiutong.kernel.db import Tx
from jiutong.kernel.errors import Problem
from jiutong.kernel.runner import Call, flow


class PutPlay(msgspec.Struct, frozen=True):
    """A play as it is to be: the next version under its code, a draft until it is published."""

    code: str
    presale: Presale | None = None
    group_buy: GroupBuy | None = None

    @property
    def what(self) -> Presale | GroupBuy:
        """The one that is said."""
        if self.presale is not None:
            return self.presale
        if self.group_buy is not None:
            return self.group_buy
        raise ValueError("a play is one of its kinds")

    @property
    def kind(self) -> PlayKind:
        """Which of its kinds."""
        return "presale" if self.presale is not None else "group_buy"


class NamedPlay(msgspec.Struct, frozen=True):
    """A play by its kind and code."""

    kind: PlayKind
    code: str


class SettlePlay(msgspec.Struct, frozen=True):
    """The job of moving the floors of a play's quotas once more, for those opened by whoever read the version before."""

    kind: PlayKind
    code: str


class PlayStands(msgspec.Struct, frozen=True):
    """How a play stands after a command."""

    play_id: int
    code: str
    version: int
    state: promotion.PlayState


@flow("play.put", gives=PlayStands, statements=7, batch_max=32)
async def put(tx: Tx, calls: Sequence[Call[PutPlay]]) -> list[PlayStands | Problem]:
    """Write drafts of plays."""
    _apart([call.command.code for call in calls])
    sku_ids = await catalog.sku_ids(tx, {item.sku for call in calls for item in call.command.what.items})
    channels = await access.channels(tx, list({code for call in calls for code in call.command.what.channels}))
    supplies = {call.command.presale.supply for call in calls if call.command.presale and call.command.presale.supply}
    places = await inventory.locations(tx, supplies) if supplies else {}
    drafts = [_draft(tx.mint(), call, sku_ids, channels, places) for call in calls]
    told = iter(await promotion.put_plays(tx, [one for one in drafts if not isinstance(one, Problem)]))
    return _told(tx, calls, [one if isinstance(one, Problem) else next(told) for one in drafts], "play.put.v1")


@flow("play.publish", gives=PlayStands, statements=12, batch_max=32)
async def publish(tx: Tx, calls: Sequence[Call[NamedPlay]]) -> list[PlayStands | Problem]:
    """Put drafts in force. A presale asks for its balances by itself when their time has come."""
    _apart([call.command.code for call in calls])
    told = await promotion.publish_plays(tx, [(call.command.kind, call.command.code) for call in calls])
    reminding = [
        (one, one.what, promotion.time_until(one.what.balance_from, tx.now))
        for one in told
        if isinstance(one, PlayVersion) and isinstance(one.what, Presale)
    ]
    tasks = [(one.play_id, promotion.RemindOfBalance(one.rule, what.wave_orders), after) for one, what, after in reminding]
    await jobs.enqueue(tx, [jobs.job(tx, "presale.balance_opens", play_id, task, after) for play_id, task, after in tasks])
    changed = [one for one in told if isinstance(one, PlayVersion) and one.version > 1]
    await jobs.enqueue(
        tx, [jobs.job(tx, "play.settle_floors", one.play_id, SettlePlay(one.kind, one.code), promotion.SETTLED_AFTER) for one in changed]
    )
    return _told(tx, calls, told, "play.published.v1")


@flow("play.end", gives=PlayStands, statements=4, batch_max=32)
async def end(tx: Tx, calls: Sequence[Call[NamedPlay]]) -> list[PlayStands | Problem]:
    """Let nobody enter any more."""
    _apart([call.command.code for call in calls])
    told = await promotion.end_plays(tx, [(call.command.kind, call.command.code) for call in calls])
    return _told(tx, calls, told, "play.ended.v1")


@flow("play.settle_floors", gives=PlayStands, statements=6, batch_max=32)
async def settle_floors(tx: Tx, calls: Sequence[Call[SettlePlay]]) -> list[PlayStands | Problem]:
    """Move the floors of quotas that were opened while a version came into force. Doing so again changes nothing."""
    _apart([call.command.code for call in calls])
    told = await promotion.settle_plays(tx, [(call.command.kind, call.command.code) for call in calls])
    return [one if isinstance(one, Problem) else PlayStands(one.play_id, one.code, one.version, one.state) for one in told]


def _apart(codes: Sequence[str]) -> None:
    """Commands about one play take turns: a batch that raises is run again in halves."""
    if len(set(codes)) != len(codes):
        raise promotion.PLAY_STATE("it is being changed by another command")


def _draft(
    play_id: int,
    call: Call[PutPlay],
    sku_ids: Mapping[str, int],
    channels: Mapping[str, access.ChannelFacts],
    places: Mapping[str, inventory.LocationFacts],
) -> promotion.NewVersion | Problem:
    what = call.command.what
    wrong = promotion.presale_wrong(what) if isinstance(what, Presale) else promotion.group_buy_wrong(what)
    wrong = wrong or promotion.skus_wrong(what, sku_ids)
    if wrong is not None:
        return wrong
    for i, code in enumerate(what.channels):
        if code not in channels:
            return access.UNKNOWN_CHANNEL(f"no channel {code}", pointer=f"/channels/{i}")
    if isinstance(what, Presale) and what.supply and what.supply not in places:
        return inventory.UNKNOWN_LOCATION(f"no location {what.supply}", pointer="/supply")
    begins, ends = promotion.play_window(what)
    at = tuple(channels[code].channel_id for code in what.channels)
    return promotion.NewVersion(
        play_id, call.command.code, call.command.kind, what, promotion.play_items(what, sku_ids), at, begins, ends, call.scope.actor
    )


def _told(
    tx: Tx, calls: Sequence[Call[PutPlay]] | Sequence[Call[NamedPlay]], told: Sequence[PlayVersion | Problem], event: str
) -> list[PlayStands | Problem]:
    outcomes: list[PlayStands | Problem] = []
    for one, call in zip(told, calls, strict=True):
        if isinstance(one, Problem):
            outcomes.append(one)
            continue
        facts = promotion.PlayChanged(one.play_id, one.code, one.kind, one.version, one.state, one.what)
        tx.emit(event, one.play_id, facts, call.scope)
        outcomes.append(PlayStands(one.play_id, one.code, one.version, one.state))
    return outcomes
