"""Promotions."""

from jiutong.cli.migrations import run_sql_of

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    run_sql_of(__file__)
