"""The handling items citizens come for, their themes and guides, and finding one by any word."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import Any

from queue_server.catalogue.search import Finder, Finds, Found, Sought, Vocabulary
from queue_server.catalogue.shape import GuideShape, ItemShape, MaterialShape
from queue_server.hall.materials import PAPERS_MISSING
from queue_server.hall.model import GroupId, Material, Party, Service, ServiceId, Words
from queue_server.wire import Body

THEME_USES = 60
"""How much a theme is asked for, on the scale of the items' `uses`."""

PAPERS_TOLD, PAPER_SHARE = 3, 1 / 3
"""A board tells so many papers at most, each needed by at least this share of those who come."""

BROUGHT = ("own", "department")
"""Where papers come from that the citizen brings."""

ID_SIGNS, NOT_IN_IDS = 60, re.compile(r"[^a-z0-9]+")

NAME, WORD, ITEM_NAME, ITEM_WORD, THEME, DEPARTMENT = 1.0, 0.97, 0.6, 0.9, 0.4, 0.6
"""What a match is worth by where it was found."""


@dataclass(frozen=True, slots=True)
class Theme:
    """One thing as citizens see it (一件事), and the items that belong to it."""

    id: str
    name: Words
    services: tuple[ServiceId, ...]
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody may say to a question. `kind` says what `leads_to` names: question, theme, group."""

    name: Words
    kind: str
    leads_to: str


@dataclass(frozen=True, slots=True)
class Question:
    """Asked of somebody who doesn't know what to choose."""

    id: str
    name: Words
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class Department:
    """`code` is its unified social credit code, `level` one digit of its items' codes."""

    id: str
    name: Words
    code: str
    level: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Details:
    """What is known of a handling item beyond what the queue needs.

    `code31` is its main item's code (实施编码), `code33` its own (业务办理项编码); "" where the files
    give no main item.
    """

    item: ItemShape | None = None
    department: Department | None = None
    type: str = ""
    uses: int = 1
    code31: str = ""
    code33: str = ""


VERSION_SIGNS = 16


@dataclass(frozen=True)
class Catalogue:
    """Immutable; a reload makes another. Items and themes in order of use, the most asked for first."""

    services: dict[ServiceId, Service] = field(default_factory=dict)
    themes: dict[str, Theme] = field(default_factory=dict)
    items: dict[str, ItemShape] = field(default_factory=dict)
    departments: dict[str, Department] = field(default_factory=dict)
    details: dict[ServiceId, Details] = field(default_factory=dict)
    guides: dict[ServiceId, tuple[GuideShape, ...]] = field(default_factory=dict)
    complete: frozenset[ServiceId] = frozenset()
    """Items with a guide written by hand, not from a template."""
    counts: dict[str, int] = field(default_factory=dict)
    """How many there should be, by `CountsShape`'s names."""
    questions: dict[str, Question] = field(default_factory=dict)
    """For those who don't know what to choose; the first is where it begins."""
    vocabulary: Vocabulary = field(default_factory=Vocabulary)

    def search(
        self, q: str = "", group: str = "", theme: str = "", party: Party | None = None
    ) -> list[Service]:
        """Items by any word, best match first; without `q` in the catalogue's order.

        `q` is Hanzi, pinyin (whole or initials), English, or what people say for it, with slips.
        """
        fitting = {
            id: service
            for id, service in self.services.items()
            if group in ("", service.group)
            and (not theme or theme in service.themes)
            and (party is None or service.party in (None, party))
        }
        if not _says(q):
            return list(fitting.values())
        found = self.finder.find(q, lambda one: one.kind == "service" and ServiceId(one.id) in fitting)
        return [fitting[ServiceId(one.id)] for one in found]

    def search_themes(self, q: str = "") -> list[Theme]:
        """Themes by any word, best match first; without `q` in the catalogue's order."""
        if not _says(q):
            return list(self.themes.values())
        return [self.themes[one.id] for one in self.find(q, services=False)]

    def find(self, q: str, services: bool = True, themes: bool = True) -> list[Found]:
        """Items and themes together, best match first; nothing without a word in `q`."""
        kinds = {kind for kind, wanted in (("service", services), ("theme", themes)) if wanted}
        return self.finder.find(q, lambda one: one.kind in kinds)

    @cached_property
    def version(self) -> str:
        """Changes when what a kiosk lists does. A restart may change it, too: then kiosks ask once more."""
        listed = (*self.services.values(), *self.themes.values(), *self.questions.values(), *self.words())
        return sha256(repr(listed).encode()).hexdigest()[:VERSION_SIGNS]

    def words(self) -> list[str]:
        """What items and themes are called, in Hanzi, as a keyboard may offer it; the most used first."""
        said = [word for theme in self.themes.values() for word in (theme.name["zh"], *theme.words)]
        said += [word for one in self.services.values() for word in (*one.words, one.name["zh"])]
        said += [word for one in self.items.values() for word in (*one.words, one.name.zh)]
        said += [word for group in self.vocabulary.synonyms for word in group]
        return [word for word in dict.fromkeys(said) if not word.isascii()]

    def guide(self, id: ServiceId) -> dict[str, object]:
        """All that the item's guide says, from its own part down to its type's template."""
        service, details = self.services[id], self.details.get(id, Details())
        parts = self.guides.get(id, ())
        guide = {key: _first(parts, key) for key in GuideShape.model_fields}
        guide["materials"] = [
            _wanted_for(service, one) for one in guide["materials"] if _needed(one, service.party)
        ]
        department = details.department.name if details.department else {"zh": "", "en": ""}
        filled: dict[str, Any] = {
            key: _filled(value, service.name, department) for key, value in guide.items()
        }
        filled["materials"] = _with_ids(filled["materials"])
        return {**filled, "complete": id in self.complete}

    def to_bring(self, id: ServiceId) -> tuple[Material, ...]:
        """The papers of the guide that the citizen brings; the hall has the others itself."""
        papers: Any = self.guide(id)["materials"]
        return tuple(
            Material(one["id"], {"zh": one["zh"], "en": one["en"]}, one["later"], _party(one["party"]))
            for one in papers
            if one["source"] in BROUGHT
        )

    @cached_property
    def papers(self) -> dict[GroupId, list[Words]]:
        """What people of each group should have with them: the papers that most of them need.

        Of the whole group, so that a board tells nothing of whoever is called.
        """
        needed: dict[GroupId, Counter[tuple[str, str]]] = defaultdict(Counter)
        come: Counter[GroupId] = Counter()
        for id, service in self.services.items():
            uses = self.details.get(id, Details()).uses
            come[service.group] += uses
            for paper in {_paper(one) for one in self.guide(id)["materials"]}:  # type: ignore[attr-defined]
                needed[service.group][paper] += uses
        return {group: _commonest(papers, come[group]) for group, papers in needed.items()}

    @cached_property
    def finder(self) -> Finds:
        """One of this process, made at the first search, where nothing else is to search with."""
        return self.make_finder()

    def make_finder(self) -> Finder:
        """What searches need. It takes about a second."""
        return Finder(self.entries(), self.vocabulary)

    def search_with(self, finder: Finds) -> None:
        self.__dict__["finder"] = finder

    def entries(self) -> list[Sought]:
        """What may be found."""
        sought = [self._sought_service(one) for one in self.services.values()]
        return [*sought, *(_sought_theme(one) for one in self.themes.values())]

    def _sought_service(self, service: Service) -> Sought:
        details = self.details.get(service.id, Details())
        texts = [(service.name["zh"], NAME), (service.name["en"], NAME), (service.id, NAME)]
        texts += [(word, WORD) for word in service.words]
        if details.item:
            texts += [(details.item.name.zh, ITEM_NAME), (details.item.name.en, ITEM_NAME)]
            texts += [(word, ITEM_WORD) for word in details.item.words]
        if details.department:
            said = (*details.department.name.values(), *details.department.words)
            texts += [(text, DEPARTMENT) for text in said]
        texts += [
            (self.themes[theme].name[language], THEME)
            for theme in service.themes
            for language in ("zh", "en")
        ]
        return Sought("service", service.id, tuple(texts), details.uses)


def _sought_theme(theme: Theme) -> Sought:
    texts = [(theme.name["zh"], NAME), (theme.name["en"], NAME), (theme.id, NAME)]
    return Sought("theme", theme.id, (*texts, *((word, WORD) for word in theme.words)), THEME_USES)


def _commonest(papers: Counter[tuple[str, str]], come: int) -> list[Words]:
    often = [paper for paper, count in papers.items() if count >= PAPER_SHARE * come]
    often.sort(key=lambda paper: (-papers[paper], paper))
    return [{"zh": zh, "en": en} for zh, en in often[:PAPERS_TOLD]]


def _paper(material: Mapping[str, str]) -> tuple[str, str]:
    return material["zh"], material["en"]


def _says(q: str) -> bool:
    return any(sign.isalnum() for sign in q)


def _first(parts: tuple[GuideShape, ...], key: str) -> Any:
    """What the first part that speaks of it says."""
    said = [value for part in parts if (value := getattr(part, key))]
    return said[0] if said else GuideShape.model_fields[key].default


def _needed(material: MaterialShape, party: Party | None) -> bool:
    return material.party is None or party is None or material.party == party.value


def _wanted_for(service: Service, material: MaterialShape) -> MaterialShape:
    """As this item wants it: whoever comes for one party's item needs it; it follows only where it may."""
    party = None if service.party else material.party
    later = material.later and PAPERS_MISSING in service.flags
    return material.model_copy(update={"party": party, "later": later})


def _party(name: str | None) -> Party | None:
    return Party(name) if name else None


def _with_ids(papers: list[Body]) -> list[Body]:
    """Each with an id of its own, made of its English name, so that another order changes none."""
    seen: Counter[str] = Counter()
    named = []
    for one in papers:
        id = NOT_IN_IDS.sub("-", one["en"].lower()).strip("-")[:ID_SIGNS].strip("-") or "paper"
        seen[id] += 1
        named.append({"id": id if seen[id] == 1 else f"{id}-{seen[id]}", **one})
    return named


def _filled(value: object, name: Words, department: Words) -> object:
    """As the wire has it, with the item's and its department's names in their places."""
    if isinstance(value, str):
        return value
    if isinstance(value, tuple | list):
        return [_filled(one, name, department) for one in value]
    if hasattr(value, "model_dump"):
        return _filled(value.model_dump(), name, department)
    if isinstance(value, Mapping):
        return {
            key: _with_names(one, name.get(key, ""), department.get(key, ""))
            if isinstance(one, str)
            else _filled(one, name, department)
            for key, one in value.items()
        }
    return value


def _with_names(text: str, name: str, department: str) -> str:
    return text.replace("{name}", name).replace("{department}", department)
