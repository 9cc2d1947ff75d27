"""Who sends a request, and in which language they want to be answered."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Request

SESSION_COOKIE, CSRF_COOKIE, CSRF_HEADER = "hall_session", "hall_csrf", "X-CSRF-Token"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def bearer(request: Request) -> str:
    """The token of the `Authorization` header; empty without one."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


def session_token(request: Request) -> str:
    """The browser's session; empty without one."""
    return request.cookies.get(SESSION_COOKIE, "")


def is_own_origin(request: Request) -> bool:
    """Whether a browser sends this from one of our own pages; programs send no Origin."""
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc == request.host


def language_of(request: Request) -> str:
    """`zh` or `en`, as `Accept-Language` has it; `zh` where it says nothing of either."""
    best = request.accept_languages.best_match(["zh-CN", "zh", "en"], default="zh")
    return "en" if best == "en" else "zh"
