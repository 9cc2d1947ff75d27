"""The whole hall on one machine: the server, with a kiosk and a board where there is a screen.

Each program is a process of its own and is started again when it falls over, so many times.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field

from queue_server.accounts import make_token
from queue_server.environment import Environment, WrongVariable
from queue_server.storage.store import open_database
from queue_server.wire import Kind

KIOSK, BOARD = "K01", "B01"
# Beside each other on a usual screen; a hall's own screens are filled by `--full-screen`.
KIOSK_SIZE, BOARD_SIZE = "540x960", "960x540"
KIOSK_LEFT, BOARD_LEFT, TOP = 20, 580, 40

START_SECONDS = 60.0
STOP_SECONDS = 10.0
LOOK_SECONDS = 0.25

MOST_FALLS = 5
FALLS_SECONDS = 60.0
"""A program that falls over more often than `MOST_FALLS` in so many seconds is left lying."""


@dataclass
class Program:
    """One process of the hall. `variables` are added to its environment: a token is no argument,
    for anyone can read those."""

    name: str
    arguments: list[str]
    variables: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    falls: list[float] = field(default_factory=list)

    @property
    def code(self) -> int | None:
        """How its process ended; None while it runs."""
        return self.process.poll() if self.process else None

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", *self.arguments], env={**os.environ, **self.variables}
        )

    def look(self, now: float) -> None:
        """Start it again if it fell over; one that was closed in peace stays closed."""
        code = self.code
        if code is None:
            return
        self.process = None
        self.falls = [*(fall for fall in self.falls if now - fall < FALLS_SECONDS), now]
        if code == 0:
            print(f"{self.name} was closed", flush=True)
        elif len(self.falls) > MOST_FALLS:
            print(
                f"{self.name} falls over again and again; it stays down. See its messages above.", flush=True
            )
        else:
            print(f"{self.name} fell over (exit {code}); starting it again", flush=True)
            self.start()

    def end(self) -> None:
        if self.process:
            self.process.terminate()

    def wait(self, until: float) -> None:
        if self.process:
            try:
                self.process.wait(max(0.0, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def main(argv: Sequence[str]) -> int:
    """Run until SIGINT, SIGTERM or the end of the server."""
    argparse.ArgumentParser(prog="./run.sh", description=__doc__).parse_args(argv)
    try:
        env = Environment.read()
    except WrongVariable as wrong:
        print(wrong, file=sys.stderr)
        return 2
    if _answers_already(env):
        print(
            f"something answers at {env.url} already: stop it, or choose another HALL_PORT", file=sys.stderr
        )
        return 1
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: stop.set())
    server = Program("the server", ["queue_server", "serve"])
    programs = [server]
    server.start()
    try:
        if not _answers(server, env, stop):
            return 0 if stop.is_set() else server.code or 1
        screens = _screens(env)
        _tell(env, bool(screens))
        for screen in screens:
            screen.start()
        programs += screens
        while server.process and not stop.wait(LOOK_SECONDS):
            for program in programs:
                program.look(time.monotonic())
        return 0 if stop.is_set() else 1
    finally:
        _end(programs)


def _answers_already(env: Environment) -> bool:
    """Else another hall would be taken for ours."""
    try:
        urllib.request.urlopen(env.url, timeout=2).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


def _answers(server: Program, env: Environment, stop: threading.Event) -> bool:
    """Whether the server came up."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.process and server.process.poll() is None:
        try:
            with urllib.request.urlopen(f"{env.url}/healthz", timeout=2):
                return True
        except OSError:
            if stop.wait(LOOK_SECONDS):
                return False
    print("the server did not start; see its messages above", flush=True)
    return False


def _screens(env: Environment) -> list[Program]:
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return []
    with closing(open_database(env.database)) as db:
        kiosk_token = make_token(db, Kind.KIOSK, KIOSK, None, time.time())
        board_token = make_token(db, Kind.BOARD, BOARD, None, time.time())
    kiosk = ["kiosk", "--server", env.url, "--kiosk", KIOSK, "--size", KIOSK_SIZE]
    board = ["display_board", "--server", env.url, "--board", BOARD, "--size", BOARD_SIZE]
    return [
        Program("the kiosk", kiosk, {"HALL_TOKEN": kiosk_token, **_window(KIOSK_LEFT)}),
        Program("the board", board, {"HALL_TOKEN": board_token, **_window(BOARD_LEFT)}),
    ]


def _window(left: int) -> dict[str, str]:
    """Where a window goes, in Kivy's own variables."""
    return {
        "KCFG_GRAPHICS_POSITION": "custom",
        "KCFG_GRAPHICS_LEFT": str(left),
        "KCFG_GRAPHICS_TOP": str(TOP),
    }


def _tell(env: Environment, with_screens: bool) -> None:
    print(
        f"The hall runs. Stop it with Ctrl-C.\n"
        f"  all pages   {env.url}/\n"
        f"  a counter   {env.url}/counter?window=5\n"
        f"  manager     {env.url}/manager\n"
        f"  phones      open the page that a slip's code names; HALL_HOST=0.0.0.0 lets them reach it",
        flush=True,
    )
    if not with_screens:
        print(
            f"There is no screen here, so no kiosk and no board. On a machine that has one:\n"
            f"  ./run.sh kiosk --server http://THIS-MACHINE:{env.port} --kiosk {KIOSK} --token TOKEN\n"
            f"with a TOKEN from `./run.sh token kiosk {KIOSK}` here. Without any screen, on this machine:\n"
            f"  xvfb-run -s '-screen 0 1080x1920x24' ./run.sh kiosk --server {env.url} --kiosk {KIOSK}",
            flush=True,
        )


def _end(programs: list[Program]) -> None:
    """Screens first, so that none of them sees the server go."""
    until = time.monotonic() + STOP_SECONDS
    for program in reversed(programs):
        program.end()
    for program in programs:
        program.wait(until)
