"""The nouns of care: the return order and its lines, and why goods come back."""

from typing import Literal, TypeAlias

import msgspec

ReasonCode: TypeAlias = Literal["changed_mind", "wrong_size", "defective", "damaged", "wrong_item", "not_as_described", "late"]


class Reason(msgspec.Struct, frozen=True):
    """Why goods come back, and whether it was our fault."""

    code: ReasonCode
    ours: bool
    means: str
    means_zh: str


REASONS: dict[ReasonCode, Reason] = {
    reason.code: reason
    for reason in (
        Reason("changed_mind", False, "the buyer no longer wants it", "不想要了"),
        Reason("wrong_size", False, "it does not fit", "尺寸不合适"),
        Reason("defective", True, "it does not work as it should", "质量问题"),
        Reason("damaged", True, "it arrived broken", "运输损坏"),
        Reason("wrong_item", True, "something else was sent", "发错商品"),
        Reason("not_as_described", True, "it is not what was shown", "与描述不符"),
        Reason("late", True, "it came too late", "送达太晚"),
    )
}
"""The published reasons."""


class ReturnedLine(msgspec.Struct, frozen=True):
    """So many units of a line that came back, what the customer gets for them, and whether they can be sold again."""

    line_id: int
    line_no: int
    quantity: int
    refund: int
    restock: bool


class ReturnOrder(msgspec.Struct, frozen=True):
    """Goods that came back to a location. Its id is also that of its ledger entry. Amounts in minor units."""

    return_id: int
    order_id: int
    reason: str
    refund: int
    location_id: int
    lines: tuple[ReturnedLine, ...]


class GoodsReturned(msgspec.Struct, frozen=True):
    """order.returned.v1: what came back, why, and what is owed for it. `units`: (line_id, quantity, back in stock)."""

    order_id: int
    return_id: int
    reason: str
    amount: int
    currency: str
    units: tuple[tuple[int, int, bool], ...]
