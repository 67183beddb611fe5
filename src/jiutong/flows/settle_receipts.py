"""Receipts a person has to look at: those that could not be booked are kept whole, and each is settled once."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from jiutong.capabilities import access, store
from jiutong.kernel.db import Tx
from jiutong.kernel.errors import Problem
from jiutong.kernel.runner import Call, flow


class Refused(msgspec.Struct, frozen=True):
    """A receipt that could not be booked, its place in the till's chain, and the hash the next one names."""

    what: store.RefusedReceipt
    chain: store.Chained
    hash: str
    rung_at: datetime


def refused_key(one: Refused) -> str:
    """A receipt is refused once under its name, however often the till sends it."""
    return f"{one.what.store}/{one.what.device}/{one.what.receipt_no}/{one.hash}/refused"


@flow("till.refuse", gives=store.RefusalNoted, statements=9, named_by=refused_key)
async def note_refused(tx: Tx, calls: Sequence[Call[Refused]]) -> list[store.RefusalNoted | Problem]:
    """Keep receipts that could not be booked, in their place of the chain, until somebody has settled them."""
    named = await access.devices(tx, {(call.command.what.store, call.command.what.device) for call in calls})
    doing = await store.attend(tx, {(till.device_id, till.store_id) for till in named.values()})
    there = await store.links(
        tx,
        {
            (named[call.command.what.store, call.command.what.device].device_id, call.command.what.receipt_no)
            for call in calls
            if (call.command.what.store, call.command.what.device) in named
        },
    )
    outcomes: list[store.RefusalNoted | Problem] = []
    links: list[store.Link] = []
    notes: list[store.Noted] = []
    for call in calls:
        one = call.command
        till = named.get((one.what.store, one.what.device))
        if till is None:
            outcomes.append(access.UNKNOWN_DEVICE(f"no till {one.what.device} in store {one.what.store}", pointer="/device"))
            continue
        kept = bytes(one.what.sale).decode()
        notes.append(
            store.Noted(till.store_id, till.device_id, "refused", one.what.receipt_no, one.what.detail, refusal=one.what.refusal, sale=kept)
        )
        if (till.device_id, one.what.receipt_no) not in there:
            shift_id = doing[till.device_id].shift_id
            links.append(
                store.Link(tx.mint(), till.store_id, till.device_id, one.what.receipt_no, one.chain, one.hash, one.rung_at, 0, shift_id)
            )
        told = store.RefusalNoted(one.what.receipt_no, one.what.refusal)
        tx.emit("receipt.refused.v1", till.device_id, told, call.scope)
        outcomes.append(told)
    await store.chain(tx, links, doing, notes)
    return outcomes


@flow("till.settle_exception", gives=store.ExceptionSettled, statements=1)
async def settle(tx: Tx, calls: Sequence[Call[store.SettleException]]) -> list[store.ExceptionSettled | Problem]:
    """Settle exceptions, each once; what was done stays with them."""
    wishes = {call.command.exception_id: (call.scope.actor, call.command.settlement) for call in reversed(calls)}
    open_ = await store.settle(tx, wishes)
    outcomes: list[store.ExceptionSettled | Problem] = []
    for call in calls:
        id_ = call.command.exception_id
        if id_ not in open_:
            outcomes.append(store.EXCEPTION_GONE("it is settled already, or there was none"))
            continue
        open_.remove(id_)
        done = store.ExceptionSettled(id_, call.command.settlement)
        tx.emit("exception.settled.v1", id_, done, call.scope)
        outcomes.append(done)
    return outcomes
