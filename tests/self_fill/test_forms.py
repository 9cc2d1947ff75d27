"""Forms as data: the shipped ones are whole, mistakes in them are told, values are judged in plain words."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from queue_server.hall.identity import (
    CODE_SIGNS,
    code_check_sign,
    id_check_sign,
    is_credit_code,
    is_resident_id,
)
from queue_server.self_fill.form_files import SHIPPED_FORMS, SOURCES, read_forms
from queue_server.self_fill.forms import (
    Field,
    Form,
    Keyboard,
    Progress,
    Value,
    from_source,
    problems,
    progress,
    shown,
    tidy,
    veiled,
)
from queue_server.settings.reader import Mistake

TODAY = date(2026, 11, 24)
EIGHT = {
    "city-pass", "food-business", "fund-withdrawal", "missing-papers", "power-of-attorney", "promise-letter",
    "social-insurance", "sole-trader",
}  # fmt: skip


def shipped() -> dict[str, Form]:
    mistakes: list[Mistake] = []
    forms = read_forms(SHIPPED_FORMS, mistakes)
    assert not mistakes
    return forms


FORMS = shipped()

SMALL = """
id = "small"
title = { zh = "小表", en = "Small" }
about = { zh = "一张小表", en = "A small form" }

[schema]
type = "object"
required = ["who", "from"]

[schema.properties]
who = { type = "string", minLength = 2 }
kind = { type = "string", enum = ["a", "b"] }
from = { type = "string", format = "date" }

[[pages]]
title = { zh = "一页", en = "A page" }
fields = ["who", "kind", "from"]

[[fields]]
name = "who"
label = { zh = "谁", en = "Who" }
keyboard = "hanzi"
source = "card.name"

[[fields]]
name = "kind"
label = { zh = "哪种", en = "Kind" }
keyboard = "choice"
choices = [{ zh = "甲", en = "A" }, { zh = "乙", en = "B" }]

[[fields]]
name = "from"
label = { zh = "从", en = "From" }
keyboard = "date"
when = { field = "kind", is = ["b"] }
"""


def standing(form: Form, values: dict[str, Value]) -> Progress:
    return progress(form, values, problems(form, values, TODAY))


def read_small(folder: Path, text: str = SMALL) -> tuple[Form | None, str]:
    (folder / "small.toml").write_text(text, "utf-8")
    mistakes: list[Mistake] = []
    forms = read_forms(folder, mistakes)
    return forms.get("small"), "\n".join(str(mistake) for mistake in mistakes)


# --- numbers and values that are right ------------------------------------------------------------

resident_ids = st.builds(
    lambda region, born, serial: f"{region}{born:%Y%m%d}{serial:03d}",
    st.integers(110101, 659999),
    st.dates(date(1930, 1, 1), TODAY),
    st.integers(0, 999),
).map(lambda first: first + id_check_sign(first))
credit_codes = st.text(CODE_SIGNS, min_size=17, max_size=17).map(lambda first: first + code_check_sign(first))
BY_FORMAT = {
    "resident-id": resident_ids,
    "credit-code": credit_codes,
    "mobile": st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True),
    "phone": st.from_regex(r"1[3-9][0-9]{9}|0[1-9][0-9]{8,10}", fullmatch=True),
    "date": st.dates().map(str),
    "past-date": st.dates(max_value=TODAY).map(str),
    "coming-date": st.dates(TODAY, TODAY + timedelta(days=400)).map(str),
}
words = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1)


def right_value(form: Form, one: Field) -> st.SearchStrategy[Value]:
    part: dict[str, Any] = form.schema["properties"][one.name]
    if "const" in part:
        return st.just(part["const"])
    if "enum" in part:
        return st.sampled_from(part["enum"])
    if part.get("format") == "region":
        return st.sampled_from(sorted(form.regions.known))
    if "format" in part:
        return BY_FORMAT[part["format"]]
    if "pattern" in part:
        return st.from_regex(part["pattern"], fullmatch=True).map(str.strip)
    if part["type"] == "string":
        return st.text(
            st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5),
            min_size=part.get("minLength", 1),
            max_size=part.get("maxLength", 20),
        )
    return st.integers(int(part["minimum"]) + 1, int(part["maximum"]))


@st.composite
def filled(draw: st.DrawFn) -> tuple[Form, dict[str, Value]]:
    """A form with an answer to every question, whichever way it leads."""
    form = FORMS[draw(st.sampled_from(sorted(FORMS)))]
    values = {one.name: draw(right_value(form, one)) for one in form.fields.values()}
    for one in form.fields.values():
        if one.after:
            values[one.name] = max(str(values[one.name]), str(values[one.after]))
    return form, form.kept(values)


@given(filled())
def test_what_is_right_is_whole_for_us_and_for_any_reader_of_the_schema(
    made: tuple[Form, dict[str, Value]],
) -> None:
    form, values = made
    assert problems(form, values, TODAY) == {}
    assert standing(form, values).is_whole
    travelled = json.loads(json.dumps({"schema": form.schema, "values": values}, ensure_ascii=False))
    assert travelled == {"schema": form.schema, "values": values}
    Draft202012Validator(travelled["schema"]).validate(travelled["values"])


@given(filled())
def test_tidying_what_is_right_changes_nothing(made: tuple[Form, dict[str, Value]]) -> None:
    form, values = made
    assert {name: tidy(form.fields[name], value) for name, value in values.items()} == values


@given(filled(), st.data())
def test_leaving_out_a_question_says_so_and_nothing_else(
    made: tuple[Form, dict[str, Value]], data: st.DataObject
) -> None:
    form, values = made
    leads = {one.when[0] for one in form.fields.values() if one.when}
    must = [one.name for one in form.asked(values) if one.required and one.name not in leads]
    gone = data.draw(st.sampled_from(must))
    rest = {name: value for name, value in values.items() if name != gone}
    assert list(problems(form, rest, TODAY)) == [gone]
    before, after = standing(form, values), standing(form, rest)
    assert (after.filled, after.of) == (before.filled - 1, before.of)


@given(resident_ids, st.integers(0, 17), st.integers(1, 9))
def test_one_wrong_digit_of_an_id_number_is_seen(number: str, at: int, by: int) -> None:
    assert is_resident_id(number, TODAY)
    old = 10 if number[at] == "X" else int(number[at])
    new = (old + by) % (11 if at == 17 else 10)
    wrong = number[:at] + ("X" if new == 10 else str(new)) + number[at + 1 :]
    assert wrong == number or not is_resident_id(wrong, TODAY)


@given(credit_codes, st.integers(0, 17), st.sampled_from(CODE_SIGNS))
def test_one_wrong_sign_of_a_credit_code_is_seen(code: str, at: int, sign: str) -> None:
    assert is_credit_code(code)
    wrong = code[:at] + sign + code[at + 1 :]
    assert wrong == code or not is_credit_code(wrong)


# --- the shipped forms ----------------------------------------------------------------------------


def test_eight_forms_are_shipped() -> None:
    assert set(FORMS) == EIGHT


@pytest.mark.parametrize("form", FORMS.values(), ids=lambda form: form.id)
def test_a_shipped_form_hides_what_others_must_not_see(form: Form) -> None:
    for one in form.fields.values():
        if one.keyboard is Keyboard.ID_NUMBER:
            assert "*" in veiled(one, "11010519491231002X")
        if one.keyboard is Keyboard.PHONE:
            assert "*" in veiled(one, "13800000000")
        if one.source == "card.name":
            assert veiled(one, "张三丰") == "张**"
        if one.source == "card.address":
            assert veiled(one, "聊城市东昌府区某路 1 号") == "******"


def test_the_card_fills_in_what_it_knows() -> None:
    facts = {
        "card.name": "张三",
        "card.sex": "male",
        "card.ethnicity": "汉",
        "card.birth": "1949-12-31",
        "card.address": "聊城市东昌府区某路 1 号",
        "card.number": "11010519491231002x",
    }
    assert set(facts) <= {f"card.{name}" for name in SOURCES["card"]}
    assert from_source(FORMS["social-insurance"], facts) == {
        "person_name": "张三",
        "person_sex": "male",
        "ethnicity": "汉",
        "birth_date": "1949-12-31",
        "person_id": "11010519491231002X",
        "home_address": "聊城市东昌府区某路 1 号",
    }
    left = problems(FORMS["social-insurance"], from_source(FORMS["social-insurance"], facts), TODAY)
    assert set(left) == {
        "person_phone", "household", "insurances", "base", "start_date", "pay_by", "is_true",
    }  # fmt: skip


# --- what is said of a mistake --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "typed", "said"),
    [
        ("operator_name", "张", "太短了，至少要 2 个字。"),
        ("operator_id", "371502199001011235", "身份证号不对"),
        ("operator_phone", "12345", "手机号不对"),
        ("capital", "很多", "这里要填数字。"),
        ("capital", "0", "太小了，不能小于 1。"),
        ("premises_region", "火星", "请从列表里选"),
        ("premises_right", "stolen", "请从列出的里面选一个。"),
    ],
)
def test_a_mistake_is_told_in_plain_words(name: str, typed: str, said: str) -> None:
    form = FORMS["sole-trader"]
    kept = tidy(form.fields[name], typed)
    assert kept is not None
    assert problems(form, {name: kept}, TODAY)[name]["zh"].startswith(said)


def test_a_day_may_not_be_before_the_one_it_follows() -> None:
    values = {"start_date": "2026-12-02", "end_date": "2026-12-01"}
    assert problems(FORMS["city-pass"], values, TODAY)["end_date"]["zh"] == "不能早于“从哪天起”。"


def test_another_way_through_the_form_leaves_its_answers_out() -> None:
    form = FORMS["sole-trader"]
    values = {"by_agent": "no", "agent_name": "李四"}
    assert "agent_name" not in form.kept(values)
    assert "agent_name" not in problems(form, values, TODAY)
    assert "agent_name" in problems(form, {"by_agent": "yes"}, TODAY)


def test_values_are_shown_in_words() -> None:
    form = FORMS["sole-trader"]
    assert shown(form.fields["operator_sex"], "female", "zh") == "女"
    assert shown(form.fields["premises_region"], "聊城市/东昌府区/柳园街道", "zh") == "聊城市东昌府区柳园街道"
    assert shown(form.fields["is_true"], True, "en") == "Yes"


# --- mistakes in a form's file --------------------------------------------------------------------


def test_a_field_that_is_asked_only_sometimes_is_required_only_then(tmp_path: Path) -> None:
    form, mistakes = read_small(tmp_path)
    assert form and not mistakes
    schema = Draft202012Validator(form.schema)
    assert schema.is_valid({"who": "张三"})
    assert not schema.is_valid({"who": "张三", "kind": "b"})
    assert schema.is_valid({"who": "张三", "kind": "b", "from": "2026-01-01"})


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ('id = "small"', 'id = "other"', 'id: found "other"; allowed: "small", as the file is called'),
        ('type = "object"', 'type = "array"', 'schema.type: found "array"; allowed: "object"'),
        ("minLength = 2", 'minLength = "two"', 'schema.properties.who.minLength: found "two"'),
        ('format = "date"', 'format = "dat"', 'did you mean "date"?'),
        ('required = ["who", "from"]', 'required = ["whom"]', 'schema.required: found "whom"'),
        ('fields = ["who", "kind", "from"]', 'fields = ["who", "kind"]', 'pages: found no page with "from"'),
        ('name = "who"', 'name = "how"', 'fields: found "how"; allowed: the name of a property'),
        ('keyboard = "date"', 'keyboard = "agree"', "allowed: boolean (keyboard agree)"),
        ('field = "kind"', 'field = "gone"', '(from).when.field: found "gone"'),
        ('source = "card.name"', 'source = "card.nam"', 'did you mean "card.name"?'),
        (', { zh = "乙", en = "B" }', "", "(kind).choices: found 1 choices"),
        (', en = "Small" }', " }", "title.en: found nothing"),
        ("keyboard = ", "keybord = ", 'did you mean "keyboard"?'),
    ],
)
def test_a_mistake_in_a_file_is_named_with_its_place_and_cure(
    tmp_path: Path, right: str, wrong: str, told: str
) -> None:
    assert right in SMALL
    form, mistakes = read_small(tmp_path, SMALL.replace(right, wrong))
    assert form is None
    assert told in mistakes


def test_all_mistakes_are_told_together(tmp_path: Path) -> None:
    text = SMALL.replace('format = "date"', 'format = "dat"').replace("card.name", "card.nam")
    _, mistakes = read_small(tmp_path, text)
    assert "card.nam" in mistakes and "dat" in mistakes


def test_plates_and_codes_are_capitals_however_they_were_typed() -> None:
    forms = read_forms(SHIPPED_FORMS, [])
    assert tidy(forms["city-pass"].fields["plate_number"], "鲁p12345") == "鲁P12345"
    assert tidy(forms["food-business"].fields["credit_code"], "92371502ma3c1a001c") == "92371502MA3C1A001C"
    assert tidy(forms["fund-withdrawal"].fields["contract_number"], "ht-2026a") == "ht-2026a"
