"""What is typed into the kiosk's window: lines of a scanner, and the keys that a key pad has, too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

GAP_SECONDS = 0.5
"""A scanner types a code at once: after such a pause a new one begins. It is counted in frames: while the
window is busy nothing is typed, and nothing is missed.
"""
LONGEST = 1000
ENTERS = frozenset({13, 271})
"""The codes of Kivy's two enter keys."""

KEY_NAMES = {
    8: "KEY_BACKSPACE",
    13: "KEY_ENTER",
    27: "KEY_ESC",
    271: "KEY_KPENTER",
    273: "KEY_UP",
    274: "KEY_DOWN",
    275: "KEY_RIGHT",
    276: "KEY_LEFT",
    278: "KEY_HOME",
    282: "KEY_F1",
    283: "KEY_F2",
    284: "KEY_F3",
    285: "KEY_F4",
}
"""Linux's names of Kivy's codes, for keys that type nothing."""


class TypedLines:
    """Gathers what is typed into a window to lines that end with Enter; on the window's thread.

    `on_key(name)` hears the other keys, and an Enter with nothing before it.
    """

    def __init__(
        self,
        window: Any,
        on_line: Callable[[str], None],
        on_key: Callable[[str], None],
        frame: Callable[[], float],
    ) -> None:
        """`frame` tells when the frame that stands began."""
        self._on_line, self._on_key, self._frame = on_line, on_key, frame
        self._typed = ""
        self._last = 0.0
        window.bind(on_textinput=self._text, on_key_down=self._key)

    def _text(self, _window: Any, text: str) -> None:
        now = self._frame()
        if now - self._last > GAP_SECONDS:
            self._typed = ""
        self._last = now
        self._typed = (self._typed + text)[-LONGEST:]

    def _key(self, _window: Any, key: int, *_more: Any) -> None:
        if key in ENTERS and self._typed:
            line, self._typed = self._typed, ""
            self._on_line(line)
        elif key in KEY_NAMES:
            self._on_key(KEY_NAMES[key])
