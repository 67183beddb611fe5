"""Promotions over HTTP: drafts, versions, publishing, and why and why not."""

from typing import Any

import pytest
from tests.shop import Shop, shop
from tests.world import World, served, world

__all__ = ["served", "shop", "world"]

SELLER = [{"funder": "seller", "bp": 10000}]
ALL: list[str] = []


def terms(**more: Any) -> dict[str, Any]:
    """Ten per cent off tea, unless said otherwise."""
    plain = {
        "name": "Ten off",
        "stage": "activity",
        "goods": {"skus": ["tea"]},
        "tiers": [{"least": 0, "benefit": {"kind": "percent", "bp": 1000}}],
        "funders": SELLER,
    }
    return plain | more


def refusal(told: Any) -> tuple[int, str, list[str]]:
    return told.status_code, told.json()["code"], [one["pointer"] for one in told.json().get("errors", [])]


class TestVersions:
    async def test_a_draft_runs_once_it_is_published_and_never_changes_again(self, world: World) -> None:
        made = (await world.put("/v1/promotions/ten", terms())).json()
        assert (made["version"], made["state"], made["rule"], made["drafted"], made["running"]) == (1, "draft", "ten@1", 1, None)
        assert made["sentence"] == "10% off tea. Paid by the seller."
        assert made["sentence_zh"] == "商品 tea 打 9 折。由商家承担。"
        again = (await world.put("/v1/promotions/ten", terms(name="Still a draft"))).json()
        assert (again["version"], again["terms"]["name"]) == (1, "Still a draft")
        ran = (await world.post("/v1/promotions/ten/publish")).json()
        assert (ran["version"], ran["state"], ran["running"]) == (1, "published", 1)
        assert refusal(await world.post("/v1/promotions/ten/publish"))[:2] == (409, "promotion.nothing_drafted")
        await world.put("/v1/promotions/ten", terms(name="Next"))
        shown = (await world.get("/v1/promotions/ten")).json()
        assert (shown["version"], shown["state"], shown["drafted"], shown["running"]) == (2, "draft", 2, 1)
        await world.post("/v1/promotions/ten/publish")
        told = (await world.get("/v1/promotions/ten/versions")).json()["items"]
        assert [(one["version"], one["state"], one["terms"]["name"]) for one in told] == [
            (2, "published", "Next"),
            (1, "replaced", "Still a draft"),
        ]
        assert (await world.post("/v1/promotions/ten/end")).json()["state"] == "ended"
        assert refusal(await world.post("/v1/promotions/ten/end"))[:2] == (409, "promotion.not_running")
        assert refusal(await world.post("/v1/promotions/none/end"))[:2] == (404, "promotion.unknown")
        kinds = [type_ for type_, _, _ in await world.events()]
        assert kinds == [
            "promotion.drafted.v1",
            "promotion.drafted.v1",
            "promotion.published.v1",
            "promotion.drafted.v1",
            "promotion.published.v1",
            "promotion.ended.v1",
        ]

    async def test_a_draft_can_be_thrown_away(self, world: World) -> None:
        await world.put("/v1/promotions/ten", terms())
        told = await world.served.ask("DELETE", "/v1/promotions/ten/draft", None, world.key)
        assert told.status_code == 204
        assert refusal(await world.get("/v1/promotions/ten"))[:2] == (404, "promotion.unknown")

    async def test_publishing_is_a_right_of_its_own(self, world: World) -> None:
        author = await world.key_with("promotion:read", "promotion:write")
        await world.served.ask("PUT", "/v1/promotions/ten", terms(), author)
        told = await world.served.ask("POST", "/v1/promotions/ten/publish", None, author)
        assert refusal(told)[:2] == (403, "access.forbidden")

    async def test_lists_by_code_and_finds(self, world: World) -> None:
        for code in ("b", "a", "c"):
            await world.put(f"/v1/promotions/{code}", terms(name=f"Promotion {code}"))
        await world.post("/v1/promotions/b/publish")
        told = (await world.get("/v1/promotions")).json()["items"]
        assert [one["code"] for one in told] == ["a", "b", "c"]
        assert [one["code"] for one in (await world.get("/v1/promotions?state=published")).json()["items"]] == ["b"]
        assert [one["code"] for one in (await world.get("/v1/promotions?q=promotion+C")).json()["items"]] == ["c"]


BAD = [
    ({"funders": [{"funder": "seller", "bp": 9000}]}, "promotion.bad_terms", "/funders"),
    ({"stage": "coupon"}, "promotion.bad_terms", "/coupon"),
    ({"valid_from": "2027-01-01T00:00:00Z", "valid_to": "2026-01-01T00:00:00Z"}, "promotion.bad_terms", "/valid_to"),
    ({"tiers": [{"least": 0, "benefit": {"kind": "amount", "amount_minor": 5}}]}, "promotion.bad_terms", "/currency"),
    ({"every": True}, "promotion.bad_terms", "/every"),
    (
        {
            "measure": "amount",
            "currency": "USD",
            "tiers": [
                {"least": 100, "benefit": {"kind": "percent", "bp": 500}},
                {"least": 100, "benefit": {"kind": "percent", "bp": 600}},
            ],
        },
        "promotion.bad_terms",
        "/tiers/1/least",
    ),
    (
        {
            "measure": "amount",
            "currency": "USD",
            "tiers": [
                {"least": 100, "benefit": {"kind": "percent", "bp": 500}},
                {"least": 200, "benefit": {"kind": "percent", "bp": 400}},
            ],
        },
        "promotion.bad_terms",
        "/tiers/1/benefit",
    ),
    (
        {"measure": "amount", "currency": "USD", "tiers": [{"least": 100, "benefit": {"kind": "amount", "amount_minor": 200}}]},
        "promotion.bad_terms",
        "/tiers/0/benefit/amount_minor",
    ),
    ({"tiers": [{"least": 0, "benefit": {"kind": "percent", "bp": 10001}}]}, "request.invalid", "/tiers/0/benefit/bp"),
    ({"goods": {"skus": ["a"], "except_skus": ["a"]}}, "promotion.bad_terms", "/goods/except_skus"),
    ({"goods": {"expression": "weight_g > 1.5"}}, "promotion.bad_expression", "/goods/expression"),
    ({"goods": {"expression": "prise > 1"}}, "promotion.bad_expression", "/goods/expression"),
    ({"goods": {"expression": "weight_g + 1"}}, "promotion.bad_expression", "/goods/expression"),
    ({"expression": "total_minor >"}, "promotion.bad_expression", "/expression"),
    ({"expression": "double(units) > 1"}, "promotion.bad_expression", "/expression"),
    ({"channels": ["nowhere"]}, "access.unknown_channel", "/channels/0"),
    ({"stores": ["nowhere"]}, "access.unknown_store", "/stores/0"),
    ({"stacking": {"bars": ["activity"]}}, "promotion.bad_terms", "/stacking/bars/0"),
    ({"hours": [{"from_minute": 600, "to_minute": 600}]}, "promotion.bad_terms", "/hours/0/to_minute"),
    ({"limits": {"uses_max": 1, "member_uses_max": 2}}, "promotion.bad_terms", "/limits/member_uses_max"),
]


@pytest.mark.parametrize(("more", "code", "pointer"), BAD)
async def test_what_could_never_be_is_refused_when_it_is_saved(world: World, more: dict[str, Any], code: str, pointer: str) -> None:
    assert refusal(await world.put("/v1/promotions/bad", terms(**more))) == (422, code, [pointer])


async def test_two_fixed_prices_of_the_same_goods_do_not_run_at_once(world: World) -> None:
    fixed = {"currency": "USD", "tiers": [{"least": 0, "benefit": {"kind": "fixed_price", "amount_minor": 1500}}]}
    for code in ("one", "two"):
        await world.put(f"/v1/promotions/{code}", terms(**fixed))
    assert (await world.post("/v1/promotions/one/publish")).status_code == 200
    told = await world.post("/v1/promotions/two/publish")
    assert refusal(told) == (422, "promotion.overlapping", ["/goods/skus"])
    assert told.json()["by"] == "one@1"


class TestTrying:
    async def test_says_why_and_why_not(self, shop: Shop) -> None:
        world = shop.world
        await world.put("/v1/promotions/ten", terms())
        await world.post("/v1/promotions/ten/publish")
        spend = terms(
            name="Spend 100",
            name_zh="满百减十",
            stage="order",
            currency="USD",
            goods={},
            measure="amount",
            tiers=[{"least": 10000, "benefit": {"kind": "amount", "amount_minor": 1000}}],
            funders=[{"funder": "seller", "bp": 7000}, {"funder": "platform", "bp": 3000}],
        )
        basket = {"channel": "mall", "lines": [{"sku": "tea", "quantity": 5}, {"sku": "salt", "quantity": 2}]}
        told = (await world.post("/v1/promotions/try", basket | {"drafts": [{"code": "spend", "terms": spend}]})).json()
        # 5 × 19.99 + 2 × 0.50; ten per cent off the tea is 10.00 (half up), and what is left, 90.95, is 9.05 short of the threshold.
        assert (told["gross_minor"], told["off_minor"], told["net_minor"]) == (10095, 1000, 9095)
        assert [(one["rule"], one["outcome"], one["why"], one["amount"], one["gap"], one["gap_unit"]) for one in told["reasons"]] == [
            ("ten@1", "applied", "", 1000, 0, ""),
            ("spend@0", "near", "threshold", 0, 905, "minor"),
        ]
        more = basket | {"lines": [{"sku": "tea", "quantity": 6}], "drafts": [{"code": "spend", "terms": spend}]}
        told = (await world.post("/v1/promotions/try", more)).json()
        assert told["adjustments"] == [
            {"line_no": 1, "stage": "activity", "rule": "ten@1", "funder": "seller", "amount": 1199},
            {"line_no": 1, "stage": "order", "rule": "spend@0", "funder": "seller", "amount": 700},
            {"line_no": 1, "stage": "order", "rule": "spend@0", "funder": "platform", "amount": 300},
        ]
        assert all(one["exact"] for one in told["certificates"])
