"""OpenAPI's words for forms that citizens fill in."""

from __future__ import annotations

from queue_server.hall.drafts import DraftState
from queue_server.hall.veil import Veil
from queue_server.self_fill.forms import Keyboard
from queue_server.web.openapi_parts import (
    FLAG,
    ID_LIST,
    MAYBE_TEXT,
    MAYBE_TIME,
    MAYBE_WHOLE,
    TEXT,
    TIME,
    WHOLE,
    WORDS,
    list_of,
    object_of,
    ref,
)
from queue_server.wire import Body

_STATES = [state.value for state in DraftState]
_SECRET = {"secret": TEXT, "url": TEXT}
_MAYBE_WORDS = {"anyOf": [WORDS, {"type": "null"}]}

READ_BODIES: dict[str, Body] = {
    "forms": list_of("forms", ref("FormEntry")),
    "form": ref("Form"),
    "regions": object_of({"city": _MAYBE_WORDS, "districts": {"type": "array", "items": {"type": "object"}}}),
    "draft": ref("WholeDraft"),
    "ticket_forms": list_of("forms", ref("TicketForm")),
}
PUBLIC = frozenset({"forms", "form", "regions"})


def schemas() -> Body:
    """By name, for the page's components."""
    entry = {"id": TEXT, "title": WORDS, "about": WORDS, "questions": WHOLE, "offered": ID_LIST}
    draft = {
        "draft": TEXT,
        "form": TEXT,
        "title": WORDS,
        "state": {"type": "string", "enum": _STATES},
        "filled": WHOLE,
        "of": WHOLE,
        "problems": {"type": "object", "additionalProperties": WORDS},
        "missing": ID_LIST,
        "consents": ID_LIST,
        "ticket": MAYBE_TEXT,
        "window": MAYBE_WHOLE,
        "begun_at": TIME,
        "changed_at": TIME,
        "finished_at": MAYBE_TIME,
    }
    value = object_of({"value": {}, "source": MAYBE_TEXT, "veiled": TEXT})
    page = object_of({"title": WORDS, "fields": ID_LIST})
    return {
        "FormEntry": object_of(entry, {"needed": FLAG}),
        "Form": object_of(
            {
                **entry,
                "promise": {"type": "array", "items": WORDS},
                "schema": {"type": "object"},
                "pages": {"type": "array", "items": page},
                "fields": {"type": "array", "items": _field()},
            }
        ),
        "Draft": object_of(draft, _SECRET),
        "WholeDraft": object_of(
            {**draft, "values": {"type": "object", "additionalProperties": value}}, _SECRET
        ),
        "TicketForm": object_of(
            {
                "form": TEXT,
                "title": WORDS,
                "about": WORDS,
                "needed": FLAG,
                "offered": ID_LIST,
                "draft": MAYBE_TEXT,
                "state": {"type": ["string", "null"], "enum": [*_STATES, None]},
                "filled": WHOLE,
                "of": WHOLE,
            },
            _SECRET,
        ),
    }


def _field() -> Body:
    choice = object_of({"value": TEXT, "label": WORDS})
    return object_of(
        {
            "name": TEXT,
            "label": WORDS,
            "help": _MAYBE_WORDS,
            "keyboard": {"type": "string", "enum": [one.value for one in Keyboard]},
            "required": FLAG,
            "choices": {"type": "array", "items": choice},
            "source": MAYBE_TEXT,
            "when": {"anyOf": [object_of({"field": TEXT, "is": ID_LIST}), {"type": "null"}]},
            "veil": {"type": "string", "enum": [one.value for one in Veil]},
            "type": TEXT,
            "longest": WHOLE,
        }
    )
