"""Filling in a form at the kiosk before the number is taken: begun, answered, finished, or taken along.

Handlers of a visit's events, as in `session`. Every answer is sent as soon as its question is left; what
could not be sent stays on the screen.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from assets import texts
from kiosk import effects as do
from kiosk import events as e
from kiosk import forms, guide, sorry
from kiosk.events import Event
from kiosk.forms import Filling, Value
from kiosk.keyboard import Typing
from kiosk.moves import Step, changed, gone
from kiosk.visit import Bridging, Place, State, filling_of, guides
from queue_server.hall.veil import Veil
from queue_server.wire import Asks, Body

CARD, VISIT = "card", "visit"


def open_forms(state: State, event: e.OpenForms, now: float) -> Step:
    visit = state.visit
    if visit.place is not Place.CONFIRM or not visit.items:
        return state, ()
    return gone(state, Place.FORMS, forms_failed=False), (do.FetchForms(visit.items),)


def forms_came(state: State, event: e.FormsCame, now: float) -> Step:
    if event.items != state.visit.items:
        return state, ()
    if event.forms is None:
        return changed(state, forms_failed=True), ()
    return changed(state, offers=forms.offers_of(event.forms)), ()


def open_slip_forms(state: State, event: e.OpenSlipForms, now: float) -> Step:
    """The slip in hand opens what goes with its number."""
    visit = state.visit
    if visit.place is not Place.SORRY or visit.sorry is None or sorry.Way.FORMS not in visit.sorry.ways:
        return state, ()
    opened = gone(state, Place.FORMS, offers=(), forms_failed=False, sorry=None)
    return opened, (do.FetchSlipForms(visit.scanned),)


def slip_forms_came(state: State, event: e.SlipFormsCame, now: float) -> Step:
    if state.visit.place is not Place.FORMS or event.secret != state.visit.scanned:
        return state, ()
    if event.forms is None:
        return changed(state, forms_failed=True), ()
    if not (begun := forms.begun_of(event.forms)):
        return changed(state, place=Place.SORRY, sorry=sorry.own("no-forms")), ()
    return changed(state, offers=begun), ()


def open_promise(state: State, event: e.OpenPromise, now: float) -> Step:
    """From what is missing straight to the form that promises it."""
    if state.visit.place is not Place.BRING or all(one.id != event.form for one in state.visit.offers):
        return state, ()
    return choose_form(gone(state, Place.FORMS, forms_failed=False), e.ChooseForm(event.form), now)


def choose_form(state: State, event: e.ChooseForm, now: float) -> Step:
    """One that was begun here goes on where it stood."""
    if state.visit.place is not Place.FORMS:
        return state, ()
    standing = filling_of(state, event.form)
    if standing:
        return asked(gone(state, Place.FORM, form=event.form), standing, standing.at), ()
    of_slip = [one.secret for one in state.visit.offers if one.id == event.form and one.secret]
    if of_slip:
        return fetched(state, of_slip[0])
    key = f"{state.key}.begin.{event.form}"
    begun = changed(state, form=event.form, form_key=key, forms_failed=False)
    return begun, (do.FetchForm(event.form), do.Send(Asks.FORM_BEGIN, {"form": event.form}, key))


def form_came(state: State, event: e.FormCame, now: float) -> Step:
    """The questions are there; with the draft they can be asked."""
    if state.visit.place is not Place.FORMS or event.form != state.visit.form:
        return state, ()
    if event.body is None or event.regions is None:
        return changed(state, form="", forms_failed=True), ()
    return _begin(changed(state, form_known=forms.form_of(event.body, event.regions)))


def _begin(state: State) -> Step:
    """First to what could fill it in."""
    known, draft = state.visit.form_known, state.visit.form_draft
    if known is None or draft is None or state.visit.place is not Place.FORMS:
        return state, ()
    filling = Filling(known, draft["draft"], draft["secret"], draft["url"]).stands(draft)
    state = gone(changed(state, form_known=None, form_draft=None, form_key=""), Place.FORM)
    state, sent = _fill_by_visit(state, filling)
    return to_next_source(state, current(state)), sent


def _fill_by_visit(state: State, filling: Filling) -> Step:
    """What one came for, and which papers are missing, need not be typed."""
    visit, floor, language = state.visit, state.floor, state.visit.language
    matter = [item.name[language] for one in visit.items if (item := floor.item(one))]
    lacking = guide.missing(guides(state), visit.ticked) if visit.tells_papers else []
    missing = [one.material.name[language] for one in lacking]
    values = forms.of_visit(filling.form, matter, missing, texts.say("form.comma", language))
    if not values:
        return with_filling(state, filling), ()
    known = replace(filling, values=values, sources=dict.fromkeys(values, VISIT))
    return _send(state, known, Asks.FORM_SAVE, {"values": values}, went=False)


def to_next_source(state: State, filling: Filling) -> State:
    """To the next that could fill it in: the card, then other offices; after all of them to the first gap."""
    kinds = [CARD, *state.floor.kiosk.bridges]
    left = [one for one in kinds if one not in filling.offered and filling.form.of_source(one)]
    if not left:
        return asked(changed(state, place=Place.FORM, bridging=None), filling, filling.first_gap)
    filling = replace(filling, offered=(*filling.offered, left[0]))
    if left[0] == CARD:
        return changed(with_filling(state, filling), place=Place.FORM_CARD)
    return changed(with_filling(state, filling), place=Place.FORM_BRIDGE, bridging=Bridging(left[0]))


def answered(state: State, event: e.Answered) -> Step | None:
    """The answer to what a form sent; None where it is about something else."""
    visit, ack = state.visit, event.ack
    if visit.form_key and event.key == visit.form_key:
        if not ack["ok"]:
            return changed(state, form="", form_key="", forms_failed=True), ()
        return _begin(changed(state, form_draft=ack["draft"]))
    for filling in visit.fillings:
        if filling.saving == event.key:
            return _saved(state, filling, ack)
    return None


def _saved(state: State, filling: Filling, ack: Body) -> Step:
    """Where it fits the next question is asked; where it doesn't, what is wrong is told."""
    went = filling.went
    filling = replace(filling, saving="", went=False)
    if not ack["ok"]:
        problem = ack["problem"]
        if problem.get("field") in filling.form_names:
            where = filling.place_of(problem["field"])
            return asked(changed(state, place=Place.FORM), filling, where), ()
        # What was refused as such would be refused again, with all that comes after it.
        unsaved = filling.unsaved if problem.get("code") in sorry.MAY_BE_DONE else {}
        return with_filling(state, replace(filling, is_lost=True, unsaved=unsaved)), ()
    filling = replace(filling.stands(ack["draft"]), is_lost=False, unsaved={})
    if filling.is_ready:
        return changed(with_filling(state, filling), place=Place.FORM_DONE), ()
    if not went or state.visit.form != filling.form.id:
        return with_filling(state, filling), ()
    if filling.question.name in filling.problems:
        return with_filling(state, filling), ()
    return _on(state, filling)


def _on(state: State, filling: Filling) -> Step:
    """To the next question; behind the last to what is missing, or to the end."""
    if not filling.is_last:
        return asked(state, filling, filling.at + 1), ()
    return changed(with_filling(state, filling), place=Place.FORM_END), ()


def fetched(state: State, secret: str) -> Step:
    """Open a form that was begun elsewhere."""
    return changed(state, awaited=secret), (do.FetchDraft(secret),)


OPENING = frozenset(
    {Place.HOME, Place.HAVE, Place.RETURN, Place.CHECK_IN, Place.SORRY, Place.FORMS, Place.FORM_PHONE}
)
"""Where a form may be asked for that was begun elsewhere."""


def draft_came(state: State, event: e.DraftCame, now: float) -> Step:
    """The form that was scanned from a phone opens; in a visit for nothing else, where it was at home.
    Whoever went elsewhere meanwhile is left there.
    """
    if event.secret != state.visit.awaited or state.visit.place not in OPENING:
        return state, ()
    state = changed(state, awaited="")
    if event.draft is None or event.form is None or event.regions is None:
        if state.visit.place is not Place.FORM_PHONE:
            return gone(state, Place.SORRY, sorry=sorry.own(sorry.UNKNOWN_SCAN)), ()
        return state, ()
    filling = forms.of_phone(forms.form_of(event.form, event.regions), event.draft)
    stays = state.visit.place is Place.FORM_PHONE
    state = changed(state, form=filling.form.id)
    if not stays:
        state = gone(state, Place.FORM)
    return changed(asked(state, filling, filling.at), place=Place.FORM), ()


# --- the card --------------------------------------------------------------------------------------


def may_read(state: State) -> Step:
    """From now on a card that is laid on the reader fills in the form."""
    if state.visit.place is not Place.FORM_CARD:
        return state, ()
    return changed(state, may_fill=True), ()


def reads(state: State) -> tuple[do.Effect, ...]:
    """What is read of a card that is laid on the reader now: nothing without consent, nor more than said."""
    filling = filling_of(state, state.visit.form)
    if filling is None or not state.visit.may_fill:
        return ()
    return (do.ReadCard(forms.parts_of_card(filling.form)),)


def by_hand(state: State, event: e.ByHand, now: float) -> Step:
    """Without the card, or without waiting for another office."""
    if state.visit.place not in (Place.FORM_CARD, Place.FORM_BRIDGE):
        return state, ()
    return to_next_source(changed(state, may_fill=False), current(state)), ()


def card_read(state: State, event: e.CardRead) -> Step:
    """What the card says stands in the form, and who said it."""
    filling = filling_of(state, state.visit.form)
    if filling is None or not state.visit.may_fill:
        return state, ()
    facts = forms.card_facts(event.number, event.name, event.ethnicity, event.address, event.valid_until)
    state, sent = fill(changed(state, may_fill=False), forms.from_source(filling.form, facts), CARD)
    return to_next_source(state, current(state)), sent


def fill(state: State, values: dict[str, Value], source: str) -> Step:
    """These answers stand in the form, as given by a source with its citizen's consent."""
    filling, sources = current(state), dict.fromkeys(values, source)
    filled = replace(filling, values={**filling.values, **values}, sources={**filling.sources, **sources})
    body: Body = {"values": values, "sources": sources, "consents": [source]}
    return _send(state, filled, Asks.FORM_SAVE, body, went=False)


# --- answering -------------------------------------------------------------------------------------


def writes(state: State, event: e.Writes, now: float) -> Step:
    """What is typed stands at once; it is sent when the question is left."""
    if state.visit.place is not Place.FORM:
        return state, ()
    filling = current(state)
    problems = {name: words for name, words in filling.problems.items() if name != filling.question.name}
    filling = replace(filling, problems=problems, is_veiled=False)
    return changed(with_filling(state, filling), typing=event.typing), ()


def choose_answer(state: State, event: e.ChooseValue, now: float) -> Step:
    """An answer that is touched is given; the next question follows."""
    if state.visit.place is not Place.FORM:
        return state, ()
    return _give(state, event.value)


def choose_district(state: State, event: e.ChooseDistrict, now: float) -> Step:
    if state.visit.place is not Place.FORM:
        return state, ()
    return changed(with_filling(state, replace(current(state), district=event.district)), page=0), ()


def next_question(state: State, event: e.NextQuestion, now: float) -> Step:
    """An empty answer is left for later: at the end it is said what is missing."""
    visit = state.visit
    if visit.place is not Place.FORM:
        return state, ()
    filling = current(state)
    question = filling.question
    if question.kind is None:
        return _on(state, filling)
    return _give(state, forms.value_of(question, visit.typing))


def _give(state: State, value: Value | None) -> Step:
    """Send an answer that changed, and go on with it; one that did not change needs no sending."""
    filling = current(state)
    name = filling.question.name
    if value == filling.values.get(name) and not filling.is_lost:
        if name in filling.problems:
            return state, ()
        return _on(state, filling)
    values = {**filling.values, name: value} if value is not None else {**filling.values}
    if value is None:
        values.pop(name, None)
    sources = {one: source for one, source in filling.sources.items() if one != name}
    filling = replace(filling, values=values, sources=sources)
    return _send(state, filling, Asks.FORM_SAVE, {"values": {name: value}}, went=True)


def last_question(state: State, event: e.LastQuestion, now: float) -> Step:
    """Back by one, from the towns to the districts; what was typed and not sent goes along."""
    visit = state.visit
    if visit.place is Place.FORM_END:
        return asked(changed(state, place=Place.FORM), current(state), current(state).at), ()
    if visit.place is not Place.FORM:
        return state, ()
    filling = current(state)
    if filling.district:
        return choose_district(state, e.ChooseDistrict(""), now)
    if filling.at == 0:
        return state, ()
    question = filling.question
    value = forms.value_of(question, visit.typing) if question.kind else filling.values.get(question.name)
    sent: tuple[do.Effect, ...] = ()
    if value is not None and value != filling.values.get(question.name):
        filling = replace(filling, values={**filling.values, question.name: value})
        body = {"values": {question.name: value}}
        state, sent = _send(state, filling, Asks.FORM_SAVE, body, went=False)
        filling = current(state)
    return asked(state, filling, filling.at - 1), sent


def fill_gap(state: State, event: e.FillGap, now: float) -> Step:
    """To the first question that is missing or wrong."""
    if state.visit.place is not Place.FORM_END:
        return state, ()
    filling = current(state)
    open_ = [*filling.missing, *filling.problems]
    places = [at for at, one in enumerate(filling.asked) if one.name in open_]
    return asked(changed(state, place=Place.FORM), filling, min(places, default=0)), ()


def finish_form(state: State, event: e.FinishForm, now: float) -> Step:
    if state.visit.place is not Place.FORM_END:
        return state, ()
    return _send(state, current(state), Asks.FORM_READY, {}, went=False)


def to_phone(state: State, event: e.ToPhone, now: float) -> Step:
    """Show the code with which the phone goes on; what was typed and not sent goes along."""
    if not may_go_on_by_phone(state):
        return state, ()
    state, sent = _send_typed(state)
    return gone(state, Place.FORM_PHONE), sent


def _send_typed(state: State) -> Step:
    """What was typed on the question that stands, where it is new."""
    filling, question = current(state), current(state).question
    if state.visit.place is not Place.FORM or question.kind is None:
        return state, ()
    value = forms.value_of(question, state.visit.typing)
    if value is None or value == str(filling.values.get(question.name)):
        return state, ()
    filling = replace(filling, values={**filling.values, question.name: value})
    return _send(state, filling, Asks.FORM_SAVE, {"values": {question.name: value}}, went=False)


def may_go_on_by_phone(state: State) -> bool:
    """Whether a form is being filled in that the phone could take over."""
    return state.visit.place in (Place.FORM, Place.FORM_CARD, Place.FORM_BRIDGE, Place.FORM_END)


# --- what several share ----------------------------------------------------------------------------


def current(state: State) -> Filling:
    filling = filling_of(state, state.visit.form)
    assert filling is not None, "a form is being filled in"
    return filling


def with_filling(state: State, filling: Filling) -> State:
    others = [one for one in state.visit.fillings if one.form.id != filling.form.id]
    return changed(state, fillings=(*others, filling))


def asked(state: State, filling: Filling, at: int) -> State:
    """Before a question, with what was answered to it."""
    filling = replace(filling, at=max(0, min(at, len(filling.asked) - 1)), district="")
    question = filling.question
    typing: Typing = forms.typing_of(question, filling.values.get(question.name), state.visit.language)
    veiled = question.veil is not Veil.NONE and typing.whole != ""
    return changed(with_filling(state, replace(filling, is_veiled=veiled)), typing=typing, page=0)


def _send(state: State, filling: Filling, name: Asks, body: Body, went: bool) -> Step:
    """What has no answer yet goes along: it may not have arrived."""
    if name is Asks.FORM_SAVE:
        body = forms.together(filling.unsaved, body)
        filling = replace(filling, unsaved=body)
    saves = filling.saves + 1
    key = f"{state.key}.{filling.draft}.{saves}"
    sent = replace(filling, saves=saves, saving=key, went=went)
    return with_filling(state, sent), (do.Send(name, {"secret": filling.secret, **body}, key),)


HANDLERS: dict[type[Event], Callable[[State, Any, float], Step]] = {
    e.OpenForms: open_forms,
    e.OpenPromise: open_promise,
    e.FormsCame: forms_came,
    e.OpenSlipForms: open_slip_forms,
    e.SlipFormsCame: slip_forms_came,
    e.ChooseForm: choose_form,
    e.FormCame: form_came,
    e.DraftCame: draft_came,
    e.ByHand: by_hand,
    e.Writes: writes,
    e.ChooseValue: choose_answer,
    e.ChooseDistrict: choose_district,
    e.NextQuestion: next_question,
    e.LastQuestion: last_question,
    e.FillGap: fill_gap,
    e.FinishForm: finish_form,
    e.ToPhone: to_phone,
}
