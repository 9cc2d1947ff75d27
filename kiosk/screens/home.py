"""The first screen: what would you like to do? And what it says while the hall is closed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kivy.app import App
from kivy.lang import Builder
from kivy.properties import ObjectProperty, StringProperty

from assets import texts
from kiosk import events as e
from kiosk import guidance, told
from kiosk.events import Touch
from kiosk.floor import Group, Wait
from kiosk.screens.parts import UNBROKEN, Card, Choice, Page
from kiosk.screens.words import is_long, waiting
from kiosk.visit import State
from queue_server.hall.model import Language

Builder.load_file(str(Path(__file__).with_suffix(".kv")))


class GroupKey(Choice):
    """A group with its wait, which stays true while the key stands."""

    wait = ObjectProperty(Wait(0, None))
    language = ObjectProperty(Language.ZH)
    words_other = StringProperty()
    refusal = StringProperty()
    """The code of why it gives no numbers."""

    def told(self, wait: Wait) -> str:
        """In one line where there is room beside, in two where there is below or where it is long."""
        look = App.get_running_app().look
        in_lines = not look.low and (look.large or not look.portrait or is_long(wait))
        return ("\n" if in_lines else " · ").join(self._waits(wait, 42))

    def in_lines(self, wait: Wait) -> str:
        """In two lines; where the key is narrowest its one line is broken before the figure."""
        look = App.get_running_app().look
        told = "\n".join(self._waits(wait, 60))
        return told.replace(UNBROKEN, "\n", 1) if look.large and look.low and not look.portrait else told

    def _waits(self, wait: Wait, figures: float) -> list[str]:
        """People ahead and minutes, with large figures where there is room; the minutes alone in the
        narrowest.
        """
        if self.disabled:
            title = f"sorry.title.{self.refusal}" if self.refusal else "home.no-numbers"
            return [texts.say(f"kiosk.{title}", self.language)]
        look = App.get_running_app().look
        told = waiting(wait, self.language, None if look.large or look.low else look.font(figures))
        return told[-1:] if look.large and look.low else told

    def said(self, language: Language) -> str:
        return guidance.waited_for(self.words, self.wait, language)


class OtherGroup(GroupKey):
    """One of several keys."""


class FirstGroup(GroupKey):
    """What most people come for: the largest key."""


class Closed(Card):
    """Where the groups stood, while no numbers are given."""

    words = StringProperty()
    still = StringProperty()


class ShortcutKey(Choice):
    """A way that isn't a group."""

    icon = StringProperty()
    words_other = StringProperty()


class Home(Page):
    """Groups with their waits; the first of the config is the largest."""

    @classmethod
    def shape(cls, state: State) -> tuple[object, ...]:
        floor = state.floor
        return (
            *super().shape(state),
            floor.groups,
            floor.known,
            floor.state,
            floor.opens_at,
        )

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._keys: dict[str, GroupKey] = {}
        if self.state.floor.takes_numbers:
            self._show_groups()
        elif self.state.floor.known:
            self.ids.groups.clear_widgets()
            self.ids.groups.add_widget(Closed(words=self.opens(), still=self.still()))
        if self.state.floor.known:
            self._show_shortcuts()
        if not self.ids.shortcuts.children:
            self.ids.ways.remove_widget(self.ids.shortcuts)
        self.bind(state=lambda *_: self._follow())

    def _show_groups(self) -> None:
        groups = self.state.floor.groups
        self._keys = {group.id: self._group_key(group, first=not at) for at, group in enumerate(groups)}
        for at, key in enumerate(self._keys.values()):
            (self.ids.first if at == 0 else self.ids.others).add_widget(key)
        self._follow()

    def _follow(self) -> None:
        for id, key in self._keys.items():
            key.wait = self.state.floor.wait(id)

    def _group_key(self, group: Group, first: bool) -> GroupKey:
        return (FirstGroup if first else OtherGroup)(
            words=self.name(group.name),
            words_other=self.second(group.name),
            language=self.language,
            orientation="horizontal" if first and self.portrait else "vertical",
            fill=group.colour if group.takes_numbers else "ink-2",
            disabled=not group.takes_numbers,
            refusal=group.refusal.code if group.refusal else "",
            does=e.ChooseGroup(group.id),
        )

    def _show_shortcuts(self) -> None:
        """The ways that are not groups: beside the question on a wide screen, else above and below the
        groups; in low reach below or beside them.
        """
        find, have = (
            self._shortcut("find", "search", e.OpenFind()),
            self._shortcut("have", "calendar", e.OpenHave()),
        )
        if self.low:
            places = (self.ids.shortcuts, self.ids.shortcuts)
        else:
            places = (self.ids.bar, self.ids.shortcuts if self.portrait else self.ids.bar)
        if not self.closed:
            places[0].add_widget(find)
        places[1].add_widget(have)

    def _shortcut(self, name: str, icon: str, does: Touch) -> ShortcutKey:
        short = self.compact or not self.portrait
        words = texts.both(f"kiosk.home.{name}-short" if short else f"kiosk.home.{name}")
        return ShortcutKey(words=self.name(words), words_other=self.second(words), icon=icon, does=does)

    @property
    def closed(self) -> bool:
        return not self.state.floor.takes_numbers

    def title(self) -> str:
        if not self.state.floor.known:
            return self.say("frame.connecting")
        return self.say("closed.title" if self.closed else "home.title")

    def subtitle(self) -> str:
        """The question in the other language, or when the windows go on."""
        floor = self.state.floor
        if not floor.known:
            return self.say_other("frame.connecting")
        if self.closed:
            return self.say_other("closed.title")
        return told.windows_rest(self.state, self.now) or self.say_other("home.title")

    def still(self) -> str:
        """Why it is closed, where somebody said so, and that nobody who waits is sent away."""
        return "\n".join(told.still(self.state))

    def opens(self) -> str:
        """When numbers are given again, or why they are not."""
        return told.opens(self.state, self.now)
