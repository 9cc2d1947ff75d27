"""The evaluator at a counter: who sits there, and after each visit five faces.

`python -m kiosk.evaluator --server URL --token TOKEN --window 5`. What is shown and sent is decided
in `rating_session` and drawn by `screens.evaluator`; here they meet the line and the clock.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from functools import partial

from assets import screen, terminal
from assets.screen import Scale
from kiosk import rating_session
from kiosk.rating_session import Faces, Rate, Session
from kiosk.screens.evaluator import EvaluatorScreen
from queue_server.client import HallClient
from queue_server.wire import Asks, Body, Namespace, Says

# Kivy comes after `screen`, which settles its config.
from kivy.app import App  # isort: skip
from kivy.clock import Clock  # isort: skip
from kivy.uix.boxlayout import BoxLayout  # isort: skip
from kivy.uix.widget import Widget  # isort: skip

PATIENCE_SECONDS = 10.0
"""A rating that the server has not taken by then is told to be unsaved."""
TICK_SECONDS = 0.25
NOMINAL_MM = (217.0, 136.0)
"""A 10-inch picture, until the server says how large this one is."""


class EvaluatorApp(App):  # type: ignore[misc]
    """Binds session, line and screen; whatever comes from the line's threads goes through the clock."""

    def __init__(self, server: str, token: str, window: int) -> None:
        super().__init__()
        self._session = Session()
        self._view: EvaluatorScreen | None = None
        self._size_mm: tuple[float, float] | None = None
        self._line = HallClient(
            server,
            token,
            Namespace.EVALUATOR,
            on_message=self._on_clock(self._hear),
            on_line=self._on_clock(self._hear_line),
            health=lambda: [{"id": "screen", "kind": "screen", "state": "ok", "detail": ""}],
            auth={"window": window},
        )

    @staticmethod
    def _on_clock(do: Callable[..., None]) -> Callable[..., None]:
        return lambda *values: Clock.schedule_once(lambda _seconds: do(*values))

    def build(self) -> Widget:
        self._root = BoxLayout()
        self._set_up(*NOMINAL_MM)
        Clock.schedule_interval(lambda _seconds: self._refresh(), TICK_SECONDS)
        self._line.start()
        return self._root

    def on_stop(self) -> None:
        self._line.stop()

    def _set_up(self, width_mm: float, height_mm: float) -> None:
        """Draw for a picture of this size; a finger on it stays where it is if the size was known."""
        from kivy.core.window import Window

        if self._size_mm == (width_mm, height_mm):
            return
        self._size_mm = width_mm, height_mm

        width, height = Window.size
        scale = Scale.of(width, height, width_mm, height_mm)
        self._view = EvaluatorScreen(scale, self._press)
        self._root.clear_widgets()
        self._root.add_widget(self._view)
        self._refresh()

    def _refresh(self) -> None:
        now = time.monotonic()
        self._session = rating_session.ticked(self._session, now)
        if self._view:
            self._view.show(self._session, now)

    def _hear(self, name: str, body: Body) -> None:
        self._session = rating_session.heard(self._session, name, body, time.monotonic())
        if name == Says.SNAPSHOT:
            self._set_up(**body["settings"]["screen"])
        self._refresh()

    def _hear_line(self, up: bool) -> None:
        self._session = rating_session.line(self._session, up, time.monotonic())
        self._refresh()

    def _press(self, page: Faces, score: int) -> None:
        self._session, rate = rating_session.pressed(self._session, page.ticket, score, time.monotonic())
        if rate:
            self._send(rate)
        self._refresh()

    def _send(self, rate: Rate) -> None:
        hear = self._on_clock(partial(self._hear_answer, rate))
        self._line.send(Asks.RATE, {"id": rate.ticket, "score": rate.score}, hear, patience=PATIENCE_SECONDS)

    def _hear_answer(self, rate: Rate, answer: Body) -> None:
        self._session = rating_session.answered(self._session, rate, answer, time.monotonic())
        self._refresh()


def main() -> None:
    options = _options()
    screen.window(*options.size, full_screen=options.full_screen)
    app = EvaluatorApp(options.server, options.token, options.window)
    screen.end_on_signals()
    app.run()


def _options() -> argparse.Namespace:
    parser = terminal.command_line("python -m kiosk.evaluator", "The evaluator at a counter.")
    parser.add_argument("--window", required=True, type=int, metavar="N", help="the window's number")
    terminal.add_screen(parser, 1280, 800)
    return terminal.read(parser)


if __name__ == "__main__":
    main()
