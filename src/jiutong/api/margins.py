"""What is left over what goods cost."""

from jiutong.api.call import Call
from jiutong.api.shell import get
from jiutong.kernel.errors import NOT_FOUND
from jiutong.reads import margins as reads


@get("/v1/orders/{order_id}/margin", scope="cost:read", refuses=(NOT_FOUND,))
async def order_margin(call: Call, order_id: str) -> reads.OrderMargin:
    """What an order left over what its goods cost on the day it was placed. Lines whose cost nobody knows are told apart, never as free."""
    async with call.reading() as tx:
        found = await reads.margin(tx, call.ids.read("ord", order_id))
    if found is None:
        raise NOT_FOUND("no such order")
    return found


ROUTES = [order_margin]
