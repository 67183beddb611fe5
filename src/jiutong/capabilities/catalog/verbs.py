"""What can be done with the catalog. All verbs are plural and run in the caller's transaction.

Verbs that put rows take commands, each a sequence of rows, and decide each command whole, in arrival order. The rows they
meet are locked in the order of their codes; a code somebody else takes meanwhile sends the transaction back to find it.
"""

from collections import ChainMap
from collections.abc import Collection, Mapping, Sequence

from jiutong.capabilities.catalog import rules
from jiutong.capabilities.catalog.model import (
    IN_BRAND,
    IN_CATEGORY,
    UNKNOWN_PRODUCT,
    DropPicture,
    Listing,
    ListingChange,
    Moved,
    MoveProduct,
    ProductsPut,
    PutBrand,
    PutCategory,
    PutPicture,
    PutProduct,
    Renamed,
    Sku,
    SkuFacts,
    Text,
)
from jiutong.capabilities.catalog.store import goods, listings, shelf, trees, words
from jiutong.kernel import stamps as kernel_stamps
from jiutong.kernel.db import Tx
from jiutong.kernel.errors import Problem


async def skus(tx: Tx, codes: Collection[str]) -> dict[str, SkuFacts]:
    """Quote. The SKUs with these codes or barcodes; a name nobody knows is absent. No statement for what is remembered.

    Not for a transaction that itself changes SKUs: what it would remember is not committed yet.
    """
    kept = shelf.of(tx)
    found, missing = kept.named(tx, codes)
    if missing:
        facts, names = await shelf.load_named(tx, missing)
        found |= kept.keep(tx, facts, names)
    return found


async def skus_by_id(tx: Tx, sku_ids: Collection[int]) -> dict[int, SkuFacts]:
    """Quote. The SKUs with these ids, as `skus` tells them by name."""
    kept = shelf.of(tx).facts
    found, missing = kept.known(tx, sku_ids)
    if missing:
        loaded = await shelf.load(tx, list(set(missing)))
        kept.keep(tx, loaded)
        found |= {sku_id: sku for sku_id, (_, sku) in loaded.items()}
    return found


async def sku_ids(tx: Tx, codes: Collection[str]) -> dict[str, int]:
    """Quote. The ids of the SKUs with these codes, for those who write about them; remembers nothing."""
    return await goods.sku_ids(tx, set(codes))


async def put_pictures(tx: Tx, puts: Sequence[PutPicture]) -> list[int | Problem]:
    """Guard. Show products by pictures, in place of those that were there; the products' ids."""
    ids = await goods.product_ids(tx, {put.product for put in puts})
    last = {(put.product, put.position): put for put in puts if put.product in ids}
    await goods.put_pictures(tx, [(ids[put.product], put) for put in last.values()])
    return [ids[put.product] if put.product in ids else UNKNOWN_PRODUCT(f"no product {put.product!r}") for put in puts]


async def drop_pictures(tx: Tx, drops: Sequence[DropPicture]) -> list[int | Problem]:
    """Guard. Show products without these pictures; the products' ids."""
    ids = await goods.product_ids(tx, {drop.product for drop in drops})
    await goods.drop_pictures(tx, [(ids[drop.product], drop.position) for drop in drops if drop.product in ids])
    return [ids[drop.product] if drop.product in ids else UNKNOWN_PRODUCT(f"no product {drop.product!r}") for drop in drops]


async def put_brands(tx: Tx, commands: Sequence[Sequence[PutBrand]]) -> list[tuple[Renamed, ...]]:
    """Plan. Add or rename brands; of each command those that are new or different now."""
    kept = await trees.lock_brands(tx, {brand.code for brands in commands for brand in brands})
    before = dict(kept)
    outcomes = rules.put_brands(kept, commands, tx.mint)
    put = [kept[code] for code in sorted(kept) if kept[code] != before.get(code)]
    if put:
        await trees.write_brands(tx, put)
        await _rename(tx, IN_BRAND, {one.brand_id: one.name for one in put if one.code in before})
    return outcomes


async def known_categories(tx: Tx, codes: Collection[str]) -> set[str]:
    """Quote. Which of these categories there are."""
    return await trees.known_categories(tx, codes)


async def known_brands(tx: Tx, codes: Collection[str]) -> set[str]:
    """Quote. Which of these brands there are."""
    return await trees.known_brands(tx, codes)


async def put_categories(tx: Tx, commands: Sequence[Sequence[PutCategory]]) -> list[tuple[Renamed, ...] | Problem]:
    """Plan. Add, rename or move categories; of each command those that are new or different now."""
    tree = await trees.lock_categories(tx)
    before = dict(tree)
    outcomes = rules.put_categories(tree, commands, tx.mint)
    placed = [tree[code] for code in sorted(tree) if tree[code] != before.get(code)]
    if placed:
        await trees.write_categories(tx, placed, tree)
        renamed = (one for one in placed if one.code in before and before[one.code].name != one.name)
        await _rename(tx, IN_CATEGORY, {one.category_id: one.name for one in renamed})
        moved = [one.category_id for one in placed if one.code in before and before[one.code].parent != one.parent]
        await _bump(tx, await goods.skus_within(tx, moved) if moved else [])
    return outcomes


async def put_products(tx: Tx, commands: Sequence[Sequence[PutProduct]]) -> list[ProductsPut | Problem]:
    """Plan. Add or change products with their SKUs and barcodes."""
    wishes = [wish for command in commands for wish in command]
    filing = await trees.read_filing(tx, {w.brand for w in wishes if w.brand}, {w.category for w in wishes if w.category})
    products = await goods.lock_products(tx, {wish.code for wish in wishes})
    known = await goods.read_skus(tx, [one.product_id for one in products.values()], {sku.code for wish in wishes for sku in wish.skus})
    barcodes = await goods.read_barcodes(tx, rules.gtins(wishes))
    brands, categories, names = filing
    rows = rules.Rows(brands, categories, ChainMap({}, products), ChainMap({}, known), ChainMap({}, barcodes))
    outcomes = rules.put_products(rows, commands, tx.mint)
    put = [rows.products[code] for code in sorted(rows.products.maps[0]) if rows.products[code] != products.get(code)]
    if put:
        await goods.write_products(tx, put)
        await _write_skus(tx, known, rows.skus.maps[0])
        await _write_words(
            tx,
            {text.product_id: text for text in rules.texts(products.values(), known.values(), names)},
            rules.texts(put, rows.skus.values(), names),
        )
    changed = {one.product_id for one in put}
    await _bump(tx, [sku.sku_id for sku in known.values() if sku.product_id in changed])
    return outcomes


async def index_products(tx: Tx, product_ids: Collection[int]) -> int:
    """Plan. Write the words of these products anew; the number of products. Their owners' changes wait meanwhile."""
    products = await goods.lock_products_by_id(tx, product_ids)
    skus = await goods.read_skus(tx, [one.product_id for one in products], ())
    _, _, names = await trees.filing_of(tx, products)
    await words.drop_words(tx, product_ids)
    await _write_words(tx, {}, rules.texts(products, skus.values(), names))
    return len(products)


async def move_products(tx: Tx, commands: Sequence[Sequence[MoveProduct]]) -> list[tuple[Moved, ...] | Problem]:
    """Plan. Bring products from state to state: draft, audit, published, retired (MOVES says what may follow what)."""
    products = await goods.lock_products(tx, {wish.code for command in commands for wish in command})
    outcomes = rules.moves(products, commands)
    moved = {one.code for outcome in outcomes if not isinstance(outcome, Problem) for one in outcome}
    if moved:
        await goods.write_products(tx, [products[code] for code in sorted(moved)])
        await _bump(tx, await goods.skus_of(tx, [products[code].product_id for code in moved]))
    return outcomes


async def put_listings(tx: Tx, commands: Sequence[Sequence[Listing]]) -> list[tuple[ListingChange, ...] | Problem]:
    """Plan. Offer SKUs in trade domains, or change how they are offered; of each command the listings that are new or different now."""
    ids = await goods.sku_ids(tx, {wish.sku for command in commands for wish in command})
    keys = sorted({(ids[w.sku], w.channel_id, w.store_id) for command in commands for w in command if w.sku in ids})
    kept = await listings.lock_listings(tx, keys)
    before = dict(kept)
    outcomes = rules.put_listings(ids, kept, commands, tx.mint)
    put = [(key[0], kept[key]) for key in keys if kept.get(key) != before.get(key)]
    if put:
        await listings.write_listings(tx, put)
    await _bump(tx, [sku_id for sku_id, _ in put])
    return outcomes


async def _write_skus(tx: Tx, before: Mapping[str, Sku], after: Mapping[str, Sku]) -> None:
    put = [after[code] for code in sorted(after) if after[code] != before.get(code)]
    if put:
        await goods.write_skus(tx, put)
    off, on = rules.barcode_changes(before, after)
    if off:
        await goods.drop_barcodes(tx, off)
    if on:
        await goods.add_barcodes(tx, on)


async def _write_words(tx: Tx, before: Mapping[int, Text], after: Sequence[Text]) -> None:
    texts = [text for text in after if text != before.get(text.product_id)]
    again = [text.product_id for text in texts if text.product_id in before]
    if again:
        await words.drop_words(tx, again)
    if texts:
        await words.add_words(tx, rules.postings(texts))


async def _rename(tx: Tx, place: int, names: Mapping[int, str]) -> None:
    if names:
        await words.rename_words(tx, place, sorted(names), sorted((id_, word) for id_, name in names.items() for word in rules.words(name)))


async def _bump(tx: Tx, sku_ids: Sequence[int]) -> None:
    if sku_ids:
        await kernel_stamps.bump(tx, "sku", sku_ids)
        tx.after_commit.append(lambda: shelf.forget(tx, sku_ids))
