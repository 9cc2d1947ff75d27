"""What the API's views share: a request's body, a list's limits, an answer as JSON."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar

import orjson
from flask import Response, g, request
from werkzeug.exceptions import RequestEntityTooLarge

from queue_server.accounts import Caller
from queue_server.bodies import wrong
from queue_server.problems import Cure, Problem
from queue_server.wire import Body, Code

E = TypeVar("E", bound=StrEnum)

BODY_BYTES = 64 * 1024
"""A request's body has so many at most."""
DEFAULT_LIMIT, MOST = 100, 500
"""A list by GET has so many entries where nothing is said, and at most."""


def body_of_request() -> Body:
    """The request's JSON object; no body is an empty one."""
    data = request.get_data(cache=True)
    if request.content_length is None and len(data) >= BODY_BYTES:
        raise RequestEntityTooLarge  # Of a body that came in chunks no more is read, without a word.
    if not data:
        return {}
    if request.mimetype != "application/json":
        raise Problem(Code.MEDIA_TYPE)
    try:
        body = orjson.loads(data)
    except ValueError:
        raise Problem(Code.INVALID, "not-json") from None
    if not isinstance(body, dict):
        raise Problem(Code.INVALID, "not-json")
    return body


def as_json(body: Body | None, status: int = 200) -> Response:
    if body is None:
        return Response(status=204)
    response = Response(orjson.dumps(body), status, mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response


def _limits() -> tuple[int, int]:
    """`limit` and `offset` of a list."""
    limit, offset = _whole("limit", DEFAULT_LIMIT), _whole("offset", 0)
    if not 1 <= limit <= MOST:
        raise wrong("limit", Cure("between", {"low": 1, "high": MOST}))
    return limit, offset


def _whole(name: str, otherwise: int) -> int:
    text = request.args.get(name, "")
    if not text:
        return otherwise
    if not text.isdecimal() or len(text) > 9:
        raise wrong(name, Cure("number"))
    return int(text)


def page(name: str, entries: list[Any], show: Callable[[Any], Body | str], **beside: Any) -> Response:
    """A page of a list, with how many there are in all, and what stands `beside` it."""
    limit, offset = _limits()
    shown = entries[offset : offset + limit]
    return as_json({**beside, name: [show(entry) for entry in shown], "total": len(entries)})


def chosen(name: str, allowed: type[E]) -> E | None:
    """A query parameter that is one of a few words."""
    text = request.args.get(name, "")
    if text and text not in list(allowed):
        raise wrong(name, Cure("choice", {"allowed": ", ".join(allowed)}))
    return allowed(text) if text else None


def must(allowed: bool) -> None:
    """:raises Problem: `unauthorized` or `forbidden`, for a caller who may not see this."""
    if not allowed:
        caller: Caller = g.caller
        known = caller.is_staff or caller.kind is not None or caller.ticket is not None
        raise Problem(Code.FORBIDDEN if known else Code.UNAUTHORIZED)
