"""Where this checkout, its parts and its tools are."""

import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
BENCHMARKS = ROOT / "benchmarks"
MIGRATIONS = ROOT / "migrations"
DATA_DIR = ROOT / ".jiutong"


def tool(name: str) -> Path:
    """A command of the environment this runs in."""
    return Path(sys.prefix) / "bin" / name
