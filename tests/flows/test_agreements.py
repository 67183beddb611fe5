"""Prices people agree on, through HTTP: proposals that somebody else approves, and negotiations that end in a contract."""

from datetime import timedelta
from typing import Any

import pytest
from tests.flows.test_prices_api import hour
from tests.flows.test_products_api import put_tea, refusal
from tests.world import NOON, World, served, world

__all__ = ["served", "world"]


async def guarded(world: World) -> str:
    """A list whose changes are approved, and the token of somebody who may propose and approve."""
    await put_tea(world)
    await world.put("/v1/price-lists/base", {"name": "Base", "currency": "USD"})
    await world.put("/v1/price-lists/base/prices", {"prices": [{"sku": "tea-100", "amount_minor": 1000}]})
    await world.put("/v1/price-lists/base", {"name": "Base", "currency": "USD", "approval": True})
    return await world.key_with("pricing:*", "price:approve")


async def propose(world: World, amount: int, **more: object) -> Any:
    return await world.post("/v1/price-proposals", {"list": "base", "prices": [{"sku": "tea-100", "amount_minor": amount}], **more})


async def decide(world: World, token: str, *proposals: str, decision: str = "approve", **more: object) -> Any:
    body = {"proposals": list(proposals), "decision": decision, **more}
    return (await world.served.ask("POST", "/v1/price-proposals/decisions", body, token)).json()


async def price(world: World, query: str = "") -> int | None:
    return (await world.get(f"/v1/prices/explain?sku=tea-100&channel=mall{query}")).json()["amount_minor"]


class TestProposals:
    async def test_nothing_resolves_before_somebody_else_approves(self, world: World) -> None:
        other = await guarded(world)
        direct = await world.put("/v1/price-lists/base/prices", {"prices": [{"sku": "tea-100", "amount_minor": 900}]})
        assert refusal(direct)[:2] == (409, "pricing.approval_needed")
        made = (await propose(world, 900, note="Autumn")).json()
        assert (made["status"], made["lines"], made["raised"], made["lowered"], made["mine"]) == ("proposed", 1, 0, 1, True)
        assert await price(world) == 1000
        own = await decide(world, world.key, made["proposal"])
        assert [one["refused"] for one in own["rows"]] == ["pricing.four_eyes"]
        world.served.clock.at = NOON + timedelta(hours=1)
        assert (await decide(world, other, made["proposal"]))["decided"] == 1
        assert await price(world) == 900
        (row, ended) = sorted((await world.get("/v1/price-lists/base/prices")).json()["items"], key=lambda one: one["amount_minor"])
        assert (row["valid_from"], ended["valid_to"]) == (hour(1), hour(1))
        again = await decide(world, other, made["proposal"])
        assert [one["refused"] for one in again["rows"]] == ["pricing.proposal_decided"]
        told = [type_ for type_, _, _ in await world.events() if type_.startswith("price.")]
        assert told == ["price.set.v1", "price.proposed.v1", "price.approved.v1"]

    async def test_a_rejection_says_why_and_changes_nothing(self, world: World) -> None:
        other = await guarded(world)
        first, second = [(await propose(world, amount)).json()["proposal"] for amount in (900, 1100)]
        silent = await decide(world, other, first, decision="reject")
        assert [one["refused"] for one in silent["rows"]] == ["pricing.reason_needed"]
        assert (await decide(world, other, first, second, decision="reject", reason="Too early"))["decided"] == 2
        shown = (await world.get(f"/v1/price-proposals/{second}")).json()
        assert (shown["status"], shown["reason"], shown["raised"]) == ("rejected", "Too early", 1)
        assert await price(world) == 1000

    async def test_a_draft_is_submitted_and_taken_back_by_whoever_made_it(self, world: World) -> None:
        other = await guarded(world)
        draft = (await propose(world, 900, draft=True)).json()["proposal"]
        early = await decide(world, other, draft)
        assert [one["refused"] for one in early["rows"]] == ["pricing.proposal_decided"]
        strange = await world.served.ask("POST", f"/v1/price-proposals/{draft}/submit", None, other)
        assert refusal(strange)[:2] == (409, "pricing.not_yours")
        assert (await world.post(f"/v1/price-proposals/{draft}/submit")).json()["status"] == "proposed"
        assert (await world.get("/v1/price-lists/base")).json()["proposals"] == 1
        assert (await world.post(f"/v1/price-proposals/{draft}/withdraw")).json()["status"] == "withdrawn"
        assert refusal(await world.post(f"/v1/price-proposals/{draft}/withdraw"))[:2] == (409, "pricing.proposal_decided")
        assert [one["proposal"] for one in (await world.get("/v1/price-proposals?stage=withdrawn")).json()["items"]] == [draft]

    async def test_the_end_of_a_price_is_approved_too(self, world: World) -> None:
        other = await guarded(world)
        (row,) = (await world.get("/v1/price-lists/base/prices")).json()["items"]
        assert refusal(await world.post(f"/v1/prices/{row['price']}/end", {}))[:2] == (409, "pricing.approval_needed")
        made = (await world.post("/v1/price-proposals", {"list": "base", "ends": [{"price": row["price"]}]})).json()["proposal"]
        (line,) = (await world.get(f"/v1/price-proposals/{made}/lines")).json()["items"]
        assert (line["sku"], line["ends"], line["amount_minor"]) == ("tea-100", row["price"], 1000)
        world.served.clock.at = NOON + timedelta(hours=1)
        assert (await decide(world, other, made))["decided"] == 1
        assert await price(world) is None

    async def test_the_lines_tell_before_and_after(self, world: World) -> None:
        await guarded(world)
        await world.put("/v1/price-lists/least", {"name": "Least", "currency": "USD", "role": "floor"})
        await world.put("/v1/price-lists/least/prices", {"prices": [{"sku": "tea-100", "amount_minor": 700}]})
        made = (await propose(world, 900)).json()["proposal"]
        (line,) = (await world.get(f"/v1/price-proposals/{made}/lines")).json()["items"]
        told = [line[key] for key in ("before_minor", "amount_minor", "base_minor", "floor_minor", "valid_from")]
        assert told == [1000, 900, 1000, 700, None]

    async def test_the_lines_tell_the_margin_over_what_goods_cost_here(self, world: World) -> None:
        await guarded(world)
        lists: list[tuple[str, int, dict[str, Any]]] = [("cost", 720, {}), ("mall-cost", 765, {"channel": "mall", "margin_bp": 1000})]
        for code, amount, whom in lists:
            await world.put(f"/v1/price-lists/{code}", {"name": code, "currency": "USD", "role": "cost", **whom})
            await world.put(f"/v1/price-lists/{code}/prices", {"prices": [{"sku": "tea-100", "amount_minor": amount}]})
        await world.put("/v1/price-lists/mall", {"name": "Mall", "currency": "USD", "channel": "mall", "approval": True})
        rate = {"list": "mall", "rates": [{"sku": "tea-100", "off_bp": 1000}]}
        made = [(await propose(world, 900)).json()["proposal"], (await world.post("/v1/price-proposals", rate)).json()["proposal"]]
        keys = ("cost_minor", "floor_minor", "margin_bp", "before_margin_bp")

        async def told(token: str) -> list[list[int | None]]:
            found = [(await world.served.ask("GET", f"/v1/price-proposals/{one}/lines", None, token)).json()["items"] for one in made]
            return [[line[key] for key in keys] for (line,) in found]

        assert await told(world.key) == [[720, None, 2000, 2800], [765, 850, 1500, None]]
        assert await told(await world.key_with("pricing:*")) == [[None, None, None, None], [None, 850, None, None]]

    async def test_a_proposal_of_costs_is_for_those_who_see_costs(self, world: World) -> None:
        await put_tea(world)
        await world.put("/v1/price-lists/cost", {"name": "Costs", "currency": "USD", "role": "cost", "approval": True})
        body = {"list": "cost", "prices": [{"sku": "tea-100", "amount_minor": 700}]}
        made = (await world.post("/v1/price-proposals", body)).json()["proposal"]
        blind = await world.key_with("pricing:*", "price:approve")
        assert (await world.served.ask("GET", "/v1/price-proposals", None, blind)).json()["items"] == []
        assert (await world.served.ask("GET", f"/v1/price-proposals/{made}", None, blind)).status_code == 404
        assert (await world.served.ask("GET", f"/v1/price-proposals/{made}/lines", None, blind)).json()["items"] == []
        assert len((await world.get(f"/v1/price-proposals/{made}/lines")).json()["items"]) == 1

    async def test_who_may_only_propose_cannot_end_the_need_of_approval(self, world: World) -> None:
        await guarded(world)
        proposer = await world.key_with("pricing:*")
        body = {"name": "Base", "currency": "USD"}
        told = await world.served.ask("PUT", "/v1/price-lists/base", body, proposer)
        assert refusal(told) == (403, "pricing.approver_needed", ["/approval"])
        decided = await world.served.ask("POST", "/v1/price-proposals/decisions", {"proposals": ["ppr_0"], "decision": "approve"}, proposer)
        assert decided.status_code == 403
        assert (await world.put("/v1/price-lists/base", body)).json()["approval"] is False

    async def test_an_approval_that_meets_another_price_leaves_the_proposal_open(self, world: World) -> None:
        other = await guarded(world)
        later = [{"sku": "tea-100", "amount_minor": 800, "valid_from": hour(5)}]
        made = [(await world.post("/v1/price-proposals", {"list": "base", "prices": later})).json()["proposal"] for _ in range(1)]
        now = (await propose(world, 900)).json()["proposal"]
        world.served.clock.at = NOON + timedelta(hours=1)
        assert (await decide(world, other, *made))["decided"] == 1
        met = await decide(world, other, now)
        assert [one["refused"] for one in met["rows"]] == ["pricing.overlap"]
        assert (await world.get(f"/v1/price-proposals/{now}")).json()["status"] == "proposed"


async def asked(world: World, **more: object) -> Any:
    """Kiln asks for 20 of tea-100 at 8.00; everybody pays 10.00."""
    await put_tea(world)
    await world.put("/v1/price-lists/base", {"name": "Base", "currency": "USD"})
    await world.put("/v1/price-lists/base/prices", {"prices": [{"sku": "tea-100", "amount_minor": 1000}]})
    await world.put("/v1/companies/kiln", {"name": "Kiln"})
    lines = [{"sku": "tea-100", "quantity": 20, "amount_minor": 800}]
    made = await world.post("/v1/price-negotiations", {"company": "kiln", "channel": "mall", "lines": lines, "text": "For spring", **more})
    assert made.status_code == 201, made.text
    return made.json()


async def answer(world: World, talk: Any, side: str, act: str, amount: int | None = None, **more: object) -> Any:
    prices = {} if amount is None else {"prices": [{"line_no": 1, "amount_minor": amount}]}
    return await world.post(
        f"/v1/price-negotiations/{talk['negotiation']['negotiation']}/messages", {"side": side, "act": act, **prices, **more}
    )


class TestNegotiations:
    async def test_an_offer_that_is_taken_becomes_the_contract(self, world: World) -> None:
        talk = await asked(world)
        assert (talk["negotiation"]["status"], talk["negotiation"]["asked_minor"], talk["negotiation"]["list_minor"]) == (
            "asked",
            16_000,
            20_000,
        )
        assert refusal(await answer(world, talk, "buyer", "accept"))[:2] == (409, "pricing.not_your_turn")
        offered = (await answer(world, talk, "seller", "price", 880, text="At 20")).json()
        assert (offered["negotiation"]["status"], offered["negotiation"]["offered_minor"]) == ("offered", 17_600)
        world.served.clock.at = NOON + timedelta(hours=1)
        done = (await answer(world, talk, "buyer", "accept")).json()
        assert (done["negotiation"]["status"], done["negotiation"]["list"]) == ("accepted", "agreed-kiln-USD")
        assert [(one["side"], one["act"], one["prices"]) for one in done["messages"]] == [
            ("buyer", "asked", [{"line_no": 1, "amount_minor": 800}]),
            ("seller", "offered", [{"line_no": 1, "amount_minor": 880}]),
            ("buyer", "accepted", []),
        ]
        assert [await price(world, f"&quantity=20{who}") for who in ("&company=kiln", "")] == [17_600, 20_000]
        assert await price(world, "&quantity=19&company=kiln") == 19_000
        assert refusal(await answer(world, talk, "seller", "say", text="Hello?"))[:2] == (409, "pricing.negotiation_over")
        told = [type_ for type_, _, _ in await world.events() if type_.startswith("negotiation.")]
        assert told == ["negotiation.asked.v1", "negotiation.offered.v1", "negotiation.accepted.v1"]

    async def test_the_seller_may_take_what_the_buyer_asked(self, world: World) -> None:
        talk = await asked(world, capped=True, valid_to=hour(48))
        done = (await answer(world, talk, "seller", "accept")).json()
        assert done["negotiation"]["status"] == "accepted"
        (row,) = (await world.get("/v1/price-lists/agreed-kiln-USD/prices")).json()["items"]
        assert (row["amount_minor"], row["min_quantity"], row["quota"], row["valid_to"]) == (800, 1, 20, hour(48))
        assert [await price(world, f"&quantity={much}&company=kiln") for much in (20, 21)] == [16_000, 21_000]
        told = (await world.get("/v1/prices/explain?sku=tea-100&channel=mall&quantity=21&company=kiln")).json()
        assert [(one["list"], one["losing"]) for one in told["candidates"]] == [("base", None), ("agreed-kiln-USD", "quota_spent")]

    async def test_after_its_time_nothing_can_be_said(self, world: World) -> None:
        talk = await asked(world, expires_at=hour(2))
        await answer(world, talk, "seller", "price", 900)
        world.served.clock.at = NOON + timedelta(hours=2)
        assert refusal(await answer(world, talk, "buyer", "accept"))[:2] == (409, "pricing.negotiation_expired")
        assert [one["status"] for one in (await world.get("/v1/price-negotiations?stage=expired")).json()["items"]] == ["expired"]
        revived = (await answer(world, talk, "seller", "price", 890, expires_at=hour(9))).json()
        assert revived["negotiation"]["status"] == "offered"
        assert (await answer(world, talk, "buyer", "accept")).json()["negotiation"]["status"] == "accepted"

    async def test_who_answers_what_was_changed_meanwhile_is_told(self, world: World) -> None:
        talk = await asked(world)
        read = talk["negotiation"]["revision"]
        await answer(world, talk, "seller", "price", 900)
        assert refusal(await answer(world, talk, "seller", "price", 880, revision=read))[:2] == (409, "pricing.negotiation_moved")

    @pytest.mark.parametrize(("side", "status"), [("buyer", "withdrawn"), ("seller", "declined")])
    async def test_either_side_may_end_it(self, world: World, side: str, status: str) -> None:
        talk = await asked(world)
        assert (await answer(world, talk, side, "end", text="No")).json()["negotiation"]["status"] == status
        assert refusal(await answer(world, talk, "buyer", "price", 1))[:2] == (409, "pricing.negotiation_over")

    @pytest.mark.parametrize(
        ("body", "code", "pointer"),
        [
            ({"company": "no"}, "member.unknown_company", "/company"),
            ({"channel": "no"}, "access.unknown_channel", "/channel"),
            ({"lines": [{"sku": "no", "quantity": 1}]}, "pricing.unknown_sku", "/lines/0/sku"),
            ({"expires_at": "2020-01-01T00:00:00Z"}, "pricing.empty_window", "/expires_at"),
        ],
    )
    async def test_what_cannot_be_asked_is_pointed_at(self, world: World, body: dict[str, Any], code: str, pointer: str) -> None:
        await asked(world)
        wish = {"company": "kiln", "channel": "mall", "lines": [{"sku": "tea-100", "quantity": 1}], **body}
        assert refusal(await world.post("/v1/price-negotiations", wish)) == (422, code, [pointer])

    async def test_a_line_that_is_not_there_has_no_price(self, world: World) -> None:
        talk = await asked(world)
        told = await world.post(
            f"/v1/price-negotiations/{talk['negotiation']['negotiation']}/messages",
            {"side": "seller", "act": "price", "prices": [{"line_no": 2, "amount_minor": 5}]},
        )
        assert refusal(told) == (422, "pricing.no_such_line", ["/prices/0/line_no"])
