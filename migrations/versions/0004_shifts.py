"""Shifts at the till: opened, counted blind, closed."""

from jiutong.cli.migrations import run_sql_of

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    run_sql_of(__file__)
