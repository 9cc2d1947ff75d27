"""A form as it is filled in at a kiosk, one question at a time: what is asked, what was answered. Pure.

The server alone says what is right; what was typed is sent there with every step, and kept there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from kiosk.keyboard import Kind, Typing
from queue_server.hall import identity
from queue_server.hall.materials import PAPERS_MISSING, listed
from queue_server.hall.model import Language, Words
from queue_server.hall.veil import Veil
from queue_server.wire import Body

Value = str | int | float | bool

KINDS = {
    "hanzi": Kind.TEXT,
    "text": Kind.TEXT,
    "digits": Kind.DIGITS,
    "phone": Kind.DIGITS,
    "id-number": Kind.ID,
    "date": Kind.DATE,
}
"""The keys for each keyboard of a form; the others are chosen by touching what is listed."""
NUMBERS = {"integer": Kind.NUMBER, "number": Kind.DECIMAL}
"""The keys for digits, where they are a quantity by their schema."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A form that goes with what was chosen."""

    id: str
    title: Words
    about: Words
    needed: bool
    secret: str = field(default="", repr=False)
    """Opens what was written into it before, of a number that was taken already."""
    filled: int = 0
    of: int = 0
    offered: tuple[str, ...] = ()
    """The flags of items with which it may be filled in."""

    @property
    def is_promise(self) -> bool:
        """Whether it promises to bring papers that are missing."""
        return PAPERS_MISSING in self.offered


@dataclass(frozen=True, slots=True)
class Question:
    name: str
    label: Words
    help: Words
    keyboard: str
    required: bool
    choices: tuple[tuple[str, Words], ...]
    source: str
    when: tuple[str, tuple[str, ...]] | None
    longest: int
    type: str = "string"
    """The schema's."""
    veil: Veil = Veil.NONE

    @property
    def kind(self) -> Kind | None:
        """Its keys; None where an answer is touched."""
        kind = KINDS.get(self.keyboard)
        return NUMBERS.get(self.type, kind) if kind is Kind.DIGITS else kind


@dataclass(frozen=True, slots=True)
class District:
    name: Words
    towns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What may be touched to answer a question: a value, or a district whose towns follow."""

    name: Words
    value: str | None
    district: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    id: str
    title: Words
    promise: tuple[Words, ...]
    questions: tuple[Question, ...]
    city: str = ""
    districts: tuple[District, ...] = ()

    def of_source(self, kind: str) -> tuple[Question, ...]:
        """The questions that a source can answer: `card`, `licence` or `project`."""
        return tuple(one for one in self.questions if one.source.startswith(f"{kind}."))


@dataclass(frozen=True, slots=True)
class Filling:
    """A form that somebody fills in here. `at` is the question's place among those asked.

    `offered` are the sources that its citizen was asked about. `district` is chosen where its town is not
    yet. `saves` counts what was sent, `saving` is the key of what has no answer, `unsaved` all that the
    server may not have. `went` says that the citizen wants to go on as soon as it is saved.
    """

    form: Form
    draft: str
    secret: str = field(repr=False)
    url: str = field(repr=False)
    at: int = 0
    values: dict[str, Value] = field(default_factory=dict, repr=False)
    sources: dict[str, str] = field(default_factory=dict)
    problems: dict[str, Words] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    filled: int = 0
    of: int = 0
    is_ready: bool = False
    offered: tuple[str, ...] = ()
    district: str = ""
    is_veiled: bool = False
    """What was answered here before is hidden until it is changed: others stand behind."""
    saves: int = 0
    saving: str = ""
    unsaved: Body = field(default_factory=dict, repr=False)
    went: bool = False
    is_lost: bool = False
    """The last save had no answer; what was typed still stands."""

    @property
    def asked(self) -> tuple[Question, ...]:
        """The questions that the answers so far lead to."""
        kept: dict[str, Question] = {}
        for one in self.form.questions:
            if one.when is None or (one.when[0] in kept and self._said(one.when[0]) in one.when[1]):
                kept[one.name] = one
        return tuple(kept.values())

    @property
    def form_names(self) -> frozenset[str]:
        return frozenset(one.name for one in self.form.questions)

    def _said(self, name: str) -> str:
        value = self.values.get(name)
        return "true" if value is True else str(value)

    @property
    def question(self) -> Question:
        return self.asked[min(self.at, len(self.asked) - 1)]

    @property
    def answers(self) -> tuple[Answer, ...]:
        """What is listed below the question that stands; nothing where the answer is typed."""
        if self.question.keyboard != "region":
            return tuple(Answer(words, value) for value, words in self.question.choices)
        towns = [one.towns for one in self.form.districts if one.name["zh"] == self.district]
        if not towns:
            return tuple(Answer(one.name, None, one.name["zh"]) for one in self.form.districts)
        place = f"{self.form.city}/{self.district}"
        return tuple(Answer({"zh": town, "en": town}, f"{place}/{town}") for town in towns[0])

    @property
    def is_last(self) -> bool:
        return self.at >= len(self.asked) - 1

    @property
    def first_gap(self) -> int:
        """Where the first question stands that has no answer; the first of all where each has."""
        return next((at for at, one in enumerate(self.asked) if one.name not in self.values), 0)

    def place_of(self, name: str) -> int:
        """Where a question stands; the first where it is not asked."""
        return next((at for at, one in enumerate(self.asked) if one.name == name), 0)

    def stands(self, draft: Body) -> Filling:
        """As the server says that it stands."""
        return replace(
            self,
            problems=draft["problems"],
            missing=tuple(draft["missing"]),
            filled=draft["filled"],
            of=draft["of"],
            is_ready=draft["state"] != "open",
        )


def of_phone(form: Form, draft: Body) -> Filling:
    """A form that a phone had begun, as it stands, before its first gap."""
    values = {name: one["value"] for name, one in draft["values"].items()}
    sources = {name: one["source"] for name, one in draft["values"].items() if one["source"]}
    begun = Filling(form, draft["draft"], draft["secret"], draft["url"], values=values, sources=sources)
    gaps = [*draft["missing"], *draft["problems"]]
    places = [at for at, one in enumerate(begun.asked) if one.name in gaps]
    return replace(begun.stands(draft), at=min(places, default=0))


def offers_of(forms: Iterable[Body]) -> tuple[Offer, ...]:
    """What `GET /forms?service=` lists for the items that were chosen, each once; needed ones first."""
    known: dict[str, Offer] = {}
    for one in forms:
        before = known.get(one["id"])
        needed = one["needed"] or (before is not None and before.needed)
        known[one["id"]] = Offer(one["id"], one["title"], one["about"], needed, offered=tuple(one["offered"]))
    return tuple(sorted(known.values(), key=lambda one: not one.needed))


def begun_of(forms: Iterable[Body]) -> tuple[Offer, ...]:
    """Of what `GET /tickets/{id}/forms` tells a holder, those that were begun."""
    return tuple(
        Offer(one["form"], one["title"], one["about"], one["needed"], one["secret"], one["filled"], one["of"])
        for one in forms
        if one["draft"]
    )


def form_of(form: Body, regions: Body) -> Form:
    """What `GET /forms/{id}` and `GET /regions` describe."""
    return Form(
        id=form["id"],
        title=form["title"],
        promise=tuple(form["promise"]),
        questions=tuple(_question(one) for one in form["fields"]),
        city=(regions["city"] or {}).get("zh", ""),
        districts=tuple(District(one["name"], tuple(one["towns"])) for one in regions["districts"]),
    )


def _question(one: Body) -> Question:
    return Question(
        name=one["name"],
        label=one["label"],
        help=one["help"] or {},
        keyboard=one["keyboard"],
        required=one["required"],
        choices=tuple((choice["value"], choice["label"]) for choice in one["choices"]),
        source=one["source"] or "",
        when=(one["when"]["field"], tuple(one["when"]["is"])) if one["when"] else None,
        longest=one["longest"],
        type=one["type"],
        veil=Veil(one["veil"]),
    )


def typing_of(question: Question, value: Value | None, language: Language) -> Typing:
    """The field as it stands when its question is reached."""
    text = "" if value is None or isinstance(value, bool) else str(value)
    if question.kind is Kind.DATE:
        text = text.replace("-", "")
    return Typing.begun(language, text)


def value_of(question: Question, typing: Typing) -> str | None:
    """What a field holds, as it is sent; None for nothing."""
    text = typing.whole.strip()
    if question.kind is Kind.DATE and len(text) == 8:
        text = f"{text[:4]}-{text[4:6]}-{text[6:]}"
    return text or None


def parts_of_card(form: Form) -> frozenset[str]:
    """What must be read of a card to fill in a form; sex and birth stand in the number."""
    wanted = {one.source.removeprefix("card.") for one in form.of_source("card")}
    in_number = {"sex", "birth"}
    return frozenset(wanted - in_number | ({"number"} if wanted & in_number else set()))


def card_facts(number: str, name: str, ethnicity: str, address: str, valid_until: str) -> dict[str, str]:
    """What an ID card can fill in, by the forms' names; sex and birth stand in the number."""
    born: date | None = identity.birth_date(number) if len(number) == 18 else None
    facts = {
        "card.number": number,
        "card.name": name,
        "card.sex": ("male" if int(number[16]) % 2 else "female") if born else "",
        "card.birth": born.isoformat() if born else "",
        "card.ethnicity": ethnicity,
        "card.address": address,
        "card.valid_until": valid_until,
    }
    return {source: fact for source, fact in facts.items() if fact}


def from_source(form: Form, facts: Mapping[str, str]) -> dict[str, Value]:
    """The answers that a card or another office gives, by the forms' names of its facts."""
    return {one.name: facts[one.source] for one in form.questions if one.source in facts}


def of_visit(form: Form, matter: list[str], missing: list[str], joint: str) -> dict[str, Value]:
    """What the visit itself answers: its items, and the papers that are missing, as many as fit."""
    facts = {"visit.matter": matter, "visit.missing": missing}
    told = {
        one.name: listed(facts[one.source], joint, one.longest)
        for one in form.questions
        if one.source in facts
    }
    return {name: value for name, value in told.items() if value}


def together(before: Body, body: Body) -> Body:
    """What was to be saved before and may not have arrived, and what is now; the later answer counts."""
    values = {**before.get("values", {}), **body["values"]}
    kept = {name: one for name, one in before.get("sources", {}).items() if name not in body["values"]}
    sources = {**kept, **body.get("sources", {})}
    consents = dict.fromkeys([*before.get("consents", ()), *body.get("consents", ())])
    whole = {"values": values, "sources": sources, "consents": list(consents)}
    return {name: one for name, one in whole.items() if one}
