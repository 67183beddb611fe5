"""What is taken back, over HTTP: who may, what is told, and what is refused where."""

from typing import Any

import pytest

from ..sales import RICE, TEA, Sales, Wanted, new_sales, sales
from ..world import served, world

__all__ = ["sales", "served", "world"]


async def bought(sales: Sales) -> str:
    """The public name of an order of two lines, paid in cash and shipped."""
    id_ = await sales.place(Wanted(TEA, 3, gross=1000), Wanted(RICE, 2))
    await sales.pay(id_)
    await sales.ship(id_, (1, 3), (2, 2))
    return sales.house.ids.show("ord", id_)


def asked(*units: tuple[int, int], **more: Any) -> dict[str, Any]:
    return {"reason": "defective", "lines": [{"line": line, "quantity": quantity} for line, quantity in units], **more}


class TestReturns:
    async def test_a_return_is_previewed_made_shown_and_listed(self, sales: Sales) -> None:
        name = await bought(sales)
        preview = await sales.world.post(f"/v1/orders/{name}/returns/preview", asked((1, 1), (2, 2)))
        assert (preview.status_code, preview.json()["id"], preview.json()["refund"]) == (200, None, 533)
        made = await sales.world.post(f"/v1/orders/{name}/returns", asked((1, 1), (2, 2)))
        told = made.json()
        assert made.status_code == 201
        assert (
            told["lines"]
            == preview.json()["lines"]
            == [
                {"line": 1, "quantity": 1, "refund": 333, "restock": True},
                {"line": 2, "quantity": 2, "refund": 200, "restock": True},
            ]
        )
        assert [(r["method"], r["amount"], r["state"]) for r in told["refunds"]] == [("cash", 533, "done")]
        shown = (await sales.world.get(made.headers["location"])).json()
        assert (shown["id"], shown["order"], shown["reason"], shown["refund"], shown["location"]) == (
            told["id"], name, "defective", 533, "dc1",
        )  # fmt: skip
        assert [(line["line"], line["quantity"]) for line in shown["lines"]] == [(1, 1), (2, 2)]
        await sales.world.post(f"/v1/orders/{name}/returns", asked((1, 2)))
        page = (await sales.world.get(f"/v1/returns?order={name}&limit=1")).json()
        assert [one["refund"] for one in page["items"]] == [667]
        rest = (await sales.world.get(f"/v1/returns?order={name}&limit=1&after={page['next']}")).json()
        assert ([one["id"] for one in rest["items"]], rest["next"]) == ([told["id"]], None)

    @pytest.mark.parametrize(
        ("body", "status", "pointer"),
        [
            ({"reason": "bored", "lines": [{"line": 1, "quantity": 1}]}, 422, "/reason"),
            ({"reason": "defective", "lines": []}, 422, "/lines"),
            ({"reason": "defective", "lines": [{"line": 1, "quantity": 0}]}, 422, "/lines/0/quantity"),
            ({"reason": "defective", "lines": [{"line": 1, "quantity": 4}]}, 422, "/lines/0/quantity"),
            ({"reason": "defective", "lines": [{"line": 3, "quantity": 1}]}, 422, "/lines/0/line"),
            ({"reason": "defective", "lines": [{"line": 1, "quantity": 1, "refund": 9999}]}, 422, "/lines/0/refund"),
            ({"reason": "defective", "lines": [{"line": 1, "quantity": 1}], "location": "moon"}, 422, "/location"),
        ],
    )
    async def test_what_is_wrong_is_pointed_at(self, sales: Sales, body: dict[str, Any], status: int, pointer: str) -> None:
        refusal = await sales.world.post(f"/v1/orders/{await bought(sales)}/returns", body)
        assert (refusal.status_code, refusal.json()["errors"][0]["pointer"]) == (status, pointer)

    async def test_a_receipt_is_enough(self, sales: Sales) -> None:
        id_ = await sales.ring(Wanted(TEA, 2), tenders=[("cash", 200)])
        [(receipt_no,)] = await sales.world.rows("select receipt_no from orders.placed where tenant_id = $1 and order_id = $2", id_)
        made = await sales.world.post(f"/v1/receipts/s1/t1/{receipt_no}/returns", asked((1, 1)))
        assert (made.status_code, made.json()["refund"]) == (201, 100)
        assert (await sales.world.post("/v1/receipts/s1/t1/nothing/returns", asked((1, 1)))).status_code == 404

    async def test_a_repeated_request_takes_goods_back_once(self, sales: Sales) -> None:
        name = await bought(sales)
        first, second = [await sales.world.post(f"/v1/orders/{name}/returns", asked((1, 1)), idempotency_key="k") for _ in range(2)]
        assert first.json() == second.json()
        assert len((await sales.world.get("/v1/returns")).json()["items"]) == 1

    async def test_the_reasons_are_published(self, sales: Sales) -> None:
        told = (await sales.world.get("/v1/return-reasons")).json()["items"]
        assert told[0] == {"code": "changed_mind", "ours": False, "means": "the buyer no longer wants it", "means_zh": "不想要了"}


class TestOrders:
    async def test_an_order_is_shortened_and_commented(self, sales: Sales) -> None:
        id_ = await sales.place(Wanted(TEA, 3), Wanted(RICE, 2))
        path = f"/v1/orders/{sales.house.ids.show('ord', id_)}"
        edits = {"lines": [{"line": 2, "quantity": 0}], "contact": {"name": "Mei"}}
        edited = await sales.world.served.ask("PATCH", path, edits, sales.world.key)
        assert (edited.status_code, edited.json()["amount"], edited.json()["status"]) == (200, 200, "placed")
        grown = await sales.world.served.ask("PATCH", path, {"lines": [{"line": 1, "quantity": 9}]}, sales.world.key)
        assert (grown.status_code, grown.json()["code"]) == (409, "order.not_open")
        assert (await sales.world.post(f"{path}/comments", {"text": "ring twice"})).status_code == 200
        timeline = (await sales.world.get(f"{path}/timeline")).json()["items"]
        assert [(one["type"], one["facts"].get("text")) for one in timeline[:2]] == [
            ("order.commented.v1", "ring twice"),
            ("order.edited.v1", None),
        ]

    @pytest.mark.parametrize(
        ("method", "path", "body", "grant"),
        [
            ("POST", "/cancellations", {"reason": "x"}, "order:cancel"),
            ("PATCH", "", {}, "order:edit"),
            ("POST", "/comments", {"text": "x"}, "order:comment"),
            ("POST", "/returns/preview", asked((1, 1)), "care:return"),
            ("GET", "/payments", None, "payment:read"),
        ],
    )
    async def test_every_act_needs_its_own_right(self, sales: Sales, method: str, path: str, body: object, grant: str) -> None:
        name = await bought(sales)
        other = await sales.world.key_with("order:read", "catalog:read")
        own = await sales.world.key_with(grant)
        ask = sales.world.served.ask
        assert (await ask(method, f"/v1/orders/{name}{path}", body)).status_code == 401
        assert (await ask(method, f"/v1/orders/{name}{path}", body, other)).status_code == 403
        assert (await ask(method, f"/v1/orders/{name}{path}", body, own)).status_code in {200, 409}

    async def test_orders_of_others_are_not_there(self, sales: Sales, admin_url: str) -> None:
        theirs = await bought(await _stocked(await new_sales(sales.world.served, admin_url)))
        acts: tuple[tuple[str, str, dict[str, Any]], ...] = (
            ("POST", "/cancellations", {"reason": "x"}),
            ("PATCH", "", {}),
            ("POST", "/comments", {"text": "x"}),
            ("POST", "/returns", asked((1, 1))),
            ("POST", "/payments", {"method": "cash"}),
        )
        for method, path, body in acts:
            answer = await sales.world.served.ask(method, f"/v1/orders/{theirs}{path}", body, sales.world.key)
            assert (answer.status_code, answer.json()["code"]) == (404, "order.not_found"), path
        assert (await sales.world.get(f"/v1/orders/{theirs}/payments")).json()["items"] == []


async def _stocked(sales: Sales) -> Sales:
    await sales.stock(TEA, 10)
    await sales.stock(RICE, 10)
    return sales
