"""Maintaining what stands between buyers and goods: limits, restrictions, flash sales, reservations - drafted, published, ended."""

from collections.abc import Sequence
from datetime import timedelta

import msgspec

from jiutong.capabilities import access, catalog, promotion
from jiutong.capabilities.promotion import FlashSale, GateVersion, Limit, Reservation, Restriction
from jiutong.kernel import jobs
from jiutong.kernel.db import Tx
from jiutong.kernel.errors import Problem
from jiutong.kernel.runner import Call, flow


class PutGate(msgspec.Struct, frozen=True):
    """A gate as it is to be: the next version under its code, a draft until it is published."""

    code: promotion.GateCode
    limit: Limit | None = None
    restriction: Restriction | None = None
    flash_sale: FlashSale | None = None
    reservation: Reservation | None = None

    @property
    def stands(self) -> tuple[promotion.GateKind, promotion.GateTerms]:
        """The kind that is said, and what is said of it."""
        if self.limit is not None:
            return "limit", self.limit
        if self.restriction is not None:
            return "restriction", self.restriction
        if self.flash_sale is not None:
            return "flash_sale", self.flash_sale
        if self.reservation is not None:
            return "reservation", self.reservation
        raise ValueError("a gate is one of its kinds")


class NamedGate(msgspec.Struct, frozen=True):
    """A gate by its kind and code."""

    kind: promotion.GateKind
    code: str


class GateStands(msgspec.Struct, frozen=True):
    """How a gate stands after a command."""

    gate_id: int
    code: str
    version: int
    state: promotion.GateState


class SettleFloors(msgspec.Struct, frozen=True):
    """The job of moving the floors of a gate's accounts once more, for those opened by whoever read the version before."""

    kind: promotion.GateKind
    code: str


@flow("gate.put", gives=GateStands, statements=10, batch_max=32)
async def put(tx: Tx, calls: Sequence[Call[PutGate]]) -> list[GateStands | Problem]:
    """Write drafts of gates. What contradicts itself, or names what is not there, is refused now and not at a checkout."""
    _apart([call.command.code for call in calls])
    whats = [call.command.stands for call in calls]
    channels = await access.channels(tx, list({code for _, what in whats for code in promotion.gate_channels(what)}))
    sku_ids = await catalog.sku_ids(tx, {sku for _, what in whats for sku in promotion.gate_skus(what)})
    reached = [what.goods for _, what in whats if isinstance(what, Limit | Restriction)]
    categories, brands = {c for one in reached for c in one.categories}, {b for one in reached for b in one.brands}
    names = promotion.KnownNames(
        sku_ids,
        {code: channel.currency for code, channel in channels.items()},
        await catalog.known_categories(tx, categories) if categories else set(),
        await catalog.known_brands(tx, brands) if brands else set(),
    )
    drafts: list[promotion.GateDraft | Problem] = []
    for call, (kind, what) in zip(calls, whats, strict=True):
        refused = promotion.gate_wrong(what, names)
        if refused is not None:
            drafts.append(refused)
            continue
        at = tuple(channels[code].channel_id for code in promotion.gate_channels(what))
        goods = tuple(sku_ids[sku] for sku in promotion.gate_skus(what))
        drafts.append(promotion.GateDraft(tx.mint(), call.command.code, kind, what, at, goods, call.scope.actor))
    told = iter(await promotion.put_gates(tx, [one for one in drafts if not isinstance(one, Problem)]))
    return _told(tx, calls, [one if isinstance(one, Problem) else next(told) for one in drafts], "gate.put.v1")


@flow("gate.publish", gives=GateStands, statements=16, batch_max=1)
async def publish(tx: Tx, calls: Sequence[Call[NamedGate]]) -> list[GateStands | Problem]:
    """Put drafts in force, in place of what was. What was bought before still counts."""
    told = await promotion.publish_gates(tx, [(call.command.kind, call.command.code) for call in calls])
    done = [one for one in told if isinstance(one, GateVersion)]
    await jobs.enqueue(tx, [job for one in done for job in _later(tx, one)])
    return _told(tx, calls, told, "gate.published.v1")


@flow("gate.end", gives=GateStands, statements=5, batch_max=32)
async def end(tx: Tx, calls: Sequence[Call[NamedGate]]) -> list[GateStands | Problem]:
    """Let it stand no longer."""
    _apart([call.command.code for call in calls])
    told = await promotion.end_gates(tx, [(call.command.kind, call.command.code) for call in calls])
    return _told(tx, calls, told, "gate.ended.v1")


@flow("gate.settle_floors", gives=GateStands, statements=12, batch_max=1)
async def settle_floors(tx: Tx, calls: Sequence[Call[SettleFloors]]) -> list[GateStands | Problem]:
    """Move the floors of accounts that were opened while a version came into force. Doing so again changes nothing."""
    told = await promotion.settle_gates(tx, [(call.command.kind, call.command.code) for call in calls])
    return [one if isinstance(one, Problem) else GateStands(one.gate_id, one.code, one.version, one.state) for one in told]


def _later(tx: Tx, one: GateVersion) -> list[jobs.Job]:
    """What a gate in force asks for by itself: its floors settled; of a reservation the draw, and a word to whoever has a right."""
    asked = [jobs.job(tx, "gate.settle_floors", one.gate_id, SettleFloors(one.kind, one.code), promotion.SETTLED_AFTER)]
    if isinstance(one.what, Reservation):
        named = NamedGate(one.kind, one.code)
        if one.what.mode == "draw":
            asked.append(jobs.job(tx, "reservation.draw", one.gate_id, named, promotion.time_until(one.what.signup_to, tx.now)))
        if one.what.remind_minutes:
            at = one.what.buy_from - timedelta(minutes=one.what.remind_minutes)
            asked.append(jobs.job(tx, "reservation.remind", one.gate_id, named, promotion.time_until(at, tx.now)))
    return asked


def _apart(codes: Sequence[str]) -> None:
    """Commands about one gate take turns: a batch that raises is run again in halves."""
    if len(set(codes)) != len(codes):
        raise promotion.GATE_STATE("it is being changed by another command")


def _told(
    tx: Tx, calls: Sequence[Call[PutGate]] | Sequence[Call[NamedGate]], told: Sequence[GateVersion | Problem], event: str
) -> list[GateStands | Problem]:
    outcomes: list[GateStands | Problem] = []
    for one, call in zip(told, calls, strict=True):
        if isinstance(one, Problem):
            outcomes.append(one)
            continue
        tx.emit(event, one.gate_id, promotion.GateChanged(one.gate_id, one.code, one.kind, one.version, one.state, one.what), call.scope)
        outcomes.append(GateStands(one.gate_id, one.code, one.version, one.state))
    return outcomes
