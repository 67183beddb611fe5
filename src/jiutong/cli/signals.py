"""Ending in good order."""

import signal
from collections.abc import Generator
from contextlib import contextmanager, suppress

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def ended_by_signals() -> Generator[None]:
    """Let Ctrl-C, a service manager and a closed terminal end the block alike: inside out, the database last."""

    def unwind(*_: object) -> None:
        for each in ENDING:
            signal.signal(each, signal.SIG_IGN)  # stopping takes a moment, which a second Ctrl-C must not cut short
        raise KeyboardInterrupt

    for each in ENDING:
        signal.signal(each, unwind)
    try:
        with suppress(KeyboardInterrupt):
            yield
    finally:
        for each in ENDING:
            signal.signal(each, signal.SIG_DFL)
