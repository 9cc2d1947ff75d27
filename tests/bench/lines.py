"""Lean clients on gevent: thousands of them must cost less than the server that is measured."""

from __future__ import annotations

import json
import os
import struct
import time
from collections.abc import Callable
from typing import Any

import gevent
from gevent import socket
from gevent.event import AsyncResult, Event

Body = dict[str, Any]
Heard = Callable[[str, str, float], None]
"""Hears a message's name, its raw text, and when it came (`perf_counter`)."""

PATIENCE = 60.0
TEXT, CLOSE, PING, PONG = 1, 8, 9, 10


class Wire:
    """A TCP connection that is read by lines and by counts."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._buffer = b""

    def until(self, mark: bytes) -> bytes:
        while mark not in self._buffer:
            self._more()
        head, self._buffer = self._buffer.split(mark, 1)
        return head

    def exactly(self, count: int) -> bytes:
        while len(self._buffer) < count:
            self._more()
        data, self._buffer = self._buffer[:count], self._buffer[count:]
        return data

    def _more(self) -> None:
        data = self.socket.recv(65536)
        if not data:
            raise ConnectionError("the server hung up")
        self._buffer += data


class HttpClient:
    """One keep-alive connection."""

    def __init__(self, port: int, token: str = "") -> None:
        self._wire = Wire(port)
        self._head = f"Host: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
        if token:
            self._head += f"Authorization: Bearer {token}\r\n"

    def ask(self, method: str, path: str, body: Body | None = None) -> tuple[int, bytes]:
        """An answer's status and body."""
        data = b"" if body is None else json.dumps(body).encode()
        head = f"{method} {path} HTTP/1.1\r\n{self._head}Content-Length: {len(data)}\r\n\r\n"
        self._wire.socket.sendall(head.encode() + data)
        answer = self._wire.until(b"\r\n\r\n").decode("latin-1")
        status = int(answer[9:12])
        length = next(
            (int(line[15:]) for line in answer.split("\r\n") if line.lower().startswith("content-length:")), 0
        )
        return status, self._wire.exactly(length)


class SocketClient:
    """One Socket.IO connection to one namespace."""

    def __init__(self, port: int, namespace: str, auth: Body, heard: Heard = lambda *_: None) -> None:
        self._namespace, self._auth, self._heard = namespace, auth, heard
        self._acks: dict[int, AsyncResult[Any]] = {}
        self._up = Event()
        self._wire = Wire(port)
        self._wire.socket.settimeout(None)
        self._shake_hands(port)
        self._reader = gevent.spawn(self._read)
        if not self._up.wait(PATIENCE):
            raise ConnectionError(f"no answer at {namespace}")

    def call(self, name: str, body: Body) -> Body:
        """Send a message; its ack."""
        number = len(self._acks)
        ack = self._acks[number] = AsyncResult()
        self._send(f"42{self._namespace},{number}{json.dumps([name, body])}")
        answer: list[Body] = ack.get(timeout=PATIENCE)
        return answer[0]

    def close(self) -> None:
        self._reader.kill()
        self._wire.socket.close()

    def _shake_hands(self, port: int) -> None:
        self._wire.socket.sendall(
            b"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nUpgrade: websocket\r\n"
            b"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" + f"Host: 127.0.0.1:{port}\r\n\r\n".encode()
        )
        answer = self._wire.until(b"\r\n\r\n")
        if b" 101 " not in answer.split(b"\r\n")[0]:
            raise ConnectionError(answer.decode("latin-1"))

    def _read(self) -> None:
        while True:
            kind, data = self._frame()
            if kind == PING:
                self._send_frame(PONG, data)
            elif kind == TEXT:
                self._packet(data.decode(), time.perf_counter())
            elif kind == CLOSE:
                raise ConnectionError(f"the server hung up at {self._namespace}")

    def _packet(self, text: str, now: float) -> None:
        if text.startswith("0"):
            self._send(f"40{self._namespace},{json.dumps(self._auth)}")
        elif text == "2":
            self._send("3")
        elif text.startswith("40"):
            self._up.set()
        elif text.startswith("42"):
            name = text[text.index('["') + 2 : text.index('",')]
            self._heard(name, text, now)
        elif text.startswith("43"):
            number, answer = text.split(",", 1)[1].split("[", 1)
            self._acks[int(number)].set(json.loads("[" + answer))
        elif text.startswith("44"):
            raise ConnectionError(f"refused: {text}")

    def _frame(self) -> tuple[int, bytes]:
        first, second = self._wire.exactly(2)
        length = second & 127
        if length == 126:
            (length,) = struct.unpack("!H", self._wire.exactly(2))
        elif length == 127:
            (length,) = struct.unpack("!Q", self._wire.exactly(8))
        return first & 15, self._wire.exactly(length)

    def _send(self, text: str) -> None:
        self._send_frame(TEXT, text.encode())

    def _send_frame(self, kind: int, data: bytes) -> None:
        length = len(data)
        head = (
            bytes([128 | kind, 128 | length])
            if length < 126
            else struct.pack("!BBH", 128 | kind, 254, length)
        )
        mask = os.urandom(4)
        whole = int.from_bytes((mask * (length // 4 + 1))[:length], "big") ^ int.from_bytes(data, "big")
        self._wire.socket.sendall(head + mask + whole.to_bytes(length, "big"))


def body_of(text: str) -> Body:
    """The body of a raw message."""
    body: Body = json.loads(text[text.index("[") :])[1]
    return body
