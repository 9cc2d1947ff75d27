"""Somebody with an appointment checks in by its code: at once, or first says what would help. Pure."""

from __future__ import annotations

from kiosk import basket
from kiosk import effects as do
from kiosk import events as e
from kiosk.moves import Step, changed, gone
from kiosk.visit import Place, State


def say_more(state: State, event: e.SayMore, now: float) -> Step:
    if state.visit.place is not Place.CHECK_IN:
        return state, ()
    return changed(state, says_more=not state.visit.says_more), ()


def looks_up(state: State, code: str) -> Step:
    """What it is for, before anything can be said about it."""
    return changed(state, awaited=code, hint="looking"), (do.FetchAppointment(code),)


def is_awaited(state: State, event: e.AppointmentCame) -> bool:
    return state.visit.place is Place.CHECK_IN and state.visit.awaited == event.code


def came(state: State, event: e.AppointmentCame) -> State | None:
    """Before the number, with what the appointment is for; None where nothing can be said about it here."""
    listed = event.body["services"] if event.body else ()
    items = tuple(one for one in listed if state.floor.item(one))
    group = basket.first_group(state.floor, items)
    if not group:
        return None
    asked = {"items": items, "group": group, "appointment": event.code}
    return gone(state, Place.CONFIRM, typed="", hint="", awaited="", **asked)
