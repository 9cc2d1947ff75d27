"""Reads TOML files into shapes and collects every mistake, so that all are told together."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from queue_server.settings.faults import Fault, Steps, faults

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


@dataclass(frozen=True, slots=True)
class Known:
    """What can be known of a table, with its place in the file, whatever mistakes it has elsewhere."""

    place: str
    raw: Mapping[str, Any]
    """As it is written."""
    sure: Mapping[str, Any]
    """Its keys that are right, or left out and have a default. A wrong entry of a list is None."""
    is_whole: bool = False
    """Whether all of it is right."""

    def get(self, key: str) -> Any:
        """None where a key is wrong, or missing though it is required."""
        return self.sure.get(key)


@dataclass(frozen=True, slots=True)
class Names:
    """What may be referred to, and what is written there that can't be a name."""

    sure: Set[Any]
    wrong: tuple[object, ...] = ()

    def lack(self, name: object) -> bool:
        """Surely not there. A name that is written wrongly where it is given may have been meant."""
        return name not in self.sure and not any(_may_be(name, one) for one in self.wrong)


def _may_be(name: object, raw: object) -> bool:
    return not (isinstance(name, str) and isinstance(raw, str) and raw) or bool(nearest(name, [raw]))


def names(*sources: tuple[Iterable[Known], str]) -> Names:
    """The values of a key, or the entries of its lists, in some tables."""
    sure: set[Any] = set()
    wrong: list[object] = []
    for tables, key in sources:
        for table in tables:
            value = table.get(key)
            entries = value if isinstance(value, list | tuple) else [value]
            sure |= {one for one in entries if one is not None}
            if None in entries:
                wrong.append(table.raw.get(key))
    return Names(sure, tuple(wrong))


class TomlFile:
    """One file's tables. Mistakes go to the list it was given; what is wrong is left out."""

    def __init__(self, path: Path, mistakes: list[Mistake]) -> None:
        self.path = path
        self._mistakes = mistakes
        self.is_read = False
        self.raw = self._load()
        self.known: dict[str, list[Known]] = {}
        """What can be known of the tables that were asked for."""

    def _load(self) -> Table:
        try:
            with self.path.open("rb") as file:
                tables = tomllib.loads(file.read(MAX_BYTES).decode("utf-8-sig"))
        except OSError as error:
            self.wrong("", "", f"a file that can be read ({error.strerror})")
        except UnicodeDecodeError as error:
            line = error.object[: error.start].count(b"\n") + 1
            self.wrong("", f"other signs at line {line}", "text in UTF-8")
        except tomllib.TOMLDecodeError as error:
            self.wrong("", "", f"TOML; {error}")
        else:
            self.is_read = True
            return tables
        return {}

    def wrong(self, where: str, found: str, allowed: str, suggestion: str = "") -> None:
        place = f"{self.path.name}: {where}" if where else str(self.path)
        self._mistakes.append(Mistake(place, found, allowed, suggestion))

    def only(self, names: Collection[str]) -> None:
        """No other tables than these."""
        for name in self.raw:
            if name not in names:
                self.wrong(name, "an unknown table or key", ", ".join(names), nearest(name, names))

    def table(self, name: str, shape: type[S]) -> S | None:
        raw = self.raw.get(name, {})
        if isinstance(raw, list):
            self.wrong(name, shown(raw), f"one table, written [{name}]")
            self.known[name] = [Known(name, {}, {})]
            return None
        return self._shaped(name, name, raw, shape)

    def whole(self, shape: type[S]) -> S | None:
        """The file as one table."""
        return self._shaped("", "", self.raw, shape)

    def tables(self, name: str, shape: type[S]) -> list[tuple[str, S]]:
        """The valid ones of `[[name]]`, each with its place in the file."""
        raw, self.known[name] = self.raw.get(name, []), []
        if not isinstance(raw, list):
            self.wrong(name, shown(raw), f"tables, written [[{name}]]")
            self.known[name].append(Known(name, {}, {}))
            return []
        places = [(_place(name, number, table), table) for number, table in enumerate(raw)]
        shaped = [(place, self._shaped(name, place, table, shape)) for place, table in places]
        return [(place, one) for place, one in shaped if one is not None]

    def _shaped(self, name: str, place: str, table: object, shape: type[S]) -> S | None:
        # As JSON, so that strict types still take lists for tuples and TOML's dates for text.
        text = json.dumps(table, default=str)
        try:
            one = shape.model_validate_json(text)
        except ValidationError as error:
            found = faults(error)
            for fault in found:
                self._tell(place, fault, shape)
            raw = json.loads(text)
            written = raw if isinstance(raw, dict) else {}
            self._note(name, Known(place, written, _sure(shape, written, found) if written is raw else {}))
            return None
        self._note(name, Known(place, {}, one.model_dump(mode="json"), is_whole=True))
        return one

    def _note(self, name: str, known: Known) -> None:
        self.known.setdefault(name, []).append(known)

    def _tell(self, place: str, fault: Fault, shape: type[BaseModel]) -> None:
        steps = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in fault.path)
        where = place + steps if place else steps.removeprefix(".")
        if fault.is_unknown_key:
            known = _keys_at(shape, fault.path[:-1])
            self.wrong(where, "an unknown key", ", ".join(known), nearest(fault.path[-1], known))
        elif fault.is_missing:
            self.wrong(where, "nothing", "this key is required")
        elif fault.names:
            self.wrong(where, shown(fault.found), ", ".join(fault.names), nearest(fault.found, fault.names))
        else:
            self.wrong(where, shown(fault.found), fault.allowed, fault.suggestion)


def _sure(shape: type[BaseModel], table: Table, found: list[Fault]) -> Table:
    """What is right in a table that has mistakes."""
    wrong = [fault.path for fault in found if not (fault.is_missing or fault.is_short)]
    defaults = {
        key: field.get_default(call_default_factory=True)
        for key, field in shape.model_fields.items()
        if not field.is_required() and key not in table
    }
    return {**defaults, **_without(table, wrong)}


def _without(value: Any, paths: list[Steps]) -> Any:
    """A copy without what stands at the paths: keys are left out, entries of lists become None."""

    def below(step: int | str) -> list[Steps]:
        return [path[1:] for path in paths if path[0] == step]

    if isinstance(value, dict):
        return {key: _without(one, below(key)) for key, one in value.items() if (key,) not in paths}
    if isinstance(value, list):
        return [None if (at,) in paths else _without(one, below(at)) for at, one in enumerate(value)]
    return value


def _place(name: str, number: int, table: object) -> str:
    """`windows[3]`, with the number or id that people know it by."""
    for key in ("id", "number", "window"):
        if isinstance(table, dict) and isinstance(table.get(key), str | int):
            return f"{name}[{number}] ({key} {table[key]})"
    return f"{name}[{number}]"


def _keys_at(shape: type[BaseModel], path: Steps) -> list[str]:
    """The keys that the table at `path` may have."""
    here: list[Any] = [shape]
    for step in path:
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
