"""The house as it stands, read by its own lints."""

from pathlib import Path

import pytest

from .lints import LINTS, Lint, read

ROOT = Path(__file__).parents[2]
SOURCES = read(ROOT, "src/jiutong", "tests")


@pytest.mark.parametrize("lint", LINTS, ids=lambda lint: lint.__name__)
def test_the_house_keeps_its_rules(lint: Lint) -> None:
    findings = sorted(finding for source in SOURCES for finding in lint(source))
    assert not findings, "\n" + "\n".join(map(str, findings))


def test_the_whole_house_was_read() -> None:
    rooms = {source.room for source in SOURCES} - {None}
    assert rooms == {path.parent.name for path in ROOT.glob("src/jiutong/capabilities/*/__init__.py")} | {"ledger"}
    assert {source.path.parts[0] for source in SOURCES} == {"src", "tests"}
