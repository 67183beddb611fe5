"""Whatever somebody types into one box: orders, people, goods and places, each looked up through an index of its own."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from jiutong.capabilities import member
from jiutong.kernel.db import Tx

# How far back the phone number to deliver to is looked for: it lies in no index.
CONTACTS_MAX = 20_000


class OrderHit(msgspec.Struct, frozen=True):
    """An order, or a till's receipt."""

    order_id: int
    receipt_no: str | None
    status: str
    place: str
    total: int
    currency: str
    placed_at: datetime
    member_id: int | None


class MemberHit(msgspec.Struct, frozen=True):
    """A member and what they are recognized by."""

    member_id: int
    name: str
    status: str
    identities: Sequence[str]


class PlaceHit(msgspec.Struct, frozen=True):
    """A store or another location, with its kind."""

    code: str
    name: str
    kind: str


class PaperHit(msgspec.Struct, frozen=True):
    """A paper behind an order: what became of it, how much money it is about, and when."""

    paper_id: int
    order_id: int
    state: str
    amount: int | None
    currency: str | None
    at: datetime


async def orders(tx: Tx, order_ids: Sequence[int], receipt_no: str | None, member_ids: Sequence[int], rows_max: int) -> list[OrderHit]:
    """These orders, the receipts with this number, and the newest orders of these members; the newest first."""
    return [OrderHit(*row) for row in await tx.fetch(_ORDERS, order_ids, receipt_no, member_ids, rows_max)]


async def delivered_to(tx: Tx, digits: str, rows_max: int) -> list[int]:
    """The newest orders to be delivered to a phone number that ends so."""
    return [row["order_id"] for row in await tx.fetch(_DELIVERED_TO, f"%{digits}", CONTACTS_MAX, rows_max)]


async def members(
    tx: Tx, member_id: int | None, beginnings: Sequence[member.Identity], digits: str | None, name: str | None, rows_max: int
) -> list[MemberHit]:
    """Members by id, by the beginning of an identity, by the end of a phone number, or by the beginning of their name (folded)."""
    kinds, prefixes = [one.kind for one in beginnings], [one.value for one in beginnings]
    backwards = None if digits is None else digits[::-1]
    return [MemberHit(*row) for row in await tx.fetch(_MEMBERS, member_id, kinds, prefixes, backwards, name, rows_max)]


async def places(tx: Tx, typed: str, rows_max: int) -> list[PlaceHit]:
    """Stores and locations whose code or name begins so, or has a word that does. There are never many: all are looked at."""
    return [PlaceHit(*row) for row in await tx.fetch(_PLACES, typed, rows_max)]


async def payments(tx: Tx, tender_id: int) -> list[PaperHit]:
    """The payment with this id."""
    return [PaperHit(*row) for row in await tx.fetch(_PAYMENT, tender_id)]


async def refunds(tx: Tx, refund_id: int) -> list[PaperHit]:
    """The refund with this id."""
    return [PaperHit(*row) for row in await tx.fetch(_REFUND, refund_id)]


async def returns(tx: Tx, return_id: int) -> list[PaperHit]:
    """The return with this id."""
    return [PaperHit(*row) for row in await tx.fetch(_RETURN, return_id)]


async def works(tx: Tx, work_id: int) -> list[PaperHit]:
    """The work of a location with this id."""
    return [PaperHit(*row) for row in await tx.fetch(_WORK, work_id)]


async def shipments(tx: Tx, shipment_id: int) -> list[PaperHit]:
    """The parcel with this id."""
    return [PaperHit(*row) for row in await tx.fetch(_SHIPMENT, shipment_id)]


_ORDERS = """
-- A receipt number is looked up till by till: no index leads from the number alone, and there are some hundred tills.
select o.order_id, o.receipt_no, o.status, coalesce(s.name, c.name) as place, o.total, o.currency, o.placed_at, o.member_id
  from (select unnest($2::bigint[]) as order_id
        union
       (select r.order_id
          from access.device d
         cross join lateral (select p.order_id from orders.placed p
                              where p.tenant_id = $1 and p.device_id = d.device_id and p.receipt_no = $3 offset 0) r
         where d.tenant_id = $1 and $3::text is not null)
        union
       (select n.order_id
          from unnest($4::bigint[]) as m(member_id)
         cross join lateral (select p.order_id from orders.placed p
                              where p.tenant_id = $1 and p.member_id = m.member_id order by p.order_id desc limit $5) n)) f
 cross join lateral (select * from orders.placed p where p.tenant_id = $1 and p.order_id = f.order_id offset 0) o
  join access.channel c on c.tenant_id = $1 and c.channel_id = o.channel_id
  left join access.store s on s.tenant_id = $1 and s.store_id = o.store_id
 order by o.order_id desc
 limit $5
"""
_DELIVERED_TO = """
select o.order_id
  from (select p.order_id, p.contact from orders.placed p where p.tenant_id = $1 order by p.order_id desc limit $3) o
 where o.contact is not null and regexp_replace(o.contact ->> 'phone', '[^0-9]', '', 'g') like $2
 order by o.order_id desc
 limit $4
"""
_MEMBERS = """
-- Ranges of btrees throughout: chr(1114111) sorts after every character.
select m.member_id, m.name, m.status,
       array(select i.value from member.identity i
              where i.tenant_id = $1 and i.member_id = m.member_id and i.kind <> 'openid' order by i.kind desc, i.value) as identities
  from (select f.member_id, min(f.no) as no
          from (select $2::bigint as member_id, 0 as no where $2::bigint is not null
                union all
               (select b.member_id, 1
                  from unnest($3::text[], $4::text[]) as u(kind, prefix)
                 cross join lateral (select i.member_id from member.identity i
                                      where i.tenant_id = $1 and i.kind = u.kind and i.value >= u.prefix
                                        and i.value < u.prefix || chr(1114111) and starts_with(i.value, u.prefix)
                                      order by i.value limit $7) b)
                union all
               (select i.member_id, 2 from member.identity i
                 where i.tenant_id = $1 and i.kind = 'phone' and i.backwards >= $5 and i.backwards < $5 || chr(1114111)
                 order by i.backwards limit $7)
                union all
               (select n.member_id, 3 from member.member n
                 where n.tenant_id = $1 and n.name <> '' and n.name_folded >= $6 and n.name_folded < $6 || chr(1114111)
                 order by n.name_folded limit $7)) f
         group by f.member_id) f
 cross join lateral (select * from member.member o where o.tenant_id = $1 and o.member_id = f.member_id offset 0) m
 order by f.no, m.name, m.member_id
 limit $7
"""
_PLACES = """
select p.code, p.name, p.kind
  from (select s.code, s.name, 'store' as kind from access.store s where s.tenant_id = $1
        union all
        select l.code, l.name, l.kind from inventory.location l where l.tenant_id = $1 and l.store_id is null) p
 where starts_with(lower(p.code), $2) or starts_with(lower(p.name), $2) or position(' ' || $2 in lower(p.name)) > 0
 order by lower(p.code) <> $2, p.code
 limit $3
"""
_PAYMENT = """
select t.tender_id, t.order_id, t.state, t.amount, t.currency, t.started_at
  from payment.tender t where t.tenant_id = $1 and t.tender_id = $2
"""
_REFUND = """
select r.refund_id, r.order_id, r.state, r.amount, t.currency, r.requested_at
  from payment.refund r
  join payment.tender t on t.tenant_id = $1 and t.tender_id = r.tender_id
 where r.tenant_id = $1 and r.refund_id = $2
"""
_RETURN = """
select r.return_id, r.order_id, r.state, r.refund, o.currency, r.received_at
  from care.return_order r
  join orders.placed o on o.tenant_id = $1 and o.order_id = r.order_id
 where r.tenant_id = $1 and r.return_id = $2
"""
_WORK = """
select w.work_id, w.order_id, w.state, null::bigint, null::text, w.created_at
  from fulfillment.work w where w.tenant_id = $1 and w.work_id = $2
"""
_SHIPMENT = """
select s.shipment_id, s.order_id, case when s.delivered_at is null then 'shipped' else 'delivered' end, null::bigint, null::text,
       s.shipped_at
  from fulfillment.shipment s where s.tenant_id = $1 and s.shipment_id = $2
"""
