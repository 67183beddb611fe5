"""Freight templates and fees."""

from jiutong.cli.migrations import run_sql_of

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    run_sql_of(__file__)
