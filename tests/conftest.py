"""What tests of the whole hall share: a real server in a process of its own, a browser, and waiting
for facts.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import settings
from playwright.sync_api import Browser, sync_playwright

from queue_server.accounts import make_token
from queue_server.storage.store import open_database
from queue_server.wire import Kind, Role

# What an example takes is no property of ours: a loaded machine must fail no test.
settings.register_profile("hall", deadline=None)
settings.load_profile("hall")

ROOT = Path(__file__).parents[1]
START_SECONDS = 30.0
SHANGHAI = ZoneInfo("Asia/Shanghai")
"""The zone of the shipped hall."""

CHROMIUM = "/usr/bin/chromium"
CLOCK_OF_THE_TEST = """
import pathlib, time
real, shown = time.time, pathlib.Path(__file__).with_name("ahead")
time.time = lambda: real() + float(shown.read_text())
"""

QUIET = (
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def until(condition: Callable[[], Any], seconds: float = 10.0) -> Any:
    """Wait until a condition gives something true, and give it; fails when it takes longer."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError(f"still not so after {seconds} s: {condition}")


@dataclass
class Reply:
    """An answer over HTTP; `json` is None where there was no body."""

    status: int
    json: Any
    headers: dict[str, str]


@dataclass
class Hall:
    """A server process on loopback with data of its own, which it keeps from start to start."""

    folder: Path
    admin_password: str = "hall-tests-1"
    port: int = 0
    variables: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    @property
    def config(self) -> Path:
        return self.folder / "hall.toml"

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def log(self) -> str:
        return (self.folder / "server.log").read_text("utf-8")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "HALL_CONFIG": str(self.config),
            "HALL_DATA": str(self.data),
            "HALL_HOST": "127.0.0.1",
            "HALL_PORT": str(self.port),
            "HALL_ADMIN_PASSWORD": self.admin_password,
            "PYTHONPATH": str(ROOT),
            **self.variables,
        }

    def set_clock(self, to: datetime) -> None:
        """Put the server's clock; the first time before `start`."""
        folder = self.folder / "clock"
        folder.mkdir(exist_ok=True)
        (folder / "sitecustomize.py").write_text(CLOCK_OF_THE_TEST, "utf-8")
        self.variables = {**self.variables, "PYTHONPATH": f"{ROOT}{os.pathsep}{folder}"}
        (folder / "new").write_text(str(to.timestamp() - time.time()), "utf-8")
        (folder / "new").replace(folder / "ahead")

    def start(self) -> None:
        """Start it (again), and wait until it serves."""
        self.launch()
        until(self._serves, START_SECONDS)

    def launch(self) -> None:
        """Start the process, whatever becomes of it."""
        if self.port == 0:
            self.port = free_port()
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "queue_server", "serve"],
                cwd=self.folder,
                env=self.environment(),
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def _serves(self) -> bool:
        assert self.process
        if self.process.poll() is not None:
            raise AssertionError(f"the server ended with {self.process.returncode}:\n{self.log}")
        try:
            return self.call("GET", "/healthz", prefix="").status == 200
        except OSError:
            return False

    def kill(self) -> None:
        """As a power cut would: SIGKILL."""
        if self.process:
            self.process.kill()
            self.process.wait(timeout=10)

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(timeout=15)

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """One of the operator's commands, on this hall's data."""
        return subprocess.run(
            [sys.executable, "-m", "queue_server", *arguments],
            cwd=self.folder,
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def token(self, kind: str, id: str, role: str | None = None) -> str:
        """A new token, as the command `token` makes it."""
        with closing(open_database(self.data / "hall.db")) as db:
            return make_token(db, Kind(kind), id, Role(role) if role else None, time.time())

    def get(self, path: str, token: str | None = None) -> Reply:
        return self.call("GET", path, token=token)

    def post(self, path: str, body: Any = None, token: str | None = None, key: str | None = None) -> Reply:
        return self.call("POST", path, {} if body is None else body, token=token, key=key)

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        token: str | None = None,
        key: str | None = None,
        headers: dict[str, str] | None = None,
        prefix: str = "/api/v1",
    ) -> Reply:
        """A request; a refusal is an answer like another."""
        sent = {"Content-Type": "application/json"} if body is not None else {}
        sent |= {"Authorization": f"Bearer {token}"} if token else {}
        sent |= {"Idempotency-Key": key} if key else {}
        data = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            f"{self.url}{prefix}{path}", data, {**sent, **(headers or {})}, method=method
        )
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return _reply(answer.status, answer.read(), dict(answer.headers))
        except urllib.error.HTTPError as refused:
            return _reply(refused.code, refused.read(), dict(refused.headers))


def _reply(status: int, data: bytes, headers: dict[str, str]) -> Reply:
    is_json = "json" in headers.get("Content-Type", "")
    return Reply(status, json.loads(data) if data and is_json else data.decode() or None, headers)


def _ports() -> Iterator[int]:
    """No two tests that run side by side get the same: each of eight workers deals its own, none of which the
    system gives to a connection.
    """
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 8
    first = 12_000 + 2_500 * worker
    yield from range(first + os.getpid() % 1_000, first + 2_500)


_dealt = _ports()


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    import socket

    for port in _dealt:
        with socket.socket() as one, suppress(OSError):
            one.bind(("127.0.0.1", port))
            return port
    raise AssertionError("all ports for tests are taken")


def lay_out(folder: Path) -> Hall:
    """A hall with the shipped config, not yet started: its `config` may still be edited."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(ROOT / "config" / "hall.toml", folder / "hall.toml")
    return Hall(folder)


@pytest.fixture
def still_hall(tmp_path: Path) -> Iterator[Hall]:
    """A hall that a test starts itself, after it has edited `config`."""
    hall = lay_out(tmp_path / "hall")
    yield hall
    hall.kill()


@pytest.fixture
def hall(still_hall: Hall) -> Hall:
    """A running hall, as shipped, with a day of its own."""
    still_hall.start()
    return still_hall


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield browser
        browser.close()
