"""The pages other pages and the lints rely on keep their shape."""

import re
from collections import Counter
from pathlib import Path

import pytest

from .lints import glossary, never

DOCS = Path(__file__).parents[2] / "docs"
DECISIONS = sorted((DOCS / "adr").glob("[0-9]*.md"))


def test_a_word_lives_once_in_the_glossary_and_every_column_is_filled() -> None:
    assert [word for word, count in Counter(row[0] for row in glossary()).items() if count > 1] == []
    assert [row for row in glossary() if len(row) != 4 or not all(row)] == []


def test_the_glossary_bans_no_word_it_uses() -> None:
    used = {part for row in glossary() for part in re.split(r"[ ,]+", row[0].lower())}
    assert not used & never().keys()
    assert never()["available_qty"] == "ATP"


@pytest.mark.parametrize("page", DECISIONS, ids=lambda page: page.stem)
def test_a_decision_is_short_and_says_what_else_was_considered(page: Path) -> None:
    text = page.read_text("utf-8")
    assert re.findall(r"^## (.*)$", text, re.MULTILINE) == ["Context", "Decision", "Consequences", "Alternatives"]
    assert text.count("\n") <= 50
    assert text.startswith(f"# {page.stem[:4]}. ")


def test_the_index_lists_every_decision() -> None:
    listed = re.findall(r"\]\((\d{4}-[\w-]+\.md)\)", (DOCS / "adr" / "README.md").read_text("utf-8"))
    assert listed == [page.name for page in DECISIONS]


def test_every_link_between_pages_leads_somewhere() -> None:
    pages = [*DOCS.rglob("*.md"), *DOCS.parent.glob("*.md")]
    links = [(page, link) for page in pages for link in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", page.read_text("utf-8"))]
    assert [f"{page.name}: {link}" for page, link in links if not (page.parent / link).exists()] == []
    assert len(links) >= len(DECISIONS)
