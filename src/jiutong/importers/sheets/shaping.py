"""What a row of a sheet wishes for: the command of the flow that people use for the same.

A cell left empty, and a column that is not there, leave alone what is there; `(clear)` empties it. A row that cannot be a command
is refused with the field that is at fault.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias, TypeVar
from zoneinfo import ZoneInfo

import msgspec

from jiutong.capabilities import catalog, inventory, pricing, task
from jiutong.flows.maintain_catalog import PutListing, PutListings, PutProducts, put_listings, put_products
from jiutong.flows.maintain_prices import set_prices
from jiutong.flows.price_rows import SetPrices
from jiutong.flows.receive_stock import receive_stock
from jiutong.importers.sheets import cells, written
from jiutong.importers.sheets.cells import CLEAR, MISSING
from jiutong.importers.sheets.fields import ATTRIBUTE, KINDS, SKU_ATTRIBUTE, KindOf
from jiutong.kernel.errors import Problem
from jiutong.kernel.runner import Flow
from jiutong.reads import sheets as reads

T = TypeVar("T")
Cells: TypeAlias = Mapping[str, str]


class Unfit(Exception):
    """A cell that stands for nothing: its field, and why."""

    def __init__(self, field: str, why: Problem) -> None:
        super().__init__(field, why.code)
        self.field = field
        self.why = why


class Shape(msgspec.Struct, frozen=True):
    """A command and its flow; and what a sheet would show of it before (None: nothing was there) and after, by field."""

    flow: Flow[Any, Any]
    command: msgspec.Struct
    before: dict[str, str] | None
    after: dict[str, str]


class Wanted(msgspec.Struct, frozen=True):
    """A row to be taken over: what is said in it, and what that comes to, or why it comes to nothing."""

    row: task.Row
    said: dict[str, str]
    shape: Shape | None
    field: str = ""
    why: Problem | None = None


def said(row: task.Row, mapping: Sequence[str], defaults: Mapping[str, str]) -> dict[str, str]:
    """What a row says, by field; what the file has no column for is said by the defaults."""
    told = {name: value for name, value in defaults.items() if name not in mapping}
    told.update((name, cell) for name, cell in zip(mapping, row.cells, strict=False) if name and cell.strip())
    return told


def shaped(kind: str, rows: Sequence[task.Row], mapping: Sequence[str], defaults: Mapping[str, str], now: reads.Standing) -> list[Wanted]:
    """The commands of rows, in their order. Rows further down build on what those above them wish for."""
    zone = ZoneInfo(defaults.get("time_zone", "UTC"))
    shapes: dict[str, Callable[[Cells], Shape]] = {
        "products": _Products(now).wish,
        "prices": lambda one: _price(one, now, zone),
        "costs": lambda one: _price(one, now, zone),
        "listings": lambda one: _listing(one, now, zone),
        "stock": _receipt,
    }
    wanted: list[Wanted] = []
    for row in rows:
        told = said(row, mapping, defaults)
        try:
            for one in KINDS[kind].fields:
                if one.needed and one.name not in told:
                    raise Unfit(one.name, MISSING("give a value"))
            wanted.append(Wanted(row, told, shapes[kind](told)))
        except Unfit as unfit:
            wanted.append(Wanted(row, told, None, unfit.field, unfit.why))
    return wanted


def field_of(kind: KindOf, refusal: Problem) -> str:
    """The field a flow's refusal of a row points at."""
    for error in refusal.errors:
        last = [part for part in error.pointer.split("/") if part and not part.isdigit()]
        for part in reversed(last):
            name = _MEANT.get((kind.name, part), part)
            if kind.field(name) is not None:
                return name
    return ""


_MEANT = {
    ("products", "gtins"): "barcodes",
    ("products", "code"): "sku",
    ("prices", "amount_minor"): "amount",
    ("prices", "prices"): "valid_from",
    ("prices", "rates"): "valid_from",
    ("prices", "off_bp"): "off",
    ("costs", "amount_minor"): "amount",
    ("costs", "prices"): "valid_from",
    ("stock", "lines"): "sku",
}


class _Products:
    """Products as they stand, and as the rows above wish them to be."""

    def __init__(self, now: reads.Standing) -> None:
        self._products = dict(now.products)
        self._skus = dict(now.skus)

    def wish(self, told: Cells) -> Shape:
        sku_code = _code(told, "sku") if "sku" in told else None
        named = "product" if "product" in told else "sku"
        if named not in told:
            raise Unfit("product", MISSING("give a product code or a SKU"))
        code = _code(told, named)
        if "product" not in told and sku_code in self._skus:
            code = self._skus[sku_code].product
        before = self._products.get(code)
        if "title" not in told and before is None:
            raise Unfit("title", MISSING("a new product needs a title"))
        head = reads.ProductHead(
            code,
            _words(told, "title", 300) if "title" in told else before.title if before else "",
            _kept(told, "description", lambda text: cells.words(text, 20_000), before.description if before else "", ""),
            _kept(told, "brand", cells.code, before.brand if before else None, None),
            _kept(told, "category", cells.code, before.category if before else None, None),
            _attributes(told, ATTRIBUTE, before.attributes if before else {}),
        )
        skus: tuple[catalog.PutSku, ...] = ()
        known = sku = None
        if sku_code is not None:
            known = self._skus.get(sku_code)
            sku = reads.SkuHead(
                sku_code,
                known.product if known else code,
                self._sku_title(told, known, before, head),
                _kept(told, "base_unit", lambda text: cells.words(text.strip(), 16), known.base_unit if known else "piece", "piece"),
                _kept(told, "pack_size", lambda text: cells.whole(text, 1, 10**9), known.pack_size if known else 1, 1),
                _kept(told, "weight_g", lambda text: cells.whole(text, 0, 10**9), known.weight_g if known else 0, 0),
                _attributes(told, SKU_ATTRIBUTE, known.attributes if known else {}),
                _kept(told, "active", cells.choice, known.active if known else True, True),
                _kept(told, "barcodes", cells.several, known.gtins if known else (), ()),
            )
            self._skus[sku_code] = sku
            put = catalog.PutSku(sku.code, sku.title, sku.base_unit, sku.pack_size, sku.weight_g, sku.attributes, sku.gtins, sku.active)
            skus = (put,)
        self._products[code] = head
        put_product = catalog.PutProduct(
            head.title, head.description, head.brand, head.category, head.attributes, skus, code=code, revision=None
        )
        shown = None if before is None or (sku is not None and known is None) else written.product(before, known)
        return Shape(put_products, PutProducts((put_product,)), shown, written.product(head, sku))

    def _sku_title(self, told: Cells, known: reads.SkuHead | None, before: reads.ProductHead | None, head: reads.ProductHead) -> str:
        """A SKU that was called like its product goes on being called like it."""
        like_its_product = known is None or (before is not None and known.title == before.title)
        kept = head.title if known is None or like_its_product else known.title
        return _kept(told, "sku_title", lambda text: cells.words(text, 300), kept, "")


def _price(told: Cells, now: reads.Standing, zone: ZoneInfo) -> Shape:
    price_list = _code(told, "list")
    currency = now.currencies.get(price_list)
    if currency is None:
        raise Unfit("list", pricing.UNKNOWN_LIST(f"no price list {price_list}"))
    if ("amount" in told) == ("off" in told):
        raise Unfit("amount", MISSING("give a price, or so much off the base price"))
    sku, category = (_kept(told, name, cells.code, None, None) for name in ("sku", "category"))
    if (sku is None) == (category is None):
        raise Unfit("sku", MISSING("give a SKU or a category"))
    least = _kept(told, "min_quantity", lambda text: cells.whole(text, 1, 10**9), 1, 1)
    since = _kept(told, "valid_from", lambda text: cells.instant(text, zone), None, None)
    until = _kept(told, "valid_to", lambda text: cells.instant(text, zone), pricing.FOREVER, pricing.FOREVER)
    mix = _kept(told, "mix", cells.code, "", "")
    quota = _kept(told, "quota", lambda text: cells.whole(text, 1, 10**9), None, None)
    after = {"list": price_list, "sku": sku or "", "category": category or "", "mix": mix, "quota": str(quota or "")}
    if "off" in told:
        rate = pricing.SetRate(_fit("off", cells.share_bp(told["off"])), sku, category, least, since, until, mix, quota)
        command = SetPrices(price_list, rates=(rate,))
        after["off"] = cells.share(rate.off_bp)
    elif sku is None:
        raise Unfit("off", MISSING("a category has no price, only so much off the base price"))
    else:
        per = _kept(told, "per", lambda text: cells.whole(text, 1, 10**9), 1, 1)
        price = pricing.SetPrice(sku, _fit("amount", cells.minor(told["amount"], currency)), per, least, since, until, mix, quota)
        command = SetPrices(price_list, (price,))
        after |= {"amount": cells.major(price.amount_minor, currency), "per": str(per)}
    after |= {"min_quantity": str(least), "valid_from": "" if since is None else cells.told_instant(since)}
    after["valid_to"] = "" if until == pricing.FOREVER else cells.told_instant(until)
    running = now.prices.get((price_list, sku or category or "", least))
    known = {name: text for name, text in after.items() if text}
    return Shape(set_prices, command, None if running is None else written.price(running), known)


def _listing(told: Cells, now: reads.Standing, zone: ZoneInfo) -> Shape:
    wish = PutListing(
        _code(told, "sku"),
        _code(told, "channel"),
        _code(told, "seller"),
        _words(told, "tax_class", 32).strip(),
        _kept(told, "store", cells.code, None, None),
        _kept(told, "owner", cells.code, None, None),
        _kept(told, "listed", cells.choice, True, True),
        _kept(told, "valid_from", lambda text: cells.instant(text, zone), catalog.EVER, catalog.EVER),
        _kept(told, "valid_to", lambda text: cells.instant(text, zone), catalog.FOREVER, catalog.FOREVER),
    )
    running = now.listings.get((wish.sku, wish.channel, wish.store or ""))
    as_row = reads.ListingRow(
        wish.sku,
        running.title if running else "",
        wish.channel,
        wish.store,
        wish.seller,
        wish.owner or wish.seller,
        wish.tax_class,
        wish.listed,
        None if wish.valid_from == catalog.EVER else wish.valid_from,
        None if wish.valid_to == catalog.FOREVER else wish.valid_to,
        0,
        0,
    )
    return Shape(put_listings, PutListings((wish,)), None if running is None else written.listing(running), written.listing(as_row))


def _receipt(told: Cells) -> Shape:
    line = inventory.ReceiptLine(_code(told, "sku"), _fit("quantity", cells.whole(told["quantity"], 1, 10**9)))
    owner = _kept(told, "owner", cells.code, None, None)
    reference = _kept(told, "reference", lambda text: cells.words(text.strip(), 64), "", "")
    command = inventory.ReceiveStock(_code(told, "location"), (line,), owner, reference=reference)
    return Shape(receive_stock, command, None, {"location": command.location, "sku": line.sku, "quantity": str(line.quantity)})


def _attributes(told: Cells, prefix: str, before: catalog.Attributes) -> catalog.Attributes:
    found = dict(before)
    for name, text in told.items():
        if name.startswith(prefix):
            if text.strip() in CLEAR:
                found.pop(name.removeprefix(prefix), None)
            else:
                found[name.removeprefix(prefix)] = cells.attribute(text)
    return found


def _code(told: Cells, field: str) -> str:
    return _fit(field, cells.code(told[field]))


def _words(told: Cells, field: str, characters_max: int) -> str:
    if told[field].strip() in CLEAR:
        raise Unfit(field, MISSING("it cannot be emptied"))
    return _fit(field, cells.words(told[field], characters_max))


def _kept(told: Cells, field: str, read: Callable[[str], T | Problem], before: T, cleared: T) -> T:
    """What a cell says; without one what was so before, or nothing where it is to be emptied."""
    if field not in told:
        return before
    return cleared if told[field].strip() in CLEAR else _fit(field, read(told[field]))


def _fit(field: str, value: T | Problem) -> T:
    if isinstance(value, Problem):
        raise Unfit(field, value)
    return value
