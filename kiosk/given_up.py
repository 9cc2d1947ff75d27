"""Numbers that were asked for by somebody who left before the answer came.

The server may have made such a number, though nobody took it; so when the line is back the kiosk gives
it up, by the key it was asked with. Pure, and apart from any visit: a key tells nothing of a person.
An appointment that was checked in stays so: its holder is known, and may be at the desk by now.
"""

from __future__ import annotations

from dataclasses import replace

from kiosk import effects as do
from kiosk.effects import Effect
from kiosk.sorry import MAY_BE_DONE
from kiosk.visit import State
from queue_server.wire import Asks, Body

AGAIN_SECONDS = 2.0
"""A server that can't keep it now is asked again after so long."""


def open_keys(state: State) -> tuple[str, ...]:
    """The keys of numbers of which it isn't known yet that somebody has them, or that nobody will.

    A number that came counts as had once its slip begins to print: what lies in the tray must stay good.
    """
    unprinted = state.visit.unprinted
    return (*left(state).given_up, unprinted) if unprinted else left(state).given_up


def left(state: State) -> State:
    """The visit ends: what it asked for and was not answered is noted."""
    asking = state.visit.asking
    if asking is None or asking.name != Asks.TAKE_TICKET:
        return state
    return replace(state, given_up=(*state.given_up, asking.key))


def tell_next(state: State, now: float) -> tuple[State, tuple[Effect, ...]]:
    """Give up the eldest; one at a time."""
    if not state.given_up or not state.floor.line_up or now < state.give_up_at:
        return state, ()
    asked = state.given_up[0]
    waits = replace(state, give_up_at=float("inf"))
    return waits, (do.Send(Asks.GIVE_UP, {"asked": asked}, key_of(asked)),)


def answered(state: State, ack: Body, now: float) -> State:
    """It is given up, or was not to be any more; or the server has to be asked again."""
    if not ack["ok"] and ack["problem"]["code"] in MAY_BE_DONE:
        return replace(state, give_up_at=now + AGAIN_SECONDS)
    return replace(state, given_up=state.given_up[1:], give_up_at=now)


def key_of(asked: str) -> str:
    return f"{asked}.give-up"
