"""Lists to choose from: themes, items, answers to a question, what applies to oneself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kivy.lang import Builder
from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from assets import texts
from kiosk import events as e
from kiosk import guidance
from kiosk.events import Touch
from kiosk.floor import Item, Theme
from kiosk.screens.parts import Choice, Page, columns
from kiosk.screens.words import waiting
from kiosk.visit import Place, State, page, page_at, page_size, pages
from queue_server.hall.model import Need, Priority, Words

Builder.load_file(str(Path(__file__).with_suffix(".kv")))


class Row(Choice):
    """One of a list; `stripe` is its group's colour, `aside` its wait. Narrow ones have that below their
    name, where there is room for it.
    """

    words_other = StringProperty()
    stripe = StringProperty("")
    aside = StringProperty("")
    aside_below = StringProperty("")
    icon = StringProperty("")


def row(page: Page, words: Words, event: Touch, icon: str = "") -> Row:
    return Row(words=page.name(words), words_other=page.second(words), icon=icon, does=event)


def theme_row(page: Page, theme: Theme) -> Row:
    made = row(page, theme.name, e.ChooseTheme(theme.id), icon="list")
    count = len(page.state.floor.items_of(theme.id, page.state.visit.party))
    put_aside(page, made, page.say("themes.count", count=count))
    return made


def put_aside(page: Page, made: Row, *told: str) -> None:
    """Beside its name what stands of a choice; in low reach, where rows are narrow, below it."""
    if page.low:
        made.aside_below = " · ".join(told)
    else:
        made.aside = "\n".join(told)


def item_row(page: Page, item: Item) -> Row:
    """With the colour of its group, and the wait as it stands now."""
    made = row(page, item.name, e.ChooseItem(item.id))
    group = page.state.floor.group(item.group)
    made.stripe = group.colour if group else ""
    show_wait(page, item, made)
    return made


def show_wait(page: Page, item: Item, made: Row) -> None:
    """The wait beside an item, or why no numbers are given; also as it is read."""
    group, wait = page.state.floor.group(item.group), page.state.floor.wait(item.group)
    if group and group.refusal:
        refused = page.say(f"sorry.title.{group.refusal.code}")
        put_aside(page, made, refused)
        made.spoken = guidance.named(made.words, refused, language=page.language)
    else:
        put_aside(page, made, *waiting(wait, page.language, page.look.font(28 if page.low else 34)))
        made.spoken = guidance.waited_for(made.words, wait, page.language)


def turning(page: Page, **look: Any) -> Pages:
    """The keys that turn the pages of the list that stands."""
    return Pages(page=page, at=page_at(page.state), last=pages(page.state) - 1, **look)


class Pages(BoxLayout):  # type: ignore[misc]
    """Turning the pages of a list; `at` counts from 0 to `last`. `short`: it has little room."""

    page = ObjectProperty()
    at = NumericProperty()
    last = NumericProperty()
    short = BooleanProperty(False)


class Listed(Page):
    """A title and rows of choices."""

    @classmethod
    def shape(cls, state: State) -> tuple[object, ...]:
        floor, visit = state.floor, state.visit
        shown = (visit.page, visit.theme, visit.party, visit.question)
        return (*super().shape(state), *shown, floor.items, floor.themes, floor.questions, floor.groups)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        rows = self.rows()
        for made in rows:
            self.ids.rows.add_widget(made)
        # A last page's rows are as high as those of a full one.
        for _ in range(page_size(self.state) - len(rows)):
            self.ids.rows.add_widget(Widget())
        if pages(self.state) > 1:
            self.ids.hands.add_widget(turning(self))

    @property
    def columns(self) -> int:
        return columns(self)

    def rows(self) -> list[Row]:
        """What may be chosen on this page; each kind of list says its own."""
        raise NotImplementedError

    def title(self) -> str:
        return self.say(f"{self.state.visit.place}.title")


class Choose(Listed):
    """A page of themes or of items; their waits stay true while they stand."""

    def __init__(self, **kwargs: Any) -> None:
        self._items: dict[str, Row] = {}
        super().__init__(**kwargs)
        self.bind(state=lambda *_: self._follow())

    def rows(self) -> list[Row]:
        return [self._row(one) for one in page(self.state)]

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
                show_wait(self, item, made)

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


SITUATIONS = (Priority.ELDERLY, Priority.DISABLED, Priority.PREGNANT, Priority.INFANT, Priority.MILITARY)
NEEDS = (Need.DEAF, Need.BLIND, Need.WHEELCHAIR, Need.SLOW, Need.INTERPRETER)


class Situations(Page):
    """What one may say of oneself: who goes first (one of them applies), or what would help (any)."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._rows = {one: self._row(one) for one in self._offered()}
        for row in self._rows.values():
            self.ids.rows.add_widget(row)
        self.bind(state=lambda *_: self._follow())
        self._follow()

    def _offered(self) -> tuple[Priority | Need, ...]:
        return SITUATIONS if self.state.visit.place is Place.PRIORITY else NEEDS

    def _row(self, one: Priority | Need) -> Row:
        kind = "priority" if isinstance(one, Priority) else "need"
        does = e.SetPriority(one) if isinstance(one, Priority) else e.ToggleNeed(one)
        return row(self, texts.both(f"kiosk.{kind}.{one}"), does)

    def _follow(self) -> None:
        visit = self.state.visit
        for one, row in self._rows.items():
            row.chosen = one is visit.priority or one in visit.needs

    def title(self) -> str:
        return self.say(f"{self.state.visit.place}.title")

    def why(self) -> str:
        return self.say(f"{self.state.visit.place}.why")
