"""The one secret of an installation: whatever must not be guessed is derived from it."""

import hashlib
import hmac
import os
import secrets
from contextlib import suppress
from pathlib import Path

from jiutong.cli import private_folder


def secret_in(data_dir: Path) -> str:
    """The secret kept in the data folder, as 64 hex digits; made at the first call."""
    path = private_folder.made(data_dir) / "secret"
    with suppress(FileExistsError), os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secrets.token_hex(32))
    return path.read_text().strip()


def derived(secret: str, purpose: str) -> str:
    """A secret for one purpose, that tells nothing of the others."""
    return hmac.new(bytes.fromhex(secret), purpose.encode(), hashlib.sha256).hexdigest()
