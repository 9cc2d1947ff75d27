"""The rules of papers that citizens tick: what is there, what counts, what stays when items change."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.hall import commands as c
from queue_server.hall.materials import Ticks, Verdict, counted, ticks_of, verdict
from queue_server.hall.model import Material, Party, ServiceId, Ticket
from queue_server.hall.refusal import Refused
from tests.hall.days import CITIZEN, FEES, GENERAL, MANAGER, Floor, a_day, a_plan, a_service

PERMIT, LICENCE, CARD = ServiceId("permit"), ServiceId("licence"), ServiceId("card")
PAPERS = {PERMIT: ["id-card", "lease", "plan"], LICENCE: ["id-card", "lease"], CARD: ["id-card", "photo"]}


def papers_of(floor: Floor, ticket: Ticket) -> tuple[int, int]:
    return counted(ticket, floor.day.plan.services)


def tick(floor: Floor, ticket: Ticket, ticks: Ticks) -> None:
    floor.do(c.TickMaterials(ticket.id, ticks), CITIZEN)


@st.composite
def some_ticks(draw: st.DrawFn) -> Ticks:
    """Something said of the papers of a permit and a card."""
    said = {id: st.dictionaries(st.sampled_from(PAPERS[id]), st.booleans()) for id in (PERMIT, CARD)}
    return {id: draw(said[id]) for id in draw(st.sets(st.sampled_from([PERMIT, CARD])))}


def test_while_nobody_has_said_nothing_counts() -> None:
    floor = Floor()
    ticket = floor.take("permit")
    assert papers_of(floor, ticket) == (0, 0) and ticks_of(ticket, floor.day.plan.services) is None
    silent = floor.take("permit", materials={})
    assert papers_of(floor, silent) == (0, 3), "who was asked and ticked none has none"


def test_a_paper_that_two_items_want_counts_once_and_only_where_both_have_it() -> None:
    floor = Floor()
    ticket = floor.take("permit", "card", materials={PERMIT: {"id-card": True, "plan": True}})
    assert papers_of(floor, ticket) == (1, 4)
    tick(floor, ticket, {CARD: {"id-card": True}})
    assert papers_of(floor, ticket) == (2, 4)


@pytest.mark.parametrize(("party", "needed"), [(None, 1), (Party.CITIZEN, 1), (Party.ENTERPRISE, 2)])
def test_papers_that_the_other_party_needs_are_neither_counted_nor_told(
    party: Party | None, needed: int
) -> None:
    only = {"card": Party.CITIZEN, "licence": Party.ENTERPRISE, "proxy": Party.ENTERPRISE}
    papers = tuple(Material(id, {"zh": id, "en": id}, party=of) for id, of in only.items())
    account = replace(a_service("account", GENERAL, 5.0), materials=papers)
    floor = Floor(a_day(a_plan(services={account.id: account})))
    ticket = floor.take("account", party=party, materials={})
    assert papers_of(floor, ticket) == (0, needed)
    assert ticks_of(ticket, floor.day.plan.services) == {
        account.id: {id: False for id, of in only.items() if of is (party or Party.CITIZEN)}
    }


@given(st.lists(some_ticks(), max_size=6))
def test_whatever_is_said_last_of_a_paper_stands(said: list[Ticks]) -> None:
    floor = Floor()
    ticket = floor.take("permit", "card")
    expected = {(id, paper): False for id in (PERMIT, CARD) for paper in PAPERS[id]}
    for ticks in said:
        tick(floor, ticket, ticks)
        expected |= {(id, paper): there for id, of in ticks.items() for paper, there in of.items()}
    shown = ticks_of(ticket, floor.day.plan.services)
    assert (shown is None) == (not said)
    if shown is not None:
        assert {(id, paper): there for id, of in shown.items() for paper, there in of.items()} == expected


@given(some_ticks(), st.permutations(["permit", "card", "licence"]), st.integers(1, 3))
def test_a_paper_in_the_bag_serves_the_items_put_right(ticks: Ticks, items: list[str], count: int) -> None:
    floor = Floor()
    ticket = floor.take("permit", "card", materials=ticks)
    bag = {paper for of in ticks.values() for paper, there in of.items() if there}
    chosen = tuple(ServiceId(id) for id in items[:count])
    floor.do(c.Correct(ticket.id, services=chosen), MANAGER)
    shown = ticks_of(ticket, floor.day.plan.services)
    assert shown == {
        id: {paper: paper in bag for paper in PAPERS[id]} for id in sorted(chosen, key=chosen.index)
    }


def test_what_is_missing_decides_and_a_paper_must_be_let_follow_by_every_item_that_wants_it() -> None:
    floor = Floor()
    services = dict(floor.day.plan.services)
    papers = tuple(replace(one, later=one.id != "id-card") for one in services[PERMIT].materials)
    services[PERMIT] = replace(services[PERMIT], materials=papers)
    ticket, both = floor.take("permit"), floor.take("permit", "licence", materials={})
    assert verdict(ticket, services) is None
    tick(floor, ticket, {PERMIT: {"lease": True}})
    assert verdict(ticket, services) is Verdict.COME_BACK
    tick(floor, ticket, {PERMIT: {"id-card": True}})
    assert verdict(ticket, services) is Verdict.LATER
    tick(floor, ticket, {PERMIT: {"plan": True}})
    assert verdict(ticket, services) is Verdict.COMPLETE
    tick(floor, both, {PERMIT: {"id-card": True}, LICENCE: {"id-card": True}})
    assert verdict(both, services) is Verdict.COME_BACK, "the other item does not let the lease follow"
    tick(floor, both, {PERMIT: {"lease": True}, LICENCE: {"lease": True}})
    assert verdict(both, services) is Verdict.LATER


def test_ticks_follow_a_transfer_and_its_undo() -> None:
    floor = Floor()
    floor.open(1)
    ticket = floor.take("permit", materials={PERMIT: {"lease": True}})
    floor.next(1)
    floor.at(1, c.Transfer, FEES)
    assert papers_of(floor, ticket) == (1, 3)
    tick(floor, ticket, {PERMIT: {"plan": True}})
    floor.at(1, c.UndoLast)
    assert papers_of(floor, ticket) == (2, 3), "what was said meanwhile is not taken back with the press"


def test_saying_the_same_again_changes_nothing() -> None:
    floor = Floor()
    ticket = floor.take("permit", materials={PERMIT: {"lease": True}})
    assert floor.do(c.TickMaterials(ticket.id, {PERMIT: {"lease": True, "plan": False}}), CITIZEN) == []


@pytest.mark.parametrize(
    ("ticks", "field", "known"),
    [
        ({"tax": {}}, "materials.tax", "permit"),
        ({"permit": {"lease": True, "photo": True}}, "materials.permit.photo", "id-card, lease, plan"),
    ],
)
def test_what_is_not_of_the_visit_is_refused_with_its_place_and_what_is(
    ticks: Ticks, field: str, known: str
) -> None:
    floor = Floor()
    ticket = floor.take("permit")
    for ask in (lambda: tick(floor, ticket, ticks), lambda: floor.take("permit", materials=ticks)):
        with pytest.raises(Refused) as refusal:
            ask()
        assert (refusal.value.code, refusal.value.field) == ("invalid", field)
        assert refusal.value.values["known"] == known
    assert len(floor.day.tickets) == 1


def test_a_visit_that_is_over_stays_as_it_was() -> None:
    floor = Floor()
    ticket = floor.take("permit")
    floor.do(c.Cancel(ticket.id), CITIZEN)
    with pytest.raises(Refused) as refusal:
        tick(floor, ticket, {PERMIT: {"lease": True}})
    assert refusal.value.state == "cancelled"
