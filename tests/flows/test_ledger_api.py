"""The book through HTTP: from the trial balance to an account, to what moved on it, to the entry and the order behind it."""

from collections import Counter
from typing import Any

import pytest

from jiutong import ledger
from jiutong.api import cursors
from jiutong.flows.return_goods import Return, ReturnGoods, UnitsBack, return_goods

from ..sales import TEA, Sales, Wanted, sales
from ..world import NOON, World, new_world, served, world

__all__ = ["sales", "served", "world"]
OFFERED = Wanted(TEA, 3, gross=1000, off=(("tea_week", "seller", 100), ("brew%", "brewer", 50)), tax=77)


async def told(world: World, path: str) -> Any:
    answered = await world.get(path)
    assert answered.status_code == 200, answered.text
    return answered.json()


async def balances(world: World) -> dict[str, int]:
    return {row["kind"]: row["posted"] for row in await told(world, "/v1/ledger/trial-balance")}


async def codes(world: World, prefix: str) -> list[str]:
    return [row["code"] for row in (await told(world, f"/v1/ledger/accounts?prefix={prefix}"))["items"]]


async def one_account(world: World, prefix: str) -> str:
    (code,) = await codes(world, prefix)
    return code


@pytest.fixture
async def order_id(sales: Sales) -> int:
    """Three packs of tea, paid in cash and shipped; one came back."""
    id_ = await sales.place(OFFERED)
    await sales.pay(id_)
    await sales.ship(id_, (1, 3))
    await sales.do(return_goods, ReturnGoods(id_, Return("changed_mind", (UnitsBack(1, 1),))))
    return id_


class TestTrialBalance:
    async def test_a_currency_sums_to_zero_at_every_step(self, sales: Sales) -> None:
        id_ = await sales.place(OFFERED)
        assert await balances(sales.world) == {}
        await sales.pay(id_)
        assert await balances(sales.world) == {"advance": -850, "clearing": 850}
        await sales.ship(id_, (1, 2))
        shipped = {"advance": -283, "clearing": 850, "discount": 67, "funder": 33, "revenue": -616, "tax": -51}
        assert await balances(sales.world) == shipped
        await sales.do(return_goods, ReturnGoods(id_, Return("changed_mind", (UnitsBack(1, 1),))))
        back = {"advance": -283, "clearing": 567, "discount": 34, "funder": 16, "refund_due": 0, "revenue": -309, "tax": -25}
        assert await balances(sales.world) == back
        assert [sum(one.values()) for one in (shipped, back)] == [0, 0]

    async def test_each_currency_by_itself(self, sales: Sales) -> None:
        await sales.pay(await sales.place(OFFERED))
        till, shelf = (ledger.account(f"{kind}:euro", "EUR") for kind in ("clearing", "revenue"))
        async with sales.house.db.transaction(sales.tenant_id, NOON) as tx:
            await ledger.post(tx, [ledger.Entry(tx.mint(), "sale.rung", 1, (ledger.Transfer(shelf, till, 9),))])
            await tx.commit()
        rows = await told(sales.world, "/v1/ledger/trial-balance")
        assert [(row["unit"], row["kind"], row["posted"]) for row in rows] == [
            ("EUR", "clearing", 9),
            ("EUR", "revenue", -9),
            ("USD", "advance", -850),
            ("USD", "clearing", 850),
        ]


class TestDrillDown:
    async def test_from_an_account_to_the_entry_and_its_order(self, sales: Sales, order_id: int) -> None:
        world, order = sales.world, sales.house.ids.show("ord", order_id)
        revenue = await one_account(world, "revenue:")
        moved = (await told(world, f"/v1/ledger/movements?account={revenue}"))["items"]
        assert [(one["rule"], one["amount"], one["other"].partition(":")[0], one["about"]) for one in moved] == [
            ("goods.returned", -26, "tax", order),
            ("goods.returned", 33, "discount", order),
            ("goods.returned", 17, "funder", order),
            ("goods.returned", 283, "refund_due", order),
            ("order.shipped", 77, "tax", order),
            ("order.shipped", -100, "discount", order),
            ("order.shipped", -50, "funder", order),
            ("order.shipped", -850, "advance", order),
        ]
        entry = await told(world, f"/v1/ledger/entries/{moved[-1]['entry']}")
        assert (entry["rule"], entry["about"], entry["reverses"]) == ("order.shipped", order, None)
        kinds = [(t["from_account"].partition(":")[0], t["to_account"].partition(":")[0], t["amount"]) for t in entry["transfers"]]
        assert sorted(kinds) == [
            ("revenue", "advance", 850),
            ("revenue", "discount", 100),
            ("revenue", "funder", 50),
            ("stock", "sold", 3),
            ("tax", "revenue", 77),
        ]
        assert Counter(t["unit"] for t in entry["transfers"]) == {"USD": 4, f"sku:{TEA}": 1}

    async def test_what_moved_is_told_in_pages(self, sales: Sales, order_id: int) -> None:
        address = f"/v1/ledger/movements?account={await one_account(sales.world, 'revenue:')}"
        whole = (await told(sales.world, address))["items"]
        paged: list[Any] = []
        after = ""
        while after is not None:
            page = await told(sales.world, f"{address}&limit=3{after and f'&after={after}'}")
            paged += page["items"]
            after = page["next"]
        assert (paged, len(paged)) == (whole, 8)

    async def test_what_moved_sums_to_what_the_account_shows(self, sales: Sales, order_id: int) -> None:
        for row in (await told(sales.world, "/v1/ledger/accounts"))["items"]:
            moved = (await told(sales.world, f"/v1/ledger/movements?account={row['code']}"))["items"]
            assert sum(one["amount"] for one in moved) == row["posted"]

    async def test_stock_opens_too(self, sales: Sales, order_id: int) -> None:
        async with sales.house.db.reading(sales.tenant_id, NOON) as tx:
            (code,) = [row["code"] for row in await tx.fetch(_STOCK, f"sku:{TEA}")]
        moved = (await told(sales.world, f"/v1/ledger/movements?account={code}"))["items"]
        assert [(one["rule"], one["amount"], one["other"], one["about"][:3]) for one in moved] == [
            ("goods.returned", 1, "sold", "ord"),
            ("order.shipped", -3, "sold", "ord"),
            ("goods.received", 100, "supplied", "pap"),
        ]
        assert await codes(sales.world, "stock:") == []

    async def test_an_entry_that_undoes_another_names_it(self, sales: Sales, order_id: int) -> None:
        async with sales.house.db.transaction(sales.tenant_id, NOON) as tx:
            wrong, undone, empty = tx.mint(), tx.mint(), tx.mint()
            legs = (ledger.Transfer(ledger.account("revenue:x", "USD"), ledger.account("clearing:x", "USD"), 5),)
            await ledger.post(tx, [ledger.Entry(wrong, "sale.rung", order_id, legs), ledger.Entry(empty, "sale.rung", order_id, ())])
            await ledger.reverse(tx, [(undone, wrong)])
            await tx.commit()
        names = [sales.house.ids.show("ent", id_) for id_ in (wrong, undone, empty)]
        entry = await told(sales.world, f"/v1/ledger/entries/{names[1]}")
        assert (entry["reverses"], [(t["from_account"], t["to_account"], t["amount"]) for t in entry["transfers"]]) == (
            names[0],
            [("clearing:x", "revenue:x", 5)],
        )
        assert (await told(sales.world, f"/v1/ledger/entries/{names[2]}"))["transfers"] == []


class TestAccounts:
    async def test_a_prefix_means_itself(self, sales: Sales, order_id: int) -> None:
        kinds = ["advance", "clearing", "discount", "funder", "refund_due", "revenue", "tax"]
        assert [code.partition(":")[0] for code in await codes(sales.world, "")] == kinds
        assert [code.rsplit(":", 2)[0] for code in await codes(sales.world, "discount:tea_week:")] == ["discount:tea_week"]
        assert await codes(sales.world, "discount:tea-week:") == []
        for wild in ("discount:tea%25", "refund%25due", "discount%5C:", "_iscount", "%25"):
            assert await codes(sales.world, wild) == []

    async def test_accounts_are_told_in_pages(self, sales: Sales, order_id: int) -> None:
        first = await told(sales.world, "/v1/ledger/accounts?limit=6")
        rest = await told(sales.world, f"/v1/ledger/accounts?limit=6&after={first['next']}")
        assert [row["code"] for row in first["items"] + rest["items"]] == await codes(sales.world, "")
        assert (len(rest["items"]), rest["next"]) == (1, None)

    @pytest.mark.parametrize("key", ["\0", 1 << 63, -(1 << 63) - 1])
    async def test_a_cursor_the_database_could_not_read_is_no_cursor(self, world: World, key: object) -> None:
        told = await world.get(f"/v1/ledger/accounts?after={cursors.written(key)}")
        assert (told.status_code, told.json()["errors"][0]["pointer"]) == (422, "/after")
        told = await world.get(f"/v1/ledger/movements?account=tax&after={cursors.written([key, 1 << 40])}")
        assert (told.status_code, told.json()["errors"][0]["pointer"]) == (422, "/after")

    async def test_a_cursor_far_out_is_the_end(self, world: World) -> None:
        assert (await told(world, f"/v1/ledger/movements?account=tax&after={cursors.written([1 << 62, 1 << 40])}"))["items"] == []


class TestWhoMayLook:
    ADDRESSES = ("trial-balance", "accounts", "movements?account=tax", "entries/ent_0000000000000", "rules")

    @pytest.mark.parametrize("address", ADDRESSES)
    async def test_only_who_may_read_the_book(self, world: World, address: str) -> None:
        reader, other = await world.key_with("ledger:read"), await world.key_with("order:read", "payment:read")
        answered = [(await world.served.ask("GET", f"/v1/ledger/{address}", None, key)).status_code for key in (reader, other)]
        assert answered == [404 if "entries" in address else 200, 403]

    async def test_another_company_sees_nothing_of_it(self, sales: Sales, order_id: int, admin_url: str) -> None:
        world = sales.world
        revenue = await one_account(world, "revenue:")
        entry = (await told(world, f"/v1/ledger/movements?account={revenue}"))["items"][0]["entry"]
        other = await new_world(world.served, admin_url)
        assert await told(other, "/v1/ledger/trial-balance") == []
        assert await codes(other, "") == []
        assert (await told(other, f"/v1/ledger/movements?account={revenue}"))["items"] == []
        assert (await other.get(f"/v1/ledger/entries/{entry}")).status_code == 404

    async def test_the_posting_rules_are_published(self, world: World) -> None:
        rules = await told(world, "/v1/ledger/rules")
        assert [(one["event"], one["from_kind"], one["to_kind"]) for one in rules] == [
            (rule.event, rule.from_, rule.to) for rule in ledger.POSTING_RULES
        ]
        assert {one["phase"] for one in rules} == {"hold", "post"}


_STOCK = "select code from ledger.account where tenant_id = $1 and unit = $2"
