"""The sound of Hanzi: the same as pypinyin's own, for all that a catalogue says and people ask."""

from __future__ import annotations

import pytest
from pypinyin import lazy_pinyin

from queue_server.catalogue.search import plain
from queue_server.catalogue.sounds import Sounds, sounds
from queue_server.catalogue.tokens import characters
from queue_server.settings.settings import load
from tests.conftest import ROOT

CATALOGUE = load(ROOT / "config" / "hall.toml").catalogue
QUERIES = (ROOT / "tests" / "catalogue" / "everyday_queries.txt").read_text("utf-8").splitlines()


@pytest.mark.parametrize(
    ("hanzi", "syllables"),
    [
        ("银行", "yin hang"),
        ("行走", "xing zou"),
        ("重庆", "chong qing"),
        ("重量", "zhong liang"),
        ("去重庆的银行", "qu chong qing de yin hang"),
        ("", ""),
    ],
)
def test_a_phrase_says_how_its_signs_are_read(hanzi: str, syllables: str) -> None:
    assert sounds().of(hanzi) == syllables.split()


def test_everything_sounds_as_pypinyin_says() -> None:
    said = {text for entry in CATALOGUE.entries() for text, _ in entry.texts}
    said |= {word for group in CATALOGUE.vocabulary.synonyms for word in group}
    said |= {*CATALOGUE.vocabulary.fillers, *QUERIES}
    hanzi = {"".join(sign for sign in characters(plain(text)) if not sign.isascii()) for text in said}
    beginnings = {text[:length] for text in hanzi for length in range(1, len(text) + 1)}
    theirs = {
        text: [one for one in lazy_pinyin(text, errors="ignore") if one.isascii()] for text in beginnings
    }
    assert {text: sounds().of(text) for text in beginnings} == theirs


def test_the_longest_phrase_counts_and_signs_without_a_sound_are_passed_over() -> None:
    some = Sounds(["甲 jia", "乙 yi", "甲乙 ga yi", "甲乙甲 jia ya jia", "乙甲"])
    assert some.of("甲乙甲乙甲") == ["jia", "ya", "jia", "yi", "jia"]
    assert some.of("甲丙甲乙") == ["jia", "ga", "yi"]
