"""The only place that reads the time; everything else is told it."""

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the present instant, timezone-aware, UTC."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's clock, never stepping back within a process."""

    def __init__(self) -> None:
        self._last = datetime.min.replace(tzinfo=UTC)

    def now(self) -> datetime:
        """The present instant, or the last one told if the machine's clock was set back."""
        self._last = max(self._last, datetime.now(UTC))
        return self._last


class SetClock:
    """A clock that stands still until it is moved: for tests, replays and simulations."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        """The instant it was set to."""
        return self.at

    def advance(self, by: timedelta) -> None:
        """Move forward."""
        self.at += by
