"""A play is laid over every scene that can play it: what it changes, and what it may not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiutong.kernel import points
from jiutong.kernel.errors import Problem
from jiutong.kernel.points import Conflict, Play, Point, Scene, Step, lay_over, named, plays_in, resolve

LIMIT = Point("limit", "first", 1, "How many")
ALL = Point("all", "all_pass", lambda: True, "Whether all agree")


def a_step(name: str) -> Step:
    return Step(name, lambda basket, facts, found: found, (), name)


BASE = Scene("base", "Base", "基础", points=((LIMIT, 5),))
MALL = Scene("mall", "Mall", "商城", BASE, tuple(a_step(name) for name in ("offer", "price", "coupon", "pay")))


def names(play: Play) -> list[str]:
    return [one.name for one in lay_over(MALL, play).steps]


def test_steps_are_put_behind_and_in_place_of_named_ones_and_left_out() -> None:
    play = Play(
        "presale", "Presale", "预售", after=(("price", a_step("terms")),), instead=(("pay", a_step("deposit")),), without=("coupon", "gift")
    )
    assert names(play) == ["offer", "price", "terms", "deposit"]


def test_a_play_is_the_most_specific_layer() -> None:
    play = Play("presale", "Presale", "预售", points=((LIMIT, 9),))
    plan = lay_over(MALL, play)
    assert plan.ask(LIMIT) == 9
    assert (plan.scene, plan.play, plan.layers) == ("mall+presale", "presale", ("mall+presale", "mall", "base"))
    assert plan.origin["limit"] == "mall+presale > base"
    assert plan.version != resolve(MALL).version


def test_a_play_that_changes_one_step_in_two_ways_stops_the_start() -> None:
    twice = Play("p", "P", "P", instead=(("pay", a_step("a")), ("pay", a_step("b"))))
    gone = Play("p", "P", "P", after=(("pay", a_step("a")),), without=("pay",))
    again = Play("p", "P", "P", after=(("pay", a_step("offer")),))
    for play in (twice, gone, again):
        with pytest.raises(Conflict):
            lay_over(MALL, play)


def test_a_play_no_scene_can_play_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(points, "PLANS", {})
    with pytest.raises(Conflict, match="no scene has the steps that p changes"):
        points.install((MALL,), (Play("p", "P", "P", after=(("weigh", a_step("a")),)),))


def test_a_play_is_not_found_where_it_is_not_played(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(points, "PLANS", {})
    till = Scene("till", "Till", "收银", BASE, (a_step("offer"), a_step("price")))
    points.install((MALL, till), (Play("p", "P", "P", instead=(("pay", a_step("deposit")),)),))
    assert sorted(points.PLANS) == ["mall", "mall+p", "till"]
    assert points.plan_of("mall", "p").steps[-1].name == "deposit"
    assert points.plan_of("mall").play == ""
    with pytest.raises(Problem) as refusal:
        points.plan_of("till", "p")
    assert refusal.value.code == "scenes.not_played"
    with pytest.raises(Problem) as unknown:
        points.plan_of("shop", "p")
    assert unknown.value.code == "scenes.unknown"


STEPS = st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=8, unique=True)


@given(STEPS, st.lists(st.sampled_from("abcdefgh"), max_size=3, unique=True), st.lists(st.sampled_from("abcdefgh"), max_size=3))
def test_what_a_play_does_not_name_stays_in_its_order(have: list[str], without: list[str], after: list[str]) -> None:
    scene = Scene("s", "S", "S", BASE, tuple(a_step(name) for name in have))
    play = Play("p", "P", "P", after=tuple((name, a_step(f"{name}{i}")) for i, name in enumerate(after)), without=tuple(without))
    if not plays_in(play, resolve(scene)) or set(after) & set(without) or not set(have) - set(without):
        return
    steps = [one.name for one in lay_over(scene, play).steps]
    assert [name for name in steps if name in have] == [name for name in have if name not in without]
    assert [name for name in steps if name not in have] == [f"{at}{i}" for at in have for i, name in enumerate(after) if name == at]
    assert lay_over(scene, play).version == lay_over(scene, play).version
    assert named("s", "") == "s"
