"""What a storefront shows, in every order people want to see it: best sold, cheapest, newest, by title; by category, brand or word.

The order of a whole channel is computed in one statement and kept for some minutes as flat arrays, a few bytes a product. What is
told of each product - price, stock, whether it is still offered - is looked up when it is shown (products.details): the shelf may be
minutes old, a price never is.
"""

import asyncio
from array import array
from collections import OrderedDict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal, TypeAlias

import msgspec

from jiutong.kernel.clock import Clock
from jiutong.kernel.db import Database, Tx
from jiutong.reads import product_lists

Sort: TypeAlias = Literal["best", "title", "price", "price_desc", "new"]

KEPT_FOR = timedelta(minutes=5)
SHELVES_MAX = 64
ROWS_MAX = 256
FOUND_MAX = 1_000
"""Most products a search looks at: the best matches."""

RECENT_ORDERS = 20_000
"""The latest orders, on any channel, that say what sells best."""

SORTS: tuple[Sort, ...] = ("best", "title", "price", "price_desc", "new")


class Ask(msgspec.Struct, frozen=True):
    """What somebody wants to see."""

    category: str | None = None
    brand: str | None = None
    q: str | None = None
    in_stock: bool = False
    sort: Sort = "best"


class Facet(msgspec.Struct, frozen=True):
    """So many of the products shown are in this category, or of this brand."""

    code: str
    name: str
    count: int


class Category(msgspec.Struct, frozen=True):
    """A category that has something to show, with how much there is in it and below it."""

    code: str
    name: str
    parent: str | None
    count: int


class Row(msgspec.Struct, frozen=True):
    """The products that fit, in order, and what they could be narrowed to. `more`: a search that found more than it looks at."""

    products: "array[int]"
    categories: tuple[Facet, ...]
    brands: tuple[Facet, ...]
    more: bool = False


class Shelf:
    """One channel's products as flat arrays, in the order of their titles."""

    __slots__ = ("brand_ids", "brands", "by", "categories", "category_ids", "children", "free", "kept_until", "places", "products", "rows")

    def __init__(self, found: Mapping[str, Any], categories: Sequence[Any], brands: Sequence[Any], kept_until: datetime) -> None:
        self.products = array("q", found["products"] or ())
        self.category_ids = array("q", found["categories"] or ())
        self.brand_ids = array("q", found["brands"] or ())
        self.free = bytes(found["free"] or ())
        sold, price = found["sold"] or (), found["price"] or ()
        places = range(len(self.products))
        self.places = {id_: place for place, id_ in enumerate(self.products)}
        self.by: dict[Sort, array[int]] = {
            "title": array("l", places),
            "best": array("l", sorted(places, key=lambda i: (-self.free[i], -sold[i]))),
            "price": array("l", sorted(places, key=lambda i: price[i])),
            "price_desc": array("l", sorted(places, key=lambda i: -price[i])),
            "new": array("l", sorted(places, key=lambda i: -self.products[i])),
        }
        self.categories: dict[int, tuple[str, str, int | None]] = {
            row["category_id"]: (row["code"], row["name"], row["parent_id"]) for row in categories
        }
        self.brands: dict[int, tuple[str, str]] = {row["brand_id"]: (row["code"], row["name"]) for row in brands}
        self.children: dict[int, list[int]] = {}
        for id_, (_, _, parent) in self.categories.items():
            if parent is not None:
                self.children.setdefault(parent, []).append(id_)
        self.rows: OrderedDict[Ask, Row] = OrderedDict()
        self.kept_until = kept_until

    def under(self, code: str) -> set[int]:
        """A category and everything below it; empty for one nobody knows."""
        found = {id_ for id_, (known, _, _) in self.categories.items() if known == code}
        ring = list(found)
        while ring:
            ring = [child for id_ in ring for child in self.children.get(id_, ()) if child not in found]
            found.update(ring)
        return found

    def tree(self) -> list[Category]:
        """The categories that have something to show, those with most first."""
        counts: dict[int, int] = {}
        for id_ in self.category_ids:
            counts[id_] = counts.get(id_, 0) + 1
        sums: dict[int, int] = {}
        for id_, count in counts.items():
            at: int | None = id_
            seen: set[int] = set()
            while at is not None and at in self.categories and at not in seen:
                seen.add(at)
                sums[at] = sums.get(at, 0) + count
                at = self.categories[at][2]
        told = [
            Category(code, name, None if parent is None else self.categories[parent][0], sums[id_])
            for id_, (code, name, parent) in self.categories.items()
            if id_ in sums
        ]
        return sorted(told, key=lambda one: (-one.count, one.name))

    def row(self, ask: Ask, found: Sequence[int] | None, more: bool) -> Row:
        """The products that fit; `found` are those a search yields, the best match first."""
        if found is not None and ask.sort == "best":
            order = sorted((self.places[id_] for id_ in found if id_ in self.places), key=lambda i: -self.free[i])
        elif found is not None:
            wanted = {self.places[id_] for id_ in found if id_ in self.places}
            order = [i for i in self.by[ask.sort] if i in wanted]
        else:
            order = self.by[ask.sort]
        if ask.in_stock:
            order = [i for i in order if self.free[i]]
        under = None if ask.category is None else self.under(ask.category)
        brand = None if ask.brand is None else next((id_ for id_, (code, _) in self.brands.items() if code == ask.brand), -1)
        in_category = order if under is None else [i for i in order if self.category_ids[i] in under]
        of_brand = order if brand is None else [i for i in order if self.brand_ids[i] == brand]
        both = in_category if brand is None else [i for i in in_category if self.brand_ids[i] == brand]
        # A facet counts what choosing it instead would show.
        return Row(
            array("q", (self.products[i] for i in both)),
            self._facets((self.category_ids[i] for i in of_brand), self.categories),
            self._facets((self.brand_ids[i] for i in in_category), self.brands),
            more,
        )

    def _facets(self, ids: Any, names: Mapping[int, tuple[Any, ...]]) -> tuple[Facet, ...]:
        counts: dict[int, int] = {}
        for id_ in ids:
            counts[id_] = counts.get(id_, 0) + 1
        facets = [Facet(names[id_][0], names[id_][1], count) for id_, count in counts.items() if id_ in names]
        return tuple(sorted(facets, key=lambda one: (-one.count, one.name)))


class Shelves:
    """The shelves of this process. Who comes while one is being filled anew is shown the old one."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock
        self._kept: OrderedDict[tuple[int, int], Shelf] = OrderedDict()
        self._filling: dict[tuple[int, int], asyncio.Task[Shelf]] = {}

    async def shelf(self, tenant_id: int, channel_id: int) -> Shelf:
        """The shelf of a channel, some minutes old at most - or older, to whoever comes first after that."""
        name = tenant_id, channel_id
        kept = self._kept.get(name)
        if kept is not None and kept.kept_until > self._clock.now():
            return kept
        filling = self._filling.get(name)
        if filling is None:
            filling = self._filling[name] = asyncio.create_task(self._fill(tenant_id, channel_id))
            filling.add_done_callback(lambda _: self._filling.pop(name, None))
        return kept if kept is not None and kept.kept_until + KEPT_FOR > self._clock.now() else await asyncio.shield(filling)

    async def _fill(self, tenant_id: int, channel_id: int) -> Shelf:
        now = self._clock.now()
        async with self._db.reading(tenant_id, now) as tx:
            (found,) = await tx.fetch(_SHELF, channel_id, now, RECENT_ORDERS)
            categories = await tx.fetch(_CATEGORIES)
            brands = await tx.fetch(_BRANDS, list(set(found["brands"] or ())))
        shelf = await asyncio.to_thread(Shelf, dict(found), categories, brands, now + KEPT_FOR)
        self._kept[tenant_id, channel_id] = shelf
        self._kept.move_to_end((tenant_id, channel_id))
        if len(self._kept) > SHELVES_MAX:
            self._kept.popitem(last=False)
        return shelf


def shelves(db: Database, clock: Clock) -> Shelves:
    """The shelves of this process."""
    return (
        db.memory.setdefault("reads.shelves", None)
        or db.memory.__setitem__("reads.shelves", Shelves(db, clock))
        or db.memory["reads.shelves"]
    )


async def asked(tx: Tx, shelf: Shelf, ask: Ask, channel: str) -> Row:
    """The products of a channel that fit what somebody wants to see, in order."""
    kept = shelf.rows.get(ask)
    if kept is None:
        found = None if ask.q is None else await _found(tx, ask.q, channel)
        more = found is not None and len(found) > FOUND_MAX
        kept = shelf.rows[ask] = shelf.row(ask, None if found is None else found[:FOUND_MAX], more)
        if len(shelf.rows) > ROWS_MAX:
            shelf.rows.popitem(last=False)
    return kept


async def codes(tx: Tx, product_ids: Collection[int]) -> dict[int, str]:
    """The codes of products that can be seen."""
    return {row["product_id"]: row["code"] for row in await tx.fetch(_CODES, list(product_ids))}


async def _found(tx: Tx, q: str, channel: str) -> list[int]:
    wanted = product_lists.Wanted("match", status="published", channel=channel, q=q)
    return list(dict.fromkeys(row["product_id"] for row in await product_lists.heads(tx, wanted, FOUND_MAX + 1)))


_SHELF = """
-- A product stands here when one of its SKUs is offered all over the channel now and has a price there. Best sold: on most of the
-- latest receipts and orders of the house, wherever they were made.
with offered as (
     select s.product_id, l.sku_id, l.owner_id
       from catalog.listing l
       join catalog.sku s on s.tenant_id = $1 and s.sku_id = l.sku_id and s.status = 'active'
      where l.tenant_id = $1 and l.channel_id = $2 and l.store_id = 0 and l.status = 'listed' and l.valid_from <= $3 and l.valid_to > $3),
priced as materialized (
     select o.product_id, o.sku_id, o.owner_id,
            (array_agg(x.amount order by (p.kind = 'channel') desc, x.valid_from desc, x.price_id desc))[1] as amount
       from offered o
       join pricing.price x on x.tenant_id = $1 and x.sku_id = o.sku_id and x.min_quantity = 1 and x.valid_from <= $3 and x.valid_to > $3
                           and x.off_bp is null
       join pricing.price_list p on p.tenant_id = $1 and p.list_id = x.list_id and p.status = 'active' and p.role = 'sale'
                                and (p.kind = 'base' or p.channel_id = $2)
       join access.channel h on h.tenant_id = $1 and h.channel_id = $2 and h.currency = p.currency
      group by o.product_id, o.sku_id, o.owner_id),
stocked as materialized (
     select k.sku_id, k.owner_id
       from inventory.source c
       join inventory.stock k on k.tenant_id = $1 and k.location_id = c.location_id
       join ledger.account a on a.tenant_id = $1 and a.account_id = k.account_id and a.posted - a.held - coalesce(a.floor, 0) > 0
      where c.tenant_id = $1 and c.channel_id = $2),
sold as materialized (
     select s.product_id, count(*) as times
       from orders.line l
       join catalog.sku s on s.tenant_id = $1 and s.sku_id = l.sku_id
      where l.tenant_id = $1
        and l.order_id >= coalesce((select o.order_id from orders.placed o
                                     where o.tenant_id = $1 order by o.order_id desc offset $4 limit 1), 0)
      group by s.product_id),
shown as materialized (
     select p.product_id, min(p.amount) as price, bool_or(k.sku_id is not null) as free
       from priced p
       left join stocked k on k.sku_id = p.sku_id and k.owner_id = p.owner_id
      group by p.product_id)
select array_agg(r.product_id order by r.title, r.product_id) as products,
       array_agg(coalesce(r.category_id, 0) order by r.title, r.product_id) as categories,
       array_agg(coalesce(r.brand_id, 0) order by r.title, r.product_id) as brands,
       array_agg(s.price order by r.title, r.product_id) as price,
       array_agg(s.free::integer order by r.title, r.product_id) as free,
       array_agg(coalesce(d.times, 0) order by r.title, r.product_id) as sold
  from shown s
  join catalog.product r on r.tenant_id = $1 and r.product_id = s.product_id and r.status = 'published'
  left join sold d on d.product_id = s.product_id
"""
_CATEGORIES = """
select c.category_id, c.code, c.name, c.parent_id from catalog.category c where c.tenant_id = $1
"""
_BRANDS = """
select b.brand_id, b.code, b.name from catalog.brand b where b.tenant_id = $1 and b.brand_id = any($2::bigint[])
"""
_CODES = """
select p.product_id, p.code from catalog.product p where p.tenant_id = $1 and p.product_id = any($2::bigint[]) and p.status = 'published'
"""
