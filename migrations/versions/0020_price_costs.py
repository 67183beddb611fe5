"""Price costs."""

from jiutong.cli.migrations import run_sql_of

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    run_sql_of(__file__)
