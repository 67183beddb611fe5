"""A row's revision as an ETag, so that nobody overwrites what they have not seen."""

from jiutong.kernel.errors import MALFORMED

DIGITS_MAX = 18


def written(revision: int) -> str:
    """A strong tag."""
    return f'"{revision}"'


def matches(if_none_match: bytes | None, tag: str) -> bool:
    """True when the caller already has the row under this tag. Weak comparison, as RFC 9110 asks for reads."""
    if if_none_match is None:
        return False
    tags = [given.strip().removeprefix("W/") for given in if_none_match.decode("latin-1").split(",")]
    return tag in tags or tags == ["*"]


def expected(if_match: bytes | None) -> int | None:
    """The revision a change builds on. The statement that writes compares it (412 `resource.stale`), not the one that read."""
    if if_match is None:
        return None
    given = if_match.decode("latin-1").strip()
    digits = given[1:-1]
    if given != f'"{digits}"' or not (digits.isascii() and digits.isdecimal()) or len(digits) > DIGITS_MAX or int(digits) == 0:
        raise MALFORMED(f"If-Match takes one ETag this API gave out, not {given!r}")
    return int(digits)
