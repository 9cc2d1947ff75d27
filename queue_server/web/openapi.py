"""The OpenAPI 3.1 page, made from the same tables that serve the requests."""

from __future__ import annotations

import re
from functools import cache

from queue_server import bodies
from queue_server.bodies import KEY_HEADER, KEY_SIGNS
from queue_server.errands import ASKED
from queue_server.hall.help_requests import HelpState
from queue_server.hall.materials import Verdict
from queue_server.hall.model import HallState, Need, Outcome, Party, Priority, Rule, State, WindowState
from queue_server.hall.slips import SlipState
from queue_server.hall.why import Own
from queue_server.version import VERSION
from queue_server.web import api, openapi_forms, openapi_papers, people, reads
from queue_server.web.openapi_parts import (
    DAY,
    FLAG,
    ID_LIST,
    MAYBE_TEXT,
    MAYBE_TIME,
    MAYBE_WHOLE,
    MAYBE_WORDS,
    TEXT,
    TICKS,
    TIME,
    WHOLE,
    WORDS,
    list_of,
    object_of,
    one_of,
    ref,
)
from queue_server.web.queries import QUERIES
from queue_server.wire import API, Body, Code, Role

PUBLIC = frozenset(
    {
        "hall",
        "queues",
        "services",
        "service",
        "themes",
        "matches",
        "questions",
        "words",
        "slots",
        "appointment",
        "notices",
        "verify",
        *openapi_forms.PUBLIC,
    }
)
"""What anyone may read."""
PAPERS = frozenset({"permit_pdf", "draft_pdf"})
PDF = {
    "description": "the paper",
    "content": {"application/pdf": {"schema": {"type": "string", "contentMediaType": "application/pdf"}}},
}
WITHOUT_KEY = frozenset({"log_in", "log_out", "who_am_i", "change_password", "staff"})


@cache
def document() -> Body:
    """The whole page; it is the same for every hall."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Hall queue server",
            "version": VERSION,
            "description": "Tickets, windows, boards and ratings of a service hall.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": API}],
        "paths": _paths(),
        "components": {
            "schemas": _schemas(),
            "responses": {"Problem": _problem_response()},
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": "hall_session"},
            },
        },
    }


def _paths() -> Body:
    paths: Body = {}
    for method, path, name in api.ROUTES:
        operation = ASKED[name]
        entry = _entry(name, operation.summary, path, _answers(operation.result, name))
        entry["requestBody"] = _request_body(operation.shape)
        entry["parameters"].append(_KEY)
        paths.setdefault(path_template(path), {})[method.lower()] = entry
    for path, name, show in reads.READS:
        summary = (show.__doc__ or "").strip()
        answer = PDF if name in PAPERS else _answer(READ_BODIES[name])
        entry = _entry(name, summary, path, {"200": answer})
        entry["parameters"] += QUERIES.get(name, [])
        if name in PUBLIC or name == "specification":
            entry["security"] = [{}, {"bearer": []}]
        paths.setdefault(path_template(path), {})["get"] = entry
    for path, name, show, shape in reads.QUESTIONS:
        entry = _entry(name, (show.__doc__ or "").strip(), path, {"200": _answer(READ_BODIES[name])})
        entry["requestBody"] = _request_body(shape)
        entry["parameters"] += QUERIES.get(name, [])
        if name in PUBLIC:
            entry["security"] = [{}, {"bearer": []}]
        paths.setdefault(path_template(path), {})["post"] = entry
    _add_people(paths)
    return paths


def _add_people(paths: Body) -> None:
    for method, path, act in (*people.PEOPLE, *people.SESSIONS):
        name = act.__name__
        status, body = PEOPLE_ANSWERS[name]
        answer = _answer(body) if body else {"description": "done"}
        entry = _entry(name, (act.__doc__ or "").strip(), path, {status: answer})
        if name in PEOPLE_SHAPES:
            entry["requestBody"] = _request_body(PEOPLE_SHAPES[name], needed=True)
        if name not in WITHOUT_KEY:
            entry["parameters"].append(_KEY)
        entry["parameters"] += QUERIES.get(name, [])
        if name == "log_in":
            entry["security"] = [{}]
        paths.setdefault(path_template(path), {})[method.lower()] = entry


def _entry(name: str, summary: str, path: str, answers: Body) -> Body:
    parameters = [
        {"name": part, "in": "path", "required": True, "schema": {"type": "string"}}
        for part in re.findall(r"<(\w+)>", path)
    ]
    return {
        "operationId": name,
        "summary": summary,
        "parameters": parameters,
        "responses": {**answers, "default": {"$ref": "#/components/responses/Problem"}},
        "security": [{"bearer": []}, {"session": []}],
    }


def path_template(path: str) -> str:
    return re.sub(r"<(\w+)>", r"{\1}", path)


def _request_body(shape: type[bodies.Shape], needed: bool = False) -> Body:
    schema = shape.model_json_schema(ref_template="#/components/schemas/{model}")
    schema.pop("$defs", None)
    required = needed or bool(schema.get("required"))
    return {"required": required, "content": {"application/json": {"schema": schema}}}


def _answers(result: str, name: str) -> Body:
    if name in ("take_ticket", "check_in"):
        return {"201": _answer(ref("NewTicket"))}
    if name == "reprint":
        return {"200": _answer(ref("NewTicket"))}
    if name == "book":
        return {"201": _answer(ref("Appointment"))}
    if name == "permit_apply":
        return {"200": _answer(ref("Refused")), "201": _answer(ref("Permit"))}
    if name in ("bridge_ask", "result_ask"):
        return {"200": _answer(ref("Bridged" if name == "bridge_ask" else "Results"))}
    if name in ("notice_remove", "form_erase"):
        return {"204": {"description": "gone"}}
    if name == "form_begin":
        return {"200": _answer(ref("Draft")), "201": _answer(ref("Draft"))}
    found: Body = {"200": _answer(ref(result.capitalize()))}
    if name == "next":
        found["204"] = {"description": "nobody waits whom this window may serve"}
    return found


def _answer(schema: Body) -> Body:
    return {"description": "done", "content": {"application/json": {"schema": schema}}}


def _problem_response() -> Body:
    return {
        "description": "what went wrong, and the way on",
        "content": {"application/problem+json": {"schema": ref("Problem")}},
    }


_KEY = {
    "name": KEY_HEADER,
    "in": "header",
    "required": False,
    "schema": {"type": "string", "maxLength": KEY_SIGNS},
    "description": "The same key of the same caller gets the same answer until the day's end.",
}


_NAMED = object_of({"id": TEXT, "name": WORDS})
_QUEUES = object_of({"seq": WHOLE, "as_of": TIME, "queues": {"type": "array", "items": ref("Queue")}})
_WHY = object_of({"rule": one_of([*Rule, *Own]), "at": TIME, "window": WHOLE, "seconds": {"type": "number"}})

READ_BODIES: dict[str, Body] = {
    **openapi_forms.READ_BODIES,
    "specification": {"type": "object"},
    "hall": ref("Hall"),
    "colleagues": list_of(
        "colleagues",
        object_of({"username": TEXT, "name": TEXT, "staff_no": TEXT, "window": MAYBE_WHOLE}),
    ),
    "queues": _QUEUES,
    "services": list_of("services", ref("Service")),
    "service": ref("Service"),
    "themes": list_of("themes", ref("Theme")),
    "matches": list_of("matches", {"anyOf": [ref("Theme"), ref("Service")]}),
    "questions": list_of("questions", ref("Question")),
    "words": list_of("words", TEXT),
    "tickets": list_of("tickets", ref("Ticket")),
    "ticket": ref("Ticket"),
    "find_tickets": list_of("tickets", ref("Ticket")),
    "draw_code": object_of({"size": WHOLE, "path": TEXT}),
    "ticket_why": list_of("why", _WHY),
    "permit": ref("Permit"),
    "find_permits": list_of("permits", ref("Permit")),
    "handovers": list_of("handovers", ref("Handover")),
    "verify": ref("Verified"),
    "windows": list_of("windows", ref("Window")),
    "window": ref("Window"),
    "slots": list_of(
        "slots", object_of({"slot_start": TIME, "slot_end": TIME, "free": WHOLE, "group": TEXT})
    ),
    "appointment": ref("Appointment"),
    "notices": list_of("notices", ref("Notice")),
    "alerts": list_of("alerts", ref("Alert")),
    "kiosks": list_of(
        "kiosks",
        object_of(
            {
                "id": TEXT,
                "place": WORDS,
                "zone": TEXT,
                "printer": {"type": "string", "enum": ["ok", "warning", "fault", "unknown"]},
            }
        ),
    ),
    "helps": object_of(
        {"help": {"type": "array", "items": ref("Help")}, "total": WHOLE, "response": ref("Response")}
    ),
}

PEOPLE_SHAPES: dict[str, type[bodies.Shape]] = {
    "log_in": bodies.LogIn,
    "change_password": bodies.ChangePassword,
    "add_account": bodies.AddAccount,
    "set_account": bodies.SetAccount,
}

PEOPLE_ANSWERS: dict[str, tuple[str, Body | None]] = {
    "log_in": ("200", ref("Session")),
    "log_out": ("204", None),
    "who_am_i": ("200", ref("Account")),
    "change_password": ("200", ref("Account")),
    "add_account": ("200", ref("Account")),
    "set_account": ("200", ref("Account")),
    "staff": ("200", list_of("accounts", ref("Account"))),
}


def _schemas() -> Body:
    steps = {"type": "array", "items": ref("Step")}
    ticket = {
        "id": TEXT,
        "day": DAY,
        "number": {"type": "string", "pattern": "^[A-Z][0-9]{3,}$"},
        "state": one_of(State),
        "group": TEXT,
        "services": ID_LIST,
        "steps": steps,
        "priority": one_of(Priority),
        "priority_checked": FLAG,
        "needs": {"type": "array", "items": one_of(Need)},
        "party": {"type": ["string", "null"], "enum": [*(party.value for party in Party), None]},
        "slot": {"anyOf": [ref("TicketSlot"), {"type": "null"}]},
        "priority_counts": FLAG,
        "issued_at": TIME,
        "called_at": MAYBE_TIME,
        "started_at": MAYBE_TIME,
        "finished_at": MAYBE_TIME,
        "window": MAYBE_WHOLE,
        "ahead": MAYBE_WHOLE,
        "wait": {"anyOf": [ref("Wait"), {"type": "null"}]},
        "papers": object_of({"ready": WHOLE, "of": WHOLE, "have": WHOLE, "needed": WHOLE}),
        "materials": {"anyOf": [TICKS, {"type": "null"}]},
        "verdict": {"anyOf": [one_of(Verdict), {"type": "null"}]},
    }
    secret = {"secret": TEXT, "follow_url": TEXT}
    clerk = object_of({"username": TEXT, "name": TEXT, "staff_no": TEXT})
    account = {"username": TEXT, "role": one_of(Role), "name": TEXT, "staff_no": TEXT, "must_change": FLAG}
    return {
        **_enums(),
        "TicketSlot": object_of(
            {"start": TIME, "end": TIME, "counts": {"type": "string", "enum": ["later", "now", "no-more"]}}
        ),
        "Ticket": object_of(
            ticket,
            {
                **secret,
                "texts": {"type": ["boolean", "null"]},
                "warning": object_of({"code": TEXT, "text": WORDS}),
            },
        ),
        "NewTicket": object_of(ticket | secret),
        "Step": object_of(
            {
                "id": TEXT,
                "group": TEXT,
                "services": ID_LIST,
                "state": one_of(State),
                "window": MAYBE_WHOLE,
                "started_at": MAYBE_TIME,
                "finished_at": MAYBE_TIME,
            }
        ),
        "Wait": object_of(
            {"p10": MAYBE_WHOLE, "p50": WHOLE, "p90": MAYBE_WHOLE, "as_of": TIME},
        ),
        "Window": object_of(
            {
                "number": WHOLE,
                "groups": ID_LIST,
                "zone": TEXT,
                "state": one_of(WindowState),
                "pause_reason": TEXT,
                "clerk": {"anyOf": [clerk, {"type": "null"}]},
                "ticket": {"anyOf": [ref("Ticket"), {"type": "null"}]},
                "since": MAYBE_TIME,
                "plate": MAYBE_WORDS,
            }
        ),
        "Hall": object_of(
            {
                "name": WORDS,
                "day": DAY,
                "state": one_of(HallState),
                "hours": {"type": "object"},
                "groups": {"type": "array", "items": ref("Group")},
                "visit_order": ID_LIST,
                "windows": {
                    "type": "array",
                    "items": object_of(
                        {
                            "number": WHOLE,
                            "groups": ID_LIST,
                            "zone": TEXT,
                            "state": one_of(WindowState),
                            "serving": MAYBE_TEXT,
                            "plate": MAYBE_WORDS,
                        }
                    ),
                },
            }
        ),
        "Group": object_of(
            {
                "id": TEXT,
                "letter": TEXT,
                "name": WORDS,
                "takes_numbers": FLAG,
                "refusal": {"anyOf": [object_of({"code": TEXT, "text": WORDS}), {"type": "null"}]},
            }
        ),
        "Queue": object_of(
            {
                "group": TEXT,
                "waiting": WHOLE,
                "called": WHOLE,
                "serving": WHOLE,
                "open_windows": WHOLE,
                "longest_wait": WHOLE,
                "wait": {"anyOf": [ref("Wait"), {"type": "null"}]},
            }
        ),
        "Service": object_of(
            {
                "id": TEXT,
                "name": WORDS,
                "group": TEXT,
                "themes": ID_LIST,
                "party": {"type": ["string", "null"], "enum": [*(party.value for party in Party), None]},
                "minutes": {"type": "number"},
                "flags": ID_LIST,
                "elsewhere": ID_LIST,
                "forms": ID_LIST,
            },
            {
                "guide": {"type": "object"},
                "item": {"anyOf": [_NAMED, {"type": "null"}]},
                "department": {"anyOf": [_NAMED, {"type": "null"}]},
                "type": TEXT,
                "code31": TEXT,
                "code33": TEXT,
                "kind": {"const": "service"},
            },
        ),
        "Theme": object_of({"id": TEXT, "name": WORDS, "services": ID_LIST}, {"kind": {"const": "theme"}}),
        "Question": object_of(
            {
                "id": TEXT,
                "name": WORDS,
                "answers": {
                    "type": "array",
                    "items": object_of({"name": WORDS}, {"question": TEXT, "theme": TEXT, "group": TEXT}),
                },
            }
        ),
        "Appointment": object_of(
            {
                "code": TEXT,
                "services": ID_LIST,
                "group": TEXT,
                "slot_start": TIME,
                "slot_end": TIME,
                "state": {"type": "string", "enum": ["booked", "used", "cancelled"]},
                "ticket": MAYBE_TEXT,
            }
        ),
        "Notice": object_of({"id": TEXT, "text": WORDS, "zones": ID_LIST, "until": MAYBE_TIME, "at": TIME}),
        "Alert": object_of(
            {
                "id": TEXT,
                "kind": TEXT,
                "subject": TEXT,
                "text": WORDS,
                "since": TIME,
                "acked_by": MAYBE_TEXT,
                "cleared_at": MAYBE_TIME,
            }
        ),
        "Help": object_of(
            {
                "id": TEXT,
                "kind": TEXT,
                "asker": TEXT,
                "place": WORDS,
                "zone": TEXT,
                "reason": TEXT,
                "times": WHOLE,
                "state": one_of(HelpState),
                "since": TIME,
                "by": {"anyOf": [object_of({"username": TEXT, "name": TEXT}), {"type": "null"}]},
                "answered_at": MAYBE_TIME,
                "ended_at": MAYBE_TIME,
                "wanted": MAYBE_TEXT,
                "note": TEXT,
            }
        ),
        "Slip": object_of(
            {
                "id": TEXT,
                "ticket": TEXT,
                "number": TEXT,
                "kiosk": TEXT,
                "at": TIME,
                "again": FLAG,
                "large": FLAG,
                "state": one_of(SlipState),
            }
        ),
        "Response": object_of(
            {
                "asked": WHOLE,
                "open": WHOLE,
                "waiting": WHOLE,
                "median": MAYBE_WHOLE,
                "worst": MAYBE_WHOLE,
                "longest": WHOLE,
            }
        ),
        **openapi_papers.schemas(),
        **openapi_forms.schemas(),
        "Account": object_of(account),
        "Session": object_of(account | {"token": TEXT, "csrf": TEXT, "expires_at": TIME}),
        "Problem": object_of(
            {
                "type": TEXT,
                "code": one_of(Code),
                "title": TEXT,
                "status": WHOLE,
                "detail": TEXT,
            },
            {"field": TEXT, "state": TEXT, "texts": WORDS},
        ),
    }


def _enums() -> Body:
    """The enumerations and inner shapes that requests refer to."""
    named = {one.__name__: one_of(one) for one in (Priority, Need, Party, Outcome, Role)}
    inner: Body = {}
    for operation in ASKED.values():
        schema = operation.shape.model_json_schema(ref_template="#/components/schemas/{model}")
        inner |= schema.get("$defs", {})
    return {**inner, **named}
