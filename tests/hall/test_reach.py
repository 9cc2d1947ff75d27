"""A repeated call reaches further, and an assistant looks for who does not come until they do."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.hall import commands as c
from queue_server.hall.commands import Command
from queue_server.hall.hall_rules import standing_alert
from queue_server.hall.help_requests import SEARCH, HelpRequest, HelpState, open_request
from queue_server.hall.model import CallKind, MissedRules, Need, Priority, TicketId, WindowNumber
from queue_server.hall.reach import CallRules, Reach, reach
from queue_server.hall.text_rules import due
from tests.hall.days import FEES, MANAGER, Floor, a_day, a_plan, clerk_of

WORDS = {"zh": "请找 A001", "en": "Please find A001"}
starts = st.integers(0, 6)


@given(st.builds(CallRules, starts, starts, starts, starts), st.integers(0, 10))
def test_a_call_never_reaches_less_far_when_repeated(rules: CallRules, recalls: int) -> None:
    ways = reach(rules, recalls)
    assert set(ways) <= set(reach(rules, recalls + 1))
    assert (Reach.ZONE in ways) == (0 < rules.zone <= recalls)
    assert not reach(rules, 0), "a first call goes its usual way"


@pytest.fixture
def floor() -> Floor:
    floor = Floor(a_day(a_plan(calls=CallRules(assistant=3))))
    floor.open()
    floor.take(phone=b"sealed")
    floor.next(1)
    return floor


def recall(floor: Floor, asker: str = "A001") -> None:
    search = c.AskHelp(f"h{floor.now}", SEARCH, asker, WORDS, WORDS, "east")
    floor.at(1, c.Recall, search)


def wanted(floor: Floor) -> HelpRequest | None:
    return open_request(floor.day.helps.values(), "search A001")


def test_the_second_repetition_goes_every_way_that_the_config_gives_it(floor: Floor) -> None:
    for _ in range(3):
        recall(floor)
    calls = list(floor.day.calls.values())
    assert [call.kind for call in calls] == [CallKind.CALL, *[CallKind.RECALL] * 3]
    second = (Reach.ZONE, Reach.LANGUAGES, Reach.PHONE)
    assert [call.reach for call in calls] == [(), (), second, (*second, Reach.ASSISTANT)]


def test_an_assistant_is_asked_once_and_again_with_each_repetition(floor: Floor) -> None:
    for _ in range(2):
        recall(floor)
    assert wanted(floor) is None
    for _ in range(2):
        recall(floor)
    request = wanted(floor)
    assert request and (request.times, request.place) == (2, WORDS)
    assert standing_alert(floor.day, "help", request.subject)


def over(floor: Floor) -> dict[str, Command]:
    one = WindowNumber(1)
    return {
        "came": c.Start(one),
        "served": c.Finish(one),
        "missed": c.NoShow(one),
        "next": c.CallNext(one, c.Closing.NO_SHOW),
        "parked": c.Park(one),
        "sent on": c.Transfer(one, group=FEES),
        "gave up": c.Cancel(TicketId("t1")),
        "released": c.ReleaseWindow(one),
    }


@pytest.mark.parametrize("how", over(Floor()))
def test_nobody_looks_any_longer_than_needed(floor: Floor, how: str) -> None:
    for _ in range(3):
        recall(floor)
    request = wanted(floor)
    assert request
    floor.do(c.TakeHelp(request.id), clerk_of(2))
    floor.do(over(floor)[how], MANAGER)
    assert wanted(floor) is None
    assert (request.state, request.taker) == (HelpState.EXPIRED, clerk_of(2).clerk)
    assert standing_alert(floor.day, "help", request.subject) is None


def test_a_search_for_somebody_else_is_not_begun(floor: Floor) -> None:
    """The window may have called another one since the request was made."""
    for _ in range(4):
        recall(floor, asker="A002")
    assert not floor.day.helps


def test_who_gave_a_phone_number_gets_one_more_text(floor: Floor) -> None:
    def told() -> list[str]:
        found = list(due(floor.day, 0, floor.now))
        for one in found:
            floor.do(c.NoteText(one.ticket.id, one.what))
        return [one.what.split("/")[0] for one in found]

    assert told() == ["call"]
    recall(floor)
    assert told() == []
    recall(floor)
    assert told() == ["again"]
    recall(floor)
    assert told() == []


@pytest.mark.parametrize(
    ("slow", "wishes"),
    [
        (False, {}),
        (False, {"needs": (Need.DEAF, Need.INTERPRETER)}),
        (False, {"priority": Priority.MILITARY}),
        (True, {"needs": (Need.WHEELCHAIR,)}),
        (True, {"needs": (Need.BLIND,)}),
        (True, {"priority": Priority.ELDERLY}),
        (True, {"priority": Priority.PREGNANT}),
    ],
)
def test_who_walks_slowly_is_given_time(slow: bool, wishes: dict[str, object]) -> None:
    walk: dict[Need | Priority, float] = dict.fromkeys(
        (Need.WHEELCHAIR, Need.BLIND, Priority.ELDERLY, Priority.PREGNANT), 20.0
    )
    floor = Floor(a_day(a_plan(missed=MissedRules(walk=walk))))
    floor.open(1)
    floor.take(**wishes)
    floor.next(1)
    [call] = floor.day.calls.values()
    assert call.slow == slow
