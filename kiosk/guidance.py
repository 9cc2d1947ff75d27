"""What is spoken at the kiosk: one sentence for each screen, one for each control. Pure.

A screen is read anew when its `topic` changes; what changes on it meanwhile (a wait, the seconds left)
is read only when somebody asks for it again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from assets import texts
from kiosk import basket, guide, told
from kiosk.basket import MOST_ITEMS
from kiosk.events import Paper
from kiosk.floor import Wait
from kiosk.visit import (
    Bridging,
    Help,
    Place,
    Stage,
    State,
    asks_to_stay,
    filling_of,
    forgets_card,
    guides,
    leaves_at,
    page_at,
    pages,
    sheets,
)
from queue_server.hall.model import Language

MARKUP = re.compile(r"\[/?[a-z]+(?:=[^\]]*)?\]")
ENDS = ("。", "？", "！", "……", "：", ":", ".", "?", "!", "…")


def plain(text: str) -> str:
    """A text as it is read: without its marks, in one line."""
    return MARKUP.sub("", text).replace("\n", " ").strip()


def named(*parts: str, language: Language) -> str:
    """Parts of a sentence, one after the other."""
    return texts.say("spoken.and", language).join(parts)


def sentences(*parts: str, language: Language) -> str:
    """Sentences, one after the other; an empty one is left out."""
    stop = texts.say("spoken.stop", language)
    return "".join(part if part.endswith(ENDS) else part + stop for part in parts if part).strip()


def waited_for(name: str, wait: Wait, language: Language) -> str:
    """A group or an item, and how long it takes to be called: `缴费，前面 3 人，约 6 分钟`."""
    return named(name, *waits(wait, language), language=language)


def waits(wait: Wait, language: Language) -> list[str]:
    """People ahead, and minutes where they can be told."""
    if wait.is_none:
        return [texts.say("kiosk.wait.none", language)]
    if wait.is_unserved:
        return told.unserved(wait, language, wait.ahead)
    ahead = [texts.say("kiosk.wait.ahead", language, count=wait.ahead)]
    if wait.minutes is None:
        return ahead
    return [*ahead, texts.say("kiosk.wait.minutes", language, minutes=_span(wait.minutes, language))]


def _span(minutes: tuple[int, int], language: Language) -> str:
    """Minutes as they are spoken: `14`, `10 到 25`."""
    first, last = minutes
    return str(last) if first == last else texts.say("spoken.span", language, first=first, last=last)


def spelled(number: str, language: Language) -> str:
    """A ticket's number sign by sign, as the board calls it: `A 零 幺 二`."""
    digits = texts.say("spoken.digits", language)
    return " ".join(digits[int(sign)] if sign.isdecimal() else sign for sign in number)


def topic(state: State, now: float) -> tuple[object, ...]:
    """What the sentence of the screen is about."""
    visit = state.visit
    filling = filling_of(state, visit.form)
    return (
        state.visits,
        visit.place,
        (state.floor.known, state.floor.takes_numbers) if visit.place is Place.HOME else "",
        visit.language,
        visit.theme,
        visit.page,
        visit.question,
        visit.items,
        visit.hint,
        visit.sorry,
        visit.paper,
        visit.form,
        (filling.at, filling.district, tuple(filling.problems), filling.is_lost) if filling else None,
        (visit.offers, visit.forms_failed, len(visit.guides), visit.guide_failed),
        visit.may_fill,
        visit.bridging,
        asks_to_stay(state, now),
    )


def sign(state: State) -> str:
    """What the strip under the head says: that the line is lost, how a call for help stands, or that a card
    is left behind.
    """
    visit = state.visit
    if state.floor.known and not state.floor.line_up:
        return _say(state, "frame.reconnecting")
    if visit.help is not Help.NONE:
        return _say(state, visit.help_sign, name=visit.helper)
    return _say(state, "frame.card") if forgets_card(state) else ""


def meanwhile(before: State, after: State) -> str:
    """What has changed on a screen that stands: its paper, what was found, how much was typed. That is
    told by its count: whoever stands near must not hear it.
    """
    old, new = before.visit, after.visit
    if old.place is not new.place:
        return ""
    if old.list_paper is not new.list_paper:
        return _say(after, f"bring.print.{new.list_paper}")
    if old.permit_paper is not new.permit_paper:
        return _say(after, f"permit.{new.permit_paper}")
    if old.searched != new.searched and new.searched:
        return told.finds_count(after) or told.finds_nothing(after)
    counts = [len(one.typed or one.typing.whole) for one in (old, new)]
    return "" if counts[0] == counts[1] else texts.say("spoken.typed", new.language, count=counts[1])


MOST_NAMED = 4
"""So many choices are named with their screen; of more it is said how many there are."""


def choices(names: Sequence[str], language: Language) -> str:
    """What there is to choose from."""
    if len(names) > MOST_NAMED:
        return texts.say("spoken.choices", language, count=len(names))
    what = texts.say("spoken.or", language).join(plain(name) for name in names)
    return texts.say("spoken.offered", language, what=what) if names else ""


def screen(state: State, now: float) -> str:
    """The screen in a few words: what it asks or tells, and how many choices a list has."""
    visit, language = state.visit, state.visit.language
    if asks_to_stay(state, now):
        seconds = round((leaves_at(state) or now) - now)
        return texts.say("spoken.stay", language, seconds=seconds)
    if visit.place in OF_PLACE:
        return sentences(*(plain(one) for one in OF_PLACE[visit.place](state, now)), language=language)
    hint = f"hint.{visit.hint}" if visit.hint else ""
    keys = PLAIN.get(visit.place, (f"{visit.place}.title", f"{visit.place}.why"))
    said = (_say(state, key) for key in (hint, *keys) if f"kiosk.{key}" in texts.all_texts())
    return sentences(*said, language=language)


PLAIN: dict[Place, tuple[str, ...]] = {
    Place.FORM_DONE: ("done.title", "done.words"),
    Place.FORM_PHONE: ("phone.title", "phone.words"),
    Place.RETURN: ("return.title", "return.scan", "return.phone", "return.lost"),
}
"""Screens whose sentence is what stands on them, under other names than `PLACE.title` and `PLACE.why`."""


def _say(state: State, key: str, **values: object) -> str:
    return plain(texts.say(f"kiosk.{key}", state.visit.language, **values))


def _home(state: State, now: float) -> list[str]:
    if not state.floor.known:
        return [_say(state, "frame.connecting")]
    if state.floor.takes_numbers:
        return [_say(state, "home.title"), told.windows_rest(state, now)]
    return [_say(state, "closed.title"), told.opens(state, now), *told.still(state)]


def _find(state: State, now: float) -> list[str]:
    title = _say(state, "find.more" if state.visit.items else "find.title")
    if not state.visit.typing.whole:
        return [title, _say(state, "find.hint")]
    return [title, told.finds_count(state) or told.finds_nothing(state)]


def _list(state: State, now: float) -> list[str]:
    visit, language = state.visit, state.visit.language
    theme = state.floor.theme(visit.theme)
    if visit.place is Place.ITEMS:
        title = told.name(theme.name, language) if theme else _say(state, "items.title")
    else:
        title = _say(state, f"themes.title-{visit.party}" if visit.party else "themes.title")
    return [title, _page(state)]


def _page(state: State) -> str:
    """Which page of a list it is, where there are several."""
    count = pages(state)
    return _say(state, "items.page", page=page_at(state) + 1, pages=count) if count > 1 else ""


def _asked(state: State, now: float) -> list[str]:
    question = state.floor.question(state.visit.question)
    return [told.name(question.name, state.visit.language) if question else _say(state, "question.title")]


def _basket(state: State, now: float) -> list[str]:
    floor, items, language = state.floor, state.visit.items, state.visit.language
    full = _say(state, "basket.full", count=MOST_ITEMS) if len(items) >= MOST_ITEMS else ""
    order = told.order(floor, basket.legs(floor, items), language)
    title = _say(state, "basket.title", count=len(items))
    return [title, full, order, *told.parts(state), _page(state)]


def _guide(state: State, now: float) -> list[str]:
    items, language = state.visit.items, state.visit.language
    item = state.floor.item(items[0]) if len(items) == 1 else None
    title = told.name(item.name, language) if item else _say(state, "guide.title", count=len(items))
    if not sheets(state):
        return [title, _say(state, "guide.failed" if state.visit.guide_failed else "guide.waiting")]
    return [title, _say(state, "guide.tick"), _page(state)]


def _bring(state: State, now: float) -> list[str]:
    visit, language = state.visit, state.visit.language
    verdict = f"bring.{guide.verdict(state.floor, guides(state), visit.ticked)}"
    missing = [told.name(one.material.name, language) for one in guide.missing(guides(state), visit.ticked)]
    names = texts.say("form.comma", language).join(missing)
    return [
        _say(state, f"{verdict}.title"),
        _say(state, f"{verdict}.words"),
        _say(state, "bring.missing"),
        names,
    ]


def _forms(state: State, now: float) -> list[str]:
    return [_say(state, "forms.title"), told.forms(state)]


def _card(state: State, now: float) -> list[str]:
    filling = filling_of(state, state.visit.form)
    if not state.visit.may_fill:
        why = told.card_why(state, filling) if filling else ""
        return [*_form_title(state), _say(state, "card.ask"), why]
    return [*_form_title(state), _say(state, "card.lay"), _say(state, told.where_to_lay(state))]


def _form_title(state: State) -> list[str]:
    filling = filling_of(state, state.visit.form)
    return [told.name(filling.form.title, state.visit.language)] if filling else []


def _question(state: State, now: float) -> list[str]:
    """What is asked, and what is wrong with the answer, or else what helps to give it."""
    filling, language = filling_of(state, state.visit.form), state.visit.language
    if filling is None:
        return []
    asked = filling.question
    label = [told.name(asked.label, language), "" if asked.required else _say(state, "form.may")]
    promise = told.promise(filling, language) if asked.keyboard == "agree" else []
    empty = asked.kind is not None and not state.visit.typing.whole
    hint = _say(state, told.field_hint(asked)) if empty else ""
    return [
        told.progress(state, filling),
        *label,
        told.question_aside(state, filling),
        hint,
        *promise,
        _page(state),
    ]


def _end(state: State, now: float) -> list[str]:
    filling = filling_of(state, state.visit.form)
    if filling is None:
        return []
    words = told.end_words(state, filling)
    return [*_form_title(state), told.end_head(state, filling), *words, told.end_aside(state, filling)]


def _bridge(state: State, now: float) -> list[str]:
    """What another office is asked for, or what came of it; values are shown, not said: others hear them."""
    one = state.visit.bridging
    if one is None:
        return []
    return [*_form_title(state), *_of_stage(state, one)]


def _of_stage(state: State, one: Bridging) -> list[str]:
    visit, language = state.visit, state.visit.language
    office = told.name(state.floor.kiosk.bridges[one.kind], language)
    asks = one.stage in (Stage.CONSENT, Stage.SHOW)
    head = _say(state, f"bridge.{one.kind}.head.{one.stage}" if asks else f"bridge.{one.stage}")
    match one.stage:
        case _ if visit.hint:
            return [head, _say(state, f"hint.{visit.hint}")]
        case Stage.CONSENT:
            filling = filling_of(state, visit.form)
            fields = told.sources(filling, one.kind, language) if filling else ""
            return [head, _say(state, "bridge.why", office=office, fields=fields)]
        case Stage.SHOW:
            return [head, _say(state, f"bridge.{one.kind}.where")]
        case Stage.WAIT:
            return [head, _say(state, "bridge.waiting", office=office)]
    return [head, told.name(one.words, language)]


def _permit(state: State, now: float) -> list[str]:
    permit, language = state.visit.permit, state.visit.language
    if permit is None:
        return []
    words = told.permit_words(permit, language)
    return [told.permit_title(permit, language), *words, told.permit_slip(state, permit)]


def _ready(state: State, now: float) -> list[str]:
    found, language = state.visit.found, state.visit.language
    if found is None:
        return []
    title = _say(state, f"ready.title.{told.advice(found)}")
    return [title, told.name(found.words, language), *told.results(found, language)]


def _confirm(state: State, now: float) -> list[str]:
    visit, floor, language = state.visit, state.floor, state.visit.language
    items = [item for one in visit.items if (item := floor.item(one))]
    groups = [floor.group(leg.group) for leg in basket.legs(floor, visit.items)] or [floor.group(visit.group)]
    counted = [_say(state, "confirm.counted", count=len(items))] if len(items) > 1 else []
    names = [*counted, *(told.name(one.name, language) for one in (*items, *groups) if one)]
    zones = floor.zone_names(_zones(state), language)
    said = texts.say(
        "spoken.confirm",
        language,
        what=named(*names, language=language),
        waits=named(*waits(floor.wait(visit.group), language), language=language),
        where=texts.say("slip.zones-or", language).join(zones),
    )
    return [said, _say(state, f"hint.{visit.hint}") if visit.hint else ""]


def _zones(state: State) -> tuple[str, ...]:
    group = state.floor.group(state.visit.group)
    return group.zones if group else ()


def _taking(state: State, now: float) -> list[str]:
    return [_say(state, "taking.title"), told.taking(state)]


def _ticket(state: State, now: float) -> list[str]:
    visit, floor, language = state.visit, state.floor, state.visit.language
    if visit.ticket is None:
        return []
    said = texts.say(
        "spoken.ticket",
        language,
        number=spelled(visit.ticket.number, language),
        waits=named(*waits(visit.ticket.wait, language), language=language),
        where=texts.say("spoken.stop", language).join(told.ticket_where(floor, visit.ticket, language)),
        paper=_say(state, f"ticket.again.{visit.paper}" if visit.again else f"ticket.{visit.paper}"),
    )
    no_slip = visit.paper in (Paper.FAILED, Paper.DOUBTFUL)
    what = named(*told.ticket_for(floor, visit.ticket, language), language=language)
    return [said, what, _say(state, "ticket.photo") if no_slip else ""]


def _sorry(state: State, now: float) -> list[str]:
    said, language = state.visit.sorry, state.visit.language
    if said is None:
        return []
    return [
        _say(state, f"sorry.title.{said.reason}"),
        told.name(said.words, language),
        told.sorry_opens(state, now),
    ]


OF_PLACE: dict[Place, Callable[[State, float], list[str]]] = {
    Place.HOME: _home,
    Place.FIND: _find,
    Place.THEMES: _list,
    Place.ITEMS: _list,
    Place.QUESTION: _asked,
    Place.BASKET: _basket,
    Place.GUIDE: _guide,
    Place.BRING: _bring,
    Place.FORMS: _forms,
    Place.FORM_CARD: _card,
    Place.FORM_BRIDGE: _bridge,
    Place.FORM: _question,
    Place.FORM_END: _end,
    Place.PERMIT: _permit,
    Place.READY: _ready,
    Place.CONFIRM: _confirm,
    Place.TAKING: _taking,
    Place.TICKET: _ticket,
    Place.SORRY: _sorry,
}
"""Screens that have more to say than a title and why."""
