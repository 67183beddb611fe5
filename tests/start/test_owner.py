"""The first person of a company: made with it, told once, let in again when the password is lost."""

import asyncio
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import pytest
from tests.conftest import FOLDER, clone

from jiutong.capabilities import access
from jiutong.cli.address import Address
from jiutong.cli.database import Ready
from jiutong.cli.locks import FileLock
from jiutong.cli.owners import let_in_all, note_of, password_in

JIUTONG = Path(sys.prefix) / "bin" / "jiutong"


def jiutong(admin_url: str, folder: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    own = {name: value for name, value in os.environ.items() if not name.startswith("JIUTONG_")}
    settings = {"JIUTONG_DATABASE_URL": admin_url, "JIUTONG_SECRET": "7a" * 32}
    return subprocess.run(
        [JIUTONG, *words, "--data-dir", folder], env=own | settings, capture_output=True, text=True, timeout=60, check=False
    )


async def hashes(admin_url: str, code: str) -> list[tuple[str, tuple[str, ...], str]]:
    """Login, roles and password hash of a tenant's people."""
    conn = await asyncpg.connect(admin_url)
    try:
        found = await conn.fetch(
            "select login, roles, password_hash from access.staff f join kernel.tenant t using (tenant_id) where t.code = $1", code
        )
        return [(row["login"], tuple(row["roles"]), row["password_hash"]) for row in found]
    finally:
        await conn.close()


@pytest.fixture
def empty_url(server_url: str, worker_id: str) -> str:
    """A database without the tenants of other tests: every owner costs the time a password is made to cost."""
    own = f"jiutong_owners_{worker_id}"
    with FileLock(Path(os.environ[FOLDER]) / "template").alone():
        asyncio.run(clone(server_url, Path(os.environ[FOLDER]), own))
    return Address(server_url).database_named(own)


@pytest.mark.slow
def test_a_new_company_has_an_owner_who_can_be_let_in_again(admin_url: str, tmp_path: Path) -> None:
    made = jiutong(admin_url, tmp_path, "tenant", "create", "owned")
    assert (made.returncode, made.stderr) == (0, "")
    note = note_of(tmp_path, "owned")
    assert note.stat().st_mode & 0o777 == 0o600
    first = password_in(note)
    assert made.stdout.splitlines()[:3] == ["tenant   owned", "login    owner", f"password {first}"]
    assert made.stdout.splitlines()[3].startswith("key      jtk_")
    ((login, roles, hashed),) = asyncio.run(hashes(admin_url, "owned"))
    assert (login, roles) == ("owner", ("owner",))
    assert access.password_fits(hashed, first)

    again = jiutong(admin_url, tmp_path, "tenant", "let-owner-in", "owned")
    assert (again.returncode, again.stderr) == (0, "")
    second = password_in(note)
    assert (again.stdout, second == first) == (f"tenant   owned\nlogin    owner\npassword {second}\n", False)
    ((_, _, hashed),) = asyncio.run(hashes(admin_url, "owned"))
    assert (access.password_fits(hashed, second), access.password_fits(hashed, first)) == (True, False)

    nobody = jiutong(admin_url, tmp_path, "tenant", "let-owner-in", "nobody")
    assert (nobody.returncode, nobody.stderr) == (1, "There is no tenant 'nobody'.\n")


async def test_a_start_lets_in_only_where_nobody_can_sign_in_yet(empty_url: str, tmp_path: Path) -> None:
    conn = await asyncpg.connect(empty_url)
    try:
        number = await conn.fetchval("select nextval('kernel.id_block')")
        empty = await access.create_tenant(conn, f"empty-{number}", "Empty", datetime.now(UTC))
        staffed = await access.create_tenant(conn, f"staffed-{number}", "Staffed", datetime.now(UTC))
        await access.make_owners(conn, staffed.tenant_id, {"owner": "their own password"})
    finally:
        await conn.close()
    made = await let_in_all(Ready(empty_url, empty_url), tmp_path)
    assert note_of(tmp_path, empty.code) in made
    assert not note_of(tmp_path, staffed.code).exists()
    ((_, _, hashed),) = await hashes(empty_url, staffed.code)
    assert access.password_fits(hashed, "their own password")
    assert await let_in_all(Ready(empty_url, empty_url), tmp_path) == []
