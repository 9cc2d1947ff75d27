"""What to bring for an item: ticked off by the citizen, and what follows from what is missing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from kiosk.floor import Floor
from queue_server.hall.materials import PAPERS_MISSING, Verdict
from queue_server.hall.model import Party, Words
from queue_server.wire import Body

OWN_SOURCES = ("own", "department")
"""Where papers come from that the citizen must bring; the hall has the others itself."""

PaperId = tuple[str, int]
"""An item's id and the place of a paper in its list."""


@dataclass(frozen=True, slots=True)
class Material:
    """A paper. `is_own`: the citizen brings it. `later`: it may follow. `is_needed`: by who is here."""

    id: str
    name: Words
    originals: int
    copies: int
    is_own: bool
    source: str
    later: bool
    note: Words | None
    is_needed: bool = True


@dataclass(frozen=True, slots=True)
class Guide:
    item: str
    materials: tuple[Material, ...]

    @classmethod
    def of(cls, item: str, body: Body, party: Party | None = None) -> Guide:
        """From what `GET /services/{id}` has under `guide`; whoever hasn't said comes for themselves."""
        return cls(item, tuple(_material(one, party or Party.CITIZEN) for one in body["materials"]))


def _material(body: Body, party: Party) -> Material:
    return Material(
        id=body["id"],
        name={language: body[language] for language in ("zh", "en")},
        originals=int(body["originals"]),
        copies=int(body["copies"]),
        is_own=body["source"] in OWN_SOURCES,
        source=body["source"],
        later=bool(body["later"]),
        note=body["note"],
        is_needed=body["party"] in (None, party.value),
    )


@dataclass(frozen=True, slots=True)
class Needed:
    """A paper as one takes it out of the bag: once, though several items want one of that name."""

    papers: tuple[PaperId, ...]
    material: Material

    def is_in(self, ticked: frozenset[PaperId]) -> bool:
        return ticked.issuperset(self.papers)


def needed(guides: Iterable[Guide]) -> tuple[Needed, ...]:
    """All papers, in order; copies add up, an original serves all."""
    found: dict[tuple[str, str], Needed] = {}
    for guide in guides:
        for at, material in enumerate(guide.materials):
            if not material.is_needed:
                continue
            key = (material.name["zh"], material.source)
            before = found.get(key)
            both = material if before is None else _both(before.material, material)
            found[key] = Needed((*(before.papers if before else ()), (guide.item, at)), both)
    return tuple(found.values())


def _both(one: Material, other: Material) -> Material:
    return replace(
        one,
        originals=max(one.originals, other.originals),
        copies=one.copies + other.copies,
        later=one.later and other.later,
        note=one.note or other.note,
    )


def missing(guides: Iterable[Guide], ticked: frozenset[PaperId]) -> list[Needed]:
    """The papers of the citizen's own that were not ticked, in order."""
    return [one for one in needed(guides) if one.material.is_own and not one.is_in(ticked)]


def verdict(floor: Floor, guides: Iterable[Guide], ticked: frozenset[PaperId]) -> Verdict:
    """Whether the visit makes sense today. The clerk decides: nobody is refused a number for it."""
    lacking = missing(guides, ticked)
    if not lacking:
        return Verdict.COMPLETE
    may_follow = all(
        one.material.later and all(_takes_less(floor, item) for item, _ in one.papers) for one in lacking
    )
    return Verdict.LATER if may_follow else Verdict.COME_BACK


def _takes_less(floor: Floor, id: str) -> bool:
    item = floor.item(id)
    return item is not None and PAPERS_MISSING in item.flags


def ticks(guides: Iterable[Guide], ticked: frozenset[PaperId]) -> Body:
    """What the hall is told: of each paper of the citizen's own whether it is there."""
    return {
        guide.item: {
            one.id: (guide.item, at) in ticked
            for at, one in enumerate(guide.materials)
            if one.is_own and one.is_needed
        }
        for guide in guides
    }


def sheets(guides: Iterable[Guide], size: int) -> list[tuple[Needed, ...]]:
    """The whole checklist, so many papers a page."""
    papers = needed(guides)
    return [papers[start : start + size] for start in range(0, len(papers), size)]


def address(base: str, guides: Iterable[Guide], ticked: frozenset[PaperId]) -> str:
    """The phone page of these items, with what is missing marked."""
    guides = tuple(guides)
    items = ",".join(guide.item for guide in guides)
    lacking = ",".join(f"{item}.{at}" for one in missing(guides, ticked) for item, at in one.papers)
    return f"{base}/items/{items}" + (f"?missing={lacking}" if lacking else "")
