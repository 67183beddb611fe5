"""Decisions all gates share: where and when one stands, which lines it is about, and what saving one is refused for."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

import msgspec

from jiutong import ledger
from jiutong.capabilities.promotion.model.flash_sale import FlashSale
from jiutong.capabilities.promotion.model.gate import (
    GATE_EVER,
    GATE_FIXED,
    GATE_FOREVER,
    GATE_INVALID,
    Buying,
    BuyingLine,
    GateDraft,
    GateTerms,
    GateVersion,
    Holder,
    Judgment,
)
from jiutong.capabilities.promotion.model.limit import Limit
from jiutong.capabilities.promotion.model.reach import Reach
from jiutong.capabilities.promotion.model.reservation import Reservation
from jiutong.capabilities.promotion.model.restriction import Restriction
from jiutong.capabilities.promotion.rules import flash_sale, limit, reservation
from jiutong.kernel.errors import Problem


def gate_window(what: GateTerms) -> tuple[datetime, datetime]:
    """From when until just before when a gate stands."""
    if isinstance(what, FlashSale):
        return what.begins_at, what.ends_at
    if isinstance(what, Reservation):
        return what.signup_from, what.buy_to
    return what.valid_from or GATE_EVER, what.valid_to or GATE_FOREVER


def gate_skus(what: GateTerms) -> tuple[str, ...]:
    """The SKUs a gate names, in their order."""
    if isinstance(what, FlashSale):
        return tuple(item.sku for item in what.items)
    if isinstance(what, Reservation):
        return what.skus
    return what.goods.skus


def gate_channels(what: GateTerms) -> tuple[str, ...]:
    """The channels a gate names: where it stands, or the only ones its goods are sold in."""
    return what.channels_only or what.channels if isinstance(what, Restriction) else what.channels


class KnownNames(msgspec.Struct, frozen=True):
    """The names gates may use: what there is of them. Channels have their currency."""

    skus: Collection[str]
    channels: Mapping[str, str]
    categories: Collection[str]
    brands: Collection[str]


def gate_wrong(what: GateTerms, known: KnownNames) -> Problem | None:
    """Why a gate cannot be saved: told when it is saved, never at a checkout."""
    if isinstance(what, FlashSale):
        return _names_wrong(what, known, "/items/{}/sku") or flash_sale.flash_wrong(what, known.channels)
    if isinstance(what, Reservation):
        return reservation.reservation_wrong(what) or _names_wrong(what, known, "/skus/{}")
    wrong = _names_wrong(what, known, "/goods/skus/{}")
    for word, wished, there in (("categories", what.goods.categories, known.categories), ("brands", what.goods.brands, known.brands)):
        for i, code in enumerate(wished):
            if code not in there:
                wrong = wrong or GATE_INVALID(f"there is no such entry: {code}", pointer=f"/goods/{word}/{i}")
    return wrong or (_limit_wrong(what) if isinstance(what, Limit) else _restriction_wrong(what, known.channels))


def _names_wrong(what: GateTerms, known: KnownNames, at: str) -> Problem | None:
    begins, ends = gate_window(what)
    if begins >= ends:
        return GATE_INVALID("it would end before it begins", pointer="/ends_at" if isinstance(what, FlashSale) else "/valid_to")
    named = gate_skus(what)
    for i, sku in enumerate(named):
        if sku not in known.skus:
            return GATE_INVALID(f"there is no SKU {sku}", pointer=at.format(i), sku=sku)
        if sku in named[:i]:
            return GATE_INVALID(f"{sku} is named twice", pointer=at.format(i), sku=sku)
    for i, code in enumerate(what.channels):
        if code not in known.channels:
            return GATE_INVALID(f"there is no channel {code}", pointer=f"/channels/{i}")
    return None


def _limit_wrong(what: Limit) -> Problem | None:
    if what.goods == Reach() and not what.together and not what.play:
        return GATE_INVALID("say which goods, or count all of them together", pointer="/goods")
    if what.period == "order" and what.identity == "company":
        return GATE_INVALID("a limit of one order counts nobody", pointer="/identity")
    return None


def _restriction_wrong(what: Restriction, channels: Mapping[str, str]) -> Problem | None:
    asked = (what.regions_only, what.regions_never, what.certificates, what.levels, what.groups, what.roles, what.channels_only)
    if not any(asked) and not what.members_only and not what.companies_only:
        return GATE_INVALID("nothing is asked for: name a region, certificate, level, group, role or channel", pointer="/regions_only")
    if what.channels and what.channels_only:
        return GATE_INVALID("sold only there says already where the rule stands: everywhere", pointer="/channels")
    for i, code in enumerate(what.channels_only):
        if code not in channels:
            return GATE_INVALID(f"there is no channel {code}", pointer=f"/channels_only/{i}")
    for i, region in enumerate(what.regions_never):
        if what.regions_only and not any(within(region, wider) for wider in what.regions_only):
            return GATE_INVALID(f"{region} is outside of the regions it is sold in", pointer=f"/regions_never/{i}")
    for i, region in enumerate(what.regions_only):
        if any(within(region, never) for never in what.regions_never):
            return GATE_INVALID(f"{region} is also where it is never sold", pointer=f"/regions_only/{i}")
    return None


def within(region: str, wider: str) -> bool:
    """Whether a region lies in another: US/CA in US, not in U."""
    return region == wider or region.startswith(f"{wider}/")


def stands(gate: GateVersion, buying: Buying) -> bool:
    """Whether a gate stands here and now."""
    begins, ends = gate_window(gate.what)
    return begins <= buying.at < ends and (not gate.channel_ids or buying.channel_id in gate.channel_ids or bool(gate.only_ids))


def reached(goods: Reach, lines: Sequence[BuyingLine]) -> tuple[BuyingLine, ...]:
    """The lines whose goods are meant."""
    return tuple(
        line
        for line in lines
        if (not goods.skus or line.sku in goods.skus)
        and (not goods.categories or any(code in goods.categories for code in line.categories))
        and (not goods.brands or line.brand in goods.brands)
    )


def lines_of(gate: GateVersion, buying: Buying) -> tuple[BuyingLine, ...]:
    """The lines a gate is about, if it stands."""
    if not stands(gate, buying):
        return ()
    what = gate.what
    if isinstance(what, Limit) and what.play and what.play != buying.play:
        return ()
    if isinstance(what, FlashSale | Reservation):
        return tuple(line for line in buying.lines if line.sku_id in gate.sku_ids)
    return reached(what.goods, buying.lines)


def concerned(gates: Sequence[GateVersion], buying: Buying) -> list[tuple[GateVersion, tuple[BuyingLine, ...]]]:
    """The gates a basket has to pass, each with the lines it is about; in the order of their codes."""
    return [(gate, lines) for gate in gates if (lines := lines_of(gate, buying))]


def meters(gates: Sequence[GateVersion], buyings: Sequence[Buying]) -> list[ledger.Account]:
    """The accounts in which these gates count what these buyers take."""
    found: dict[int, ledger.Account] = {}
    for buying in buyings:
        for gate, lines in concerned(gates, buying):
            if isinstance(gate.what, Limit):
                counted = [account for _, account in limit.counted(gate, gate.what, lines, buying)]
            elif isinstance(gate.what, FlashSale):
                counted = flash_sale.flash_accounts(gate, gate.what, lines, buying)
            elif isinstance(gate.what, Reservation) and buying.member_id is not None:
                counted = [reservation.right_account(gate.code, buying.member_id)]
            else:
                counted = list[ledger.Account]()
            found.update({account.account_id: account for account in counted})
    return list(found.values())


def holders(gates: Sequence[GateVersion], buyings: Sequence[Buying]) -> set[Holder]:
    """Whose certificates have to be looked at."""
    return {
        holder
        for buying in buyings
        for gate, _ in concerned(gates, buying)
        if isinstance(gate.what, Restriction) and gate.what.certificates
        for holder in holders_of(buying)
    }


def holders_of(buying: Buying) -> list[Holder]:
    """Who could hold the certificates of a buyer: themselves, and the company they buy for."""
    told = [Holder("member", buying.member_id)] if buying.member_id is not None else []
    return [*told, Holder("company", buying.company_id)] if buying.company_id else told


def together(*judgments: Judgment) -> Judgment:
    """Several judgments as one."""
    return Judgment(
        tuple(one for each in judgments for one in each.wants),
        tuple(one for each in judgments for one in each.blocks),
        tuple(one for each in judgments for one in each.remarks),
        tuple(one for each in judgments for one in each.reductions),
    )


def next_gate_version(latest: GateVersion | None) -> int:
    """A draft is written anew; what was published once stays as it is, and a change is the next version."""
    if latest is None:
        return 1
    return latest.version if latest.state == "draft" else latest.version + 1


def drafted(one: GateDraft, latest: GateVersion | None) -> GateVersion:
    """The version a draft becomes."""
    gate_id = latest.gate_id if latest else one.gate_id
    return GateVersion(
        gate_id, one.code, one.kind, next_gate_version(latest), "draft", one.what, frozenset(one.channel_ids), one.sku_ids,
        latest.drawn if latest else False,
    )  # fmt: skip


def gate_in(state: str, one: GateVersion) -> GateVersion:
    """A version in another state."""
    return msgspec.structs.replace(one, state=state)


def broken_promise(running: GateVersion | None, after: GateVersion, at: datetime) -> Problem | None:
    """What a new version may not change: what buyers were told and have acted on."""
    if running is None or not isinstance(running.what, Reservation) or not isinstance(after.what, Reservation):
        return None
    before = running.what
    if before.signup_from <= at and (before.mode, before.units_each) != (after.what.mode, after.what.units_each):
        return GATE_FIXED("who signed up was told otherwise: mode and units stay", pointer="/units_each")
    return None


def floor_moves(before: GateVersion | None, after: GateVersion) -> list[ledger.FloorMove]:
    """Which accounts get another floor by a new version.

    Always all of them: an account opened meanwhile by somebody who read the version before has its floor.
    """
    what = after.what
    if isinstance(what, Limit):
        return [ledger.FloorMove(f"limit:{after.code}:", -what.units, begins=True)] if before is not None and what.period != "order" else []
    if isinstance(what, FlashSale) and before is not None:
        quotas = [flash_sale.quota_account(after.code, id_, item.allotment) for id_, item in zip(after.sku_ids, what.items, strict=True)]
        return [*(ledger.FloorMove(one.code, one.floor or 0) for one in quotas), *flash_sale.member_floors(after, what)]
    if isinstance(what, Reservation) and before is not None and what.mode == "first_come" and what.places:
        return [ledger.FloorMove(f"signups:{after.code}", -what.places)]
    return []
