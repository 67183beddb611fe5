"""Decisions of the book, without a database: sums, arrival order, and the table of posting rules line by line."""

import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiutong.ledger import ACCOUNT_KINDS, POSTING_RULES, Balance, Entry, PostingRule, Transfer, account, account_of, leg
from jiutong.ledger.rules import AccountKind, Demand, moved, totals, walk

ACCOUNTS = [account(f"a:{i}", "POINT", floor) for i, floor in enumerate((0, 5, -5, None))]
groups = st.lists(
    st.dictionaries(st.sampled_from(ACCOUNTS), st.tuples(st.integers(-9, 9), st.integers(-4, 4)), max_size=3).map(
        lambda changes: {a.account_id: Demand(a, posted, held) for a, (posted, held) in changes.items()}
    ),
    max_size=8,
)
standing = st.fixed_dictionaries(
    {a.account_id: st.builds(Balance, st.integers(0, 12), st.integers(0, 4), st.just(a.floor)) for a in ACCOUNTS}
)


class TestTotals:
    @given(groups)
    def test_a_batch_changes_what_its_groups_change(self, batch: list[dict[int, Demand]]) -> None:
        needs = {need.account.account_id: need for need in totals(batch)}
        assert list(needs) == sorted(needs)
        for id_ in {id_ for group in batch for id_ in group}:
            assert needs[id_].posted == sum(group[id_].posted for group in batch if id_ in group)
            assert needs[id_].held == sum(group[id_].held for group in batch if id_ in group)

    @given(groups, standing)
    def test_a_batch_is_borne_exactly_when_nobody_in_it_would_be_refused(
        self, batch: list[dict[int, Demand]], shown: dict[int, Balance]
    ) -> None:
        """The one statement for the whole batch and the walk through its groups never disagree."""
        borne = all(
            (floor := shown[need.account.account_id].floor) is None
            or need.low is None
            or shown[need.account.account_id].left + need.low >= floor
            for need in totals(batch)
        )
        assert borne == (walk(batch, shown) == {})

    @given(groups, standing)
    def test_the_walk_serves_one_group_after_the_other(self, batch: list[dict[int, Demand]], shown: dict[int, Balance]) -> None:
        left = {id_: balance.left for id_, balance in shown.items()}
        refused: list[int] = []
        for position, group in enumerate(batch):
            rest = {id_: left[id_] + demand.posted - demand.held for id_, demand in group.items()}
            if any(rest[id_] < left[id_] and rest[id_] < (-999 if (f := shown[id_].floor) is None else f) for id_ in group):
                refused.append(position)
            else:
                left |= rest
        assert list(walk(batch, shown)) == refused

    def test_an_account_that_does_not_exist_has_nothing(self) -> None:
        strict, credit = ACCOUNTS[0], ACCOUNTS[2]
        batch = [
            {strict.account_id: Demand(strict, 0, 1)},
            {credit.account_id: Demand(credit, 0, 5)},
            {credit.account_id: Demand(credit, 0, 1)},
        ]
        assert {i: (short.wanted, short.free) for i, short in walk(batch, {}).items()} == {0: (1, 0), 2: (1, 0)}

    def test_the_world_outside_has_no_balance_to_move(self) -> None:
        outside = account_of("sold", {}, "any")
        assert moved(Entry(1, "x", 1, (Transfer(outside, ACCOUNTS[0], 3),))) == {ACCOUNTS[0].account_id: Demand(ACCOUNTS[0], 3, 0)}


UNITS = {"sku", "any", "currency", "POINT", "BEAN", "COUPON", "QUOTA", "RED/currency", "CARD/currency", "BUDGET/currency"}
OUTSIDE = {"sold", "supplied", "corrected", "used", "issued", "expired", "clawed", "lifted", "coupons_used"}


class TestAccountKinds:
    @pytest.mark.parametrize("kind", ACCOUNT_KINDS.values(), ids=lambda kind: kind.name)
    def test_a_kind_says_what_it_counts(self, kind: AccountKind) -> None:
        assert re.fullmatch(r"[a-z_]+", kind.name)
        assert len(set(kind.keys)) == len(kind.keys)
        assert kind.unit in UNITS
        assert kind.means
        assert re.search(r"[一-鿿]", kind.means_zh)

    def test_only_the_world_outside_is_untracked_and_only_it_takes_any_unit(self) -> None:
        assert {kind.name for kind in ACCOUNT_KINDS.values() if not kind.tracked} == OUTSIDE
        assert {kind.name for kind in ACCOUNT_KINDS.values() if kind.unit == "any"} == OUTSIDE

    def test_money_is_never_one_account_for_the_whole_tenant(self) -> None:
        """A tenant-wide row would be locked by every checkout. A drawer is a shift's own, a safe no sale's."""
        money = {kind.name: set(kind.keys) for kind in ACCOUNT_KINDS.values() if kind.unit == "currency"}
        assert {name: keys for name, keys in money.items() if not {"place", "day"} <= keys} == {
            "drawer": {"shift", "method"},
            "safe": {"place"},
        }

    def test_a_code_spells_its_keys_in_order(self) -> None:
        keys = {"day": "2026-11-22", "place": 9, "seller": 4, "rule": "double_11"}
        assert account_of("revenue", keys, "CNY").code == "revenue:4:9:2026-11-22"
        assert account_of("sold", keys, "CNY").unit == "any"

    def test_a_colon_in_a_key_makes_no_other_account(self) -> None:
        codes = {
            account_of("discount", {"rule": rule, "place": place, "day": "d"}, "CNY").code
            for rule, place in (("a:b", "c"), ("a", "b:c"), ("a%3Ab", "c"))
        }
        assert codes == {"discount:a%3Ab:c:d", "discount:a:b%3Ac:d", "discount:a%253Ab:c:d"}

    def test_an_id_is_the_beginning_of_the_md5_of_the_code(self) -> None:
        assert account("stock:1:1:7", "sku:7").account_id == -4303597516606282707


@pytest.mark.parametrize("rule", POSTING_RULES, ids=lambda rule: f"{rule.event} {rule.amount}")
class TestPostingRules:
    def test_both_accounts_exist_and_differ(self, rule: PostingRule) -> None:
        assert rule.from_ in ACCOUNT_KINDS
        assert rule.to in ACCOUNT_KINDS
        assert rule.from_ != rule.to

    def test_one_unit_moves_and_money_never_to_the_world_outside(self, rule: PostingRule) -> None:
        units = {ACCOUNT_KINDS[rule.from_].unit, ACCOUNT_KINDS[rule.to].unit}
        assert len(units - {"any"}) == 1
        assert units != {"currency", "any"}

    def test_only_what_is_counted_is_held(self, rule: PostingRule) -> None:
        assert rule.phase in {"hold", "post"}
        assert rule.phase == "post" or ACCOUNT_KINDS[rule.from_].tracked

    def test_money_stays_at_its_place_and_day(self, rule: PostingRule) -> None:
        """But for drawers and safes: what lies in them lies there until it is taken out."""
        kinds = [ACCOUNT_KINDS[side] for side in (rule.from_, rule.to) if side not in {"drawer", "safe"}]
        assert all({"place", "day"} <= set(kind.keys) for kind in kinds if kind.unit == "currency")

    def test_it_says_when_and_why(self, rule: PostingRule) -> None:
        assert re.fullmatch(r"[a-z]+\.[a-z_]+", rule.event)
        assert rule.why

    def test_its_leg_is_what_it_says(self, rule: PostingRule) -> None:
        keys = {key: f"one-{key}" for kind in ACCOUNT_KINDS.values() for key in kind.keys}
        (transfer,) = leg(rule.event, rule.amount, 7, "CNY", keys)
        assert transfer == Transfer(account_of(rule.from_, keys, "CNY"), account_of(rule.to, keys, "CNY"), 7)
        assert leg(rule.event, rule.amount, 0, "CNY", keys) == ()


def test_a_rule_is_found_by_its_event_and_amount() -> None:
    assert [twice for twice, n in Counter((rule.event, rule.amount) for rule in POSTING_RULES).items() if n > 1] == []


def test_what_comes_back_is_the_opposite_of_what_left() -> None:
    left = {
        (rule.amount, rule.from_, rule.to)
        for rule in POSTING_RULES
        if rule.event == "order.shipped" and rule.amount not in {"net", "charge"}
    }
    back = {
        (rule.amount, rule.to, rule.from_)
        for rule in POSTING_RULES
        if rule.event == "goods.returned" and rule.amount not in {"net", "charge"}
    }
    assert left == back
