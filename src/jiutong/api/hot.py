"""The front of the API: every request gets its call here, and the hottest routes are answered here.

A hot route is an ordinary route (the framework can serve it, and describes it) that is called without the framework:
the same admission, limits, decoding, problems and answers, in a tenth of the time.
"""

import inspect
import re
from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from time import perf_counter
from typing import Any, get_type_hints

import msgspec
from litestar import Response
from litestar.handlers import HTTPRouteHandler

from jiutong.api import bodies, problems
from jiutong.api.call import Call, House
from jiutong.api.shell import Handler, Route, route_of
from jiutong.api.web import Answer
from jiutong.kernel.errors import MALFORMED, Problem

Asgi = Callable[[Any, Any, Any], Awaitable[None]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]
_encode = msgspec.json.Encoder().encode
JSON = (b"content-type", b"application/json")


class Hot(msgspec.Struct, frozen=True):
    """A route as the dispatcher needs it."""

    route: Route
    answer: Handler
    decoder: "msgspec.json.Decoder[Any] | None"
    parameter: str | None
    """The name of the last part of the path, if it is a parameter."""


def hot_routes(handlers: Sequence[HTTPRouteHandler]) -> Mapping[tuple[str, str], Hot]:
    """The table of hot routes by method and path; a path that ends in a parameter ends in `/` here."""
    table: dict[tuple[str, str], Hot] = {}
    for handler in handlers:
        route = route_of(handler)
        if route is not None and route.hot:
            head, _, last = route.path.rpartition("/")
            parameter = last[1:-1].partition(":")[0] if last.startswith("{") else None
            table[route.method, f"{head}/" if parameter else route.path] = Hot(route, route.answer, _decoder(route, parameter), parameter)
    return table


class Front:
    """The ASGI application: hot routes here, everything else in the framework behind it."""

    def __init__(self, house: House, handlers: Sequence[HTTPRouteHandler], behind: Asgi) -> None:
        self.house = house
        self._table = hot_routes(handlers)
        self._named = {
            (route.method, route.path) for one in handlers if (route := route_of(one)) and not route.hot and "{" not in route.path
        }
        self._allowed = _allowed(handlers)
        self._behind = behind

    async def __call__(self, scope: MutableMapping[str, Any], receive: bodies.Receive, send: Send) -> None:
        """Answer one request. Nothing a client sends is answered by silence or by a stack trace."""
        if scope["type"] != "http":
            await self._behind(scope, receive, send)
            return
        started = perf_counter()
        client = scope.get("client")
        call = Call(self.house, dict(scope["headers"]), client[0] if client else "")
        method, path = scope["method"], scope["path"]
        table = self._table
        hot, argument = table.get((method, path)), ""
        if hot is None and (method, path) not in self._named:
            head, _, argument = path.rpartition("/")
            hot = table.get((method, f"{head}/")) if argument else None
        if "\0" in path or b"%00" in scope.get("query_string", b""):
            route, status = "none", await _refuse(call, MALFORMED("an address may not hold the zero character"), send)
        elif method == "OPTIONS" and (allowed := next((allow for address, allow in self._allowed if address.fullmatch(path)), None)):
            route, status = "options", 204
            await _send(call, 204, [(b"allow", allowed)], b"", send)
        elif hot is None and (answer := self._from_files(call, method, path)) is not None:
            route, status = "files", answer.status
            await send({"type": "http.response.start", "status": status, "headers": [*answer.headers, *call.told]})
            await send({"type": "http.response.body", "body": answer.body})
        elif hot is not None:
            route, status = hot.route.path, await self._serve(hot, call, argument, receive, send)
        else:
            status = await self._pass_on(call, scope, receive, send)
            route = scope.get("path_template") or "none"
        self.house.metrics.answered(method, route, status, perf_counter() - started)

    def _from_files(self, call: Call, method: str, path: str) -> Answer | None:
        """What the web apps answer; addresses of routes are theirs only where a file is named."""
        if path.startswith("/v1/"):
            return None
        web = self.house.web
        found = web.file(method, path, call.headers)
        if found is None and not any(address.fullmatch(path.rstrip("/") or "/") for address, _ in self._allowed):
            found = web.navigation(method, path, call.headers, call.zh)
        return found

    async def _serve(self, hot: Hot, call: Call, argument: str, receive: bodies.Receive, send: Send) -> int:
        try:
            if hot.route.scope is not None:
                await call.admit(hot.route.scope)
            given: dict[str, object] = {"call": call}
            if hot.parameter is not None:
                given[hot.parameter] = argument
            if hot.decoder is not None:
                given["data"] = bodies.decoded(await bodies.read(receive, call.headers, hot.route.body_bytes_max), hot.decoder)
            told = await hot.answer(**given)
            status, headers, body = _answer(told, hot.route.status)
        except Exception as fault:
            return await _refuse(call, problems.problem_of(fault, call.request_id), send)
        await _send(call, status, headers, body, send)
        return status

    async def _pass_on(self, call: Call, scope: MutableMapping[str, Any], receive: bodies.Receive, send: Send) -> int:
        status = 500

        async def with_what_is_told(message: MutableMapping[str, Any]) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], *call.told]
            await send(message)

        scope["call"] = call
        await self._behind(scope, receive, with_what_is_told)
        return status


def _allowed(handlers: Sequence[HTTPRouteHandler]) -> list[tuple[re.Pattern[str], bytes]]:
    """What may be done at each address. The framework's own answer names only the first handler it met there."""
    methods: dict[str, set[str]] = {}
    for handler in handlers:
        for path in handler.paths:
            methods.setdefault(path, {"OPTIONS"}).update(handler.http_methods)
    # Addresses with fewer parameters first: /members/find is no member.
    return [
        (re.compile(re.sub(r"{[^}]*}", "[^/]+", path)), ", ".join(sorted(methods[path])).encode())
        for path in sorted(methods, key=lambda path: path.count("{"))
    ]


def _decoder(route: Route, parameter: str | None) -> "msgspec.json.Decoder[Any] | None":
    taken = set(inspect.signature(route.answer).parameters) - {"call", "data", parameter}
    if taken:
        raise TypeError(f"{route.path} cannot be hot: nobody there reads {', '.join(sorted(taken))}")
    body = get_type_hints(route.answer).get("data")
    return None if body is None else msgspec.json.Decoder(body)


def _answer(told: object, status: int) -> tuple[int, Headers, bytes]:
    headers = [JSON]
    if isinstance(told, Response):
        headers += [(name.encode(), value.encode("latin-1")) for name, value in told.headers.items()]
        status = told.status_code or status
        told = told.content
    return status, headers, told if isinstance(told, bytes) else b"" if status in {204, 304} else _encode(told)


async def _refuse(call: Call, problem: Problem, send: Send) -> int:
    call.house.metrics.refused(problem.code)
    body, headers = problems.written(problem, call.request_id, call.zh)
    await _send(call, problem.status, headers, body, send)
    return problem.status


async def _send(call: Call, status: int, headers: Headers, body: bytes, send: Send) -> None:
    headers += [(b"content-length", b"%d" % len(body)), *call.told]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
