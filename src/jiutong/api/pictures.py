"""Pictures of products: sent once, kept in the sizes a page needs, served for ever under the hash of what was sent."""

import asyncio
import hashlib
import io
import re
from typing import Any, Final

import msgspec
from litestar import Request, Response
from litestar import get as plain_get
from litestar.params import FromPath
from PIL import Image, ImageOps, UnidentifiedImageError

from jiutong.api.call import Call, call_of
from jiutong.api.shell import delete, get, put
from jiutong.capabilities import catalog
from jiutong.flows import maintain_pictures as maintain
from jiutong.gateways.media import Media
from jiutong.kernel.errors import INVALID, NOT_FOUND, ProblemType
from jiutong.reads import storefronts

NOT_A_PICTURE = ProblemType("catalog.not_a_picture", 422, "This is no picture this can show", "无法识别的图片")
BYTES_MAX: Final = 8 << 20
PIXELS_MAX: Final = 50_000_000
WIDTHS: Final = (320, 800, 1600)
POSITION_MAX: Final = 12
ALT_MAX: Final = 200
QUALITY: Final = 82
FORMATS: Final = ("JPEG", "PNG", "WEBP")
NAME: Final = re.compile(r"[0-9a-f]{32}-(320|800|1600)\.webp")
# A picture of fifty million pixels takes some hundred megabytes while it is made smaller.
_shrinking = asyncio.Semaphore(1)


class PictureView(msgspec.Struct, frozen=True):
    """A picture at its place, 1 first. Its files are `/media/{hash}-{320|800|1600}.webp`."""

    position: int
    hash: str
    width: int
    height: int
    alt: str


class PicturesView(msgspec.Struct, frozen=True):
    """The pictures of a product, in the order they are shown."""

    items: list[PictureView]


class Sizes(msgspec.Struct, frozen=True):
    """A picture as it was sent, and in every width it is kept in."""

    width: int
    height: int
    files: dict[int, bytes]


@get("/v1/products/{code}/pictures", scope="catalog:read")
async def list_pictures(call: Call, code: str) -> PicturesView:
    """The pictures of a product, in the order they are shown."""
    async with call.reading() as tx:
        found = await storefronts.pictures(tx, [code])
    return PicturesView([PictureView(p.position, p.hash, p.width, p.height, p.alt) for p in found.get(code, ())])


@put(
    "/v1/products/{code}/pictures/{position}",
    scope="catalog:write",
    body_bytes_max=BYTES_MAX,
    refuses=(catalog.UNKNOWN_PRODUCT, NOT_A_PICTURE),
)
async def put_picture(call: Call, request: Request[Any, Any, Any], code: str, position: int, alt: str = "") -> PictureView:
    """Show a product by this picture: a JPEG, PNG or WebP of at most 8 MiB and 50 million pixels, sent as the body.

    It is kept upright, without what its camera wrote into it, in three widths.
    """
    if not 1 <= position <= POSITION_MAX:
        raise INVALID(f"1 to {POSITION_MAX}", pointer="/position")
    if len(alt) > ALT_MAX:
        raise INVALID(f"at most {ALT_MAX} characters", pointer="/alt")
    raw = await request.body()
    async with _shrinking:
        sizes = await asyncio.to_thread(sized, raw)
    hashed = hashlib.blake2b(raw, digest_size=16).hexdigest()
    for width, content in sizes.files.items():
        await media(call).keep(f"{hashed}-{width}.webp", content)
    await call.run_once(maintain.put_picture, catalog.PutPicture(code, position, hashed, sizes.width, sizes.height, alt))
    return PictureView(position, hashed, sizes.width, sizes.height, alt)


@delete("/v1/products/{code}/pictures/{position}", scope="catalog:write", refuses=(catalog.UNKNOWN_PRODUCT,))
async def drop_picture(call: Call, code: str, position: int) -> None:
    """Show a product without the picture at this place."""
    await call.run_once(maintain.drop_picture, catalog.DropPicture(code, position))


@plain_get("/media/{name:str}", include_in_schema=False)
async def show_media(request: Request[Any, Any, Any], name: FromPath[str]) -> Response[bytes]:
    """A file of a picture. What is in it never changes, so whoever has it need not ask again."""
    content = await media(call_of(request)).read(name) if NAME.fullmatch(name) else None
    if content is None:
        raise NOT_FOUND("there is no such picture")
    headers = {"cache-control": "public, max-age=31536000, immutable", "x-content-type-options": "nosniff"}
    return Response(content, headers=headers, media_type="image/webp")


def media(call: Call) -> Media:
    """The pictures of this installation."""
    memory = call.house.db.memory
    if "api.media" not in memory:
        memory["api.media"] = Media(call.house.config.data_dir)
    return memory["api.media"]


def sized(raw: bytes) -> Sizes:
    """A picture in every width it is kept in, never larger than it was. Refused before it is unpacked where it is a trap."""
    try:
        with Image.open(io.BytesIO(raw), formats=FORMATS) as opened:
            if opened.width * opened.height > PIXELS_MAX:
                raise NOT_A_PICTURE(f"{opened.width} x {opened.height} is more than {PIXELS_MAX} pixels")
            upright = ImageOps.exif_transpose(opened)
            plain = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError) as fault:
        raise NOT_A_PICTURE("send a JPEG, PNG or WebP") from fault
    files: dict[int, bytes] = {}
    for width in WIDTHS:
        smaller = plain.copy()
        smaller.thumbnail((width, width * 2))
        written = io.BytesIO()
        smaller.save(written, "WEBP", quality=QUALITY, method=4)
        files[width] = written.getvalue()
    return Sizes(plain.width, plain.height, files)


ROUTES = [list_pictures, put_picture, drop_picture, show_media]
