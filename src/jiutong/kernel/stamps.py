"""Facts may be reused until their stamp changes.

Catalog and price rows are kept in a bounded in-process cache. Whoever changes a fact bumps its stamp in the same
transaction; whoever sells by cached facts verifies, in the selling transaction and in one statement, that the stamps of
all it was told are still in force. A stale fact is never sold, and one busy price list empties no cache.
"""

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from typing import Generic, TypeVar

from jiutong.kernel.db import Tx

Fact = TypeVar("Fact")


class Facts(Generic[Fact]):
    """A bounded least-recently-used cache of facts of one kind, each with the stamp (of `topic`) it was read under.

    Whoever is told a fact believes its stamp until the end of the transaction, whatever becomes of the cache meanwhile.
    """

    def __init__(self, topic: str, rows_max: int) -> None:
        self._topic = topic
        self._rows_max = rows_max
        self._rows: OrderedDict[tuple[int, int], tuple[int, Fact]] = OrderedDict()

    def known(self, tx: Tx, keys: Iterable[int]) -> tuple[dict[int, Fact], list[int]]:
        """The cached facts among `keys`, and the keys that must be loaded."""
        found: dict[int, Fact] = {}
        missing: list[int] = []
        rows = self._rows
        for key in keys:
            row = rows.get((tx.tenant_id, key))
            if row is None:
                missing.append(key)
            else:
                found[key] = row[1]
                rows.move_to_end((tx.tenant_id, key))
                _believe(tx, self._topic, key, row[0])
        return found, missing

    def stamps(self, tenant_id: int, keys: Iterable[int]) -> dict[int, int]:
        """The stamps under which the cached facts were read."""
        rows = self._rows
        return {key: row[0] for key in keys if (row := rows.get((tenant_id, key)))}

    def keep(self, tx: Tx, facts: Mapping[int, tuple[int, Fact]]) -> None:
        """Remember loaded facts; those not asked for the longest leave when the cache is full."""
        rows = self._rows
        for key, row in facts.items():
            rows[tx.tenant_id, key] = row
            rows.move_to_end((tx.tenant_id, key))
            _believe(tx, self._topic, key, row[0])
        while len(rows) > self._rows_max:
            rows.popitem(last=False)

    def forget(self, tenant_id: int, keys: Iterable[int]) -> None:
        """Drop facts whose stamp has changed."""
        for key in keys:
            self._rows.pop((tenant_id, key), None)


async def outdated(tx: Tx) -> dict[str, list[int]]:
    """Quote. What this transaction was told from memory and is no longer so: the keys by topic. It believes that no longer."""
    keys = list(tx.believes)
    rows = await tx.fetch(_OUTDATED, [topic for topic, _ in keys], [key for _, key in keys], [tx.believes[key] for key in keys])
    changed: dict[str, list[int]] = {}
    for row in rows:
        changed.setdefault(row["topic"], []).append(row["key"])
        del tx.believes[row["topic"], row["key"]]
    return changed


async def bump(tx: Tx, topic: str, keys: Sequence[int]) -> None:
    """Post. Declare the facts behind `keys` changed."""
    if keys:
        await tx.count(_BUMP, topic, sorted(set(keys)))


async def stale(tx: Tx, topic: str, stamps: Mapping[int, int]) -> list[int]:
    """Quote. The keys whose stamp is no longer the one given."""
    keys = list(stamps)
    return [row["key"] for row in await tx.fetch(_STALE, topic, keys, [stamps[key] for key in keys])]


async def read(tx: Tx, topic: str, keys: Sequence[int]) -> dict[int, int]:
    """Quote. The stamps in force; to be read before the facts themselves, so that a change between the two is noticed."""
    found = {row["key"]: row["revision"] for row in await tx.fetch(_READ, topic, list(keys))}
    return {key: found.get(key, 0) for key in keys}


def _believe(tx: Tx, topic: str, key: int, revision: int) -> None:
    """Of two facts under one stamp the older decides: if that still holds, so does the other."""
    believed = tx.believes.get((topic, key))
    if believed is None or revision < believed:
        tx.believes[topic, key] = revision


_BUMP = """
insert into kernel.stamp as s (tenant_id, topic, key, revision)
select t.tenant_id, $2, k.key, 1
  from kernel.tenant t, unnest($3::bigint[]) as k(key)
 where t.tenant_id = $1
    on conflict (tenant_id, topic, key) do update set revision = s.revision + 1
"""
_OUTDATED = """
select s.topic, s.key
  from unnest($2::text[], $3::bigint[], $4::bigint[]) as u(topic, key, revision)
  join kernel.stamp s on s.tenant_id = $1 and s.topic = u.topic and s.key = u.key
 where s.revision <> u.revision
"""
_STALE = """
select s.key
  from unnest($3::bigint[], $4::bigint[]) as u(key, revision)
  join kernel.stamp s on s.tenant_id = $1 and s.topic = $2 and s.key = u.key
 where s.revision <> u.revision
"""
_READ = """
select s.key, s.revision from kernel.stamp s where s.tenant_id = $1 and s.topic = $2 and s.key = any($3::bigint[])
"""
