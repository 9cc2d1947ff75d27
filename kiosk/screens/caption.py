"""What is being said, as text: in parts as large as their place, which take turns as they are spoken."""

from __future__ import annotations

from typing import Any

from kivy.clock import Clock
from kivy.properties import StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.label import Label

from kiosk.screens.parts import AIR, HANGING

LINE = 1.45
"""Of a font's size: what a line takes (Noto Sans CJK)."""
SIGNS_A_SECOND = 5.0
"""So many Hanzi are said in a second; Latin letters are half as wide, and said twice as fast."""
LEAST_SECONDS = 2.0


class Caption(BoxLayout):  # type: ignore[misc]
    """The sign of speech, and what is said."""

    words = StringProperty()


class Part(Label):  # type: ignore[misc]
    """After the last part comes the first again, for who reads slowly."""

    words = StringProperty()

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._parts: list[str] = []
        self._turn: Any = None
        begin = Clock.create_trigger(self._begin, -1)
        self.bind(size=begin, words=begin)

    def _begin(self, _seconds: float) -> None:
        """Cut the words into parts, and show the first."""
        at_once = max(1, int((self.height / self.font_size + AIR) / LINE))
        lines = self._lines()
        self._parts = ["\n".join(lines[at : at + at_once]) for at in range(0, len(lines), at_once)]
        self._show(0)

    def _lines(self) -> list[str]:
        """The words in lines that leave room for one sign, which may not begin the next."""
        self.text_size = (self.width - self.font_size, None)
        self.text = self.words
        self.texture_update()
        lines: list[str] = []
        for line in self._label._cached_lines:
            text = " ".join(word.text for word in line.words)
            if lines and text[:1] in HANGING:
                lines[-1], text = lines[-1] + text[0], text[1:]
            lines.append(text.strip())
        self.text_size = (self.width, None)
        return lines

    def _show(self, number: int) -> None:
        if self._turn:
            self._turn.cancel()
            self._turn = None
        self.text = self._parts[number] if self._parts else ""
        if len(self._parts) > 1:
            self.texture_update()
            width = self.texture_size[0] * (self.text.count("\n") + 1) / self.font_size
            following = (number + 1) % len(self._parts)
            seconds = max(LEAST_SECONDS, width / SIGNS_A_SECOND)
            self._turn = Clock.schedule_once(lambda _seconds: self._show(following), seconds)
