"""The `jiutong` command."""

import sys


def main() -> None:
    """Run it."""
    sys.stdout.write("jiutong: the commands are being built\n")
