"""What can be asked of forms that citizens fill in: entered into the table of `operations`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from queue_server import bodies
from queue_server.accounts import AT_WINDOWS, Caller
from queue_server.answers import Params
from queue_server.bodies import Shape, wrong
from queue_server.hall import commands as c
from queue_server.hall.drafts import Draft, DraftState
from queue_server.hall.events import Event, FormBegun, FormFound
from queue_server.present import Presenter
from queue_server.problems import Cure, Problem
from queue_server.self_fill.drafts import (
    TYPED,
    Entry,
    checked_values,
    draft_body,
    entries_of,
    form_of,
    found_draft,
    must_be_theirs,
    of_visit,
    seal,
    standing,
)
from queue_server.self_fill.forms import Form, Value, tidy
from queue_server.storage.store import Answer
from queue_server.wire import Code, Kind

if TYPE_CHECKING:
    from queue_server.desk import Desk

Make = Callable[["Desk", Caller, Params, Any], c.Command]
Show = Callable[["Desk", Params, Presenter, list[Event]], Answer]


# --- who may, and what is answered ----------------------------------------------------------------


def _fillers(caller: Caller) -> bool:
    """Kiosks, holders of tickets and drafts, staff; whose draft it is, is looked at later."""
    return caller.is_staff or caller.kind is Kind.KIOSK or caller.ticket is not None or bool(caller.draft)


def _beginners(caller: Caller) -> bool:
    return caller.is_staff or caller.kind is Kind.KIOSK or caller.ticket is not None


def _clerks(caller: Caller) -> bool:
    return caller.role in AT_WINDOWS


def _begun(desk: Desk, params: Params, show: Presenter, events: list[Event]) -> Answer:
    """The form just begun; or the one that is there already."""
    for event in events:
        if isinstance(event, FormBegun):
            return Answer("", 201, draft_body(desk, show, event.draft))
        if isinstance(event, FormFound):
            return Answer("", 200, draft_body(desk, show, show.day.drafts[event.draft]))
    raise AssertionError("a form is begun or found")


def _standing(desk: Desk, params: Params, show: Presenter, events: list[Event]) -> Answer:
    return Answer("", 200, draft_body(desk, show, show.day.drafts[params["id"]]))


def _nothing(desk: Desk, params: Params, show: Presenter, events: list[Event]) -> Answer:
    return Answer("", 204, None)


def _theirs(desk: Desk, caller: Caller, params: Params, consents: tuple[str, ...] = ()) -> Draft:
    draft = found_draft(desk, params.get("id", ""))
    must_be_theirs(desk, draft, caller, consents)
    return draft


# --- what is asked --------------------------------------------------------------------------------


def form_begin(desk: Desk, caller: Caller, params: Params, body: bodies.BeginForm) -> c.Command:
    """Begin to fill in a form: at a kiosk beforehand, with a ticket while waiting."""
    form = desk.settings.forms.get(body.form)
    if form is None:
        raise wrong("form", Cure("choice", {"allowed": ", ".join(desk.settings.forms)}))
    ticket = caller.ticket
    if caller.is_staff and body.ticket is not None:
        ticket = desk.ticket_id(body.ticket)
    id, known = desk.new_draft_id(), of_visit(desk, form, ticket)
    now = standing(desk, form, {name: entry.value for name, entry in known.items()})
    sealed = {name: seal(desk.keyring, id, name, entry) for name, entry in known.items()}
    return c.BeginForm(id, form.id, now.of, ticket, now.filled, sealed)


def form_save(desk: Desk, caller: Caller, params: Params, body: bodies.SaveForm) -> c.Command:
    """Write some fields; what does not fit is kept too, and said to be wrong."""
    draft = _theirs(desk, caller, params, body.consents)
    form = form_of(desk, draft)
    written = {name: _tidied(form, name, value) for name, value in body.values.items()}
    allowed = {*draft.consents, *body.consents}
    entries = entries_of(desk.keyring, draft)
    for name, value in written.items():
        source = body.sources.get(name, TYPED)
        if source and source not in allowed:
            raise Problem(Code.INVALID, "consent-needed", field="consents")
        if value is None:
            entries.pop(name, None)
        else:
            entries[name] = Entry(value, source)
    now = standing(desk, form, {name: entry.value for name, entry in entries.items()})
    kept = {name: entries.get(name) for name in written}
    sealed = {
        name: seal(desk.keyring, draft.id, name, entry) if entry else b"" for name, entry in kept.items()
    }
    return c.SaveForm(draft.id, sealed, now.filled, now.of, now.is_whole, body.consents)


def _tidied(form: Form, name: str, value: Value | None) -> Value | None:
    if name not in form.fields:
        raise wrong(f"values.{name}", Cure("unknown", {"allowed": ", ".join(form.fields)}))
    return None if value is None else tidy(form.fields[name], value)


def form_ready(desk: Desk, caller: Caller, params: Params, body: bodies.Nothing) -> c.Command:
    """Its citizen has finished; refused while anything is missing or wrong."""
    return _finish(desk, _theirs(desk, caller, params), DraftState.READY)


def form_complete(desk: Desk, caller: Caller, params: Params, body: bodies.Nothing) -> c.Command:
    """A clerk has gone through it with the citizen; refused while anything is missing or wrong."""
    return _finish(desk, _theirs(desk, caller, params), DraftState.COMPLETE)


def _finish(desk: Desk, draft: Draft, state: DraftState) -> c.Command:
    checked_values(desk, draft)
    return c.FinishForm(draft.id, state, draft.revision)


def form_erase(desk: Desk, caller: Caller, params: Params, body: bodies.Nothing) -> c.Command:
    """Throw away what was written."""
    return c.EraseForms((_theirs(desk, caller, params).id,))


ENTRIES: tuple[tuple[str, type[Shape], Callable[[Caller], bool], Show, Make], ...] = (
    ("draft", bodies.BeginForm, _beginners, _begun, form_begin),
    ("draft", bodies.SaveForm, _fillers, _standing, form_save),
    ("draft", bodies.Nothing, _fillers, _standing, form_ready),
    ("draft", bodies.Nothing, _clerks, _standing, form_complete),
    ("draft", bodies.Nothing, _fillers, _nothing, form_erase),
)
"""What each answer shows, its body, who may, the answer, the command."""
