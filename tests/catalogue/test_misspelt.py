"""Words in Hanzi with a sign that sounds or looks like the right one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.catalogue.misspelt import Misspelt
from queue_server.catalogue.tokens import Pinyin

WORDS = ["公积金", "养老金", "护照", "户口", "户口迁移", "行驶证", "手艺", "公章刻制", "公章补刻", "公章丢失"]
MISSPELT = Misspelt(WORDS, Pinyin().syllables, ["全金", "抚护"])


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("养劳金", "养老金"),
        ("公积全提取", "公积金提取"),
        ("抚照", "护照"),
        ("我的行使证丢了", "我的行驶证丢了"),
        ("户口千移", "户口迁移"),
        ("公张", "公章"),
    ],
)
def test_a_word_with_a_wrong_sign_is_put_right(written: str, meant: str) -> None:
    assert MISSPELT.mend(written) == meant


def test_a_word_of_wrong_signs_alone_is_put_right_only_where_it_is_all_that_is_written() -> None:
    assert MISSPELT.mend("兽医") == "手艺"
    assert MISSPELT.mend("兽医备案") == "兽医备案"


@pytest.mark.parametrize("written", ["护照", "养老金领取", "今天下雨", "", "passport 12"])
def test_what_is_right_or_near_to_nothing_stays(written: str) -> None:
    assert MISSPELT.mend(written) == written


@given(st.text(max_size=60))
def test_any_text_keeps_its_length(text: str) -> None:
    assert len(MISSPELT.mend(text)) == len(text)
