"""What pydantic finds wrong with a table, in plain words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

Steps = tuple[int | str, ...]
"""The way to a value: keys, and places in lists."""

ALLOWED = {
    "string_type": "text in quotes",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "finite_number": "a number",
    "bool_type": "true or false",
    "tuple_type": "a list in brackets",
    "list_type": "a list in brackets",
    "dict_type": "a table, or pairs in braces",
    "model_type": "a table, or pairs in braces",
    "greater_than": "more than {gt:g}",
    "greater_than_equal": "{ge:g} or more",
    "less_than": "less than {lt:g}",
    "less_than_equal": "{le:g} or less",
    "string_too_short": "{min_length} or more signs",
    "string_too_long": "{max_length} signs or fewer",
    "too_short": "{min_length} or more entries",
    "too_long": "{max_length} entries or fewer",
}
"""By pydantic's kinds of errors."""

CHOICES = frozenset({"literal_error", "enum"})


@dataclass(frozen=True, slots=True)
class Fault:
    """One mistake: where in its table, and what may stand there (`names`: one of these)."""

    path: Steps
    found: object
    allowed: str = ""
    suggestion: str = ""
    names: tuple[str, ...] = ()
    is_missing: bool = False
    is_unknown_key: bool = False
    is_short: bool = False
    """A list that needs more entries; those that it has are right in themselves."""


def faults(error: ValidationError) -> list[Fault]:
    """All that a validation found. Where a value may be of several kinds, pydantic tells each of them."""
    by_path: dict[Steps, Fault] = {}
    for details in error.errors(include_url=False):
        fault = _fault(details)
        before = by_path.get(fault.path)
        by_path[fault.path] = replace(fault, names=(*before.names, *fault.names)) if before else fault
    return list(by_path.values())


def _fault(details: ErrorDetails) -> Fault:
    path, kind, found = tuple(_steps(details["loc"])), details["type"], details["input"]
    context: dict[str, Any] = details.get("ctx", {})
    if kind == "extra_forbidden":
        return Fault(path, found, is_unknown_key=True)
    if kind == "missing" and isinstance(path[-1], int):
        # An entry of a list that is too short: people look for the list.
        return Fault(path[:-1], found, "one more entry")
    if kind == "union_tag_not_found":
        return Fault((*path, _unquoted(context["discriminator"])), None, is_missing=True)
    if kind == "union_tag_invalid":
        names = tuple(map(_unquoted, context["expected_tags"].split(", ")))
        return Fault((*path, _unquoted(context["discriminator"])), context["tag"], names=names)
    if kind == "missing":
        return Fault(path, None, is_missing=True)
    if kind in CHOICES:
        names = tuple(map(_unquoted, context["expected"].replace(" or ", ", ").split(", ")))
        return Fault(path, found, names=names)
    if kind == "hall":
        return Fault(path, found, context["allowed"], context["suggestion"])
    allowed = ALLOWED[kind].format(**context) if kind in ALLOWED else details["msg"]
    return Fault(path, found, allowed, is_short=kind == "too_short")


def _unquoted(name: str) -> str:
    return name.strip("'")


def _steps(loc: Steps) -> Iterator[int | str]:
    """Without pydantic's own marks: `[key]`, and the kind of a value that may be of several."""
    for step in loc:
        if not (isinstance(step, str) and (step == "[key]" or step.startswith("str-enum["))):
            yield step
