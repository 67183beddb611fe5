"""Who speaks: notices are signed over their raw body and the moment of sending, each account of ours with a secret of its own."""

import hashlib
import hmac
from datetime import datetime
from typing import Final

from jiutong.kernel.errors import NOT_FOUND, Problem, ProblemType
from jiutong.kernel.ids import PublicIds

UNPROVEN = ProblemType("payment.unproven_notice", 401, "The signature of the notice is not the channel's", "支付通知验签失败")
STALE = ProblemType("payment.stale_notice", 400, "The notice was signed too long ago, or in the future", "支付通知已过期")

HEADER: Final = "x-signature"
TOLERANCE_S: Final = 300


def name_of(ids: PublicIds, tenant_id: int, account: str) -> str:
    """The public name of a seller's account at the simulated channel, as it stands in the callback's address."""
    return f"{ids.show('mch', tenant_id)}.{ids.show('sel', int(account))}"


def account_of(ids: PublicIds, name: str) -> tuple[int, str]:
    """The tenant and the account behind a public name; a name nobody gave out is not found."""
    tenant, dot, seller = name.partition(".")
    if not dot:
        raise NOT_FOUND(f"{name!r} is no account of ours")
    return ids.read("mch", tenant), str(ids.read("sel", seller))


def secret_of(installation: str, name: str) -> bytes:
    """The secret an account shares with the simulated channel, derived from the installation's own."""
    return hmac.digest(bytes.fromhex(installation), f"payment account {name}".encode(), hashlib.sha256)


def sign(secret: bytes, at: datetime, body: bytes) -> str:
    """The header that proves who sent `body` at `at`."""
    sent = int(at.timestamp())
    return f"t={sent},v1={_digest(secret, sent, body)}"


def verify(secret: bytes, header: str | None, body: bytes, now: datetime) -> None:
    """Raise unless `body`, byte for byte, was signed with `secret` within the tolerance. Says nothing of which part was wrong."""
    parts = {name: value for name, _, value in (part.partition("=") for part in (header or "").split(","))}
    sent = parts.get("t", "")
    if not (sent.isascii() and sent.isdigit() and len(sent) <= 12):
        raise _unproven()
    if not hmac.compare_digest(_digest(secret, int(sent), body).encode(), parts.get("v1", "").encode()):
        raise _unproven()
    if abs(int(now.timestamp()) - int(sent)) > TOLERANCE_S:
        raise STALE(f"more than {TOLERANCE_S} s from now")


def _digest(secret: bytes, sent: int, body: bytes) -> str:
    return hmac.new(secret, b"%d." % sent + body, hashlib.sha256).hexdigest()


def _unproven() -> Problem:
    return UNPROVEN("sign `{t}.{body}` with the account's secret: X-Signature: t=…,v1=…")
