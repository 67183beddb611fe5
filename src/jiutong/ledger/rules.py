"""Decisions of the book: who can be served, and which accounts a business fact moves."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from jiutong.ledger.model import (
    Account,
    Balance,
    Claim,
    ClaimGroup,
    Entry,
    HoldRef,
    Release,
    Shortfall,
    Standing,
    Transfer,
    account,
)


class Demand(msgspec.Struct, frozen=True):
    """What one group or entry does to one account: change of posted and of held."""

    account: Account
    posted: int
    held: int


class Need(msgspec.Struct, frozen=True):
    """What a batch does to one account. `low` is the least its groups leave behind on the way, relative to what is left now.

    None when nobody takes from it: giving is never refused.
    """

    account: Account
    posted: int
    held: int
    low: int | None


def claimed(group: ClaimGroup) -> dict[int, Demand]:
    """What a group of claims wants of each account; several claims on one account count together."""
    net: dict[int, Demand] = {}
    for claim in group.claims:
        _want(net, claim.from_, 0, claim.amount)
    return net


def moved(entry: Entry) -> dict[int, Demand]:
    """What an entry does to each account that keeps a balance."""
    net: dict[int, Demand] = {}
    for transfer in entry.transfers:
        if transfer.from_.tracked:
            _want(net, transfer.from_, -transfer.amount, 0 if transfer.settles is None else -transfer.amount)
        if transfer.to.tracked:
            _want(net, transfer.to, transfer.amount, 0)
    return net


def used_up(entries: Iterable[Entry]) -> dict[HoldRef, tuple[int, int]]:
    """The holds that entries settle: the account held, and how much of it. Several transfers may share one hold."""
    used: dict[HoldRef, tuple[int, int]] = {}
    for entry in entries:
        for transfer in entry.transfers:
            if transfer.settles is not None:
                _, so_far = used.get(transfer.settles, (0, 0))
                used[transfer.settles] = (transfer.from_.account_id, so_far + transfer.amount)
    return used


def totals(groups: Iterable[Mapping[int, Demand]]) -> list[Need]:
    """What the batch does to each account, in account order: the house's one lock order."""
    sums: dict[int, Need] = {}
    for group in groups:
        for id_, demand in group.items():
            known = sums.get(id_)
            posted = demand.posted if known is None else known.posted + demand.posted
            held = demand.held if known is None else known.held + demand.held
            low = None if known is None else known.low
            if demand.posted < demand.held:
                low = posted - held if low is None else min(low, posted - held)
            sums[id_] = Need(demand.account, posted, held, low)
    return [sums[id_] for id_ in sorted(sums)]


def walk(groups: Sequence[Mapping[int, Demand]], balances: Mapping[int, Balance]) -> dict[int, Shortfall]:
    """Serve the groups in arrival order from `balances`; the positions that cannot be served, and why.

    A group is served whole or not at all. An account that does not exist has nothing.
    """
    left = {id_: balance.left for id_, balance in balances.items()}
    refused: dict[int, Shortfall] = {}
    for position, group in enumerate(groups):
        for id_, demand in group.items():
            balance = balances.get(id_)
            floor = demand.account.floor if balance is None else balance.floor
            wanted, rest = demand.held - demand.posted, left.get(id_, 0)
            if wanted > 0 and floor is not None and rest - wanted < floor:
                refused[position] = Shortfall(demand.account, wanted, max(rest - floor, 0))
                break
        else:
            for id_, demand in group.items():
                left[id_] = left.get(id_, 0) + demand.posted - demand.held
    return refused


def to_open(claim: Claim) -> tuple[Account, ...]:
    """The accounts a claim opens. A source that may not go below zero must have been given something first."""
    floor = claim.from_.floor
    return (claim.to,) if floor is not None and floor >= 0 else (claim.from_, claim.to)


def given_back(releases: Iterable[Release], still_open: Mapping[HoldRef, int]) -> dict[HoldRef, int] | None:
    """How much of each open hold is given back; None when a named hold is not open that far.

    A whole group gives what is left of it, be it nothing. Parts of one hold count together.
    """
    given: dict[HoldRef, int] = {}
    whole: set[int] = set()
    for release in releases:
        if release.hold_id is None:
            whole.add(release.group_id)
            continue
        ref = HoldRef(release.group_id, release.hold_id)
        rest = still_open.get(ref, 0) - given.get(ref, 0)
        part = rest if release.amount is None else release.amount
        if not 0 < part <= rest:
            return None
        given[ref] = given.get(ref, 0) + part
    return given | {ref: amount for ref, amount in still_open.items() if ref.group_id in whole}


def floors(standing: Sequence[Standing], lifted: Account) -> tuple[list[tuple[int, int]], tuple[Transfer, ...]]:
    """The floors these accounts get, and what lifts those of which more was taken than the new floor allows.

    An account is lifted to nothing left, and its floor by as much: what comes back counts, and nothing can be taken before enough has.
    """
    moves: list[tuple[int, int]] = []
    legs: list[Transfer] = []
    for one in standing:
        lift = -one.left if one.left < 0 and one.left < one.lifted + one.floor else 0
        if lift:
            legs.append(Transfer(lifted, one.account, lift))
        moves.append((one.account.account_id, one.lifted + lift + one.floor))
    return moves, tuple(legs)


def opposite(entry: Entry, entry_id: int) -> Entry:
    """The entry that undoes `entry`."""
    return Entry(entry_id, entry.rule, entry.subject_id, tuple(Transfer(t.to, t.from_, t.amount) for t in entry.transfers), entry.entry_id)


def _want(net: dict[int, Demand], account_: Account, posted: int, held: int) -> None:
    known = net.get(account_.account_id)
    if known is not None:
        posted, held = known.posted + posted, known.held + held
    net[account_.account_id] = Demand(account_, posted, held)


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
        AccountKind("charges", ("kind", "place", "day"), "currency", "freight and fees charged to customers", "运费与服务费收入"),
        AccountKind("discount", ("rule", "place", "day"), "currency", "price adjustments the seller bears", "折扣(自担)"),
        AccountKind("funder", ("funder", "place", "day"), "currency", "price adjustments another party owes us", "折扣(应收出资方)"),
        AccountKind("tax", ("seller", "place", "day"), "currency", "tax collected, owed to the state", "应交税费"),
        AccountKind("advance", ("seller", "place", "day"), "currency", "paid by customers, not yet shipped", "预收款"),
        AccountKind("refund_due", ("place", "day"), "currency", "owed back to customers", "应退款"),
        AccountKind("unapplied", ("place", "day"), "currency", "money that arrived for an order no longer open", "待处理收款"),
        AccountKind("forfeited", ("seller", "place", "day"), "currency", "other income: earnest that buyers lost", "其他收入(没收定金)"),
        AccountKind("compensation", ("seller", "place", "day"), "currency", "what defaulting as a seller costs", "违约赔付"),
        AccountKind("payout_due", ("place", "day"), "currency", "compensation not paid out yet", "应付赔付"),
        AccountKind("presale_quota", ("play", "sku"), "QUOTA", "how many a presale has sold", "预售名额"),
        AccountKind("seat", ("group",), "QUOTA", "places taken in a group of buyers", "团购名额"),
        AccountKind("in_group", ("play", "member"), "QUOTA", "the one group of a play a member is in", "成团中占位"),
        AccountKind("regulars", ("group",), "QUOTA", "places of a group that are not kept for first-time buyers", "团购非新人名额"),
        AccountKind("newcomer", ("member",), "QUOTA", "the one place a member has as a first-time buyer", "新人名额占用"),
        AccountKind("heads", ("play",), "QUOTA", "groups opened at the price for who opens them", "团长优惠名额"),
        AccountKind("clearing", ("method", "place", "day"), "currency", "money in a tender's hands (drawer, channel)", "待清算资金"),
        AccountKind("drawer", ("shift", "method"), "currency", "money taken in a till's shift, until it is counted", "钱箱"),
        AccountKind("safe", ("place",), "currency", "cash of a store that is in no drawer", "保险柜现金"),
        AccountKind("petty", ("reason", "place", "day"), "currency", "cash paid in and out of drawers without a sale", "零星收支"),
        AccountKind("variance", ("method", "place", "day"), "currency", "what a count finds missing, or too much", "长短款"),
        AccountKind("points", ("holder", "lot"), "POINT", "what is left of a member's lot of points", "积分(批次)"),
        AccountKind("points_owed", ("holder",), "POINT", "points taken back after they had been spent", "欠扣积分"),
        AccountKind("red_packet", ("holder", "lot"), "RED/currency", "what is left of a member's red packet", "红包"),
        AccountKind("beans", ("holder", "lot"), "BEAN", "what is left of a company's lot of procurement points", "京采豆(批次)"),
        AccountKind("bean_month", ("company", "member", "month", "most"), "QUOTA", "what a buyer has burned in a month", "京采豆月限额"),
        AccountKind("card", ("card",), "CARD/currency", "what is left on a card", "礼品卡余额"),
        AccountKind("uses", ("promotion", "who"), "QUOTA", "how often a promotion was used, in all and by a member", "促销使用次数"),
        AccountKind("budget", ("promotion", "currency"), "BUDGET/currency", "what a promotion has taken off", "促销预算"),
        AccountKind("agreed", ("price",), "QUOTA", "units sold at an agreed price that is good for so many", "协议价已用数量"),
        AccountKind("limit", ("rule", "identity", "goods", "period"), "QUOTA", "what one buyer took of what is limited", "限购已购数量"),
        AccountKind("quota", ("activity", "sku"), "QUOTA", "what a flash sale has sold of its allotment", "秒杀名额"),
        AccountKind("signups", ("activity",), "QUOTA", "places of a reservation that are taken", "预约名额"),
        AccountKind("right", ("activity", "member"), "QUOTA", "what a member who signed up may still buy", "预约购买权"),
        AccountKind("lifted", (), "any", "what a lowered limit had let through before", "限额下调前已用", tracked=False),
        AccountKind("used", (), "any", "what was scarce and has been used", "已使用", tracked=False),
        AccountKind("issued", (), "any", "points, red packets and card value given", "已发放", tracked=False),
        AccountKind("expired", (), "any", "what expired, or was written off", "已过期", tracked=False),
        AccountKind("clawed", (), "any", "points taken back by returns", "已扣回", tracked=False),
        AccountKind("stored_value", ("place", "day"), "currency", "money owed to those who hold cards", "礼品卡负债"),
        AccountKind("breakage", ("place", "day"), "currency", "cards written off that nobody will use", "礼品卡核销收益"),
        AccountKind("coupons", ("batch",), "QUOTA", "what a batch of coupons still has to give out", "券批次余量"),
        AccountKind("coupons_of", ("batch", "member"), "QUOTA", "what a member got of a batch of coupons", "会员领券数"),
        AccountKind("coupons_used", ("batch",), "any", "coupons of a batch that orders used", "已用券", tracked=False),
        AccountKind("coupon", ("coupon",), "COUPON", "one coupon, opened when it is first wanted: it can be taken once", "优惠券"),
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
    PostingRule("order.marked_down", "amount", "refund_due", "advance", "post", "a paid line costs less than was paid: the rest goes back"),
    PostingRule("group.moved", "places", "seat", "used", "post", "a payer whose group closed has a place in one of their own"),
    PostingRule("group.moved", "regular", "regulars", "used", "post", "one that is not kept for first-time buyers, where some are"),
    PostingRule("presale.forfeited", "amount", "forfeited", "advance", "post", "a buyer who withdrew or did not pay loses the earnest"),
    PostingRule("presale.defaulted", "amount", "payout_due", "compensation", "post", "the seller defaults and owes the earnest once more"),
    PostingRule("compensation.paid", "amount", "clearing", "payout_due", "post", "the compensation has been paid out"),
    PostingRule("order.shipped", "units", "stock", "sold", "post", "goods leave the location; the hold is used up"),
    PostingRule("order.shipped", "net", "revenue", "advance", "post", "the advance is earned"),
    PostingRule("order.shipped", "discount", "revenue", "discount", "post", "what the seller gave away of the list amount"),
    PostingRule("order.shipped", "funded", "revenue", "funder", "post", "what another party pays of the list amount"),
    PostingRule("order.shipped", "tax", "tax", "revenue", "post", "tax contained in the net amount"),
    PostingRule("order.shipped", "charge", "charges", "advance", "post", "freight and fees are earned with the goods"),
    PostingRule("order.shipped", "charge_discount", "charges", "discount", "post", "what the seller gave away of freight and fees"),
    PostingRule("order.shipped", "charge_funded", "charges", "funder", "post", "what another party pays of freight and fees"),
    PostingRule("order.shipped", "charge_tax", "tax", "charges", "post", "tax contained in freight and fees"),
    PostingRule("sale.rung", "units", "stock", "sold", "post", "goods leave the store with the customer"),
    PostingRule("sale.rung", "tendered", "revenue", "clearing", "post", "the customer pays at the till"),
    PostingRule("sale.rung", "discount", "revenue", "discount", "post", "what the seller gave away of the list amount"),
    PostingRule("sale.rung", "funded", "revenue", "funder", "post", "what another party pays of the list amount"),
    PostingRule("sale.rung", "charge", "charges", "revenue", "post", "the part of the money that pays fees"),
    PostingRule("sale.rung", "charge_discount", "charges", "discount", "post", "what the seller gave away of fees"),
    PostingRule("sale.rung", "charge_funded", "charges", "funder", "post", "what another party pays of fees"),
    PostingRule("sale.rung", "charge_tax", "tax", "charges", "post", "tax contained in fees"),
    PostingRule("sale.rung", "overage", "clearing", "funder", "post", "a coupon worth more than the goods is paid out"),
    PostingRule("sale.rung", "tax", "tax", "revenue", "post", "tax contained in the net amount"),
    PostingRule("sale.rung", "drawer", "revenue", "drawer", "post", "the customer pays at a till with an open shift"),
    PostingRule("sale.rung", "drawer_overage", "drawer", "funder", "post", "a coupon worth more than the goods is paid out of the drawer"),
    PostingRule("goods.returned", "units", "sold", "stock", "post", "sellable goods come back to stock"),
    PostingRule("goods.returned", "net", "refund_due", "revenue", "post", "the sale is undone, the customer is owed"),
    PostingRule("goods.returned", "discount", "discount", "revenue", "post", "the seller's discount share is undone"),
    PostingRule("goods.returned", "funded", "funder", "revenue", "post", "the funder's share is undone"),
    PostingRule("goods.returned", "tax", "revenue", "tax", "post", "the tax share is undone"),
    PostingRule("goods.returned", "charge", "refund_due", "charges", "post", "freight and fees go back when the fault is ours"),
    PostingRule("goods.returned", "charge_discount", "discount", "charges", "post", "the seller's part of them is undone"),
    PostingRule("goods.returned", "charge_funded", "funder", "charges", "post", "the funder's part of them is undone"),
    PostingRule("goods.returned", "charge_tax", "charges", "tax", "post", "their tax is undone"),
    PostingRule("refund.withheld", "discount", "discount", "refund_due", "post", "what the seller gave away no longer holds: it is kept"),
    PostingRule("refund.withheld", "funded", "funder", "refund_due", "post", "what another party gave away no longer holds: it is kept"),
    PostingRule("refund.withheld", "tax_on_top", "revenue", "refund_due", "post", "the tax that comes on top of it is kept too"),
    PostingRule("refund.withheld", "tax", "tax", "revenue", "post", "tax on what was kept"),
    PostingRule("refund.let_go", "discount", "refund_due", "discount", "post", "what was kept goes back after all"),
    PostingRule("refund.let_go", "funded", "refund_due", "funder", "post", "and is borne by the other party again"),
    PostingRule("refund.let_go", "tax_on_top", "refund_due", "revenue", "post", "with the tax on top of it"),
    PostingRule("refund.let_go", "tax", "revenue", "tax", "post", "tax on what is no longer kept"),
    PostingRule("payment.refunded", "amount", "clearing", "refund_due", "post", "the customer has the money back"),
    PostingRule("payment.refunded", "drawer", "drawer", "refund_due", "post", "the customer has the money back out of a drawer"),
    PostingRule("shift.opened", "float", "safe", "drawer", "post", "a shift begins with change"),
    PostingRule("drawer.paid_in", "safe", "safe", "drawer", "post", "change is brought from the safe"),
    PostingRule("drawer.paid_in", "petty", "petty", "drawer", "post", "cash comes in without a sale"),
    PostingRule("drawer.paid_out", "safe", "drawer", "safe", "post", "cash is put into the safe"),
    PostingRule("drawer.paid_out", "petty", "drawer", "petty", "post", "cash is spent for the store"),
    PostingRule("shift.closed", "short", "drawer", "variance", "post", "less was counted than should be there"),
    PostingRule("shift.closed", "over", "variance", "drawer", "post", "more was counted than should be there"),
    PostingRule("shift.closed", "cash", "drawer", "safe", "post", "the counted cash goes to the safe"),
    PostingRule("shift.closed", "counted", "drawer", "clearing", "post", "what was counted of other tenders waits for its channel"),
    PostingRule("shift.closed", "counted_back", "clearing", "drawer", "post", "a tender gave back more than it took"),
    PostingRule("points.earned", "points", "issued", "points", "post", "a paid order earns a lot of points"),
    PostingRule("points.earned", "netted", "points", "clawed", "post", "what the member owes is taken off at once"),
    PostingRule("points.clawed_back", "points", "points", "clawed", "post", "units that earned came back"),
    PostingRule("points.clawed_back", "owed", "clawed", "points_owed", "post", "they had been spent: the member owes them"),
    PostingRule("asset.granted", "points", "issued", "points", "post", "points are given by hand or as a reward"),
    PostingRule("asset.granted", "red_packets", "issued", "red_packet", "post", "a funder gives a red packet"),
    PostingRule("asset.granted", "beans", "issued", "beans", "post", "a company is given procurement points"),
    PostingRule("asset.deducted", "points", "points", "used", "post", "points are taken by hand, with a reason"),
    PostingRule("asset.expired", "points", "points", "expired", "post", "what is left of a lot when its time has come"),
    PostingRule("right.granted", "right", "issued", "right", "post", "a member who signed up may buy"),
    PostingRule("limit.lowered", "excess", "lifted", "limit", "post", "more was taken than a lowered limit allows"),
    PostingRule("card.issued", "value", "issued", "card", "post", "a card is worth what was paid or given for it"),
    PostingRule("card.sold", "amount", "stored_value", "clearing", "post", "money for a card is owed to whoever holds it"),
    PostingRule("card.granted", "amount", "stored_value", "funder", "post", "a funder pays for what the card will buy"),
    PostingRule("card.spent", "value", "card", "used", "post", "a card pays for an order"),
    PostingRule("card.spent", "amount", "clearing", "stored_value", "post", "what the card paid is no longer owed"),
    PostingRule("card.spent", "drawer", "drawer", "stored_value", "post", "the same at a till with an open shift"),
    PostingRule("card.refunded", "value", "used", "card", "post", "what the card paid is on it again"),
    PostingRule("card.refunded", "amount", "stored_value", "clearing", "post", "and is owed again"),
    PostingRule("card.refunded", "drawer", "stored_value", "drawer", "post", "the same at a till with an open shift"),
    PostingRule("card.written_off", "value", "card", "expired", "post", "nobody will use what is left on the card"),
    PostingRule("card.written_off", "amount", "breakage", "stored_value", "post", "what is left is income"),
    PostingRule("coupon.allotted", "coupons", "issued", "coupons", "post", "a batch has so many coupons to give out"),
    PostingRule("coupon.given", "coupons", "coupons", "issued", "post", "somebody gets one, or codes are written"),
    PostingRule("coupon.recorded", "coupon", "coupon", "coupons_used", "post", "a coupon was used without an order of ours"),
    PostingRule("coupon.given", "member", "coupons_of", "issued", "post", "and gets no more of it than its terms allow"),
)
_RULES = {(rule.event, rule.amount): rule for rule in POSTING_RULES}


def account_of(kind: str, keys: Mapping[str, object], unit: str, floor: int | None = None) -> Account:
    """The account of `kind` with its keys taken from `keys`, counted in `unit`."""
    shape = ACCOUNT_KINDS[kind]
    if not shape.keys:
        return account(kind, "any", None, shape.tracked)
    return account(":".join([kind, *[_spelled(keys[key]) for key in shape.keys]]), unit, floor, shape.tracked)


def leg(event: str, amount_word: str, amount: int, unit: str, keys: Mapping[str, object]) -> tuple[Transfer, ...]:
    """The transfer the posting rules prescribe for this amount of this event; nothing when the amount is zero."""
    if amount == 0:
        return ()
    rule = _RULES[event, amount_word]
    return (Transfer(account_of(rule.from_, keys, unit), account_of(rule.to, keys, unit), amount),)


def _spelled(key: object) -> str:
    """A key as part of a code. A colon in it would let two accounts have one code."""
    if isinstance(key, int):
        return str(key)
    text = str(key)
    return text.replace("%", "%25").replace(":", "%3A") if ":" in text or "%" in text else text
