"""The OpenAPI document: what the framework knows of the routes, and what the house adds to every one of them."""

from collections.abc import Iterable, Mapping
from typing import Any, get_args, get_origin, get_type_hints

import msgspec
from litestar import Litestar, Response
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute

from jiutong.api.call import KEY_CHARACTERS_MAX
from jiutong.api.problems import JSON_PROBLEM, TOO_MANY
from jiutong.api.shell import Route, route_of
from jiutong.kernel.errors import (
    FORBIDDEN,
    INTERNAL,
    INVALID,
    KEY_REUSED,
    MALFORMED,
    NOT_FOUND,
    OVERLOADED,
    STALE,
    TOO_LARGE,
    UNAUTHENTICATED,
    UNAVAILABLE,
    FieldError,
    ProblemType,
)

Json = dict[str, Any]
ABOUT = """\
Amounts are whole numbers of minor units, quantities whole base units, instants RFC 3339 in UTC.

**Repeat safely.** Send an `Idempotency-Key` with every POST: the same key does the work once and answers the same again.
**Refusals** are `application/problem+json` with a stable `code`, a `pointer` to the field, and a title in the language asked for.
**Limits** on requests, where there are any, are told in `RateLimit`; after a 429 or 503 wait for `Retry-After` seconds.
**Lists** come in pages: pass `next` back as `after`. **Changes** may name the `ETag` they build on in `If-Match`.
"""


def document(app: Litestar) -> bytes:
    """The whole document as JSON."""
    doc: Json = app.openapi_schema.to_schema()
    doc["info"] |= {"description": ABOUT, "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}}
    doc["servers"] = [{"url": "/"}]
    operations = list(_operations(app, doc))
    # Types are described by what decodes and encodes them: it knows which members are refused and which may be left out.
    read_or_told = (type_ for declared, _ in operations for type_ in (_body(declared), _told(declared)))
    types = [type_ for type_ in dict.fromkeys([*read_or_told, _Problem]) if type_ is not None]
    described, schemas = msgspec.json.schema_components(types, ref_template="#/components/schemas/{name}")
    schema_of = dict(zip(types, described, strict=True))
    refusals = {type_.code: type_ for declared, operation in operations for type_ in _refusals(operation, declared)}
    doc["components"] = {
        "schemas": schemas,
        "examples": {code: {"summary": type_.title_zh, "value": type_("…").body("5f0c…")} for code, type_ in sorted(refusals.items())},
        "securitySchemes": {
            "token": {"type": "http", "scheme": "bearer", "description": "An app key (`jtk_…`) or the token of a session (`jts_…`)."}
        },
    }
    for declared, operation in operations:
        _dress(operation, declared, schema_of)
    doc["components"]["responses"] = _shared(operation for _, operation in operations)
    return msgspec.json.encode(doc)


class _Problem(msgspec.Struct, rename={"type_": "type"}, omit_defaults=True):
    """A refusal (RFC 9457). Some carry further members: the facts that would change it."""

    type_: str
    title: str
    status: int
    code: str
    detail: str
    errors: list[FieldError] = []
    request_id: str = ""


_Problem.__name__ = "Problem"


def _body(declared: Route) -> Any:
    """The type of the body a route reads."""
    return get_type_hints(declared.answer).get("data")


def _told(declared: Route) -> Any:
    """The type of the body a route answers with."""
    told = get_type_hints(declared.answer).get("return")
    if get_origin(told) is Response:
        (told,) = get_args(told)
    return None if told in {type(None), bytes} else told


def _operations(app: Litestar, doc: Json) -> Iterable[tuple[Route, Json]]:
    for route in app.routes:
        if isinstance(route, HTTPRoute):
            for handler in route.route_handlers:
                declared = route_of(handler)
                if declared is not None and isinstance(handler, HTTPRouteHandler):
                    yield declared, doc["paths"][route.path_format][declared.method.lower()]


def _dress(operation: Json, declared: Route, schema_of: Mapping[Any, Json]) -> None:
    asked: list[Json] = [] if declared.scope is None else [_TOKEN]
    operation["security"] = asked
    if declared.scope:
        operation["description"] = f"Needs the scope `{declared.scope}`.\n\n{operation.get('description', '')}".strip()
    body, told = _body(declared), _told(declared)
    if body is not None:
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema_of[body]}}}
    content: Json = {} if told is None else {"content": {"application/json": {"schema": schema_of[told]}}}
    tagged = _is_tagged(declared)
    parameters: list[Json] = operation.setdefault("parameters", [])
    if declared.method == "POST" and declared.repeatable:
        parameters.append(_IDEMPOTENCY_KEY)
    if tagged:
        parameters.append(_IF_MATCH if declared.method == "PUT" else _IF_NONE_MATCH)
    by_status: dict[int, list[ProblemType]] = {}
    for type_ in _refusals(operation, declared):
        by_status.setdefault(type_.status, []).append(type_)
    responses: Json = {str(status): _answered(status, content, tagged=tagged) for status in _statuses(declared, tagged=tagged)}
    operation["responses"] = responses | {str(status): _refused(types, schema_of[_Problem]) for status, types in sorted(by_status.items())}


def _is_tagged(declared: Route) -> bool:
    """A route that reads or puts one thing and answers more than its body answers with its ETag."""
    return declared.method in {"GET", "PUT"} and get_origin(get_type_hints(declared.answer).get("return")) is Response


def _statuses(declared: Route, *, tagged: bool) -> Iterable[int]:
    yield declared.status
    yield from declared.also
    if tagged:
        yield 201 if declared.method == "PUT" else 304


def _answered(status: int, content: Json, *, tagged: bool) -> Json:
    headers = (_ETAG if tagged else {}) | (_LOCATION if status == 201 else {})
    return {"description": _MEANS[status]} | ({"headers": headers} if headers else {}) | (content if status < 204 else {})


def _refusals(operation: Json, declared: Route) -> Iterable[ProblemType]:
    yield from (INTERNAL, OVERLOADED, UNAVAILABLE, MALFORMED)
    if declared.scope is not None:
        yield from (UNAUTHENTICATED, TOO_MANY)
    if declared.scope:
        yield FORBIDDEN
    if "{" in declared.path:
        yield NOT_FOUND
    if _body(declared) is not None:
        yield from (INVALID, TOO_LARGE)
    elif operation.get("parameters"):
        yield INVALID
    if declared.method == "POST" and declared.repeatable:
        yield KEY_REUSED
    if declared.method == "PUT" and _is_tagged(declared):
        yield STALE
    yield from declared.refuses


def _refused(types: list[ProblemType], problem: Json) -> Json:
    examples = {type_.code: {"$ref": f"#/components/examples/{type_.code}"} for type_ in types}
    return {
        "description": "; ".join(f"`{type_.code}` {type_.title}" for type_ in types),
        "content": {JSON_PROBLEM.decode(): {"schema": problem, "examples": examples}},
    }


def _shared(operations: Iterable[Json]) -> Json:
    """What several operations refuse alike, taken out of them: it stands once, under its codes."""
    places: dict[str, list[tuple[Json, str]]] = {}
    for responses in (operation["responses"] for operation in operations):
        for status, response in responses.items():
            if int(status) >= 400:
                codes = response["content"][JSON_PROBLEM.decode()]["examples"]
                places.setdefault("-".join(codes), []).append((responses, status))
    shared: Json = {}
    for name, found in sorted(places.items()):
        if len(found) > 1:
            for responses, status in found:
                shared[name] = responses[status]
                responses[status] = {"$ref": f"#/components/responses/{name}"}
    return shared


_MEANS = {200: "As asked.", 201: "It was made.", 202: "It will be done.", 204: "Done.", 304: "You have it already."}
_TOKEN: Json = {"token": ()}
_IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Your own name for this request. Sent again with the same key, it is not done again.",
    "schema": {"type": "string", "minLength": 1, "maxLength": KEY_CHARACTERS_MAX, "pattern": "^[ -~]+$"},
}
_IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "description": "The ETag you have read: 412 when it has changed since.",
    "schema": {"type": "string", "pattern": '^"[1-9][0-9]{0,17}"$'},
}
_IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "The ETag you have: 304 when nothing has changed.",
    "schema": {"type": "string"},
}
_ETAG = {"ETag": {"schema": {"type": "string"}, "description": "The revision, for If-Match and If-None-Match."}}
_LOCATION = {"Location": {"schema": {"type": "string"}, "description": "Where it is now."}}
