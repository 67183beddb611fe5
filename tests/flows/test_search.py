"""Products are found by what people type: words, pinyin, codes and barcodes, the best match first; and counted by what they are."""

from typing import Any
from urllib.parse import quote

from tests.world import NOON, World, served, world

from jiutong.flows.maintain_catalog import IndexProducts, index_products
from jiutong.kernel.db import Tx
from jiutong.reads import product_lists as reads

__all__ = ["served", "world"]

EAN = "6901234567892"
MILK = {
    "title": "蒙牛纯牛奶250ml",
    "brand": "mn",
    "category": "drinks",
    "skus": [{"code": "milk-250", "gtins": [EAN]}, {"code": "milk-x", "title": "Crate"}],
}
WORDS = """
select w.word, w.place from catalog.product_word w join catalog.product p on p.tenant_id = $1 and p.product_id = w.product_id
 where w.tenant_id = $1 and p.code = $2 order by w.word, w.place
"""


async def stocked(world: World) -> None:
    await world.put("/v1/brands/mn", {"name": "Mengniu"})
    await world.put("/v1/brands/tetley", {"name": "Tetley Milk Co"})
    await world.put("/v1/categories/drinks", {"name": "Drinks"})
    await world.put("/v1/categories/food", {"name": "Food"})
    for code, body in (
        ("p1", MILK),
        ("p2", {"title": "Green tea 20 bags", "brand": "tetley", "category": "drinks", "skus": [{"code": "tea"}]}),
        ("p3", {"title": "Rice milk", "category": "food", "skus": [{"code": "225-45R17"}]}),
        ("milk", {"title": "A jug", "category": "food"}),
    ):
        assert (await world.put(f"/v1/products/{code}", body)).status_code == 201


async def found(world: World, q: str, more: str = "") -> list[tuple[str, int]]:
    told = await world.get(f"/v1/products?q={quote(q)}&{more}")
    assert told.status_code == 200, told.text
    return [(row["code"], row["match"]) for row in told.json()["items"]]


async def test_words_pinyin_codes_and_barcodes_lead_to_products(world: World) -> None:
    await stocked(world)
    for typed in ("纯牛奶", "牛奶 250", "蒙牛纯", "crate mengniu", "niunai", "mncnn", "chun niu"):
        assert [code for code, _ in await found(world, typed)] == ["p1"], typed
    for typed in (EAN, f"0{EAN}", "MILK-250", "milk 250"):
        assert await found(world, typed) == [("p1", 0)], typed
    assert await found(world, "225/45 R17") == [("p3", 0)]
    assert await found(world, "45r17") == [("p3", 2)]
    assert await found(world, "gre dri") == []
    assert await found(world, "green dri") == [("p2", 2)]
    for typed in ("%", "nothing here", "''", "_"):
        assert await found(world, typed) == [], typed


async def test_a_code_comes_before_a_title_before_the_rest(world: World) -> None:
    await stocked(world)
    # "milk" is a code, a word of a title, the beginning of a SKU's code, and a word of a brand.
    assert await found(world, "milk") == [("milk", 0), ("p3", 1), ("p2", 2), ("p1", 2)]
    assert await found(world, "milk", "sort=code") == [("milk", 0), ("p1", 2), ("p2", 2), ("p3", 1)]
    assert await found(world, "milk", "sort=title") == [("milk", 0), ("p2", 2), ("p3", 1), ("p1", 2)]
    assert await found(world, "milk", "sort=changed") == [("milk", 0), ("p3", 1), ("p2", 2), ("p1", 2)]
    assert await found(world, "milk", "category=drinks") == [("p2", 2), ("p1", 2)]
    assert await found(world, "milk", "brand=tetley&status=draft") == [("p2", 2)]
    assert (await world.get("/v1/products?sort=match")).status_code == 422


async def test_pages_of_a_search_meet_without_gap_or_repeat(world: World) -> None:
    await stocked(world)
    for sort in ("match", "code", "title", "changed"):
        whole = await found(world, "milk", f"sort={sort}")
        codes: list[str] = []
        after = ""
        while True:
            told = (await world.get(f"/v1/products?q=milk&limit=1&sort={sort}{after}")).json()
            codes += [row["code"] for row in told["items"]]
            if told["next"] is None:
                break
            after = f"&after={told['next']}"
        assert codes == [code for code, _ in whole]


async def test_what_changes_is_found_by_its_new_words_only(world: World) -> None:
    await stocked(world)
    await world.put("/v1/products/p2", {"title": "Black coffee", "category": "drinks", "skus": [{"code": "tea"}]})
    assert [await found(world, typed) for typed in ("green", "tetley", "coffee", "tea")] == [[], [], [("p2", 1)], [("p2", 0)]]
    await world.put("/v1/brands/mn", {"name": "Dairy United"})
    assert [await found(world, typed) for typed in ("united", "dairy 250ml")] == [[("p1", 2)], [("p1", 2)]]
    await world.put("/v1/brands/mn", {"name": "Dairy"})
    assert [await found(world, typed) for typed in ("united", "dairy")] == [[], [("p1", 2)]]
    await world.put("/v1/categories/drinks", {"name": "Beverages"})
    assert [[code for code, _ in await found(world, typed)] for typed in ("drinks", "beverages")] == [[], ["p2", "p1"]]
    await world.put("/v1/products/p1", MILK | {"skus": [{"code": "milk-250", "gtins": []}]})
    assert await found(world, EAN) == []
    assert await found(world, "milk-x") == [("p1", 0)]


async def test_what_was_written_without_words_gets_them(world: World) -> None:
    await stocked(world)
    before = {code: await world.rows(WORDS, code) for code in ("p1", "p2", "p3", "milk")}
    async with world.served.house.db.transaction(world.tenant.tenant_id, NOON) as tx:
        await tx.count("delete from catalog.product_word where tenant_id = $1 and title <> 'A jug'")
        await tx.commit()

    async def unindexed(tx: Tx) -> list[int]:
        return await reads.unindexed(tx, 0, 2)

    rounds = 0
    while True:
        async with world.served.house.db.reading(world.tenant.tenant_id, NOON) as tx:
            ids = await unindexed(tx)
        if not ids:
            break
        await world.run(index_products, IndexProducts(tuple(ids)))
        rounds += 1
    assert rounds == 2
    assert {code: await world.rows(WORDS, code) for code in before} == before


async def test_facets_count_what_the_other_filters_leave(world: World) -> None:
    await stocked(world)
    await world.post("/v1/products/p1/submit")

    async def facets(query: str) -> dict[str, Any]:
        told = (await world.get(f"/v1/products/facets?{query}")).json()
        assert told.pop("capped") is False
        return {facet: {row["value"]: row["products"] for row in rows} for facet, rows in told.items()}

    everything = {
        "category": {"drinks": 2, "food": 2},
        "brand": {"mn": 1, "tetley": 1},
        "status": {"draft": 3, "audit": 1},
    }
    assert await facets("") == everything
    assert await facets("category=food") == {"category": {"drinks": 2, "food": 2}, "brand": {}, "status": {"draft": 2}}
    assert await facets("brand=mn") == {"category": {"drinks": 1}, "brand": {"mn": 1, "tetley": 1}, "status": {"audit": 1}}
    assert await facets("q=milk&status=draft") == {
        "category": {"drinks": 1, "food": 2},
        "brand": {"tetley": 1},
        "status": {"draft": 3, "audit": 1},
    }
    assert await facets("q=%25") == {"category": {}, "brand": {}, "status": {}}
    assert (await world.get("/v1/products/facets")).json()["brand"][0] == {"value": "mn", "name": "Mengniu", "products": 1}
