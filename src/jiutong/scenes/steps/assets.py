"""What buyers pay with besides money: red packets, points, and the procurement points of their company.

Each takes its part off what is left of the lines, borne by its funder, and claims the very lots it came from: whatever units come back
later give their share back to them.
"""

from jiutong.capabilities import asset, order
from jiutong.capabilities.order import Adjustment, Basket, Claim, Findings, Note
from jiutong.flows.facts import Facts
from jiutong.kernel.errors import Problem
from jiutong.kernel.points import step

NAMES = {"red_packet": ("Red packet", "红包"), "points": ("Points", "积分"), "beans": ("Procurement points", "京采豆")}


@step("wallets")
def red_packets(basket: Basket, facts: Facts, found: Findings) -> Findings:
    """Take off what the buyer's red packets pay, those that expire first first; each borne by its funder."""
    if found.blocks or not basket.red_packet_minor:
        return order.NOTHING
    if basket.member_id is None:
        return _barred("red_packet", "red_packet", "no_member")
    wallet = facts.wallets.get(asset.Holder("red_packet", basket.member_id), asset.EMPTY_WALLET)
    unit = asset.unit_of("red_packet", basket.currency)
    burned, borne = asset.burn_packets(wallet, unit, basket.red_packet_minor, _left(basket, found), basket.at)
    if not burned.units:
        return _barred("red_packet", "red_packet", "nothing_usable")
    refusal = asset.CHANGED("the red packet has been used meanwhile", pointer="/red_packet_minor")
    taken = tuple(Adjustment(no, "red_packet", "red_packet", funder, amount) for (no, funder), amount in sorted(borne.items()))
    return Findings(
        adjustments=taken,
        claims=_claims(burned, refusal),
        notes=(_applied("red_packet", "red_packet", taken, basket.red_packet_minor - burned.units, "minor"),),
    )


@step("wallets")
def points(basket: Basket, facts: Facts, found: Findings) -> Findings:
    """Burn the points the buyer wishes, as far as there are some and the programme allows; those that expire first first."""
    if found.blocks or not basket.points:
        return order.NOTHING
    programme = asset.in_force(facts.programmes.get("points", ()), basket.at)
    terms = programme.points if programme else None
    rate = asset.rate_of(terms, basket.currency) if terms else None
    if programme is None or terms is None or rate is None or not rate.burn_points:
        return _barred("points", "points", "no_programme")
    rule = f"points@{programme.version}"
    if basket.member_id is None:
        return _barred("points", rule, "no_member")
    wallet = facts.wallets.get(asset.Holder("points", basket.member_id), asset.EMPTY_WALLET)
    left = _left(basket, found)
    can = asset.offered(wallet, asset.POINT, rate, terms.share_bp, terms.least, list(left.values()), basket.at)
    wanted = min(basket.points, can.most)
    if not wanted or wanted < terms.least:
        gap = can.gap or terms.least - wanted
        return _barred("points", rule, can.bound or "below_least", max(gap, 0))
    burned = asset.burn_points(wallet, asset.POINT, wanted, rate, left, basket.at)
    if not burned.units:
        return _barred("points", rule, "worth_nothing")
    refusal = asset.CHANGED("the points have been used meanwhile", pointer="/points")
    taken = tuple(Adjustment(no, "points", rule, terms.funder, amount) for no, amount in burned.amounts)
    return Findings(
        adjustments=taken,
        claims=_claims(burned, refusal),
        notes=(_applied("points", rule, taken, basket.points - burned.units, "units", can.bound),),
    )


@step("wallets", "buyers")
def beans(basket: Basket, facts: Facts, found: Findings) -> Findings:
    """Burn the procurement points of the company bought for, as far as the buyer's role and month allow."""
    if found.blocks or not basket.beans:
        return order.NOTHING
    programme = asset.in_force(facts.programmes.get("beans", ()), basket.at)
    terms = programme.beans if programme else None
    rate = asset.rate_of(terms, basket.currency) if terms else None
    buyer = facts.buyers.get(basket.member_id or 0)
    hired = buyer.employment(basket.company) if buyer is not None and basket.company else None
    if programme is None or terms is None or rate is None or not rate.burn_points:
        return _barred("beans", "beans", "no_programme")
    rule = f"beans@{programme.version}"
    if buyer is None or hired is None:
        return _barred("beans", rule, "no_company")
    if terms.roles and hired.role not in terms.roles:
        return _barred("beans", rule, "role")
    wallet = facts.wallets.get(asset.Holder("beans", hired.company_id), asset.EMPTY_WALLET)
    left = _left(basket, found)
    can = asset.offered(wallet, asset.BEAN, rate, terms.share_bp, 0, list(left.values()), basket.at)
    wanted = min(basket.beans, can.most, terms.order_max or basket.beans)
    burned = asset.burn_points(wallet, asset.BEAN, wanted, rate, left, basket.at)
    if not burned.units:
        return _barred("beans", rule, can.bound or "nothing_usable")
    refusal = asset.CHANGED("the procurement points have been used meanwhile", pointer="/beans")
    claims = _claims(burned, refusal)
    if terms.month_max:
        month = asset.month_account(hired.company_id, buyer.member_id, basket.business_day // 100, terms.month_max)
        used_up = asset.MONTH_USED_UP(f"at most {terms.month_max} in a month", pointer="/beans", month_max=terms.month_max)
        claims += tuple(
            Claim(0, no, "limit", buyer.member_id, month, asset.USED, units, "units", used_up) for no, units in burned.units_by_line.items()
        )
    taken = tuple(Adjustment(no, "points", rule, terms.funder, amount) for no, amount in burned.amounts)
    bound = "order_max" if terms.order_max and basket.beans > terms.order_max else can.bound
    return Findings(adjustments=taken, claims=claims, notes=(_applied("beans", rule, taken, basket.beans - burned.units, "units", bound),))


def _left(basket: Basket, found: Findings) -> dict[int, int]:
    """What is left to pay of each line."""
    off = order.taken_off(found.adjustments) if found.adjustments else {}
    return {line.line_no: max(found.prices[line.line_no].gross - off.get(line.line_no, 0), 0) for line in basket.lines}


def _claims(burned: asset.Burned, refusal: Problem) -> tuple[Claim, ...]:
    lots = {burn.lot.lot_id: burn.lot for burn in burned.burns}
    accounts = {id_: asset.lot_account(lot.kind, lot.holder_id, id_, lot.unit) for id_, lot in lots.items()}
    return tuple(
        Claim(0, burn.line_no, burn.lot.kind, burn.lot.lot_id, accounts[burn.lot.lot_id], asset.USED, burn.units, "units", refusal)
        for burn in burned.burns
    )


def _barred(kind: str, rule: str, why: str, gap: int = 0) -> Findings:
    name, name_zh = NAMES[kind]
    stage = "red_packet" if kind == "red_packet" else "points"
    return Findings(notes=(Note(stage, rule, name, name_zh, "barred", why, 0, gap, "units" if gap else ""),))


def _applied(kind: str, rule: str, taken: tuple[Adjustment, ...], short: int, unit: str, why: str = "") -> Note:
    """What was taken off; `short` of what was wished for was not, because of `why`."""
    name, name_zh = NAMES[kind]
    borne: dict[str, int] = {}
    for one in taken:
        borne[one.funder] = borne.get(one.funder, 0) + one.amount
    return Note(
        "red_packet" if kind == "red_packet" else "points",
        rule,
        name,
        name_zh,
        "applied",
        (why or "nothing_more") if short else "",
        sum(one.amount for one in taken),
        short,
        ("minor" if unit == "minor" else "units") if short else "",
        "",
        tuple(sorted({one.line_no for one in taken})),
        tuple(sorted(borne.items())),
    )
