"""Reads a folder of forms, one file each, and the regions from which addresses are chosen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

from queue_server.self_fill.form_shape import FieldShape, FormShape, RegionsShape
from queue_server.self_fill.forms import FORMATS, MOST_SIGNS, Choice, Field, Form, Keyboard, Page, Regions
from queue_server.settings.bridges import FACTS
from queue_server.settings.reader import Mistake, TomlFile, nearest, shown

SHIPPED_FORMS = Path(__file__).parents[2] / "config" / "forms"
REGIONS = "regions.toml"

SOURCES = {
    "card": ("name", "sex", "ethnicity", "birth", "address", "number", "valid_until"),
    **{kind: FACTS[kind] for kind in ("licence", "project")},
    "visit": ("matter", "missing"),
}
"""What the ID card, the e-business licence, an investment project and the visit itself can fill in."""

KEYBOARD_TYPES = {Keyboard.DIGITS: ("integer", "number", "string"), Keyboard.AGREE: ("boolean",)}
"""The schema's types that a keyboard can give; all others give text."""

SCHEMA_KEYS = frozenset({"type", "properties", "required"})


def read_forms(folder: Path, mistakes: list[Mistake]) -> dict[str, Form]:
    """The forms of a folder's TOML files, by id; what is wrong in any of them is noted."""
    regions = _read_regions(folder / REGIONS, mistakes)
    read = (_read_form(folder / f"{name}.toml", regions, mistakes) for name in form_names(folder))
    return {form.id: form for form in read if form}


def form_names(folder: Path) -> list[str]:
    """The ids of all forms, those with mistakes too: a form's file is called by its id."""
    return sorted(path.stem for path in folder.glob("*.toml") if path.name != REGIONS)


def _read_form(path: Path, regions: Regions, mistakes: list[Mistake]) -> Form | None:
    before, file = len(mistakes), TomlFile(path, mistakes)
    shape = file.whole(FormShape) if len(mistakes) == before else None
    if shape:
        _check(file, shape)
    return _form(shape, regions) if shape and len(mistakes) == before else None


def _read_regions(path: Path, mistakes: list[Mistake]) -> Regions:
    """Without the file no form may ask for a region."""
    if not path.exists():
        return Regions()
    read = TomlFile(path, mistakes).whole(RegionsShape)
    if read is None:
        return Regions()
    return Regions(
        read.city.model_dump(), tuple((one.name.model_dump(), one.towns) for one in read.districts)
    )


# --- what schema and layout must agree on ---------------------------------------------------------


def _check(file: TomlFile, shape: FormShape) -> None:
    schema = shape.form_schema
    if shape.id != file.path.stem:
        file.wrong("id", shown(shape.id), shown(file.path.stem) + ", as the file is called")
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        where = ".".join(["schema", *(str(step) for step in error.absolute_path)])
        file.wrong(where, shown(error.instance), f"JSON Schema 2020-12 ({error.message[:200]})")
        return
    for key in schema.keys() - SCHEMA_KEYS:
        file.wrong(
            f"schema.{key}", shown(schema[key]), ", ".join(sorted(SCHEMA_KEYS)), nearest(key, SCHEMA_KEYS)
        )
    if schema.get("type") != "object" or not isinstance(schema.get("properties"), dict):
        file.wrong("schema.type", shown(schema.get("type")), '"object", with properties')
        return
    _check_names(file, shape)
    for number, one in enumerate(shape.fields):
        part = schema["properties"].get(one.name)
        if part is not None:
            _check_field(file, f"fields[{number}] ({one.name})", one, part)
        _check_references(file, f"fields[{number}] ({one.name})", one, shape)


def _check_names(file: TomlFile, shape: FormShape) -> None:
    """Schema, fields and pages speak of the same fields, each once."""
    properties = set(shape.form_schema["properties"])
    fields = [one.name for one in shape.fields]
    pages = [name for page in shape.pages for name in page.fields]
    _each_once(file, "fields", fields, properties, "the name of a property of the schema")
    _each_once(file, "pages", pages, set(fields), "the name of one of the fields")
    for name in sorted(properties - set(fields)):
        file.wrong(
            f"schema.properties.{name}", "a property that no field asks for", "one of the fields' names"
        )
    for name in sorted(set(fields) - set(pages)):
        file.wrong("pages", f"no page with {shown(name)}", "every field on one page")
    for name in shape.form_schema.get("required", ()):
        if name not in properties:
            file.wrong("schema.required", shown(name), "the name of a property", nearest(name, properties))


def _each_once(file: TomlFile, where: str, names: list[str], known: set[str], allowed: str) -> None:
    for name, count in Counter(names).items():
        if name not in known:
            file.wrong(where, shown(name), allowed, nearest(name, known))
        elif count > 1:
            file.wrong(where, f"{shown(name)} {count} times", "each field once")


def _check_field(file: TomlFile, where: str, one: FieldShape, part: Mapping[str, Any]) -> None:
    place = f"schema.properties.{one.name}"
    allowed = KEYBOARD_TYPES.get(one.keyboard, ("string",))
    if part.get("type") not in allowed:
        file.wrong(
            f"{place}.type", shown(part.get("type")), f"{', '.join(allowed)} (keyboard {one.keyboard})"
        )
    if "format" in part and part["format"] not in FORMATS:
        known = sorted(FORMATS)
        file.wrong(f"{place}.format", shown(part["format"]), ", ".join(known), nearest(part["format"], known))
    if one.keyboard is Keyboard.REGION and part.get("format") != "region":
        file.wrong(f"{place}.format", shown(part.get("format")), '"region" (keyboard region)')
    if one.keyboard is Keyboard.CHOICE and len(part.get("enum", ())) != len(one.choices):
        file.wrong(
            f"{where}.choices",
            f"{len(one.choices)} choices",
            f"one for each of the schema's enum ({len(part.get('enum', ()))})",
        )
    if one.keyboard is Keyboard.AGREE and part.get("const") is not True:
        file.wrong(f"{place}.const", shown(part.get("const")), "true (keyboard agree)")


def _check_references(file: TomlFile, where: str, one: FieldShape, shape: FormShape) -> None:
    earlier = [field.name for field in shape.fields]
    earlier = earlier[: earlier.index(one.name)]
    for key, name in (("when.field", one.when.field if one.when else None), ("after", one.after)):
        if name is not None and name not in earlier:
            file.wrong(f"{where}.{key}", shown(name), "a field that stands before", nearest(name, earlier))
    if one.source:
        kind, _, fact = one.source.partition(".")
        if fact not in SOURCES[kind]:
            known = [f"{kind}.{name}" for name in SOURCES[kind]]
            file.wrong(f"{where}.source", shown(one.source), ", ".join(known), nearest(one.source, known))


# --- from files to forms --------------------------------------------------------------------------


def _form(shape: FormShape, regions: Regions) -> Form:
    required = set(shape.form_schema.get("required", ()))
    properties = shape.form_schema["properties"]
    return Form(
        id=shape.id,
        title=shape.title.model_dump(),
        about=shape.about.model_dump(),
        fields={one.name: _field(one, properties[one.name], one.name in required) for one in shape.fields},
        pages=tuple(Page(page.title.model_dump(), page.fields) for page in shape.pages),
        schema=_whole_schema(shape),
        offered=frozenset(shape.offered),
        promise=tuple(one.model_dump() for one in shape.promise),
        regions=regions,
    )


def _field(one: FieldShape, part: Mapping[str, Any], required: bool) -> Field:
    labels = [choice.model_dump() for choice in one.choices]
    return Field(
        name=one.name,
        label=one.label.model_dump(),
        keyboard=one.keyboard,
        required=required,
        help=one.help.model_dump() if one.help else None,
        choices=tuple(Choice(*pair) for pair in zip(part.get("enum", ()), labels, strict=False)),
        source=one.source or "",
        error=one.error.model_dump() if one.error else None,
        when=(one.when.field, one.when.is_) if one.when else None,
        after=one.after or "",
        veil=one.veil,
        kind=part["type"],
        longest=part.get("maxLength", MOST_SIGNS),
        capitals=part.get("format") == "credit-code" or _takes_capitals(part.get("pattern", "")),
    )


def _takes_capitals(pattern: str) -> bool:
    """Whether a pattern allows capital letters and no small ones."""
    return "A-Z" in pattern and "a-z" not in pattern


def _whole_schema(shape: FormShape) -> dict[str, Any]:
    """The file's schema, in which a field that is asked only sometimes is required only then."""
    schema, whens = shape.form_schema, {one.name: one.when for one in shape.fields}
    required = schema.get("required", ())
    conditions = []
    for name in required:
        if when := whens[name]:
            known: list[Any] = [True if one == "true" else one for one in when.is_]
            asks = {"properties": {when.field: {"enum": known}}, "required": [when.field]}
            conditions.append({"if": asks, "then": {"required": [name]}})
    whole = {
        "$schema": Draft202012Validator.META_SCHEMA["$id"],
        "$id": f"urn:hall:form:{shape.id}",
        **schema,
        "required": [name for name in required if whens[name] is None],
        "additionalProperties": False,
    }
    return {**whole, "allOf": conditions} if conditions else whole
