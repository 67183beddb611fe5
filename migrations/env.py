"""How Alembic reaches the database: over the connection it is handed, one transaction per revision."""

import asyncio

from alembic import context
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool


def run(connection: Connection) -> None:
    context.configure(connection=connection, version_table_schema="migration", transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()


async def migrate() -> None:
    engine = create_async_engine("postgresql+asyncpg://", async_creator=context.config.attributes["connect"], poolclass=NullPool)
    async with engine.connect() as connection:
        await connection.run_sync(run)


asyncio.run(migrate())
