"""Telling people something by text message or e-mail. What carries it is a messenger; the simulated one writes it to the log.

A messenger for real is one more function here that posts to a provider through `desk.outbound`; a message whose time has passed is
dropped instead of sent.
"""

from collections.abc import Sequence

import msgspec
import structlog

from jiutong.capabilities import member
from jiutong.gateways.desk import Desk, Execute
from jiutong.kernel.jobs import Job

log = structlog.get_logger()


async def send(desk: Desk, tenant_id: int, job: Job) -> Sequence[Job]:
    """Send one message, unless it is of no use any more."""
    message = msgspec.json.decode(job.facts, type=member.Message)
    if message.until > desk.clock.now():
        log.info("message.simulated", tenant=tenant_id, kind=message.kind, to=message.to, text=message.text)
    return []


EXECUTES: dict[str, Execute] = {"message.send": send}
"""Which jobs are done here."""
