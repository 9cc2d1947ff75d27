"""The demo as a newcomer starts it: the real hall, with simulated people in it."""

from __future__ import annotations

import fcntl
import os
import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from queue_server.demo.demo import PASSWORD, YOU, YOUR_WINDOW, main, staffed
from queue_server.outside.sms import SIMULATED
from tests.conftest import ROOT, Hall, free_port, until

GROUPS = {"general", "issuing", "fees", "assistance", "complaints"}
FILLED_SECONDS = 90.0


@dataclass
class Demo:
    """A running `python -m queue_server demo`."""

    process: subprocess.Popen[bytes]
    environment: dict[str, str]
    hall: Hall

    def have(self, query: str) -> set[Any]:
        """What a query finds on the demo's disk."""
        database = Path(self.environment["HALL_DATA"]) / "demo" / "hall.db"
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as db:
            return {row[0] for row in db.execute(query)}

    def serves(self) -> bool:
        try:
            return self.hall.call("GET", "/healthz", prefix="").status == 200
        except OSError:
            return False


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "queue_server", "demo", *arguments]


def environment(folder: Path, port: int) -> dict[str, str]:
    own = {"HALL_DATA": str(folder), "HALL_PORT": str(port), "HALL_HOST": "127.0.0.1", "HALL_LOG": "WARNING"}
    screens = ("DISPLAY", "WAYLAND_DISPLAY", "HALL_CONFIG")
    return {name: value for name, value in os.environ.items() if name not in screens} | own


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    port = free_port()
    variables = environment(tmp_path, port)
    process = subprocess.Popen(command("--speed", "3600"), cwd=ROOT, env=variables)
    yield Demo(process, variables, Hall(tmp_path, port=port))
    process.terminate()
    process.wait(30)


def test_it_fills_the_hall_and_stops_with_everything_it_started(demo: Demo) -> None:
    until(demo.serves, FILLED_SECONDS)
    wanted = {
        "TicketCalled", "StepFinished", "TicketParked", "ServiceRated", "NoticePosted", "FormSaved",
        "FormFinished", "MaterialsTicked",
    }  # fmt: skip
    until(lambda: demo.have("SELECT kind FROM events") >= wanted, FILLED_SECONDS)
    finished = "SELECT group_id FROM steps WHERE state = 'finished'"
    until(lambda: demo.have(finished) >= GROUPS, FILLED_SECONDS)
    until(lambda: demo.have("SELECT channel FROM ratings") >= {"evaluator", "phone"}, FILLED_SECONDS)

    # Some want texts, which are simulated; a newcomer reads them in a file, and nobody's number.
    texts = Path(demo.environment["HALL_DATA"]) / "demo" / SIMULATED
    until(lambda: texts.exists() and "窗口" in texts.read_text("utf-8"), FILLED_SECONDS)
    assert not re.search(r"138\d{8}", texts.read_text("utf-8"))

    # Its window is left to whoever looks, who can log in as a clerk and as the manager.
    for username in (YOU, "admin"):
        log_in = demo.hall.post("/sessions", {"username": username, "password": PASSWORD})
        assert log_in.status == 200
    yours = demo.hall.get(f"/windows/{YOUR_WINDOW}", log_in.json["token"]).json
    assert yours["state"] == "closed"

    # A second one would wipe the first one's data.
    second = subprocess.run(command(), cwd=ROOT, env=demo.environment, capture_output=True, timeout=30)
    assert second.returncode == 1
    assert demo.have(finished) >= GROUPS

    demo.process.send_signal(signal.SIGTERM)
    assert demo.process.wait(30) == 0
    with pytest.raises(OSError):
        demo.hall.call("GET", "/healthz", prefix="")
    with (Path(demo.environment["HALL_DATA"]) / "demo" / "hall.lock").open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)


@pytest.mark.parametrize("speed", ["0", "-1", "nan", "100000", "fast"])
def test_a_speed_that_is_none_is_refused_before_anything_is_touched(speed: str) -> None:
    with pytest.raises(SystemExit) as refused:
        main([f"--speed={speed}"])
    assert refused.value.code == 2


def test_it_keeps_to_this_machine(tmp_path: Path) -> None:
    variables = environment(tmp_path, 1) | {"HALL_HOST": "192.0.2.1"}
    assert subprocess.run(command(), cwd=ROOT, env=variables, timeout=30).returncode == 1
    assert not list(tmp_path.iterdir())


def test_each_group_soon_has_a_clerk_and_your_window_stays_yours() -> None:
    numbers = range(1, 13)
    windows = [{"number": n, "groups": ["general"] if n <= 8 else ["fees"]} for n in numbers]
    found = staffed(windows)
    assert list(found) == [1, 9, 2, 10, 3, 11, 4, 6, 7][: len(found)]
    assert YOUR_WINDOW not in found
    assert found[9] == ["fees"]
