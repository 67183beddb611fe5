"""A database address, taken apart."""

from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit


class Address:
    """`postgresql://user:password@host:port/database?host=/socket/folder`."""

    def __init__(self, url: str) -> None:
        self._url = urlsplit(url)
        self._options = dict(parse_qsl(self._url.query))

    @property
    def database(self) -> str:
        """Its database."""
        return unquote(self._url.path[1:])

    @property
    def place(self) -> str:
        """Where it is, fit to be shown: no user, no password."""
        host = self._url.netloc.rpartition("@")[2] or self._options.get("host", "localhost")
        return f"{host}/{self.database}"

    def as_user(self, name: str, password: str) -> str:
        """The same database for another user."""
        host = self._url.netloc.rpartition("@")[2]
        options = {key: value for key, value in self._options.items() if key not in {"user", "password"}}
        return self._url._replace(netloc=f"{quote(name)}:{quote(password)}@{host}", query=urlencode(options)).geturl()

    def database_named(self, name: str) -> str:
        """Another database of the same server for the same user."""
        return self._url._replace(path=f"/{quote(name)}").geturl()
