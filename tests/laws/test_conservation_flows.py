"""Conservation on a real database, through the flows: an order with discounts of three funders, freight and a fee, lots of points, a
budget, a use and a coupon is taken apart at random; in the end every account shows what it showed before.
"""

import random
from collections.abc import Sequence
from typing import Any

import msgspec
import pytest
from tests.sales import HOLD, RICE, TEA, Sales, Wanted, sales
from tests.world import served, world

from jiutong import ledger
from jiutong.capabilities import inventory, order
from jiutong.capabilities.order import Charge, Claim
from jiutong.flows.cancel import Cancellation, CancelOrder, cancel
from jiutong.flows.canceling import LineUnits
from jiutong.flows.return_goods import Return, ReturnGoods, UnitsBack, return_goods
from jiutong.kernel import outbox
from jiutong.kernel.errors import Problem

__all__ = ["sales", "served", "world"]

USED = ledger.account_of("used", {}, "any")
LOT = 5_000
REFUSAL = order.SHORT("it is used up")


def scarce(no: int) -> dict[str, ledger.Account]:
    """The accounts of everything scarce besides the goods, of order `no`. Lots are accounts that were given something first."""
    return {
        "lot 1": ledger.account_of("agreed", {"price": 10 * no + 1}, "QUOTA", 0),
        "lot 2": ledger.account_of("agreed", {"price": 10 * no + 2}, "QUOTA", 0),
        "budget": ledger.account_of("budget", {"promotion": no, "currency": "USD"}, "BUDGET/USD", -100_000),
        "uses": ledger.account_of("uses", {"promotion": no, "who": "all"}, "QUOTA", -10),
        "coupon": ledger.account_of("coupon", {"coupon": no}, "COUPON", -1),
    }


async def place(sales: Sales, chance: random.Random, no: int) -> int:
    """An order with everything on it."""
    accounts = scarce(no)
    wanted = [_wanted(chance, sku) for sku in (TEA, RICE)]
    async with sales.house.db.transaction(sales.tenant_id, sales.house.clock.now()) as tx:
        given = [
            ledger.Entry(tx.mint(), "test.given", 0, (ledger.Transfer(ledger.account_of("issued", {}, "any"), accounts[lot], LOT),))
            for lot in ("lot 1", "lot 2")
        ]
        await ledger.post(tx, given)
        draft = _charged(sales.draft(tx, wanted, HOLD), chance)
        draft = msgspec.structs.replace(draft, claims=tuple(_claims(accounts, draft, chance)))
        goods = [inventory.stock_claim(line.line_id, sales.dc, line.owner_id, line.sku_id, line.quantity) for line in draft.lines]
        others = order.holds((one, one.amount) for one in draft.claims)
        held = await ledger.hold(tx, [ledger.ClaimGroup(draft.order_id, (*goods, *others), draft.dues[0].due_at)])
        assert held.refused == {}
        await order.place(tx, [draft])
        tx.emit("order.placed.v1", draft.order_id, order.placed(draft), sales.world.scope)
        await outbox.write(tx, tx.events, "checkout.place")
        await tx.commit()
    return draft.order_id


def _wanted(chance: random.Random, sku: int) -> Wanted:
    quantity, gross = chance.randint(1, 7), chance.randint(500, 9_999)
    off = tuple((f"rule{i}@1", funder, chance.randint(1, 150)) for i, funder in enumerate(("seller", "brand", "platform")))
    return Wanted(sku, quantity, gross, off, chance.randint(0, 99), chance.random() < 0.5)


def _charged(draft: order.OrderDraft, chance: random.Random) -> order.OrderDraft:
    """With freight and packing on every line, a part of which the seller or a carrier bears."""
    charges: list[Charge] = []
    lines: list[order.LineDraft] = []
    for line in draft.lines:
        mine: list[Charge] = []
        for kind in ("freight", "packing"):
            gross = chance.randint(1, 700)
            off = chance.choice((0, chance.randint(0, gross)))
            tax = chance.randint(0, (gross - off) // 10)
            owed = gross - off + tax
            funder = chance.choice(("seller", "carrier")) if off else ""
            mine.append(Charge(line.line_no, kind, f"{kind}@1", gross, off, "free@1" if off else "", funder, 900, tax, owed))
        charged = sum(one.payable for one in mine)
        lines.append(msgspec.structs.replace(line, charged=charged, payable=line.payable + charged))
        charges += mine
    total = sum(line.payable for line in lines)
    dues = (msgspec.structs.replace(draft.dues[0], amount=total),)
    return msgspec.structs.replace(draft, lines=tuple(lines), charges=tuple(charges), total=total, dues=dues)


def _claims(accounts: dict[str, ledger.Account], draft: order.OrderDraft, chance: random.Random) -> list[Claim]:
    wishes: list[tuple[int, str, str, int]] = [(0, "coupon", "cancel", 1), (0, "uses", "cancel", 1), (0, "budget", "cancel", 345)]
    for line in draft.lines:
        wishes += [(line.line_no, lot, "units", chance.randint(1, 700)) for lot in ("lot 1", "lot 2")]
    return [
        Claim(no, line_no, what.split()[0], 1, accounts[what], USED, amount, back, REFUSAL)
        for no, (line_no, what, back, amount) in enumerate(wishes, 1)
    ]


async def shown(sales: Sales, accounts: Sequence[ledger.Account]) -> list[tuple[int, int]]:
    """(posted, held) of accounts."""
    async with sales.house.db.reading(sales.tenant_id, sales.house.clock.now()) as tx:
        found = await ledger.balances(tx, accounts)
    return [(found[one.account_id].posted, found[one.account_id].held) for one in accounts]


async def take_apart(sales: Sales, order_id: int, chance: random.Random) -> tuple[bool, bool]:
    """Cancel, pay, ship and return at random until nothing is left; whether it was ever paid, and whether anything shipped."""
    paid = shipped = False
    while True:
        lines = await sales.lines(order_id)
        open_ = {line.line_no: line.open for line in lines if line.open}
        sold = {line.line_no: line.sold for line in lines if line.sold}
        if not open_ and not sold:
            return paid, shipped
        what = chance.choice([*(["cancel", "ship" if paid else "pay"] if open_ else []), *(["return"] if sold else [])])
        have = sold if what == "return" else open_
        chosen = {no: chance.randint(1, have[no]) for no in chance.sample(sorted(have), chance.randint(1, len(have)))}
        told: Any = None
        match what:
            case "pay":
                await sales.pay(order_id)
                paid = True
            case "cancel":
                told = await sales.do(
                    cancel, CancelOrder(order_id, Cancellation("changed", tuple(LineUnits(*one) for one in chosen.items())))
                )
            case "ship":
                told = await sales.ship(order_id, *chosen.items())
                shipped = True
            case _:
                back = tuple(UnitsBack(*one) for one in chosen.items())
                told = await sales.do(return_goods, ReturnGoods(order_id, Return("defective", back)))
        assert not isinstance(told, Problem), (what, chosen, told)


@pytest.mark.parametrize("seed", range(16))
async def test_every_account_shows_in_the_end_what_it_showed_before(sales: Sales, seed: int) -> None:
    chance = random.Random(seed)
    order_id = await place(sales, chance, seed + 1)
    before = await sales.left(TEA, RICE)
    paid, shipped = await take_apart(sales, order_id, chance)
    money = dict(await sales.world.rows(_MONEY))
    assert {kind: amount for kind, amount in money.items() if amount} == {}, "cash, revenue, discounts, funders, freight, tax"
    accounts = scarce(seed + 1)
    found = dict(zip(accounts, await shown(sales, list(accounts.values())), strict=True))
    gone = paid and shipped  # what was for the order as a whole comes back only if the whole order does
    assert found == {
        "lot 1": (LOT, 0),
        "lot 2": (LOT, 0),
        "budget": (-345 if gone else 0, 0),
        "uses": (-1 if gone else 0, 0),
        "coupon": (-1 if gone else 0, 0),
    }
    assert await sales.left(TEA, RICE) == [(100, 0), (100, 0)]
    assert [held for _, held in before] != [0, 0]
    assert await sales.world.rows("select count(*) from ledger.hold where tenant_id = $1 and amount > posted + voided") == [(0,)]


_MONEY = """
select split_part(a.code, ':', 1) || ':' || case when a.code ~ '^(discount|funder)' then split_part(a.code, ':', 2) else '' end,
       sum(a.posted)::bigint
  from ledger.account a where a.tenant_id = $1 and a.unit = 'USD' group by 1
"""
