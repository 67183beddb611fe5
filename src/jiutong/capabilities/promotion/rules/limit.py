"""Decisions of purchase limits: in which account what a buyer takes is counted, and whether they may have it."""

from collections.abc import Sequence
from datetime import date

from jiutong import ledger
from jiutong.capabilities.promotion.model.gate import Buying, BuyingLine, GateFacts, GateVersion, Judgment, Remark, Want
from jiutong.capabilities.promotion.model.limit import LIMIT_COMPANY, LIMIT_REACHED, LIMIT_SIGN_IN, Limit, Period
from jiutong.kernel.errors import Problem, ProblemType

UNIT = "QUOTA"


def limit_account(code: str, identity: str, goods: str, period: str, units: int) -> ledger.Account:
    """Where it is counted what one identity takes in one period."""
    return ledger.account_of("limit", {"rule": code, "identity": identity, "goods": goods, "period": period}, UNIT, -units)


def period_key(period: Period, day: int) -> str:
    """The period a business day (yyyymmdd) lies in, as account codes say it."""
    if period == "day":
        return str(day)
    if period == "month":
        return str(day // 100)
    if period == "week":
        iso = date(day // 10_000, day // 100 % 100, day % 100).isocalendar()
        return f"{iso.year}w{iso.week:02}"
    return "-"


def identity_of(what: Limit, buying: Buying) -> str:
    """Who is counted, as account codes say it; nothing for whoever is nobody to this limit."""
    if what.identity == "company":
        return f"c{buying.company_id}" if buying.company_id else ""
    return f"m{buying.member_id}" if buying.member_id is not None else ""


def counted(gate: GateVersion, what: Limit, lines: Sequence[BuyingLine], buying: Buying) -> list[tuple[BuyingLine, ledger.Account]]:
    """Each line with the account it is counted in; none where nothing is counted across orders, or nobody is known."""
    who = identity_of(what, buying)
    if what.period == "order" or not who:
        return []
    period = period_key(what.period, buying.day)
    return [(line, limit_account(gate.code, who, "all" if what.together else f"s{line.sku_id}", period, what.units)) for line in lines]


def judge_limit(gate: GateVersion, what: Limit, lines: Sequence[BuyingLine], buying: Buying, facts: GateFacts) -> Judgment:
    """Whether a basket keeps a limit, what it takes of it, and what is left."""
    numbers = tuple(line.line_no for line in lines)
    if what.period != "order" and not identity_of(what, buying):
        refuse = LIMIT_COMPANY if what.identity == "company" else LIMIT_SIGN_IN
        why = "company" if what.identity == "company" else "sign_in"
        block = refuse(_said(what, lines[0].sku), pointer=f"/lines/{lines[0].line_no - 1}/sku", rule=gate.rule, units=what.units)
        return Judgment(blocks=(block,), remarks=(_remark(gate, what, "barred", why, numbers, None),))
    accounts = counted(gate, what, lines, buying)
    groups: dict[object, list[BuyingLine]] = {}
    free: dict[object, int] = {}
    wants: list[Want] = []
    blocks: list[Problem] = []
    remarks: list[Remark] = []
    for i, line in enumerate(lines):
        key: object = accounts[i][1].account_id if accounts else (0 if what.together else line.sku_id)
        groups.setdefault(key, []).append(line)
        free[key] = what.units if not accounts else _free(facts, accounts[i][1], what.units)
    for key, own in groups.items():
        wanted, left = sum(line.quantity for line in own), max(free[key], 0)
        its = tuple(line.line_no for line in own)
        if wanted > left:
            blocks.append(_refusal(LIMIT_REACHED, gate, what, own[-1], left))
            remarks.append(_remark(gate, what, "barred", "used_up" if left == 0 else "too_many", its, left))
        else:
            remarks.append(_remark(gate, what, "near" if wanted == left else "applied", "kept", its, left - wanted))
    if not blocks:
        wants = [
            Want(line.line_no, "limit", gate.gate_id, account, line.quantity, "units", _refusal(LIMIT_REACHED, gate, what, line, None))
            for line, account in accounts
        ]
    return Judgment(tuple(wants), tuple(blocks), tuple(remarks))


def _free(facts: GateFacts, account: ledger.Account, units: int) -> int:
    balance = facts.balances.get(account.account_id)
    return units if balance is None else balance.free


def _said(what: Limit, sku: str) -> str:
    return f"{sku}: at most {what.units} per {what.period}"


def _refusal(refuse: ProblemType, gate: GateVersion, what: Limit, line: BuyingLine, left: int | None) -> Problem:
    told = {} if left is None else {"left": left}
    return refuse(
        _said(what, line.sku),
        pointer=f"/lines/{line.line_no - 1}/quantity",
        sku=line.sku,
        rule=gate.rule,
        units=what.units,
        period=what.period,
        **told,
    )


def _remark(gate: GateVersion, what: Limit, outcome: str, why: str, lines: tuple[int, ...], left: int | None) -> Remark:
    return Remark(
        "limit", gate.rule, what.name, what.name_zh, outcome, f"limit.{why}", lines, left, what.units, what.period, until=what.valid_to  # type: ignore[arg-type]
    )  # fmt: skip
