"""`jiutong scenes` prints what a scene really does."""

import json

import pytest

from jiutong.cli.failure import Failure
from jiutong.cli.scenes import diff, explain


def test_a_plan_is_explained_step_by_step(capsys: pytest.CaptureFixture[str]) -> None:
    explain("b2c.mall", as_json=True)
    steps = [row["name"] for row in json.loads(capsys.readouterr().out) if row["kind"] == "step"]
    assert steps[:3] == ["entrance", "sellable", "restrictions"]
    assert steps[-1] == "pay_in_full"


def test_a_scene_does_not_differ_from_itself(capsys: pytest.CaptureFixture[str]) -> None:
    diff("b2c.mall", "b2c.mall")
    assert capsys.readouterr().out == "kind  name  b2c.mall  b2c.mall\n"


def test_a_scene_that_is_not_there_is_named_with_those_that_are() -> None:
    with pytest.raises(Failure, match=r"No scene 'b2x' is installed; there are b2c\.mall"):
        explain("b2x")
