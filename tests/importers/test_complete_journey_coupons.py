"""The grocer's real coupons: every use is accepted, none twice, none outside its campaign or by a household it was not sent to."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from tests.importers.test_booking import books_of
from tests.invariants import broken
from tests.world import NOON, Served, served

from jiutong.flows import maintain_coupons as maintain
from jiutong.importers.booking import Books
from jiutong.importers.complete_journey import CompleteJourney, SourceMissingError, source_folder
from jiutong.importers.complete_journey.coupons import CouponsLoaded, load_coupons
from jiutong.kernel.errors import Problem

__all__ = ["served"]
CAMPAIGNS = 3


@pytest.fixture(scope="module")
def year() -> Iterator[CompleteJourney]:
    try:
        folder = source_folder()
    except SourceMissingError as missing:
        pytest.skip(f"NOT PROVED: {missing}")
    with CompleteJourney(folder) as opened:
        yield opened


def silent(_: str, __: int, ___: int) -> None: ...


async def figures(served: Served, books: Books) -> list[tuple[object, ...]]:
    async with served.house.db.reading(books.scope.tenant_id, NOON) as tx:
        return [tuple(row) for row in await tx.fetch(FIGURES)]


async def test_the_coupons_of_three_campaigns_are_booked_once(served: Served, admin_url: str, year: CompleteJourney) -> None:
    books = await books_of(served, admin_url)
    for _ in range(2):
        told = await load_coupons(books, year, campaigns=CAMPAIGNS, progress=silent)
        assert told == CouponsLoaded(61, 8, ())
        assert await figures(served, books) == [(61, 8, 8)]
    assert await broken(served.house.db, books.scope.tenant_id) == []


async def test_a_use_nobody_was_entitled_to_is_refused(served: Served, admin_url: str, year: CompleteJourney) -> None:
    books = await books_of(served, admin_url)
    await load_coupons(books, year, campaigns=CAMPAIGNS, progress=silent)
    (used, *_) = year.redemptions(CAMPAIGNS)
    offers = {(one.campaign_id, one.coupon_upc): one for one in year.offers(CAMPAIGNS)}
    offer = offers[used.campaign_id, used.coupon_upc]
    async with served.house.db.reading(books.scope.tenant_id, NOON) as tx:
        rows = await tx.fetch(MEMBERS)
    members = {row["value"]: row["member_id"] for row in rows}
    sent_to = members[f"CJ{used.household_id:06d}"]
    others = {f"CJ{id_:06d}" for id_ in offer.households}
    stranger = next(id_ for card, id_ in members.items() if card not in others)
    code = f"cj-{used.campaign_id}-{used.coupon_upc}"
    wishes = [
        maintain.RecordUse(code, sent_to, used.at),
        maintain.RecordUse(code, stranger, used.at),
        maintain.RecordUse(code, sent_to, offer.starts - timedelta(seconds=1)),
        maintain.RecordUse(code, sent_to, offer.ends),
    ]
    told = await books.batch(maintain.record, wishes)
    assert [one.code for one in told if isinstance(one, Problem)] == [
        "coupon.enough",
        "coupon.not_for_you",
        "coupon.not_given_out",
        "coupon.not_given_out",
    ]


@pytest.mark.slow
async def test_all_uses_of_the_year_are_booked(served: Served, admin_url: str, year: CompleteJourney) -> None:
    books = await books_of(served, admin_url)
    told = await load_coupons(books, year, progress=silent)
    assert told == CouponsLoaded(1_197, 2_102, ())
    assert await figures(served, books) == [(1_197, 2_102, 2_102)]
    assert await broken(served.house.db, books.scope.tenant_id) == []


FIGURES = """
select (select count(*) from promotion.coupon_batch b where b.tenant_id = $1),
       (select count(*) from promotion.coupon c where c.tenant_id = $1),
       (select count(*) from ledger.account a where a.tenant_id = $1 and a.code ~>=~ 'coupon:' and a.code ~<~ 'coupon;' and a.posted = -1
           and a.code not like 'stock:%')
"""
MEMBERS = "select i.value, i.member_id from member.identity i where i.tenant_id = $1 and i.kind = 'card'"
