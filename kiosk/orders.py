"""Slips that staff have this kiosk print: one after the other, each claimed before it is printed.

Pure, and apart from any visit. None is begun while somebody's own number is on its way: they
would take the wrong slip.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from kiosk import effects as do
from kiosk import events as e
from kiosk.effects import Effect
from kiosk.events import Paper
from kiosk.floor import Ticket
from kiosk.visit import Place, State
from queue_server.hall.model import Language
from queue_server.hall.slips import SlipState
from queue_server.wire import Asks, Body, Says

RESULTS = {
    Paper.PRINTED: SlipState.PRINTED,
    Paper.FAILED: SlipState.FAILED,
    Paper.DOUBTFUL: SlipState.DOUBTFUL,
}


def heard(state: State, name: str, body: Body) -> State:
    """What the server has told of orders: all that wait, or one of them."""
    if name == Says.SNAPSHOT:
        return _waiting(state, (one["id"] for one in body["slips"]))
    if name != Says.SLIP:
        return state
    id, ordered = body["slip"]["id"], body["slip"]["state"] == SlipState.ORDERED
    others = (one for one in state.orders if one != id)
    return _waiting(state, (*others, id) if ordered else others)


def _waiting(state: State, ids: Iterable[str]) -> State:
    return replace(state, orders=tuple(id for id in ids if id != state.claiming))


def claim_next(state: State) -> tuple[State, tuple[Effect, ...]]:
    """Claim the next order, when nobody's own number is on its way."""
    busy = state.claiming or state.visit.place in (Place.TAKING, Place.TICKET)
    if busy or not state.orders or not state.floor.line_up:
        return state, ()
    id, *rest = state.orders
    claimed = replace(state, orders=tuple(rest), claiming=id)
    return claimed, (do.Send(Asks.SLIP_TAKE, {"id": id}, key_of(id)),)


def answered(state: State, ack: Body) -> tuple[State, tuple[Effect, ...]]:
    """The claim's ack: print what is ours; a refused order is somebody else's or too old."""
    id, state = state.claiming, replace(state, claiming="")
    if not ack["ok"]:
        return state, ()
    body = ack["ticket"]
    how = body["slip"]
    language = Language(how["language"])
    return state, (do.Print(Ticket.of(body), language, large=how["large"], again=how["again"], order=id),)


def ended(event: e.SlipEnded) -> tuple[Effect, ...]:
    """Tell what became of an order."""
    body = {"id": event.order, "result": RESULTS[event.paper].value}
    return (do.Send(Asks.SLIP_ENDED, body, f"{key_of(event.order)}.ended"),)


def key_of(order: str) -> str:
    return f"slip.{order}"
