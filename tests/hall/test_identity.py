"""Check digits and masks, with made-up numbers."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.hall import identity

TODAY = date(2026, 11, 24)
BIRTHS = st.dates(date(1900, 1, 1), TODAY)
REGIONS = st.integers(110000, 829999).map(str)
SERIALS = st.integers(0, 999).map("{:03d}".format)


def make_id(region: str, born: date, serial: str) -> str:
    first = f"{region}{born:%Y%m%d}{serial}"
    return first + identity.id_check_sign(first)


IDS = st.builds(make_id, REGIONS, BIRTHS, SERIALS)
CODES = st.text(identity.CODE_SIGNS, min_size=17, max_size=17).map(
    lambda first: first + identity.code_check_sign(first)
)


def test_the_standards_own_example() -> None:
    assert identity.is_resident_id("11010519491231002X", TODAY)


@given(IDS)
def test_a_made_id_is_possible_and_knows_its_date(number: str) -> None:
    assert identity.is_resident_id(number, TODAY)
    born = identity.birth_date(number)
    assert born is not None and f"{born:%Y%m%d}" == number[6:14]


@given(IDS, st.integers(0, 17), st.sampled_from("0123456789"))
def test_one_wrong_digit_is_always_found(number: str, place: int, digit: str) -> None:
    wrong = number[:place] + digit + number[place + 1 :]
    assert identity.is_resident_id(wrong, TODAY) == (wrong == number)


@given(IDS, st.integers(0, 15))
def test_two_neighbours_swapped_are_found(number: str, place: int) -> None:
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    assert identity.is_resident_id(swapped, TODAY) == (swapped == number)


@pytest.mark.parametrize("day", ["20270101", "19000229", "20261301", "20260230", "18001231"])
def test_an_impossible_birth_date_is_refused(day: str) -> None:
    first = f"371502{day}123"
    assert not identity.is_resident_id(first + identity.id_check_sign(first), TODAY)


@pytest.mark.parametrize("text", ["", "X", "37150219900101", "０" * 18, "11010519491231002x", "1" * 400])
def test_other_texts_are_no_id(text: str) -> None:
    assert not identity.is_resident_id(text, TODAY)


def test_typed_ids_are_made_normal() -> None:
    assert identity.normal_id(" 110105 19491231-002x ") == "11010519491231002X"


@given(IDS, st.dates(date(2000, 1, 1), date(2060, 1, 1)))
def test_age_counts_full_years(number: str, today: date) -> None:
    born, years = identity.birth_date(number), identity.age(number, today)
    assert born is not None and years is not None
    birthday_passed = (today.month, today.day) >= (born.month, born.day)
    assert born.year + years == (today.year if birthday_passed else today.year - 1)


def test_age_turns_on_the_birthday() -> None:
    number = make_id("371502", date(1966, 11, 24), "123")
    assert identity.age(number, date(2026, 11, 23)) == 59
    assert identity.age(number, date(2026, 11, 24)) == 60
    assert identity.age("not a number at all", TODAY) is None


@given(CODES)
def test_a_made_credit_code_is_possible(code: str) -> None:
    assert identity.is_credit_code(code)


@given(CODES, st.integers(0, 17), st.sampled_from(identity.CODE_SIGNS))
def test_one_wrong_sign_of_a_code_is_found(code: str, place: int, sign: str) -> None:
    wrong = code[:place] + sign + code[place + 1 :]
    assert identity.is_credit_code(wrong) == (wrong == code)


def test_credit_codes_have_no_letters_that_look_like_digits() -> None:
    assert not identity.is_credit_code("91371500MA3OIZSVX0")
    assert not identity.is_credit_code("")


@given(IDS)
def test_a_masked_id_hides_the_birth_date(number: str) -> None:
    masked = identity.mask_id(number)
    assert masked == f"{number[:6]}********{number[-4:]}"


def test_the_mask_of_the_words_page() -> None:
    assert identity.mask_id("37150219900101123X") == "371502********123X"


@given(st.text("0123456789", max_size=17))
def test_a_short_id_shows_nothing(number: str) -> None:
    assert set(identity.mask_id(number)) <= {"*"}


@given(st.text("0123456789", max_size=20))
def test_a_masked_phone_keeps_its_length_and_hides_the_middle(number: str) -> None:
    masked = identity.mask_phone(number)
    assert len(masked) == len(number)
    assert masked.count("*") >= min(4, len(number))


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("138 0000 0000", "13800000000"),
        ("+86 13800000000", "13800000000"),
        ("0086-138-0000-0000", "13800000000"),
        ("(0635) 8000000", "06358000000"),
        ("010-80000000", "01080000000"),
    ],
)
def test_phones_as_people_type_them(typed: str, normal: str) -> None:
    assert identity.normal_phone(typed) == normal
    assert identity.is_phone(normal)


@pytest.mark.parametrize(
    "text", ["", "110", "12800000000", "1380000000", "138000000000", "1３800000000", "+8613800000000"]
)
def test_other_texts_are_no_phone(text: str) -> None:
    assert not identity.is_phone(text)


def test_a_mobile_shows_three_and_four() -> None:
    assert identity.mask_phone("13800001234") == "138****1234"
