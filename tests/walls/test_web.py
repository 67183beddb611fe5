"""The web apps as a browser gets them, from a small made-up build: no Node.js, no database."""

import base64
import gzip
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
from litestar import MediaType, get
from litestar.params import FromPath

from jiutong import app
from jiutong.api import web
from jiutong.kernel.config import Config, ConfigError

SCRIPT = "window.made = 1"
PAGE = (
    f'<!doctype html><html lang="en"><head><title>Till</title><style>b{{top:0}}</style><script>{SCRIPT}</script>'
    '<script type="module" src="/pos/assets/index-abcd1234.js"></script></head><body></body></html>'
)
SHOP = "<!doctype html><style>i{top:0}</style>"
CODE = b"export const made = 1\n" * 40
SHRUNK = b"not really brotli"
ACCEPT = {"accept": "text/html,*/*;q=0.8"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two apps of three, as a build leaves them."""
    made = tmp_path_factory.mktemp("apps")
    files = {
        "pos/index.html": PAGE.encode(),
        "pos/assets/index-abcd1234.js": CODE,
        "pos/assets/index-abcd1234.js.br": SHRUNK,
        "pos/assets/index-abcd1234.js.gz": gzip.compress(CODE, mtime=0),
        "pos/.vite/manifest.json": b"{}",
        "shop/index.html": SHOP.encode(),
        "pos/sw.js": b"self.skipWaiting()",
        "pos/manifest.webmanifest": b"{}",
        "stamp": b"0",
    }
    for name, content in files.items():
        (made / name).parent.mkdir(parents=True, exist_ok=True)
        (made / name).write_bytes(content)
    return made


async def asking(folder: Path | None) -> AsyncIterator[httpx2.AsyncClient]:
    served = app.create_app(Config(database_url="postgresql:///", secret="0" * 64, consoles_dir=str(folder) if folder else None))
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(served), base_url="http://testserver.local") as client:
        client.headers.clear()
        yield client


@pytest.fixture(scope="module")
async def client(folder: Path) -> AsyncIterator[httpx2.AsyncClient]:
    """A browser without wishes of its own."""
    async for one in asking(folder):
        yield one


@pytest.fixture(scope="module")
async def alone() -> AsyncIterator[httpx2.AsyncClient]:
    """The same before an installation without web apps."""
    async for one in asking(None):
        yield one


def hashed(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


class TestFiles:
    async def test_a_file_with_a_hash_in_its_name_is_kept_for_ever(self, client: httpx2.AsyncClient) -> None:
        told = await client.get("/pos/assets/index-abcd1234.js")
        assert (told.status_code, told.content) == (200, CODE)
        assert told.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert told.headers["content-type"] == "text/javascript; charset=utf-8"
        assert told.headers["content-length"] == str(len(CODE))
        assert told.headers["vary"] == "accept-encoding"
        assert told.headers["x-content-type-options"] == "nosniff"
        assert "x-request-id" in told.headers

    @pytest.mark.parametrize(
        ("accepted", "encoding"),
        [("gzip, deflate, br", "br"), ("gzip", "gzip"), ("br;q=0, gzip", "gzip"), ("br; q=0.0, gzip;q=0", None), ("identity", None)],
    )
    async def test_it_comes_in_the_smallest_form_the_browser_takes(
        self, client: httpx2.AsyncClient, accepted: str, encoding: str | None
    ) -> None:
        async with client.stream("GET", "/pos/assets/index-abcd1234.js", headers={"accept-encoding": accepted}) as told:
            body = b"".join([part async for part in told.aiter_raw()])
        assert told.headers.get("content-encoding") == encoding
        assert body == {"br": SHRUNK, "gzip": gzip.compress(CODE, mtime=0), None: CODE}[encoding]

    async def test_what_the_browser_has_is_not_sent_again(self, client: httpx2.AsyncClient) -> None:
        told = await client.get("/pos/sw.js")
        tag = told.headers["etag"]
        again = await client.get("/pos/sw.js", headers={"if-none-match": f'"other", W/{tag}'})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
        assert "content-length" not in again.headers
        assert (await client.get("/pos/sw.js", headers={"if-none-match": '"other"'})).status_code == 200

    async def test_each_form_has_a_tag_of_its_own(self, client: httpx2.AsyncClient) -> None:
        tags = {
            (await client.head("/pos/assets/index-abcd1234.js", headers={"accept-encoding": one})).headers["etag"]
            for one in ("br", "gzip", "x")
        }
        assert len(tags) == 3

    async def test_head_tells_as_much_and_sends_nothing(self, client: httpx2.AsyncClient, folder: Path) -> None:
        told = await client.head("/pos/manifest.webmanifest")
        assert (told.status_code, told.content, told.headers["content-length"]) == (200, b"", "2")
        assert told.headers["content-type"] == "application/manifest+json; charset=utf-8"
        answer = web.Web(folder).file("HEAD", "/pos/manifest.webmanifest", {})
        assert answer is not None
        assert answer.body == b""

    async def test_the_service_worker_may_look_after_its_app(self, client: httpx2.AsyncClient) -> None:
        told = await client.get("/pos/sw.js")
        assert (told.headers["service-worker-allowed"], told.headers["cache-control"]) == ("/pos/", "no-cache")

    @pytest.mark.parametrize(
        "path",
        [
            "/pos/.vite/manifest.json",
            "/stamp",
            "/pos/../stamp",
            "/pos/%2e%2e/stamp",
            "/pos/..%2fstamp",
            "/pos/assets/gone-abcd1234.js",
            "/pos/assets/index-abcd1234.js.br",
            "/console/index.html",
            "/pos/missing.png",
        ],
    )
    async def test_nothing_else_is_to_be_had(self, client: httpx2.AsyncClient, path: str) -> None:
        told = await client.get(path)
        assert (told.status_code, told.json()["code"]) == (404, "resource.not_found")

    async def test_files_are_only_read(self, client: httpx2.AsyncClient) -> None:
        assert (await client.post("/pos/sw.js", content=b"evil")).status_code == 404

    async def test_a_folder_that_is_no_build_is_refused(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(web, "BYTES_MAX", 1000)
        with pytest.raises(ConfigError, match="more than 1000 bytes"):
            web.Web(folder)


class TestPages:
    @pytest.mark.parametrize("path", ["/pos/", "/pos/index.html", "/pos/demo/mall/cart", "/pos/demo/mall/orders/1.5"])
    async def test_a_navigation_anywhere_in_an_app_gets_its_page(self, client: httpx2.AsyncClient, path: str) -> None:
        told = await client.get(path, headers=ACCEPT)
        assert (told.status_code, told.text) == (200, PAGE)
        assert (told.headers["cache-control"], told.headers["content-type"]) == ("no-cache", "text/html; charset=utf-8")

    async def test_a_page_that_asks_for_a_part_is_not_given_itself(self, client: httpx2.AsyncClient) -> None:
        for headers in ({"accept": "*/*"}, ACCEPT | {"sec-fetch-mode": "cors"}):
            assert (await client.get("/pos/demo/mall/cart", headers=headers)).status_code == 404
        assert (await client.get("/pos/assets/gone-abcd1234.js", headers=ACCEPT)).status_code == 404
        assert (await client.get("/pos/x", headers={"sec-fetch-mode": "navigate"})).status_code == 200

    async def test_it_runs_no_script_but_its_own(self, client: httpx2.AsyncClient) -> None:
        policy = dict(part.split(" ", 1) for part in (await client.get("/pos/")).headers["content-security-policy"].split("; "))
        assert policy["default-src"] == "'none'"
        assert policy["script-src"] == f"'self' {hashed(SCRIPT)}"
        assert policy["style-src"] == "'self' 'unsafe-inline'"
        assert policy["frame-ancestors"] == "'none'"
        shop = (await client.get("/shop/")).headers["content-security-policy"]
        assert "script-src 'self';" in shop
        assert f"style-src 'self' {hashed('i{top:0}')};" in shop

    async def test_an_app_without_its_slash_is_sent_there(self, client: httpx2.AsyncClient) -> None:
        told = await client.get("/pos")
        assert (told.status_code, told.headers["location"]) == (308, "/pos/")

    async def test_an_app_that_is_not_built_says_so(self, client: httpx2.AsyncClient, alone: httpx2.AsyncClient) -> None:
        for one in (client, alone):
            told = await one.get("/console/orders", headers=ACCEPT)
            assert told.status_code == 503
            assert "./jt up" in told.text

    async def test_the_api_keeps_its_addresses(self, client: httpx2.AsyncClient) -> None:
        assert (await client.get("/health", headers=ACCEPT)).json() == {"alive": True}
        assert (await client.get("/v1/orders", headers=ACCEPT)).status_code == 401
        assert (await client.get("/shopping", headers=ACCEPT)).status_code == 404

    async def test_a_page_may_be_written_on_the_server(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        @get("/pos/{code:str}/written", media_type=MediaType.HTML)
        async def written(code: FromPath[str]) -> str:
            return code

        monkeypatch.setattr(app, "ROUTES", [*app.ROUTES, written])
        async for client in asking(folder):
            assert (await client.get("/pos/tea/written", headers=ACCEPT)).text == "tea"
            assert (await client.get("/pos/tea/mall/other", headers=ACCEPT)).text == PAGE


class TestDoors:
    async def test_they_lead_to_what_is_built_in_the_readers_language(self, client: httpx2.AsyncClient) -> None:
        english = await client.get("/")
        chinese = await client.get("/", headers={"accept-language": "zh-CN,zh;q=0.9,en;q=0.8"})
        assert ('<html lang="en">' in english.text, '<html lang="zh-CN">' in chinese.text) == (True, True)
        assert [f'href="/{app}/"' in english.text for app in web.APPS] == [False, True, True]
        assert "收银台" in chinese.text
        assert "{" not in chinese.text.partition("</style>")[2]
        assert english.headers["vary"] == "accept-encoding, accept-language"
        assert "script-src 'self';" in english.headers["content-security-policy"]

    async def test_without_apps_there_is_the_api(self, alone: httpx2.AsyncClient) -> None:
        told = await alone.get("/")
        assert "<ul>" not in told.text
        assert 'href="/docs"' in told.text

    async def test_they_have_an_icon(self, alone: httpx2.AsyncClient) -> None:
        assert (await alone.get("/favicon.ico")).headers["content-type"] == "image/svg+xml; charset=utf-8"
