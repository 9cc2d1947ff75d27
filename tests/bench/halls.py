"""The server under measurement, in a process and a folder of its own."""

from __future__ import annotations

import os
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import closing
from pathlib import Path
from types import TracebackType

from queue_server.accounts import make_token
from queue_server.store import open_database
from queue_server.wire import Kind, Role

ROOT = Path(__file__).parents[2]
START_SECONDS = 30.0


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


class Hall:
    """A hall as shipped, on this machine's own disk: `folder` is where the answer would be kept."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="hall-bench-")
        self.data = Path(self._folder.name)
        self.port = free_port()
        self.start()

    def start(self) -> float:
        """Start the server; seconds until it answers."""
        began = time.perf_counter()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "queue_server", "serve"],
            cwd=ROOT,
            env={
                **os.environ,
                "HALL_CONFIG": str(ROOT / "config" / "hall.toml"),
                "HALL_DATA": str(self.data),
                "HALL_HOST": "127.0.0.1",
                "HALL_PORT": str(self.port),
                "HALL_KEY_FILE": "",
                "HALL_LOG": "WARNING",
                "HALL_ADMIN_PASSWORD": "bench-of-the-hall",
            },
            stdout=subprocess.DEVNULL,
        )
        while time.perf_counter() - began < START_SECONDS:
            if self._process.poll() is not None:
                raise RuntimeError(f"the server ended with {self._process.returncode}")
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=5):
                    return time.perf_counter() - began
            except (urllib.error.URLError, OSError):
                time.sleep(0.01)
        raise RuntimeError("the server did not answer")

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def token(self, kind: Kind, id: str, role: Role | None = None) -> str:
        with closing(open_database(self.data / "hall.db")) as db:
            return make_token(db, kind, id, role, time.time())

    def batches(self) -> tuple[int, int]:
        """Tickets issued so far, and the commits that they took: what is decided together has one time."""
        with closing(sqlite3.connect(self.data / "hall.db")) as db:
            query = "SELECT count(*), count(DISTINCT at) FROM events WHERE kind = 'TicketTaken'"
            tickets, commits = db.execute(query).fetchone()
            return tickets, commits

    def most_memory(self) -> float:
        """The most that the server ever held, in MB."""
        status = Path(f"/proc/{self._process.pid}/status").read_text("ascii")
        (peak,) = (line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))
        return int(peak) / 1024

    def __enter__(self) -> Hall:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        try:
            self._process.wait(START_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
        self._folder.cleanup()
