"""How much of a limited promotion is left is a ledger account; these are their names."""

from collections.abc import Iterable, Mapping

from jiutong import ledger
from jiutong.capabilities.promotion.model.promotion import USED_UP, Context, Outcome, Use, Version
from jiutong.capabilities.promotion.rules.scope import Rule
from jiutong.kernel.errors import Problem


def accounts(version: Version, member_id: int | None) -> dict[str, ledger.Account]:
    """By kind (uses, member_uses, budget) the account a limited promotion is counted on. Posted 0 with a floor of minus the limit."""
    limits, id_ = version.terms.limits, version.promotion_id
    found: dict[str, ledger.Account] = {}
    if limits.uses_max:
        found["uses"] = ledger.account_of("uses", {"promotion": id_, "who": "all"}, "QUOTA", -limits.uses_max)
    if limits.member_uses_max and member_id is not None:
        keys = {"promotion": id_, "who": f"m{member_id}"}
        found["member_uses"] = ledger.account_of("uses", keys, "QUOTA", -limits.member_uses_max)
    if limits.budget_minor:
        money = version.terms.currency
        found["budget"] = ledger.account_of("budget", {"promotion": id_, "currency": money}, f"BUDGET/{money}", -limits.budget_minor)
    return found


def floor_moves(version: Version) -> list[ledger.FloorMove]:
    """The floors a version that comes into force gives accounts that may be open already."""
    limits, id_ = version.terms.limits, version.promotion_id
    moves = (
        (f"uses:{id_}:all", limits.uses_max, False),
        (f"uses:{id_}:m", limits.member_uses_max, True),
        (f"budget:{id_}:{version.terms.currency}", limits.budget_minor, False),
    )
    return [ledger.FloorMove(code, -most, begins) for code, most, begins in moves if most]


def counted(rules: Iterable[Rule], members: Iterable[int | None]) -> list[ledger.Account]:
    """All accounts these promotions are counted on for these members."""
    buyers = set(members)
    return list({one.account_id: one for rule in rules for id_ in buyers for one in accounts(rule.version, id_).values()}.values())


def spent(rule: Rule, context: Context) -> str:
    """Why a limited promotion is no longer to be had ("" if it is), as far as anybody knows now; the ledger decides when it is taken."""
    if not context.left:
        return ""
    words = {"uses": "used_up", "member_uses": "used_by_member", "budget": "budget_spent"}
    for kind, account in accounts(rule.version, context.member_id).items():
        if context.left.get(account.account_id, 1) <= 0:
            return words[kind]
    return ""


def budget_left(rule: Rule, context: Context) -> int | None:
    """What is left of its budget, if it has one and anybody asked."""
    if not rule.terms.limits.budget_minor:
        return None
    return context.left.get(accounts(rule.version, None)["budget"].account_id)


def budget_parts(use: Use, outcome: Outcome) -> list[tuple[int, int, str]]:
    """What a promotion takes of its budget: (line number, minor units, what gives it back); line 0 for the whole order."""
    if use.version.terms.limits.budget_back == "order":
        return [(0, use.amount, "cancel")] if use.amount else []
    parts: dict[int, int] = {}
    for off in outcome.offs:
        if off.rule == use.version.rule:
            parts[off.line_no] = parts.get(off.line_no, 0) + off.amount
    return [(no, part, "units") for no, part in parts.items()]


def refusal(version: Version, kind: str) -> Problem:
    """What the buyer is told when the last one was taken meanwhile."""
    return USED_UP(f"{version.terms.name} is used up", promotion=version.code, limit=kind)


def left(accounts: Iterable[ledger.Account], told: Mapping[int, ledger.Balance]) -> dict[int, int]:
    """What may still be taken of each account."""
    found: dict[int, int] = {}
    for one in accounts:
        balance = told[one.account_id]
        floor = balance.floor if balance.floor is not None else one.floor or 0
        found[one.account_id] = balance.posted - balance.held - floor
    return found
