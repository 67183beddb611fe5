"""The storeys of the house: nothing looks up, and rooms never open onto each other (pyproject.toml, tool.importlinter)."""

from pathlib import Path

import pytest
from importlinter.application.use_cases import lint_imports
from importlinter.configuration import configure

ROOT = Path(__file__).parents[2]


def test_every_import_keeps_the_contracts(capsys: pytest.CaptureFixture[str]) -> None:
    configure()
    kept = lint_imports(str(ROOT / "pyproject.toml"), cache_dir=None, is_debug_mode=True, no_logo=True)
    assert kept, capsys.readouterr().out
