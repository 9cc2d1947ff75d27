"""The simulated printer's inside: ESC/POS bytes in, answers and slips out. No sockets, no files."""

from __future__ import annotations

import io
from collections.abc import Callable

from PIL import Image, ImageDraw, ImageFont

from hardware.escpos_parser import Command, EscposParser

WIDTH = 576
TEXT_HEIGHT = 30
FONT = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"

STOPPING = frozenset({"paper_out", "cover_open", "cutter_jam"})
"""Faults with which nothing is printed until they are mended."""


class PrinterPaper:
    """A printer with a roll of paper. `faults` may be added to while it runs; `keep` gets each slip
    that was cut off, as the bytes of a PNG.
    """

    def __init__(self, keep: Callable[[bytes], None]) -> None:
        self._keep = keep
        self._parser = EscposParser()
        self._rows: list[bytes] = []
        self._held: list[Command] = []
        self.faults: set[str] = set()
        self.rows_left: int | None = None
        """What is left on the roll, in dots; None: enough."""

    def feed(self, data: bytes) -> bytes:
        """Take bytes, in pieces of any size; returns what the printer answers."""
        answers = b""
        for command in self._parser.feed(data):
            if command.name == "status":
                answers += bytes([self._status(command.arguments[0])])
                continue
            self._use_paper(command)
            if self._held or self.faults & STOPPING:
                self._held.append(command)
            else:
                answers += self._carry_out(command)
        return answers

    def lose_line(self) -> None:
        """The line broke: what has not come whole never will; what was printed stays on the paper."""
        self._parser = EscposParser()

    def recover(self) -> bytes:
        """Mend all faults; what was held is printed now."""
        self.faults.clear()
        self.rows_left = None
        held, self._held = self._held, []
        return b"".join(self._carry_out(command) for command in held)

    def _use_paper(self, command: Command) -> None:
        if self.rows_left is not None and command.name == "raster":
            self.rows_left -= command.arguments[1]
            if self.rows_left < 0:
                self.faults.add("paper_out")

    def _status(self, question: int) -> int:
        stopped = bool(self.faults & STOPPING)
        no_paper = "paper_out" in self.faults
        bits = {
            1: 0x08 * stopped,
            2: 0x04 * ("cover_open" in self.faults) | 0x20 * no_paper,
            3: 0x08 * ("cutter_jam" in self.faults),
            4: 0x0C * ("near_end" in self.faults) | 0x60 * no_paper,
        }
        return 0x12 | bits.get(question, 0)

    def _carry_out(self, command: Command) -> bytes:
        match command.name:
            case "raster":
                self._print_raster(command)
            case "text":
                self._print_text(command.data.decode("gb18030", errors="replace"))
            case "feed":
                self._rows += [bytes(WIDTH // 8)] * command.arguments[0]
            case "cut":
                self._cut()
            case "reset":
                pass
            case "confirm":
                return bytes([0x03 * ("near_end" in self.faults)])
        return b""

    def _print_raster(self, command: Command) -> None:
        width, height = command.arguments
        for row in range(height):
            dots = command.data[row * width : (row + 1) * width]
            self._rows.append(dots[: WIDTH // 8].ljust(WIDTH // 8, b"\0"))

    def _print_text(self, text: str) -> None:
        line = Image.new("1", (WIDTH, TEXT_HEIGHT))
        ImageDraw.Draw(line).text((0, 0), text, font=ImageFont.truetype(FONT, 24), fill=1)
        data = line.tobytes()
        self._rows += [data[at : at + WIDTH // 8] for at in range(0, len(data), WIDTH // 8)]

    def _cut(self) -> None:
        if not self._rows:
            return
        dots = Image.frombytes("1", (WIDTH, len(self._rows)), b"".join(self._rows))
        self._rows = []
        slip = io.BytesIO()
        dots.point(lambda dot: 0 if dot else 1, "1").save(slip, "PNG")
        self._keep(slip.getvalue())
