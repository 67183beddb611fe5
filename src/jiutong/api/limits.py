"""Purchase limits 限购: how many one buyer may take, in which time."""

import msgspec

from jiutong.api import gates
from jiutong.api.call import Call
from jiutong.api.cursors import Cursor, Limit, Page, paged, read
from jiutong.api.shell import JSONBody, get, post, put
from jiutong.capabilities import promotion
from jiutong.reads import gates as reads


class LimitView(gates.VersionView, frozen=True, kw_only=True):
    """A purchase limit."""

    limit: promotion.Limit


@get("/v1/limits", scope="promotion:read")
async def list_limits(call: Call, status: str | None = None, after: Cursor = None, limit: Limit = 50) -> Page[LimitView]:
    """Purchase limits by code, each as its newest version; `status` is draft, published or ended."""
    return gates.page_of([_view(row) for row in await gates.listed(call, "limit", status, read(after, str), limit)], limit)


@get("/v1/limits/{code}", scope="promotion:read", refuses=(promotion.UNKNOWN_GATE,))
async def show_limit(call: Call, code: str) -> LimitView:
    """A purchase limit."""
    return _view(await gates.named(call, "limit", code))


@get("/v1/limits/{code}/versions", scope="promotion:read", refuses=(promotion.UNKNOWN_GATE,))
async def list_limit_versions(call: Call, code: str) -> Page[LimitView]:
    """All versions of a limit, the newest first. One that was published never changes."""
    return Page([_view(row) for row in await gates.all_versions(call, "limit", code)], None)


@get("/v1/limits/{code}/uses", scope="promotion:read")
async def list_limit_uses(call: Call, code: str, after: Cursor = None, limit: Limit = 50) -> Page[reads.Use]:
    """Who has taken how much of a limit, and what is left to them."""
    async with call.reading() as tx:
        found = await reads.uses(tx, code, read(after, str), limit + 1)
    return paged([use for _, use in found], limit, [account for account, _ in found])


@put("/v1/limits/{code}", scope="promotion:write", refuses=gates.PUT_REFUSES)
async def put_limit(call: Call, code: str, data: JSONBody[promotion.Limit]) -> gates.StandsView:
    """Draft a limit: the draft there is anew, or the next version of what was published. Nobody is limited by a draft."""
    return await gates.put(call, code, limit=data)


@post("/v1/limits/{code}/publish", scope="promotion:publish", status=200, refuses=gates.PUBLISH_REFUSES)
async def publish_limit(call: Call, code: str) -> gates.StandsView:
    """Put the draft in force. What was bought under the version before counts."""
    return await gates.publish(call, "limit", code)


@post("/v1/limits/{code}/end", scope="promotion:publish", status=200, refuses=gates.TURN_REFUSES)
async def end_limit(call: Call, code: str) -> gates.StandsView:
    """Limit nobody any longer."""
    return await gates.end(call, "limit", code)


def _view(row: reads.GateRow) -> LimitView:
    return LimitView(limit=msgspec.json.decode(row.body, type=promotion.Limit), **gates.shown(row))


ROUTES = [list_limits, show_limit, list_limit_versions, list_limit_uses, put_limit, publish_limit, end_limit]
