"""Decisions of the catalog: what is offered where and when, which barcode is one, and what putting rows comes to."""

import re
import unicodedata
from collections import ChainMap
from collections.abc import Callable, Iterable, Mapping, MutableMapping, Sequence
from datetime import datetime
from typing import TypeAlias

import msgspec
from stdnum import ean
from stdnum.exceptions import ValidationError

from jiutong.capabilities.catalog.model import (
    BAD_GTIN,
    BARCODE_TAKEN,
    CATEGORY_CIRCLE,
    ELSEWHERE,
    EMPTY_WINDOW,
    ILLEGAL_MOVE,
    IN_BRAND,
    IN_CATEGORY,
    IN_CODE,
    IN_TITLE,
    MOVES,
    NO_LONGER,
    NOT_LISTED,
    NOT_SELLABLE,
    NOT_YET,
    SKU_TAKEN,
    UNKNOWN_BRAND,
    UNKNOWN_CATEGORY,
    UNKNOWN_PRODUCT,
    UNKNOWN_SKU,
    WORD_CHARACTERS_MAX,
    Brand,
    Category,
    Listing,
    ListingChange,
    ListingFacts,
    Moved,
    MoveProduct,
    Posting,
    Product,
    ProductChange,
    ProductsPut,
    Put,
    PutBrand,
    PutCategory,
    PutProduct,
    PutSku,
    Renamed,
    Search,
    Sku,
    SkuFacts,
    Term,
    Text,
)
from jiutong.kernel.errors import STALE, Problem, ProblemType

ListingKey: TypeAlias = tuple[int, int, int]
"""(SKU, channel, store)."""


def offer(sku: SkuFacts | None, channel_id: int, store_id: int, at: datetime) -> ListingFacts | ProblemType:
    """The listing under which a SKU is sold here and now, or the refusal to make.

    A listing of the store decides alone, also when it says no; only where the store has none does the channel's count.
    """
    if sku is None:
        return UNKNOWN_SKU
    if not sku.sellable:
        return NOT_SELLABLE
    found = None
    for listing in sku.listings:
        if listing.channel_id == channel_id:
            if listing.store_id == store_id:
                found = listing
                break
            if listing.store_id == 0:
                found = listing
    if found is None or not found.listed:
        return NOT_LISTED
    if at < found.valid_from:
        return NOT_YET
    if at >= found.valid_to:
        return NO_LONGER
    return found


def gtin_form(name: str) -> str | None:
    """The GTIN-14 a name would be if it is a barcode: EAN-8, UPC-A, EAN-13 and GTIN-14 are one number in four lengths."""
    return name.zfill(14) if len(name) in {8, 12, 13, 14} and name.isascii() and name.isdigit() else None


def gtin14(barcode: str) -> str | None:
    """The barcode in GTIN-14 form if its length and check digit are right."""
    try:
        return ean.validate(barcode).zfill(14)
    except ValidationError:
        return None


class Rows(msgspec.Struct, frozen=True):
    """The rows that putting products meets, by code. Barcodes say the code of the SKU they are on, "" for none."""

    brands: Mapping[str, int]
    categories: Mapping[str, int]
    products: ChainMap[str, Product]
    skus: ChainMap[str, Sku]
    barcodes: ChainMap[str, str]


def put_products(rows: Rows, commands: Sequence[Sequence[PutProduct]], mint: Callable[[], int]) -> list[ProductsPut | Problem]:
    """What each command comes to, in arrival order, each whole or not at all. `rows` are left as they are to be."""
    outcomes: list[ProductsPut | Problem] = []
    for wishes in commands:
        ahead = Rows(rows.brands, rows.categories, rows.products.new_child(), rows.skus.new_child(), rows.barcodes.new_child())
        outcome = _put_command(ahead, wishes, mint)
        if not isinstance(outcome, Problem):
            rows.products.update(ahead.products.maps[0])
            rows.skus.update(ahead.skus.maps[0])
            rows.barcodes.update(ahead.barcodes.maps[0])
        outcomes.append(outcome)
    return outcomes


def _put_command(rows: Rows, wishes: Sequence[PutProduct], mint: Callable[[], int]) -> ProductsPut | Problem:
    told: list[Put] = []
    created: list[int] = []
    changed: list[ProductChange] = []
    for position, wish in enumerate(wishes):
        change = _put_product(rows, wish, f"/products/{position}", mint)
        if isinstance(change, Problem):
            return change
        if change.before is None:
            created.append(change.after.product_id)
            outcome = "created"
        elif change.before == change.after:
            outcome = "unchanged"
        else:
            changed.append(change)
            outcome = "changed"
        told.append(Put(wish.code, outcome, change.after.revision))
    return ProductsPut(tuple(told), tuple(created), tuple(changed))


def _put_product(rows: Rows, wish: PutProduct, pointer: str, mint: Callable[[], int]) -> ProductChange | Problem:
    before = rows.products.get(wish.code)
    if wish.revision is not None and (before is None or before.revision != wish.revision):
        return STALE(f"{wish.code} is at revision {before.revision if before else 0}", pointer=pointer, product=wish.code)
    if wish.brand is not None and wish.brand not in rows.brands:
        return UNKNOWN_BRAND(f"no brand {wish.brand}", pointer=f"{pointer}/brand")
    if wish.category is not None and wish.category not in rows.categories:
        return UNKNOWN_CATEGORY(f"no category {wish.category}", pointer=f"{pointer}/category")
    product = Product(
        before.product_id if before else mint(),
        wish.code,
        wish.title,
        wish.description,
        wish.brand,
        wish.category,
        rows.brands[wish.brand] if wish.brand else None,
        rows.categories[wish.category] if wish.category else None,
        wish.attributes,
        before.status if before else "draft",
        before.revision if before else 1,
    )
    skus_before: list[Sku] = []
    skus_after: list[Sku] = []
    for no, sku in enumerate(wish.skus):
        known = rows.skus.get(sku.code)
        put = _put_sku(rows, sku, product, f"{pointer}/skus/{no}", mint)
        if isinstance(put, Problem):
            return put
        if put != known:
            rows.skus[sku.code] = put
            skus_after.append(put)
            skus_before += [known] if known else []
    if before is not None and (skus_after or product != before):
        product = msgspec.structs.replace(product, revision=product.revision + 1)
    rows.products[wish.code] = product
    return ProductChange(before, product, tuple(skus_before), tuple(skus_after))


def _put_sku(rows: Rows, wish: PutSku, product: Product, pointer: str, mint: Callable[[], int]) -> Sku | Problem:
    before = rows.skus.get(wish.code)
    if before is not None and before.product_id != product.product_id:
        return SKU_TAKEN(f"{wish.code} is a SKU of another product", pointer=f"{pointer}/code", sku=wish.code)
    gtins: set[str] = set()
    for no, barcode in enumerate(wish.gtins):
        gtin = gtin14(barcode)
        if gtin is None:
            return BAD_GTIN(f"{barcode} is no EAN-8, UPC-A, EAN-13 or GTIN-14", pointer=f"{pointer}/gtins/{no}")
        on = rows.barcodes.get(gtin, "")
        if on not in {"", wish.code}:
            return BARCODE_TAKEN(f"{barcode} is on {on}", pointer=f"{pointer}/gtins/{no}", sku=on)
        gtins.add(gtin)
    for gtin in before.gtins if before else ():
        rows.barcodes[gtin] = ""
    for gtin in gtins:
        rows.barcodes[gtin] = wish.code
    return Sku(
        before.sku_id if before else mint(),
        product.product_id,
        wish.code,
        wish.title or product.title,
        wish.base_unit,
        wish.pack_size,
        wish.weight_g,
        wish.attributes,
        wish.active,
        tuple(sorted(gtins)),
    )


def moves(products: MutableMapping[str, Product], commands: Sequence[Sequence[MoveProduct]]) -> list[tuple[Moved, ...] | Problem]:
    """What each command comes to, in arrival order, each whole or not at all. `products` are left in their new states."""
    outcomes: list[tuple[Moved, ...] | Problem] = []
    for wishes in commands:
        ahead = ChainMap({}, products)
        moved: list[Moved] = []
        for position, wish in enumerate(wishes):
            one = _moved(ahead.get(wish.code), wish, f"/products/{position}")
            if isinstance(one, Problem):
                outcomes.append(one)
                break
            moved.append(Moved(one.product_id, one.code, ahead[wish.code].status, one.status, one.revision))
            ahead[wish.code] = one
        else:
            products.update(ahead.maps[0])
            outcomes.append(tuple(moved))
    return outcomes


def _moved(product: Product | None, wish: MoveProduct, pointer: str) -> Product | Problem:
    if product is None:
        return UNKNOWN_PRODUCT(f"no product {wish.code}", pointer=f"{pointer}/code")
    if wish.revision is not None and wish.revision != product.revision:
        return STALE(f"{wish.code} is at revision {product.revision}", pointer=pointer, product=wish.code)
    if product.status not in MOVES[wish.to]:
        return ILLEGAL_MOVE(f"{wish.code} is {product.status}", pointer=pointer, state=product.status, needs=list(MOVES[wish.to]))
    return msgspec.structs.replace(product, status=wish.to, revision=product.revision + 1)


def put_listings(
    sku_ids: Mapping[str, int],
    kept: MutableMapping[ListingKey, ListingFacts],
    commands: Sequence[Sequence[Listing]],
    mint: Callable[[], int],
) -> list[tuple[ListingChange, ...] | Problem]:
    """What each command comes to, in arrival order, each whole or not at all. `kept` is left as it is to be."""
    outcomes: list[tuple[ListingChange, ...] | Problem] = []
    for wishes in commands:
        refusal = next(filter(None, (_misfit(wish, no, sku_ids) for no, wish in enumerate(wishes))), None)
        if refusal is not None:
            outcomes.append(refusal)
            continue
        changes: list[ListingChange] = []
        for wish in wishes:
            key = (sku_ids[wish.sku], wish.channel_id, wish.store_id)
            before = kept.get(key)
            after = ListingFacts(
                before.listing_id if before else mint(),
                wish.channel_id,
                wish.store_id,
                wish.seller_id,
                wish.owner_id,
                wish.tax_class,
                wish.listed,
                wish.valid_from,
                wish.valid_to,
            )
            if after != before:
                kept[key] = after
                changes.append(ListingChange(key[0], wish.sku, before, after))
        outcomes.append(tuple(changes))
    return outcomes


def _misfit(wish: Listing, position: int, sku_ids: Mapping[str, int]) -> Problem | None:
    if wish.sku not in sku_ids:
        return UNKNOWN_SKU(f"no SKU {wish.sku}", pointer=f"/listings/{position}/sku")
    if wish.valid_from >= wish.valid_to:
        return EMPTY_WINDOW("valid_to is not after valid_from", pointer=f"/listings/{position}/valid_to")
    return None


def gtins(wishes: Iterable[PutProduct]) -> set[str]:
    """The barcodes these products want."""
    return {gtin for wish in wishes for sku in wish.skus for barcode in sku.gtins if (gtin := gtin14(barcode))}


def barcode_changes(before: Mapping[str, Sku], after: Mapping[str, Sku]) -> tuple[set[str], list[tuple[str, int]]]:
    """The barcodes that come off their SKUs, and those that are put on, in order, each with the id of its SKU."""
    had = {(gtin, sku.sku_id) for code, sku in before.items() if code in after for gtin in sku.gtins}
    has = {(gtin, sku.sku_id) for sku in after.values() for gtin in sku.gtins}
    return {gtin for gtin, _ in had - has}, sorted(has - had)


def put_brands(kept: dict[str, Brand], commands: Sequence[Sequence[PutBrand]], mint: Callable[[], int]) -> list[tuple[Renamed, ...]]:
    """What each command comes to, in arrival order. `kept` is left as it is to be."""
    outcomes: list[tuple[Renamed, ...]] = []
    for wishes in commands:
        renamed: list[Renamed] = []
        for wish in wishes:
            before = kept.get(wish.code)
            if before is None or before.name != wish.name:
                after = Brand(before.brand_id if before else mint(), wish.code, wish.name)
                kept[wish.code] = after
                renamed.append(Renamed(after.brand_id, wish.code, before.name if before else None, wish.name))
        outcomes.append(tuple(renamed))
    return outcomes


def put_categories(
    tree: dict[str, Category], commands: Sequence[Sequence[PutCategory]], mint: Callable[[], int]
) -> list[tuple[Renamed, ...] | Problem]:
    """What each command comes to, in arrival order, each whole or not at all. `tree` is left as it is to be."""
    outcomes: list[tuple[Renamed, ...] | Problem] = []
    for wishes in commands:
        ahead = dict(tree)
        for wish in wishes:
            known = ahead.get(wish.code)
            ahead[wish.code] = Category(known.category_id if known else mint(), wish.code, wish.name, wish.parent)
        refusal = _astray(ahead, wishes)
        if refusal is not None:
            outcomes.append(refusal)
            continue
        outcomes.append(
            tuple(
                Renamed(
                    ahead[code].category_id,
                    code,
                    before.name if before else None,
                    ahead[code].name,
                    before.parent if before else None,
                    ahead[code].parent,
                )
                for code in dict.fromkeys(wish.code for wish in wishes)
                if (before := tree.get(code)) != ahead[code]
            )
        )
        tree.update(ahead)
    return outcomes


def _astray(tree: Mapping[str, Category], wishes: Sequence[PutCategory]) -> Problem | None:
    """The refusal to make if some category would lie within itself, or under one that does not exist."""
    for position, wish in enumerate(wishes):
        seen = {wish.code}
        above = wish.parent
        while above is not None:
            if above not in tree:
                return UNKNOWN_CATEGORY(f"no category {above}", pointer=f"/categories/{position}/parent")
            if above in seen:
                return CATEGORY_CIRCLE(f"{wish.code} would lie within itself", pointer=f"/categories/{position}/parent")
            seen.add(above)
            above = tree[above].parent
    return None


# Signs of Chinese writing run together without spaces; words of other scripts stand apart.
_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_RUN = re.compile(rf"[{_HAN}]+|[^\W_{_HAN}]+")
_PIECE = re.compile(r"[0-9]+|[^0-9]+")
_IS_HAN = re.compile(rf"[{_HAN}]")
PIECES_MAX = 5


def search(typed: str) -> Search:
    """What somebody looks for who has typed this. The last word may be unfinished: every word that begins so will do."""
    runs = _runs(typed)
    found = [word for run in runs for word in (_cut(run) if _IS_HAN.match(run) else [run[:WORD_CHARACTERS_MAX]])]
    last = found.pop() if found else None
    terms = [Term(word, f"{word}\x01") for word in dict.fromkeys(found)]
    if last is not None:
        terms.append(Term(last, f"{last}\U0010ffff"))
    return Search("".join(runs)[:WORD_CHARACTERS_MAX], tuple(terms))


def texts(products: Iterable[Product], skus: Iterable[Sku], names: Mapping[int, str]) -> list[Text]:
    """What these products are found by. `skus` are all of theirs and maybe others, `names` those of brands and categories by id."""
    theirs: dict[int, list[Sku]] = {}
    for sku in skus:
        theirs.setdefault(sku.product_id, []).append(sku)
    return [
        Text(
            one.product_id,
            one.title,
            frozenset(sku.title for sku in theirs.get(one.product_id, ())),
            names.get(one.brand_id or 0, ""),
            names.get(one.category_id or 0, ""),
            frozenset((one.code, *(sku.code for sku in theirs.get(one.product_id, ())))),
            frozenset(gtin for sku in theirs.get(one.product_id, ()) for gtin in sku.gtins),
        )
        for one in products
    ]


def postings(texts: Iterable[Text]) -> list[Posting]:
    """Every word of these products once for each place it stands in, sorted."""
    return sorted(Posting(word, place, text.title, text.product_id) for text in texts for word, place in _placed(text))


def words(text: str) -> frozenset[str]:
    """The words of a text: runs of letters and digits, with their parts; of Chinese every word of the dictionary in it, and every sign.

    Whoever types any part of a Chinese text therefore finds it: what they typed is cut into words and signs that are all here.
    """
    found: set[str] = set()
    for run in _runs(text):
        if _IS_HAN.match(run):
            found.update(run, _every_word(run))
        else:
            found |= _parts(run)
    return frozenset(found)


def sounds(text: str) -> frozenset[str]:
    """How the Chinese in a text is typed on a Latin keyboard: syllables, and from each sign on in full and by initials."""
    found: set[str] = set()
    for run in _runs(text):
        if _IS_HAN.match(run):
            said = [syllable for word in _cut(run) for syllable in _syllables(word)]
            found.update(said)
            for at in range(len(said)):
                found.add("".join(said[at:])[:WORD_CHARACTERS_MAX])
                found.add("".join(syllable[0] for syllable in said[at:])[:WORD_CHARACTERS_MAX])
    return frozenset(found)


def _placed(text: Text) -> set[tuple[str, int]]:
    placed = {(word, IN_TITLE) for title in {text.title, *text.titles} for word in words(title)}
    placed |= {(word, IN_BRAND) for word in words(text.brand)}
    placed |= {(word, IN_CATEGORY) for word in words(text.category)}
    placed |= {(word, ELSEWHERE) for title in {text.title, *text.titles} for word in sounds(title)}
    for code in text.codes:
        whole = "".join(_runs(code))[:WORD_CHARACTERS_MAX]
        if whole:
            placed.add((whole, IN_CODE))
            placed |= {(word, ELSEWHERE) for word in words(code) if word != whole}
    for gtin in text.gtins:
        placed |= {(gtin[-length:], IN_CODE) for length in (8, 12, 13, 14) if not gtin[:-length].strip("0")}
    return placed


def _runs(text: str) -> list[str]:
    return _RUN.findall(unicodedata.normalize("NFKC", text).casefold())


def _parts(run: str) -> set[str]:
    """A run and what it is made of: 45r17 is also 45, 45r, r, r17 and 17."""
    pieces = _PIECE.findall(run)
    if not 1 < len(pieces) <= PIECES_MAX:
        return {run[:WORD_CHARACTERS_MAX]}
    return {"".join(pieces[low:high])[:WORD_CHARACTERS_MAX] for low in range(len(pieces)) for high in range(low + 1, len(pieces) + 1)}


def _cut(run: str) -> list[str]:
    """Chinese cut into words of the dictionary, and what is in none into single signs."""
    from rjieba import cut

    return cut(run, hmm=False)


def _every_word(run: str) -> list[str]:
    from rjieba import cut_all

    return [word[:WORD_CHARACTERS_MAX] for word in cut_all(run)]


def _syllables(word: str) -> list[str]:
    from pypinyin import lazy_pinyin

    return [syllable for syllable in lazy_pinyin(word, errors="ignore") if syllable]
