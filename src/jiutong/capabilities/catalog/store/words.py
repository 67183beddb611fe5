"""The words products are found by, in SQL."""

from collections.abc import Collection, Sequence

from jiutong.capabilities.catalog.model import IN_BRAND, Posting
from jiutong.kernel.db import Tx


async def drop_words(tx: Tx, product_ids: Collection[int]) -> None:
    """Forget the words of these products."""
    await tx.count(_DROP_WORDS, sorted(product_ids))


async def add_words(tx: Tx, postings: Sequence[Posting]) -> None:
    """Write words of products."""
    await tx.count(
        _ADD_WORDS,
        [one.word for one in postings],
        [one.place for one in postings],
        [one.title for one in postings],
        [one.product_id for one in postings],
    )


async def rename_words(tx: Tx, place: int, ids: Sequence[int], postings: Sequence[tuple[int, str]]) -> None:
    """Replace the words that stand in this place (brand or category) of all products filed under these ids; `postings` are (id, word)."""
    drop, add = (_DROP_BRAND_WORDS, _ADD_BRAND_WORDS) if place == IN_BRAND else (_DROP_CATEGORY_WORDS, _ADD_CATEGORY_WORDS)
    await tx.count(drop, ids)
    await tx.count(add, [id_ for id_, _ in postings], [word for _, word in postings])


_DROP_WORDS = """
delete from catalog.product_word w where w.tenant_id = $1 and w.product_id = any($2::bigint[])
"""
_ADD_WORDS = """
insert into catalog.product_word (tenant_id, word, place, title, product_id)
select t.tenant_id, w.*
  from kernel.tenant t, unnest($2::text[], $3::smallint[], $4::text[], $5::bigint[]) as w(word, place, title, product_id)
 where t.tenant_id = $1
"""
# Brands and categories are locked before their products' words are changed, and shared by whoever writes a product of theirs.
_DROP_BRAND_WORDS = """
delete from catalog.product_word w
 using unnest($2::bigint[]) as n(brand_id)
 cross join lateral (
        select o.product_id from catalog.product o where o.tenant_id = $1 and o.brand_id = n.brand_id offset 0) p
 where w.tenant_id = $1 and w.product_id = p.product_id and w.place = 2
"""
_ADD_BRAND_WORDS = """
insert into catalog.product_word (tenant_id, word, place, title, product_id)
select $1, n.word, 2, p.title, p.product_id
  from unnest($2::bigint[], $3::text[]) as n(brand_id, word)
 cross join lateral (
        select o.title, o.product_id from catalog.product o where o.tenant_id = $1 and o.brand_id = n.brand_id offset 0) p
"""
_DROP_CATEGORY_WORDS = """
delete from catalog.product_word w
 using unnest($2::bigint[]) as n(category_id)
 cross join lateral (
        select o.product_id from catalog.product o where o.tenant_id = $1 and o.category_id = n.category_id offset 0) p
 where w.tenant_id = $1 and w.product_id = p.product_id and w.place = 3
"""
_ADD_CATEGORY_WORDS = """
insert into catalog.product_word (tenant_id, word, place, title, product_id)
select $1, n.word, 3, p.title, p.product_id
  from unnest($2::bigint[], $3::text[]) as n(category_id, word)
 cross join lateral (
        select o.title, o.product_id from catalog.product o where o.tenant_id = $1 and o.category_id = n.category_id offset 0) p
"""
