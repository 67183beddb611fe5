"""Everything that runs or is planned, of whatever kind, by time; and the certificates restricted goods ask for."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

import msgspec
from litestar.params import QueryParameter
from msgspec import Meta

from jiutong.api.call import Call
from jiutong.api.cursors import Cursor, Limit, Page, paged, read
from jiutong.api.instants import instant
from jiutong.api.shell import JSONBody, delete, get, put
from jiutong.capabilities import member, promotion
from jiutong.flows import certify
from jiutong.kernel.errors import INVALID, NOT_FOUND
from jiutong.reads import companies
from jiutong.reads import gates as reads

PLANNED_MAX = 2_000
CertificateName = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[a-z0-9_]+$")]
HolderKind = Literal["member", "company"]


class PlannedView(msgspec.Struct, frozen=True):
    """What runs or is planned between two instants. `more`: there is more than is told; ask for a shorter time."""

    at: datetime
    items: Sequence[reads.Planned]
    more: bool


class CertificateBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A certificate as it is to be; without `valid_to` it does not expire."""

    valid_from: Annotated[datetime, Meta(tz=True)]
    valid_to: Annotated[datetime, Meta(tz=True)] | None = None
    number: Annotated[str, Meta(max_length=100)] = ""


class CertificateView(msgspec.Struct, frozen=True):
    """A certificate somebody holds: a member by id, a company by code."""

    holder: HolderKind
    id: str
    name: str
    certifies: str
    number: str
    valid_from: datetime
    valid_to: datetime | None
    valid: bool
    put_by: str
    put_at: datetime


@get("/v1/plays/calendar", scope="promotion:read")
async def show_play_calendar(
    call: Call,
    begins: Annotated[datetime, QueryParameter(name="from", description="From this instant.")],
    ends: Annotated[datetime, QueryParameter(name="to", description="Until just before this instant.")],
) -> PlannedView:
    """Limits, restrictions, flash sales, reservations, presales, group buys and promotions that stand between two instants."""
    first, last = instant(begins, "from"), instant(ends, "to")
    if first is None or last is None or first >= last:
        raise INVALID("`to` is after `from`", pointer="/to")
    async with call.reading() as tx:
        found = await reads.planned(tx, first, last, PLANNED_MAX + 1)
    return PlannedView(call.house.clock.now(), found[:PLANNED_MAX], len(found) > PLANNED_MAX)


@get("/v1/certificates", scope="promotion:read", refuses=(member.UNKNOWN_COMPANY,))
async def list_certificates(
    call: Call,
    holder: HolderKind | None = None,
    who: str | None = None,
    certifies: str | None = None,
    before: datetime | None = None,
    after: Cursor = None,
    limit: Limit = 50,
) -> Page[CertificateView]:
    """Certificates by holder; of one holder (`who`: a member's id or a company's code), of one kind, or those that end `before`."""
    last = read(after, tuple[str, int, str])
    until = instant(before, "before")
    holder_id = None if holder is None or who is None else (await _holder(call, holder, who)).holder_id
    async with call.reading() as tx:
        found = await reads.certificates(tx, holder, holder_id, certifies, until, last, limit + 1)
        now = tx.now
    views = [
        CertificateView(
            "member" if one.holder == "member" else "company",
            call.ids.show("mem", one.holder_id) if one.holder == "member" else one.holder_code,
            one.name,
            one.certifies,
            one.number,
            one.valid_from,
            one.valid_to,
            one.valid_from <= now and (one.valid_to is None or now < one.valid_to),
            one.put_by,
            one.put_at,
        )
        for one in found
    ]
    return paged(views, limit, [(one.holder, one.holder_id, one.certifies) for one in found])


@put(
    "/v1/certificates/{holder}/{who}/{certifies}",
    scope="promotion:write",
    refuses=(member.UNKNOWN_COMPANY, NOT_FOUND, promotion.GATE_INVALID),
)
async def put_certificate(call: Call, holder: str, who: str, certifies: str, data: JSONBody[CertificateBody]) -> certify.CertificateKept:
    """Write down what a member or company is certified for (real_name, adult, medical_devices …), and until when."""
    try:
        code = msgspec.convert(certifies, CertificateName)
    except msgspec.ValidationError:
        raise promotion.GATE_INVALID("a kind of certificate is lower-case letters, digits and underscores", pointer="/certifies") from None
    if data.valid_to is not None and data.valid_to <= data.valid_from:
        raise promotion.GATE_INVALID("it would end before it begins", pointer="/valid_to")
    named = await _holder(call, holder, who)
    ends = data.valid_to or datetime.max.replace(tzinfo=data.valid_from.tzinfo)
    wish = promotion.PutCertificate(named, code, data.number, data.valid_from, ends, call.scope.actor)
    return await call.run(certify.put, wish)


@delete("/v1/certificates/{holder}/{who}/{certifies}", scope="promotion:write", refuses=(member.UNKNOWN_COMPANY, NOT_FOUND))
async def drop_certificate(call: Call, holder: str, who: str, certifies: str) -> None:
    """Take a certificate away."""
    await call.run(certify.drop, certify.DropCertificate(await _holder(call, holder, who), certifies))


async def _holder(call: Call, holder: str, who: str) -> promotion.Holder:
    if holder == "member":
        return promotion.Holder("member", call.ids.read("mem", who))
    if holder != "company":
        raise NOT_FOUND("certificates are held by a member or a company")
    async with call.reading() as tx:
        found = await companies.companies(tx, who, None, None, None, 1)
    if not found:
        raise member.UNKNOWN_COMPANY(f"no company {who}", pointer="/who")
    return promotion.Holder("company", found[0].company_id)


ROUTES = [show_play_calendar, list_certificates, put_certificate, drop_certificate]
