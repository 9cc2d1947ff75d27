"""What a whole catalogue must add up to, beyond each file being right in itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from queue_server.catalogue.catalogue import Catalogue
from queue_server.hall.materials import PAPERS_MISSING
from queue_server.hall.model import Party

LEAST_OF_A_THEME = 2


def counts(catalogue: Catalogue) -> dict[str, int]:
    """How many there are of each kind, as `counts.toml` may state them."""
    flags = Counter(flag for one in catalogue.services.values() for flag in one.flags)
    return {
        "departments": len(catalogue.departments),
        "items": len(catalogue.items),
        "services": len(catalogue.services),
        "themes": len(catalogue.themes),
        "complete_guides": len(catalogue.complete),
        **{
            flag.replace("-", "_"): flags[flag]
            for flag in ("papers-missing", "promise", "one-visit", "entrusted")
        },
    }


def faults(catalogue: Catalogue) -> list[str]:
    """What doesn't add up, in words for whoever keeps the files."""
    return [
        *_counts(catalogue),
        *_services(catalogue),
        *_items(catalogue),
        *_themes(catalogue),
        *_codes(catalogue),
    ]


def newly_faulty(before: Catalogue, after: Catalogue) -> list[str]:
    """What added up before, and no longer does; themes too that have no item left, and so go."""
    known = set(faults(before))
    gone = [f"theme {id}: it has no item left, and goes" for id in before.themes.keys() - after.themes.keys()]
    return [*sorted(gone), *(fault for fault in faults(after) if fault not in known)]


def _counts(catalogue: Catalogue) -> Iterator[str]:
    found = counts(catalogue)
    for name, stated in catalogue.counts.items():
        if found[name] != stated:
            yield f"{name}: there are {found[name]}, counts.toml says {stated}"


def _services(catalogue: Catalogue) -> Iterator[str]:
    for service in catalogue.services.values():
        details = catalogue.details[service.id]
        missing = [
            key
            for key, value in (("item", details.item), ("type", details.type), ("serial", details.code33))
            if not value
        ]
        if missing:
            yield f"{service.id}: nothing says its {', '.join(missing)}"
        if PAPERS_MISSING in service.flags and service.party is not Party.ENTERPRISE:
            yield f"{service.id}: papers-missing is for matters of enterprises, and its party is another"
        if PAPERS_MISSING in service.flags and not any(one.later for one in service.materials):
            yield f"{service.id}: papers-missing, but no paper that its citizens bring may follow (later)"
        if not catalogue.guide(service.id)["materials"]:
            yield f"{service.id}: its guide names no paper to bring"


def _items(catalogue: Catalogue) -> Iterator[str]:
    used = {details.item.id for details in catalogue.details.values() if details.item}
    for id in catalogue.items.keys() - used:
        yield f"main item {id}: no handling item belongs to it"
    staffed = {item.department for item in catalogue.items.values()}
    for id in catalogue.departments.keys() - staffed:
        yield f"department {id}: no item is its own"


def _themes(catalogue: Catalogue) -> Iterator[str]:
    for theme in catalogue.themes.values():
        if len(set(theme.services)) < LEAST_OF_A_THEME:
            yield f"theme {theme.id}: it links fewer than {LEAST_OF_A_THEME} items"
        for one, count in Counter(theme.services).items():
            if count > 1:
                yield f"theme {theme.id}: {one} stands in it {count} times"


def _codes(catalogue: Catalogue) -> Iterator[str]:
    codes = Counter(details.code33 for details in catalogue.details.values() if details.code33)
    for code, count in codes.items():
        if count > 1:
            yield f"code {code}: {count} items have it"
