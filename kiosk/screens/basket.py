"""What is to be done in this visit: in which order, how long, and what needs no waiting."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kivy.lang import Builder
from kivy.properties import BooleanProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from kiosk import basket, guidance, told
from kiosk import events as e
from kiosk.basket import MOST_ITEMS
from kiosk.floor import Item
from kiosk.screens.choose import turning
from kiosk.screens.parts import Card, Page
from kiosk.visit import State, page_size, pages, part

Builder.load_file(str(Path(__file__).with_suffix(".kv")))


class Leg(BoxLayout):  # type: ignore[misc]
    """One group's part of the visit."""

    title = StringProperty()
    aside = StringProperty()


class Chosen(Card):
    """An item, and a key to take it out."""

    name = StringProperty()
    detail = StringProperty()
    is_elsewhere = BooleanProperty(False)
    place = StringProperty()
    remove_words = StringProperty()
    remove_spoken = StringProperty()
    remove = ObjectProperty()


class Basket(Page):
    """The items by the windows where they are done, in the order of the visit."""

    @classmethod
    def shape(cls, state: State) -> tuple[object, ...]:
        visit, floor = state.visit, state.floor
        return (*super().shape(state), visit.items, visit.page, floor.items, floor.groups)

    def __init__(self, **kwargs: Any) -> None:
        state: State = kwargs["state"]
        self._legs = basket.legs(state.floor, state.visit.items)
        super().__init__(**kwargs)
        if not self.has_room():
            self.ids.acts.remove_widget(self.ids.more)
        shown = [one for leg in self._legs for one in leg.items][part(state)]
        for at, leg in enumerate(self._legs, start=1):
            self._show(at, leg, [one for one in leg.items if one in shown])
        if self.is_headed:
            self.ids.parts.add_widget(Widget())
        else:
            for _ in range(page_size(state) - len(shown)):
                self.ids.parts.add_widget(Widget())
        if pages(state) > 1:
            self._add_turning()

    def _add_turning(self) -> None:
        """Above the other keys; beside them where there is little height."""
        if self.portrait and not self.low:
            self.ids.hands.add_widget(turning(self), index=1)
        else:
            acts = self.ids.acts
            keys = turning(self, short=True, size_hint_x=None, size_hint_y=1, width=self.u(390))
            acts.add_widget(keys, index=len(acts.children))

    @property
    def is_headed(self) -> bool:
        """Whether each part has a heading of its own; where room is short the cards say it themselves."""
        return bool(self.portrait and not self.compact)

    def _show(self, at: int, leg: basket.Leg, items: list[Item]) -> None:
        """What of a part stands on this page."""
        if not items:
            return
        rows = [self._chosen(at, item) for item in items]
        if not self.is_headed:
            for row in rows:
                self.ids.parts.add_widget(row)
            return
        title = told.heading(self.state.floor, at, leg.group, self.language)
        shown = Leg(title=title, aside=self.say("basket.minutes", minutes=leg.minutes))
        for row in rows:
            row.size_hint_y = None
            shown.ids.rows.add_widget(row)
        self.ids.parts.add_widget(shown)

    def _chosen(self, at: int, item: Item) -> Chosen:
        where = told.elsewhere(item, self.language)
        return Chosen(
            name=self.name(item.name),
            detail=where,
            is_elsewhere=bool(where),
            place="" if self.is_headed else self.say("basket.part", at=at, minutes=round(item.minutes)),
            remove_words="" if self.compact else self.say("basket.remove"),
            remove_spoken=guidance.named(
                self.say("basket.remove"), self.name(item.name), language=self.language
            ),
            remove=e.RemoveItem(item.id),
        )

    def title(self) -> str:
        title = f"[b]{self.say('basket.title', count=len(self.state.visit.items))}[/b]"
        if self.has_room():
            return title
        return (
            f"{title}  [size={round(self.look.font(34))}]{self.say('basket.full', count=MOST_ITEMS)}[/size]"
        )

    def order(self) -> str:
        """One number for all, and where it leads."""
        return told.order(self.state.floor, self._legs, self.language, numbered=not self.is_headed)

    def has_room(self) -> bool:
        return len(self.state.visit.items) < MOST_ITEMS
