"""Saved views: a list under a name, with its filters, order and columns."""

from typing import Annotated

import msgspec
from litestar import Response
from litestar.params import QueryParameter
from msgspec.structs import asdict

from jiutong.api.call import Call
from jiutong.api.cursors import Cursor, Limit, Page, paged, read
from jiutong.api.shell import JSONBody, delete, get, post, put
from jiutong.capabilities import access
from jiutong.flows import maintain_views as maintain
from jiutong.kernel.errors import NOT_FOUND, STALE
from jiutong.reads import views


class SavedView(access.View, frozen=True, kw_only=True):
    """A view somebody keeps. `mine` says that it is the caller's own, `by` whose it is."""

    view: str
    revision: Annotated[int, msgspec.Meta(description="The ETag's number.")]
    mine: bool
    by: str


@get("/v1/views", scope="")
async def list_views(
    call: Call,
    of: Annotated[str | None, QueryParameter(name="list", description="The list they are views of.", max_length=64)] = None,
    after: Cursor = None,
    limit: Limit = 250,
) -> Page[SavedView]:
    """My views and those shared with a role of mine, by name."""
    async with call.reading() as tx:
        found = await views.views(tx, call.scope.actor, of, None, read(after, tuple[str, int]), limit + 1)
    return paged([_view(call, one) for one in found], limit, [(one.name, one.view_id) for one in found])


@get("/v1/views/{view}", scope="")
async def show_view(call: Call, view: str) -> Response[SavedView]:
    """A view."""
    async with call.reading() as tx:
        found = await views.views(tx, call.scope.actor, None, call.ids.read("vew", view), None, 1)
    if not found:
        raise NOT_FOUND("there is no such view")
    return call.tagged(_view(call, found[0]), found[0].revision)


@post("/v1/views", scope="", refuses=(access.UNKNOWN_ROLE,))
async def make_view(call: Call, data: JSONBody[access.View]) -> Response[SavedView]:
    """Keep a view. Named roles see it too, with its filters; the rows stay what each may read."""
    kept = await call.run(maintain.make_view, data)
    view = call.ids.show("vew", kept.view_id)
    return call.created(SavedView(view=view, revision=1, mine=True, by="", **asdict(data)), f"/v1/views/{view}")


@put("/v1/views/{view}", scope="", refuses=(access.NOT_YOURS, access.UNKNOWN_ROLE, STALE))
async def put_view(call: Call, view: str, data: JSONBody[access.View]) -> Response[SavedView]:
    """Replace a view. Its owner may, and whoever may change access."""
    view_id = call.ids.read("vew", view)
    kept = await call.run(maintain.replace_view, access.ReplaceView(view_id, data, call.expected()))
    return call.tagged(SavedView(view=view, revision=kept.revision, mine=True, by="", **asdict(data)), kept.revision)


@delete("/v1/views/{view}", scope="", refuses=(access.NOT_YOURS,))
async def delete_view(call: Call, view: str) -> None:
    """Keep a view no longer."""
    await call.run(maintain.delete_view, maintain.DeleteView(call.ids.read("vew", view)))


def _view(call: Call, row: views.ViewRow) -> SavedView:
    return SavedView(
        view=call.ids.show("vew", row.view_id),
        revision=row.revision,
        mine=row.owner == call.scope.actor,
        by=row.by,
        list=row.list,
        name=row.name,
        query=row.query,
        columns=row.columns,
        roles=row.roles,
    )


ROUTES = [list_views, show_view, make_view, put_view, delete_view]
