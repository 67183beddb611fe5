"""What limits, flash sales and reservations decide, case by case: each guard has a basket that only it stops."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from jiutong import ledger
from jiutong.capabilities import promotion
from jiutong.capabilities.promotion.model.flash_sale import FlashFunder, FlashItem, FlashSale
from jiutong.capabilities.promotion.model.gate import Buying, BuyingLine, GateFacts, GateVersion, Judgment
from jiutong.capabilities.promotion.model.limit import Limit
from jiutong.capabilities.promotion.model.reach import Reach
from jiutong.capabilities.promotion.model.reservation import Reservation, WishToSign
from jiutong.capabilities.promotion.rules.gate import broken_promise, floor_moves
from jiutong.capabilities.promotion.rules.limit import limit_account, period_key
from jiutong.capabilities.promotion.rules.reservation import drawn, granting, not_signed, right_account, signups_account

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
TEA, SALT = BuyingLine(1, "tea", 7, 2), BuyingLine(2, "salt", 8, 3)
MEMBER = Buying(NOON, 20261122, 1, (TEA, SALT), member_id=5)
GUEST = msgspec.structs.replace(MEMBER, member_id=None)


def gate(what: Any, *sku_ids: int, code: str = "g", kind: Any = "limit") -> GateVersion:
    return GateVersion(3, code, kind, 1, "published", what, frozenset(), sku_ids)


def facts(*gates: GateVersion, counted: dict[ledger.Account, tuple[int, int]] | None = None) -> GateFacts:
    """These gates; by account what was taken of it and what is held."""
    told = {one.account_id: ledger.Balance(-taken, held, one.floor) for one, (taken, held) in (counted or {}).items()}
    return GateFacts(gates, told)


def why(judged: Judgment) -> list[tuple[str, str]]:
    return [(one.outcome, one.why) for one in judged.remarks]


def said(judged: Judgment) -> list[str]:
    return [one.code for one in judged.blocks]


class TestLimits:
    """At most so many per identity and period."""

    def limit(self, units: int, **more: Any) -> GateVersion:
        return gate(Limit("L", units, more.pop("goods", Reach(("tea", "salt"))), **more))

    def test_what_is_taken_and_held_counts(self) -> None:
        mine = limit_account("g", "m5", "s7", "-", 4)
        limit = self.limit(4, goods=Reach(("tea",)))
        for counted, outcome in (
            ((1, 0), ("applied", "limit.kept")),
            ((1, 1), ("near", "limit.kept")),
            ((2, 1), ("barred", "limit.too_many")),
        ):
            judged = promotion.judge_limits(MEMBER, facts(limit, counted={mine: counted}))
            assert why(judged) == [outcome]
            assert bool(judged.wants) is (outcome[0] != "barred")
        spent = promotion.judge_limits(MEMBER, facts(limit, counted={mine: (4, 0)}))
        assert (why(spent), spent.blocks[0].facts["left"]) == ([("barred", "limit.used_up")], 0)

    def test_of_each_sku_or_of_all_together(self) -> None:
        assert said(promotion.judge_limits(MEMBER, facts(self.limit(3)))) == []
        assert said(promotion.judge_limits(MEMBER, facts(self.limit(4, together=True)))) == ["promotion.limit_reached"]
        assert said(promotion.judge_limits(MEMBER, facts(self.limit(5, together=True)))) == []

    def test_two_lines_of_one_sku_are_counted_as_one(self) -> None:
        twice = msgspec.structs.replace(MEMBER, lines=(TEA, msgspec.structs.replace(TEA, line_no=2)))
        assert said(promotion.judge_limits(twice, facts(self.limit(3)))) == ["promotion.limit_reached"]
        assert said(promotion.judge_limits(twice, facts(self.limit(3, period="order")))) == ["promotion.limit_reached"]

    def test_who_is_nobody_is_asked_to_be_somebody_unless_one_order_is_limited(self) -> None:
        assert said(promotion.judge_limits(GUEST, facts(self.limit(9)))) == ["promotion.limit_sign_in"]
        assert said(promotion.judge_limits(MEMBER, facts(self.limit(9, identity="company")))) == ["promotion.limit_company"]
        bought = msgspec.structs.replace(MEMBER, company_id=6)
        wants = promotion.judge_limits(bought, facts(self.limit(9, identity="company", goods=Reach(("tea",))))).wants
        assert [one.account.code for one in wants] == ["limit:g:c6:s7:-"]
        assert promotion.judge_limits(GUEST, facts(self.limit(9, period="order"))).blocks == ()

    def test_only_what_comes_through_its_play_inside_its_time(self) -> None:
        through = msgspec.structs.replace(MEMBER, play="fair")
        assert promotion.judge_limits(MEMBER, facts(self.limit(1, play="fair"))) == Judgment()
        assert said(promotion.judge_limits(through, facts(self.limit(1, play="fair")))) == ["promotion.limit_reached"] * 2
        for at, stands in ((NOON, True), (NOON - HOUR, False), (NOON + HOUR, False)):
            timed = self.limit(1, valid_from=NOON, valid_to=NOON + HOUR)
            judged = promotion.judge_limits(msgspec.structs.replace(MEMBER, at=at), facts(timed))
            assert bool(judged.blocks) is stands

    @pytest.mark.parametrize(
        ("period", "key"), [("day", "20261122"), ("week", "2026w47"), ("month", "202611"), ("ever", "-"), ("activity", "-")]
    )
    def test_a_period_is_named_by_the_business_day(self, period: Any, key: str) -> None:
        assert period_key(period, 20261122) == key

    def test_a_version_moves_the_floors_of_what_is_counted_already(self) -> None:
        limit = self.limit(2)
        assert floor_moves(None, limit) == []
        assert floor_moves(limit, limit) == [ledger.FloorMove("limit:g:", -2, begins=True)]
        assert floor_moves(limit, self.limit(2, period="order")) == []


class TestFlashSales:
    """So many at a price, for a time."""

    def sale(self, item: FlashItem | None = None, **more: Any) -> GateVersion:
        what = FlashSale("F", "USD", NOON, NOON + HOUR, (item or FlashItem("tea", 800, 10),), **more)
        return gate(what, 7, code="flash", kind="flash_sale")

    def judge(
        self,
        sale: GateVersion,
        buying: Buying = MEMBER,
        taken: int = 0,
        mine: int = 0,
        priced: tuple[int, int, int] = (2_000, 0, 1),
        currency: str = "USD",
    ) -> Judgment:
        item = sale.what.items[0]  # type: ignore[union-attr]
        quota = ledger.account_of("quota", {"activity": "flash", "sku": 7}, "QUOTA", -item.allotment)
        member = limit_account("flash", "m5", "s7", "-", item.per_member)
        there = facts(sale, counted={quota: (taken, 0), member: (mine, 0)})
        return promotion.judge_flash_sales(buying, there, {1: priced}, currency)

    def test_the_price_comes_off_and_is_borne_in_full(self) -> None:
        judged = self.judge(self.sale(funders=(FlashFunder("seller", 3_333), FlashFunder("brand", 6_667))), priced=(2_001, 0, 1))
        assert [(one.funder, one.amount) for one in judged.reductions] == [("seller", 134), ("brand", 267)]
        assert [(one.kind, one.amount, one.back) for one in judged.wants] == [("quota", 2, "units")]
        assert self.judge(self.sale(back="pool")).wants[0].back == "never"

    def test_never_dearer_nor_below_the_floor(self) -> None:
        assert why(self.judge(self.sale(), priced=(1_600, 0, 1))) == [("barred", "flash_sale.not_cheaper")]
        assert [one.amount for one in self.judge(self.sale(), priced=(2_000, 1_900, 1)).reductions] == [100]

    @pytest.mark.parametrize(
        ("item", "taken", "mine", "told"),
        [
            (FlashItem("tea", 800, 10), 10, 0, "sold_out"),
            (FlashItem("tea", 800, 10), 9, 0, "too_few_left"),
            (FlashItem("tea", 800, 10), 8, 0, "priced"),
            (FlashItem("tea", 800, 10, per_order=1), 0, 0, "per_order"),
            (FlashItem("tea", 800, 10, per_order=2), 0, 0, "priced"),
            (FlashItem("tea", 800, 10, per_member=3), 0, 2, "per_member"),
            (FlashItem("tea", 800, 10, per_member=3), 0, 1, "priced"),
        ],
    )
    def test_so_many_and_no_more(self, item: FlashItem, taken: int, mine: int, told: str) -> None:
        judged = self.judge(self.sale(item), taken=taken, mine=mine)
        assert [one.why for one in judged.remarks] == [f"flash_sale.{told}"]
        assert (bool(judged.reductions), judged.blocks) == (told == "priced", ())
        entered = self.judge(self.sale(item), msgspec.structs.replace(MEMBER, play="flash"), taken, mine)
        assert bool(entered.blocks) is (told != "priced")

    def test_members_are_counted_and_guests_asked_to_sign_in(self) -> None:
        limited = self.sale(FlashItem("tea", 800, 10, per_member=3))
        assert [(one.kind, one.amount) for one in self.judge(limited).wants] == [("quota", 2), ("limit", 2)]
        assert why(self.judge(limited, GUEST)) == [("barred", "flash_sale.sign_in")]
        assert [one.amount for one in self.judge(self.sale(), GUEST).reductions] == [400]

    def test_only_inside_its_time_its_currency_and_its_entry(self) -> None:
        assert self.judge(self.sale(), msgspec.structs.replace(MEMBER, at=NOON - HOUR)) == Judgment()
        assert self.judge(self.sale(), msgspec.structs.replace(MEMBER, at=NOON + HOUR)) == Judgment()
        assert self.judge(self.sale(), currency="CNY") == Judgment()
        assert self.judge(self.sale(entry="play")) == Judgment()
        assert self.judge(self.sale(entry="play"), msgspec.structs.replace(MEMBER, play="flash")).reductions

    def test_a_line_has_one_flash_price_that_of_the_sale_entered_first(self) -> None:
        other = msgspec.structs.replace(self.sale(FlashItem("tea", 900, 10)), code="another")
        both = facts(self.sale(), other)
        for play, amount in (("", 200), ("flash", 400)):
            judged = promotion.judge_flash_sales(msgspec.structs.replace(MEMBER, play=play), both, {1: (2_000, 0, 1)}, "USD")
            assert [one.amount for one in judged.reductions] == [amount]

    def test_a_version_moves_the_floors_of_its_allotments_and_of_its_members(self) -> None:
        sale = self.sale(FlashItem("tea", 800, 10, per_member=3))
        assert floor_moves(sale, sale) == [ledger.FloorMove("quota:flash:7", -10), ledger.FloorMove("limit:flash:", -3, begins=True)]


class TestReservations:
    """Kept for those who signed up."""

    WISH = WishToSign("r", 5, "gold", 99, 1)

    def kept(self, **more: Any) -> GateVersion:
        plain: dict[str, Any] = {
            "signup_from": NOON - 2 * HOUR,
            "signup_to": NOON - HOUR,
            "buy_from": NOON,
            "buy_to": NOON + HOUR,
            "units_each": 2,
        }
        return gate(Reservation("R", ("tea",), **(plain | more)), 7, code="r", kind="reservation")

    def judge(self, kept: GateVersion, buying: Buying = MEMBER, right: int = 2) -> Judgment:
        account = right_account("r", 5)
        told = GateFacts((kept,), {account.account_id: ledger.Balance(right, 0, 0)})
        return promotion.judge_reservations(buying, told)

    def test_who_has_the_right_takes_of_it(self) -> None:
        judged = self.judge(self.kept())
        assert [(one.kind, one.account.code, one.amount, one.back) for one in judged.wants] == [("right", "right:r:5", 2, "units")]
        assert judged.blocks == ()

    def test_nobody_else_not_too_early_and_not_more(self) -> None:
        early = msgspec.structs.replace(MEMBER, at=NOON - HOUR)
        for judged, told in (
            (self.judge(self.kept(), GUEST), "sign_in"),
            (self.judge(self.kept(), early), "too_early"),
            (self.judge(self.kept(), right=0), "no_right"),
            (self.judge(self.kept(), right=1), "too_many"),
        ):
            assert (why(judged), judged.wants, len(judged.blocks)) == ([("barred", f"reservation.{told}")], (), 1)

    def test_it_is_kept_from_signing_up_until_buying_ends(self) -> None:
        for at, kept in ((NOON - 2 * HOUR, True), (NOON - 2 * HOUR - HOUR, False), (NOON + HOUR, False)):
            judged = self.judge(self.kept(), msgspec.structs.replace(GUEST, at=at))
            assert bool(judged.blocks) is kept

    def test_signing_up_has_its_time_its_levels_and_its_channels(self) -> None:
        assert not_signed(self.kept(), self.WISH, NOON - 2 * HOUR) is None
        for kept, at, refused in (
            (self.kept(), NOON - HOUR, "promotion.signup_closed"),
            (self.kept(), NOON - 3 * HOUR, "promotion.signup_closed"),
            (self.kept(levels=("silver",)), NOON - 2 * HOUR, "promotion.signup_not_you"),
            (msgspec.structs.replace(self.kept(), channel_ids=frozenset({2})), NOON - 2 * HOUR, "promotion.signup_closed"),
            (None, NOON - 2 * HOUR, "promotion.signup_closed"),
        ):
            told = not_signed(kept, self.WISH, at)
            assert told is not None
            assert told.code == refused

    def test_who_comes_first_takes_a_place_with_the_right(self) -> None:
        told = [(one.from_.code, one.to.code, one.amount) for one in granting(self.kept(places=3), 5, 1).transfers]
        assert told == [
            ("signups:r", "used", 1),
            ("issued", "right:r:5", 2),
        ]
        assert signups_account("r", 3).floor == -3
        assert len(granting(self.kept(), 5, 1).transfers) == 1
        assert len(granting(self.kept(mode="draw", places=3), 5, 1).transfers) == 1

    def test_the_draw_is_the_same_whoever_draws(self) -> None:
        members = list(range(1, 40))
        winners = drawn("seed", members, 5)
        assert (len(winners), winners) == (5, drawn("seed", members[::-1], 5))
        assert winners != drawn("other", members, 5)

    def test_what_was_promised_stays(self) -> None:
        kept = self.kept()
        assert broken_promise(kept, self.kept(units_each=3), NOON) is not None
        assert broken_promise(kept, self.kept(mode="draw", places=3), NOON) is not None
        assert broken_promise(kept, self.kept(units_each=3), NOON - 3 * HOUR) is None
        assert broken_promise(kept, self.kept(buy_to=NOON + 2 * HOUR), NOON) is None
