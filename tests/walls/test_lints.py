"""Each rule of the house is shown files that break it and files that keep it."""

from dataclasses import dataclass
from pathlib import PurePosixPath

import pytest

from .lints import LINTS, MEND, Finding, Source

ROOM = "src/jiutong/capabilities/catalog"
MODEL, RULES, STORE, VERBS = (f"{ROOM}/{name}.py" for name in ("model", "rules", "store", "verbs"))
KERNEL, FLOW, API = "src/jiutong/kernel/runner.py", "src/jiutong/flows/pay.py", "src/jiutong/api/orders.py"
TEST = "tests/flows/test_pay.py"


@dataclass(frozen=True)
class Case:
    """A file, and whether it breaks the rule called `code`."""

    code: str
    path: str
    text: str
    broken: bool


def bad(code: str, path: str, text: str) -> Case:
    return Case(code, path, text, broken=True)


def good(code: str, path: str, text: str) -> Case:
    return Case(code, path, text, broken=False)


CASES = [
    bad("sixth-file", f"{ROOM}/services.py", ""),
    good("sixth-file", f"{ROOM}/store/skus.py", ""),
    good("sixth-file", "src/jiutong/capabilities/__init__.py", ""),
    bad("long-file", STORE, "\n" * 700),
    good("long-file", STORE, "\n" * 699),
    bad("long-file", KERNEL, "x = 1\n" * 700),
    bad("side-door", FLOW, "from jiutong.capabilities.catalog.store import skus"),
    bad("side-door", FLOW, "from ..ledger import verbs"),
    bad("side-door", "src/jiutong/capabilities/order/verbs.py", "from jiutong.ledger.model import Claim"),
    good(
        "side-door",
        FLOW,
        "from jiutong.capabilities import catalog\nfrom jiutong.capabilities.catalog import Sku\nfrom ..ledger import hold",
    ),
    good("side-door", VERBS, "from jiutong.capabilities.catalog.store import skus\nfrom . import rules"),
    bad("async-rule", RULES, "async def atp(): ..."),
    bad("async-rule", f"{ROOM}/rules/price.py", "async def atp(): ..."),
    good("async-rule", RULES, "def atp(): ..."),
    bad("rule-import", RULES, "import asyncpg"),
    bad("rule-import", RULES, "from . import store"),
    bad("rule-import", RULES, "from .store import skus"),
    bad("rule-import", f"{ROOM}/rules/price.py", "from .. import verbs"),
    bad("rule-import", RULES, "from ...kernel.db import Tx"),
    bad("rule-import", RULES, "from jiutong.kernel import db"),
    good("rule-import", RULES, "from .model import Sku\nfrom jiutong.kernel.money import Money\nimport bisect"),
    bad("float", RULES, "rate = 0.5"),
    bad("float", MODEL, "class Sku:\n    weight: float"),
    bad("float", VERBS, "x = float(y)"),
    bad("float", "src/jiutong/ledger/store.py", "x = 1.0"),
    good("float", MODEL, "class Sku:\n    weight_g: int\nRATE_BP = 5000"),
    bad("float", "src/jiutong/scenes/steps/taxes.py", "def tax(rate: float): ..."),
    good("float", KERNEL, "WAIT_S_MAX = 0.5"),
    bad("true-division", "src/jiutong/kernel/money.py", "half = a / 2"),
    bad("true-division", RULES, "a /= 2"),
    good("true-division", RULES, "a = b // 2"),
    bad("wall-clock", RULES, "from datetime import datetime\nx = datetime.now()"),
    bad("wall-clock", VERBS, "import datetime as dt\nx = dt.datetime.utcnow()"),
    bad("wall-clock", API, "from datetime import date as d\nx = d.today()"),
    bad("wall-clock", KERNEL, "import time\ntime.time()"),
    bad("wall-clock", KERNEL, "from time import time\ntime()"),
    good("wall-clock", KERNEL, "import time\ntime.monotonic()"),
    good("wall-clock", "src/jiutong/kernel/clock.py", "from datetime import datetime\nx = datetime.now()"),
    bad("chance", RULES, "from uuid import uuid4\nx = uuid4()"),
    bad("chance", RULES, "import secrets\nsecrets.token_hex()"),
    good("chance", VERBS, "import secrets\nsecrets.token_hex()"),
    bad("chance", KERNEL, "import random\nrandom.random()"),
    bad("chance", KERNEL, "from random import choice\nchoice(x)"),
    good("chance", "src/jiutong/kernel/ids.py", "import random\nrandom.random()"),
    bad("sql-place", VERBS, 'Q = "select sku_id from catalog.sku"'),
    bad("sql-place", VERBS, 'Q = """\n-- why\ninsert into catalog.sku values ($1)"""'),
    bad("sql-place", FLOW, 'Q = "UPDATE catalog.sku SET name = $1"'),
    bad("sql-place", API, 'Q = "delete from catalog.sku"'),
    bad("sql-place", "src/jiutong/importers/shop/verbs.py", 'Q = "select 1"'),
    good("sql-place", STORE, 'Q = "insert into catalog.sku"'),
    good("sql-place", "src/jiutong/reads/skus.py", 'Q = "select 1"'),
    good("sql-place", "src/jiutong/importers/shop/reader.py", 'Q = "select 1"'),
    good("sql-place", API, '"""Update a price set by hand."""\nhint = "Select a store, or delete it from the list"'),
    bad("sql-built", STORE, 'q = f"select {columns} from catalog.sku"'),
    bad("sql-built", STORE, 'q = f"order by {column}"'),
    bad("sql-built", STORE, 'q = "select name from " + table'),
    bad("sql-built", STORE, 'BASE = "select name from catalog.sku"\nq = BASE + more'),
    bad("sql-built", STORE, 'BASE: str = "select name from catalog.sku"\nq = BASE.replace("sku", x)'),
    bad("sql-built", STORE, 'q = "delete from %s" % table'),
    bad("sql-built", FLOW, 'q = "delete from {} where true".format(table)'),
    bad("sql-built", KERNEL, 'q = f"select {x}"  # sql:'),
    good("sql-built", KERNEL, 'q = f"select {x}"  # sql: x is an int'),
    good("sql-built", KERNEL, '# sql: x is an int\nq = f"select {x}"'),
    good("sql-built", STORE, 'q = "select name from catalog.sku"\nwhy = f"{room} and {more}"\nshare = "100 %s" % part'),
    bad("scene-branch", FLOW, 'if scene == "b2c": pay()'),
    bad("scene-branch", FLOW, 'if scope.scene.code in ("b2c",): pay()'),
    bad("scene-branch", FLOW, "match order.scene:\n    case 'b2b': pay()"),
    good("scene-branch", FLOW, "if refused == []: pay(order.scene)"),
    bad("flow-arithmetic", FLOW, "x = n * 2"),
    bad("flow-arithmetic", FLOW, "rest = total - paid"),
    bad("flow-arithmetic", FLOW, "rest = a + line.price_minor"),
    bad("flow-arithmetic", FLOW, "total += x"),
    bad("flow-arithmetic", FLOW, "laid = sum(tender.amount_minor for tender in tenders)"),
    good("flow-arithmetic", FLOW, "found = refused + stale\norders += more"),
    good("flow-arithmetic", RULES, "rest = total - paid"),
    bad("flow-calls-flow", FLOW, "from .cancel import cancel"),
    bad("flow-calls-flow", FLOW, "from jiutong.flows import cancel"),
    good("flow-calls-flow", FLOW, "from jiutong.capabilities import order\nfrom jiutong.flows.pay import x\nimport jiutong"),
    good("flow-calls-flow", FLOW, "from . import facts\nfrom .words import Code"),
    bad("flow-calls-flow", "src/jiutong/flows/facts.py", "from jiutong.kernel.runner import flow\n@flow('x')\ndef load(): ..."),
    good("flow-calls-flow", "src/jiutong/flows/reactions.py", "from .cancel import cancel"),
    bad("long-flow", FLOW, "def pay():\n" + "    x()\n" * 70),
    good("long-flow", FLOW, "def pay():\n" + "    x()\n" * 69),
    bad("sentence-form", VERBS, "def hold(x: list[int]):\n    'Holds.'"),
    bad("sentence-form", VERBS, "async def hold(x: list[int]): ..."),
    good("sentence-form", VERBS, "def hold(x: list[int]):\n    'Guard. Hold.'\ndef _lock(): ..."),
    bad("singular-verb", VERBS, "def hold(x: int):\n    'Guard. Hold.'"),
    bad("singular-verb", VERBS, "def hold(x: int) -> list[int]:\n    'Guard. Hold.'"),
    good("singular-verb", VERBS, "def hold(x: Sequence[int]):\n    'Guard. Hold.'"),
    good("singular-verb", VERBS, "def hold(*, x: 'tuple[int, ...]'):\n    'Guard. Hold.'"),
    good("singular-verb", VERBS, "def due(at: int) -> list[int]:\n    'Quote. What is due.'"),
    bad("docstring", MODEL, "'''Nouns.'''\nclass Sku: ..."),
    bad("docstring", FLOW, "'''Pay.'''\nasync def pay(): ..."),
    bad("docstring", API, "x = 1"),
    good("docstring", MODEL, "'''Nouns.'''\nclass Sku:\n    '''What is stocked.'''\nclass _Row: ..."),
    good("docstring", STORE, "def take(): ..."),
    bad("empty-name", MODEL, "class OrderManager: ..."),
    bad("empty-name", "src/jiutong/kernel/utils.py", ""),
    bad("empty-name", "src/jiutong/common/__init__.py", ""),
    bad("empty-name", FLOW, "def pay():\n    def handle_it(): ..."),
    good("empty-name", KERNEL, "class Database: ...\ndef informed(): ...\ndata = 1"),
    bad("glossary", RULES, "def available_qty(): ..."),
    bad("glossary", MODEL, "class PayRecord: ..."),
    good("glossary", MODEL, "class Tender: ...\ndef available(): ..."),
    bad("network", VERBS, "import httpx2"),
    bad("network", FLOW, "from urllib.request import urlopen"),
    bad("network", KERNEL, "from urllib import request"),
    good("network", KERNEL, "from urllib.parse import quote"),
    good("network", "src/jiutong/gateways/alipay.py", "import httpx2"),
    bad("bare-except", FLOW, "try: x()\nexcept: y()"),
    good("bare-except", FLOW, "try: x()\nexcept KeyError: y()"),
    bad("swallowed", FLOW, "try: x()\nexcept Exception: pass"),
    bad("swallowed", TEST, "import contextlib\nwith contextlib.suppress(Exception): x()"),
    good("swallowed", FLOW, "try: x()\nexcept Exception:\n    undo()\n    raise"),
    good("swallowed", FLOW, "try: x()\nexcept KeyError: pass"),
    bad("sleep", "tests/flows/conftest.py", "import time\ntime.sleep(1)"),
    bad("sleep", TEST, "from asyncio import sleep\nsleep(0.1)"),
    good("sleep", TEST, "from asyncio import sleep\nsleep(0)"),
    good("sleep", KERNEL, "import asyncio\nasyncio.sleep(1)"),
    bad("always-true", TEST, "assert True"),
    bad("always-true", TEST, "assert (paid, 'why')"),
    good("always-true", TEST, "assert paid == 5"),
    bad("no-claim", TEST, "async def test_pay(): await pay()"),
    bad("no-claim", TEST, "class TestPay:\n    def test_pay(self): pay()"),
    good("no-claim", TEST, "async def test_pay():\n    with pytest.raises(Refused): await pay()"),
    good("no-claim", TEST, "async def test_sell(): await expect(page).to_have_text('5')\ndef pay(): ..."),
    good("no-claim", TEST, "def test_model(): run_state_machine_as_test(Model)"),
]


def found(path: str, text: str, beside: frozenset[str] = frozenset()) -> list[Finding]:
    source = Source(PurePosixPath(path), text, beside)
    return [finding for lint in LINTS for finding in lint(source)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.code}: {case.text.strip()[:50]}")
def test_what_breaks_a_rule_is_found_and_what_keeps_it_is_not(case: Case) -> None:
    assert (case.code in {finding.code for finding in found(case.path, case.text)}) is case.broken


def test_a_room_without_rules_is_found() -> None:
    door = f"{ROOM}/__init__.py"
    whole = frozenset({"__init__.py", "model.py", "rules.py", "store", "verbs.py"})
    assert [finding.code for finding in found(door, '"""Door."""', whole - {"rules.py"})] == ["five-files"]
    assert found(door, '"""Door."""', whole) == []


def test_a_finding_names_the_place_and_says_how_to_mend_it() -> None:
    [finding] = found(STORE, "\n\nrate = 1\nimport requests\n")
    assert str(finding) == f"{STORE}:4: network: requests outside gateways/; commit the intent, then let a job call a gateway"


def test_every_rule_is_shown_broken_and_kept() -> None:
    shown_elsewhere = {"five-files"}
    assert {case.code for case in CASES if case.broken} == MEND.keys() - shown_elsewhere
    assert {case.code for case in CASES if not case.broken} == MEND.keys() - shown_elsewhere
