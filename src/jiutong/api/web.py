"""The web apps as files: read into memory once, answered in front of the framework.

A navigation anywhere under an app gets the app's page; its own router shows what the address means. What is missing otherwise is 404.
Files with a hash in their name never change and are kept by browsers for a year; everything else is asked for anew, and mostly
answered with 304. Pages run no script but the app's own: the policy names each by its hash.
"""

import base64
import hashlib
import mimetypes
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from jiutong.api import doors
from jiutong.kernel.config import ConfigError

Headers = list[tuple[bytes, bytes]]

APPS = ("console", "shop", "pos")
BYTES_MAX = 128 * 1024 * 1024
"""More than any build of ours: whoever points this at another folder is told so at the start."""

# Style elements are made at run time there: by the component library, with names nobody can know before.
STYLED_AT_RUN_TIME = frozenset({"console", "pos"})
ENCODINGS = ((b"br", ".br"), (b"gzip", ".gz"))
HASHED = re.compile(r"/assets/[^/]+-[\w-]{8,}\.\w+$")
SCRIPT = re.compile(rb"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", re.DOTALL | re.IGNORECASE)
TYPES = {".js": "text/javascript", ".mjs": "text/javascript", ".webmanifest": "application/manifest+json", ".ico": "image/x-icon"}
TEXT = ("text/", "application/json", "application/manifest+json", "image/svg+xml")
FOR_EVER, EACH_TIME = b"public, max-age=31536000, immutable", b"no-cache"
ALWAYS: Headers = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(self), fullscreen=(self), geolocation=(), microphone=(), payment=(), usb=(self), serial=(self)"),
]


class Answer(msgspec.Struct, frozen=True):
    """What is sent: everything but the request's own headers."""

    status: int
    headers: Headers
    body: bytes


class File(msgspec.Struct, frozen=True):
    """One file as it is sent in each encoding: (encoding, body, ETag), the smallest first, the plain one last."""

    headers: Headers
    forms: tuple[tuple[bytes, bytes, bytes], ...]


class Page(msgspec.Struct, frozen=True):
    """The page of an app, for whoever fills it in on the server: its text, and the policy it is to be sent with."""

    html: str
    policy: str


class Web:
    """The built apps of a folder; nothing where there is no folder."""

    def __init__(self, folder: Path | None) -> None:
        self.apps: tuple[str, ...] = ()
        self._files: dict[str, File] = {}
        self._pages: dict[str, Page] = {}
        if folder is not None:
            self.apps = tuple(app for app in APPS if (folder / app / "index.html").is_file())
            self._files = {address: _file(address, forms) for address, forms in _read(folder, self.apps)}
            self._pages = {app: _page(app, folder) for app in self.apps}
        for name in ("/favicon.ico", "/favicon.svg", *(f"/{app}/favicon.svg" for app in self.apps)):
            self._files.setdefault(name, _file("/favicon.svg", {"": doors.MARK}))
        self._doors = {zh: _file("/index.html", {"": doors.page(self.apps, zh)}) for zh in (False, True)}

    def page(self, app: str) -> Page | None:
        """The page of an app; None if it is not built."""
        return self._pages.get(app)

    def file(self, method: str, path: str, headers: Mapping[bytes, bytes]) -> Answer | None:
        """The answer to a request for a file. None if there is none, or it is not asked for as one."""
        if method not in {"GET", "HEAD"}:
            return None
        found = self._files.get(path)
        return None if found is None else _answer(found, method, headers)

    def navigation(self, method: str, path: str, headers: Mapping[bytes, bytes], zh: bool) -> Answer | None:
        """The answer to a browser that goes to an address nobody else knows. None if it is not one of an app's."""
        if method not in {"GET", "HEAD"}:
            return None
        if path == "/":
            return _answer(self._doors[zh], method, headers)
        app, slash, rest = path[1:].partition("/")
        if app not in APPS:
            return None
        if not slash:
            return Answer(308, [(b"location", f"/{app}/".encode()), (b"cache-control", EACH_TIME)], b"")
        if rest.startswith("assets/") or not _goes_there(headers):
            return None
        if app not in self.apps:
            return _plain(503, UNBUILT, method)
        return _answer(self._files[f"/{app}/"], method, headers)


UNBUILT = "This app is not built here. Start jiutong from its checkout with ./jt up. 此应用尚未构建。"


def policy(app: str, html: bytes) -> str:
    """The content security policy of a page of an app: it runs the scripts it came with and those of its own server, and no others."""
    scripts = " ".join(f"'sha256-{base64.b64encode(hashlib.sha256(script).digest()).decode()}'" for script in SCRIPT.findall(html))
    styles = "'unsafe-inline'" if app in STYLED_AT_RUN_TIME else _style_hashes(html)
    return (
        f"default-src 'none'; script-src 'self' {scripts}; style-src 'self' {styles}; img-src 'self' data: blob:; font-src 'self' data:; "
        "media-src 'self' data:; connect-src 'self'; worker-src 'self'; manifest-src 'self'; frame-src 'self' blob:; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'; object-src 'none'"
    ).replace(" ;", ";")


def _style_hashes(html: bytes) -> str:
    styles = re.findall(rb"<style[^>]*>(.*?)</style>", html, re.DOTALL | re.IGNORECASE)
    return " ".join(f"'sha256-{base64.b64encode(hashlib.sha256(style).digest()).decode()}'" for style in styles)


def _read(folder: Path, apps: Sequence[str]) -> Iterator[tuple[str, dict[str, bytes]]]:
    """(address, {ending of the encoding: content}) of every file that may be asked for; nothing hidden is."""
    total = 0
    for app in apps:
        paths = {path.relative_to(folder).as_posix(): path for path in (folder / app).rglob("*") if path.is_file()}
        for name, path in paths.items():
            if path.suffix in {".br", ".gz"} or any(part.startswith(".") for part in name.split("/")):
                continue
            forms = {ending: paths[f"{name}{ending}"].read_bytes() for _, ending in ENCODINGS if f"{name}{ending}" in paths}
            forms[""] = path.read_bytes()
            total += sum(map(len, forms.values()))
            if total > BYTES_MAX:
                raise ConfigError(f"JIUTONG_CONSOLES_DIR={folder}: more than {BYTES_MAX} bytes; these are not the built consoles")
            yield f"/{name}", forms
            if name == f"{app}/index.html":
                yield f"/{app}/", forms


def _page(app: str, folder: Path) -> Page:
    html = (folder / app / "index.html").read_bytes()
    return Page(html.decode(), policy(app, html))


def _file(address: str, forms: Mapping[str, bytes]) -> File:
    path = address if not address.endswith("/") else f"{address}index.html"
    suffix = "." + path.rpartition(".")[2]
    kind = TYPES.get(suffix) or mimetypes.guess_type(path)[0] or "application/octet-stream"
    if kind.startswith(TEXT):
        kind += "; charset=utf-8"
    headers = [
        (b"content-type", kind.encode()),
        (b"cache-control", FOR_EVER if HASHED.search(address) else EACH_TIME),
        (b"vary", b"accept-encoding, accept-language" if address == "/index.html" else b"accept-encoding"),
        *ALWAYS,
    ]
    if suffix == ".html":
        headers.append((b"content-security-policy", policy(path.split("/")[1], forms[""]).encode()))
    if path.rpartition("/")[2] in {"sw.js", "service-worker.js"}:
        headers.append((b"service-worker-allowed", f"/{path.split('/')[1]}/".encode()))
    tag = hashlib.blake2b(forms[""], digest_size=12).hexdigest()
    written = [(encoding, forms[ending], f'"{tag}-{ending[1:]}"'.encode()) for encoding, ending in ENCODINGS if ending in forms]
    return File(headers, (*written, (b"", forms[""], f'"{tag}"'.encode())))


def _answer(file: File, method: str, headers: Mapping[bytes, bytes]) -> Answer:
    accepted = _accepted(headers.get(b"accept-encoding", b""))
    encoding, body, tag = next(form for form in file.forms if not form[0] or form[0] in accepted)
    told = [*file.headers, (b"etag", tag)]
    known = headers.get(b"if-none-match", b"")
    if known and (known.strip() == b"*" or tag in (one.strip().removeprefix(b"W/") for one in known.split(b","))):
        return Answer(304, told, b"")
    if encoding:
        told.append((b"content-encoding", encoding))
    told.append((b"content-length", b"%d" % len(body)))
    return Answer(200, told, b"" if method == "HEAD" else body)


def _accepted(given: bytes) -> set[bytes]:
    """The encodings a client takes; one it weighs with nothing is refused."""
    accepted: set[bytes] = set()
    for one in given.lower().split(b","):
        name, _, weight = one.partition(b";")
        if not re.fullmatch(rb"q=0(\.0*)?", weight.replace(b" ", b"")):
            accepted.add(name.strip())
    return accepted


def _goes_there(headers: Mapping[bytes, bytes]) -> bool:
    """Whether somebody goes to the address, rather than a page asking for one of its parts."""
    mode = headers.get(b"sec-fetch-mode")
    return mode == b"navigate" if mode is not None else b"text/html" in headers.get(b"accept", b"")


def _plain(status: int, text: str, method: str) -> Answer:
    body = text.encode()
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"cache-control", b"no-store"),
        (b"content-length", b"%d" % len(body)),
        *ALWAYS,
    ]
    return Answer(status, headers, b"" if method == "HEAD" else body)
