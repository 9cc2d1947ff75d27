"""The boards' screens: the hall's or a zone's board, and a window's own display.

What is shown is decided in `picture` and `announcer`; here it is drawn, and only what changed. How it
looks stands in `board.kv`, which Kivy loads with the app. Every method is called on Kivy's clock.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import zip_longest
from math import ceil
from typing import ClassVar

from assets import screen, theme
from assets.screen import Panel
from assets.texts import both, say
from display_board.announcer import Announcer, Call
from display_board.flash import beats
from display_board.gallery import Photo
from display_board.picture import Cell, Line, Picture, Wait
from display_board.sizes import LINE, RECENT_FILLED, recent_rows
from queue_server.hall.model import CallKind, Seconds, Words

# Kivy comes after `screen`, which settles its config.
from kivy.animation import Animation  # isort: skip
from kivy.core.text import Label as TextMeasure  # isort: skip
from kivy.graphics.texture import Texture  # isort: skip
from kivy.properties import (  # isort: skip
    BooleanProperty,
    ColorProperty,
    NumericProperty,
    ObjectProperty,
    StringProperty,
)
from kivy.uix.boxlayout import BoxLayout  # isort: skip
from kivy.uix.widget import Widget  # isort: skip

WINDOW_NUMBER_SHARE = 0.87
"""A window's number beside one call: somewhat smaller than the ticket's, which is looked for first."""

WIDE_CELL = 1.8
"""A window's cell that is so much wider than high has its two texts beside each other."""

LINE_COLUMNS = 46
"""So many Hanzi fit the line across a board, or a window's own display."""

MEASURED_FONT = 100


@lru_cache(maxsize=512)
def width_of(text: str) -> float:
    """How wide a heavy text is at a font size of 1."""
    measure = TextMeasure(font_name=screen.BOLD, font_size=MEASURED_FONT)
    return float(measure.get_extents(text)[0]) / MEASURED_FONT


def fitting(text: str, room: float, most: float) -> float:
    """The font size for one line of this width; small letters are a little wider than large ones."""
    return min(most, 0.97 * room / max(width_of(text), 1))


def pulse(panel: Panel, rounds: int) -> None:
    """Catch the eye of somebody who can't hear; then the panel stands still."""
    bright, usual = theme.rgba("paper"), theme.rgba("amber")
    pulses = Animation(duration=0)
    for is_bright, seconds in beats(rounds):
        pulses += Animation(ground=bright if is_bright else usual, d=seconds)
    pulses.start(panel)


def stand_still(panel: Panel) -> None:
    Animation.cancel_all(panel, "ground")


class Header(Panel):
    title = StringProperty()
    title_en = StringProperty()
    stale = StringProperty()
    stale_en = StringProperty()
    trial = StringProperty()
    clock = StringProperty()

    def show(self, picture: Picture, now: Seconds) -> None:
        title, stale = picture.title(), picture.stale(now)
        self.title = f"{title['zh']} · {say('board.title')}" if title else ""
        self.title_en = f"{title['en']} · {say('board.title', 'en')}" if title else ""
        self.stale, self.stale_en = (stale["zh"], stale["en"]) if stale else ("", "")
        self.trial = trial_sign(picture)
        self.clock = picture.clock(now)


class BigCall(BoxLayout):  # type: ignore[misc]
    """One call in the large place."""

    number = StringProperty()
    window = StringProperty()
    english = StringProperty()
    number_font = NumericProperty(10)
    window_font = NumericProperty(10)
    column = NumericProperty(100)

    def show(self, call: Call, width: float, height: float, unit: float) -> None:
        self.number, self.window = call.ticket, str(call.window)
        self.english = f"{say('board.call.window', 'en')} {call.window}"
        room, words = width - unit * 120, unit * 260
        number, window = width_of(self.number), width_of(self.window) * WINDOW_NUMBER_SHARE
        font = int(min(height / LINE, (room - words) / number, room / (number + window)))
        self.number_font = font
        self.window_font = min(font * WINDOW_NUMBER_SHARE, (height - unit * 250) / 0.95)
        self.column = max(words, window * font)


class CallRow(BoxLayout):  # type: ignore[misc]
    """One of several calls in the large place."""

    number = StringProperty()
    window = StringProperty()
    number_font = NumericProperty(10)
    window_font = NumericProperty(10)
    column = NumericProperty(100)

    def show(self, call: Call, width: float, height: float, unit: float) -> None:
        self.number, self.window = call.ticket, str(call.window)
        beside = unit * (64 + 32 + 32 + 80)
        window = max(width_of(self.window), width_of("00"))
        font = int(min((height - unit * 16) / LINE, (width - beside) / (width_of(self.number) + window)))
        self.number_font = self.window_font = font
        self.column = window * font + unit * (32 + 80)


class Rest(BoxLayout):  # type: ignore[misc]
    """What stands in the large place when there is no call."""

    text = StringProperty()
    english = StringProperty()
    font = NumericProperty(10)

    def show(self, words: Words, width: float, unit: float) -> None:
        self.text, self.english = words["zh"], words["en"]
        longest = max(width_of(self.text), width_of(self.english) / 2, 1)
        self.font = min(unit * 110, (width - unit * 100) / longest)


class PhotoPlace(Widget):  # type: ignore[misc]
    """A picture that fills its place."""

    texture = ObjectProperty(None, allownone=True)
    _shown: Photo | None = None

    def show(self, photo: Photo) -> None:
        if photo is self._shown:
            return
        self._shown = photo
        if self.texture is None or tuple(self.texture.size) != photo.size:
            self.texture = Texture.create(size=photo.size, colorfmt="rgb")
        self.texture.blit_buffer(photo.rgb, colorfmt="rgb", bufferfmt="ubyte")
        self.canvas.ask_update()


class Between(BoxLayout):  # type: ignore[misc]
    """The large place while nobody is called, where the hall has pictures of its own."""


class Again(BoxLayout):  # type: ignore[misc]
    """Says that a call is a repeated one."""


class CallPanel(Panel):
    """The large place: a call, or several, or what is said when there is none."""

    alone, row = BigCall, CallRow
    """How one call is shown, and each of several."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._big, self._rest, self._again, self._between = self.alone(), Rest(), Again(), Between()
        self._rows: list[CallRow] = []
        self._shown: tuple[object, ...] = ()

    def show(self, calls: Sequence[Call], rest: Words, unit: float, photo: Photo | None) -> None:
        now = (calls or (photo and photo.file) or rest, unit, *self.size)
        if now == self._shown:
            if photo and not calls:
                self._between.ids.photo.show(photo)
            return
        self._shown = now
        stand_still(self)
        self.clear_widgets()
        self.ground = theme.rgba("amber" if calls else "night-2")
        if photo and not calls:
            self._between.ids.photo.show(photo)
            self.add_widget(self._between)
            return
        if not calls:
            self._rest.show(rest, self.width, unit)
            self.add_widget(self._rest)
            return
        height = self.height
        if any(call.kind is CallKind.RECALL for call in calls):
            self.add_widget(self._again)
            height -= unit * 76
        self._add_calls(calls, height, unit)

    def roll(self, photo: Photo) -> None:
        if self._between.parent:
            self._between.ids.photo.show(photo)

    def _add_calls(self, calls: Sequence[Call], height: float, unit: float) -> None:
        if len(calls) == 1:
            self._big.show(calls[0], self.width, height, unit)
            self.add_widget(self._big)
            return
        while len(self._rows) < len(calls):
            self._rows.append(self.row())
        for row, call in zip(self._rows, calls, strict=False):
            row.show(call, self.width, height / len(calls), unit)
            self.add_widget(row)


class RecentCall(Panel):
    edge = NumericProperty(32)
    number = StringProperty()
    window = StringProperty()
    font = NumericProperty(10)

    def show(self, call: Call | None, font: float) -> None:
        self.number, self.window = (call.ticket, str(call.window)) if call else ("", "")
        self.font = font


class WindowCell(Panel):
    number = StringProperty()
    text = StringProperty()
    busy = BooleanProperty(False)
    dim = BooleanProperty(False)
    is_wide = BooleanProperty(False)
    font = NumericProperty(10)

    def show(self, cell: Cell, longest: float) -> None:
        """Two rows of text, or one where there is room; `longest` is the widest text of all cells."""
        self.number, self.text = str(cell.number), cell.text
        self.busy, self.dim = cell.busy, cell.dim
        self.is_wide = self.width > self.height * WIDE_CELL
        height, width = (0.55, self.width * 0.62) if self.is_wide else (0.36, self.width - 8)
        self.font = min(self.height * height, width / max(longest, 2.4))


class NoticeBar(Panel):
    text = StringProperty()
    english = StringProperty()
    font = NumericProperty(10)
    english_font = NumericProperty(10)
    stands_out = BooleanProperty(False)

    def show(self, line: Line | None, unit: float) -> None:
        self.text, self.english = (line.text["zh"], line.text["en"]) if line else ("", "")
        self.stands_out = line is not None and line.is_notice
        room = self.width - unit * 96
        self.font = fitting(self.text, room, unit * 38)
        self.english_font = fitting(self.english, room, unit * 26)


class GroupWait(BoxLayout):  # type: ignore[misc]
    letter = StringProperty()
    name = StringProperty()
    wait = StringProperty()
    colour = ColorProperty(theme.rgba("blue"))
    font = NumericProperty(10)

    def show(self, wait: Wait) -> None:
        self.letter, self.colour = wait.letter, theme.rgba(wait.colour)
        self.name = wait.name["zh"]
        self.wait = " · ".join(part for part in (wait.people["zh"], wait.time["zh"]) if part)


class HallBoard(BoxLayout):  # type: ignore[misc]
    """The whole hall's board, or a zone's; `has_` tells which parts the config gives it."""

    nominal = (1920, 1080)
    overhead = True
    pulse_rounds = 1
    bare_units = 96 + 50
    """Its header and its edges; the calls have what these and the parts leave of the height."""
    heights: ClassVar = {"windows": 196, "lines": 92, "waits": 112}
    columns = LINE_COLUMNS
    recent_edge = 32

    has_recent = BooleanProperty(True)
    windows_units = NumericProperty(0)
    lines_units = NumericProperty(0)
    waits_units = NumericProperty(0)

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.windows_units, self.lines_units, self.waits_units = self.heights.values()
        self._recent: list[RecentCall] = []
        self._cells: list[WindowCell] = []
        self._waits: list[GroupWait] = []

    def fit(self, parts: Sequence[str], height_mm: float, distance_m: float) -> None:
        """Take on the parts of the config, and as many recent calls as can be read from nearer by."""
        self.has_recent = "recent" in parts
        units = {name: height if name in parts else 0 for name, height in self.heights.items()}
        self.windows_units, self.lines_units = units["windows"], units["lines"]
        self.waits_units = units["waits"]
        self._lay_out_recent(self._recent_calls(height_mm, distance_m))

    def _recent_calls(self, height_mm: float, distance_m: float) -> int:
        return recent_rows(height_mm * self.large_share, distance_m)

    @property
    def large_share(self) -> float:
        """The share of the board's height that the calls have."""
        others = self.bare_units + self.windows_units + self.lines_units + self.waits_units
        return float(1 - others / self.nominal[1])

    @property
    def number_share(self) -> float:
        """The digits of a number of four signs are at least this share of the picture's height."""
        return 0.2 if self.has_recent else 0.3

    def photo_size(self, unit: float) -> tuple[int, int]:
        """Pixels of a picture in the large place, above its line of words."""
        place = self.ids.calls
        return round(place.width), round(place.height - unit * 76)

    def roll(self, photo: Photo) -> None:
        """A film's next picture, where the film is already shown."""
        self.ids.calls.roll(photo)

    def _lay_out_recent(self, count: int) -> None:
        if count == len(self._recent):
            return
        self.ids.recent.clear_widgets()
        self._recent = [RecentCall(edge=self.recent_edge) for _ in range(count)]
        for one in self._recent:
            self.ids.recent.add_widget(one)

    def show(
        self, picture: Picture, announcer: Announcer, now: Seconds, unit: float, photo: Photo | None = None
    ) -> None:
        ids = self.ids
        ids.header.show(picture, now)
        ids.notice.show(picture.line(now, self.columns) if self.lines_units else None, unit)
        resting = picture.resting() and not announcer.in_turn(now)
        turn = None if resting or photo else announcer.current
        ids.calls.show(turn.calls if turn else (), picture.rest(now), unit, photo)
        calls = [] if resting else announcer.recent(len(self._recent), with_current=photo is not None)
        self._show_recent(calls, unit)
        if self.windows_units:
            self._show_windows(picture.cells())
        if self.waits_units:
            self._show_waits(picture.waits(), unit)

    @property
    def large_place(self) -> Panel:
        place: Panel = self.ids.calls
        return place

    def _show_recent(self, calls: Sequence[Call], unit: float) -> None:
        """All in one size: the largest in which the widest of them fits its row."""
        width, row = self._recent_room(unit)
        words = [width_of(call.ticket) + width_of(str(call.window)) for call in calls]
        room = width - unit * (2 * self.recent_edge + 52 + self.recent_edge)
        font = min(row * RECENT_FILLED / LINE, room / max([width_of("A00000"), *words]))
        for one, call in zip_longest(self._recent, calls):
            one.show(call, font)

    def _recent_room(self, unit: float) -> tuple[float, float]:
        """How wide a recent call's place is, and how high its row with the gap below it."""
        place = self.ids.recent
        return place.width, (place.height + place.spacing) / max(1, len(self._recent))

    @staticmethod
    def _rows_of_windows(count: int) -> int:
        return 2 if count > 6 else 1

    def _show_windows(self, cells: Sequence[Cell]) -> None:
        grid = self.ids.windows
        if len(self._cells) != len(cells):
            grid.clear_widgets()
            self._cells = [WindowCell() for _ in cells]
            grid.cols = max(1, ceil(len(cells) / self._rows_of_windows(len(cells))))
            for one in self._cells:
                grid.add_widget(one)
        longest = max((width_of(cell.text) for cell in cells), default=1)
        for widget, cell in zip(self._cells, cells, strict=True):
            widget.show(cell, longest)

    def _show_waits(self, waits: Sequence[Wait], unit: float) -> None:
        """All in one size: the largest in which the longest of them fits."""
        if len(self._waits) != len(waits):
            self.ids.waits.clear_widgets()
            self._waits = [GroupWait() for _ in waits]
            for one in self._waits:
                self.ids.waits.add_widget(one)
        for widget, wait in zip(self._waits, waits, strict=True):
            widget.show(wait)
        room = self._wait_width(len(waits), unit) - unit * 92
        longest = max((width_of(widget.wait) for widget in self._waits), default=1)
        for widget in self._waits:
            widget.font = min(unit * 34, room / longest)

    def _wait_width(self, count: int, unit: float) -> float:
        return float((self.width - unit * 80) / max(1, count) - unit * 16)


class OwnCall(Panel):
    """The number at a window; `lit` while it is being called, then calmer until it is done."""

    number = StringProperty()
    words = StringProperty()
    english = StringProperty()
    lit = BooleanProperty(False)
    font = NumericProperty(10)

    def show(self, number: str, words: Words, lit: bool, unit: float) -> None:
        self.number, self.words, self.english = number, words["zh"], words["en"]
        if lit != self.lit:
            stand_still(self)
        self.lit = lit
        room = self.width - unit * 96
        if number:
            self.font = min((self.height - unit * 110) / LINE, room / max(width_of(number), 1))
        else:
            self.font = min(unit * 110, room / max(width_of(self.words), width_of(self.english) / 2, 1))


class WindowBoard(BoxLayout):  # type: ignore[misc]
    """A window's own display: its number, what it serves, whom it calls."""

    nominal = (1280, 480)
    number_share = 0.25
    large_share = 0.6
    overhead = False
    pulse_rounds = 2
    """Who can't hear looks here: it pulses again."""
    columns = LINE_COLUMNS

    number = StringProperty()
    groups = StringProperty()
    groups_en = StringProperty()
    stale = StringProperty()
    stale_en = StringProperty()
    trial = StringProperty()
    clock = StringProperty()
    colour = ColorProperty(theme.rgba("blue"))

    def fit(self, parts: Sequence[str], height_mm: float, distance_m: float) -> None:
        """A window's own display has no parts to choose."""

    def show(
        self, picture: Picture, announcer: Announcer, now: Seconds, unit: float, photo: Photo | None = None
    ) -> None:
        groups, stale = picture.own_groups(), picture.stale(now)
        self.number = str(picture.settings["window"])
        self.groups, self.groups_en = groups["zh"], groups["en"]
        self.colour = theme.rgba(picture.own_colour())
        self.stale, self.stale_en = (stale["zh"], stale["en"]) if stale else ("", "")
        self.trial, self.clock = trial_sign(picture), picture.clock(now)
        lit = announcer.in_turn(now)
        call = announcer.current.calls[0] if lit and announcer.current else None
        called = call.ticket if call else picture.own_ticket()
        words = both("board.own.called") if called else picture.own_state(now)
        if call and call.window != picture.settings["window"]:
            # A call that reaches the whole zone, for who didn't come to another window.
            words = both("board.own.elsewhere", window=call.window)
        self.ids.notice.show(picture.line(now, self.columns), unit)
        self.ids.call.show(called, words, lit, unit)

    @property
    def large_place(self) -> Panel:
        place: Panel = self.ids.call
        return place


def trial_sign(picture: Picture) -> str:
    if not picture.trial:
        return ""
    return f"{say('board.trial')} · {say('board.trial', 'en')}"
