"""Lists to choose from, a page at a time: themes, items, answers to a question."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kivy.lang import Builder
from kivy.properties import NumericProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from assets import texts
from kiosk import events as e
from kiosk.events import Touch
from kiosk.floor import Item, Theme
from kiosk.screens.parts import Choice, Page
from kiosk.screens.words import waiting
from kiosk.visit import PAGE, Place, State, choices, pages
from queue_server.hall.model import Words

Builder.load_file(str(Path(__file__).with_suffix(".kv")))


class Row(Choice):
    """One of a list; `stripe` is its group's colour, `aside` its wait."""

    name = StringProperty()
    name_other = StringProperty()
    stripe = StringProperty("")
    aside = StringProperty("")
    icon = StringProperty("")


def row(page: Page, words: Words, event: Touch, icon: str = "") -> Row:
    made = Row(name=page.name(words), name_other=page.name_other(words), icon=icon)
    made.bind(on_release=page.press(event))
    return made


def theme_row(page: Page, theme: Theme) -> Row:
    made = row(page, theme.name, e.ChooseTheme(theme.id), icon="list")
    count = len(page.state.floor.items_of(theme.id, page.state.visit.party))
    made.aside = page.say("themes.count", count=count)
    return made


def item_row(page: Page, item: Item) -> Row:
    """With the colour of its group, and the wait as it stands now."""
    made = row(page, item.name, e.ChooseItem(item.id))
    group = page.state.floor.group(item.group)
    made.stripe = group.colour if group else ""
    made.aside = _aside(page, item)
    return made


def _aside(page: Page, item: Item) -> str:
    """The wait, or why no numbers are given."""
    group = page.state.floor.group(item.group)
    if group and group.refusal:
        return page.say(f"sorry.title.{group.refusal.code}")
    return "\n".join(waiting(page.state.floor.wait(item.group), page.language, page.look.font(34)))


class Pages(BoxLayout):  # type: ignore[misc]
    """Turning the pages of a list; `at` counts from 0 to `last`."""

    page = ObjectProperty()
    at = NumericProperty()
    last = NumericProperty()


class Listed(Page):
    """A title and rows of choices."""

    @classmethod
    def shape(cls, state: State) -> tuple[object, ...]:
        floor, visit = state.floor, state.visit
        shown = (visit.page, visit.theme, visit.party, visit.question)
        return (*super().shape(state), *shown, floor.items, floor.themes, floor.questions, floor.groups)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for made in self.rows():
            self.ids.rows.add_widget(made)
        if pages(self.state) > 1:
            turning = Pages(page=self, at=self.state.visit.page, last=pages(self.state) - 1)
            (self if self.portrait else self.ids.head).add_widget(turning)

    def rows(self) -> list[Row]:
        raise NotImplementedError

    def title(self) -> str:
        return self.say(f"{self.state.visit.place}.title")

    def page_of(self) -> str:
        return self.say("items.page", page=self.state.visit.page + 1, pages=pages(self.state))

    def turn(self, by: int) -> None:
        self.tell(e.TurnPage(by))


class Choose(Listed):
    """A page of themes or of items; their waits stay true while they stand."""

    def __init__(self, **kwargs: Any) -> None:
        self._items: dict[str, Row] = {}
        super().__init__(**kwargs)
        self.bind(state=lambda *_: self._follow())

    def rows(self) -> list[Row]:
        start = self.state.visit.page * PAGE
        return [self._row(one) for one in choices(self.state)[start : start + PAGE]]

    def _row(self, one: Theme | Item | None) -> Row:
        if isinstance(one, Item):
            return self._items.setdefault(one.id, item_row(self, one))
        return self._all() if one is None else theme_row(self, one)

    def _all(self) -> Row:
        count = len(self.state.floor.items_of("", self.state.visit.party))
        made = row(self, texts.both("kiosk.themes.all", count=count), e.ChooseTheme(""))
        made.fill, made.edge = "blue-soft", "blue"
        return made

    def _follow(self) -> None:
        for id, made in self._items.items():
            item = self.state.floor.item(id)
            if item:
                made.aside = _aside(self, item)

    def title(self) -> str:
        visit = self.state.visit
        if visit.place is Place.THEMES:
            return self.say(f"themes.title-{visit.party}" if visit.party else "themes.title")
        theme = self.state.floor.theme(visit.theme)
        return self.name(theme.name) if theme else self.say("items.title")


class Questions(Listed):
    """One plain question, its answers, and somebody to ask instead."""

    def rows(self) -> list[Row]:
        question = self.state.floor.question(self.state.visit.question)
        answers = question.answers if question else ()
        made = [row(self, one.name, e.ChooseAnswer(at)) for at, one in enumerate(answers)]
        person = row(self, texts.both("kiosk.question.person"), e.CallHelp(), icon="help")
        person.fill, person.edge = "blue-soft", "blue"
        return [*made, person]

    def title(self) -> str:
        question = self.state.floor.question(self.state.visit.question)
        return self.name(question.name) if question else self.say("question.title")


class Have(Listed):
    """What somebody may have from before: an appointment, a number that was called, none any more."""

    def rows(self) -> list[Row]:
        ways: list[tuple[str, str, Touch]] = [
            ("return", "return", e.OpenReturn()),
            ("lost", "help", e.CallHelp()),
        ]
        if self.state.floor.takes_numbers:
            ways.insert(0, ("check-in", "calendar", e.OpenCheckIn()))
        return [row(self, texts.both(f"kiosk.have.{name}"), event, icon) for name, icon, event in ways]
