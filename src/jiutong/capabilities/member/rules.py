"""One written form for every identity, so that one person is one member however they are typed in."""

import re
import unicodedata

import phonenumbers

from jiutong.capabilities.member.model import IDENTITY_INVALID, Identity, Recognize
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


def prefix(kind: str, typed: str) -> str:
    """What the beginning of an identity looks like as it is kept, for search while typing."""
    text = unicodedata.normalize("NFKC", typed).strip()
    match kind:
        case "phone":
            return re.sub(r"[^\d+]", "", text)
        case "email":
            return text.lower()
        case "card":
            return re.sub(r"[\s-]", "", text).upper()
    return text


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
