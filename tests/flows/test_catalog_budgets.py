"""Keeping the catalog and the prices costs the same few statements for one row as for many."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from stdnum import ean
from tests.world import NOON, World, served, world

from jiutong.capabilities.catalog import MoveProduct, PutBrand, PutCategory, PutProduct, PutSku
from jiutong.capabilities.member import Company, PutGroup
from jiutong.capabilities.pricing import SetPrice, SetRate, SetTaxRate
from jiutong.flows.maintain_catalog import (
    IndexProducts,
    MoveProducts,
    PutBrands,
    PutCategories,
    PutListing,
    PutListings,
    PutProducts,
    index_products,
    move_products,
    put_brands,
    put_categories,
    put_listings,
    put_products,
)
from jiutong.flows.maintain_companies import put_company, put_group
from jiutong.flows.maintain_prices import PutPriceList, PutPriceLists, SetPrices, SetTaxRates, put_lists, set_prices, set_tax_rates
from jiutong.kernel.errors import Problem
from jiutong.kernel.runner import Call, Flow

__all__ = ["served", "world"]


def gtin(no: int) -> str:
    digits = f"20{no:010d}"
    return digits + ean.calc_check_digit(digits)


async def spent(world: World, flow: Flow[Any, Any], commands: Sequence[msgspec.Struct], at_s: int = 0) -> int:
    """The statements of a batch in a process that remembers nothing."""
    db = world.served.house.db
    db.memory.clear()
    await db.ids.reserve(1 << 20)
    async with db.transaction(world.tenant.tenant_id, NOON + timedelta(seconds=at_s)) as tx:
        outcomes = await flow.run(tx, [Call(command, world.scope) for command in commands])
        assert [one for one in outcomes if isinstance(one, Problem)] == []
        await tx.commit()
        return tx.statements


@pytest.mark.parametrize("size", [1, 30])
async def test_no_flow_needs_more_statements_than_it_declares(world: World, size: int) -> None:
    numbers = range(size)

    def products(title: str, shift: int) -> list[PutProducts]:
        """The barcodes move on when `shift` does."""
        skus = [PutSku(f"s{i}", gtins=(gtin(i + shift),)) for i in numbers]
        return [PutProducts((PutProduct(code=sku.code, title=title, brand="b0", category="c0", skus=(sku,)),)) for sku in skus]

    def lists(active: bool) -> list[PutPriceLists]:
        """A list of the mall, one of a store, one of a group and a contract, each."""
        return [
            PutPriceLists(
                (
                    PutPriceList(f"l{i}", "L", "USD", "mall", None, active),
                    PutPriceList(f"m{i}", "M", "USD", None, "s1"),
                    PutPriceList(f"n{i}", "N", "USD", group="gold"),
                    PutPriceList(f"o{i}", "O", "USD", company="kiln", active=active),
                )
            )
            for i in numbers
        ]

    def agreed(off_bp: int, since: int) -> list[SetPrices]:
        """Prices and rates of a category in each contract: some that end what runs, some that take back what has not begun."""
        begins = [(1, NOON + timedelta(seconds=since)), (2, NOON + timedelta(seconds=70))]
        return [
            SetPrices(
                f"o{i}",
                tuple(SetPrice("s0", off_bp, 1, least, at) for least, at in begins),
                tuple(SetRate(off_bp, category=f"c{i}", min_quantity=least, valid_from=at) for least, at in begins),
            )
            for i in numbers
        ]

    def prices(*wished: tuple[int, int, int]) -> list[SetPrices]:
        """(amount, from, until) of each SKU, in seconds after noon."""
        windows = [(amount, (NOON + timedelta(seconds=since), NOON + timedelta(seconds=until))) for amount, since, until in wished]
        return [SetPrices("l0", tuple(SetPrice(f"s{i}", amount, 1, 1, *window) for amount, window in windows)) for i in numbers]

    await world.run(put_group, PutGroup("gold", "Gold"))
    await world.run(put_company, Company("kiln", "Kiln"))
    found: dict[Flow[Any, Any], list[int]] = {
        put_brands: [await spent(world, put_brands, [PutBrands((PutBrand(f"b{i}", "B"),)) for i in numbers])],
        put_categories: [await spent(world, put_categories, [PutCategories((PutCategory(f"c{i}", "C"),)) for i in numbers])],
        put_products: [await spent(world, put_products, products("P", 0)), await spent(world, put_products, products("Q", 1000))],
        move_products: [await spent(world, move_products, [MoveProducts((MoveProduct(f"s{i}", "audit"),)) for i in numbers])],
        put_listings: [
            await spent(world, put_listings, [PutListings((PutListing(f"s{i}", "stores", "acme", "standard", "s1"),)) for i in numbers])
        ],
        put_lists: [await spent(world, put_lists, lists(active=True))],
        set_prices: [
            await spent(world, set_prices, prices((100, 0, 3600))),
            await spent(world, set_prices, prices((90, 60, 120)), 1),
            await spent(world, set_prices, prices((80, 30, 40), (70, 120, 180)), 2),
            await spent(world, set_prices, agreed(100, 60), 3),
            await spent(world, set_prices, agreed(150, 70), 4),
        ],
        set_tax_rates: [await spent(world, set_tax_rates, [SetTaxRates("acme", (SetTaxRate(f"t{i}", 1300),)) for i in numbers])],
    }
    found[put_brands].append(await spent(world, put_brands, [PutBrands((PutBrand(f"b{i}", "Renamed"),)) for i in numbers]))
    await world.run(put_categories, PutCategories((PutCategory("top", "T"),)))
    found[put_categories].append(await spent(world, put_categories, [PutCategories((PutCategory(f"c{i}", "R", "top"),)) for i in numbers]))
    ids = [id_ for (id_,) in await world.rows("select product_id from catalog.product where tenant_id = $1")]
    found[index_products] = [await spent(world, index_products, [IndexProducts((id_,)) for id_ in ids])]
    found[put_lists].append(await spent(world, put_lists, lists(active=False)))
    assert {flow.name: max(statements) for flow, statements in found.items()} == {flow.name: flow.statements for flow in found}
