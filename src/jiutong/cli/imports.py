"""`jiutong import …`: other people's retail records, booked into a tenant through the flows everybody uses."""

import csv
import gc
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, TypeVar

import asyncpg
import uvloop
from cyclopts import Parameter
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from jiutong.capabilities import access
from jiutong.cli.database import Ready, ready_database
from jiutong.cli.failure import Failure
from jiutong.cli.owners import let_in
from jiutong.cli.settings import settings
from jiutong.importers.booking import Books
from jiutong.importers.booking import Progress as Tell
from jiutong.kernel.clock import SystemClock
from jiutong.kernel.db import Database
from jiutong.kernel.runner import Runner
from jiutong.kernel.scope import system
from jiutong.reads.tenants import tenants
from jiutong.scenes import install

T = TypeVar("T")
PATIENCE_S = 120
Tenant = Annotated[str, Parameter(name="--tenant")]


def complete_journey(
    *, whole: Annotated[bool, Parameter(name="--all")] = False, tenant: Tenant = "demo", data_dir: Path | None = None
) -> None:
    """Book a year of a grocer with 457 stores (from the `demo` extra): masters, opening stock, then basket after basket.

    Run again, it goes on where it was stopped: every basket is an order exactly once.

    Parameters
    ----------
    whole:
        The whole year: 155,848 baskets. Without it, the first 20,000.
    tenant:
        The tenant to book into; made if there is none of that code.
    data_dir:
        Where the installation keeps its own database.
    """
    wanted = settings(data_dir)
    with ready_database(wanted.config, wanted.data_dir) as database:
        journey(database, wanted.data_dir, tenant, whole=whole)


def journey(database: Ready, data_dir: Path, tenant: str, *, whole: bool) -> None:
    """Book it behind a progress bar, and say what it came to."""
    try:
        from jiutong.importers.complete_journey import CompleteJourney, SourceMissingError
        from jiutong.importers.complete_journey.coupons import load_coupons
        from jiutong.importers.complete_journey.load import load
        from jiutong.importers.complete_journey.marketing import market
    except ModuleNotFoundError as missing:
        raise Failure(f"This import needs the `demo` extra: {missing.name} is not installed.") from missing

    async def book(books: Books, tell: Tell) -> str:
        try:
            with CompleteJourney() as source:
                loaded = await load(books, source, whole=whole, progress=tell)
                coupons = await load_coupons(books, source, progress=tell) if whole else None
                await market(books, datetime.now(UTC), tell)
        except SourceMissingError as missing:
            raise Failure(f"This import needs the `demo` extra: {missing}") from missing
        for basket, why in loaded.refused[:20]:
            Console(stderr=True).print(f"basket {basket} was refused: {why}")
        said = f"{loaded.baskets:,} baskets are booked, {len(loaded.refused):,} were refused."
        if coupons is None:
            return said
        return f"{said} {coupons.used:,} coupons of {coupons.batches:,} batches were used, {len(coupons.refused):,} uses were refused."

    told(database, data_dir, tenant, "Complete Journey Grocer", book)


def uci_online_retail(file: Path, *, report: Path | None = None, tenant: Tenant = "wholesale", data_dir: Path | None = None) -> None:
    """Book the invoices of the UCI "Online Retail" file. Cancellations go back to the sale they undo, by a stated rule.

    Parameters
    ----------
    file:
        The file, as csv or csv.xz.
    report:
        Where to write the rows that could not be booked, each with its reason; next to the data by default.
    tenant:
        The tenant to book into; made if there is none of that code.
    data_dir:
        Where the installation keeps its own database.
    """
    from jiutong.importers.uci_online_retail import ColumnsMissingError
    from jiutong.importers.uci_online_retail.load import load

    wanted = settings(data_dir)
    rest = report or wanted.data_dir / "uci-online-retail-report.csv"

    async def book(books: Books, tell: Tell) -> str:
        try:
            loaded = await load(books, file, tell)
        except (OSError, ColumnsMissingError) as refusal:
            raise Failure(f"{file} cannot be read: {refusal}") from refusal
        with rest.open("w", newline="", encoding="utf-8") as written:
            rows = csv.writer(written)
            rows.writerow(("row", "reason", "fields"))
            rows.writerows((one.row, one.reason, *one.fields) for one in loaded.refusals)
        return (
            f"{loaded.sales:,} sales ({loaded.sale_rows:,} rows) and {loaded.returns:,} returns ({loaded.return_rows:,} rows) are booked; "
            f"{len(loaded.refusals):,} rows are not, each with its reason in {rest}."
        )

    with ready_database(wanted.config, wanted.data_dir) as database:
        told(database, wanted.data_dir, tenant, "UK gift wholesaler", book)


def told(database: Ready, data_dir: Path, tenant: str, name: str, book: Callable[[Books, Tell], Awaitable[str]]) -> None:
    """Run an import behind a progress bar and print what it says in the end."""

    async def run(tell: Tell) -> str:
        async with books_of(database, data_dir, tenant, name) as books:
            return await book(books, tell)

    with bars() as tell:
        said = uvloop.run(run(tell))
    Console().print(said)


@asynccontextmanager
async def books_of(database: Ready, data_dir: Path, tenant: str, name: str) -> AsyncGenerator[Books]:
    """A tenant to write into, made if need be, and everything that writes."""
    tenant_id = await tenant_of(database, data_dir, tenant, name)
    install()
    db = Database(database.app_url, hot=4, read=2, wait_s_max=PATIENCE_S)
    await db.open()
    # An import makes much young garbage and few cycles.
    gc.set_threshold(100_000, 50, 50)
    try:
        yield Books(Runner(db, SystemClock(), wait_s_max=PATIENCE_S), system(tenant_id, "import"))
    finally:
        await db.close()


async def tenant_of(database: Ready, data_dir: Path, code: str, name: str) -> int:
    """The tenant of this code.

    A new one leaves its first key in the data folder, in `CODE.key`, and the owner's first sign-in in `CODE.login`; both are readable
    by the folder's owner alone.
    """
    known = await tenants(database.admin_url or database.app_url, code)
    if known:
        return known[0][0]
    if database.admin_url is None:
        raise Failure(f"There is no tenant {code!r}, and making one takes JIUTONG_ADMIN_DATABASE_URL.")
    conn = await asyncpg.connect(database.admin_url)
    try:
        made = await access.create_tenant(conn, code, name, datetime.now(UTC))
    finally:
        await conn.close()
    key = data_dir / f"{code}.key"
    key.touch(mode=0o600)
    key.write_text(made.first_key + "\n")
    await let_in(database.admin_url, data_dir, made.tenant_id, code)
    return made.tenant_id


@contextmanager
def bars() -> Generator[Tell]:
    """Progress bars, one a stage, drawn while the block runs."""
    columns = (TextColumn("{task.description:16}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, transient=True) as drawn:
        stages: dict[str, TaskID] = {}

        def tell(stage: str, done: int, total: int) -> None:
            if stage not in stages:
                stages[stage] = drawn.add_task(stage, total=total)
            drawn.update(stages[stage], completed=done, total=total)

        yield tell
