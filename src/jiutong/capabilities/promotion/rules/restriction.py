"""Decisions of restricted sale: who may buy what, and what would change a refusal."""

from collections.abc import Sequence
from datetime import datetime

from jiutong.capabilities.promotion.model.gate import Buying, BuyingLine, GateFacts, GateVersion, Judgment, Remark
from jiutong.capabilities.promotion.model.restriction import RESTRICTED, Restriction
from jiutong.capabilities.promotion.rules.gate import holders_of, within


def barred_by(
    what: Restriction, buying: Buying, facts: GateFacts, only: frozenset[int], at: datetime
) -> tuple[str, tuple[str, ...]] | None:
    """Why a buyer does not pass, and what they would need; None for whoever does. `only` are the ids of `channels_only`.

    The first reason is told that they can do the least about: the channel, then the region, then who they are, then their papers.
    """
    if only and buying.channel_id not in only:
        return "channel", what.channels_only
    if (what.regions_only or what.regions_never) and not buying.region:
        return "region_unknown", what.regions_only
    if any(within(buying.region, never) for never in what.regions_never):
        return "region", ()
    if what.regions_only and not any(within(buying.region, wider) for wider in what.regions_only):
        return "region", what.regions_only
    asks_who = what.members_only or what.levels or what.groups or what.certificates
    if asks_who and buying.member_id is None:
        return "sign_in", ()
    if (what.companies_only or what.roles) and not buying.company_id:
        return "company", ()
    if what.roles and buying.role not in what.roles:
        return "role", what.roles
    if what.levels and buying.level not in what.levels:
        return "level", what.levels
    if what.groups and not set(what.groups) & set(buying.groups):
        return "group", what.groups
    return papers(what, buying, facts, at)


def papers(what: Restriction, buying: Buying, facts: GateFacts, at: datetime) -> tuple[str, tuple[str, ...]] | None:
    """Why the certificates of a buyer do not do: one is missing, has expired, or is not valid yet."""
    held = [facts.certificates.get(holder, {}) for holder in holders_of(buying)]
    missing = tuple(code for code in what.certificates if not any(code in mine for mine in held))
    if missing:
        return "certificate", missing
    invalid = tuple(
        code for code in what.certificates if not any(code in mine and mine[code].valid_from <= at < mine[code].valid_to for mine in held)
    )
    return ("certificate_expired", invalid) if invalid else None


def judge_restriction(gate: GateVersion, what: Restriction, lines: Sequence[BuyingLine], buying: Buying, facts: GateFacts) -> Judgment:
    """Whether a basket may be sold to this buyer, and if not, why, in the words the rule gives its buyers."""
    numbers = tuple(line.line_no for line in lines)
    barred = barred_by(what, buying, facts, gate.only_ids, buying.at)
    why, needs = barred or ("passed", ())
    remark = Remark(
        "restriction", gate.rule, what.name, what.name_zh, "barred" if barred else "applied", f"restriction.{why}", numbers,
        needs=needs, reason=what.reason, reason_zh=what.reason_zh or what.reason, until=what.valid_to,
    )  # fmt: skip
    blocks = tuple(
        RESTRICTED(
            f"{line.sku}: {what.reason}",
            pointer=f"/lines/{line.line_no - 1}/sku",
            sku=line.sku,
            rule=gate.rule,
            why=why,
            needs=list(needs),
            reason=what.reason,
            reason_zh=what.reason_zh or what.reason,
        )
        for line in (lines if barred else ())
    )
    return Judgment(blocks=blocks, remarks=(remark,))
