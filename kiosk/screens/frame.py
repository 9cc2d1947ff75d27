"""What stands around every screen: whose hall it is, the time, the way back, the language, help."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from kivy.lang import Builder
from kivy.properties import ObjectProperty, StringProperty
from kivy.uix.floatlayout import FloatLayout

from kiosk import events as e
from kiosk.screens.parts import Choice, Page
from kiosk.visit import Help, Place, State, asks_to_stay, goes_back, leaves_at

Builder.load_file(str(Path(__file__).with_suffix(".kv")))


class Trial(Choice):
    """The sign that this hall is being tried out."""

    words = StringProperty()


class Frame(Page):
    """Head, sign, the page itself, the time left, foot."""

    page = ObjectProperty(None, allownone=True)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if self.state.floor.kiosk.trial:
            self.ids.corner.add_widget(Trial(words=self.say("frame.trial")), 0 if self.portrait else 1)

    @classmethod
    def shape(cls, state: State) -> tuple[object, ...]:
        return (state.visit.language, state.floor.known, state.floor.kiosk, state.floor.name)

    def show(self, page: Page) -> None:
        """Put another page in the middle; the one before is let go of."""
        self.ids.middle.clear_widgets()
        self.ids.middle.add_widget(page)
        self.page = page

    def clock(self, now: float) -> str:
        return f"{self.state.floor.time(now):%H:%M}" if self.state.floor.known else ""

    def second_line(self) -> str:
        floor = self.state.floor
        kiosk = self.say("frame.kiosk", id=floor.kiosk.id) if floor.kiosk.id else ""
        return " · ".join(part for part in (self.name_other(floor.name), kiosk) if part)

    def sign(self, state: State) -> tuple[str, str]:
        """What is said under the head, and its ground; no words, no sign."""
        if not state.floor.line_up and state.floor.known:
            return self.say("frame.reconnecting"), "amber"
        if state.visit.help is not Help.NONE:
            return self.say(f"frame.help-{state.visit.help}"), "blue-soft"
        return "", "amber"

    def time_left(self, state: State, now: float) -> str:
        end = leaves_at(state)
        if end is None or state.visit.place is Place.HOME:
            return ""
        if state.visit.place is Place.TICKET:
            return self.say("ticket.stay")
        return self.say("frame.time-left", seconds=seconds_left(end, now))

    def can_go_back(self, state: State) -> bool:
        return goes_back(state)

    def can_leave(self, state: State) -> bool:
        return state.visit.place not in (Place.HOME, Place.TAKING)

    def at_home(self, state: State) -> bool:
        return state.visit.place is Place.HOME

    def back(self) -> None:
        self.tell(e.Back())

    def leave(self) -> None:
        self.tell(e.Leave())

    def call_help(self) -> None:
        self.tell(e.CallHelp())


class Stay(Page):
    """ "Are you still there?", over everything."""

    def words(self, now: float) -> str:
        return self.say("stay.words", seconds=seconds_left(leaves_at(self.state) or now, now))

    def stay(self) -> None:
        self.tell(e.Touched())

    def leave(self) -> None:
        self.tell(e.Leave())

    def on_touch_down(self, touch: Any) -> bool:
        """Nothing under it can be touched."""
        super().on_touch_down(touch)
        return True


class Root(FloatLayout):  # type: ignore[misc]
    """The frame, and the question over it while it is asked."""

    def __init__(self, frame: Frame, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.frame = frame
        self._stay: Stay | None = None
        self.add_widget(frame)

    def follow(self, state: State, now: float) -> None:
        """Let everything that stands show the state."""
        for page in (self.frame, self.frame.page):
            page.state, page.now = state, now
        asked = asks_to_stay(state, now)
        if asked and self._stay is None:
            frame = self.frame
            self._stay = Stay(state=state, now=now, tell=frame.tell, look=frame.look)
            self.add_widget(self._stay)
        elif not asked and self._stay is not None:
            self.remove_widget(self._stay)
            self._stay = None
        elif self._stay is not None:
            self._stay.now = now


def seconds_left(end: float, now: float) -> int:
    return max(0, math.ceil(end - now))
