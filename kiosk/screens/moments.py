"""Screens with little on them: coming back with a slip, one moment, and being sorry."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kivy.lang import Builder

from kiosk import events as e
from kiosk import told
from kiosk.screens.parts import Page, Plain
from kiosk.sorry import Sorry, Way
from kiosk.visit import Found, State

MOST_RESULTS, FEW_RESULTS = 4, 2
"""So many results find room, in usual and in large text."""

Builder.load_file(str(Path(__file__).with_suffix(".kv")))


class Return(Page):
    """Where to hold the slip of a number that was missed."""


class WithWays(Page):
    """A page whose ways on stand below one another, or beside on a wide screen."""

    def ways_height(self, count: int) -> float:
        if not self.portrait:
            return self.t(120)
        return min(self.reach(20), self.u(170) * count + self.u(24) * (count - 1))


class Ready(WithWays):
    """What the office says of a result, and the two ways on."""

    @classmethod
    def shape(cls, state: State) -> tuple[object, ...]:
        return (*super().shape(state), state.visit.found)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        take = Plain(words=self.say(f"ready.take.{self.advice}"), design=46, does=e.GoOn())
        leave = Plain(words=self.say("ready.leave"), design=46, does=e.Leave())
        keys = (leave, take) if self.advice == "not-yet" else (take, leave)
        for at, key in enumerate(keys):
            key.fill, key.ink, key.edge = ("paper", "blue", "blue") if at else ("blue", "paper", "")
            self.ids.ways.add_widget(key)

    @property
    def found(self) -> Found:
        said: Found = self.state.visit.found
        return said

    @property
    def advice(self) -> str:
        return told.advice(self.found)

    def sign(self) -> str:
        return {"go": "list", "not-yet": "clock", "ask": "help"}[self.advice]

    def ink(self) -> str:
        return {"go": "good", "not-yet": "warn", "ask": "blue"}[self.advice]

    def title(self) -> str:
        return self.say(f"ready.title.{self.advice}")

    def words(self) -> str:
        return self.found.words[self.language]

    def results(self) -> str:
        room = FEW_RESULTS if self.large else MOST_RESULTS
        return "\n".join(told.results(self.found, self.language)[:room])


class Taking(Page):
    """Something is being asked of the hall."""

    def words(self, state: State) -> str:
        return told.taking(state)


WAYS = {
    Way.AGAIN: e.AskAgain(),
    Way.BACK: e.Back(),
    Way.HOME: e.Leave(),
    Way.REPRINT: e.Reprint(),
    Way.AGENT: e.TakeForOther(),
    Way.FORMS: e.OpenSlipForms(),
}


class SorryPage(WithWays):
    """One sentence, and the ways on."""

    @classmethod
    def shape(cls, state: State) -> tuple[object, ...]:
        return (*super().shape(state), state.visit.sorry)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for at, way in enumerate(self.sorry.ways):
            self.ids.ways.add_widget(self._way(way, first=at == 0))

    def _way(self, way: Way, first: bool) -> Plain:
        key = Plain(words=self.say(f"sorry.way.{way}"), design=46, does=WAYS[way])
        key.fill, key.ink, key.edge = ("blue", "paper", "") if first else ("paper", "blue", "blue")
        return key

    @property
    def sorry(self) -> Sorry:
        said: Sorry = self.state.visit.sorry
        return said

    def title(self) -> str:
        return self.say(f"sorry.title.{self.sorry.reason}")

    def words(self) -> str:
        return self.sorry.words[self.language]

    def opens(self) -> str:
        return told.sorry_opens(self.state, self.now)
