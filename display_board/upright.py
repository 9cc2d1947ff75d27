"""The same boards on a screen that stands upright: what lies side by side elsewhere lies one over another.

How they look stands in `upright.kv`. Every method is called on Kivy's clock.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from pathlib import Path
from typing import ClassVar

from assets.texts import say
from display_board.announcer import Call
from display_board.board import (
    WINDOW_NUMBER_SHARE,
    BigCall,
    CallPanel,
    CallRow,
    HallBoard,
    Header,
    WindowBoard,
    fitting,
    width_of,
)
from display_board.picture import Picture, Wait
from display_board.sizes import LINE, recent_rows
from queue_server.hall.model import Seconds

# Kivy comes after `board`, which settles its config.
from kivy.lang import Builder  # isort: skip
from kivy.properties import NumericProperty  # isort: skip
from kivy.uix.boxlayout import BoxLayout  # isort: skip

LINE_COLUMNS = 24
"""So many Hanzi fit the line across an upright board."""
HEADER, EDGE, TITLES, GAP = 132, 36, 72, 20
RECENT_ACROSS, RECENT_GAP = 2, 12
RECENT = 270
"""What the recent calls take of the 1920 units of height; the other parts stand in `heights`."""
WINDOWS_A_ROW = 10
WAIT_UNITS, WAITS_ACROSS = 100, 2
"""A group's wait, two of them beside each other."""


def load_look() -> None:
    """After `board.kv`, which Kivy loads with the app: the rules here stand in place of those."""
    Builder.load_file(str(Path(__file__).with_suffix(".kv")))


class UprightHeader(Header):
    """Over the whole width: the title is as large as it fits."""

    title_font = NumericProperty(10)

    def show(self, picture: Picture, now: Seconds) -> None:
        super().show(picture, now)
        unit = self.height / HEADER
        room = self.width - unit * (2 * EDGE + 200)
        self.title_font = fitting(self.stale or self.title, room, unit * 40)


class UprightCall(BigCall):
    """One call: its number, its window's below."""

    words_font = NumericProperty(10)

    def show(self, call: Call, width: float, height: float, unit: float) -> None:
        super().show(call, width, height, unit)
        self.english = say("board.own.elsewhere", "en", window=call.window)
        room, height = width - unit * 64, height - unit * 88
        window = width_of(self.window) * WINDOW_NUMBER_SHARE
        self.number_font = min(room / width_of(self.number), height / (1 + WINDOW_NUMBER_SHARE) / LINE)
        self.window_font = self.number_font * WINDOW_NUMBER_SHARE
        self.words_font = min(unit * 110, (room - window * self.number_font) / 5.4)


class UprightCallRow(CallRow):
    """One of several calls: the two numbers alone, as large as the width allows."""

    def show(self, call: Call, width: float, height: float, unit: float) -> None:
        super().show(call, width, height, unit)
        window = max(width_of(self.window), width_of("00"))
        font = (width - unit * 72) / (width_of(self.number) + window)
        self.number_font = self.window_font = min((height - unit * 16) / LINE, font)
        self.column = window * self.number_font + unit * 24


class Titles(BoxLayout):  # type: ignore[misc]
    """What the numbers of several calls are: tickets at the left, windows at the right."""


class UprightCallPanel(CallPanel):
    alone, row = UprightCall, UprightCallRow

    def _add_calls(self, calls: Sequence[Call], height: float, unit: float) -> None:
        if len(calls) > 1:
            self.add_widget(Titles())
            height -= unit * TITLES
        super()._add_calls(calls, height, unit)


class UprightBoard(HallBoard):
    """The whole hall's board, or a zone's."""

    nominal = (1080, 1920)
    bare_units = HEADER + 24 + GAP + TITLES
    heights: ClassVar = {"windows": 320, "lines": 104, "waits": 3 * WAIT_UNITS}
    columns = LINE_COLUMNS
    recent_edge = 20

    recent_units = NumericProperty(RECENT)

    def fit(self, parts: Sequence[str], height_mm: float, distance_m: float) -> None:
        self.recent_units = RECENT if "recent" in parts else 0
        super().fit(parts, height_mm, distance_m)

    @property
    def large_share(self) -> float:
        recent = (self.recent_units + GAP) if self.recent_units else 0
        return super().large_share - recent / self.nominal[1]

    @property
    def number_share(self) -> float:
        return 0.14

    def _recent_calls(self, height_mm: float, distance_m: float) -> int:
        return RECENT_ACROSS * recent_rows(height_mm * RECENT / self.nominal[1], distance_m)

    def _recent_room(self, unit: float) -> tuple[float, float]:
        place, gap = self.ids.recent, unit * RECENT_GAP
        rows = max(1, ceil(len(self._recent) / RECENT_ACROSS))
        return (place.width - gap) / RECENT_ACROSS, (place.height + gap) / rows

    @staticmethod
    def _rows_of_windows(count: int) -> int:
        return ceil(count / WINDOWS_A_ROW)

    def _show_waits(self, waits: Sequence[Wait], unit: float) -> None:
        self.waits_units = WAIT_UNITS * ceil(len(waits) / WAITS_ACROSS)
        super()._show_waits(waits, unit)

    def _wait_width(self, count: int, unit: float) -> float:
        return float((self.width - unit * 2 * EDGE) / min(count or 1, WAITS_ACROSS) - unit * 16)


class UprightWindowBoard(WindowBoard):
    """A window's own display."""

    nominal = (720, 1280)
    number_share = 0.14
    columns = LINE_COLUMNS
