"""The pages that people open in a browser: home, log-in, counter, manager, a ticket on a phone.

A page is rendered with its texts in one language; everything that lives comes over its socket.
No page holds a secret or personal data; all but a ticket's are the same for everybody.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import Final, Protocol

from flask import Blueprint, Response, abort, make_response, render_template, request, send_file
from werkzeug.wrappers import Response as AnyResponse

from assets import texts, theme
from queue_server.web import phone
from queue_server.wire import Body

HERE: Final = Path(__file__).parent
STATIC: Final = HERE / "static"
SOCKET_IO: Final = HERE.parents[1] / "node_modules" / "socket.io-client" / "dist" / "socket.io.min.js"

LANGUAGE_COOKIE: Final = "lang"
YEAR_SECONDS: Final = 365 * 24 * 3600


class Hall(Protocol):
    """What pages are told of the hall."""

    def hall(self) -> Body:
        """The body of `GET /hall`."""

    def followed(self, secret: str) -> tuple[Body, str] | None:
        """The ticket of a secret, as its holder sees it, and its language; None where there is none."""


def blueprint(hall: Hall) -> Blueprint:
    """All pages and their files, to be registered without a prefix."""
    pages = Blueprint("pages", __name__, template_folder="templates")
    version = _version()

    def page(path: str, template: str, *files: str) -> None:
        def view() -> Response:
            return _render(hall, template, version, files)

        pages.add_url_rule(path, template, view)

    page("/", "home")
    page("/login", "login", "login")
    page("/counter", "counter", "counter")
    page("/manager", "manager", "manager")
    pages.add_url_rule("/t/<secret>", "phone", lambda secret: _ticket(hall, version, secret))
    pages.add_url_rule("/static/<name>", "static", _static)
    pages.add_url_rule("/static/<version>/<name>", "versioned", _static)
    pages.after_request(_guarded)
    return pages


def _ticket(hall: Hall, version: str, secret: str) -> Response:
    """A ticket's page; a secret that opens none gets a page that says so."""
    found = hall.followed(secret)
    if found is None:
        answer = _render(hall, "phone", version, ("phone",), state=phone.UNKNOWN)
        answer.status_code = 404
        return answer
    ticket, language = found
    language = _language(language)
    body, say = hall.hall(), _sayer(language)
    return _render(
        hall,
        "phone",
        version,
        ("phone",),
        language,
        state=phone.state_shown(ticket),
        facts=phone.facts(ticket, body, language, say),
        steps=phone.steps(ticket, body, language),
    )


def _render(
    hall: Hall,
    template: str,
    version: str,
    files: tuple[str, ...],
    language: str = "",
    **more: object,
) -> Response:
    """A page in `language`, or in that of `?lang=` and the cookie; `more` is what its template needs."""
    language = language or _language()
    known = {key: words[language] for key, words in texts.texts_of("page", *files).items()}
    body = hall.hall()
    html = render_template(
        f"{template}.html",
        language=language,
        other_language="en" if language == "zh" else "zh",
        hall=body,
        hall_name=body["name"][language],
        page={"language": language, "texts": known},
        say=_sayer(language),
        asset=lambda name: f"/static/{version}/{name}",
        **more,
    )
    answer = make_response(html)
    answer.headers["Cache-Control"] = "no-store"
    if "lang" in request.args:
        answer.set_cookie(LANGUAGE_COOKIE, language, max_age=YEAR_SECONDS, samesite="Lax")
    return answer


def _sayer(language: str) -> Callable[..., str]:
    def say(key: str, **values: object) -> str:
        return texts.say(key, language, **values)

    return say


def _language(otherwise: str = texts.LANGUAGES[0]) -> str:
    """What `?lang=` says, else the cookie, else `otherwise`."""
    for wanted in (request.args.get("lang"), request.cookies.get(LANGUAGE_COOKIE)):
        if wanted in texts.LANGUAGES:
            return wanted
    return otherwise


# --- files ----------------------------------------------------------------------------------------


def _version() -> str:
    """Changes when any file of the pages does, so that browsers may keep them for ever."""
    whole = hashlib.sha256(theme.css().encode())
    for file in [*sorted(STATIC.iterdir()), SOCKET_IO]:
        whole.update(file.name.encode())
        whole.update(file.read_bytes() if file.is_file() else b"")
    return whole.hexdigest()[:12]


def _static(name: str, version: str = "") -> AnyResponse:
    """A file of the pages; under its version's address it may be kept for ever."""
    answer: AnyResponse
    if name == "theme.css":
        answer = Response(theme.css(), mimetype="text/css")
    else:
        file = SOCKET_IO if name == "socket.io.js" else STATIC / name
        if not re.fullmatch(r"[a-z][a-z_.]*", name) or not file.is_file():
            abort(404)
        answer = send_file(file)
    answer.headers["Cache-Control"] = f"public, max-age={YEAR_SECONDS}, immutable" if version else "no-cache"
    return answer


# --- headers --------------------------------------------------------------------------------------


def _guarded(answer: AnyResponse) -> AnyResponse:
    """Nothing from other hosts, nothing inline, no frame, no referrer."""
    answer.headers["Content-Security-Policy"] = _content_policy(request.host)
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    return answer


def _content_policy(host: str) -> str:
    # Older Safari doesn't count a socket of the same host as 'self'.
    sockets = f" ws://{host} wss://{host}" if re.fullmatch(r"[\w.:\[\]-]+", host) else ""
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        f"connect-src 'self'{sockets}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
