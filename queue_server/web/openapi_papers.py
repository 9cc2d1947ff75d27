"""OpenAPI's words for permits, other offices' data and papers handed over."""

from __future__ import annotations

from queue_server.self_fill.handovers import HandoverState
from queue_server.web.openapi_parts import (
    DAY,
    FLAG,
    MAYBE_TEXT,
    MAYBE_TIME,
    TEXT,
    TIME,
    WHOLE,
    WORDS,
    object_of,
    one_of,
)
from queue_server.wire import Body


def schemas() -> Body:
    """By name, for the page's components."""
    known = {
        "kind": TEXT,
        "name": WORDS,
        "number": TEXT,
        "holder": TEXT,
        "holder_name": WORDS,
        "begins": DAY,
        "ends": DAY,
    }
    states = ["valid", "not-yet", "expired", "revoked"]
    reason = object_of({"field": TEXT, "text": WORDS})
    asked = {"provider": {"anyOf": [WORDS, {"type": "null"}]}, "text": WORDS, "as_of": TIME}
    return {
        "Permit": object_of(
            {
                **known,
                "state": {"type": "string", "enum": states},
                "shown": {"type": "object"},
                "made_at": TIME,
                "mark": MAYBE_TEXT,
                "verify_url": MAYBE_TEXT,
                "revoked_at": MAYBE_TIME,
                "revoked_by": TEXT,
                "reason": TEXT,
            }
        ),
        "Bridged": object_of(
            {
                "state": {"type": "string", "enum": ["found", "missing", "unavailable"]},
                "facts": {"type": "object", "additionalProperties": TEXT},
                **asked,
            }
        ),
        "Results": object_of(
            {
                "state": {
                    "type": "string",
                    "enum": ["ready", "some-ready", "not-ready", "missing", "unavailable"],
                },
                "results": {
                    "type": "array",
                    "items": object_of({"ready": FLAG}, {"item": TEXT, "receipt": TEXT, "expected": TEXT}),
                },
                **asked,
            }
        ),
        "Handover": object_of(
            {
                "id": TEXT,
                "form": TEXT,
                "title": WORDS,
                "ticket": MAYBE_TEXT,
                "state": one_of(HandoverState),
                "tries": WHOLE,
                "next_at": MAYBE_TIME,
                "trouble": TEXT,
                "made_at": TIME,
                "made_by": TEXT,
                "ended_at": MAYBE_TIME,
            }
        ),
        "Refused": object_of(
            {
                "state": {"const": "refused"},
                "kind": TEXT,
                "name": WORDS,
                "reasons": {"type": "array", "items": reason},
            }
        ),
        "Verified": object_of(
            {"state": {"type": "string", "enum": [*states, "forged"]}, "hall": WORDS, "as_of": TIME},
            {
                **known,
                "what": {"enum": ["permit", "paper"]},
                "day": DAY,
                "key": TEXT,
                "revocation": {"type": "string", "enum": ["checked", "unchecked"]},
            },
        ),
    }
