"""What the phone page of some items says: what to bring, with what was missing marked, and all else."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from queue_server.catalogue.catalogue import BROUGHT, Catalogue
from queue_server.hall.model import Party, ServiceId
from queue_server.wire import Body

Say = Callable[..., str]
"""A sentence by its key, in the page's language."""

MOST_ITEMS = 12
_PAPER = re.compile(r"([a-z0-9-]{1,80})\.(\d{1,2})")


def items(catalogue: Catalogue, ids: str) -> list[ServiceId]:
    """The items that an address names, those that are there."""
    named = [ServiceId(id) for id in ids.split(",")[:MOST_ITEMS]]
    return [id for id in dict.fromkeys(named) if id in catalogue.services]


def missing(text: str) -> set[tuple[str, int]]:
    """`id.place` of papers, with commas between them; what is anything else counts as nothing."""
    found = (_PAPER.fullmatch(one) for one in text.split(","))
    return {(one[1], int(one[2])) for one in found if one}


def shown(
    catalogue: Catalogue,
    ids: Iterable[ServiceId],
    lacking: set[tuple[str, int]],
    groups: dict[str, str],
    language: str,
    say: Say,
    party: Party | None = None,
) -> list[Body]:
    """The items as the template shows them; `groups` are the groups' names in the page's language.

    Where `party` is given, papers that only another one needs are left out.
    """
    return [_item(catalogue, id, lacking, groups, language, say, party) for id in ids]


def _item(
    catalogue: Catalogue,
    id: ServiceId,
    lacking: set[tuple[str, int]],
    groups: dict[str, str],
    language: str,
    say: Say,
    party: Party | None,
) -> Body:
    service, guide = catalogue.services[id], catalogue.guide(id)
    where = [say("guide.window", group=groups.get(service.group, ""), minutes=round(service.minutes))]
    return {
        "id": id,
        "name": service.name[language],
        "papers": [
            _paper(id, at, one, lacking, language, say)
            for at, one in enumerate(_list(guide, "materials"))
            if party is None or one["party"] in (None, party.value)
        ],
        "where": where + [say(f"guide.{place}") for place in service.elsewhere],
        "conditions": [one[language] for one in _list(guide, "conditions")],
        "process": [one[language] for one in _list(guide, "process")],
        "days": _days(guide["days"], say),
        "fee": _named(guide["fee"], language),
        "questions": [(one[language], one["answer"][language]) for one in _list(guide, "questions")],
    }


def _paper(
    id: ServiceId, at: int, paper: Body, lacking: set[tuple[str, int]], language: str, say: Say
) -> Body:
    is_own = paper["source"] in BROUGHT
    told = [say(f"guide.{kind}", count=paper[kind]) for kind in ("originals", "copies") if paper[kind]]
    told += [say("guide.later")] if paper["later"] else []
    told += [say(f"guide.only-{paper['party']}")] if paper["party"] else []
    told += [_named(paper["note"], language)] if paper["note"] else []
    return {
        "name": paper[language],
        "detail": " · ".join(told) if is_own else say(f"guide.{paper['source']}"),
        "id": paper["id"],
        "kin": paper["zh"],
        "is_own": is_own,
        "is_missing": (id, at) in lacking,
        "is_there": bool(lacking) and (id, at) not in lacking,
    }


def _list(guide: dict[str, object], key: str) -> list[Any]:
    value = guide[key]
    return value if isinstance(value, list) else []


def _named(words: object, language: str) -> str:
    return str(words[language]) if isinstance(words, dict) else ""


def _days(days: object, say: Say) -> str:
    if not isinstance(days, dict):
        return ""
    promised = days["promised"]
    return say("guide.working-days", count=promised) if promised else say("guide.at-once")
