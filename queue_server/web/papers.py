"""Papers as PDF: what a citizen has filled in, and permits, each with a code that verifies it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Response, g, render_template, request

from assets import texts
from queue_server.desk import Desk
from queue_server.errands import found_permit, handover_body
from queue_server.problems import Problem
from queue_server.self_fill import handovers
from queue_server.self_fill.drafts import Filled, filled, found_draft, must_be_theirs, today_of
from queue_server.self_fill.forms import shown
from queue_server.self_fill.handovers import HandoverState
from queue_server.self_fill.marks import PAPER, mark_of, paper_number
from queue_server.self_fill.pdf import NotSet
from queue_server.self_fill.permit_office import Permit
from queue_server.self_fill.permits import PermitShape
from queue_server.web.code import code_svg
from queue_server.web.identity import language_of
from queue_server.web.reply import chosen, must, page
from queue_server.wire import Code

log = logging.getLogger(__name__)


def permit_pdf(desk: Desk, id: str) -> Response:
    """A permit as PDF, to be printed."""
    must(g.caller.is_staff)
    permit = found_permit(desk, id)
    if not permit.holder:
        raise Problem(Code.NOT_FOUND, "permit-erased", field="id")
    return _printed(desk, "paper_permit.html", _permit_paper(desk, permit, _language()))


def on_their_way(desk: Desk) -> Response:
    """Forms on their way to the acceptance platform, the latest first; without what stands in them."""
    must(g.caller.is_manager)
    found = handovers.handovers(desk.people, chosen("state", HandoverState))
    show, _ = desk.settled()
    return page("handovers", found, lambda one: handover_body(desk, show, one))


def draft_pdf(desk: Desk, id: str) -> Response:
    """A filled-in form as PDF, to be signed and kept."""
    draft = found_draft(desk, id)
    must_be_theirs(desk, draft, g.caller)
    return _printed(desk, "paper_form.html", _form_paper(desk, filled(desk, draft), _language()))


def _form_paper(desk: Desk, form: Filled, language: str) -> dict[str, Any]:
    show, day = desk.settled()
    today = today_of(desk).isoformat()
    number = paper_number(desk, form.draft, show.day_of(form.begun_at))
    return {
        "hall": day.plan.name[language],
        "title": form.form.title[language],
        "number": number,
        "ticket": form.ticket,
        "day": today,
        "parts": [(title[language], answers) for title, answers in form.lines(language)],
        "promise": [one[language] for one in form.form.promise],
        "code": code_svg(desk.verify_url(desk.signer.sign(PAPER, form.form.id, number, today))),
    }


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
    ("/drafts/<id>/pdf", "draft_pdf", draft_pdf),
    ("/handovers", "handovers", on_their_way),
)
