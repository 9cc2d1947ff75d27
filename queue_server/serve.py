"""The queue server: builds desk, sockets and web application, and serves them with gevent."""

from __future__ import annotations

import argparse
import errno
import fcntl
import gc
import json
import logging
import os
import signal
import socket
import sqlite3
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from http import HTTPStatus
from pathlib import Path
from typing import IO, Any

import gevent
from flask_socketio import SocketIO
from gevent.pywsgi import WSGIHandler, WSGIServer
from werkzeug.wrappers import Request

from queue_server import accounts
from queue_server.alerting import Watch
from queue_server.desk import Desk
from queue_server.environment import HOSTS, Environment, WrongVariable, told
from queue_server.hall.refusal import Refused
from queue_server.outside.sms import Courier
from queue_server.problems import Problem
from queue_server.request_head import RequestHead
from queue_server.self_fill.drafts import erase_over
from queue_server.self_fill.handovers import Carrier
from queue_server.settings.reader import ConfigErrors
from queue_server.sockets import MESSAGE_BYTES, Sockets
from queue_server.storage.store import StorageError, open_database, private
from queue_server.web.app import create_app
from queue_server.web.identity import is_own_origin
from queue_server.websocket import lighten
from queue_server.wire import Code

log = logging.getLogger(__name__)

TICK_SECONDS = 1.0
SEARCH_AFTER_SECONDS = 3.0
"""A start has other things to do first."""
LAST_REQUESTS_SECONDS = 2.0
HEAD_BYTES = 1024
"""Read ahead of a request."""
COLLECT = (20_000, 10, 10)
"""New objects before Python's collector looks at the young ones; rounds of it before the older."""


RESTORE = "./run.sh check looks closer, ./run.sh restore FILE puts a backup in its place"


class NotStarted(Exception):
    """Why the server can't start, and the cure, in words for whoever starts it."""


def main(arguments: Sequence[str]) -> int:
    """Serve until SIGTERM or SIGINT; the exit code. Expects gevent's patches to be made."""
    parser = argparse.ArgumentParser(prog="./run.sh serve", description="The queue server alone.")
    parser.parse_args(arguments)
    try:
        environment = Environment.read()
        logging.basicConfig(level=environment.log, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
        _serve(environment)
    except (WrongVariable, NotStarted, ConfigErrors) as trouble:
        print(trouble, file=sys.stderr)
        return 2
    return 0


def _serve(environment: Environment) -> None:
    environment.make_folder()
    with _only_one(environment.lock):
        listener = _listen(environment.host, environment.port)
        desk = _open(environment, listener.getsockname()[1])

        def is_own(_origin: str, environ: dict[str, Any]) -> bool:
            return is_own_origin(Request(environ), desk.public_url)

        _tell_first_password(desk, environment)
        app = create_app(desk)
        socketio = SocketIO(
            app,
            async_mode="gevent",
            async_handlers=False,
            max_http_buffer_size=MESSAGE_BYTES,
            cors_allowed_origins=is_own,  # type: ignore[arg-type]  # its types know lists only
            ping_interval=10,
            ping_timeout=10,
        )
        lighten(socketio)
        sockets = Sockets(desk, socketio)
        server = WSGIServer(listener, app, log=None, error_log=log, handler_class=_Handler)
        _run(desk, sockets, server, Courier(desk, environment.sms_token, environment.data))


def _open(environment: Environment, port: int) -> Desk:
    if environment.database.exists() and not environment.key_file.exists():
        # A new key would end every slip's code, and find nobody again by ID or phone number.
        raise NotStarted(
            f"{environment.key_file} is missing, the key of this hall's data: "
            "put it back, or set HALL_KEY_FILE to where it is"
        )
    try:
        if (
            environment.database.exists()
            and not environment.signing_keys.exists()
            and _has_signed(environment)
        ):
            # A new key would call every permit that is out there a forgery.
            raise NotStarted(
                f"{environment.signing_keys} is missing, the keys that signed this hall's permits: "
                "put it back, or set HALL_SIGNING_KEYS to where it is"
            )
        desk = Desk(environment, time.time, _address(environment.host, port))
    except WrongVariable:
        raise
    except (StorageError, OSError, ValueError, RuntimeError, sqlite3.OperationalError) as trouble:
        raise NotStarted(f"the hall's data in {environment.data} can't be used: {trouble}") from trouble
    except sqlite3.DatabaseError as trouble:
        raise NotStarted(f"{environment.database} can't be read ({trouble}): {RESTORE}") from trouble
    except Refused as misfit:
        why = Problem.of(misfit).body("en")["detail"]
        raise NotStarted(f"the config does not fit the running day ({misfit.field}): {why}") from None
    engine = desk.engine
    if engine.today() < engine.day.date:
        raise NotStarted(
            f"the clock says {engine.today()}, but {engine.day.date} is recorded already: "
            "set the clock, then start again"
        )
    return desk


def _has_signed(environment: Environment) -> bool:
    with closing(open_database(environment.database)) as db:
        return db.execute("SELECT 1 FROM permits LIMIT 1").fetchone() is not None


def _run(desk: Desk, sockets: Sockets, server: WSGIServer, courier: Courier) -> None:
    watch = Watch(desk, sockets.teller)
    loops: list[gevent.Greenlet[..., object]] = [
        gevent.spawn(desk.engine.run),
        gevent.spawn(sockets.teller.run),
        gevent.spawn(_every_second, "hall", desk.engine.tick, sockets.teller.tick),
        gevent.spawn(_every_second, "watch", desk.free_windows, watch.tick),
        gevent.spawn(_every_second, "texts", courier.tick),
        gevent.spawn(_every_second, "hand-over", Carrier(desk).tick),
        gevent.spawn(_every_second, "forms", lambda: erase_over(desk)),
        gevent.spawn_later(SEARCH_AFTER_SECONDS, _ready_to_search, desk),
    ]
    for number in (signal.SIGTERM, signal.SIGINT):
        gevent.signal_handler(number, server.close)
    _collect_seldom()
    log.info("serving day %s at http://%s:%s", desk.engine.day.date, *server.address[:2])
    server.serve_forever(stop_timeout=LAST_REQUESTS_SECONDS)
    gevent.killall(loops)
    desk.press.close()
    desk.searcher.worker.stop()
    desk.engine.close()


def _ready_to_search(desk: Desk) -> None:
    desk.searcher.prepare()


def _collect_seldom() -> None:
    """Python's collector walks all that lives; over a day and a catalogue it holds up everyone for 0.1 s.

    What is there already stays: leave it out, and look through the rest less often.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT)


def _every_second(name: str, *works: Callable[[], None]) -> None:
    """One that breaks is logged and comes again; the others go on."""
    while True:
        for work in works:
            try:
                work()
            except StorageError as trouble:
                log.error("%s: not kept, will be tried again: %s", name, trouble)
            except Exception:
                log.exception("%s broke", name)
        gevent.sleep(TICK_SECONDS)


def _listen(host: str, port: int) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # Accepted sockets inherit it; without it keep-alive answers wait 40 ms for the client's ACK.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        listener.bind((host, port))
        listener.listen(512)
    except (OSError, UnicodeError) as trouble:
        raise NotStarted(_why_deaf(trouble, host, port)) from None
    return listener


def _why_deaf(trouble: Exception, host: str, port: int) -> str:
    """Which variable keeps the server from listening, and its cure."""
    match trouble:
        case OSError(errno=errno.EADDRINUSE):
            return f"HALL_PORT: something listens on {host}:{port} already: stop it, or choose another port"
        case PermissionError():
            return f"HALL_PORT: this user may not listen on port {port}: choose one from 1024 on"
    return f"HALL_HOST is {HOSTS}; found {host!r} ({told(trouble)})"


def _address(host: str, port: int) -> str:
    """The URL that others can reach; for "every address" that of this machine's own name."""
    if host in ("0.0.0.0", "::", ""):
        host = socket.gethostname()
        with suppress(OSError):  # where nobody else knows that name, it is at least a name
            host = socket.gethostbyname(host)
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def _refusal(status: str) -> bytes:
    """A whole answer to a request whose head can't be used."""
    problem = Problem(Code.ADDRESS_TOO_LONG) if status == "414" else Problem(Code.INVALID, "bad-head")
    body = json.dumps(problem.body("zh"), ensure_ascii=False).encode()
    head = (
        f"HTTP/1.1 {problem.status} {HTTPStatus(problem.status).phrase}",
        "Connection: close",
        "Content-Type: application/problem+json",
        "Content-Language: zh-CN",
        f"Content-Length: {len(body)}",
    )
    return "\r\n".join([*head, "", ""]).encode() + body


class _Handler(WSGIHandler):
    """gevent's handler, with what a hall of long-lived, busy connections needs."""

    def __init__(self, sock: Any, address: Any, server: WSGIServer) -> None:
        super().__init__(sock, address, server)
        # The reader of a request stays as long as its line, and a phone's line stays for hours.
        self.rfile = sock.makefile("rb", HEAD_BYTES)

    def MessageClass(self, stream: IO[bytes], *_: int) -> RequestHead:  # type: ignore[override]
        return RequestHead.read(stream)

    def handle_one_request(self) -> Any:
        """What gevent refuses before anybody reads it is a problem like all others, in the usual language."""
        answer = super().handle_one_request()
        return (answer[0], _refusal(answer[0])) if isinstance(answer, tuple) else answer

    def log_request(self) -> None:
        """Nothing: the addresses of phones' pages hold secrets, and the line costs time."""

    def _write_with_headers(self, data: bytes) -> None:
        """Head and body in one piece: one call of the system, and one packet, instead of two."""
        head: list[bytes] = []
        self._sendall = head.append
        try:
            super()._write_with_headers(data)  # type: ignore[misc]
        finally:
            del self._sendall
        self._sendall(b"".join(head))


class _only_one:
    """An flock, held while the server runs: two servers on one database would both be wrong."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: IO[str] | None = None

    def __enter__(self) -> None:
        self._file = private(self._path).open("a+")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise NotStarted(f"a server already runs on {self._path.parent}: stop it first") from None
        self._file.truncate(0)
        self._file.write(f"{os.getpid()}\n")
        self._file.flush()

    def __exit__(self, *_exception: object) -> None:
        if self._file:
            self._file.close()


def _tell_first_password(desk: Desk, environment: Environment) -> None:
    """Printed once, to the terminal, not into a log."""
    now = desk.engine.now()
    try:
        password = desk.engine.write(lambda db: accounts.first_admin(db, environment.admin_password, now))
    except ValueError as wrong:
        raise NotStarted(
            f"HALL_ADMIN_PASSWORD: {wrong}; choose another, or set none and take the one that is printed"
        ) from None
    if password:
        print(f"First administrator: {accounts.FIRST_ADMIN}   password: {password}", flush=True)
        print("It is shown only now, and must be changed at the first log-in.", flush=True)
