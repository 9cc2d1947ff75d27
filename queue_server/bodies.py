"""What clients send, field by field: the shapes of all requests' bodies, and what is wrong with one.

An unknown field is a mistake, not a silence: whoever mistypes `priority` must hear of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictFloat, StrictInt, ValidationError

from queue_server.hall.model import Language, Need, Outcome, Party, Priority
from queue_server.problems import Cure, Problem
from queue_server.wire import PASSWORD_SIGNS, Body, Code, Role

B = TypeVar("B", bound="Shape")

KEY_HEADER, KEY_SIGNS = "Idempotency-Key", 128

Id = Annotated[str, Field(min_length=1, max_length=64)]
Reason = Annotated[str, Field(max_length=400)]
Note = Annotated[str, Field(max_length=1000)]
Ids = Annotated[tuple[Id, ...], Field(min_length=1, max_length=40)]
WindowNo = Annotated[StrictInt, Field(ge=1, le=999)]
Score = Annotated[StrictInt, Field(ge=1, le=5)]
Username = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,64}$")]
Password = Annotated[str, Field(min_length=PASSWORD_SIGNS[0], max_length=PASSWORD_SIGNS[1])]
PlateText = Annotated[str, Field(max_length=24)]
Short = Annotated[str, Field(max_length=64)]
Secret = Annotated[str, Field(min_length=1, max_length=100)]
Written = Annotated[str, Field(max_length=1000)] | StrictBool | StrictInt | StrictFloat | None
Initials = Annotated[str, Field(pattern=r"^([A-Za-z]{2,8})?$")]
Personal = Annotated[str, Field(max_length=40)]


Ticks = Annotated[dict[Id, Annotated[dict[Id, StrictBool], Field(max_length=40)]], Field(max_length=40)]
"""Whether papers are there: by item, and by the paper's id in the item's guide."""


class Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Nothing(Shape):
    pass


class TakeTicket(Shape):
    services: Annotated[tuple[Id, ...], Field(max_length=40)] = ()
    group: Id | None = None
    party: Party | None = None
    priority: Priority = Priority.NONE
    needs: Annotated[tuple[Need, ...], Field(max_length=5)] = ()
    id_number: Personal = ""
    phone: Personal = ""
    initials: Initials = ""
    language: Language = Language.ZH
    kiosk: Short = ""
    agent: StrictBool = False
    drafts: Annotated[tuple[Secret, ...], Field(max_length=10)] = ()
    """The secrets of forms that were filled in beforehand."""
    materials: Ticks | None = None
    """What isn't named is not there; nothing said: nobody has asked."""


class TickMaterials(Shape):
    """What isn't named stays as it was."""

    materials: Ticks


class CorrectTicket(Shape):
    services: Ids | None = None
    group: Id | None = None
    priority: Priority | None = None
    needs: Annotated[tuple[Need, ...], Field(max_length=5)] | None = None
    note: Note | None = None
    reason: Reason = ""


class FindTickets(Shape):
    """Whichever is said must fit; a citizen's own numbers go in a body, never in an address."""

    number: Short = ""
    phone: Personal = ""
    phone_end: Annotated[str, Field(pattern=r"^([0-9]{4})?$")] = ""
    id_number: Personal = ""
    initials: Initials = ""


class DrawCode(Shape):
    text: Annotated[str, Field(min_length=1, max_length=400)]


class SetPhone(Shape):
    """Where texts go; empty: nowhere any more."""

    phone: Personal


class OrderSlip(Shape):
    """`kiosk` is where it is to be printed."""

    kiosk: Id
    large: StrictBool = False


class PrintAgain(Shape):
    large: StrictBool = False


class EndSlip(Shape):
    result: Literal["printed", "failed", "doubtful"]


class Rate(Shape):
    score: Score
    tags: Annotated[tuple[Short, ...], Field(max_length=20)] = ()
    comment: Annotated[str, Field(max_length=1000)] = ""
    service: Id | None = None


class OpenWindow(Shape):
    clerk: Id | None = None


class WithReason(Shape):
    reason: Reason = ""


class HandOver(Shape):
    """`to` is a colleague's username; without it anybody may come."""

    to: Username | None = None
    note: Reason = ""


class WithNote(Shape):
    note: Reason = ""


class CheckPriority(Shape):
    """A claim that is not `confirmed` is removed, for a `reason`."""

    confirmed: StrictBool
    reason: Reason = ""


class HandOverWindow(Shape):
    """`to` is the username of whoever takes over."""

    to: Username


class Plate(Shape):
    """What a window's display says it does; both empty: as the config has it."""

    zh: PlateText = ""
    en: PlateText = ""


class SetWindow(Shape):
    groups: Ids | None = None
    plate: Plate | None = None


class Next(Shape):
    current: Literal["finish", "no-show", "park"] | None = None


class Finish(Shape):
    services: Annotated[tuple[Id, ...], Field(max_length=40)] | None = None
    outcome: Outcome = Outcome.ACCEPTED
    reason: Reason = ""


class OneTicket(Shape):
    """`ticket` is an id or today's number."""

    ticket: Id


class CallNamed(OneTicket):
    reason: Reason = ""


class Transfer(Shape):
    group: Id | None = None
    window: WindowNo | None = None
    note: Note = ""
    ticket: Id | None = None


class CloseHall(Shape):
    reason: Reason = ""
    cancel_waiting: StrictBool = False


class Text(Shape):
    zh: Annotated[str, Field(min_length=1, max_length=400)]
    en: Annotated[str, Field(max_length=400)] = ""


class Notice(Shape):
    text: Text
    zones: Annotated[tuple[Id, ...], Field(max_length=40)] = ()
    until: datetime | None = None


class Book(Shape):
    services: Ids
    slot_start: datetime
    slot_end: datetime
    phone: Personal = ""


class CheckIn(Shape):
    """What one may say of oneself is the same as for a number."""

    language: Language = Language.ZH
    priority: Priority = Priority.NONE
    needs: Annotated[tuple[Need, ...], Field(max_length=5)] = ()
    drafts: Annotated[tuple[Secret, ...], Field(max_length=10)] = ()
    materials: Ticks | None = None


class GiveUp(Shape):
    asked: Annotated[str, Field(min_length=1, max_length=KEY_SIGNS)]


class Announced(Shape):
    call: Id


class Device(Shape):
    id: Short
    kind: Short
    state: Literal["ok", "warning", "fault", "unknown"]
    detail: Annotated[str, Field(max_length=200)] = ""


class Health(Shape):
    devices: Annotated[tuple[Device, ...], Field(max_length=40)] = ()


class ApplyForPermit(Shape):
    """With the `draft` of its form; staff and programs may say the fields of the form as `values`."""

    kind: Id
    draft: Id | None = None
    values: Annotated[dict[Short, Any], Field(max_length=100)] = {}


class RevokePermit(Shape):
    reason: Annotated[str, Field(min_length=1, max_length=400)]


class FindPermits(Shape):
    """Whom a permit is for stands in a body, never in an address."""

    holder: Annotated[str, Field(min_length=1, max_length=40)]


class Verify(Shape):
    mark: Annotated[str, Field(min_length=1, max_length=2000)]


class AskBridge(Shape):
    """`subject` is what the citizen showed (a licence's QR code, a project's code); `purpose` the form."""

    subject: Annotated[str, Field(min_length=1, max_length=600)]
    purpose: Id
    consent: StrictBool = False


class AskResult(Shape):
    receipt: Personal = ""
    id_number: Personal = ""
    consent: StrictBool = False


class BeginForm(Shape):
    """`ticket` is said by staff only: a holder has but one."""

    form: Id
    ticket: Id | None = None


class SaveForm(Shape):
    """`values` by the schema's names, null to take one away; `sources` says what filled in which.

    A source other than the citizen needs their consent, given here or before; so does an assistant who fills
    it in with them.
    """

    values: Annotated[dict[Id, Written], Field(max_length=200)] = {}
    sources: Annotated[dict[Id, Literal["card", "licence", "project"]], Field(max_length=200)] = {}
    consents: Annotated[
        tuple[Literal["card", "licence", "project", "assistant"], ...], Field(max_length=4)
    ] = ()


class DropHandover(Shape):
    reason: Annotated[str, Field(min_length=1, max_length=400)]


class LogIn(Shape):
    username: Annotated[str, Field(max_length=64)]
    password: Annotated[str, Field(max_length=256)]


class ChangePassword(Shape):
    old: Annotated[str, Field(max_length=256)]
    new: Password


class AddAccount(Shape):
    username: Username
    password: Password
    role: Role
    name: Short = ""
    staff_no: Short = ""
    must_change: StrictBool = True


class SetAccount(Shape):
    password: Password | None = None
    role: Role | None = None
    name: Short | None = None
    staff_no: Short | None = None
    must_change: StrictBool | None = None


def read(shape: type[B], body: Body) -> B:
    """A body as its shape.

    :raises Problem: `invalid`, naming the first field at fault and its cure.
    """
    if field := _field_with_nul(body):
        raise wrong(field, Cure("nul"))
    try:
        return shape.model_validate(body)
    except ValidationError as trouble:
        first = trouble.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise wrong(where, _cure(shape, first)) from None


def _field_with_nul(body: Body) -> str:
    """The path of a text with the sign that ends texts for printers and other programs; empty for none."""
    left: list[tuple[str, Any]] = list(body.items())
    while left:
        where, value = left.pop()
        if isinstance(value, str) and "\0" in value:
            return where
        inner = (
            value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        )
        left += [(f"{where}.{name}", one) for name, one in inner]
    return ""


def key_of(said: object) -> str:
    """An idempotency key as it was sent; empty where none was.

    :raises Problem: when it is no text, or longer than is kept.
    """
    key = "" if said is None else said
    if not isinstance(key, str):
        raise wrong(KEY_HEADER, Cure("text"))
    if len(key) > KEY_SIGNS:
        raise wrong(KEY_HEADER, Cure("length", {"low": 1, "high": KEY_SIGNS}))
    return key


def wrong(field: str, cure: Cure) -> Problem:
    """A field that is not right, and what would be."""
    return Problem(Code.INVALID, field=field, where=field, cure=cure)


CURES = {
    "missing": "missing",
    "int_type": "number",
    "int_parsing": "number",
    "int_from_float": "number",
    "bool_type": "flag",
    "string_type": "text",
    "tuple_type": "list",
    "dict_type": "object",
    "model_type": "object",
    "model_attributes_type": "object",
    "string_pattern_mismatch": "pattern",
}
LIMITS = {
    "greater_than_equal": "between",
    "less_than_equal": "between",
    "string_too_short": "length",
    "string_too_long": "length",
    "too_short": "length",
    "too_long": "length",
}


def _cure(shape: type[Shape], error: Any) -> Cure:
    kind = error["type"]
    if kind == "extra_forbidden":
        known = _schema_at(shape, error["loc"][:-1]).get("properties", {})
        return Cure("unknown", {"allowed": ", ".join(known) or "–"})
    if kind in ("enum", "literal_error"):
        return Cure("choice", {"allowed": error["ctx"]["expected"].replace(" or ", ", ").replace("'", "")})
    if kind in LIMITS:
        return Cure(LIMITS[kind], _limits(shape, error))
    if kind.startswith(("datetime", "timezone")):
        return Cure("time")
    return Cure(CURES.get(kind, "ask"))


def _limits(shape: type[Shape], error: Any) -> dict[str, object]:
    """The field's own bounds, as its schema has them."""
    schema = _schema_at(shape, error["loc"])
    low = [schema[key] for key in ("minimum", "minLength", "minItems") if key in schema]
    high = [schema[key] for key in ("maximum", "maxLength", "maxItems") if key in schema]
    return {"low": (low or [0])[0], "high": (high or ["…"])[0]}


def _schema_at(shape: type[Shape], where: Iterable[str | int]) -> Body:
    """The schema of a field of a body, or of what is in it."""
    whole = shape.model_json_schema()

    def resolved(schema: Body) -> Body:
        """Without what may stand around it: a reference, or that it may be null."""
        choices = [one for one in schema.get("anyOf", ()) if one.get("type") != "null"]
        found: Body = choices[0] if choices else schema
        return whole["$defs"][found["$ref"].rsplit("/", 1)[1]] if "$ref" in found else found

    schema = resolved(whole)
    for part in where:
        inner = schema.get("properties", {}).get(part) or schema.get("additionalProperties")
        schema = resolved((schema.get("items") if isinstance(part, int) else inner) or {})
    return schema


EARLIEST, LATEST = 2000, 2999
"""Years that a request may name: dates outside break what computes with them."""


def instant(moment: datetime, field: str) -> float:
    """Seconds since the epoch.

    :raises Problem: when the time has no offset.
    """
    if moment.tzinfo is None or not EARLIEST <= moment.year <= LATEST:
        raise wrong(field, Cure("time"))
    return moment.timestamp()


def iso_day(text: str, field: str) -> str:
    """:raises Problem: when it is no day like 2026-11-24."""
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise wrong(field, Cure("day")) from None
