"""Price lists, their prices over time, and tax rates, as people look them up."""

from datetime import datetime

import msgspec

from jiutong.capabilities import pricing
from jiutong.kernel.db import Tx


class ListView(msgspec.Struct, frozen=True):
    """A price list: for a channel, a store, a region, a group, a company or (of costs) a seller where one is named, else for everybody.

    `proposals` counts changes that wait for approval; `margin_bp` is what must be left of prices over these costs.
    """

    code: str
    name: str
    kind: pricing.Kind
    currency: str
    channel: str | None
    store: str | None
    region: str | None
    group: str | None
    company: str | None
    role: pricing.Role
    basis: pricing.Basis
    approval: bool
    active: bool
    proposals: int
    seller: str | None
    margin_bp: int | None


class PriceRow(msgspec.Struct, frozen=True):
    """A price of a list: `amount_minor` for `per` base units from `min_quantity` on, until just before `valid_to`."""

    price_id: int
    sku_id: int
    sku: str
    min_quantity: int
    amount_minor: int
    per: int
    valid_from: datetime
    valid_to: datetime | None
    off_bp: int | None = None
    mix: str = ""
    quota: int | None = None


class CategoryRate(msgspec.Struct, frozen=True):
    """What a contract takes off everybody's price of a whole category."""

    price_id: int
    category: str
    category_name: str
    min_quantity: int
    off_bp: int
    valid_from: datetime
    valid_to: datetime | None


class RateView(msgspec.Struct, frozen=True):
    """A tax rate in basis points, from an instant on (null: ever since)."""

    tax_class: str
    rate_bp: int
    valid_from: datetime | None


class Narrowed(msgspec.Struct, frozen=True):
    """What a list of price lists is narrowed to; lists of costs are told only to those who may see `costs`."""

    kind: pricing.Kind | None = None
    role: pricing.Role | None = None
    company: str | None = None
    group: str | None = None
    active: bool | None = None
    q: str = ""
    costs: bool = False


async def lists(tx: Tx, code: str | None, after: str | None, rows_max: int, by: Narrowed) -> list[ListView]:
    """Price lists in the order of their codes; one of them when `code` is given."""
    rows = await tx.fetch(_LISTS, code, after, rows_max, by.kind, by.role, by.company, by.group, by.active, by.q.lower(), by.costs)
    return [ListView(*row) for row in rows]


async def category_rates(tx: Tx, price_list: str, after: int | None, rows_max: int) -> list[CategoryRate]:
    """What a contract takes off categories, past and future, in the order it was agreed."""
    return [CategoryRate(*row) for row in await tx.fetch(_CATEGORY_RATES, price_list, after, rows_max)]


async def prices(
    tx: Tx, price_list: str, sku: str | None, at: datetime | None, after: tuple[int, int] | None, rows_max: int
) -> list[PriceRow]:
    """The prices of a list, by SKU; of one SKU, or those valid at an instant, if asked. `after` is (SKU, price) of the last one told."""
    last_sku, last_price = after or (None, None)
    return [PriceRow(*row) for row in await tx.fetch(_PRICES, price_list, sku, at, last_sku, last_price, rows_max)]


async def tax_rates(tx: Tx, seller: str) -> list[RateView]:
    """The tax rates of a seller, by class and time."""
    return [RateView(*row) for row in await tx.fetch(_TAX_RATES, seller)]


_LISTS = """
select l.code, l.name, l.kind, l.currency, c.code as channel, s.code as store, l.region, g.code as group, m.code as company, l.role,
       l.basis, l.approval, l.status = 'active' as active,
       (select count(*) from pricing.proposal p where p.tenant_id = $1 and p.list_id = l.list_id and p.status = 'proposed') as proposals,
       e.code as seller, l.margin_bp
  from pricing.price_list l
  left join access.channel c on c.tenant_id = $1 and c.channel_id = l.channel_id
  left join access.store s on s.tenant_id = $1 and s.store_id = l.store_id
  left join member.member_group g on g.tenant_id = $1 and g.group_id = l.group_id
  left join member.company m on m.tenant_id = $1 and m.company_id = l.company_id
  left join access.seller e on e.tenant_id = $1 and e.seller_id = l.seller_id
 where l.tenant_id = $1 and ($2::text is null or l.code = $2) and ($3::text is null or l.code > $3)
   and ($5::text is null or l.kind = $5) and ($6::text is null or l.role = $6) and ($7::text is null or m.code = $7)
   and ($8::text is null or g.code = $8) and ($9::boolean is null or (l.status = 'active') = $9)
   and ($11 or l.role <> 'cost')
   and ($10 = '' or position($10 in lower(l.name)) > 0 or position($10 in lower(l.code)) > 0)
 order by l.code limit $4
"""
_CATEGORY_RATES = """
select p.price_id, p.category, coalesce(c.name, p.category) as category_name, p.min_quantity, p.off_bp, p.valid_from,
       nullif(p.valid_to, 'infinity') as valid_to
  from pricing.price_list l
  join pricing.category_price p on p.tenant_id = $1 and p.list_id = l.list_id
  left join catalog.category c on c.tenant_id = $1 and c.code = p.category
 where l.tenant_id = $1 and l.code = $2 and ($3::bigint is null or p.price_id > $3)
 order by p.price_id limit $4
"""
_PRICES = """
select p.price_id, p.sku_id, s.code as sku, p.min_quantity, p.amount, p.per, p.valid_from, nullif(p.valid_to, 'infinity') as valid_to,
       p.off_bp, p.mix, p.quota
  from pricing.price_list l
  join pricing.price p on p.tenant_id = $1 and p.list_id = l.list_id
  join catalog.sku s on s.tenant_id = $1 and s.sku_id = p.sku_id
 where l.tenant_id = $1 and l.code = $2
   and ($3::text is null or p.sku_id = (select o.sku_id from catalog.sku o where o.tenant_id = $1 and o.code = $3))
   and ($4::timestamptz is null or (p.valid_from <= $4 and p.valid_to > $4))
   and ($5::bigint is null or (p.sku_id, p.price_id) > ($5, $6::bigint))
 order by p.sku_id, p.price_id limit $7
"""
_TAX_RATES = """
select r.tax_class, r.rate_bp, nullif(r.valid_from, '-infinity') as valid_from
  from access.seller s
  join pricing.tax_rate r on r.tenant_id = $1 and r.seller_id = s.seller_id
 where s.tenant_id = $1 and s.code = $2
 order by r.tax_class, r.valid_from
"""
