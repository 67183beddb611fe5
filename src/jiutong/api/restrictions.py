"""Restricted sale 限售: who may buy what, and where it may go."""

import msgspec

from jiutong.api import gates
from jiutong.api.call import Call
from jiutong.api.cursors import Cursor, Limit, Page, read
from jiutong.api.shell import JSONBody, get, post, put
from jiutong.capabilities import promotion
from jiutong.reads import gates as reads


class RestrictionView(gates.VersionView, frozen=True, kw_only=True):
    """A restriction."""

    restriction: promotion.Restriction


@get("/v1/restrictions", scope="promotion:read")
async def list_restrictions(call: Call, status: str | None = None, after: Cursor = None, limit: Limit = 50) -> Page[RestrictionView]:
    """Restrictions by code, each as its newest version; `status` is draft, published or ended."""
    return gates.page_of([_view(row) for row in await gates.listed(call, "restriction", status, read(after, str), limit)], limit)


@get("/v1/restrictions/{code}", scope="promotion:read", refuses=(promotion.UNKNOWN_GATE,))
async def show_restriction(call: Call, code: str) -> RestrictionView:
    """A restriction."""
    return _view(await gates.named(call, "restriction", code))


@get("/v1/restrictions/{code}/versions", scope="promotion:read", refuses=(promotion.UNKNOWN_GATE,))
async def list_restriction_versions(call: Call, code: str) -> Page[RestrictionView]:
    """All versions of a restriction, the newest first. One that was published never changes."""
    return Page([_view(row) for row in await gates.all_versions(call, "restriction", code)], None)


@put("/v1/restrictions/{code}", scope="promotion:write", refuses=gates.PUT_REFUSES)
async def put_restriction(call: Call, code: str, data: JSONBody[promotion.Restriction]) -> gates.StandsView:
    """Draft a restriction: the draft there is anew, or the next version of what was published."""
    return await gates.put(call, code, restriction=data)


@post("/v1/restrictions/{code}/publish", scope="promotion:publish", status=200, refuses=gates.PUBLISH_REFUSES)
async def publish_restriction(call: Call, code: str) -> gates.StandsView:
    """Put the draft in force."""
    return await gates.publish(call, "restriction", code)


@post("/v1/restrictions/{code}/end", scope="promotion:publish", status=200, refuses=gates.TURN_REFUSES)
async def end_restriction(call: Call, code: str) -> gates.StandsView:
    """Restrict nobody any longer."""
    return await gates.end(call, "restriction", code)


def _view(row: reads.GateRow) -> RestrictionView:
    return RestrictionView(restriction=msgspec.json.decode(row.body, type=promotion.Restriction), **gates.shown(row))


ROUTES = [
    list_restrictions,
    show_restriction,
    list_restriction_versions,
    put_restriction,
    publish_restriction,
    end_restriction,
]
