"""Where this checkout and its parts are."""

from pathlib import Path

ROOT = Path(__file__).parents[3]
BENCHMARKS = ROOT / "benchmarks"
MIGRATIONS = ROOT / "migrations"
DATA_DIR = ROOT / ".jiutong"
