"""Purchase limits, restrictions, flash sales and reservations."""

from jiutong.cli.migrations import run_sql_of

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    run_sql_of(__file__)
