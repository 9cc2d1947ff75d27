"""Sentences that stand on a screen and are said of it, too: made once, for the eye and for the ear. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from assets import texts
from kiosk import basket
from kiosk.basket import Leg
from kiosk.floor import Floor, Item, Permit, Slot, Ticket, Wait
from kiosk.forms import Filling, Question
from kiosk.keyboard import Kind
from kiosk.visit import Found, State, is_searched
from kiosk.visit import found as finds
from queue_server.hall.model import HallState, Language, Words


def _say(state: State, key: str, **values: object) -> str:
    return texts.say(f"kiosk.{key}", state.visit.language, **values)


def name(words: Words, language: Language) -> str:
    return words.get(language, "")


def opening(floor: Floor, now: float, language: Language) -> str:
    """When the hall opens: `明天 09:00`; "" when that isn't known."""
    if floor.opens_at is None:
        return ""
    at = floor.opens_at.astimezone(ZoneInfo(floor.timezone))
    days = floor.days_until_open(now)
    key = {0: "today", 1: "tomorrow"}.get(days, "later")
    return texts.say(f"kiosk.when.{key}", language, time=f"{at:%H:%M}", month=at.month, day=at.day)


def unserved(wait: Wait, language: Language, ahead: int | str) -> list[str]:
    """What is said of a group that no window serves now: that numbers are given all the same, or who waits.

    `ahead` is the figure as it is shown.
    """
    first, second = texts.say("kiosk.wait.no-window", language), texts.say("kiosk.wait.take-first", language)
    return [texts.say("kiosk.wait.ahead", language, count=ahead), first] if wait.ahead else [first, second]


# --- home ------------------------------------------------------------------------------------------


def opens(state: State, now: float) -> str:
    """When numbers are given again; in open hours why they are not."""
    floor, language = state.floor, state.visit.language
    refused = [group.refusal for group in floor.groups if group.refusal]
    if floor.state is HallState.OPEN and refused:
        return name(refused[0].words, language)
    when = opening(floor, now, language)
    return _say(state, "closed.opens", when=when) if when else _say(state, "closed.opens-unknown")


def still(state: State) -> list[str]:
    """Why it is closed, where somebody said so, and that nobody who waits is sent away."""
    return [part for part in (state.floor.reason, _say(state, "closed.still")) if part]


def windows_rest(state: State, now: float) -> str:
    """That numbers are given before the windows go on; "" where they are open."""
    floor = state.floor
    if not floor.takes_numbers or floor.state is HallState.OPEN or floor.opens_at is None:
        return ""
    key = "home.break" if floor.state is HallState.BREAK else "home.not-yet"
    return _say(state, key, when=opening(floor, now, state.visit.language))


# --- finding, several items ------------------------------------------------------------------------


def finds_count(state: State) -> str:
    """How much was found for what stands in the field now; nothing while that is being asked."""
    count = len(finds(state))
    return _say(state, "find.count", count=count) if count and is_searched(state) else ""


def finds_nothing(state: State) -> str:
    """What is said where nothing is found, or not yet."""
    visit = state.visit
    if not visit.typing.whole.strip() or finds(state):
        return ""
    if visit.is_lost:
        return _say(state, "find.lost")
    return _say(state, "find.none" if is_searched(state) else "find.searching")


def order(floor: Floor, legs: Iterable[Leg], language: Language, *, numbered: bool = False) -> str:
    """One number for all, and where it leads."""
    groups = [group for leg in legs if (group := floor.group(leg.group))]
    names = [name(group.name, language) for group in groups]
    if len(names) < 2:
        return texts.say("kiosk.basket.one-window", language)
    if numbered:
        stops = " → ".join(f"{at}. {one}" for at, one in enumerate(names, start=1))
        return texts.say("kiosk.basket.order-stops", language, stops=stops)
    return texts.say(
        "kiosk.basket.order", language, groups=texts.say("kiosk.basket.then", language).join(names)
    )


def heading(floor: Floor, at: int, group_id: str, language: Language) -> str:
    """A part of the visit: its group, and where that is."""
    group = floor.group(group_id)
    names = floor.zone_names(group.zones if group else (), language)
    zones = texts.say("slip.zones-or", language).join(names)
    group_name = name(group.name, language) if group else ""
    return texts.say("kiosk.basket.leg", language, at=at, group=group_name, zones=zones)


def elsewhere(item: Item, language: Language) -> str:
    """Where an item needs no waiting; "" where it does."""
    where = [texts.say(f"kiosk.basket.{place}", language) for place in item.elsewhere]
    places = texts.say("kiosk.basket.or", language).join(where)
    return texts.say("kiosk.basket.elsewhere", language, places=places) if where else ""


def parts(state: State) -> list[str]:
    """The whole visit, part by part, each with what is done there."""
    floor, visit, language = state.floor, state.visit, state.visit.language
    told = []
    for at, leg in enumerate(basket.legs(floor, visit.items), start=1):
        told.append(heading(floor, at, leg.group, language))
        told.append(_say(state, "basket.minutes", minutes=leg.minutes))
        for item in leg.items:
            told += [name(item.name, language), elsewhere(item, language)]
    return told


# --- results, permits ------------------------------------------------------------------------------


def advice(found: Found) -> str:
    """`go`: it is worth a number; `not-yet`: it isn't; `ask`: nobody can tell."""
    return {"ready": "go", "some-ready": "go", "not-ready": "not-yet"}.get(found.state, "ask")


def results(found: Found, language: Language) -> list[str]:
    """Each with how it stands, where there are several or one has a name."""
    told = []
    for item, is_ready, expected in found.results:
        key = "ready" if is_ready else "on" if expected else "not-yet"
        if item:
            told.append(texts.say(f"kiosk.ready.one.{key}", language, item=item, day=expected))
    return told


def permit_title(permit: Permit, language: Language) -> str:
    return texts.say("kiosk.permit.no", language) if permit.reasons else name(permit.name, language)


def permit_words(permit: Permit, language: Language) -> list[str]:
    """How long it is good; every reason where there is none."""
    if permit.reasons:
        return [name(one, language) for one in permit.reasons]
    return [texts.say("kiosk.permit.days", language, begins=permit.begins, ends=permit.ends)]


def permit_slip(state: State, permit: Permit) -> str:
    """Where its paper stands; a code can be photographed in any case."""
    return _say(state, "permit.way" if permit.reasons else f"permit.{state.visit.permit_paper}")


# --- numbers ---------------------------------------------------------------------------------------


def taking(state: State) -> str:
    """What is being asked of the hall."""
    if not state.floor.line_up:
        return _say(state, "taking.reconnecting")
    return _say(state, f"taking.{state.visit.asking.name}") if state.visit.asking else ""


def ticket_for(floor: Floor, ticket: Ticket, language: Language) -> list[str]:
    """Its groups in their order, and what is to be done."""
    ids = [step.group for step in ticket.steps] or [ticket.group]
    groups = [name(group.name, language) for id in ids if (group := floor.group(id))]
    items = floor.item_names(ticket.services, language)
    return [*([" → ".join(groups)] if groups else ()), *items]


def slot_words(slot: Slot, language: Language) -> str:
    """`预约 10:20–10:40，10:20 起优先`"""
    return texts.say(f"slip.slot-{slot.counts}", language, start=slot.start, end=slot.end)


def ticket_where(floor: Floor, ticket: Ticket, language: Language) -> list[str]:
    """Its appointment, where to wait, and what tells that it is one's turn."""
    names = floor.zone_names(ticket.zones, language)
    key = f"ticket.{'where' if names else 'nowhere'}{'-deaf' if ticket.is_for_deaf else ''}"
    where = texts.say(f"kiosk.{key}", language, zones=texts.say("slip.zones-or", language).join(names))
    return [slot_words(ticket.slot, language), where] if ticket.slot else [where]


def sorry_opens(state: State, now: float) -> str:
    """When the hall opens, where that is what one wants to know."""
    said, floor = state.visit.sorry, state.floor
    closed = said is not None and said.reason == "hall-closed" and floor.state is not HallState.OPEN
    when = opening(floor, now, state.visit.language)
    return _say(state, "closed.opens", when=when) if closed and when else ""


# --- forms -----------------------------------------------------------------------------------------


def forms(state: State) -> str:
    """How far the forms' list is, or what it is for."""
    visit = state.visit
    if visit.forms_failed:
        return _say(state, "form.failed")
    return _say(state, "form.opening" if not visit.offers or visit.form_key else "forms.why")


def sources(filling: Filling, kind: str, language: Language) -> str:
    """What a card or another office would fill in: no more is read of it than is listed here."""
    names = (name(one.label, language) for one in filling.form.of_source(kind))
    return texts.say("form.comma", language).join(names)


def card_why(state: State, filling: Filling) -> str:
    return _say(state, "card.why", fields=sources(filling, "card", state.visit.language))


def where_to_lay(state: State) -> str:
    """The name of what is said to whoever has agreed that the card is read."""
    return "card.again" if state.card_lies else "card.where"


def progress(state: State, filling: Filling) -> str:
    return _say(state, "form.progress", at=filling.at + 1, count=len(filling.asked))


def field_hint(question: Question) -> str:
    """The name of what stands in a field that is empty."""
    kind = question.kind
    return f"form.hint.{kind if kind in (Kind.NUMBER, Kind.DECIMAL) else question.keyboard}"


def question_aside(state: State, filling: Filling) -> str:
    """What is wrong; else where the answer came from; else what helps to answer."""
    language, asked = state.visit.language, filling.question
    if filling.is_lost:
        return _say(state, "form.lost")
    if asked.name in filling.problems:
        return name(filling.problems[asked.name], language)
    if filling.saving and filling.went:
        return _say(state, "form.saving")
    if source := filling.sources.get(asked.name):
        return _say(state, f"form.from-{source}")
    value = filling.values.get(asked.name)
    if asked.keyboard == "region" and isinstance(value, str):
        return value.replace("/", " ")
    return name(asked.help, language)


def promise(filling: Filling, language: Language) -> list[str]:
    return [name(one, language) for one in filling.form.promise]


def gaps(filling: Filling, language: Language) -> list[str]:
    """The labels of what is missing or wrong."""
    open_ = {*filling.missing, *filling.problems}
    return [name(one.label, language) for one in filling.asked if one.name in open_]


def end_head(state: State, filling: Filling) -> str:
    count = len(gaps(filling, state.visit.language))
    return _say(state, "end.missing", count=count) if count else _say(state, "end.whole")


def end_words(state: State, filling: Filling) -> list[str]:
    """What is missing, in one line; or what is promised by finishing."""
    language = state.visit.language
    if missing := gaps(filling, language):
        return [texts.say("form.comma", language).join(missing)]
    return promise(filling, language)


def end_aside(state: State, filling: Filling) -> str:
    if filling.is_lost:
        return _say(state, "form.lost")
    return _say(state, "form.saving") if filling.saving else ""
