"""What citizens write into forms: sealed field by field, opened only for those whom it concerns.

Nothing here is stored or logged in plain words; what an answer keeps for a repeat has no values in it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from assets import texts
from queue_server.accounts import Caller
from queue_server.hall.commands import SYSTEM, EraseForms
from queue_server.hall.drafts import ASSISTED, Draft, drafts_of, forms_of, is_over
from queue_server.hall.materials import items_of, lacking, listed
from queue_server.hall.model import LIVE, Instant, Seconds, Ticket, TicketId, Words
from queue_server.keyring import Keyring
from queue_server.present import Presenter
from queue_server.problems import Problem
from queue_server.self_fill.forms import Form, Progress, Value, Values, problems, progress, shown, veiled
from queue_server.wire import Body, Code, Kind, Role

if TYPE_CHECKING:
    from queue_server.desk import Desk

TYPED, VISIT = "", "visit"
"""The sources of what people wrote themselves, and of what their visit is known for."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A value, and what filled it in: `card`, `licence`, `project`, `visit`, or "" for a person."""

    value: Value
    source: str = TYPED


@dataclass(frozen=True, slots=True)
class Filled:
    """A form with what stands in it, as it is printed and handed over. Personal data: never logged."""

    draft: str
    form: Form
    entries: Mapping[str, Entry]
    state: str
    ticket: str
    """The ticket's number; "" for none."""
    begun_at: Instant
    changed_at: Instant
    finished_at: Instant | None
    finished_by: str
    """The clerk's username; "" while no clerk has gone through it."""
    consents: tuple[str, ...]

    @property
    def values(self) -> dict[str, Value]:
        """By the schema's names; only what is asked."""
        return self.form.kept({name: entry.value for name, entry in self.entries.items()})

    def lines(self, language: str) -> list[tuple[Words, list[tuple[str, str]]]]:
        """Each page's title and its questions with their answers in words; "" for none."""
        values, asked = self.values, {one.name for one in self.form.asked(self.values)}
        pages = []
        for page in self.form.pages:
            fields = [self.form.fields[name] for name in page.fields if name in asked]
            answers = [
                (one.label[language], shown(one, values[one.name], language) if one.name in values else "")
                for one in fields
            ]
            pages.append((page.title, answers))
        return pages


# --- sealing --------------------------------------------------------------------------------------


def seal(keyring: Keyring, draft: str, name: str, entry: Entry) -> bytes:
    plain = json.dumps([entry.value, entry.source], ensure_ascii=False)
    return keyring.seal(plain.encode(), _of_field(draft, name))


def entries_of(keyring: Keyring, draft: Draft) -> dict[str, Entry]:
    """What was written.

    :raises ValueError: when another key sealed it.
    """
    return {
        name: Entry(*json.loads(keyring.unseal(sealed, _of_field(draft.id, name))))
        for name, sealed in draft.sealed.items()
    }


def _of_field(draft: str, name: str) -> bytes:
    return f"form/{draft}/{name}".encode()


# --- for whoever may see it -----------------------------------------------------------------------


def found_draft(desk: Desk, id: str) -> Draft:
    """:raises Problem: `not-found`."""
    draft = desk.engine.day.drafts.get(id)
    if draft is None:
        raise Problem(Code.NOT_FOUND, "no-such-draft", field="id")
    return draft


def form_of(desk: Desk, draft: Draft) -> Form:
    """:raises Problem: when a reload took the form away."""
    form = desk.settings.forms.get(draft.form)
    if form is None:
        raise Problem(Code.NOT_FOUND, "no-such-form", field="form")
    return form


def must_be_theirs(desk: Desk, draft: Draft, caller: Caller, consents: Iterable[str] = ()) -> None:
    """Whoever has its secret or its ticket, and who serves its citizen at a window now; an assistant while
    the visit lasts, once the citizen has agreed, before or by these `consents`.

    :raises Problem: `forbidden` for all others.
    """
    if caller.draft == draft.id or (caller.ticket is not None and caller.ticket == draft.ticket):
        return
    if caller.is_staff and _is_served_by(desk, draft, caller):
        return
    if caller.role is Role.ASSISTANT and _is_live(desk, draft):
        if ASSISTED in draft.consents or ASSISTED in consents:
            return
        raise Problem(Code.FORBIDDEN, "consent-to-assist")
    raise Problem(Code.FORBIDDEN, "not-your-form")


def _is_live(desk: Desk, draft: Draft) -> bool:
    ticket = desk.engine.day.tickets.get(draft.ticket) if draft.ticket else None
    return ticket is not None and ticket.state in LIVE


def _is_served_by(desk: Desk, draft: Draft, caller: Caller) -> bool:
    """The clerk of the window at which the citizen is; managers may act at any."""
    day = desk.engine.day
    ticket = day.tickets.get(draft.ticket) if draft.ticket else None
    window = day.window_of(ticket) if ticket else None
    if window is None:
        return False
    is_their_own = bool(window.clerk and caller.account and window.clerk.username == caller.account.username)
    return is_their_own or caller.is_manager


def filled(desk: Desk, draft: Draft) -> Filled:
    """A draft with its values in plain words, for the moment."""
    ticket = desk.engine.day.tickets.get(draft.ticket) if draft.ticket else None
    return Filled(
        draft.id,
        form_of(desk, draft),
        entries_of(desk.keyring, draft),
        draft.state,
        ticket.number if ticket else "",
        draft.begun_at,
        draft.changed_at,
        draft.finished_at,
        draft.finished_by,
        draft.consents,
    )


def checked_values(desk: Desk, draft: Draft) -> dict[str, Value]:
    """What stands in a draft.

    :raises Problem: while anything is missing or wrong.
    """
    form = form_of(desk, draft)
    values = {name: entry.value for name, entry in entries_of(desk.keyring, draft).items()}
    if found := problems(form, values, today_of(desk)):
        first = next(iter(found))
        label = form.fields[first].label
        raise Problem(Code.INVALID, "form-unfinished", field=first, label=label, count=len(found))
    return form.kept(values)


def standing(desk: Desk, form: Form, values: Values) -> Progress:
    return progress(form, values, problems(form, values, today_of(desk)))


def of_visit(desk: Desk, form: Form, id: TicketId | None) -> dict[str, Entry]:
    """What a ticket says of itself: its matter, and the papers that are missing, as far as was said."""
    day = desk.engine.day
    ticket = day.tickets.get(id) if id is not None else None
    if ticket is None:
        return {}
    language, services = ticket.language, day.plan.services
    missing = lacking(ticket, services) if ticket.materials is not None else []
    facts = {
        f"{VISIT}.matter": [one.name[language] for one in items_of(ticket, services).values()],
        f"{VISIT}.missing": [one.paper.name[language] for one in missing],
    }
    joint = texts.say("form.comma", language)
    told = {
        one.name: listed(facts[one.source], joint, one.longest)
        for one in form.fields.values()
        if one.source in facts
    }
    return {name: Entry(value, VISIT) for name, value in told.items() if value}


def today_of(desk: Desk) -> date:
    return date.fromisoformat(desk.engine.day.date)


def erase_over(desk: Desk) -> None:
    """Erase the drafts whose purpose has ended; comes once a second."""
    day, now, rules = desk.engine.settled(), desk.engine.now(), desk.settings.keep_forms
    keep, after = Seconds(rules.keep_hours * 3600), Seconds(rules.after_hours * 3600)
    over = [
        one.id
        for one in day.drafts.values()
        if is_over(one, day.tickets.get(one.ticket) if one.ticket else None, keep, after, now)
    ]
    if over:
        desk.engine.do(EraseForms(tuple(over)), SYSTEM)


# --- bodies ---------------------------------------------------------------------------------------


def draft_body(desk: Desk, show: Presenter, draft: Draft) -> Body:
    """How a draft stands, without its values: this may be kept for a repeat of a request."""
    form = form_of(desk, draft)
    values = {name: entry.value for name, entry in entries_of(desk.keyring, draft).items()}
    found = problems(form, values, today_of(desk))
    now = progress(form, values, found)
    ticket = show.day.tickets.get(draft.ticket) if draft.ticket else None
    window = show.day.window_of(ticket) if ticket else None
    return {
        "draft": draft.id,
        "form": draft.form,
        "title": form.title,
        "state": draft.state,
        "filled": now.filled,
        "of": now.of,
        "problems": {name: words for name, words in found.items() if name in values},
        "missing": [name for name in found if name not in values],
        "consents": list(draft.consents),
        "ticket": ticket.number if ticket else None,
        "window": window.number if window else None,
        "begun_at": show.time(draft.begun_at),
        "changed_at": show.time(draft.changed_at),
        "finished_at": show.time(draft.finished_at),
    }


def whole_body(desk: Desk, show: Presenter, draft: Draft) -> Body:
    """With its values, each with what filled it in, and as others may see it."""
    form, entries = form_of(desk, draft), entries_of(desk.keyring, draft)
    values = {
        name: {
            "value": entry.value,
            "source": entry.source or None,
            "veiled": veiled(form.fields[name], entry.value),
        }
        for name, entry in entries.items()
        if name in form.fields
    }
    return {**draft_body(desk, show, draft), "values": values}


def secret_body(desk: Desk, draft: str) -> Body:
    """`secret` and `url`, for whoever fills it in."""
    secret = desk.keyring.draft_secret(draft)
    return {"secret": secret, "url": f"{desk.public_url}/form/{secret}"}


def may_have_secret(caller: Caller, draft: Draft | None) -> bool:
    """Kiosks that began it, and whoever has it or its ticket; never staff."""
    if draft is None:
        return False
    return (
        caller.kind is Kind.KIOSK
        or caller.draft == draft.id
        or (caller.ticket is not None and caller.ticket == draft.ticket)
    )


def forms_of_ticket(desk: Desk, show: Presenter, ticket: Ticket, caller: Caller) -> list[Body]:
    """The forms that a ticket needs, has, or may have, each with how it stands."""
    needed, offered = forms_of(ticket, show.day.plan.services)
    mine = {one.form: one for one in drafts_of(show.day.drafts.values(), ticket.id)}
    names = dict.fromkeys([*needed, *mine, *offered])
    return [
        _form_of_ticket(desk, name, mine.get(name), name in needed, caller)
        for name in names
        if name in desk.settings.forms
    ]


def _form_of_ticket(desk: Desk, name: str, draft: Draft | None, needed: bool, caller: Caller) -> Body:
    form = desk.settings.forms[name]
    body: Body = {
        "form": name,
        "title": form.title,
        "about": form.about,
        "needed": needed,
        "draft": draft.id if draft else None,
        "state": draft.state if draft else None,
        "filled": draft.filled if draft else 0,
        "of": draft.of if draft else len([one for one in form.asked({}) if one.required]),
        "offered": sorted(form.offered),
    }
    return body | (secret_body(desk, draft.id) if draft and may_have_secret(caller, draft) else {})


def form_body(form: Form) -> Body:
    """A form's whole definition: the schema for programs, the layout for those who ask people."""
    return {
        **form_entry(form),
        "promise": list(form.promise),
        "schema": form.schema,
        "pages": [{"title": page.title, "fields": list(page.fields)} for page in form.pages],
        "fields": [
            {
                "name": one.name,
                "label": one.label,
                "help": one.help,
                "keyboard": one.keyboard,
                "required": one.required,
                "choices": [{"value": choice.value, "label": choice.label} for choice in one.choices],
                "source": one.source or None,
                "when": {"field": one.when[0], "is": list(one.when[1])} if one.when else None,
                "veil": one.veil,
                "type": one.kind,
                "longest": one.longest,
            }
            for one in form.fields.values()
        ],
    }


def form_entry(form: Form) -> Body:
    return {
        "id": form.id,
        "title": form.title,
        "about": form.about,
        "questions": len(form.fields),
        "offered": sorted(form.offered),
    }


def regions_body(desk: Desk) -> Body:
    """The districts and towns from which addresses are chosen; empty where the hall has none."""
    regions = next((one.regions for one in desk.settings.forms.values()), None)
    if regions is None or not regions.city:
        return {"city": None, "districts": []}
    return {
        "city": regions.city,
        "districts": [{"name": name, "towns": list(towns)} for name, towns in regions.districts],
    }
