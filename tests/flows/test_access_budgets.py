"""Keeping access and members costs the same number of statements for one command as for many."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace
from tests.world import World, served, world

from jiutong.capabilities import access
from jiutong.capabilities.member import AddIdentity, Recognize
from jiutong.flows import find_member, maintain_access, sign_in
from jiutong.flows.find_member import Block, Unblock
from jiutong.flows.maintain_access import RevokeKey
from jiutong.flows.sign_in import SignOut
from jiutong.kernel.ids import BLOCK
from jiutong.kernel.runner import Call, Flow

__all__ = ["served", "world"]

CHANNEL = access.Channel(name="C", scene="b2c.mall", currency="USD", time_zone="UTC")
ANN = -1  # whoever was recognized before
STORE = access.Store(name="S", channel="stores", seller="acme")
CASES: list[tuple[Flow[Any, Any], Callable[[int], msgspec.Struct]]] = [
    (maintain_access.put_seller, lambda i: access.Put(f"c{i}", access.Seller(name="S", tax_inclusive=True))),
    (maintain_access.put_channel, lambda i: access.Put(f"c{i}", CHANNEL)),
    (maintain_access.put_store, lambda i: access.Put(f"c{i}", STORE)),
    (maintain_access.put_device, lambda i: access.PutDevice("s1", f"c{i}", access.Device())),
    (maintain_access.put_role, lambda i: access.Put(f"c{i}", access.Role(name="R", grants=("order:*",)))),
    (maintain_access.put_staff, lambda i: access.PutStaff(f"c{i}", access.StaffMember(name="P", roles=("clerk",), store="s1"), "h")),
    (maintain_access.make_key, lambda i: access.AppKey("k", ("*",), b"%032d" % i)),
    (maintain_access.revoke_key, RevokeKey),
    (sign_in.sign_in, lambda i: access.OpenSession(i, b"%032d" % i, 60)),
    (sign_in.sign_out, lambda i: SignOut(b"%032d" % i)),
    (find_member.recognize, lambda i: Recognize("card", f"{1000 + i}")),
    (find_member.add_identity, lambda i: AddIdentity(ANN, Recognize("card", f"{1000 + i}"))),
    (find_member.block, Block),
    (find_member.unblock, Unblock),
]


@pytest.mark.parametrize("size", [1, 40])
@pytest.mark.parametrize(("flow", "command"), CASES, ids=[flow.name for flow, _ in CASES])
async def test_a_flow_keeps_its_budget(world: World, flow: Flow[Any, Any], command: Callable[[int], msgspec.Struct], size: int) -> None:
    db = world.served.house.db
    ann = (await world.run(find_member.recognize, Recognize("card", "ANN1"))).member_id
    commands = [command(i) for i in range(size)]
    commands = [replace(one, member_id=ann) if isinstance(one, AddIdentity) else one for one in commands]
    db.memory.pop("access.place", None)
    await db.ids.reserve(BLOCK)
    async with db.transaction(world.tenant.tenant_id, world.served.clock.now()) as tx:
        outcomes = await flow.run(tx, [Call(one, world.scope) for one in commands])
        assert (len(outcomes), tx.statements) == (size, flow.statements)
