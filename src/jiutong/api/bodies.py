"""Reading a body: bounded, strict, and nothing in it the database could not hold."""

import re
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from typing import Any, TypeVar

import msgspec

from jiutong.api.instants import beyond_calendar
from jiutong.kernel.errors import INVALID, MALFORMED, TOO_LARGE, Problem

Body = TypeVar("Body")
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
BODY_BYTES_MAX = 1 << 20
INT_MIN, INT_MAX = -(1 << 63), (1 << 63) - 1
# Either may be harmless (inside another escape, inside a string): only then is a closer look worth its time.
_SUSPECT = re.compile(rb'\\u0000|\d{19}|"0001-01-01|"9999-12-31')


async def read(receive: Receive, headers: MutableMapping[bytes, bytes], bytes_max: int) -> bytes:
    """The whole body, refused as soon as it is known to be too large."""
    told = headers.get(b"content-length", b"0")
    if not told.isdigit():
        raise MALFORMED("Content-Length is not a number")
    if int(told[:20]) > bytes_max:
        raise too_large(bytes_max)
    message = await receive()
    body: bytes = message.get("body", b"")
    while message.get("more_body"):
        message = await receive()
        body += message.get("body", b"")
        if len(body) > bytes_max:
            raise too_large(bytes_max)
    if message["type"] == "http.disconnect":
        raise MALFORMED("the request ended before its body did")
    if len(body) > bytes_max:
        raise too_large(bytes_max)
    return body


def decoded(body: bytes, decoder: "msgspec.json.Decoder[Body]") -> Body:
    """The body as its type. Whole numbers fit 64 bits and text holds no zero character: PostgreSQL has room for neither."""
    if not body:
        raise MALFORMED("this needs a JSON body")
    value = decoder.decode(body)
    if _SUSPECT.search(body):
        for pointer, why in unstorable(msgspec.json.decode(body), ""):
            raise INVALID(why, pointer=pointer)
    return value


def unstorable(value: object, pointer: str) -> Iterator[tuple[str, str]]:
    """Where a JSON value holds what the database cannot, and why."""
    match value:
        case str() if "\0" in value:
            yield pointer, "text may not hold the zero character"
        case str() if beyond_calendar(value):
            yield pointer, "an instant lies within the years 1 to 9999 in UTC"
        case int() if not INT_MIN <= value <= INT_MAX:
            yield pointer, "the number is too large"
        case dict():
            for key, inner in value.items():
                if "\0" in key:
                    yield pointer, "text may not hold the zero character"
                yield from unstorable(inner, f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}")
        case list():
            for i, inner in enumerate(value):
                yield from unstorable(inner, f"{pointer}/{i}")


def too_large(bytes_max: int) -> Problem:
    """413 that says how much would have been allowed."""
    return TOO_LARGE(f"at most {bytes_max} bytes", bytes_max=bytes_max)
