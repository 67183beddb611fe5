"""What a process has used: read from /proc, for a process and all its descendants."""

import os
from contextlib import suppress
from pathlib import Path

PROC = Path("/proc")
TICK_S = 1 / os.sysconf("SC_CLK_TCK")
MB = 1024 * 1024


def cpu_s(root: int) -> float:
    """Seconds of processor time used so far. Descendants that have ended by then are not counted."""
    return sum(_ticks(pid) for pid in family(root)) * TICK_S


def machine_cpu_s() -> float:
    """Seconds of processor time used on this machine so far, by whomever."""
    user, nice, system, _, _, irq, softirq, *_ = map(int, (PROC / "stat").read_text().split()[1:9])
    return (user + nice + system + irq + softirq) * TICK_S


def rss_mb(root: int) -> float:
    """Resident memory now, in MB. What a family shares is counted for each of its members."""
    pages = 0
    for pid in family(root):
        with suppress(FileNotFoundError, ProcessLookupError):  # it has ended meanwhile
            pages += int((PROC / str(pid) / "statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / MB


def family(root: int) -> list[int]:
    """A process and its descendants."""
    children: dict[int, list[int]] = {}
    for folder in PROC.iterdir():
        if folder.name.isdigit() and (fields := _fields(int(folder.name))):
            children.setdefault(int(fields[1]), []).append(int(folder.name))
    members = [root]
    for member in members:
        members += children.get(member, [])
    return members


def parent(pid: int) -> int:
    """The process that started it."""
    return int(_fields(pid)[1])


def _ticks(pid: int) -> int:
    fields = _fields(pid)
    return int(fields[11]) + int(fields[12]) if fields else 0


def _fields(pid: int) -> list[str]:
    """The fields of `stat` after the name, which may hold anything; none if the process has ended meanwhile."""
    try:
        return (PROC / str(pid) / "stat").read_text().rpartition(") ")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []
