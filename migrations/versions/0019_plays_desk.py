"""What is taken of groups and presales is what orders claim of them."""

from jiutong.cli.migrations import run_sql_of

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    run_sql_of(__file__)
