"""Keeping business customers: companies, who buys for them, and the groups prices and promotions are made for."""

from collections.abc import Sequence
from typing import Literal

import msgspec

from jiutong.capabilities import member
from jiutong.kernel.db import Tx
from jiutong.kernel.errors import Problem
from jiutong.kernel.runner import Call, flow


class PutDone(msgspec.Struct, frozen=True):
    """What became of what was put."""

    outcome: Literal["created", "changed", "unchanged"]


@flow("member.put_groups", gives=PutDone, statements=2)
async def put_group(tx: Tx, calls: Sequence[Call[member.PutGroup]]) -> list[PutDone | Problem]:
    """Make customer groups, or call them otherwise."""
    outcomes = await member.put_groups(tx, [call.command for call in calls])
    for call, group in zip(calls, outcomes, strict=True):
        if group is not None:
            tx.emit("member_group.put.v1", group.group_id, group, call.scope)
    return [PutDone("unchanged" if group is None else "changed") for group in outcomes]


@flow("member.put_companies", gives=PutDone, statements=8)
async def put_company(tx: Tx, calls: Sequence[Call[member.Company]]) -> list[PutDone | Problem]:
    """Make companies, say who buys for them and in which groups they are, block them or let them buy again."""
    outcomes = await member.put_companies(tx, [call.command for call in calls])
    told: list[PutDone | Problem] = []
    for call, put in zip(calls, outcomes, strict=True):
        if isinstance(put, member.CompanyPut):
            tx.emit("company.put.v1", put.after.company_id, put, call.scope)
            told.append(PutDone("changed" if put.before else "created"))
        else:
            told.append(put or PutDone("unchanged"))
    return told


@flow("member.regroup", gives=member.Regrouped, statements=5)
async def regroup(tx: Tx, calls: Sequence[Call[member.Regroup]]) -> list[member.Regrouped | Problem]:
    """Take members into customer groups and out of them."""
    outcomes = await member.regroup(tx, [call.command for call in calls])
    groups = await member.groups(tx, {call.command.group for call in calls})
    for call, done in zip(calls, outcomes, strict=True):
        if isinstance(done, member.Regrouped) and (done.joined or done.left):
            tx.emit("member_group.changed.v1", groups[done.group].group_id, done, call.scope)
    return outcomes
