"""What can be done with promotions."""

from collections.abc import Collection, Mapping, Sequence

from jiutong import ledger
from jiutong.capabilities.promotion.model.promotion import Draft, Drafted, Turn, Turned, Version
from jiutong.capabilities.promotion.rules import drafting, uses
from jiutong.capabilities.promotion.rules.scope import Ruleset
from jiutong.capabilities.promotion.store import promotion as store
from jiutong.kernel import stamps as kernel_stamps
from jiutong.kernel.db import Tx
from jiutong.kernel.errors import Problem


async def promotions(tx: Tx) -> Ruleset:
    """Quote. The promotions that run or will, compiled; no statement for what is remembered.

    Not for a transaction that itself publishes or ends promotions: what it would remember is not committed yet.
    """
    kept = store.kept_rules(tx)
    found, missing = kept.known(tx, (0,))
    if missing:
        stamp, versions = await store.load_running(tx)
        rules = Ruleset(versions)
        kept.keep(tx, {0: (stamp, rules)})
        return rules
    return found[0]


async def promotion_versions(tx: Tx, rules: Collection[str]) -> dict[str, Version]:
    """Quote. These versions ("code@version"), whatever their state; unknown ones are absent."""
    names = [one.rpartition("@") for one in sorted(set(rules))]
    asked = [(code, int(number)) for code, _, number in names if code and number.isdecimal() and len(number) < 10]
    found = await store.load_versions(tx, [code for code, _ in asked], [number for _, number in asked]) if asked else []
    return {one.rule: one for one in found}


async def promotions_left(tx: Tx, rules: Ruleset, members: Collection[int | None]) -> Mapping[int, int]:
    """Quote. What is left of the limited promotions, by account; no statement where none is limited."""
    if not rules.limited:
        return {}
    accounts = uses.counted(rules.rules, members)
    told = await ledger.balances(tx, accounts)
    return uses.left(accounts, told)


async def draft_promotions(tx: Tx, drafts: Sequence[Draft]) -> list[Drafted | Problem]:
    """Plan. Keep terms as the draft of a promotion: in place of its draft, or as its next version. The last of one code counts."""
    kept = await store.lock_promotions(tx, {one.code for one in drafts})
    plan = drafting.drafts(drafts, kept, tx.mint)
    written = [(one.promotion_id, one.version, draft) for one, draft in plan if one.changed]
    if written:
        await store.write_drafts(tx, written)
    by_code = {one.code: one for one, _ in plan}
    return [by_code[draft.code] for draft in drafts]


async def publish_promotions(tx: Tx, turns: Sequence[Turn]) -> list[tuple[Turned, ...] | Problem]:
    """Plan. Let drafts run; the version that ran before is replaced. What is published is checked against what else runs.

    What was used of a promotion stays used, also where the new version allows less.
    """
    kept = await store.lock_promotions(tx, {one.code for one in turns})
    drafts = [one for one in kept if one.state == "draft"]
    if drafts:
        # Whoever publishes at the same instant waits here for the other, and then sees what that one let run.
        await kernel_stamps.bump(tx, "promotion", [0])
    rivals = await store.read_rivals(tx, "activity") if any(one.terms.stage == "activity" for one in drafts) else []
    outcomes = drafting.publishing(turns, kept, rivals)
    await _turn(tx, turns, outcomes)
    floors = [move for one in drafting.published(outcomes, kept) if one.version > 1 for move in uses.floor_moves(one)]
    await ledger.move_floors(tx, floors)
    return outcomes


async def end_promotions(tx: Tx, turns: Sequence[Turn]) -> list[tuple[Turned, ...] | Problem]:
    """Plan. Let promotions run no longer. One that has ended stays ended."""
    kept = await store.lock_promotions(tx, {one.code for one in turns})
    outcomes = drafting.ending(turns, kept)
    if await _turn(tx, turns, outcomes):
        await kernel_stamps.bump(tx, "promotion", [0])
    return outcomes


async def drop_promotion_drafts(tx: Tx, turns: Sequence[Turn]) -> list[Drafted | Problem]:
    """Guard. Throw drafts away; what was published stays."""
    kept = {one.code: one for one in await store.lock_promotions(tx, {one.code for one in turns}) if one.state == "draft"}
    if kept:
        await store.drop_drafts(tx, list(kept))
    return [drafting.dropped(one.code, kept) for one in turns]


async def _turn(tx: Tx, turns: Sequence[Turn], outcomes: Sequence[tuple[Turned, ...] | Problem]) -> bool:
    """Whether any version was turned."""
    changes = [(one, turn.by) for turn, told in zip(turns, outcomes, strict=True) if not isinstance(told, Problem) for one in told]
    if changes:
        await store.turn(tx, [one for one, _ in changes], [by for _, by in changes])
        tx.after_commit.append(lambda: store.forget_promotions(tx))
    return bool(changes)
