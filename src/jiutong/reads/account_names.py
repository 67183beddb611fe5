"""Account codes as people read them: `revenue:3145729:3146201:20170124` is the revenue of a seller, at a store, of a day."""

from collections.abc import Iterable
from urllib.parse import unquote

import msgspec

from jiutong import ledger
from jiutong.kernel.db import Tx

NAMED = {
    "seller": "seller",
    "owner": "seller",
    "place": "place",
    "store": "place",
    "device": "device",
    "location": "location",
    "sku": "sku",
}
"""By key of an account's code, whose id it is. Other keys (day, method, rule, funder) say themselves what they are."""


class Part(msgspec.Struct, frozen=True):
    """One key of an account's code: as it stands there, and the code and name of what it means."""

    key: str
    value: str
    code: str
    name: str


class AccountName(msgspec.Struct, frozen=True):
    """An account for people. `measure` is what it counts: a currency (in minor units), or a SKU's base unit."""

    code: str
    kind: str
    unit: str
    measure: str
    parts: tuple[Part, ...]


def keys_of(code: str) -> list[tuple[str, str]]:
    """What an account's code is made of: (key, value) in order. A kind the book does not declare has numbered keys."""
    kind, *values = code.split(":")
    known = ledger.ACCOUNT_KINDS.get(kind)
    names = known.keys if known is not None and len(known.keys) == len(values) else tuple(str(i) for i in range(1, len(values) + 1))
    return [(name, unquote(value)) for name, value in zip(names, values, strict=True)]


async def names(tx: Tx, accounts: Iterable[tuple[str, str]]) -> dict[str, AccountName]:
    """The names of accounts given as (code, unit), by code."""
    units = dict(accounts)
    keys = {code: keys_of(code) for code in units}
    wanted = {int(value) for parts in keys.values() for key, value in parts if key in NAMED and _is_id(value)}
    found = {(row["what"], str(row["id"])): row for row in await tx.fetch(_NAMES, sorted(wanted))} if wanted else {}
    told: dict[str, AccountName] = {}
    for code, parts in keys.items():
        measure = units[code]
        named: list[Part] = []
        for key, value in parts:
            row = found.get((NAMED.get(key, ""), value))
            named.append(Part(key, value, value, value) if row is None else Part(key, value, row["code"], row["name"]))
            if row is not None and key == "sku":
                measure = row["base_unit"]
        told[code] = AccountName(code, code.partition(":")[0], units[code], measure, tuple(named))
    return told


def _is_id(value: str) -> bool:
    return value.isascii() and value.isdecimal() and len(value) < 19


_NAMES = """
select 'seller' as what, s.seller_id as id, s.code, s.name, '' as base_unit
  from access.seller s where s.tenant_id = $1 and s.seller_id = any($2::bigint[])
union all
select 'place', s.store_id, s.code, s.name, '' from access.store s where s.tenant_id = $1 and s.store_id = any($2::bigint[])
union all
select 'place', c.channel_id, c.code, c.name, '' from access.channel c where c.tenant_id = $1 and c.channel_id = any($2::bigint[])
union all
select 'device', d.device_id, s.code || '/' || d.code, s.name || ' ' || d.code, ''
  from access.device d join access.store s on s.tenant_id = d.tenant_id and s.store_id = d.store_id
 where d.tenant_id = $1 and d.device_id = any($2::bigint[])
union all
select 'location', l.location_id, l.code, l.name, ''
  from inventory.location l where l.tenant_id = $1 and l.location_id = any($2::bigint[])
union all
select 'sku', k.sku_id, k.code, k.title, k.base_unit from catalog.sku k where k.tenant_id = $1 and k.sku_id = any($2::bigint[])
"""
