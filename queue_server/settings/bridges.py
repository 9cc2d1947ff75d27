"""The shape of `bridges.toml`: providers of data and the acceptance platform, each by its own manual."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from queue_server.hall.model import Words
from queue_server.settings.reader import Mistake, TomlFile, nearest, shown
from queue_server.settings.shape import SMALL_ID, URL, Names, Shape

Url = Annotated[str, URL]
Texts = dict[str, str]
Kind = Literal["licence", "project", "result"]

FACTS: dict[str, tuple[str, ...]] = {
    "licence": ("name", "code", "kind", "owner", "address", "scope", "capital", "since"),
    "project": ("name", "code", "owner", "address", "investment", "since"),
    "result": ("item", "receipt", "expected"),
}
"""What is taken from an answer; forms call the first two kinds' facts `licence.name`, `project.code`."""

FILLS_IN = ("licence", "project")
"""The kinds that fill in forms."""

NEEDS: dict[str, tuple[str, ...]] = {"licence": ("name", "code"), "project": ("name", "code"), "result": ()}
"""Without these an answer is none."""

PLACES: dict[str, tuple[str, ...]] = {
    "licence": ("{subject}",),
    "project": ("{subject}",),
    "result": ("{receipt}", "{id_number}"),
}
"""At least one of these must be sent, else a provider can't know what is asked."""


class ProviderShape(Shape):
    """`facts` leads from our names to the answer's paths; `group`, `list` and `ready` are for results."""

    id: Annotated[str, SMALL_ID]
    kind: Kind
    name: Names
    url: Url = ""
    send: Texts
    headers: Texts = Field(default_factory=dict)
    token_file: str = ""
    found: Texts = Field(default_factory=dict)
    missing: Texts = Field(default_factory=dict)
    timeout_seconds: Annotated[float, Field(ge=0.1, le=20)] = 3.0
    attempts: Annotated[int, Field(ge=1, le=5)] = 2
    breaker_failures: Annotated[int, Field(ge=1, le=100)] = 5
    breaker_rest_seconds: Annotated[float, Field(ge=1, le=3600)] = 60.0
    group: str = ""
    list: str = ""
    ready: Texts = Field(default_factory=dict)
    facts: Texts


class PlatformShape(Shape):
    """Where filled-in forms go; without a url they stay in the hall."""

    url: Url = ""
    headers: Texts = Field(default_factory=dict)
    token_file: str = ""
    accepted: Texts = Field(default_factory=dict)
    timeout_seconds: Annotated[float, Field(ge=0.1, le=60)] = 10.0
    first_wait_seconds: Annotated[float, Field(ge=0.1, le=3600)] = 5.0
    attempts: Annotated[int, Field(ge=1, le=100)] = 12


@dataclass(frozen=True)
class Outside:
    """All that the hall may ask; secrets are read from their files already."""

    providers: dict[str, ProviderShape] = field(default_factory=dict)
    platform: PlatformShape = field(default_factory=PlatformShape)
    tokens: dict[str, str] = field(default_factory=dict, repr=False)
    """By a provider's id; the platform's is under its own name."""

    def of_kind(self, kind: str) -> ProviderShape | None:
        """The first provider of a kind that is connected."""
        return next((one for one in self.providers.values() if one.kind == kind and one.url), None)

    @property
    def filling(self) -> dict[str, Words]:
        """What those are called that can fill in a form, by their kind."""
        asked = {kind: self.of_kind(kind) for kind in FILLS_IN}
        return {kind: one.name.model_dump() for kind, one in asked.items() if one}


PLATFORM = "platform"


def read_outside(path: Path, mistakes: list[Mistake]) -> Outside:
    """The file's providers and platform; a file that isn't there connects nothing."""
    if not path.exists():
        return Outside()
    file = TomlFile(path, mistakes)
    file.only(("providers", PLATFORM))
    providers: dict[str, ProviderShape] = {}
    for place, one in file.tables("providers", ProviderShape):
        if one.id in providers or one.id == PLATFORM:
            file.wrong(f"{place}.id", shown(one.id), "an id that nothing else has")
        _check(file, place, one)
        providers[one.id] = one
    platform = file.table(PLATFORM, PlatformShape) or PlatformShape()
    files = {one.id: one.token_file for one in providers.values()} | {PLATFORM: platform.token_file}
    tokens = {id: _token(file, id, name) for id, name in files.items() if name}
    return Outside(providers, platform, tokens)


def _check(file: TomlFile, place: str, one: ProviderShape) -> None:
    known, needs = FACTS[one.kind], NEEDS[one.kind]
    for name in one.facts:
        if name not in known:
            file.wrong(
                f"{place}.facts.{name}", "a fact that nobody asks for", ", ".join(known), nearest(name, known)
            )
    for name in needs:
        if name not in one.facts:
            file.wrong(f"{place}.facts", f"no {name}", f"at least {' and '.join(needs)}")
    places = PLACES[one.kind]
    if not any(place_ in value for value in one.send.values() for place_ in places):
        file.wrong(f"{place}.send", shown(one.send), f"a field that holds {' or '.join(places)}")
    if one.kind == "result" and not one.ready:
        file.wrong(f"{place}.ready", "nothing", "what the answer says of a result that is ready")


def _token(file: TomlFile, id: str, name: str) -> str:
    path = file.path.parent / name
    try:
        return path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as trouble:
        file.wrong(f"{id}.token_file", shown(name), f"a file that can be read ({type(trouble).__name__})")
        return ""
