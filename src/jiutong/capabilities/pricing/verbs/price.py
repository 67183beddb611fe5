"""What can be done with prices and tax rates. All verbs are plural and run in the caller's transaction."""

from collections.abc import Collection, Sequence
from datetime import datetime

import msgspec

from jiutong import ledger
from jiutong.capabilities.pricing.model import (
    APPROVAL_NEEDED,
    EVER,
    IN_THE_PAST,
    OVERLAP,
    UNKNOWN_PRICE,
    Cost,
    Costed,
    EndPrice,
    ListChange,
    PriceEnded,
    PriceFacts,
    PriceList,
    PriceRow,
    PriceSpan,
    PricesSet,
    SetTaxRate,
    TaxChange,
    Terms,
)
from jiutong.capabilities.pricing.rules import price as rules
from jiutong.capabilities.pricing.store import price as store
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


async def costs(tx: Tx, asked: Collection[Costed]) -> dict[Costed, Cost]:
    """Quote. What goods cost when they were sold: lines placed on any day, as costs stood then. What nobody knows is absent, never 0.

    For lines priced now, facts are at hand already: `cost(prices[sku_id], place, quantity, at)`.
    """
    if not asked:
        return {}
    facts = await store.load_history(tx, {one.sku_id for one in asked}, "cost")
    found = {one: rules.cost(facts[one.sku_id], one.place, one.quantity, one.at) for one in asked if one.sku_id in facts}
    return {one: known for one, known in found.items() if known is not None}


async def terms(tx: Tx, company_ids: Collection[int]) -> dict[int, Terms]:
    """Quote. What these companies' contracts take off whole categories, now and later. No statement for what is remembered."""
    kept = store.kept_terms(tx)
    found, missing = kept.known(tx, company_ids)
    if missing:
        loaded = await store.load_terms(tx, set(missing), tx.now - store.REACH_BACK)
        kept.keep(tx, loaded)
        found |= {company_id: one for company_id, (_, one) in loaded.items()}
    return found


async def terms_ever(tx: Tx, company_ids: Collection[int]) -> dict[int, Terms]:
    """Quote. The same since ever: what `trace` needs to explain a day that is past."""
    return {company_id: one for company_id, (_, one) in (await store.load_terms(tx, company_ids, EVER)).items()}


async def quotas_left(tx: Tx, rows: Collection[PriceRow]) -> dict[int, int]:
    """Quote. By price how many base units are left of those it is good for."""
    if not rows:
        return {}
    accounts = {row.price_id: rules.quota_account(row.price_id, row.quota or 0) for row in rows}
    return rules.left_of(rows, await ledger.balances(tx, list(accounts.values())))


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
    meant = [before[one.code].list_id for one in put if one.code in before and rules.means_otherwise(before[one.code], one)]
    await _bump(tx, await store.priced_in(tx, meant) if meant else [])
    await _bump_terms(tx, await store.agreed_with(tx, meant) if meant else [])
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
    rates = {position: wish for position, wish in enumerate(wishes) if wish.category}
    of_skus = [position for position in range(len(wishes)) if position not in rates]
    running: dict[int, PriceSpan] = {}
    if of_skus:
        found = await store.lock_running(tx, [wishes[position] for position in of_skus])
        running |= {of_skus[place]: span for place, span in found.items()}
    if rates:
        found = await store.lock_running_rates(tx, list(rates.values()))
        running |= {list(rates)[place]: span for place, span in found.items()}
    plan = rules.price_plan(wishes, running, tx.now)
    categories = {span.price_id for span in running.values() if span.category}
    await _write(tx, plan, categories)
    await _bump(tx, [span.sku_id for span in plan.adds if not span.category])
    rated = sorted({span.list_id for span in plan.adds if span.category})
    await _bump_terms(tx, await store.agreed_with(tx, rated) if rated else [])
    return rules.prices_set(commands, plan)


async def _write(tx: Tx, plan: rules.PricePlan, categories: Collection[int]) -> None:
    """Write what setting prices comes to; `categories` are ids of running rows that are of categories."""
    ends = sorted((span for span in plan.ends if not span.category), key=_in_line)
    if ends:
        await store.end_prices(tx, ends)
    drops = [price_id for price_id in plan.drops if price_id not in categories]
    if drops:
        await store.drop_prices(tx, drops)
    rates = sorted((span for span in plan.ends if span.category), key=_in_line)
    if rates:
        await store.end_rates(tx, rates)
    if len(drops) < len(plan.drops):
        await store.drop_rates(tx, [price_id for price_id in plan.drops if price_id in categories])
    rows = [msgspec.structs.replace(span, price_id=tx.mint()) for span in sorted(plan.adds, key=_in_line)]
    of_skus, of_categories = [row for row in rows if not row.category], [row for row in rows if row.category]
    added = await store.add_prices(tx, of_skus) if of_skus else set()
    added |= await store.add_rates(tx, of_categories) if of_categories else set()
    for row in rows:
        if row.price_id not in added:
            raise OVERLAP("a price of this list, SKU and quantity began then, or begins later", pointer=row.pointer)


async def end_prices(tx: Tx, wishes: Sequence[EndPrice], *, approved: bool = False) -> list[PriceEnded | Problem | None]:
    """Guard. Let prices end, now at the earliest; None for what had ended by then. What has not begun by then is taken back.

    In a list whose changes are approved, only what was approved.
    """
    lists = await store.lists_of(tx, [one.price_id for one in wishes])
    good = {
        one.price_id: one for one in wishes if one.at >= tx.now and one.price_id in lists and (approved or not lists[one.price_id].approval)
    }
    ordered = [good[id_] for id_ in sorted(good)]
    ended = await store.cut_prices(tx, ordered) if ordered else {}
    of_contracts = [one for one in ordered if one.price_id not in ended and lists[one.price_id].kind == "contract"]
    if of_contracts:
        ended |= await store.cut_rates(tx, of_contracts)
    await _bump(tx, sorted({one.sku_id for one in ended.values() if one.sku_id}))
    await _bump_terms(tx, sorted({lists[id_].scope_id for id_, one in ended.items() if not one.sku_id}))
    outcomes: list[PriceEnded | Problem | None] = []
    for one in wishes:
        if one.at < tx.now:
            outcomes.append(IN_THE_PAST("give an instant that is not past", pointer="/at"))
        elif one.price_id not in lists:
            outcomes.append(UNKNOWN_PRICE("no such price"))
        elif one.price_id not in good:
            outcomes.append(APPROVAL_NEEDED(f"propose the end in {lists[one.price_id].code}", list=lists[one.price_id].code))
        else:
            outcomes.append(ended.get(one.price_id))
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


async def _bump_terms(tx: Tx, company_ids: Sequence[int]) -> None:
    if company_ids:
        await kernel_stamps.bump(tx, "terms", company_ids)
        tx.after_commit.append(lambda: store.forget_terms(tx, company_ids))


def _in_line(span: PriceSpan) -> tuple[int, int, str, int, datetime]:
    """Rows are written in one order, so that two writers of the same prices meet at the first and not crosswise."""
    return span.list_id, span.sku_id, span.category, span.min_quantity, span.valid_from
