"""The till: a receipt in one call."""

import msgspec
from litestar import Response
from litestar.params import JSONBody

from jiutong.api.call import Call
from jiutong.api.shell import post
from jiutong.capabilities import access, catalog, order, pricing
from jiutong.flows.till_sale import Rung, TillSale, till_sale


class SaleView(msgspec.Struct, frozen=True):
    """A sale as booked. Amounts are minor units of `currency`; lines are (sku, quantity, payable)."""

    id: str
    receipt_no: str
    currency: str
    gross: int
    discount: int
    tax: int
    total: int
    lines: tuple[tuple[str, int, int], ...]
    member: str | None


@post(
    "/v1/till/sales",
    scope="till:sell",
    hot=True,
    refuses=(
        access.UNKNOWN_STORE,
        access.UNKNOWN_DEVICE,
        access.CLOSED,
        catalog.UNKNOWN_SKU,
        pricing.NO_PRICE,
        order.TOO_MUCH,
        order.TENDERS_DIFFER,
        order.WRONG_COUNTER,
        order.RECEIPT_TAKEN,
    ),
)
async def ring_up(call: Call, data: JSONBody[TillSale]) -> Response[SaleView]:
    """Ring up a receipt: lines, tenders and member in one call.

    `(store, device, receipt_no)` is the receipt's name and its idempotency key: sent again, also after a day offline and
    from a second tab, it is the same sale.
    """
    rung = await call.run(till_sale, data)
    name = call.ids.show("ord", rung.order_id)
    return call.created(_view(rung, name, call), f"/v1/orders/{name}")


def _view(rung: Rung, name: str, call: Call) -> SaleView:
    member = None if rung.member_id is None else call.ids.show("mem", rung.member_id)
    return SaleView(name, rung.receipt_no, rung.currency, rung.gross, rung.discount, rung.tax, rung.total, rung.lines, member)


ROUTES = [ring_up]
