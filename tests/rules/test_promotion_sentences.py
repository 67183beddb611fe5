"""Every promotion says in words what it does, in English and in Chinese, as a person would write it."""

from datetime import UTC, datetime

import pytest
from tests.rules.test_promotions import terms

from jiutong.capabilities import promotion

SHARED = (promotion.PromotionFunder("seller", 6_000), promotion.PromotionFunder("brand", 4_000))
TEA = promotion.PromotionGoods(skus=("tea",))
BRAND = promotion.PromotionGoods(brands=("acme",), except_categories=("sale",))
PARTS = (promotion.BundlePart(TEA, 2), promotion.BundlePart(promotion.PromotionGoods(categories=("cups",)), 1))
NOON = datetime(2026, 11, 11, 12, tzinfo=UTC)
LADDER = tuple(promotion.PromotionTier(least, promotion.AmountOff(off)) for least, off in ((10_000, 1_000), (20_000, 2_550)))

SAID = [
    (
        terms(promotion.AmountOff(300), stage="order", measure="amount", least=2_000, every=True, currency="CNY", funders=SHARED),
        "¥3 off everything for every ¥20 spent. Paid by the seller (60%) and the brand (40%).",
        "全部商品每满 ¥20 减 ¥3。商家承担 60%、品牌 40%。",
    ),
    (
        terms(promotion.AmountOff(300), stage="order", measure="amount", least=2_000, every=True, funders=SHARED),
        "$3 off everything for every $20 spent. Paid by the seller (60%) and the brand (40%).",
        "全部商品每满 US$20 减 US$3。商家承担 60%、品牌 40%。",
    ),
    (
        terms(promotion.AmountOff(1), stage="order", measure="amount", currency="CHF", tiers=LADDER, goods=BRAND),
        "CHF\u00a010 off brand acme except category sale from CHF\u00a0100; CHF\u00a025.50 off from CHF\u00a0200. Paid by the seller.",
        "品牌 acme（不含类目 sale）满 CHF\u00a0100 减 CHF\u00a010；满 CHF\u00a0200 减 CHF\u00a025.50。由商家承担。",
    ),
    (terms(promotion.PercentOff(1_000), "tea"), "10% off tea. Paid by the seller.", "商品 tea 打 9 折。由商家承担。"),
    (
        terms(promotion.PercentOff(1_000), "tea", returns="requalify"),
        "10% off tea. Measured again when goods are returned. Paid by the seller.",
        "商品 tea 打 9 折，退货后按留存商品重新核算。由商家承担。",
    ),
    (terms(promotion.PercentOff(1_550), "茶"), "15.5% off 茶. Paid by the seller.", "商品茶打 8.45 折。由商家承担。"),
    (
        terms(promotion.PercentOff(10_000), *"abcdef", measure="quantity", least=2),
        "100% off a, b, c, d and 2 more from 2 units. Paid by the seller.",
        "商品 a、b、c、d 等 6 个满 2 件免费。由商家承担。",
    ),
    (
        terms(promotion.AmountOff(150, each=True), "tea", currency="JPY"),
        "JP¥150 off each, on tea. Paid by the seller.",
        "商品 tea 每件减 JP¥150。由商家承担。",
    ),
    (
        terms(promotion.FixedPrice(123_450), "tea", funders=(promotion.PromotionFunder("acme-fund", 10_000),)),
        "$1,234.50 each for tea. Paid by acme-fund.",
        "商品 tea 一口价 US$1,234.50。由 acme-fund 承担。",
    ),
    (
        terms(promotion.LevelPrice((promotion.LevelAmount("gold", 800), promotion.LevelAmount("silver", 900))), "tea", currency="CNY"),
        "Member prices of tea: ¥8 for gold, ¥9 for silver. Paid by the seller.",
        "商品 tea 会员价：gold ¥8、silver ¥9。由商家承担。",
    ),
    (
        terms(promotion.NthItem(2, 5_000), pick="dearest"),
        "The dearest of every 2 units of everything at 50% off. Paid by the seller.",
        "全部商品每 2 件中 1 件打 5 折（价高者）。由商家承担。",
    ),
    (
        terms(promotion.BuyGet(2, 1), "tea", limits=promotion.PromotionLimits(times_max=1, member_uses_max=1, uses_max=2_000)),
        "Buy 2 of tea, get 1 free (the cheapest). At most once an order, 1 order a member, 2,000 orders in all. Paid by the seller.",
        "商品 tea 买 2 件送 1 件（价低者），每单最多 1 次，每位会员限 1 单，共限 2,000 单。由商家承担。",
    ),
    (
        terms(promotion.BuyGet(2, 1, 5_000, BRAND), "tea"),
        "Buy 2 of tea, get 1 of brand acme except category sale at 50% off (the cheapest). Paid by the seller.",
        "商品 tea 买 2 件，再买品牌 acme（不含类目 sale）1 件打 5 折（价低者）。由商家承担。",
    ),
    (
        terms(promotion.Bundle(1_400, PARTS), currency="CNY"),
        "2 of tea and 1 of category cups for ¥14 together. Paid by the seller.",
        "商品 tea 2 件＋类目 cups 1 件组合价 ¥14。由商家承担。",
    ),
    (
        terms(promotion.Gift("mug"), "tea", stage="order", measure="quantity", least=1),
        "1 × mug free with tea from 1 unit. Paid by the seller.",
        "商品 tea 满 1 件赠 mug × 1。由商家承担。",
    ),
    (
        terms(promotion.FreeFreight(800), stage="order", measure="amount", least=5_000, currency="EUR"),
        "Up to €8 off delivery with everything from €50. Paid by the seller.",
        "全部商品满 €50 运费最多减 €8。由商家承担。",
    ),
    (
        terms(
            promotion.PercentOff(500),
            stage="coupon",
            coupon=True,
            channels=("mall",),
            hours=(promotion.PromotionHours((6, 7), 540, 720),),
            valid_from=NOON,
            buyers=promotion.PromotionBuyers(first_order=True, levels=("gold",)),
            limits=promotion.PromotionLimits(units_max=1, cap_minor=500, budget_minor=100_000),
            stacking=promotion.Stacking(group="g", joins=("ten",), bars=("subsidy",)),
        ),
        (
            "5% off everything, in mall, Sat Sun 09:00–12:00, from 2026-11-11 12:00 UTC, with a coupon, on the first order, for gold."
            " At most 1 unit an order, at most $5 off an order, a budget of $1,000."
            " Only one of group g an order, combines with ten, no subsidy promotion after it. Paid by the seller."
        ),
        (
            "自 2026-11-11 12:00 UTC 起，限 mall，周六、周日 09:00–12:00，凭券，限首单，限 gold，全部商品打 9.5 折，"
            "每单最多 1 件，每单最多减 US$5，总预算 US$1,000，同组（g）只享一项，可与 ten 叠加，享受后不可再用补贴。由商家承担。"
        ),
    ),
]


@pytest.mark.parametrize(("made", "en", "zh"), SAID)
def test_a_promotion_in_words(made: promotion.Terms, en: str, zh: str) -> None:
    assert (promotion.sentence(made, zh=False), promotion.sentence(made, zh=True)) == (en, zh)
