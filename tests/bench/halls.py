"""The server under measurement, in a process and a folder of its own."""

from __future__ import annotations

import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from queue_server.wire import Kind, Role
from tests import conftest


@dataclass
class MeasuredHall:
    """A hall as shipped, on this machine's own disk."""

    hall: conftest.Hall

    @property
    def port(self) -> int:
        return self.hall.port

    def start(self) -> float:
        """Start the server; seconds until it answers."""
        began = time.perf_counter()
        self.hall.start()
        return time.perf_counter() - began

    def kill(self) -> None:
        self.hall.kill()

    def token(self, kind: Kind, id: str, role: Role | None = None) -> str:
        return self.hall.token(kind, id, role)

    def batches(self) -> tuple[int, int]:
        """Tickets issued so far, and the commits that they took: what is decided together has one time."""
        with closing(sqlite3.connect(self.hall.data / "hall.db")) as db:
            query = "SELECT count(*), count(DISTINCT at) FROM events WHERE kind = 'TicketTaken'"
            tickets, commits = db.execute(query).fetchone()
            return tickets, commits

    def most_memory(self) -> float:
        """The most that the server and its workers ever held, in MB."""
        assert self.hall.process
        return sum(map(_most_memory, _with_children(self.hall.process.pid))) / 1024


def _with_children(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
    return [pid, *(one for child in children for one in _with_children(int(child)))]


def _most_memory(pid: int) -> int:
    """In kB."""
    status = Path(f"/proc/{pid}/status").read_text("ascii")
    (peak,) = (line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))
    return int(peak)


@contextmanager
def a_hall() -> Iterator[MeasuredHall]:
    """A running hall; gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="hall-bench-") as folder:
        hall = conftest.lay_out(Path(folder))
        hall.variables = {"HALL_LOG": "WARNING"}
        try:
            hall.start()
            yield MeasuredHall(hall)
        finally:
            hall.stop()
