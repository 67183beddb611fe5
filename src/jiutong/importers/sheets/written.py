"""Products, prices and listings as the cells of a sheet: what exports write, and what a row is compared with before it is taken over."""

from jiutong.capabilities import catalog
from jiutong.importers.sheets import cells
from jiutong.importers.sheets.fields import ATTRIBUTE, SKU_ATTRIBUTE
from jiutong.reads.sheets import ListingRow, PriceRow, ProductHead, SkuHead


def product(head: ProductHead, sku: SkuHead | None) -> dict[str, str]:
    """A product with one of its SKUs."""
    told = {
        "product": head.code,
        "title": head.title,
        "description": head.description,
        "brand": head.brand or "",
        "category": head.category or "",
        "status": head.status,
    }
    told.update(_attributes(ATTRIBUTE, head.attributes))
    if sku is not None:
        told |= {
            "sku": sku.code,
            "sku_title": sku.title,
            "barcodes": " ".join(sku.gtins),
            "base_unit": sku.base_unit,
            "pack_size": str(sku.pack_size),
            "weight_g": str(sku.weight_g),
            "active": _yes(sku.active),
        }
        told.update(_attributes(SKU_ATTRIBUTE, sku.attributes))
    return told


def price(row: PriceRow) -> dict[str, str]:
    """A price of a list."""
    return {
        "list": row.list,
        "sku": row.sku,
        "category": row.category,
        "title": row.title,
        "amount": cells.major(row.amount_minor, row.currency) if row.off_bp is None else "",
        "off": "" if row.off_bp is None else cells.share(row.off_bp),
        "currency": row.currency,
        "per": str(row.per) if row.off_bp is None else "",
        "min_quantity": str(row.min_quantity),
        "mix": row.mix,
        "quota": str(row.quota or ""),
        "valid_from": cells.told_instant(row.valid_from),
        "valid_to": "" if row.valid_to is None else cells.told_instant(row.valid_to),
    }


def listing(row: ListingRow) -> dict[str, str]:
    """A SKU offered somewhere."""
    return {
        "sku": row.sku,
        "title": row.title,
        "channel": row.channel,
        "store": row.store or "",
        "seller": row.seller,
        "owner": row.owner,
        "tax_class": row.tax_class,
        "listed": _yes(row.listed),
        "valid_from": "" if row.valid_from is None else cells.told_instant(row.valid_from),
        "valid_to": "" if row.valid_to is None else cells.told_instant(row.valid_to),
    }


def _attributes(prefix: str, found: catalog.Attributes) -> dict[str, str]:
    return {f"{prefix}{name}": cells.told_attribute(value) for name, value in found.items()}


def _yes(so: bool) -> str:
    return "TRUE" if so else "FALSE"
