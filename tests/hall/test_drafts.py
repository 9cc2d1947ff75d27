"""The rules of forms that citizens fill in."""

from __future__ import annotations

from dataclasses import replace

import pytest

from queue_server.hall import commands as c
from queue_server.hall.commands import SYSTEM
from queue_server.hall.drafts import Draft, DraftState, forms_of, is_over, papers
from queue_server.hall.events import FormFound
from queue_server.hall.model import Instant, Seconds, ServiceId, TicketId
from queue_server.hall.refusal import Refused
from tests.hall.days import CITIZEN, GENERAL, MONDAY_NINE, Floor, a_day, a_plan, a_service, clerk_of

HOUR = Seconds(3600.0)


def begun(floor: Floor, id: str = "d1", form: str = "trader", ticket: TicketId | None = None) -> Draft:
    floor.do(c.BeginForm(id, form, 3, ticket), CITIZEN)
    return floor.day.drafts[id]


def save(floor: Floor, draft: Draft, *, whole: bool = False, **sealed: bytes) -> None:
    floor.do(c.SaveForm(draft.id, sealed, len(sealed), 3, whole), CITIZEN)


def finish(floor: Floor, draft: Draft, state: DraftState, by: int | None = None) -> None:
    actor = clerk_of(by) if by else CITIZEN
    floor.do(c.FinishForm(draft.id, state, draft.revision), actor)


def test_fields_are_written_and_taken_away_each_for_itself() -> None:
    floor = Floor()
    draft = begun(floor)
    save(floor, draft, name=b"n1", phone=b"p1")
    save(floor, draft, name=b"n2")
    save(floor, draft, phone=b"")
    assert draft.sealed == {"name": b"n2"} and draft.revision == 3
    assert set(floor.changes.draft_fields) == {("d1", "name"), ("d1", "phone")}


def test_what_was_changed_meanwhile_is_not_finished_unread() -> None:
    floor = Floor()
    draft = begun(floor)
    stale = c.FinishForm(draft.id, DraftState.READY, draft.revision)
    save(floor, draft, name=b"n")
    with pytest.raises(Refused) as refusal:
        floor.do(stale, CITIZEN)
    assert refusal.value.text == "form-changed"


def test_what_is_no_longer_whole_is_open_again_and_a_clerks_word_stands() -> None:
    floor = Floor()
    draft = begun(floor)
    finish(floor, draft, DraftState.READY)
    save(floor, draft, whole=True, name=b"n")
    assert draft.state is DraftState.READY
    save(floor, draft, name=b"n2")
    assert draft.state is DraftState.OPEN
    finish(floor, draft, DraftState.COMPLETE, by=1)
    assert (draft.state, draft.finished_by) == (DraftState.COMPLETE, "clerk1")
    with pytest.raises(Refused) as refusal:
        save(floor, draft, name=b"n3")
    assert refusal.value.state == DraftState.COMPLETE
    finish(floor, draft, DraftState.READY)
    assert draft.state is DraftState.COMPLETE


def test_a_ticket_has_one_of_each_form() -> None:
    floor = Floor()
    ticket = floor.take()
    draft = begun(floor, ticket=ticket.id)
    assert floor.do(c.BeginForm("d2", "trader", 3, ticket.id), CITIZEN) == [FormFound(draft.id)]
    assert begun(floor, "d3", "other", ticket.id).ticket == ticket.id


def test_a_form_goes_with_the_number_once() -> None:
    floor = Floor()
    draft = begun(floor)
    ticket = floor.take(drafts=(draft.id,))
    assert draft.ticket == ticket.id and ticket.id in floor.changes.tickets
    with pytest.raises(Refused) as refusal:
        floor.take(drafts=(draft.id,))
    assert (refusal.value.field, len(floor.day.tickets)) == ("drafts", 1)


def test_papers_count_what_is_needed_and_what_was_begun() -> None:
    services = {
        ServiceId("a"): replace(a_service("a", GENERAL, 5.0), forms=("one", "two"), offered=("three",)),
        ServiceId("b"): replace(a_service("b", GENERAL, 5.0), forms=("two",), offered=("three",)),
    }
    floor = Floor(a_day(a_plan(services=services)))
    ticket = floor.take("a", "b")
    assert forms_of(ticket, services) == (["one", "two"], ["three"])
    mine = [begun(floor, "d1", "one", ticket.id), begun(floor, "d2", "three", ticket.id)]
    finish(floor, mine[1], DraftState.READY)
    found = papers(mine, ["one", "two"])
    assert (found.ready, found.of) == (1, 3)


def test_it_goes_when_its_purpose_ends() -> None:
    floor = Floor()
    alone = begun(floor)

    def over(draft: Draft, minutes: float) -> bool:
        ticket = floor.day.tickets.get(draft.ticket) if draft.ticket else None
        return is_over(
            draft, ticket, Seconds(24 * HOUR), Seconds(2 * HOUR), Instant(floor.now + minutes * 60)
        )

    assert not over(alone, 23 * 60) and over(alone, 24 * 60)
    ticket = floor.take()
    kept = begun(floor, "d2", ticket=ticket.id)
    assert not over(kept, 48 * 60), "while somebody waits nothing goes"
    floor.do(c.Cancel(ticket.id), CITIZEN)
    assert not over(kept, 119) and over(kept, 120)
    del floor.day.tickets[ticket.id]
    assert over(kept, 121), "its ticket's day is over"
    floor.do(c.EraseForms(("d1", "d2", "gone")), SYSTEM)
    assert not floor.day.drafts


def test_drafts_outlive_the_day() -> None:
    floor = Floor()
    draft = begun(floor)
    floor.now = Instant(MONDAY_NINE + 24 * HOUR)
    floor.do(c.TurnDay("2026-10-27"), SYSTEM)
    assert floor.day.drafts == {draft.id: draft}
