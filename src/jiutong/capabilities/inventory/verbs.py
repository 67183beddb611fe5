"""What can be done with stock. All verbs are plural and run in the caller's transaction."""

from collections.abc import Collection, Mapping, Sequence

from jiutong import ledger
from jiutong.capabilities.inventory import rules, store
from jiutong.capabilities.inventory.model import (
    Corrected,
    Issue,
    Location,
    LocationFacts,
    LocationWritten,
    Paper,
    Places,
    Shortage,
    Sources,
    StockKey,
)
from jiutong.kernel import stamps as kernel_stamps
from jiutong.kernel.db import Again, Tx
from jiutong.kernel.errors import Problem
from jiutong.kernel.stamps import Facts

TENANTS_KEPT_MAX = 1_000
STOCK_KNOWN_MAX = 400_000


async def sources(tx: Tx, channel_ids: Sequence[int]) -> dict[int, tuple[LocationFacts, ...]]:
    """Quote. The locations each channel sells from, first choice first; a channel without any is absent."""
    known = (await _places(tx)).sources
    return {channel_id: known[channel_id] for channel_id in channel_ids if channel_id in known}


async def store_locations(tx: Tx, store_ids: Sequence[int]) -> dict[int, LocationFacts]:
    """Quote. The shelves of each store; a store without any is absent."""
    known = (await _places(tx)).by_store
    return {store_id: known[store_id] for store_id in store_ids if store_id in known}


async def locations(tx: Tx, codes: Collection[str]) -> dict[str, LocationFacts]:
    """Quote. The locations with these codes; unknown ones are absent. A code not remembered is looked for again."""
    known = (await _places(tx)).by_code
    if any(code not in known for code in codes):
        forget(tx)
        known = (await _places(tx)).by_code
    return {code: known[code] for code in codes if code in known}


async def locations_by_id(tx: Tx, ids: Collection[int]) -> dict[int, LocationFacts]:
    """Quote. The locations with these ids; unknown ones are absent. An id not remembered is looked for again."""
    known = (await _places(tx)).by_id
    if any(id_ not in known for id_ in ids):
        forget(tx)
        known = (await _places(tx)).by_id
    return {id_: known[id_] for id_ in ids if id_ in known}


def stamps(tx: Tx) -> dict[int, int]:
    """Quote. The stamp (topic "place") under which the remembered locations and sources were read."""
    return _kept(tx).stamps(tx.tenant_id, [0])


def forget(tx: Tx) -> dict[int, int]:
    """Quote. Drop what is remembered of locations and sources, because its stamp has changed; the stamps it had."""
    dropped = stamps(tx)
    _kept(tx).forget(tx.tenant_id, dropped)
    return dropped


async def know(tx: Tx, keys: Collection[StockKey]) -> None:
    """Post. Describe the stock accounts this process does not know to be described. Costs nothing once they are known.

    To be called before the ledger opens or locks any of them. Raises Again when a location's mode is not the one believed.
    """
    known: set[tuple[int, int]] = tx.memory.setdefault("inventory.known", set())
    unknown = {
        (location.location_id, owner_id, sku_id): (location, owner_id, sku_id)
        for location, owner_id, sku_id in keys
        if (tx.tenant_id, rules.stock_account(location, owner_id, sku_id).account_id) not in known
    }
    if not unknown:
        return
    rows = [unknown[key] for key in sorted(unknown)]
    places = sorted({location.location_id: location for location, _, _ in rows}.items())
    if await store.lock_modes(tx, [location for _, location in places]) != len(places):
        forget(tx)
        raise Again("a location is not what it was thought to be")
    await store.describe_stock(tx, rows)

    def remember() -> None:
        if len(known) > STOCK_KNOWN_MAX:
            known.clear()
        known.update((tx.tenant_id, rules.stock_account(*key).account_id) for key in rows)

    tx.after_commit.append(remember)


async def available(tx: Tx, keys: Collection[StockKey]) -> dict[StockKey, int]:
    """Quote. What may still be promised of each (posted - held - floor), in base units."""
    accounts = {key: rules.stock_account(*key) for key in keys}
    balances = await ledger.balances(tx, list(accounts.values())) if accounts else {}
    return {key: balances[account.account_id].free for key, account in accounts.items()}


async def receive(tx: Tx, papers: Sequence[Paper]) -> None:
    """Post. Book goods that came in; open shortages of stock that is no longer below zero are settled by it."""
    keys = [key for paper in papers for key in paper.keys]
    await know(tx, keys)
    await ledger.post(tx, [rules.receipt_entry(paper) for paper in papers])
    await _write(tx, papers)
    await _settle_shortages(tx, [key for key in keys if not key[0].strict])


async def in_full(tx: Tx, papers: Sequence[Paper | Problem]) -> list[Paper | Problem]:
    """Quote. Counts with every line they imply: a full count names all the book has, be it to say that there is none."""
    full = [paper for paper in papers if isinstance(paper, Paper) and paper.reason == "full"]
    skus = await store.read_skus(tx, sorted({paper.shelf for paper in full})) if full else {}
    whole = {paper.paper_id: rules.counted_in_full(paper, skus[paper.shelf]) for paper in full}
    return [paper if isinstance(paper, Problem) else whole.get(paper.paper_id, paper) for paper in papers]


async def correct(tx: Tx, papers: Sequence[Paper]) -> Corrected:
    """Plan. Make the book agree with adjustments and counts, in arrival order, each paper whole or not at all.

    The accounts are locked, then it is worked out what each line comes to. What is held stays held: at a strict location
    a paper that would leave less than that is refused. At others the shortage is noted, or settled.
    """
    keys = [key for paper in papers for key in paper.keys]
    await know(tx, keys)
    accounts = {account.account_id: account for account in (rules.stock_account(*key) for key in keys)}
    balances = await store.lock_stock(tx, sorted(accounts))
    corrected = rules.corrections(papers, balances)
    booked = list(corrected.booked.values())
    entries = [entry for paper in booked for entry in rules.correction_entries(paper, tx.mint())]
    if (await ledger.post(tx, entries)).refused:
        raise Again("stock that was not open yet was opened meanwhile")
    await _opened_as_planned(tx, booked, [account for id_, account in accounts.items() if id_ not in balances])
    await _write(tx, booked)
    loose = [key for paper in booked for key in paper.keys if not key[0].strict]
    if loose:
        shown = await ledger.balances(tx, [rules.stock_account(*key) for key in loose])
        await note_shortages(tx, rules.paper_issues(booked), {id_: balance.left for id_, balance in shown.items()})
        await _settle_shortages(tx, loose)
    return corrected


async def note_shortages(tx: Tx, issues: Sequence[Issue], rests: Mapping[int, int]) -> list[Shortage]:
    """Post. Record who left with goods the book did not have. `rests` is the `below_zero` that posting the issues gave."""
    noted = rules.shortages(issues, rests)
    if noted:
        await store.write_shortages(tx, noted)
    return noted


async def resolve_shortages(tx: Tx, shortage_ids: Sequence[int]) -> set[int]:
    """Guard. Settle shortages by hand; the ids of those that were still open."""
    return set(await store.resolve_shortages(tx, sorted(shortage_ids)))


async def put_locations(tx: Tx, wanted: Sequence[Location]) -> list[LocationWritten | Problem]:
    """Plan. Make or replace locations. One that has had stock keeps its mode; one that moved on since it was read is refused."""
    await _change(tx)
    codes = sorted({one.code for one in wanted})
    await store.lock_locations(tx, codes)
    standing = await store.standing_locations(tx, codes)
    planned = [rules.location_refusal(one, standing.get(one.code)) or one for one in wanted]
    put = sorted((one for one in planned if isinstance(one, Location)), key=lambda one: one.code)
    written = await store.put_locations(tx, put) if put else {}
    return [one if isinstance(one, Problem) else written[one.code] for one in planned]


async def set_sources(tx: Tx, wanted: Sequence[Sources]) -> None:
    """Post. Say anew where channels sell from."""
    rows = sorted(wanted, key=lambda one: one.channel_id)
    await _change(tx)
    await store.drop_sources(tx, [one.channel_id for one in rows])
    await store.add_sources(tx, rows)


async def _places(tx: Tx) -> Places:
    kept = _kept(tx)
    found, missing = kept.known(tx, [0])
    if missing:
        revision, places = await store.read_places(tx)
        kept.keep(tx, {0: (revision, places)})
        return places
    return found[0]


def _kept(tx: Tx) -> Facts[Places]:
    return tx.memory.setdefault("inventory.places", Facts("place", TENANTS_KEPT_MAX))


async def _change(tx: Tx) -> None:
    """Comes before the change itself: the stamp's row lock makes changes of places take turns."""
    await kernel_stamps.bump(tx, "place", [0])
    tx.after_commit.append(lambda: _kept(tx).forget(tx.tenant_id, [0]))


async def _write(tx: Tx, papers: Sequence[Paper]) -> None:
    if papers:
        await store.write_papers(tx, papers)
        await store.write_lines(tx, papers)


async def _opened_as_planned(tx: Tx, booked: Sequence[Paper], unopened: Sequence[ledger.Account]) -> None:
    """An account that was not open could not be locked. Somebody may have opened and filled it before us: then plan again."""
    if not unopened:
        return
    planned = rules.changes(booked)
    for account_id, balance in (await ledger.balances(tx, unopened)).items():
        if balance.posted != planned.get(account_id, 0):
            raise Again("stock was opened meanwhile")


async def _settle_shortages(tx: Tx, keys: Sequence[StockKey]) -> int:
    """Settle the open shortages of stock that is not below zero. We hold its row locks, so nobody sells in between."""
    if not keys:
        return 0
    short = set(await store.open_shortages(tx, keys))
    touched = {key: rules.stock_account(*key) for key in keys if (key[0].location_id, key[1], key[2]) in short}
    if not touched:
        return 0
    balances = await ledger.balances(tx, list(touched.values()))
    filled = sorted((key[0].location_id, key[1], key[2]) for key, account in touched.items() if balances[account.account_id].left >= 0)
    return await store.resolve_stock(tx, filled) if filled else 0
