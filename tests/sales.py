"""Orders of a small company, written without a catalog, for tests of what happens to orders afterwards: paid, shipped, taken back."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, TypeVar

import httpx2
import msgspec
import pytest

from jiutong import ledger, worker
from jiutong.capabilities import access, inventory, order, payment
from jiutong.capabilities.fulfillment import LineQuantity, PickOne, PickWork, ReleaseOrder, ShipmentSent, ShipOne, ShipWork
from jiutong.flows.fulfil import pick, release, ship
from jiutong.flows.pay import Laid, Noticed, Pay, Payment, notice, start
from jiutong.gateways.desk import Desk
from jiutong.gateways.outbound import Outbound
from jiutong.kernel import outbox
from jiutong.kernel.errors import Problem
from jiutong.kernel.runner import Answer, Call, Flow
from jiutong.kernel.scope import Scope

from .world import NOON, Served, World, new_world

C = TypeVar("C", bound=msgspec.Struct)
R = TypeVar("R", bound=msgspec.Struct)
TEA, RICE = 21, 22
HOLD = timedelta(minutes=15)


class Wanted(msgspec.Struct, frozen=True):
    """A line of an order: 100 cents a piece unless said otherwise; taken off: (rule, funder, amount)."""

    sku_id: int
    quantity: int
    gross: int = -1
    off: tuple[tuple[str, str, int], ...] = ()
    tax: int = 0
    tax_on_top: bool = False


class Sales:
    """Orders of one world. Stock lies at `dc1`; a channel account of the seller is its id."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.house = world.served.house
        self.tenant_id = world.tenant.tenant_id

    async def furnish(self) -> None:
        """Learn where things are."""
        async with self.house.db.reading(self.tenant_id, NOON) as tx:
            self.dc = (await inventory.locations(tx, ["dc1"]))["dc1"]
            self.shop = (await inventory.locations(tx, ["s1"]))["s1"]
            self.seller_id = (await access.sellers(tx, ["acme"]))["acme"].seller_id
            self.channel_id = (await access.channels(tx, ["mall"]))["mall"].channel_id
            self.store = (await access.stores(tx, ["s1"]))["s1"]
            self.till = (await access.devices(tx, [("s1", "t1")]))["s1", "t1"]
        self.account = str(self.seller_id)

    async def stock(self, sku_id: int, units: int) -> None:
        """Goods come in at the center."""
        async with self.house.db.transaction(self.tenant_id, NOON) as tx:
            line = inventory.PaperLine(sku_id, units)
            await inventory.receive(tx, [inventory.Paper(tx.mint(), "receipt", self.dc, self.seller_id, "purchase", "", "test", (line,))])
            await tx.commit()

    async def place(self, *wanted: Wanted, due_in: timedelta = HOLD) -> int:
        """An order that holds its goods at the center until it is paid."""
        async with self.house.db.transaction(self.tenant_id, self.house.clock.now()) as tx:
            draft = self.draft(tx, wanted, due_in)
            claims = [inventory.stock_claim(line.line_id, self.dc, line.owner_id, line.sku_id, line.quantity) for line in draft.lines]
            held = await ledger.hold(tx, [ledger.ClaimGroup(draft.order_id, tuple(claims), draft.dues[0].due_at)])
            assert held.refused == {}
            await order.place(tx, [draft])
            tx.emit("order.placed.v1", draft.order_id, order.placed(draft), self.world.scope)
            await outbox.write(tx, tx.events, "checkout.place")
            await tx.commit()
        return draft.order_id

    async def ring(self, *wanted: Wanted, tenders: Sequence[tuple[str, int]]) -> int:
        """A sale at the till `s1`/`t1`, paid by these tenders (method, amount)."""
        async with self.house.db.transaction(self.tenant_id, self.house.clock.now()) as tx:
            draft = msgspec.structs.replace(
                self.draft(tx, wanted, None), scene="store.pos", store_id=self.store.store_id, device_id=self.till.device_id,
                receipt_no=str(tx.mint()), dues=(),
            )  # fmt: skip
            draft = msgspec.structs.replace(
                draft, lines=tuple(msgspec.structs.replace(line, location_id=self.shop.location_id) for line in draft.lines)
            )
            keys: dict[str, object] = {"seller": self.seller_id, "place": self.store.store_id, "day": draft.business_day}
            await inventory.know(tx, [(self.shop, line.owner_id, line.sku_id) for line in draft.lines])
            legs = [inventory.issue(self.shop, line.owner_id, line.sku_id, line.quantity) for line in draft.lines]
            for method, amount in tenders:
                legs += ledger.leg("sale.rung", "tendered", amount, "USD", keys | {"method": method})
            legs += order.adjustment_legs("sale.rung", draft.adjustments, "USD", keys)
            legs += ledger.leg("sale.rung", "tax", draft.tax, "USD", keys)
            await ledger.post(tx, [ledger.Entry(draft.order_id, "sale.rung", draft.order_id, tuple(legs))])
            await order.place(tx, [draft])
            await payment.take(tx, [payment.Taken(tx.mint(), draft.order_id, method, "USD", amount, tx.now) for method, amount in tenders])
            tx.emit("sale.rung.v1", draft.order_id, order.placed(draft), self.world.scope)
            await outbox.write(tx, tx.events, "till.sale")
            await tx.commit()
        return draft.order_id

    async def ship(self, order_id: int, *units: tuple[int, int]) -> ShipmentSent | Problem:
        """Units (line number, quantity) are picked and leave in a parcel; a refusal of the parcel is told."""
        await self.do(release, ReleaseOrder(order_id))
        lines = tuple(LineQuantity(*one) for one in units)
        [(work_id,)] = await self.world.rows("select work_id from fulfillment.work where tenant_id = $1 and order_id = $2", order_id)
        await self.do(pick, PickOne(work_id, PickWork(lines)))
        return await self.do(ship, ShipOne(work_id, ShipWork(lines)))

    async def do(self, flow: Flow[C, R], command: C, key: str | None = None) -> R | Problem:
        """Do a command; a refusal is told, not raised."""
        try:
            return (await self.house.runner.run(flow, command, self.by, key)).result
        except Problem as refusal:
            return refusal

    async def all(self, flow: Flow[C, R], commands: Sequence[C]) -> list[R | Problem]:
        """Do commands that come as one batch; results and refusals in the order given."""
        outcomes = await self.house.runner.run_all(flow, [Call(one, self.by) for one in commands], [None] * len(commands))
        return [one.result if isinstance(one, Answer) else one for one in outcomes]

    async def statements(self, flow: Flow[Any, Any], *commands: msgspec.Struct) -> int:
        """How many round trips these commands cost as one batch. Nothing is kept."""
        async with self.house.db.transaction(self.tenant_id, self.house.clock.now()) as tx:
            outcomes = await flow.run(tx, [Call(one, self.by) for one in commands])
            assert not [one for one in outcomes if isinstance(one, Problem)]
        return tx.statements

    async def sweep(self) -> int:
        """Let expire what is due; the number of orders looked at."""
        return await worker.sweep(self.desk, self.tenant_id)

    async def work(self) -> int:
        """Do the jobs that are due; their number."""
        return await worker.run_due(self.desk, self.tenant_id)

    async def drain(self) -> None:
        """Do jobs until none is due."""
        while await self.work():
            pass

    @property
    def desk(self) -> Desk:
        """What the jobs work with; what they send comes back to the application itself."""
        outbound = Outbound(httpx2.ASGITransport(self.world.served.app))
        return msgspec.structs.replace(worker.desk_of(self.house, outbound), callbacks="http://testserver.local")

    @property
    def by(self) -> Scope:
        return self.world.scope

    async def pay(self, order_id: int, method: str = "cash", amount: int | None = None, script: str = "") -> Laid:
        wish = msgspec.convert({"method": method, "amount_minor": amount, "script": script}, Payment)
        laid = await self.do(start, Pay(order_id, wish))
        assert isinstance(laid, Laid), laid
        return laid

    def notice(self, laid: Laid, outcome: str = "captured", **other: Any) -> payment.Notice:
        """What the channel would say of a tender."""
        said = payment.Notice(
            self.account, f"ev-{laid.tender_id}-{outcome}", "captured", laid.tender_id, laid.order_id, laid.amount, laid.currency,
            f"tr-{laid.tender_id}", msgspec.Raw(b"{}"),
        )  # fmt: skip
        return msgspec.structs.replace(said, outcome=outcome, **other)

    async def hear(self, said: payment.Notice) -> tuple[str, str]:
        """The verdict on a notice, and why."""
        heard = await self.do(notice, said)
        assert isinstance(heard, Noticed), heard
        return heard.verdict, heard.detail

    async def hear_all(self, said: Sequence[payment.Notice]) -> list[tuple[str, str]]:
        """The verdicts on notices that come as one batch."""
        return [(one.verdict, one.detail) for one in await self.all(notice, said) if isinstance(one, Noticed)]

    async def now(self, order_id: int) -> order.Order:
        async with self.house.db.reading(self.tenant_id, NOON) as tx:
            return (await order.orders(tx, [order_id]))[order_id]

    async def lines(self, order_id: int) -> list[order.Line]:
        async with self.house.db.reading(self.tenant_id, NOON) as tx:
            return (await order.lines(tx, [order_id]))[order_id]

    async def tenders(self, order_id: int) -> list[tuple[str, int, int, str]]:
        """(method, amount, refunded, state) in the order they were laid."""
        return await self.world.rows(_TENDERS, order_id)

    async def refunds(self, order_id: int) -> list[tuple[int, str, str, str]]:
        """(amount, reason, state, method) in the order they were made."""
        return await self.world.rows(_REFUNDS, order_id)

    async def moved(self, order_id: int) -> list[tuple[str, str, str, int]]:
        """Every transfer of money about an order: (rule, from kind, to kind, amount)."""
        return await self.world.rows(_MOVED, order_id)

    async def left(self, *sku_ids: int) -> list[tuple[int, int]]:
        """(posted, held) of SKUs at the center."""
        async with self.house.db.reading(self.tenant_id, NOON) as tx:
            accounts = [inventory.stock_account(self.dc, self.seller_id, sku_id) for sku_id in sku_ids]
            found = await ledger.balances(tx, accounts)
        return [(found[a.account_id].posted, found[a.account_id].held) for a in accounts]

    async def owed_back(self) -> dict[str, int]:
        """What kinds of money account show that are neither drawer nor sale: advance, refund_due, unapplied (only where not zero)."""
        return dict(await self.world.rows(_IN_BETWEEN))

    async def waiting(self, order_id: int) -> dict[str, int]:
        """Where money of one order waits: advance, refund_due, unapplied (only where not zero)."""
        shows: dict[str, int] = {}
        for _, from_, to, amount in await self.moved(order_id):
            shows[from_] = shows.get(from_, 0) + amount
            shows[to] = shows.get(to, 0) - amount
        return {kind: shows[kind] for kind in ("advance", "refund_due", "unapplied") if shows.get(kind)}

    async def told(self, order_id: int) -> list[str]:
        """The types of what happened to an order, in order."""
        return [type_ for (type_,) in await self.world.rows(_TOLD, order_id)]

    def draft(self, tx: Any, wanted: Sequence[Wanted], due_in: timedelta | None) -> order.OrderDraft:
        lines: list[order.LineDraft] = []
        adjustments: list[order.Adjustment] = []
        for no, want in enumerate(wanted, 1):
            gross = want.gross if want.gross >= 0 else 100 * want.quantity
            off = sum(amount for _, _, amount in want.off)
            adjustments += [order.Adjustment(no, "line", rule, funder, amount) for rule, funder, amount in want.off]
            lines.append(
                order.LineDraft(
                    tx.mint(), no, want.sku_id, 1, self.seller_id, self.dc.location_id, "standard", 0, None, "given", gross, want.quantity,
                    want.quantity, gross, off, want.tax, gross - off + (want.tax if want.tax_on_top else 0),
                )
            )  # fmt: skip
        total = sum(line.payable for line in lines)
        return order.OrderDraft(
            tx.mint(), "b2c.mall", "test", self.channel_id, 0, self.seller_id, None, "USD", 20261122, tx.now,
            sum(line.gross for line in lines), sum(line.discount for line in lines), sum(line.tax for line in lines), total,
            sum(line.quantity for line in lines), tuple(lines), tuple(adjustments),
            (order.Due(total, None if due_in is None or not total else tx.now + due_in),),
        )  # fmt: skip


async def new_sales(served: Served, admin_url: str) -> Sales:
    """The sales of a new world."""
    made = Sales(await new_world(served, admin_url))
    await made.furnish()
    return made


@pytest.fixture
async def sales(world: World) -> Sales:
    """Sales of a world of its own; a hundred pieces each of two SKUs lie at the center."""
    made = Sales(world)
    await made.furnish()
    await made.stock(TEA, 100)
    await made.stock(RICE, 100)
    return made


_TENDERS = "select method, amount, refunded, state from payment.tender where tenant_id = $1 and order_id = $2 order by tender_id"
_REFUNDS = """
select r.amount, r.reason, r.state, n.method
  from payment.refund r join payment.tender n using (tenant_id, tender_id)
 where r.tenant_id = $1 and r.order_id = $2 order by r.refund_id
"""
_MOVED = """
select e.rule, split_part(f.code, ':', 1), split_part(t.code, ':', 1), x.amount
  from ledger.entry e
  join ledger.transfer x using (tenant_id, entry_id)
  join ledger.account f on f.tenant_id = x.tenant_id and f.account_id = x.from_account
  join ledger.account t on t.tenant_id = x.tenant_id and t.account_id = x.to_account
 where e.tenant_id = $1 and e.subject_id = $2 and f.unit = 'USD'
 order by e.entry_id, x.transfer_no
"""
_IN_BETWEEN = """
select split_part(a.code, ':', 1), -sum(a.posted)::bigint
  from ledger.account a
 where a.tenant_id = $1 and a.code ~ '^(advance|refund_due|unapplied):'
 group by 1 having sum(a.posted) <> 0 order by 1
"""
_TOLD = "select type from kernel.event where tenant_id = $1 and subject_id = $2 order by event_id"
