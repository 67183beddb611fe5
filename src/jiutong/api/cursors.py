"""Lists are read in pages: a cursor is the sort key of the last row told, opaque to the caller, checked when it comes back."""

import base64
from collections.abc import Sequence
from typing import Annotated, Generic, TypeVar

import msgspec
from litestar.params import QueryParameter

from jiutong.api import bodies
from jiutong.kernel.errors import INVALID

View = TypeVar("View")
Keys = TypeVar("Keys")
CURSOR_CHARACTERS_MAX = 1024
PAGE_MAX = 250

Limit = Annotated[int, QueryParameter(ge=1, le=PAGE_MAX, description="Rows per page.")]
Cursor = Annotated[
    str | None,
    QueryParameter(
        description="The `next` of the page before; nothing for the first page.",
        min_length=1,
        max_length=CURSOR_CHARACTERS_MAX,
        pattern="^[A-Za-z0-9_-]+$",
    ),
]


class Page(msgspec.Struct, Generic[View], frozen=True):
    """Part of a list. `next` is the cursor of the next part; null at the end."""

    items: Sequence[View]
    next: str | None


def paged(found: Sequence[View], limit: int, keys: Sequence[object]) -> Page[View]:
    """A page of at most `limit` of the rows found; read one more than `limit` to know whether there is a next page.

    `keys` are the sort keys of the rows found, one per row.
    """
    if len(found) <= limit:
        return Page(found, None)
    return Page(found[:limit], written(keys[limit - 1]))


def written(key: object) -> str:
    """The cursor after a row with this sort key."""
    return base64.urlsafe_b64encode(msgspec.json.encode(key)).rstrip(b"=").decode()


def read(cursor: str | None, keys: type[Keys]) -> Keys | None:
    """The sort key a cursor stands for; None for the first page. A cursor nobody gave out is 422."""
    if cursor is None:
        return None
    try:
        if len(cursor) > CURSOR_CHARACTERS_MAX:
            raise ValueError("too long")
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        for _, why in bodies.unstorable(msgspec.json.decode(raw), ""):
            raise ValueError(why)
        return msgspec.json.decode(raw, type=keys)
    except (ValueError, msgspec.MsgspecError, RecursionError):
        raise INVALID("this is no cursor of this list; begin at the first page", pointer="/after") from None
