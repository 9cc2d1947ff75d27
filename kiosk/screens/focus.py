"""The control at which the key pad stands: shown by a ring, moved and pressed by keys."""

from __future__ import annotations

from typing import Any

from kivy.app import App
from kivy.graphics import Color, Line
from kivy.uix.widget import Widget

from kiosk.screens.frame import Root
from kiosk.screens.parts import Choice

OUTER, INNER = 9, 5


class Focus(Widget):  # type: ignore[misc]
    """Lies over the whole picture and draws a ring about the control, light within dark, so that it
    stands out from every ground. It outlives a page that is built anew: the control that does the same
    is found again.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._root: Root | None = None
        self._at: object = None
        self._drawn: object = None

    @property
    def control(self) -> Choice | None:
        """Where the keys stand; None before the first move on a screen."""
        return next((one for one in self._controls() if _same(one) == self._at), None)

    def follow(self, root: Root, *, shown: bool, anew: bool) -> None:
        """Keep the ring about its control; `anew` on a screen that has just come."""
        self._root = root
        if anew or not shown:
            self._at = None
        self._draw(self.control)

    def move(self, by: int) -> Choice | None:
        """To the next control or the one before; after the last comes the first."""
        controls = self._controls()
        if not controls:
            return None
        here = self.control
        at = controls.index(here) + by if here in controls else (0 if by > 0 else -1)
        moved = controls[at % len(controls)]
        self._at = _same(moved)
        self._draw(moved)
        return moved

    def _controls(self) -> list[Choice]:
        return self._root.controls() if self._root else []

    def _draw(self, control: Choice | None) -> None:
        box = (*control.to_window(*control.pos), *control.size) if control else None
        if box == self._drawn:
            return
        self._drawn = box
        self.canvas.clear()
        if box is None:
            return
        look = App.get_running_app().look
        with self.canvas:
            for ink, width in (("ink", OUTER), ("amber", INNER)):
                Color(*look.colour(ink))
                Line(rounded_rectangle=(*box, look.px(20)), width=look.px(width))


def text_under(widget: Widget, x: float, y: float) -> str:
    """The text at a place of the window, in pixels from the lower left; "" where there is none."""
    if widget.opacity == 0:
        return ""
    for child in widget.children:
        if text := text_under(child, x, y):
            return text
    text = str(getattr(widget, "text", ""))
    return text if text and widget.collide_point(*widget.to_widget(x, y)) else ""


def _same(control: Choice) -> object:
    """What tells a control from the others, also after its page was built anew."""
    return control.words if callable(control.does) else control.does
