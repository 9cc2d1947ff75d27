"""A key pad at the counter: one key calls the next citizen, others recall, mark as missed, finish, pause."""

from __future__ import annotations

import argparse
import os
import queue
import signal
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from assets import terminal
from assets.texts import say
from hardware import build, settings
from hardware.device import Health, Report
from kiosk import pad_session
from kiosk.pad_session import Order, PadSession, Said
from queue_server.client import HallClient
from queue_server.wire import Body, Namespace

PATIENCE_SECONDS = 3.0
"""A press that could not be brought to the server so long is given up."""

LOOK_SECONDS = 0.5
"""How often the pad's own health is looked at."""

CONNECT_SECONDS = 5.0
"""After so long without a line the person is told what may be wrong."""


class CallPad:
    """Binds pad, line and session. Everything happens in `run`, on one thread: whatever comes from
    other threads waits in a queue, with the time when it came.
    """

    def __init__(
        self, hardware: settings.Hardware, server: str, token: str, window: int, language: str
    ) -> None:
        self._server, self._window, self._language = server, window, language
        self._session = PadSession(hardware.keypad.keys)
        self._happenings: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._pad = build.key_pad(hardware, self._later(self._press))
        self._pad_was: Report | None = None
        self._line = HallClient(
            server,
            token,
            Namespace.COUNTER,
            on_message=self._later(self._hear),
            on_line=self._later(self._hear_line),
            health=lambda: [self._pad.health().body()],
            auth={"window": window},
        )

    def run(self) -> None:
        """Work until `stop`.

        The pad is taken as soon as it can call somebody, or else after a while, so that whoever
        presses hears that there is no line.
        """
        self._tell(Said("connecting", values={"server": self._server}))
        self._line.start()
        take_by = time.monotonic() + CONNECT_SECONDS
        taken = False
        while True:
            try:
                happening = self._happenings.get(timeout=LOOK_SECONDS)
            except queue.Empty:
                happening = self._look_at_pad
            if happening is None:
                break
            happening()
            if not taken and (self._session.up or time.monotonic() > take_by):
                taken = True
                self._pad.start()
                if not self._session.up:
                    self._tell(Said("still-connecting"))
            self._look_at_pad()
        self._line.stop()
        self._pad.stop()

    def stop(self) -> None:
        """May be called in a signal's handler."""
        self._happenings.put(None)

    def _later(self, do: Callable[..., None]) -> Callable[..., None]:
        return lambda *values: self._happenings.put(partial(do, *values, at=time.monotonic()))

    def _press(self, key: str, at: float) -> None:
        self._session, result = pad_session.pressed(self._session, key, at)
        if isinstance(result, Order):
            reply = self._later(partial(self._hear_answer, result))
            self._line.send(result.asks, result.body, reply, patience=PATIENCE_SECONDS)
        elif result:
            self._tell(result)

    def _hear_answer(self, order: Order, answer: Body, at: float) -> None:
        self._session, said = pad_session.answered(self._session, order, answer, at)
        self._tell(said)

    def _hear(self, name: str, body: Body, at: float) -> None:
        self._session, said = pad_session.heard(self._session, name, body)
        if said:
            self._tell(said)

    def _hear_line(self, up: bool, at: float) -> None:
        if not up:
            self._session, said = pad_session.lost(self._session)
            self._tell(said)

    def _look_at_pad(self) -> None:
        report = self._pad.health()
        if report == self._pad_was or report.state is Health.UNKNOWN:
            return
        self._pad_was = report
        if report.state is Health.OK:
            self._tell(Said("pad.found"))
        else:
            place = say("alert.place.keypad", self._language, id=self._window)
            print(say(f"device.keypad.{report.detail}", self._language, place=place), flush=True)

    def _tell(self, said: Said) -> None:
        values = dict(said.values)
        if said.problem:
            values["why"] = say(f"problem.title.{said.problem}", self._language)
        print(say(f"keypad.{said.key}", self._language, **values), flush=True)
        if said.signal:
            self._pad.signal(said.signal)


def main() -> int:
    options = _options()
    try:
        hardware = settings.load(options.hardware)
    except (settings.HardwareMistakes, OSError) as trouble:
        print(trouble, file=sys.stderr)
        return 2
    pad = CallPad(hardware, options.server, options.token, options.window, options.language)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: pad.stop())
    pad.run()
    return 0


def _options() -> argparse.Namespace:
    parser = terminal.command_line("python -m kiosk.call_pad", "The key pad of a counter.")
    parser.add_argument("--window", required=True, type=int, metavar="N", help="the window's number")
    parser.add_argument(
        "--hardware", type=Path, help="this machine's devices, else hardware.toml beside HALL_CONFIG"
    )
    own = "zh" if os.environ.get("LANG", "").startswith("zh") else "en"
    parser.add_argument("--language", choices=("zh", "en"), default=own, help="of what it prints")
    return terminal.read(parser, log_level="WARNING")


if __name__ == "__main__":
    sys.exit(main())
