"""Rights."""

from jiutong.cli.migrations import run_sql_of

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    run_sql_of(__file__)
