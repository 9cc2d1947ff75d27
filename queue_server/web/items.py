"""The catalogue over HTTP: items, themes, guides, and finding them by any word."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response, request

from queue_server.catalogue.catalogue import Question, Theme
from queue_server.catalogue.search import Found
from queue_server.desk import Desk
from queue_server.hall.model import Party, ServiceId
from queue_server.present import service_body
from queue_server.problems import Problem
from queue_server.web.reply import as_json, chosen, page
from queue_server.wire import Body, Code

QUERY_SIGNS = 100


def services(desk: Desk) -> Response:
    """The catalogue, best match first."""
    args = request.args
    found = desk.settings.catalogue.search(
        _query(), args.get("group", ""), args.get("theme", ""), chosen("party", Party)
    )
    return page("services", found, service_body)


def service(desk: Desk, id: str) -> Response:
    """One item with its guide, department and codes."""
    catalogue = desk.settings.catalogue
    found = catalogue.services.get(ServiceId(id))
    if found is None:
        raise Problem(Code.NOT_FOUND, "no-such-service", services=id)
    details = catalogue.details[found.id]
    department = details.department
    return as_json(
        {
            **service_body(found),
            "item": {"id": details.item.id, "name": details.item.name.model_dump()} if details.item else None,
            "department": {"id": department.id, "name": department.name} if department else None,
            "type": details.type,
            "code31": details.code31,
            "code33": details.code33,
            "guide": catalogue.guide(found.id),
        }
    )


def themes(desk: Desk) -> Response:
    """Items as citizens see them: one thing, with all it takes; best match first."""
    return page("themes", desk.settings.catalogue.search_themes(_query()), _theme)


def matches(desk: Desk) -> Response:
    """Themes and items together, best match first, as fast as one types."""
    catalogue = desk.settings.catalogue

    def show(one: Found) -> Body:
        if one.kind == "theme":
            return {"kind": one.kind, **_theme(catalogue.themes[one.id])}
        return {"kind": one.kind, **service_body(catalogue.services[ServiceId(one.id)])}

    return page("matches", catalogue.find(_query()), show)


def questions(desk: Desk) -> Response:
    """What to ask somebody who doesn't know what to choose; the first is where it begins."""
    return page("questions", list(desk.settings.catalogue.questions.values()), _question)


def words(desk: Desk) -> Response:
    """What items and themes are called, in Hanzi: a keyboard may offer these words first."""
    return page("words", desk.settings.catalogue.words(), str)


def _query() -> str:
    return request.args.get("q", "")[:QUERY_SIGNS]


def _theme(theme: Theme) -> Body:
    return {"id": theme.id, "name": theme.name, "services": list(theme.services)}


def _question(question: Question) -> Body:
    answers = [{"name": one.name, one.kind: one.leads_to} for one in question.answers]
    return {"id": question.id, "name": question.name, "answers": answers}


READS: tuple[tuple[str, str, Callable[..., Response]], ...] = (
    ("/services", "services", services),
    ("/services/<id>", "service", service),
    ("/themes", "themes", themes),
    ("/matches", "matches", matches),
    ("/questions", "questions", questions),
    ("/words", "words", words),
)
