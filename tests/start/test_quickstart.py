"""The README's first sale, pasted into a shell as a newcomer would, against a server of its own."""

import asyncio
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import pytest

from jiutong.capabilities import access
from jiutong.cli.checkout import ROOT

SECRET = "7a" * 32
# What the demo shop has before the first line of the quickstart.
SHOP = (
    ("/v1/sellers/grocer", {"name": "Grocer", "tax_inclusive": True}),
    ("/v1/channels/mall", {"name": "Mall", "scene": "b2c.mall", "currency": "USD", "time_zone": "UTC"}),
    ("/v1/locations/dc1", {"name": "Distribution center", "kind": "dc", "mode": "strict"}),
    ("/v1/channels/mall/sources", {"locations": ["dc1"]}),
    ("/v1/sellers/grocer/tax-rates", {"rates": [{"tax_class": "exempt", "rate_bp": 0}]}),
    ("/v1/price-lists/base", {"name": "Base prices", "currency": "USD"}),
)


def quickstart() -> str:
    found = re.search(r"^```bash\n(.*?)^```", (ROOT / "README.md").read_text(), re.DOTALL | re.MULTILINE)
    assert found is not None
    return found.group(1)


@pytest.fixture
def key(admin_url: str) -> str:
    return asyncio.run(new_key(admin_url))


async def new_key(admin_url: str) -> str:
    conn = await asyncpg.connect(admin_url)
    try:
        number = await conn.fetchval("select nextval('kernel.id_block')")
        return (await access.create_tenant(conn, f"grocer-{number}", "Grocer", datetime.now(UTC))).first_key
    finally:
        await conn.close()


@pytest.fixture
def address(database_url: str) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "uvicorn", "--factory", "jiutong.app:create_app", "--port", str(port), "--log-level", "warning"]
    server = subprocess.Popen(command, env={**os.environ, "JIUTONG_DATABASE_URL": database_url, "JIUTONG_SECRET": SECRET})
    base = f"http://127.0.0.1:{port}"
    try:
        wait_for(f"{base}/ready", time.monotonic() + 30)
        yield base
    finally:
        server.terminate()
        server.wait(10)


def wait_for(url: str, until: float) -> None:
    with socket.socket() as probe:
        host, port = url.split("/")[2].split(":")
        while probe.connect_ex((host, int(port))) != 0:
            assert time.monotonic() < until, "the server did not start"
    with urllib.request.urlopen(url, timeout=10) as told:
        assert told.status == 200


def put(base: str, key: str, path: str, body: object) -> None:
    headers = {"authorization": f"Bearer {key}", "content-type": "application/json"}
    request = urllib.request.Request(base + path, json.dumps(body).encode(), headers, method="PUT")
    with urllib.request.urlopen(request, timeout=10) as told:
        assert told.status in {200, 201}


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("curl") is None or shutil.which("bash") is None, reason="the quickstart is a shell script that calls curl")
def test_the_quickstart_works_as_printed(address: str, key: str, tmp_path: Path) -> None:
    for path, body in SHOP:
        put(address, key, path, body)
    (tmp_path / ".jiutong").mkdir()
    (tmp_path / ".jiutong" / "demo.key").write_text(key + "\n")
    script = quickstart().replace("http://127.0.0.1:8000", address)
    ran = subprocess.run(["bash", "-euo", "pipefail"], input=script, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
    *_, order, timeline = [json.loads(line) for line in ran.stdout.splitlines() if line]
    assert {name: order[name] for name in ("status", "total", "paid", "returned", "refunded")} == {
        "status": "shipped",
        "total": 3300,
        "paid": 3300,
        "returned": 1100,
        "refunded": 1100,
    }
    told = [event["type"] for event in reversed(timeline["items"])]
    assert told == [
        "order.placed.v1",
        "payment.captured.v1",
        "order.paid.v1",
        "work.released.v1",
        "work.picked.v1",
        "shipment.sent.v1",
        "order.shipped.v1",
        "refund.done.v1",
        "order.returned.v1",
    ]
