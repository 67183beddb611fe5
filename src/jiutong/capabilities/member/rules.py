"""One written form for every identity, so that one person is one member however they are typed in."""

import re
import unicodedata
from collections.abc import Collection

import msgspec
import phonenumbers

from jiutong.capabilities.member.model import (
    DEFAULT_REGION,
    IDENTITY_INVALID,
    UNKNOWN_GROUP,
    UNKNOWN_MEMBER,
    Company,
    Identity,
    Kind,
    Recognize,
    Regroup,
)
from jiutong.kernel.errors import Problem

_EMAIL = re.compile(r"[^\s@\"(),:;<>\[\\\]]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}")
_CARD = re.compile(r"[0-9A-Z]{4,32}")
_OPENID = re.compile(r"[!-~]{1,128}")


def identity(wanted: Recognize, pointer: str = "/value") -> Identity | Problem:
    """The identity as it is kept: E.164 phone, lower-case e-mail, card number without gaps; or why it cannot be one."""
    text = unicodedata.normalize("NFKC", wanted.value).strip()
    match wanted.kind:
        case "phone":
            return _phone(text, wanted.region, pointer)
        case "email":
            return _matching(wanted, _EMAIL, text.lower(), "an e-mail address", pointer)
        case "card":
            return _matching(wanted, _CARD, re.sub(r"[\s-]", "", text).upper(), "a card number: 4 to 32 letters and digits", pointer)
        case "openid":
            return _matching(wanted, _OPENID, text, "an openid: 1 to 128 visible ASCII characters", pointer)


def only(identity: Identity | Problem, kinds: Collection[str], pointer: str = "/value") -> Identity | Problem:
    """The identity, if it is of one of these kinds."""
    if isinstance(identity, Problem) or identity.kind in kinds:
        return identity
    return IDENTITY_INVALID(f"one of {', '.join(sorted(kinds))}", pointer=pointer)


def beginnings(kind: Kind, typed: str, region: str = DEFAULT_REGION) -> list[str]:
    """How identities that begin like this are kept, for search while typing. A phone number may lack its country code."""
    text = unicodedata.normalize("NFKC", typed).strip()
    match kind:
        case "phone":
            digits = re.sub(r"[^\d+]", "", text)
            code = phonenumbers.country_code_for_region(region)
            return [digits] if digits.startswith("+") else [f"+{code}{digits.lstrip('0')}", f"+{digits}"] if digits else []
        case "email":
            return [text.lower()]
        case "card":
            return [re.sub(r"[\s-]", "", text).upper()]
        case "openid":
            return [text]


def _phone(text: str, region: str, pointer: str) -> Identity | Problem:
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        return IDENTITY_INVALID(f"not a phone number, as read in {region}", pointer=pointer)
    return Identity("phone", phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def _matching(wanted: Recognize, form: re.Pattern[str], text: str, what: str, pointer: str) -> Identity | Problem:
    if form.fullmatch(text):
        return Identity(wanted.kind, text)
    return IDENTITY_INVALID(f"not {what}", pointer=pointer)


def company(wish: Company, company_id: int) -> Company:
    """The company in its one written form: each group and buyer once, in order. Of two roles of one person the later counts."""
    buyers = {one.member_id: one for one in wish.buyers}
    return msgspec.structs.replace(
        wish,
        company_id=company_id,
        groups=tuple(sorted(set(wish.groups))),
        buyers=tuple(buyers[member_id] for member_id in sorted(buyers)),
    )


def company_refused(wish: Company, groups: Collection[str], people: Collection[int]) -> Problem | None:
    """Why a company cannot be so: a group or a buyer nobody knows."""
    for position, code in enumerate(wish.groups):
        if code not in groups:
            return UNKNOWN_GROUP(f"no group {code}", pointer=f"/groups/{position}")
    for position, buyer in enumerate(wish.buyers):
        if buyer.member_id not in people:
            return UNKNOWN_MEMBER("no such member", pointer=f"/buyers/{position}/member")
    return None


def regroup_refused(wish: Regroup, groups: Collection[str], people: Collection[int]) -> Problem | None:
    """Why members cannot be taken into a group: it or one of them is not known."""
    if wish.group not in groups:
        return UNKNOWN_GROUP(f"no group {wish.group}", pointer="/group")
    for position, member_id in enumerate(wish.join):
        if member_id not in people:
            return UNKNOWN_MEMBER("no such member", pointer=f"/join/{position}")
    return None
