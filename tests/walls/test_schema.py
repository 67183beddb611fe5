"""The schema files are what the migrations build, and every table in them keeps the house's walls."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from jiutong.cli.address import Address
from jiutong.cli.database import APP_ROLE
from jiutong.cli.migrations import OWNER_ROLE

from .catalog import ask, run, shape

SCHEMA_FILES = sorted((Path(__file__).parents[2] / "migrations" / "schema").glob("*.sql"))
# Policies that open more than one's own rows, none of them for writing.
OPENINGS = {
    # signing in begins with a tenant's name, and finds that one tenant
    ("kernel.tenant", "tenant_named", "r", "app.tenant_code"),
    # a worker serves every tenant and must learn whom there is; it still sees the rows of one at a time
    ("kernel.tenant", "tenant_listed", "r", "app.every_tenant"),
}
# Besides these, every table whose comment begins "Append only" is history.
HISTORY = {"ledger.transfer", "ledger.entry", "kernel.event"}


@pytest.fixture(scope="module")
def readable_url(admin_url: str) -> Iterator[str]:
    """A database built from the schema files alone, by the role that builds the real one."""
    address = Address(admin_url)
    name = f"{address.database}_readable"
    run(admin_url, f"drop database if exists {name} with (force)", f"create database {name} template template0 owner {OWNER_ROLE}")
    url = address.database_named(name)
    run(url, f"set role {OWNER_ROLE}", *(file.read_text("utf-8") for file in SCHEMA_FILES))
    yield url
    run(admin_url, f"drop database {name} with (force)")


@pytest.fixture(scope="module")
def tables(admin_url: str) -> set[str]:
    found = {row["name"] for row in ask(admin_url, "select name from ours where relkind in ('r', 'p')")}
    assert {"kernel.event", "ledger.account", "orders.placed"} <= found
    return found


def test_the_schema_files_are_what_the_migrations_build(admin_url: str, readable_url: str) -> None:
    readable, migrated = shape(readable_url), shape(admin_url)
    assert sorted(readable - migrated) == [], "in migrations/schema, but no migration makes it"
    assert sorted(migrated - readable) == [], "a migration makes it, but it is not in migrations/schema"


def test_a_difference_would_be_seen(readable_url: str) -> None:
    before = shape(readable_url)
    changes = {
        "alter table ledger.account alter posted drop default": "column",
        "alter table ledger.account drop constraint account_held": "constraint",
        "drop index ledger.entry_of_subject": "index",
        "alter table ledger.hold no force row level security": "relation",
        "drop policy own_tenant on ledger.entry": "policy",
        f"grant delete on ledger.entry to {APP_ROLE}": "grant",
        "comment on view ledger.inv_account_held is 'changed'": "comment",
        "alter view ledger.inv_account_held set (security_invoker = false)": "relation",
        "create or replace function kernel.isolate(t regclass) returns void language sql as ''": "function",
        "alter sequence kernel.id_block cache 2": "sequence",
        "create type kernel.mood as enum ('good')": "type",
    }
    for change, kind in changes.items():
        run(readable_url, change)
        after = shape(readable_url)
        assert {line.partition(" | ")[0] for line in before ^ after} == {kind}, change
        before = after


def test_every_table_begins_its_key_with_the_tenant(admin_url: str, tables: set[str]) -> None:
    keyed = ask(
        admin_url,
        """select o.name from ours o
             join pg_index i on i.indrelid = o.oid and i.indisprimary
             join pg_attribute a on a.attrelid = o.oid and a.attnum = i.indkey[0] and a.attname = 'tenant_id'""",
    )
    assert tables - {row["name"] for row in keyed} == set()


def test_every_table_is_closed_to_other_tenants(admin_url: str, tables: set[str]) -> None:
    forced = ask(admin_url, "select name from ours where relrowsecurity and relforcerowsecurity")
    assert tables - {row["name"] for row in forced} == set()
    policies = ask(
        admin_url,
        r"""select o.name, p.polname, p.polcmd::text, substring(pg_get_expr(p.polqual, o.oid) from 'current_setting\(''([a-z_.]+)')
             from ours o join pg_policy p on p.polrelid = o.oid""",
    )
    # policies are joined by OR: whoever adds one opens the table further, and says so here
    assert {tuple(row) for row in policies} == {(table, "own_tenant", "*", "app.tenant") for table in tables} | OPENINGS


def test_every_view_sees_only_what_its_reader_may_see(admin_url: str) -> None:
    views = ask(admin_url, "select name, reloptions, obj_description(oid, 'pg_class') as says from ours where relkind = 'v'")
    assert "ledger.inv_account_posted" in {view["name"] for view in views}
    assert [view["name"] for view in views if "security_invoker=true" not in (view["reloptions"] or [])] == []
    assert [view["name"] for view in views if ".inv_" in view["name"] and not view["says"]] == [], "verify shows the comment"


def test_the_application_owns_nothing_and_may_not_build(admin_url: str) -> None:
    [role] = ask(admin_url, "select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb from pg_roles where rolname = $1", APP_ROLE)
    assert tuple(role) == (False, False, False, False)
    assert ask(admin_url, "select from pg_shdepend where refobjid = $1::text::regrole and deptype = 'o'", APP_ROLE) == []
    assert ask(admin_url, "select from pg_auth_members where member = $1::text::regrole", APP_ROLE) == []
    # TRUNCATE, among others, asks no policy
    assert {right for _, right in rights(admin_url)} == {"SELECT", "INSERT", "UPDATE", "DELETE"}


def test_the_application_changes_no_history(admin_url: str, tables: set[str]) -> None:
    said = ask(admin_url, "select name from ours where obj_description(oid, 'pg_class') ~* '^append.only'")
    history = HISTORY | {row["name"] for row in said}
    assert history <= tables
    assert {(table, right) for table, right in rights(admin_url) if table in history and right in {"UPDATE", "DELETE"}} == set()


def test_a_foreign_key_stays_in_its_room_and_its_tenant(admin_url: str) -> None:
    keys = ask(
        admin_url,
        """select o.name || '.' || k.conname as name, o.schema as from_schema, f.schema as to_schema,
                  a.attname as from_first, b.attname as to_first
             from pg_constraint k join ours o on o.oid = k.conrelid join ours f on f.oid = k.confrelid
             join pg_attribute a on a.attrelid = o.oid and a.attnum = k.conkey[1]
             join pg_attribute b on b.attrelid = f.oid and b.attnum = k.confkey[1]
            where k.contype = 'f'""",
    )
    assert "catalog.sku.sku_product" in {key["name"] for key in keys}
    assert [key["name"] for key in keys if key["from_schema"] != key["to_schema"]] == []
    assert [key["name"] for key in keys if (key["from_first"], key["to_first"]) != ("tenant_id", "tenant_id")] == []


@pytest.mark.parametrize("file", SCHEMA_FILES, ids=lambda file: file.stem)
def test_every_rule_in_the_schema_says_why(file: Path) -> None:
    assert unexplained(file.read_text("utf-8")) == []


def test_a_rule_without_a_why_is_found() -> None:
    assert unexplained("    -- Never below zero.\n    constraint held check (held >= 0),\n") == []
    assert unexplained("    constraint held check (held >= 0),\n") == ["constraint held check (held >= 0),"]
    assert unexplained("    code text not null unique,\n") == ["code text not null unique,"]
    assert unexplained("create unique index once on a (b);\n") == ["create unique index once on a (b);"]
    assert unexplained("constraint held check (held >= 0);\ncomment on constraint held on a is 'Why.';\n") == []
    assert unexplained("    code text, -- unique by check (of hand)\n") == []


def rights(url: str) -> set[tuple[str, str]]:
    """What the application (or everybody) may do to which table, said of the table or of one of its columns."""
    granted = ask(
        url,
        """select o.name, a.privilege_type as right
             from ours o left join pg_attribute c on c.attrelid = o.oid and c.attacl is not null,
                  aclexplode(o.relacl || c.attacl) a
            where o.relkind in ('r', 'p') and a.grantee in (0, $1::text::regrole)""",
        APP_ROLE,
    )
    return {(row["name"], row["right"]) for row in granted}


def unexplained(sql: str) -> list[str]:
    """The lines that begin a check, unique or exclude rule with neither a comment line above nor a COMMENT."""
    lines = [line.strip() for line in sql.splitlines()]
    commented = set(re.findall(r"comment on (?:constraint|index) (?:\w+\.)?(\w+)", sql))
    return [
        line
        for above, line in zip(["", *lines], lines, strict=False)
        if re.search(r"\b(check\s*\(|unique\b|exclude\s+using)", line.partition("--")[0])
        and not above.startswith("--")
        and not commented.intersection(re.findall(r"\w+", line)[:4])
    ]
