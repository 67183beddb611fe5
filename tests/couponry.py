"""Batches of coupons, for tests: as a shop gives them out."""

from datetime import timedelta
from typing import Any

from tests.shop import Shop
from tests.world import NOON

from jiutong.capabilities import member, promotion
from jiutong.flows import find_member
from jiutong.flows import maintain_coupons as maintain
from jiutong.flows.maintain_promotions import NamedPromotion, PutPromotion, publish_promotion, put_promotion
from jiutong.kernel.errors import Problem

TERMS = promotion.Terms(
    name="One off",
    stage="coupon",
    coupon=True,
    currency="USD",
    measure="amount",
    tiers=(promotion.PromotionTier(least=2000, benefit=promotion.AmountOff(100)),),
    funders=(promotion.PromotionFunder("seller", 6000), promotion.PromotionFunder("brand", 4000)),
)
"""One dollar off twenty, three fifths of it the seller's."""

WISH: dict[str, Any] = {
    "name": "Ten off",
    "promotion": "ten-off",
    "kind": "claimed",
    "cap": 1_000,
    "claim_from": NOON - timedelta(days=1),
    "claim_to": NOON + timedelta(days=30),
    "valid_days": 7,
}


async def run_promotion(shop: Shop, code: str = "ten-off", terms: promotion.Terms = TERMS) -> None:
    """A promotion that needs a coupon, in force."""
    await shop.world.run(put_promotion, PutPromotion(code, terms))
    await shop.world.run(publish_promotion, NamedPromotion(code))


async def batch(shop: Shop, code: str, *, publish: bool = True, **other: Any) -> None:
    """A batch, given out, of coupons for a promotion that runs."""
    if not await shop.world.rows("select 1 from promotion.promotion where tenant_id = $1 and code = 'ten-off'"):
        await run_promotion(shop)
    terms: dict[str, Any] = WISH | ({"valid_days": 0} if other.get("kind") == "shared" else {}) | other
    wish = maintain.BatchWish(**terms)
    put = await shop.do(maintain.put_batch, maintain.PutBatch(code, wish), by=shop.boss)
    assert isinstance(put, promotion.CouponBatchPut), put
    if publish:
        moved = await shop.do(maintain.move_batch, maintain.MoveBatch(code, "live"), by=shop.boss)
        assert isinstance(moved, maintain.BatchMoved), moved


async def person(shop: Shop, card: str = "M0001") -> int:
    """A member by their card."""
    return (await shop.world.run(find_member.recognize, member.Recognize("card", card))).member_id


async def give(shop: Shop, code: str, member_id: int) -> promotion.CouponGiven | Problem:
    """A coupon is claimed."""
    return await shop.do(maintain.give, maintain.GiveCoupon(code, member_id), by=shop.boss)


async def given(shop: Shop, code: str, member_id: int) -> promotion.CouponGiven:
    """A coupon somebody has for certain."""
    told = await give(shop, code, member_id)
    assert isinstance(told, promotion.CouponGiven), told
    return told


async def codes(shop: Shop, code: str, count: int) -> list[str]:
    """So many codes, written."""
    wanted = await shop.do(maintain.want_codes, promotion.WantCodes(code, count), by=shop.boss)
    assert isinstance(wanted, promotion.CodesWritten), wanted
    await shop.world.run(maintain.write_codes, maintain.WriteCodes(wanted.batch_id))
    rows = await shop.world.rows("select code from promotion.coupon where tenant_id = $1 and via = 'written' order by coupon_id")
    return [row[0] for row in rows]
