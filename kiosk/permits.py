"""A form that leads to a permit at once: asked for when it is finished, then shown and printed. Pure."""

from __future__ import annotations

from kiosk import effects as do
from kiosk import events as e
from kiosk.events import Paper
from kiosk.floor import Permit
from kiosk.moves import Step, changed, gone
from kiosk.visit import Asking, Place, State, filling_of
from queue_server.wire import Asks, Body


def leads_to_one(state: State) -> bool:
    """Whether the form that was just finished gives a permit here."""
    return state.visit.form in state.floor.kiosk.permits


def ask(state: State, event: e.AskPermit, now: float) -> Step:
    filling = filling_of(state, state.visit.form)
    if state.visit.place is not Place.FORM_DONE or filling is None or not leads_to_one(state):
        return state, ()
    # The form as it is filled in gives one permit, however often it is asked for.
    key = f"{state.key}.{Asks.PERMIT}.{now:.3f}"
    body = {"kind": filling.form.id, "secret": filling.secret}
    asked = gone(state, Place.TAKING, asking=Asking(Asks.PERMIT, body, key, now))
    return asked, (do.Send(Asks.PERMIT, body, key),)


def answered(state: State, body: Body, now: float) -> Step:
    """It is there, and comes out as a slip; or every reason why it is not."""
    permit = Permit(
        body["name"],
        body.get("number", ""),
        body.get("holder", ""),
        body.get("holder_name", {}),
        body.get("begins", ""),
        body.get("ends", ""),
        body.get("verify_url") or "",
        tuple(one["text"] for one in body.get("reasons", ())),
    )
    state = changed(state, place=Place.PERMIT, asking=None, permit=permit, touched_at=now)
    if permit.reasons:
        return changed(state, permit_paper=Paper.NONE), ()
    return changed(state, permit_paper=Paper.PRINTING), (do.PrintPermit(permit, state.visit.language),)


def printed(state: State, event: e.PermitEnded, now: float) -> Step:
    if state.visit.permit_paper is not Paper.PRINTING:
        return state, ()
    return changed(state, permit_paper=event.paper), ()
