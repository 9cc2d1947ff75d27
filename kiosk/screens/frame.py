"""What stands around every screen: whose hall it is, the time, the way back, the language, help, modes."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kivy.core.window import Window
from kivy.lang import Builder
from kivy.properties import ObjectProperty, StringProperty
from kivy.uix.floatlayout import FloatLayout
from kivy.uix.widget import Widget

from assets.screen import Panel
from kiosk import events as e
from kiosk.events import Mode
from kiosk.filling import may_go_on_by_phone
from kiosk.screens.caption import Caption
from kiosk.screens.parts import Choice, Page, Plain, other
from kiosk.visit import Help, Place, State, asks_to_stay, forgets_card, goes_back, leaves_at

Builder.load_file(str(Path(__file__).with_suffix(".kv")))


class Trial(Panel):
    """The sign that this hall is being tried out."""

    words = StringProperty()


MODES = (Mode.LARGE, Mode.CONTRAST, Mode.LOW, Mode.VOICE, Mode.SLOW)
"""In the order in which they stand; operation by keys begins with the keys."""


class ModeKey(Choice):
    """Switches a mode on or off; on, it is ticked."""

    mode = ObjectProperty(Mode.LARGE)


class Frame(Page):
    """Head, sign, the page itself, and the foot with what is one touch away on every screen."""

    page = ObjectProperty(None, allownone=True)
    caption = StringProperty()
    """What is being said, for who hears badly or has no headphones on."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        # The floor is what the window is wiped with: painting it once more would cost each frame a third.
        Window.clearcolor = self.look.colour("floor")
        if self.state.floor.kiosk.trial:
            self.ids.corner.add_widget(Trial(words=self.say("frame.trial")), 0 if self.portrait else 1)
        # What is said stands where the hall's name does otherwise: a page keeps all of its room.
        self._whose: Widget = self.ids.whose.__self__
        self._heard = Caption(words=self.caption)
        self.bind(caption=self._heard.setter("words"))
        self._modes = [self._mode_key(mode) for mode in MODES]
        self.bind(state=lambda *_: self._follow())
        self._follow()

    def _mode_key(self, mode: Mode) -> ModeKey:
        words, spoken = self.say(f"mode.{mode}"), self.say(f"mode.spoken.{mode}")
        key = ModeKey(mode=mode, words=words, spoken=spoken, does=e.ToggleMode(mode))
        self.ids.modes.add_widget(key)
        return key

    def _follow(self) -> None:
        for key in self._modes:
            key.chosen = key.mode in self.state.visit.modes
        lead = self._heard if Mode.VOICE in self.state.visit.modes else self._whose
        if self.ids.lead.children != [lead]:
            self.ids.lead.clear_widgets()
            self.ids.lead.add_widget(lead)

    @classmethod
    def shape(cls, state: State) -> tuple[object, ...]:
        floor = state.floor
        return (state.visit.language, floor.known, floor.kiosk, floor.name)

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

    def sign(self, state: State) -> tuple[str, str, str]:
        """What is said under the head, its ground and its letters' colour; no words, no sign."""
        if not state.floor.line_up and state.floor.known:
            return self.say("frame.reconnecting"), "amber", "amber-ink"
        if state.visit.help is not Help.NONE:
            words = self.say(state.visit.help_sign, name=state.visit.helper)
            return words, "blue-soft", "blue-ink"
        if forgets_card(state):
            return self.say("frame.card"), "amber", "amber-ink"
        return "", "amber", "amber-ink"

    def at_foot(self, state: State, now: float) -> str:
        """At home what one does who is at a loss; elsewhere the time left."""
        if state.visit.place is Place.HOME:
            return self.say("frame.unsure")
        end = leaves_at(state)
        if end is None:
            return ""
        if state.visit.place is Place.TICKET:
            return self.say("ticket.stay")
        return self.say("frame.time-left", seconds=seconds_left(end, now))

    def other_language(self) -> e.Speak:
        return e.Speak(other(self.language))

    def can_go_back(self, state: State) -> bool:
        return goes_back(state)

    def can_leave(self, state: State) -> bool:
        return state.visit.place not in (Place.HOME, Place.TAKING)


class Stay(Page):
    """ "Are you still there?", over everything. Whoever must go takes a form along on the phone."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if may_go_on_by_phone(self.state):
            words = self.say("stay.phone")
            phone = Plain(words=words, icon="scan", edge="blue", ink="blue", design=40, does=e.ToPhone())
            phone.size_hint_y = 0.8
            self.ids.card.add_widget(phone, 1)

    def words(self, now: float) -> str:
        return self.say("stay.words", seconds=seconds_left(leaves_at(self.state) or now, now))

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

    def controls(self) -> list[Choice]:
        """What can be operated now, in the order in which keys go through it: the page's own first."""
        return self.choices() if self._stay else [*self.choices(), *_controls(self.frame.ids.foot)]

    def choices(self) -> list[Choice]:
        """Those of the page, or of the question over it; what stands on every screen is left out."""
        return list(_controls(self._stay or self.frame.ids.middle))

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


def _controls(widget: Widget) -> Iterator[Choice]:
    if widget.opacity == 0 or widget.disabled:
        return
    if isinstance(widget, Choice):
        yield widget
    for child in reversed(widget.children):
        yield from _controls(child)


def seconds_left(end: float, now: float) -> int:
    return max(0, math.ceil(end - now))
