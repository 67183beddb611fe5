"""Scenes: what a business identity really does, once all its layers are laid over each other."""

from collections.abc import Sequence

import msgspec

from jiutong.api.call import Call
from jiutong.api.shell import get
from jiutong.kernel import points
from jiutong.kernel.errors import NOT_FOUND
from jiutong.kernel.points import Plan


class SceneView(msgspec.Struct, frozen=True):
    """An installed scene."""

    code: str
    title: str
    title_zh: str
    version: str
    """Changes whenever anything that shapes an order changes; every order names the one it was placed by."""
    layers: Sequence[str]
    """What it is laid over, most specific first."""


class StepView(msgspec.Struct, frozen=True):
    """A step of the pipeline: a named pure function over the basket, what it reads and where it was said."""

    position: int
    name: str
    why: str
    needs: Sequence[str]
    origin: str


class PointView(msgspec.Struct, frozen=True):
    """An extension point: the effective answer, and the layers that answered, most specific first."""

    name: str
    why: str
    policy: str
    answer: str
    default: str
    origin: Sequence[str]


class PlanView(SceneView, frozen=True):
    """The effective plan of a scene."""

    steps: Sequence[StepView]
    points: Sequence[PointView]


class Difference(msgspec.Struct, frozen=True):
    """Where two plans differ: a step by its position in each, a point by its answer; null where one has none."""

    kind: str
    name: str
    one: str | None
    other: str | None


class DiffView(msgspec.Struct, frozen=True):
    """Two effective plans side by side, and where they differ."""

    one: PlanView
    other: PlanView
    differences: Sequence[Difference]


@get("/v1/scenes", scope="access:read")
async def list_scenes(call: Call) -> Sequence[SceneView]:
    """The installed scenes, by code."""
    return [_scene(plan) for code, plan in sorted(points.PLANS.items()) if not plan.play]


@get("/v1/scenes/{code}", scope="access:read")
async def show_scene(call: Call, code: str) -> PlanView:
    """The effective plan of a scene: its steps in order, its answers to extension points, and where each was said.

    That of a play over a scene is `b2c.mall+presale`.
    """
    return _shown(_plan(code))


@get("/v1/scenes/{one}/diff/{other}", scope="access:read")
async def compare_scenes(call: Call, one: str, other: str) -> DiffView:
    """Where two scenes differ."""
    left, right = _plan(one), _plan(other)
    missing = {"-", repr("default")}
    differences = [
        Difference(kind, name, None if a in missing else a, None if b in missing else b) for kind, name, a, b in points.diff(left, right)
    ]
    return DiffView(_shown(left), _shown(right), differences)


def _plan(code: str) -> Plan:
    if code not in points.PLANS:
        raise NOT_FOUND(f"no scene {code} is installed", installed=sorted(points.PLANS))
    return points.PLANS[code]


def _scene(plan: Plan) -> SceneView:
    return SceneView(plan.scene, plan.title, plan.title_zh, plan.version, plan.layers)


def _shown(plan: Plan) -> PlanView:
    steps = [StepView(i, step.name, step.why, step.needs, plan.steps_from) for i, step in enumerate(plan.steps, 1)]
    answers = [
        PointView(
            name,
            plan.points[name].why,
            plan.points[name].reduce,
            points.shown(answer),
            points.shown(plan.points[name].default),
            plan.origin[name].split(" > "),
        )
        for name, answer in sorted(plan.answers.items())
    ]
    return PlanView(plan.scene, plan.title, plan.title_zh, plan.version, plan.layers, steps, answers)


ROUTES = [list_scenes, show_scene, compare_scenes]
