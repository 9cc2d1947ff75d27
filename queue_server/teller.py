"""Tells displays what changed: from the settled day, only to those whom it concerns.

Calls and windows go at once, boards and counters first; what changes all the time (queues, lines,
positions on phones) goes at most once a second.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field

import gevent
from gevent.event import Event

from queue_server.accounts import Caller, all_accounts
from queue_server.desk import Desk
from queue_server.hall.changes import Changes
from queue_server.hall.day import Day
from queue_server.hall.model import Call, HallState, Instant, State, TicketId, WindowNumber
from queue_server.hall.opening import hall_state
from queue_server.hall.reach import Reach
from queue_server.hall.visit_rules import no_numbers
from queue_server.present import Presenter
from queue_server.storage.store import StorageError
from queue_server.wire import Body, Kind, Namespace, Role, Says

log = logging.getLogger(__name__)

PHONES_AT_ONCE = 20
PHONES_PAUSE_SECONDS = 0.005
"""After so many phones the hub has so long for calls, which must not wait for thousands of them."""

AGAIN_SECONDS = 1.0
"""After so long it is tried again to tell what could not be told."""

Emit = Callable[[str, Body, str, str], None]
"""`(message, body, namespace, sid)`"""


@dataclass(slots=True)
class Listener:
    """A connected client. `windows` are those that concern a board; None means all."""

    sid: str
    namespace: Namespace
    caller: Caller
    token: str
    language: str
    window: WindowNumber | None = None
    windows: frozenset[WindowNumber] | None = None
    told: Body | None = None
    """A phone's ticket, or a counter's line, as last told."""


@dataclass(slots=True)
class _News:
    """What is to be told next."""

    windows: set[WindowNumber] = field(default_factory=set)
    tickets: set[TicketId] = field(default_factory=set)
    calls: list[str] = field(default_factory=list)
    alerts: set[str] = field(default_factory=set)
    helps: set[str] = field(default_factory=set)
    slips: set[str] = field(default_factory=set)
    hall: bool = False
    notices: bool = False
    plan: bool = False
    turned: bool = False

    def add(self, changes: Changes) -> None:
        self.windows.update(changes.windows)
        self.tickets.update(changes.tickets)
        self.calls += changes.new_calls
        self.alerts.update(changes.alerts)
        self.helps.update(changes.helps)
        self.slips.update(changes.slips)
        self.hall |= changes.hall
        self.notices |= changes.notices
        self.plan |= changes.plan
        self.turned |= changes.turned


class Teller:
    """One greenlet runs `run`; `tick` comes once a second from another."""

    def __init__(
        self,
        desk: Desk,
        emit: Emit,
        is_welcome: Callable[[Listener], bool],
        hang_up: Callable[[Listener], None],
    ) -> None:
        """`is_welcome` tells whether a listener may still hear; `hang_up` ends its connection."""
        self._desk, self._emit, self._is_welcome, self._hang_up = desk, emit, is_welcome, hang_up
        self.listeners: dict[str, Listener] = {}
        self._news = _News()
        self._work = Event()
        self._missed: set[TicketId] = set()
        self._asks: dict[WindowNumber, Body | None] = {}
        self._doors: tuple[HallState, tuple[str, ...]] | None = None
        self._queues_stale = self._windows_stale = True
        desk.listeners.append(self.changed)

    # --- coming and going ---

    def welcome(self, listener: Listener) -> None:
        """Send the snapshot; from then on the listener hears what changes."""
        show, _ = self._desk.settled()
        self.listeners[listener.sid] = listener
        self._tell(listener, Says.SNAPSHOT, self.snapshot(listener, show))

    def leave(self, sid: str) -> None:
        self.listeners.pop(sid, None)

    def snapshot(self, listener: Listener, show: Presenter) -> Body:
        engine, now = self._desk.engine, self._desk.engine.now()
        body: Body = {
            **self._head(show),
            "hall": show.hall(now),
            "queues": show.queues(engine.forecast, now),
        }
        match listener.namespace:
            case Namespace.KIOSK:
                body["help"] = show.helps_of(_asker(listener, show))
                body["slips"] = show.slips_of(listener.caller.id, now)
                body["settings"] = self._settings(listener, Kind.KIOSK)
            case Namespace.BOARD:
                body["settings"] = self._settings(listener, Kind.BOARD)
                body |= show.last_calls(listener.caller.id, self._hears(listener), now)
                body["notices"] = show.notices(now)
                body["missed"] = show.missed(self._is_of(listener))
            case Namespace.COUNTER:
                body |= self._at_counter(listener, show)
            case Namespace.EVALUATOR:
                body |= self._at_evaluator(listener, show)
            case Namespace.ASSISTANT:
                body["help"] = show.helps()
                body["colleagues"] = self._colleagues()
            case Namespace.MANAGER:
                body["help"] = show.helps()
                body["response"] = show.response(now)
                body["kept"] = self._kept()
                body["windows"] = self._windows(show)
                body["alerts"] = show.alerts()
                body["notices"] = show.notices(now)
                body["devices"] = self.devices()
            case Namespace.TICKET:
                body["help"] = show.helps_of(_asker(listener, show))
                body["ticket"] = self._ticket(listener, show)
        return body

    def _head(self, show: Presenter) -> Body:
        engine = self._desk.engine
        return {"seq": engine.seq, "epoch": engine.epoch, "now": show.time(engine.now())}

    def _settings(self, listener: Listener, kind: Kind) -> Body:
        window = listener.window if kind is Kind.BOARD else None
        settings = self._desk.settings.terminal(kind, listener.caller.id, window)
        return {**settings, "public_url": self._desk.public_url} if kind is Kind.KIOSK else settings

    def _at_counter(self, listener: Listener, show: Presenter) -> Body:
        """Without a line and with no window where a new config took the window out of the hall."""
        window = listener.window
        assert window is not None
        is_there = window in show.day.windows
        listener.told = show.line(window, self._desk.engine.now()) if is_there else None
        return {
            "window": self._window(window, show),
            "help": show.helps_of(_asker(listener, show)),
            "alerts": [one for one in show.alerts() if _is_about(one["kind"], one["subject"], window)],
            "line": listener.told,
            "settings": self._desk.settings.terminal(Kind.KEYPAD, str(window)),
        }

    def _at_evaluator(self, listener: Listener, show: Presenter) -> Body:
        window = show.day.windows.get(listener.window) if listener.window else None
        return {
            "window": show.window_at_evaluator(window) if window else None,
            "ask": show.ask(window, self._desk.engine.now()) if window else None,
            "settings": self._desk.settings.terminal(Kind.EVALUATOR, listener.caller.id),
        }

    def _window(self, number: WindowNumber, show: Presenter) -> Body | None:
        window = show.day.windows.get(number)
        engine = self._desk.engine
        return show.window(window, engine.forecast, engine.now(), counter=True) if window else None

    def _windows(self, show: Presenter) -> list[Body]:
        engine = self._desk.engine
        return [show.window(window, engine.forecast, engine.now()) for window in show.day.windows.values()]

    def _ticket(self, listener: Listener, show: Presenter) -> Body | None:
        id = listener.caller.ticket
        if id is None:
            return None
        if id in show.day.tickets:
            listener.told = self._desk.ticket_body(show.day.tickets[id], listener.caller)
        elif past := self._desk.past_ticket(id):
            day, ticket = past
            listener.told = self._desk.ticket_body(ticket, listener.caller, day)
        return listener.told

    def _colleagues(self) -> list[Body]:
        """To whom a call for help may be handed over: the assistants."""
        people = all_accounts(self._desk.people)
        return [
            {"username": one.username, "name": one.name or one.username}
            for one in people
            if one.role is Role.ASSISTANT
        ]

    def devices(self) -> list[Body]:
        """What each terminal last said of itself."""
        return [
            {
                "kind": one.kind,
                "id": one.id,
                "place": self._desk.place(one.kind, one.id),
                "connected": one.connections > 0,
                "devices": one.devices,
            }
            for one in self._desk.terminals.values()
        ]

    # --- changes ---

    def changed(self, changes: Changes) -> None:
        """Note what is to be told; never yields."""
        self._news.add(changes)
        self._queues_stale = self._windows_stale = True
        self._work.set()

    def run(self) -> None:
        """Tell what changed, for ever.

        When that breaks, nobody knows who has heard what: all start over from a snapshot.
        """
        while True:
            self._work.wait()
            self._work.clear()
            try:
                self.flush()
                continue
            except StorageError as trouble:
                log.error("nothing can be told, will be tried again: %s", trouble)
            except Exception:
                log.exception("what changed could not be told; all start over")
            self._news.plan = True
            gevent.sleep(AGAIN_SECONDS)
            self._work.set()

    def flush(self) -> None:
        show, _ = self._desk.settled()
        news, self._news = self._news, _News()
        if news.turned:
            self._tell_expired(show)
        if news.plan:
            self._start_all_over(show)
            return
        if news.hall:
            self._tell_hall(show)
        for call in news.calls:
            self._tell_call(call, show)
        for number in sorted(news.windows):
            self._tell_window(number, show)
        if news.notices:
            body = {**self._head(show), Says.NOTICE: show.notices(self._desk.engine.now())}
            self._tell_all((Namespace.BOARD, Namespace.MANAGER), Says.NOTICE, body)
        for alert in news.alerts:
            self._tell_alert(alert, show)
        if news.helps:
            self._tell_help(show, news.helps)
        for slip in news.slips:
            self._tell_slip(slip, show)
        if news.tickets or news.turned:
            self._tell_missed(show, news.tickets)
        self._tell_phones(show, news.tickets)

    def _start_all_over(self, show: Presenter) -> None:
        """Snapshots for all: a new config changes what terminals are told of themselves.

        Whoever can't be told is hung up on, and comes again; the others hear theirs all the same.
        """
        for listener in list(self.listeners.values()):
            try:
                listener.windows = self.concerns(listener)
                self._tell(listener, Says.SNAPSHOT, self.snapshot(listener, show))
            except Exception:
                log.exception("a listener at %s could not be told", listener.namespace.value)
                self._hang_up(listener)

    def concerns(self, listener: Listener) -> frozenset[WindowNumber] | None:
        """The windows whose calls a board shows, by the config or by its own word; None: all."""
        if listener.namespace is not Namespace.BOARD:
            return None
        board = self._desk.settings.boards.get(listener.caller.id)
        window = board.window if board else listener.window
        if window is not None:
            return frozenset({WindowNumber(window)})
        if board is None or board.zone is None:
            return None
        windows = self._desk.settings.plan.windows.values()
        return frozenset(one.number for one in windows if one.zone == board.zone)

    def _hears(self, listener: Listener) -> Callable[[Call], bool]:
        """Which calls a board gets: those of its windows, and those that reach its whole zone."""
        own, planned = listener.windows, self._desk.settings.plan.windows
        if own is None:
            return lambda call: True
        zones = {planned[number].zone for number in own if number in planned}
        return lambda call: (
            call.window in own or (Reach.ZONE in call.reach and planned[call.window].zone in zones)
        )

    def _tell_hall(self, show: Presenter) -> None:
        now = self._desk.engine.now()
        self._doors = _doors(show.day, now)
        self._tell_all(tuple(Namespace), Says.HALL, {**self._head(show), Says.HALL: show.hall(now)})

    def _tell_call(self, id: str, show: Presenter) -> None:
        call = show.day.calls.get(id)
        if call is None or call.window not in show.day.plan.windows:
            return
        body = {**self._head(show), **show.call(call)}
        for listener in self._of(Namespace.BOARD):
            if self._hears(listener)(call):
                self._tell(listener, Says.CALL, body)

    def _tell_missed(self, show: Presenter, changed: set[TicketId]) -> None:
        """To boards, when somebody has been missed, has come back or is gone."""
        tickets = show.day.tickets
        missed = {id for id in changed if id in tickets and tickets[id].state is State.MISSED}
        still = {id for id in self._missed - changed if id in tickets} | missed
        if still == self._missed and not missed:
            return
        self._missed = still
        for listener in self._of(Namespace.BOARD):
            body = {**self._head(show), Says.MISSED: show.missed(self._is_of(listener))}
            self._tell(listener, Says.MISSED, body)

    def _is_of(self, listener: Listener) -> Callable[[WindowNumber], bool]:
        own = listener.windows
        return lambda window: own is None or window in own

    def _tell_window(self, number: WindowNumber, show: Presenter) -> None:
        window = show.day.windows.get(number)
        if window is None:
            return
        head = self._head(show)
        public = {**head, Says.WINDOW: show.window_public(window)}
        for listener in self._of(Namespace.COUNTER):
            if listener.window == number:
                self._tell(listener, Says.WINDOW, {**head, Says.WINDOW: self._window(number, show)})
        for listener in self._of(Namespace.BOARD):
            if listener.windows is None or number in listener.windows:
                self._tell(listener, Says.WINDOW, public)
        for listener in self._of(Namespace.EVALUATOR):
            if listener.window == number:
                self._tell(listener, Says.WINDOW, {**head, Says.WINDOW: show.window_at_evaluator(window)})
        self._tell_ask(number, show)

    def _tell_ask(self, number: WindowNumber, show: Presenter) -> None:
        ask = show.ask(show.day.windows[number], self._desk.engine.now())
        if ask == self._asks.get(number):
            return
        self._asks[number] = ask
        nothing: Body = {Says.ASK: None}
        body = {**self._head(show), **(ask or nothing)}
        for listener in self._of(Namespace.EVALUATOR):
            if listener.window == number:
                self._tell(listener, Says.ASK, body)

    def _tell_alert(self, id: str, show: Presenter) -> None:
        alert = show.day.alerts.get(id)
        if alert is None:
            return
        body = {**self._head(show), Says.ALERT: show.alert(alert)}
        self._tell_all((Namespace.MANAGER,), Says.ALERT, body)
        for listener in self._of(Namespace.COUNTER):
            if _is_about(alert.kind, alert.subject, listener.window):
                self._tell(listener, Says.ALERT, body)

    def _tell_help(self, show: Presenter, changed: set[str]) -> None:
        """All open calls for help to those who may go; to an asker whether somebody comes."""
        body = {**self._head(show), Says.HELP: show.helps()}
        self._tell_all((Namespace.ASSISTANT,), Says.HELP, body)
        body["response"] = show.response(self._desk.engine.now())
        self._tell_all((Namespace.MANAGER,), Says.HELP, body)
        askers = {show.day.helps[id].subject for id in changed if id in show.day.helps}
        for listener in (one for where in ASKERS for one in self._of(where)):
            if (asker := _asker(listener, show)) in askers:
                self._tell(listener, Says.HELP, {**self._head(show), Says.HELP: show.helps_of(asker)})

    def _tell_slip(self, id: str, show: Presenter) -> None:
        """An order to its kiosk, and what becomes of it to staff."""
        order = show.day.slips.get(id)
        if order is None:
            return
        body = {**self._head(show), Says.SLIP: show.slip(order)}
        self._tell_all((Namespace.COUNTER, Namespace.ASSISTANT, Namespace.MANAGER), Says.SLIP, body)
        for listener in self._of(Namespace.KIOSK):
            if listener.caller.id == order.kiosk:
                self._tell(listener, Says.SLIP, body)

    def _tell_phones(self, show: Presenter, tickets: set[TicketId]) -> None:
        for listener in self._of(Namespace.TICKET):
            if listener.caller.ticket in tickets and listener.caller.ticket in show.day.tickets:
                body = self._ticket(listener, show)
                self._tell(listener, Says.TICKET, {**self._head(show), Says.TICKET: body})

    def _tell_expired(self, show: Presenter) -> None:
        """Yesterday's tickets have left the day; their holders are told what became of them."""
        for listener in self._of(Namespace.TICKET):
            if listener.caller.ticket not in show.day.tickets:
                body = self._ticket(listener, show)
                self._tell(listener, Says.TICKET, {**self._head(show), Says.TICKET: body})

    # --- once a second ---

    def tick(self) -> None:
        """Tell what is told at most once a second, and part with those whose token has ended."""
        self._part_with_unwelcome()
        show, day = self._desk.settled()
        if _doors(day, self._desk.engine.now()) != self._doors:
            self._tell_hall(show)
        for number, asked in list(self._asks.items()):
            if asked and number in day.windows:
                self._tell_ask(number, show)
        if not self._queues_stale:
            return
        self._queues_stale = False
        self._tell_queues(show)
        gevent.sleep(0)
        self._tell_lines()
        self._tell_all_phones()

    def forecast_changed(self) -> None:
        self._queues_stale = True

    def _kept(self) -> Body:
        """How many waits of today ended within the range told, since the server started."""
        today = self._desk.engine.foresight.ledger.today
        return {"judged": today.judged, "within": today.within}

    def _tell_queues(self, show: Presenter) -> None:
        engine = self._desk.engine
        queues = show.queues(engine.forecast, engine.now())
        apart = (Namespace.TICKET, Namespace.EVALUATOR, Namespace.MANAGER)
        body: Body = {**self._head(show), Says.QUEUES: queues}
        self._tell_all(tuple(one for one in Namespace if one not in apart), Says.QUEUES, body)
        self._tell_all((Namespace.MANAGER,), Says.QUEUES, {**body, "kept": self._kept()})
        if self._windows_stale and self._of(Namespace.MANAGER):
            self._windows_stale = False
            body = {**self._head(show), Says.WINDOWS: self._windows(show)}
            self._tell_all((Namespace.MANAGER,), Says.WINDOWS, body)

    def _tell_lines(self) -> None:
        """One counter after the other: a long queue takes a while to tell, and calls must not wait."""
        for listener in self._of(Namespace.COUNTER):
            show, _ = self._desk.settled()
            if listener.sid in self.listeners and listener.window in show.day.windows:
                line = show.line(listener.window, self._desk.engine.now())
                if line != listener.told:
                    listener.told = line
                    self._tell(listener, Says.LINE, {**self._head(show), Says.LINE: line})
            gevent.sleep(0)

    def _tell_all_phones(self) -> None:
        phones = [listener.sid for listener in self._of(Namespace.TICKET)]
        for start in range(0, len(phones), PHONES_AT_ONCE):
            show, _ = self._desk.settled()
            for sid in phones[start : start + PHONES_AT_ONCE]:
                self._tell_phone(sid, show)
            gevent.sleep(PHONES_PAUSE_SECONDS)

    def _tell_phone(self, sid: str, show: Presenter) -> None:
        listener = self.listeners.get(sid)
        if listener is None or listener.caller.ticket not in show.day.tickets:
            return
        before = listener.told
        body = self._ticket(listener, show)
        if not _same_place(before, body):
            self._tell(listener, Says.TICKET, {**self._head(show), Says.TICKET: body})

    def tell_devices(self) -> None:
        """A terminal came, went or told its health."""
        show, _ = self._desk.settled()
        self._tell_all((Namespace.MANAGER,), Says.DEVICES, {**self._head(show), Says.DEVICES: self.devices()})

    def _part_with_unwelcome(self) -> None:
        for count, listener in enumerate(list(self.listeners.values())):
            if listener.sid in self.listeners and not self._is_welcome(listener):
                self._hang_up(listener)
            if count % PHONES_AT_ONCE == 0:
                gevent.sleep(0)

    # --- sending ---

    def _of(self, namespace: Namespace) -> list[Listener]:
        return [one for one in self.listeners.values() if one.namespace is namespace]

    def _tell_all(self, namespaces: tuple[Namespace, ...], name: Says, body: Body) -> None:
        for listener in list(self.listeners.values()):
            if listener.namespace in namespaces:
                self._tell(listener, name, body)

    def _tell(self, listener: Listener, name: Says, body: Body) -> None:
        self._emit(name.value, body, listener.namespace.value, listener.sid)


ASKERS = (Namespace.KIOSK, Namespace.COUNTER, Namespace.TICKET)
"""From here help is asked for; each hears whether somebody comes."""


AT_A_COUNTER = ("window", Kind.EVALUATOR.value, Kind.KEYPAD.value)


def _is_about(kind: str, subject: str, window: WindowNumber | None) -> bool:
    """Whether an alert is about a window, or about what stands at its counter."""
    what, number, *_device = [*subject.split(), ""]
    return kind != "help" and what in AT_A_COUNTER and number == str(window)


def _asker(listener: Listener, show: Presenter) -> str:
    """The subject of a call for help from here, as `operations.help` names it."""
    if listener.namespace is Namespace.COUNTER:
        return f"window {listener.window}"
    ticket = show.day.tickets.get(listener.caller.ticket) if listener.caller.ticket else None
    return f"ticket {ticket.number}" if ticket else f"{listener.caller.kind} {listener.caller.id}"


def _same_place(before: Body | None, after: Body | None) -> bool:
    """Whether a phone would show the same: a wait is told by the minute."""
    if before is None or after is None:
        return before is after
    return _shown(before) == _shown(after)


def _shown(ticket: Body) -> Body:
    wait = ticket["wait"]
    ends = ("p10", "p50", "p90")
    return {**ticket, "wait": wait and [wait[end] and round(wait[end] / 60) for end in ends]}


def _doors(day: Day, now: Instant) -> tuple[HallState, tuple[str, ...]]:
    """What changes of the hall by itself: whether it is open, and why a group gives no numbers."""
    hours = day.plan.hours
    refusals = (no_numbers(day, group, now) for group in day.plan.groups)
    takes = tuple(refusal.text if refusal else "" for refusal in refusals)
    return hall_state(hours, now, day.override), takes
