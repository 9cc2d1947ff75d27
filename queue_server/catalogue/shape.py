"""The shape of the catalogue's files: departments, items, guides, themes and everyday words.

What two tables must agree on is checked in `catalogue_files`; here each table stands alone.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from queue_server.hall.identity import is_credit_code
from queue_server.settings.shape import Id, Ids, Minutes, Names, Shape, Text, like, refuse

Count = Annotated[int, Field(ge=0)]
Flag = Literal["papers-missing", "promise", "one-visit", "entrusted"]
Elsewhere = Literal["online", "self-service"]


def _credit_code(code: str) -> str:
    if not is_credit_code(code):
        raise refuse("a unified social credit code with the right check character (18 signs)")
    return code


class MaterialShape(Names):
    """A paper to bring. `later`: may follow where the item is accepted with papers missing.

    `party`: only these people need it. Nothing said of originals and copies: one original is shown.
    """

    originals: Annotated[int, Field(ge=0, le=20)] = 1
    copies: Annotated[int, Field(ge=0, le=20)] = 0
    source: Literal["own", "department", "hall", "shared"] = "own"
    later: bool = False
    party: Literal["citizen", "enterprise"] | None = None
    note: Names | None = None


class DaysShape(Shape):
    """Working days: what the law allows, and what the hall promises; 0 is at once."""

    legal: Annotated[int, Field(ge=0, le=400)]
    promised: Annotated[int, Field(ge=0, le=400)]


class SampleShape(Shape):
    name: Names
    text: Names


class TermShape(Names):
    means: Names


class QuestionShape(Names):
    answer: Names


class GuideShape(Shape):
    """What a citizen should know beforehand; what is not said comes from the type's template."""

    conditions: tuple[Names, ...] = ()
    materials: tuple[MaterialShape, ...] = ()
    process: tuple[Names, ...] = ()
    days: DaysShape | None = None
    fee: Names | None = None
    review: tuple[Names, ...] = ()
    samples: tuple[SampleShape, ...] = ()
    terms: tuple[TermShape, ...] = ()
    questions: tuple[QuestionShape, ...] = ()


class OwnGuideShape(Shape):
    """A complete guide, in a file of its own."""

    service: str
    guide: GuideShape


class TemplateShape(Shape):
    """What the guides of a type of item have in common; `{name}` and `{department}` are filled in."""

    id: Id
    guide: GuideShape


class DepartmentShape(Shape):
    id: Id
    name: Names
    code: Annotated[str, AfterValidator(_credit_code)]
    level: Annotated[str, like("[1-6]", 'a level from "1" to "6"')] = "3"
    words: tuple[Text, ...] = ()


class ItemShape(Shape):
    """A main item (事项): what its handling items have in common."""

    id: Id
    name: Names
    department: str
    kind: Literal["permit", "confirm", "benefit", "service", "other"]
    code: Annotated[str, like("[0-9A-Z]{12}", "12 digits and capital letters")]
    party: Literal["citizen", "enterprise"] | None = None
    words: tuple[Text, ...] = ()


class ServiceShape(Shape):
    """A handling item (办理项); `party` and the department come from its main item where it says nothing."""

    id: Id
    name: Names
    group: str
    item: str | None = None
    serial: Annotated[str, like("[0-9]{2}", "two digits")] | None = None
    type: str | None = None
    minutes: Minutes | None = None
    domain: str = ""
    party: Literal["citizen", "enterprise"] | None = None
    flags: tuple[Flag, ...] = ()
    elsewhere: tuple[Elsewhere, ...] = ()
    forms: tuple[Id, ...] = ()
    words: tuple[Text, ...] = ()
    uses: Annotated[int, Field(ge=0, le=1_000_000)] = 1
    guide: GuideShape = GuideShape()


class ThemeShape(Shape):
    id: Id
    name: Names
    services: Ids
    words: tuple[Text, ...] = ()


class AnswerShape(Names):
    """An answer to a question, and the one thing that it leads to."""

    question: Id | None = None
    theme: Id | None = None
    group: Id | None = None

    @model_validator(mode="after")
    def _one_way(self) -> AnswerShape:
        if sum(way is not None for way in (self.question, self.theme, self.group)) != 1:
            raise refuse("an answer with one of question, theme, group")
        return self


class AskShape(Shape):
    """A plain question to somebody who doesn't know what to choose; the first of the files begins."""

    id: Id
    name: Names
    answers: Annotated[tuple[AnswerShape, ...], Field(min_length=2, max_length=6)]


class SynonymShape(Shape):
    """Everyday words that mean the same to those who look for an item."""

    words: Annotated[tuple[Text, ...], Field(min_length=2)]


class FillersShape(Shape):
    """Words that every question has: they tell no item from another."""

    zh: tuple[Text, ...] = ()
    en: tuple[Text, ...] = ()


class LookAlikesShape(Shape):
    """Signs that are taken for each other, each only once."""

    zh: tuple[Annotated[Text, Field(min_length=2)], ...] = ()


class CountsShape(Shape):
    """How many there should be in all; what is not said is not counted."""

    departments: Count | None = None
    items: Count | None = None
    services: Count | None = None
    themes: Count | None = None
    complete_guides: Count | None = None
    papers_missing: Count | None = None
    promise: Count | None = None
    one_visit: Count | None = None
    entrusted: Count | None = None
