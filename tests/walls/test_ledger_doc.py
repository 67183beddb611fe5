"""The page about the ledger says what the code does: its tables are made from it, its example adds up, its question is answered.

The tables are written anew by `python -m tests.walls.test_ledger_doc` in the root.
"""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest
from tests.book import Book, admin, book, database

from jiutong.ledger import ACCOUNT_KINDS, POSTING_RULES, Entry, Transfer, leg

__all__ = ["admin", "book", "database"]
ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "ledger.md"
SCHEMA = ROOT / "migrations" / "schema" / "10_ledger.sql"
MADE = re.compile(r"(<!-- made: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
KEYS = {"seller": 4, "place": 9, "day": "2026-11-22", "rule": "autumn", "funder": "nestle", "method": "card"}
STEPS = (
    (("payment.captured", "amount", 8500),),
    (
        ("order.shipped", "net", 8500),
        ("order.shipped", "discount", 1000),
        ("order.shipped", "funded", 500),
        ("order.shipped", "tax", 978),
    ),
    (
        ("goods.returned", "net", 4250),
        ("goods.returned", "discount", 500),
        ("goods.returned", "funded", 250),
        ("goods.returned", "tax", 489),
    ),
    (("payment.refunded", "amount", 4250),),
)


def entries(first_id: int, order_id: int) -> list[Entry]:
    """The example of the page."""
    facts = [(step[0][0], tuple(t for event, word, amount in step for t in leg(event, word, amount, "CNY", KEYS))) for step in STEPS]
    return [Entry(first_id + n, event, order_id, transfers) for n, (event, transfers) in enumerate(facts)]


def kinds() -> str:
    rows = (
        (f"`{':'.join((kind.name, *(f'{{{key}}}' for key in kind.keys)))}`", kind.means_zh, kind.unit, kind.means)
        for kind in ACCOUNT_KINDS.values()
    )
    return table(("code", "中文", "unit", "counts"), rows)


def rules() -> str:
    rows = (
        (f"`{r.event}`", r.amount, f"`{r.from_}`", f"`{r.to}`", {"hold": "held", "post": "posted"}[r.phase], r.why) for r in POSTING_RULES
    )
    return table(("when", "amount", "from", "to", "is", "because"), rows)


def example() -> str:
    shown: dict[str, int] = {}
    rows: list[Sequence[str]] = []
    for step in STEPS:
        for event, word, amount in step:
            (moved,) = leg(event, word, amount, "CNY", KEYS)
            for side, sign in ((moved.from_, -1), (moved.to, 1)):
                shown[kind_of(side.code)] = shown.get(kind_of(side.code), 0) + sign * amount
            rows.append((f"`{event}`", word, f"`{kind_of(moved.from_.code)}`", f"`{kind_of(moved.to.code)}`", money(amount)))
    stand = " · ".join(f"`{kind}` {money(amount)}" for kind, amount in shown.items())
    return (
        table(("when", "amount", "from", "to", ""), rows)
        + f"\nThen the accounts show: {stand}. They sum to {money(sum(shown.values()))}.\n"
    )


def bearers() -> str:
    shipped = [t for entry in entries(1, 1) if entry.rule == "order.shipped" for t in entry.transfers if kind_of(t.from_.code) == "revenue"]
    return table(
        ("bearer", "which", "amount"), [(*t.to.code.split(":")[:2], str(t.amount)) for t in sorted(shipped, key=lambda t: -t.amount)]
    )


def invariants() -> str:
    told = re.findall(r"comment on view (ledger\.inv_\w+) is '(.*)';", SCHEMA.read_text("utf-8"))
    return table(("view", "holds"), ((f"`{view}`", says) for view, says in told))


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def kind_of(code: str) -> str:
    return code.partition(":")[0]


def money(amount: int) -> str:
    return f"{'-' if amount < 0 else ''}{abs(amount) // 100}.{abs(amount) % 100:02}"


def written(page: str) -> str:
    """The page with its tables made from the code."""
    makers = {maker.__name__: maker for maker in (kinds, rules, example, bearers, invariants)}
    assert sorted(makers) == sorted(name for _, name, _ in MADE.findall(page))
    return MADE.sub(lambda made: f"{made[1]}{makers[made[2]]()}{made[3]}", page)


def test_the_tables_of_the_page_are_made_from_the_code() -> None:
    page = PAGE.read_text("utf-8")
    assert page == written(page)


async def test_the_question_of_the_page_is_answered_as_it_says(book: Book) -> None:
    page = PAGE.read_text("utf-8")
    (question,) = re.findall(r"^```sql\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    order_id = book.id()
    await book.post(*entries(100, order_id))
    rows = await book.rows(question, order_id)
    assert table(("bearer", "which", "amount"), [[str(value) for value in row] for row in rows]) == bearers()


@pytest.mark.parametrize("step", range(1, len(STEPS) + 1))
def test_goods_are_owed_from_the_payment_to_the_shipment(step: int) -> None:
    moved: list[Transfer] = [t for entry in entries(1, 1)[:step] for t in entry.transfers]
    assert {t.from_.unit for t in moved} | {t.to.unit for t in moved} == {"CNY"}
    owed = sum((t.to.code.startswith("advance") - t.from_.code.startswith("advance")) * t.amount for t in moved)
    assert owed == (-8500 if step == 1 else 0)


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text("utf-8")), "utf-8")
