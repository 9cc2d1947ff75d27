"""A scanner that types into the kiosk's window, where none is taken as a device of its own."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

GAP_SECONDS = 0.5
"""A scanner types a code at once: after such a pause a new one begins."""
LONGEST = 1000
ENTERS = frozenset({13, 271})
"""The codes of Kivy's two enter keys."""


class TypedLines:
    """Gathers what is typed into a window to lines that end with Enter; on the window's thread."""

    def __init__(self, window: Any, on_line: Callable[[str], None]) -> None:
        self._on_line = on_line
        self._typed = ""
        self._last = 0.0
        window.bind(on_textinput=self._text, on_key_down=self._key)

    def _text(self, _window: Any, text: str) -> None:
        now = time.monotonic()
        if now - self._last > GAP_SECONDS:
            self._typed = ""
        self._last = now
        self._typed = (self._typed + text)[-LONGEST:]

    def _key(self, _window: Any, key: int, *_more: Any) -> None:
        if key in ENTERS and self._typed:
            line, self._typed = self._typed, ""
            self._on_line(line)
