"""What can be done with tariffs: freight templates and fees. They are written as drafts, published, and ended; never changed."""

from collections.abc import Sequence

from jiutong.capabilities.fulfillment.model.tariff import Kind, PutTariff, Tariff, TariffFacts, TariffWritten
from jiutong.capabilities.fulfillment.rules import tariff as rules
from jiutong.capabilities.fulfillment.store import tariff as store
from jiutong.kernel.db import Again, Tx
from jiutong.kernel.errors import Problem


async def tariffs(tx: Tx, keys: Sequence[int] = (0,)) -> TariffFacts:
    """Quote. The freight templates and fees in force. No statement for what is remembered (everything, under key 0)."""
    kept = store.kept(tx)
    found, missing = kept.known(tx, keys)
    if missing:
        loaded = await store.load(tx)
        kept.keep(tx, {0: loaded})
        found[0] = loaded[1]
    return found[0]


async def put_tariffs(tx: Tx, wishes: Sequence[tuple[PutTariff, str]]) -> list[TariffWritten | Problem]:
    """Plan. Write drafts as (tariff, actor) want them; what was published stays as it is, and the draft is the version after it."""
    await store.take_turn(tx)
    kept = await store.versions(tx, [(rules.kind_of(wish.terms), wish.code) for wish, _ in wishes])
    outcomes: list[TariffWritten | Problem] = []
    drafts: dict[int, tuple[Tariff, str]] = {}
    for wish, actor in wishes:
        made = rules.put(kept, wish, tx.mint)
        if isinstance(made, Problem):
            outcomes.append(made)
            continue
        draft, told = made
        outcomes.append(told)
        if told.outcome != "unchanged":
            drafts[draft.tariff_id] = (draft, actor)
    if drafts:
        await store.write_drafts(tx, [draft for draft, _ in drafts.values()], [actor for _, actor in drafts.values()])
    tx.after_commit.append(lambda: store.forget_tariffs(tx))
    return outcomes


async def move_tariffs(tx: Tx, moves: Sequence[tuple[Kind, str, str]]) -> list[tuple[TariffWritten, ...] | Problem]:
    """Plan. Put drafts in force (the versions before them end at that instant), and end what is in force, in arrival order.

    What changed, per tariff. Orders placed by a version that ended keep what they were charged.
    """
    await store.take_turn(tx)
    kept = await store.versions(tx, [(kind, code) for kind, code, _ in moves])
    outcomes: list[tuple[TariffWritten, ...] | Problem] = []
    changed: dict[int, Tariff] = {}
    for kind, code, to in moves:
        told = rules.publish(kept, kind, code) if to == "published" else rules.end(kept, kind, code)
        if isinstance(told, Problem):
            outcomes.append(told)
        else:
            outcomes.append(rules.written(told))
            changed.update((one.tariff_id, one) for one in told)
    if await store.move(tx, list(changed.values())) != len(changed):
        raise Again("one tariff takes one step at a time")
    tx.after_commit.append(lambda: store.forget_tariffs(tx))
    return outcomes
