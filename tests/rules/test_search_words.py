"""Laws of the words by which products are found, and what somebody who types something looks for."""

from hypothesis import given
from hypothesis import strategies as st

from jiutong.capabilities.catalog import rules
from jiutong.capabilities.catalog.model import ELSEWHERE, IN_BRAND, IN_CATEGORY, IN_CODE, IN_TITLE, Posting, Term, Text

SIGNS = "蒙牛纯奶酪米面油盐酱醋茶东方树叶乌龙水饮料洗发护手霜中国人民大学生活动物园"
titles = st.text(st.sampled_from(SIGNS), min_size=1, max_size=24)


# The dictionaries are read when the first Chinese word comes by; that is no part of what an example costs.
rules.words("中"), rules.sounds("中")


def is_found(typed: str, words: frozenset[str]) -> bool:
    return all(any(term.low <= word < term.high for word in words) for term in rules.search(typed).terms)


@given(titles, st.data())
def test_whoever_types_any_part_of_a_chinese_title_finds_it(title: str, data: st.DataObject) -> None:
    low = data.draw(st.integers(0, len(title) - 1))
    part = title[low : data.draw(st.integers(low + 1, len(title)))]
    assert is_found(part, rules.words(f"Nr 1 {title} 500g"))


@given(st.text(st.sampled_from(SIGNS), min_size=1, max_size=12), st.data())
def test_chinese_is_found_by_its_sounds_from_any_sign_on(title: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(title) - 1))
    said = max(rules.sounds(title), key=len)
    whole = [word for word in rules.sounds(title) if said.endswith(word)]
    assert len(whole) >= len(title) - at
    assert all(is_found(word[: at + 1], rules.sounds(title)) for word in whole)


@given(st.text(max_size=40))
def test_every_beginning_of_the_last_word_finds_what_the_whole_finds(title: str) -> None:
    words = rules.words(title)
    for run in rules.search(title).terms:
        for end in range(1, len(run.low)):
            if run.low[0].isascii():
                assert is_found(run.low[:end], words)


@given(st.text(max_size=60))
def test_no_word_is_empty_or_endless(text: str) -> None:
    assert all(0 < len(word) <= rules.WORD_CHARACTERS_MAX for word in rules.words(text) | rules.sounds(text))


def test_words_of_a_mixed_title() -> None:
    assert rules.words("蒙牛纯牛奶250ml") == {"蒙牛", "纯牛奶", "牛奶", "蒙", "牛", "纯", "奶", "250ml", "250", "ml"}
    assert rules.words("Ａll-Season 225/45R17") == {"all", "season", "225", "45", "45r", "45r17", "r", "r17", "17"}
    assert rules.words("!?") == frozenset()


def test_sounds_in_full_and_by_initials() -> None:
    assert rules.sounds("纯牛奶 X") == {"chun", "niu", "nai", "chunniunai", "niunai", "cnn", "nn", "n"}
    assert rules.sounds("重庆") == {"chong", "qing", "chongqing", "cq", "q"}
    assert rules.sounds("milk") == frozenset()


def test_the_last_word_may_be_unfinished() -> None:
    assert rules.search("Tea ca") == rules.Search("teaca", (Term("tea", "tea\x01"), Term("ca", "ca\U0010ffff")))
    assert rules.search(" -- ") == rules.Search("", ())


def test_a_product_is_found_by_everything_on_it() -> None:
    text = Text(7, "Tea", frozenset({"Tea green"}), "Acme", "Drinks", frozenset({"t-1"}), frozenset({"07501031311309"}))
    assert rules.postings([text]) == [
        Posting("07501031311309", IN_CODE, "Tea", 7),
        Posting("1", ELSEWHERE, "Tea", 7),
        Posting("7501031311309", IN_CODE, "Tea", 7),
        Posting("acme", IN_BRAND, "Tea", 7),
        Posting("drinks", IN_CATEGORY, "Tea", 7),
        Posting("green", IN_TITLE, "Tea", 7),
        Posting("t", ELSEWHERE, "Tea", 7),
        Posting("t1", IN_CODE, "Tea", 7),
        Posting("tea", IN_TITLE, "Tea", 7),
    ]


def test_a_short_barcode_is_found_in_all_its_lengths() -> None:
    text = Text(7, "", frozenset(), "", "", frozenset(), frozenset({"00000096385074"}))
    assert {one.word for one in rules.postings([text])} == {"96385074", "000096385074", "0000096385074", "00000096385074"}
