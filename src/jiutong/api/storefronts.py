"""Storefronts in the back office: which channels are open to the public, and what shoppers are told there."""

import msgspec
from litestar import Response

from jiutong.api.call import Call
from jiutong.api.shell import JSONBody, get, put
from jiutong.capabilities import access
from jiutong.flows import maintain_storefronts as maintain
from jiutong.kernel.errors import NOT_FOUND
from jiutong.reads import storefronts
from jiutong.reads.storefronts import StorefrontView


@get("/v1/channels/{code}/storefront", scope="access:read")
async def show_storefront(call: Call, code: str) -> Response[StorefrontView]:
    """The storefront of a channel."""
    async with call.reading() as tx:
        found = await storefronts.fronts(tx, [code])
    if not found:
        raise NOT_FOUND(f"channel {code} has no storefront")
    return call.tagged(found[0].what, found[0].what.revision)


@put("/v1/channels/{code}/storefront", scope="access:write")
async def put_storefront(call: Call, code: str, data: JSONBody[access.Storefront]) -> Response[StorefrontView]:
    """Open a channel to the public under `/shop/{tenant}/{channel}/`, change what its shoppers are told, or close it again."""
    written = await call.run(maintain.put_storefront, access.Put(code, data, call.expected()))
    view = StorefrontView(channel=code, revision=written.revision, **msgspec.structs.asdict(data))
    return call.put(view, written.revision, f"/v1/channels/{code}/storefront")


ROUTES = [show_storefront, put_storefront]
