"""Decisions of group buy: what may be set, what an order counts for, and at which threshold a group closes."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from jiutong import ledger
from jiutong.capabilities.promotion.model.group_buy import GROUP_CLOSED, LESS_THAN_LEAST, MORE_THAN_MOST, Group, GroupBuy, GroupItem
from jiutong.capabilities.promotion.model.play import PLAY_CLOSED, PLAY_INVALID, PlayFacts, PlayVersion
from jiutong.capabilities.promotion.rules.play import funders_wrong
from jiutong.kernel.errors import Problem


def group_buy_wrong(what: GroupBuy) -> Problem | None:
    """The first thing in it that cannot be, with the pointer to it."""
    if what.open_from >= what.open_to:
        return PLAY_INVALID("it ends after it begins", pointer="/open_to")
    if list(what.thresholds) != sorted(set(what.thresholds)):
        return PLAY_INVALID("each threshold is higher than the one before", pointer="/thresholds")
    if what.by == "people" and what.thresholds[0] < 2:
        return PLAY_INVALID("a group is two at least", pointer="/thresholds/0")
    if what.most and what.most < what.thresholds[-1]:
        return PLAY_INVALID("a group that cannot reach its last threshold", pointer="/most")
    wrong = (_item_wrong(what, item, f"/items/{i}") for i, item in enumerate(what.items))
    return next((one for one in wrong if one is not None), None) or _places_wrong(what) or funders_wrong(what.funders)


def _item_wrong(what: GroupBuy, item: GroupItem, at: str) -> Problem | None:
    if len(item.prices_minor) != len(what.thresholds):
        return PLAY_INVALID("one price for each threshold", pointer=f"{at}/prices_minor")
    if any(later > earlier for earlier, later in zip(item.prices_minor, item.prices_minor[1:], strict=False)):
        return PLAY_INVALID("a bigger group never pays more", pointer=f"{at}/prices_minor")
    if item.most and item.most < item.least:
        return PLAY_INVALID("at most is not less than at least", pointer=f"{at}/most")
    if item.head_minor > item.prices_minor[0]:
        return PLAY_INVALID("who opens a group pays no more than the others", pointer=f"{at}/head_minor")
    return None


def _places_wrong(what: GroupBuy) -> Problem | None:
    if what.heads and not any(item.head_minor for item in what.items):
        return PLAY_INVALID("say at which price groups are opened", pointer="/heads")
    if what.newcomers and what.by != "people":
        return PLAY_INVALID("places are kept where a group is measured in people", pointer="/newcomers")
    if what.newcomers >= what.holds:
        return PLAY_INVALID("one place at least is for everybody", pointer="/newcomers")
    return None


def group_refusal(what: GroupBuy, group: Group | None, at: datetime) -> Problem | None:
    """Groups open in the activity's window; one that is open is joined until it closes."""
    if group is None:
        if what.open_from <= at < what.open_to:
            return None
        return PLAY_CLOSED(
            "groups are opened in its time", pointer="/play", opens_at=what.open_from.isoformat(), closes_at=what.open_to.isoformat()
        )
    if not is_open(group, at):
        return GROUP_CLOSED(f"it is {group.state}", pointer="/play", state_now=group.state, closed_at=group.closes_at.isoformat())
    return None


def units_refusal(item: GroupItem, quantity: int, line_no: int) -> Problem | None:
    """One order takes at least and at most so many."""
    where = f"/lines/{line_no - 1}/quantity"
    if quantity < item.least:
        return LESS_THAN_LEAST(f"at least {item.least}", pointer=where, sku=item.sku, least=item.least)
    if item.most and quantity > item.most:
        return MORE_THAN_MOST(f"at most {item.most}", pointer=where, sku=item.sku, most=item.most)
    return None


def group_off(item: GroupItem, reached: int, quantity: int, gross: int, floor: int = 0, *, head: bool = False) -> int:
    """What is off a line at a threshold, for whoever opens a group or joins it. Never dearer than the list, never below the floor."""
    price = item.prices_minor[reached]
    price = min(price, item.head_minor or price) if head else price
    return min(max(gross - price * quantity, 0), max(gross - floor, 0))


def heads(facts: PlayFacts, what: GroupBuy) -> Literal["", "open", "gone"]:
    """Whether who opens a group now has a price of their own: there is none, it is open, or it was given as often as it may be."""
    if facts.group is not None or not any(item.head_minor for item in what.items):
        return ""
    return "gone" if facts.heads_left is not None and facts.heads_left <= 0 else "open"


def group_counts(what: GroupBuy, units: int, net: int) -> int:
    """What an order counts for in its group."""
    return {"people": 1, "units": units, "amount": net}[what.by]


def group_opened(group_id: int, code: str, version: PlayVersion, what: GroupBuy, at: datetime) -> Group:
    """A group as it is opened by the order that paid first."""
    closes_at = at + timedelta(hours=what.hours)
    return Group(group_id, code, version.play_id, version.version, version.rule, at, closes_at, "open", what.holds)


def is_open(group: Group, at: datetime) -> bool:
    """Whether places can still be taken in it."""
    return group.state == "open" and at < group.closes_at


def group_closing(what: GroupBuy, group: Group, seats: Sequence[int], at: datetime) -> Group:
    """How a group stands with these places paid. It closes when it holds what it can, or when its time is over."""
    measured = sum(seats)
    if measured < group.holds and at < group.closes_at:
        return msgspec.structs.replace(group, measured=measured)
    reached = max((i for i, least in enumerate(what.thresholds) if measured >= least), default=None)
    return msgspec.structs.replace(group, state="failed" if reached is None else "formed", measured=measured, reached=reached)


def group_less(item: GroupItem, reached: int, quantity: int, gross: int, net: int, *, head: bool = False) -> int:
    """What a line costs less at the threshold its group reached than at the first; never more than is left of it."""
    first, then = (group_off(item, i, quantity, gross, head=head) for i in (0, reached))
    return min(then - first, net)


def seat_account(group_id: int, holds: int) -> ledger.Account:
    """The places of a group: exactly so many can be taken."""
    return ledger.account_of("seat", {"group": group_id}, "QUOTA", -holds)


def regulars_account(group_id: int, what: GroupBuy) -> ledger.Account:
    """The places of a group that are not kept for newcomers."""
    return ledger.account_of("regulars", {"group": group_id}, "QUOTA", what.newcomers - what.holds)


def newcomer_account(member_id: int) -> ledger.Account:
    """The one place a member has as a newcomer, wherever that is."""
    return ledger.account_of("newcomer", {"member": member_id}, "QUOTA", -1)


def heads_account(play: str, what: GroupBuy) -> ledger.Account:
    """How many groups of a play may be opened at the price for who opens them, whatever its version."""
    return ledger.account_of("heads", {"play": play}, "QUOTA", -what.heads)


def heads_counted(facts: PlayFacts) -> ledger.Account | None:
    """The account of what may still be opened at the price for who opens a group, if it is counted and a group is to be opened."""
    what = facts.what
    return heads_account(facts.code, what) if isinstance(what, GroupBuy) and what.heads and facts.group is None else None


def group_floors(play: str, what: GroupBuy) -> list[ledger.FloorMove]:
    """What a version in force lets be opened at the price for who opens a group. Groups keep the places they were opened with."""
    return [ledger.FloorMove(heads_account(play, what).code, -what.heads)] if what.heads else []


def moved_entry(entry_id: int, group: Group, what: GroupBuy, counts: int, *, regular: bool) -> ledger.Entry:
    """What it books when a payer whose group closed takes the first place of a new one."""
    taken = [(seat_account(group.group_id, group.holds), counts)]
    taken += [(regulars_account(group.group_id, what), 1)] if regular else []
    legs = tuple(ledger.Transfer(seat, ledger.account_of("used", {}, seat.unit), amount) for seat, amount in taken)
    return ledger.Entry(entry_id, "group.moved", group.group_id, legs)


def opens_anew(what: GroupBuy) -> bool:
    """Whether a payer whose group closed opens one of their own."""
    return what.overflow == "new_group"


def in_group_account(play: str, member_id: int) -> ledger.Account:
    """The one group of a play a member may be in at a time."""
    return ledger.account_of("in_group", {"play": play, "member": member_id}, "QUOTA", -1)
