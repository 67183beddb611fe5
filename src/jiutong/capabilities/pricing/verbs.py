"""What can be done with prices and tax rates. All verbs are plural and run in the caller's transaction."""

from collections.abc import Collection, Sequence
from datetime import datetime

import msgspec

from jiutong.capabilities.pricing import rules, store
from jiutong.capabilities.pricing.model import (
    IN_THE_PAST,
    OVERLAP,
    UNKNOWN_PRICE,
    EndPrice,
    ListChange,
    PriceEnded,
    PriceFacts,
    PriceList,
    PriceSpan,
    PricesSet,
    SetTaxRate,
    TaxChange,
)
from jiutong.kernel import stamps as kernel_stamps
from jiutong.kernel.db import Tx
from jiutong.kernel.errors import Problem


async def prices(tx: Tx, sku_ids: Collection[int]) -> dict[int, PriceFacts]:
    """Quote. Current and future prices of these SKUs, for `resolve`. No statement for what is remembered.

    Not for a transaction that itself changes prices: what it would remember is not committed yet.
    """
    kept = store.kept_prices(tx)
    found, missing = kept.known(tx, sku_ids)
    if missing:
        loaded = await store.load_prices(tx, set(missing))
        kept.keep(tx, loaded)
        found |= {sku_id: facts for sku_id, (_, facts) in loaded.items()}
    return found


async def history(tx: Tx, sku_ids: Collection[int]) -> dict[int, PriceFacts]:
    """Quote. All prices these SKUs ever had, withdrawn lists included: what `trace` needs to explain a day that is past."""
    return await store.load_history(tx, sku_ids)


async def tax_rates(tx: Tx, seller_ids: Collection[int]) -> dict[tuple[int, str], int]:
    """Quote. The rates in force now, in basis points by (seller, tax class). A pair that is absent has no rate: refuse with NO_TAX_RATE.

    Exempt goods have a rate too: a row of 0.
    """
    kept = store.kept_taxes(tx)
    found, missing = kept.known(tx, (0,))
    if missing:
        stamp, table = await store.load_taxes(tx)
        kept.keep(tx, {0: (stamp, table)})
        found[0] = table
    return rules.rates_at(found[0], seller_ids, tx.now)


async def put_lists(tx: Tx, commands: Sequence[Sequence[PriceList]]) -> list[tuple[ListChange, ...] | Problem]:
    """Plan. Add price lists, rename them, withdraw them or use them again; each command whole. A list keeps its place and currency."""
    kept = await store.lock_lists(tx, {one.code for command in commands for one in command})
    before = dict(kept)
    outcomes = rules.put_lists(kept, commands, tx.mint)
    put = [kept[code] for code in sorted(kept) if kept[code] != before.get(code)]
    if put:
        await store.write_lists(tx, put)
    switched = [before[one.code].list_id for one in put if one.code in before and before[one.code].active != one.active]
    await _bump(tx, await store.priced_in(tx, switched) if switched else [])
    return outcomes


async def lists(tx: Tx, codes: Collection[str]) -> dict[str, PriceList]:
    """Quote. The price lists with these codes; unknown ones are absent."""
    return await store.read_lists(tx, set(codes))


async def set_prices(tx: Tx, commands: Sequence[Sequence[PriceSpan]]) -> list[PricesSet]:
    """Guard. Let prices begin; the rows that run then end there, those that would have begun then are taken back.

    Raises OVERLAP with the pointer of the first wish that meets a price it cannot end: one that began at the same instant, or
    begins later.
    """
    wishes = [wish for command in commands for wish in command]
    plan = rules.price_plan(wishes, await store.lock_running(tx, wishes) if wishes else {}, tx.now)
    if plan.ends:
        await store.end_prices(tx, sorted(plan.ends, key=_in_line))
    if plan.drops:
        await store.drop_prices(tx, plan.drops)
    rows = [msgspec.structs.replace(span, price_id=tx.mint()) for span in sorted(plan.adds, key=_in_line)]
    added = await store.add_prices(tx, rows) if rows else set()
    for row in rows:
        if row.price_id not in added:
            raise OVERLAP("a price of this list, SKU and quantity began then, or begins later", pointer=row.pointer)
    await _bump(tx, [span.sku_id for span in plan.adds])
    return rules.prices_set(commands, plan)


async def end_prices(tx: Tx, wishes: Sequence[EndPrice]) -> list[PriceEnded | Problem | None]:
    """Guard. Let prices end, now at the earliest; None for what had ended by then. What has not begun by then is taken back."""
    timely = {one.price_id: one for one in wishes if one.at >= tx.now}
    ended = await store.cut_prices(tx, [timely[id_] for id_ in sorted(timely)]) if timely else {}
    left = [one.price_id for one in wishes if one.price_id in timely and one.price_id not in ended]
    known = await store.known_prices(tx, left) if left else set()
    await _bump(tx, sorted({one.sku_id for one in ended.values()}))
    outcomes: list[PriceEnded | Problem | None] = []
    for one in wishes:
        if one.price_id not in timely:
            outcomes.append(IN_THE_PAST("give an instant that is not past", pointer="/at"))
        elif one.price_id in ended:
            outcomes.append(ended[one.price_id])
        else:
            outcomes.append(None if one.price_id in known else UNKNOWN_PRICE("no such price"))
    return outcomes


async def set_tax_rates(tx: Tx, commands: Sequence[tuple[int, Sequence[SetTaxRate]]]) -> list[tuple[TaxChange, ...]]:
    """Guard. Set the tax rates of sellers; of each command those that are new or different now. Of two for one instant the later counts."""
    last = {
        (seller_id, rate.tax_class, rate.valid_from): (position, rate)
        for position, (seller_id, rates) in enumerate(commands)
        for rate in rates
    }
    changes = await store.set_tax_rates(tx, [(key[0], last[key][1]) for key in sorted(last)])
    if changes:
        await kernel_stamps.bump(tx, "place", [0])
        tx.after_commit.append(lambda: store.forget_tax(tx))
    by_command = [last[one.seller_id, one.tax_class, one.valid_from][0] for one in changes]
    return [tuple(one for one, of in zip(changes, by_command, strict=True) if of == position) for position in range(len(commands))]


async def _bump(tx: Tx, sku_ids: Sequence[int]) -> None:
    if sku_ids:
        await kernel_stamps.bump(tx, "sku", sku_ids)
        tx.after_commit.append(lambda: store.forget(tx, sku_ids))


def _in_line(span: PriceSpan) -> tuple[int, int, int, datetime]:
    """Rows are written in one order, so that two writers of the same prices meet at the first and not crosswise."""
    return span.list_id, span.sku_id, span.min_quantity, span.valid_from
