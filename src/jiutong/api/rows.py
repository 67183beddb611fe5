"""Routes about one row of what a flow takes by the thousand."""

from typing import Annotated, TypeVar

import msgspec

from jiutong.api.call import Call
from jiutong.kernel.errors import INVALID, FieldError, Problem
from jiutong.kernel.runner import Flow

C = TypeVar("C", bound=msgspec.Struct)
R = TypeVar("R", bound=msgspec.Struct)
Code = Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern=r"^[^\s/\x00-\x1f]+$")]


async def run_row(call: Call, flow: Flow[C, R], command: C) -> R:
    """Run a command of one row; what is refused points into the row, which is all the caller sent."""
    try:
        return await call.run(flow, command)
    except Problem as refusal:
        raise of_row(refusal) from None


def of_row(refusal: Problem) -> Problem:
    """The refusal of a row with pointers that begin at the row: `/products/0/skus/1` is `/skus/1`."""
    errors = tuple(
        FieldError("/" + one.pointer.split("/", 3)[3], one.code, one.message) for one in refusal.errors if one.pointer.count("/") > 2
    )
    return Problem(refusal.type, refusal.detail, errors, refusal.facts)


def code_of(given: str) -> str:
    """The code a path names what is to be written by; 422 if it cannot be one."""
    try:
        return msgspec.convert(given, Code)
    except msgspec.ValidationError as refusal:
        raise INVALID(f"a code has 1 to 64 characters and no spaces: {refusal}", pointer="/code") from None
