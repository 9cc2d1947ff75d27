"""Hanzi for pinyin, with Debian's real dictionary."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kiosk.pinyin import Candidate, Local, Speller
from tests.conftest import until

WORDS = ["公积金", "聊城", "开饭馆", "身份证", "居民身份证补领", "不动产登记", "WiFi"]


def ready(speller: Speller) -> None:
    """The dictionary is up: before it is, nothing of it is offered."""
    until(lambda: speller.candidates("gongjijin"))


@pytest.fixture
def speller() -> Iterator[Speller]:
    speller = Speller()
    ready(speller)
    yield speller
    speller.stop()


def test_whole_pinyin_and_initials_give_the_word_first(speller: Speller) -> None:
    for letters in ("gongjijin", "gjj"):
        assert speller.candidates(letters)[0] == Candidate("公积金", len(letters))


def test_words_of_the_hall_come_before_the_dictionarys(speller: Speller) -> None:
    assert speller.candidates("liaocheng")[0].hanzi == "疗程"
    speller.learn(WORDS)
    assert [one.hanzi for one in speller.candidates("liaocheng")[:2]] == ["聊城", "疗程"]
    assert speller.candidates("kfg")[0].hanzi == "开饭馆"


def test_a_part_of_the_letters_may_be_chosen(speller: Speller) -> None:
    candidates = {one.hanzi: one.letters for one in speller.candidates("kaifanguan")}
    assert candidates["开饭馆"] == 10 and candidates["开饭"] == 6 and candidates["开"] == 3


def test_what_ends_the_dictionary_does_not_end_the_keyboard(speller: Speller) -> None:
    for letters in ("s" * 24, "z" * 24, "d" * 40, "??", "公"):
        speller.candidates(letters)
    ready(speller)
    assert speller.candidates("gjj")[0].hanzi == "公积金"


def test_nothing_is_kept_from_one_visit_to_the_next(speller: Speller) -> None:
    before = speller.candidates("zhangsan")
    speller.forget()
    ready(speller)
    assert speller.candidates("zhangsan") == before


def test_without_a_dictionary_the_halls_words_are_offered() -> None:
    speller = Speller("libnowhere.so.0")
    speller.learn(WORDS)
    assert [one.hanzi for one in speller.candidates("gjj")] == ["公积金"]
    assert speller.candidates("liao") == [Candidate("聊城", 4)]
    assert speller.candidates("zhangsan") == []
    speller.stop()


def test_local_words_are_found_by_sound_initials_and_beginning() -> None:
    local = Local(WORDS)
    assert local.words("sfz") == ["身份证"]
    assert local.words("shenfenzheng") == ["身份证"]
    assert local.words("budongchan") == ["不动产登记"]
    assert local.words("wifi") == [] and local.words("bud") == []
