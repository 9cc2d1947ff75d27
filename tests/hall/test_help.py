"""Calls for an assistant: their life, whose they are, and how long the hall takes to answer."""

from __future__ import annotations

from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.hall import commands as c
from queue_server.hall.commands import SYSTEM, Actor, Power
from queue_server.hall.hall_rules import standing_alert
from queue_server.hall.help_requests import HelpRequest, HelpState, open_request, response
from queue_server.hall.model import Clerk, Instant
from queue_server.hall.refusal import Refused
from tests.hall.days import CITIZEN, MANAGER, Floor, clerk_of

WORDS = {"zh": "取号机 K01", "en": "Kiosk K01"}
WANG, LI = clerk_of(1), clerk_of(2)
BOSS = Actor("boss", Power.MANAGER, Clerk("boss", "Boss"))


def ask(floor: Floor, id: str = "h1", asker: str = "K01", reason: str = "") -> HelpRequest:
    floor.do(c.AskHelp(id, "kiosk", asker, WORDS, WORDS, "east", reason), CITIZEN)
    found = open_request(floor.day.helps.values(), f"kiosk {asker}")
    assert found
    return found


def alerted(floor: Floor) -> bool:
    return standing_alert(floor.day, "help", "kiosk K01") is not None


def test_asked_taken_done_and_the_alert_ends_when_somebody_goes() -> None:
    floor = Floor()
    request = ask(floor)
    assert (request.state, alerted(floor)) == (HelpState.ASKED, True)
    floor.do(c.TakeHelp("h1"), WANG)
    assert (request.state, request.taker, alerted(floor)) == (HelpState.TAKEN, WANG.clerk, False)
    assert floor.do(c.TakeHelp("h1"), WANG) == []
    floor.do(c.FinishHelp("h1", "showed the way"), WANG)
    assert (request.state, request.note, request.is_open) == (HelpState.DONE, "showed the way", False)
    assert floor.do(c.FinishHelp("h1"), LI) == []


def test_asking_again_is_heard_and_stays_one_request() -> None:
    floor = Floor()
    ask(floor, reason="wheelchair")
    floor.let_pass(1)
    request = ask(floor, "h2")
    assert (request.id, request.times, request.reason, len(floor.day.helps)) == ("h1", 2, "wheelchair", 1)
    floor.do(c.TakeHelp("h1"), WANG)
    floor.let_pass(1)
    ask(floor, "h3", reason="nobody came")
    assert alerted(floor) and request.reason == "nobody came"


def test_who_asks_again_and_again_calls_nobody_twice() -> None:
    """A finger that keeps on tapping is one call in a quarter of a minute, taken or not."""
    floor = Floor()
    request = ask(floor)
    floor.do(c.TakeHelp("h1"), WANG)
    for tap in range(40):
        floor.do(c.AskHelp(f"h{tap}", "kiosk", "K01", WORDS, WORDS, "east", "quick"), CITIZEN)
    assert (request.times, len(floor.day.helps), len(floor.day.alerts)) == (3, 1, 2)


def test_what_a_colleague_has_taken_is_theirs() -> None:
    floor = Floor()
    request = ask(floor)
    floor.do(c.TakeHelp("h1"), WANG)
    commands = (c.TakeHelp("h1"), c.FinishHelp("h1"), c.HandOverHelp("h1", "", "", "a9", WORDS))
    for command in commands:
        with pytest.raises(Refused) as refused:
            floor.do(command, LI)
        assert (refused.value.code, refused.value.text) == ("wrong-state", "help-taken")
    floor.do(c.FinishHelp("h1"), BOSS)
    assert (request.taker, request.state) == (WANG.clerk, HelpState.DONE)


def test_handed_over_it_is_asked_for_again() -> None:
    floor = Floor()
    request = ask(floor)
    floor.do(c.TakeHelp("h1"), WANG)
    answered = request.answered_at
    floor.do(c.HandOverHelp("h1", "li", "speaks sign language", "a9", WORDS), WANG)
    assert (request.state, request.wanted, request.taker) == (HelpState.ASKED, "li", None)
    assert alerted(floor)
    floor.do(c.TakeHelp("h1"), LI)
    assert (request.taker, request.wanted, request.answered_at) == (LI.clerk, "", answered)


def test_only_staff_may_go_and_what_is_over_stays_over() -> None:
    floor = Floor()
    ask(floor)
    for actor in (CITIZEN, MANAGER):
        with pytest.raises(Refused, match="forbidden"):
            floor.do(c.TakeHelp("h1"), actor)
    with pytest.raises(Refused, match="no-such-help"):
        floor.do(c.TakeHelp("h7"), WANG)
    floor.do(c.FinishHelp("h1"), WANG)
    with pytest.raises(Refused, match="help-over"):
        floor.do(c.TakeHelp("h1"), WANG)


def test_the_day_ends_what_is_open() -> None:
    floor = Floor()
    request = ask(floor)
    floor.do(c.TurnDay("2026-10-27"), SYSTEM)
    assert (request.state, floor.day.helps, alerted(floor)) == (HelpState.EXPIRED, {}, False)


SECONDS = st.floats(0, 3600)


@given(st.lists(st.tuples(SECONDS, SECONDS | st.none(), st.booleans()), max_size=30))
def test_figures_are_those_of_the_requests(told: list[tuple[float, float | None, bool]]) -> None:
    now = Instant(10_000.0)
    helps = [_request(f"h{n}", asked, after, over) for n, (asked, after, over) in enumerate(told)]
    found = response(helps, now)
    answers = [after for _, after, _ in told if after is not None]
    unanswered = [now - one.asked_at for one in helps if one.answered_at is None and one.is_open]
    assert (found.asked, found.open) == (len(told), sum(one.is_open for one in helps))
    assert found.median == (pytest.approx(median(answers), abs=1e-6) if answers else None)
    assert found.worst == (pytest.approx(max(answers), abs=1e-6) if answers else None)
    assert (found.waiting, found.longest) == (len(unanswered), max(unanswered, default=0.0))


def _request(id: str, asked: float, after: float | None, over: bool) -> HelpRequest:
    one = HelpRequest(id, "kiosk", id, WORDS, "", "", Instant(asked))
    if after is not None:
        one.take(Clerk("wang", "Wang"), Instant(asked + after))
    if over:
        state = HelpState.EXPIRED if after is None else HelpState.DONE
        one.end(state, Instant(asked + (after or 0.0)), None, "")
    return one
