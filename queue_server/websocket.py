"""The WebSocket under Socket.IO: simple_websocket's, made light, for a hall has thousands of phones.

Every greenlet that waits costs some 10 kB, and zlib's windows, if a browser's offer to compress is taken,
near 300 kB, on a line that carries a few hundred bytes a minute. So whoever handles a line reads it too,
nobody stands by for its next ping, and nothing is compressed.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import engineio.packet
import engineio.socket
import gevent
import gevent.event
import simple_websocket
from engineio.async_drivers._websocket_wsgi import SimpleWebSocketWSGI
from gevent.lock import BoundedSemaphore
from wsproto.utilities import LocalProtocolError

RECEIVE_BYTES = 512
"""Read at once; so much is held ready at every line that waits."""


def lighten(socketio: Any) -> None:
    """Have a Flask-SocketIO server make its lines of what is here; both are hooks of Engine.IO's own code."""
    engineio.socket.Socket = _EngineSocket
    socketio.server.eio._async["websocket"] = WebSocket


class _EngineSocket(engineio.socket.Socket):  # type: ignore[misc]
    """One whose next ping is a timer, not a greenlet that sleeps, and whose line ends with it."""

    last_ping: float | None
    _line: WebSocket | None = None

    def _websocket_handler(self, ws: WebSocket) -> Any:
        self._line = ws
        return super()._websocket_handler(ws)

    def close(self, wait: bool = True, abort: bool = False, reason: str | None = None) -> None:
        """Where nobody listens any more, hang up.

        Whoever reads from a phone that vanished, or writes to it, would wait until TCP gives up.
        """
        super().close(wait=wait, abort=abort, reason=reason)
        if self._line and (abort or reason == self.server.reason.PING_TIMEOUT):
            self._line.hang_up()

    def schedule_ping(self) -> None:
        if self.last_ping:
            self.last_ping = None
            gevent.spawn_later(self.server.ping_interval, self._ping)

    def _ping(self) -> None:
        if not self.closing and not self.closed:
            self.last_ping = time.time()
            self.send(engineio.packet.Packet(engineio.packet.PING))


class WebSocket(SimpleWebSocketWSGI):  # type: ignore[misc]
    """What Engine.IO's server makes of a request: `handler` is called with it."""

    def __init__(self, handler: Callable[[Any], Any], server: object) -> None:
        super().__init__(handler, server)

    def __call__(self, environ: dict[str, Any], start_response: object) -> Any:
        environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
        self.ws = _Line(environ)
        return self.app(self)

    def hang_up(self) -> None:
        """End the line without a word."""
        self.ws.sock.hang_up()


class _Line(simple_websocket.Server):  # type: ignore[misc]
    """One that is read by whoever waits for a message."""

    def __init__(self, environ: dict[str, Any]) -> None:
        super().__init__(
            environ,
            receive_bytes=RECEIVE_BYTES,
            thread_class=_NoReader,
            event_class=gevent.event.Event,
        )
        self.sock: Any = _Whole(self.sock)

    def receive(self, timeout: None = None) -> str | bytes:
        """Wait for the next message.

        :raises ConnectionClosed: when there will be none.
        """
        while self.connected and not self.input_buffer:
            self._read()
        if self.input_buffer:
            message: str | bytes = self.input_buffer.pop(0)
            return message
        self.sock.close()
        raise simple_websocket.ConnectionClosed(self.close_reason, self.close_message)

    def _read(self) -> None:
        try:
            data = self.sock.recv(self.receive_bytes)
            if not data:
                raise ConnectionResetError
            self.ws.receive_data(data)
            self.connected = self._handle_events()
        except (OSError, LocalProtocolError):
            self.connected = False


class _NoReader:
    """In the place of the thread that simple_websocket would read with."""

    name = ""

    def __init__(self, target: object) -> None:
        pass

    def start(self) -> None:
        pass


class _Whole:
    """A socket whose `send` sends all of it, one message after another.

    simple_websocket expects that of `send`; to a slow phone it would send the beginning only.
    """

    def __init__(self, sock: socket.socket) -> None:
        self._sock, self._turn = sock, BoundedSemaphore(1)
        self.recv = sock.recv

    def send(self, data: bytes) -> None:
        with self._turn:
            self._sock.sendall(data)

    def close(self) -> None:
        self.hang_up()  # gevent's handler has the same line under another number, and would read on.
        self._sock.close()

    def hang_up(self) -> None:
        with suppress(OSError):  # It may have ended by itself.
            self._sock.shutdown(socket.SHUT_RDWR)
