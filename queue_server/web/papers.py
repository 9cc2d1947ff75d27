"""Papers as PDF: what a citizen has filled in, and permits, each with a code that verifies it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Response, g, render_template, request

from assets import texts
from queue_server.desk import Desk
from queue_server.errands import found_permit
from queue_server.forms import shown
from queue_server.pdf import NotSet
from queue_server.permit_office import Permit
from queue_server.permits import PermitShape
from queue_server.present_permits import mark_of
from queue_server.problems import Problem
from queue_server.web.code import code_svg
from queue_server.web.identity import language_of
from queue_server.web.reply import must
from queue_server.wire import Code

log = logging.getLogger(__name__)


def permit_pdf(desk: Desk, id: str) -> Response:
    """A permit as PDF, to be printed."""
    must(g.caller.is_staff)
    permit = found_permit(desk, id)
    if not permit.holder:
        raise Problem(Code.NOT_FOUND, "permit-erased", field="id")
    return _printed(desk, "paper_permit.html", _permit_paper(desk, permit, _language()))


def _permit_paper(desk: Desk, permit: Permit, language: str) -> dict[str, Any]:
    show, day = desk.settled()
    kind = desk.settings.permits.get(permit.kind)
    granted = (show.time(permit.made_at) or "")[:16].replace("T", " ")
    say = partial(_say, language)
    days = {"begins": permit.begins.isoformat(), "ends": permit.ends.isoformat()}
    return {
        "hall": day.plan.name[language],
        "title": kind.words[language] if kind else permit.kind,
        "number": permit.number,
        "holder": permit.holder,
        "days": say("paper.days", **days),
        "warning": say("paper.revoked") if permit.revoked_at is not None else "",
        "answers": [
            (say("paper.permit-number"), permit.number),
            *_shown(desk, kind, permit, language),
            (say("paper.granted"), granted),
        ],
        "code": code_svg(desk.verify_url(mark_of(desk.signer, permit))),
    }


def _shown(desk: Desk, kind: PermitShape | None, permit: Permit, language: str) -> list[tuple[str, str]]:
    """What else was filled in, in the words of its form."""
    form = desk.settings.forms.get(kind.id) if kind else None
    fields = form.fields if form else {}
    return [
        (fields[name].label[language], shown(fields[name], value, language))
        for name, value in permit.shown.items()
        if value and name in fields
    ]


def _language() -> str:
    said = request.args.get("lang", "")
    return said if said in texts.LANGUAGES else language_of(request)


def _printed(desk: Desk, template: str, paper: dict[str, Any]) -> Response:
    """A paper set as PDF; its file's name says its number, and nobody's."""
    language = _language()
    page = render_template(template, paper=paper, language=language, say=partial(_say, language))
    try:
        data = desk.press.pdf(page)
    except NotSet as why:
        log.error("a paper could not be set: %s", why)
        raise Problem(Code.INTERNAL, "not-set") from None
    answer = Response(data, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="{paper["number"]}.pdf"'
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


def _say(language: str, key: str, **values: object) -> str:
    return texts.say(key, language, **values)


READS: tuple[tuple[str, str, Callable[..., Response]], ...] = (
    ("/permits/<id>/pdf", "permit_pdf", permit_pdf),
)
