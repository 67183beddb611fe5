"""The application's password, on a server that asks for one."""

from collections.abc import Callable
from pathlib import Path

import asyncpg
import pytest

from jiutong.cli.database import prepare
from jiutong.cli.failure import Failure
from jiutong.cli.postgres import EmbeddedPostgres

ONE, OTHER = "1" * 64, "2" * 64


async def test_who_has_another_secret_does_not_lock_out_who_is_at_work(folder: Path, server_at: Callable[[Path], EmbeddedPostgres]) -> None:
    with server_at(folder) as server:
        shop = server.admin_url("shop")
        url = await prepare(shop, folder, ONE)
        ask_for_passwords(folder)
        admin = await asyncpg.connect(shop)
        await admin.execute("select pg_reload_conf()")
        await admin.close()

        at_work = await asyncpg.connect(url)
        with pytest.raises(Failure, match="Another jiutong uses this database with another secret"):
            await prepare(shop, folder, OTHER)
        await at_work.close()

        assert await prepare(shop, folder, OTHER) != url
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(url)


def ask_for_passwords(folder: Path) -> None:
    access = folder / "postgres" / "pg_hba.conf"
    access.write_text("local all jiutong_app scram-sha-256\n" + access.read_text())
