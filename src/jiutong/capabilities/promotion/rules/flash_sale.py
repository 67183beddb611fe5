"""Decisions of flash sales: who gets the flash price, who bears it, and what losers are told."""

from collections.abc import Mapping, Sequence

from jiutong import ledger
from jiutong.capabilities.promotion.model.flash_sale import FLASH_LIMIT, FLASH_SIGN_IN, FLASH_SOLD_OUT, FlashFunder, FlashItem, FlashSale
from jiutong.capabilities.promotion.model.gate import (
    GATE_INVALID,
    Buying,
    BuyingLine,
    GateFacts,
    GateVersion,
    Judgment,
    Reduction,
    Remark,
    Want,
)
from jiutong.capabilities.promotion.rules.limit import UNIT, limit_account
from jiutong.kernel.errors import Problem, ProblemType
from jiutong.kernel.money import allocate

WHOLE_BP = 10_000
SELLER = "seller"


def quota_account(code: str, sku_id: int, allotment: int) -> ledger.Account:
    """What is left of a SKU in an activity: as many can be taken as its floor lies below zero."""
    return ledger.account_of("quota", {"activity": code, "sku": sku_id}, UNIT, -allotment)


def member_account(code: str, item: FlashItem, sku_id: int, member_id: int) -> ledger.Account:
    """What a member has taken of a SKU in a flash sale."""
    return limit_account(code, f"m{member_id}", f"s{sku_id}", "-", item.per_member)


def member_floors(gate: GateVersion, what: FlashSale) -> list[ledger.FloorMove]:
    """The floors of what counts what members take; one rule for all members is one limit for all its SKUs."""
    most = {item.per_member for item in what.items if item.per_member}
    return [ledger.FloorMove(f"limit:{gate.code}:", -most.pop(), begins=True)] if len(most) == 1 else []


def flash_wrong(what: FlashSale, channels: Mapping[str, str]) -> Problem | None:
    """Why a flash sale cannot be saved. `channels` by code, with their currency."""
    for i, code in enumerate(what.channels):
        if channels[code] != what.currency:
            return GATE_INVALID(f"{code} trades in {channels[code]}", pointer=f"/channels/{i}")
    if what.funders and sum(one.bp for one in what.funders) != WHOLE_BP:
        return GATE_INVALID("the funders' shares come to 10000 basis points", pointer="/funders")
    if len({one.funder for one in what.funders}) != len(what.funders):
        return GATE_INVALID("a funder is named once", pointer="/funders")
    for i, item in enumerate(what.items):
        for word, most in (("per_member", item.per_member), ("per_order", item.per_order)):
            if most > item.allotment:
                return GATE_INVALID("nobody can have more than there is", pointer=f"/items/{i}/{word}")
    if len({item.per_member for item in what.items if item.per_member}) > 1:
        return GATE_INVALID("one sale limits every member alike; make another sale for the others", pointer="/items")
    return None


def flash_accounts(gate: GateVersion, what: FlashSale, lines: Sequence[BuyingLine], buying: Buying) -> list[ledger.Account]:
    """The accounts that count what these lines take."""
    found: list[ledger.Account] = []
    for line in lines:
        item = item_of(gate, what, line.sku_id)
        found.append(quota_account(gate.code, line.sku_id, item.allotment))
        if item.per_member and buying.member_id is not None:
            found.append(member_account(gate.code, item, line.sku_id, buying.member_id))
    return found


def item_of(gate: GateVersion, what: FlashSale, sku_id: int) -> FlashItem:
    """What a sale says of a SKU it has."""
    return what.items[gate.sku_ids.index(sku_id)]


def shared(amount: int, funders: Sequence[FlashFunder]) -> list[tuple[str, int]]:
    """Who bears how much, by largest remainder; the seller bears all where nobody else is named."""
    if not funders:
        return [(SELLER, amount)]
    parts = allocate(amount, [one.bp for one in funders])
    return [(one.funder, part) for one, part in zip(funders, parts, strict=True) if part]


def judge_flash(
    gate: GateVersion,
    what: FlashSale,
    lines: Sequence[BuyingLine],
    buying: Buying,
    facts: GateFacts,
    priced: Mapping[int, tuple[int, int, int]],
    currency: str,
) -> Judgment:
    """Give lines the flash price if they may have it. `priced` is (net so far, least net allowed, units per price) by line.

    Who entered by the sale's code is refused when it cannot be had; who just buys pays the ordinary price then, and is told why.
    """
    entered = buying.play == gate.code
    if what.currency != currency or (what.entry == "play" and not entered):
        return Judgment()
    made = Judgment()
    for sku_id in dict.fromkeys(line.sku_id for line in lines):
        own = [line for line in lines if line.sku_id == sku_id and line.line_no in priced]
        if own:
            one = _judge_item(gate, what, item_of(gate, what, sku_id), own, buying, facts, priced, entered=entered)
            made = Judgment(made.wants + one.wants, made.blocks + one.blocks, made.remarks + one.remarks, made.reductions + one.reductions)
    return made


def _judge_item(
    gate: GateVersion,
    what: FlashSale,
    item: FlashItem,
    lines: Sequence[BuyingLine],
    buying: Buying,
    facts: GateFacts,
    priced: Mapping[int, tuple[int, int, int]],
    *,
    entered: bool,
) -> Judgment:
    wanted = sum(line.quantity for line in lines)
    quota = quota_account(gate.code, lines[0].sku_id, item.allotment)
    left = _free(facts, quota)
    mine: ledger.Account | None = None
    my_left = item.per_member
    if item.per_member and buying.member_id is not None:
        mine = member_account(gate.code, item, lines[0].sku_id, buying.member_id)
        my_left = _free(facts, mine)
    trouble: tuple[ProblemType, str, int | None] | None = None
    if item.per_member and buying.member_id is None:
        trouble = FLASH_SIGN_IN, "sign_in", None
    elif left < wanted:
        trouble = FLASH_SOLD_OUT, "sold_out" if left == 0 else "too_few_left", left
    elif item.per_order and wanted > item.per_order:
        trouble = FLASH_LIMIT, "per_order", item.per_order
    elif item.per_member and my_left < wanted:
        trouble = FLASH_LIMIT, "per_member", my_left
    numbers = tuple(line.line_no for line in lines)
    if trouble is not None:
        refuse, why, still = trouble
        remark = _remark(gate, what, item, "barred", why, numbers, still if still is not None else left, 0)
        return Judgment(blocks=(_refusal(refuse, gate, lines[-1], still),) if entered else (), remarks=(remark,))
    reductions: list[Reduction] = []
    wants: list[Want] = []
    off = 0
    for line in lines:
        net, floor, per = priced[line.line_no]
        flash = (2 * item.price_minor * line.quantity + per) // (2 * per)
        amount = min(net - flash, net - floor)
        if amount <= 0:
            continue
        off += amount
        reductions += [Reduction(line.line_no, gate.rule, funder, part) for funder, part in shared(amount, what.funders)]
        back = "units" if what.back == "allotment" else "never"
        wants.append(Want(line.line_no, "quota", gate.gate_id, quota, line.quantity, back, _refusal(FLASH_SOLD_OUT, gate, line, None)))
        if mine is not None:
            wants.append(Want(line.line_no, "limit", gate.gate_id, mine, line.quantity, "units", _refusal(FLASH_LIMIT, gate, line, None)))
    taken = sum(want.amount for want in wants if want.kind == "quota")
    remark = _remark(gate, what, item, "applied" if off else "barred", "priced" if off else "not_cheaper", numbers, left - taken, off)
    return Judgment(tuple(wants), (), (remark,), tuple(reductions))


def _free(facts: GateFacts, account: ledger.Account) -> int:
    balance = facts.balances.get(account.account_id)
    return -(account.floor or 0) if balance is None else max(balance.free, 0)


def _refusal(refuse: ProblemType, gate: GateVersion, line: BuyingLine, left: int | None) -> Problem:
    told = {} if left is None else {"left": left}
    said = f"{line.sku}: {line.quantity} wanted" if left is None else f"{line.sku}: {line.quantity} wanted, {left} left"
    return refuse(said, pointer=f"/lines/{line.line_no - 1}/quantity", sku=line.sku, rule=gate.rule, **told)


def _remark(
    gate: GateVersion, what: FlashSale, item: FlashItem, outcome: str, why: str, lines: tuple[int, ...], left: int, off: int
) -> Remark:
    return Remark(
        "flash_sale", gate.rule, what.name, what.name_zh, outcome, f"flash_sale.{why}", lines, left, item.allotment, amount=off,  # type: ignore[arg-type]
        at=what.begins_at, until=what.ends_at,
    )  # fmt: skip
