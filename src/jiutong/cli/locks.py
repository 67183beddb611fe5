"""Locks on files. The operating system lets go of them when their holder dies, however it dies."""

import fcntl
import os
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path


class FileLock:
    """A lock many may share or one may have alone."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: int | None = None

    def share(self) -> None:
        """Join those who hold it, waiting for one who has it alone. Joining twice is joining once."""
        fcntl.flock(self._opened(), fcntl.LOCK_SH)

    def take(self) -> bool:
        """Have it alone, at once or not at all."""
        with suppress(BlockingIOError):
            fcntl.flock(self._opened(), fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        return False

    def release(self) -> None:
        """Let go. Letting go of nothing is allowed."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    @contextmanager
    def alone(self) -> Generator[None]:
        """Wait until it is free, and have it alone for the length of the block."""
        fcntl.flock(self._opened(), fcntl.LOCK_EX)
        try:
            yield
        finally:
            self.release()

    def _opened(self) -> int:
        if self._file is None:
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        return self._file
