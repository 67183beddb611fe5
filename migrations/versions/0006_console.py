"""What the console keeps: saved views."""

from jiutong.cli.migrations import run_sql_of

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    run_sql_of(__file__)
