"""Points, red packets, procurement points and cards."""

from jiutong.cli.migrations import run_sql_of

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    run_sql_of(__file__)
