"""The boards' screens: the hall's or a zone's board, and a window's own display.

What is shown is decided in `picture` and `announcer`; here it is drawn, and only what changed. How it
looks stands in `board.kv`, which Kivy loads with the app. Every method is called on Kivy's clock.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import ceil

from assets import screen, theme
from assets.screen import Panel
from assets.texts import both, say
from display_board.announcer import Announcer, Call
from display_board.flash import beats
from display_board.picture import Cell, Picture, Wait
from display_board.sizes import LINE
from queue_server.hall.model import CallKind, Seconds, Words

# Kivy comes after `screen`, which settles its config.
from kivy.animation import Animation  # isort: skip
from kivy.core.text import Label as TextMeasure  # isort: skip
from kivy.properties import BooleanProperty, ColorProperty, NumericProperty, StringProperty  # isort: skip
from kivy.uix.boxlayout import BoxLayout  # isort: skip

RECENT_CALLS = 5
WINDOW_NUMBER_SHARE = 0.87
"""A window's number beside one call: somewhat smaller than the ticket's, which is looked for first."""

NOTICE_COLUMNS, OWN_NOTICE_COLUMNS = 60, 30
"""So many Hanzi of a notice fit one line of a board, and of a window's own display."""

MEASURED_FONT = 100


@lru_cache(maxsize=512)
def width_of(text: str) -> float:
    """How wide a heavy text is at a font size of 1."""
    measure = TextMeasure(font_name=screen.BOLD, font_size=MEASURED_FONT)
    return float(measure.get_extents(text)[0]) / MEASURED_FONT


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


class Again(BoxLayout):  # type: ignore[misc]
    """Says that a call is a repeated one."""


class CallPanel(Panel):
    """The large place: a call, or several, or what is said when there is none."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._big, self._rest, self._again = BigCall(), Rest(), Again()
        self._rows: list[CallRow] = []
        self._shown: tuple[object, ...] = ()

    def show(self, calls: Sequence[Call], rest: Words, unit: float) -> None:
        now = (calls or rest, unit, *self.size)
        if now == self._shown:
            return
        self._shown = now
        stand_still(self)
        self.clear_widgets()
        self.ground = theme.rgba("amber" if calls else "night-2")
        if not calls:
            self._rest.show(rest, self.width, unit)
            self.add_widget(self._rest)
            return
        height = self.height
        if any(call.kind is CallKind.RECALL for call in calls):
            self.add_widget(self._again)
            height -= unit * 76
        self._add_calls(calls, height, unit)

    def _add_calls(self, calls: Sequence[Call], height: float, unit: float) -> None:
        if len(calls) == 1:
            self._big.show(calls[0], self.width, height, unit)
            self.add_widget(self._big)
            return
        while len(self._rows) < len(calls):
            self._rows.append(CallRow())
        for row, call in zip(self._rows, calls, strict=False):
            row.show(call, self.width, height / len(calls), unit)
            self.add_widget(row)


class RecentCall(Panel):
    number = StringProperty()
    window = StringProperty()

    def show(self, call: Call | None) -> None:
        self.number, self.window = (call.ticket, str(call.window)) if call else ("", "")


class WindowCell(Panel):
    number = StringProperty()
    text = StringProperty()
    busy = BooleanProperty(False)
    dim = BooleanProperty(False)
    font = NumericProperty(10)

    def show(self, cell: Cell) -> None:
        self.number, self.text = str(cell.number), cell.text
        self.busy, self.dim = cell.busy, cell.dim


class NoticeBar(Panel):
    text = StringProperty()
    english = StringProperty()
    font = NumericProperty(10)

    def show(self, notice: Words | None, unit: float) -> None:
        self.text, self.english = (notice["zh"], notice["en"]) if notice else ("", "")
        self.font = min(unit * 34, (self.width - unit * 96) / max(width_of(self.text), 1))


class GroupWait(BoxLayout):  # type: ignore[misc]
    letter = StringProperty()
    name = StringProperty()
    wait = StringProperty()
    colour = ColorProperty(theme.rgba("blue"))

    def show(self, wait: Wait) -> None:
        self.letter, self.colour = wait.letter, theme.rgba(wait.colour)
        self.name = wait.name["zh"]
        self.wait = " · ".join(part for part in (wait.people["zh"], wait.time["zh"]) if part)


class HallBoard(BoxLayout):  # type: ignore[misc]
    """The whole hall's board, or a zone's."""

    nominal = (1920, 1080)
    number_share = 0.2
    """The digits of a number of four signs are at least this share of the picture's height."""
    overhead = True
    pulse_rounds = 1

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        for _ in range(RECENT_CALLS):
            self.ids.recent.add_widget(RecentCall())
        self._cells: list[WindowCell] = []
        self._waits: list[GroupWait] = []

    def show(self, picture: Picture, announcer: Announcer, now: Seconds, unit: float) -> None:
        ids = self.ids
        ids.header.show(picture, now)
        ids.notice.show(picture.notice(now, NOTICE_COLUMNS), unit)
        resting = picture.resting() and not announcer.in_turn(now)
        turn = None if resting else announcer.current
        ids.calls.show(turn.calls if turn else (), picture.rest(now), unit)
        self._show_recent([] if resting else announcer.recent(RECENT_CALLS))
        self._show_windows(picture.cells())
        self._show_waits(picture.waits())

    @property
    def large_place(self) -> Panel:
        place: Panel = self.ids.calls
        return place

    def _show_recent(self, calls: Sequence[Call]) -> None:
        rows = reversed(self.ids.recent.children)
        for row, call in zip(rows, [*calls, *[None] * RECENT_CALLS], strict=False):
            row.show(call)

    def _show_windows(self, cells: Sequence[Cell]) -> None:
        grid = self.ids.windows
        if len(self._cells) != len(cells):
            grid.clear_widgets()
            self._cells = [WindowCell() for _ in cells]
            grid.cols = max(1, ceil(len(cells) / (2 if len(cells) > 6 else 1)))
            for one in self._cells:
                grid.add_widget(one)
        longest = max((width_of(cell.text) for cell in cells), default=1)
        for widget, cell in zip(self._cells, cells, strict=True):
            widget.show(cell)
            widget.font = min(widget.height * 0.36, (widget.width - 8) / max(longest, 2.4))

    def _show_waits(self, waits: Sequence[Wait]) -> None:
        if len(self._waits) != len(waits):
            self.ids.waits.clear_widgets()
            self._waits = [GroupWait() for _ in waits]
            for one in self._waits:
                self.ids.waits.add_widget(one)
        for widget, wait in zip(self._waits, waits, strict=True):
            widget.show(wait)


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
    overhead = False
    pulse_rounds = 2
    """Who can't hear looks here: it pulses again."""

    number = StringProperty()
    groups = StringProperty()
    groups_en = StringProperty()
    stale = StringProperty()
    stale_en = StringProperty()
    trial = StringProperty()
    clock = StringProperty()
    colour = ColorProperty(theme.rgba("blue"))

    def show(self, picture: Picture, announcer: Announcer, now: Seconds, unit: float) -> None:
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
        self.ids.notice.show(picture.notice(now, NOTICE_COLUMNS), unit)
        self.ids.call.show(called, words, lit, unit)

    @property
    def large_place(self) -> Panel:
        place: Panel = self.ids.call
        return place


def trial_sign(picture: Picture) -> str:
    if not picture.trial:
        return ""
    return f"{say('board.trial')} · {say('board.trial', 'en')}"
