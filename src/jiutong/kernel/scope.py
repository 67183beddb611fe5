"""Who asks, on whose behalf, and with what rights."""

import msgspec

from jiutong.kernel.errors import FORBIDDEN


class Scope(msgspec.Struct, frozen=True):
    """The caller of a command. `actor` reads `app:12`, `staff:3`, `member:9` or `system:expiry`; grants are like `order:place`."""

    tenant_id: int
    actor: str
    grants: frozenset[str]
    request_id: str = ""

    def holds(self, grant: str) -> bool:
        """Whether this caller has `grant`, or the room's `room:*`, or `*`."""
        grants = self.grants
        return grant in grants or "*" in grants or f"{grant.partition(':')[0]}:*" in grants

    def require(self, grant: str) -> None:
        """Raise 403 unless this caller holds `grant`."""
        if not self.holds(grant):
            raise FORBIDDEN(f"this needs the scope {grant}", needs=grant)


def system(tenant_id: int, name: str) -> Scope:
    """The house acting by itself, e.g. the expiry sweep."""
    return Scope(tenant_id, f"system:{name}", frozenset({"*"}))
