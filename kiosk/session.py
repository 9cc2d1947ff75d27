"""A citizen's visit to the kiosk: what is shown, what is remembered, what is asked of the hall.

Pure: `step` takes a state, an event and the time, and gives the next state and what is to be done.
All that one visit sends carries keys made of its own name, so a double touch or a second try after
a lost answer is the same command and gives the same number.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from kiosk import (
    arriving,
    bridging,
    collecting,
    filling,
    finding,
    given_up,
    guide,
    orders,
    permits,
    sorry,
    taking_over,
)
from kiosk import effects as do
from kiosk import events as e
from kiosk.effects import Effect
from kiosk.events import Event, Mode, Paper
from kiosk.floor import Ticket, heard
from kiosk.initials import initials
from kiosk.moves import Step, came_back, changed, cleared, gone
from kiosk.sorry import Sorry, Way
from kiosk.visit import (
    Asking,
    Help,
    Place,
    State,
    Visit,
    goes_back,
    guides,
    leaves_at,
    offers_texts,
    page_size,
    pages,
)
from queue_server.hall import identity
from queue_server.hall.model import Language, Priority
from queue_server.wire import Asks, Body, Says

ANSWER_SECONDS = 60.0
"""An answer that takes longer is given up; the line itself gives up earlier."""
HELP_SECONDS = 60.0
"""How long the kiosk says that help was called before it may be called again."""
ID_LENGTH, PHONE_LENGTH = 18, 11
CODE_LENGTHS = range(4, 25)


def begin(run: str, language: Language = Language.ZH) -> State:
    """A kiosk that has heard nothing yet. `run` must never have been used before."""
    return State(run, language, Visit(language))


def step(state: State, event: Event, now: float) -> Step:
    """What follows from an event."""
    if isinstance(event, e.Touch):
        state = changed(state, touched_at=now)
    return HANDLERS[type(event)](state, event, now)


# --- time ------------------------------------------------------------------------------------------


def _tick(state: State, event: e.Tick, now: float) -> Step:
    visit = state.visit
    if visit.help not in (Help.NONE, Help.COMING) and now >= visit.help_at + HELP_SECONDS:
        state = changed(state, help=Help.NONE)
    if visit.asking and visit.place is Place.TAKING and now >= visit.asking.since + ANSWER_SECONDS:
        return _sorry(state, sorry.own("no-connection", Way.AGAIN, Way.HOME), now)
    end = leaves_at(state)
    if end is not None and now >= end:
        return cleared(state)
    state, told = given_up.tell_next(state, now)
    state, claimed = orders.claim_next(state)
    state, fetched = taking_over.fetch(taking_over.between_visits(state), now)
    return state, (*told, *claimed, *fetched)


# --- what the server says ---------------------------------------------------------------------------


def _line(state: State, event: e.Line, now: float) -> Step:
    return replace(state, floor=replace(state.floor, line_up=event.up)), ()


def _heard(state: State, event: e.Heard, now: float) -> Step:
    state = replace(state, floor=heard(state.floor, event.name, event.body, now))
    state = orders.heard(state, event.name, event.body)
    if event.name in (Says.SNAPSHOT, Says.HELP):
        state = _help_heard(state, event.body["help"], now)
    if state.visit.place in BEFORE_THE_NUMBER and state.floor.group(state.visit.group) is None:
        return _sorry(state, sorry.own("not-done"), now)
    return state, ()


BEFORE_THE_NUMBER = frozenset({Place.CONFIRM, Place.PRIORITY, Place.NEEDS, Place.RESULT, Place.READY})


def _help_heard(state: State, helps: list[Body], now: float) -> State:
    """How this kiosk's call for help stands; it is over when there is none. Another's call is not told."""
    if state.visit.help not in (Help.TOLD, Help.COMING):
        return state
    if not helps:
        return changed(state, help=Help.NONE)
    come = Help.COMING if helps[0]["state"] == "taken" else Help.TOLD
    helper = (helps[0].get("by") or {}).get("name", "")
    if (come, helper) == (state.visit.help, state.visit.helper):
        return state
    return changed(state, help=come, helper=helper, help_at=now)


def _answered(state: State, event: e.Answered, now: float) -> Step:
    visit = state.visit
    if state.claiming and event.key == orders.key_of(state.claiming):
        return orders.answered(state, event.ack)
    if state.given_up and event.key == given_up.key_of(state.given_up[0]):
        return given_up.answered(state, event.ack, now), ()
    if (step := filling.answered(state, event)) is not None:
        return step
    if event.key == visit.help_key and visit.help is Help.ASKED:
        return changed(state, help=Help.TOLD if event.ack["ok"] else Help.FAILED, help_at=now), ()
    if visit.asking is None or event.key != visit.asking.key:
        return state, ()
    if event.ack["ok"] and visit.asking.name == Asks.TEXTS:
        return changed(state, place=Place.TICKET, asking=None, typed="", is_texted=True, sorry=None), ()
    if event.ack["ok"] and visit.asking.name is Asks.PERMIT:
        return permits.answered(state, event.ack["permit"], now)
    if visit.asking.name is Asks.RESULT:
        return collecting.answered(state, event.ack, now)
    if event.ack["ok"]:
        return _given(state, event.ack["ticket"], visit.asking.name, now)
    if visit.asking.name is Asks.TAKE_TICKET and _is_about_papers(event.ack["problem"]):
        return _without_papers(state, visit.asking, now)
    return _sorry(state, sorry.about(visit.asking.name, event.ack["problem"]), now)


def _is_about_papers(problem: Body) -> bool:
    return str(problem.get("field") or "").startswith("materials")


def _without_papers(state: State, asking: Asking, now: float) -> Step:
    """The catalogue has changed since the checklist was shown: the number is asked for without it.

    It was refused, so that under its key nothing was done.
    """
    body = {name: value for name, value in asking.body.items() if name != "materials"}
    asking = replace(asking, body=body, since=now)
    forgotten = changed(state, guides=(), ticked=frozenset(), has_told=False, asking=asking)
    return forgotten, (do.Send(asking.name, asking.body, asking.key),)


def _given(state: State, body: Body, asked: Asks, now: float) -> Step:
    """A number is there. Who came back with a slip keeps it; everybody else gets one."""
    ticket, prints = Ticket.of(body), asked != Asks.REQUEUE
    again = asked == Asks.SLIP and body["slip"]["again"]
    state = changed(
        state,
        place=Place.TICKET,
        asking=None,
        id_number="",
        card_name="",
        card_initials="",
        ticket=ticket,
        paper=Paper.PRINTING if prints else Paper.KEPT,
        unprinted=state.visit.asking.key if asked == Asks.TAKE_TICKET and state.visit.asking else "",
        again=again,
        sorry=None,
        touched_at=now,
    )
    return state, (_print(state, ticket, again),) if prints else ()


def _print(state: State, ticket: Ticket, again: bool) -> do.Print:
    """The slip as this visit reads best."""
    large = Mode.LARGE in state.visit.modes
    return do.Print(ticket, state.visit.language, large=large, again=again)


def _sorry(state: State, said: Sorry, now: float) -> Step:
    asking = state.visit.asking if said.unsure else None
    return changed(state, place=Place.SORRY, sorry=said, asking=asking, touched_at=now), ()


def _slip_began(state: State, event: e.SlipBegan, now: float) -> Step:
    ticket = state.visit.ticket
    return changed(state, unprinted="") if ticket and ticket.number == event.number else state, ()


def _slip_ended(state: State, event: e.SlipEnded, now: float) -> Step:
    if event.order:
        return state, orders.ended(event)
    visit = state.visit
    if visit.ticket is None or visit.ticket.number != event.number or visit.paper is not Paper.PRINTING:
        return state, ()
    return changed(state, paper=event.paper, unprinted="", touched_at=now), ()


def _broke_off(state: State, event: e.BrokeOff, now: float) -> Step:
    return _sorry(state, sorry.own("broke-off"), now)


def _crashed(state: State, event: e.Crashed, now: float) -> Step:
    state, effects = cleared(state)
    return _sorry(state, sorry.own("crash"), now)[0], effects


# --- what may be said of oneself --------------------------------------------------------------------


def _touched(state: State, event: Event, now: float) -> Step:
    return state, ()


def _set_priority(state: State, event: e.SetPriority, now: float) -> Step:
    """One applies: with it the question is answered."""
    if state.visit.place is not Place.PRIORITY:
        return state, ()
    if state.visit.priority is event.priority:
        return changed(state, priority=Priority.NONE), ()
    return _back(changed(state, priority=event.priority), e.Back(), now)


def _open_priority(state: State, event: e.OpenPriority, now: float) -> Step:
    return (gone(state, Place.PRIORITY), ()) if state.visit.place is Place.CONFIRM else (state, ())


def _open_needs(state: State, event: e.OpenNeeds, now: float) -> Step:
    return (gone(state, Place.NEEDS), ()) if state.visit.place is Place.CONFIRM else (state, ())


def _toggle_need(state: State, event: e.ToggleNeed, now: float) -> Step:
    if state.visit.place is not Place.NEEDS:
        return state, ()
    return changed(state, needs=state.visit.needs ^ {event.need}), ()


# --- typing ----------------------------------------------------------------------------------------


def _open_identify(state: State, event: e.OpenIdentify, now: float) -> Step:
    asks = state.floor.kiosk.ask_id and not state.visit.appointment
    if state.visit.place is not Place.CONFIRM or not asks:
        return state, ()
    return gone(state, Place.IDENTIFY, typed="", hint=""), ()


def _forget_id(state: State, event: e.ForgetId, now: float) -> Step:
    return changed(state, id_number="", card_name="", card_initials=""), ()


def _open_have(state: State, event: e.OpenHave, now: float) -> Step:
    return (gone(state, Place.HAVE), ()) if state.visit.place is Place.HOME else (state, ())


def _open_check_in(state: State, event: e.OpenCheckIn, now: float) -> Step:
    if state.visit.place is not Place.HAVE:
        return state, ()
    return gone(state, Place.CHECK_IN, typed="", hint="", says_more=False), ()


def _open_return(state: State, event: e.OpenReturn, now: float) -> Step:
    return (gone(state, Place.RETURN), ()) if state.visit.place is Place.HAVE else (state, ())


def _open_texts(state: State, event: e.OpenTexts, now: float) -> Step:
    return (gone(state, Place.TEXTS, typed="", hint=""), ()) if offers_texts(state) else (state, ())


def _typed(state: State, event: e.Typed, now: float) -> Step:
    longest = {
        Place.IDENTIFY: ID_LENGTH,
        Place.CHECK_IN: CODE_LENGTHS.stop - 1,
        Place.TEXTS: PHONE_LENGTH,
        Place.RESULT: collecting.RECEIPT_LENGTHS.stop - 1,
        Place.FORM_CODE: bridging.PROJECT_DIGITS,
    }
    typed = state.visit.typed + event.sign
    if len(typed) > longest.get(state.visit.place, 0):
        return state, ()
    return changed(state, typed=typed, hint=""), ()


def _erase(state: State, event: e.Erase, now: float) -> Step:
    return changed(state, typed=state.visit.typed[:-1], hint=""), ()


def _enter(state: State, event: e.Enter, now: float) -> Step:
    if state.visit.place is Place.IDENTIFY:
        return _identified(state, state.visit.typed)
    if state.visit.place is Place.CHECK_IN:
        return _check_in(state, state.visit.typed, now)
    if state.visit.place is Place.TEXTS:
        return _want_texts(state, state.visit.typed, now)
    if state.visit.place is Place.RESULT:
        return collecting.entered(state, now)
    if state.visit.place is Place.FORM_CODE:
        return bridging.entered(state, now)
    return state, ()


def _consent(state: State, event: e.Consent, now: float) -> Step:
    """The card, or another office, may fill in the form."""
    if state.visit.place is Place.FORM_BRIDGE:
        return bridging.agreed(state)
    return filling.may_read(state)


def _want_texts(state: State, phone: str, now: float) -> Step:
    secret = SLIP.search(state.visit.ticket.follow_url) if state.visit.ticket else None
    if secret is None or not identity.is_phone(phone):
        return changed(state, hint="phone"), ()
    return _ask(state, Asks.TEXTS, {"secret": secret[1], "phone": phone}, now)


def _card_laid(state: State, event: e.CardLaid, now: float) -> Step:
    """Before a card is read it is said what for; where no number is asked for it is left alone."""
    state = replace(state, card_lies=True)
    if state.visit.place is Place.FORM_CARD:
        return state, filling.reads(state)
    if state.visit.place is not Place.CONFIRM or state.visit.id_number:
        return state, ()
    return _open_identify(state, e.OpenIdentify(), now)


READ_AT = {Place.IDENTIFY: frozenset({"number", "name"}), Place.RESULT: frozenset({"number"})}
"""What is read of a card there, as the screens say."""


def _allow_card(state: State, event: e.AllowCard, now: float) -> Step:
    parts = READ_AT.get(state.visit.place)
    return state, (do.ReadCard(parts),) if parts and state.card_lies else ()


def _card_read(state: State, event: e.CardRead, now: float) -> Step:
    """A card counts where a number may be given and its use was said, and never anywhere else."""
    if state.visit.place is Place.FORM_CARD:
        return filling.card_read(state, event)
    if state.visit.place is Place.RESULT:
        return collecting.card_laid(state, event.number, now)
    if state.visit.place not in (Place.CONFIRM, Place.IDENTIFY) or not state.floor.kiosk.ask_id:
        return state, ()
    return _identified(state, event.number, event.name)


def _card_lifted(state: State, event: e.CardLifted, now: float) -> Step:
    return replace(state, card_lies=False), ()


def _identified(state: State, number: str, name: str = "") -> Step:
    number = identity.normal_id(number)
    hint = id_hint(number, date.fromisoformat(state.floor.day))
    if hint:
        return changed(state, hint=hint), ()
    state = changed(
        state, id_number=number, card_name=masked_name(name), card_initials=initials(name), typed="", hint=""
    )
    return _back(state, e.Back(), 0.0) if state.visit.place is Place.IDENTIFY else (state, ())


def masked_name(name: str) -> str:
    """`张*` for 张三: enough to see whose card was read."""
    return name[:1] + "*" * (len(name) - 1)


def id_hint(number: str, today: date) -> str:
    """What is wrong with an ID number, as the name of a sentence; "" where nothing is."""
    if len(number) != ID_LENGTH:
        return "id-length"
    if identity.is_resident_id(number, today):
        return ""
    born = identity.birth_date(number)
    return "id-date" if born is None or born > today else "id-wrong"


# --- asking the hall --------------------------------------------------------------------------------


def _take(state: State, event: e.Take, now: float) -> Step:
    if state.visit.place is not Place.CONFIRM:
        return state, ()
    if code := state.visit.appointment:
        return _ask(state, Asks.CHECK_IN, _checked_in(state.visit, code), now)
    return _ask(state, Asks.TAKE_TICKET, _wanted(state), now)


def _take_for_other(state: State, event: e.TakeForOther, now: float) -> Step:
    """Who holds a number acts for somebody else, too (`agent`): the same is asked for once more."""
    said = state.visit.sorry
    if state.visit.place is not Place.SORRY or said is None or Way.AGENT not in said.ways:
        return state, ()
    body = {**_wanted(state), "agent": True}
    return _ask(changed(came_back(state), sorry=None), Asks.TAKE_TICKET, body, now)


def _wanted(state: State) -> Body:
    """The number as it is asked for."""
    visit = state.visit
    body: Body = {"services": list(visit.items)} if visit.items else {"group": visit.group}
    if visit.party:
        body["party"] = visit.party.value
    body["language"] = visit.language.value
    body |= _said(visit)
    if visit.id_number:
        body["id_number"] = visit.id_number
    if visit.card_initials:
        body["initials"] = visit.card_initials
    if visit.tells_papers:
        body["materials"] = guide.ticks(guides(state), visit.ticked)
    return body


def _said(visit: Visit) -> Body:
    """What was said of oneself, and filled in, for a number as for an appointment."""
    body: Body = {}
    if visit.priority is not Priority.NONE:
        body["priority"] = visit.priority.value
    if visit.needs:
        body["needs"] = sorted(need.value for need in visit.needs)
    if drafts := [one.secret for one in visit.fillings if one.filled]:
        body["drafts"] = drafts
    return body


def _check_in(state: State, code: str, now: float) -> Step:
    if len(code) not in CODE_LENGTHS:
        return changed(state, hint="code-length"), ()
    if state.visit.says_more and state.visit.place is Place.CHECK_IN:
        return arriving.looks_up(state, code)
    return _ask(state, Asks.CHECK_IN, _checked_in(state.visit, code), now)


def _checked_in(visit: Visit, code: str) -> Body:
    return {"code": code, "language": visit.language.value, **_said(visit)}


def _appointment_came(state: State, event: e.AppointmentCame, now: float) -> Step:
    """Where nothing is known of it, checking in tells why."""
    if not arriving.is_awaited(state, event):
        return state, ()
    before = arriving.came(state, event)
    if before is not None:
        return before, ()
    return _ask(state, Asks.CHECK_IN, _checked_in(state.visit, event.code), now)


FORM = re.compile(r"/form/([A-Za-z0-9_-]{16,})/?$")
SLIP = re.compile(r"/t/([A-Za-z0-9_-]{16,})/?$")
CODE = re.compile(r"[A-Z0-9]+")
SCANNING = frozenset({Place.HOME, Place.HAVE, Place.RETURN, Place.CHECK_IN, Place.TICKET, Place.SORRY})
"""Where a scan is taken. After a number or a refusal it is the next person's."""


def _scanned(state: State, event: e.Scanned, now: float) -> Step:
    visit, line = state.visit, event.line.strip()
    if visit.place is Place.FORM_PHONE and (form := FORM.search(line)):
        return filling.fetched(state, form[1])
    if visit.place in (Place.FORM_BRIDGE, Place.FORM_CODE):
        return bridging.shown(state, line, now)
    busy = visit.paper is Paper.PRINTING or (visit.sorry is not None and visit.sorry.unsure)
    if visit.place not in SCANNING or busy:
        return state, ()
    before: tuple[Effect, ...] = ()
    if visit.place in (Place.TICKET, Place.SORRY):
        state, before = cleared(state)
    state, effects = _take_scan(changed(state, touched_at=now), line, now)
    return state, (*before, *effects)


def _take_scan(state: State, line: str, now: float) -> Step:
    if slip := SLIP.search(line):
        return _ask(changed(state, scanned=slip[1]), Asks.REQUEUE, {"secret": slip[1]}, now)
    if form := FORM.search(line):
        return filling.fetched(state, form[1])
    code = line.upper()
    if CODE.fullmatch(code) and len(code) in CODE_LENGTHS:
        return _check_in(state, code, now)
    return _sorry(state, sorry.own(sorry.UNKNOWN_SCAN), now)


def _ask(state: State, name: Asks, body: Body, now: float) -> Step:
    key = f"{state.key}.{name}"
    asked = gone(state, Place.TAKING, asking=Asking(name, body, key, now), hint="")
    return asked, (do.Send(name, body, key),)


def _ask_again(state: State, event: e.AskAgain, now: float) -> Step:
    visit = state.visit
    if visit.place is not Place.SORRY or visit.asking is None:
        return state, ()
    asking = replace(visit.asking, since=now)
    return changed(state, place=Place.TAKING, sorry=None, asking=asking), (
        do.Send(asking.name, asking.body, asking.key),
    )


def _print_again(state: State, event: e.PrintAgain, now: float) -> Step:
    visit = state.visit
    if visit.ticket is None or visit.paper not in (Paper.FAILED, Paper.DOUBTFUL):
        return state, ()
    again = visit.again or visit.paper is Paper.DOUBTFUL
    return changed(state, paper=Paper.PRINTING, again=again), (_print(state, visit.ticket, again),)


def _reprint(state: State, event: e.Reprint, now: float) -> Step:
    visit = state.visit
    if visit.place is not Place.SORRY or visit.sorry is None or Way.REPRINT not in visit.sorry.ways:
        return state, ()
    large = Mode.LARGE in visit.modes
    return _ask(state, Asks.SLIP, {"secret": visit.scanned, "large": large}, now)


def _call_help(state: State, event: e.CallHelp, now: float) -> Step:
    if state.visit.help in (Help.ASKED, Help.TOLD, Help.COMING):
        return state, ()
    # Help called again much later is a new call, so the time is in its key.
    key = f"{state.key}.{Asks.HELP}.{now:.3f}"
    state = changed(state, help=Help.ASKED, help_at=now, help_key=key)
    return state, (do.Send(Asks.HELP, {}, key),)


# --- moving ----------------------------------------------------------------------------------------


def _speak(state: State, event: e.Speak, now: float) -> Step:
    return changed(state, language=event.language), ()


def _toggle_mode(state: State, event: e.ToggleMode, now: float) -> Step:
    """The same things stay on the page of a list, also where pages become longer or shorter."""
    first = state.visit.page * page_size(state)
    modes = state.visit.modes ^ {event.mode}
    if Mode.VOICE not in modes:
        modes -= {Mode.KEYS}
    state = changed(state, modes=modes)
    return changed(state, page=min(first // page_size(state), pages(state) - 1)), ()


def _use_keys(state: State, event: e.UseKeys, now: float) -> Step:
    return changed(state, modes=state.visit.modes | {Mode.KEYS, Mode.VOICE}), ()


def _back(state: State, event: e.Back, now: float) -> Step:
    visit = state.visit
    if not goes_back(state):
        return state, ()
    if visit.trail[-1].place is Place.HOME:
        return _leave(state, e.Leave(), now)
    typed = visit.typed if visit.place is Place.SORRY else ""
    return changed(came_back(state), typed=typed, hint=""), ()


KEPT = ("language", "modes", "help", "help_at", "help_key")


def _leave(state: State, event: e.Leave, now: float) -> Step:
    """Go home. While an answer is awaited nobody can: a number might come that nobody takes.

    Whoever has no number yet goes on: the language and the modes stay, and that help is coming. The
    time-out clears them too.
    """
    if state.visit.place is Place.TAKING:
        return state, ()
    left = state.visit
    state, effects = cleared(state)
    if left.ticket is None:
        kept = {name: getattr(left, name) for name in KEPT}
        state = changed(state, touched_at=now, **kept)
    return state, effects


HANDLERS: dict[type[Event], Callable[[State, Any, float], Step]] = {
    **finding.HANDLERS,
    **filling.HANDLERS,
    **bridging.HANDLERS,
    e.Consent: _consent,
    e.Tick: _tick,
    e.Line: _line,
    e.Heard: _heard,
    e.CatalogueCame: taking_over.came,
    e.Answered: _answered,
    e.SlipBegan: _slip_began,
    e.SlipEnded: _slip_ended,
    e.AskPermit: permits.ask,
    e.PermitEnded: permits.printed,
    e.BrokeOff: _broke_off,
    e.Crashed: _crashed,
    e.Touched: _touched,
    e.OpenPriority: _open_priority,
    e.OpenNeeds: _open_needs,
    e.SetPriority: _set_priority,
    e.ToggleNeed: _toggle_need,
    e.Take: _take,
    e.TakeForOther: _take_for_other,
    e.OpenIdentify: _open_identify,
    e.ForgetId: _forget_id,
    e.OpenHave: _open_have,
    e.OpenReturn: _open_return,
    e.OpenCheckIn: _open_check_in,
    e.OpenTexts: _open_texts,
    e.SayMore: arriving.say_more,
    e.AppointmentCame: _appointment_came,
    e.Typed: _typed,
    e.Erase: _erase,
    e.Enter: _enter,
    e.CardLaid: _card_laid,
    e.AllowCard: _allow_card,
    e.CardRead: _card_read,
    e.CardLifted: _card_lifted,
    e.Scanned: _scanned,
    e.PrintAgain: _print_again,
    e.Reprint: _reprint,
    e.Speak: _speak,
    e.ToggleMode: _toggle_mode,
    e.UseKeys: _use_keys,
    e.CallHelp: _call_help,
    e.AskAgain: _ask_again,
    e.Back: _back,
    e.Leave: _leave,
}
