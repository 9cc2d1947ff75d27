"""Who sends a request, and in which language they want to be answered."""

from __future__ import annotations

import re

from werkzeug.wrappers import Request

SESSION_COOKIE, CSRF_COOKIE, CSRF_HEADER = "hall_session", "hall_csrf", "X-CSRF-Token"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
HOST = re.compile(r"[\w.:\[\]-]+")


def bearer(request: Request) -> str:
    """The token of the `Authorization` header; empty without one."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


def session_token(request: Request) -> str:
    """The browser's session; empty without one."""
    return request.cookies.get(SESSION_COOKIE, "")


def is_own_origin(request: Request, public_url: str) -> bool:
    """Whether a browser sends this from one of our own pages; programs send no Origin.

    Behind a proxy with TLS the browser names `public_url`, whatever the proxy made of `Host`.
    """
    origin = request.headers.get("Origin")
    return origin is None or origin == _origin_of(public_url) or _host_of(origin) == request.host


def came_by_tls(request: Request) -> bool:
    """Whether a browser, known to be on one of our own pages, reached it by HTTPS."""
    return request.is_secure or request.headers.get("Origin", "").startswith("https://")


def sockets_of(public_url: str, host: str) -> str:
    """Where our pages may open sockets, for a browser that doesn't count them as 'self'."""
    hosts = dict.fromkeys(one for one in (host, _host_of(public_url)) if HOST.fullmatch(one))
    return "".join(f" ws://{one} wss://{one}" for one in hosts)


def _host_of(url: str) -> str:
    """With its port, where it names one; whatever was sent is no error."""
    return url.partition("://")[2].partition("/")[0]


def _origin_of(url: str) -> str:
    """As browsers write it: small letters, no port that goes without saying."""
    scheme, host = url.partition("://")[0].lower(), _host_of(url).lower()
    return f"{scheme}://{host.removesuffix({'http': ':80', 'https': ':443'}.get(scheme, ''))}"


def language_of(request: Request) -> str:
    """`zh` or `en`, as `Accept-Language` has it; `zh` where it says nothing of either."""
    best = request.accept_languages.best_match(["zh-CN", "zh", "en"], default="zh")
    return "en" if best == "en" else "zh"
