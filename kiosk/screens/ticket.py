"""The number: it first, then how long, then where, then how to follow it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kivy.lang import Builder

from kiosk import events as e
from kiosk import told
from kiosk.events import Paper
from kiosk.floor import Ticket
from kiosk.screens.frame import seconds_left
from kiosk.screens.parts import Page, Plain
from kiosk.visit import State, leaves_at, offers_texts
from queue_server.hall.ranges import figure

Builder.load_file(str(Path(__file__).with_suffix(".kv")))


class TicketPage(Page):
    """Stands long enough to be read, or photographed where there is no slip."""

    @classmethod
    def shape(cls, state: State) -> tuple[object, ...]:
        return (*super().shape(state), state.visit.ticket, state.visit.paper, offers_texts(state))

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if self.no_slip:
            again = Plain(words=self.say("ticket.print"), edge="blue", ink="blue", design=46)
            again.does = e.PrintAgain()
            self.ids.actions.add_widget(again, index=1)
        if offers_texts(self.state):
            texts_key = Plain(words=self.say("ticket.texts"), edge="blue", ink="blue", design=46)
            texts_key.does = e.OpenTexts()
            self.ids.actions.add_widget(texts_key, index=1)

    @property
    def ticket(self) -> Ticket:
        ticket: Ticket = self.state.visit.ticket
        return ticket

    @property
    def no_slip(self) -> bool:
        return self.state.visit.paper in (Paper.FAILED, Paper.DOUBTFUL)

    def headline(self) -> str:
        visit = self.state.visit
        return self.say(f"ticket.again.{visit.paper}" if visit.again else f"ticket.{visit.paper}")

    def ground(self) -> str:
        return "warn" if self.no_slip else "good"

    def group(self) -> str:
        """In large letters there is room for its groups or its items alone."""
        parts = told.ticket_for(self.state.floor, self.ticket, self.language)
        return " · ".join(parts[:1] if self.large and len(self.ticket.steps) > 1 else parts)

    def ahead(self) -> str:
        return f"{self.ticket.wait.ahead} {self._people()}"

    def _people(self) -> str:
        return self.say("confirm.person" if self.ticket.wait.ahead == 1 else "confirm.people")

    def wait(self) -> str:
        minutes = self.ticket.wait.minutes
        if minutes is None:
            return self.say("confirm.unknown")
        if self.ticket.wait.is_none:
            return self.say("wait.none")
        return f"{figure(minutes)} {self.say('confirm.minutes')}"

    def where(self) -> str:
        return "\n".join(told.ticket_where(self.state.floor, self.ticket, self.language))

    def follow(self) -> str:
        """What a phone does for its holder."""
        if self.state.visit.is_texted:
            return self.say("ticket.texted")
        return self.say("ticket.follow-deaf" if self.ticket.is_for_deaf else "ticket.follow")

    def done(self, state: State, now: float) -> str:
        return self.say("ticket.done", seconds=seconds_left(leaves_at(state) or now, now))
