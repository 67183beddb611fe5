"""Scenes composed from steps and extension points: data, resolved once at start into frozen plans.

A scene overlays another (play > scene > industry > base). Its plan is the ordered steps and, per extension point, the
answers of all layers reduced by the point's declared policy. A play (presale, group buy) is laid over every scene that has
the steps it changes. Whatever cannot be resolved stops the start, not a customer.
"""

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from jiutong.kernel.errors import ProblemType

UNKNOWN_SCENE = ProblemType("scenes.unknown", 422, "No scene of that code is installed", "没有安装该场景")
NOT_PLAYED = ProblemType("scenes.not_played", 422, "This is not sold that way here", "该渠道不支持此玩法")


class Conflict(Exception):
    """The scenes as declared contradict each other; the message says where."""


class Step(msgspec.Struct, frozen=True):
    """A named pure function (basket, facts, so far) -> findings, and the kinds of facts it reads."""

    name: str
    run: Callable[[Any, Any, Any], Any]
    needs: tuple[str, ...]
    why: str


class Point(msgspec.Struct, frozen=True):
    """An extension point: its default answer and how the answers of several layers become one.

    `first`: the most specific layer answers. `all_pass`, `collect`, `sum`: every layer's function is asked and the answers
    are and-ed, listed, added. `chain`: each layer transforms what the layer below it gave.
    """

    name: str
    reduce: str
    default: Any
    why: str


class Scene(msgspec.Struct, frozen=True):
    """A business identity as declared: what it is based on, its steps (None: as below), and its answers to points."""

    code: str
    title: str
    title_zh: str
    based_on: "Scene | None" = None
    steps: tuple[Step, ...] | None = None
    points: tuple[tuple[Point, Any], ...] = ()


class Play(msgspec.Struct, frozen=True):
    """A way of selling that is laid over scenes: steps put behind or in place of named ones, steps left out, answers to points.

    It is played wherever a scene has all the steps that `after` and `instead` name; `without` leaves out what is there.
    """

    code: str
    title: str
    title_zh: str
    after: tuple[tuple[str, Step], ...] = ()
    instead: tuple[tuple[str, Step], ...] = ()
    without: tuple[str, ...] = ()
    points: tuple[tuple[Point, Any], ...] = ()


class Plan(msgspec.Struct, frozen=True):
    """A scene resolved. `version` changes whenever anything that shapes an order changes; orders pin it."""

    scene: str
    version: str
    steps: tuple[Step, ...]
    needs: frozenset[str]
    answers: Mapping[str, Any]
    origin: Mapping[str, str]
    title: str
    title_zh: str
    layers: tuple[str, ...]
    steps_from: str
    points: Mapping[str, Point]
    play: str = ""

    def ask(self, point: Point) -> Any:
        """The resolved answer to an extension point."""
        return self.answers.get(point.name, point.default)

    def fold(self, basket: Any, facts: Any, nothing: Any) -> Any:
        """Run the steps in order; each sees what the earlier ones found."""
        found = nothing
        for step in self.steps:
            found = found.and_also(step.run(basket, facts, found))
        return found


def step(*needs: str) -> Callable[[Callable[[Any, Any, Any], Any]], Step]:
    """Declare a step and the facts it needs; its name and reason are the function's own."""

    def declare(run: Callable[[Any, Any, Any], Any]) -> Step:
        return Step(run.__name__, run, needs, (run.__doc__ or "").strip().partition("\n")[0])

    return declare


PLANS: dict[str, Plan] = {}


def install(scenes: tuple[Scene, ...], plays: tuple[Play, ...] = ()) -> Mapping[str, Plan]:
    """Resolve and freeze all scenes, and every play over those that can play it; raise Conflict if any cannot be resolved."""
    seen: set[str] = set()
    for declared in (*scenes, *plays):
        if declared.code in seen:
            raise Conflict(f"two scenes are called {declared.code}")
        seen.add(declared.code)
    resolved = {scene.code: resolve(scene) for scene in scenes}
    for play in plays:
        played = {named(scene.code, play.code): lay_over(scene, play) for scene in scenes if plays_in(play, resolved[scene.code])}
        if not played:
            raise Conflict(f"no scene has the steps that {play.code} changes")
        resolved |= played
    PLANS.update(resolved)
    return PLANS


def named(scene_code: str, play_code: str) -> str:
    """What the plan of a scene, or of a play over it, is called."""
    return f"{scene_code}+{play_code}" if play_code else scene_code


def plan_of(scene_code: str, play_code: str = "") -> Plan:
    """The frozen plan of a scene, or of a play over it."""
    plan = PLANS.get(named(scene_code, play_code))
    if plan is not None:
        return plan
    if scene_code in PLANS:
        raise NOT_PLAYED(f"{play_code} is not played in {scene_code}", pointer="/play")
    raise UNKNOWN_SCENE(f"{scene_code} is not installed", installed=sorted(PLANS))


def plays_in(play: Play, plan: Plan) -> bool:
    """Whether a scene has the steps that a play puts its own behind, or in place of."""
    return {name for name, _ in (*play.after, *play.instead)} <= {s.name for s in plan.steps}


def lay_over(scene: Scene, play: Play) -> Plan:
    """The plan of a play over a scene: the scene's steps with the play's changes, and one more layer of answers."""
    after: dict[str, list[Step]] = {}
    for name, its in play.after:
        after.setdefault(name, []).append(its)
    instead = dict(play.instead)
    if len(instead) != len(play.instead) or set(play.without) & (instead.keys() | after.keys()):
        raise Conflict(f"{play.code} changes one step in two ways")
    steps: list[Step] = []
    for was in resolve(scene).steps:
        if was.name not in play.without:
            steps += (instead.get(was.name, was), *after.get(was.name, ()))
    over = Scene(named(scene.code, play.code), play.title, play.title_zh, scene, tuple(steps), play.points)
    return msgspec.structs.replace(resolve(over), play=play.code)


def resolve(scene: Scene) -> Plan:
    """Overlay the layers of a scene, most specific first."""
    layers = _layers(scene)
    giver = next((layer for layer in layers if layer.steps is not None), scene)
    steps = giver.steps
    if not steps:
        raise Conflict(f"{scene.code} has no steps")
    names = [s.name for s in steps]
    if len(set(names)) != len(names):
        raise Conflict(f"{scene.code} runs a step twice: {', '.join(names)}")
    answers: dict[str, Any] = {}
    origin: dict[str, str] = {}
    given: dict[str, list[tuple[str, Point, Any]]] = {}
    for layer in layers:
        of_layer = [point.name for point, _ in layer.points]
        if len(set(of_layer)) != len(of_layer):
            raise Conflict(f"{layer.code} answers a point twice")
        for point, answer in layer.points:
            given.setdefault(point.name, []).append((layer.code, point, answer))
    for name, answered in given.items():
        if len({point.reduce for _, point, _ in answered}) > 1:
            raise Conflict(f"point {name} is declared with two policies")
        answers[name] = _reduce(answered[0][1], [answer for _, _, answer in answered])
        origin[name] = " > ".join(code for code, _, _ in answered)
    needs = frozenset(need for s in steps for need in s.needs)
    return Plan(
        scene.code,
        _version(scene.code, names, answers),
        steps,
        needs,
        answers,
        origin,
        scene.title,
        scene.title_zh,
        tuple(layer.code for layer in layers),
        giver.code,
        {name: answered[0][1] for name, answered in given.items()},
    )


def explain(plan: Plan) -> list[tuple[str, str, str]]:
    """The effective plan as rows (kind, name, why or value)."""
    rows = [("step", s.name, s.why) for s in plan.steps]
    return rows + [("point", name, f"{shown(answer)}  (from {plan.origin[name]})") for name, answer in sorted(plan.answers.items())]


def diff(one: Plan, other: Plan) -> list[tuple[str, str, str, str]]:
    """Where two plans differ: (kind, name, in the one, in the other)."""
    rows: list[tuple[str, str, str, str]] = []
    ones, others = [s.name for s in one.steps], [s.name for s in other.steps]
    moved = {a for a, b in zip((s for s in ones if s in others), (s for s in others if s in ones), strict=True) if a != b}
    for name in dict.fromkeys((*ones, *others)):
        if name in moved or name not in ones or name not in others:
            left, right = (str(steps.index(name) + 1) if name in steps else "-" for steps in (ones, others))
            rows.append(("step", name, left, right))
    for name in sorted({*one.answers, *other.answers}):
        left, right = shown(one.answers.get(name, "default")), shown(other.answers.get(name, "default"))
        if left != right:
            rows.append(("point", name, left, right))
    return rows


def _layers(scene: Scene) -> list[Scene]:
    layers = [scene]
    while (below := layers[-1].based_on) is not None:
        if below in layers:
            raise Conflict(f"{scene.code} is based on itself")
        layers.append(below)
    return layers


def _reduce(point: Point, answers: list[Any]) -> Any:
    """One answer from those of all layers, the most specific first."""

    def asked(*args: Any) -> list[Any]:
        return [answer(*args) for answer in answers]

    def all_pass(*args: Any) -> bool:
        return all(asked(*args))

    def added(*args: Any) -> Any:
        return sum(asked(*args))

    def chained(value: Any) -> Any:
        for answer in reversed(answers):
            value = answer(value)
        return value

    policies = {"first": answers[0], "all_pass": all_pass, "collect": asked, "sum": added, "chain": chained}
    if point.reduce not in policies:
        raise Conflict(f"point {point.name} has an unknown policy {point.reduce}")
    return policies[point.reduce]


def _version(scene: str, steps: list[str], answers: Mapping[str, Any]) -> str:
    text = "\n".join([scene, *steps, *(f"{name}={shown(answers[name])}" for name in sorted(answers))])
    return f"{scene}@{hashlib.blake2b(text.encode(), digest_size=4).hexdigest()}"


def shown(answer: Any) -> str:
    """An answer as a person reads it."""
    return getattr(answer, "__name__", None) or repr(answer)
