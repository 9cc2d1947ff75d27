"""A phone's line, over real sockets: who vanishes without a word leaves nothing behind that waits."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import gevent
import pytest
from flask import Flask
from flask_socketio import SocketIO
from gevent import socket
from gevent.pywsgi import WSGIServer

from queue_server.websocket import lighten

PING_SECONDS = 0.2
PATIENCE_SECONDS = 20.0
MORE_THAN_BUFFERS_HOLD = 32 * 1024 * 1024
REQUEST = (
    b"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    b"Upgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n"
)
SAYS_CLOSE = bytes([0x88, 0x80, 0, 0, 0, 0])


class Server:
    """One that pings often, and a phone at a time that connects and never answers a ping."""

    def __init__(self) -> None:
        app = Flask(__name__)
        self.socketio = SocketIO(
            app, async_mode="gevent", ping_interval=PING_SECONDS, ping_timeout=PING_SECONDS
        )
        lighten(self.socketio)
        self.wsgi = WSGIServer(("127.0.0.1", 0), app, log=None)
        self.wsgi.start()

    def phone(self) -> socket.socket:
        phone = socket.create_connection(("127.0.0.1", self.wsgi.server_port), timeout=PATIENCE_SECONDS)
        phone.sendall(REQUEST)
        received = b""
        while b"pingInterval" not in received:
            received += phone.recv(4096)
        return phone

    def send(self, text: str) -> None:
        (sid,) = self.socketio.server.eio.sockets
        self.socketio.server.eio.send(sid, text)


@pytest.fixture
def server() -> Iterator[Server]:
    """One with what it keeps from its first phone on."""
    server = Server()
    with server.phone() as phone:
        phone.sendall(SAYS_CLOSE)
        read_to_the_end(phone)
    wait_until_there_wait(1)  # Engine.IO's own, which looks after all lines.
    yield server
    server.socketio.server.eio.shutdown()
    server.wsgi.stop(timeout=0)
    wait_until_there_wait(0)


def read_to_the_end(phone: socket.socket) -> None:
    while phone.recv(65536):
        pass


def wait_until_there_wait(count: int) -> None:
    """Greenlets of the server's."""
    with gevent.Timeout(PATIENCE_SECONDS):
        while waiting() != count:
            gevent.sleep(0.01)


def waiting() -> int:
    return sum(isinstance(one, gevent.Greenlet) and not one.dead for one in gc.get_objects())


def test_a_phone_that_vanished_leaves_nobody_waiting(server: Server) -> None:
    with server.phone() as phone:
        wait_until_there_wait(1)
        read_to_the_end(phone)


def test_nor_does_one_that_no_longer_reads(server: Server) -> None:
    with server.phone() as phone:
        server.send("x" * MORE_THAN_BUFFERS_HOLD)
        wait_until_there_wait(1)
        read_to_the_end(phone)
