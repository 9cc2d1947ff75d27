"""What a ticket's page says before its script runs, and all that it says without one.

`static/phone.js` says the same sentences of the same facts as the hall goes on.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from queue_server.hall.model import State
from queue_server.hall.ranges import figure, minutes_told
from queue_server.wire import Body

Say = Callable[..., str]
"""A sentence by its key, in the page's language."""

UNKNOWN = "unknown"
"""The page of a secret that opens no ticket."""

RATED, PAST = "rated", "past"


def state_shown(ticket: Body, hall: Body) -> str:
    """The ticket's state; a visit that was rated, all of it, or of an earlier day has one of its own."""
    if ticket["state"] != State.FINISHED:
        return str(ticket["state"])
    if ticket["rated"] and not ticket["to_rate"]:
        return RATED
    return PAST if ticket["day"] != hall["day"] else State.FINISHED


def facts(ticket: Body, hall: Body, language: str, say: Say) -> dict[str, str]:
    """The words of the page's places (`data-fact` in `phone.html`)."""
    state = state_shown(ticket, hall)
    return {
        "head": say(f"phone.{state}.head"),
        "number": ticket["number"],
        "group": _named(hall["groups"], ticket["group"], language),
        "ahead": _ahead(ticket, say),
        "wait": _wait(ticket, say),
        "slot": _slot(ticket, say),
        "text": _text(state, ticket, hall, language, say),
        "window": say("phone.called.window", window=ticket["window"]) if ticket["window"] else "",
        "zone": _zone(ticket, hall, language, say),
        "map": _map(ticket, say),
    }


def steps(ticket: Body, hall: Body, language: str) -> list[tuple[str, str]]:
    """A visit through several groups: each group's name and `done`, `now` or `later`."""
    if len(ticket["steps"]) < 2:
        return []
    return [(_named(hall["groups"], step["group"], language), _when(step)) for step in ticket["steps"]]


def _when(step: Body) -> str:
    if step["state"] == State.FINISHED:
        return "done"
    return "later" if step["state"] == State.PENDING else "now"


def papers(items: list[Body], ticket: Body, say: Say) -> Body:
    """How many of the papers are there, what follows from the others, and their names.

    `items` as the guide shows them; a paper that several items want counts once.
    """
    said: dict[str, dict[str, bool]] = ticket["materials"] or {}
    there: dict[str, bool] = {}
    for item in items:
        for paper in (one for one in item["papers"] if one["is_own"]):
            is_there = said.get(item["id"], {}).get(paper["id"], False)
            there[paper["name"]] = there.get(paper["name"], True) and is_there
    lacking = [name for name, is_there in there.items() if not is_there]
    count = say("phone.papers.count", ready=len(there) - len(lacking), of=len(there))
    verdict = ticket["verdict"] or ""
    return {
        "count": count if lacking else say("phone.papers.all"),
        "verdict": verdict,
        "words": say(f"phone.papers.{verdict}") if verdict and lacking else "",
        "lacking": lacking if verdict else [],
    }


UNBROKEN_DASH = "\N{WORD JOINER}–\N{WORD JOINER}"
"""Large letters on a narrow phone break a line; never within a range."""


def _ahead(ticket: Body, say: Say) -> str:
    return say("phone.ahead_people", count=ticket["ahead"]) if ticket["ahead"] is not None else ""


def _wait(ticket: Body, say: Say) -> str:
    if ticket["wait"] is None:
        return say("phone.wait_unknown")
    wait = ticket["wait"]
    told = minutes_told(wait["p10"], wait["p50"], wait["p90"], ticket["ahead"])
    minutes = figure(told).replace("–", UNBROKEN_DASH)
    return say("phone.wait_none") if told == (0, 0) else say("phone.wait_minutes", minutes=minutes)


def _slot(ticket: Body, say: Say) -> str:
    """The appointment, in the hall's own time."""
    slot = ticket["slot"]
    if slot is None:
        return ""
    return say(f"phone.slot.{slot['counts']}", start=slot["start"][11:16], end=slot["end"][11:16])


def _text(state: str, ticket: Body, hall: Body, language: str, say: Say) -> str:
    if state == State.WAITING and ticket["ahead"] == 0:
        return say("phone.waiting.next")
    if state == State.CALLED and not ticket["recalls"]:
        return ""
    zones = [_named(hall["zones"], zone, language) for zone in ticket["zones"]]
    return say(
        f"phone.{state}.text",
        zones=say("phone.waiting.or").join(zones),
        window=ticket["window"],
        times=ticket["recalls"] + 1,
    )


def _map(ticket: Body, say: Say) -> str:
    """What the map shows, for those who can't see it."""
    if ticket["window"]:
        return say("phone.map.window", window=ticket["window"])
    return say("phone.map.group")


def _zone(ticket: Body, hall: Body, language: str, say: Say) -> str:
    """Where the window is that calls."""
    for window in hall["windows"]:
        if window["number"] == ticket["window"]:
            return say("phone.called.zone", zone=_named(hall["zones"], window["zone"], language))
    return ""


def _named(things: list[dict[str, Any]], id: str, language: str) -> str:
    """A group's or zone's name; its id where the config no longer has it."""
    return next((str(one["name"][language]) for one in things if one["id"] == id), id)
