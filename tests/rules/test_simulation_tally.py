"""What many replayed orders add up to: in any order and in any pieces the same."""

from hypothesis import given
from hypothesis import strategies as st

from jiutong.capabilities.simulation import CHANGE_EDGES_BP, Noted, Replayed, SalesSums, Tally, Used, bucket, tally

CAP = 100


@st.composite
def orders(draw: st.DrawFn) -> Replayed:
    gross = draw(st.integers(0, 10**6))
    before, after = draw(st.integers(0, gross)), draw(st.integers(0, gross))
    id_ = draw(st.integers(1, 10**6))
    if draw(st.booleans()) and draw(st.booleans()):
        return Replayed(id_, 20261122, 1, refused=draw(st.sampled_from(("pricing.no_price", "catalog.not_listed"))))
    return Replayed(
        id_,
        draw(st.sampled_from((20261121, 20261122))),
        draw(st.sampled_from((1, 2))),
        "gold",
        SalesSums(gross, before, gross - before, gross, before, draw(st.integers(0, 99)), draw(st.integers(0, 99))),
        SalesSums(gross, after, gross - after, gross, before, draw(st.integers(0, 99)), draw(st.integers(0, 99))),
        categories=(("food", gross - before, gross - after),),
        funders_before=(("seller", before),) if before else (),
        rules_after=(("ten@1", draw(st.sampled_from(("seller", "brand"))), after),) if after else (),
        gifts=(("salt", 0, draw(st.integers(1, 3))),) if draw(st.booleans()) else (),
        used=(Used("ten@1", "budget", "budget:ten", draw(st.integers(1, 40)), CAP, after),) if draw(st.booleans()) else (),
        notes=(Noted("ten@1", "near", "amount", draw(st.integers(0, 99)), "minor"),) if draw(st.booleans()) else (),
    )


@given(st.lists(orders(), max_size=12, unique_by=lambda one: one.order_id), st.data())
def test_pieces_add_up_to_the_whole(all_: list[Replayed], data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(all_)))
    assert tally(tally(Tally(), all_[:cut]), all_[cut:]) == tally(Tally(), all_)


@given(st.lists(orders(), max_size=12, unique_by=lambda one: one.order_id))
def test_every_order_is_counted_once_everywhere(all_: list[Replayed]) -> None:
    found = tally(Tally(), all_)
    assert found.orders == len(all_) == found.replayed + sum(found.refused.values())
    assert sum(found.changes) == found.replayed
    for spans in (found.days, found.places, found.levels, found.categories):
        assert sum(one.orders for one in spans.values()) == found.replayed
        assert sum(one.before for one in spans.values()) == found.before.net
        assert sum(one.after for one in spans.values()) == found.after.net
        assert sum(one.rose for one in spans.values()) == sum(one.after.net > one.before.net for one in all_ if not one.refused)
        assert sum(one.fell for one in spans.values()) == sum(one.after.net < one.before.net for one in all_ if not one.refused)
    assert sum(one.after for one in found.funders.values()) == found.after.discount
    assert sum(one.before for one in found.funders.values()) == found.before.discount


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_who_changed_never_stands_among_those_who_did_not(before: int, after: int) -> None:
    unchanged = CHANGE_EDGES_BP.index(1)
    at = bucket(before, after)
    assert (at == unchanged) == (before == after)
    assert (at < unchanged) == (after < before)


@given(st.lists(orders(), max_size=12, unique_by=lambda one: one.order_id))
def test_what_is_used_is_told_day_by_day_until_it_is_gone(all_: list[Replayed]) -> None:
    found = tally(Tally(), all_)
    used = [(one.day, use.amount) for one in all_ if not one.refused for use in one.used]
    assert found.taken.get("budget:ten", 0) == sum(amount for _, amount in used)
    if not used:
        assert not found.uptake
        return
    (uptake,) = found.uptake.values()
    assert (uptake.used, uptake.orders, uptake.cap) == (sum(amount for _, amount in used), len(used), CAP)
    assert sum(uptake.days.values()) == uptake.used
    left, least, gone = CAP, 0, 0
    for day, amount in used:
        left -= amount
        least = min(least or amount, amount)
        gone = gone or (day if left < least else 0)
    assert uptake.gone_on == gone


def test_limits_of_single_members_are_counted_and_not_told() -> None:
    one = Replayed(1, 20261122, 1, used=(Used("spring", "member_uses", "batch:spring:7", 1, 2, 0),))
    found = tally(Tally(), [one])
    assert (found.taken, found.uptake) == ({"batch:spring:7": 1}, {})


def test_what_only_earns_other_points_comes_to_nothing_else() -> None:
    one = Replayed(1, 20261122, 1, "", SalesSums(100, 0, 100, earned=1), SalesSums(100, 0, 100, earned=2))
    found = tally(Tally(), [one])
    assert (found.touched, found.before.earned, found.after.earned) == (0, 1, 2)
