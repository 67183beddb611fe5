"""The one secret of an installation: whatever must not be guessed is derived from it."""

import hashlib
import hmac
import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path

from jiutong.cli import private_folder


def secret_in(data_dir: Path) -> str:
    """The secret kept in the data folder, as 64 hex digits; made at the first call."""
    path = private_folder.made(data_dir) / "secret"
    if not path.exists():
        made, new = tempfile.mkstemp(dir=data_dir)
        with os.fdopen(made, "w") as file:
            file.write(secrets.token_hex(32))
        # Whole or not at all, and once: of two that start together, both take the first one's.
        with suppress(FileExistsError):
            os.link(new, path)
        Path(new).unlink()
    return path.read_text()


def derived(secret: str, purpose: str) -> str:
    """A secret for one purpose, that tells nothing of the others."""
    return hmac.new(bytes.fromhex(secret), purpose.encode(), hashlib.sha256).hexdigest()
