"""Running the application behind its HTTP server."""

import socket
from collections.abc import Callable
from functools import partial

import uvicorn
from typing_extensions import override
from uvicorn.supervisors import Multiprocess

from jiutong.api.hot import Front
from jiutong.app import create_app
from jiutong.cli.failure import Failure
from jiutong.cli.migrations import head
from jiutong.kernel.config import Config

READY_S_MAX = 60


def serve(config: Config, listening: socket.socket, announce: Callable[[], None]) -> None:
    """Serve until a signal ends it; requests under way are finished first."""
    server = uvicorn.Config(
        application(),
        factory=True,
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="on",
        workers=config.processes,
        access_log=False,
        log_level="warning",
        server_header=False,
        proxy_headers=False,
        date_header=False,
        timeout_graceful_shutdown=10,
    )
    if config.processes == 1:
        Alone(server, announce).run(sockets=[listening])
    else:
        several = Several(server, [listening], announce)
        several.run()
        if not several.ready:
            raise Failure("The server processes do not start; what they say is above.")


def application() -> partial[Front]:
    """How this process and every other makes the application: with the version of the tables it is written for."""
    return partial(create_app, version_needed=head())


class Alone(uvicorn.Server):
    """A server in this process, that says when it answers."""

    def __init__(self, config: uvicorn.Config, announce: Callable[[], None]) -> None:
        super().__init__(config)
        self._announce = announce

    @override
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._announce()


class Several(Multiprocess):
    """Servers in processes of their own, and the word that all of them answer."""

    def __init__(self, config: uvicorn.Config, sockets: list[socket.socket], announce: Callable[[], None]) -> None:
        super().__init__(config, sockets)
        self._announce = announce
        self.ready = False

    @override
    def init_processes(self) -> None:
        super().init_processes()
        self.ready = all(process.wait_until_ready(READY_S_MAX, self.should_exit) for process in self.processes)
        if self.ready:
            self._announce()
        else:
            self.should_exit.set()  # what does not start the first time would be started again for ever
