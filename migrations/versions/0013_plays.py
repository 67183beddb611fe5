"""Presale and group buy."""

from jiutong.cli.migrations import run_sql_of

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    run_sql_of(__file__)
