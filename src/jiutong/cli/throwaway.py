"""A database server for one test run: fast instead of durable, and gone afterwards."""

import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

from jiutong.cli.locks import FileLock
from jiutong.cli.postgres import EmbeddedPostgres

PREFIX = "jiutong-test-"
SHARED_MEMORY = Path("/dev/shm")
ROOM_BYTES_MIN = 2 * 1024**3
# Nothing here outlives the run, so nothing is waited for.
SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "256MB",
    "max_wal_size": "1GB",
    "max_connections": "400",
}


class Throwaway:
    """A folder for one run, its server, and the promise to clear both away, if need be after the next run has begun."""

    def __init__(self) -> None:
        parent = _parent()
        # One at a time, so that nobody takes a folder that is just being made for one that was left behind.
        with FileLock(parent / f"jiutong-tests.{os.geteuid()}").alone():
            for left in parent.glob(f"{PREFIX}*"):
                _clear(left)
            self.folder = Path(tempfile.mkdtemp(dir=parent, prefix=PREFIX))
            self.folder.chmod(0o711)
            self._lock = FileLock(self.folder / "run")
            self._lock.take()

    def clear(self) -> None:
        """Stop the server and remove the folder."""
        self._lock.release()
        _clear(self.folder)


def server_in(folder: Path) -> EmbeddedPostgres:
    """The server of a run, for each of its workers."""
    return EmbeddedPostgres(folder, settings=SETTINGS)


def _parent() -> Path:
    roomy = SHARED_MEMORY.is_dir() and os.access(SHARED_MEMORY, os.W_OK) and shutil.disk_usage(SHARED_MEMORY).free >= ROOM_BYTES_MIN
    return SHARED_MEMORY if roomy else Path(tempfile.gettempdir())


def _clear(folder: Path) -> None:
    lock = FileLock(folder / "run")
    with suppress(FileNotFoundError):  # another run may be clearing it away, too
        if folder.stat().st_uid == os.geteuid() and lock.take():
            server_in(folder).abandon()
            shutil.rmtree(folder, ignore_errors=True)
    lock.release()
