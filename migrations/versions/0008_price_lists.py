"""Price lists of regions, groups and contracts; approvals; negotiated quotes."""

from jiutong.cli.migrations import run_sql_of

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    run_sql_of(__file__)
