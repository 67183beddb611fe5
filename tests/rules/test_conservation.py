"""The law of conservation: whatever happens to the units of an order, what went out of it and what came back add up to what was in it.

Cash, tax, every funder's part, freight and fees, and everything scarce it claimed - points by the lot, red packets, budgets, uses,
limits, quotas, a coupon - over any sequence of partial cancellations, payment at any moment, shipments and returns.
"""

from collections import Counter
from collections.abc import Sequence

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from jiutong import ledger
from jiutong.capabilities.order import (
    Adjustment,
    Charge,
    Line,
    PlacedClaim,
    Share,
    Units,
    canceling_share,
    claims_back,
    returning_share,
    share,
    shipping_share,
)

ORDER = 1
TO = ledger.account_of("used", {}, "any")
BACKS = ("units", "unshipped", "cancel", "never")


class Story(msgspec.Struct, frozen=True):
    """An order, what it claims, and what happens to it: ("cancel", "ship", "return", units by line) or ("pay", ())."""

    lines: tuple[Line, ...]
    claims: tuple[PlacedClaim, ...]
    steps: tuple[tuple[str, tuple[tuple[int, int], ...]], ...]


@st.composite
def placed_lines(draw: st.DrawFn, line_id: int) -> Line:
    """A line with discounts of several funders, tax either way, freight and a fee of which part is borne by somebody."""
    quantity = draw(st.integers(1, 9))
    gross = draw(st.integers(0, draw(st.sampled_from((5, 1_000, 10**9)))))
    left = gross
    adjustments: list[Adjustment] = []
    for stage, funder in (("line", "seller"), ("activity", "brand"), ("subsidy", "platform"), ("points", "points")):
        amount = draw(st.integers(0, left))
        if amount:
            left -= amount
            adjustments.append(Adjustment(line_id, stage, f"{stage}@1", funder, amount))
    tax, on_top = draw(st.integers(0, 1 + left // 5)), draw(st.booleans())
    charges: list[Charge] = []
    for kind in ("freight", "packing"):
        whole = draw(st.integers(0, 2_000))
        off = draw(st.integers(0, whole))
        charge_tax = draw(st.integers(0, 1 + (whole - off) // 5))
        if whole:
            owed = whole - off + (charge_tax if on_top else 0)
            funder = draw(st.sampled_from(("seller", "carrier")))
            charges.append(Charge(line_id, kind, f"{kind}@1", whole, off, "free@1", funder, 600, charge_tax, owed))
    charged = sum(one.payable for one in charges)
    payable = left + (tax if on_top else 0) + charged
    return Line(
        ORDER, line_id, line_id, 1, 1, 1, quantity, gross, gross - left, tax, payable, 0, 0, 0, tuple(adjustments),
        charged=charged, charges=tuple(charges),
    )  # fmt: skip


@st.composite
def stories(draw: st.DrawFn) -> Story:
    """Every unit ends canceled, or shipped and returned; it is paid before anything ships."""
    lines = tuple(draw(placed_lines(no)) for no in range(1, draw(st.integers(1, 3)) + 1))
    claims = tuple(
        PlacedClaim(
            ORDER, no, draw(st.sampled_from((0, *(line.line_id for line in lines)))), "points", 1,
            ledger.account_of("coupon", {"coupon": no}, "COUPON"), TO, draw(st.integers(1, 500)), draw(st.sampled_from(BACKS)), False, 0,
        )
        for no in range(1, draw(st.integers(0, 4)) + 1)
    )  # fmt: skip
    open_, sold = {line.line_id: line.quantity for line in lines}, Counter[int]()
    paid = False
    steps: list[tuple[str, tuple[tuple[int, int], ...]]] = []
    while any(open_.values()) or +sold:
        kinds = [*(["cancel"] if any(open_.values()) else []), *(["ship"] if paid and any(open_.values()) else [])]
        what = draw(st.sampled_from([*kinds, *(["return"] if +sold else []), *([] if paid else ["pay"])]))
        if what == "pay":
            paid = True
            steps.append((what, ()))
            continue
        have = {id_: n for id_, n in (sold if what == "return" else open_).items() if n}
        chosen = draw(st.lists(st.sampled_from(sorted(have)), min_size=1, unique=True))
        units = tuple((id_, draw(st.integers(1, have[id_]))) for id_ in sorted(chosen))
        for id_, n in units:
            if what == "return":
                sold[id_] -= n
            else:
                open_[id_] -= n
                sold[id_] += n if what == "ship" else 0
        steps.append((what, units))
    return Story(lines, claims, tuple(steps))


class Told(msgspec.Struct):
    """What happened: shares by kind of step, what each claim has given back, and what of it is used."""

    shares: dict[str, list[Share]]
    back: Counter[int]
    claims: dict[int, PlacedClaim]
    shipped: bool = False


def unfold(story: Story) -> Told:
    """Live through a story as the flows do."""
    lines = {line.line_id: line for line in story.lines}
    told = Told({"cancel": [], "ship": [], "return": []}, Counter(), {one.claim_id: one for one in story.claims})
    for what, moved in story.steps:
        if what == "pay":
            told.claims = {id_: msgspec.structs.replace(one, used=True) for id_, one in told.claims.items()}
            continue
        units = [Units(ORDER, id_, n) for id_, n in moved]
        if what != "ship":
            left = sum(line.quantity - line.canceled for line in lines.values()) - sum(n for _, n in moved)
            ended = {ORDER} if what == "cancel" and not left and not told.shipped else set()
            for claim, part in claims_back(list(told.claims.values()), lines, units, ended=ended, returned=what == "return"):
                told.back[claim.claim_id] += part
                told.claims[claim.claim_id] = msgspec.structs.replace(claim, given_back=claim.given_back + part)
        for id_, n in moved:
            line = lines[id_]
            match what:
                case "cancel":
                    told.shares[what].append(canceling_share(line, n))
                    lines[id_] = msgspec.structs.replace(line, canceled=line.canceled + n)
                case "ship":
                    told.shipped = True
                    told.shares[what].append(shipping_share(line, n))
                    lines[id_] = msgspec.structs.replace(line, shipped=line.shipped + n)
                case _:
                    told.shares[what].append(returning_share(line, n, with_charges=True))
                    lines[id_] = msgspec.structs.replace(line, returned=line.returned + n)
    return told


def totals(shares: Sequence[Share]) -> Counter[str]:
    """Everything some shares carry, by what it is and who bears it."""
    sums: Counter[str] = Counter()
    for one in shares:
        sums["net"] += one.net
        sums["tax"] += one.tax
        sums["cash"] += one.payable
        for a in one.adjustments:
            sums[f"{a.stage} {a.rule} {a.funder}"] += a.amount
        for c in one.charges:
            sums[f"{c.kind} gross"] += c.gross
            sums[f"{c.kind} off {c.off_rule} {c.off_funder}"] += c.off
            sums[f"{c.kind} tax"] += c.tax
            sums[f"{c.kind} cash"] += c.payable
    return +sums


@given(stories())
def test_any_sequence_ends_where_one_full_reversal_does(story: Story) -> None:
    told = unfold(story)
    whole = totals([share(line, 0, line.quantity) for line in story.lines])
    assert totals(told.shares["cancel"] + told.shares["return"]) == whole
    assert totals(told.shares["cancel"] + told.shares["ship"]) == whole
    assert totals(told.shares["ship"]) == totals(told.shares["return"])
    assert whole["cash"] == sum(line.payable for line in story.lines)


@given(stories())
def test_what_was_scarce_comes_back_as_its_terms_say_and_never_twice(story: Story) -> None:
    told = unfold(story)
    lines = {line.line_id: line for line in story.lines}
    paid = ("pay", ()) in story.steps
    for claim in story.claims:
        back, now = told.back[claim.claim_id], told.claims[claim.claim_id]
        assert 0 <= back == now.given_back <= claim.amount
        if not paid:
            assert back == claim.amount, "held, and nobody paid: all of it comes back"
        elif claim.line_id and claim.back == "units":
            assert back == claim.amount, "every unit gave back its share"
        elif claim.back == "cancel" and not told.shipped:
            assert back == claim.amount, "the order is gone as if it had never been"
        elif claim.line_id and claim.back == "unshipped" and not told.shipped:
            assert back == claim.amount
        elif claim.back == "never":
            assert back == before_it_was_used(story, lines, claim)


def before_it_was_used(story: Story, lines: dict[int, Line], claim: PlacedClaim) -> int:
    """What units that were canceled before the payment had held of it."""
    canceled = 0
    for what, units in story.steps:
        if what == "pay" or not claim.line_id:
            break
        canceled += dict(units).get(claim.line_id, 0)
    if not claim.line_id:
        return 0
    quantity = lines[claim.line_id].quantity
    return claim.amount - ledger_share(claim.amount, quantity - canceled, quantity)


def ledger_share(total: int, first: int, whole: int) -> int:
    """The house's prefix: what the first units of a line carry, rounded half up."""
    return (2 * total * first + whole) // (2 * whole)


@given(stories())
def test_no_step_carries_less_than_nothing(story: Story) -> None:
    for shares in unfold(story).shares.values():
        for one in shares:
            assert min(one.net, one.tax, one.payable, *(a.amount for a in one.adjustments), 0) == 0
            assert all(min(c.gross, c.off, c.tax, c.payable) >= 0 for c in one.charges)
