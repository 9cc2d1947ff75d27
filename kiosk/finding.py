"""Finding what one came for, gathering it, and knowing what to bring: all before the number.

Handlers of a visit's events, as in `session`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from kiosk import basket, collecting, guide, sorry
from kiosk import effects as do
from kiosk import events as e
from kiosk.basket import MOST_ITEMS
from kiosk.effects import Effect
from kiosk.events import Event, Paper
from kiosk.floor import Answer
from kiosk.guide import Guide
from kiosk.keyboard import Typing
from kiosk.moves import Step, changed, cleared, gone, gone_or_back
from kiosk.visit import Match, Place, Spot, State, guides, is_searched, pages, sheets
from queue_server.hall.materials import Verdict

QUERY_SIGNS = 40
MATCHES = 20
"""So many are asked for; what is further down nobody looks at."""
CHOOSING = frozenset({Place.HOME, Place.FIND, Place.THEMES, Place.ITEMS, Place.QUESTION})
"""Screens on which something is chosen."""


def choose_group(state: State, event: e.ChooseGroup, now: float) -> Step:
    if state.visit.place is not Place.HOME or state.floor.group(event.group) is None:
        return state, ()
    return gone(state, collecting.place_of(state, event.group), group=event.group, items=()), ()


# --- searching -------------------------------------------------------------------------------------


def open_find(state: State, event: e.OpenFind, now: float) -> Step:
    """From home, or from what was chosen so far, for one more."""
    visit = state.visit
    adds = visit.place in (Place.CONFIRM, Place.BASKET) and 0 < len(visit.items) < MOST_ITEMS
    adds = adds and not visit.appointment
    if visit.place is not Place.HOME and not adds:
        return state, ()
    empty = Typing.begun(visit.language)
    return gone(state, Place.FIND, typing=empty, matches=(), searched="", party=None, page=0), ()


def types(state: State, event: e.Types, now: float) -> Step:
    """Every sign searches; an answer that comes late is dropped."""
    if state.visit.place is not Place.FIND:
        return state, ()
    query = event.typing.whole.strip()
    state = changed(state, typing=event.typing, is_lost=False)
    if not any(sign.isalnum() for sign in query):
        return changed(state, matches=(), searched=""), ()
    return state, (do.Search(query),) if query != state.visit.searched else ()


def matches_came(state: State, event: e.MatchesCame, now: float) -> Step:
    visit = state.visit
    if visit.place is not Place.FIND or event.query != visit.typing.whole.strip():
        return state, ()
    if event.matches is None:
        return changed(state, is_lost=True), ()
    found = tuple(Match(one["kind"], one["id"]) for one in event.matches)
    return changed(state, matches=found, searched=event.query, page=0), ()


def _is_moving(state: State) -> bool:
    """Whether other finds are on their way: what is under the finger now may not be what was meant."""
    return state.visit.place is Place.FIND and not is_searched(state)


# --- themes and questions --------------------------------------------------------------------------


def open_themes(state: State, event: e.OpenThemes, now: float) -> Step:
    if state.visit.place is not Place.FIND:
        return state, ()
    return gone(state, Place.THEMES, page=0, party=event.party), ()


def choose_theme(state: State, event: e.ChooseTheme, now: float) -> Step:
    if state.visit.place not in (Place.FIND, Place.THEMES) or _is_moving(state):
        return state, ()
    return gone(state, Place.ITEMS, theme=event.theme, page=0), ()


def open_questions(state: State, event: e.OpenQuestions, now: float) -> Step:
    if state.visit.place is not Place.FIND:
        return state, ()
    questions = state.floor.questions
    return gone(state, Place.QUESTION, question=questions[0].id if questions else ""), ()


def choose_answer(state: State, event: e.ChooseAnswer, now: float) -> Step:
    question = state.floor.question(state.visit.question)
    if state.visit.place is not Place.QUESTION or question is None or event.at >= len(question.answers):
        return state, ()
    return _answered(state, question.answers[event.at]), ()


def _answered(state: State, answer: Answer) -> State:
    if answer.kind == "question":
        return gone(state, Place.QUESTION, question=answer.leads_to)
    if answer.kind == "theme":
        return gone(state, Place.ITEMS, theme=answer.leads_to, page=0, party=None)
    if state.floor.group(answer.leads_to) is None:
        return state
    # A number of a group has no items of its own: what was gathered before is another visit.
    place = collecting.place_of(state, answer.leads_to)
    return gone(state, place, group=answer.leads_to, items=())


def turn_page(state: State, event: e.TurnPage, now: float) -> Step:
    page = min(max(state.visit.page + event.by, 0), pages(state) - 1)
    return changed(state, page=page), ()


# --- the basket ------------------------------------------------------------------------------------


def choose_item(state: State, event: e.ChooseItem, now: float) -> Step:
    """The first item leads to its number; each more is shown beside the others first."""
    visit, item = state.visit, state.floor.item(event.item)
    if visit.place not in (Place.FIND, Place.ITEMS) or item is None or _is_moving(state):
        return state, ()
    group = state.floor.group(item.group)
    if group and group.refusal:
        return gone(state, Place.SORRY, sorry=sorry.of_group(group.refusal), touched_at=now), ()
    known = event.item in visit.items or len(visit.items) >= MOST_ITEMS
    items = visit.items if known else (*visit.items, event.item)
    first = basket.first_group(state.floor, items)
    place = Place.BASKET if len(items) > 1 else collecting.place_of(state, first)
    return gone(state, place, items=items, group=first), ()


def open_basket(state: State, event: e.OpenBasket, now: float) -> Step:
    visit = state.visit
    if visit.place is not Place.CONFIRM or not visit.items or visit.appointment:
        return state, ()
    return gone_or_back(state, Place.BASKET), ()


def remove_item(state: State, event: e.RemoveItem, now: float) -> Step:
    """What was taken out doesn't come back with going back. The last one out leads home."""
    visit = state.visit
    if visit.place is not Place.BASKET or event.item not in visit.items:
        return state, ()
    items = _without(visit.items, event.item)
    trail = tuple(_spot_without(state, spot, event.item) for spot in visit.trail)
    state = changed(state, items=items, trail=trail, group=basket.first_group(state.floor, items))
    if items:
        return state, ()
    return changed(state, place=Place.HOME, trail=(), theme="", party=None, question="", page=0), ()


def _without(items: tuple[str, ...], item: str) -> tuple[str, ...]:
    return tuple(one for one in items if one != item)


def _spot_without(state: State, spot: Spot, item: str) -> Spot:
    items = _without(spot.items, item)
    return replace(spot, items=items, group=basket.first_group(state.floor, items) if items else spot.group)


# --- what to bring ---------------------------------------------------------------------------------


def open_guide(state: State, event: e.OpenGuide, now: float) -> Step:
    visit = state.visit
    if visit.place not in (Place.CONFIRM, Place.BASKET) or not visit.items:
        return state, ()
    known = {one.item for one in visit.guides}
    fetched: tuple[Effect, ...] = tuple(do.FetchGuide(item) for item in visit.items if item not in known)
    return gone(state, Place.GUIDE, page=0, guide_failed=False), fetched


def guide_came(state: State, event: e.GuideCame, now: float) -> Step:
    visit = state.visit
    if event.item not in visit.items:
        return state, ()
    if event.body is None:
        return changed(state, guide_failed=True), ()
    others = tuple(one for one in visit.guides if one.item != event.item)
    return changed(state, guides=(*others, Guide.of(event.item, event.body["guide"], visit.party))), ()


def tick_paper(state: State, event: e.TickPaper, now: float) -> Step:
    if state.visit.place is not Place.GUIDE:
        return state, ()
    paper, ticked = (event.item, event.at), state.visit.ticked
    papers = {id for one in guide.needed(guides(state)) if paper in one.papers for id in one.papers}
    return changed(state, ticked=ticked - papers if papers <= ticked else ticked | papers), ()


def tick_all(state: State, event: e.TickAll, now: float) -> Step:
    """All papers of the page that stands; where all are ticked already, none."""
    stands = sheets(state) if state.visit.place is Place.GUIDE else []
    if state.visit.page >= len(stands):
        return state, ()
    papers = {id for one in stands[state.visit.page] if one.material.is_own for id in one.papers}
    ticked = state.visit.ticked
    return changed(state, ticked=ticked - papers if papers <= ticked else ticked | papers), ()


LEADS_ON = frozenset(
    {
        Place.BASKET,
        Place.BRING,
        Place.FORMS,
        Place.FORM_DONE,
        Place.FORM_PHONE,
        Place.PERMIT,
        Place.READY,
    }
)
"""Screens from which the way leads on to the number."""


def go_on(state: State, event: e.GoOn, now: float) -> Step:
    """From the basket, from what is missing or what is ready to the number; from the checklist to the
    next page, then to what follows from it.
    """
    visit = state.visit
    match visit.place:
        case Place.FORMS | Place.FORM_DONE | Place.FORM_PHONE | Place.PERMIT if not visit.items:
            return cleared(state)
        case _ if visit.place in LEADS_ON:
            return gone_or_back(state, Place.CONFIRM), ()
        case Place.GUIDE if visit.page < pages(state) - 1:
            return changed(state, page=visit.page + 1), ()
        case Place.GUIDE:
            verdict = guide.verdict(state.floor, guides(state), visit.ticked)
            state = changed(state, has_told=bool(guides(state)))
            if verdict is Verdict.COMPLETE:
                return gone_or_back(state, Place.CONFIRM), ()
            asked = (do.FetchForms(visit.items),) if verdict is Verdict.LATER else ()
            return gone(state, Place.BRING, list_paper=Paper.NONE, offers=()), asked
    return state, ()


def print_list(state: State, event: e.PrintList, now: float) -> Step:
    visit = state.visit
    if visit.place is not Place.BRING or visit.list_paper in (Paper.PRINTING, Paper.PRINTED):
        return state, ()
    wanted = do.PrintNeeds(guides(state), visit.ticked, visit.language)
    return changed(state, list_paper=Paper.PRINTING), (wanted,)


def list_ended(state: State, event: e.ListEnded, now: float) -> Step:
    if state.visit.list_paper is not Paper.PRINTING:
        return state, ()
    return changed(state, list_paper=event.paper, touched_at=now), ()


HANDLERS: dict[type[Event], Callable[[State, Any, float], Step]] = {
    e.ChooseGroup: choose_group,
    e.OpenFind: open_find,
    e.Types: types,
    e.MatchesCame: matches_came,
    e.OpenThemes: open_themes,
    e.ChooseTheme: choose_theme,
    e.OpenQuestions: open_questions,
    e.ChooseAnswer: choose_answer,
    e.ChooseItem: choose_item,
    e.TurnPage: turn_page,
    e.OpenBasket: open_basket,
    e.RemoveItem: remove_item,
    e.OpenGuide: open_guide,
    e.GuideCame: guide_came,
    e.TickPaper: tick_paper,
    e.TickAll: tick_all,
    e.GoOn: go_on,
    e.PrintList: print_list,
    e.ListEnded: list_ended,
}
