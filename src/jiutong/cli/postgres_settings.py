"""The settings the embedded PostgreSQL starts with, fitted to the machine it finds."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

MB = 1024 * 1024


def settings_for(cluster: Path) -> dict[str, str]:
    """Settings for one server that shares the machine with the application. Durability is never traded: fsync stays on."""
    memory_mb = memory_bytes() // MB
    free_disk_mb = shutil.disk_usage(cluster).free // MB
    return {
        "shared_buffers": f"{clamp(memory_mb // 8, 32, 2048)}MB",
        "effective_cache_size": f"{clamp(memory_mb // 2, 128, 65536)}MB",
        "maintenance_work_mem": f"{clamp(memory_mb // 32, 32, 512)}MB",
        "work_mem": "16MB",
        "max_connections": "100",
        "wal_buffers": "16MB",
        # Checkpoints are what makes latency jump: have few of them, as far as the disk can hold the log between two.
        "max_wal_size": f"{clamp(free_disk_mb // 10, 128, 8192)}MB",
        "min_wal_size": f"{clamp(free_disk_mb // 40, 80, 1024)}MB",
        "checkpoint_timeout": "15min",
        # The statements are short and prepared once; compiling them costs more than it saves.
        "jit": "off",
        "random_page_cost": "1.1",
        # A report must not take every core from the people who are ordering.
        "max_parallel_workers_per_gather": "0",
        "track_io_timing": "on",
        "log_checkpoints": "off",
        "log_line_prefix": "%m [%p] %u ",
        "log_timezone": "UTC",
        "timezone": "UTC",
    }


def as_file(settings: Mapping[str, str]) -> str:
    """The text of a PostgreSQL configuration file."""
    return "".join(f"{name} = '{value.replace(chr(39), chr(39) * 2)}'\n" for name, value in settings.items())


def memory_bytes() -> int:
    """The memory this process may use: the machine's, or less in a container."""
    machine = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    limit = Path("/sys/fs/cgroup/memory.max")
    allowed = limit.read_text().strip() if limit.exists() else "max"
    return min(machine, int(allowed)) if allowed.isdigit() else machine


def clamp(value: int, least: int, most: int) -> int:
    """`value`, kept between the two."""
    return max(least, min(value, most))
