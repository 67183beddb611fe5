"""Certificates 资质: what members and companies have been found to be, until when. Restricted goods ask for them."""

from collections.abc import Sequence

import msgspec

from jiutong.capabilities import promotion
from jiutong.kernel.db import Tx
from jiutong.kernel.errors import Problem
from jiutong.kernel.runner import Call, flow


class CertificateKept(msgspec.Struct, frozen=True):
    """What became of a certificate."""

    changed: bool


class DropCertificate(msgspec.Struct, frozen=True):
    """Take a certificate away."""

    holder: promotion.Holder
    code: str


@flow("certificate.put", gives=CertificateKept, statements=2)
async def put(tx: Tx, calls: Sequence[Call[promotion.PutCertificate]]) -> list[CertificateKept | Problem]:
    """Write down what somebody is certified for. Of two wishes about one certificate the later counts."""
    last = {(call.command.holder, call.command.code): call.command for call in calls}
    await promotion.put_certificates(tx, [last[key] for key in sorted(last)])
    for call in calls:
        one = call.command
        facts = promotion.CertificatePut(one.holder.holder, one.holder.holder_id, one.code, one.valid_from, one.valid_to)
        tx.emit("certificate.put.v1", one.holder.holder_id, facts, call.scope)
    return [CertificateKept(changed=True) for _ in calls]


@flow("certificate.drop", gives=CertificateKept, statements=2)
async def drop(tx: Tx, calls: Sequence[Call[DropCertificate]]) -> list[CertificateKept | Problem]:
    """Take certificates away."""
    gone = await promotion.drop_certificates(tx, [(call.command.holder, call.command.code) for call in calls])
    for call, was_there in zip(calls, gone, strict=True):
        if was_there:
            holder = call.command.holder
            facts = promotion.CertificateDropped(holder.holder, holder.holder_id, call.command.code)
            tx.emit("certificate.dropped.v1", holder.holder_id, facts, call.scope)
    return [CertificateKept(was_there) for was_there in gone]
