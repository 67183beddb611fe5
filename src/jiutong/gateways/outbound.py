"""The one way out: no call while a transaction is open, no redirect followed, nobody waited for longer than a few seconds."""

from collections.abc import Mapping

import httpx2
import structlog

from jiutong.kernel.db import IN_TRANSACTION

log = structlog.get_logger()
TIMEOUT_S = 10


class Undelivered(Exception):
    """It did not arrive, or was not understood; the job is tried again."""


class Outbound:
    """An HTTP client. `transport` is for tests: it answers instead of the network."""

    def __init__(self, transport: httpx2.AsyncBaseTransport | None = None) -> None:
        self._client = httpx2.AsyncClient(transport=transport, timeout=TIMEOUT_S, follow_redirects=False, trust_env=False)

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        """Send a JSON body; the status it was answered with. Raises Undelivered when nobody answered, or with a fault of theirs."""
        if IN_TRANSACTION.get():
            raise RuntimeError(f"a call to {url} while a transaction is open would keep its locks waiting for a stranger")
        try:
            answer = await self._client.post(url, content=body, headers={"content-type": "application/json", **headers})
        except httpx2.HTTPError as lost:
            raise Undelivered(f"{url}: {lost!r}") from lost
        if answer.status_code >= 500 or answer.status_code == 429:
            raise Undelivered(f"{url}: {answer.status_code}")
        if answer.status_code >= 300:
            log.info("outbound.refused", url=url, status=answer.status_code)
        return answer.status_code

    async def close(self) -> None:
        """Let go of the connections."""
        await self._client.aclose()
