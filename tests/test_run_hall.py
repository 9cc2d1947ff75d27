"""The whole hall on one machine, as `./run.sh` starts it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests import stage
from tests.conftest import ROOT, Hall, free_port, until

WITHOUT_SCREEN = {"DISPLAY": "", "WAYLAND_DISPLAY": ""}
START_SECONDS = 60.0


class Running:
    """A hall's process and what it has printed."""

    def __init__(self, hall: Hall, screen: dict[str, str]) -> None:
        hall.port = free_port()
        self._said = hall.folder / "said"
        with self._said.open("wb") as said:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "queue_server", "run"],
                cwd=hall.folder,
                env={**hall.environment(), "KIVY_HOME": str(hall.folder), **screen},
                stdout=said,
                stderr=subprocess.STDOUT,
            )

    def said(self) -> str:
        return self._said.read_text("utf-8")

    def says(self, words: str) -> None:
        until(lambda: words in self.said(), START_SECONDS)

    def child(self, module: str) -> int | None:
        """The process that runs a module."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text("ascii")
        for child in children.split():
            if f"-m\0{module}\0" in Path(f"/proc/{child}/cmdline").read_text("utf-8"):
                return int(child)
        return None

    def end(self, by: signal.Signals) -> int:
        self.process.send_signal(by)
        return self.process.wait(30)


@contextmanager
def running(hall: Hall, screen: dict[str, str]) -> Iterator[Running]:
    run = Running(hall, screen)
    try:
        yield run
    finally:
        run.end(signal.SIGTERM)


def answers(hall: Hall) -> bool:
    try:
        return hall.get("/hall").status == 200
    except OSError:
        return False


def test_without_a_screen_the_server_runs_alone_and_says_what_to_do(still_hall: Hall) -> None:
    still_hall.variables = {"HALL_ADMIN_PASSWORD": ""}
    with running(still_hall, WITHOUT_SCREEN) as run:
        run.says("xvfb-run")
        said = run.said()
        for address in ("/", "/counter?window=5", "/manager"):
            assert f"{still_hall.url}{address}\n" in said
        assert "First administrator: admin   password: " in said
        assert run.child("kiosk") is None
        assert still_hall.get("/hall").status == 200


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_it_ends_with_all_its_programs(still_hall: Hall, by: signal.Signals) -> None:
    with running(still_hall, WITHOUT_SCREEN) as run:
        run.says("The hall runs.")
        server = run.child("queue_server")
        assert run.end(by) == 0
        assert not Path(f"/proc/{server}").exists()


def test_a_server_that_falls_over_is_started_again(still_hall: Hall) -> None:
    with running(still_hall, WITHOUT_SCREEN) as run:
        run.says("The hall runs.")
        server = run.child("queue_server")
        assert server
        os.kill(server, signal.SIGKILL)
        run.says("the server fell over (exit -9); starting it again")
        until(lambda: answers(still_hall), START_SECONDS)


def test_with_a_screen_kiosk_and_board_run_and_come_back(still_hall: Hall) -> None:
    screen = stage.Screen(1920, 1080)
    try:
        with running(still_hall, {"DISPLAY": screen.name, "SDL_AUDIODRIVER": "dummy"}) as run:
            run.says("The hall runs.")
            kiosk = until(lambda: run.child("kiosk"))
            assert until(lambda: run.child("display_board"))
            os.kill(kiosk, signal.SIGKILL)
            run.says("the kiosk fell over (exit -9); starting it again")
            until(lambda: run.child("kiosk"))
    finally:
        screen.close()


def test_a_port_that_is_taken_is_told_at_once(hall: Hall) -> None:
    refused = subprocess.run(
        [sys.executable, "-m", "queue_server", "run"],
        cwd=ROOT,
        env={**hall.environment(), **WITHOUT_SCREEN, "HALL_DATA": str(hall.folder / "other")},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert refused.returncode == 1
    assert "HALL_PORT" in refused.stderr


def test_a_hall_with_a_wrong_config_does_not_run(still_hall: Hall) -> None:
    still_hall.config.write_text("[hall]\n", "utf-8")
    still_hall.port = free_port()
    refused = still_hall.command("run")
    assert refused.returncode == 2
    assert "hall.name" in refused.stderr
    assert "did not start" in refused.stdout
