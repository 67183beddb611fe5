"""How routes are written.

    @post("/v1/orders", scope="order:place", refuses=(pricing.CHANGED, ledger.SHORT), hot=True)
    async def place_order(call: Call, data: JSONBody[PlaceOrder]) -> Response[OrderView]:
        placed = await call.run(checkout.place, data)
        return call.created(view(placed), f"/v1/orders/{placed.order}")

`scope` is the grant the caller must hold; "" asks only that somebody is signed in; None lets anybody in. The body is
decoded strictly by msgspec and is 422 with a pointer where it does not fit. `refuses` is for the OpenAPI document.
Parts of the path and the query are arguments by name; what needs more than a type says it with litestar's
`Annotated[int, QueryParameter(ge=1)]`. A `hot` route is served in front of the framework (hot.py): it takes `call`,
`data` and at most a last `{path}` parameter.
Everything may be raised: a Problem, and whatever else goes wrong, becomes one problem+json answer (problems.py).
"""

import inspect
import re
from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

import msgspec
from litestar import Litestar, Request, Response
from litestar.connection import ASGIConnection
from litestar.di import NamedDependency, Provide
from litestar.dto import AbstractDTO
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler
from litestar.openapi.config import OpenAPIConfig
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from typing_extensions import override

from jiutong.api import bodies, problems
from jiutong.api.call import Call, House, call_of
from jiutong.kernel.errors import ProblemType

__all__ = ["JSONBody", "Route", "delete", "get", "litestar", "patch", "post", "put", "route_of"]

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
Handler = Callable[..., Awaitable[object]]
Declare = Callable[[Handler], HTTPRouteHandler]


class Route(msgspec.Struct, frozen=True):
    """What a route declares beyond its address."""

    method: Method
    path: str
    scope: str | None
    status: int
    also: tuple[int, ...]
    refuses: tuple[ProblemType, ...]
    hot: bool
    repeatable: bool
    body_bytes_max: int
    answer: Handler


def get(path: str, *, scope: str | None, refuses: Sequence[ProblemType] = (), hot: bool = False) -> Declare:
    """Read something; changes nothing."""
    return _declare("GET", path, scope, 200, refuses, hot=hot)


def post(
    path: str,
    *,
    scope: str | None,
    refuses: Sequence[ProblemType] = (),
    status: int = 201,
    also: tuple[int, ...] = (),
    hot: bool = False,
    repeatable: bool = True,
    body_bytes_max: int = bodies.BODY_BYTES_MAX,
) -> Declare:
    """Make something (201 with Location), or do something to it (`status=200`). Repeatable by Idempotency-Key, unless said otherwise.

    `also` are statuses it may answer with besides, for the OpenAPI document.
    """
    return _declare("POST", path, scope, status, refuses, also=also, hot=hot, repeatable=repeatable, body_bytes_max=body_bytes_max)


def put(path: str, *, scope: str | None, refuses: Sequence[ProblemType] = (), body_bytes_max: int = bodies.BODY_BYTES_MAX) -> Declare:
    """Make or replace what has this address. Repeatable by nature; If-Match guards against overwriting the unseen."""
    return _declare("PUT", path, scope, 200, refuses, body_bytes_max=body_bytes_max)


def patch(path: str, *, scope: str | None, refuses: Sequence[ProblemType] = ()) -> Declare:
    """Change part of what has this address."""
    return _declare("PATCH", path, scope, 200, refuses)


def delete(path: str, *, scope: str | None, refuses: Sequence[ProblemType] = ()) -> Declare:
    """End it; 204, also when it had ended before."""
    return _declare("DELETE", path, scope, 204, refuses)


def route_of(handler: BaseRouteHandler) -> Route | None:
    """What was declared of a handler; None for the framework's own."""
    return handler.opt.get("route")


def litestar(house: House, handlers: Sequence[HTTPRouteHandler], lifespan: Callable[[Litestar], Any]) -> Litestar:
    """The framework with the house's conventions. It routes, reads parameters and describes; the rest is ours."""
    return Litestar(
        handlers,
        dependencies={"call": Provide(_provided, sync_to_thread=False)},
        dto=StrictBody,
        return_dto=None,
        exception_handlers={Exception: _answer_fault},
        lifespan=[lifespan],
        logging_config=None,
        request_max_body_size=bodies.BODY_BYTES_MAX,
        openapi_config=OpenAPIConfig(title="jiutong 九通", version="1", path="/framework-schema", render_plugins=()),
    )


class StrictBody(AbstractDTO[Any]):
    """Bodies are decoded by msgspec from the bytes: strictly, once, with a pointer to what does not fit."""

    model_type = object
    _decoders: dict[str, "msgspec.json.Decoder[Any]"] = {}  # noqa: RUF012 - one table for all handlers

    @classmethod
    @override
    def create_for_field_definition(cls, field_definition: Any, handler_id: str, backend_cls: Any = None) -> None:
        """Prepare the decoder of a handler."""
        if field_definition.name == "data":
            cls._decoders[handler_id] = msgspec.json.Decoder(field_definition.annotation)

    @classmethod
    @override
    def create_openapi_schema(cls, field_definition: Any, handler_id: str, schema_creator: Any) -> Any:
        """The type describes itself."""
        return schema_creator.for_field_definition(field_definition)

    @classmethod
    @override
    def generate_field_definitions(cls, model_type: type[Any]) -> Any:
        """Nothing is rewritten."""
        return iter(())

    @classmethod
    @override
    def detect_nested_field(cls, field_definition: Any) -> bool:
        """Nothing is rewritten."""
        return False

    @override
    def decode_bytes(self, value: bytes) -> Any:
        """The body as the handler's type."""
        request: Any = self.asgi_connection
        return bodies.decoded(value, self._decoders[request.route_handler.handler_id])


def _declare(
    method: Method,
    path: str,
    scope: str | None,
    status: int,
    refuses: Sequence[ProblemType],
    *,
    also: tuple[int, ...] = (),
    hot: bool = False,
    repeatable: bool = True,
    body_bytes_max: int = bodies.BODY_BYTES_MAX,
) -> Declare:
    def declare(answer: Handler) -> HTTPRouteHandler:
        said = inspect.cleandoc(answer.__doc__ or answer.__name__)
        summary, _, more = said.partition("\n")
        declared = HTTPRouteHandler(
            re.sub(r"{(\w+)}", r"{\1:str}", path),
            http_method=method,
            status_code=status,
            guards=[_admit],
            opt={"route": Route(method, path, scope, status, also, tuple(refuses), hot, repeatable, body_bytes_max, answer)},
            operation_id=answer.__name__,
            summary=summary.rstrip("."),
            description=more.strip() or None,
            tags=[path.split("/")[2]] if path.startswith("/v1/") else ["operation"],
            request_max_body_size=body_bytes_max,
        )
        answer.__annotations__ = {name: _marked(name, hint, path) for name, hint in get_type_hints(answer, include_extras=True).items()}
        return declared(answer)

    return declare


def _marked(name: str, hint: Any, path: str) -> Any:
    """The framework wants to be told of every argument where it comes from; the names say it already."""
    if name == "call":
        return NamedDependency[hint]
    if name in {"data", "request", "return"} or get_origin(hint) is Annotated:
        return hint
    if f"{{{name}" in path:
        return FromPath[hint]
    return Annotated[hint, _WHOLE] if int in {hint, *get_args(hint)} else FromQuery[hint]


# Numbers no column could hold.
_WHOLE = QueryParameter(ge=bodies.INT_MIN, le=bodies.INT_MAX)


async def _admit(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    declared = route_of(handler)
    if declared is not None and declared.scope is not None:
        await call_of(connection).admit(declared.scope)


def _provided(request: Request[Any, Any, Any]) -> Call:
    return call_of(request)


def _answer_fault(request: Request[Any, Any, Any], fault: Exception) -> Response[bytes]:
    call: Call = call_of(request)
    problem = problems.problem_of(fault, call.request_id)
    call.house.metrics.refused(problem.code)
    body, headers = problems.written(problem, call.request_id, call.zh)
    told = {name.decode(): value.decode("latin-1") for name, value in headers}
    allow = getattr(fault, "headers", None) or {}
    return Response(body, status_code=problem.status, headers=told | dict(allow), media_type=told.pop("content-type"))
