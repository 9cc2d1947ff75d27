"""The rules of calls for an assistant: asked, taken, handed over, done."""

from __future__ import annotations

from queue_server.hall import commands as c
from queue_server.hall import events as e
from queue_server.hall.commands import Actor, Power
from queue_server.hall.day import Day
from queue_server.hall.hall_rules import standing_alert
from queue_server.hall.help_requests import SEARCH, HelpRequest, HelpState, open_request
from queue_server.hall.model import Alert, Clerk, Instant, Words
from queue_server.hall.refusal import Events, Refused

ALERT = "help"
"""The kind of the alert that stands beside a request until somebody takes it."""


def ask(day: Day, command: c.AskHelp, actor: Actor, now: Instant) -> Events:
    """One request of an asker is open at a time; asking again says so to those who may come.

    But not within seconds, unless a clerk has somebody looked for.
    """
    standing = open_request(day.helps.values(), f"{command.kind} {command.asker}")
    if standing and command.kind != SEARCH and standing.was_just_asked(now):
        return []
    alert = _alert(day, command.id, f"{command.kind} {command.asker}", command.text, now)
    if standing:
        return [e.HelpAskedAgain(standing.id, command.reason), *alert]
    request = HelpRequest(
        command.id, command.kind, command.asker, command.place, command.zone, command.reason, now
    )
    return [e.HelpAsked(request), *alert]


def take(day: Day, command: c.TakeHelp, actor: Actor, now: Instant) -> Events:
    request, clerk = _open(day, command.id), _staff(actor)
    if request.taker and request.taker.username == clerk.username:
        return []
    if request.taker:
        raise _taken(request)
    return [e.HelpTaken(request.id, clerk), *_alert_over(day, request)]


def hand_over(day: Day, command: c.HandOverHelp, actor: Actor, now: Instant) -> Events:
    """Whoever came can't help: somebody else is asked to, and managers hear of it again."""
    request = _open(day, command.id)
    _must_be_mine(request, actor)
    alert = _alert(day, command.alert, request.subject, command.text, now)
    return [e.HelpHandedOver(request.id, command.to, command.note), *alert]


def finish(day: Day, command: c.FinishHelp, actor: Actor, now: Instant) -> Events:
    """It is over; who was there without having taken it counts as the one who came."""
    request, clerk = _known(day, command.id), _staff(actor)
    if request.state is HelpState.DONE:
        return []
    _open(day, command.id)
    _must_be_mine(request, actor)
    taker = None if request.taker else clerk
    return [e.HelpEnded(request.id, HelpState.DONE, taker, command.note), *_alert_over(day, request)]


def expire(day: Day) -> Events:
    """At the day's end nobody waits for help any more."""
    events: Events = []
    for request in day.helps.values():
        if request.is_open:
            events += [e.HelpEnded(request.id, HelpState.EXPIRED), *_alert_over(day, request)]
    return events


CALL_OVER = (
    e.ServiceStarted,
    e.StepFinished,
    e.TicketMissed,
    e.TicketParked,
    e.TicketTransferred,
    e.TicketReturned,
    e.TicketCancelled,
)
"""What ends a call: its citizen has come, or is waited for no longer."""


def search_over(day: Day, events: Events) -> Events:
    """Nobody need look any more for those whose call these events end."""
    over: Events = []
    for event in events:
        if isinstance(event, CALL_OVER):
            number = day.tickets[event.ticket].number
            request = open_request(day.helps.values(), f"{SEARCH} {number}")
            if request:
                over += [e.HelpEnded(request.id, HelpState.EXPIRED), *_alert_over(day, request)]
    return over


def _known(day: Day, id: str) -> HelpRequest:
    if id not in day.helps:
        raise Refused("not-found", "no-such-help", field="id")
    return day.helps[id]


def _open(day: Day, id: str) -> HelpRequest:
    request = _known(day, id)
    if not request.is_open:
        raise Refused("wrong-state", "help-over", state=request.state)
    return request


def _staff(actor: Actor) -> Clerk:
    if actor.clerk is None:
        raise Refused("forbidden")
    return actor.clerk


def _must_be_mine(request: HelpRequest, actor: Actor) -> None:
    """What a colleague has taken is theirs; a manager may step in."""
    if request.taker and actor.power is not Power.MANAGER and request.taker != _staff(actor):
        raise _taken(request)


def _taken(request: HelpRequest) -> Refused:
    assert request.taker is not None
    return Refused("wrong-state", "help-taken", state=request.state, name=request.taker.name)


def _alert(day: Day, id: str, subject: str, text: Words, now: Instant) -> Events:
    if standing_alert(day, ALERT, subject):
        return []
    return [e.AlertRaised(Alert(id, ALERT, subject, text, now))]


def _alert_over(day: Day, request: HelpRequest) -> Events:
    alert = standing_alert(day, ALERT, request.subject)
    return [e.AlertCleared(alert.id)] if alert else []
