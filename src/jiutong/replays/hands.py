"""What the buyer of a past order has in hand when it is replayed: what they used then, and what the draft would have given them."""

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from jiutong.capabilities import asset, promotion
from jiutong.capabilities.order import Basket, Note
from jiutong.capabilities.pricing import EVER, FOREVER
from jiutong.capabilities.promotion import Coupon, CouponFacts, CouponTerms, PromotionReason
from jiutong.capabilities.simulation import WHOLE_BP, Used
from jiutong.flows.facts import Facts
from jiutong.flows.for_whom import ForWhom
from jiutong.reads.simulations import PastOrder
from jiutong.replays.drafts import DraftedCoupons, Ready

NOTHING_HELD: Mapping[asset.Holder, asset.Wallet] = {}
SCATTER = 0x9E3779B97F4A7C15
"""An odd number whose multiples are scattered over 64 bits: who uses a coupon is drawn, and drawn the same in every simulation."""


class InHand(msgspec.Struct, frozen=True):
    """What one order's buyer has: `kept` coupons they used then, `drafted` ones of the draft, and what is `left` of its limits."""

    past: PastOrder
    whom: ForWhom
    wallets: Mapping[asset.Holder, asset.Wallet]
    kept: tuple[Coupon, ...]
    drafted: tuple[DraftedCoupons, ...]
    limited: tuple[promotion.Version, ...]
    left: Mapping[int, int]
    taken: dict[str, int]

    def coupons(self, drafted: bool) -> CouponFacts:
        """As the steps look for them: by member, and for guests by the code they type."""
        own = self._own(drafted)
        member_id = self.past.member_id
        return CouponFacts({member_id: own}, {}) if member_id is not None else CouponFacts({}, {one.code: one for one in own})

    def chosen(self, basket: Basket, drafted: bool) -> Basket:
        """The basket with the coupons of a guest, who has to name them."""
        own = self._own(drafted) if self.past.member_id is None else ()
        return msgspec.structs.replace(basket, coupons=tuple(one.code for one in own)) if own else basket

    def usable(self, basket: Basket) -> tuple[promotion.InHand, ...]:
        """The draft's coupons that count here, as promotions ask for them."""
        member_id = self.past.member_id
        buyer = self.whom.buyers.get(member_id or 0)
        holder = promotion.CouponHolder(member_id, buyer.level, buyer.groups, self.past.first) if member_id and buyer else None
        own = tuple(one.coupon for one in self.drafted)
        facts = CouponFacts({member_id or 0: own}, {one.code: one for one in own})
        names = None if holder else [one.code for one in own]
        good, _ = promotion.coupons_in_hand(facts, names, holder, basket.channel_id, basket.store_id, basket.at)
        return tuple(promotion.InHand(one.batch, one.promotion) for one in good)

    def used(self, notes: Sequence[Note | PromotionReason]) -> tuple[Used, ...]:
        """What of the draft's limits went to this order."""
        if not (self.limited or self.drafted):
            return ()
        applied = {note.rule: note.amount for note in notes if note.outcome == "applied"}
        found = [
            Used(version.rule, kind, account.code, off if kind == "budget" else 1, -(account.floor or 0), off)
            for version in self.limited
            if version.rule in applied
            for off in (applied[version.rule],)
            for kind, account in promotion.limit_accounts(version, self.past.member_id).items()
        ]
        for rule, one in {one.coupon.promotion: one for one in reversed(self.drafted)}.items():
            if rule in applied:
                found.append(Used(one.coupon.batch, "coupon", _of_batch(one), 1, one.cap, applied[rule]))
                if one.per_member and self.past.member_id is not None:
                    account = _of_member(one, self.past.member_id)
                    found.append(Used(one.coupon.batch, "member_uses", account, 1, one.per_member, applied[rule]))
        return tuple(found)

    def _own(self, drafted: bool) -> tuple[Coupon, ...]:
        return (*(one.coupon for one in self.drafted), *self.kept) if drafted else self.kept


def hand_of(past: PastOrder, basket: Basket, facts: Facts, ready: Ready, taken: Mapping[str, int]) -> InHand:
    """What the buyer of an order has in hand, after what was taken of the draft's limits before."""
    return InHand(
        past,
        _as_then(past, facts.whom),
        _wallets(past, basket),
        tuple(_kept(past, ready)),
        tuple(one for one in ready.coupons if _has(past, one, taken)),
        ready.limited,
        _left(past, ready.limited, taken),
        {code: taken[code] for code in _accounts(past, ready) if code in taken},
    )


def _as_then(past: PastOrder, whom: ForWhom) -> ForWhom:
    """The buyer, with what only then was true of them: whether it was their first order."""
    buyer = whom.buyers.get(past.member_id or 0)
    if buyer is None:
        return whom
    return msgspec.structs.replace(whom, buyers={buyer.member_id: msgspec.structs.replace(buyer, first_order=past.first)})


def _wallets(past: PastOrder, basket: Basket) -> Mapping[asset.Holder, asset.Wallet]:
    """A wallet with just what was burned then."""
    if past.member_id is None or not (basket.points or basket.red_packet_minor):
        return NOTHING_HELD
    member_id = past.member_id

    def lot(kind: asset.Kind, funder: str, units: int) -> asset.LotFacts:
        return asset.LotFacts(0, kind, member_id, asset.unit_of(kind, past.currency), funder, "", EVER, FOREVER, units, 0)

    packets = tuple(lot("red_packet", funder, amount) for funder, amount in past.red_packets)
    return {
        asset.Holder("points", member_id): asset.Wallet((lot("points", "", basket.points),)),
        asset.Holder("red_packet", member_id): asset.Wallet(packets),
    }


def _kept(past: PastOrder, ready: Ready) -> list[Coupon]:
    """The coupons the order used, of promotions that still run; what they stand for is all that is asked of them now."""
    rules = dict.fromkeys(rule for line in past.lines for _, rule, _, _ in line.taken_off if rule in ready.standing.by_rule)
    return [
        Coupon(
            no, 0, "", f"{rule}", "shared", "live", None, EVER, FOREVER, "free", 0, CouponTerms("", "", rule, 0, EVER, FOREVER)
        )
        for no, rule in enumerate(rules, 1)
        if ready.standing.by_rule[rule].terms.coupon
    ]  # fmt: skip


def _has(past: PastOrder, one: DraftedCoupons, taken: Mapping[str, int]) -> bool:
    """Whether somebody has one of the draft's coupons in hand, and would use it: there are some left, also for them."""
    if one.cap and taken.get(_of_batch(one), 0) >= one.cap:
        return False
    if past.member_id is None:
        if one.per_member or promotion.left_out_of(one.coupon.terms, None):
            return False
    elif one.per_member and taken.get(_of_member(one, past.member_id), 0) >= one.per_member:
        return False
    return (past.member_id or past.order_id) * SCATTER % 2**64 >> 32 < one.uptake_bp * 2**32 // WHOLE_BP


def _left(past: PastOrder, limited: Sequence[promotion.Version], taken: Mapping[str, int]) -> Mapping[int, int]:
    """What is left of the limits of drafts, by account."""
    return {
        account.account_id: -(account.floor or 0) - taken.get(account.code, 0)
        for version in limited
        for account in promotion.limit_accounts(version, past.member_id).values()
    }


def _accounts(past: PastOrder, ready: Ready) -> Iterator[str]:
    """The accounts of the draft that concern an order."""
    for version in ready.limited:
        for account in promotion.limit_accounts(version, past.member_id).values():
            yield account.code
    for one in ready.coupons:
        yield _of_batch(one)
        if past.member_id is not None:
            yield _of_member(one, past.member_id)


def _of_batch(one: DraftedCoupons) -> str:
    return f"batch:{one.coupon.batch}"


def _of_member(one: DraftedCoupons, member_id: int) -> str:
    return f"batch:{one.coupon.batch}:{member_id}"
