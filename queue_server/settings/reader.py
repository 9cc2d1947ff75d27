"""Reads TOML files into shapes and collects every mistake, so that all are told together."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

S = TypeVar("S", bound=BaseModel)
Table = dict[str, Any]

MAX_FOUND = 60
MAX_BYTES = 5_000_000


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake: where in which file, what stands there, and what may."""

    where: str
    found: str
    allowed: str
    suggestion: str = ""

    def __str__(self) -> str:
        found = f"found {self.found}; " if self.found else ""
        hint = f'; did you mean "{self.suggestion}"?' if self.suggestion else ""
        return f"{self.where}: {found}allowed: {self.allowed}{hint}"


class ConfigErrors(Exception):
    """Everything that is wrong with the config, in the files' order; one line each as text."""

    def __init__(self, mistakes: list[Mistake]) -> None:
        super().__init__("\n".join(str(mistake) for mistake in mistakes))
        self.mistakes = tuple(mistakes)


def shown(value: object) -> str:
    """A value as a mistake quotes it: short, in TOML's manner."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= MAX_FOUND else text[: MAX_FOUND - 1] + "…"


def nearest(name: object, names: Collection[str]) -> str:
    close = get_close_matches(str(name), sorted(names), 1)
    return close[0] if close else ""


class TomlFile:
    """One file's tables. Mistakes go to the list it was given; what is wrong is left out."""

    def __init__(self, path: Path, mistakes: list[Mistake]) -> None:
        self.path = path
        self._mistakes = mistakes
        self.raw = self._load()

    def _load(self) -> Table:
        try:
            with self.path.open("rb") as file:
                return tomllib.loads(file.read(MAX_BYTES).decode("utf-8-sig"))
        except OSError as error:
            self.wrong("", "", f"a file that can be read ({error.strerror})")
        except UnicodeDecodeError as error:
            line = error.object[: error.start].count(b"\n") + 1
            self.wrong("", f"other signs at line {line}", "text in UTF-8")
        except tomllib.TOMLDecodeError as error:
            self.wrong("", "", f"TOML; {error}")
        return {}

    def wrong(self, where: str, found: str, allowed: str, suggestion: str = "") -> None:
        place = f"{self.path.name}: {where}" if where else str(self.path)
        self._mistakes.append(Mistake(place, found, allowed, suggestion))

    def only(self, names: Collection[str]) -> None:
        """No other tables than these."""
        for name in self.raw.keys() - set(names):
            self.wrong(name, "an unknown table or key", ", ".join(names), nearest(name, names))

    def table(self, name: str, shape: type[S]) -> S | None:
        return self._shaped(name, self.raw.get(name, {}), shape)

    def whole(self, shape: type[S]) -> S | None:
        """The file as one table."""
        return self._shaped("", self.raw, shape)

    def tables(self, name: str, shape: type[S]) -> list[tuple[str, S]]:
        """The valid ones of `[[name]]`, each with its place in the file."""
        raw = self.raw.get(name, [])
        if not isinstance(raw, list):
            self.wrong(name, shown(raw), f"tables, written [[{name}]]")
            return []
        places = [(_place(name, number, table), table) for number, table in enumerate(raw)]
        shaped = [(place, self._shaped(place, table, shape)) for place, table in places]
        return [(place, one) for place, one in shaped if one is not None]

    def named(self, name: str, key: str) -> set[Any]:
        """What the `[[name]]` tables have for a key (or list), those with other mistakes too."""
        raw = self.raw.get(name, [])
        tables = [table for table in raw if isinstance(table, dict)] if isinstance(raw, list) else []
        values = [table.get(key) for table in tables]
        flat = [one for value in values for one in (value if isinstance(value, list) else [value])]
        return {one for one in flat if isinstance(one, str | int)}

    def _shaped(self, place: str, table: object, shape: type[S]) -> S | None:
        try:
            # As JSON, so that strict types still take lists for tuples and TOML's dates for text.
            return shape.model_validate_json(json.dumps(table, default=str))
        except ValidationError as error:
            for details in error.errors(include_url=False):
                self._tell(place, details, shape)
            return None

    def _tell(self, place: str, details: ErrorDetails, shape: type[BaseModel]) -> None:
        loc = [step for step in details["loc"] if step != "[key]"]
        steps = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in loc)
        where = place + steps if place else steps.removeprefix(".")
        found, kind, context = details["input"], details["type"], details.get("ctx", {})
        if kind == "extra_forbidden":
            known = _keys_at(shape, loc[:-1])
            self.wrong(where, "an unknown key", ", ".join(known), nearest(loc[-1], known))
        elif kind == "missing" and isinstance(loc[-1], int):
            # An entry of a list that is too short: people look for the list.
            self.wrong(where[: where.rindex("[")], shown(found), "one more entry")
        elif kind == "missing":
            self.wrong(where, "nothing", "this key is required")
        elif kind in ("literal_error", "enum"):
            names = [name.strip("'") for name in context["expected"].replace(" or ", ", ").split(", ")]
            self.wrong(where, shown(found), ", ".join(names), nearest(found, names))
        elif kind == "hall":
            self.wrong(where, shown(found), context["allowed"], context["suggestion"])
        else:
            self.wrong(where, shown(found), _plain(details["msg"]))


def _place(name: str, number: int, table: object) -> str:
    """`windows[3]`, with the number or id that people know it by."""
    for key in ("id", "number", "window"):
        if isinstance(table, dict) and isinstance(table.get(key), str | int):
            return f"{name}[{number}] ({key} {table[key]})"
    return f"{name}[{number}]"


def _plain(message: str) -> str:
    for start in ("Input should be ", "Input should ", "String should ", "Value should "):
        if message.startswith(start):
            return message.removeprefix(start).replace("match pattern", "text that matches")
    return message


def _keys_at(shape: type[BaseModel], loc: list[int | str]) -> list[str]:
    """The keys that the table at `loc` may have."""
    here: list[Any] = [shape]
    for step in loc:
        if isinstance(step, str):
            here = [inner for one in here for inner in _below(one, step)]
    return [field.alias or key for one in here for key, field in one.model_fields.items()]


def _below(shape: type[BaseModel], key: str) -> list[type[BaseModel]]:
    field = shape.model_fields.get(key)
    # A key of a free table (`workdays."2026-10-10"`) stays at that table's own shapes.
    return list(_shapes_in(field.annotation)) if field else [shape]


def _shapes_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    elif get_origin(annotation) in (tuple, dict, Union, UnionType):
        for inner in get_args(annotation):
            yield from _shapes_in(inner)
