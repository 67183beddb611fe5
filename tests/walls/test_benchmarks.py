"""The benchmarks still measure: each can be asked for by its name, and one does what it says, small."""

import importlib
import inspect
import json

import pytest

from jiutong.cli.bench import bench
from jiutong.cli.checkout import BENCHMARKS, ROOT

NAMES = sorted(path.stem for path in BENCHMARKS.glob("[a-z]*.py"))


@pytest.mark.parametrize("name", NAMES)
def test_a_benchmark_is_asked_for_how_long_and_with_how_many_clients(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT))
    run = importlib.import_module(f"benchmarks.{name}").run
    assert list(inspect.signature(run).parameters) == ["seconds", "clients"]


@pytest.mark.slow
def test_a_second_at_the_tills_leaves_books_that_balance(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.syspath_prepend(str(ROOT))
    monkeypatch.setattr("benchmarks.rig.trial.FLOOR_S", 0.2)
    monkeypatch.setattr("benchmarks.till.WARM_UP_S", 0.1)
    bench("till", seconds=1, clients=4, as_json=True)
    told = json.loads(capsys.readouterr().out)
    assert told["receipts_per_s"] > 0
    assert {name: told[name] for name in ("refused", "lost", "oversold", "broken_connections", "broken_invariants")} == {
        "refused": {},
        "lost": 0,
        "oversold": 0,
        "broken_connections": 0,
        "broken_invariants": [],
    }
