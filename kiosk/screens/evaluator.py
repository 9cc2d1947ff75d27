"""The evaluator's pages: the counter, five equal faces, and how a question ended.

All is said in Chinese and English together, in sizes of millimetres.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from kivy.graphics import Color, SmoothEllipse, SmoothLine
from kivy.uix.anchorlayout import AnchorLayout
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from assets import theme
from assets.screen import Key, Panel, Scale, Words
from assets.texts import say
from kiosk.rating_session import Counter, Ended, Faces, Page, Session, Unplanned
from queue_server.hall.model import WindowState

MOUTHS = {
    5: ((30, 66), (60, 96), (90, 66)),
    4: ((34, 72), (60, 88), (86, 72)),
    3: ((36, 78), (60, 78), (84, 78)),
    2: ((34, 86), (60, 70), (86, 86)),
    1: ((30, 90), (60, 62), (90, 90)),
}
"""Each score's mouth: a curve from corner to corner, in a face of 120 × 120 seen from the top left."""

STATE_COLOURS = {
    WindowState.OPEN: "good",
    WindowState.PAUSED: "warn",
    WindowState.CLOSING: "warn",
    WindowState.CLOSED: "ink-2",
}


class Face(Widget):  # type: ignore[misc]
    """A drawn face; `ink` is a colour's name."""

    def __init__(self, score: int, ink: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._score, self._ink = score, ink
        self.bind(pos=self._draw, size=self._draw)

    def _draw(self, *_args: object) -> None:
        unit = min(self.size) / 120
        middle_x, middle_y = self.x + self.width / 2, self.y + self.height / 2
        left, top = middle_x - 60 * unit, middle_y + 60 * unit
        mouth = [each for x, y in MOUTHS[self._score] for each in (left + x * unit, top - y * unit)]
        self.canvas.clear()
        with self.canvas:
            Color(*theme.rgba(self._ink))
            self._disc(middle_x, middle_y, 57.5 * unit)
            Color(*theme.rgba("paper"))
            self._disc(middle_x, middle_y, 50.5 * unit)
            Color(*theme.rgba(self._ink))
            for x in (42, 78):
                self._disc(left + x * unit, top - 48 * unit, 7 * unit)
            SmoothLine(bezier=mouth, width=3.5 * unit)
            for x, y in (mouth[:2], mouth[-2:]):
                self._disc(x, y, 3.5 * unit)

    @staticmethod
    def _disc(x: float, y: float, radius: float) -> None:
        SmoothEllipse(pos=(x - radius, y - radius), size=(2 * radius, 2 * radius))


class Pages:
    """Builds the pages, in sizes of millimetres."""

    def __init__(self, scale: Scale) -> None:
        self._mm = scale.px
        self._scale = scale

    def words(self, text: str, capital_mm: float, ink: str = "ink", **kwargs: Any) -> Words:
        """A line of text as high as its letters need."""
        font = self._scale.font(capital_mm)
        shape = {"halign": "center", "size_hint_y": None, "height": font * 1.5}
        return Words(text, ink=ink, font_size=font, **(shape | kwargs))

    def both(self, key: str, capital_mm: float, **values: object) -> list[Widget]:
        """A title in Chinese, and below it the same in English."""
        chinese = self.words(say(key, "zh", **values), capital_mm, bold=True)
        return [chinese, self.words(say(key, "en", **values), capital_mm * 0.55, "ink-2")]

    def column(self, rows: list[Widget], edge_mm: float = 7) -> Widget:
        """Rows one below the other, in the middle of the page."""
        column = BoxLayout(orientation="vertical", size_hint_y=None, spacing=self._mm(1.5))
        column.bind(minimum_height=column.setter("height"))
        for row in rows:
            column.add_widget(row)
        middle = AnchorLayout(padding=(self._mm(edge_mm), 0))
        middle.add_widget(column)
        return middle

    def counter(self, counter: Counter) -> Widget:
        """Whose window it is and how it stands, or the number that is there now."""
        if counter.serving:
            rows = self.both("evaluator.serving", 5.5)
            rows.append(self.words(counter.serving, 22, "blue", bold=True))
        else:
            rows = self.both("evaluator.window", 10, window=counter.number) + self._clerk(counter)
        return self.column([*rows, self._gap(4), self._state(counter.state)])

    def _clerk(self, counter: Counter) -> list[Widget]:
        rows: list[Widget] = []
        if counter.clerk:
            rows += [self._gap(2), self.words(counter.clerk, 6.5, bold=True)]
        if counter.staff_no:
            both = (say("evaluator.staff", language, staff_no=counter.staff_no) for language in ("zh", "en"))
            rows.append(self.words(" · ".join(both), 3.2, "ink-2"))
        return rows

    def _state(self, state: WindowState) -> Widget:
        sign = Panel(ground=theme.rgba(STATE_COLOURS[state]), corner=self._mm(3.4))
        sign.size_hint, sign.size = (None, None), (self._mm(120), self._mm(14))
        key = f"evaluator.state.{state}"
        sign.add_widget(self.words(f"{say(key)}  {say(key, 'en')}", 4.2, "paper", size_hint_y=1, bold=True))
        row = AnchorLayout(size_hint_y=None, height=sign.height)
        row.add_widget(sign)
        return row

    def faces(self, page: Faces, press: Callable[[int], None]) -> Widget:
        """Five faces of one size; once one was pressed it alone keeps its colour."""
        body = BoxLayout(orientation="vertical", padding=(self._mm(7), self._mm(6), self._mm(7), self._mm(3)))
        title = "evaluator.sending" if page.chosen else "evaluator.ask.title"
        for row in self.both(title, 7, number=page.number):
            body.add_widget(row)
        body.add_widget(self._gap(4))
        five = BoxLayout(spacing=self._mm(3.5))
        for score, ink in theme.FACES:
            pale = page.chosen not in (None, score)
            five.add_widget(self._face(score, "line" if pale else ink, partial(press, score)))
        body.add_widget(five)
        return body

    def _face(self, score: int, ink: str, press: Callable[[], None]) -> Widget:
        mm = self._mm
        key = Key(orientation="vertical", line=theme.rgba(ink), line_width=mm(0.4), corner=mm(4))
        key.bind(on_release=lambda *_: press())
        face = Face(score, ink, size_hint_y=None, height=mm(26))
        chinese = self.words(say(f"evaluator.score.{score}"), 4.8, ink, bold=True)
        english = self.words(say(f"evaluator.score.{score}", "en"), 2.9, ink)
        key.add_widget(self.column([face, self._gap(3), chinese, english], edge_mm=0.5))
        return key

    def ended(self, page: Ended) -> Widget:
        rows = self.both(f"evaluator.{page.end}.title", 9, number=page.number)
        return self.column([*rows, self._gap(6), *self.both(f"evaluator.{page.end}.way", 5)])

    def unplanned(self) -> Widget:
        rows = self.both("evaluator.unplanned.title", 9)
        return self.column([*rows, self._gap(6), *self.both("evaluator.unplanned.way", 5)])

    def connecting(self) -> Widget:
        return self.column(self.both("evaluator.connecting", 7))

    def _gap(self, millimetres: float) -> Widget:
        return Widget(size_hint_y=None, height=self._mm(millimetres))


class EvaluatorScreen(BoxLayout):  # type: ignore[misc]
    """The whole picture: a bar that says where one is, the page, and a line of small print.

    A page is built anew only when it changes, so that a finger on a face is never lost.
    """

    def __init__(self, scale: Scale, press: Callable[[Faces, int], None], **kwargs: Any) -> None:
        super().__init__(orientation="vertical", **kwargs)
        self._pages, self._press = Pages(scale), press
        self._page: Page | None = None
        bar = Panel(ground=theme.rgba("blue"), corner=0, size_hint_y=None, height=scale.px(16))
        bar.padding = (scale.px(7.5), 0)
        self._where = self._pages.words("", 3.9, "paper", halign="left", size_hint_x=2, size_hint_y=1)
        self._what = self._pages.words("", 3.9, "paper", bold=True, halign="right", size_hint_y=1)
        bar.add_widget(self._where)
        bar.add_widget(self._what)
        self._middle = BoxLayout()
        self._print = self._pages.words("", 3.2, "ink-2")
        self._print_en = self._pages.words("", 2.6, "ink-2")
        paper = Panel(orientation="vertical", corner=0, padding=(0, 0, 0, scale.px(4)))
        for part in (self._middle, self._print, self._print_en):
            paper.add_widget(part)
        self.add_widget(bar)
        self.add_widget(paper)

    def show(self, session: Session, now: float) -> None:
        """Bring the picture up to date."""
        page = session.page(now)
        self._show_bar(session, page)
        self._show_print(session, page, now)
        if page != self._page:
            self._page = page
            self._middle.clear_widgets()
            self._middle.add_widget(self._build(page))

    def _build(self, page: Page) -> Widget:
        if isinstance(page, Faces):
            return self._pages.faces(page, partial(self._press, page))
        if isinstance(page, Ended):
            return self._pages.ended(page)
        if isinstance(page, Counter):
            return self._pages.counter(page)
        if isinstance(page, Unplanned):
            return self._pages.unplanned()
        return self._pages.connecting()

    def _show_bar(self, session: Session, page: Page) -> None:
        """The hall and its window; or who sits there, where the page itself doesn't say so."""
        counter = session.counter if isinstance(session.counter, Counter) else None
        busy = isinstance(page, Faces) or (isinstance(page, Counter) and page.serving)
        self._where.text = _who(counter) if counter and counter.clerk and busy else session.hall
        self._what.text = say("evaluator.finished", number=page.number) if isinstance(page, Faces) else ""

    def _show_print(self, session: Session, page: Page, now: float) -> None:
        """A broken line comes first; else what one should know about rating."""
        since, left = session.stale_since(now), session.seconds_left(now)
        for label, language in ((self._print, "zh"), (self._print_en, "en")):
            label.color = theme.rgba("bad" if since else "ink-2")
            label.text = ""
            if since:
                label.text = say("evaluator.stale", language, since=since)
            elif left is not None:
                label.text = say("evaluator.ask.print", language, seconds=left)


def _who(counter: Counter) -> str:
    staff = f" · {say('evaluator.staff', staff_no=counter.staff_no)}" if counter.staff_no else ""
    return say("evaluator.clerk", window=counter.number, name=counter.clerk) + staff
