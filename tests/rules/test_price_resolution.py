"""Laws of price resolution, of line amounts and of tax: what the page docs/price-resolution.md promises."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import count, pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiutong.capabilities import pricing
from jiutong.capabilities.pricing import Losing, Prefer, PriceFacts, PriceRow
from jiutong.capabilities.pricing.model import EVER, FOREVER, PriceSpan, ScopeKey
from jiutong.capabilities.pricing.rules.price import off_base, price_plan, winning_order

MALL, SHOP = 7, 3
DAY = timedelta(days=1)
START = datetime(2026, 1, 1, tzinfo=UTC)
SCOPES: list[ScopeKey] = [
    ("base", 0, "CNY"), ("channel", MALL, "CNY"), ("store", SHOP, "CNY"),
    ("base", 0, "USD"), ("channel", 8, "CNY"), ("store", 4, "CNY"),
]  # fmt: skip


def day(no: int) -> datetime:
    return START + no * DAY


@st.composite
def rows(draw: st.DrawFn) -> tuple[ScopeKey, PriceRow]:
    since = draw(st.integers(0, 20))
    until = draw(st.integers(since + 1, 25))
    amount, per = draw(st.integers(0, 10_000)), draw(st.sampled_from([1, 1, 12, 1000]))
    row = PriceRow(0, draw(st.sampled_from("ab")), amount, per, draw(st.sampled_from([1, 5, 10])), day(since), day(until))
    return draw(st.sampled_from(SCOPES)), row


def facts_of(found: list[tuple[ScopeKey, PriceRow]]) -> PriceFacts:
    """The facts of these rows, each under an id of its own."""
    ids = count(1)
    by_scope: dict[ScopeKey, list[PriceRow]] = {}
    for scope, row in found:
        by_scope.setdefault(scope, []).append(msgspec.structs.replace(row, price_id=next(ids)))
    return PriceFacts(1, EVER, {scope: winning_order(own) for scope, own in by_scope.items()}, {})


wishes = st.tuples(st.integers(1, 12), st.integers(0, 25).map(day), st.sampled_from(Prefer))


def applies(scope: ScopeKey, row: PriceRow, quantity: int, at: datetime) -> bool:
    """The candidate filter in words of its own."""
    here = scope in {("base", 0, "CNY"), ("channel", MALL, "CNY"), ("store", SHOP, "CNY")}
    return here and row.min_quantity <= quantity and row.valid_from <= at and at < row.valid_to


class TestResolution:
    @given(st.lists(rows(), max_size=12), wishes)
    def test_the_winner_is_the_one_the_published_order_names(
        self, found: list[tuple[ScopeKey, PriceRow]], wish: tuple[int, datetime, Prefer]
    ) -> None:
        quantity, at, prefer = wish
        facts = facts_of(found)
        fit = [(s, r) for s, own in facts.by_scope.items() for r in own if applies(s, r, quantity, at)]
        specific = {"store": 2, "channel": 1, "base": 0}
        fit.sort(key=lambda one: (specific[one[0][0]], one[1].min_quantity, one[1].valid_from, one[1].price_id), reverse=True)
        if prefer is Prefer.LOWEST:
            fit.sort(key=lambda one: one[1].amount * (3_000 // one[1].per))
        chosen = pricing.resolve(facts, MALL, SHOP, "CNY", quantity, at, prefer)
        told = None if chosen is None else (chosen.kind, chosen.price_id)
        assert told == next(((scope[0], row.price_id) for scope, row in fit), None)

    @given(st.lists(rows(), max_size=12), wishes)
    def test_there_is_one_winner_and_everybody_else_is_told_why(
        self, found: list[tuple[ScopeKey, PriceRow]], wish: tuple[int, datetime, Prefer]
    ) -> None:
        quantity, at, prefer = wish
        facts = facts_of(found)
        chosen = pricing.resolve(facts, MALL, SHOP, "CNY", quantity, at, prefer)
        trace = pricing.trace(facts, MALL, SHOP, "CNY", quantity, at, prefer)
        assert trace.chosen == (chosen.price_id if chosen else None)
        assert [one.price_id for one in trace.candidates if one.losing is None] == ([chosen.price_id] if chosen else [])
        here = [
            row.price_id
            for scope, own in facts.by_scope.items()
            for row in own
            if scope[:2] in {("base", 0), ("channel", MALL), ("store", SHOP)}
        ]
        assert sorted(one.price_id for one in trace.candidates) == sorted(here)

    @given(st.lists(rows(), max_size=10), wishes, st.randoms(use_true_random=False))
    def test_the_order_rows_are_read_in_does_not_matter(
        self, found: list[tuple[ScopeKey, PriceRow]], wish: tuple[int, datetime, Prefer], chance: object
    ) -> None:
        quantity, at, prefer = wish
        facts = facts_of(found)
        shuffled = {scope: list(own) for scope, own in reversed(facts.by_scope.items())}
        for own in shuffled.values():
            chance.shuffle(own)  # type: ignore[attr-defined]
        other = PriceFacts(1, EVER, {scope: winning_order(own) for scope, own in shuffled.items()}, {})
        assert pricing.resolve(facts, MALL, SHOP, "CNY", quantity, at, prefer) == pricing.resolve(
            other, MALL, SHOP, "CNY", quantity, at, prefer
        )

    @given(st.lists(rows(), min_size=1, max_size=10), wishes)
    def test_taking_a_loser_away_changes_nothing(self, found: list[tuple[ScopeKey, PriceRow]], wish: tuple[int, datetime, Prefer]) -> None:
        quantity, at, prefer = wish
        facts = facts_of(found)
        chosen = pricing.resolve(facts, MALL, SHOP, "CNY", quantity, at, prefer)
        for scope, own in facts.by_scope.items():
            for row in own:
                if chosen is None or row.price_id != chosen.price_id:
                    less = {**facts.by_scope, scope: tuple(other for other in own if other is not row)}
                    assert pricing.resolve(PriceFacts(1, EVER, less, {}), MALL, SHOP, "CNY", quantity, at, prefer) == chosen

    def test_the_end_is_not_part_of_a_price(self) -> None:
        row = PriceRow(0, "base", 100, 1, 1, day(1), day(2))
        facts = facts_of([(("base", 0, "CNY"), row)])
        instant = timedelta(microseconds=1)
        told = [pricing.resolve(facts, MALL, SHOP, "CNY", 1, at) is not None for at in (day(1) - instant, day(1), day(2) - instant, day(2))]
        assert told == [False, True, True, False]

    def test_a_time_the_facts_do_not_know_is_refused(self) -> None:
        facts = PriceFacts(1, day(5), {}, {})
        assert pricing.resolve(facts, MALL, SHOP, "CNY", 1, day(5)) is None
        with pytest.raises(ValueError, match="load the history"):
            pricing.resolve(facts, MALL, SHOP, "CNY", 1, day(4))

    def test_every_way_to_lose(self) -> None:
        def row(id_: int, list_code: str, amount: int, least: int, since: int, until: int) -> PriceRow:
            return PriceRow(id_, list_code, amount, 1, least, day(since), day(until))

        by_scope: dict[ScopeKey, list[PriceRow]] = {
            ("base", 0, "CNY"): [row(1, "base", 90, 1, 0, 9)],
            ("base", 0, "USD"): [row(2, "dollars", 14, 1, 0, 9)],
            ("channel", MALL, "CNY"): [
                row(3, "mall", 100, 1, 0, 9), row(4, "mall", 95, 5, 2, 9), row(5, "fair", 97, 5, 0, 9), row(6, "mall", 80, 50, 0, 9),
                row(7, "mall", 85, 5, 8, 9), row(8, "mall", 99, 5, 0, 2),
            ],
        }  # fmt: skip
        withdrawn: dict[ScopeKey, tuple[PriceRow, ...]] = {("store", SHOP, "CNY"): (row(9, "old", 1, 1, 0, 9),)}
        facts = PriceFacts(1, EVER, {scope: winning_order(own) for scope, own in by_scope.items()}, withdrawn)
        trace = pricing.trace(facts, MALL, SHOP, "CNY", 5, day(3))
        assert (trace.rule, trace.chosen, trace.candidates[0].price_id) == ("pricing.specific", 4, 4)
        assert {one.price_id: one.losing for one in trace.candidates} == {
            1: Losing.LESS_SPECIFIC,
            2: Losing.OTHER_CURRENCY,
            3: Losing.BEATEN_BY_BREAK,
            4: None,
            5: Losing.STARTED_EARLIER,
            6: Losing.QUANTITY_BELOW_BREAK,
            7: Losing.NOT_YET_VALID,
            8: Losing.EXPIRED,
            9: Losing.LIST_WITHDRAWN,
        }
        lowest = pricing.trace(facts, MALL, SHOP, "CNY", 5, day(3), Prefer.LOWEST)
        assert (lowest.rule, lowest.chosen) == ("pricing.lowest", 1)
        assert next(one.losing for one in lowest.candidates if one.price_id == 4) is Losing.NOT_LOWEST


class TestThePublishedExample:
    """The table of docs/price-resolution.md."""

    FACTS = facts_of(
        [
            (("channel", MALL, "CNY"), PriceRow(0, "mall", 950, 1, 1, day(304), FOREVER)),
            (("channel", MALL, "CNY"), PriceRow(0, "mall", 900, 1, 10, day(304), FOREVER)),
            (("channel", MALL, "CNY"), PriceRow(0, "mall", 980, 1, 1, day(273), day(304))),
            (("channel", MALL, "CNY"), PriceRow(0, "double-11", 880, 1, 1, day(314), day(315))),
            (("base", 0, "CNY"), PriceRow(0, "base", 1000, 1, 1, day(0), FOREVER)),
            (("base", 0, "USD"), PriceRow(0, "base-usd", 140, 1, 1, day(0), FOREVER)),
            (("store", SHOP, "CNY"), PriceRow(0, "s1", 920, 1, 1, day(0), FOREVER)),
        ]
    )
    NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)

    def test_every_row_of_the_table(self) -> None:
        trace = pricing.trace(self.FACTS, MALL, 0, "CNY", 3, self.NOON)
        assert {(one.list_code, one.amount): one.losing for one in trace.candidates} == {
            ("mall", 950): None,
            ("mall", 900): Losing.QUANTITY_BELOW_BREAK,
            ("mall", 980): Losing.EXPIRED,
            ("double-11", 880): Losing.EXPIRED,
            ("base", 1000): Losing.LESS_SPECIFIC,
            ("base-usd", 140): Losing.OTHER_CURRENCY,
        }

    @pytest.mark.parametrize(
        ("store_id", "quantity", "at", "amount"),
        [
            (0, 3, NOON, 2850),
            (0, 10, NOON, 9000),
            (SHOP, 3, NOON, 2760),
            (0, 3, datetime(2026, 11, 11, tzinfo=UTC), 2640),
            (0, 10, datetime(2026, 11, 11, tzinfo=UTC), 9000),
            (0, 3, datetime(2026, 11, 12, tzinfo=UTC), 2850),
        ],
    )
    def test_every_amount_of_the_text(self, store_id: int, quantity: int, at: datetime, amount: int) -> None:
        resolved = pricing.resolve(self.FACTS, MALL, store_id, "CNY", quantity, at)
        assert resolved is not None
        assert pricing.line_amount(resolved.amount, resolved.per, quantity) == amount


class TestAmounts:
    @given(st.integers(0, 10**9), st.integers(1, 10**6), st.integers(1, 10**6))
    def test_a_line_is_rounded_once_and_to_the_nearest(self, amount: int, per: int, quantity: int) -> None:
        exact, told = amount * quantity, pricing.line_amount(amount, per, quantity)
        assert -per < 2 * (told * per - exact) <= per

    def test_half_goes_up(self) -> None:
        assert [pricing.line_amount(5, 1000, quantity) for quantity in (99, 100, 101, 300)] == [0, 1, 1, 2]
        assert pricing.line_amount(305, 1000, 1640) == 500

    @given(st.integers(0, 10**12), st.integers(0, 10_000))
    def test_contained_tax_and_net_add_up_and_tax_is_the_nearest(self, gross: int, rate_bp: int) -> None:
        tax = pricing.tax_of(gross, rate_bp, inclusive=True)
        whole = 10_000 + rate_bp
        assert 0 <= tax <= gross
        assert -whole < 2 * (tax * whole - gross * rate_bp) <= whole

    @given(st.integers(0, 10**12), st.integers(0, 10_000))
    def test_added_tax_is_contained_in_what_it_makes(self, net: int, rate_bp: int) -> None:
        tax = pricing.tax_of(net, rate_bp, inclusive=False)
        assert -10_000 < 2 * (tax * 10_000 - net * rate_bp) <= 10_000
        assert pricing.tax_of(net + tax, rate_bp, inclusive=True) in {tax - 1, tax, tax + 1}

    def test_thirteen_percent(self) -> None:
        assert (pricing.tax_of(11300, 1300, inclusive=True), pricing.tax_of(10000, 1300, inclusive=False)) == (1300, 1300)
        assert (pricing.tax_of(99, 0, inclusive=True), pricing.tax_of(99, 0, inclusive=False)) == (0, 0)


class TestPlan:
    """Setting prices: laid one over the other in the order given."""

    @staticmethod
    def span(amount: int, since: int, until: int | None = None, price_id: int = 0) -> PriceSpan:
        return PriceSpan(1, 2, 1, amount, 1, day(since), FOREVER if until is None else day(until), price_id)

    def test_a_change_ends_the_running_row(self) -> None:
        plan = price_plan([self.span(90, 5)], {0: self.span(100, 0, price_id=8)}, day(3))
        assert (plan.ends, plan.drops, plan.adds) == ([self.span(100, 0, 5, 8)], [], [self.span(90, 5)])
        assert plan.replaces == {0: self.span(100, 0, price_id=8)}

    def test_a_price_with_an_end_lets_the_running_one_resume(self) -> None:
        plan = price_plan([self.span(90, 5, 7)], {0: self.span(100, 0, price_id=8)}, day(3))
        resumed = msgspec.structs.replace(self.span(100, 7), resumes=True)
        assert (plan.ends, plan.drops, plan.adds) == ([self.span(100, 0, 5, 8)], [], [resumed, self.span(90, 5, 7)])

    def test_the_same_price_again_changes_nothing(self) -> None:
        plan = price_plan([self.span(100, 5, 9)], {0: self.span(100, 0, price_id=8)}, day(3))
        assert (plan.ends, plan.drops, plan.adds, plan.replaces) == ([], [], [], {})

    def test_a_price_that_has_not_begun_is_taken_back(self) -> None:
        plan = price_plan([self.span(90, 5, 7)], {0: self.span(100, 5, price_id=8)}, day(3))
        resumed = msgspec.structs.replace(self.span(100, 7), resumes=True)
        assert (plan.ends, plan.drops, plan.adds) == ([], [8], [resumed, self.span(90, 5, 7)])

    def test_a_price_that_has_begun_is_left_to_the_constraint(self) -> None:
        plan = price_plan([self.span(90, 3)], {0: self.span(100, 3, price_id=8)}, day(3))
        assert (plan.ends, plan.drops, plan.adds) == ([], [], [self.span(90, 3)])

    @given(
        st.lists(st.tuples(st.integers(0, 9), st.integers(0, 30), st.integers(1, 9)), min_size=1, max_size=8, unique_by=lambda one: one[1])
    )
    def test_prices_one_after_the_other_leave_no_gap_and_no_overlap(self, drawn: list[tuple[int, int, int]]) -> None:
        in_time = sorted(drawn, key=lambda one: one[1])
        nexts = [one[1] for one in in_time[1:]] + [99]
        told = [self.span(amount, since, min(since + lasts, upto)) for (amount, since, lasts), upto in zip(in_time, nexts, strict=True)]
        running = self.span(100, -1, price_id=8)
        plan = price_plan(told, dict.fromkeys(range(len(told)), running), day(0))
        line = sorted([*(plan.ends or [running]), *plan.adds], key=lambda one: one.valid_from)
        assert all(one.valid_to == other.valid_from for one, other in pairwise(line))
        assert (line[0].valid_from, line[-1].valid_to, plan.drops) == (day(-1), FOREVER, [])
        assert [span for span in line if not span.resumes and not span.price_id] == told


REGION, GROUPS, COMPANY = "US/CA", (11, 12), 9
LEVELS: list[list[ScopeKey]] = [
    [("contract", COMPANY, "CNY")],
    [("group", 11, "CNY"), ("group", 12, "CNY")],
    [("store", SHOP, "CNY")],
    [("channel", MALL, "CNY")],
    [("region", "US/CA", "CNY")],
    [("region", "US", "CNY")],
    [("base", 0, "CNY")],
]
OTHERS: list[ScopeKey] = [("contract", 8, "CNY"), ("group", 13, "CNY"), ("region", "US/NY", "CNY"), ("channel", 8, "CNY")]
EVERYWHERE = [*(scope for level in LEVELS for scope in level), *OTHERS]
BUYER = pricing.For(REGION, GROUPS, COMPANY)


@st.composite
def rows_of_everybody(draw: st.DrawFn) -> tuple[ScopeKey, PriceRow]:
    _, row = draw(rows())
    scope = draw(st.sampled_from(EVERYWHERE))
    off_bp = draw(st.sampled_from([None, None, 500, 10_000])) if scope[0] != "base" else None
    return scope, msgspec.structs.replace(row, amount=0 if off_bp else row.amount, off_bp=off_bp)


class TestForWhom:
    @given(st.lists(rows_of_everybody(), max_size=14), wishes)
    def test_the_published_order_holds_for_every_buyer(
        self, found: list[tuple[ScopeKey, PriceRow]], wish: tuple[int, datetime, Prefer]
    ) -> None:
        quantity, at, prefer = wish
        facts = facts_of(found)

        def fit(row: PriceRow) -> bool:
            return row.min_quantity <= quantity and row.valid_from <= at < row.valid_to

        def newest(row: PriceRow) -> tuple[int, datetime, int]:
            return row.min_quantity, row.valid_from, row.price_id

        base = max((row for row in facts.by_scope.get(("base", 0, "CNY"), ()) if fit(row)), key=newest, default=None)

        def cost(row: PriceRow) -> Fraction | None:
            if row.off_bp is None:
                return Fraction(row.amount, row.per)
            return None if base is None else Fraction((2 * base.amount * (10_000 - row.off_bp) + 10_000) // 20_000, base.per)

        told: list[tuple[Fraction, PriceRow]] = []
        for level in LEVELS:
            here = [
                sorted(
                    ((newest(row), c, row) for row in facts.by_scope.get(scope, ()) if fit(row) and (c := cost(row)) is not None),
                    reverse=True,
                )
                for scope in level
            ]
            kept = [(c, order, row) for own in here for order, c, row in (own if prefer is Prefer.LOWEST else own[:1])]
            kept.sort(key=lambda one: (one[0], *(-part if isinstance(part, int) else -part.timestamp() for part in one[1])))
            told += [(c, row) for c, _, row in kept[:1]]
        if prefer is Prefer.LOWEST:
            told.sort(key=lambda one: one[0])
        chosen = pricing.resolve(facts, MALL, SHOP, "CNY", quantity, at, prefer, BUYER)
        assert (None if chosen is None else (Fraction(chosen.amount, chosen.per), chosen.price_id)) == next(
            ((c, row.price_id) for c, row in told), None
        )
        trace = pricing.trace(facts, MALL, SHOP, "CNY", quantity, at, prefer, BUYER)
        assert [one.price_id for one in trace.candidates if one.losing is None] == ([chosen.price_id] if chosen else [])
        strange = {one.losing for one in trace.candidates if (one.kind, one.scope_id, one.currency) in OTHERS}
        assert strange <= {Losing.OTHER_COMPANY, Losing.NOT_IN_GROUP, Losing.OTHER_REGION}

    @given(st.integers(0, 10**9), st.integers(1, 10_000))
    def test_a_rate_comes_off_to_the_nearest(self, amount: int, off_bp: int) -> None:
        told = off_base(amount, off_bp)
        assert -10_000 < 2 * (told * 10_000 - amount * (10_000 - off_bp)) <= 10_000

    def test_nobody_pays_more_for_being_in_one_group_more(self) -> None:
        groups = {11: 90, 12: 80, 13: 85}
        facts = facts_of([(("group", id_, "CNY"), PriceRow(0, "g", amount, 1, 1, day(0), FOREVER)) for id_, amount in groups.items()])
        told = [
            pricing.resolve(facts, MALL, 0, "CNY", 1, day(1), buyer=pricing.For(group_ids=ids)) for ids in ((11,), (11, 13), (11, 12, 13))
        ]
        assert [one and one.amount for one in told] == [90, 85, 80]

    def test_the_nearest_category_gives_the_rate(self) -> None:
        facts = facts_of([(("base", 0, "CNY"), PriceRow(0, "base", 1000, 1, 1, day(0), FOREVER))])

        def rate(price_id: int, off_bp: int) -> tuple[PriceRow, ...]:
            return (PriceRow(price_id, "kiln", 0, 1, 1, day(0), FOREVER, off_bp),)

        terms = pricing.Terms(COMPANY, EVER, {("food", "CNY"): rate(71, 2000), ("tea", "CNY"): rate(72, 500)})
        buyer = pricing.For(company_id=COMPANY, terms=terms)
        told = [
            pricing.resolve(facts, MALL, 0, "CNY", 1, day(1), prefer, buyer, categories)
            for categories, prefer in (
                (("green", "tea", "food"), Prefer.SPECIFIC), (("food",), Prefer.SPECIFIC),
                (("tea", "food"), Prefer.LOWEST), ((), Prefer.SPECIFIC),
            )
        ]  # fmt: skip
        assert [one and (one.kind, one.amount) for one in told] == [
            ("contract_category", 950), ("contract_category", 800), ("contract_category", 800), ("base", 1000),
        ]  # fmt: skip
        trace = pricing.trace(facts, MALL, 0, "CNY", 1, day(1), buyer=buyer, categories=("tea", "food"))
        assert [(one.kind, one.category, one.losing) for one in trace.candidates] == [
            ("contract_category", "tea", None),
            ("contract_category", "food", Losing.LESS_SPECIFIC),
            ("base", "", Losing.LESS_SPECIFIC),
        ]
