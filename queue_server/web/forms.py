"""Forms over HTTP: which there are, what they ask, what was written into one."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response, g, request

from queue_server.accounts import Caller
from queue_server.desk import Desk
from queue_server.hall.model import ServiceId
from queue_server.problems import Problem
from queue_server.self_fill import drafts
from queue_server.web.reply import as_json, must, page
from queue_server.wire import Body, Code


def forms(desk: Desk) -> Response:
    """The forms that citizens can fill in; with `service`, those that the item needs or that go with it."""
    known = desk.settings.forms
    id = request.args.get("service", "")
    if not id:
        return page("forms", list(known.values()), drafts.form_entry)
    service = desk.settings.catalogue.services.get(ServiceId(id))
    if service is None:
        raise Problem(Code.NOT_FOUND, "no-such-service", services=id)
    names = [name for name in (*service.forms, *service.offered) if name in known]

    def show(name: str) -> Body:
        return {**drafts.form_entry(known[name]), "needed": name in service.forms}

    return page("forms", names, show)


def form(desk: Desk, id: str) -> Response:
    """One form: its JSON Schema, and the layout by which people are asked."""
    found = desk.settings.forms.get(id)
    if found is None:
        raise Problem(Code.NOT_FOUND, "no-such-form", field="id")
    return as_json(drafts.form_body(found))


def regions(desk: Desk) -> Response:
    """The districts and towns from which an address is chosen."""
    return as_json(drafts.regions_body(desk))


def draft(desk: Desk, id: str) -> Response:
    """What was written into a form, each value with what filled it in."""
    show, _ = desk.settled()
    found = drafts.found_draft(desk, id)
    caller: Caller = g.caller
    drafts.must_be_theirs(desk, found, caller)
    body = drafts.whole_body(desk, show, found)
    if drafts.may_have_secret(caller, found):
        body |= drafts.secret_body(desk, found.id)
    return as_json(body)


def ticket_forms(desk: Desk, id: str) -> Response:
    """The forms that a ticket needs, has, or may have, and how each stands."""
    show, day = desk.settled()
    caller: Caller = g.caller
    ticket = day.tickets.get(desk.ticket_id(id))
    must(caller.is_staff or (ticket is not None and caller.ticket == ticket.id))
    if ticket is None:
        raise Problem(Code.NOT_FOUND, "no-such-ticket", field="id")
    return page("forms", drafts.forms_of_ticket(desk, show, ticket, caller), lambda one: one)


READS: tuple[tuple[str, str, Callable[..., Response]], ...] = (
    ("/forms", "forms", forms),
    ("/forms/<id>", "form", form),
    ("/regions", "regions", regions),
    ("/drafts/<id>", "draft", draft),
    ("/tickets/<id>/forms", "ticket_forms", ticket_forms),
)
