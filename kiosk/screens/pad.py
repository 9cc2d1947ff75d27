"""Typing a number or a code on a pad of keys: of an ID card, a phone, a receipt, a project and others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kivy.lang import Builder
from kivy.uix.widget import Widget

from kiosk import events as e
from kiosk.bridging import PROJECT_CUTS
from kiosk.events import Touch
from kiosk.screens.keyboard import SignKey
from kiosk.screens.parts import Page, Plain
from kiosk.visit import Place, State

Builder.load_file(str(Path(__file__).with_suffix(".kv")))

SIGNS = {
    Place.IDENTIFY: "1234567890X",
    Place.TEXTS: "1234567890",
    Place.CHECK_IN: "1234567890ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    Place.RESULT: "1234567890ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    Place.FORM_CODE: "1234567890",
}
PHONE_LIKE = frozenset({Place.TEXTS, Place.FORM_CODE})
"""Ten digits alone: the nought stands under the eight."""
CUTS = {
    Place.IDENTIFY: (6, 14),
    Place.TEXTS: (3, 7),
    Place.CHECK_IN: (4, 8, 12, 16, 20),
    Place.RESULT: (4, 8, 12, 16, 20),
    Place.FORM_CODE: PROJECT_CUTS,
}
"""Where what was typed is parted, so that the eye can follow."""


class Pad(Page):
    """What it asks for is its place's; the keys are the signs that can come."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        digits = self.place not in (Place.CHECK_IN, Place.RESULT)
        flat = self.low and not self.portrait
        self.ids.signs.cols = (6 if flat else 3) if digits else (12 if flat else 6)
        for sign in SIGNS[self.place]:
            if sign == "0" and self.place in PHONE_LIKE and not flat:
                self.ids.signs.add_widget(Widget())
            self.ids.signs.add_widget(SignKey(words=sign, does=e.Typed(sign)))
        if self.place is Place.CHECK_IN:
            self._add_more()

    def _add_more(self) -> None:
        """Beside the way on: who ticks it says more before checking in."""
        words = self.say("check-in.more-short" if self.compact or not self.portrait else "check-in.more")
        more = Plain(words=words, spoken=self.say("check-in.more"), design=36, does=e.SayMore())
        self.ids.acts.add_widget(more, 1)
        if self.portrait or not self.low:
            self.ids.erase.size_hint_x = 0.6

        def follow(*_args: object) -> None:
            more.chosen = self.state.visit.says_more
            on = more.chosen
            more.icon, more.fill, more.edge = "check" if on else "box", "blue-soft" if on else "paper", "blue"
            more.ink = "blue"

        self.bind(state=follow)
        follow()

    @property
    def place(self) -> Place:
        """Of this page: another one is built for another place."""
        place: Place = self.state.visit.place
        return place

    def title(self) -> str:
        return self.say(f"{self.place}.title")

    def why(self) -> str:
        return self.say(f"{self.place}.why")

    def reads_card(self, state: State) -> bool:
        """Whether a card lies there to be read, and nobody types instead."""
        return self.place in (Place.IDENTIFY, Place.RESULT) and state.card_lies and not state.visit.typed

    def enter_words(self, state: State) -> str:
        """Whoever has no receipt at hand goes on without it."""
        if self.reads_card(state):
            return self.say(f"{self.place}.read")
        if self.place is Place.RESULT and not state.visit.typed:
            return self.say("result.skip")
        return self.say(f"{self.place}.enter")

    def enter_event(self, state: State) -> Touch:
        return e.AllowCard() if self.reads_card(state) else e.Enter()

    def typed(self, state: State) -> str:
        """What was typed, in groups that the eye can follow; a bar stands where the next sign comes."""
        typed: str = state.visit.typed
        shown = "".join(" " * (at in CUTS[self.place]) + sign for at, sign in enumerate(typed))
        return f"{shown}|"

    def hint(self, state: State) -> str:
        return self.say(f"hint.{state.visit.hint}") if state.visit.hint else ""
