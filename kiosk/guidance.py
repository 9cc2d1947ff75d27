"""What is spoken at the kiosk: one sentence for each screen, one for each control. Pure.

A screen is read anew when its `topic` changes; what changes on it meanwhile (a wait, the seconds left)
is read only when somebody asks for it again.
"""

from __future__ import annotations

import re

from assets import texts
from kiosk import guide
from kiosk.floor import Wait
from kiosk.forms import Filling
from kiosk.visit import (
    Bridging,
    Help,
    Place,
    Stage,
    State,
    asks_to_stay,
    choices,
    filling_of,
    found,
    guides,
    leaves_at,
    page,
    pages,
)
from queue_server.hall.model import Language, Words

MARKUP = re.compile(r"\[/?[a-z]+(?:=[^\]]*)?\]")
ENDS = ("。", "？", "！", "……", ".", "?", "!", "…")


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
    told = [texts.say("kiosk.wait.ahead", language, count=wait.ahead)]
    if wait.minutes is not None:
        told.append(texts.say("kiosk.wait.minutes", language, minutes=_span(wait.minutes, language)))
    return told


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
        _home(state) if visit.place is Place.HOME else "",
        visit.language,
        visit.theme,
        visit.page,
        visit.question,
        visit.items,
        visit.hint,
        visit.sorry,
        visit.paper,
        visit.form,
        (filling.at, tuple(filling.problems)) if filling else None,
        visit.may_fill,
        visit.bridging,
        asks_to_stay(state, now),
    )


def sign(state: State) -> str:
    """What the strip under the head says: that the line is lost, or how a call for help stands."""
    if state.floor.known and not state.floor.line_up:
        return _say(state, "frame.reconnecting")
    visit = state.visit
    return "" if visit.help is Help.NONE else _say(state, visit.help_sign, name=visit.helper)


def typed(before: State, after: State) -> str:
    """What was entered, by its count: whoever stands near must not hear it."""
    old, new = before.visit, after.visit
    if old.place is not new.place:
        return ""
    if old.matches != new.matches and new.searched:
        return texts.say("spoken.found", new.language, count=len(found(after)))
    counts = [len(one.typed or one.typing.whole) for one in (old, new)]
    return "" if counts[0] == counts[1] else texts.say("spoken.typed", new.language, count=counts[1])


def screen(state: State, now: float) -> str:
    """The screen in a few words: what it asks or tells, and how many choices a list has."""
    visit, language = state.visit, state.visit.language
    if asks_to_stay(state, now):
        seconds = round((leaves_at(state) or now) - now)
        return texts.say("spoken.stay", language, seconds=seconds)
    match visit.place:
        case Place.HOME:
            return sentences(_home(state), language=language)
        case Place.THEMES | Place.ITEMS:
            return sentences(*_list(state), language=language)
        case Place.QUESTION:
            question = state.floor.question(visit.question)
            return sentences(_name(question.name, language) if question else "", language=language)
        case Place.CONFIRM:
            return _confirm(state)
        case Place.GUIDE:
            return sentences(_guide(state), _say(state, "guide.tick"), language=language)
        case Place.BRING:
            verdict = guide.verdict(state.floor, guides(state), visit.ticked)
            key = f"bring.{verdict}"
            return sentences(_say(state, f"{key}.title"), _say(state, f"{key}.words"), language=language)
        case Place.BASKET:
            return sentences(_say(state, "basket.title", count=len(visit.items)), language=language)
        case Place.TICKET:
            return _ticket(state)
        case Place.SORRY:
            return _sorry(state)
        case Place.FORM:
            filling = filling_of(state, visit.form)
            return sentences(*_question(filling, language) if filling else (), language=language)
        case Place.FORM_END:
            filling = filling_of(state, visit.form)
            gaps = len({*filling.missing, *filling.problems}) if filling else 0
            key = "end.missing" if gaps else "end.whole"
            return sentences(_say(state, key, count=gaps) if gaps else _say(state, key), language=language)
        case Place.FORM_BRIDGE if visit.bridging:
            return sentences(*_bridge(state, visit.bridging), language=language)
        case Place.FORM_CARD if visit.may_fill:
            return sentences(_say(state, "card.lay"), _say(state, "card.where"), language=language)
    keys = PLAIN.get(visit.place, (f"{visit.place}.title", f"{visit.place}.why"))
    told = (_say(state, key) for key in keys if f"kiosk.{key}" in texts.all_texts())
    return sentences(*told, language=language)


PLAIN: dict[Place, tuple[str, ...]] = {
    Place.FIND: ("find.title",),
    Place.FORM_CARD: ("card.ask", "card.why"),
    Place.FORM_DONE: ("done.title", "done.words"),
    Place.FORM_PHONE: ("phone.title", "phone.words"),
    Place.RETURN: ("return.title", "return.scan", "return.phone"),
    Place.TAKING: ("taking.title",),
}
"""Screens whose sentence is what stands on them, under other names than `PLACE.title` and `PLACE.why`."""


def _say(state: State, key: str, **values: object) -> str:
    return plain(texts.say(f"kiosk.{key}", state.visit.language, **values))


def _name(words: Words, language: Language) -> str:
    return words.get(language, "")


def _question(filling: Filling, language: Language) -> list[str]:
    """What is asked, and what is wrong with the answer, or else what helps to give it."""
    asked = filling.question
    told = (asked.label, filling.problems.get(asked.name, asked.help))
    return [plain(_name(words, language)) for words in told]


def _bridge(state: State, one: Bridging) -> list[str]:
    """What another office is asked for, or what came of it; values are shown, not said: others hear them."""
    visit, language = state.visit, state.visit.language
    office = _name(state.floor.kiosk.bridges[one.kind], language)
    match one.stage:
        case _ if visit.hint:
            return [_say(state, f"hint.{visit.hint}")]
        case Stage.CONSENT:
            filling = filling_of(state, visit.form)
            asked = filling.form.of_source(one.kind) if filling else ()
            fields = texts.say("form.comma", language).join(_name(field.label, language) for field in asked)
            return [
                _say(state, f"bridge.{one.kind}.head.consent"),
                _say(state, "bridge.why", office=office, fields=fields),
            ]
        case Stage.SHOW:
            return [_say(state, f"bridge.{one.kind}.head.show"), _say(state, f"bridge.{one.kind}.where")]
        case Stage.WAIT:
            return [_say(state, "bridge.waiting", office=office)]
    return [_say(state, f"bridge.{one.stage}"), _name(one.words, language)]


def _home(state: State) -> str:
    if not state.floor.known:
        return _say(state, "frame.connecting")
    return _say(state, "home.title" if state.floor.takes_numbers else "closed.title")


def _list(state: State) -> list[str]:
    visit, language = state.visit, state.visit.language
    theme = state.floor.theme(visit.theme)
    if visit.place is Place.ITEMS:
        title = _name(theme.name, language) if theme else _say(state, "items.title")
    else:
        title = _say(state, f"themes.title-{visit.party}" if visit.party else "themes.title")
    told = [title]
    if pages(state) > 1:
        told.append(_say(state, "items.page", page=visit.page + 1, pages=pages(state)))
    count = len(page(state)) if choices(state) else 0
    return [*told, texts.say("spoken.choices", language, count=count)]


def _confirm(state: State) -> str:
    visit, floor, language = state.visit, state.floor, state.visit.language
    items = [item for one in visit.items if (item := floor.item(one))]
    group = floor.group(visit.group)
    names = [_name(item.name, language) for item in items]
    if group and not names:
        names = [_name(group.name, language)]
    zones = floor.zone_names(group.zones if group else (), language)
    told = texts.say(
        "spoken.confirm",
        language,
        what=named(*names, language=language),
        waits=named(*waits(floor.wait(visit.group), language), language=language),
        where=texts.say("slip.zones-or", language).join(zones),
    )
    hint = _say(state, f"hint.{visit.hint}") if visit.hint else ""
    return told + hint


def _guide(state: State) -> str:
    items = state.visit.items
    item = state.floor.item(items[0]) if len(items) == 1 else None
    return _name(item.name, state.visit.language) if item else _say(state, "guide.title", count=len(items))


def _ticket(state: State) -> str:
    visit, language = state.visit, state.visit.language
    assert visit.ticket
    zones = state.floor.zone_names(visit.ticket.zones, language)
    joined = texts.say("slip.zones-or", language).join(zones)
    return texts.say(
        "spoken.ticket",
        language,
        number=spelled(visit.ticket.number, language),
        waits=named(*waits(visit.ticket.wait, language), language=language),
        where=_say(state, "ticket.where", zones=joined) if zones else _say(state, "ticket.nowhere"),
        paper=_say(state, f"ticket.again.{visit.paper}" if visit.again else f"ticket.{visit.paper}"),
    )


def _sorry(state: State) -> str:
    said, language = state.visit.sorry, state.visit.language
    assert said
    return sentences(
        _say(state, f"sorry.title.{said.reason}"), plain(_name(said.words, language)), language=language
    )
