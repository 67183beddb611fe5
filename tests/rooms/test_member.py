"""One person, one member: however they are typed in, wherever they are met, and by however many at once."""

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.world import World, served, world

from jiutong.capabilities import member
from jiutong.capabilities.member import AddIdentity, Identity, Recognize
from jiutong.flows.find_member import Block, Unblock, add_identity, block, recognize, unblock
from jiutong.kernel.db import Again
from jiutong.kernel.errors import Problem
from jiutong.kernel.runner import Call

__all__ = ["served", "world"]
IDENTITIES = "select kind, value, member_id from member.identity where tenant_id = $1 order by kind, value"

WAITING = """
select 1 from pg_locks l join pg_stat_activity a on a.pid = l.pid and a.datname = current_database()
 where not l.granted and l.locktype = 'transactionid' and $1::bigint > 0
"""


async def refused(world: World, flow: Any, command: Any) -> tuple[str, str]:
    with pytest.raises(Problem) as refusal:
        await world.run(flow, command)
    return refusal.value.code, refusal.value.errors[0].pointer if refusal.value.errors else ""


class TestWrittenForm:
    @pytest.mark.parametrize(
        ("kind", "typed", "region", "kept"),
        [
            ("phone", "138 0013 8000", "CN", "+8613800138000"),
            ("phone", "+86 (138) 0013-8000", "US", "+8613800138000"),
            ("phone", "１３８００１３８０００", "CN", "+8613800138000"),
            ("phone", "(202) 555-0123", "US", "+12025550123"),
            ("email", " Ann.Lee@Example.COM ", "CN", "ann.lee@example.com"),
            ("card", "12-34 ab 56", "CN", "1234AB56"),
            ("openid", "oX_9-aB", "CN", "oX_9-aB"),
        ],
    )
    def test_an_identity_has_one(self, kind: member.Kind, typed: str, region: str, kept: str) -> None:
        assert member.identity(Recognize(kind, typed, region)) == Identity(kind, kept)

    @pytest.mark.parametrize(
        ("kind", "typed"),
        [
            ("phone", "12"),
            ("phone", "call me"),
            ("email", "ann@"),
            ("email", "ann@nowhere"),
            ("email", "a b@example.com"),
            ("card", "12"),
            ("card", "１２３!"),
            ("openid", "has space"),
            ("openid", "\u202eabc"),
        ],
    )
    def test_what_cannot_be_one_is_refused_with_its_pointer(self, kind: member.Kind, typed: str) -> None:
        refusal = member.identity(Recognize(kind, typed))
        assert isinstance(refusal, Problem)
        assert (refusal.type, refusal.errors[0].pointer) == (member.IDENTITY_INVALID, "/value")

    @given(st.sampled_from(["phone", "email", "card", "openid"]), st.text(max_size=40))
    def test_what_is_kept_reads_as_itself(self, kind: member.Kind, typed: str) -> None:
        first = member.identity(Recognize(kind, typed))
        if isinstance(first, Identity):
            assert member.identity(Recognize(kind, first.value)) == first


class TestRecognize:
    async def test_the_unknown_become_members_once(self, world: World) -> None:
        first = await world.run(recognize, Recognize("phone", "13800138000", name="Ann"))
        again = await world.run(recognize, Recognize("phone", "+86 138 0013 8000", "US", name="Somebody else"))
        assert (first.new, again.new, again.member_id) == (True, False, first.member_id)
        assert await world.rows("select name, level, status from member.member where tenant_id = $1") == [("Ann", "basic", "active")]
        assert await world.rows(IDENTITIES) == [("phone", "+8613800138000", first.member_id)]

    async def test_one_batch_meets_one_person_many_times(self, world: World) -> None:
        people = [Recognize("phone", f"1380013800{i % 3}") for i in range(9)] + [Recognize("email", "no address")]
        calls = [Call(one, world.scope) for one in people]
        outcomes = await world.served.house.runner.run_all(recognize, calls, [None] * len(calls))
        ids = [o.result.member_id for o in outcomes if not isinstance(o, Problem)]
        assert len(set(ids)) == 3
        assert ids == [*ids[:3], *ids[:3], *ids[:3]]
        assert [o.type for o in outcomes if isinstance(o, Problem)] == [member.IDENTITY_INVALID]
        assert await world.rows("select count(*) from kernel.event where tenant_id = $1 and type = 'member.joined.v1'") == [(3,)]

    async def test_two_sessions_that_meet_the_same_person_make_one_member(self, world: World) -> None:
        db, person = world.served.house.db, [Recognize("phone", "13800138000")]
        await db.ids.reserve(10)
        async with db.transaction(world.tenant.tenant_id, world.served.clock.now()) as one:
            (first,) = await member.recognize(one, person)
            async with db.transaction(world.tenant.tenant_id, world.served.clock.now()) as other:
                # The second waits at the identity's key until the first is through, and then knows it came second.
                second = asyncio.create_task(member.recognize(other, person))
                await blocked_at_a_key(world)
                await one.commit()
                with pytest.raises(Again):
                    await second
        assert isinstance(first, member.Recognized)
        assert await world.rows(IDENTITIES) == [("phone", "+8613800138000", first.member_id)]
        assert await world.rows("select count(*) from member.member where tenant_id = $1") == [(1,)]

    async def test_the_log_does_not_know_the_identity(self, world: World) -> None:
        await world.post("/v1/members", {"kind": "phone", "value": "13800138000"})
        events = await world.rows("select facts::text from kernel.event where tenant_id = $1 and type like 'member.%'")
        assert events == [('{"kind":"phone"}',)]


class TestIdentities:
    async def test_a_member_is_found_by_any_of_them(self, world: World) -> None:
        ann = await world.run(recognize, Recognize("phone", "13800138000"))
        assert await world.run(add_identity, AddIdentity(ann.member_id, Recognize("email", "Ann@Example.com"))) == Identity(
            "email", "ann@example.com"
        )
        found = await world.run(recognize, Recognize("email", "ann@example.COM"))
        assert (found.member_id, found.new) == (ann.member_id, False)

    async def test_what_belongs_to_another_is_refused_and_stays_theirs(self, world: World) -> None:
        ann = await world.run(recognize, Recognize("phone", "13800138000"))
        bob = await world.run(recognize, Recognize("card", "1234"))
        assert await refused(world, add_identity, AddIdentity(bob.member_id, Recognize("phone", "13800138000"))) == (
            member.IDENTITY_TAKEN.code,
            "/value",
        )
        assert await world.rows(IDENTITIES) == [("card", "1234", bob.member_id), ("phone", "+8613800138000", ann.member_id)]

    async def test_in_one_batch_the_first_has_it(self, world: World) -> None:
        ann = await world.run(recognize, Recognize("phone", "13800138000"))
        bob = await world.run(recognize, Recognize("phone", "13800138001"))
        calls = [Call(AddIdentity(who, Recognize("card", "9999")), world.scope) for who in (ann.member_id, bob.member_id, ann.member_id, 7)]
        outcomes = await world.served.house.runner.run_all(add_identity, calls, [None] * 4)
        assert [o.type.code if isinstance(o, Problem) else o.result.value for o in outcomes] == [
            "9999",
            member.IDENTITY_TAKEN.code,
            "9999",
            "resource.not_found",
        ]


class TestBlocking:
    async def test_who_is_blocked_is_not_recognized_until_let_in_again(self, world: World) -> None:
        ann = await world.run(recognize, Recognize("phone", "13800138000"))
        for _ in range(2):
            assert (await world.run(block, Block(ann.member_id))).status == "blocked"
        assert await refused(world, recognize, Recognize("phone", "13800138000")) == (member.BLOCKED.code, "/value")
        assert (await world.run(unblock, Unblock(ann.member_id))).status == "active"
        assert (await world.run(recognize, Recognize("phone", "13800138000"))).member_id == ann.member_id
        types = await world.rows("select type from kernel.event where tenant_id = $1 and subject_id = $2 order by event_id", ann.member_id)
        assert types == [("member.joined.v1",), ("member.blocked.v1",), ("member.unblocked.v1",)]

    async def test_nobody_cannot_be_blocked(self, world: World) -> None:
        assert await refused(world, block, Block(4)) == ("resource.not_found", "")


class TestThroughTheApi:
    async def test_a_new_member_has_an_address_and_a_known_one_too(self, world: World) -> None:
        made = await world.post("/v1/members", {"kind": "phone", "value": "13800138000", "name": "Ann"})
        known = await world.post("/v1/members", {"kind": "phone", "value": "+8613800138000"})
        assert (made.status_code, known.status_code) == (201, 200)
        assert made.headers["location"] == known.headers["location"] == f"/v1/members/{made.json()['member']}"
        shown = (await world.get(made.headers["location"])).json()
        assert (shown["name"], shown["status"], shown["identities"]) == (
            "Ann",
            "active",
            [{"kind": "phone", "value": "+8613800138000"}],
        )

    async def test_members_are_found_by_how_an_identity_begins(self, world: World) -> None:
        for kind, value in (("phone", "13800138000"), ("phone", "13800138111"), ("email", "1380@example.com"), ("card", "13800000")):
            await world.post("/v1/members", {"kind": kind, "value": value})

        async def found(**typed: str) -> list[str]:
            told = await world.post("/v1/members/find", typed)
            return [one["identities"][0]["value"] for one in told.json()["items"]]

        assert await found(text="138001380") == ["+8613800138000"]
        assert await found(text="1380013", kind="phone") == ["+8613800138000", "+8613800138111"]
        assert await found(text="1380") == ["+8613800138000", "+8613800138111", "1380@example.com", "13800000"]
        assert await found(text="1380", kind="email") == ["1380@example.com"]
        assert await found(text="%%%") == []

    async def test_pages_show_everybody_once_in_the_order_they_joined(self, world: World) -> None:
        made = [(await world.post("/v1/members", {"kind": "card", "value": f"100{i}"})).json()["member"] for i in range(5)]
        seen: list[str] = []
        address: str | None = "/v1/members?limit=2"
        pages = 0
        while address:
            page = (await world.get(address)).json()
            seen += [one["member"] for one in page["items"]]
            address = f"/v1/members?limit=2&after={page['next']}" if page["next"] else None
            pages += 1
        assert (seen, pages) == (made, 3)


async def blocked_at_a_key(world: World) -> None:
    """Wait until a statement of another session of this database waits for a key."""
    while not await world.rows(WAITING):
        pass
