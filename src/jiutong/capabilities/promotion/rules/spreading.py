"""Splitting what is taken off over lines and funders, exactly."""

from collections.abc import Sequence

from jiutong.kernel.money import allocate


def spread(total: int, nets: Sequence[int], rooms: Sequence[int]) -> list[int]:
    """Split `total` in proportion to the running nets, by largest remainder, no position above its room.

    What a full position cannot bear is spread again over the others in the same proportion; what nobody can bear is not taken.
    """
    if total >= sum(rooms):
        return list(rooms)
    if all(nets):
        # Mostly everybody can bear its share, and that is it.
        shares = allocate(total, nets)
        if all(share < room for share, room in zip(shares, rooms, strict=True)):
            return shares
    shares = [0] * len(nets)
    left = total
    open_ = [i for i, room in enumerate(rooms) if room > 0]
    while left and open_:
        # Where all that is open is worth nothing the rooms themselves are the proportion.
        weights = [nets[i] for i in open_]
        wanted = dict(zip(open_, allocate(left, weights if any(weights) else [rooms[i] for i in open_]), strict=True))
        full = [i for i in open_ if shares[i] + wanted[i] >= rooms[i]]
        if not full:
            for i in open_:
                shares[i] += wanted[i]
            return shares
        for i in full:
            left -= rooms[i] - shares[i]
            shares[i] = rooms[i]
        open_ = [i for i in open_ if shares[i] < rooms[i]]
    return shares


def borne(amounts: Sequence[int], bps: Sequence[int]) -> list[list[int]]:
    """Who bears how much of each amount: rows add up to the amounts, columns to the funders' shares of the whole.

    Each funder's share of the whole is by largest remainder; each amount in turn is taken from what the funders have left of theirs,
    in that proportion. Nothing is borne twice, and no cent by nobody.
    """
    if len(bps) == 1:
        return [[amount] for amount in amounts]
    left = allocate(sum(amounts), bps)
    rows: list[list[int]] = []
    for amount in amounts:
        row = allocate(amount, left) if amount else [0] * len(bps)
        left = [have - gone for have, gone in zip(left, row, strict=True)]
        rows.append(row)
    return rows
