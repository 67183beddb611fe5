"""Price lists, their prices over time, and tax rates, as people look them up."""

from datetime import datetime

import msgspec

from jiutong.kernel.db import Tx


class ListView(msgspec.Struct, frozen=True):
    """A price list: for a channel or a store where one is named, else for everybody."""

    code: str
    name: str
    currency: str
    channel: str | None
    store: str | None
    active: bool


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


class RateView(msgspec.Struct, frozen=True):
    """A tax rate in basis points, from an instant on (null: ever since)."""

    tax_class: str
    rate_bp: int
    valid_from: datetime | None


async def lists(tx: Tx, code: str | None, after: str | None, rows_max: int) -> list[ListView]:
    """Price lists in the order of their codes; one of them when `code` is given."""
    return [ListView(*row) for row in await tx.fetch(_LISTS, code, after, rows_max)]


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
select l.code, l.name, l.currency, c.code as channel, s.code as store, l.status = 'active' as active
  from pricing.price_list l
  left join access.channel c on c.tenant_id = $1 and c.channel_id = l.channel_id
  left join access.store s on s.tenant_id = $1 and s.store_id = l.store_id
 where l.tenant_id = $1 and ($2::text is null or l.code = $2) and ($3::text is null or l.code > $3)
 order by l.code limit $4
"""
_PRICES = """
select p.price_id, p.sku_id, s.code as sku, p.min_quantity, p.amount, p.per, p.valid_from, nullif(p.valid_to, 'infinity') as valid_to
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
