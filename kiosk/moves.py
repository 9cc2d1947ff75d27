"""How a visit moves from screen to screen, for all who decide about it."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from kiosk import given_up
from kiosk.effects import Clear, Effect
from kiosk.visit import Place, Spot, State, Visit

Step = tuple[State, tuple[Effect, ...]]
"""The next state, and what is to be done."""

SPOT = tuple(field.name for field in fields(Spot))
"""What of a visit a screen stands by, so that it can be come back to."""


def changed(state: State, **changes: Any) -> State:
    """With these fields of the visit changed."""
    return replace(state, visit=replace(state.visit, **changes))


def gone(state: State, place: Place, **changes: Any) -> State:
    """On another screen, from which one may come back to this one as it stands."""
    visit = state.visit
    spot = Spot(**{name: getattr(visit, name) for name in SPOT})
    return changed(state, place=place, trail=(*visit.trail, spot), **changes)


def came_back(state: State) -> State:
    """On the screen before, with what had been chosen by then."""
    spot = state.visit.trail[-1]
    return changed(state, trail=state.visit.trail[:-1], **{name: getattr(spot, name) for name in SPOT})


def gone_or_back(state: State, place: Place, **changes: Any) -> State:
    """On a screen that one may have come from, then as if one had gone back to it."""
    visit = state.visit
    spots = [at for at, spot in enumerate(visit.trail) if spot.place is place and spot.items == visit.items]
    if not spots:
        return gone(state, place, **changes)
    return changed(came_back(changed(state, trail=visit.trail[: spots[-1] + 1])), **changes)


def cleared(state: State) -> Step:
    """At home, with nothing left of the visit."""
    fresh = replace(given_up.left(state), visit=Visit(state.home_language), visits=state.visits + 1)
    return fresh, (Clear(),)
