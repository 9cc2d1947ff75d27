"""Permits that are granted at once: their rules as data, and the decision.

A file of `config/permits` describes one kind: which fields of its form matter, and what refuses it.
Nothing here knows a clock or a database: who decides is told what was granted before.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from queue_server.hall.model import Words
from queue_server.settings.reader import Mistake, TomlFile
from queue_server.settings.shape import FIELD_NAME, SMALL_ID, Names, Shape, like, refuse

SHIPPED = Path(__file__).parents[2] / "config" / "permits"

Values = Mapping[str, Any]
"""A form's fields as they were filled in."""

Name = Annotated[str, FIELD_NAME]
Days = Annotated[int, Field(ge=0, le=3660)]


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise refuse(f"a regular expression ({error})") from None
    return text


class PatternRule(Shape):
    """The whole field must look like this."""

    kind: Literal["pattern"]
    field: Name
    pattern: Annotated[str, AfterValidator(_pattern)]
    refusal: Names


class OneOfRule(Shape):
    kind: Literal["one-of"]
    field: Name
    values: Annotated[tuple[str, ...], Field(min_length=1)]
    refusal: Names


class NoneOfRule(Shape):
    kind: Literal["none-of"]
    field: Name
    values: Annotated[tuple[str, ...], Field(min_length=1)]
    refusal: Names


class AtMostRule(Shape):
    """The field is a number no greater than this."""

    kind: Literal["at-most"]
    field: Name
    most: float
    refusal: Names


class LongestRule(Shape):
    """From its first day to its last, both counted."""

    kind: Literal["longest"]
    days: Annotated[int, Field(ge=1, le=3660)]
    refusal: Names


class BeginsWithinRule(Shape):
    kind: Literal["begins-within"]
    days: Days
    refusal: Names


class SoManyRule(Shape):
    """The same holder had fewer than `most` that began in the `days` before this one begins."""

    kind: Literal["so-many"]
    most: Annotated[int, Field(ge=1, le=1000)]
    days: Days
    refusal: Names


Rule = PatternRule | OneOfRule | NoneOfRule | AtMostRule | LongestRule | BeginsWithinRule | SoManyRule


class PermitShape(Shape):
    """One kind of permit; `holder`, `begins`, `ends` and `shows` are fields of its form."""

    id: Annotated[str, SMALL_ID]
    name: Names
    prefix: Annotated[str, like("[A-Z]{1,4}", "1 to 4 capital letters")]
    holder: Name
    holder_name: Names
    begins: Name
    ends: Name
    shows: tuple[Name, ...] = ()
    keep_days: Days = 90
    rules: tuple[Annotated[Rule, Field(discriminator="kind")], ...] = ()

    @property
    def words(self) -> Words:
        return self.name.model_dump()


def read_permits(folder: Path, mistakes: list[Mistake]) -> dict[str, PermitShape]:
    """All kinds of a folder's files, by id."""
    found: dict[str, PermitShape] = {}
    for path in sorted(folder.glob("*.toml")):
        file = TomlFile(path, mistakes)
        shape = file.whole(PermitShape) if file.raw else None
        if shape and shape.id in found:
            file.wrong("id", shape.id, "an id that no other permit has")
        elif shape:
            found[shape.id] = shape
    return found


# --- the decision ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an application asks for, of which the dates can be read."""

    values: Values
    holder: str
    begins: date
    ends: date
    today: date
    earlier: tuple[date, ...] = ()
    """When the same holder's permits began, those that were taken back left out."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why not, and at which field."""

    field: str
    text: Words


def normal_holder(text: object) -> str:
    """As it is written down and looked for: no spaces, capitals, no dot as on the plate itself."""
    return re.sub(r"[\s·.-]", "", str(text)).upper()


def refusals(kind: PermitShape, wanted: Wanted) -> list[Refusal]:
    """Everything that stands against it; empty where it is granted."""
    return [
        Refusal(_field(kind, rule), rule.refusal.model_dump())
        for rule in kind.rules
        if not KEEPS[type(rule)](rule, wanted)
    ]


def _field(kind: PermitShape, rule: Rule) -> str:
    """Where the citizen can put it right."""
    if isinstance(rule, LongestRule):
        return kind.ends
    if isinstance(rule, BeginsWithinRule):
        return kind.begins
    return kind.holder if isinstance(rule, SoManyRule) else rule.field


def _number(value: object) -> float | None:
    try:
        return float(str(value))
    except ValueError:
        return None


def _looks(rule: PatternRule, wanted: Wanted) -> bool:
    return re.fullmatch(rule.pattern, str(wanted.values.get(rule.field, ""))) is not None


def _is_one_of(rule: OneOfRule, wanted: Wanted) -> bool:
    return str(wanted.values.get(rule.field, "")) in rule.values


def _is_none_of(rule: NoneOfRule, wanted: Wanted) -> bool:
    return str(wanted.values.get(rule.field, "")) not in rule.values


def _is_at_most(rule: AtMostRule, wanted: Wanted) -> bool:
    number = _number(wanted.values.get(rule.field))
    return number is not None and number <= rule.most


def _is_short(rule: LongestRule, wanted: Wanted) -> bool:
    return (wanted.ends - wanted.begins).days + 1 <= rule.days


def _begins_soon(rule: BeginsWithinRule, wanted: Wanted) -> bool:
    return wanted.today <= wanted.begins <= wanted.today + timedelta(days=rule.days)


def _had_few(rule: SoManyRule, wanted: Wanted) -> bool:
    since = wanted.begins - timedelta(days=rule.days)
    return sum(since < one <= wanted.begins for one in wanted.earlier) < rule.most


KEEPS: Mapping[type, Callable[[Any, Wanted], bool]] = {
    PatternRule: _looks,
    OneOfRule: _is_one_of,
    NoneOfRule: _is_none_of,
    AtMostRule: _is_at_most,
    LongestRule: _is_short,
    BeginsWithinRule: _begins_soon,
    SoManyRule: _had_few,
}


# --- how it stands --------------------------------------------------------------------------------

Standing = Literal["valid", "not-yet", "expired", "revoked"]


def standing(begins: date, ends: date, today: date, is_revoked: bool) -> Standing:
    """How a permit stands today; its last day is a valid one."""
    if is_revoked:
        return "revoked"
    if today < begins:
        return "not-yet"
    return "valid" if today <= ends else "expired"


def next_number(prefix: str, year: int, known: Iterable[str]) -> str:
    """`TX2026-00017`: one more than the highest of the year."""
    start = f"{prefix}{year}-"
    highest = max((int(one.removeprefix(start)) for one in known if one.startswith(start)), default=0)
    return f"{start}{highest + 1:05d}"
