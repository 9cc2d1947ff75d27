"""Finding what one came for by typing; before anything is typed, the other ways to it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kivy.lang import Builder
from kivy.uix.widget import Widget

from assets import texts
from kiosk import events as e
from kiosk import told
from kiosk.events import Touch
from kiosk.finding import QUERY_SIGNS
from kiosk.floor import Theme
from kiosk.keyboard import Kind, Typing
from kiosk.screens.choose import Row, item_row, row, theme_row, turning
from kiosk.screens.keyboard import KeyBoard
from kiosk.screens.parts import Fit, Page
from kiosk.visit import State, found, page_size, pages, part
from queue_server.hall.model import Party

Builder.load_file(str(Path(__file__).with_suffix(".kv")))

WAYS: tuple[tuple[str, str, Touch], ...] = (
    ("themes", "list", e.OpenThemes()),
    ("citizen", "person", e.OpenThemes(Party.CITIZEN)),
    ("enterprise", "company", e.OpenThemes(Party.ENTERPRISE)),
    ("unsure", "unsure", e.OpenQuestions()),
)
ALWAYS = ("themes", "unsure")
"""Ways that stand where nothing was found."""


class Find(Page):
    """A field, what it finds, and the keys."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._stood: object = None
        self.ids.field.hint = self.say("find.hint")
        self._keys = KeyBoard(
            kind=Kind.TEXT,
            longest=QUERY_SIGNS,
            language=self.language,
            offer=self.offer,
            typed=lambda typing: self.tell(e.Types(typing)),
        )
        self.ids.board.add_widget(self._keys)
        self.bind(state=lambda *_: self._follow())
        self._follow()

    def narrow(self, state: State) -> bool:
        """Whether the keys that turn the pages stand beside the finds, not below them."""
        return bool(self.low and (self.large or not self.portrait) and found(state))

    def title(self) -> str:
        return self.say("find.more" if self.state.visit.items else "find.title")

    def _follow(self) -> None:
        typing: Typing = self.state.visit.typing
        self.ids.field.typing = self._keys.typing = typing
        visit = self.state.visit
        self.ids.field.aside = told.finds_count(self.state)
        stands = (bool(typing.whole), found(self.state), visit.page, told.finds_nothing(self.state))
        if stands != self._stood:
            self._stood = stands
            self._show_rows()

    def _show_rows(self) -> None:
        rows, nothing = self.ids.rows, told.finds_nothing(self.state)
        rows.clear_widgets()
        if nothing:
            rows.add_widget(Fit(text=nothing, design=40))
        for made in self._found() or self._ways(bool(nothing)):
            rows.add_widget(made)
        for _ in range(page_size(self.state) - len(rows.children)):
            rows.add_widget(Widget())
        self.ids.turning.clear_widgets()
        if pages(self.state) > 1:
            way = "vertical" if self.narrow(self.state) else "horizontal"
            short = self.compact or not self.portrait
            self.ids.turning.add_widget(turning(self, orientation=way, short=short, size_hint_y=1))

    def _found(self) -> list[Row]:
        """Without the other language: what stands beside so many keys must be short."""
        rows = [
            theme_row(self, one) if isinstance(one, Theme) else item_row(self, one)
            for one in found(self.state)[part(self.state)]
        ]
        for made in rows:
            made.words_other = made.aside_below = ""
            made.aside = "" if self.compact else made.aside
        return rows

    def _ways(self, nothing_found: bool) -> list[Row]:
        rows = []
        for name, icon, event in WAYS:
            if not nothing_found or name in ALWAYS:
                words = texts.both(f"kiosk.find.{name}-short" if self.compact else f"kiosk.find.{name}")
                rows.append(row(self, words, event, icon))
        return rows
