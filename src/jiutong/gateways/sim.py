"""A simulated channel: behaves like a real one, for trying out and for tests, and only where the configuration allows it.

It is told to collect a tender, answers with a code to scan, and reports by signed notices over HTTP to our own callback
address, well or badly, as the tender's script says. It remembers nothing: what it knows is in the script and in the name
of its transaction, so the same tender always meets the same fate.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final, Literal

import msgspec

from jiutong.capabilities import payment
from jiutong.flows import pay, refund
from jiutong.gateways import signatures
from jiutong.gateways.desk import Desk, Execute, later
from jiutong.kernel.errors import NOT_FOUND, Problem
from jiutong.kernel.ids import PublicIds
from jiutong.kernel.jobs import Job
from jiutong.kernel.scope import system

LATE: Final = timedelta(minutes=20)
"""When a payer who is late pays: after the goods have usually been given back."""

REFUND_LATE: Final = timedelta(minutes=5)
CHASE_AGAIN: Final = timedelta(minutes=2)

_encode = msgspec.json.Encoder().encode


class Said(msgspec.Struct, frozen=True):
    """One notice of a script: when, what, and what is wrong with it."""

    outcome: Literal["captured", "failed"] = "captured"
    after: timedelta = timedelta()
    more_minor: int = 0
    currency: str | None = None
    proven: bool = True
    own: bool = True
    age: timedelta = timedelta()


SCRIPTS: dict[str, tuple[Said, ...]] = {
    "": (Said(),),
    "declined": (Said("failed"),),
    "duplicate": (Said(), Said(), Said()),
    "late": (Said(after=LATE),),
    "wrong_amount": (Said(more_minor=-1),),
    "wrong_currency": (Said(currency="XTS"),),
    "forged": (Said(proven=False),),
    "other_account": (Said(own=False),),
    "stale": (Said(age=timedelta(hours=1)),),
    "silent": (),
    "refund_failed": (Said(),),
    "refund_late": (Said(),),
}
"""What the channel does with a tender. Unknown scripts go well."""


class Body(msgspec.Struct, frozen=True):
    """A notice as it is sent. `type` reads payment.captured, payment.failed, refund.done or refund.failed."""

    event: str
    type: Literal["payment.captured", "payment.failed", "refund.done", "refund.failed"]
    order: str
    subject: str
    amount_minor: int
    currency: str
    transaction: str


class Delivery(msgspec.Struct, frozen=True):
    """The job of sending one notice."""

    account: str
    proven: bool
    age: timedelta
    body: str


async def open_tender(desk: Desk, tenant_id: int, job: Job) -> Sequence[Job]:
    """The channel is told to collect: it gives a code, and will report."""
    task = msgspec.json.decode(job.facts, type=payment.OpenTender)
    code = f"sim:{desk.ids.show('ten', task.tender_id)}"
    await desk.runner.run(pay.opened, pay.Opened(task.tender_id, code), system(tenant_id, "channel"))
    return [
        later(desk, "sim.deliver", task.tender_id, _delivery(desk, tenant_id, task, said), said.after)
        for said in SCRIPTS.get(task.script, (Said(),))
    ]


async def chase(desk: Desk, tenant_id: int, job: Job) -> Sequence[Job]:
    """Nothing was heard of a tender for a while: ask the channel what became of it."""
    task = msgspec.json.decode(job.facts, type=payment.OpenTender)
    async with desk.db.reading(tenant_id, desk.clock.now()) as tx:
        tender = (await payment.tenders(tx, [task.tender_id])).get(task.tender_id)
    if tender is None or tender.state != "started":
        return []
    outcome = asked(task, desk.clock.now() - tender.started_at)
    if outcome is None:
        return [later(desk, "payment.chase", task.tender_id, task, CHASE_AGAIN)]
    told = payment.Notice(
        task.merchant,
        f"asked-{task.tender_id}",
        outcome,
        task.tender_id,
        task.order_id,
        task.amount,
        task.currency,
        transaction(desk.ids, task.tender_id, task.script),
        msgspec.Raw(b"null"),
    )
    await desk.runner.run(pay.notice, told, system(tenant_id, "channel"))
    return []


async def send_refund(desk: Desk, tenant_id: int, job: Job) -> Sequence[Job]:
    """The channel is told to give money back. It says at once what became of it, or that it will say later."""
    task = msgspec.json.decode(job.facts, type=payment.SendRefund)
    script = task.channel_ref.split(".")[1] if task.channel_ref.count(".") == 2 else ""
    done = {"refund_failed": False, "refund_late": None}.get(script, True)
    said = payment.Answered(task.refund_id, task.merchant, task.amount, task.currency, done, f"ref.{desk.ids.show('ref', task.refund_id)}")
    await desk.runner.run(refund.answer, said, system(tenant_id, "channel"))
    if done is not None:
        return []
    body = _refunded(desk, task)
    account = signatures.name_of(desk.ids, tenant_id, task.merchant)
    return [later(desk, "sim.deliver", task.refund_id, Delivery(account, True, timedelta(), body), REFUND_LATE)]


async def deliver(desk: Desk, tenant_id: int, job: Job) -> Sequence[Job]:
    """Send a notice to our callback address, signed as the script wants it."""
    task = msgspec.json.decode(job.facts, type=Delivery)
    body = task.body.encode()
    secret = signatures.secret_of(desk.secret, task.account if task.proven else f"not {task.account}")
    signature = signatures.sign(secret, desk.clock.now() - task.age, body)
    await desk.outbound.post(f"{desk.callbacks}/v1/callbacks/sim/{task.account}", body, {signatures.HEADER: signature})
    return []


EXECUTES: dict[str, Execute] = {
    "payment.open": open_tender,
    "payment.chase": chase,
    "refund.send": send_refund,
    "sim.deliver": deliver,
}
"""Which jobs are done here."""


def asked(task: payment.OpenTender, age: timedelta) -> Literal["captured", "failed"] | None:
    """What the channel says when it is asked about a tender of this age; None: nobody has paid yet."""
    said = SCRIPTS.get(task.script, (Said(),))
    if not said:
        return "captured"
    return said[0].outcome if said[0].after <= age else None


def transaction(ids: PublicIds, tender_id: int, script: str) -> str:
    """The channel's own name of its transaction; the script is in it, so that the refund knows how to go."""
    return f"sim.{script}.{ids.show('ten', tender_id)}"


def read(ids: PublicIds, account: str, raw: bytes) -> payment.Notice | payment.Answered:
    """A notice in our own words. Names that are none of ours become 0 and are refused where they can be put on record."""
    body = msgspec.json.decode(raw, type=Body)
    kind, _, outcome = body.type.partition(".")
    if kind == "refund":
        done = outcome == "done"
        subject = _known(ids, "ref", body.subject)
        return payment.Answered(subject, account, body.amount_minor, body.currency, done, body.transaction, body.event, msgspec.Raw(raw))
    return payment.Notice(
        account,
        body.event,
        "captured" if outcome == "captured" else "failed",
        _known(ids, "ten", body.subject),
        _known(ids, "ord", body.order),
        body.amount_minor,
        body.currency,
        body.transaction,
        msgspec.Raw(raw),
    )


def _known(ids: PublicIds, prefix: str, name: str) -> int:
    try:
        return ids.read(prefix, name)
    except Problem as refusal:
        if refusal.type is not NOT_FOUND:
            raise
        return 0


def _delivery(desk: Desk, tenant_id: int, task: payment.OpenTender, said: Said) -> Delivery:
    tender = desk.ids.show("ten", task.tender_id)
    body = Body(
        # A real channel repeats a message under the same id.
        f"{tender}.{said.outcome}",
        "payment.captured" if said.outcome == "captured" else "payment.failed",
        desk.ids.show("ord", task.order_id),
        tender,
        task.amount + said.more_minor,
        said.currency or task.currency,
        transaction(desk.ids, task.tender_id, task.script),
    )
    account = task.merchant if said.own else str(int(task.merchant) + 1)
    return Delivery(signatures.name_of(desk.ids, tenant_id, account), said.proven, said.age, _encode(body).decode())


def _refunded(desk: Desk, task: payment.SendRefund) -> str:
    name, order_name = desk.ids.show("ref", task.refund_id), desk.ids.show("ord", task.order_id)
    return _encode(Body(f"{name}.done", "refund.done", order_name, name, task.amount, task.currency, f"ref.{name}")).decode()
