"""How a command says that it cannot go on."""

import errno
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path


class Failure(Exception):
    """One exact line for the person at the terminal: what is wrong, and what to do about it. Never shown as a traceback."""


@contextmanager
def refusals_of(folder: Path) -> Generator[None]:
    """Say in one line what the operating system refused while the block worked in `folder`."""
    try:
        yield
    except TimeoutError as late:
        raise Failure(f"PostgreSQL is still busy starting or stopping; what it does is in {folder / 'postgres.log'}.") from late
    except OSError as refusal:
        if refusal.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise Failure(f"The disk under {folder} is full: free some space and start again.") from refusal
        raise Failure(f"{folder} cannot be used: {refusal.strerror} ({refusal.filename}).") from refusal
