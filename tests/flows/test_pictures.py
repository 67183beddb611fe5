"""Pictures: kept in the sizes a page needs, named by what is in them; what is none, or a trap, is refused."""

import io
import struct
import zlib
from pathlib import Path

import msgspec
import pytest
from PIL import Image
from tests.shop import Shop, shop
from tests.world import served, world

from jiutong.gateways.media import Media

__all__ = ["served", "shop", "world"]
PATH = "/v1/products/tea/pictures"


def drawn(form: str, width: int = 2000, height: int = 1000) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (width, height), (14, 124, 134)).save(written, form)
    return written.getvalue()


def bomb() -> bytes:
    """A PNG of a few bytes that says it has ten thousand million pixels."""
    head = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 2, 0, 0, 0)

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


@pytest.fixture
def kept(shop: Shop, tmp_path: Path) -> Path:
    shop.house.db.memory["api.media"] = Media(str(tmp_path))
    return tmp_path / "media"


def files(kept: Path) -> list[str]:
    return sorted(one.name for one in kept.iterdir()) if kept.exists() else []


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
async def test_a_picture_is_kept_in_three_widths_and_served_for_ever(shop: Shop, kept: Path, form: str) -> None:
    put = await shop.world.put(f"{PATH}/1?alt=Leaves", drawn(form))
    assert put.status_code == 200, put.text
    view = put.json()
    assert (view["position"], view["width"], view["height"], view["alt"]) == (1, 2000, 1000, "Leaves")
    assert files(kept) == [f"{view['hash']}-{width}.webp" for width in (1600, 320, 800)]
    for width in (320, 800, 1600):
        served_ = await shop.world.served.ask("GET", f"/media/{view['hash']}-{width}.webp")
        assert (served_.headers["content-type"], served_.headers["cache-control"]) == ("image/webp", "public, max-age=31536000, immutable")
        with Image.open(io.BytesIO(served_.content)) as shown:
            assert (shown.format, shown.size) == ("WEBP", (width, width // 2))
    assert (await shop.world.get(PATH)).json() == {"items": [view]}


async def test_another_takes_its_place_and_goes(shop: Shop, kept: Path) -> None:
    first = (await shop.world.put(f"{PATH}/2", drawn("PNG", 10, 10))).json()
    second = (await shop.world.put(f"{PATH}/2", drawn("PNG", 20, 20))).json()
    assert first["hash"] != second["hash"]
    assert (await shop.world.get(PATH)).json()["items"] == [second]
    assert (await shop.world.served.ask("DELETE", f"{PATH}/2", None, shop.world.key)).status_code == 204
    assert (await shop.world.get(PATH)).json()["items"] == []
    assert [event[0] for event in await shop.world.events()] == ["product.picture_shown.v1"] * 3
    assert len(files(kept)) == 6


TRAPS = {
    "words": b"not a picture",
    "bomb": bomb(),
    "svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "half": drawn("PNG")[:200],
    "gif": drawn("GIF"),
}


@pytest.mark.parametrize("body", TRAPS.values(), ids=TRAPS)
async def test_what_is_no_picture_is_refused_and_nothing_kept(shop: Shop, kept: Path, body: bytes) -> None:
    refused = await shop.world.put(f"{PATH}/1", body)
    assert (refused.status_code, refused.json()["code"]) == (422, "catalog.not_a_picture")
    assert files(kept) == []
    assert (await shop.world.get(PATH)).json()["items"] == []


async def test_places_products_rights_and_names_are_checked(shop: Shop, kept: Path) -> None:
    world = shop.world
    picture = drawn("PNG", 10, 10)
    assert (await world.put(f"{PATH}/13", picture)).json()["code"] == "request.invalid"
    assert (await world.put("/v1/products/none/pictures/1", picture)).json()["code"] == "catalog.unknown_product"
    assert (await world.served.ask("PUT", f"{PATH}/1", picture, await world.key_with("catalog:read"))).status_code == 403
    assert (await world.put(f"{PATH}/1", b"0" * ((8 << 20) + 1))).json()["code"] == "request.too_large"
    for name in ("..%2F..%2Fsecret", "0" * 32 + "-801.webp", "0" * 32 + "-800.webp"):
        assert (await world.served.ask("GET", f"/media/{name}")).status_code == 404
    assert msgspec.json.decode((await world.get(PATH)).content) == {"items": []}
