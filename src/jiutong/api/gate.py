"""Who asks: from a bearer token to a scope, remembered for a moment so that a hot request asks the database nothing."""

import asyncio
from collections import OrderedDict

from jiutong.capabilities import access
from jiutong.kernel.clock import Clock
from jiutong.kernel.db import Database
from jiutong.kernel.errors import UNAUTHENTICATED, Problem

REMEMBERED_S = 10
TOKENS_MAX = 10_000


class Gate:
    """Knows the tokens of the last ten seconds. A revoked key or an ended session is refused ten seconds later at the latest."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock
        self._known: OrderedDict[bytes, tuple[float, asyncio.Task[access.Principal]]] = OrderedDict()
        self._used: dict[int, set[access.Token]] = {}

    async def principal(self, authorization: bytes | None) -> access.Principal:
        """Whose token this is; 401 without one that is in force. Who asks while another asks the same waits for that answer."""
        if authorization is None:
            raise UNAUTHENTICATED("send a token: Authorization: Bearer …")
        now = asyncio.get_running_loop().time()
        known = self._known.get(authorization)
        if known is None or known[0] < now:
            token = access.read_token(authorization)
            known = now + REMEMBERED_S, asyncio.create_task(self._look_up(token))
            self._known[authorization] = known
            self._known.move_to_end(authorization)
            if len(self._known) > TOKENS_MAX:
                self._known.popitem(last=False)
        asked = known[1]
        if not asked.done():
            await asyncio.wait([asked])  # leaves the question standing for the others if this request is given up
        if asked.exception() is not None:
            self._known.pop(authorization, None)
        return asked.result()

    def forget(self, authorization: bytes) -> None:
        """Ask anew next time: the session was ended here."""
        self._known.pop(authorization, None)

    def used(self, tenant_id: int) -> access.Seen | None:
        """The tokens of a tenant used since this was asked the last time, if any."""
        tokens = self._used.pop(tenant_id, None)
        if tokens is None:
            return None
        keys, sessions = (tuple(sorted(one.hash for one in tokens if one.kind == kind)) for kind in ("app", "staff"))
        return access.Seen(keys, sessions)

    async def _look_up(self, token: access.Token) -> access.Principal:
        async with self._db.reading(token.tenant_id, self._clock.now()) as tx:
            (found,) = await access.principals(tx, [token])
        if isinstance(found, Problem):
            raise found
        self._used.setdefault(token.tenant_id, set()).add(token)
        return found
