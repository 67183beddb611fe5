"""Decisions of the book: who can be served, and which accounts a business fact moves."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from jiutong.ledger.model import Account, Balance, Shortfall, Transfer, account


class Demand(msgspec.Struct, frozen=True):
    """What one group or entry does to one account: change of posted and of held."""

    account: Account
    posted: int
    held: int


def totals(demands: Iterable[Sequence[Demand]]) -> dict[int, Demand]:
    """The batch's net change per tracked account, in account order: the house's one lock order."""
    sums: dict[int, tuple[Account, int, int]] = {}
    for group in demands:
        for demand in group:
            known = sums.get(demand.account.account_id)
            if known is None:
                sums[demand.account.account_id] = (demand.account, demand.posted, demand.held)
            else:
                sums[demand.account.account_id] = (demand.account, known[1] + demand.posted, known[2] + demand.held)
    return {id_: Demand(*sums[id_]) for id_ in sorted(sums)}


def walk(groups: Sequence[Sequence[Demand]], balances: Mapping[int, Balance]) -> dict[int, Shortfall]:
    """Serve the groups in arrival order from `balances`; the positions that cannot be served, and why.

    A group is served whole or not at all; several demands of one group on one account count together. An account that
    does not exist has nothing.
    """
    left = {id_: balance.left for id_, balance in balances.items()}
    refused: dict[int, Shortfall] = {}
    for position, group in enumerate(groups):
        wanted: dict[int, int] = {}
        accounts: dict[int, Account] = {}
        for demand in group:
            id_ = demand.account.account_id
            wanted[id_] = wanted.get(id_, 0) + demand.held - demand.posted
            accounts[id_] = demand.account
        for id_, amount in wanted.items():
            balance = balances.get(id_)
            floor = accounts[id_].floor if balance is None else balance.floor
            if amount > 0 and floor is not None and left.get(id_, 0) - amount < floor:
                refused[position] = Shortfall(accounts[id_], amount, max(left.get(id_, 0) - floor, 0))
                break
        else:
            for id_, amount in wanted.items():
                left[id_] = left.get(id_, 0) - amount
    return refused


class AccountKind(msgspec.Struct, frozen=True):
    """A kind of account: the keys its code carries, its unit, and what it stands for."""

    name: str
    keys: tuple[str, ...]
    unit: str
    means: str
    means_zh: str
    tracked: bool = True


class PostingRule(msgspec.Struct, frozen=True):
    """When `event` happens, `amount` moves from one kind of account to another; `phase` says held or posted."""

    event: str
    amount: str
    from_: str
    to: str
    phase: str
    why: str


ACCOUNT_KINDS: dict[str, AccountKind] = {
    kind.name: kind
    for kind in (
        AccountKind("stock", ("location", "owner", "sku"), "sku", "units of a SKU at a location, by owner", "库存"),
        AccountKind("sold", (), "any", "units that left to customers", "已售出", tracked=False),
        AccountKind("supplied", (), "any", "units that came from suppliers", "供货来源", tracked=False),
        AccountKind("corrected", (), "any", "units found or lost in counts and adjustments", "盘点与调整", tracked=False),
        AccountKind("revenue", ("seller", "place", "day"), "currency", "gross sales at list amount", "销售收入"),
        AccountKind("discount", ("rule", "place", "day"), "currency", "price adjustments the seller bears", "折扣(自担)"),
        AccountKind("funder", ("funder", "place", "day"), "currency", "price adjustments another party owes us", "折扣(应收出资方)"),
        AccountKind("tax", ("seller", "place", "day"), "currency", "tax collected, owed to the state", "应交税费"),
        AccountKind("advance", ("seller", "place", "day"), "currency", "paid by customers, not yet shipped", "预收款"),
        AccountKind("refund_due", ("place", "day"), "currency", "owed back to customers", "应退款"),
        AccountKind("unapplied", ("place", "day"), "currency", "money that arrived for an order no longer open", "待处理收款"),
        AccountKind("clearing", ("method", "place", "day"), "currency", "money in a tender's hands (drawer, channel)", "待清算资金"),
    )
}

POSTING_RULES: tuple[PostingRule, ...] = (
    PostingRule("goods.received", "units", "supplied", "stock", "post", "goods arrive from a supplier"),
    PostingRule("goods.found", "units", "corrected", "stock", "post", "a count or adjustment finds more"),
    PostingRule("goods.lost", "units", "stock", "corrected", "post", "a count or adjustment finds less"),
    PostingRule("order.placed", "units", "stock", "sold", "hold", "an order claims its goods until paid or expired"),
    PostingRule("payment.captured", "amount", "advance", "clearing", "post", "the customer's money is here, the goods are not yet there"),
    PostingRule("payment.late", "amount", "unapplied", "clearing", "post", "money arrives for an order that is no longer open"),
    PostingRule("payment.applied", "amount", "advance", "unapplied", "post", "late money is put to its order, reserved again"),
    PostingRule("payment.returned", "amount", "clearing", "unapplied", "post", "late money goes back to the payer"),
    PostingRule("order.canceled", "amount", "refund_due", "advance", "post", "paid lines are canceled before they ship"),
    PostingRule("order.shipped", "units", "stock", "sold", "post", "goods leave the location; the hold is used up"),
    PostingRule("order.shipped", "net", "revenue", "advance", "post", "the advance is earned"),
    PostingRule("order.shipped", "discount", "revenue", "discount", "post", "what the seller gave away of the list amount"),
    PostingRule("order.shipped", "funded", "revenue", "funder", "post", "what another party pays of the list amount"),
    PostingRule("order.shipped", "tax", "tax", "revenue", "post", "tax contained in the net amount"),
    PostingRule("sale.rung", "units", "stock", "sold", "post", "goods leave the store with the customer"),
    PostingRule("sale.rung", "tendered", "revenue", "clearing", "post", "the customer pays at the till"),
    PostingRule("sale.rung", "discount", "revenue", "discount", "post", "what the seller gave away of the list amount"),
    PostingRule("sale.rung", "funded", "revenue", "funder", "post", "what another party pays of the list amount"),
    PostingRule("sale.rung", "overage", "clearing", "funder", "post", "a coupon worth more than the goods is paid out"),
    PostingRule("sale.rung", "tax", "tax", "revenue", "post", "tax contained in the net amount"),
    PostingRule("goods.returned", "units", "sold", "stock", "post", "sellable goods come back to stock"),
    PostingRule("goods.returned", "net", "refund_due", "revenue", "post", "the sale is undone, the customer is owed"),
    PostingRule("goods.returned", "discount", "discount", "revenue", "post", "the seller's discount share is undone"),
    PostingRule("goods.returned", "funded", "funder", "revenue", "post", "the funder's share is undone"),
    PostingRule("goods.returned", "tax", "revenue", "tax", "post", "the tax share is undone"),
    PostingRule("payment.refunded", "amount", "clearing", "refund_due", "post", "the customer has the money back"),
)
_RULES = {(rule.event, rule.amount): rule for rule in POSTING_RULES}


def account_of(kind: str, keys: Mapping[str, object], unit: str, floor: int | None = None) -> Account:
    """The account of `kind` with its keys taken from `keys`, counted in `unit`."""
    shape = ACCOUNT_KINDS[kind]
    if not shape.keys:
        return account(kind, "any", None, shape.tracked)
    return account(":".join((kind, *(str(keys[key]) for key in shape.keys))), unit, floor, shape.tracked)


def leg(event: str, amount_word: str, amount: int, unit: str, keys: Mapping[str, object]) -> tuple[Transfer, ...]:
    """The transfer the posting rules prescribe for this amount of this event; nothing when the amount is zero."""
    if amount == 0:
        return ()
    rule = _RULES[event, amount_word]
    return (Transfer(account_of(rule.from_, keys, unit), account_of(rule.to, keys, unit), amount),)
