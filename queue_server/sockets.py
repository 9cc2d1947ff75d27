"""The hall's Socket.IO door: who connects where, and which message means which operation."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable
from typing import Any

import gevent
from flask import request
from flask_socketio import SocketIO
from socketio.exceptions import ConnectionRefusedError

from assets import texts
from queue_server import accounts, bodies
from queue_server.accounts import Caller
from queue_server.alerting import WATCHED_TERMINALS
from queue_server.answers import Params
from queue_server.bodies import wrong
from queue_server.desk import Desk, Terminal
from queue_server.errands import ASKED, Errand, carry_out
from queue_server.hall.model import WindowNumber
from queue_server.operations import Operation
from queue_server.problems import Cure, Problem
from queue_server.storage.store import StorageError
from queue_server.teller import Listener, Teller
from queue_server.web.identity import language_of, session_token
from queue_server.wire import Asks, Body, Code, Kind, Namespace

log = logging.getLogger(__name__)

MESSAGE_BYTES = 64 * 1024

AT_WINDOW = {
    Asks.NEXT: "next",
    Asks.RECALL: "recall",
    Asks.START: "start",
    Asks.FINISH: "finish",
    Asks.NO_SHOW: "no_show",
    Asks.PARK: "park",
    Asks.UNPARK: "unpark",
    Asks.TRANSFER: "transfer",
    Asks.CALL: "call",
    Asks.UNDO: "undo",
}

MESSAGES: dict[Namespace, dict[Asks, str]] = {
    Namespace.KIOSK: {
        Asks.TAKE_TICKET: "take_ticket",
        Asks.REQUEUE: "requeue",
        Asks.CHECK_IN: "check_in",
        Asks.GIVE_UP: "give_up",
        Asks.RATE: "rate",
        Asks.SLIP: "slip_again",
        Asks.SLIP_TAKE: "slip_take",
        Asks.TEXTS: "send_texts",
        Asks.SLIP_ENDED: "slip_ended",
        Asks.HELP: "help",
        Asks.FORM_BEGIN: "form_begin",
        Asks.FORM_SAVE: "form_save",
        Asks.FORM_READY: "form_ready",
        Asks.FORM_ERASE: "form_erase",
        Asks.PERMIT: "permit_apply",
        Asks.BRIDGE: "bridge_ask",
        Asks.RESULT: "result_ask",
    },
    Namespace.BOARD: {Asks.ANNOUNCED: "announced"},
    Namespace.COUNTER: {
        Asks.OPEN: "window_open",
        Asks.PAUSE: "window_pause",
        Asks.CLOSE: "window_close",
        **AT_WINDOW,
        Asks.HAND_OVER: "window_hand_over",
        Asks.PRIORITY: "priority_check",
        Asks.MATERIALS: "materials",
        Asks.HELP: "help",
    },
    Namespace.EVALUATOR: {Asks.RATE: "rate"},
    Namespace.MANAGER: {
        Asks.WINDOW_OPEN: "window_open",
        Asks.WINDOW_PAUSE: "window_pause",
        Asks.WINDOW_CLOSE: "window_close",
        Asks.WINDOW_RELEASE: "window_release",
        Asks.WINDOW_SET: "window_set",
        Asks.HAND_OVER: "window_hand_over",
        Asks.HALL_OPEN: "hall_open",
        Asks.HALL_CLOSE: "hall_close",
        Asks.NOTICE_ADD: "notice_add",
        Asks.NOTICE_REMOVE: "notice_remove",
        Asks.TICKET_SET: "ticket_set",
        Asks.ALERT_ACK: "alert_ack",
    },
    Namespace.ASSISTANT: {
        Asks.TAKE: "help_take",
        Asks.DONE: "help_done",
        Asks.HAND_OVER: "help_hand_over",
    },
    Namespace.TICKET: {
        Asks.CANCEL: "cancel",
        Asks.REQUEUE: "requeue",
        Asks.LATE: "late",
        Asks.MATERIALS: "materials",
        Asks.TEXTS: "send_texts",
        Asks.RATE: "rate",
        Asks.HELP: "help",
    },
}
"""What a client may send, and the operation it means. `health` comes beside these."""


TELL_HEALTH = frozenset({Namespace.KIOSK, Namespace.BOARD, Namespace.COUNTER, Namespace.EVALUATOR})

ENTRY: dict[Namespace, Callable[[Caller], bool]] = {
    Namespace.KIOSK: lambda caller: caller.kind is Kind.KIOSK,
    Namespace.BOARD: lambda caller: caller.kind is Kind.BOARD,
    Namespace.COUNTER: lambda caller: caller.role in accounts.AT_WINDOWS or caller.kind is Kind.KEYPAD,
    Namespace.EVALUATOR: lambda caller: caller.kind is Kind.EVALUATOR,
    Namespace.MANAGER: lambda caller: caller.is_manager,
    Namespace.ASSISTANT: lambda caller: caller.is_staff,
    Namespace.TICKET: lambda caller: caller.ticket is not None,
}

BY_SLIP = frozenset({Asks.REQUEUE, Asks.RATE, Asks.SLIP, Asks.TEXTS})
"""What a kiosk asks for whoever holds the scanned slip."""
BY_DRAFT = frozenset({Asks.FORM_SAVE, Asks.FORM_READY, Asks.FORM_ERASE, Asks.PERMIT})
"""What a kiosk asks for whoever fills in a form at it."""

PATH_NAMES = ("n", "id", "code", "secret")


class Sockets:
    """Binds desk and teller to a `SocketIO`; one of it per server."""

    def __init__(self, desk: Desk, socketio: SocketIO) -> None:
        self._desk, self._io = desk, socketio
        self.teller = Teller(desk, self._emit, self._is_welcome, self._hang_up)
        self._connected: dict[str, Listener] = {}
        for namespace in Namespace:
            self._bind(namespace)

    def _bind(self, namespace: Namespace) -> None:
        def come(auth: Any = None) -> None:
            self._connect(namespace, auth)

        def go(*_reason: object) -> None:
            self._disconnect(_sid())

        def hear(name: str, body: Any = None, *_more: object) -> Body:
            return self._hear(namespace, name, body)

        self._io.on("connect", namespace=namespace.value)(come)
        self._io.on("disconnect", namespace=namespace.value)(go)
        self._io.on("*", namespace=namespace.value)(hear)

    def _emit(self, name: str, body: Body, namespace: str, sid: str) -> None:
        self._io.emit(name, body, namespace=namespace, to=sid)

    def _hang_up(self, listener: Listener) -> None:
        self._io.server.disconnect(listener.sid, namespace=listener.namespace.value)  # type: ignore[attr-defined]

    def _is_welcome(self, listener: Listener) -> bool:
        """Whether a listener might still come in: a token can be revoked, a role taken away."""
        try:
            _must_be_welcome(listener.namespace, self._desk.caller(listener.token, ""))
        except Problem:
            return False
        return True

    # --- coming and going ---

    def _connect(self, namespace: Namespace, auth: Any) -> None:
        try:
            listener = self._admit(namespace, auth if isinstance(auth, dict) else {})
        except Problem as problem:
            body = problem.body(language_of(request))
            raise ConnectionRefusedError(problem.code.value, body) from None
        self._connected[listener.sid] = listener
        self._note_terminal(listener.caller, 1)
        # The snapshot follows the answer to the connect; until then nothing else is told.
        gevent.spawn(self._welcome, listener)

    def _welcome(self, listener: Listener) -> None:
        """Send the snapshot, once the day is on disk; its client may ask, or have gone, before that."""
        try:
            self._desk.settled()
        except StorageError:
            self._hang_up(listener)  # It comes again, and is shown the truth or nothing.
            return
        if listener.sid in self._connected:
            self.teller.welcome(listener)

    def _admit(self, namespace: Namespace, auth: Body) -> Listener:
        token = str(auth.get("token") or session_token(request))
        caller = self._desk.caller(token, request.remote_addr or "")
        _must_be_welcome(namespace, caller)
        listener = Listener(_sid(), namespace, caller, token, _language(auth))
        listener.window = self._window_of(namespace, caller, auth.get("window"))
        listener.windows = self.teller.concerns(listener)
        return listener

    def _window_of(self, namespace: Namespace, caller: Caller, said: Any) -> WindowNumber | None:
        """The window of a counter, an evaluator, or a board that stands at one."""
        if namespace not in (Namespace.COUNTER, Namespace.EVALUATOR, Namespace.BOARD):
            return None
        if caller.window is not None:
            if said is not None and str(said) != str(caller.window):
                raise Problem(Code.FORBIDDEN, "not-your-window", window=said)
            said = caller.window
        if said is None and namespace is Namespace.BOARD:
            return None
        if not (str(said).isascii() and str(said).isdecimal()):
            raise wrong("window", Cure("window"))
        # A terminal waits, told so by its snapshot, until the config has its window (again).
        if int(said) not in self._desk.engine.day.windows and caller.kind not in WATCHED_TERMINALS:
            raise Problem(Code.NOT_FOUND, "no-such-window", field="window", window=said)
        return WindowNumber(int(said))

    def _disconnect(self, sid: str) -> None:
        self.teller.leave(sid)
        if listener := self._connected.pop(sid, None):
            self._note_terminal(listener.caller, -1)

    def _note_terminal(self, caller: Caller, change: int) -> None:
        if caller.kind not in WATCHED_TERMINALS or caller.kind is None:
            return
        terminal = self._desk.terminals.setdefault((caller.kind, caller.id), Terminal(caller.kind, caller.id))
        terminal.connections = max(0, terminal.connections + change)
        terminal.gone_at = None if terminal.connections else self._desk.engine.now()
        gevent.spawn(self.teller.tell_devices)

    # --- messages ---

    def _hear(self, namespace: Namespace, name: str, body: Any) -> Body:
        listener = self._connected.get(_sid())
        language = listener.language if listener else language_of(request)
        try:
            if listener is None:
                raise Problem(Code.NOT_READY)
            return self._carry_out(namespace, listener, name, body)
        except Problem as problem:
            return {"ok": False, "problem": problem.body(language)}
        except (StorageError, sqlite3.Error) as trouble:
            log.error("%s %s can't be answered: %s", namespace, name, trouble)
            return {"ok": False, "problem": Problem(Code.STORAGE).body(language)}
        except Exception:
            log.exception("%s %s broke", namespace, name)
            return {"ok": False, "problem": Problem(Code.INTERNAL).body(language)}

    def _carry_out(self, namespace: Namespace, listener: Listener, name: str, body: Any) -> Body:
        caller = self._desk.caller(listener.token, "")
        _must_be_welcome(namespace, caller)
        self._desk.limit(caller)
        if body is None:
            body = {}
        if not isinstance(body, dict):
            raise Problem(Code.INVALID, "not-json")
        if name == Asks.HEALTH and namespace in TELL_HEALTH:
            return self._health(caller, body)
        operation = _meant(namespace, name)
        rest = {key: value for key, value in body.items() if key not in ("key", *PATH_NAMES)}
        caller, params = self._params(listener, caller, name, body)
        key = bodies.key_of(body.get("key"))
        if isinstance(operation, Errand):
            done = carry_out(self._desk, operation, caller, params, rest, key)
            return {"ok": True, operation.result: done.body}
        request_ = self._desk.enter(operation, caller, params, rest, key)
        answer = self._desk.answer(operation, request_)
        return {"ok": True, operation.result: self._desk.shown(answer, caller)}

    def _params(self, listener: Listener, caller: Caller, name: str, body: Body) -> tuple[Caller, Params]:
        """The path's parameters as this message carries them, and for whom a kiosk speaks."""
        params = {name: str(body[name]) for name in ("n", "id", "code") if body.get(name) is not None}
        match listener.namespace:
            case Namespace.COUNTER:
                if params.setdefault("n", str(listener.window)) != str(listener.window):
                    raise wrong("n", Cure("this-window", {"window": str(listener.window)}))
            case Namespace.TICKET:
                if params.setdefault("id", str(caller.ticket)) != caller.ticket:
                    raise Problem(Code.FORBIDDEN, field="id")
            case Namespace.KIOSK if name in BY_SLIP:
                if not body.get("secret"):
                    raise wrong("secret", Cure("missing"))
                holder = self._desk.holder(str(body["secret"]))
                if holder is None or holder.ticket is None:
                    raise Problem(Code.NOT_FOUND, "no-such-ticket", field="secret")
                params["id"] = holder.ticket
                caller = Caller(caller.name, None, caller.kind, caller.id, holder.ticket)
            case Namespace.KIOSK if name in BY_DRAFT:
                filler = self._desk.filler(str(body.get("secret", "")))
                if filler is None:
                    raise Problem(Code.NOT_FOUND, "no-such-draft", field="secret")
                params["id"] = filler.draft
                caller = Caller(caller.name, None, caller.kind, caller.id, draft=filler.draft)
            case _:
                pass
        return caller, params

    def _health(self, caller: Caller, body: Body) -> Body:
        said = bodies.read(bodies.Health, {key: value for key, value in body.items() if key != "key"})
        devices = [device.model_dump() for device in said.devices]
        terminal = self._desk.terminals.get((caller.kind, caller.id)) if caller.kind else None
        if terminal and (terminal.devices != devices or not terminal.has_told):
            terminal.devices, terminal.has_told = devices, True
            gevent.spawn(self.teller.tell_devices)
        return {"ok": True}


def _must_be_welcome(namespace: Namespace, caller: Caller) -> None:
    """:raises Problem: when this caller may not connect here, or not before changing the password."""
    if caller.account and caller.account.must_change:
        raise Problem(Code.MUST_CHANGE_PASSWORD)
    if not ENTRY[namespace](caller):
        known = caller.is_staff or caller.kind is not None or caller.ticket is not None
        raise Problem(Code.FORBIDDEN if known else Code.UNAUTHORIZED)


def _meant(namespace: Namespace, name: str) -> Operation | Errand:
    """:raises Problem: `unknown-message`, with those that there are."""
    known = MESSAGES[namespace]
    if name not in known:
        allowed = ", ".join([*known, *([Asks.HEALTH] if namespace in TELL_HEALTH else [])])
        raise Problem(Code.UNKNOWN_MESSAGE, name=name, allowed=allowed)
    return ASKED[known[Asks(name)]]


def _language(auth: Body) -> str:
    """A page says its language; other clients' stands in their headers."""
    said = auth.get("language")
    return str(said) if said in texts.LANGUAGES else language_of(request)


def _sid() -> str:
    return str(request.sid)  # type: ignore[attr-defined]
