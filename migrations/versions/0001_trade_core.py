"""The trade core: tenants, ledger, catalog, inventory, prices, members, orders, payment, fulfillment, care."""

from jiutong.cli.migrations import run_sql_of

revision = "0001"
down_revision = None


def upgrade() -> None:
    run_sql_of(__file__)
