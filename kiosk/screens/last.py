"""What stands when no screen of the kiosk's own can be shown: it needs nothing of theirs that may fail."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kivy.core.window import Window
from kivy.graphics import Color, Rectangle
from kivy.lang import Builder
from kivy.uix.label import Label

from assets import texts, theme
from queue_server.hall.model import Language

OF_WIDTH = 1 / 20
"""A sign's height; ten words then take a line of an upright window."""


class Last(Label):  # type: ignore[misc]
    """What happened, in both languages, and the way home: a touch, anywhere."""

    def __init__(self, home: Callable[[], None]) -> None:
        told = [
            texts.say(f"kiosk.{key}", language)
            for language in Language
            for key in ("sorry.title.crash", "sorry.words.crash", "last.home")
        ]
        size = min(Window.size) * OF_WIDTH
        super().__init__(text="\n\n".join(told), font_size=size, halign="center", color=theme.rgba("ink"))
        self._home = home
        with self.canvas.before:
            Color(*theme.rgba("paper"))
            self._ground = Rectangle()
        self.bind(pos=self._place, size=self._place)

    def _place(self, *_args: object) -> None:
        self._ground.pos, self._ground.size = self.pos, self.size
        self.text_size = (self.width * 0.9, None)

    def on_touch_down(self, _touch: Any) -> bool:
        self._home()
        return True


def forget_half_built() -> None:
    """Kivy holds on to the rules of a widget whose building failed, and would build none by them again."""
    Builder.rulectx.clear()
