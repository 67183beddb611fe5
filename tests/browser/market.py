"""The company every browser test finds: a corner market with a mall and three stores, made through the API as people would.

Tenant `corner` · seller `corner` (tax on top) · channels `mall` and `stores` in dollars, the mall with a storefront at
`/shop/corner/mall/` · stores `s1` to `s3` with tills `t1` and `t2` · distribution center `dc1` · 60 products `p01` … `p60` in six
categories, each with one SKU of the same code, a barcode and stock · members with phones `+1202555010x` · mall orders in every state
people work on (`market.orders["paid"]`) · a week of receipts in the stores.

Everybody in `STAFF` signs in with their login and `PASSWORD`.
"""

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import httpx2
import msgspec

from jiutong.capabilities import access

TENANT = "corner"
PASSWORD = "nine ways through"
PATIENCE_S = 30
# By login: name, role, and the store they work in.
STAFF: dict[str, tuple[str, str, str | None]] = {
    "owner": ("Ottilie Wang 王欧蒂", "owner", None),
    "operator": ("Owen Li 李欧文", "operator", None),
    "merchandiser": ("Mei Zhao 赵梅", "merchandiser", None),
    "manager": ("Mark Stone 石磊", "store_manager", "s1"),
    "clerk": ("Clara Chen 陈可", "clerk", "s1"),
    "finance": ("Fiona Qian 钱菲", "finance", None),
    "support": ("Sam He 何山", "support", None),
}
CATEGORIES = {
    "produce": "Produce 蔬果",
    "dairy": "Dairy 乳品",
    "bakery": "Bakery 烘焙",
    "drinks": "Drinks 饮料",
    "pantry": "Pantry 粮油",
    "household": "Household 家居",
}
GOODS = {
    "produce": (
        "Bananas 香蕉|Gala apples 嘎啦苹果|Lemons 柠檬|Avocados 牛油果|Cherry tomatoes 圣女果|Baby spinach 嫩菠菜|Carrots 胡萝卜|"
        "Red onions 红洋葱|Ginger 生姜|Bok choy 上海青"
    ),
    "dairy": (
        "Whole milk 全脂牛奶|Oat milk 燕麦奶|Greek yogurt 希腊酸奶|Salted butter 咸黄油|Cheddar 切达奶酪|Mozzarella 马苏里拉|"
        "Free range eggs 散养鸡蛋|Cream 淡奶油|Kefir 开菲尔|Tofu 豆腐"
    ),
    "bakery": (
        "Sourdough loaf 酸面包|Baguette 法棍|Croissant 可颂|Bagels 贝果|Cinnamon rolls 肉桂卷|Rye bread 黑麦面包|Pita 皮塔饼|"
        "Steamed buns 馒头|Egg tarts 蛋挞|Mooncakes 月饼"
    ),
    "drinks": (
        "Longjing green tea 龙井绿茶|Pu'er tea 普洱茶|Ground coffee 咖啡粉|Orange juice 橙汁|Sparkling water 气泡水|Coconut water 椰子水|"
        "Ginger beer 姜汁汽水|Soy milk 豆浆|Plum juice 酸梅汤|Cola 可乐"
    ),
    "pantry": (
        "Jasmine rice 茉莉香米|Spaghetti 意大利面|Olive oil 橄榄油|Soy sauce 酱油|Black vinegar 陈醋|Peanut butter 花生酱|Honey 蜂蜜|"
        "Sea salt 海盐|Chili crisp 油泼辣子|Canned tomatoes 番茄罐头"
    ),
    "household": (
        "Dish soap 洗洁精|Laundry powder 洗衣粉|Paper towels 厨房纸|Trash bags 垃圾袋|Toothpaste 牙膏|Hand soap 洗手液|Sponges 海绵|"
        "Matches 火柴|Candles 蜡烛|Batteries AA 五号电池"
    ),
}
STORES = {"s1": "Hudson Street 哈德逊街", "s2": "Mott Street 勿街", "s3": "Main Street 缅街"}
BUYERS = (("Ada Byrne", "+12025550101"), ("林小满", "+12025550102"), ("Grace Okafor", "+12025550103"), ("周子墨", "+12025550104"))


class Market(msgspec.Struct, frozen=True):
    """The market as it was made; tests may add to it, and do not count on being alone."""

    address: str
    """Where its server is: `http://127.0.0.1:…`."""

    tenant_id: int
    key: str
    """A key that may do everything, to prepare and to look behind the screens."""

    tokens: dict[str, str]
    """A session for each of the staff."""

    orders: dict[str, str]
    """Public ids of mall orders by what became of them: unpaid, paid, released, picked, shipped, delivered, returned, canceled."""

    products: tuple[str, ...]

    async def ask(self, method: str, path: str, body: object = None, *, token: str = "") -> Any:
        """Ask the API behind the screens; what it refuses is raised."""
        async with httpx2.AsyncClient(base_url=self.address, timeout=30) as client:
            return await asked(client, token or self.key, method, path, body)

    async def becomes(self, path: str, so: Callable[[Any], object]) -> Any:
        """What is told at a path once it is `so`: work behind the screens ends when it ends."""
        until = time.monotonic() + PATIENCE_S
        while not so(answer := await self.ask("GET", path)):
            assert time.monotonic() < until, f"{path} still tells {answer}"
        return answer


async def open_market(address: str, admin_url: str, tenant: str = TENANT) -> Market:
    """Found the company, and let it trade for a week."""
    made = await found(admin_url, tenant)
    async with httpx2.AsyncClient(base_url=address, timeout=30) as client:

        async def ask(method: str, path: str, body: object = None) -> Any:
            return await asked(client, made.first_key, method, path, body)

        await furnish(ask)
        products = await stock(ask)
        orders = await trade(ask)
        await hand_in(client, made.first_key)
        await simulate(ask)
        await agree(ask)
        tokens = {login: await session(client, tenant, login) for login in STAFF}
    return Market(address, made.tenant_id, made.first_key, tokens, orders, products)


async def found(admin_url: str, tenant: str) -> access.Tenant:
    """A company with its roles and first key, and nothing else."""
    conn = await asyncpg.connect(admin_url)
    try:
        return await access.create_tenant(conn, tenant, "Corner Market 街角集市", datetime.now(UTC))
    finally:
        await conn.close()


async def asked(client: httpx2.AsyncClient, token: str, method: str, path: str, body: object = None) -> Any:
    """One request, and its answer."""
    told = await client.request(method, path, json=body, headers={"authorization": f"Bearer {token}"})
    assert told.status_code < 300, f"{method} {path}: {told.status_code} {told.text}"
    return told.json() if told.content else None


async def session(client: httpx2.AsyncClient, tenant: str, login: str) -> str:
    """Sign somebody in."""
    told = await client.post("/v1/sign-in", json={"tenant": tenant, "login": login, "password": PASSWORD})
    assert told.status_code == 200, told.text
    return told.json()["token"]


async def furnish(ask: Any) -> None:
    """Places and people."""
    await ask("PUT", "/v1/sellers/corner", {"name": "Corner Market 街角集市", "tax_inclusive": False})
    await ask(
        "PUT", "/v1/sellers/corner/tax-rates", {"rates": [{"tax_class": "food", "rate_bp": 0}, {"tax_class": "full", "rate_bp": 825}]}
    )
    for code, name, scene in (("mall", "Mall 商城", "b2c.mall"), ("stores", "Stores 门店", "store.pos")):
        await ask("PUT", f"/v1/channels/{code}", {"name": name, "scene": scene, "currency": "USD", "time_zone": "America/New_York"})
    front = {"published": True, "title": "Corner Market", "title_zh": "街角集市", "country": "US", "dispatch_days": 1, "return_days": 14}
    await ask(
        "PUT", "/v1/channels/mall/storefront", front | {"greeting": "Around the corner since 1987", "greeting_zh": "街角老店，始于1987"}
    )
    await ask("PUT", "/v1/locations/dc1", {"name": "Distribution center 配送中心", "kind": "dc", "mode": "strict"})
    await ask("PUT", "/v1/channels/mall/sources", {"locations": ["dc1"]})
    for code, name in STORES.items():
        await ask("PUT", f"/v1/stores/{code}", {"name": name, "channel": "stores", "seller": "corner"})
        await ask("PUT", f"/v1/locations/{code}", {"name": name, "kind": "store", "mode": "exception", "store": code})
        for till in ("t1", "t2"):
            await ask("PUT", f"/v1/stores/{code}/devices/{till}", {})
    for login, (name, role, store) in STAFF.items():
        await ask("PUT", f"/v1/staff/{login}", {"name": name, "roles": [role], "store": store, "password": PASSWORD})


async def stock(ask: Any) -> tuple[str, ...]:
    """Goods with prices, barcodes and stock."""
    for code, name in CATEGORIES.items():
        await ask("PUT", f"/v1/categories/{code}", {"name": name})
    for code, name in (("corner", "Corner 街角"), ("field", "Field & Fold 田间")):
        await ask("PUT", f"/v1/brands/{code}", {"name": name})
    goods = [(category, title) for category, titles in GOODS.items() for title in titles.split("|")]
    codes = tuple(f"p{number:02}" for number in range(1, len(goods) + 1))
    products = [
        {
            "code": code,
            "title": title,
            "category": category,
            "brand": ("corner", "field", None)[number % 3],
            "description": f"{title}. Chosen for the corner market, delivered within a day or carried home from around the corner.",
            "skus": [{"code": code, "title": title, "gtins": [gtin(number)], "weight_g": 200 + 10 * number}],
        }
        for number, (code, (category, title)) in enumerate(zip(codes, goods, strict=True))
    ]
    await ask("POST", "/v1/products", {"products": products})
    # The last two stay a draft and in audit: somebody has to look at them.
    await asyncio.gather(*(ask("POST", f"/v1/products/{code}/submit") for code in codes[:-1]))
    await asyncio.gather(*(ask("POST", f"/v1/products/{code}/publish") for code in codes[:-2]))
    sold = codes[:-2]
    listings = [
        {"sku": code, "channel": channel, "seller": "corner", "tax_class": "full" if goods[number][0] == "household" else "food"}
        for number, code in enumerate(sold)
        for channel in ("mall", "stores")
    ]
    await ask("PUT", "/v1/listings", {"listings": listings})
    await ask("PUT", "/v1/price-lists/base", {"name": "Base prices 基础价", "currency": "USD"})
    since = (datetime.now(UTC) - timedelta(days=30)).isoformat()
    prices: list[dict[str, Any]] = [{"sku": code, "amount_minor": price(number), "valid_from": since} for number, code in enumerate(codes)]
    from_six: list[dict[str, Any]] = [
        {"sku": code, "amount_minor": price(number) * 9 // 10, "min_quantity": 6, "valid_from": since}
        for number, code in enumerate(codes)
        if number % 4 == 0
    ]
    await ask("PUT", "/v1/price-lists/base/prices", {"prices": prices + from_six})
    for place, much in (("dc1", 400), ("s1", 60), ("s2", 40), ("s3", 30)):
        lines = [{"sku": code, "quantity": much} for code in sold]
        await ask("POST", "/v1/stock/receipts", {"location": place, "owner": "corner", "lines": lines, "reference": f"DN {place}"})
    return codes


async def trade(ask: Any) -> dict[str, str]:
    """Orders in the mall, one in each state; receipts in the stores."""
    orders: dict[str, str] = {}
    states = ("unpaid", "paid", "released", "picked", "shipped", "delivered", "returned", "canceled")
    for number, state in enumerate(states):
        orders[state] = await order(ask, number, state)
    now = datetime.now(UTC)
    for number in range(21):
        sku, other = f"p{number % 50 + 1:02}", f"p{(number * 7) % 50 + 1:02}"
        quantities = {sku: 1 + number % 3, other: 2} if sku != other else {sku: 2}
        total = sum(price(int(code[1:]) - 1) * units for code, units in quantities.items())
        sale = {
            "store": f"s{number % 3 + 1}",
            "device": "t1",
            "receipt_no": f"R{number:05}",
            "lines": [{"sku": code, "quantity": units} for code, units in quantities.items()],
            "tenders": [{"method": "cash", "amount_minor": total}],
            "sold_at": (now - timedelta(hours=8 * number)).isoformat(),
        }
        await ask("POST", "/v1/till/sales", sale)
    return orders


async def simulate(ask: Any) -> None:
    """Draft prices are tried on what was sold."""
    draft = {"price_list": "base", "prices": [{"sku": "p01", "amount_minor": 100}]}
    await ask("POST", "/v1/simulations", {"name": "One for a hundred", "sample": {"channel": "mall"}, "draft": draft})


async def agree(ask: Any) -> None:
    """A company with a buyer in a group, prices that wait for approval, and talks about others."""
    person = await ask("POST", "/v1/members", {"kind": "card", "value": "KILN1", "name": "Kim"})
    await ask("PUT", "/v1/member-groups/gold", {"name": "Gold"})
    await ask("POST", "/v1/member-groups/gold/members", {"join": [person["member"]]})
    await ask(
        "PUT", "/v1/companies/kiln", {"name": "Kiln", "region": "US/CA", "groups": ["gold"], "buyers": [{"member": person["member"]}]}
    )
    contract = {"name": "Kiln contract", "currency": "USD", "company": "kiln", "approval": True}
    await ask("PUT", "/v1/price-lists/kiln", contract)
    change = {"prices": [{"sku": "p01", "amount_minor": 90}], "rates": [{"off_bp": 500, "category": "drinks"}]}
    await ask("POST", "/v1/price-proposals", {"list": "kiln", "note": "As signed", **change})
    lines = [{"sku": "p01", "quantity": 100, "amount_minor": 80}, {"sku": "p02", "quantity": 50}]
    await ask("POST", "/v1/price-negotiations", {"company": "kiln", "channel": "mall", "title": "Spring", "text": "Hello", "lines": lines})


async def hand_in(client: httpx2.AsyncClient, key: str) -> None:
    """A sheet of prices that waits to be looked at; one of its rows is wrong."""
    sheet = "sku,price\np01,1.99\np02,2.49\nnowhere,3.00\n"
    told = await client.post(
        "/v1/imports?kind=prices&name=prices.csv",
        content=sheet.encode(),
        headers={"authorization": f"Bearer {key}", "content-type": "text/csv"},
    )
    assert told.status_code == 201, told.text


async def order(ask: Any, number: int, state: str) -> str:
    """One order of the mall, brought as far as `state`."""
    name, phone = BUYERS[number % len(BUYERS)]
    wish = {
        "channel": "mall",
        "lines": [{"sku": f"p{number + 1:02}", "quantity": 2}, {"sku": f"p{number + 21:02}", "quantity": 1}],
        "member": {"kind": "phone", "value": phone, "name": name},
        "contact": {
            "name": name,
            "phone": phone,
            "address": f"{number + 1} Hudson Street, New York, NY 10013",
        },
    }
    placed = (await ask("POST", "/v1/orders", wish))["id"]
    if state == "canceled":
        await ask("POST", f"/v1/orders/{placed}/cancellations", {"reason": "changed_mind"})
    if state in {"unpaid", "canceled"}:
        return placed
    await ask("POST", f"/v1/orders/{placed}/payments", {"method": "cash"})
    if state == "paid":
        return placed
    (work,) = (await ask("POST", "/v1/fulfillments", {"order": placed}))["fulfillments"]
    if state == "released":
        return placed
    picked = {"lines": [{"line": 1, "quantity": 2}, {"line": 2, "quantity": 1}]}
    await ask("POST", f"/v1/fulfillments/{work}/pick", picked)
    if state == "picked":
        return placed
    parcel = await ask("POST", f"/v1/fulfillments/{work}/ship", picked | {"carrier": "post", "tracking_no": f"JT-{number:04}"})
    if state in {"delivered", "returned"}:
        await ask("POST", f"/v1/shipments/{parcel['id']}/deliver")
    if state == "returned":
        back = {"reason": "changed_mind", "location": "dc1", "lines": [{"line": 1, "quantity": 1}]}
        await ask("POST", f"/v1/orders/{placed}/returns", back)
    return placed


def price(number: int) -> int:
    """What a product costs, in cents."""
    return 149 + (number * 137) % 1650


def gtin(number: int) -> str:
    """A barcode with its check digit (EAN-13)."""
    digits = f"590123412{number:03}"
    odd, even = (sum(map(int, digits[first::2])) for first in (0, 1))
    return f"{digits}{-(odd + 3 * even) % 10}"
