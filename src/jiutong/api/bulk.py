"""Acts on many products at once: those chosen, or all a list shows; tried out first if asked, told row by row."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

import msgspec

from jiutong.api.call import Call
from jiutong.api.rows import of_row
from jiutong.api.shell import JSONBody, post
from jiutong.capabilities import catalog
from jiutong.flows import maintain_catalog as maintain
from jiutong.kernel.errors import INVALID, Problem
from jiutong.kernel.runner import Answer, Flow
from jiutong.kernel.runner import Call as Order
from jiutong.reads import products, sheets

BULK_MAX, AT_ONCE = 5_000, 200
Act = Literal["submit", "publish", "retire", "revise", "set_category", "set_brand"]
MOVES: dict[str, catalog.Status] = {"submit": "audit", "publish": "published", "retire": "retired", "revise": "draft"}


class BulkFilter(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a list of products is narrowed to."""

    category: str | None = None
    brand: str | None = None
    status: catalog.Status | None = None
    channel: str | None = None
    q: Annotated[str, msgspec.Meta(min_length=1, max_length=100)] | None = None


class BulkProduct(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A product to be acted on; with `to` it goes to a category or brand of its own ("" for none): how an act is undone."""

    code: catalog.Code
    to: Annotated[str, msgspec.Meta(max_length=64)] | None = None


class BulkAct(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What to do with which products: those named, or those a list narrowed like `filter` shows, 5,000 at most.

    `to` is the code of the category or brand, "" for none. `dry_run` tells what would be, and keeps nothing.
    """

    act: Act
    to: Annotated[str, msgspec.Meta(max_length=64)] | None = None
    products: Annotated[tuple[BulkProduct, ...], msgspec.Meta(max_length=BULK_MAX)] = ()
    filter: BulkFilter | None = None
    dry_run: bool = False


class BulkRow(msgspec.Struct, frozen=True, omit_defaults=True):
    """What became of a product: `before` is the state, category or brand it had, by which the act is undone."""

    product: str
    outcome: Literal["changed", "unchanged", "refused"]
    before: str
    reason: str = ""
    detail: str = ""


class BulkDone(msgspec.Struct, frozen=True):
    """What became of each product, and how many of each there are."""

    changed: int
    unchanged: int
    refused: int
    rows: Sequence[BulkRow]


@post("/v1/products/bulk", scope="catalog:write", status=200, repeatable=False, refuses=(catalog.UNKNOWN_CATEGORY, catalog.UNKNOWN_BRAND))
async def act_on_products(call: Call, data: JSONBody[BulkAct]) -> BulkDone:
    """Publish, retire, submit or revise products, or file them under a category or brand. Each stands or falls on its own."""
    if bool(data.products) == (data.filter is not None):
        raise INVALID("name products or a filter, not both", pointer="/products")
    filing = data.act in {"set_category", "set_brand"}
    if filing and data.to is None and any(one.to is None for one in data.products or (BulkProduct("-"),)):
        raise INVALID("say where to", pointer="/to")
    wanted = data.products or await _narrowed(call, data.filter or BulkFilter())
    rows: list[BulkRow] = []
    for first in range(0, len(wanted), AT_ONCE):
        rows += await _acted(call, data, wanted[first : first + AT_ONCE], filing=filing)
    outcomes = [one.outcome for one in rows]
    return BulkDone(outcomes.count("changed"), outcomes.count("unchanged"), outcomes.count("refused"), rows)


async def _narrowed(call: Call, by: BulkFilter) -> Sequence[BulkProduct]:
    """The products a list narrowed like this shows; refused where they are more than one act takes."""
    codes: list[str] = []
    after: tuple[str | None, int | None] = (None, None)
    async with call.reading() as tx:
        while True:
            wish = products.Wanted(
                category=by.category, brand=by.brand, status=by.status, channel=by.channel, q=by.q, after_text=after[0], after_id=after[1]
            )
            page = await products.page(tx, wish, 1_000)
            codes += [row.code for row, _ in page]
            if len(codes) > BULK_MAX:
                raise INVALID(f"more than {BULK_MAX} products: narrow the filter", pointer="/filter", at_most=BULK_MAX)
            if len(page) < 1_000:
                return [BulkProduct(code) for code in codes]
            after = page[-1][0].code, page[-1][1]


async def _acted(call: Call, data: BulkAct, wanted: Sequence[BulkProduct], *, filing: bool) -> Sequence[BulkRow]:
    async with call.reading() as tx:
        now = (await sheets.products(tx, [one.code for one in wanted], ())).products
    if filing:
        named = [one for one in wanted if one.code in now]
        wishes = [maintain.PutProducts((_filed(now[one.code], data, one),)) for one in named]
        answers = await _done(call, maintain.put_products, wishes, dry_run=data.dry_run)
    else:
        named = wanted
        moves = [maintain.MoveProducts((catalog.MoveProduct(one.code, MOVES[data.act]),)) for one in wanted]
        answers = await _done(call, maintain.move_products, moves, dry_run=data.dry_run)
    told = dict(zip((one.code for one in named), answers, strict=True))
    return [_told(call, data.act, one, now, told.get(one.code)) for one in wanted]


async def _done(call: Call, flow: Flow[Any, Any], wishes: Sequence[Any], *, dry_run: bool) -> Sequence[Answer[Any] | Problem]:
    orders = [Order(wish, call.scope) for wish in wishes]
    runner = call.house.runner
    return await runner.preview_all(flow, orders) if dry_run else await runner.run_all(flow, orders, [None] * len(orders))


def _filed(head: sheets.ProductHead, data: BulkAct, one: BulkProduct) -> catalog.PutProduct:
    to = (data.to if one.to is None else one.to) or None
    brand, category = (to, head.category) if data.act == "set_brand" else (head.brand, to)
    return catalog.PutProduct(head.title, head.description, brand, category, head.attributes, (), code=head.code, revision=head.revision)


def _told(call: Call, act: Act, one: BulkProduct, now: Mapping[str, sheets.ProductHead], answer: Answer[Any] | Problem | None) -> BulkRow:
    head = now.get(one.code)
    before = "" if head is None else (head.category if act == "set_category" else head.brand if act == "set_brand" else head.status) or ""
    if answer is None:
        answer = catalog.UNKNOWN_PRODUCT(f"no product {one.code}")
    if isinstance(answer, Problem):
        if answer.type is catalog.ILLEGAL_MOVE and head is not None and head.status == MOVES.get(act):
            return BulkRow(one.code, "unchanged", before)
        title = answer.type.title_zh if call.zh else answer.type.title
        return BulkRow(one.code, "refused", before, answer.code, f"{title}: {of_row(answer).detail}")
    (row,) = answer.result.products
    return BulkRow(one.code, "unchanged" if getattr(row, "outcome", "") == "unchanged" else "changed", before)


ROUTES = [act_on_products]
