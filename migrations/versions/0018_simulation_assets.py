"""Simulation assets."""

from jiutong.cli.migrations import run_sql_of

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    run_sql_of(__file__)
