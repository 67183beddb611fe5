"""From a raw basket to a till receipt: pure, in whole cents (every decision with its count: docs/importers.md)."""

from collections.abc import Iterable, Sequence
from operator import itemgetter

from msgspec.structs import replace

from jiutong.importers.complete_journey.model import Adjustment, Basket, BasketLine, Receipt, ReceiptLine, SoldBy
from jiutong.kernel.money import allocate_capped

GALLON = 1000


def receipt(basket: Basket) -> Receipt:
    """The receipt of a basket: exactly one, with at least one line.

    The shopper pays sales_value − coupon_disc. The loyalty price and the coupon match are the store's money, the coupon is the
    manufacturer's.
    """
    lines = goods(basket)
    coupons, overage = coupons_borne(lines, sum(line.coupon_disc_minor for line in basket.lines))
    return Receipt(
        basket_id=basket.basket_id,
        store_id=basket.store_id,
        household_id=basket.household_id,
        at=basket.at,
        lines=tuple(map(_receipt_line, lines, coupons)),
        overage_minor=overage,
    )


def goods(basket: Basket) -> tuple[BasketLine, ...]:
    """The lines that left the shop, each counting at least one unit.

    A count of 0 with a shelf amount is a sale whose count was lost: it counts 1. A count of 0 without one is a coupon or a void
    that passed the scanner: no goods. Where nothing else was scanned the first product stays as one free unit, because a
    basket that left no trace could be replayed twice.
    """
    sold = tuple(line if line.quantity else replace(line, quantity=1) for line in basket.lines if line.quantity or line.gross_minor)
    return sold or (replace(basket.lines[0], quantity=1),)


def coupons_borne(lines: Sequence[BasketLine], coupons_minor: int) -> tuple[list[int], int]:
    """How much of the basket's coupons each line bears, and what the whole basket cannot bear.

    A coupon first lowers its own line, never below zero; what is left of all coupons is spread over what is left of all lines.
    """
    own = [min(line.coupon_disc_minor, line.sales_value_minor) for line in lines]
    homeless = coupons_minor - sum(own)
    if not homeless:
        return own, 0
    more, unborne = allocate_capped(homeless, [line.sales_value_minor - taken for line, taken in zip(lines, own, strict=True)])
    return [taken + share for taken, share in zip(own, more, strict=True)], unborne


def opening_units(sold: int) -> int:
    """What a shelf held before it sold `sold`: a tenth more, and at least two, so that no replay ends on an empty shelf."""
    return sold + max(2, sold // 10)


def units_sold(baskets: Iterable[Basket]) -> list[tuple[int, int]]:
    """Units by product, in product order, counted by the same rule that shapes receipts."""
    units: dict[int, int] = {}
    for basket in baskets:
        for line in goods(basket):
            units[line.product_id] = units.get(line.product_id, 0) + line.quantity
    return sorted(units.items(), key=itemgetter(0))


def sold_by(product_type: str | None, largest_count: int | None) -> SoldBy:
    """Fuel is pumped by volume unless every sale of it counts 1: those are prepaid amounts, and are pieces."""
    return "volume" if (product_type or "").startswith("GASOLINE") and largest_count != 1 else "piece"


def product_name(product_id: int, product_type: str | None, category: str | None, package_size: str | None) -> str:
    """The source names no product: its type and package are the nearest thing a shopper would read."""
    return " ".join(part for part in (product_type or category or f"Product {product_id}", package_size) if part)


def unlisted_name(product_id: int) -> str:
    return f"Unlisted product {product_id}"


def card_number(household_id: int) -> str:
    return f"CJ-{household_id:06d}"


def _receipt_line(line: BasketLine, coupon_minor: int) -> ReceiptLine:
    taken_off = (
        Adjustment("loyalty_price", "store", line.retail_disc_minor),
        Adjustment("coupon_match", "store", line.coupon_match_disc_minor),
        Adjustment("coupon", "manufacturer", coupon_minor),
    )
    return ReceiptLine(line.product_id, line.quantity, line.gross_minor, tuple(a for a in taken_off if a.amount_minor))
