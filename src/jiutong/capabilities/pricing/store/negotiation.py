"""The statements about negotiations."""

from collections.abc import Collection, Sequence

from jiutong.capabilities.pricing.model import Act, Negotiation, NegotiationLine, Said
from jiutong.capabilities.pricing.store.price import instant
from jiutong.kernel.db import Tx


async def insert(tx: Tx, talks: Sequence[Negotiation]) -> None:
    """Write negotiations with their lines."""
    await tx.count(
        _INSERT,
        [one.negotiation_id for one in talks],
        [one.company_id for one in talks],
        [one.channel_id for one in talks],
        [one.currency for one in talks],
        [one.title for one in talks],
        [one.status for one in talks],
        [one.expires_at for one in talks],
        [one.valid_to for one in talks],
        [one.capped for one in talks],
        [one.opened_by for one in talks],
        tx.now,
    )
    await tx.count(_INSERT_LINES, *_lines(talks))


async def lock(tx: Tx, ids: Collection[int]) -> dict[int, Negotiation]:
    """These negotiations with their lines, locked in the order of their ids."""
    heads = await tx.fetch(_LOCK, sorted(ids))
    lines: dict[int, list[NegotiationLine]] = {row["negotiation_id"]: [] for row in heads}
    for row in await tx.fetch(_LINES, sorted(lines)):
        lines[row["negotiation_id"]].append(
            NegotiationLine(row["line_no"], row["sku_id"], row["quantity"], row["per"], row["asked"], row["offered"])
        )
    return {
        row["negotiation_id"]: Negotiation(
            row["negotiation_id"],
            row["company_id"],
            row["channel_id"],
            row["currency"],
            row["title"],
            row["status"],
            row["expires_at"],
            instant(row["valid_to"]),
            row["capped"],
            row["revision"],
            tuple(lines[row["negotiation_id"]]),
            row["opened_by"],
            row["list_id"],
        )
        for row in heads
    }


async def write(tx: Tx, talks: Sequence[Negotiation]) -> None:
    """Write where negotiations have come to."""
    await tx.count(
        _WRITE,
        [one.negotiation_id for one in talks],
        [one.status for one in talks],
        [one.expires_at for one in talks],
        [one.valid_to for one in talks],
        [one.capped for one in talks],
        [one.revision for one in talks],
        [one.list_id for one in talks],
        tx.now,
    )
    await tx.count(_WRITE_LINES, *_lines(talks))


async def append(tx: Tx, messages: Sequence[tuple[Said, Act]], ids: Sequence[int]) -> None:
    """Append what was said. The prices of a message lie in one text each: arrays of arrays have to be of one length."""
    await tx.count(
        _APPEND,
        ids,
        [said.negotiation_id for said, _ in messages],
        [said.side for said, _ in messages],
        [act for _, act in messages],
        [said.actor for said, _ in messages],
        [said.text for said, _ in messages],
        ["{" + ",".join(str(line_no) for line_no, _ in said.prices) + "}" for said, _ in messages],
        ["{" + ",".join(str(amount) for _, amount in said.prices) + "}" for said, _ in messages],
        tx.now,
    )


def _lines(
    talks: Sequence[Negotiation],
) -> tuple[list[int], list[int], list[int], list[int], list[int], list[int | None], list[int | None]]:
    rows = [(one.negotiation_id, line) for one in talks for line in one.lines]
    return (
        [id_ for id_, _ in rows],
        [line.line_no for _, line in rows],
        [line.sku_id for _, line in rows],
        [line.quantity for _, line in rows],
        [line.per for _, line in rows],
        [line.asked for _, line in rows],
        [line.offered for _, line in rows],
    )


_INSERT = """
insert into pricing.negotiation
       (tenant_id, negotiation_id, company_id, channel_id, currency, title, status, expires_at, valid_to, capped, opened_by, opened_at,
        changed_at)
select t.tenant_id, u.*, $12, $12
  from kernel.tenant t,
       unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::timestamptz[], $9::timestamptz[],
              $10::boolean[], $11::text[])
       as u(negotiation_id, company_id, channel_id, currency, title, status, expires_at, valid_to, capped, opened_by)
 where t.tenant_id = $1
"""
_INSERT_LINES = """
insert into pricing.negotiation_line (tenant_id, negotiation_id, line_no, sku_id, quantity, per, asked, offered)
select t.tenant_id, u.*
  from kernel.tenant t,
       unnest($2::bigint[], $3::integer[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[])
       as u(negotiation_id, line_no, sku_id, quantity, per, asked, offered)
 where t.tenant_id = $1
"""
_LOCK = """
select n.negotiation_id, n.company_id, n.channel_id, n.currency, n.title, n.status, n.expires_at, n.valid_to, n.capped, n.revision,
       n.opened_by, n.list_id
  from pricing.negotiation n where n.tenant_id = $1 and n.negotiation_id = any($2::bigint[]) order by n.negotiation_id for update
"""
_LINES = """
select l.negotiation_id, l.line_no, l.sku_id, l.quantity, l.per, l.asked, l.offered
  from pricing.negotiation_line l
 where l.tenant_id = $1 and l.negotiation_id = any($2::bigint[]) order by l.negotiation_id, l.line_no
"""
_WRITE = """
update pricing.negotiation n
   set status = u.status, expires_at = u.expires_at, valid_to = u.valid_to, capped = u.capped, revision = u.revision,
       list_id = u.list_id, changed_at = $9
  from unnest($2::bigint[], $3::text[], $4::timestamptz[], $5::timestamptz[], $6::boolean[], $7::bigint[], $8::bigint[])
       as u(negotiation_id, status, expires_at, valid_to, capped, revision, list_id)
 where n.tenant_id = $1 and n.negotiation_id = u.negotiation_id
"""
_WRITE_LINES = """
update pricing.negotiation_line l set asked = u.asked, offered = u.offered
  from unnest($2::bigint[], $3::integer[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[])
       as u(negotiation_id, line_no, sku_id, quantity, per, asked, offered)
 where l.tenant_id = $1 and l.negotiation_id = u.negotiation_id and l.line_no = u.line_no
"""
_APPEND = """
insert into pricing.negotiation_message (tenant_id, message_id, negotiation_id, side, act, actor, text, line_nos, amounts, at)
select t.tenant_id, u.message_id, u.negotiation_id, u.side, u.act, u.actor, u.text, u.line_nos::integer[], u.amounts::bigint[], $10
  from kernel.tenant t,
       unnest($2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[])
       as u(message_id, negotiation_id, side, act, actor, text, line_nos, amounts)
 where t.tenant_id = $1
"""
