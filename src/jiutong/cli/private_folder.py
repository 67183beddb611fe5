"""The folder an installation keeps what is its own in."""

import os
from pathlib import Path


def made(folder: Path) -> Path:
    """The folder, there. Closed to others; where root starts jiutong, the database's user may pass through but not look around."""
    if not folder.exists():
        folder.mkdir(parents=True)
        folder.chmod(0o711 if os.geteuid() == 0 else 0o700)
    return folder
