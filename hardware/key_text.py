"""What a scanner that types like a keyboard has typed: key names to whole lines. Pure."""

from __future__ import annotations

import string

SHIFTS = frozenset({"KEY_LEFTSHIFT", "KEY_RIGHTSHIFT"})
ENTERS = frozenset({"KEY_ENTER", "KEY_KPENTER"})

LONGEST = 1000
"""Characters in a line; a code holds fewer, and what is longer is thrown away."""

_PLAIN = {
    "MINUS": "-_",
    "EQUAL": "=+",
    "LEFTBRACE": "[{",
    "RIGHTBRACE": "]}",
    "BACKSLASH": "\\|",
    "SEMICOLON": ";:",
    "APOSTROPHE": "'\"",
    "GRAVE": "`~",
    "COMMA": ",<",
    "DOT": ".>",
    "SLASH": "/?",
    "SPACE": "  ",
    "KPASTERISK": "**",
    "KPMINUS": "--",
    "KPPLUS": "++",
    "KPDOT": "..",
    "KPSLASH": "//",
}

CHARACTERS: dict[str, tuple[str, str]] = {
    **{f"KEY_{letter.upper()}": (letter, letter.upper()) for letter in string.ascii_lowercase},
    **{f"KEY_{digit}": (digit, other) for digit, other in zip("1234567890", "!@#$%^&*()", strict=True)},
    **{f"KEY_KP{digit}": (digit, digit) for digit in string.digits},
    **{f"KEY_{name}": (pair[0], pair[1]) for name, pair in _PLAIN.items()},
}
"""A key's character without and with shift, on the US layout that scanners are shipped with."""


class LineAssembler:
    """Collects key strokes to lines that end with Enter.

    A scanner types a code within a fraction of a second, so a pause longer than `gap` seconds means
    that the rest of a line was lost: what came before it is dropped.
    """

    def __init__(self, gap: float) -> None:
        self._gap = gap
        self._shifts: set[str] = set()
        self._typed = ""
        self._last = 0.0

    def feed(self, key: str, pressed: bool, at: float) -> str | None:
        """Take a key going down or up at `at` (seconds of any clock); returns a line that it ended."""
        if at - self._last > self._gap:
            self._typed = ""
        self._last = at
        if key in SHIFTS:
            (self._shifts.add if pressed else self._shifts.discard)(key)
        elif pressed and key in ENTERS:
            line, self._typed = self._typed, ""
            return line if line and len(line) <= LONGEST else None
        elif pressed and key in CHARACTERS and len(self._typed) <= LONGEST:
            self._typed += CHARACTERS[key][bool(self._shifts)]
        return None
