"""A system outside the hall, on this machine: keeps what it is sent and answers as it is told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any


@dataclass
class FarEnd:
    status: int = 200
    answer: str = '{"code": 0}'
    got: list[tuple[dict[str, str], str]] = field(default_factory=list)
    """Headers and body of each request, as they came."""
    paths: list[str] = field(default_factory=list)
    may_answer: Event = field(default_factory=Event)
    url: str = ""

    def __post_init__(self) -> None:
        self.may_answer.set()

    @property
    def bodies(self) -> list[Any]:
        return [json.loads(body) for _, body in self.got]


@contextmanager
def far_end() -> Iterator[FarEnd]:
    one = FarEnd()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            one.paths.append(self.path)
            one.got.append((dict(self.headers), body))
            one.may_answer.wait(20)
            self.send_response(one.status)
            self.send_header("Location", "/log-in")
            self.end_headers()
            self.wfile.write(one.answer.encode())

        def log_message(self, *_words: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    one.url = f"http://127.0.0.1:{server.server_port}/send"
    Thread(target=server.serve_forever, daemon=True).start()
    yield one
    one.may_answer.set()
    server.shutdown()
    server.server_close()
