"""Instants in a query: each with its offset, and within the years the database knows."""

from datetime import UTC, datetime

from jiutong.kernel.errors import INVALID


def instant(given: datetime | None, name: str) -> datetime | None:
    """What the query parameter `name` says, in UTC; 422 if nobody can know when that is."""
    if given is None:
        return None
    if given.tzinfo is None:
        raise INVALID("an instant needs its offset, as in 2026-11-22T12:00:00Z", pointer=f"/{name}")
    known = _in_utc(given)
    if known is None:
        raise INVALID("an instant lies within the years 1 to 9999 in UTC", pointer=f"/{name}")
    return known


def beyond_calendar(text: str) -> bool:
    """Whether a text is an instant that no calendar has in UTC."""
    try:
        given = datetime.fromisoformat(text)
    except ValueError:
        return False
    return given.tzinfo is not None and _in_utc(given) is None


def _in_utc(given: datetime) -> datetime | None:
    try:
        return given.astimezone(UTC)
    except OverflowError:
        return None
