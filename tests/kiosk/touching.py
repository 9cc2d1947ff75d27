"""Touches every screen of the kiosk, and tells how long each took to stand, and what is held meanwhile.

`python -m tests.kiosk.touching 1080x1920 READING ROUNDS [SCREEN …]` runs the kiosk's own program in a window
of this size. It puts a visit before each screen of `WAYS`, lets READING seconds pass, and does the way's
last step that builds a page: a real touch where a control does it, else the event that the hall's answer or
another key would be. It prints one line of JSON: the seconds of each screen, what was held at home after
each round, and when there all had looked different for a moment, the most memory that the process ever had,
in MB, and how often Python looked for what is no longer used while one of Kivy's rules was followed.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import Any

from assets import screen
from hardware import settings
from kiosk import effects as do
from kiosk import events as e
from kiosk import session
from kiosk.events import Mode
from kiosk.visit import State
from queue_server.hall.model import Language
from tests import stage
from tests.kiosk.every_screen import SCREENS, Way, begun
from tests.kiosk.played import Step
from tests.kiosk.widget_tree import settle

WAYS: dict[str, Way] = SCREENS | {
    "home": lambda kiosk: SCREENS["confirm"](kiosk).do(e.Leave()),
    "home-in-english": lambda kiosk: kiosk.do(e.Speak(Language.EN)),
    "home-large": lambda kiosk: kiosk.do(e.ToggleMode(Mode.LARGE)),
    "home-contrast": lambda kiosk: kiosk.do(e.ToggleMode(Mode.CONTRAST)),
    "confirm-low": lambda kiosk: SCREENS["confirm"](kiosk).do(e.ToggleMode(Mode.LOW)),
}
"""Those of the tests, the way home, and what changes every screen."""
PATIENCE = 5.0
NOWHERE = "http://127.0.0.1:9"
"""No hall: what it would say is in the ways."""


def main() -> None:
    size, reading, rounds, *names = sys.argv[1:]
    screen.window(*(int(part) for part in size.split("x")))
    seconds: dict[str, list[float]] = {name: [] for name in names or WAYS}
    held = []
    amid = Amid()
    gc.callbacks.append(amid)
    with tempfile.TemporaryDirectory(prefix="kiosk-touched-") as folder:
        toucher = Toucher(Path(folder))
        # If Python looked by itself, it would so very often.
        gc.set_threshold(500)
        try:
            for _ in range(int(rounds)):
                for name in seconds:
                    seconds[name].append(toucher.touched(name, float(reading)))
                held.append(toucher.held())
            turned = toucher.held(turns=True)
        finally:
            # Its threads would outlive a failure.
            toucher.close()
    told = {"seconds": seconds, "held": held, "turned": turned, "memory_mb": most_memory()}
    print(json.dumps(told | {"amid_rules": amid.times}))


class Amid:
    """Counts how often Python looks for what is no longer used in the middle of a rule."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self, phase: str, _info: object) -> None:
        frame: FrameType | None = sys._getframe()
        while phase == "start" and frame is not None:
            if frame.f_code.co_name == "call_fn":
                self.times += 1
                return
            frame = frame.f_back


def most_memory() -> int:
    """The most that this process ever held, in MB."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def _app(folder: Path) -> Any:
    # A window is made as soon as this is imported.
    from kivy.base import runTouchApp
    from kivy.clock import Clock

    from kiosk.app import KioskApp

    class Alone(KioskApp):
        """Nothing is sent, asked for or printed; of effects there is only what a screen forgets."""

        met: list[tuple[e.Event, float]]
        turns = False
        """Whether all is to look different, and as before again, when the next screen is built ahead."""

        def stand(self, state: State) -> None:
            self._state, self.met = state, []
            self._render()

        def feed(self, event: e.Event) -> None:
            self.met.append((event, time.monotonic()))
            super().feed(event)

        def _do(self, effect: do.Effect) -> None:
            if isinstance(effect, do.Clear):
                super()._do(effect)

        def _page(self, state: State) -> Any:
            if self.turns and state is not self._state:
                self.turns = False
                # In the same frame, before its letters are drawn, and in the next.
                for frame in (-1, 0):
                    Clock.schedule_once(lambda _seconds: self.feed(e.ToggleMode(Mode.LARGE)), frame)
            return super()._page(state)

        def is_ready(self) -> bool:
            """Whether every screen that may come next is built."""
            return not (self._ahead._begin.is_triggered or self._ahead._go_on.is_triggered)

        def kept(self) -> list[Any]:
            """What stands, and the screens that are built for what may come next."""
            return [self._root, *(one.page for one in self._ahead._nexts if one.page)]

        @property
        def shown(self) -> Any:
            return self._root

    app = Alone(NOWHERE, "", "K01", Language.ZH, settings.load(), folder)
    app.met = []
    app._run_prepare()
    runTouchApp(embedded=True)
    return app


class Still:
    """Whether a frame came after `begun`, and nothing has changed after the last, which came at `since`."""

    def __init__(self, root: Callable[[], Any], flipped: Callable[[], float], begun: float) -> None:
        self._root, self._flipped, self._begun = root, flipped, begun
        self.since, self._seen = begun, self._look()

    def __call__(self) -> bool:
        seen, before = self._look(), self._seen
        self._seen = seen
        if self._flipped() <= self._begun:
            return False
        if seen != before or self.since == self._begun:
            self.since = self._flipped()
            return False
        return True

    def _look(self) -> list[tuple[Any, ...]]:
        """Where everything is, and what letters it shows."""
        return [(one.uid, *one.pos, *one.size, getattr(one, "texture", None)) for one in self._root().walk()]


class Toucher:
    """One kiosk, and the finger before it."""

    def __init__(self, folder: Path) -> None:
        from kivy.core.window import Window

        self._app, self._window = _app(folder), Window
        self._finger = stage.Finger(os.environ["DISPLAY"])
        self._flipped = 0.0
        Window.bind(on_flip=self._flips)

    def close(self) -> None:
        self._finger.close()
        self._app.on_stop()

    def touched(self, name: str, reading: float) -> float:
        """Seconds from the touch that leads to a screen until its last change is shown."""
        step = turn(WAYS[name](begun(Language.ZH, frozenset())).steps)
        self._stand(step, reading)
        touches_at = time.monotonic() + reading
        self._run_until(lambda: time.monotonic() >= touches_at)
        began = time.monotonic()
        self._touch(step.event)
        return self._until_shown(step.event) - began

    def held(self, turns: bool = False) -> dict[str, int]:
        """What there is of widgets, screens and drawn letters in memory once all has come to rest at home."""
        from kivy.uix.label import Label
        from kivy.uix.widget import Widget

        from kiosk.screens.parts import Page

        if turns:
            # Where other screens may come next: those of home are built anew after it.
            self._stand(WAYS["home"](begun(Language.ZH, frozenset())).steps[-1])
            self._run_until(self._app.is_ready)
        self._app.turns = turns
        self._stand(at_home())
        self._run_until(self._app.is_ready)
        assert not self._app.turns
        for one in self._app.kept():
            # The letters of the last that was built may not have their final size yet.
            settle(one)
        gc.collect()
        # By type: asking a proxy whose widget is gone what it is fails.
        widgets: list[Any] = [one for one in gc.get_objects() if issubclass(type(one), Widget)]
        # What has no room may keep letters of a moment when it had, or none: as bounded as the widgets are.
        labels = [one for one in widgets if isinstance(one, Label) and min(one.size) >= 1]
        letters = [one.texture.size for one in labels if one.texture]
        return {
            "widgets": len(widgets),
            "pages": sum(isinstance(one, Page) for one in widgets),
            "pixels": round(sum(width * height for width, height in letters)),
        }

    def _stand(self, step: Step, reading: float = 0.0) -> None:
        """Before the screen of this step, as if it came to it so much later."""
        since = time.monotonic()
        self._app.stand(moved(step, since + reading))
        self._rest(since)

    def _touch(self, event: e.Event) -> None:
        does = (one for one in self._app.shown.controls() if one.does == event)
        if (control := next(does, None)) is None:
            self._app.feed(event)
        else:
            x, y = control.to_window(*control.center)
            self._finger.touch(round(x), round(self._window.height - y), 1)

    def _until_shown(self, event: e.Event) -> float:
        """When the frame came to the screen after which nothing moved any more."""
        self._run_until(lambda: any(one == event for one, _ in self._app.met))
        return self._rest(next(at for one, at in self._app.met if one == event))

    def _rest(self, begun: float) -> float:
        """When the screen came to rest that has begun to change."""
        still = Still(lambda: self._app.shown, lambda: self._flipped, begun)
        self._run_until(still)
        return still.since

    def _flips(self, *_args: object) -> None:
        self._flipped = time.monotonic()

    def _run_until(self, reached: Callable[[], bool]) -> None:
        """Let Kivy's own loop run."""
        from kivy.base import EventLoop

        give_up_at = time.monotonic() + PATIENCE
        while not reached():
            EventLoop.idle()
            EventLoop.window.mainloop()
            if time.monotonic() > give_up_at:
                raise AssertionError(f"it never came to that; it met {self._app.met}")


def at_home() -> Step:
    return begun(Language.ZH, frozenset()).do(e.Tick()).steps[-1]


def turn(steps: list[Step]) -> Step:
    """The last step of a way that builds a page; where none does, the last."""
    from kiosk.app import PAGES
    from kiosk.screens.frame import Frame

    def shape(state: State) -> tuple[object, ...]:
        return Frame.shape(state), PAGES[state.visit.place].shape(state)

    built = (one for one in reversed(steps) if shape(one.state) != shape(after(one)))
    return next(built, steps[-1])


def after(one: Step) -> State:
    return session.step(one.state, one.event, one.at)[0]


def moved(one: Step, at: float) -> State:
    """The state that a step met, as if it were met then."""
    later, visit_ = at - one.at, one.state.visit
    asking = visit_.asking and replace(visit_.asking, since=visit_.asking.since + later)
    return replace(one.state, visit=replace(visit_, touched_at=visit_.touched_at + later, asking=asking))


if __name__ == "__main__":
    main()
