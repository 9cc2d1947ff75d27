"""Permits over HTTP: read by staff, found by whom they are for, checked by anybody."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response, g

from queue_server import bodies
from queue_server.bodies import read
from queue_server.desk import Desk
from queue_server.errands import found_permit
from queue_server.self_fill.drafts import today_of
from queue_server.self_fill.marks import Verifier, permit_body
from queue_server.web.reply import as_json, body_of_request, must, page


def permit(desk: Desk, id: str) -> Response:
    """One permit that was granted, by its number."""
    must(g.caller.is_staff)
    show, _ = desk.settled()
    found = found_permit(desk, id)
    return as_json(permit_body(found, desk.settings.permits.get(found.kind), desk, show, today_of(desk)))


def find_permits(desk: Desk) -> Response:
    """Permits of one holder, the newest first."""
    must(g.caller.is_staff)
    holder = read(bodies.FindPermits, body_of_request()).holder
    show, _ = desk.settled()
    today, kinds = today_of(desk), desk.settings.permits
    found = desk.permits.of_holder(desk.people, holder)
    return page("permits", found, lambda one: permit_body(one, kinds.get(one.kind), desk, show, today))


def verify(desk: Desk) -> Response:
    """What a code that this hall signed is worth: valid, not yet, expired, revoked or forged."""
    mark = read(bodies.Verify, body_of_request()).mark
    show, _ = desk.settled()
    verifier = Verifier(desk.signer, desk.permits, desk.settings.permits, desk.settings.forms)
    said = verifier.check(mark.strip(), today_of(desk), desk.people)
    return as_json({**said, "hall": show.day.plan.name, "as_of": show.time(desk.engine.now())})


READS: tuple[tuple[str, str, Callable[..., Response]], ...] = (("/permits/<id>", "permit", permit),)
QUESTIONS: tuple[tuple[str, str, Callable[..., Response], type[bodies.Shape]], ...] = (
    ("/permits/find", "find_permits", find_permits, bodies.FindPermits),
    ("/verify", "verify", verify, bodies.Verify),
)
