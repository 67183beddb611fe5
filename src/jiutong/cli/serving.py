"""Running the application behind its HTTP server."""

import socket
from collections.abc import Callable

import uvicorn
from typing_extensions import override
from uvicorn.supervisors import Multiprocess

from jiutong.kernel.config import Config


class Announcing(uvicorn.Server):
    """A server that says when it answers."""

    def __init__(self, config: uvicorn.Config, announce: Callable[[], None]) -> None:
        super().__init__(config)
        self._announce = announce

    @override
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then say so."""
        await super().startup(sockets)
        self._announce()


def serve(config: Config, listening: socket.socket, announce: Callable[[], None]) -> None:
    """Serve until a signal ends it; requests under way are finished first."""
    server = uvicorn.Config(
        "jiutong.app:create_app",
        factory=True,
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="on",
        workers=config.processes,
        access_log=False,
        log_level="warning",
        server_header=False,
        date_header=False,
        timeout_graceful_shutdown=10,
    )
    if config.processes == 1:
        Announcing(server, announce).run(sockets=[listening])
    else:
        announce()
        Multiprocess(server, sockets=[listening]).run()
