"""The shape of a form's file: its JSON Schema, and the layout by which people are asked.

What the layout and the schema must agree on is checked in `form_files`; here each table stands alone.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from queue_server.hall.veil import Veil
from queue_server.self_fill.forms import Keyboard
from queue_server.settings.shape import FIELD_NAME, Id, Names, Shape, Text, like

Name = Annotated[str, FIELD_NAME]
"""A field's name is the schema's, and stays so to whoever gets the form."""

Source = Annotated[
    str, like(r"(card|licence|project|visit)\.[a-z_]+", "a fact like card.name, licence.code or project.name")
]


class WhenShape(Shape):
    """A field is asked only when another one has one of these values."""

    field: Name
    is_: Annotated[tuple[str, ...], Field(min_length=1, alias="is")]


class FieldShape(Shape):
    """How a field of the schema is asked for.

    `choices` are the words of the schema's `enum`, in its order; `error` replaces the usual sentence
    about what does not fit; `after` names a date that this one must not be before.
    """

    name: Name
    label: Names
    keyboard: Keyboard
    help: Names | None = None
    choices: tuple[Names, ...] = ()
    source: Source | None = None
    error: Names | None = None
    when: WhenShape | None = None
    after: Name | None = None
    veil: Veil = Veil.NONE


class PageShape(Shape):
    """Fields that belong together: one screen of a large kiosk, one card of a phone."""

    title: Names
    fields: Annotated[tuple[Name, ...], Field(min_length=1)]


class FormShape(Shape):
    """A whole file. `offered` are flags of items with which it is offered, though nobody must fill it."""

    id: Id
    title: Names
    about: Names
    offered: tuple[Literal["any", "papers-missing", "promise"], ...] = ()
    promise: tuple[Names, ...] = ()
    form_schema: Annotated[dict[str, Any], Field(alias="schema")]
    fields: Annotated[tuple[FieldShape, ...], Field(min_length=1)]
    pages: Annotated[tuple[PageShape, ...], Field(min_length=1)]


class TownsShape(Shape):
    """A district and its towns, as addresses name them."""

    name: Names
    towns: Annotated[tuple[Text, ...], Field(min_length=1)]


class RegionsShape(Shape):
    """The city whose districts can be chosen."""

    city: Names
    districts: Annotated[tuple[TownsShape, ...], Field(min_length=1)]
