"""A line to the database that can be cut where it hurts: it knows a COMMIT when it sees one, and can be slow or dead."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Literal
from urllib.parse import parse_qsl, urlencode, urlsplit

SOCKET = ".s.PGSQL.5432"
COMMIT = b"Q\x00\x00\x00\x0bcommit\x00"
COMMITTED = b"COMMIT\x00"
Cut = Literal["before the commit", "after the commit", "in the reply"]


class Wire:
    """Passes on what clients and server say to each other, through a socket of its own.

    `cuts` says where the next connections that commit lose their line, one after the other; `lost` counts those that did. `late_s` is how
    late every answer comes. A `dead` line takes what it is given and gives nothing back.
    """

    def __init__(self, url: str, folder: Path) -> None:
        address = urlsplit(url)
        options = dict(parse_qsl(address.query))
        self._server = f"{options['host']}/.s.PGSQL.{options.get('port', '5432')}"
        self._own = folder / SOCKET
        self.url = address._replace(query=urlencode(options | {"host": str(folder), "port": "5432"})).geturl()
        self.cuts: list[Cut] = []
        self.lost = 0
        self.late_s = 0.0
        self.dead = False
        self._listening: asyncio.Server | None = None
        self._ways: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        """Take connections."""
        self._listening = await asyncio.start_unix_server(self._line, self._own)

    async def close(self) -> None:
        """Cut every line and take no more."""
        if self._listening is not None:
            self._listening.close()
        self._own.unlink(missing_ok=True)
        for way in self._ways:
            way.cancel()
        await asyncio.gather(*self._ways, return_exceptions=True)

    async def _line(self, client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        try:
            server, to_server = await asyncio.open_unix_connection(self._server)
        except OSError:
            to_client.transport.abort()
            return
        line = Line(self, to_client, to_server)
        ways = {asyncio.create_task(line.carry(client, line.forth)), asyncio.create_task(line.carry(server, line.back))}
        self._ways |= ways
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)
        self._ways -= ways
        to_client.transport.abort()
        to_server.transport.abort()


class Line:
    """One connection. Each way ends when its reader does, or when the line is cut."""

    def __init__(self, wire: Wire, to_client: asyncio.StreamWriter, to_server: asyncio.StreamWriter) -> None:
        self._wire = wire
        self._to_client = to_client
        self._to_server = to_server
        self._cut: Cut | None = None

    async def carry(self, reader: asyncio.StreamReader, way: Callable[[bytes], bool]) -> None:
        while said := await reader.read(1 << 16):
            if self._wire.dead:
                continue
            if not way(said):
                self._wire.lost += 1
                return

    def forth(self, said: bytes) -> bool:
        """To the server. A client waits for the answer to its commit, so the commit is the end of what it says."""
        if said.endswith(COMMIT) and self._wire.cuts:
            self._cut = self._wire.cuts.pop(0)
            if self._cut == "before the commit":
                return False
        self._to_server.write(said)
        return True

    def back(self, said: bytes) -> bool:
        """To the client, who may be told nothing of its commit, or the first bytes of it."""
        if self._cut is not None and COMMITTED in said:
            if self._cut == "in the reply":
                self._to_client.write(said[:3])
            return False
        if self._wire.late_s:
            asyncio.get_running_loop().call_later(self._wire.late_s, self._to_client.write, said)
        else:
            self._to_client.write(said)
        return True
