"""A call in words: letters and digits one by one, windows as numbers, in the right order."""

from __future__ import annotations

import re
from pathlib import Path
from string import ascii_uppercase, digits

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.texts import LANGUAGES, say
from display_board.announcer import Call
from display_board.speech import BREAK_SECONDS, Phrase, counted, utterance, vocabulary
from queue_server.hall.model import CallKind, Instant

tickets = st.from_regex(r"[A-Z][0-9]{3,4}", fullmatch=True)
windows = st.integers(1, 999)


def call(
    ticket: str = "A012", window: int = 5, kind: CallKind = CallKind.CALL, speak: tuple[str, ...] = ("zh",)
) -> Call:
    return Call("1", ticket, window, kind, Instant(0), speak)


def words(*calls: Call, one: str = "yao") -> str:
    return " ".join("|" if isinstance(p, float) else p.words for p in utterance(calls, one))


def test_a_call_in_chinese() -> None:
    assert words(call()) == "请 A 零 幺 二 号到 五号窗口"
    assert words(call(window=15), one="yi") == "请 A 零 一 二 号到 十五号窗口"


def test_a_call_in_two_languages_says_chinese_first() -> None:
    said = words(call(window=21, speak=("zh", "en")))
    assert said == (
        "请 A 零 幺 二 号到 二十一号窗口 | A, Alpha zero one two | please go to window twenty-one"
    )


def test_a_recall_has_its_own_words() -> None:
    assert words(call(kind=CallKind.RECALL)) == "再次呼叫 A 零 幺 二 号 | 请到 五号窗口"
    assert "Calling again A, Alpha zero one two | please go to" in words(
        call(kind=CallKind.RECALL, speak=("zh", "en"))
    )


def test_several_calls_in_one_breath() -> None:
    both = (call(), call("A013", 7, speak=("zh", "en")))
    assert words(*both) == (
        "请 A 零 幺 二 号到 五号窗口 | A 零 幺 三 号到 七号窗口"
        " | A, Alpha zero one three | please go to window seven"
    )


@pytest.mark.parametrize(
    ("number", "zh", "en"),
    [
        (1, "一", "one"),
        (2, "二", "two"),
        (10, "十", "ten"),
        (11, "十一", "eleven"),
        (20, "二十", "twenty"),
        (38, "三十八", "thirty-eight"),
        (100, "一百", "one hundred"),
        (105, "一百零五", "one hundred and five"),
        (110, "一百一十", "one hundred and ten"),
        (212, "二百一十二", "two hundred and twelve"),
        (999, "九百九十九", "nine hundred and ninety-nine"),
    ],
)
def test_windows_are_counted(number: int, zh: str, en: str) -> None:
    assert (counted(number, "zh"), counted(number, "en")) == (zh, en)


def test_no_two_windows_sound_the_same() -> None:
    for language in ("zh", "en"):
        assert len({counted(number, language) for number in range(1, 1000)}) == 999


@given(st.lists(st.tuples(tickets, windows), min_size=1, max_size=3), st.sampled_from(["yao", "yi"]))
def test_every_call_of_a_breath_is_said_whole_and_in_order(pairs: list[tuple[str, int]], one: str) -> None:
    spoken = {"零": "0", "幺": "1", "一": "1"} | dict(zip("二三四五六七八九", "23456789", strict=True))
    said, spelled = [], ""
    for piece in utterance([call(ticket, window) for ticket, window in pairs], one):
        if isinstance(piece, float):
            assert piece == BREAK_SECONDS
        elif piece.words.endswith("号窗口"):
            said.append((spelled, piece.words.removesuffix("号窗口")))
            spelled = ""
        elif piece.words in spoken or piece.words.isascii():
            spelled += spoken.get(piece.words, piece.words)
    assert said == [(ticket, counted(window, "zh")) for ticket, window in pairs]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_signs_sound_the_same(language: str) -> None:
    signs = [say(f"board.sign.{sign}", language) for sign in ascii_uppercase + digits]
    assert len(set(signs)) == 36
    assert not {"一", "七"} <= set(signs), "1 and 7 rhyme in Chinese"


@given(tickets, windows, st.sampled_from(CallKind), st.sampled_from(["yao", "yi"]))
def test_the_vocabulary_holds_all_that_can_be_said(
    ticket: str, window: int, kind: CallKind, one: str
) -> None:
    known = vocabulary([window], one)
    one_call = call(ticket, window, kind, ("zh", "en"))
    assert {piece for piece in utterance([one_call, one_call], one) if isinstance(piece, Phrase)} <= known


def test_the_guide_for_recordings_names_every_phrase() -> None:
    guide = (Path(__file__).parents[2] / "assets" / "voices" / "README.md").read_text("utf-8")
    known = set(re.findall(r"[^`/|]+?(?=\.wav)|(?<=`)[^`]+(?=`)", guide))
    known |= {word for words in known for word in words.split()} | set(ascii_uppercase)
    known |= {say(f"board.sign.{letter}", "en") for letter in ascii_uppercase}
    unnamed = {phrase.words for phrase in vocabulary([1]) | vocabulary([1], "yi")} - known
    assert not unnamed
