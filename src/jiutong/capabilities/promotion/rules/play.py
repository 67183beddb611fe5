"""Decisions all plays share: who bears what is taken off, and whether an activity is open."""

import base64
import hashlib
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from jiutong.capabilities.promotion.model.play import NOT_IN_PLAY, PLAY_INVALID, NewVersion, PlayVersion, What
from jiutong.capabilities.promotion.model.presale import FunderShare, Presale
from jiutong.kernel.errors import Problem
from jiutong.kernel.money import allocate

WHOLE_BP = 10_000


def borne_by(amount: int, funders: Sequence[FunderShare], seller: str) -> list[tuple[str, int]]:
    """Who bears how much of an amount, by largest remainder; the seller bears it all where nobody else is named."""
    if not amount:
        return []
    if not funders:
        return [(seller, amount)]
    shares = allocate(amount, [one.bp for one in funders])
    return [(one.funder, share) for one, share in zip(funders, shares, strict=True) if share]


def funders_wrong(funders: Sequence[FunderShare]) -> Problem | None:
    """Funders bear everything together, each once."""
    if funders and sum(one.bp for one in funders) != WHOLE_BP:
        return PLAY_INVALID("the funders' shares come to 10000 basis points", pointer="/funders")
    if len({one.funder for one in funders}) != len(funders):
        return PLAY_INVALID("a funder is named once", pointer="/funders")
    return None


def skus_wrong(what: What, known: Collection[str]) -> Problem | None:
    """Every SKU is there, and named once."""
    seen: set[str] = set()
    for i, item in enumerate(what.items):
        if item.sku not in known:
            return NOT_IN_PLAY(f"there is no SKU {item.sku}", pointer=f"/items/{i}/sku", sku=item.sku)
        if item.sku in seen:
            return PLAY_INVALID(f"{item.sku} is named twice", pointer=f"/items/{i}/sku")
        seen.add(item.sku)
    return None


def play_items(what: What, sku_ids: Mapping[str, int]) -> tuple[int, ...]:
    """The ids of an activity's SKUs, in the order of its items."""
    return tuple(sku_ids[item.sku] for item in what.items)


def group_code(tenant_id: int, group_id: int) -> str:
    """The code by which others join a group: says nothing of how many there are."""
    digest = hashlib.blake2b(f"{tenant_id}:{group_id}".encode(), digest_size=10, person=b"group").digest()
    return f"G-{base64.b32encode(digest).decode()[:10]}"


def next_version(latest: PlayVersion | None) -> int:
    """A draft is written anew; what was published once stays as it is, and a change is the next version."""
    if latest is None:
        return 1
    return latest.version if latest.state == "draft" else latest.version + 1


def renumbered(draft: NewVersion, play_id: int) -> NewVersion:
    """The draft under the id its play has."""
    return msgspec.structs.replace(draft, play_id=play_id)


def play_window(what: What) -> tuple[datetime, datetime]:
    """From when to when buyers enter through an activity."""
    if isinstance(what, Presale):
        return what.deposit_from, what.deposit_to
    return what.open_from, what.open_to


def play_over(what: What, at: datetime) -> bool:
    """Whether nobody can enter any more."""
    return play_window(what)[1] <= at


def as_published(version: PlayVersion) -> PlayVersion:
    """A version that is in force now."""
    return msgspec.structs.replace(version, state="published")


def as_ended(version: PlayVersion) -> PlayVersion:
    """A version that is in force no longer."""
    return msgspec.structs.replace(version, state="ended")


def named_versions(names: Collection[str]) -> list[tuple[str, int]]:
    """Names of versions (code@version) taken apart."""
    return sorted({(code, int(version)) for code, _, version in (name.rpartition("@") for name in names)})


def time_until(then: datetime, now: datetime) -> timedelta:
    """How long it is until then; nothing when it has come."""
    return max(then - now, timedelta())
