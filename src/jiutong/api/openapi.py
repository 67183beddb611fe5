"""The OpenAPI document: what the framework knows of the routes, and what the house adds to every one of them."""

from collections.abc import Iterable
from typing import Any

import msgspec
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute

from jiutong.api.call import KEY_CHARACTERS_MAX
from jiutong.api.problems import JSON_PROBLEM
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
**Lists** come in pages: pass `next` back as `after`. **Changes** may name the `ETag` they build on in `If-Match`.
"""


def document(app: Litestar) -> bytes:
    """The whole document as JSON."""
    doc: Json = app.openapi_schema.to_schema()
    doc["info"] |= {"description": ABOUT, "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}}
    doc["servers"] = [{"url": "/"}]
    components = doc.setdefault("components", {})
    components["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer", "description": "An app key (`jtk_…`) or the token of a session (`jts_…`)."}
    }
    schemas = components.setdefault("schemas", {})
    (problem,), defined = msgspec.json.schema_components([_ProblemBody], ref_template="#/components/schemas/{name}")
    schemas |= defined
    for declared, operation in _operations(app, doc):
        _dress(operation, declared, problem)
    return msgspec.json.encode(doc)


class _ProblemBody(msgspec.Struct, rename={"type_": "type"}, omit_defaults=True):
    """A refusal (RFC 9457). Some carry further members: the facts that would change it."""

    type_: str
    title: str
    status: int
    code: str
    detail: str
    errors: list[FieldError] = []
    request_id: str = ""


_ProblemBody.__name__ = "Problem"


def _operations(app: Litestar, doc: Json) -> Iterable[tuple[Route, Json]]:
    for route in app.routes:
        if isinstance(route, HTTPRoute):
            for handler in route.route_handlers:
                declared = route_of(handler)
                if declared is not None and isinstance(handler, HTTPRouteHandler):
                    yield declared, doc["paths"][route.path_format][declared.method.lower()]


def _dress(operation: Json, declared: Route, problem: Json) -> None:
    asked: list[Json] = [] if declared.scope is None else [_TOKEN]
    operation["security"] = asked
    if declared.scope:
        operation["description"] = f"Needs the scope `{declared.scope}`.\n\n{operation.get('description', '')}".strip()
    parameters: list[Json] = operation.setdefault("parameters", [])
    if declared.method == "POST" and declared.repeatable:
        parameters.append(_IDEMPOTENCY_KEY)
    if declared.method == "PUT":
        parameters.append(_IF_MATCH)
    responses = operation["responses"]
    responses.pop("400", None)
    if declared.method == "PUT":
        responses["200"]["headers"] = _ETAG
        responses["201"] = responses["200"] | {"description": "It was made.", "headers": _ETAG | _LOCATION}
    if declared.status == 201:
        responses["201"]["headers"] = _LOCATION
    by_status: dict[int, list[ProblemType]] = {}
    for type_ in _refusals(operation, declared):
        by_status.setdefault(type_.status, []).append(type_)
    for status, types in sorted(by_status.items()):
        responses[str(status)] = _refused(types, problem)


def _refusals(operation: Json, declared: Route) -> Iterable[ProblemType]:
    yield from (INTERNAL, OVERLOADED, UNAVAILABLE, MALFORMED)
    if declared.scope is not None:
        yield UNAUTHENTICATED
    if declared.scope:
        yield FORBIDDEN
    if "{" in declared.path:
        yield NOT_FOUND
    if "requestBody" in operation:
        yield from (INVALID, TOO_LARGE)
    elif operation["parameters"]:
        yield INVALID
    if declared.method == "POST" and declared.repeatable:
        yield KEY_REUSED
    if declared.method == "PUT":
        yield STALE
    yield from declared.refuses


def _refused(types: list[ProblemType], problem: Json) -> Json:
    examples = {type_.code: {"summary": type_.title_zh, "value": type_("…").body("5f0c…")} for type_ in types}
    return {
        "description": "; ".join(f"`{type_.code}` {type_.title}" for type_ in types),
        "content": {JSON_PROBLEM.decode(): {"schema": problem, "examples": examples}},
    }


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
_ETAG = {"ETag": {"schema": {"type": "string"}, "description": "The revision, for If-Match and If-None-Match."}}
_LOCATION = {"Location": {"schema": {"type": "string"}, "description": "Where it is now."}}
