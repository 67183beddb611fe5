"""Business customers through HTTP: companies and their buyers, customer groups, and what steps are told of a buyer."""

from tests.flows.test_products_api import refusal
from tests.world import NOON, World, served, world

from jiutong.capabilities import member

__all__ = ["served", "world"]


async def person(world: World, card: str, name: str = "") -> str:
    return (await world.post("/v1/members", {"kind": "card", "value": card, "name": name})).json()["member"]


async def group(world: World, code: str) -> None:
    assert (await world.put(f"/v1/member-groups/{code}", {"name": code.title()})).json()["code"] == code


class TestCompanies:
    async def test_a_company_has_the_buyers_and_groups_it_was_given_and_no_others(self, world: World) -> None:
        ann, ben = await person(world, "AA01", "Ann"), await person(world, "BB01", "Ben")
        await group(world, "gold")
        await group(world, "north")
        body = {
            "name": "Kiln",
            "region": "US/CA",
            "groups": ["north", "gold"],
            "buyers": [{"member": ben, "role": "owner"}, {"member": ann}],
        }
        made = await world.put("/v1/companies/kiln", body)
        assert made.json() == {
            "code": "kiln",
            "name": "Kiln",
            "region": "US/CA",
            "active": True,
            "groups": ["gold", "north"],
            "buyers": [{"member": ann, "name": "Ann", "role": "buyer"}, {"member": ben, "name": "Ben", "role": "owner"}],
            "contracts": 0,
        }
        await world.put("/v1/companies/kiln", body)
        fewer = await world.put(
            "/v1/companies/kiln", {"name": "Kiln Ltd", "groups": ["gold"], "buyers": [{"member": ann, "role": "approver"}]}
        )
        assert [(one["member"], one["role"]) for one in fewer.json()["buyers"]] == [(ann, "approver")]
        assert (fewer.json()["groups"], fewer.json()["region"]) == (["gold"], "")
        assert (await world.get("/v1/companies/kiln")).json() == fewer.json()
        told = [
            (facts["before"] and facts["before"]["name"], facts["after"]["name"])
            for type_, _, facts in await world.events()
            if type_ == "company.put.v1"
        ]
        assert told == [(None, "Kiln"), ("Kiln", "Kiln Ltd")]

    async def test_what_is_not_known_is_pointed_at(self, world: World) -> None:
        ann = await person(world, "AA01")
        told = await world.put("/v1/companies/kiln", {"name": "Kiln", "groups": ["no"]})
        assert refusal(told) == (422, "member.unknown_group", ["/groups/0"])
        gone = world.served.house.ids.show("mem", 5)
        told = await world.put("/v1/companies/kiln", {"name": "Kiln", "buyers": [{"member": ann}, {"member": gone}]})
        assert refusal(told) == (422, "member.unknown_member", ["/buyers/1/member"])
        assert refusal(await world.put("/v1/companies/kiln", {"name": "Kiln", "region": "US//CA"}))[:2] == (422, "request.invalid")
        assert (await world.get("/v1/companies/kiln")).status_code == 404

    async def test_companies_are_found_by_name_and_group(self, world: World) -> None:
        await group(world, "gold")
        for code, groups in (("anvil", ""), ("bellows", "gold"), ("kiln", "gold")):
            await world.put(f"/v1/companies/{code}", {"name": f"The {code.title()}", "groups": groups.split()})
        assert [one["code"] for one in (await world.get("/v1/companies?group=gold")).json()["items"]] == ["bellows", "kiln"]
        assert [one["code"] for one in (await world.get("/v1/companies?q=the%20A")).json()["items"]] == ["anvil"]
        first = (await world.get("/v1/companies?limit=2")).json()
        rest = (await world.get(f"/v1/companies?limit=2&after={first['next']}")).json()
        assert [one["code"] for one in first["items"] + rest["items"]] == ["anvil", "bellows", "kiln"]


class TestGroups:
    async def test_members_come_and_go_once(self, world: World) -> None:
        ann, ben = await person(world, "AA01", "Ann"), await person(world, "BB01", "Ben")
        await group(world, "gold")
        path = "/v1/member-groups/gold/members"
        assert (await world.post(path, {"join": [ann, ben]})).json() == {"joined": 2, "left": 0}
        assert (await world.post(path, {"join": [ann], "leave": [ben]})).json() == {"joined": 0, "left": 1}
        await world.put("/v1/companies/kiln", {"name": "Kiln", "groups": ["gold"]})
        assert (await world.get(path)).json()["items"] == [
            {"member": ann, "company": None, "name": "Ann"},
            {"member": None, "company": "kiln", "name": "Kiln"},
        ]
        assert (await world.get("/v1/member-groups")).json()["items"] == [{"code": "gold", "name": "Gold", "members": 1, "companies": 1}]
        assert refusal(await world.post("/v1/member-groups/no/members", {"join": [ann]})) == (422, "member.unknown_group", ["/group"])


async def test_what_steps_are_told_of_a_buyer(world: World) -> None:
    ann, ben = await person(world, "AA01"), await person(world, "BB01")
    for code in ("gold", "north"):
        await group(world, code)
    await world.post("/v1/member-groups/gold/members", {"join": [ann]})
    await world.put(
        "/v1/companies/kiln", {"name": "Kiln", "region": "US", "groups": ["north"], "buyers": [{"member": ann, "role": "approver"}]}
    )
    await world.put("/v1/companies/anvil", {"name": "Anvil", "buyers": [{"member": ben}], "active": False})
    ids = [world.served.house.ids.read("mem", one) for one in (ann, ben)]
    async with world.served.house.db.reading(world.tenant.tenant_id, NOON) as tx:
        found = await member.buyers(tx, ids, [ids[1]])
        assert tx.statements == 1
    first, second = found[ids[0]], found[ids[1]]
    assert (first.level, first.groups, first.first_order, second.groups, second.first_order) == ("basic", ("gold",), True, (), False)
    kiln = first.employment("kiln")
    assert kiln is not None
    assert (first.company_id, first.role, kiln.region, kiln.active) == (kiln.company_id, "approver", "US", True)
    assert ([code for _, code in kiln.groups], first.employment("anvil")) == (["north"], None)
    anvil = second.employment("anvil")
    assert anvil is not None
    assert not anvil.active
