"""The best set of promotions of one stage: which combine, what they take together, and how sure that is.

Two promotions are in each other's way where one unit (after item promotions: one line) would carry both and not each names the
other, or where they are of one group. The value of a set is what its members take in the canonical order - the one that would take
most alone first, then by code, then by line - each from the units and the room those before it leave. The search is over all
feasible sets: depth first, bounded by what the rest could take alone. It is exact up to EXACT_MAX promotions that compete, and beyond
as long as it ends within NODES_MAX looks; otherwise the best found so far stands, and `bound` says how much better any could be.
Where more than SEARCHED_MAX compete nothing is searched: the one worth most alone takes first.
Of sets worth the same the one found first in canonical order is taken.
"""

from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from jiutong.capabilities.promotion.model.promotion import SetCertificate
from jiutong.capabilities.promotion.rules.benefits import Ground, Take
from jiutong.capabilities.promotion.rules.scope import Rule

EXACT_MAX: Final = 10
NODES_MAX: Final = 1 << EXACT_MAX
SEARCHED_MAX: Final = 200


class Candidate(msgspec.Struct, frozen=True, eq=False):
    """A promotion that could take part, on the items named.

    `alone` is what it takes when it is the only one; `most` what it could be worth at most in any company.
    """

    rule: Rule
    items: tuple[int, ...]
    alone: Take
    most: int
    take: Callable[[Sequence[int], Sequence[int]], Take | None]
    coupon: str = ""

    @property
    def worth(self) -> int:
        """What it is worth alone: the money it takes, or what free freight counts for."""
        return worth(self.alone)


class Chosen(msgspec.Struct, frozen=True):
    """A promotion that takes part, and what it takes."""

    candidate: Candidate
    take: Take


def worth(take: Take) -> int:
    """What counts when sets are compared."""
    return take.worth if take.freight else take.total


def combine(one: Rule, other: Rule) -> bool:
    """Whether each names the other: then a unit may carry both."""
    return one.names(other) and other.names(one)


def exclusive(one: Rule, other: Rule) -> bool:
    """Whether they are of one group, of which only one takes part."""
    return bool(one.group) and one.group == other.group and not combine(one, other)


def best_set(candidates: Sequence[Candidate], ground: Ground, stage: str) -> tuple[list[Chosen], SetCertificate]:
    """The best feasible set of these candidates, in canonical order, and how good it is known to be."""
    ordered = sorted(candidates, key=lambda one: (-one.worth, one.rule.version.code, one.items))
    chosen: list[Chosen] = []
    exact, bound, nodes = True, 0, 0
    for component in _components(ordered):
        if len(component) == 1:
            only = ordered[component[0]]
            chosen.append(Chosen(only, only.alone))
            bound += only.worth
            continue
        rivals = _undominated([ordered[i] for i in component], ground, by_unit=stage == "activity")
        if len(rivals) > SEARCHED_MAX:
            chosen += _greedy(rivals, ground, by_unit=stage == "activity")
            exact, bound = False, bound + sum(one.most for one in rivals)
            continue
        search = _Search(rivals, ground, by_unit=stage == "activity")
        search.run()
        chosen += search.found
        exact = exact and search.ended
        bound += search.most if search.ended else search.limit
        nodes += search.nodes
    chosen.sort(key=lambda one: (-one.candidate.worth, one.candidate.rule.version.code, one.candidate.items))
    value = sum(worth(one.take) for one in chosen)
    return chosen, SetCertificate(stage, exact, value, bound, len(ordered), nodes)


def _components(candidates: Sequence[Candidate]) -> list[list[int]]:
    """Candidates that touch a common line, or are of a common group, compete; those of different components never do."""
    members: list[list[int]] = []
    of: dict[int | str, int] = {}
    for i, one in enumerate(candidates):
        keys: set[int | str] = {*one.items, *one.alone.units}
        if one.rule.group:
            keys.add(one.rule.group)
        homes = sorted({of[key] for key in keys if key in of})
        home = homes[0] if homes else len(members)
        if not homes:
            members.append([])
        for other in homes[1:]:
            members[home] += members[other]
            members[other] = []
            for key, where in of.items():
                if where == other:
                    of[key] = home
        members[home].append(i)
        for key in keys:
            of[key] = home
    return [sorted(those) for those in members if those]


def _undominated(candidates: list[Candidate], ground: Ground, *, by_unit: bool) -> list[Candidate]:
    """Those that may be in a best set: whoever takes no less from some of another's lines alone is never worse, and leaves more.

    Only without groups and agreements; of item promotions, whose units others may share, only between such as take all of the same lines.
    """
    if any(one.rule.group or one.rule.joins for one in candidates):
        return candidates
    masks = [sum(1 << i for i in {*one.items, *one.alone.units}) for one in candidates]
    whole = [all(one.alone.units.get(i) == ground.items[i].units for i in one.items) for one in candidates]
    kept: list[int] = []
    for j in range(len(candidates)):
        if by_unit:
            beaten = whole[j] and any(whole[i] and masks[i] == masks[j] for i in kept)
        else:
            beaten = any(masks[i] & ~masks[j] == 0 for i in kept)
        if not beaten:
            kept.append(j)
    return [candidates[i] for i in kept]


def _greedy(candidates: list[Candidate], ground: Ground, *, by_unit: bool) -> list[Chosen]:
    """Whoever can still take something takes it, the one worth most alone first."""
    chosen: list[Chosen] = []
    room = list(ground.room)
    for one in candidates:
        free = [item.units for item in ground.items]
        apart = False
        for other in chosen:
            if combine(one.rule, other.candidate.rule):
                continue
            meets = not by_unit and not set(other.candidate.items).isdisjoint(one.items)
            apart = apart or meets or bool(one.rule.group and one.rule.group == other.candidate.rule.group)
            for i, units in other.take.units.items() if by_unit else ():
                free[i] = max(free[i] - units, 0)
        take = None if apart else one.take(free, room)
        if take is not None:
            chosen.append(Chosen(one, take))
            for i, off in take.offs.items():
                room[i] -= off
    return chosen


class _Search:
    """Branch and bound over the candidates of one component, which are in canonical order."""

    def __init__(self, candidates: list[Candidate], ground: Ground, *, by_unit: bool) -> None:
        self.candidates = candidates
        self.by_unit = by_unit
        self.whole = [item.units for item in ground.items]
        self.room = ground.room
        size = len(candidates)
        self.joined = [[False] * size for _ in range(size)]
        self.apart = [[False] * size for _ in range(size)]
        touched = [set(one.alone.units or one.items) for one in candidates]
        for j in range(size):
            for i in range(j):
                joined = self.joined[i][j] = self.joined[j][i] = combine(candidates[i].rule, candidates[j].rule)
                self.apart[i][j] = self.apart[j][i] = not joined and self._apart(candidates[i], candidates[j], touched[i], touched[j])
        self.apart_from = [sum(1 << j for j in range(size) if row[j]) for row in self.apart]
        self.loner = [not any(row) for row in self.joined]
        self.touches = [tuple(mine | set(one.items)) for one, mine in zip(candidates, touched, strict=True)]
        self.suffix = self._suffix()
        self.limit = self.suffix[0]
        self.found: list[Chosen] = []
        self.most = 0
        self.nodes = 0
        self.ended = True

    def _apart(self, one: Candidate, other: Candidate, mine: set[int], theirs: set[int]) -> bool:
        """Whether the two, of which `one` goes before, cannot both take anything in whatever company. They do not combine."""
        if one.rule.group and one.rule.group == other.rule.group:
            return True
        if not self.by_unit:
            return not mine.isdisjoint(theirs)
        # The first takes every unit the second could have.
        simple = len(one.items) == 1 and one.items == other.items
        return simple and one.alone.units.get(one.items[0], 0) == self.whole[one.items[0]]

    def _suffix(self) -> list[int]:
        """From each candidate on, no set is worth more: the sum, over cliques of which only one can be, of the best of each."""
        cliques: list[list[int]] = []
        of: list[int] = []
        for i in range(len(self.candidates)):
            home = next((k for k, clique in enumerate(cliques) if all(self.apart[i][j] for j in clique)), len(cliques))
            if home == len(cliques):
                cliques.append([])
            cliques[home].append(i)
            of.append(home)
        best = [0] * len(cliques)
        bounds = [0] * (len(self.candidates) + 1)
        for i in range(len(self.candidates) - 1, -1, -1):
            best[of[i]] = max(best[of[i]], self.candidates[i].most)
            bounds[i] = sum(best)
        return bounds

    def run(self) -> None:
        """Look for the best set; the first dive, always taking what can be taken, is the greedy one."""
        self._dive(0, 0, [], 0, self.whole, list(self.room))

    def _dive(self, at: int, value: int, taken: list[tuple[int, Take]], mask: int, free: list[int], room: list[int]) -> None:
        """`free` are the units left for who combines with nobody, `mask` who was taken."""
        if value > self.most:
            self.most = value
            self.found = [Chosen(self.candidates[i], take) for i, take in taken]
        if at == len(self.candidates) or value + self.suffix[at] <= self.most:
            return
        self.nodes += 1
        if self.nodes > NODES_MAX:
            self.ended = False
            return
        take = None if self.apart_from[at] & mask else self._taken(at, taken, free, room)
        if take is not None:
            left, rest = room.copy(), free.copy()
            for i, off in take.offs.items():
                left[i] -= off
            if self.by_unit:
                for i, units in take.units.items():
                    rest[i] = max(rest[i] - units, 0)
            self._dive(at + 1, value + worth(take), [*taken, (at, take)], mask | 1 << at, rest, left)
        self._dive(at + 1, value, taken, mask, free, room)

    def _taken(self, at: int, taken: list[tuple[int, Take]], free: list[int], room: list[int]) -> Take | None:
        """What this one takes beside those before it; None if they leave it nothing."""
        one, touches = self.candidates[at], self.touches[at]
        if not self.loner[at]:
            return one.take(self._free(at, taken), room)
        if all(free[i] == self.whole[i] and room[i] == self.room[i] for i in touches):
            return one.alone
        return one.take(free, room) if any(free[i] for i in touches) else None

    def _free(self, at: int, taken: list[tuple[int, Take]]) -> list[int]:
        """The units left for one that combines with some of those before it."""
        free = self.whole.copy()
        for i, take in taken:
            if self.by_unit and not self.joined[at][i]:
                for item, units in take.units.items():
                    free[item] = max(free[item] - units, 0)
        return free


def beaten_by(candidate: Candidate, chosen: Sequence[Chosen]) -> str:
    """Whom a candidate lost to: the first that takes part and is in its way; else the first that touches its lines."""
    touched = set(candidate.items)
    for one in chosen:
        if exclusive(one.candidate.rule, candidate.rule):
            return one.candidate.rule.rule
    for one in chosen:
        if not touched.isdisjoint(one.take.offs) and not combine(one.candidate.rule, candidate.rule):
            return one.candidate.rule.rule
    return next((one.candidate.rule.rule for one in chosen if not touched.isdisjoint(one.take.offs)), "")
