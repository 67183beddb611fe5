"""A receipt is quoted at the till, and booked as it was quoted: by the same rules, to the cent."""

from typing import Any

from tests.couponry import batch, given, person, run_promotion
from tests.flows.test_points import CARD, give, publish, react, reacting
from tests.shop import Shop, receipt, refused, shop
from tests.world import NOON, served, world

from jiutong.capabilities import asset, promotion

__all__ = ["reacting", "served", "shop", "world"]
BURNING = asset.PointsTerms((asset.Rate("USD", burn_points=100, burn_minor=100),), share_bp=5_000, least=10, funder="pool")
THREE_OFF = promotion.Terms(
    name="Three off thirty",
    name_zh="满30减3",
    stage="order",
    currency="USD",
    measure="amount",
    tiers=(promotion.PromotionTier(least=3000, benefit=promotion.AmountOff(300)),),
    funders=(promotion.PromotionFunder("brand", 10_000),),
)
MEMBER = {"kind": "card", "value": "M0001"}


async def quoted(shop: Shop, *lines: tuple[str, int], **other: Any) -> dict[str, Any]:
    body = {"store": "s1", "device": "t1", "lines": [{"sku": sku, "quantity": units} for sku, units in lines]} | other
    told = await shop.world.post("/v1/till/quotes", body)
    assert told.status_code == 200, told.text
    return told.json()


async def booked(shop: Shop, order_id: int) -> list[dict[str, Any]]:
    rows = await shop.rows(_BOOKED, order_id)
    return [dict(zip(("line_no", "stage", "rule", "funder", "amount"), row, strict=True)) for row in sorted(rows)]


def in_order(adjustments: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(adjustments, key=lambda one: (one["line_no"], one["stage"], one["rule"], one["funder"]))


async def test_what_a_receipt_comes_to_and_that_it_is_booked_so(shop: Shop) -> None:
    await run_promotion(shop, "three-off", THREE_OFF)
    told = await quoted(shop, ("tea", 2), ("salt", 1))
    # 300 over 3998 and 55: 295.93 and 4.07.
    assert told["adjustments"] == [
        {"line_no": 1, "stage": "order", "rule": "three-off@1", "funder": "brand", "amount": 296},
        {"line_no": 2, "stage": "order", "rule": "three-off@1", "funder": "brand", "amount": 4},
    ]
    # 8.25 % of 3702 and of 51.
    assert [told[name] for name in ("currency", "gross", "discount", "tax", "total", "member")] == ["USD", 4053, 300, 309, 4062, None]
    assert [(one["sku"], one["gross"], one["discount"], one["payable"]) for one in told["lines"]] == [
        ("tea", 3998, 296, 4007),
        ("salt", 55, 4, 55),
    ]
    (note,) = told["notes"]
    assert (note["name_zh"], note["outcome"], note["amount"], note["funders"]) == ("满30减3", "applied", 300, [["brand", 300]])
    assert refused(await shop.ring(receipt("R1", ("tea", 2), ("salt", 1), paid=4061))) == ("order.tenders_differ", "/tenders")
    rung = await shop.rung(receipt("R1", ("tea", 2), ("salt", 1), paid=4062))
    assert (rung.gross, rung.discount, rung.tax, rung.total) == (4053, 300, 309, 4062)
    assert await booked(shop, rung.order_id) == in_order(told["adjustments"])


async def test_what_is_nearly_reached_is_told(shop: Shop) -> None:
    await run_promotion(shop, "three-off", THREE_OFF)
    (note,) = (await quoted(shop, ("tea", 1)))["notes"]
    assert (note["outcome"], note["gap"], note["gap_unit"], note["amount"]) == ("near", 1001, "minor", 0)


async def test_what_the_member_could_use_and_what_comes_of_using_it(shop: Shop) -> None:
    await publish(shop, BURNING)
    await batch(shop, "ten")
    who = await person(shop)
    coupon = (await given(shop, "ten", who)).code
    await give(shop, who, 800)
    plain = await quoted(shop, ("tea", 2), member=MEMBER)
    assert (plain["total"], plain["discount"], plain["member"][:4]) == (4328, 0, "mem_")
    offered = {"code": coupon, "name": "Ten off", "name_zh": "Ten off", "used": False, "amount": 100, "why": ""}
    assert [one | {"name_zh": "Ten off"} for one in plain["coupons"]] == [offered]
    nothing = {"units": 0, "amount": 0, "used": 0}
    assert (plain["points"], plain["red_packets"]) == ({"units": 800, "amount": 800, "used": 0}, nothing)
    wish: dict[str, Any] = {"coupons": [coupon], "points": 800}
    told = await quoted(shop, ("tea", 2), member=MEMBER, **wish)
    # 3998 less 100 less 800, and 8.25 % on it.
    assert (told["discount"], told["tax"], told["total"]) == (900, 256, 3354)
    assert [(one["used"], one["amount"]) for one in told["coupons"]] == [(True, 100)]
    assert told["points"] == {"units": 800, "amount": 800, "used": 800}
    assert in_order(told["adjustments"]) == [
        {"line_no": 1, "stage": "coupon", "rule": "ten-off@1", "funder": "brand", "amount": 40},
        {"line_no": 1, "stage": "coupon", "rule": "ten-off@1", "funder": "seller", "amount": 60},
        {"line_no": 1, "stage": "points", "rule": "points@1", "funder": "pool", "amount": 800},
    ]
    assert told == await quoted(shop, ("tea", 2), member=MEMBER, **wish)
    paid = receipt("R1", ("tea", 2), paid=3354, member=CARD, coupons=(coupon,), points=800)
    rung = await shop.rung(paid)
    assert await booked(shop, rung.order_id) == in_order(told["adjustments"])
    after = await quoted(shop, ("tea", 2), member=MEMBER)
    assert (after["coupons"], after["points"]) == ([], nothing)


async def test_the_points_it_would_earn_are_those_it_earns(shop: Shop) -> None:
    await publish(shop)
    await person(shop)
    # A point for every dollar paid before tax, line by line: 39.98 and 0.55.
    basket = ("tea", 2), ("salt", 1)
    assert (await quoted(shop, *basket))["earns"] == 0
    assert (await quoted(shop, *basket, member=MEMBER))["earns"] == 39
    await shop.rung(receipt("R1", ("tea", 2), ("salt", 1), paid=4388, member=CARD))
    await react(shop)
    assert await shop.rows("select amount, source from asset.lot where tenant_id = $1") == [(39, "order")]


async def test_why_a_coupon_in_hand_takes_nothing_off(shop: Shop) -> None:
    await batch(shop, "ten")
    coupon = (await given(shop, "ten", await person(shop))).code
    (offered,) = (await quoted(shop, ("tea", 1), member=MEMBER))["coupons"]
    assert (offered["code"], offered["amount"], offered["why"]) == (coupon, 0, "threshold")


async def test_a_quote_makes_nobody_a_member_and_books_nothing(shop: Shop) -> None:
    told = await quoted(shop, ("tea", 1), member={"kind": "phone", "value": "13800138000"})
    assert (told["member"], told["total"]) == (None, 2164)
    assert await shop.rows("select count(*) from orders.placed where tenant_id = $1") == [(0,)]
    assert await shop.rows("select count(*) from member.member where tenant_id = $1") == [(0,)]


async def test_what_a_member_at_the_till_holds(shop: Shop) -> None:
    await publish(shop, BURNING)
    await batch(shop, "ten")
    who = await person(shop)
    coupon = await given(shop, "ten", who)
    await give(shop, who, 800)
    mem = shop.world.served.house.ids.show("mem", who)
    stored = {"count": 1, "currency": "USD", "amount_minor": 2500, "channel": "stores", "sold": {"method": "cash"}, "member": mem}
    (card,) = (await shop.world.post("/v1/cards", stored)).json()["cards"]
    told = (await shop.world.post("/v1/till/wallet", {"member": MEMBER})).json()
    assert (told["member"], [(one["kind"], one["usable"]) for one in told["wallet"]["purses"]]) == (mem, [("points", 800)])
    assert [(one["code"], one["name"]) for one in told["coupons"]] == [(coupon.code, "Ten off")]
    assert told["cards"] == [{"ending": card["code"][-4:], "currency": "USD", "left": 2500}]
    # 39.98 less 1.00, and 8.25 % on it.
    await shop.rung(receipt("R1", ("tea", 2), paid=4220, member=CARD, coupons=(coupon.code,)))
    assert (await shop.world.post("/v1/till/wallet", {"member": MEMBER})).json()["coupons"] == []


async def test_a_quoted_receipt_of_a_chain_is_booked_once_or_leaves_its_place(shop: Shop) -> None:
    await run_promotion(shop, "three-off", THREE_OFF)
    key = await shop.world.key_with("till:sell")
    sale: dict[str, Any] = {
        "store": "s1", "device": "t1", "receipt_no": "000001", "lines": [{"sku": "tea", "quantity": 2}],
        "tenders": [{"method": "cash", "amount_minor": 4002}], "sold_at": NOON.isoformat(), "chain": {"seq": 1, "prev_hash": ""},
    }  # fmt: skip
    dear = await shop.world.served.ask("POST", "/v1/till/sales", sale, key)
    # 39.98 less 3.00, and 8.25 % on it.
    assert (dear.status_code, dear.json()["code"], dear.json()["total_minor"]) == (422, "order.tenders_differ", 4003)
    assert (await shop.world.get("/v1/till/exceptions")).json()["items"] == []
    sale["tenders"] = [{"method": "cash", "amount_minor": 4003}]
    sold = await shop.world.served.ask("POST", "/v1/till/sales", sale, key)
    assert (sold.status_code, sold.json()["total"], sold.json()["discount"]) == (201, 4003, 300)
    # Its answer was lost: the till sends it with its queue.
    (again,) = (await shop.world.served.ask("POST", "/v1/till/sync", {"receipts": [sale]}, key)).json()["receipts"]
    assert (again["state"], again["order"]) == ("already", sold.json()["id"])
    assert (await shop.world.get("/v1/till/exceptions")).json()["items"] == []


async def test_what_cannot_be_quoted(shop: Shop) -> None:
    key = await shop.world.key_with("till:sell")
    line = {"sku": "tea", "quantity": 1}
    for other, status, code in (
        ({"store": "s9"}, 422, "access.unknown_store"),
        ({"device": "t9"}, 422, "access.unknown_device"),
        ({"lines": [{"sku": "none", "quantity": 1}]}, 422, "catalog.unknown_sku"),
        ({"coupons": ["NOPE"]}, 422, "coupon.unknown"),
        ({"lines": [line | {"amount_minor": 1}]}, 403, "access.forbidden"),
    ):
        body = {"store": "s1", "device": "t1", "lines": [line]} | other
        told = await shop.world.served.ask("POST", "/v1/till/quotes", body, key)
        assert (told.json()["code"], told.status_code) == (code, status), other


_BOOKED = """
select l.line_no, a.stage, a.rule, a.funder, a.amount
  from orders.price_adjustment a
  join orders.line l on l.tenant_id = a.tenant_id and l.line_id = a.line_id
 where a.tenant_id = $1 and a.order_id = $2
"""
