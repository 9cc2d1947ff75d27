"""What people come to the kiosk for most, played in the shipped hall, and how many touches it takes them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

from kiosk import events as e
from kiosk.effects import Effect
from kiosk.events import Event
from kiosk.keyboard import Typing
from kiosk.visit import finds_size, found, page
from queue_server.catalogue.catalogue import Catalogue
from queue_server.hall.model import Priority
from queue_server.present import service_body
from queue_server.settings.settings import load
from queue_server.wire import Says
from tests.kiosk.every_screen import ROOT, told
from tests.kiosk.played import SECRET, Kiosk, problem, ticket

SIGNS = (e.Typed, e.Types, e.Writes)
"""A sign of the keyboard each."""
NO_FINGERS = (e.Scanned, e.CardLaid, e.CardRead)
"""A slip or a card is held to the kiosk."""


class Citizen(Kiosk):
    """Somebody in front of the kiosk, whose touches are counted; each of them has to do something."""

    def __init__(self) -> None:
        self.touches = self.signs = 0
        super().__init__()
        self.do(e.Heard(Says.SNAPSHOT, told(result_group="")), e.CatalogueCame(*lists(), []))

    def do(self, *events: Event, after: float = 0.0) -> Citizen:
        for event in events:
            before, did = self._seen()
            super().do(event, after=after)
            if isinstance(event, e.Touch):
                assert (before, did) != self._seen(), f"{event} does nothing"
                self.signs += isinstance(event, SIGNS)
                self.touches += not isinstance(event, (*SIGNS, *NO_FINGERS))
        return self

    def _seen(self) -> tuple[object, list[Effect]]:
        return replace(self.state, visit=replace(self.visit, touched_at=0.0)), list(self.effects)

    def choose(self, id: str, event: Event) -> Citizen:
        """Turn pages until this theme or item stands there, and touch it."""
        while all(one is None or one.id != id for one in page(self.state)):
            self.do(e.TurnPage(1))
        return self.do(event)

    def given(self) -> Citizen:
        """The hall gives the number that was asked for."""
        self.answer({"ok": True, "ticket": {**ticket(), "slip": {"again": True}}})
        return self


@cache
def catalogue() -> Catalogue:
    """The shipped one."""
    return load(ROOT / "config" / "hall.toml").catalogue


def lists() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Themes and items as a kiosk is told them, in their order."""
    themes = [{"id": one.id, "name": one.name} for one in catalogue().search_themes()]
    return themes, [service_body(one) for one in catalogue().search()]


def by_theme(one: Citizen) -> None:
    one.do(e.OpenFind(), e.OpenThemes())
    one.choose("lost-cards", e.ChooseTheme("lost-cards"))
    one.choose("id-card-replacement", e.ChooseItem("id-card-replacement")).do(e.Take()).given()


def by_search(one: Citizen) -> None:
    letters, item = "gjj", "fund-withdraw-home"
    one.do(e.OpenFind(), *(e.Types(Typing("", letters[: at + 1])) for at in range(len(letters))))
    matches = [{"kind": match.kind, "id": match.id} for match in catalogue().find(letters)]
    one.do(e.MatchesCame(letters, matches))
    assert item in [shown.id for shown in found(one.state)[: finds_size(one.state)]]
    one.do(e.ChooseItem(item), e.Take()).given()


def first(one: Citizen) -> None:
    one.do(e.ChooseGroup("general"), e.OpenPriority(), e.SetPriority(Priority.ELDERLY), e.Take()).given()


def check_in(one: Citizen) -> None:
    one.do(e.OpenHave(), e.OpenCheckIn(), *(e.Typed(sign) for sign in "K7M2PQ9X"), e.Enter()).given()


def missed(one: Citizen) -> None:
    one.do(e.OpenHave(), e.OpenReturn(), e.Scanned(f"http://hall.example/t/{SECRET}")).given()


def torn(one: Citizen) -> None:
    one.do(e.Scanned(f"http://hall.example/t/{SECRET}"))
    one.answer(problem("wrong-state", "waiting"))
    one.do(e.Reprint()).given()


def of_group(group: str) -> Callable[[Citizen], None]:
    def way(one: Citizen) -> None:
        one.do(e.ChooseGroup(group), e.Take()).given()

    return way


def help_me(one: Citizen) -> None:
    one.do(e.CallHelp())
    one.do(e.Answered(one.visit.help_key, {"ok": True}))


ERRANDS: dict[str, Callable[[Citizen], None]] = {
    "a number for general business": of_group("general"),
    "a number to pay a fee": of_group("fees"),
    "a number to collect a result": of_group("issuing"),
    "a number for an item, found by its theme": by_theme,
    "a number for an item, searched for by its initials": by_search,
    "a number with priority for the elderly": first,
    "an appointment, checked in by its code": check_in,
    "a call that was missed, put right by the slip": missed,
    "a slip that was torn, printed again by its code": torn,
    "somebody who helps": help_me,
}


def played(errand: str) -> Citizen:
    """Somebody who has what they came for."""
    one = Citizen()
    ERRANDS[errand](one)
    return one
