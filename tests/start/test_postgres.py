"""The embedded server: it comes up from whatever it finds, or says in one line why not."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import asyncpg
import pytest

from jiutong.cli.failure import Failure
from jiutong.cli.postgres import EmbeddedPostgres
from jiutong.cli.processes import marked

pytestmark = pytest.mark.slow
ServerAt = Callable[[Path], EmbeddedPostgres]


async def answer(url: str, question: str) -> object:
    conn = await asyncpg.connect(url)
    try:
        return await conn.fetchval(question)
    finally:
        await conn.close()


def permissions(folder: str) -> int:
    return Path(folder).stat().st_mode & 0o777


def mark_of(server: EmbeddedPostgres) -> str:
    return server.admin_url().partition("%2Fjiutong-")[2].partition("&")[0]


async def test_it_listens_on_a_private_socket_and_nowhere_else(folder: Path, server_at: ServerAt) -> None:
    with server_at(folder / "a b" / ("deep" * 40)) as server:
        assert await answer(server.admin_url(), "show listen_addresses") == ""
        socket_folder = str(await answer(server.admin_url(), "show unix_socket_directories"))
        assert permissions(socket_folder) == 0o700


async def test_it_keeps_what_was_committed_when_it_is_killed(folder: Path) -> None:
    with EmbeddedPostgres(folder) as server:
        await answer(server.admin_url(), "create table kept as select 42 as it")
        server.kill()
        server.start()
        assert await answer(server.admin_url(), "select it from kept") == 42
        assert await answer(server.admin_url(), "show fsync") == "on"
        assert await answer(server.admin_url(), "show synchronous_commit") == "on"


def test_the_last_one_out_turns_off_the_light(folder: Path, server_at: ServerAt) -> None:
    first, second = server_at(folder), server_at(folder)
    first.start()
    mark = f"jiutong-{mark_of(first)}"
    second.start()
    first.stop()
    assert marked(mark)
    second.stop()
    assert not marked(mark)


def test_it_is_not_fooled_by_a_stranger_with_the_number_of_a_dead_server(folder: Path, server_at: ServerAt) -> None:
    server = server_at(folder)
    server.start()
    pid_file = folder / "postgres" / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    server.kill()
    pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]))
    server.start()
    assert pid_file.read_text().splitlines()[0] != str(os.getpid())
    server.stop()


def test_a_half_made_database_is_made_anew(folder: Path, server_at: ServerAt) -> None:
    (folder / "postgres.new" / "base").mkdir(parents=True)
    with server_at(folder) as server:
        assert mark_of(server)


def test_a_broken_database_is_left_alone(folder: Path, server_at: ServerAt) -> None:
    (folder / "postgres").mkdir()
    (folder / "postgres" / "base").touch()
    with pytest.raises(Failure, match="is not a whole PostgreSQL database: restore it, or remove"):
        server_at(folder).start()


def test_a_database_of_another_version_is_left_alone(folder: Path, server_at: ServerAt) -> None:
    server_at(folder).__enter__().stop()
    (folder / "postgres" / "PG_VERSION").write_text("15\n")
    with pytest.raises(Failure, match="made by PostgreSQL 15, this is 18: dump and restore it"):
        server_at(folder).start()


def test_what_postgresql_says_when_it_cannot_start_is_passed_on(folder: Path, server_at: ServerAt) -> None:
    server_at(folder).__enter__().stop()
    (folder / "postgres" / "global" / "pg_control").write_bytes(b"")
    with pytest.raises(Failure, match=r"PostgreSQL does not start: .*pg_control"):
        server_at(folder).start()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root starts a server for another user")
def test_root_can_keep_its_data_where_no_one_else_may_go(folder: Path, server_at: ServerAt) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    with server_at(closed / "data"):
        kept = (closed / "data" / "postgres").resolve()
        assert kept.parent.parent == Path("/var/lib/jiutong")
        assert kept.stat().st_uid != 0
    shutil.rmtree(kept.parent)
    with pytest.raises(Failure, match="The database of this folder is gone"):
        server_at(closed / "data").start()
