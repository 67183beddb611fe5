"""For whom a batch of baskets is priced: who buys, for which company, what is agreed with it, and what was bought this month."""

from collections.abc import Collection, Mapping, Sequence

import msgspec

from jiutong.capabilities import member, order, pricing
from jiutong.capabilities.order import Basket
from jiutong.kernel.db import Tx
from jiutong.kernel.errors import Problem


class ForWhom(msgspec.Struct, frozen=True):
    """Facts about buyers: who they are by member, terms by company, units left of agreed quantities by price.

    `bought` are base units of the month so far, by (member, company bought for), by SKU.
    """

    buyers: Mapping[int, member.Buyer] = {}
    terms: Mapping[int, pricing.Terms] = {}
    left: Mapping[int, int] = {}
    bought: Mapping[tuple[int, str], Mapping[int, int]] = {}


NOBODY = ForWhom()


async def load(tx: Tx, baskets: Sequence[Basket], prices: Mapping[int, pricing.PriceFacts]) -> ForWhom:
    """Load what prices and promotions may ask of these buyers; nothing for baskets of nobody known."""
    ids = {b.member_id for b in baskets if b.member_id}
    if not ids:
        return NOBODY
    buyers = await member.buyers(tx, ids, await order.ordered(tx, ids))
    hired = {(b.member_id or 0, b.company): one for b in baskets if (one := employment(b, buyers))}
    firms = {one.company_id for one in hired.values()}
    terms = await pricing.terms(tx, firms) if firms else {}
    quotas = [row for facts in prices.values() for firm in firms for row in pricing.quotas_of(facts, tx.now, firm)]
    left = await pricing.quotas_left(tx, quotas)
    return ForWhom(buyers, terms, left, await _bought(tx, baskets, buyers, _counted(prices, terms.values())))


def employment(basket: Basket, buyers: Mapping[int, member.Buyer]) -> member.Employment | None:
    """The company this basket is bought for, if whoever buys may."""
    buyer = buyers.get(basket.member_id or 0)
    return buyer.employment(basket.company) if buyer is not None and basket.company else None


def price_for(basket: Basket, whom: ForWhom) -> pricing.For | Problem:
    """For whom prices hold: the groups of whoever buys, and the company they buy for with its groups, region and contract."""
    buyer = whom.buyers.get(basket.member_id or 0)
    if not basket.company:
        return pricing.ANYBODY if buyer is None and not basket.region else pricing.For(basket.region, buyer.group_ids if buyer else ())
    hired = employment(basket, whom.buyers)
    if hired is None:
        return member.NOT_A_BUYER(f"not a buyer of {basket.company}", pointer="/company")
    if not hired.active:
        return member.COMPANY_BLOCKED(f"{basket.company} is blocked", pointer="/company")
    groups = {*(buyer.group_ids if buyer else ()), *(group_id for group_id, _ in hired.groups)}
    return pricing.For(basket.region or hired.region, tuple(sorted(groups)), hired.company_id, whom.terms.get(hired.company_id), whom.left)


def _counted(prices: Mapping[int, pricing.PriceFacts], terms: Collection[pricing.Terms]) -> set[int]:
    """The SKUs whose breaks may count what was bought this month."""
    if any(row.basis == "period" for one in terms for rows in one.by_category.values() for row in rows):
        return set(prices)
    return {sku_id for sku_id, facts in prices.items() if "period" in facts.bases}


async def _bought(
    tx: Tx,
    baskets: Sequence[Basket],
    buyers: Mapping[int, member.Buyer],
    counted: Collection[int],
) -> dict[tuple[int, str], dict[int, int]]:
    """What these buyers, or all who buy for their company, bought this month of the SKUs that count it."""
    if not counted:
        return {}
    people = {(b.member_id, b.company): _people(b, buyers) for b in baskets if b.member_id}
    since = {(b.member_id, b.company): pricing.month_start(b.business_day) for b in baskets if b.member_id}
    asks = {(one, sku_id, since[key]) for key, ids in people.items() for one in ids for sku_id in counted}
    units = await order.bought(tx, asks)
    return {key: pricing.together(units, ids, counted) for key, ids in people.items()}


def _people(basket: Basket, buyers: Mapping[int, member.Buyer]) -> tuple[int, ...]:
    """Whose purchases count together: everybody who buys for the company, else the member alone."""
    hired = employment(basket, buyers)
    return hired.colleagues if hired else (basket.member_id or 0,)
