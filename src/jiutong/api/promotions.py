"""Promotions: drafts, versions, publishing, and trying them on a basket."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

import msgspec
from litestar.params import QueryParameter

from jiutong.api.call import Call
from jiutong.api.cursors import Cursor, Limit, Page, paged, read
from jiutong.api.rows import code_of
from jiutong.api.shell import JSONBody, delete, get, post, put
from jiutong.capabilities import access, catalog, pricing, promotion
from jiutong.flows import maintain_promotions as maintain
from jiutong.flows import try_promotions as trying
from jiutong.kernel.errors import Problem
from jiutong.reads import promotions as reads

Found = Annotated[str | None, QueryParameter(description="A part of the code or the name.", max_length=100)]
OfVersion = Annotated[int | None, QueryParameter(description="This version; without it the newest.", ge=1, le=2**31 - 1)]
OfState = Annotated[promotion.State | None, QueryParameter(name="state", description="Those in this state.")]


class PromotionView(msgspec.Struct, frozen=True):
    """A version of a promotion. `drafted` and `running` are the versions that are draft and published, if any."""

    code: str
    version: int
    state: promotion.State
    rule: str
    sentence: str
    sentence_zh: str
    terms: promotion.Terms
    written_by: str
    written_at: datetime
    published_by: str | None
    published_at: datetime | None
    ended_by: str | None
    ended_at: datetime | None
    drafted: int | None
    running: int | None


class ReadView(msgspec.Struct, frozen=True):
    """What terms say, in words."""

    sentence: str
    sentence_zh: str


class NamesView(msgspec.Struct, frozen=True):
    """What expressions may ask, with an example of each; and the functions and signs they may use."""

    goods: dict[str, bool | int | str | list[str] | dict[str, str]]
    basket: dict[str, bool | int | str | list[str] | dict[str, str]]
    functions: Sequence[str]


class TryReason(promotion.PromotionReason, frozen=True, kw_only=True):
    """Why a promotion took part or did not, and what it does, in words."""

    sentence: str
    sentence_zh: str


class TriedView(msgspec.Struct, frozen=True):
    """What promotions would do to the basket: per line and whole, by whom it is borne, and why each did or did not take part."""

    currency: str
    gross_minor: int
    off_minor: int
    net_minor: int
    lines: Sequence[trying.TriedLine]
    adjustments: Sequence[promotion.PromotionOff]
    freight: Sequence[promotion.FreightTaken]
    reasons: Sequence[TryReason]
    certificates: Sequence[promotion.SetCertificate]


@get("/v1/promotions", scope="promotion:read")
async def list_promotions(
    call: Call,
    q: Found = None,
    stage: promotion.Stage | None = None,
    of_state: OfState = None,
    coupon: bool | None = None,
    after: Cursor = None,
    limit: Limit = 50,
) -> Page[PromotionView]:
    """Promotions by code, each as it runs, or else as it was written last."""
    async with call.reading() as tx:
        found = await reads.promotions(tx, q, stage, of_state, coupon, read(after, str), limit + 1)
    return paged([_view(one) for one in found], limit, [one.code for one in found])


@get("/v1/promotions/names", scope="promotion:read")
async def list_expression_names(call: Call) -> NamesView:
    """What expressions about goods and about baskets may ask."""
    return NamesView(dict(promotion.OF_GOODS), dict(promotion.OF_BASKET), sorted(promotion.FUNCTIONS))


@get("/v1/promotions/{code}", scope="promotion:read", refuses=(promotion.UNKNOWN_PROMOTION,))
async def show_promotion(call: Call, code: str, version: OfVersion = None) -> PromotionView:
    """A promotion: the version named, else its newest, which is the draft if there is one."""
    async with call.reading() as tx:
        found = await reads.versions(tx, code, version, None, 1)
    if not found:
        raise promotion.UNKNOWN_PROMOTION(f"no promotion {code!r}")
    return _view(found[0])


@get("/v1/promotions/{code}/versions", scope="promotion:read", refuses=(promotion.UNKNOWN_PROMOTION,))
async def list_promotion_versions(call: Call, code: str, after: Cursor = None, limit: Limit = 50) -> Page[PromotionView]:
    """Every version of a promotion, the newest first."""
    async with call.reading() as tx:
        found = await reads.versions(tx, code, None, read(after, int), limit + 1)
    if not found and after is None:
        raise promotion.UNKNOWN_PROMOTION(f"no promotion {code!r}")
    return paged([_view(one) for one in found], limit, [one.version for one in found])


@put(
    "/v1/promotions/{code}",
    scope="promotion:write",
    refuses=(promotion.BAD_TERMS, promotion.BAD_EXPRESSION, access.UNKNOWN_CHANNEL, access.UNKNOWN_STORE),
)
async def put_promotion(call: Call, code: str, data: JSONBody[promotion.Terms]) -> PromotionView:
    """Write a promotion's draft. What runs goes on unchanged until the draft is published."""
    made = await call.run(maintain.put_promotion, maintain.PutPromotion(_code(code), data))
    return await _shown(call, code, made.version)


@delete("/v1/promotions/{code}/draft", scope="promotion:write", refuses=(promotion.NOTHING_DRAFTED,))
async def drop_promotion_draft(call: Call, code: str) -> None:
    """Throw the draft away; what runs stays."""
    await call.run(maintain.drop_promotion_draft, maintain.NamedPromotion(_code(code)))


@post(
    "/v1/promotions/{code}/publish",
    scope="promotion:publish",
    status=200,
    refuses=(promotion.UNKNOWN_PROMOTION, promotion.NOTHING_DRAFTED, promotion.OVERLAPPING),
)
async def publish_promotion(call: Call, code: str) -> PromotionView:
    """Let the draft run from now on, within its window; the version that ran is replaced."""
    made = await call.run(maintain.publish_promotion, maintain.NamedPromotion(_code(code)))
    return await _shown(call, code, made.version)


@post(
    "/v1/promotions/{code}/end",
    scope="promotion:publish",
    status=200,
    refuses=(promotion.UNKNOWN_PROMOTION, promotion.NOT_RUNNING),
)
async def end_promotion(call: Call, code: str) -> PromotionView:
    """Let a promotion run no longer. Orders keep what they were given."""
    made = await call.run(maintain.end_promotion, maintain.NamedPromotion(_code(code)))
    return await _shown(call, code, made.version)


@post(
    "/v1/promotions/read",
    scope="promotion:read",
    status=200,
    repeatable=False,
    refuses=(promotion.BAD_TERMS, promotion.BAD_EXPRESSION),
)
async def read_promotion_terms(call: Call, data: JSONBody[promotion.Terms]) -> ReadView:
    """What terms say, in words, or what is wrong with them; nothing is kept."""
    if (wrong := promotion.terms_fault(data)) is not None:
        raise wrong
    return ReadView(promotion.sentence(data, zh=False), promotion.sentence(data, zh=True))


@post(
    "/v1/promotions/try",
    scope="promotion:read",
    status=200,
    repeatable=False,
    refuses=(
        promotion.BAD_TERMS,
        promotion.BAD_EXPRESSION,
        access.UNKNOWN_CHANNEL,
        access.UNKNOWN_STORE,
        catalog.UNKNOWN_SKU,
        pricing.NO_PRICE,
    ),
)
async def try_promotions(call: Call, data: JSONBody[trying.TryPromotions]) -> TriedView:
    """What promotions would do to a basket and why, every one of them considered; also with drafts nobody has published."""
    async with call.reading() as tx:
        told = await trying.tried(tx, data)
        if isinstance(told, Problem):
            raise told
        rules = (await promotion.promotions(tx)).by_rule
    outcome = told.outcome
    terms = {rule: one.terms for rule, one in rules.items()} | {f"{one.code}@0": one.terms for one in data.drafts}
    reasons = [
        TryReason(
            **msgspec.structs.asdict(one),
            sentence=promotion.sentence(terms[one.rule], zh=False),
            sentence_zh=promotion.sentence(terms[one.rule], zh=True),
        )
        for one in outcome.reasons
    ]
    return TriedView(
        told.currency,
        told.gross_minor,
        told.off_minor,
        told.net_minor,
        told.lines,
        outcome.offs,
        outcome.freight,
        reasons,
        outcome.certificates,
    )


async def _shown(call: Call, code: str, version: int) -> PromotionView:
    async with call.reading() as tx:
        return _view((await reads.versions(tx, code, version, None, 1))[0])


def _code(code: str) -> str:
    code_of(code)
    try:
        return msgspec.convert(code, promotion.Code)
    except msgspec.ValidationError as refusal:
        raise promotion.BAD_TERMS(f"a promotion's code has no @: {refusal}", pointer="/code") from None


def _view(one: reads.PromotionRow) -> PromotionView:
    terms = promotion.terms_of(one.terms)
    return PromotionView(
        one.code,
        one.version,
        one.state,
        f"{one.code}@{one.version}",
        promotion.sentence(terms, zh=False),
        promotion.sentence(terms, zh=True),
        terms,
        one.written_by,
        one.written_at,
        one.published_by,
        one.published_at,
        one.ended_by,
        one.ended_at,
        one.drafted,
        one.running,
    )


ROUTES = [
    list_promotions,
    list_expression_names,
    read_promotion_terms,
    try_promotions,
    show_promotion,
    list_promotion_versions,
    put_promotion,
    drop_promotion_draft,
    publish_promotion,
    end_promotion,
]
