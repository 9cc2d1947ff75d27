"""Who comes to a simulated hall: drawn from a Random, so that a seed gives the same day again."""

from __future__ import annotations

from collections import Counter
from itertools import islice
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from queue_server.demo.crowd import Citizen, Crowd, Item, Turn, arrivals_an_hour, staff_names
from queue_server.hall.model import GroupId, Party, Seconds, ServiceId

GROUPS = [GroupId(name) for name in ("general", "issuing", "fees", "assistance", "complaints")]
ITEMS = [
    Item(ServiceId(f"{group}-{number}"), group, 5 + number, party)
    for group in GROUPS
    for number, party in enumerate((None, Party.CITIZEN, Party.ENTERPRISE))
]

seeds = st.integers(0, 2**32)


def some(seed: int, how_many: int = 50) -> list[Citizen]:
    crowd = Crowd(GROUPS, ITEMS, Random(seed))
    return [crowd.citizen() for _ in range(how_many)]


@given(seeds)
def test_a_seed_gives_the_same_day_again(seed: int) -> None:
    assert some(seed) == some(seed)


@given(seeds)
def test_everybody_wants_what_the_hall_has_and_does_one_thing_at_a_time(seed: int) -> None:
    for citizen in some(seed):
        assert set(citizen.items) <= set(ITEMS)
        assert not (citizen.gives_up and citizen.lets_others_go)
        assert citizen.score in (None, 1, 2, 3, 4, 5)
        assert min(citizen.walks, citizen.takes, citizen.away, citizen.thinks) > 0


def test_a_large_crowd_shows_every_kind_of_visit() -> None:
    crowd = some(7, 3000)
    groups = Counter(citizen.items[0].group for citizen in crowd)
    assert list(groups) and groups.most_common(1)[0][0] == "general"
    assert set(groups) == set(GROUPS)
    assert {citizen.turn for citizen in crowd} == set(Turn)
    assert {citizen.score for citizen in crowd} == {None, 1, 2, 3, 4, 5}
    for kind in ("appointment", "gives_up", "lets_others_go", "at_evaluator", "shows_up"):
        assert {getattr(citizen, kind) for citizen in crowd} == {True, False}
    assert any(len({item.group for item in citizen.items}) == 2 for citizen in crowd)
    for kind in ("writes", "ticks"):
        assert {getattr(citizen, kind) is None for citizen in crowd} == {True, False}


def test_a_hall_without_items_of_a_group_gets_nobody_for_it() -> None:
    crowd = Crowd(GROUPS, ITEMS[:3], Random(1))
    assert {item.group for _ in range(100) for item in crowd.citizen().items} == {"general"}


def test_arrivals_come_as_often_as_said() -> None:
    crowd = Crowd(GROUPS, ITEMS, Random(3))
    mean = sum(crowd.next_arrival(120) for _ in range(5000)) / 5000
    assert 28 < mean < 32


@given(st.integers(1, 60), st.floats(0.01, 5000))
def test_no_more_come_than_windows_and_boards_can_serve(windows: int, between_calls: float) -> None:
    an_hour = arrivals_an_hour(windows, ITEMS, Seconds(between_calls))
    assert 0 < an_hour < windows * 60 / 6
    assert an_hour < 3600 / between_calls


def test_every_window_of_a_hall_gets_a_clerk_of_another_name() -> None:
    names = list(islice(staff_names(), 38))
    assert len(set(names)) == 38
