"""Freight and fees in orders: quoted with their reasons, placed as charges, paid, and given back with the units they were asked for."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.flows.test_promotions_checkout import run
from tests.shop import Shop, basket, refused, shop
from tests.world import served, world

from jiutong.capabilities.catalog import PutProduct, PutSku
from jiutong.capabilities.fulfillment import (
    FeeTerms,
    Free,
    FreightTerms,
    LineQuantity,
    PickOne,
    PickWork,
    ReleaseOrder,
    ShipOne,
    ShipWork,
    Terms,
    Zone,
)
from jiutong.capabilities.order import Charge, rules
from jiutong.capabilities.pricing import SetTaxRate
from jiutong.flows import fulfil, maintain_tariffs, pay, return_goods
from jiutong.flows.cancel import Cancellation, CancelOrder, cancel
from jiutong.flows.canceling import LineUnits
from jiutong.flows.checkout import Placed
from jiutong.flows.maintain_catalog import PutProducts, put_products
from jiutong.flows.maintain_prices import SetTaxRates, set_tax_rates
from jiutong.flows.words import Contact

__all__ = ["served", "shop", "world"]

OAKLAND = Contact(name="A", country="US", region="Oakland, CA", address="1 Main St")
BOISE = Contact(name="A", country="US", region="Boise, ID", address="1 Main St")
HILO = Contact(name="A", country="US", region="Hilo, HI", address="1 Main St")
ZONES = (
    Zone("West", regions=("US/CA",), first=1, first_minor=500, step=1, step_minor=100),
    Zone("Islands", regions=("US/HI",), closed=True),
    Zone("Elsewhere", first=1, first_minor=900, step=1, step_minor=250),
)
POST = FreightTerms("Post", "acme", "USD", ZONES, free=(Free(from_minor=9900),), default_in=("mall",))


async def in_force(shop: Shop, code: str, terms: Terms) -> None:
    await shop.world.run(maintain_tariffs.put_tariff, maintain_tariffs.PutTariff(code, terms))
    kind = "freight" if isinstance(terms, FreightTerms) else "fee"
    await shop.world.run(maintain_tariffs.move_tariff, maintain_tariffs.MoveTariff(kind, code, "published"))


async def quoted(shop: Shop, *lines: tuple[str, int], **other: Any) -> Placed:
    wish: dict[str, Any] = {"contact": OAKLAND} | other
    [told] = await shop.quote(basket(*lines, **wish))
    assert isinstance(told, Placed), told
    return told


def notes(told: Placed, *stages: str) -> list[tuple[str, str, str, int, int]]:
    return [(one.rule, one.outcome, one.why, one.amount, one.gap) for one in told.notes if one.stage in stages]


async def test_freight_goes_by_where_it_is_sent(shop: Shop) -> None:
    before = await quoted(shop, ("tea", 1))
    assert (before.charged, before.total) == (0, 2164)
    await in_force(shop, "post", POST)
    west = await quoted(shop, ("tea", 1))
    assert west.charges == (Charge(1, "freight", "post@1", 500, 0, "", "", 825, 41, 541),)
    assert (west.charged, west.total) == (541, 2164 + 541)
    assert notes(west, "freight") == [("post@1", "applied", "charged", 500, 0), ("post@1", "near", "free_near", 500, 7901)]
    assert (await quoted(shop, ("tea", 1), contact=BOISE)).charges[0].gross == 900
    assert (await quoted(shop, ("tea", 1), contact=None)).charges[0].gross == 900
    assert (await quoted(shop, ("tea", 1), contact=None, region="US/CA")).charges[0].gross == 500
    [islands] = await shop.quote(basket(("tea", 1), ("salt", 1), contact=HILO))
    assert refused(islands) == ("freight.unreachable", "/lines/0/sku")


async def test_freight_is_free_from_an_amount_of_goods(shop: Shop) -> None:
    await in_force(shop, "post", POST)
    told = await quoted(shop, ("tea", 5))
    assert (told.charges, told.charged) == ((), 0)
    assert notes(told, "freight") == [("post@1", "applied", "free_reached", 900, 0)]


async def test_freight_is_split_over_lines_and_bears_its_own_tax(shop: Shop) -> None:
    await shop.world.run(set_tax_rates, SetTaxRates("acme", (SetTaxRate("freight", 600),)))
    await in_force(shop, "post", msgspec.structs.replace(POST, tax_class="freight", split="pieces", free=()))
    told = await quoted(shop, ("tea", 1), ("salt", 2))
    assert told.charges == (
        Charge(1, "freight", "post@1", 233, 0, "", "", 600, 14, 247),
        Charge(2, "freight", "post@1", 467, 0, "", "", 600, 28, 495),
    )


async def test_freight_is_contained_where_prices_contain_tax(shop: Shop) -> None:
    terms = FreightTerms("Post", "berlin", "EUR", (Zone("All", first_minor=595),), default_everywhere=True)
    await in_force(shop, "paket", terms)
    told = await quoted(shop, ("tea", 1), channel="markt")
    assert told.charges == (Charge(1, "freight", "paket@1", 595, 0, "", "", 1900, 95, 595),)
    assert told.total == 2150 + 595


async def test_goods_that_name_a_template_go_by_it(shop: Shop) -> None:
    await in_force(shop, "post", POST)
    await in_force(shop, "bulky", FreightTerms("Bulky", "acme", "USD", (Zone("All", first_minor=5000),)))
    bulky: dict[str, Any] = {"freight_template": "bulky"}
    wish = PutProduct(title="Salt", code="salt", skus=(PutSku("salt", attributes=bulky),))
    await shop.world.run(put_products, PutProducts((wish,)))
    told = await quoted(shop, ("tea", 1), ("salt", 1))
    assert [(one.line_no, one.rule, one.gross) for one in told.charges] == [(1, "post@1", 500), (2, "bulky@1", 5000)]


async def test_a_new_version_is_sold_by_at_once_and_placed_orders_keep_theirs(shop: Shop) -> None:
    await in_force(shop, "post", POST)
    placed = await shop.placed(basket(("tea", 1), contact=OAKLAND))
    await in_force(shop, "post", msgspec.structs.replace(POST, zones=(Zone("All", first_minor=100),)))
    assert (await quoted(shop, ("tea", 1))).charges[0].rule == "post@2"
    rows = await shop.rows("select rule, gross, payable from orders.charge where tenant_id = $1 and order_id = $2", placed.order_id)
    assert rows == [("post@1", 500, 541)]


async def test_services_are_chosen_and_what_could_be_is_told(shop: Shop) -> None:
    await in_force(shop, "wrap", FeeTerms("Wrap", "acme", "USD", amount_minor=300, optional=True))
    plain = await quoted(shop, ("tea", 1))
    assert (plain.charged, notes(plain, "fee")) == (0, [("wrap@1", "near", "optional", 300, 0)])
    wrapped = await quoted(shop, ("tea", 1), services=("wrap",))
    assert wrapped.charges == (Charge(1, "fee", "wrap@1", 300, 0, "", "", 825, 25, 325),)
    [told] = await shop.quote(basket(("tea", 1), services=("wrap", "polish")))
    assert refused(told) == ("fee.unknown_service", "/services/1")


async def test_what_somebody_else_pays_is_shown_and_taken_off(shop: Shop) -> None:
    await in_force(shop, "pack", FeeTerms("Packing", "acme", "USD", amount_minor=200, payer="bank"))
    told = await quoted(shop, ("tea", 1))
    assert told.charges == (Charge(1, "fee", "pack@1", 200, 200, "pack@1", "bank", 825, 0, 0),)
    assert (told.charged, told.total) == (0, 2164)


async def test_a_small_order_is_told_what_is_missing(shop: Shop) -> None:
    await in_force(shop, "small", FeeTerms("Small order", "acme", "USD", amount_minor=150, below_minor=2000))
    assert notes(await quoted(shop, ("tea", 1)), "fee") == [("small@1", "applied", "small_order", 150, 1)]
    assert notes(await quoted(shop, ("tea", 2)), "fee") == []


@pytest.mark.parametrize("cuts", [(3,), (1, 2), (2, 1), (1, 1, 1)])
async def test_canceling_bit_by_bit_gives_all_of_it_back(shop: Shop, cuts: tuple[int, ...]) -> None:
    await in_force(shop, "post", POST)
    await in_force(shop, "pack", FeeTerms("Packing", "acme", "USD", amount_minor=101, payer="bank"))
    placed = await shop.placed(basket(("tea", 3), contact=OAKLAND))
    assert placed.charged == 700 + 58
    await shop.world.run(pay.start, pay.Pay(placed.order_id, pay.Payment("cash")))
    back = 0
    for units in cuts:
        told = await shop.do(cancel, CancelOrder(placed.order_id, Cancellation("changed", (LineUnits(1, units),))), by=shop.boss)
        assert not isinstance(told, Exception), told
        back += told.amount  # type: ignore[union-attr]
    assert back == placed.total


async def test_what_a_promotion_takes_off_freight_is_borne_by_its_funders(shop: Shop) -> None:
    """From the promotion to the charge: each funder has a charge of their own, split over units by its own prefix."""
    await in_force(shop, "post", POST)
    benefit = {"kind": "free_freight", "max_minor": 301}
    funders = [{"funder": "seller", "bp": 3000}, {"funder": "bank", "bp": 7000}]
    terms: dict[str, Any] = {
        "stage": "order",
        "currency": "USD",
        "goods": {},
        "tiers": [{"least": 0, "benefit": benefit}],
        "funders": funders,
    }
    await run(shop.world, "free", **terms)
    placed = await shop.placed(basket(("tea", 3), contact=OAKLAND))
    # 7.00 of freight less 3.01 is 3.99, and 0.33 of tax.
    assert placed.charges == (
        Charge(1, "freight", "post@1", 399 + 90, 90, "free@1", "seller", 825, 33, 432),
        Charge(1, "freight", "post@1", 211, 211, "free@1", "bank", 825, 0, 0),
    )
    assert [(one.amount, one.funders) for one in placed.notes if one.stage == "freight" and one.rule == "free@1"] == [
        (301, (("seller", 90), ("bank", 211)))
    ]
    told = (await shop.world.get(f"/v1/orders/{shop.house.ids.show('ord', placed.order_id)}/explain")).json()
    steps = [(one["kind"], one["amount"], one.get("funder", "")) for one in told["lines"][0]["steps"]]
    assert [one for one in steps if one[0] in {"charge", "waived", "charge_tax"}] == [
        ("charge", 700, ""),
        ("waived", -90, "seller"),
        ("waived", -211, "bank"),
        ("charge_tax", 33, ""),
    ]
    assert told["lines"][0]["steps"][-1]["running"] == placed.total
    await shop.world.run(pay.start, pay.Pay(placed.order_id, pay.Payment("cash")))
    await shop.world.run(fulfil.release, ReleaseOrder(placed.order_id))
    [(work_id,)] = await shop.rows("select work_id from fulfillment.work where tenant_id = $1")
    await shop.world.run(fulfil.pick, PickOne(work_id, PickWork((LineQuantity(1, 3),))))
    await shop.world.run(fulfil.ship, ShipOne(work_id, ShipWork()))
    borne = (
        "select split_part(code, ':', 1), sum(posted)::bigint from ledger.account"
        " where tenant_id = $1 and code ~ '^(discount|funder):' group by 1"
    )
    assert dict(await shop.rows(borne)) == {"discount": 90, "funder": 211}
    bank: list[int] = []
    for _ in range(3):
        back = return_goods.Return("defective", (return_goods.UnitsBack(1, 1),))
        await shop.world.run(return_goods.return_goods, return_goods.ReturnGoods(placed.order_id, back))
        bank.append(dict(await shop.rows(borne))["funder"])
    assert bank == [141, 70, 0]
    money = "select sum(abs(posted))::bigint from ledger.account where tenant_id = $1 and unit = 'USD'"
    assert await shop.rows(money) == [(0,)]


def charge_of(gross: int, off: int, tax: int, inclusive: bool) -> Charge:
    taken = min(off, gross)
    return Charge(1, "freight", "p@1", gross, taken, "r@1", "f", 825, tax, gross - taken + (0 if inclusive else tax))


parts = st.lists(st.integers(1, 9), min_size=1, max_size=8)
charges = st.builds(charge_of, st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**5), st.booleans())


@given(charges, parts)
def test_any_sequence_of_parts_adds_up_to_the_charge(charge: Charge, sizes: list[int]) -> None:
    whole, before = sum(sizes), 0
    shares: list[Charge] = []
    for size in sizes:
        shares.append(rules.charge_share(charge, before, size, whole))
        before += size
    for word in ("gross", "off", "tax", "payable"):
        assert sum(getattr(one, word) for one in shares) == getattr(charge, word)
        assert min(getattr(one, word) for one in shares) >= 0
