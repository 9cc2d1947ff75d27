"""The pages that people open in a browser: home, log-in, counter, manager, a ticket on a phone.

A page is rendered with its texts in one language; everything that lives comes over its socket.
But for the ticket's, pages are the same for everybody: they hold no secret and no personal data.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any, Final

from flask import Blueprint, Response, abort, make_response, render_template, request, send_file
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response as AnyResponse

from assets import texts, theme
from queue_server.desk import Desk
from queue_server.hall.model import Party, ServiceId
from queue_server.self_fill import drafts
from queue_server.self_fill.forms import Form
from queue_server.version import VERSION
from queue_server.web import guide, phone
from queue_server.web.code import code_path
from queue_server.web.hall_map import hall_map
from queue_server.web.identity import sockets_of
from queue_server.wire import Body

HERE: Final = Path(__file__).parent
STATIC: Final = HERE / "static"
SOCKET_IO: Final = HERE.parents[1] / "node_modules" / "socket.io-client" / "dist" / "socket.io.min.js"
FILE_NAME: Final = re.compile(r"[a-z][a-z_]*\.(js|css|svg)")

SAME_FOR_ALL: Final = {
    "/": "home",
    "/login": "login",
    "/counter": "counter",
    "/assistant": "assistant",
    "/manager": "manager",
    "/verify": "verify",
}

MORE_TEXTS: Final = {"counter": ("find", "form"), "assistant": ("find", "form")}
"""Pages that share parts share their texts too."""

LANGUAGE_COOKIE: Final = "lang"
YEAR_SECONDS: Final = 365 * 24 * 3600


def blueprint(desk: Desk) -> Blueprint:
    """All pages and their files, to be registered without a prefix."""
    pages = Blueprint("pages", __name__, template_folder="templates")
    files = _version()
    for path, name in SAME_FOR_ALL.items():
        pages.add_url_rule(path, name, partial(_same_page, desk, files, name))
    pages.add_url_rule("/t/<secret>", "phone", partial(_phone_page, desk, files))
    pages.add_url_rule("/items/<ids>", "guide", partial(_guide_page, desk, files))
    pages.add_url_rule("/form/<secret>", "form", partial(_form_page, desk, files))
    pages.add_url_rule("/static/<name>", "static", _static)
    pages.add_url_rule("/static/<version>/<name>", "versioned", _static)
    pages.after_request(partial(_guarded, desk))
    return pages


def _same_page(desk: Desk, files: str, name: str) -> ResponseReturnValue:
    permits = bool(desk.settings.permits)
    return _rendered(name, files, _hall(desk), _language(), practice=desk.practice, permits=permits)


def _phone_page(desk: Desk, files: str, secret: str) -> ResponseReturnValue:
    """The ticket that the secret opens, in its citizen's language unless another was chosen."""
    _, day = desk.settled()
    id = holder.ticket if (holder := desk.holder(secret)) else None
    hall = _hall(desk)
    if id is None:
        language = _language()
        answer = _rendered("phone", files, hall, language, state=phone.UNKNOWN)
        answer.status_code = 404
        return answer
    past = desk.past_ticket(id)
    when, ticket = past or ("", day.tickets[id])
    language = _language(ticket.language)
    body = desk.ticket_body(ticket, day=when)
    return _rendered(
        "phone",
        files,
        hall,
        language,
        state=phone.state_shown(body, hall),
        facts=phone.facts(body, hall, language, partial(_say, language)),
        steps=phone.steps(body, hall, language),
        ticket=body,
        map=hall_map(desk.settings, language),
        items=(
            items := _guides(desk, body["services"], set(), hall, language, ticket.party or Party.CITIZEN)
        ),
        papers=phone.papers(items, body, partial(_say, language)),
    )


def _guide_page(desk: Desk, files: str, ids: str) -> ResponseReturnValue:
    """What to bring for these items, with what `missing` names marked."""
    catalogue, hall, language = desk.settings.catalogue, _hall(desk), _language()
    found, lacking = guide.items(catalogue, ids), guide.missing(request.args.get("missing", ""))
    shown = _guides(desk, found, lacking, hall, language)
    missing = ",".join(f"{item}.{at}" for item, at in sorted(lacking))
    answer = _rendered("guide", files, hall, language, items=shown, missing=missing)
    answer.status_code = 200 if found else 404
    return answer


def _guides(
    desk: Desk,
    ids: Iterable[ServiceId],
    lacking: set[tuple[str, int]],
    hall: Body,
    language: str,
    party: Party | None = None,
) -> list[Body]:
    catalogue = desk.settings.catalogue
    known = [id for id in ids if id in catalogue.services]
    groups = {group["id"]: group["name"][language] for group in hall["groups"]}
    return guide.shown(catalogue, known, lacking, groups, language, partial(_say, language), party)


def _form_page(desk: Desk, files: str, secret: str) -> ResponseReturnValue:
    """The form that the secret opens; what was written is not in it, the page asks for that itself."""
    desk.engine.settled()
    filler, language = desk.filler(secret), _language()
    draft = desk.engine.day.drafts[filler.draft] if filler else None
    form = desk.settings.forms.get(draft.form) if draft else None
    if form is None:
        title = _say(language, "form.page.title")
        answer = _rendered("form", files, _hall(desk), language, form=None, title=title)
        answer.status_code = 404
        return answer
    return _rendered(
        "form",
        files,
        _hall(desk),
        language,
        data={
            "form": {**drafts.form_body(form), "permit": form.id in desk.settings.permits},
            "regions": drafts.regions_body(desk),
        },
        permit=form.id in desk.settings.permits,
        bridges=_bridges(desk, form, language),
        form=form,
        title=form.title[language],
        about=form.about[language],
        promise=[one[language] for one in form.promise],
        code=code_path(f"{desk.public_url}/form/{secret}"),
    )


def _bridges(desk: Desk, form: Form, language: str) -> list[Body]:
    """The offices that can fill in this form: what they are called, and which questions they answer."""
    found = []
    for kind, office in desk.settings.outside.filling.items():
        labels = [one.label[language] for one in form.fields.values() if one.source.startswith(f"{kind}.")]
        if labels:
            fields = _say(language, "form.comma").join(labels)
            found.append({"kind": kind, "office": office[language], "fields": fields})
    return found


def _hall(desk: Desk) -> Body:
    show, _ = desk.settled()
    return show.hall(desk.engine.now())


def _rendered(
    name: str, files: str, hall: Body, language: str, data: Body | None = None, **more: Any
) -> Response:
    """`data` goes to the page's script, beside its texts."""
    known = {
        key: words[language] for key, words in texts.texts_of("page", name, *MORE_TEXTS.get(name, ())).items()
    }
    html = render_template(
        f"{name}.html",
        language=language,
        other_language=next(other for other in texts.LANGUAGES if other != language),
        hall=hall,
        hall_name=hall["name"][language],
        page={"language": language, "texts": known, **(data or {})},
        say=partial(_say, language),
        asset=lambda file: f"/static/{files}/{file}",
        version=VERSION,
        **more,
    )
    answer = make_response(html)
    answer.headers["Cache-Control"] = "no-store"
    if request.args.get("lang") == language:
        answer.set_cookie(LANGUAGE_COOKIE, language, max_age=YEAR_SECONDS, samesite="Lax")
    return answer


def _say(language: str, key: str, **values: object) -> str:
    return texts.say(key, language, **values)


def _language(otherwise: str = texts.LANGUAGES[0]) -> str:
    """What `?lang=` says, else what was chosen last, else `otherwise`."""
    for wanted in (request.args.get("lang"), request.cookies.get(LANGUAGE_COOKIE)):
        if wanted in texts.LANGUAGES:
            return wanted
    return otherwise


# --- files ----------------------------------------------------------------------------------------


def _version() -> str:
    """Changes when any file of the pages does, so that browsers may keep them for ever."""
    whole = hashlib.sha256(theme.css().encode())
    for file in (*sorted(STATIC.iterdir()), SOCKET_IO):
        whole.update(file.name.encode())
        whole.update(file.read_bytes() if file.is_file() else b"")
    return whole.hexdigest()[:12]


def _static(name: str, version: str = "") -> ResponseReturnValue:
    """A file of the pages; under its version's address it may be kept for ever."""
    answer: AnyResponse
    if name == "theme.css":
        answer = Response(theme.css(), mimetype="text/css")
    else:
        file = SOCKET_IO if name == "socket.io.js" else STATIC / name
        known = name == "socket.io.js" or FILE_NAME.fullmatch(name)
        if not known or not file.is_file():
            abort(404)
        answer = send_file(file, mimetype="text/javascript" if file.suffix == ".js" else None)
    answer.headers["Cache-Control"] = f"public, max-age={YEAR_SECONDS}, immutable" if version else "no-cache"
    return answer


# --- headers --------------------------------------------------------------------------------------


def _guarded(desk: Desk, answer: AnyResponse) -> AnyResponse:
    """Nothing from other hosts, nothing inline, no frame, no referrer."""
    # Older Safari doesn't count a socket of the same host as 'self'.
    answer.headers["Content-Security-Policy"] = _content_policy(sockets_of(desk.public_url, request.host))
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    return answer


def _content_policy(sockets: str) -> str:
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        f"connect-src 'self'{sockets}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
