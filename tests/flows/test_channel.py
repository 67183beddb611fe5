"""The simulated channel, end to end over HTTP: what it reports is proven before it is read, and bound before it counts."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx2
import msgspec
import pytest

from jiutong.flows import reactions
from jiutong.gateways import signatures, sim
from jiutong.gateways.outbound import Outbound, Undelivered
from jiutong.kernel import jobs
from jiutong.worker import EXECUTES

from ..sales import HOLD, TEA, Sales, Wanted, sales
from ..world import NOON, SECRET, new_tenant, served, world

__all__ = ["sales", "served", "world"]


async def started(sales: Sales, script: str = "", method: str = "card") -> tuple[int, dict[str, Any]]:
    """An order of three, and its payment as the API tells of it."""
    id_ = await sales.place(Wanted(TEA, 3))
    body = {"method": method, "script": script}
    answer = await sales.world.post(f"/v1/orders/{sales.house.ids.show('ord', id_)}/payments", body)
    assert answer.status_code == 201, answer.text
    assert answer.headers["location"] == f"/v1/payments/{answer.json()['id']}"
    return id_, answer.json()


async def payment(sales: Sales, view: dict[str, Any]) -> dict[str, Any]:
    return (await sales.world.get(f"/v1/payments/{view['id']}")).json()


async def verdicts(sales: Sales) -> list[tuple[str, str]]:
    found = (await sales.world.get("/v1/payment-notices")).json()["items"]
    return [(one["verdict"], one["detail"]) for one in reversed(found)]


class TestScripts:
    async def test_a_payer_scans_and_pays(self, sales: Sales) -> None:
        id_, view = await started(sales, method="qr")
        assert (view["state"], view["code"]) == ("started", None)
        assert await sales.work() == 1
        assert (await payment(sales, view))["code"] == f"sim:{view['id']}"
        assert await sales.work() == 1
        told = await payment(sales, view)
        assert (told["state"], told["channel_ref"]) == ("captured", f"sim..{view['id']}")
        assert (await sales.now(id_)).status == "paid"
        assert await verdicts(sales) == [("captured", "")]

    async def test_what_is_declined_failed(self, sales: Sales) -> None:
        _, view = await started(sales, "declined")
        await sales.drain()
        assert (await payment(sales, view))["state"] == "failed"

    async def test_what_is_told_three_times_counts_once(self, sales: Sales) -> None:
        id_, _ = await started(sales, "duplicate")
        await sales.drain()
        assert (await sales.now(id_)).paid == 300
        assert await verdicts(sales) == [("captured", "")]

    @pytest.mark.parametrize(
        ("script", "noted"),
        [
            ("wrong_amount", [("rejected", "amount differs")]),
            ("wrong_currency", [("rejected", "currency differs")]),
            ("other_account", [("rejected", "merchant differs")]),
            ("forged", []),
            ("stale", []),
            ("silent", []),
        ],
    )
    async def test_what_is_not_to_be_believed_changes_nothing(self, sales: Sales, script: str, noted: list[tuple[str, str]]) -> None:
        id_, view = await started(sales, script)
        await sales.drain()
        assert (await payment(sales, view))["state"] == "started"
        assert (await sales.now(id_)).paid == 0
        assert await verdicts(sales) == noted
        # Whoever hears nothing asks: the money had been paid all the same.
        sales.world.served.clock.advance(timedelta(minutes=2))
        await sales.drain()
        assert (await payment(sales, view))["state"] == "captured"

    async def test_a_payer_who_is_late_gets_the_goods_if_they_are_still_there(self, sales: Sales) -> None:
        id_, _ = await started(sales, "late")
        await sales.drain()
        sales.world.served.clock.advance(HOLD + timedelta(minutes=1))
        assert await sales.sweep() == 1
        assert (await sales.now(id_)).status == "expired"
        sales.world.served.clock.advance(timedelta(minutes=10))
        await sales.drain()
        assert (await sales.now(id_)).status == "paid"
        assert await verdicts(sales) == [("late", "the order no longer takes it")]

    @pytest.mark.parametrize(
        ("script", "after", "state", "back"),
        [("", 0, "done", 300), ("refund_failed", 0, "failed", 0), ("refund_late", 0, "sent", 0), ("refund_late", 5, "done", 300)],
    )
    async def test_money_goes_back_as_the_channel_will(self, sales: Sales, script: str, after: int, state: str, back: int) -> None:
        id_, _ = await started(sales, script)
        await sales.drain()
        name = sales.house.ids.show("ord", id_)
        answer = await sales.world.post(f"/v1/orders/{name}/cancellations", {"reason": "changed_mind"})
        assert [(r["amount"], r["state"]) for r in answer.json()["refunds"]] == [(300, "requested")]
        await sales.drain()
        sales.world.served.clock.advance(timedelta(minutes=after))
        await sales.drain()
        told = (await sales.world.get(f"/v1/refunds?order={name}")).json()["items"]
        assert [one["state"] for one in told] == [state]
        assert (await sales.now(id_)).refunded == back

    async def test_a_refund_that_failed_is_sent_again_by_hand(self, sales: Sales) -> None:
        id_, _ = await started(sales, "refund_failed")
        await sales.drain()
        await sales.world.post(f"/v1/orders/{sales.house.ids.show('ord', id_)}/cancellations", {"reason": "changed_mind"})
        await sales.drain()
        [failed] = (await sales.world.get("/v1/refunds?state=failed")).json()["items"]
        assert (await sales.world.post(f"/v1/refunds/{failed['id']}/retry")).json() == {"verdict": "requested"}
        assert (await sales.world.post(f"/v1/refunds/{failed['id']}/retry")).status_code == 409


class Channel:
    """Somebody who calls our callback address about one payment."""

    def __init__(self, sales: Sales, id_: int, view: dict[str, Any]) -> None:
        self.sales = sales
        self.name = signatures.name_of(sales.house.ids, sales.tenant_id, sales.account)
        self.body = msgspec.json.encode(sim.Body("e1", "payment.captured", sales.house.ids.show("ord", id_), view["id"], 300, "USD", "tr1"))

    def signed(self, body: bytes, *, secret_of: str | None = None, age: int = 0) -> str:
        secret = signatures.secret_of(SECRET, secret_of or self.name)
        return signatures.sign(secret, self.sales.house.clock.now() - timedelta(seconds=age), body)

    async def call(self, body: bytes, signature: str | None, account: str | None = None) -> httpx2.Response:
        headers = {} if signature is None else {"x_signature": signature}
        return await self.sales.world.served.ask("POST", f"/v1/callbacks/sim/{account or self.name}", body, "", **headers)


@pytest.fixture
async def channel(sales: Sales) -> Channel:
    return Channel(sales, *await started(sales))


class TestProof:
    async def test_the_channel_itself_is_believed(self, channel: Channel) -> None:
        answer = await channel.call(channel.body, channel.signed(channel.body))
        assert (answer.status_code, answer.json()) == (200, {"verdict": "captured"})
        again = await channel.call(channel.body, channel.signed(channel.body))
        assert (again.status_code, again.json()) == (200, {"verdict": "duplicate"})

    @pytest.mark.parametrize(
        "case", ["no signature", "empty", "nonsense", "alg none", "wrong secret", "other account", "re-serialized", "cut", "time changed"]
    )
    async def test_nobody_else_is(self, channel: Channel, case: str) -> None:
        own = channel.signed(channel.body)
        body = channel.body
        match case:
            case "no signature":
                signature = None
            case "empty":
                signature = ""
            case "nonsense":
                signature = "t=x,v1=y"
            case "alg none":
                signature = own.partition(",")[0] + ",v1="
            case "wrong secret":
                signature = channel.signed(body, secret_of="somebody else")
            case "other account":
                signature = channel.signed(body, secret_of=signatures.name_of(channel.sales.house.ids, channel.sales.tenant_id, "77"))
            case "re-serialized":
                signature, body = own, body.replace(b",", b", ")
            case "cut":
                signature = own[:-1]
            case _:
                signature = own.replace(",", "0,", 1)
        answer = await channel.call(body, signature)
        assert (answer.status_code, answer.json()["code"]) == (401, "payment.unproven_notice")
        assert await verdicts(channel.sales) == []

    @pytest.mark.parametrize(("age", "status"), [(300, 200), (301, 400), (-300, 200), (-301, 400)])
    async def test_it_is_believed_for_five_minutes(self, channel: Channel, age: int, status: int) -> None:
        assert (await channel.call(channel.body, channel.signed(channel.body, age=age))).status_code == status
        assert len(await verdicts(channel.sales)) == (1 if status == 200 else 0)

    async def test_another_account_says_nothing_of_our_payments(self, channel: Channel) -> None:
        other = signatures.name_of(channel.sales.house.ids, channel.sales.tenant_id, "77")
        answer = await channel.call(channel.body, channel.signed(channel.body, secret_of=other), other)
        assert (answer.status_code, answer.json()["code"], answer.json()["detail"]) == (422, "payment.mismatch", "merchant differs")

    async def test_another_tenant_says_nothing_of_our_payments(self, channel: Channel, admin_url: str) -> None:
        theirs = await new_tenant(channel.sales.world.served, admin_url)
        other = signatures.name_of(channel.sales.house.ids, theirs.tenant_id, channel.sales.account)
        answer = await channel.call(channel.body, channel.signed(channel.body, secret_of=other), other)
        assert (answer.status_code, answer.json()["detail"]) == (422, "there is no such payment")

    async def test_a_genuine_small_payment_pays_no_large_order(self, channel: Channel) -> None:
        _, large = await started(channel.sales)
        body = channel.body.replace(channel.body.split(b'"subject":"')[1].split(b'"')[0], large["id"].encode())
        answer = await channel.call(body, channel.signed(body))
        assert (answer.status_code, answer.json()["detail"]) == (422, "order differs")

    @pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"event": 1}', b"\xff", b"null"])
    async def test_what_is_no_notice_is_told_so(self, channel: Channel, body: bytes) -> None:
        answer = await channel.call(body, channel.signed(body))
        assert (answer.status_code, answer.json()["code"]) == (400, "request.malformed")

    async def test_an_account_nobody_gave_out_is_not_found(self, channel: Channel) -> None:
        for name in ("x", "mch_x.sel_y", channel.name + "x"):
            assert (await channel.call(channel.body, channel.signed(channel.body), name)).status_code == 404


class TestRights:
    async def test_who_may_not_pay_is_told(self, sales: Sales) -> None:
        id_ = await sales.place(Wanted(TEA, 3))
        path = f"/v1/orders/{sales.house.ids.show('ord', id_)}/payments"
        served_ = sales.world.served
        assert (await served_.ask("POST", path, {"method": "card"}, await sales.world.key_with("order:place"))).status_code == 403
        assert (await served_.ask("POST", path, {"method": "cash"}, await sales.world.key_with("payment:start"))).status_code == 403
        assert (await served_.ask("POST", path, {"method": "card"})).status_code == 401
        till = await sales.world.key_with("payment:start", "payment:cash")
        assert (await served_.ask("POST", path, {"method": "cash"}, till)).status_code == 201

    async def test_a_repeated_request_lays_down_one_tender(self, sales: Sales) -> None:
        id_ = await sales.place(Wanted(TEA, 3))
        path = f"/v1/orders/{sales.house.ids.show('ord', id_)}/payments"
        first, second = [await sales.world.post(path, {"method": "card"}, idempotency_key="k") for _ in range(2)]
        assert first.json()["id"] == second.json()["id"]
        assert len(await sales.tenders(id_)) == 1
        assert (await sales.world.post(path, {"method": "cash"}, idempotency_key="k")).status_code == 422


class TestOutbound:
    async def test_nobody_calls_out_while_a_transaction_is_open(self, sales: Sales) -> None:
        out = Outbound(httpx2.ASGITransport(sales.world.served.app))
        async with sales.house.db.reading(sales.tenant_id, NOON):
            with pytest.raises(RuntimeError, match="while a transaction is open"):
                await out.post("http://testserver.local/v1/health", b"", {})
        assert await out.post("http://testserver.local/nowhere", b"", {}) == 404
        await out.close()

    async def test_who_does_not_answer_is_tried_again(self) -> None:
        def down(request: httpx2.Request) -> httpx2.Response:
            if request.url.path == "/down":
                raise httpx2.ConnectError("no")
            return httpx2.Response(503)

        out = Outbound(httpx2.MockTransport(down))
        for path in ("/down", "/busy"):
            with pytest.raises(Undelivered):
                await out.post(f"http://testserver.local{path}", b"", {})
        await out.close()

    async def test_a_redirect_is_not_followed(self) -> None:
        out = Outbound(httpx2.MockTransport(lambda _: httpx2.Response(302, headers={"location": "http://testserver.local/x"})))
        assert await out.post("http://testserver.local/", b"", {}) == 302
        await out.close()


@pytest.fixture
async def reacting() -> AsyncIterator[None]:
    reactions.install()
    yield
    jobs.REACTIONS.clear()


@pytest.mark.usefixtures("reacting")
async def test_a_paid_order_is_released_to_its_location(sales: Sales) -> None:
    id_, _ = await started(sales)
    await sales.drain()
    works = "select state from fulfillment.work where tenant_id = $1 and order_id = $2"
    assert await sales.world.rows(works, id_) == [("released",)]
    assert (await sales.world.rows("select count(*) from kernel.job where tenant_id = $1 and kind <> 'payment.chase'")) == [(0,)]


@pytest.mark.usefixtures("reacting")
async def test_an_order_that_is_canceled_before_it_is_released_is_left_alone(sales: Sales) -> None:
    id_ = await sales.place(Wanted(TEA, 3))
    await sales.pay(id_)
    await sales.world.post(f"/v1/orders/{sales.house.ids.show('ord', id_)}/cancellations", {"reason": "changed_mind"})
    await sales.drain()
    assert await sales.world.rows("select 1 from fulfillment.work where tenant_id = $1") == []
    assert await sales.world.rows("select 1 from kernel.job where tenant_id = $1") == []


def test_every_reaction_is_done_somewhere() -> None:
    assert {one.kind for one in reactions.REACTIONS} <= EXECUTES.keys()
