"""What can be done with coupons. All verbs are plural and run in the caller's transaction."""

import secrets
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from jiutong import ledger
from jiutong.capabilities.promotion.model.coupon import (
    BATCH_ENDED,
    BATCH_FIXED,
    BATCH_STATE,
    CODES_AT_ONCE,
    COUPON_CAP_BELOW,
    COUPON_CODE_TAKEN,
    COUPON_NO_CODES,
    ENOUGH_COUPONS,
    NO_COUPONS_LEFT,
    UNKNOWN_COUPON_BATCH,
    CodesWritten,
    Coupon,
    CouponBatch,
    CouponBatchPut,
    CouponFacts,
    CouponGiven,
    CouponVia,
    MoveCouponBatch,
    PutCouponBatch,
    TakeCoupon,
    WantCodes,
)
from jiutong.capabilities.promotion.rules import coupon as rules
from jiutong.capabilities.promotion.store import coupon as store
from jiutong.kernel.db import Tx
from jiutong.kernel.errors import STALE, Problem

CODE_BYTES = 16


async def coupon_batches(tx: Tx, codes: Collection[str]) -> dict[str, CouponBatch]:
    """Quote. The batches with these codes; unknown ones are absent."""
    return await store.read_batches(tx, codes) if codes else {}


async def put_coupon_batches(tx: Tx, wishes: Sequence[PutCouponBatch]) -> list[CouponBatchPut | Problem]:
    """Plan. Make batches, or give them new versions of their terms. Of two wishes for one code the first counts.

    A draft can be all changed. Once given out, a batch keeps how; its cap moves as far as enough are left.
    """
    known = await store.lock_batches(tx, [wish.code for wish in wishes])
    shared = await store.read_shared(tx, [wish.shared_code for wish in wishes if wish.shared_code])
    seen: set[str] = set()
    plans: list[tuple[CouponBatch | None, PutCouponBatch] | Problem] = []
    for wish in wishes:
        before = known.get(wish.code)
        refusal = _refusal(before, wish, shared, seen)
        plans.append(refusal or (before, wish))
        seen |= {wish.code, wish.shared_code or wish.code}
    live = [plan for plan in plans if not isinstance(plan, Problem) and plan[0] is not None and plan[0].status != "draft"]
    refused = await _allot(tx, {before.batch_id: wish.terms.cap - before.terms.cap for before, wish in live if before})
    return await _write(tx, [_cap_below(plan, refused) for plan in plans])


async def move_coupon_batches(tx: Tx, moves: Sequence[MoveCouponBatch]) -> list[CouponBatch | Problem]:
    """Guard. Give batches out, stop that for now, or end them; the batches as they stood before. What is so already stays so."""
    known = await store.lock_batches(tx, [move.code for move in moves])
    outcomes: list[CouponBatch | Problem] = []
    moved: dict[int, MoveCouponBatch] = {}
    for move in moves:
        batch = known.get(move.code)
        if batch is None:
            outcomes.append(UNKNOWN_COUPON_BATCH(f"no batch {move.code!r}"))
        elif batch.status != move.to and (batch.status == "ended" or (batch.status == "draft" and move.to == "stopped")):
            outcomes.append(BATCH_STATE(f"{move.code} is {batch.status}", batch_status=batch.status))
        else:
            outcomes.append(batch)
            if batch.status != move.to:
                moved[batch.batch_id] = move
    begun = [one for one in outcomes if isinstance(one, CouponBatch) and one.batch_id in moved and one.status == "draft"]
    await _allot(tx, {one.batch_id: one.terms.cap for one in begun})
    if moved:
        await store.move_batches(tx, {id_: move.to for id_, move in moved.items()})
    return outcomes


async def give_coupons(tx: Tx, takes: Sequence[TakeCoupon]) -> list[CouponGiven | Problem]:
    """Guard. Give coupons out, in arrival order and as far as there are any.

    The ledger decides under the lock of the batch's account, so a burst ends at exactly the cap.
    """
    known = await store.read_batches(tx, {take.batch for take in takes}) if takes else {}
    outcomes: list[CouponGiven | Problem] = []
    standing: list[tuple[int, CouponBatch, CouponGiven]] = []
    for i, take in enumerate(takes):
        batch = known.get(take.batch)
        refusal = rules.may_take(batch, take.holder, take.via, take.at) if batch else None
        if batch is None or refusal is not None:
            outcomes.append(refusal or UNKNOWN_COUPON_BATCH(f"no batch {take.batch!r}", pointer="/batch"))
            continue
        code = rules.written(secrets.token_bytes(CODE_BYTES))
        given = CouponGiven(tx.mint(), batch.batch_id, take.holder.member_id, code, *rules.window(batch.terms, take.at))
        outcomes.append(given)
        standing.append((i, batch, given))
    posted = await ledger.post(tx, [rules.taking(one.coupon_id, batch, one.member_id) for _, batch, one in standing])
    for position, short in posted.refused.items():
        i, batch, _ = standing[position]
        out = short.account.account_id == rules.batch_account(batch.batch_id).account_id
        none_left = NO_COUPONS_LEFT(f"{batch.code} has none left")
        outcomes[i] = none_left if out else ENOUGH_COUPONS(f"{batch.per_member} for each", most=batch.per_member)
    rows = [(one, batch.version, takes[i].via, takes[i].at) for n, (i, batch, one) in enumerate(standing) if n not in posted.refused]
    if rows:
        await store.insert_coupons(tx, rows)
    return outcomes


async def record_coupon_uses(tx: Tx, coupons_: Sequence[CouponGiven]) -> None:
    """Post. These coupons were used, without an order of ours."""
    await ledger.post(tx, [rules.used_elsewhere(tx.mint(), one) for one in coupons_])


async def want_coupon_codes(tx: Tx, wishes: Sequence[WantCodes]) -> list[CodesWritten | Problem]:
    """Guard. So many codes are to be written for batches, as far as they have something to give."""
    known = await store.lock_batches(tx, [wish.code for wish in wishes])
    outcomes: list[CodesWritten | Problem] = []
    standing: list[tuple[int, CouponBatch, WantCodes]] = []
    for i, wish in enumerate(wishes):
        batch = known.get(wish.code)
        if batch is None:
            outcomes.append(UNKNOWN_COUPON_BATCH(f"no batch {wish.code!r}"))
        elif batch.kind != "unique":
            outcomes.append(COUPON_NO_CODES(f"{wish.code} is given out as {batch.kind}", pointer="/count"))
        elif batch.status in {"draft", "ended"}:
            outcomes.append(BATCH_STATE(f"{wish.code} is {batch.status}", batch_status=batch.status))
        else:
            standing.append((i, batch, wish))
            outcomes.append(CodesWritten(batch.batch_id, 0, 0))
    posted = await ledger.post(tx, [rules.writing(tx.mint(), batch.batch_id, wish.count) for _, batch, wish in standing])
    more: dict[int, int] = {}
    for position, (i, batch, wish) in enumerate(standing):
        if position in posted.refused:
            left = posted.refused[position].free
            outcomes[i] = NO_COUPONS_LEFT(f"{wish.code} has {left} left", pointer="/count", left=left)
        else:
            more[batch.batch_id] = more.get(batch.batch_id, 0) + wish.count
    now = await store.want_codes(tx, more) if more else {}
    return [
        CodesWritten(one.batch_id, *now[one.batch_id]) if isinstance(one, CodesWritten) and one.batch_id in now else one for one in outcomes
    ]


async def write_coupon_codes(tx: Tx, batch_ids: Sequence[int]) -> list[CodesWritten | Problem]:
    """Plan. Write the next codes of batches, at most `CODES_AT_ONCE` of each; none where none are wanted any more."""
    known = await store.lock_batches_by_id(tx, batch_ids)
    more: dict[int, int] = {}
    rows: list[tuple[CouponGiven, int, CouponVia, datetime]] = []
    for id_ in dict.fromkeys(batch_ids):
        batch = known.get(id_)
        if batch is not None and (count := min(batch.wanted - batch.written, CODES_AT_ONCE)) > 0:
            more[id_] = count
            since, until = rules.window(batch.terms, tx.now)
            random = secrets.token_bytes(CODE_BYTES * count)
            for i in range(count):
                code = rules.written(random[CODE_BYTES * i : CODE_BYTES * (i + 1)])
                rows.append((CouponGiven(tx.mint(), id_, 0, code, since, until), batch.version, "written", tx.now))
    now = {id_: (batch.written, batch.wanted) for id_, batch in known.items()}
    if more:
        await store.insert_coupons(tx, rows)
        now |= await store.add_written(tx, more)
    return [CodesWritten(id_, *now[id_]) if id_ in now else UNKNOWN_COUPON_BATCH("no such batch") for id_ in batch_ids]


async def coupons(tx: Tx, members: Collection[int], codes: Collection[str]) -> CouponFacts:
    """Quote. What these members have in hand, and the coupons with these codes, typed as they may be."""
    spelled = {rules.typed_coupon(code) for code in codes}
    if not members and not spelled:
        return CouponFacts()
    found = await store.read_coupons(tx, members, spelled)
    own: dict[int, tuple[Coupon, ...]] = {}
    for one in sorted(found, key=lambda c: (c.valid_to, c.coupon_id)):
        if one.member_id is not None and one.member_id in members and one.state == "free" and tx.now < one.valid_to:
            own[one.member_id] = (*own.get(one.member_id, ()), one)
    return CouponFacts(own, {one.code: one for one in found if one.code in spelled})


async def bind_coupons(tx: Tx, uses: Mapping[int, int]) -> None:
    """Guard. Coupons that belonged to whoever held the code belong to the member who used them first: {coupon: member}."""
    if uses:
        await store.bind(tx, uses)


async def prolong_coupons(tx: Tx, coupon_ids: Collection[int]) -> dict[int, datetime]:
    """Guard. Coupons that came back when their time had passed are good for the grace their terms give; until when."""
    return await store.prolong(tx, coupon_ids) if coupon_ids else {}


def _refusal(before: CouponBatch | None, wish: PutCouponBatch, shared: Mapping[str, str], seen: Collection[str]) -> Problem | None:
    refusal = rules.unfit(wish)
    if refusal is not None:
        return refusal
    if wish.code in seen or wish.shared_code in seen or shared.get(wish.shared_code or "", wish.code) != wish.code:
        return COUPON_CODE_TAKEN("another batch has it", pointer="/shared_code")
    if wish.seen is not None and wish.seen != (before.revision if before else 0):
        return STALE("it changed since you read it", pointer="/If-Match")
    if before is None or before.status == "draft":
        return None
    if before.status == "ended":
        return BATCH_ENDED(f"{wish.code} has ended; make another one")
    if not rules.still_fixed(before, wish):
        return BATCH_FIXED("how it is given out, how many to one member and its code stay", pointer="/kind")
    return None


async def _allot(tx: Tx, changes: Mapping[int, int]) -> dict[int, int]:
    """Let batches have so many more to give, or fewer; of those that have given too many already, how many are left."""
    moves = [(id_, by) for id_, by in sorted(changes.items()) if by]
    posted = await ledger.post(tx, [rules.allotment(tx.mint(), id_, by) for id_, by in moves])
    return {moves[position][0]: short.free for position, short in posted.refused.items()}


def _cap_below(
    plan: tuple[CouponBatch | None, PutCouponBatch] | Problem, refused: Mapping[int, int]
) -> tuple[CouponBatch | None, PutCouponBatch] | Problem:
    if isinstance(plan, Problem) or plan[0] is None or plan[0].batch_id not in refused:
        return plan
    least = plan[0].terms.cap - refused[plan[0].batch_id]
    return COUPON_CAP_BELOW(f"{least} have been given out", pointer="/cap", least=least)


async def _write(tx: Tx, plans: Sequence[tuple[CouponBatch | None, PutCouponBatch] | Problem]) -> list[CouponBatchPut | Problem]:
    rows: list[tuple[int, PutCouponBatch, int, bool]] = []
    for plan in plans:
        if isinstance(plan, Problem):
            continue
        before, wish = plan
        if before is None:
            rows.append((tx.mint(), wish, 1, True))
        elif before.terms != wish.terms or not rules.still_fixed(before, wish):
            rows.append((before.batch_id, wish, before.version + 1, False))
    revisions = await store.write_batches(tx, rows) if rows else {}
    if rows:
        await store.insert_terms(tx, [(id_, version, wish.terms) for id_, wish, version, _ in rows])
    by_code = {wish.code: (id_, version) for id_, wish, version, _ in rows}
    outcomes: list[CouponBatchPut | Problem] = []
    for plan in plans:
        if isinstance(plan, Problem):
            outcomes.append(plan)
            continue
        before, wish = plan
        if wish.code in by_code:
            id_, version = by_code[wish.code]
            outcomes.append(CouponBatchPut(id_, wish.code, version, revisions[id_], changed=True))
        elif before is not None:
            outcomes.append(CouponBatchPut(before.batch_id, wish.code, before.version, before.revision, changed=False))
    return outcomes
