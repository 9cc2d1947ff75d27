"""Reads a folder of catalogue files: departments, items, themes, guides and everyday words."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol, TypeVar

from queue_server.catalogue.catalogue import Answer, Catalogue, Department, Details, Question, Theme
from queue_server.catalogue.search import Vocabulary
from queue_server.catalogue.shape import (
    AskShape,
    CountsShape,
    DepartmentShape,
    FillersShape,
    GuideShape,
    ItemShape,
    LookAlikesShape,
    OwnGuideShape,
    ServiceShape,
    SynonymShape,
    TemplateShape,
    ThemeShape,
)
from queue_server.hall.model import Group, GroupId, Party, Service, ServiceId
from queue_server.settings.reader import Mistake, Names, TomlFile, names, nearest, shown

log = logging.getLogger(__name__)


class _Named(Protocol):
    @property
    def id(self) -> str: ...


N = TypeVar("N", bound=_Named)
Placed = tuple[TomlFile, str, N]
"""A table with the file and the place that a mistake names."""


@dataclass
class _Folder:
    """All tables of a folder, each valid in itself."""

    departments: list[Placed[DepartmentShape]] = field(default_factory=list)
    items: list[Placed[ItemShape]] = field(default_factory=list)
    services: list[Placed[ServiceShape]] = field(default_factory=list)
    themes: list[Placed[ThemeShape]] = field(default_factory=list)
    templates: list[Placed[TemplateShape]] = field(default_factory=list)
    guides: list[tuple[TomlFile, OwnGuideShape]] = field(default_factory=list)
    questions: list[Placed[AskShape]] = field(default_factory=list)
    synonyms: list[SynonymShape] = field(default_factory=list)
    fillers: list[str] = field(default_factory=list)
    look_alikes: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    files: list[TomlFile] = field(default_factory=list)

    def names(self, table: str) -> Names:
        """The ids that the tables of a name have, those with mistakes too."""
        return names(*((file.known[table], "id") for file in self.files))


Forms = Mapping[str, Collection[str]]
"""The forms that items may name, each with the flags of items with which it is offered too."""

AN_ITEM = "the id of an item of the catalogue"
TABLES = (
    "departments", "items", "services", "themes", "templates", "questions", "synonyms", "fillers",
    "look_alikes", "counts",
)  # fmt: skip


def read_catalogue(
    folder: Path, groups: dict[GroupId, Group], forms: Forms, mistakes: list[Mistake]
) -> Catalogue:
    """All items and themes of a folder's TOML files.

    Items of groups that the hall does not have are left out, with a line in the log.
    """
    read = _read(folder, mistakes)
    departments, items = _unique(read.departments), _unique(read.items)
    templates, services, themes = _unique(read.templates), _unique(read.services), _unique(read.themes)
    _check_references(read)
    _check_forms(read, forms)
    kept = {name: one for name, one in services.items() if one.group in groups}
    _tell_left_out([one.group for one in services.values() if one.group not in groups])
    own = {guide.service: guide.guide for _, guide in read.guides}
    by_use = dict(sorted(kept.items(), key=lambda one: -one[1].uses))
    shown_themes = _themes(themes.values(), kept)
    belongs = {name: tuple(one.id for one in shown_themes if name in one.services) for name in kept}
    known = {name: _department(one) for name, one in departments.items()}
    catalogue = Catalogue(
        services={
            ServiceId(name): _service(one, items, belongs[name], groups[GroupId(one.group)], forms)
            for name, one in by_use.items()
        },
        themes={one.id: one for one in shown_themes},
        items=items,
        departments=known,
        details={ServiceId(name): _details(one, items, known) for name, one in by_use.items()},
        guides={ServiceId(name): _guides(one, own, templates) for name, one in by_use.items()},
        complete=frozenset(ServiceId(name) for name in own if name in kept),
        counts=read.counts,
        questions=_questions(read, {one.id for one in shown_themes}, groups),
        vocabulary=Vocabulary(
            tuple(one.words for one in read.synonyms), tuple(read.fillers), tuple(read.look_alikes)
        ),
    )
    bringing = {id: replace(one, materials=catalogue.to_bring(id)) for id, one in catalogue.services.items()}
    return replace(catalogue, services=bringing)


def _read(folder: Path, mistakes: list[Mistake]) -> _Folder:
    read = _Folder()
    read.files = [TomlFile(path, mistakes) for path in sorted(folder.glob("*.toml"))]
    for file in read.files:
        file.only(TABLES)
        read.departments += [(file, *one) for one in file.tables("departments", DepartmentShape)]
        read.items += [(file, *one) for one in file.tables("items", ItemShape)]
        read.services += [(file, *one) for one in file.tables("services", ServiceShape)]
        read.themes += [(file, *one) for one in file.tables("themes", ThemeShape)]
        read.templates += [(file, *one) for one in file.tables("templates", TemplateShape)]
        read.questions += [(file, *one) for one in file.tables("questions", AskShape)]
        read.synonyms += [one for _, one in file.tables("synonyms", SynonymShape)]
        fillers = file.table("fillers", FillersShape)
        read.fillers += [*fillers.zh, *fillers.en] if fillers else []
        look_alikes = file.table("look_alikes", LookAlikesShape)
        read.look_alikes += look_alikes.zh if look_alikes else ()
        counts = file.table("counts", CountsShape)
        read.counts |= counts.model_dump(exclude_none=True) if counts else {}
    for file in [TomlFile(path, mistakes) for path in sorted((folder / "guides").glob("*.toml"))]:
        guide = file.whole(OwnGuideShape)
        read.guides += [(file, guide)] if guide else []
    return read


def _unique(tables: list[Placed[N]]) -> dict[str, N]:
    """By id; an id that comes twice is a mistake, in whichever file."""
    by_id: dict[str, N] = {}
    for file, place, table in tables:
        if by_id.setdefault(table.id, table) is not table:
            file.wrong(f"{place}.id", shown(table.id), "an id that no other of its kind has")
    return by_id


def _check_references(read: _Folder) -> None:
    """Whatever names another by its id."""
    departments, items, services = (read.names(table) for table in ("departments", "items", "services"))
    templates, themes, questions = (read.names(table) for table in ("templates", "themes", "questions"))
    for file, place, item in read.items:
        allowed = (
            f"the id of a department ({', '.join(sorted(departments.sure))}), or add it to departments.toml"
        )
        _must_know(read, file, f"{place}.department", item.department, departments, allowed)
    for file, place, service in read.services:
        _must_know(read, file, f"{place}.item", service.item, items, "the id of a main item")
        _must_know(read, file, f"{place}.type", service.type, templates, "the id of a template")
    for file, place, theme in read.themes:
        for at, name in enumerate(theme.services):
            _must_know(read, file, f"{place}.services[{at}]", name, services, AN_ITEM)
    for file, guide in read.guides:
        _must_know(read, file, "service", guide.service, services, AN_ITEM)
    _unique(read.questions)
    for file, place, question in read.questions:
        for at, answer in enumerate(question.answers):
            where = f"{place}.answers[{at}]"
            _must_know(read, file, f"{where}.question", answer.question, questions, "the id of a question")
            _must_know(read, file, f"{where}.theme", answer.theme, themes, "the id of a theme")
    _check_codes(read)


def _check_forms(read: _Folder, forms: Forms) -> None:
    known = Names(set(forms))
    for file, place, service in read.services:
        for at, form in enumerate(service.forms):
            _must_know(read, file, f"{place}.forms[{at}]", form, known, "the id of a form")


def _must_know(
    read: _Folder, file: TomlFile, where: str, name: str | None, known: Names, allowed: str
) -> None:
    """A name that nothing has. It may stand in a file that can't be read, unless it is a slip."""
    if name is None or not known.lack(name):
        return
    near = nearest(name, known.sure)
    if near or all(one.is_read for one in read.files):
        file.wrong(where, shown(name), allowed, near)


def _check_codes(read: _Folder) -> None:
    """No two main items of a department with one code, no two cases of an item with one serial."""
    seen: set[tuple[str, str, str]] = set()
    coded = [(file, f"{place}.code", ("item", one.department, one.code)) for file, place, one in read.items]
    coded += [
        (file, f"{place}.serial", ("service", one.item, one.serial))
        for file, place, one in read.services
        if one.item and one.serial
    ]
    for file, where, key in coded:
        if key in seen:
            file.wrong(where, shown(key[2]), "one that no other has")
        seen.add(key)


def _tell_left_out(groups: list[str]) -> None:
    if groups:
        counts = ", ".join(f"{group} ({count})" for group, count in Counter(groups).items())
        log.info("catalogue: items left out, because the hall has no such group: %s", counts)


def _themes(themes: Iterable[ThemeShape], services: dict[str, ServiceShape]) -> list[Theme]:
    kept = []
    for one in themes:
        ids = tuple(ServiceId(id) for id in one.services if id in services)
        kept.append(Theme(one.id, one.name.model_dump(), ids, one.words))
    return [theme for theme in kept if theme.services]


def _questions(read: _Folder, themes: set[str], groups: dict[GroupId, Group]) -> dict[str, Question]:
    """Without the answers that lead to a group which this hall has not, or to a theme without items."""
    return {
        one.id: Question(
            one.id,
            one.name.model_dump(),
            tuple(
                Answer({"zh": answer.zh, "en": answer.en}, kind, leads_to)
                for answer in one.answers
                for kind, leads_to in answer.model_dump(include={"question", "theme", "group"}).items()
                if leads_to is not None
                and (kind != "theme" or leads_to in themes)
                and (kind != "group" or leads_to in groups)
            ),
        )
        for _, _, one in read.questions
    }


def _department(one: DepartmentShape) -> Department:
    return Department(one.id, one.name.model_dump(), one.code, one.level, one.words)


def _offered(one: ServiceShape, forms: Forms) -> tuple[str, ...]:
    flags = {"any", *one.flags}
    return tuple(form for form, with_ in forms.items() if flags & set(with_) and form not in one.forms)


def _service(
    one: ServiceShape, items: dict[str, ItemShape], themes: tuple[str, ...], group: Group, forms: Forms
) -> Service:
    item = items.get(one.item or "")
    party = one.party or (item.party if item else None)
    return Service(
        ServiceId(one.id),
        one.name.model_dump(),
        group.id,
        minutes=one.minutes or group.minutes,
        party=Party(party) if party else None,
        domain=one.domain or (item.department if item else ""),
        themes=themes,
        flags=one.flags,
        words=one.words,
        elsewhere=one.elsewhere,
        forms=one.forms,
        offered=_offered(one, forms),
    )


def _details(one: ServiceShape, items: dict[str, ItemShape], known: dict[str, Department]) -> Details:
    item = items.get(one.item or "")
    department = known.get(item.department) if item else None
    code31 = f"{department.code}{department.level}{item.code}" if item and department else ""
    code33 = code31 + one.serial if code31 and one.serial else ""
    return Details(item, department, one.type or "", one.uses, code31, code33)


def _guides(
    one: ServiceShape, own: dict[str, GuideShape], templates: dict[str, TemplateShape]
) -> tuple[GuideShape, ...]:
    """What speaks of an item, the most particular first."""
    template = templates.get(one.type or "")
    parts = [own.get(one.id), one.guide, template.guide if template else None]
    return tuple(part for part in parts if part)
