"""The first person of a tenant: somebody must be able to sign in before anybody can be let in."""

import secrets
from pathlib import Path

import asyncpg

from jiutong.capabilities import access
from jiutong.cli.database import Ready
from jiutong.reads.tenants import without_staff

LOGIN = "owner"
PASSWORD_BYTES = 12


async def let_in(admin_url: str, data_dir: Path, tenant_id: int, code: str) -> Path:
    """Make the owner of a tenant, or give them a new password. It is left in the data folder, readable by its owner alone."""
    password = secrets.token_urlsafe(PASSWORD_BYTES)
    conn = await asyncpg.connect(admin_url)
    try:
        await access.make_owners(conn, tenant_id, {LOGIN: password})
    finally:
        await conn.close()
    note = note_of(data_dir, code)
    note.touch(mode=0o600)
    note.chmod(0o600)
    note.write_text(f"tenant   {code}\nlogin    {LOGIN}\npassword {password}\n")
    return note


async def let_in_all(database: Ready, data_dir: Path) -> list[Path]:
    """Make an owner for every tenant nobody can sign in to yet."""
    if database.admin_url is None:
        return []
    return [await let_in(database.admin_url, data_dir, id_, code) for id_, code in await without_staff(database.admin_url)]


def note_of(data_dir: Path, code: str) -> Path:
    """Where the owner's first password is kept until they choose their own."""
    return data_dir / f"{code}.login"


def password_in(note: Path) -> str:
    """The password in such a note."""
    return note.read_text().splitlines()[2].split()[1]
