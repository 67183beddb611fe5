"""Ids: once only, in order, and outside not to be guessed from one another."""

import asyncio
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiutong.kernel.errors import NOT_FOUND, Problem
from jiutong.kernel.ids import BLOCK, IdMint, PublicIds

NAMES = PublicIds(b"a secret of this installation")
ids = st.integers(0, 2**63 - 1)


class Blocks:
    """The database's sequence. Answers may come in any order."""

    def __init__(self) -> None:
        self.last = 0

    async def lease(self) -> int:
        self.last += 1
        mine = self.last
        for _ in range(7 - mine % 7):
            await asyncio.sleep(0)
        return mine


class TestMint:
    async def test_ids_of_one_process_ascend_across_blocks(self) -> None:
        mint = IdMint(Blocks().lease)
        await asyncio.gather(*(mint.reserve(n * BLOCK) for n in (1, 3, 2)))
        minted = [mint.mint() for _ in range(2 * BLOCK + 5)]
        assert minted == sorted(set(minted))
        assert (minted[0], minted[-1]) == (BLOCK, 3 * BLOCK + 4)

    async def test_two_processes_share_no_id(self) -> None:
        blocks = Blocks()
        mints = [IdMint(blocks.lease) for _ in range(2)]
        minted: list[int] = []
        for _ in range(3):
            for mint in mints:
                await mint.reserve(1000)
                minted += [mint.mint() for _ in range(1000)]
        assert len(set(minted)) == 6000

    async def test_no_more_is_leased_than_is_missing(self) -> None:
        blocks = Blocks()
        mint = IdMint(blocks.lease)
        await mint.reserve(BLOCK)
        await mint.reserve(BLOCK)
        assert blocks.last == 1
        mint.mint()
        await mint.reserve(BLOCK)
        assert blocks.last == 2

    async def test_what_was_not_reserved_is_not_minted(self) -> None:
        with pytest.raises(RuntimeError, match="without being reserved"):
            IdMint(Blocks().lease).mint()


class TestPublicIds:
    @given(ids)
    def test_a_name_leads_back_to_its_id_and_to_no_other(self, id_: int) -> None:
        assert NAMES.read("ord", NAMES.show("ord", id_)) == id_

    @given(st.lists(ids, unique=True, min_size=2, max_size=50))
    def test_two_ids_have_two_names(self, several: list[int]) -> None:
        assert len({NAMES.show("ord", id_) for id_ in several}) == len(several)

    @given(ids)
    def test_a_name_is_its_prefix_and_thirteen_digits(self, id_: int) -> None:
        prefix, digits = NAMES.show("ord", id_).split("_")
        assert prefix == "ord"
        assert len(digits) == 13
        assert set(digits) <= set("0123456789abcdefghjkmnpqrstvwxyz")

    def test_names_stay_what_they_were(self) -> None:
        assert [NAMES.show("ord", id_) for id_ in (0, 1, 2, 2**63 - 1)] == [
            "ord_8hf9cjaq3d1k0",
            "ord_84s6kwz5e2mrb",
            "ord_42k9rr5s00zb3",
            "ord_ffz2v15d02js5",
        ]

    def test_neighbors_share_no_more_digits_than_strangers(self) -> None:
        shown = [NAMES.show("o", id_)[2:] for id_ in range(2000)]
        same = sum(a == b for one, next_ in pairwise(shown) for a, b in zip(one, next_, strict=True))
        assert same == 882  # chance alone is 1999 × (1/16 + 12/32), about 875: the first digit is one of sixteen

    @given(ids)
    def test_another_installation_gives_other_names(self, id_: int) -> None:
        assert PublicIds(b"another secret").show("ord", id_) != NAMES.show("ord", id_)

    @given(ids, st.sampled_from(["pay", "or", "ordr", "ORD", ""]))
    def test_a_name_of_something_else_is_not_found(self, id_: int, prefix: str) -> None:
        assert refusal("ord", NAMES.show("ord", id_).replace("ord", prefix)) is NOT_FOUND

    @given(st.text(max_size=40) | st.text("0123456789abcdefghjkmnpqrstvwxyz_", max_size=20).map("ord_".__add__))
    def test_garbage_is_not_found_or_the_name_of_what_it_says(self, text: str) -> None:
        try:
            id_ = NAMES.read("ord", text)
        except Problem as refused:
            assert refused.type is NOT_FOUND  # noqa: PT017
        else:
            assert NAMES.show("ord", id_) == text

    @pytest.mark.parametrize("name", ["ord_" + "z" * 13, NAMES.show("ord", 2**63), NAMES.show("ord", 2**64 - 1)])
    def test_a_name_of_a_number_that_is_no_id_is_not_found(self, name: str) -> None:
        assert refusal("ord", name) is NOT_FOUND

    @pytest.mark.parametrize("digit", ["i", "l", "o", "u", "A", "é", "１", "\n"])
    def test_a_digit_that_is_none_is_not_found(self, digit: str) -> None:
        assert refusal("ord", "ord_" + "0" * 12 + digit) is NOT_FOUND


def refusal(prefix: str, name: str) -> object:
    with pytest.raises(Problem) as refused:
        NAMES.read(prefix, name)
    return refused.value.type
