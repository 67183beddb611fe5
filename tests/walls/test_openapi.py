"""The contract: what it was is what it is, it is well-formed, it says enough, and nothing it allows breaks the house.

The snapshot is written anew by `python -m tests.walls.test_openapi` in the root, after a look at what changed.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx2
import jsonschema_rs
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from tests.walls.test_tour import PAGE, toured
from tests.world import World, served, world

from jiutong import scenes
from jiutong.api import ROUTES, openapi
from jiutong.api.shell import litestar
from jiutong.app import assemble, running
from jiutong.kernel.clock import SystemClock
from jiutong.kernel.config import Config

__all__ = ["served", "world"]
SNAPSHOT = Path(__file__).with_name("openapi.json")
WIDTH = 140
METHODS = {"get", "put", "post", "patch", "delete"}
EXAMPLES = 3
Json = dict[str, Any]


def described() -> Json:
    """The contract as this code would answer it."""
    scenes.install()
    house = assemble(Config(database_url="postgresql:///", secret="0" * 64), SystemClock())
    return json.loads(openapi.document(litestar(house, ROUTES, lambda _: running(house))))


def laid_out(value: Any, indent: int = 0) -> str:
    """JSON with sorted keys and one line for whatever fits on a line, so that a change is seen where it is."""
    flat = json.dumps(value, ensure_ascii=False, sort_keys=True)
    if len(flat) + indent <= WIDTH or not isinstance(value, (dict, list)) or not value:
        return flat
    inner = " " * (indent + 1)
    if isinstance(value, dict):
        rows = [f"{inner}{json.dumps(key, ensure_ascii=False)}: {laid_out(value[key], indent + 1)}" for key in sorted(value)]
        return "{\n" + ",\n".join(rows) + f"\n{' ' * indent}}}"
    return "[\n" + ",\n".join(inner + laid_out(one, indent + 1) for one in value) + f"\n{' ' * indent}]"


def operations(doc: Json) -> Iterator[tuple[str, Json]]:
    """Every operation, by its method and path."""
    for path, item in doc["paths"].items():
        for method in METHODS & item.keys():
            yield f"{method.upper()} {path}", item[method]


def references(value: Any) -> Iterator[str]:
    """Every reference in a piece of the document."""
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from references(one)


def leads_somewhere(reference: str, doc: Any) -> bool:
    """Whether a reference into the document finds something there."""
    for step in reference.removeprefix("#/").split("/"):
        doc = doc.get(step.replace("~1", "/").replace("~0", "~"), {})
    return bool(doc)


@pytest.fixture(scope="module")
def doc() -> Json:
    return described()


class TestTheDocument:
    def test_it_is_what_it_was(self, doc: Json) -> None:
        assert laid_out(doc) + "\n" == SNAPSHOT.read_text("utf-8"), "if it is meant: python -m tests.walls.test_openapi"

    def test_it_is_openapi(self, doc: Json) -> None:
        from schemathesis.specs.openapi.definitions import OPENAPI_31  # half a second that only this needs

        found = jsonschema_rs.validator_for(OPENAPI_31).iter_errors(doc)
        assert [f"{'/'.join(map(str, one.instance_path))}: {one.message}" for one in found] == []
        assert doc["openapi"].startswith("3.1")

    def test_every_schema_is_json_schema(self, doc: Json) -> None:
        assert [name for name, schema in doc["components"]["schemas"].items() if not jsonschema_rs.meta.is_valid(schema)] == []

    def test_every_reference_leads_somewhere(self, doc: Json) -> None:
        found = set(references(doc))
        assert sorted(one for one in found if not leads_somewhere(one, doc)) == []
        assert "#/components/schemas/Problem" in found

    def test_every_operation_says_enough(self, doc: Json) -> None:
        lacking = [(name, what) for name, operation in operations(doc) for what in lacks(name, operation, doc["components"]["responses"])]
        assert lacking == []
        names = Counter(operation["operationId"] for _, operation in operations(doc))
        assert [name for name, count in names.items() if count > 1] == []

    def test_what_is_lacking_is_told(self) -> None:
        operation: Json = {"parameters": [{"name": "a", "in": "query"}], "responses": {"201": {}, "404": {"content": {"text/plain": {}}}}}
        assert list(lacks("GET /v1/x/{code}", operation, {})) == [
            "summary",
            "security",
            "parameter code",
            "Location",
            "problem 404",
            "problem 400",
            "problem 401",
            "problem 500",
        ]


def lacks(name: str, operation: Json, shared: Json) -> Iterator[str]:
    """What a reader of the contract would miss."""
    yield from (word for word in ("summary", "security") if word not in operation)
    parameters = {one["name"]: one for one in operation.get("parameters", [])}
    yield from (f"parameter {one}" for one in re.findall(r"{(\w+)}", name) if one not in parameters)
    told = operation["responses"].items()
    responses = {status: shared[one["$ref"].rpartition("/")[2]] if "$ref" in one else one for status, one in told}
    if "201" in responses and "Location" not in responses["201"].get("headers", {}):
        yield "Location"
    yield from (f"problem {s}" for s, one in responses.items() if s >= "400" and "application/problem+json" not in one["content"])
    open_to_all = operation.get("security") == []
    yield from (
        f"problem {status}" for status in ("400", "401", "500") if status not in responses and not (status == "401" and open_to_all)
    )


class TestWhatItAllows:
    @pytest.mark.slow
    async def test_nothing_is_answered_with_a_fault_or_otherwise_than_described(
        self, doc: Json, world: World, admin_url: str, database_url: str
    ) -> None:
        told, _ = await toured(PAGE.read_text("utf-8"), world, admin_url, database_url)
        known = WORDS | {name: told[word] for name, word in LEARNED.items()}
        wrong: list[str] = []
        answered: Counter[int] = Counter()
        for name, operation, request in requests(doc, known):
            request["headers"]["authorization"] = f"Bearer {world.key}".encode()
            response = await world.served.client.request(**request)
            answered[response.status_code] += 1
            wrong += [f"{name}: {one}\n    {request}\n    {response.text[:300]}" for one in unlike(operation, response, doc)]
        assert not wrong, "\n".join(wrong)
        assert min(answered[status] for status in (200, 201, 404, 409, 422)) > 0


# What the tour and the world have made, by the names parameters and fields go by.
WORDS = {
    "sku": "tea-100",
    "channel": "mall",
    "store": "s1",
    "device": "t1",
    "location": "dc1",
    "owner": "acme",
    "seller": "acme",
    "tax_class": "food",
    "prefix": "revenue:",
    "/sellers/code": "acme",
    "/channels/code": "mall",
    "/stores/code": "s1",
    "/devices/code": "t1",
    "/roles/code": "clerk",
    "/products/code": "green-tea",
    "/price-lists/code": "base",
    "/locations/code": "dc1",
}
LEARNED = {
    "order_id": "order",
    "order": "order",
    "work_id": "work",
    "shipment_id": "shipment",
    "return_id": "return",
    "paper_id": "receipt",
}


def requests(doc: Json, known: Mapping[str, str]) -> Iterator[tuple[str, Json, Json]]:
    """Requests the contract allows, with names this company knows put where they fit, and some that it does not allow."""
    import schemathesis
    from schemathesis.generation import GenerationMode

    schema: Any = schemathesis.openapi.from_dict(json.loads(json.dumps(doc)))
    for operation in (one.ok() for one in schema.get_all_operations()):
        described = doc["paths"][operation.path][operation.method]
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            for case in drawn(operation.as_strategy(generation_mode=mode)):
                request = sent(case, known if mode is GenerationMode.POSITIVE else {})
                if request is not None:
                    yield operation.label, described, request


def drawn(strategy: Any) -> list[Any]:
    """The same few examples every time; none where there is nothing to get wrong."""
    cases: list[Any] = []

    @settings(
        max_examples=EXAMPLES, derandomize=True, database=None, deadline=None, phases=[Phase.generate], suppress_health_check=HealthCheck
    )
    @given(strategy)
    def collect(case: Any) -> None:
        cases.append(case)

    with suppress(Unsatisfiable):
        collect()
    return cases


def sent(case: Any, known: Mapping[str, str]) -> Json | None:
    """The request of a case."""
    path = case.path
    for name, value in (case.path_parameters or {}).items():
        before = path.partition(f"/{{{name}}}")[0].rpartition("/")[2]
        path = path.replace(f"{{{name}}}", quote(str(known.get(f"/{before}/{name}", known.get(name, value))), safe=""))
    headers = {
        name: str(value).encode("latin-1", "replace") for name, value in (case.headers or {}).items() if name.lower() != "authorization"
    }
    request: Json = {"method": case.method, "url": path, "params": recognized(dict(case.query or {}), known), "headers": headers}
    if isinstance(case.body, bytes):
        request["content"] = case.body
    elif type(case.body).__name__ != "NotSet":
        request["content"] = json.dumps(recognized(case.body, known)).encode("utf-8", "surrogatepass")
    return request


def recognized(value: Any, known: Mapping[str, str]) -> Any:
    """A value with known names where there were others."""
    if isinstance(value, dict):
        return {name: known[name] if name in known and isinstance(one, str) else recognized(one, known) for name, one in value.items()}
    return [recognized(one, known) for one in value] if isinstance(value, list) else value


def unlike(operation: Json, response: httpx2.Response, doc: Json) -> Iterator[str]:
    """How an answer differs from what the operation is said to answer."""
    status = response.status_code
    described = operation["responses"].get(str(status))
    if status >= 500 or described is None or (status == 401 and operation["security"]):
        yield f"{status} {response.reason_phrase}"
        return
    if "$ref" in described:
        described = doc["components"]["responses"][described["$ref"].rpartition("/")[2]]
    for media, content in described.get("content", {}).items():
        if not response.headers["content-type"].startswith(media):
            yield f"{status} as {response.headers['content-type']}"
            return
        yield from (f"{status}: {one.message}" for one in validator_of(content["schema"], doc).iter_errors(response.json()))


def validator_of(schema: Json, doc: Json) -> Any:
    """What checks answers against a schema of the document: made once for each, for it reads all schemas there are."""
    key = id(doc), json.dumps(schema)
    if key not in VALIDATORS:
        VALIDATORS[key] = doc, jsonschema_rs.validator_for(schema | {"components": {"schemas": doc["components"]["schemas"]}})
    return VALIDATORS[key][1]


# With the document itself, whose identity is taken for its name.
VALIDATORS: dict[tuple[int, str], tuple[Json, Any]] = {}


if __name__ == "__main__":
    SNAPSHOT.write_text(laid_out(described()) + "\n", "utf-8")
