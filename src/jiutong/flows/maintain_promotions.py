"""Maintaining promotions: a draft is written and written again, published by whoever may, and ended. A published version never changes."""

from collections.abc import Mapping, Sequence

import msgspec

from jiutong.capabilities import access, promotion
from jiutong.kernel.db import Tx
from jiutong.kernel.errors import Problem
from jiutong.kernel.runner import Call, flow


class PutPromotion(msgspec.Struct, frozen=True):
    """A promotion's draft as it is to be."""

    code: promotion.Code
    terms: promotion.Terms


class NamedPromotion(msgspec.Struct, frozen=True):
    """The promotion to publish or to end, or whose draft is to go."""

    code: promotion.Code


class PromotionTurned(msgspec.Struct, frozen=True):
    """The version that was published or ended, and the one it replaces (0 for none)."""

    code: str
    version: int
    state: promotion.State
    replaced: int = 0


@flow("promotion.put", gives=promotion.Drafted, statements=6, batch_max=32)
async def put_promotion(tx: Tx, calls: Sequence[Call[PutPromotion]]) -> list[promotion.Drafted | Problem]:
    """Keep terms as a promotion's draft; what contradicts itself is refused here, never at the checkout."""
    channels = await access.channels(tx, {code for call in calls for code in call.command.terms.channels})
    stores = await access.stores(tx, {code for call in calls for code in call.command.terms.stores})
    wishes = [_draft(call, channels, stores) for call in calls]
    told = iter(await promotion.draft_promotions(tx, [one for one in wishes if not isinstance(one, Problem)]))
    outcomes = [one if isinstance(one, Problem) else next(told) for one in wishes]
    for call, outcome in zip(calls, outcomes, strict=True):
        if not isinstance(outcome, Problem) and outcome.changed:
            tx.emit("promotion.drafted.v1", outcome.promotion_id, outcome, call.scope)
    return outcomes


@flow("promotion.publish", gives=PromotionTurned, statements=6, batch_max=32)
async def publish_promotion(tx: Tx, calls: Sequence[Call[NamedPromotion]]) -> list[PromotionTurned | Problem]:
    """Let the draft run; the version that ran before is replaced at the same instant."""
    told = await promotion.publish_promotions(tx, [promotion.Turn(call.command.code, call.scope.actor) for call in calls])
    return _turned(tx, calls, told)


@flow("promotion.end", gives=PromotionTurned, statements=5, batch_max=32)
async def end_promotion(tx: Tx, calls: Sequence[Call[NamedPromotion]]) -> list[PromotionTurned | Problem]:
    """Let the promotion run no longer."""
    told = await promotion.end_promotions(tx, [promotion.Turn(call.command.code, call.scope.actor) for call in calls])
    return _turned(tx, calls, told)


@flow("promotion.drop_draft", gives=promotion.Drafted, statements=3, batch_max=32)
async def drop_promotion_draft(tx: Tx, calls: Sequence[Call[NamedPromotion]]) -> list[promotion.Drafted | Problem]:
    """Throw the draft away."""
    told = await promotion.drop_promotion_drafts(tx, [promotion.Turn(call.command.code, call.scope.actor) for call in calls])
    for call, one in zip(calls, told, strict=True):
        if not isinstance(one, Problem):
            tx.emit("promotion.draft_dropped.v1", one.promotion_id, one, call.scope)
    return told


def _draft(
    call: Call[PutPromotion], channels: Mapping[str, access.ChannelFacts], stores: Mapping[str, access.StoreFacts]
) -> promotion.Draft | Problem:
    terms = call.command.terms
    for position, code in enumerate(terms.channels):
        if code not in channels:
            return access.UNKNOWN_CHANNEL(f"no channel {code}", pointer=f"/channels/{position}")
    for position, code in enumerate(terms.stores):
        if code not in stores:
            return access.UNKNOWN_STORE(f"no store {code}", pointer=f"/stores/{position}")
    refusal = promotion.terms_fault(terms)
    if refusal is not None:
        return refusal
    channel_ids = tuple(channels[code].channel_id for code in terms.channels)
    return promotion.Draft(call.command.code, terms, channel_ids, tuple(stores[code].store_id for code in terms.stores), call.scope.actor)


def _turned(
    tx: Tx, calls: Sequence[Call[NamedPromotion]], told: Sequence[tuple[promotion.Turned, ...] | Problem]
) -> list[PromotionTurned | Problem]:
    outcomes: list[PromotionTurned | Problem] = []
    for call, turned in zip(calls, told, strict=True):
        if isinstance(turned, Problem):
            outcomes.append(turned)
            continue
        last = turned[-1]
        tx.emit(f"promotion.{last.state}.v1", last.promotion_id, last, call.scope)
        outcomes.append(PromotionTurned(last.code, last.version, last.state, turned[0].version if len(turned) > 1 else 0))
    return outcomes
