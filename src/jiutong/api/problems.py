"""From anything that went wrong to one problem+json answer (RFC 9457): the routes raise, this file says it."""

import re
from collections.abc import Iterable

import msgspec
import structlog
from litestar.exceptions import HTTPException, ValidationException

from jiutong.kernel.db import CONTENDED, UNREACHABLE, busy
from jiutong.kernel.errors import (
    INTERNAL,
    INVALID,
    MALFORMED,
    NOT_FOUND,
    TOO_LARGE,
    UNAVAILABLE,
    FieldError,
    Problem,
    ProblemType,
)

log = structlog.get_logger()
METHOD_NOT_ALLOWED = ProblemType("request.method_not_allowed", 405, "This address does not do that", "该地址不支持此方法")
TOO_MANY = ProblemType("request.too_many", 429, "Too many requests", "请求过于频繁")

BY_STATUS = {404: NOT_FOUND, 405: METHOD_NOT_ALLOWED, 413: TOO_LARGE, 429: TOO_MANY}
JSON_PROBLEM = b"application/problem+json"
_encode = msgspec.json.Encoder().encode
_WHERE = re.compile(r"^(?P<what>.*?)(?: - at `(?:key in )?\$(?P<path>.*)`)?$", re.DOTALL)
_FIELD = re.compile(r"[Oo]bject missing required field `(?P<field>[^`]*)`|[Oo]bject contains unknown field `(?P<unknown>[^`]*)`")


def problem_of(fault: BaseException, request_id: str) -> Problem:
    """The refusal behind an exception. What nobody foresaw is ours to answer for: 500, and a line in the log."""
    match fault:
        case Problem():
            return fault
        case msgspec.ValidationError():
            error = field_error(str(fault))
            return Problem(INVALID, error.message, (error,), {})
        case msgspec.DecodeError() | RecursionError() | UnicodeError():
            return MALFORMED(f"the body is not JSON this can read: {fault}")
        case ValidationException():
            errors = tuple(_parameter_errors(fault.extra if isinstance(fault.extra, list) else ()))
            if errors and errors[0].pointer == "/data":
                return MALFORMED("this needs a JSON body")
            return Problem(INVALID, errors[0].message if errors else fault.detail, errors, {})
        case HTTPException() if fault.status_code < 500:
            return BY_STATUS.get(fault.status_code, MALFORMED)(fault.detail)
    if isinstance(fault, CONTENDED):
        return busy("others hold what this needs")
    if isinstance(fault, UNREACHABLE):
        log.warning("api.unreachable", request=request_id, why=repr(fault))
        return UNAVAILABLE("the database did not answer", retry_after_s=2)
    log.error("api.failed", request=request_id, exc_info=fault)
    return INTERNAL("the request was not carried out")


def written(problem: Problem, request_id: str, zh: bool) -> tuple[bytes, list[tuple[bytes, bytes]]]:
    """The answer's body and the headers that go with it."""
    headers = [(b"content-type", JSON_PROBLEM)]
    retry_after_s = problem.facts.get("retry_after_s")
    if retry_after_s is not None:
        headers.append((b"retry-after", str(retry_after_s).encode()))
    if problem.status == 401:
        headers.append((b"www-authenticate", b"Bearer"))
    return _encode(problem.body(request_id, zh)), headers


def field_error(told: str) -> FieldError:
    """What msgspec said of one field, with the JSON pointer to it: `$.lines[0].sku` is /lines/0/sku."""
    found = _WHERE.match(told)
    what, path = (found["what"], found["path"] or "") if found else (told, "")
    pointer = pointer_of(path)
    named = _FIELD.search(what)
    if named:
        pointer += f"/{named['field'] or named['unknown']}"
    return FieldError(pointer, INVALID.code, what)


def pointer_of(path: str) -> str:
    """`.lines[0].sku` as /lines/0/sku; a member of a map, which msgspec does not name, ends it."""
    steps = re.findall(r"\.([^.\[]+)|\[(\d+)\]|(\[\.\.\.\])", path)
    known: list[str] = []
    for name, index, unnamed in steps:
        if unnamed:
            break
        known.append((name or index).replace("~", "~0").replace("/", "~1"))
    return "".join(f"/{step}" for step in known)


def _parameter_errors(told: Iterable[object]) -> Iterable[FieldError]:
    for error in told:
        if isinstance(error, dict):
            key = str(error.get("key", ""))
            message = str(error.get("message", "not acceptable"))
            yield FieldError(f"/{key.replace('.', '/')}" if key else "", INVALID.code, f"{key}: {message}" if key else message)
