"""Whoever only collects a result hears whether it is ready, before a number is taken for it. Pure."""

from __future__ import annotations

from assets import texts
from kiosk import effects as do
from kiosk.moves import Step, changed, gone
from kiosk.visit import Asking, Found, Place, State
from queue_server.hall import identity
from queue_server.wire import Asks, Body

RECEIPT_LENGTHS = range(4, 25)
UNKNOWN = "unavailable"
"""What is said where nobody can tell: neither the server nor the office's own system."""


def place_of(state: State, group: str) -> Place:
    """Where a chosen group leads: first to the question whether it is ready, where that can be asked."""
    asks = group != "" and group == state.floor.kiosk.result_group
    asked = any(spot.place is Place.RESULT for spot in state.visit.trail)
    return Place.RESULT if asks and not asked else Place.CONFIRM


def entered(state: State, now: float) -> Step:
    """A receipt number was typed; without one the number is taken all the same."""
    typed = state.visit.typed
    if not typed:
        return gone(state, Place.CONFIRM), ()
    if len(typed) not in RECEIPT_LENGTHS:
        return changed(state, hint="receipt-length"), ()
    return _ask(state, {"receipt": typed}, now)


def card_laid(state: State, number: str, now: float) -> Step:
    """Laying the card on the reader says yes to the question that stands there."""
    return _ask(state, {"id_number": identity.normal_id(number)}, now)


def _ask(state: State, whose: Body, now: float) -> Step:
    # Another receipt is another question, so the time is in its key.
    key = f"{state.key}.{Asks.RESULT}.{now:.3f}"
    body = {**whose, "consent": True}
    asked = gone(state, Place.TAKING, asking=Asking(Asks.RESULT, body, key, now), typed="", hint="")
    return asked, (do.Send(Asks.RESULT, body, key),)


def answered(state: State, ack: Body, now: float) -> Step:
    """What the office says; whoever can't be told may take a number all the same."""
    said = ack["result"] if ack["ok"] else {}
    words = said.get("text", texts.both("bridge.result.unavailable"))
    told = said.get("results", ())
    results = tuple((one.get("item", ""), one["ready"], one.get("expected", "")) for one in told)
    found = Found(said.get("state", UNKNOWN), words, results)
    return changed(state, place=Place.READY, found=found, asking=None, touched_at=now), ()
