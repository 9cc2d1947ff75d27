"""Choosing by what one came for: themes, then items, a page at a time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kivy.lang import Builder
from kivy.properties import NumericProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk import events as e
from kiosk.events import Touch
from kiosk.floor import Item, Theme
from kiosk.screens.parts import Choice, Page
from kiosk.screens.words import waiting
from kiosk.visit import PAGE, Place, State, choices, pages

Builder.load_file(str(Path(__file__).with_suffix(".kv")))


class Row(Choice):
    """One of a list; `stripe` is its group's colour, `aside` its wait."""

    name = StringProperty()
    name_other = StringProperty()
    stripe = StringProperty("")
    aside = StringProperty("")


class Pages(BoxLayout):  # type: ignore[misc]
    """Turning the pages of a list; `at` counts from 0 to `last`."""

    page = ObjectProperty()
    at = NumericProperty()
    last = NumericProperty()


class Choose(Page):
    """A list of themes or of items."""

    @classmethod
    def shape(cls, state: State) -> tuple[object, ...]:
        floor, visit = state.floor, state.visit
        return (*super().shape(state), visit.page, visit.theme, floor.items, floor.themes, floor.groups)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._items: dict[str, Row] = {}
        if self.at_themes and self.state.visit.page == 0:
            self._add(self._all())
        start = self.state.visit.page * PAGE
        for one in choices(self.state)[start : start + PAGE]:
            self._add(self._theme(one) if isinstance(one, Theme) else self._item(one))
        if pages(self.state) > 1:
            turning = Pages(page=self, at=self.state.visit.page, last=pages(self.state) - 1)
            (self if self.portrait else self.ids.head).add_widget(turning)
        self.bind(state=lambda *_: self._follow())
        self._follow()

    def _add(self, row: Row) -> None:
        self.ids.rows.add_widget(row)

    def _follow(self) -> None:
        for id, row in self._items.items():
            item = self.state.floor.item(id)
            if item:
                row.aside = self._wait(item)

    @property
    def at_themes(self) -> bool:
        return self.state.visit.place is Place.THEMES

    def title(self) -> str:
        return self.say("themes.title" if self.at_themes else "items.title")

    def page_of(self) -> str:
        return self.say("items.page", page=self.state.visit.page + 1, pages=pages(self.state))

    def turn(self, by: int) -> None:
        self.tell(e.TurnPage(by))

    def _all(self) -> Row:
        count = len(self.state.floor.items)
        words = (self.say("themes.all", count=count), self.say_other("themes.all", count=count))
        row = self._row(*words, e.ChooseTheme(""))
        row.fill, row.edge = "blue-soft", "blue"
        return row

    def _theme(self, theme: Theme) -> Row:
        return self._row(self.name(theme.name), self.name_other(theme.name), e.ChooseTheme(theme.id))

    def _item(self, item: Item) -> Row:
        row = self._row(self.name(item.name), self.name_other(item.name), e.ChooseItem(item.id))
        group = self.state.floor.group(item.group)
        row.stripe = group.colour if group else ""
        self._items[item.id] = row
        return row

    def _row(self, name: str, name_other: str, event: Touch) -> Row:
        row = Row(name=name, name_other=name_other)
        row.bind(on_release=self.press(event))
        return row

    def _wait(self, item: Item) -> str:
        group = self.state.floor.group(item.group)
        if group and group.refusal:
            return self.say(f"sorry.title.{group.refusal.code}")
        return "\n".join(waiting(self.state.floor.wait(item.group), self.language, self.look.font(34)))
