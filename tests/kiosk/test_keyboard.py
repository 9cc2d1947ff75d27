"""Typing, key by key, as a pure thing."""

from __future__ import annotations

from datetime import date

from kiosk.keyboard import (
    OFFERED,
    Kind,
    Script,
    Typing,
    chosen,
    day_of,
    erased,
    settled,
    shown,
    struck,
    switched,
    turned,
)
from kiosk.pinyin import Candidate
from queue_server.hall.model import Language


def typed(signs: str, kind: Kind = Kind.TEXT, typing: Typing = Typing(), longest: int = 40) -> Typing:  # noqa: B008
    for sign in signs:
        typing = struck(typing, sign, kind, longest)
    return typing


def test_letters_wait_until_hanzi_are_chosen() -> None:
    typing = typed("kaifanguan")
    assert (typing.text, typing.letters, typing.whole) == ("", "kaifanguan", "kaifanguan")
    typing = chosen(typing, Candidate("开饭", 6))
    assert (typing.text, typing.letters) == ("开饭", "guan")
    assert chosen(typing, Candidate("馆", 4)).whole == "开饭馆"


def test_english_stands_at_once() -> None:
    typing = typed("food permit", typing=Typing.begun(Language.EN))
    assert (typing.text, typing.letters) == ("food permit", "")


def test_digits_among_pinyin_settle_it() -> None:
    assert typed("gjj2") == Typing("gjj2")


def test_erasing_takes_letters_first_then_hanzi() -> None:
    typing = Typing("公积", "j")
    assert erased(typing) == Typing("公积")
    assert erased(erased(typing)) == Typing("公")
    assert erased(Typing()) == Typing()


def test_changing_the_script_loses_nothing() -> None:
    typing = switched(Typing("公", "ji"))
    assert typing == Typing("公ji", script=Script.LATIN)
    assert switched(typing).script is Script.PINYIN


def test_a_field_takes_no_more_than_it_may() -> None:
    assert typed("12345", Kind.DIGITS, longest=4).text == "1234"
    assert len(typed("a" * 100, longest=100).letters) == 24


def test_a_number_has_one_point_and_none_in_front() -> None:
    assert typed("12.5.5", Kind.DECIMAL).text == "12.55"
    assert typed(".5", Kind.DECIMAL).text == "0.5"
    assert shown(Typing("12000"), Kind.NUMBER) == "12000"


def test_a_date_is_shown_in_parts_and_read() -> None:
    typing = typed("19491231", Kind.DATE, longest=8)
    assert shown(typing, Kind.DATE) == "1949-12-31" and day_of(typing) == date(1949, 12, 31)
    assert shown(typed("194912", Kind.DATE, longest=8), Kind.DATE) == "1949-12"
    assert day_of(typed("19490231", Kind.DATE, longest=8)) is None


def test_an_id_number_is_shown_in_groups() -> None:
    assert shown(Typing("11010519491231002X"), Kind.ID) == "110105 19491231 002X"


def test_pages_of_candidates_stay_within_what_there_is() -> None:
    typing = Typing(letters="gong")
    assert turned(typing, -1, 20).page == 0
    assert turned(turned(typing, 1, 2 * OFFERED), 1, 2 * OFFERED).page == 1


def test_settled_is_what_is_seen() -> None:
    assert settled(Typing("公", "jj")) == Typing("公jj")
