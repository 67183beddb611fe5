"""The world traded in: one tenant with a mall, shops with two tills each, and a catalog in plentiful stock.

It is written straight into the tables, as the doors would have written it: `jiutong verify` finds nothing wrong with it.
"""

from datetime import UTC, datetime

import asyncpg
import msgspec

from benchmarks.rig.stage import Stage
from jiutong.capabilities import access
from jiutong.cli.database import Ready
from jiutong.cli.verify import health_of
from jiutong.kernel.ids import BLOCK

SKUS = 2_000
PLENTY = 1_000_000_000
SCARCE_SKUS = 40
SCARCE = 2_000
STORES = 10
TILLS = 2


KIND = 100_000  # ids of a kind


class World(msgspec.Struct, frozen=True):
    """A tenant, the token of somebody who may do everything there, where its ids begin, and how much there is."""

    tenant_id: int
    token: str
    base: int
    skus: int
    stores: int

    def sku_id(self, no: int) -> int:
        """The SKU of this number, from 1; the scarce ones follow."""
        return self.base + 2 * KIND + no

    def product_id(self, no: int) -> int:
        """The product a SKU is the only form of."""
        return self.base + KIND + no

    def store_id(self, no: int) -> int:
        """The store of this number, from 1."""
        return self.base + 100 + no

    def till_id(self, store: int, till: int) -> int:
        """The till of this number in a store, from 1."""
        return self.base + 200 + store * TILLS + till

    def listing_id(self, channel_id: int, no: int) -> int:
        """Under what a channel sells a SKU."""
        return self.base + (channel_id - self.base + 1) * KIND + no

    def price_id(self, no: int) -> int:
        """The price row of a SKU."""
        return self.base + 5 * KIND + no

    @property
    def seller_id(self) -> int:
        """Who sells, and owns the goods."""
        return self.base + 1

    @property
    def mall_id(self) -> int:
        """The channel orders come through."""
        return self.base + 2

    @property
    def shops_id(self) -> int:
        """The channel of the stores."""
        return self.base + 3

    @property
    def warehouse_id(self) -> int:
        """Where the mall sells from. The shelves of store n are the n-th location after it."""
        return self.base + 400


def sku_code(no: int) -> str:
    """What baskets call a SKU."""
    return f"SKU{no:05d}"


def product_code(no: int) -> str:
    """What a SKU is a form of."""
    return f"PSKU{no:05d}"


def store_code(no: int) -> str:
    """What tills call a store."""
    return f"s{no:02d}"


def price(no: int) -> int:
    """What a SKU costs, in fen with tax."""
    return 500 + no * 37 % 9_500


def tax(no: int) -> int:
    """What of its price is tax, at 13 %."""
    return (2 * price(no) * 13 + 113) // 226


async def create(stage: Stage, skus: int = SKUS, stores: int = STORES, code: str = "bench") -> World:
    """Make the tenant and everything in it, and let the planner know."""
    conn = await asyncpg.connect(stage.admin_url)
    try:
        tenant = await access.create_tenant(conn, code, "Bench", datetime.now(UTC))
        base = await conn.fetchval("select nextval('kernel.id_block')") * BLOCK
        await conn.execute(_HERE)
        here = (tenant.tenant_id, base, skus, PLENTY, SCARCE_SKUS, SCARCE, stores, TILLS)
        await conn.execute("insert into here values ($1, $2, $3, $4, $5, $6, $7, $8)", *here)
        await conn.execute(_CREATE)
        await conn.execute("vacuum (analyze)")
        return World(tenant.tenant_id, tenant.first_key, base, skus, stores)
    finally:
        await conn.close()


async def broken(stage: Stage) -> list[str]:
    """The invariants that do not hold, as `jiutong verify` names them."""
    health = await health_of(Ready(stage.app_url, stage.admin_url), None)
    return [f"{one.invariant}: {one.rows[0]}" for found in health.broken.values() for one in found]


async def oversold(stage: Stage) -> int:
    """Units promised from strict locations beyond what was there."""
    conn = await asyncpg.connect(stage.admin_url)
    try:
        return await conn.fetchval("select coalesce(sum(held - posted), 0)::bigint from ledger.account where floor = 0 and held > posted")
    finally:
        await conn.close()


_HERE = """
create temporary table here (tenant_id bigint, base bigint, skus integer, plenty bigint, scarce_skus integer, scarce bigint,
                             stores integer, tills integer)
"""
_CREATE = """
create temporary view goods as
select tenant_id, base, no, base + 200000 + no as sku_id, 'SKU' || lpad(no::text, 5, '0') as code, 500 + no * 37 % 9500 as amount,
       format('%s %s %s %s', ('{Red,Blue,White,Black,Green,Grey,Pink}'::text[])[1 + no % 7],
              ('{cotton,wool,linen,silk,denim}'::text[])[1 + no % 5],
              ('{shirt,jacket,skirt,coat,scarf,dress,vest,sock,hat,belt,glove}'::text[])[1 + no % 11], no) as title,
       no > skus as is_scarce
  from here, generate_series(1, skus + scarce_skus) no;

create temporary view shelf as
select tenant_id, base, n, base + 400 + n as location_id, n = 0 as strict from here, generate_series(0, stores) n;

create temporary view stock as
select s.tenant_id, s.n, s.base + 600 + s.n * 8 + g.no / 30000 as entry_id, s.location_id, s.base + 1 as owner_id, g.sku_id, g.no,
       format('stock:%s:%s:%s', s.location_id, s.base + 1, g.sku_id) as code, case when s.strict then 0 end as floor,
       case when g.is_scarce then h.scarce else h.plenty end as units
  from here h, shelf s, goods g
 where s.strict or not g.is_scarce;

insert into access.seller (tenant_id, seller_id, code, name, tax_inclusive) select tenant_id, base + 1, 'acme', 'Acme', true from here;
insert into access.channel (tenant_id, channel_id, code, name, scene, currency, time_zone)
select tenant_id, base + c.id, c.code, c.code, c.scene, 'CNY', 'Asia/Shanghai'
  from here, (values (2, 'mall', 'b2c.mall'), (3, 'shops', 'store.pos')) as c(id, code, scene);
insert into access.store (tenant_id, store_id, channel_id, seller_id, code, name)
select tenant_id, base + 100 + n, base + 3, base + 1, 's' || lpad(n::text, 2, '0'), 'Store ' || n from here, generate_series(1, stores) n;
insert into access.device (tenant_id, device_id, store_id, code)
select tenant_id, base + 200 + n * tills + t, base + 100 + n, 't' || t from here, generate_series(1, stores) n, generate_series(1, tills) t;

insert into inventory.location (tenant_id, location_id, code, name, kind, mode, store_id)
select tenant_id, location_id, 'l' || n, 'Location ' || n, case when strict then 'dc' else 'store' end,
       case when strict then 'strict' else 'exception' end, case when not strict then base + 100 + n end
  from shelf;
insert into inventory.source (tenant_id, channel_id, location_id, priority) select tenant_id, base + 2, base + 400, 1 from here;

insert into pricing.tax_rate (tenant_id, seller_id, tax_class, rate_bp, valid_from)
select tenant_id, base + 1, 'standard', 1300, '2020-01-01' from here;
insert into pricing.price_list (tenant_id, list_id, code, name, kind, currency)
select tenant_id, base + 4, 'base', 'Base prices', 'base', 'CNY' from here;

insert into catalog.product (tenant_id, product_id, code, title, status, created_at, changed_at)
select tenant_id, base + 100000 + no, 'P' || code, title, 'published', now(), now() from goods;
insert into catalog.sku (tenant_id, sku_id, product_id, code, title)
select tenant_id, sku_id, base + 100000 + no, code, title from goods;
insert into catalog.listing (tenant_id, listing_id, sku_id, channel_id, seller_id, owner_id, tax_class)
select tenant_id, base + (c.id + 1) * 100000 + no, sku_id, base + c.id, base + 1, base + 1, 'standard'
  from goods, (values (2), (3)) as c(id);
insert into pricing.price (tenant_id, price_id, list_id, sku_id, amount, valid_from)
select tenant_id, base + 500000 + no, base + 4, sku_id, amount, '2020-01-01' from goods;

insert into inventory.stock (tenant_id, location_id, owner_id, sku_id, account_id)
select tenant_id, location_id, owner_id, sku_id, ledger.account_id(code) from stock;
insert into ledger.account (tenant_id, account_id, code, unit, floor, tracked, posted)
select tenant_id, ledger.account_id('supplied'), 'supplied', 'any', null, false, 0 from here
 union all
select tenant_id, ledger.account_id(code), code, 'sku:' || sku_id, floor, true, units from stock;
insert into ledger.entry (tenant_id, entry_id, rule, subject_id, at)
select distinct tenant_id, entry_id, 'goods.received', entry_id, now() from stock;
insert into ledger.transfer (tenant_id, entry_id, transfer_no, from_account, to_account, amount)
select tenant_id, entry_id, no % 30000, ledger.account_id('supplied'), ledger.account_id(code), units from stock;
"""
