"""The grocer's coupons: every coupon of every campaign is a batch for the households it was sent to, and every use is booked again.

Nothing is taken on trust: a use outside its campaign, by a household it was not sent to, or more often than anybody may, is refused.
The source does not say at which till a coupon was used, so a use belongs to a household and a day, not to a receipt.
"""

import msgspec

from jiutong.capabilities import member, promotion
from jiutong.flows import find_member
from jiutong.flows import maintain_coupons as maintain
from jiutong.importers.booking import Books, Progress, accepted, chunks
from jiutong.importers.complete_journey.model import CouponOffer, Redemption
from jiutong.importers.complete_journey.reader import CompleteJourney
from jiutong.importers.complete_journey.rules import card_number
from jiutong.kernel.errors import Problem

BATCH = 192


class CouponsLoaded(msgspec.Struct, frozen=True):
    """Batches given out, uses booked, and the uses that were refused with the reason."""

    batches: int
    used: int
    refused: tuple[tuple[Redemption, str], ...]


async def load_coupons(books: Books, source: CompleteJourney, *, campaigns: int | None = None, progress: Progress) -> CouponsLoaded:
    """Book the coupons of the first so many campaigns, or of all. Run again, it changes nothing."""
    offers = list(source.offers(campaigns))
    households = await _members(books, sorted({id_ for offer in offers for id_ in offer.households}))
    done = 0
    for some in chunks(offers, 32):
        put = await books.batch(maintain.put_batch, [_batch(offer, households) for offer in some])
        known = [one for one in put if not (isinstance(one, Problem) and one.type is promotion.BATCH_ENDED)]
        accepted(known)
        accepted(await books.batch(maintain.move_batch, [maintain.MoveBatch(_code(offer), "live") for offer in some]))
        done += len(some)
        progress("coupons", done, len(offers))
    uses = list(source.redemptions(campaigns))
    refused: list[tuple[Redemption, str]] = []
    done = 0
    for some in chunks(uses, BATCH):
        wishes = [maintain.RecordUse(_code(use), households[use.household_id], use.at) for use in some]
        keys = [f"redemption/{use.campaign_id}/{use.coupon_upc}/{use.household_id}/{use.nth}" for use in some]
        told = zip(some, await books.batch(maintain.record, wishes, keys), strict=True)
        refused += [(use, f"{outcome.code}: {outcome.detail}") for use, outcome in told if isinstance(outcome, Problem)]
        done += len(some)
        progress("redemptions", done, len(uses))
    return CouponsLoaded(len(offers), len(uses) - len(refused), tuple(refused))


async def _members(books: Books, households: list[int]) -> dict[int, int]:
    cards = [member.Recognize("card", card_number(id_)) for id_ in households]
    found: list[int] = []
    async for outcomes in books.stream(find_member.recognize, cards, 250):
        found += [one.member_id for one in accepted(outcome for _, outcome in outcomes)]
    return dict(zip(households, found, strict=True))


def _batch(offer: CouponOffer, households: dict[int, int]) -> maintain.PutBatch:
    wish = maintain.BatchWish(
        name=f"Campaign {offer.campaign_id} ({offer.kind}), coupon {offer.coupon_upc}: {offer.products} products",
        promotion=f"complete-journey-{offer.coupon_upc}",
        kind="claimed",
        cap=len(offer.households) * offer.most,
        claim_from=offer.starts,
        claim_to=offer.ends,
        per_member=offer.most,
        valid_from=offer.starts,
        valid_to=offer.ends,
    )
    return maintain.PutBatch(_code(offer), wish, tuple(households[id_] for id_ in offer.households))


def _code(one: CouponOffer | Redemption) -> str:
    return f"cj-{one.campaign_id}-{one.coupon_upc}"
