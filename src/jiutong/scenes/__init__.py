"""Scenes: business identities composed from the same rooms. Installing them resolves their plans or stops the start."""

from importlib.metadata import entry_points

from jiutong.kernel import points
from jiutong.scenes.b2c import B2C
from jiutong.scenes.plays import PLAYS
from jiutong.scenes.store import STORE

SCENES = (B2C, STORE)


def install() -> None:
    """Resolve the house's scenes and plays, and those of installed plugins (entry point groups `jiutong.scenes`, `jiutong.plays`)."""
    scenes = (found.load() for found in entry_points(group="jiutong.scenes"))
    plays = (found.load() for found in entry_points(group="jiutong.plays"))
    points.install((*SCENES, *scenes), (*PLAYS, *plays))
