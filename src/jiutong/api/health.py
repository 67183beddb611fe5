"""What operators and tools ask the process: is it alive, is it ready, how is it doing, what can it do."""

import base64
import hashlib
from pathlib import Path
from typing import Any

import msgspec
from litestar import MediaType, Request, Response
from litestar import get as plain_get

from jiutong.api import openapi
from jiutong.api.call import Call, call_of
from jiutong.api.shell import get
from jiutong.kernel.errors import UNAVAILABLE
from jiutong.reads import health as reads

STATIC = Path(__file__).parent / "static"
PAGE = (STATIC / "docs.html").read_bytes()
# Only the page's own script runs, whatever an answer it shows may contain.
SCRIPT_HASH = base64.b64encode(hashlib.sha256(PAGE.partition(b"<script>")[2].partition(b"</script>")[0]).digest()).decode()
POLICY = (
    f"default-src 'none'; script-src 'sha256-{SCRIPT_HASH}'; style-src 'unsafe-inline'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class Alive(msgspec.Struct, frozen=True):
    """The process answers."""

    alive: bool = True


class Ready(msgspec.Struct, frozen=True):
    """The process can do its work: the database answers and has the tables this code is written for."""

    migration: str


@get("/health", scope=None)
async def health(call: Call) -> Alive:
    """Is the process alive? Restart it if not."""
    return Alive()


@get("/ready", scope=None, refuses=(UNAVAILABLE,))
async def ready(call: Call) -> Ready:
    """Can it do its work? Send it no requests if not."""
    async with call.reading() as tx:
        at = await reads.migration(tx)
    needed = call.house.version_needed
    if needed is not None and at != needed:
        raise UNAVAILABLE(f"the database is at version {at}, this needs {needed}", retry_after_s=5)
    return Ready(at)


@plain_get("/metrics", include_in_schema=False)
async def metrics(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Everything measured, for Prometheus. Of this process only."""
    return Response(call_of(request).house.metrics.written(), media_type=MediaType.TEXT)


@plain_get("/v1/openapi.json", include_in_schema=False)
async def openapi_document(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The contract, for generators of clients."""
    written = getattr(request.app.state, "document", None)
    if written is None:
        written = request.app.state.document = openapi.document(request.app)
    return Response(written, media_type=MediaType.JSON)


@plain_get("/docs", include_in_schema=False, sync_to_thread=False)
def docs() -> Response[bytes]:
    """A page to read the contract and to try it."""
    return Response(PAGE, media_type=MediaType.HTML, headers={"content-security-policy": POLICY})


ROUTES = [health, ready, metrics, openapi_document, docs]
