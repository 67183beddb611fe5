"""Plays 玩法: an activity under a code, in immutable versions, through which a buyer enters. Which kinds there are, and how one stands."""

from datetime import datetime
from typing import Annotated, Literal, TypeAlias

import msgspec
from msgspec import Meta

from jiutong.capabilities.promotion.model.group_buy import Group, GroupBuy
from jiutong.capabilities.promotion.model.presale import Presale
from jiutong.kernel.errors import ProblemType

UNKNOWN_PLAY = ProblemType("promotion.unknown_play", 422, "There is no such activity", "没有这个活动")
PLAY_NOT_FOUND = ProblemType("promotion.play_not_found", 404, "There is no such activity", "没有这个活动")
PLAY_CLOSED = ProblemType("promotion.play_closed", 409, "The activity is not open now", "活动未开始或已结束")
NOT_IN_PLAY = ProblemType("promotion.not_in_play", 422, "That is not part of this activity", "商品不参加该活动")
PLAY_INVALID = ProblemType("promotion.play_invalid", 422, "The activity contradicts itself", "活动设置自相矛盾")
PLAY_STATE = ProblemType("promotion.play_state", 409, "The activity does not stand so that this could be done", "活动当前状态不允许该操作")
OTHER_KIND = ProblemType("promotion.other_kind", 409, "Another kind of activity has that code", "该编码已用于其他玩法")

PlayKind: TypeAlias = Literal["presale", "group_buy"]
PlayState: TypeAlias = Literal["draft", "published", "ended"]
What: TypeAlias = Presale | GroupBuy
KINDS: dict[PlayKind, type[Presale] | type[GroupBuy]] = {"presale": Presale, "group_buy": GroupBuy}
PlayCode: TypeAlias = Annotated[str, Meta(min_length=1, max_length=40, pattern=r"^[^\s/+@:\x00-\x1f]+$")]


class PlayVersion(msgspec.Struct, frozen=True):
    """One version of an activity as it stands."""

    play_id: int
    code: str
    kind: PlayKind
    version: int
    state: PlayState
    what: What

    @property
    def rule(self) -> str:
        """How adjustments and orders name it."""
        return f"{self.code}@{self.version}"


class NewVersion(msgspec.Struct, frozen=True):
    """A draft to be written: it becomes the next version, or replaces the draft there is."""

    play_id: int
    code: str
    kind: PlayKind
    what: What
    sku_ids: tuple[int, ...]
    channel_ids: tuple[int, ...]
    begins_at: datetime
    ends_at: datetime
    made_by: str


class PlayFacts(msgspec.Struct, frozen=True):
    """What a step is told of the activity a buyer entered through: its published version, and the group if one is joined.

    `items` is the position of each SKU among the activity's items; `channels` where it is played, everywhere if there are none;
    `heads_left` how many groups may still be opened at the price for who opens them, None where nobody counts.
    """

    play_id: int
    code: str
    kind: PlayKind
    version: int
    what: What
    items: dict[int, int]
    channels: frozenset[int] = frozenset()
    group: Group | None = None
    heads_left: int | None = None

    @property
    def rule(self) -> str:
        """How adjustments and orders name it."""
        return f"{self.code}@{self.version}"


class PlayChanged(msgspec.Struct, frozen=True):
    """play.put.v1, play.published.v1, play.ended.v1."""

    play_id: int
    code: str
    kind: PlayKind
    version: int
    state: PlayState
    what: What
