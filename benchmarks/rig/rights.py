"""What buyers have a right to in the world traded in: a promotion that runs, a coupon with one code for all, points of their own."""

import http.client

import msgspec

from benchmarks.rig.stage import Server
from benchmarks.rig.world import World

COUPON = "BENCHOFF"
POINTS = 100
PLENTY = 10**9
EVER = {"claim_from": "2020-01-01T00:00:00Z", "claim_to": "2100-01-01T00:00:00Z"}
SELLER = [{"funder": "seller", "bp": 10_000}]


def card(no: int) -> dict[str, str]:
    """How the member of this number is recognized."""
    return {"kind": "card", "value": f"B{no:06d}"}


def give(server: Server, here: World, members: int) -> None:
    """Publish all of it through the API, as a merchandiser would, and give every member points."""
    api = _Api(server, here)
    tenth = [{"least": 1_000, "benefit": {"kind": "percent", "bp": 1_000}}]
    half = [{"least": 0, "benefit": {"kind": "amount", "amount_minor": 50}}]
    shared = {"currency": "CNY", "funders": SELLER}
    api.put("promotions/tenth", {"name": "A tenth", "stage": "order", "measure": "amount", "tiers": tenth, **shared})
    api.put("promotions/coupon", {"name": "Half a yuan", "stage": "coupon", "coupon": True, "tiers": half, **shared})
    for code in ("tenth", "coupon"):
        api.post(f"promotions/{code}/publish", {})
    batch = {"name": "Half a yuan", "promotion": "coupon", "kind": "shared", "shared_code": COUPON, "cap": 10**8, "per_member": 0}
    api.put("coupon-batches/bench", batch | EVER)
    api.post("coupon-batches/bench/publish", {})
    rate = {"currency": "CNY", "burn_points": 100, "burn_minor": 100}
    api.post("points/programme", {"terms": {"rates": [rate], "share_bp": 5_000, "funder": "points", "valid_months": 12}})
    holders = [api.post("members", card(no))["member"] for no in range(members)]
    given = {"kind": "points", "amount": PLENTY, "expires_at": "2090-01-01T00:00:00Z", "funder": "seller", "reason": "bench"}
    for begin in range(0, members, 500):
        api.post("assets/grants", {**given, "members": holders[begin : begin + 500]})


class _Api:
    """The public API of a server, asked one thing after another."""

    def __init__(self, server: Server, here: World) -> None:
        self._server = http.client.HTTPConnection("127.0.0.1", server.port)
        self._headers = {"authorization": f"Bearer {here.token}", "content-type": "application/json"}

    def put(self, path: str, body: object) -> dict[str, str]:
        return self._ask("PUT", path, body)

    def post(self, path: str, body: object) -> dict[str, str]:
        return self._ask("POST", path, body)

    def _ask(self, method: str, path: str, body: object) -> dict[str, str]:
        self._server.request(method, f"/v1/{path}", msgspec.json.encode(body), self._headers)
        answer = self._server.getresponse()
        told = answer.read()
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path}: {answer.status} {told.decode()}")
        return msgspec.json.decode(told)
