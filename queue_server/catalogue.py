"""The handling items citizens come for: their files, their themes, and finding one by any word."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from queue_server.config_reader import Mistake, TomlFile, nearest, shown
from queue_server.config_shape import ServiceShape, ThemeShape
from queue_server.hall.model import Group, GroupId, Party, Service, ServiceId, Words

S = TypeVar("S", ServiceShape, ThemeShape)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Theme:
    """One thing as citizens see it (一件事), and the items that belong to it."""

    id: str
    name: Words
    services: tuple[ServiceId, ...]


@dataclass(frozen=True)
class Catalogue:
    services: dict[ServiceId, Service] = field(default_factory=dict)
    themes: dict[str, Theme] = field(default_factory=dict)

    def search(
        self, q: str = "", group: str = "", theme: str = "", party: Party | None = None
    ) -> list[Service]:
        """Items by any word, best match first; without `q` in the catalogue's order.

        `q` is Hanzi, pinyin (whole or initials), English, or an everyday word of the item.
        """
        wanted = [
            service
            for service in self.services.values()
            if group in ("", service.group)
            and (not theme or theme in service.themes)
            and (party is None or service.party in (None, party))
        ]
        words = _plain(q).split()
        if not words:
            return wanted
        scores = {service.id: self._score(service, words) for service in wanted}
        return sorted((one for one in wanted if scores[one.id]), key=lambda one: -scores[one.id])

    def _score(self, service: Service, words: list[str]) -> float:
        """Every word must be found somewhere: the worst of them counts."""
        keys = self._keys[service.id]
        return min(max(_match(word, key) * weight for key, weight in keys) for word in words)

    @cached_property
    def _keys(self) -> dict[ServiceId, list[tuple[str, float]]]:
        """What each item is found by, made once: `[(text, weight)]`."""
        themes = self.themes.values()
        return {
            service.id: list(_keys(service, [one for one in themes if service.id in one.services]))
            for service in self.services.values()
        }


def _keys(service: Service, themes: list[Theme]) -> Iterator[tuple[str, float]]:
    yield from _spellings(service.name["zh"], 1.0)
    yield _plain(service.name["en"]), 0.9
    yield service.id.lower(), 0.9
    for word in service.words:
        yield from _spellings(word, 0.95)
    for theme in themes:
        yield from _spellings(theme.name["zh"], 0.5)
        yield _plain(theme.name["en"]), 0.45


def _spellings(text: str, weight: float) -> Iterator[tuple[str, float]]:
    """A Chinese text as written, in full pinyin and by its initials."""
    # Its dictionaries take a quarter of a second to load, which a server's start should not wait for.
    from pypinyin import Style, lazy_pinyin

    hanzi = _plain(text).replace(" ", "")
    yield hanzi, weight
    yield "".join(lazy_pinyin(hanzi)), weight * 0.8
    yield "".join(lazy_pinyin(hanzi, style=Style.FIRST_LETTER)), weight * 0.7


def _plain(text: str) -> str:
    return "".join(sign if sign.isalnum() else " " for sign in text.lower())


def _match(word: str, key: str) -> float:
    """1 for the same, less for a beginning, less for a part, 0 for nothing."""
    if word == key:
        return 1.0
    if word in key:
        begins = key.startswith(word) or f" {word}" in key
        return (0.6 if begins else 0.3) + 0.3 * len(word) / len(key)
    if len(key) > 1 and not key.isascii() and key in word:
        # A whole sentence in Chinese comes as one word: what is known of it counts.
        return 0.3 * len(key) / len(word)
    return 0.0


def read_catalogue(folder: Path, groups: dict[GroupId, Group], mistakes: list[Mistake]) -> Catalogue:
    """All items and themes of a folder's TOML files, in the files' order.

    Items of groups that the hall does not have are left out, with a line in the log.
    """
    services: list[tuple[TomlFile, str, ServiceShape]] = []
    themes: list[tuple[TomlFile, str, ThemeShape]] = []
    for file in [TomlFile(path, mistakes) for path in sorted(folder.glob("*.toml"))]:
        file.only(("services", "themes"))
        services += [(file, *one) for one in file.tables("services", ServiceShape)]
        themes += [(file, *one) for one in file.tables("themes", ThemeShape)]
    known = _unique(services)
    _check_themes(themes, set(known))
    kept = {name: item for name, item in known.items() if item.group in groups}
    _tell_left_out([item.group for item in known.values() if item.group not in groups])
    return _catalogue(kept, list(_unique(themes).values()), groups)


def _unique(tables: list[tuple[TomlFile, str, S]]) -> dict[str, S]:
    """By id; an id that comes twice is a mistake, in whichever file."""
    by_id: dict[str, S] = {}
    for file, place, table in tables:
        if by_id.setdefault(table.id, table) is not table:
            file.wrong(f"{place}.id", shown(table.id), "an id that no other of its kind has")
    return by_id


def _check_themes(themes: list[tuple[TomlFile, str, ThemeShape]], known: set[str]) -> None:
    for file, place, theme in themes:
        for at, name in enumerate(theme.services):
            if name not in known:
                where = f"{place}.services[{at}]"
                file.wrong(where, shown(name), "the id of an item of the catalogue", nearest(name, known))


def _tell_left_out(groups: list[str]) -> None:
    if groups:
        counts = ", ".join(f"{group} ({count})" for group, count in Counter(groups).items())
        log.info("catalogue: items left out, because the hall has no such group: %s", counts)


def _catalogue(
    items: dict[str, ServiceShape], themes: list[ThemeShape], groups: dict[GroupId, Group]
) -> Catalogue:
    kept = [
        Theme(
            theme.id, theme.name.model_dump(), tuple(ServiceId(one) for one in theme.services if one in items)
        )
        for theme in themes
    ]
    kept = [theme for theme in kept if theme.services]
    services = [_service(item, kept, groups[GroupId(item.group)]) for item in items.values()]
    return Catalogue({one.id: one for one in services}, {theme.id: theme for theme in kept})


def _service(item: ServiceShape, themes: list[Theme], group: Group) -> Service:
    return Service(
        ServiceId(item.id),
        item.name.model_dump(),
        group.id,
        minutes=item.minutes or group.minutes,
        party=Party(item.party) if item.party else None,
        domain=item.domain,
        themes=tuple(theme.id for theme in themes if item.id in theme.services),
        flags=item.flags,
        words=item.words,
        guide=item.guide.model_dump(),
    )
