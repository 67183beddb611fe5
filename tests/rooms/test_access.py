"""Who trades where and who may do what, on exact rows."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.world import NOON, World, new_world, served, world

from jiutong.capabilities import access
from jiutong.flows.maintain_access import make_key, put_channel, put_device, put_role, put_seller, put_staff, put_store
from jiutong.kernel.errors import INVALID, STALE, UNAUTHENTICATED, Problem
from jiutong.kernel.runner import Call, Flow
from jiutong.kernel.scope import Scope

__all__ = ["served", "world"]


async def refusal(world: World, flow: Flow[Any, Any], command: Any) -> tuple[str, str]:
    """The code and pointer a command is refused with."""
    with pytest.raises(Problem) as refused:
        await world.run(flow, command)
    return refused.value.code, refused.value.errors[0].pointer if refused.value.errors else ""


def channel(name: str = "Mall", time_zone: str = "America/New_York", *, open: bool = True) -> access.Channel:
    return access.Channel(name=name, scene="b2c.mall", currency="USD", time_zone=time_zone, open=open)


async def together(world: World, flow: Flow[Any, Any], commands: Sequence[Any]) -> list[Any]:
    """The outcomes of commands that run as one batch."""
    outcomes = await world.served.house.runner.run_all(flow, [Call(c, world.scope) for c in commands], [None] * len(commands))
    return [outcome if isinstance(outcome, Problem) else outcome.result for outcome in outcomes]


class TestPuts:
    async def test_a_put_makes_then_replaces_and_counts_revisions(self, world: World) -> None:
        assert (await world.run(put_channel, access.Put("web", channel()))).revision == 1
        again = await world.run(put_channel, access.Put("web", channel(name="Web", open=False), expected=1))
        assert (again.code, again.revision) == ("web", 2)
        assert await world.rows("select code, name, open, revision from access.channel where tenant_id = $1 and code = 'web'") == [
            ("web", "Web", False, 2)
        ]

    async def test_a_put_from_an_older_revision_changes_nothing(self, world: World) -> None:
        await world.run(put_seller, access.Put("acme", access.Seller(name="Acme 2", tax_inclusive=True)))
        assert await refusal(world, put_seller, access.Put("acme", access.Seller(name="Lost", tax_inclusive=True), expected=1)) == (
            STALE.code,
            "",
        )
        assert await world.rows("select name, revision from access.seller where tenant_id = $1") == [("Acme 2", 2)]

    async def test_what_is_expected_but_is_not_there_is_not_made(self, world: World) -> None:
        assert await refusal(world, put_channel, access.Put("ghost", channel(), expected=1)) == (STALE.code, "")
        assert await world.rows("select 1 from access.channel where tenant_id = $1 and code = 'ghost'") == []

    async def test_a_batch_decides_each_put_alone(self, world: World) -> None:
        outcomes = await together(
            world,
            put_channel,
            [access.Put("a", channel()), access.Put("Bad code", channel()), access.Put("mall", channel(), 7), access.Put("b", channel())],
        )
        assert [o.code if isinstance(o, Problem) else (o.code, o.revision) for o in outcomes] == [
            ("a", 1),
            INVALID.code,
            STALE.code,
            ("b", 1),
        ]

    async def test_two_puts_of_one_code_in_a_batch_follow_each_other(self, world: World) -> None:
        outcomes = await together(world, put_channel, [access.Put("a", channel(name="1")), access.Put("a", channel(name="2"))])
        assert [o.revision for o in outcomes] == [1, 2]
        assert await world.rows("select name from access.channel where tenant_id = $1 and code = 'a'") == [("2",)]

    async def test_a_time_zone_must_exist(self, world: World) -> None:
        assert await refusal(world, put_channel, access.Put("a", channel(time_zone="Mars/Base"))) == (INVALID.code, "/time_zone")

    async def test_a_store_needs_its_channel_and_seller(self, world: World) -> None:
        without_channel = access.Put("s9", access.Store(name="S", channel="no", seller="acme"))
        assert await refusal(world, put_store, without_channel) == (access.UNKNOWN_CHANNEL.code, "/channel")
        without_seller = access.Put("s9", access.Store(name="S", channel="stores", seller="no"))
        assert await refusal(world, put_store, without_seller) == (access.UNKNOWN_SELLER.code, "/seller")

    async def test_two_stores_have_a_till_of_the_same_code(self, world: World) -> None:
        outcomes = await together(world, put_device, [access.PutDevice(s, "t9", access.Device()) for s in ("s1", "s2", "nowhere")])
        assert [o.code if isinstance(o, Problem) else o.revision for o in outcomes] == [1, 1, "resource.not_found"]

    async def test_every_put_is_announced_without_secrets(self, world: World) -> None:
        by = Scope(world.tenant.tenant_id, "app:7", frozenset({"*"}))
        person = access.StaffMember(name="Ann", roles=("clerk",), store="s1")
        runner = world.served.house.runner
        await runner.run(put_staff, access.PutStaff("ann", person, "$argon2id$secret"), by)
        await runner.run(make_key, access.AppKey("till", ("order:place",), b"\1" * 32), by)
        assert await world.events() == [
            (
                "staff.put.v1",
                "app:7",
                {"login": "ann", "what": {"name": "Ann", "roles": ["clerk"], "store": "s1", "active": True}},
            ),
            ("app_key.made.v1", "app:7", {"name": "till", "grants": ["order:place"]}),
        ]


class TestRights:
    async def test_nobody_gives_rights_they_do_not_have(self, world: World) -> None:
        runner, tenant_id = world.served.house.runner, world.tenant.tenant_id
        little = Scope(tenant_id, "staff:1", frozenset({"access:write", "order:*"}))
        beyond: tuple[tuple[Flow[Any, Any], Any], ...] = (
            (make_key, access.AppKey("k", ("order:place", "catalog:write"), b"k")),
            (make_key, access.AppKey("k", ("*",), b"k")),
            (put_role, access.Put("new", access.Role(name="New", grants=("catalog:*",)))),
            (put_role, access.Put("owner", access.Role(name="Tamed", grants=()))),
            (put_staff, access.PutStaff("ann", access.StaffMember(name="Ann", roles=("owner",)), "h")),
        )
        for flow, command in beyond:
            with pytest.raises(Problem) as refused:
                await runner.run(flow, command, little)
            assert refused.value.type is access.BEYOND
        made = await runner.run(make_key, access.AppKey("k", ("order:place", "order:*"), b"k"), little)
        assert await world.rows("select name, grants from access.app_key where tenant_id = $1 and key_id = $2", made.result.key_id) == [
            ("k", ["order:place", "order:*"])
        ]

    async def test_nobody_changes_a_person_with_more_rights(self, world: World) -> None:
        await world.run(put_staff, access.PutStaff("boss", access.StaffMember(name="Boss", roles=("owner",)), "h1"))
        little = Scope(world.tenant.tenant_id, "staff:1", frozenset({"access:write"}))
        with pytest.raises(Problem) as refused:
            await world.served.house.runner.run(
                put_staff, access.PutStaff("boss", access.StaffMember(name="Boss", roles=()), "mine now"), little
            )
        assert refused.value.type is access.BEYOND
        assert await world.rows("select password_hash, roles from access.staff where tenant_id = $1") == [("h1", ["owner"])]

    async def test_a_new_person_needs_a_password_and_an_old_one_keeps_theirs(self, world: World) -> None:
        ann = access.StaffMember(name="Ann", roles=("clerk",))
        assert await refusal(world, put_staff, access.PutStaff("ann", ann, None)) == (INVALID.code, "/password")
        await world.run(put_staff, access.PutStaff("ann", ann, "h1"))
        await world.run(put_staff, access.PutStaff("ann", access.StaffMember(name="Ann B", roles=()), None))
        assert await world.rows("select name, roles, password_hash, revision from access.staff where tenant_id = $1") == [
            ("Ann B", [], "h1", 2)
        ]

    async def test_roles_and_stores_of_a_person_must_exist(self, world: World) -> None:
        for what, code, pointer in (
            ({"roles": ("no",)}, access.UNKNOWN_ROLE.code, "/roles"),
            ({"roles": (), "store": "no"}, access.UNKNOWN_STORE.code, "/store"),
        ):
            person = access.StaffMember(name="Ann", **what)  # type: ignore[arg-type]
            assert await refusal(world, put_staff, access.PutStaff("ann", person, "h")) == (code, pointer)


class TestPlaces:
    async def test_facts_are_read_once_and_then_remembered(self, world: World) -> None:
        db = world.served.house.db
        async with db.reading(world.tenant.tenant_id, NOON) as tx:
            mall = (await access.channels(tx, ["mall", "nowhere"]))["mall"]
            store = (await access.stores(tx, ["s1"]))["s1"]
            till = (await access.devices(tx, [("s1", "t1")]))["s1", "t1"]
            seller = (await access.sellers(tx, ["acme"]))["acme"]
        assert (mall.scene, mall.currency, mall.time_zone, mall.open) == ("b2c.mall", "USD", "America/New_York", True)
        assert (till.store_id, till.active, store.seller_id, seller.tax_inclusive) == (store.store_id, True, seller.seller_id, False)
        async with db.reading(world.tenant.tenant_id, NOON) as tx:
            assert await access.channels(tx, ["mall"]) == {"mall": mall}
            assert await access.channels_by_id(tx, [mall.channel_id]) == {mall.channel_id: mall}
            assert await access.stores_by_id(tx, [store.store_id]) == {store.store_id: store}
            assert await access.devices_by_id(tx, [till.device_id]) == {till.device_id: till}
            assert await access.sellers_by_id(tx, [seller.seller_id]) == {seller.seller_id: seller}
            assert tx.statements == 0

    async def test_a_change_is_noticed_by_whoever_relies_on_what_was(self, world: World) -> None:
        db, tenant_id = world.served.house.db, world.tenant.tenant_id
        db.memory.pop("access.place", None)
        async with db.reading(tenant_id, NOON) as tx:
            assert (await access.channels(tx, ["mall"]))["mall"].open is True
            assert await access.stale_places(tx) == []
        # As another server would: it bumps the stamp, and forgets only in its own memory.
        memory = db.memory.pop("access.place")
        await world.run(put_channel, access.Put("mall", channel(open=False)))
        db.memory["access.place"] = memory
        async with db.reading(tenant_id, NOON) as tx:
            assert (await access.channels(tx, ["mall"]))["mall"].open is True
            assert await access.stale_places(tx) == [0]
            assert (await access.channels(tx, ["mall"]))["mall"].open is False
            assert await access.stale_places(tx) == []

    async def test_what_was_changed_here_is_new_here(self, world: World) -> None:
        async with world.served.house.db.reading(world.tenant.tenant_id, NOON) as tx:
            before = (await access.stores(tx, ["s1"]))["s1"]
        await world.run(put_store, access.Put("s1", access.Store(name="S1", channel="stores", seller="acme", open=False)))
        async with world.served.house.db.reading(world.tenant.tenant_id, NOON) as tx:
            after = (await access.stores(tx, ["s1"]))["s1"]
        assert (before.open, after.open) == (True, False)
        refused = access.closed(after, "/store")
        assert refused is not None
        assert (refused.type, refused.errors[0].pointer) == (access.CLOSED, "/store")
        assert access.closed(before, "/store") is None

    async def test_tenants_do_not_see_each_other(self, world: World, admin_url: str) -> None:
        other = await new_world(world.served, admin_url)
        await other.run(put_channel, access.Put("theirs", channel()))
        async with world.served.house.db.reading(world.tenant.tenant_id, NOON) as tx:
            assert await access.channels(tx, ["theirs"]) == {}
            assert await access.named_tenants(tx, []) == {}


class TestTokens:
    @given(st.integers(0, (1 << 63) - 1), st.sampled_from(["app", "staff"]), st.binary(min_size=32, max_size=32))
    def test_a_token_is_read_as_it_was_written(self, tenant_id: int, kind: str, secret: bytes) -> None:
        import base64

        text = base64.urlsafe_b64encode(secret).rstrip(b"=").decode()
        token = access.read_token(b"Bearer " + access.token(kind, tenant_id, text).encode())
        assert (token.tenant_id, token.kind, token.hash) == (tenant_id, kind, access.secret_hash(text))

    @given(st.binary(max_size=90))
    def test_nothing_else_is_a_token(self, junk: bytes) -> None:
        with pytest.raises(Problem) as refused:
            access.read_token(b"Bearer jtk_" + junk)
        assert refused.value.type is UNAUTHENTICATED

    async def test_only_the_hash_of_a_secret_is_kept(self, world: World) -> None:
        token = await world.key_with("order:place")
        kept = await world.rows("select key_hash from access.app_key where tenant_id = $1 and name = 't'")
        assert kept == [(access.secret_hash(token.split("_", 2)[2]),)]
        answers = await world.rows(
            "select count(*) from kernel.idempotency where tenant_id = $1 and position($2 in answer) > 0", token.encode()
        )
        assert answers == [(0,)]


class TestBusinessDay:
    @pytest.mark.parametrize(
        ("at", "zone", "day"),
        [
            (datetime(2026, 11, 22, 4, 59, tzinfo=UTC), "America/New_York", 20261121),
            (datetime(2026, 11, 22, 5, 0, tzinfo=UTC), "America/New_York", 20261122),
            (datetime(2026, 12, 31, 16, 0, tzinfo=UTC), "Asia/Shanghai", 20270101),
            (datetime(2028, 2, 29, 23, 59, tzinfo=UTC), "UTC", 20280229),
        ],
    )
    def test_a_day_ends_at_midnight_where_it_was_sold(self, at: datetime, zone: str, day: int) -> None:
        assert access.business_day(at, zone) == day
