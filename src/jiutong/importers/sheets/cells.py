"""What is written in one cell, as the value it stands for. Nothing is guessed: what could mean two things is refused."""

import re
from datetime import UTC, datetime
from typing import TypeAlias
from zoneinfo import ZoneInfo

import msgspec

from jiutong.capabilities.catalog import Attributes
from jiutong.kernel.errors import Problem, ProblemType
from jiutong.kernel.money import minor_digits

MISSING = ProblemType("cell.missing", 422, "This cell must not be empty", "此处必填")
NO_CODE = ProblemType("cell.no_code", 422, "A code has 1 to 64 characters, no spaces and no slash", "编码须为 1-64 个字符，不含空格与斜杠")
TOO_LONG = ProblemType("cell.too_long", 422, "The text is too long", "文字过长")
NO_NUMBER = ProblemType("cell.no_number", 422, "This is no whole number in range", "不是有效的整数")
NO_AMOUNT = ProblemType("cell.no_amount", 422, "This is no amount of the list's currency", "不是有效的金额")
NO_INSTANT = ProblemType("cell.no_instant", 422, "This is no date or time", "不是有效的日期或时间")
NO_CHOICE = ProblemType("cell.no_choice", 422, "This is neither yes nor no", "请填“是”或“否”")

CLEAR = frozenset({"(clear)", "（清空）", "(清空)"})
"""What empties a value. An empty cell leaves it alone."""

_CODE = re.compile(r"[^\s/\x00-\x1f]{1,64}")
_WHOLE = re.compile(r"\d{1,3}(?:,\d{3})+|\d+")
_GROUPED = re.compile(r"(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d*))?")
_CURRENCY_SIGNS = "¥￥$€£"
_INT = re.compile(r"-?(?:0|[1-9]\d{0,17})")
_LOCAL = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T](\d{1,2}):(\d{2})(?::(\d{2}))?)?")
_YES = frozenset({"true", "yes", "y", "1", "是", "启用", "上架", "√"})
_NO = frozenset({"false", "no", "n", "0", "否", "停用", "下架", "×"})
Value: TypeAlias = "bool | int | str | list[str]"


def code(text: str) -> str | Problem:
    """A code of the house."""
    text = text.strip()
    if not text:
        return MISSING("give a code")
    return text if _CODE.fullmatch(text) else NO_CODE(f"{text[:80]!r} is no code")


def words(text: str, characters_max: int) -> str | Problem:
    """Text of bounded length, as it is written."""
    return text if len(text) <= characters_max else TOO_LONG(f"{len(text)} characters; at most {characters_max}")


def whole(text: str, least: int, most: int) -> int | Problem:
    """A whole number within bounds, thousands separated by commas or not."""
    written = text.strip()
    found = _WHOLE.fullmatch(written.removesuffix(".0"))
    number = int(found[0].replace(",", "")) if found and len(written) <= 24 else -1
    return number if least <= number <= most else NO_NUMBER(f"{written[:40]!r} is no whole number from {least} to {most}")


def minor(text: str, currency: str) -> int | Problem:
    """An amount written in major units, exactly: 12.5 dollars are 1250 cents, and 12.505 are refused."""
    written = text.strip().removeprefix(currency).removesuffix(currency).strip().lstrip(_CURRENCY_SIGNS).removesuffix("元").strip()
    found = _GROUPED.fullmatch(written)
    digits = minor_digits(currency)
    if found is None or len(written) > 24:
        return NO_AMOUNT(f"{text.strip()[:40]!r} is no amount")
    decimals = (found[2] or "").rstrip("0")
    if len(decimals) > digits:
        return NO_AMOUNT(f"{text.strip()[:40]!r} has more than {digits} decimals")
    amount = int(found[1].replace(",", "") + decimals.ljust(digits, "0"))
    return amount if amount <= 10**12 else NO_AMOUNT(f"{text.strip()[:40]!r} is too much")


def major(amount: int, currency: str) -> str:
    """Minor units as they are written in a cell: 1250 cents are 12.50."""
    digits = minor_digits(currency)
    sign, number = ("-", -amount) if amount < 0 else ("", amount)
    whole_units, rest = divmod(number, 10**digits)
    return f"{sign}{whole_units}.{rest:0{digits}d}" if digits else f"{sign}{whole_units}"


def share_bp(text: str) -> int | Problem:
    """Per cent as they are written in a cell, exactly: 12.5 are 1250 basis points."""
    found = minor(text.strip().removesuffix("%"), "USD")
    if isinstance(found, Problem) or not 1 <= found <= 10_000:
        return NO_AMOUNT(f"{text.strip()[:40]!r} is no share from 0.01 to 100 per cent")
    return found


def share(bp: int) -> str:
    """Basis points as they are written in a cell: 1250 are 12.5."""
    return f"{bp / 100:.2f}".rstrip("0").rstrip(".")


def instant(text: str, zone: ZoneInfo) -> datetime | Problem:
    """A date or a time, of `zone` unless it says its own."""
    written = text.strip()
    found = _LOCAL.fullmatch(written)
    try:
        if found is not None:
            year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
            return datetime(year, month, day, hour, minute, second, tzinfo=zone).astimezone(UTC)
        told = datetime.fromisoformat(written)
        return (told if told.tzinfo else told.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        return NO_INSTANT(f"{written[:40]!r} is no date or time")


def told_instant(at: datetime) -> str:
    """An instant as it is written in a cell."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def choice(text: str) -> bool | Problem:
    """Yes or no."""
    written = text.strip().lower()
    return True if written in _YES else False if written in _NO else NO_CHOICE(f"{text.strip()[:40]!r} is neither yes nor no")


def several(text: str) -> tuple[str, ...]:
    """Codes in one cell, separated by whatever people separate them by."""
    return tuple(dict.fromkeys(part for part in re.split(r"[\s,;|、，；]+", text.strip()) if part))


def attribute(text: str) -> Value:
    """The value of an attribute: a whole number, TRUE or FALSE, several words with | between them, or a text; a quoted text is one."""
    written = text.strip()
    if len(written) > 1 and written[0] == written[-1] == '"':
        try:
            return msgspec.json.decode(written, type=str)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            return written
    if written in {"TRUE", "FALSE"}:
        return written == "TRUE"
    if _INT.fullmatch(written):
        return int(written)
    if written[:1] == "[" and written[-1] == "]":
        try:
            return msgspec.json.decode(written, type=list[str])
        except (msgspec.MsgspecError, UnicodeDecodeError):
            return written
    if "|" in written:
        return [part.strip() for part in written.split("|")]
    return written


def told_attribute(value: Value) -> str:
    """The value of an attribute as it is written in a cell, so that reading it gives the same value."""
    match value:
        case bool():
            return "TRUE" if value else "FALSE"
        case int():
            return str(value)
        case str():
            return value if value and attribute(value) == value else msgspec.json.encode(value).decode()
        case _:
            plain = "|".join(value)
            return plain if attribute(plain) == value else msgspec.json.encode(value).decode()


def attributes_fit(found: Attributes) -> bool:
    """Whether the names of these attributes can be kept."""
    return all(0 < len(name) <= 64 for name in found)
