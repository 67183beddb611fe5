"""Decisions of presale: what may be set, and what a presale makes of a line."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Literal, Protocol

from jiutong import ledger
from jiutong.capabilities.promotion.model.play import PLAY_CLOSED, PLAY_INVALID
from jiutong.capabilities.promotion.model.presale import EARNEST_MAX_BP, Compensation, Presale, PresaleItem, PresaleLine
from jiutong.capabilities.promotion.rules.play import WHOLE_BP, funders_wrong
from jiutong.kernel.errors import Problem


class Taken(Protocol):
    """Something a rule took off."""

    @property
    def rule(self) -> str:
        """Which."""
        ...

    @property
    def amount(self) -> int:
        """How much."""
        ...


def presale_wrong(presale: Presale) -> Problem | None:
    """The first thing in it that cannot be, with the pointer to it."""
    order = ("deposit_from", "deposit_to", "balance_from", "balance_to", "ships_by")
    for before, after in (("deposit_from", "deposit_to"), ("deposit_to", "balance_from"), ("balance_from", "balance_to")):
        earlier, later = getattr(presale, before), getattr(presale, after)
        if earlier >= later and not (before == "deposit_to" and earlier == later):
            return PLAY_INVALID(f"{after} comes after {before}: {', '.join(order)}", pointer=f"/{after}")
    if presale.ships_by < presale.balance_to:
        return PLAY_INVALID("goods are promised for after the balance is due", pointer="/ships_by")
    if presale.deposit == "prepayment" and presale.withdrawal == "keep":
        return PLAY_INVALID("a prepayment always goes back; only an earnest can be kept", pointer="/withdrawal")
    for i, item in enumerate(presale.items):
        if (wrong := _item_wrong(presale, item, f"/items/{i}")) is not None:
            return wrong
    return funders_wrong(presale.funders)


def _item_wrong(presale: Presale, item: PresaleItem, at: str) -> Problem | None:
    if item.counts_minor and item.counts_minor < item.deposit_minor:
        return PLAY_INVALID("a deposit counts at least what it is", pointer=f"{at}/counts_minor")
    if max(item.counts_minor, item.deposit_minor) >= item.price_minor:
        return PLAY_INVALID("something must be left for the balance", pointer=f"{at}/deposit_minor")
    most = item.price_minor * EARNEST_MAX_BP // WHOLE_BP
    if presale.deposit == "earnest" and item.deposit_minor > most:
        return PLAY_INVALID(f"an earnest is at most a fifth of the price: {most}", pointer=f"{at}/deposit_minor", most_minor=most)
    return None


def presale_closed(presale: Presale, at: datetime) -> Problem | None:
    """Deposits are taken in their window alone."""
    if presale.deposit_from <= at < presale.deposit_to:
        return None
    word = "begins" if at < presale.deposit_from else "has ended"
    return PLAY_CLOSED(
        f"the presale {word}", pointer="/play", opens_at=presale.deposit_from.isoformat(), closes_at=presale.deposit_to.isoformat()
    )


def presale_line(item: PresaleItem, quantity: int, gross: int, floor: int) -> PresaleLine:
    """What is off a line of so many units, and its deposit. Never dearer than the list, never below the floor."""
    room = max(gross - floor, 0)
    off = min(max(gross - item.price_minor * quantity, 0), room)
    return PresaleLine(off, min(item.extra * quantity, room - off), item.deposit_minor * quantity)


def off_by_price(rule: str, taken_off: Iterable[Taken]) -> int:
    """What a presale's price, and its protection, took off a line: not what its deposit counted beyond itself."""
    return sum(one.amount for one in taken_off if one.rule in (rule, f"{rule}+protection"))


def price_protection(gross: int, off: int, final: int, net: int) -> int:
    """How much less a line costs now than the presale sold it for; never more than is left of it.

    What the deposit counted beyond itself, and coupons, are the buyer's all the same.
    """
    return min(max(gross - off - final, 0), net)


def default_entry(owed: Compensation, keys: Mapping[str, object]) -> ledger.Entry:
    """What it books when a seller defaults: beyond the deposit that goes back, as much again."""
    legs = ledger.leg("presale.defaulted", "amount", owed.amount, owed.currency, keys)
    return ledger.Entry(owed.compensation_id, "presale.defaulted", owed.order_id, legs)


def payout_entry(entry_id: int, paid: Compensation, keys: Mapping[str, object]) -> ledger.Entry:
    """What it books when a compensation has been paid out."""
    legs = ledger.leg("compensation.paid", "amount", paid.amount, paid.currency, {**keys, "method": paid.method})
    return ledger.Entry(entry_id, "compensation.paid", paid.order_id, legs)


def quota_account(play: str, item: PresaleItem) -> ledger.Account:
    """How many of a SKU a presale may still sell, whatever its version."""
    return ledger.account_of("presale_quota", {"play": play, "sku": item.sku}, "QUOTA", -item.quota)


def presale_floors(play: str, presale: Presale) -> list[ledger.FloorMove]:
    """What a version in force lets be taken of each quota, however much was taken under the version before."""
    return [ledger.FloorMove(quota_account(play, item).code, -item.quota) for item in presale.items]


def deposit_kept(presale: Presale) -> Literal["", "until_paid", "until_shipped"]:
    """Until when the seller keeps the deposit of a buyer who withdraws: a prepayment never."""
    if presale.deposit == "prepayment":
        return ""
    return "until_shipped" if presale.withdrawal == "keep" else "until_paid"
