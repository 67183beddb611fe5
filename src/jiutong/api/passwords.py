"""Passwords as requests carry them: bounded, and compared a few at a time."""

import asyncio
import secrets
from typing import Annotated

import msgspec

from jiutong.capabilities import access

# A password takes 64 MiB and a tenth of a second of a core to compare: two at a time leave room for everything else.
AT_ONCE = 2
_busy = asyncio.Semaphore(AT_ONCE)

Given = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Chosen = Annotated[str, msgspec.Meta(min_length=10, max_length=200)]


async def fits(credential: access.Credential | None, password: str) -> bool:
    """Whether it is the right one; nobody's takes as long to find wrong."""
    async with _busy:
        return await asyncio.to_thread(access.password_fits, credential.password_hash if credential else None, password)


async def hashed(password: str) -> str:
    """What is kept of it."""
    async with _busy:
        return await asyncio.to_thread(access.password_hash, password, secrets.token_bytes(16))
