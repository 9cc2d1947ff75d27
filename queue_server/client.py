"""A terminal's line to the server: connect, take the snapshot, retry with the same key.

One thread of its own owns the Socket.IO client (its `emit` is not thread-safe and raises when
cut off); whoever wants something sent puts it in a queue and is told the answer later.
"""

from __future__ import annotations

import logging
import queue
import secrets
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TypeVar

import socketio

from queue_server.wire import HEALTH_SECONDS, Asks, Body, Code, Namespace, Says

log = logging.getLogger(__name__)

Reply = Callable[[Body], None]
"""Hears the ack: `{"ok": true, …}` or `{"ok": false, "problem": {"code": …}}`; on the client's thread."""

T = TypeVar("T")

REMEMBERED = 1000
"""So many calls, and so many kinds, windows, tickets and alerts; a hall has some dozen windows."""

ACK_SECONDS = 4.0
RETRY_SECONDS = 0.25


@dataclass
class _Message:
    name: str
    body: Body
    reply: Reply | None
    give_up_at: float


@dataclass
class Freshness:
    """Drops what is older than what is known of the same kind, window or ticket.

    A terminal runs for months, so only the last calls, tickets and alerts are remembered: what comes
    twice comes soon after a break in the line, and of the calls at most as many as a snapshot holds.
    """

    epoch: str | None = None
    seqs: dict[str, int] = field(default_factory=dict)
    calls: dict[str, None] = field(default_factory=dict)

    def is_news(self, name: str, body: Body) -> bool:
        """Tell whether a server's message says anything new, and remember it."""
        epoch, seq = str(body.get("epoch", "")), int(body.get("seq", 0))
        if epoch != self.epoch:
            self.epoch, self.seqs, self.calls = epoch, {}, {}
        if name == Says.CALL:
            known = str(body["call"]) in self.calls
            _remember(self.calls, str(body["call"]), None)
            return not known
        if name == Says.SNAPSHOT:
            for call in body.get("calls", ()):
                _remember(self.calls, str(call["call"]), None)
        key = _kind(name, body)
        if seq < self.seqs.get(key, -1):
            return False
        _remember(self.seqs, key, seq)
        return True


def _remember(known: dict[str, T], key: str, value: T) -> None:
    """Note something as the latest; beyond `REMEMBERED` the eldest goes."""
    known.pop(key, None)
    known[key] = value
    if len(known) > REMEMBERED:
        del known[next(iter(known))]


def _kind(name: str, body: Body) -> str:
    inner = body.get(name)
    if name == Says.WINDOW and isinstance(inner, dict):
        return f"{name}:{inner.get('number')}"
    if name in (Says.TICKET, Says.ALERT) and isinstance(inner, dict):
        return f"{name}:{inner.get('id')}"
    return name


class HallClient:
    """One terminal's connection, kept up for ever.

    `on_message(name, body)` hears each server message that is news, snapshots included;
    `on_line(up)` hears when the line comes or goes. Both are called on the client's threads, one
    at a time: a Kivy program must hand over to its Clock.
    `health` is asked for the devices' health (a list of `{"id","kind","state","detail"}`).
    """

    def __init__(
        self,
        url: str,
        token: str,
        namespace: Namespace,
        *,
        on_message: Callable[[str, Body], None],
        on_line: Callable[[bool], None] = lambda up: None,
        health: Callable[[], list[Body]] | None = None,
        auth: Body | None = None,
    ) -> None:
        self._url, self._namespace = url, namespace
        self._auth = {"token": token, **(auth or {})}
        self._on_message, self._on_line, self._health = on_message, on_line, health
        self._outbox: queue.Queue[_Message | None] = queue.Queue()
        self._fresh = Freshness()
        self._hearing = threading.RLock()
        self._stopping = threading.Event()
        self._up = threading.Event()
        self._io = socketio.Client(
            reconnection=True,
            reconnection_delay=0.2,
            reconnection_delay_max=1.0,
            randomization_factor=0.3,
            request_timeout=5,
            handle_sigint=False,
        )
        self._io.on("connect", self._connected, namespace=namespace)
        self._io.on("disconnect", self._disconnected, namespace=namespace)
        self._io.on("*", self._heard, namespace=namespace)
        self._thread = threading.Thread(target=self._run, name=f"line{namespace}", daemon=True)

    @property
    def up(self) -> bool:
        return self._up.is_set()

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Hang up; what was not sent yet is dropped."""
        self._stopping.set()
        self._outbox.put(None)
        if self._thread.ident is not None:
            self._thread.join(timeout=ACK_SECONDS + 2)
        self._io.disconnect()

    def send(
        self,
        name: Asks,
        body: Body,
        reply: Reply | None = None,
        *,
        patience: float = 30.0,
        key: str | None = None,
    ) -> str:
        """Send a message, in order, and again after a break in the line, with the same key.

        After `patience` seconds without an answer `reply` hears the problem `no-connection`;
        whether the command was carried out is then unknown, and the same `key` may ask again.
        Returns the key.
        """
        key = key or secrets.token_urlsafe(12)
        whole = body if name == Asks.HEALTH else {**body, "key": key}
        self._outbox.put(_Message(name, whole, reply, time.monotonic() + patience))
        return key

    def _run(self) -> None:
        self._connect_first()
        next_health = 0.0
        while not self._stopping.is_set():
            try:
                message = self._outbox.get(timeout=max(0.05, next_health - time.monotonic()))
            except queue.Empty:
                message = None
            if message:
                self._deliver(message)
            if self._health and time.monotonic() >= next_health:
                next_health = time.monotonic() + HEALTH_SECONDS * 0.8
                self._tell_health(self._health())

    def _connect_first(self) -> None:
        while not self._stopping.is_set():
            try:
                self._io.connect(
                    self._url,
                    auth=lambda: self._auth,
                    namespaces=[self._namespace],
                    transports=["websocket"],
                    wait_timeout=5,
                )
                return
            except socketio.exceptions.ConnectionError as trouble:
                log.debug("no line to %s yet: %s", self._url, trouble)
                self._stopping.wait(RETRY_SECONDS)

    def _deliver(self, message: _Message) -> None:
        while not self._stopping.is_set() and time.monotonic() < message.give_up_at:
            if not self._up.wait(timeout=RETRY_SECONDS):
                continue
            try:
                answer = self._io.call(
                    message.name, message.body, namespace=self._namespace, timeout=ACK_SECONDS
                )
            except socketio.exceptions.SocketIOError as trouble:
                log.info("%s goes again: %r", message.name, trouble)
                self._stopping.wait(RETRY_SECONDS)
                continue
            self._answer(message, answer)
            return
        self._answer(message, {"ok": False, "problem": {"code": Code.NO_CONNECTION}})

    def _answer(self, message: _Message, answer: Body) -> None:
        if message.reply:
            with self._hearing:
                message.reply(answer)

    def _tell_health(self, devices: Iterable[Body]) -> None:
        if self.up:
            self._deliver(_Message(Asks.HEALTH, {"devices": list(devices)}, None, time.monotonic() + 1))

    def _connected(self) -> None:
        self._up.set()
        with self._hearing:
            self._on_line(True)

    def _disconnected(self, *_reason: object) -> None:
        self._up.clear()
        with self._hearing:
            self._on_line(False)

    def _heard(self, name: str, body: Body) -> None:
        with self._hearing:
            if self._fresh.is_news(name, body):
                self._on_message(name, body)
