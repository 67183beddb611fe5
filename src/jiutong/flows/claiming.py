"""What orders take of scarce things besides their goods: used when they are paid, back when their units are."""

from collections.abc import Collection, Mapping, Sequence

from jiutong import ledger
from jiutong.capabilities import order
from jiutong.kernel.db import Tx


async def use(tx: Tx, order_ids: Collection[int]) -> None:
    """Paid orders use what they hold: a coupon is spent, points are burned, a limit is drawn on."""
    entries = order.used_entries(await order.use_claims(tx, order_ids), tx.mint)
    if entries:
        await ledger.post(tx, entries)


async def back_from_cancel(
    tx: Tx, lines: Mapping[int, order.Line], units: Sequence[order.Units], ended: Collection[int]
) -> list[ledger.Release]:
    """Canceled units give back what they claimed: used things at once, held ones by the releases, which are the caller's to make.

    `ended`: the orders nothing is left of, whose holds are released whole.
    """
    known = await order.claims(tx, {one.order_id for one in units})
    parts = order.claims_back(known, lines, units, ended=ended, returned=False)
    await _give(tx, parts)
    return order.releases(parts, ended)


async def back_from_return(tx: Tx, lines: Mapping[int, order.Line], units: Sequence[order.Units]) -> None:
    """Returned units give back what they used, as far as its terms say so."""
    known = await order.claims(tx, {one.order_id for one in units})
    await _give(tx, order.claims_back(known, lines, units, ended=(), returned=True))


async def let_go(tx: Tx, order_ids: Collection[int]) -> None:
    """Orders that expired unpaid claim nothing any more; what they held is released with their goods."""
    await order.give_claims_back(tx, [(one, one.left) for one in await order.claims(tx, order_ids) if one.left])


async def wanted_again(tx: Tx, lines: Mapping[int, Sequence[order.Line]]) -> dict[int, list[tuple[order.PlacedClaim, int]]]:
    """What orders that expired would claim once more for the units still on them, per order."""
    by_id = {line.line_id: line for mine in lines.values() for line in mine}
    wanted: dict[int, list[tuple[order.PlacedClaim, int]]] = {}
    for one in await order.claims(tx, lines):
        if not one.used and (amount := order.claim_open(one, by_id)):
            wanted.setdefault(one.order_id, []).append((one, amount))
    return wanted


async def take_again(tx: Tx, claims: Sequence[tuple[order.PlacedClaim, int]]) -> None:
    """What had come back is held again."""
    await order.give_claims_back(tx, [(one, -amount) for one, amount in claims])


async def give_up(tx: Tx, order_ids: Collection[int], account_kind: str) -> None:
    """Orders give back what they used of one kind of account, though nothing of them comes back."""
    known = await order.claims(tx, order_ids)
    await _give(tx, [(one, one.left) for one in known if one.used and one.left and one.account.code.startswith(f"{account_kind}:")])


async def _give(tx: Tx, parts: Sequence[tuple[order.PlacedClaim, int]]) -> None:
    await order.give_claims_back(tx, parts)
    entries = order.returned_entries(parts, tx.mint)
    if entries:
        await ledger.post(tx, entries)
