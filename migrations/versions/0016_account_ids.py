"""Account ids."""

from jiutong.cli.migrations import run_sql_of

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    run_sql_of(__file__)
