"""The book through HTTP: from the trial balance to an account, to what moved on it, to the entry and the order behind it."""

from collections import Counter
from typing import Any

import pytest

from jiutong import ledger
from jiutong.api import cursors
from jiutong.flows.return_goods import Return, ReturnGoods, UnitsBack, return_goods

from ..sales import RICE, TEA, Sales, Wanted, sales
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


class TestNames:
    async def test_accounts_are_told_by_the_names_of_what_their_codes_mean(self, sales: Sales, order_id: int) -> None:
        (row,) = (await told(sales.world, "/v1/ledger/accounts?kind=revenue&which=acme&place=mall"))["items"]
        day = row["code"].rpartition(":")[2]
        assert [(one["key"], one["code"], one["name"]) for one in row["name"]["parts"]] == [
            ("seller", "acme", "Acme"),
            ("place", "mall", "Mall"),
            ("day", day, day),
        ]
        assert (row["name"]["kind"], row["name"]["measure"], row["posted"]) == ("revenue", "USD", -616)

    async def test_a_kind_of_account_says_what_it_stands_for_in_the_language_of_who_asks(self, sales: Sales, order_id: int) -> None:
        rows = (await sales.world.get("/v1/ledger/trial-balance", accept_language="zh-CN")).json()
        assert [row["means"] for row in rows if row["kind"] == "advance"] == ["预收款"]
        kinds = await told(sales.world, "/v1/ledger/account-kinds")
        assert [(one["name"], one["keys"], one["means"]) for one in kinds if one["name"] == "unapplied"] == [
            ("unapplied", ["place", "day"], "money that arrived for an order no longer open")
        ]

    async def test_an_escaped_key_is_read_as_it_was_given(self, sales: Sales) -> None:
        await sales.pay(id_ := await sales.place(Wanted(TEA, 1, gross=100, off=(("50%:now", "seller", 10),))))
        await sales.ship(id_, (1, 1))
        (row,) = (await told(sales.world, "/v1/ledger/accounts?kind=discount&which=50%25:now"))["items"]
        assert (row["name"]["parts"][0]["name"], row["posted"]) == ("50%:now", 10)
        (group,) = (await told(sales.world, "/v1/ledger/groups?kind=discount&by=rule"))["items"]
        assert group["value"] == "50%25%3Anow"
        assert group["name"] == "50%:now"


class TestChoices:
    async def test_any_place_and_any_day_balances_by_itself(self, sales: Sales, order_id: int) -> None:
        await sales.ring(Wanted(TEA, 1, gross=500, off=(("tea_week", "seller", 20),), tax=30), tenders=(("cash", 480),))
        world = sales.world
        for query in ("place=mall", "place=s1", "day_from=2026-11-22", "day_to=2026-11-22", "day_from=2026-11-22&place=s1&currency=USD"):
            rows = await told(world, f"/v1/ledger/trial-balance?{query}")
            assert rows
            assert sum(row["posted"] for row in rows) == 0
            assert all(row["posted"] == row["debit"] - row["credit"] for row in rows)
        for query in ("place=s2", "day_from=2026-11-23", "day_to=2026-11-21", "currency=EUR"):
            assert await told(world, f"/v1/ledger/trial-balance?{query}") == []

    async def test_what_the_chosen_accounts_come_to_is_told_with_the_first_page(self, sales: Sales, order_id: int) -> None:
        first = await told(sales.world, "/v1/ledger/accounts?limit=2")
        assert first["sums"] == [{"unit": "USD", "accounts": 7, "posted": 0, "debit": 567 + 67 + 33, "credit": 616 + 51}]
        assert (await told(sales.world, f"/v1/ledger/accounts?limit=2&after={first['next']}"))["sums"] == []

    async def test_accounts_that_show_nothing_can_be_left_out(self, sales: Sales, order_id: int) -> None:
        codes_ = [row["name"]["kind"] for row in (await told(sales.world, "/v1/ledger/accounts?nonzero=true"))["items"]]
        assert codes_ == ["clearing", "discount", "funder", "revenue", "tax"]

    async def test_groups_by_weight_and_days_latest_first_in_pages(self, sales: Sales) -> None:
        day = ledger.account("clearing:cash:1:20260131", "USD"), ledger.account("clearing:card:1:20260201", "USD")
        shelf = ledger.account("revenue:1:1:20260131", "USD")
        async with sales.house.db.transaction(sales.tenant_id, NOON) as tx:
            legs = (ledger.Transfer(shelf, day[0], 9), ledger.Transfer(shelf, day[1], 30))
            await ledger.post(tx, [ledger.Entry(tx.mint(), "sale.rung", 1, legs)])
            await tx.commit()
        for by, values in (("method", ["card", "cash"]), ("day", ["20260201", "20260131"]), ("month", ["202602", "202601"])):
            address = f"/v1/ledger/groups?kind=clearing&by={by}&limit=1"
            first = await told(sales.world, address)
            second = await told(sales.world, f"{address}&after={first['next']}")
            assert [row["value"] for row in first["items"] + second["items"]] == values
            assert [row["posted"] for row in first["items"] + second["items"]] == [30, 9]
            assert second["next"] is None

    @pytest.mark.parametrize(
        ("address", "pointer"),
        [
            ("groups?kind=clearing&by=seller", "/by"),
            ("groups?kind=sold&by=day", "/by"),
            ("groups?kind=nothing&by=day", "/by"),
            ("accounts?which=x", "/which"),
            ("accounts?kind=unapplied&which=x", "/which"),
        ],
    )
    async def test_a_key_the_kind_does_not_have_is_pointed_at(self, world: World, address: str, pointer: str) -> None:
        answered = await world.get(f"/v1/ledger/{address}")
        assert (answered.status_code, answered.json()["errors"][0]["pointer"]) == (422, pointer)


class TestRunningBalance:
    async def test_each_movement_says_what_the_account_showed_after_it(self, sales: Sales, order_id: int) -> None:
        revenue = await one_account(sales.world, "revenue:")
        moved = (await told(sales.world, f"/v1/ledger/movements?account={revenue}"))["items"]
        assert [one["balance"] - one["amount"] for one in moved] == [*(one["balance"] for one in moved[1:]), 0]
        shown = await told(sales.world, f"/v1/ledger/account?code={revenue}")
        assert [moved[0]["balance"], moved[-1]["balance"]] == [shown["posted"], -850]

    async def test_also_on_later_pages_and_within_a_period(self, sales: Sales) -> None:
        id_ = await sales.place(OFFERED)
        await sales.pay(id_)
        sales.world.served.clock.at = NOON.replace(hour=13)
        await sales.ship(id_, (1, 1))
        sales.world.served.clock.at = NOON.replace(hour=14)
        await sales.ship(id_, (1, 2))
        sales.world.served.clock.at = NOON
        address = f"/v1/ledger/movements?account={await one_account(sales.world, 'advance:')}"
        whole = (await told(sales.world, address))["items"]
        assert [(one["amount"], one["balance"]) for one in whole] == [(567, 0), (283, -567), (-850, -850)]
        first = await told(sales.world, f"{address}&limit=1")
        assert (await told(sales.world, f"{address}&limit=1&after={first['next']}"))["items"] == [whole[1]]
        assert (await told(sales.world, f"{address}&since=2026-11-22T13:00:00Z&until=2026-11-22T14:00:00Z"))["items"] == [whole[1]]
        detail = address.replace("movements?account", "account?code")
        shown = await told(sales.world, f"{detail}&since=2026-11-22T13:00:00Z&until=2026-11-22T14:00:00Z")
        assert [shown[name] for name in ("opening", "debit", "credit", "movements", "posted")] == [-850, 283, 0, 1, 0]
        shown = await told(sales.world, detail)
        assert [shown[name] for name in ("opening", "debit", "credit", "movements", "tracked")] == [0, 850, 850, 3, True]

    async def test_the_world_outside_shows_no_balance(self, sales: Sales, order_id: int) -> None:
        moved = (await told(sales.world, "/v1/ledger/movements?account=sold"))["items"]
        assert [(one["amount"], one["balance"]) for one in moved] == [(-1, None), (3, None)]
        shown = await told(sales.world, "/v1/ledger/account?code=sold")
        assert [shown[name] for name in ("tracked", "opening", "debit", "credit", "movements")] == [False, None, None, None, None]
        assert (await sales.world.get("/v1/ledger/account?code=nothing")).status_code == 404


class TestWhyThisCent:
    async def test_an_odd_cent_is_told_by_line_and_units(self, sales: Sales) -> None:
        id_ = await sales.place(OFFERED, Wanted(RICE, 2, gross=333, off=(("tea_week", "seller", 33),), tax=25))
        await sales.pay(id_)
        await sales.ship(id_, (1, 2), (2, 1))
        await sales.ship(id_, (1, 1), (2, 1))
        name = sales.house.ids.show("ord", id_)
        book = await told(sales.world, f"/v1/orders/{name}/ledger")
        assert [(one["line"], one["quantity"], one["tax"], one["payable"]) for one in book["lines"]] == [(1, 3, 77, 850), (2, 2, 25, 300)]
        shipped = [one for one in book["entries"] if one["rule"] == "order.shipped"]
        taxes = [leg for one in shipped for leg in one["transfers"] if leg["word"] == "tax"]
        assert [
            (leg["amount"], [(p["line"], p["first"], p["last"], p["quantity"], p["amount"], p["whole"]) for p in leg["parts"]])
            for leg in taxes
        ] == [
            (51, [(1, 1, 2, 3, 51, 77)]),
            (13, [(2, 1, 1, 2, 13, 25)]),
            (26, [(1, 3, 3, 3, 26, 77)]),
            (12, [(2, 2, 2, 2, 12, 25)]),
        ]
        off = [leg for one in shipped for leg in one["transfers"] if leg["word"] == "discount"]
        assert [[(p["line"], p["amount"], p["whole"]) for p in leg["parts"]] for leg in off] == [
            [(1, 67, 100)],
            [(2, 17, 33)],
            [(1, 33, 100)],
            [(2, 16, 33)],
        ]
        for leg in (leg for one in book["entries"] for leg in one["transfers"]):
            assert leg["why"]
            assert sum(part["amount"] for part in leg["parts"]) in {leg["amount"], 0}

    async def test_what_came_back_names_the_units_it_was(self, sales: Sales, order_id: int) -> None:
        await sales.do(return_goods, ReturnGoods(order_id, Return("changed_mind", (UnitsBack(1, 2),))))
        name = sales.house.ids.show("ord", order_id)
        entries = (await told(sales.world, f"/v1/orders/{name}/ledger"))["entries"]
        back = [one for one in entries if one["rule"] == "goods.returned"]
        taxes = [leg for one in back for leg in one["transfers"] if leg["word"] == "tax"]
        assert [[(p["first"], p["last"], p["amount"]) for p in leg["parts"]] for leg in taxes] == [[(1, 1, 26)], [(2, 3, 51)]]
        assert [(one["fact"]["kind"], one["fact"]["id"][:4], one["fact"]["reason"]) for one in back] == [
            ("return", "ret_", "changed_mind")
        ] * 2

    async def test_what_an_order_comes_to_by_account_sums_to_zero(self, sales: Sales, order_id: int) -> None:
        name = sales.house.ids.show("ord", order_id)
        book = await told(sales.world, f"/v1/orders/{name}/ledger")
        assert {row["name"]["kind"]: row["posted"] for row in book["balances"]} == await balances(sales.world)
        assert sum(row["posted"] for row in book["balances"]) == 0

    async def test_a_sale_by_two_tenders_is_not_taken_apart_by_line(self, sales: Sales) -> None:
        lines = (Wanted(TEA, 1, gross=500), Wanted(RICE, 1, gross=301, off=(("week", "seller", 1),)))
        split = await sales.ring(*lines, tenders=(("cash", 300), ("card", 500)))
        name = sales.house.ids.show("ord", split)
        (entry,) = (await told(sales.world, f"/v1/orders/{name}/ledger"))["entries"]
        legs = [(leg["word"], leg["amount"], [part["line"] for part in leg["parts"]]) for leg in entry["transfers"]]
        assert legs == [("units", 1, [1]), ("units", 1, [2]), ("tendered", 300, []), ("tendered", 500, []), ("discount", 1, [2])]
        one = await sales.ring(*lines, tenders=(("cash", 800),))
        (entry,) = (await told(sales.world, f"/v1/orders/{sales.house.ids.show('ord', one)}/ledger"))["entries"]
        assert [part["amount"] for leg in entry["transfers"] if leg["word"] == "tendered" for part in leg["parts"]] == [500, 300]

    async def test_the_entries_of_an_order_name_the_facts_behind_them(self, sales: Sales, order_id: int) -> None:
        name = sales.house.ids.show("ord", order_id)
        entries = await told(sales.world, f"/v1/orders/{name}/entries")
        assert [(one["rule"], one["amount"], one["transfers"], one["fact"]["kind"], one["fact"]["method"]) for one in entries] == [
            ("payment.captured", 850, 1, "tender", "cash"),
            ("order.shipped", 1077, 5, "shipment", None),
            ("goods.returned", 359, 5, "return", None),
            ("payment.refunded", 283, 1, "refund", "cash"),
        ]
        (shown,) = [one for one in entries if one["rule"] == "payment.captured"]
        entry = await told(sales.world, f"/v1/ledger/entries/{shown['id']}")
        assert (entry["subject"]["id"], entry["subject"]["kind"], entry["transfers"][0]["word"]) == (name, "order", "amount")

    async def test_no_such_order(self, world: World) -> None:
        name = world.served.house.ids.show("ord", 1)
        assert (await world.get(f"/v1/orders/{name}/ledger")).status_code == 404
        assert await told(world, f"/v1/orders/{name}/entries") == []


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
    ADDRESSES = (
        "trial-balance",
        "groups?kind=tax&by=day",
        "accounts",
        "movements?account=tax",
        "entries/ent_0000000000000",
        "rules",
        "account-kinds",
    )

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
