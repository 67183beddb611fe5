"""Why a row was refused and how to mend it, in the words of whoever handed the sheet in."""

import msgspec

from jiutong.kernel.errors import CATALOG


class RowReason(msgspec.Struct, frozen=True):
    """What is wrong with a row: the rule (a problem's code), the field, what is wrong, how it was put, and how to mend it."""

    code: str
    field: str
    title: str
    detail: str
    fix: str


def reason(code: str, field: str, detail: str, zh: bool) -> RowReason:
    """A refusal in the language asked for."""
    known = CATALOG.get(code)
    title = code if known is None else known.title_zh if zh else known.title
    fix = _FIXES.get(code, _ELSE)
    return RowReason(code, field, title, detail, fix[1] if zh else fix[0])


_ELSE = ("Correct the row and upload this file again.", "改正该行后重新上传本文件。")
_FIXES: dict[str, tuple[str, str]] = {
    "cell.missing": ("Fill in this cell.", "请填写此单元格。"),
    "cell.no_code": (
        "Use letters, digits and - _ . only, at most 64 characters.",
        "仅用字母、数字及 - _ . ，最长 64 个字符。",
    ),
    "cell.too_long": ("Shorten the text.", "请缩短文字。"),
    "cell.no_number": ("Write a whole number in digits, like 12.", "请填写整数，例如 12。"),
    "cell.no_amount": (
        "Write an amount like 12.50, with a point and no more decimals than the currency has.",
        "请按 12.50 的格式填写，小数位数不超过该币种。",
    ),
    "cell.no_instant": (
        "Write a date like 2026-11-22 or 2026-11-22 08:00.",
        "请按 2026-11-22 或 2026-11-22 08:00 填写。",
    ),
    "cell.no_choice": ("Write yes or no.", "请填“是”或“否”。"),
    "catalog.unknown_brand": (
        "Use the code of a brand that is there, or add the brand first.",
        "请填写已有品牌的编码，或先新建品牌。",
    ),
    "catalog.unknown_category": (
        "Use the code of a category that is there, or add the category first.",
        "请填写已有类目的编码，或先新建类目。",
    ),
    "catalog.unknown_sku": ("Use the code of a SKU that is there.", "请填写已有单品的编码。"),
    "catalog.sku_taken": (
        "Give this SKU a code of its own, or name the product it belongs to.",
        "请换一个单品编码，或填写它所属的商品编码。",
    ),
    "catalog.bad_gtin": (
        "Check the barcode's digits: its length or its last digit is wrong.",
        "请核对条码：长度或末位校验码有误。",
    ),
    "catalog.barcode_taken": (
        "Take the barcode off the other SKU first, or correct it.",
        "请先从另一单品移除该条码，或更正条码。",
    ),
    "catalog.empty_window": ("The end must lie after the beginning.", "失效时间须晚于生效时间。"),
    "pricing.unknown_list": (
        "Use the code of a price list that is there, or add the list first.",
        "请填写已有价目表的编码，或先新建价目表。",
    ),
    "pricing.unknown_sku": ("Use the code of a SKU that is there.", "请填写已有单品的编码。"),
    "pricing.overlap": (
        "Another price begins within that time: choose other dates, or end that price first.",
        "该时段内已有其他价格：请调整日期，或先结束那条价格。",
    ),
    "pricing.empty_window": ("The end must lie after the beginning.", "失效时间须晚于生效时间。"),
    "access.unknown_channel": ("Use the code of a channel that is there.", "请填写已有渠道的编码。"),
    "access.unknown_store": ("Use the code of a store of that channel.", "请填写该渠道下门店的编码。"),
    "access.unknown_seller": ("Use the code of a seller that is there.", "请填写已有销售主体的编码。"),
}
