"""Numbers issued per second over HTTP, each on disk before it is answered."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import gevent

from queue_server.wire import API, Body, Kind, Role
from tests.bench.figures import Figures, milliseconds
from tests.bench.halls import a_hall
from tests.bench.lines import HttpClient, Wire
from tests.conftest import ROOT, free_port, until

CLIENTS = (1, 8, 64)
SECONDS = 4.0
DISK_SECONDS = 1.0
LEAST_SHARE = 0.5


def run() -> Figures:
    """The hall, a bare Flask on the same server, and the bare disk, one after the other."""
    figures: Figures = {"disk_commits_per_s": _disk()}
    with _hello() as port:
        for clients in CLIENTS:
            figures[f"hello_{clients}"] = _load(port, "", clients, "GET", "/", None)
    with a_hall() as hall:
        token = hall.token(Kind.API, "bench", Role.CLERK)
        # The first search waits until the catalogue's index is made, which would else be measured as well.
        HttpClient(hall.port, token).ask("GET", f"{API}/services?q=gjj")
        for clients in CLIENTS:
            before = hall.batches()
            one = _load(hall.port, token, clients, "POST", f"{API}/tickets", {"group": "general"})
            tickets, commits = (now - then for now, then in zip(hall.batches(), before, strict=True))
            figures[f"tickets_{clients}"] = {**one, "per_commit": round(tickets / commits, 2)}
    most = CLIENTS[-1]
    share = figures[f"tickets_{most}"]["per_s"] / figures[f"hello_{most}"]["per_s"]
    figures["share_of_hello"] = round(share, 2)
    figures["goal"] = {"share_of_hello": LEAST_SHARE, "per_commit": 1}
    figures["met"] = share >= LEAST_SHARE and figures[f"tickets_{most}"]["per_commit"] > 1
    return figures


def _load(port: int, token: str, clients: int, method: str, path: str, body: Body | None) -> Figures:
    """As many requests as so many clients get answered, each asking as soon as it was answered."""
    latencies: list[float] = []
    began = time.perf_counter()

    def ask(client: HttpClient) -> None:
        while (asked := time.perf_counter()) - began < SECONDS:
            status, answer = client.ask(method, path, body)
            if status not in (200, 201):
                raise RuntimeError(f"{status}: {answer.decode()}")
            latencies.append(time.perf_counter() - asked)

    gevent.joinall([gevent.spawn(ask, HttpClient(port, token)) for _ in range(clients)], raise_error=True)
    rate = len(latencies) / (time.perf_counter() - began)
    return {"per_s": round(rate), **milliseconds(latencies)}


@contextmanager
def _hello() -> Iterator[int]:
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", "tests.bench.hello", str(port)], cwd=ROOT)
    try:
        until(lambda: _listens(port))
        yield port
    finally:
        process.terminate()
        process.wait()


def _listens(port: int) -> bool:
    try:
        Wire(port).socket.close()
    except OSError:
        return False
    return True


def _disk() -> int:
    """Bare commits per second: one row each, WAL, `synchronous=FULL`."""
    with (
        tempfile.TemporaryDirectory(prefix="hall-bench-") as folder,
        closing(sqlite3.connect(Path(folder) / "bare.db", isolation_level=None)) as db,
    ):
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA synchronous=FULL")
        db.execute("CREATE TABLE one (id INTEGER PRIMARY KEY, text TEXT)")
        began, count = time.perf_counter(), 0
        while time.perf_counter() - began < DISK_SECONDS:
            db.execute("INSERT INTO one (text) VALUES ('a row')")
            count += 1
    return round(count / DISK_SECONDS)
