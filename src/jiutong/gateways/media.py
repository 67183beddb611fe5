"""Where pictures are kept: files named by what is in them, so that one that is there is never written again and never changes."""

from pathlib import Path

from obstore.exceptions import NotFoundError
from obstore.store import LocalStore

FOLDER = "media"


class Media:
    """The pictures of an installation, in its data folder."""

    def __init__(self, data_dir: str | None) -> None:
        self._folder = Path(data_dir or ".jiutong") / FOLDER
        self._store: LocalStore | None = None

    async def keep(self, name: str, content: bytes) -> None:
        """Write a file; under the same name there is only ever the same."""
        await self._opened().put_async(name, content)

    async def read(self, name: str) -> bytes | None:
        """A file; None if there is none of that name."""
        try:
            return bytes(await (await self._opened().get_async(name)).bytes_async())
        except (NotFoundError, FileNotFoundError):
            return None

    def _opened(self) -> LocalStore:
        if self._store is None:
            self._store = LocalStore(self._folder, mkdir=True)
        return self._store
