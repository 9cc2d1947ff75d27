"""Pinyin of which some syllables are their first letters alone."""

from __future__ import annotations

import pytest

from queue_server.catalogue.abbreviated import Abbreviated
from queue_server.catalogue.tokens import Pinyin

WORDS = ["身份证", "社保卡", "补办", "办理", "个体户", "医保", "保险", "报销"]
TEXTS = ["身份证补办", "社保卡补办", "个体户", "医保报销", "医保报销", "保险"]
READER = Abbreviated(WORDS, TEXTS, Pinyin().spelling)


@pytest.mark.parametrize(
    ("typed", "texts"),
    [
        ("sfz", ["身份证"]),
        ("shenfzheng", ["身份证"]),
        ("shfzh", ["身份证"]),
        ("gthu", ["个体户"]),
        ("sbkbb", ["社保卡补办"]),
        ("ybbx", ["医保报销", "医保保险"]),
    ],
)
def test_letters_are_read_as_words_those_said_more_often_first(typed: str, texts: list[str]) -> None:
    assert READER.read(typed)[0] == texts


def test_the_fewest_words_are_meant() -> None:
    reader = Abbreviated(["营业执照", "营业", "执照"], ["营业执照", "营业", "执照"], Pinyin().spelling)
    assert reader.read("yyzz") == (["营业执照"], 1)


@pytest.mark.parametrize("typed", ["", "s", "sf", "sfx", "xsfz", "shenfenz" * 3, "passport"])
def test_what_no_words_make_up_is_none(typed: str) -> None:
    assert READER.read(typed) == ([], 0)
