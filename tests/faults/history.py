"""What clients were told, beside what is there: read by plain SQL, by somebody who knows nothing of the application.

Every attempt has a tag, which is the name in the contact of the order it places. Told "ok", the order is there once, with that total;
told "refused", it is not there; told nothing certain, it is there once or not at all. Whatever is there was asked for.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

import asyncpg

Told = Literal["ok", "refused", "unknown"]


@dataclass
class History:
    """Attempts by tag: what their client was told last, and the total if it was told one."""

    told: dict[str, tuple[Told, int]] = field(default_factory=dict)

    def note(self, tag: str, told: Told, total: int = 0) -> None:
        """A client was told something of its attempt."""
        self.told[tag] = told, total

    def count(self) -> Counter[Told]:
        """How often each was told."""
        return Counter(told for told, _ in self.told.values())

    def among(self, told: Told) -> list[str]:
        """The tags of those who were told this."""
        return [tag for tag, (was, _) in self.told.items() if was == told]


async def contradictions(admin_url: str, tenant_id: int, history: History) -> list[str]:
    """Where the database says something else than the clients were told, or than itself; empty when all is well."""
    conn = await asyncpg.connect(admin_url)
    try:
        there: dict[str, list[int]] = {}
        for row in await conn.fetch(_ORDERS, tenant_id):
            there.setdefault(row["tag"], []).append(row["total"])
        halves = [tuple(row) for row in await conn.fetch(_HALVES, tenant_id)]
    finally:
        await conn.close()
    found = [f"half an order: {half}" for half in halves]
    found += [f"{tag} is there, and nobody asked for it" for tag in there if tag not in history.told]
    for tag, (told, total) in history.told.items():
        totals = there.get(tag, [])
        if told == "ok" and totals != [total]:
            found.append(f"{tag} was told ok, {total}: there is {totals}")
        elif told == "refused" and totals:
            found.append(f"{tag} was refused: there is {totals}")
        elif len(totals) > 1:
            found.append(f"{tag} is there {len(totals)} times")
    return found


_ORDERS = "select contact->>'name' as tag, total from orders.placed where tenant_id = $1 and device_id is null"
_HALVES = """
select o.order_id, o.units, l.units as lines, h.units as held, e.events, p.payable
  from orders.placed o
  left join (select order_id, sum(quantity) as units from orders.line where tenant_id = $1 group by 1) l using (order_id)
  left join (select group_id as order_id, sum(amount) as units from ledger.hold where tenant_id = $1 group by 1) h using (order_id)
  left join (select subject_id as order_id, count(*) as events from kernel.event where tenant_id = $1 group by 1) e using (order_id)
  left join (select order_id, sum(amount) as payable from orders.payable where tenant_id = $1 group by 1) p using (order_id)
 where o.tenant_id = $1 and o.device_id is null
   and (o.units, o.units, 1, o.total) is distinct from (l.units, h.units, e.events, p.payable)
union all
select a.account_id, a.held, sum(h.amount), null, null, null
  from ledger.account a
  left join ledger.hold h on h.tenant_id = $1 and h.account_id = a.account_id
 where a.tenant_id = $1
 group by a.account_id, a.held
having a.held <> coalesce(sum(h.amount), 0)
"""
