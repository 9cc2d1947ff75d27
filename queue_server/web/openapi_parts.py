"""The small parts that the OpenAPI page is made of."""

from __future__ import annotations

from typing import Any

from queue_server.wire import Body

TIME = {"type": "string", "format": "date-time"}
DAY = {"type": "string", "format": "date"}
MAYBE_TIME = {"type": ["string", "null"], "format": "date-time"}
TEXT, WHOLE, FLAG = {"type": "string"}, {"type": "integer"}, {"type": "boolean"}
MAYBE_TEXT, MAYBE_WHOLE = {"type": ["string", "null"]}, {"type": ["integer", "null"]}
WORDS = {"type": "object", "properties": {"zh": TEXT, "en": TEXT}, "required": ["zh", "en"]}
MAYBE_WORDS = {"anyOf": [WORDS, {"type": "null"}]}
ID_LIST = {"type": "array", "items": TEXT}
TICKS = {"type": "object", "additionalProperties": {"type": "object", "additionalProperties": FLAG}}


def one_of(words: Any) -> Body:
    return {"type": "string", "enum": [str(word.value) for word in words]}


def object_of(required: dict[str, Any], optional: dict[str, Any] | None = None) -> Body:
    return {"type": "object", "properties": required | (optional or {}), "required": list(required)}


def ref(name: str) -> Body:
    return {"$ref": f"#/components/schemas/{name}"}


def list_of(name: str, entry: Body) -> Body:
    return object_of({name: {"type": "array", "items": entry}, "total": WHOLE})
