"""What the hall's Kivy programs share: the window, the Chinese font, millimetres, panels and keys.

Import it before anything of Kivy's window: it settles Kivy's config first.
"""

from __future__ import annotations

import logging
import os
import signal
from dataclasses import dataclass
from typing import Any

os.environ.setdefault("KIVY_NO_ARGS", "1")
os.environ.setdefault("KIVY_NO_FILELOG", "1")
# The program's own logging says what is told, and Kivy tells troubles only.
os.environ.setdefault("KIVY_LOG_MODE", "PYTHON")
# Through Kivy itself nothing is read but the window's own sign; its other readers of pictures take 13 MB.
os.environ.setdefault("KIVY_IMAGE", "sdl2")

from kivy.config import Config

Config.set("kivy", "exit_on_escape", "0")
logging.getLogger("kivy").setLevel(logging.WARNING)
Config.set("input", "mouse", "mouse,disable_multitouch")
Config.set("graphics", "resizable", "1")
# Edges are smoothed where they are drawn; smoothing whole frames costs a machine without a graphics
# card more than a tenth of a second each.
Config.set("graphics", "multisamples", "0")

from kivy.base import stopTouchApp
from kivy.clock import Clock
from kivy.core.text import LabelBase
from kivy.graphics import BorderImage, Color
from kivy.properties import ColorProperty, NumericProperty
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.label import Label

from assets import rounded, theme

REGULAR, BOLD = "Roboto", "HallBold"
LabelBase.register(REGULAR, str(theme.FONT_REGULAR), fn_bold=str(theme.FONT_BOLD))
LabelBase.register(BOLD, str(theme.FONT_BOLD))


def window(width: int, height: int, *, full_screen: bool = False) -> None:
    """Ask for a window of so many pixels; call it before Kivy makes one."""
    Config.set("graphics", "width", str(width))
    Config.set("graphics", "height", str(height))
    Config.set("graphics", "fullscreen", "auto" if full_screen else "0")
    Config.set("graphics", "borderless", "1" if full_screen else "0")


def end_on_signals() -> None:
    """From here on SIGTERM and SIGINT end the program between two frames.

    `App.stop` in their place would tell the app twice that it ends: once itself, once when `run` returns.
    """

    def end(*_signal: object) -> None:
        Clock.schedule_once(lambda _seconds: stopTouchApp())

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)


@dataclass(frozen=True, slots=True)
class Scale:
    """Pixels of a millimetre on a screen whose picture measures `width_mm` × `height_mm`."""

    per_mm: float

    @classmethod
    def of(cls, width_px: float, height_px: float, width_mm: float, height_mm: float) -> Scale:
        """The smaller of both directions, so that nothing outgrows the screen."""
        return cls(min(width_px / width_mm, height_px / height_mm))

    def px(self, millimetres: float) -> float:
        return millimetres * self.per_mm

    def font(self, capital_mm: float) -> float:
        """The font size whose capitals are so high (Noto Sans CJK: 0.733 of the size)."""
        return capital_mm / 0.733 * self.per_mm


class Words(Label):  # type: ignore[misc]
    """A text that wraps within its own width; its colour is given by name through `ink`."""

    def __init__(self, text: str = "", *, ink: str = "ink", bold: bool = False, **kwargs: Any) -> None:
        kwargs.setdefault("halign", "left")
        kwargs.setdefault("valign", "middle")
        super().__init__(text=text, color=theme.rgba(ink), font_name=BOLD if bold else REGULAR, **kwargs)
        self.bind(size=self._fit)

    def _fit(self, *_args: object) -> None:
        self.text_size = self.size


CLEAR = (0.0, 0.0, 0.0, 0.0)


class Panel(BoxLayout):  # type: ignore[misc]
    """A rounded ground, drawn behind its children; `ground` and `line` are colours."""

    ground = ColorProperty(theme.rgba("paper"))
    line = ColorProperty(CLEAR)
    line_width = NumericProperty(1.5)
    corner = NumericProperty(theme.CORNER)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        with self.canvas.before:
            self._shown = Color()
            self._drawn = BorderImage(texture=rounded.picture(0, 0, CLEAR, CLEAR), size=(0, 0))
        # Once a frame: while a page is laid out, places and sizes change many times.
        redraw = Clock.create_trigger(self._draw, -1)
        self.bind(pos=redraw, size=redraw, corner=redraw)
        self.bind(ground=redraw, line=redraw, line_width=redraw)
        redraw()

    def _draw(self, *_args: object) -> None:
        """On whole pixels, so that edges are sharp."""
        left, low, right, top = (round(edge) for edge in (self.x, self.y, self.right, self.top))
        corner = min(self.corner, (right - left) // 2, (top - low) // 2)
        ground, line = tuple(self.ground), tuple(self.line)
        if corner < 0 or not ground[3] + line[3]:
            self._drawn.size = (0, 0)
            return
        width = self.line_width if line[3] else 0.0
        more, edge = rounded.outside(width), rounded.border(corner, width) + rounded.outside(width)
        self._drawn.texture = rounded.picture(corner, width, ground, line)
        self._drawn.border = (edge,) * 4
        self._drawn.pos = (left - more, low - more)
        self._drawn.size = (right - left + 2 * more, top - low + 2 * more)


class Key(ButtonBehavior, Panel):  # type: ignore[misc]
    """A touchable panel; it darkens while pressed. What it says is its children's."""

    pressed_dim = NumericProperty(0.82)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._rest: list[float] | None = None

    def on_press(self) -> None:
        self._rest = list(self.ground)
        dim = self.pressed_dim
        self.ground = (self.ground[0] * dim, self.ground[1] * dim, self.ground[2] * dim, self.ground[3])

    def on_touch_up(self, touch: Any) -> bool:
        if self._rest is not None:
            self.ground, self._rest = self._rest, None
        return bool(super().on_touch_up(touch))
