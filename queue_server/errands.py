"""What can be asked beside the day itself: permits, other offices' data, papers handed over.

An errand goes on the table of operations like any other, but no command of the day comes of it: it
writes for itself (through the desk, so durable before it is answered), or only asks elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from assets import texts
from queue_server import bodies
from queue_server.accounts import Caller
from queue_server.answers import Params
from queue_server.bodies import Shape, read, wrong
from queue_server.hall import identity
from queue_server.hall.commands import Cancel
from queue_server.hall.drafts import Draft
from queue_server.hall.model import State, TicketId, Words
from queue_server.hall.refusal import Refused
from queue_server.operations import OPERATIONS, Operation
from queue_server.outside.bridges import Result, Unavailable
from queue_server.present import Presenter
from queue_server.problems import Cure, Problem
from queue_server.self_fill import handovers
from queue_server.self_fill.drafts import checked_values, found_draft, must_be_theirs, today_of
from queue_server.self_fill.marks import permit_body
from queue_server.self_fill.permit_office import Permit, wanted_by
from queue_server.self_fill.permits import PermitShape, Refusal, refusals
from queue_server.settings.bridges import FILLS_IN, ProviderShape
from queue_server.storage.store import Answer, StorageError
from queue_server.wire import Body, Code, Kind

if TYPE_CHECKING:
    import sqlite3

    from queue_server.desk import Desk

Work = Callable[["Desk", Caller, Params, Any, str], Answer]
"""Carries it out for a caller: the path's parameters, the body as read, the idempotency key."""


@dataclass(frozen=True, slots=True)
class Errand:
    """`result` names what the answer shows."""

    name: str
    result: str
    shape: type[Shape]
    allowed: Callable[[Caller], bool]
    work: Work
    summary: str

    def read(self, body: Body) -> Any:
        """:raises Problem: `invalid`, naming the field."""
        return read(self.shape, body)


ERRANDS: dict[str, Errand] = {}


def _errand(result: str, shape: type[Shape], allowed: Callable[[Caller], bool]) -> Callable[[Work], Work]:
    """Enter a function into the table under its own name."""

    def enter(work: Work) -> Work:
        name = work.__name__
        ERRANDS[name] = Errand(name, result, shape, allowed, work, (work.__doc__ or "").strip())
        return work

    return enter


def _managers(caller: Caller) -> bool:
    return caller.is_manager


def _kiosks(caller: Caller) -> bool:
    return caller.kind is Kind.KIOSK


def _who_fills_in(caller: Caller) -> bool:
    """Where forms are filled in: a kiosk, the phone of a ticket's or form's holder, staff for a citizen."""
    return caller.is_staff or caller.kind is Kind.KIOSK or caller.ticket is not None or bool(caller.draft)


# --- what nobody waits for any more ---------------------------------------------------------------


@_errand("ticket", bodies.GiveUp, _kiosks)
def give_up(desk: Desk, caller: Caller, params: Params, body: bodies.GiveUp, key: str) -> Answer:
    """Cancel the number that was asked for with a key, made already or still on its way: its citizen left."""
    try:
        given = desk.engine.use_up(caller.name, body.asked)
        if not given.ticket:
            return Answer("", 200, None)
        desk.engine.do(Cancel(TicketId(given.ticket)), caller.actor())
    except Refused as refusal:
        if refusal.state != State.CANCELLED:
            raise Problem.of(refusal) from None
    except StorageError:
        raise Problem(Code.STORAGE, retry_after=5) from None
    _, day = desk.settled()
    return Answer("", 200, desk.ticket_body(day.tickets[TicketId(given.ticket)]))


# --- permits granted at once ----------------------------------------------------------------------


OFFICE = Caller("permits")
"""In whose name a form's permit is remembered: it is the same for whoever sends the form."""


class _NotGranted(Exception):
    def __init__(self, reasons: list[Refusal]) -> None:
        super().__init__()
        self.reasons = reasons


@_errand("permit", bodies.ApplyForPermit, _who_fills_in)
def permit_apply(desk: Desk, caller: Caller, params: Params, body: bodies.ApplyForPermit, key: str) -> Answer:
    """Apply for a permit: granted at once, or refused with every reason."""
    kind, today = _kind(desk, body.kind), today_of(desk)
    draft = _draft_of(desk, caller, body.draft or params.get("id"), kind)
    values = checked_values(desk, draft) if draft else body.values
    try:
        asked = wanted_by(kind, values, today)
    except ValueError as field:
        name = str(field)
        raise wrong(f"values.{name}", Cure("missing" if name == kind.holder else "day")) from None

    def work(db: sqlite3.Connection) -> Answer:
        wanted = replace(asked, earlier=desk.permits.earlier(db, kind, asked.holder))
        if found := refusals(kind, wanted):
            raise _NotGranted(found)
        permit = desk.permits.grant(db, kind, wanted, desk.engine.now(), caller.name)
        # Kept for a repeat of the key, so in no plain words: the number leads to the rest.
        return Answer("", 201, {"number": permit.number})

    try:
        answer = _granted_once(desk, caller, body, draft, key, work)
    except _NotGranted as not_granted:
        return Answer("", 200, _refused(kind, not_granted.reasons))
    assert answer.body is not None
    return Answer("", answer.status, _shown(desk, found_permit(desk, answer.body["number"])))


def _draft_of(desk: Desk, caller: Caller, id: str | None, kind: PermitShape) -> Draft | None:
    """The form that was filled in for it; staff alone may do without.

    :raises Problem: when it is somebody else's, or another form.
    """
    if id is None:
        if not caller.is_staff:
            raise wrong("draft", Cure("missing"))
        return None
    draft = found_draft(desk, id)
    must_be_theirs(desk, draft, caller)
    if draft.form != kind.id:
        raise wrong("draft", Cure("choice", {"allowed": kind.id}))
    return draft


def _granted_once(
    desk: Desk,
    caller: Caller,
    body: bodies.ApplyForPermit,
    draft: Draft | None,
    key: str,
    work: Callable[[sqlite3.Connection], Answer],
) -> Answer:
    """A form as it was filled in gives one permit, however often and by whomever it is sent."""
    if draft is None:
        said = desk.fingerprint("permit_apply", {}, body.model_dump(mode="json"))
        return desk.write_answered(work, caller, key, said)
    said = f"{draft.id}/{draft.revision}"
    return desk.write_answered(work, OFFICE, said, desk.fingerprint("permit_apply", {"draft": said}, {}))


def _kind(desk: Desk, id: str) -> PermitShape:
    kind = desk.settings.permits.get(id)
    if kind is None:
        raise wrong("kind", Cure("choice", {"allowed": ", ".join(desk.settings.permits) or "–"}))
    return kind


def _refused(kind: PermitShape, reasons: list[Refusal]) -> Body:
    told = [{"field": one.field, "text": one.text} for one in reasons]
    return {"state": "refused", "kind": kind.id, "name": kind.words, "reasons": told}


def found_permit(desk: Desk, number: str) -> Permit:
    """:raises Problem: `not-found`."""
    permit = desk.permits.find(desk.people, number.strip().upper())
    if permit is None:
        raise Problem(Code.NOT_FOUND, "no-such-permit", field="id")
    return permit


def _shown(desk: Desk, permit: Permit) -> Body:
    show, _ = desk.settled()
    return permit_body(permit, desk.settings.permits.get(permit.kind), desk, show, today_of(desk))


@_errand("permit", bodies.RevokePermit, _managers)
def permit_revoke(desk: Desk, caller: Caller, params: Params, body: bodies.RevokePermit, key: str) -> Answer:
    """Take a permit back, with the reason; from now on its code says so."""
    number = found_permit(desk, params["id"]).number

    def work(db: sqlite3.Connection) -> Answer:
        desk.permits.revoke(db, number, body.reason, desk.engine.now(), caller.name)
        return Answer("", 200, {"number": number})

    desk.write_answered(
        work, caller, key, desk.fingerprint("permit_revoke", params, body.model_dump(mode="json"))
    )
    return Answer("", 200, _shown(desk, found_permit(desk, number)))


# --- other offices' data --------------------------------------------------------------------------

CONSENT = "INSERT INTO consents (id, at, by, provider, purpose, mark) VALUES (?, ?, ?, ?, ?, ?)"


@_errand("bridge", bodies.AskBridge, _who_fills_in)
def bridge_ask(desk: Desk, caller: Caller, params: Params, body: bodies.AskBridge, key: str) -> Answer:
    """Ask another office for what it knows already; the citizen's consent comes first and is recorded."""
    kind, subject = params["id"], body.subject.strip()
    if kind not in FILLS_IN:
        allowed = ", ".join(FILLS_IN)
        raise Problem(Code.NOT_FOUND, "no-such-bridge", field="id", id=kind, allowed=allowed)
    _must_consent(body.consent)
    provider = desk.settings.outside.of_kind(kind)
    if provider is None:
        return Answer("", 200, _told(desk, "unavailable", texts.both("bridge.unconnected")))
    said = desk.fingerprint("bridge_ask", params, body.model_dump(mode="json"))

    def ask() -> Answer:
        _record_consent(desk, caller, provider.id, body.purpose, subject)
        return Answer("", 200, _facts(desk, provider, subject))

    return desk.repeats.once(caller.name, key, said, ask)


def _facts(desk: Desk, provider: ProviderShape, subject: str) -> Body:
    name = provider.name.model_dump()
    try:
        facts = desk.bridges.facts(provider, subject)
    except Unavailable:
        return _told(desk, "unavailable", texts.both("bridge.unavailable", name=name), name)
    if facts is None:
        return _told(desk, "missing", texts.both("bridge.missing", name=name), name)
    told = _told(desk, "found", texts.both("bridge.found", name=name), name)
    return {**told, "facts": {f"{provider.kind}.{fact}": value for fact, value in facts.items()}}


@_errand("result", bodies.AskResult, _who_fills_in)
def result_ask(desk: Desk, caller: Caller, params: Params, body: bodies.AskResult, key: str) -> Answer:
    """Whether a result is ready to be collected, before somebody queues for it."""
    receipt, number = body.receipt.strip(), identity.normal_id(body.id_number)
    if not receipt and not number:
        raise Problem(Code.INVALID, "receipt-or-id", field="receipt")
    desk.person(number)
    _must_consent(body.consent)
    provider = desk.settings.outside.of_kind("result")
    if provider is None:
        return Answer("", 200, _results(desk, "unavailable"))
    said = desk.fingerprint("result_ask", params, body.model_dump(mode="json"))

    def ask() -> Answer:
        _record_consent(desk, caller, provider.id, "result", receipt or number)
        name = provider.name.model_dump()
        try:
            found = desk.bridges.results(provider, receipt, number)
        except Unavailable:
            return Answer("", 200, _results(desk, "unavailable", name))
        return Answer("", 200, _results(desk, _how_ready(found), name, found))

    return desk.repeats.once(caller.name, key, said, ask)


def _must_consent(given: bool) -> None:
    if not given:
        raise Problem(Code.INVALID, "consent-needed", field="consent")


def _record_consent(desk: Desk, caller: Caller, provider: str, purpose: str, subject: str) -> None:
    """On disk before anybody is asked: who, when, what for, whom; of the subject a keyed mark alone."""
    row = (
        desk.new_id(),
        desk.engine.now(),
        caller.name,
        provider,
        purpose,
        desk.keyring.mark(f"subject/{subject}"),
    )
    desk.write(lambda db: db.execute(CONSENT, row))


def _told(desk: Desk, state: str, text: Words, name: Words | None = None) -> Body:
    show, _ = desk.settled()
    return {
        "state": state,
        "provider": name,
        "facts": {},
        "text": text,
        "as_of": show.time(desk.engine.now()),
    }


def _how_ready(found: list[Result]) -> str:
    ready = sum(one.is_ready for one in found)
    if not found:
        return "missing"
    return "not-ready" if not ready else "ready" if ready == len(found) else "some-ready"


def _results(desk: Desk, state: str, name: Words | None = None, found: list[Result] | None = None) -> Body:
    results = [{"ready": one.is_ready, **one.facts} for one in found or ()]
    expected = max((one.facts.get("expected", "") for one in found or ()), default="")
    if state == "not-ready" and expected:
        text = texts.both("bridge.result.expected", day=expected)
    else:
        text = texts.both(f"bridge.result.{state}")
    show, _ = desk.settled()
    return {
        "state": state,
        "provider": name,
        "results": results,
        "text": text,
        "as_of": show.time(desk.engine.now()),
    }


# --- forms on their way to the platform -----------------------------------------------------------


@_errand("handover", bodies.Nothing, _managers)
def handover_retry(desk: Desk, caller: Caller, params: Params, body: bodies.Nothing, key: str) -> Answer:
    """Try again to hand over a form that failed too often."""
    now = desk.engine.now()
    return _decide(desk, caller, params["id"], key, "handover_retry", handovers.AGAIN, (now, params["id"]))


@_errand("handover", bodies.DropHandover, _managers)
def handover_drop(desk: Desk, caller: Caller, params: Params, body: bodies.DropHandover, key: str) -> Answer:
    """Let go of a form that can't be handed over, with the reason; what stood in it is erased."""
    values = (f"{caller.name}: {body.reason}", desk.engine.now(), params["id"])
    return _decide(desk, caller, params["id"], key, f"handover_drop {body.reason}", handovers.DROP, values)


def _decide(
    desk: Desk, caller: Caller, id: str, key: str, said: str, statement: str, values: tuple[object, ...]
) -> Answer:
    """What a manager decides about one that failed; of any other state it is refused."""

    def work(db: sqlite3.Connection) -> Answer:
        changed = db.execute(statement, values).rowcount
        found = handovers.find(db, id)
        if found is None:
            raise Problem(Code.NOT_FOUND, "no-such-handover", field="id")
        if not changed:
            raise Problem(Code.WRONG_STATE, "handover-not-failed", state=found.state)
        return Answer("", 200, {"id": id})

    desk.write_answered(work, caller, key, desk.fingerprint(said, {"id": id}, {}))
    found = handovers.find(desk.people, id)
    assert found is not None
    show, _ = desk.settled()
    return Answer("", 200, handover_body(desk, show, found))


def handover_body(desk: Desk, show: Presenter, one: handovers.Handover) -> Body:
    """How one stands, without what stands in it."""
    form = desk.settings.forms.get(one.form)
    is_waiting = one.state is handovers.HandoverState.WAITING
    return {
        "id": one.id,
        "form": one.form,
        "title": form.title if form else {"zh": one.form, "en": one.form},
        "ticket": one.ticket or None,
        "state": one.state,
        "tries": one.tries,
        "next_at": show.time(one.next_at) if is_waiting else None,
        "trouble": one.trouble,
        "made_at": show.time(one.made_at),
        "made_by": one.made_by,
        "ended_at": show.time(one.ended_at),
    }


def carry_out(desk: Desk, errand: Errand, caller: Caller, params: Params, body: Body, key: str) -> Answer:
    """Do an errand for somebody.

    :raises Problem: when it is not allowed, not understood or not kept.
    """
    desk.may(errand, caller)
    return errand.work(desk, caller, params, errand.read(body), key)


ASKED: dict[str, Operation | Errand] = {**OPERATIONS, **ERRANDS}
"""All that can be asked, whether a command of the day comes of it or not."""
