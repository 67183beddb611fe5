"""The `jiutong` command: what can be asked of it, and how a refusal looks."""

import logging
import os
import sys

import structlog
from cyclopts import App, Parameter

from jiutong.cli.bench import bench
from jiutong.cli.db import migrate
from jiutong.cli.demo import demo
from jiutong.cli.failure import Failure
from jiutong.cli.scenes import diff, explain
from jiutong.cli.screenshots import screenshots
from jiutong.cli.test import run_tests
from jiutong.cli.up import up
from jiutong.cli.verify import verify
from jiutong.kernel.config import PREFIX

app = App(
    name="jiutong",
    help="jiutong 九通: one set of commerce capabilities for every channel.",
    default_parameter=Parameter(negative=()),
    version_flags=[],
)
app.command(up)
app.command(run_tests, name="test")
app.command(bench)
app.command(demo)
app.command(verify)
app.command(screenshots)

imports = App(name="import", help="Book other people's retail records into a tenant.")
imports.command("jiutong.cli.imports:complete_journey", name="complete-journey")
imports.command("jiutong.cli.imports:uci_online_retail", name="uci-online-retail")
app.command(imports)

tenant = App(name="tenant", help="Look after the companies that trade here.")
tenant.command("jiutong.cli.tenants:create")
tenant.command("jiutong.cli.tenants:let_owner_in", name="let-owner-in")
app.command(tenant)

db = App(name="db", help="Look after the database.")
db.command(migrate)
app.command(db)

scenes = App(name="scenes", help="Read the business identities that are installed.")
scenes.command(explain)
scenes.command(diff)
app.command(scenes)


def main() -> None:
    """Run what the command line asks for. A refusal is one line, never a traceback."""
    level = os.environ.get(f"{PREFIX}LOG_LEVEL", "warning").upper()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level, logging.WARNING)))
    try:
        sys.exit(app(result_action="return_value"))
    except Failure as refusal:
        sys.stderr.write(f"{refusal}\n")
        sys.exit(1)
