"""A province's export into the catalogue's files: what would change, item by item."""

from __future__ import annotations

import copy
import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from queue_server.catalogue.catalogue import Catalogue
from queue_server.catalogue.sheet import FLAGS, BadCell, MappingShape, Row, read_sheet
from queue_server.catalogue.writer import Table, header_of, text_of
from queue_server.hall.model import ServiceId
from queue_server.settings.reader import ConfigErrors, Mistake, TomlFile, nearest, shown

ORDER = tuple(FLAGS.values())
_DAYS = re.compile(r"^days = .*$", re.MULTILINE)


@dataclass(slots=True)
class Change:
    """One handling item that would be added, changed or gone; `what` says in which way."""

    kind: str
    id: str
    name: str
    what: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.kind:<8} {self.id}  {self.name}" + "".join(f"\n         {one}" for one in self.what)


@dataclass(slots=True)
class Plan:
    """What an import would do. With anything in `bad` it does nothing."""

    changes: list[Change] = field(default_factory=list)
    unchanged: int = 0
    bad: list[BadCell] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)
    """The new text of each file that changes, by its path within the folder."""
    removed: list[str] = field(default_factory=list)

    def of(self, kind: str) -> list[Change]:
        return [one for one in self.changes if one.kind == kind]


def read_mapping(path: Path) -> MappingShape:
    """:raises ConfigErrors: with every mistake of the mapping file."""
    mistakes: list[Mistake] = []
    mapping = TomlFile(path, mistakes).whole(MappingShape) if path else None
    if mistakes or mapping is None:
        raise ConfigErrors(mistakes)
    return mapping


def plan_import(folder: Path, catalogue: Catalogue, file: Path, mapping: MappingShape) -> Plan:
    """What the file would change in the folder, whose catalogue this is.

    :raises UnreadableFile: where the file as a whole can't be used.
    """
    rows, bad = read_sheet(file, mapping)
    draft = _Draft(folder, catalogue, mapping)
    broken = {one.line for one in bad}
    for row in rows:
        if row.line not in broken:
            draft.take(row)
    draft.plan.bad = sorted([*bad, *draft.plan.bad], key=lambda one: one.line)
    if not draft.plan.bad:
        draft.drop_gone()
        draft.write()
    return draft.plan


class _Draft:
    """The folder's tables as they would be; rows change it one by one."""

    def __init__(self, folder: Path, catalogue: Catalogue, mapping: MappingShape) -> None:
        self.plan = Plan()
        self._folder, self._catalogue, self._mapping = folder, catalogue, mapping
        self._texts = {
            str(path.relative_to(folder)): path.read_text("utf-8-sig")
            for path in sorted([*folder.glob("*.toml"), *(folder / "guides").glob("*.toml")])
        }
        self._old = {name: tomllib.loads(text) for name, text in self._texts.items()}
        self._new: dict[str, dict[str, list[Table]]] = copy.deepcopy(self._old)
        self._departments = {one.code: one for one in catalogue.departments.values()}
        self._guides = {raw["service"]: name for name, raw in self._old.items() if "service" in raw}
        self._days: dict[str, dict[str, int]] = {}
        self._items = {
            (item["department"], item["code"]): (name, item)
            for name, raw in self._new.items()
            for item in raw.get("items", ())
        }
        self._services = {
            (one["item"], one["serial"]): (name, one)
            for name, raw in self._new.items()
            for one in raw.get("services", ())
            if "item" in one and "serial" in one
        }
        self._seen: set[tuple[str, str]] = set()
        self._touched: set[str] = set()
        self._said: dict[tuple[str, str], tuple[int, Any]] = {}

    # --- one row ---

    def take(self, row: Row) -> None:
        code: str = row.fields["code33"]
        department = self._departments.get(code[:18])
        if department is None:
            near = self._departments.get(nearest(code[:18], self._departments))
            hint = f"; the nearest is {near.code}, {near.name['zh']} ({near.id})" if near else ""
            cure = f"no department has this credit code{hint}: put it right, or add one to departments.toml"
            return self._tell(row, "code33", code, cure)
        if code[18] != department.level:
            return self._tell(
                row, "code33", code, f"sign 19, the level, is {department.level} for {department.id}"
            )
        self._touched.add(department.id)
        item = self._item(row, department.id, code[19:31])
        key = (item["id"], code[31:])
        self._seen.add(key)
        if key in self._services:
            service = self._services[key][1]
            self._change(row, item, service)
        else:
            service = self._add(row, item, key)
        if "papers-missing" in service.get("flags", ()) and _party(service, item) != "enterprise":
            column = "papers_missing" if "papers_missing" in self._mapping.columns else "code33"
            self._tell(
                row, column, "papers-missing", "only matters of enterprises are accepted so: put right one"
            )
        return None

    def _item(self, row: Row, department: str, code: str) -> Table:
        """The row's main item, new or as it was, with what the row says of it."""
        key, fields = (department, code), row.fields
        if key not in self._items:
            name = fields.get("item_name", fields["name"])
            item: Table = {
                "id": f"{department}-{code.lower()}",
                "name": {"zh": name, "en": fields.get("name_en", name)},
                "department": department,
                "kind": fields.get("kind", "other"),
                "code": code,
            }
            file = f"{department}.toml"
            self._new.setdefault(file, {}).setdefault("items", []).append(item)
            self._items[key] = (file, item)
        item = self._items[key][1]
        for name, column in (("item_name", "item_name"), ("kind", "kind")):
            if name in fields and self._agrees(row, item["id"], name, column):
                if name == "item_name":
                    item["name"]["zh"] = fields[name]
                else:
                    item["kind"] = fields[name]
        return item

    def _agrees(self, row: Row, item: str, name: str, column: str) -> bool:
        """Lines of one main item must say the same of it."""
        line, said = self._said.setdefault((item, name), (row.line, row.fields[name]))
        if said != row.fields[name]:
            self._tell(
                row,
                column,
                row.fields[name],
                f"line {line} says {shown(said)} of the same item: make them agree",
            )
        return bool(said == row.fields[name])

    def _add(self, row: Row, item: Table, key: tuple[str, str]) -> Table:
        new = self._mapping.new
        name = row.fields["name"]
        service: Table = {
            "id": f"{item['id']}-{key[1]}",
            "item": item["id"],
            "serial": key[1],
            "name": {"zh": name, "en": row.fields.get("name_en", name)},
            **({"type": new.type} if new.type else {}),
            "group": new.group,
        }
        file = self._items[(item["department"], item["code"])][0]
        self._new[file].setdefault("services", []).append(service)
        self._services[key] = (file, service)
        self._set(row, item, service)
        self.plan.changes.append(Change("added", service["id"], name))
        return service

    def _change(self, row: Row, item: Table, service: Table) -> None:
        before = self._facts(service, item)
        self._set(row, item, service)
        after = self._facts(service, item)
        what = [
            f"{key}: {shown(before[key])} → {shown(after[key])}"
            for key in before
            if before[key] != after[key]
        ]
        if what:
            self.plan.changes.append(Change("changed", service["id"], service["name"]["zh"], what))
        else:
            self.plan.unchanged += 1

    def _set(self, row: Row, item: Table, service: Table) -> None:
        """What the row says goes into the tables; what it doesn't say stays."""
        fields = row.fields
        service["name"]["zh"] = fields["name"]
        if "name_en" in fields:
            service["name"]["en"] = fields["name_en"]
        if "minutes" in fields:
            service["minutes"] = fields["minutes"]
        if "party" in fields and fields["party"] != _party(service, item):
            self._set_party(item, service, fields["party"])
        told = {flag: fields[key] for key, flag in FLAGS.items() if key in fields}
        if told:
            has = set(service.get("flags", ()))
            kept = [one for one in ORDER if told.get(one, one in has)]
            _put(service, "flags", kept)
        if "legal_days" in fields or "promised_days" in fields:
            self._set_days(row, service)

    def _set_party(self, item: Table, service: Table, party: str) -> None:
        """Once its cases differ, each says its own party, and the main item none."""
        for (owner, _), (_, one) in self._services.items():
            if owner == item["id"]:
                _put(one, "party", _party(one, item))
        item.pop("party", None)
        _put(service, "party", party)

    def _set_days(self, row: Row, service: Table) -> None:
        had = self._days_of(service)
        days = {
            "legal": row.fields.get("legal_days", had["legal"]),
            "promised": row.fields.get("promised_days", had["promised"]),
        }
        if days["promised"] > days["legal"]:
            column = "promised_days" if "promised_days" in row.fields else "legal_days"
            found = f"{days['promised']}, the law's {days['legal']}"
            return self._tell(row, column, found, "not more than what the law allows")
        if service["id"] in self._guides:
            self._days[service["id"]] = days
        elif days != had:
            service.setdefault("guide", {})["days"] = days
        return None

    def _days_of(self, service: Table) -> dict[str, int]:
        """As it stands: its own, else what its guide or its type's template says."""
        own = self._days.get(service["id"]) or service.get("guide", {}).get("days")
        id = ServiceId(service["id"])
        if own is None or id in self._catalogue.complete:
            guide: Any = self._catalogue.guide(id)["days"] if id in self._catalogue.services else None
            own = self._days.get(service["id"]) or guide or own
        return dict(own or {"legal": 0, "promised": 0})

    def _facts(self, service: Table, item: Table) -> dict[str, object]:
        """What an import may change, for comparing."""
        days = self._days_of(service)
        return {
            "name": service["name"]["zh"],
            "English name": service["name"]["en"],
            "main item": item["name"]["zh"],
            "kind": item["kind"],
            "party": _party(service, item),
            "minutes": service.get("minutes"),
            "flags": list(service.get("flags", ())),
            "legal days": days["legal"],
            "promised days": days["promised"],
        }

    def _tell(self, row: Row, key: str, found: str, cure: str) -> None:
        column = self._mapping.columns.get(key, key)  # type: ignore[call-overload]
        self.plan.bad.append(BadCell(row.line, column, shown(found), cure))

    # --- the whole ---

    def drop_gone(self) -> None:
        """Items of the file's departments that the file no longer has leave, from their themes too."""
        owners = {item["id"]: item["department"] for _, item in self._items.values()}
        gone = {
            one["id"]: one
            for key, (_, one) in self._services.items()
            if key not in self._seen and owners.get(key[0]) in self._touched
        }
        for raw in self._new.values():
            if "services" in raw and "service" not in raw:
                raw["services"] = [one for one in raw["services"] if one["id"] not in gone]
            if "themes" in raw:
                raw["themes"] = list(_without(raw["themes"], gone.keys()))
        used = {one.get("item") for raw in self._new.values() for one in raw.get("services", ())}
        for raw in self._new.values():
            if "items" in raw:
                raw["items"] = [
                    one for one in raw["items"] if one["id"] in used or one["department"] not in self._touched
                ]
        self.plan.removed = [self._guides[id] for id in gone if id in self._guides]
        self.plan.changes += [self._gone(one) for one in gone.values()]

    def _gone(self, service: Table) -> Change:
        known = self._catalogue.services.get(ServiceId(service["id"]))
        what = [f"leaves the themes {', '.join(known.themes)}"] if known and known.themes else []
        return Change("gone", service["id"], service["name"]["zh"], what)

    def write(self) -> None:
        """The new texts of the files whose tables differ."""
        for name, raw in self._new.items():
            if raw != self._old.get(name) and name not in self.plan.removed:
                self.plan.files[name] = text_of(header_of(self._texts.get(name, "")), raw)
        for id, days in self._days.items():
            name = self._guides[id]
            text = self._texts[name]
            line = f"days = {{ legal = {days['legal']}, promised = {days['promised']} }}"
            new = (
                _DAYS.sub(line, text, count=1)
                if _DAYS.search(text)
                else text.replace("[guide]", f"[guide]\n{line}", 1)
            )
            if new != text:
                self.plan.files[name] = new


def _party(service: Table, item: Table) -> str:
    return str(service.get("party") or item.get("party") or "")


def _put(table: Table, key: str, value: Any) -> None:
    """An empty value is said by leaving its key out."""
    if value:
        table[key] = value
    else:
        table.pop(key, None)


def _without(themes: Iterable[Table], gone: Iterable[str]) -> Iterator[Table]:
    left = set(gone)
    for theme in themes:
        services = [one for one in theme["services"] if one not in left]
        if services:
            yield {**theme, "services": services}
