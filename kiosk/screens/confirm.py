"""Before the number is taken: how long, where, and what one may say of oneself but need not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kivy.lang import Builder
from kivy.properties import StringProperty

from assets import texts
from kiosk import basket, guidance
from kiosk import events as e
from kiosk.events import Touch
from kiosk.screens.parts import Choice, Page, Plain
from kiosk.visit import State
from queue_server.hall import identity
from queue_server.hall.model import Need, Priority
from queue_server.hall.ranges import figure

Builder.load_file(str(Path(__file__).with_suffix(".kv")))


MOST_LARGE_GROUPS = 2
"""Of more there is no room in large letters: then the first and the last stand there, and all are said."""


class Ask(Choice):
    """A question that need not be answered, with its answer."""

    answer = StringProperty()


class Take(Choice):
    """The way on."""

    words_other = StringProperty()


class Confirm(Page):
    """The group or item that was chosen, and the number one touch away."""

    @classmethod
    def shape(cls, state: State) -> tuple[object, ...]:
        return (*super().shape(state), state.visit.group, state.visit.items, state.floor.groups)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._priority = Ask(words=self.say("priority.ask"), does=e.OpenPriority())
        self._needs = Ask(words=self.say("needs.ask"), does=e.OpenNeeds())
        for key in (self._priority, self._needs):
            self.ids.asked.add_widget(key)
        if self.needs_forms():
            self.ids.with_items.add_widget(self._forms())
        if not self.state.visit.items:
            self.ids.with_items.parent.remove_widget(self.ids.with_items)
        appointment = self.state.visit.appointment
        if appointment:
            self.ids.with_items.remove_widget(self.ids.basket)
        if appointment or not self.state.floor.kiosk.ask_id:
            self.ids.identity.parent.remove_widget(self.ids.identity)
        self.bind(state=lambda *_: self._follow())
        self._follow()

    def _follow(self) -> None:
        visit = self.state.visit
        priority = "" if visit.priority is Priority.NONE else self.say(f"priority.{visit.priority}")
        needs = [self.say(f"need.{one}") for one in Need if one in visit.needs]
        for key, answers in ((self._priority, [priority] if priority else []), (self._needs, needs)):
            key.chosen = bool(answers)
            key.answer = self._in_short(answers) if answers else self.say("confirm.optional")
            told = answers or [key.answer]
            key.spoken = guidance.named(key.words, *told, language=self.language)

    def _in_short(self, answers: list[str]) -> str:
        """What was answered in one line; read aloud it is told in full."""
        if len(answers) == 1 or (len(answers) == 2 and not self.compact):
            return guidance.named(*answers, language=self.language)
        return self.say("needs.several", first=answers[0], others=len(answers) - 1)

    def take_key(self) -> str:
        """The name of what the way on says."""
        return "check-in.enter" if self.state.visit.appointment else "confirm.take"

    def needs_forms(self) -> bool:
        items = [self.state.floor.item(id) for id in self.state.visit.items]
        return any(item.forms for item in items if item)

    def _forms(self) -> Plain:
        """To the forms; ticked when all that were begun are finished."""
        fillings = self.state.visit.fillings
        done = bool(fillings) and all(one.is_ready for one in fillings)
        words = self.say("confirm.forms-done" if done else "confirm.forms")
        icon = "check" if done else "list"
        return Plain(
            words=words, icon=icon, edge="blue", ink="blue", design=40, chosen=done, does=e.OpenForms()
        )

    @property
    def flat(self) -> bool:
        """Whether the keys stand in two columns at the foot of a wide screen."""
        return bool(self.low and not self.portrait)

    @property
    def aside(self) -> bool:
        """Whether the keys stand beside the waits, not below them."""
        return not self.portrait and not self.low

    def title(self) -> str:
        """The group that comes first; with items, all that the number leads to."""
        floor, visit = self.state.floor, self.state.visit
        legs = [floor.group(leg.group) for leg in basket.legs(floor, visit.items)]
        groups = [group for group in (legs or [floor.group(visit.group)]) if group]
        names = [self.name(group.name) for group in groups]
        if self.large and len(names) > MOST_LARGE_GROUPS:
            names[1:-1] = ["…"]
        return " → ".join(names)

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

    def basket_event(self) -> Touch:
        return e.OpenBasket() if len(self.state.visit.items) > 1 else e.OpenFind()

    def ahead(self, state: State) -> str:
        return str(state.floor.wait(state.visit.group).ahead)

    def people(self, state: State) -> str:
        one = state.floor.wait(state.visit.group).ahead == 1
        return self.say("confirm.person" if one else "confirm.people")

    def minutes(self, state: State) -> str:
        wait = state.floor.wait(state.visit.group)
        if wait.minutes is None:
            return self.say("confirm.no-window" if wait.is_unserved else "confirm.unknown")
        return self.say("wait.none") if wait.is_none else figure(wait.minutes)

    def unit(self, state: State) -> str:
        wait = state.floor.wait(state.visit.group)
        return "" if wait.minutes is None or wait.is_none else self.say("confirm.minutes")

    def where(self, state: State) -> str:
        group = state.floor.group(state.visit.group)
        names = state.floor.zone_names(group.zones if group else (), self.language)
        return texts.say("slip.zones-or", self.language).join(names)

    def id_words(self, state: State) -> str:
        """What is known of the ID number, what is wrong with it, or how to give it."""
        visit = state.visit
        if visit.hint:
            return self.say(f"hint.{visit.hint}")
        if not visit.id_number:
            lay = self.say("confirm.id-lay")
            return lay if self.compact else f"{self.say('confirm.id-optional')}\n{lay}"
        return "  ".join(part for part in (visit.card_name, identity.mask_id(visit.id_number)) if part)

    def id_key(self, state: State) -> str:
        return self.say("confirm.id-forget" if state.visit.id_number else "confirm.id-type")

    def id_spoken(self, state: State) -> str:
        """What the number is for, and what the key does; the number itself is not said."""
        known = bool(state.visit.id_number)
        why = [] if known else [self.say("confirm.id-optional"), self.say("confirm.id-lay")]
        return guidance.named(self.say("confirm.id"), *why, self.id_key(state), language=self.language)

    def id_event(self, state: State) -> Touch:
        return e.ForgetId() if state.visit.id_number else e.OpenIdentify()
