"""Why an order costs what it costs: every amount step by step, by which rule, at whose expense, and what of it is in the book."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Literal

import msgspec

from jiutong.api.call import Call
from jiutong.api.shell import get
from jiutong.kernel.errors import NOT_FOUND
from jiutong.reads import explanations as reads
from jiutong.reads import orders


class ExplainedStep(msgspec.Struct, frozen=True):
    """One step of how an amount came about. `kind`: price, adjustment or tax; charge, waived and charge_tax of freight and fees.

    `amount` is signed, in minor units; `running` is what the line comes to after it. `stage`, `rule` and `funder` say whose
    decision it was, by which rule or reason, and at whose expense; `name` and `sentence` are a promotion's as people know it.
    """

    kind: Literal["price", "adjustment", "tax", "charge", "waived", "charge_tax"]
    amount: int
    running: int
    stage: str = ""
    rule: str = ""
    funder: str = ""
    rate_bp: int | None = None
    contained: bool = False
    name: str = ""
    name_zh: str = ""
    sentence: str = ""
    sentence_zh: str = ""


class ExplainedLine(msgspec.Struct, frozen=True):
    """How one line's amount came about, step by step. `unit_price` is for `price_per` base units."""

    line: int
    sku: str
    title: str
    quantity: int
    base_unit: str
    price_source: str
    unit_price: int
    price_per: int
    steps: tuple[ExplainedStep, ...]
    payable: int


class FundedBy(msgspec.Struct, frozen=True):
    """Who bears how much of what was taken off, in minor units: as it was agreed, and as far as it is in the book by now.

    It is booked as goods ship, and undone as they come back. "seller" is the seller.
    """

    funder: str
    agreed: int
    booked: int


class ExplainedOrder(msgspec.Struct, frozen=True):
    """How an order's total came about, who bears what was taken off, and what scarce things it took."""

    id: str
    currency: str
    scene: str
    plan_version: str
    lines: tuple[ExplainedLine, ...]
    gross: int
    discount: int
    tax: int
    total: int
    funding: tuple[FundedBy, ...] = ()
    claims: tuple[reads.ClaimRow, ...] = ()


@get("/v1/orders/{order_id:str}/explain", scope="order:read")
async def explain_order(call: Call, order_id: str) -> ExplainedOrder:
    """How an order's amounts came about: price, every adjustment with its rule and funder, tax, freight and fees; and who bears it."""
    subject = call.ids.read("ord", order_id)
    async with call.reading() as tx:
        found = await orders.detail(tx, [subject])
        if not found:
            raise NOT_FOUND(f"no order {order_id}")
        one = found[0]
        charges = await reads.charges(tx, subject)
        named = {each.rule for line in one.lines for each in line.adjustments} | {each.off_rule for each in charges}
        rules = await reads.rules(tx, named)
        booked = {each.funder: each.amount for each in await reads.booked(tx, subject)}
        claims = await reads.claims(tx, subject)
    lines = tuple(_explained(line, [each for each in charges if each.line_no == line.line_no], rules) for line in one.lines)
    return ExplainedOrder(
        order_id,
        one.currency,
        one.scene,
        one.plan_version,
        lines,
        one.gross,
        one.discount,
        one.tax,
        one.total,
        _funding(lines, booked),
        tuple(claims),
    )


def _explained(line: orders.LineRow, charges: Sequence[reads.ChargeRow], rules: Mapping[str, reads.RuleRow]) -> ExplainedLine:
    steps = [ExplainedStep("price", line.gross, line.gross, rule=line.price_source)]
    for one in line.adjustments:
        running = steps[-1].running - one.amount
        steps.append(_named(ExplainedStep("adjustment", -one.amount, running, one.stage, one.rule, one.funder), rules))
    # Tax on top is what the customer pays beyond the list amount less what was taken off; else it is contained in it.
    goods = line.payable - sum(one.payable for one in charges)
    contained = goods == steps[-1].running
    steps.append(ExplainedStep("tax", line.tax, goods, rule=line.tax_class, rate_bp=line.tax_bp, contained=contained))
    for (kind, rule), parts in groupby(charges, lambda one: (one.kind, one.rule)):
        _charged(steps, kind, rule, list(parts), rules)
    return ExplainedLine(
        line.line_no, line.sku, line.title, line.quantity, line.base_unit, line.price_source, line.unit_price, line.price_per,
        tuple(steps), line.payable,
    )  # fmt: skip


def _charged(
    steps: list[ExplainedStep], kind: str, rule: str, parts: Sequence[reads.ChargeRow], rules: Mapping[str, reads.RuleRow]
) -> None:
    """Freight or a fee of one tariff: all of it, then what each funder bears of it, then its tax."""
    before = steps[-1].running
    gross = sum(one.gross for one in parts)
    steps.append(ExplainedStep("charge", gross, before + gross, kind, rule))
    for one in parts:
        if one.off:
            steps.append(_named(ExplainedStep("waived", -one.off, steps[-1].running - one.off, kind, one.off_rule, one.off_funder), rules))
    tax, payable = sum(one.tax for one in parts), sum(one.payable for one in parts)
    if tax:
        inside = before + payable == steps[-1].running
        steps.append(ExplainedStep("charge_tax", tax, before + payable, kind, rate_bp=parts[0].tax_bp, contained=inside))


def _named(step: ExplainedStep, rules: Mapping[str, reads.RuleRow]) -> ExplainedStep:
    known = rules.get(step.rule)
    if known is None:
        return step
    return msgspec.structs.replace(step, name=known.name, name_zh=known.name_zh, sentence=known.sentence, sentence_zh=known.sentence_zh)


def _funding(lines: Sequence[ExplainedLine], booked: Mapping[str, int]) -> tuple[FundedBy, ...]:
    agreed: dict[str, int] = dict.fromkeys(booked, 0)
    for step in (step for line in lines for step in line.steps if step.funder):
        agreed[step.funder] = agreed.get(step.funder, 0) - step.amount
    return tuple(
        FundedBy(funder, amount, booked.get(funder, 0)) for funder, amount in sorted(agreed.items()) if amount or booked.get(funder)
    )


ROUTES = [explain_order]
