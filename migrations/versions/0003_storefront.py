"""Storefronts: a channel open to the public, and shoppers who sign in."""

from jiutong.cli.migrations import run_sql_of

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    run_sql_of(__file__)
