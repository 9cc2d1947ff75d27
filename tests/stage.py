"""A stage for Kivy programs: a screen of their own, real touches, and eyes.

    from tests import stage

    with stage.start("kiosk", "--server", hall.url, "--token", token, size=(1080, 1920)) as kiosk:
        kiosk.touch("综合受理")          # waits until it is there and stands still, then presses it
        kiosk.wait_for("A001")           # until a text that contains this is on the screen
        kiosk.wait_gone("请稍候")
        kiosk.texts()                    # every text on the screen now
        kiosk.find("A001").box           # where, in pixels from the top left
        kiosk.touch("取号", times=2)     # a double touch
        kiosk.touch_at(540, 960)
        with kiosk.held("按住显示"):        # a finger that stays on it
            kiosk.wait_for("…")
        kiosk.type("K7M2PQ9X")         # as a scanner that types does, Enter at its end
        kiosk.later(60)                  # a minute on, by the program's own clock
        kiosk.shot("/tmp/home.png")      # what the screen shows, as PNG

`start` runs `python -m PROGRAM ARGUMENTS` in a child process on an Xvfb display of its own, just as
large as `size`; touches go through X. Several programs may run at once. Leaving the block ends the
program by SIGTERM; `close()` does so earlier and gives its exit code. Only labels and other widgets
with a `text` are seen. All waits end after `PATIENCE` seconds and then show what was on the screen.
"""

from __future__ import annotations

import ctypes
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

ROOT = Path(__file__).parents[1]
PATIENCE = 20.0
ONE_BY_ONE = "[postproc]\ndouble_tap_time = 0\ntriple_tap_time = 0\n"
"""Kivy's config: the stage's finger is quicker than any, and two of its touches are no double touch."""
END_SECONDS = 10.0

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels, from the top left of the screen."""

    left: float
    top: float
    width: float
    height: float

    @property
    def centre(self) -> tuple[int, int]:
        return round(self.left + self.width / 2), round(self.top + self.height / 2)


@dataclass(frozen=True, slots=True)
class Seen:
    """A text on the screen."""

    text: str
    box: Box
    disabled: bool


class Screen:
    """An Xvfb display that nobody else uses."""

    def __init__(self, width: int, height: int) -> None:
        reader, writer = os.pipe()
        screen = f"{width}x{height}x24"
        command = ["Xvfb", "-displayfd", str(writer), "-screen", "0", screen, "-nolisten", "tcp"]
        self._server = subprocess.Popen(command, pass_fds=[writer], stderr=subprocess.DEVNULL)
        os.close(writer)
        with os.fdopen(reader) as told:
            self.name = f":{told.readline().strip()}"
        if self.name == ":":
            raise RuntimeError(f"Xvfb did not start: exit code {self._server.wait(END_SECONDS)}")
        self.finger = Finger(self.name)

    def do(self, *command: str) -> None:
        """Run an X client on this screen to its end."""
        subprocess.run(command, env={**os.environ, "DISPLAY": self.name}, check=True, timeout=PATIENCE)

    def close(self) -> None:
        self.finger.close()
        self._server.terminate()
        self._server.wait(END_SECONDS)


class Finger:
    """Touches a screen through X itself (the XTEST extension): nothing has to start first."""

    _X, _TEST = "libX11.so.6", "libXtst.so.6"
    LEFT, BETWEEN_MS = 1, 30

    def __init__(self, screen: str) -> None:
        self._x, self._test = ctypes.CDLL(self._X), ctypes.CDLL(self._TEST)
        self._x.XOpenDisplay.restype = ctypes.c_void_p
        self._display = ctypes.c_void_p(self._x.XOpenDisplay(screen.encode()))
        if not self._display:
            raise RuntimeError(f"the screen {screen} can't be touched")

    def touch(self, x: int, y: int, times: int) -> None:
        """Press and lift so many times; returns once the screen has all of it."""
        self._test.XTestFakeMotionEvent(self._display, -1, x, y, ctypes.c_ulong(0))
        for time_ in range(times):
            wait = ctypes.c_ulong(self.BETWEEN_MS if time_ else 0)
            self._test.XTestFakeButtonEvent(self._display, self.LEFT, 1, wait)
            self._test.XTestFakeButtonEvent(self._display, self.LEFT, 0, ctypes.c_ulong(0))
        self._x.XSync(self._display, 0)

    def press(self, x: int, y: int) -> None:
        """Put it down, until `lift`."""
        self._test.XTestFakeMotionEvent(self._display, -1, x, y, ctypes.c_ulong(0))
        self._test.XTestFakeButtonEvent(self._display, self.LEFT, 1, ctypes.c_ulong(0))
        self._x.XSync(self._display, 0)

    def lift(self) -> None:
        self._test.XTestFakeButtonEvent(self._display, self.LEFT, 0, ctypes.c_ulong(0))
        self._x.XSync(self._display, 0)

    def close(self) -> None:
        """Let go; again does nothing."""
        display, self._display = self._display, ctypes.c_void_p()
        if display:
            self._x.XCloseDisplay(display)


def environment(display: str, folder: str) -> dict[str, str]:
    """What a Kivy program needs to come up on a screen of its own; `folder` is Kivy's."""
    return {
        "DISPLAY": display,
        "KIVY_HOME": folder,
        "KIVY_METRICS_DENSITY": "1",
        "SDL_VIDEODRIVER": "x11",
        "SDL_AUDIODRIVER": "dummy",
    }


class Program:
    """A Kivy program on its own screen."""

    def __init__(
        self, module: str, arguments: list[str], size: tuple[int, int], env: dict[str, str], kivy: str
    ) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="stage-")
        (Path(self._folder.name) / "config.ini").write_text(kivy, "utf-8")
        self._log = Path(self._folder.name) / "log"
        self._screen = Screen(*size)
        answers, writer = os.pipe()
        command = [sys.executable, "-m", "tests.stage_child", str(writer), module, *arguments]
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                command,
                cwd=ROOT,
                env={**os.environ, **environment(self._screen.name, self._folder.name), **env},
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                text=True,
                pass_fds=[writer],
            )
        os.close(writer)
        self._answers = os.fdopen(answers)

    def __enter__(self) -> Program:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def look(self) -> list[Seen]:
        """Every text on the screen, between two frames.

        :raises AssertionError: when the program has ended or hangs; its output is told.
        """
        return [Seen(one["text"], Box(*one["box"]), one["disabled"]) for one in self._asked("texts")]

    def later(self, seconds: float) -> None:
        """Put its monotonic clock forward: what it does in silence needs no waiting for. Frames and threads
        take no notice.
        """
        self._asked(f"later {seconds}")

    def _asked(self, question: str) -> list[Any]:
        """What is answered to one of the child's questions."""
        try:
            assert self._process.stdin is not None
            self._process.stdin.write(f"{question}\n")
            self._process.stdin.flush()
            came, _, _ = select.select([self._answers], [], [], PATIENCE)
            answer = self._answers.readline() if came else ""
        except BrokenPipeError:
            answer = ""
        if not answer:
            raise AssertionError(f"the program has ended, or never came up:\n{self.log()}")
        told: list[Any] = json.loads(answer)
        return told

    def texts(self) -> list[str]:
        return [seen.text for seen in self.look()]

    def wait(self, condition: Callable[[list[Seen]], Found | None], what: str) -> Found:
        """What a condition finds on the screen; it is asked once a frame until it finds something."""
        give_up_at = time.monotonic() + PATIENCE
        while time.monotonic() < give_up_at:
            seen = self.look()
            found = condition(seen)
            if found:
                return found
        raise AssertionError(f"{what}; on the screen: {self.texts()}\n{self.log()}")

    def wait_for(self, text: str) -> Seen:
        """The first text that is, or else contains, `text`, once there is one."""
        return self.wait(lambda seen: best(seen, text), f"{text!r} did not come")

    def wait_gone(self, text: str) -> None:
        self.wait(lambda seen: best(seen, text) is None, f"{text!r} did not go")

    def find(self, text: str) -> Seen:
        """As `wait_for`, once it stands still."""
        before: list[Seen | None] = [None]

        def still(seen: list[Seen]) -> Seen | None:
            last, before[0] = before[0], best(seen, text)
            return last if last == before[0] else None

        return self.wait(still, f"{text!r} did not come to rest")

    def touch(self, text: str, times: int = 1) -> None:
        self.touch_at(*self.find(text).box.centre, times=times)

    def touch_at(self, x: int, y: int, times: int = 1) -> None:
        self._screen.finger.touch(x, y, times)

    @contextmanager
    def held(self, text: str) -> Iterator[None]:
        """Keep a finger on it."""
        self._screen.finger.press(*self.find(text).box.centre)
        yield
        self._screen.finger.lift()

    def press(self, *keys: str) -> None:
        """Press keys, by X's names of them (`Down`, `Return`), one after the other."""
        self._screen.do("xdotool", "key", *keys)

    def type(self, line: str) -> None:
        """Type a line and Enter into the window, as fast as a scanner does."""
        self._screen.do("xdotool", "type", "--delay", "5", line)
        self._screen.do("xdotool", "key", "Return")

    def shot(self, path: str | Path) -> None:
        """A PNG of the whole screen."""
        self._screen.do("import", "-silent", "-window", "root", str(path))

    def log(self) -> str:
        """What the program printed."""
        return self._log.read_text("utf-8", "replace") if self._log.exists() else ""

    def close(self, by: signal.Signals = signal.SIGTERM) -> int:
        """End the program, if it hasn't ended, and its screen; its exit code."""
        if self._process.poll() is None:
            self._process.send_signal(by)
        try:
            return self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            raise AssertionError(f"the program did not end on {by.name}:\n{self.log()}") from None
        finally:
            self._release()

    def _release(self) -> None:
        self._answers.close()
        if self._process.stdin:
            self._process.stdin.close()
        self._screen.close()
        self._folder.cleanup()


def best(seen: list[Seen], text: str) -> Seen | None:
    """The text itself, else the first that contains it."""
    exact = (one for one in seen if one.text == text)
    return next(exact, None) or next((one for one in seen if text in one.text), None)


def start(
    module: str,
    *arguments: Any,
    size: tuple[int, int],
    env: dict[str, str] | None = None,
    kivy: str = ONE_BY_ONE,
) -> Program:
    """Start `python -m MODULE ARGUMENTS` on a screen of `size` pixels.

    `env` is added to its environment; `kivy` is what stands in Kivy's own config.
    """
    return Program(module, [str(one) for one in arguments], size, env or {}, kivy)
