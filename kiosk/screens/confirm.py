"""Before the number is taken: how long, where, and what one may say of oneself but need not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kivy.lang import Builder
from kivy.properties import BooleanProperty, StringProperty

from assets import texts
from kiosk import basket
from kiosk import events as e
from kiosk.events import Touch
from kiosk.screens.parts import Choice, Page
from kiosk.visit import State
from queue_server.hall import identity
from queue_server.hall.model import Need, Priority

Builder.load_file(str(Path(__file__).with_suffix(".kv")))

SITUATIONS: tuple[Priority | Need, ...] = (
    Priority.ELDERLY,
    Priority.DISABLED,
    Need.WHEELCHAIR,
    Priority.PREGNANT,
    Priority.INFANT,
    Priority.MILITARY,
    Need.DEAF,
    Need.BLIND,
    Need.INTERPRETER,
)
"""In the order in which they stand, like beside like."""


class Situation(Choice):
    """Something that may apply; ticked where it does."""

    words = StringProperty()
    chosen = BooleanProperty(False)


class Take(Choice):
    """The way on."""

    words = StringProperty()
    words_other = StringProperty()


class Confirm(Page):
    """The group or item that was chosen, and the number one touch away."""

    @classmethod
    def shape(cls, state: State) -> tuple[object, ...]:
        return (*super().shape(state), state.visit.group, state.visit.items, state.floor.groups)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._situations = {one: self._situation(one) for one in SITUATIONS}
        for key in self._situations.values():
            self.ids.situations.add_widget(key)
        take = Take(words=self.say("confirm.take"), words_other=self.say_other("confirm.take"))
        take.bind(on_release=self.press(e.Take()))
        (self if self.portrait else self.ids.side).add_widget(take)
        if not self.state.visit.items:
            self.remove_widget(self.ids.with_items)
        if not self.state.floor.kiosk.ask_id:
            self.ids.optional.remove_widget(self.ids.identity)
        self.bind(state=lambda *_: self._follow())
        self._follow()

    def _situation(self, one: Priority | Need) -> Situation:
        kind = "priority" if isinstance(one, Priority) else "need"
        key = Situation(words=self.say(f"{kind}.{one}"))
        event: Touch = e.SetPriority(one) if isinstance(one, Priority) else e.ToggleNeed(one)
        key.bind(on_release=self.press(event))
        return key

    def _follow(self) -> None:
        visit = self.state.visit
        for one, key in self._situations.items():
            key.chosen = one is visit.priority or one in visit.needs

    def title(self) -> str:
        """The group that comes first; with items, all that the number leads to."""
        floor, visit = self.state.floor, self.state.visit
        legs = [floor.group(leg.group) for leg in basket.legs(floor, visit.items)]
        groups = [group for group in (legs or [floor.group(visit.group)]) if group]
        return " → ".join(self.name(group.name) for group in groups)

    def item(self) -> str:
        """The item's name, or how many there are."""
        items = self.state.visit.items
        if len(items) > 1:
            return self.say("confirm.counted", count=len(items))
        item = self.state.floor.item(items[0]) if items else None
        return self.name(item.name) if item else ""

    def basket_words(self) -> str:
        count = len(self.state.visit.items)
        return self.say("confirm.several", count=count) if count > 1 else self.say("confirm.more")

    def touch_basket(self) -> None:
        self.tell(e.OpenBasket() if len(self.state.visit.items) > 1 else e.OpenFind())

    def open_guide(self) -> None:
        self.tell(e.OpenGuide())

    def colour(self) -> str:
        group = self.state.floor.group(self.state.visit.group)
        return group.colour if group else "blue"

    def ahead(self, state: State) -> str:
        return str(state.floor.wait(state.visit.group).ahead)

    def people(self, state: State) -> str:
        one = state.floor.wait(state.visit.group).ahead == 1
        return self.say("confirm.person" if one else "confirm.people")

    def minutes(self, state: State) -> str:
        minutes = state.floor.wait(state.visit.group).minutes
        if minutes is None:
            return self.say("confirm.unknown")
        return self.say("wait.none") if minutes == 0 else str(minutes)

    def unit(self, state: State) -> str:
        return self.say("confirm.minutes") if state.floor.wait(state.visit.group).minutes else ""

    def where(self, state: State) -> str:
        group = state.floor.group(state.visit.group)
        names = state.floor.zone_names(group.zones if group else (), self.language)
        return texts.say("slip.zones-or", self.language).join(names)

    def id_words(self, state: State) -> str:
        """What is known of the ID number, what is wrong with it, or how to give it."""
        visit = state.visit
        if visit.hint:
            return self.say(f"hint.{visit.hint}")
        return identity.mask_id(visit.id_number) if visit.id_number else self.say("confirm.id-lay")

    def id_key(self, state: State) -> str:
        return self.say("confirm.id-forget" if state.visit.id_number else "confirm.id-type")

    def touch_id(self) -> None:
        self.tell(e.ForgetId() if self.state.visit.id_number else e.OpenIdentify())
