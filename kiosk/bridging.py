"""A form that other offices fill in: from an e-business licence's code, from an investment project's. Pure.

Nobody is asked before the citizen agrees, and nobody must be waited for: whatever comes of it, the form
can be filled in by hand.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any

from assets import texts
from kiosk import effects as do
from kiosk import events as e
from kiosk import filling, forms
from kiosk.events import Event
from kiosk.moves import Step, came_back, changed, gone
from kiosk.visit import Bridging, Place, Stage, State
from queue_server.wire import Body

PROJECT = "project"
PROJECT_CUTS = (4, 10, 12, 14)
"""A project's code is written in parts: year, place, kind, trade, number."""
PROJECT_DIGITS = 20
LONGEST = 600
"""Signs of what is scanned that an office is asked about; no code has more."""


def here(state: State) -> Bridging | None:
    """What stands on the screen, where another office may fill in the form."""
    at_it = state.visit.place in (Place.FORM_BRIDGE, Place.FORM_CODE)
    return state.visit.bridging if at_it else None


def agreed(state: State) -> Step:
    """May be asked, and after an answer that was none once more; a project's code can be typed."""
    one = here(state)
    if one is None or one.stage in (Stage.WAIT, Stage.FOUND):
        return state, ()
    state = changed(state, bridging=Bridging(one.kind, Stage.SHOW), hint="")
    return gone(state, Place.FORM_CODE, typed="") if one.kind == PROJECT else state, ()


def shown(state: State, line: str, now: float) -> Step:
    """A code was held to the scanner; before consent it is left alone."""
    one = here(state)
    if one is None or one.stage is Stage.CONSENT:
        return changed(state, hint="agree-first"), ()
    return _ask(state, one, line, now)


def entered(state: State, now: float) -> Step:
    """A project's code was typed."""
    one, digits = here(state), state.visit.typed
    if one is None or len(digits) != PROJECT_DIGITS:
        return changed(state, hint="project-length"), ()
    cuts = (0, *PROJECT_CUTS, PROJECT_DIGITS)
    return _ask(state, one, "-".join(digits[start:end] for start, end in pairwise(cuts)), now)


def _ask(state: State, one: Bridging, subject: str, now: float) -> Step:
    if one.stage is not Stage.SHOW or not subject:
        return state, ()
    if state.visit.place is Place.FORM_CODE:
        state = came_back(state)
    # Shown again it is another question, so the time is in its key.
    key = f"{state.key}.{one.kind}.{now:.3f}"
    waits = replace(one, stage=Stage.WAIT, key=key)
    asked = changed(state, bridging=waits, typed="", hint="", touched_at=now)
    return asked, (do.AskBridge(one.kind, subject[:LONGEST], state.visit.form, key),)


def answered(state: State, event: e.BridgeAnswered, now: float) -> Step:
    """What is known stands in the form; who went on by hand meanwhile is left alone."""
    one = here(state)
    if one is None or one.stage is not Stage.WAIT or event.key != one.key:
        return state, ()
    said: Body = event.body or {"facts": {}, "text": _silent(state, one.kind)}
    values = forms.from_source(filling.current(state).form, said["facts"])
    ended = replace(one, stage=Stage.FOUND if values else Stage.NOTHING, words=said["text"])
    state = changed(state, bridging=replace(ended, filled=tuple(values)), touched_at=now)
    return filling.fill(state, values, one.kind) if values else (state, ())


def _silent(state: State, kind: str) -> dict[str, str]:
    return texts.both("bridge.unavailable", name=state.floor.kiosk.bridges[kind])


def look_over(state: State, event: e.LookOver, now: float) -> Step:
    """To the first answer that came of it; the others follow."""
    one = here(state)
    if one is None or one.stage is not Stage.FOUND:
        return state, ()
    standing = filling.current(state)
    at = min(standing.place_of(name) for name in one.filled)
    return filling.asked(changed(state, place=Place.FORM, bridging=None), standing, at), ()


HANDLERS: dict[type[Event], Callable[[State, Any, float], Step]] = {
    e.BridgeAnswered: answered,
    e.LookOver: look_over,
}
