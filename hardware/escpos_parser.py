"""ESC/POS bytes, in pieces of any size, to commands: what the simulated printer understands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

LINE_ROWS = 30
MAX_WAITING = 4 * 1024 * 1024

PLAIN = {
    b"\x1b@": ("reset", 0),
    b"\x1bd": ("lines", 1),
    b"\x1bJ": ("feed", 1),
    b"\x1bi": ("cut", 0),
    b"\x1bm": ("cut", 0),
    b"\x1dr": ("confirm", 1),
    b"\x10\x04": ("status", 1),
    b"\x10\x05": ("", 1),
    b"\x1b2": ("", 0),
    b"\x1bp": ("", 3),
    b"\x1bc": ("", 2),
    b"\x1b$": ("", 2),
    b"\x1b\\": ("", 2),
    b"\x1dL": ("", 2),
    b"\x1dW": ("", 2),
    b"\x1c&": ("", 0),
    b"\x1c.": ("", 0),
}
"""First two bytes: what it is ("" is understood and ignored), and how many bytes follow. Any other
ESC, GS or FS command is taken to have one byte after it."""


@dataclass(frozen=True, slots=True)
class Command:
    name: str
    arguments: tuple[int, ...] = ()
    data: bytes = b""


class EscposParser:
    def __init__(self) -> None:
        self._waiting = b""
        self._text = b""

    def feed(self, data: bytes) -> Iterator[Command]:
        """The commands that are whole now; the rest waits for more bytes.

        :raises ValueError: when something claims to be longer than any slip.
        """
        self._waiting += data
        if len(self._waiting) > MAX_WAITING:
            self._waiting = b""
            raise ValueError("a command is too long")
        while self._waiting:
            found = self._next(self._waiting)
            if found is None:
                return
            used, command = found
            self._waiting = self._waiting[used:]
            if command:
                yield from self._with_text(command)

    def _next(self, data: bytes) -> tuple[int, Command | None] | None:
        """How many bytes the first command takes, and what it is; None while it isn't whole."""
        if data[0] not in b"\x1b\x1d\x1c\x10":
            return 1, self._letter(data[:1])
        if len(data) < 2:
            return None
        if data[:2] == b"\x1dv":
            return _raster(data)
        if data[:2] == b"\x1dV":
            return _cut(data)
        if data[:2] in (b"\x1d(", b"\x1c("):
            return _long(data)
        name, more = PLAIN.get(data[:2], ("", 1))
        if len(data) < 2 + more:
            return None
        arguments = tuple(data[2 : 2 + more])
        if name == "lines":
            return 3, Command("feed", (arguments[0] * LINE_ROWS,))
        return 2 + more, Command(name, arguments) if name else None

    def _letter(self, letter: bytes) -> Command | None:
        if letter == b"\n":
            text, self._text = self._text, b""
            return Command("text", data=text) if text else Command("feed", (LINE_ROWS,))
        if letter >= b" ":
            self._text += letter
        return None

    def _with_text(self, command: Command) -> Iterator[Command]:
        """A line that was begun is printed before what follows it; a question doesn't end it."""
        if self._text and command.name not in ("status", "text"):
            text, self._text = self._text, b""
            yield Command("text", data=text)
        yield command


def _raster(data: bytes) -> tuple[int, Command] | None:
    if len(data) < 8:
        return None
    width, height = int.from_bytes(data[4:6], "little"), int.from_bytes(data[6:8], "little")
    end = 8 + width * height
    return (end, Command("raster", (width, height), data[8:end])) if len(data) >= end else None


def _cut(data: bytes) -> tuple[int, Command] | None:
    if len(data) < 3:
        return None
    used = 4 if data[2] >= 65 else 3
    return (used, Command("cut")) if len(data) >= used else None


def _long(data: bytes) -> tuple[int, None] | None:
    if len(data) < 5:
        return None
    end = 5 + int.from_bytes(data[3:5], "little")
    return (end, None) if len(data) >= end else None
