"""Refusals as values: a stable code, a status, words in both languages, and the pointer to the field."""

from typing import Any

import msgspec


class FieldError(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is wrong with one field. `pointer` is an RFC 6901 JSON pointer into the request body."""

    pointer: str
    code: str
    message: str


class Problem(Exception):
    """One refusal (RFC 9457). Flows return it for a command they refuse; a reader of input raises it."""

    __slots__ = ("detail", "errors", "facts", "type")

    def __init__(self, type_: "ProblemType", detail: str, errors: tuple[FieldError, ...], facts: dict[str, Any]) -> None:
        super().__init__(type_.code, detail)
        self.type = type_
        self.detail = detail
        self.errors = errors
        self.facts = facts

    @property
    def code(self) -> str:
        """The stable code, e.g. `inventory.short`."""
        return self.type.code

    @property
    def status(self) -> int:
        """The HTTP status it is answered with."""
        return self.type.status

    def body(self, request_id: str = "", zh: bool = False) -> dict[str, Any]:
        """The members of an application/problem+json answer; `facts` are what would change the refusal."""
        return {
            "type": f"/problems/{self.type.code}",
            "title": self.type.title_zh if zh else self.type.title,
            "status": self.type.status,
            "code": self.type.code,
            "detail": self.detail,
            **({"errors": list(self.errors)} if self.errors else {}),
            **self.facts,
            **({"request_id": request_id} if request_id else {}),
        }


class ProblemType(msgspec.Struct, frozen=True):
    """A kind of refusal, declared once by the room that refuses. Calling it makes the refusal."""

    code: str
    status: int
    title: str
    title_zh: str

    def __post_init__(self) -> None:
        CATALOG[self.code] = self

    def __call__(self, detail: str, *, pointer: str | None = None, **facts: Any) -> Problem:
        errors = (FieldError(pointer, self.code, detail),) if pointer is not None else ()
        return Problem(self, detail, errors, facts)


CATALOG: dict[str, ProblemType] = {}

INVALID = ProblemType("request.invalid", 422, "The request has fields that cannot be accepted", "请求字段有误")
MALFORMED = ProblemType("request.malformed", 400, "The request is not readable", "请求格式错误")
TOO_LARGE = ProblemType("request.too_large", 413, "The request is larger than allowed", "请求过大")
NOT_FOUND = ProblemType("resource.not_found", 404, "There is no such thing here", "资源不存在")
UNAUTHENTICATED = ProblemType("access.unauthenticated", 401, "Sign in first", "请先登录")
FORBIDDEN = ProblemType("access.forbidden", 403, "This key or role may not do that", "没有权限")
STALE = ProblemType("resource.stale", 412, "It changed since you read it", "数据已被更新")
KEY_REUSED = ProblemType("idempotency.key_reused", 422, "This key was used with another request", "幂等键已用于其他请求")
OVERLOADED = ProblemType("service.overloaded", 503, "Too busy to accept this now", "系统繁忙，请稍后重试")
UNAVAILABLE = ProblemType("service.unavailable", 503, "The database cannot be reached right now", "数据库暂不可用")
INTERNAL = ProblemType("service.internal", 500, "Something went wrong on our side", "系统内部错误")
