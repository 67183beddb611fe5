"""Claims and charges of orders."""

from jiutong.cli.migrations import run_sql_of

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    run_sql_of(__file__)
