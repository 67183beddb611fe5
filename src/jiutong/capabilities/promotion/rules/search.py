"""The best set of the promotions of one stage, found by branch and bound, with a certificate of how good it is.

**The search.** Candidates in canonical order; each is taken, if those taken before leave it anything, or left out. The first dive,
always taking, is the greedy set. Of sets worth the same the one met first stands, so the answer depends on nothing but the basket.
It is exact up to EXACT_MAX candidates that compete, and beyond as long as it ends within NODES_MAX looks; otherwise the best found
so far stands, and `bound` says how much better any could be. A component of more than SEARCHED_MAX is not searched at all.

**What a node is worth at most** is what was taken so far and what the candidates still to come could take of the units still free.
Among item promotions this is told by *tables*: for a line, by number of units free, what they are worth at most to all candidates
from here on. They are made backward, one candidate after the other:

- one that touches a single line either takes nothing or takes so much and leaves so many units to those after it: the better of the
  two, which is exact as far as it and they touch no other line;
- one that touches several lines is *charged* by the unit (`benefits.charges`): whatever it takes is worth no more than the sum of
  the charges for the units it uses, so it is as good as any number of single units, each worth its charge on its own line.

No set is worth more than the tables say. Each unit is used by one candidate of a set at most; replace what a candidate takes by its
charges, line by line: the sum does not fall, and every line's part of it is one of the ways its table is the maximum of. Who shares
units with others by agreement, and who is not told by charges or cheaper without them, is counted with the most it could take, beside
the tables: of those of whom no two can both be in a set (a *clique*) only the largest. At the later stages lines are taken whole, and
cliques tell it all. Where both are known the smaller holds.

**What needs no second look.** With the same candidates to come, the same units free and the same room, whoever arrives with no more
taken than somebody before has nothing to find. And what a candidate takes of units that are free does not change with the room, as
long as that is more than it takes: it is asked once.
"""

from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import Final, TypeAlias

from jiutong.capabilities.promotion.model.promotion import SetCertificate
from jiutong.capabilities.promotion.rules.benefits import Ground, Take, charges
from jiutong.capabilities.promotion.rules.stacking import Candidate, Chosen, combine, exclusive

EXACT_MAX: Final = 10
NODES_MAX: Final = 1 << EXACT_MAX
SEARCHED_MAX: Final = 200
# Lines of more units than the first are told by charges alone; of more than the second, not by tables.
EXACT_UNITS_MAX: Final = 24
TOLD_UNITS_MAX: Final = 1_000

# A line, what it is worth by units free to those from a candidate on, and to those after it.
_Step: TypeAlias = tuple[int, list[int], list[int]]


def best_set(candidates: Sequence[Candidate], ground: Ground, stage: str) -> tuple[list[Chosen], SetCertificate]:
    """The best feasible set of these candidates, in canonical order, and how good it is known to be."""
    by_unit = stage == "activity"
    chosen: list[Chosen] = []
    exact, bound, nodes = True, 0, 0
    for component in _components(sorted(candidates, key=attrgetter("canonical")), len(ground.items)):
        rivals = _undominated(component, by_unit=by_unit)
        if len(rivals) == 1:
            chosen.append(Chosen(rivals[0], rivals[0].alone))
            bound += rivals[0].worth
        elif len(rivals) > SEARCHED_MAX:
            chosen += _greedy(rivals, ground, by_unit=by_unit)
            exact, bound = False, bound + sum(one.most for one in rivals)
        else:
            search = _Search(rivals, ground, by_unit=by_unit)
            chosen += search.run()
            exact = exact and search.ended
            bound += search.bound
            nodes += search.nodes
    chosen.sort(key=attrgetter("candidate.canonical"))
    return chosen, SetCertificate(stage, exact, sum(one.take.worth for one in chosen), bound, len(candidates), nodes)


def _components(candidates: Sequence[Candidate], size: int) -> list[list[Candidate]]:
    """Candidates that may touch a common line, or are of a common group, compete; those of different components never do."""
    root = list(range(size))
    of_group: dict[str, int] = {}
    for one in candidates:
        home = _root(root, one.lines[0])
        for i in one.lines[1:]:
            root[_root(root, i)] = home
        if one.rule.group:
            root[_root(root, of_group.setdefault(one.rule.group, home))] = home
    components: dict[int, list[Candidate]] = {}
    for one in candidates:
        components.setdefault(_root(root, one.lines[0]), []).append(one)
    return list(components.values())


def _root(root: list[int], i: int) -> int:
    while root[i] != i:
        i = root[i]
    return i


def _undominated(candidates: list[Candidate], *, by_unit: bool) -> list[Candidate]:
    """Those that may be in a best set: whoever takes no less from some of another's lines alone is never worse, and leaves more.

    Only without groups and agreements, and where whoever is on a line has all of it.
    """
    if len(candidates) == 1 or any(one.rule.group or one.rule.joins for one in candidates):
        return candidates
    if by_unit and not all(one.covers and one.items == candidates[0].items for one in candidates):
        return candidates
    kept: list[tuple[int, Candidate]] = []
    for one in candidates:
        mask = _mask(one.touched)
        if all(mine & ~mask for mine, _ in kept):
            kept.append((mask, one))
    return [one for _, one in kept]


def _mask(places: Sequence[int]) -> int:
    mask = 0
    for i in places:
        mask |= 1 << i
    return mask


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
            meets = not by_unit and not set(other.candidate.touched).isdisjoint(one.touched)
            apart = apart or meets or exclusive(one.rule, other.candidate.rule)
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

    def __init__(self, rivals: list[Candidate], ground: Ground, *, by_unit: bool) -> None:
        self.rivals = rivals
        self.by_unit = by_unit
        self.whole = [item.units for item in ground.items]
        self.room = ground.room
        self.touches = [one.lines for one in rivals]
        self.lines = sorted(set().union(*self.touches))
        self.known: list[dict[tuple[int, ...], Take | None]] = [
            {tuple([self.whole[i] for i in touches]): one.alone} for one, touches in zip(rivals, self.touches, strict=True)
        ]
        self.seen: list[dict[tuple[int, int], int]] = [{} for _ in rivals]
        self.joined, self.apart = self._pairs()
        self.agreeing = any(self.joined)
        self.grouped = _mask([at for at, one in enumerate(rivals) if one.rule.group])
        self.told = {i for i in self.lines if by_unit and self.whole[i] <= TOLD_UNITS_MAX}
        self.tables, self.beside, self.limit = self._tables()
        self.cliques = self._cliques([one.most for one in rivals]) if by_unit and any(self.apart) else None
        self.shifts = self._shifts()
        self.found: list[tuple[int, Take]] = []
        self.most = 0
        self.nodes = 0
        self.ended = True

    @property
    def bound(self) -> int:
        """No set is worth more."""
        return self.most if self.ended else self._within(0, self.limit)

    def run(self) -> list[Chosen]:
        """Look for the best set."""
        state = sum(self._state(i, self.whole[i], self.room[i]) for i in self.lines)
        self._dive(0, 0, [], 0, self.whole, list(self.room), self.limit, state)
        return [Chosen(self.rivals[at], take) for at, take in self.found]

    def _pairs(self) -> tuple[list[int], list[int]]:
        """By candidate who shares units with it by agreement, and of whom it is apart: both in one set could never take anything."""
        rivals = self.rivals
        joined, apart = [0] * len(rivals), [0] * len(rivals)
        if self.by_unit and not any(one.rule.group or one.rule.joins for one in rivals):
            return joined, apart
        masks = [_mask(one.touched) for one in rivals]
        for j, other in enumerate(rivals):
            for i in range(j):
                if combine(rivals[i].rule, other.rule):
                    joined[i] |= 1 << j
                    joined[j] |= 1 << i
                elif exclusive(rivals[i].rule, other.rule) or (_leaves_nothing(rivals[i], other) if self.by_unit else masks[i] & masks[j]):
                    apart[i] |= 1 << j
                    apart[j] |= 1 << i
        return joined, apart

    def _tables(self) -> tuple[list[list[_Step]], list[int], int]:
        """By candidate the tables of its lines with and without it; what is counted beside the tables; what they tell of all."""
        tables = {i: [0] * (self.whole[i] + 1) for i in self.told}
        steps: list[list[_Step]] = []
        beside = [0] * len(self.rivals)
        for at in range(len(self.rivals) - 1, -1, -1):
            raised = self._raised(at, tables)
            if raised is None:
                beside[at] = self.rivals[at].most
            before = tables | (raised or {})
            steps.append([(i, before[i], tables[i]) for i in self.touches[at] if i in tables])
            tables = before
        steps.reverse()
        return steps, self._cliques(beside), sum(table[-1] for table in tables.values())

    def _raised(self, at: int, tables: Mapping[int, list[int]]) -> dict[int, list[int]] | None:
        """The tables that rise with one candidate more; None where they do not tell what it takes, or rise by more than that."""
        one, touches = self.rivals[at], self.touches[at]
        if self.joined[at] or not self.told.issuperset(touches):
            return None
        if len(touches) == 1 and self.whole[touches[0]] <= EXACT_UNITS_MAX and one.steady:
            return {touches[0]: self._alone_on(at, touches[0], tables[touches[0]])}
        told = charges(one.offer)
        if told is None:
            return None
        raised: dict[int, list[int]] = {}
        rise = 0
        for i, charge in told.items():
            after = tables[i]
            table = raised[i] = after.copy()
            for units in range(1, len(table)):
                table[units] = max(after[units], table[units - 1] + charge)
            rise += table[-1] - after[-1]
        return None if rise > one.worth and rise > one.most else raised

    def _alone_on(self, at: int, i: int, after: list[int]) -> list[int]:
        """The table of a line with one candidate more that touches no other."""
        table = after.copy()
        free = [0] * len(self.whole)
        for units in range(1, len(table)):
            free[i] = units
            take = self._of(at, (units,), free)
            worth = after[units - take.units[i]] + take.worth if take else 0
            table[units] = max(after[units], worth, table[units - 1])
        return table

    def _cliques(self, most: list[int]) -> list[int]:
        """From each candidate on no set is worth more than the sum, over cliques of which only one can be, of the most of each."""
        if not any(most):
            return [0] * (len(most) + 1)
        cliques: list[int] = []
        of: list[int] = []
        for at, apart in enumerate(self.apart):
            home = next((k for k, clique in enumerate(cliques) if most[at] and not clique & ~apart), len(cliques))
            if home == len(cliques):
                cliques.append(0)
            cliques[home] |= 1 << at
            of.append(home)
        best = [0] * len(cliques)
        bounds = [0] * (len(most) + 1)
        for at in range(len(most) - 1, -1, -1):
            bounds[at] = bounds[at + 1]
            if most[at] > best[of[at]]:
                bounds[at] += most[at] - best[of[at]]
                best[of[at]] = most[at]
        return bounds

    def _within(self, at: int, told: int) -> int:
        """What those from `at` on could take at most, where the tables tell so much."""
        told += self.beside[at]
        return told if self.cliques is None else min(told, self.cliques[at])

    def _dive(
        self,
        first: int,
        value: int,
        taken: list[tuple[int, Take]],
        mask: int,
        free: list[int],
        room: list[int],
        told: int,
        state: int,
    ) -> None:
        """Take each of those from `first` on, with all that may follow, and then go on without it.

        `free` are the units left for who agrees with nobody, `mask` who was taken; `told` is what the tables tell of those to come, and
        `state` all of `free` and `room` in one number. Both follow what changes, which is little.
        """
        if value > self.most:
            self.most = value
            self.found = taken
        for at in range(first, len(self.rivals)):
            if value + self._within(at, told) <= self.most or self._seen(at, value, mask, state):
                return
            self.nodes += 1
            if self.nodes > NODES_MAX:
                self.ended = False
                return
            steps = self.tables[at]
            told -= sum([table[free[i]] for i, table, _ in steps])
            take = None if self.apart[at] & mask else self._taken(at, taken, free, room)
            if take is not None:
                rest, left, then = free.copy(), room.copy(), state
                for i, off in take.offs.items():
                    left[i] -= off
                for i, units in take.units.items() if self.by_unit else ():
                    rest[i] = max(rest[i] - units, 0)
                    then += self._state(i, rest[i], left[i]) - self._state(i, free[i], room[i])
                more = told + sum([table[rest[i]] for i, _, table in steps])
                self._dive(at + 1, value + take.worth, [*taken, (at, take)], mask | 1 << at, rest, left, more, then)
                if not self.ended:
                    return
            told += sum([table[free[i]] for i, _, table in steps])

    def _shifts(self) -> dict[int, int]:
        """By line where it stands in the number that says what is left of all lines."""
        shifts: dict[int, int] = {}
        at = 0
        for i in self.lines:
            shifts[i] = at
            at += (self.room[i] * (self.whole[i] + 1) + self.whole[i]).bit_length()
        return shifts

    def _state(self, i: int, free: int, room: int) -> int:
        """What is left of a line, as its part of that number. The room of a line of which no unit is free matters to nobody."""
        return room * (self.whole[i] + 1) + free << self.shifts[i] if free else 0

    def _seen(self, at: int, value: int, mask: int, state: int) -> bool:
        """Whether somebody was here before with as much taken."""
        if self.agreeing or not self.by_unit:
            return False
        seen, key = self.seen[at], (mask & self.grouped, state)
        if seen.get(key, -1) >= value:
            return True
        seen[key] = value
        return False

    def _taken(self, at: int, taken: list[tuple[int, Take]], free: list[int], room: list[int]) -> Take | None:
        """What this one takes beside those before it; None if they leave it nothing."""
        one = self.rivals[at]
        free = self._free(at, taken) if self.joined[at] else free
        units = tuple([free[i] for i in self.touches[at]])
        if not any(units):
            return None
        take = self._of(at, units, free) if one.steady else one.take(free, room)
        if not one.steady or take is None or all(off < room[i] or room[i] == self.room[i] for i, off in take.offs.items()):
            return take
        return one.take(free, room)

    def _of(self, at: int, units: tuple[int, ...], free: Sequence[int]) -> Take | None:
        """What this one takes of so many units of its lines while there is all the room."""
        known = self.known[at]
        if units not in known:
            known[units] = self.rivals[at].take(free, self.room)
        return known[units]

    def _free(self, at: int, taken: list[tuple[int, Take]]) -> list[int]:
        """The units left for one that agrees with some of those before it."""
        free = self.whole.copy()
        for i, take in taken if self.by_unit else ():
            if not self.joined[at] >> i & 1:
                for item, units in take.units.items():
                    free[item] = max(free[item] - units, 0)
        return free


def _leaves_nothing(one: Candidate, other: Candidate) -> bool:
    """Whether the first takes every unit the second could have. Who agrees with a third may share what that one uses."""
    return one.covers and one.items == other.items and not other.offer.others and not other.rule.joins
