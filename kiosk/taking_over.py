"""A catalogue that changed while the kiosk runs: fetched, and taken over between two visits. Pure.

Who stands in front goes on with what they have seen. Forms, guides and regions are asked for anew each time.
"""

from __future__ import annotations

from dataclasses import replace

from kiosk import effects as do
from kiosk import events as e
from kiosk.floor import with_catalogue
from kiosk.moves import Step
from kiosk.visit import State

AGAIN_SECONDS = 30.0
"""A catalogue that did not come is asked for again after so long."""


def came(state: State, event: e.CatalogueCame, now: float) -> Step:
    return between_visits(replace(state, catalogue=event.version, coming=event, catalogue_at=0.0)), ()


def between_visits(state: State) -> State:
    """Take over what has come; the very first at once."""
    new = state.coming
    if new is None or (state.floor.items and state.traces):
        return state
    floor = with_catalogue(state.floor, new.themes, new.services, new.questions)
    return replace(state, floor=floor, coming=None)


def fetch(state: State, now: float) -> Step:
    """Ask for the hall's catalogue, where another one has come here."""
    wanted = state.floor.kiosk.catalogue
    if wanted == state.catalogue or not state.floor.line_up or now < state.catalogue_at:
        return state, ()
    return replace(state, catalogue_at=now + AGAIN_SECONDS), (do.FetchCatalogue(wanted),)
