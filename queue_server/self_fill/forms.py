"""Forms that citizens fill in themselves: what is asked, what is wrong, how far one is.

Pure: values and the day come in as arguments. A form's JSON Schema decides what is right; the layout
says in which words it is asked for and what to say about a mistake.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cache, cached_property
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError

from assets import texts
from queue_server.hall import identity
from queue_server.hall.model import Words
from queue_server.hall.veil import Veil, behind

Value = str | int | float | bool
Values = Mapping[str, Value]
"""A form's fields as they were filled in; what is empty is left out."""

MOST_SIGNS = 400
"""No field takes more, whatever its schema says."""


class Keyboard(StrEnum):
    """What a field is filled in with; on a phone, what the phone offers for it."""

    HANZI = "hanzi"
    TEXT = "text"
    DIGITS = "digits"
    DATE = "date"
    REGION = "region"
    CHOICE = "choice"
    ID_NUMBER = "id-number"
    PHONE = "phone"
    AGREE = "agree"


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: Words


@dataclass(frozen=True, slots=True)
class Field:
    """One question. `when` is the other field and the values with which this one is asked."""

    name: str
    label: Words
    keyboard: Keyboard
    required: bool = False
    help: Words | None = None
    choices: tuple[Choice, ...] = ()
    source: str = ""
    error: Words | None = None
    when: tuple[str, tuple[str, ...]] | None = None
    after: str = ""
    veil: Veil = Veil.NONE
    kind: str = "string"
    """The schema's type."""
    longest: int = MOST_SIGNS
    capitals: bool = False
    """Its letters are capitals by its schema, however they were typed."""


@dataclass(frozen=True, slots=True)
class Page:
    title: Words
    fields: tuple[str, ...]


@dataclass(frozen=True)
class Regions:
    """The districts and towns from which an address is chosen; a value is `city/district/town`."""

    city: Words = field(default_factory=dict)
    districts: tuple[tuple[Words, tuple[str, ...]], ...] = ()

    @cached_property
    def known(self) -> frozenset[str]:
        return frozenset(
            f"{self.city['zh']}/{name['zh']}/{town}" for name, towns in self.districts for town in towns
        )


@dataclass(frozen=True)
class Form:
    """A form as its file describes it. `schema` is whole: what is asked only sometimes is so in it too."""

    id: str
    title: Words
    about: Words
    fields: dict[str, Field]
    pages: tuple[Page, ...]
    schema: dict[str, Any]
    offered: frozenset[str] = frozenset()
    promise: tuple[Words, ...] = ()
    """What is signed below the values."""
    regions: Regions = field(default_factory=Regions)
    judges: dict[date, Draft202012Validator] = field(default_factory=dict, repr=False, compare=False)

    def asked(self, values: Values) -> list[Field]:
        """The questions that these values lead to, in the order of the pages."""
        ordered = [self.fields[name] for page in self.pages for name in page.fields]
        kept: list[Field] = []
        for one in ordered:
            if one.when is None or (
                _said(values.get(one.when[0])) in one.when[1] and self.fields[one.when[0]] in kept
            ):
                kept.append(one)
        return kept

    def kept(self, values: Values) -> dict[str, Value]:
        """The values of what is asked; what was filled in on another way through the form is left out."""
        return {one.name: values[one.name] for one in self.asked(values) if one.name in values}


@dataclass(frozen=True, slots=True)
class Progress:
    """`filled` of the `of` questions that must be answered are answered well; `wrong` are not right."""

    filled: int
    of: int
    wrong: int

    @property
    def is_whole(self) -> bool:
        return self.filled == self.of and not self.wrong


# --- values ---------------------------------------------------------------------------------------


def tidy(one: Field, typed: Value) -> Value | None:
    """What was typed, as it is kept; None when it says nothing. What makes no sense stays as it is."""
    if isinstance(typed, bool):
        return typed if typed else None
    if not isinstance(typed, str):
        return typed
    text = typed.strip()[:MOST_SIGNS]
    if not text:
        return None
    if one.kind in ("integer", "number"):
        return _number(text, one.kind)
    if one.keyboard is Keyboard.ID_NUMBER:
        return identity.normal_id(text)
    if one.keyboard is Keyboard.PHONE:
        return identity.normal_phone(text)
    return text.upper() if one.capitals else text


def _number(text: str, kind: str) -> Value:
    """A number as its schema has it; text that is none stays, so that it can be put right."""
    if re.fullmatch(r"\d{1,15}", text, re.ASCII):
        return int(text)
    if kind == "number" and re.fullmatch(r"\d{1,12}\.\d{1,4}", text, re.ASCII):
        return float(text)
    return text


def from_source(form: Form, facts: Mapping[str, str]) -> dict[str, Value]:
    """The values that a source fills in: `facts` are by the sources' names, like `card.name`."""
    found: dict[str, Value] = {}
    for one in form.fields.values():
        value = tidy(one, facts[one.source]) if one.source in facts else None
        if value is not None:
            found[one.name] = value
    return found


def veiled(one: Field, value: Value) -> str:
    """The value as a screen shows it that others can see."""
    return behind(one.veil, shown(one, value, "zh"))


def shown(one: Field, value: Value, language: str) -> str:
    """The value in words."""
    if isinstance(value, bool):
        return texts.say("form.yes" if value else "form.no", language)
    for choice in one.choices:
        if choice.value == value:
            return choice.label[language]
    if one.keyboard is Keyboard.REGION:
        return str(value).replace("/", "")
    return str(value)


# --- what is wrong --------------------------------------------------------------------------------


def problems(form: Form, values: Values, today: date) -> dict[str, Words]:
    """What stands in the way of each field, in plain words; nothing when the form is whole."""
    kept = form.kept(values)
    found: dict[str, Words] = {}
    for error in _judge(form, today).iter_errors(kept):
        for name in _fields_of(error):
            if name in form.fields and name not in found:
                found[name] = _sentence(form.fields[name], error)
    for one in form.asked(kept):
        if one.name not in found and _is_before(kept, one):
            found[one.name] = texts.both("form.wrong.after", other=form.fields[one.after].label)
    order = {name: number for number, name in enumerate(form.fields)}
    return dict(sorted(found.items(), key=lambda item: order[item[0]]))


def progress(form: Form, values: Values, found: Mapping[str, Words]) -> Progress:
    """How far one is, by the `problems` that were found: what must be answered, what was answered wrongly."""
    must = [one.name for one in form.asked(values) if one.required]
    wrong = sum(name in values for name in found)
    return Progress(sum(name in values and name not in found for name in must), len(must), wrong)


def _judge(form: Form, today: date) -> Draft202012Validator:
    """Made once a day for each form: it is asked with every answer that is saved."""
    if today not in form.judges:
        form.judges.clear()
        form.judges[today] = Draft202012Validator(form.schema, format_checker=_formats(form, today))
    return form.judges[today]


def _said(value: Value | None) -> str:
    """A value as `when` names it: `true` for a tick."""
    return "true" if value is True else str(value)


def _fields_of(error: ValidationError) -> Iterable[str]:
    """The fields that an error of the schema is about."""
    if error.absolute_path:
        return (str(error.absolute_path[0]),)
    if error.validator == "required":
        names: list[str] = list(error.validator_value)  # type: ignore[arg-type]
        kept: Values = error.instance  # type: ignore[assignment]
        return tuple(name for name in names if name not in kept)
    return ()


SENTENCES = {
    "minLength": "short",
    "maxLength": "long",
    "minimum": "low",
    "exclusiveMinimum": "low",
    "maximum": "high",
    "multipleOf": "number",
    "enum": "choice",
    "const": "agree",
}
"""The sentence about each keyword of a schema; others say that it does not fit."""


def _sentence(one: Field, error: ValidationError) -> Words:
    if error.validator == "required":
        return _missing("agree" if one.keyboard is Keyboard.AGREE else "missing")
    if one.error:
        return one.error
    if error.validator == "format":
        return texts.both(f"form.wrong.{error.validator_value}")
    if error.validator == "type":
        return texts.both("form.wrong.number" if one.kind in ("integer", "number") else "form.wrong.misfit")
    key = SENTENCES.get(str(error.validator), "misfit")
    return texts.both(f"form.wrong.{key}", limit=error.validator_value)


@cache
def _missing(key: str) -> Words:
    """Most of what is wrong with a form that has just been begun; so it is put into words once."""
    return texts.both(f"form.wrong.{key}")


def _is_before(values: Values, one: Field) -> bool:
    """Whether a date is before the one that it must not be before."""
    first, then = values.get(one.after), values.get(one.name)
    return isinstance(first, str) and isinstance(then, str) and then < first


FORMATS = frozenset(
    {"resident-id", "credit-code", "phone", "mobile", "region", "date", "past-date", "coming-date"}
)
"""The schema's `format`s: each has its sentence in `form.wrong`."""

_MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)


def _formats(form: Form, today: date) -> FormatChecker:
    """JSON Schema's `format` as this hall understands it, on a day."""
    checks: dict[str, Callable[[str], bool]] = {
        "resident-id": lambda text: identity.is_resident_id(text, today),
        "credit-code": identity.is_credit_code,
        "phone": identity.is_phone,
        "mobile": lambda text: bool(_MOBILE.fullmatch(text)),
        "region": lambda text: text in form.regions.known,
        "date": lambda text: _day(text) is not None,
        "past-date": lambda text: (day := _day(text)) is not None and day <= today,
        "coming-date": lambda text: (day := _day(text)) is not None and day >= today,
    }
    checker = FormatChecker(formats=())
    for name in FORMATS:
        check = checks[name]
        checker.checkers[name] = (_of_text(check), ())
    return checker


def _of_text(check: Callable[[str], bool]) -> Callable[[object], bool]:
    """A format says nothing of what is no text; the schema's `type` does."""
    return lambda value: not isinstance(value, str) or check(value)


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.isoformat() == text else None
