"""Finding processes by what they say of themselves."""

import subprocess
from contextlib import suppress
from pathlib import Path

PROC = Path("/proc/self/cmdline")


def marked(mark: str) -> list[int]:
    """The PostgreSQL processes that carry `mark` as their cluster name.

    The main process has it among its options, its children in their titles. Command lines are open to every user, unlike
    working folders, which root in a container may not look at.
    """
    option, title = f"--cluster_name={mark}", f"postgres: {mark}:"
    return [pid for pid, line in command_lines() if line.startswith(title) or option in line.split()]


def command_lines() -> list[tuple[int, str]]:
    """Every process that can be seen, with its command line. One that is dead but not buried has none."""
    if not PROC.exists():
        said = subprocess.run(["ps", "-A", "-o", "pid=,command="], capture_output=True, text=True, check=True).stdout
        return [(int(pid), line) for pid, line in (entry.split(None, 1) for entry in said.splitlines() if len(entry.split()) > 1)]
    found: list[tuple[int, str]] = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with suppress(OSError):
                found.append((int(folder.name), (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()))
    return found
