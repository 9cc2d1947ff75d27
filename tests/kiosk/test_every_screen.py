"""Every screen in every mode, by its real widgets: large enough to hit and to read, in reach, told apart."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from typing import Any

import pytest

from assets import theme
from kiosk import guidance
from kiosk.guidance import MOST_NAMED
from kiosk.screens.look import BODY_CAPITAL_MM
from tests import stage

TARGET_MM = 20.0
CONTRAST = 7.0
ROUNDING_MM = 0.6
"""Of whole pixels, two on either side."""
ROUNDING_PIXELS = 1.5
MOST_CHOICES = 7
TURNS = frozenset({"TurnPage", "LastQuestion", "NextQuestion"})
BUILD_SECONDS = 300.0

pytestmark = pytest.mark.timeout(BUILD_SECONDS)
"""The first test waits until all screens are built."""

Built = list[dict[str, Any]]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """What every screen is made of, upright as the shipped kiosks stand, and wide."""
    folder = tmp_path_factory.mktemp("tree")
    screen = stage.Screen(1920, 1920)
    try:
        told = subprocess.run(
            [sys.executable, "-m", "tests.kiosk.widget_tree", "1080x1920,1920x1080"],
            cwd=stage.ROOT,
            env={**os.environ, **stage.environment(screen.name, str(folder))},
            capture_output=True,
            text=True,
            timeout=BUILD_SECONDS,
            check=False,
        )
    finally:
        screen.close()
    assert told.returncode == 0, told.stderr
    return [json.loads(line) for line in told.stdout.splitlines()]


def where(one: dict[str, Any]) -> str:
    stands = "upright" if one["size"][0] < one["size"][1] else "wide"
    return f"{one['screen']} {stands} {one['language']} {'+'.join(one['modes'])}"


def under_a_question(one: dict[str, Any], part: dict[str, Any]) -> bool:
    """Whether a part is dimmed by "Are you still there?" and can't be used meanwhile."""
    return bool(one["screen"].startswith("stay") and part["page"] != "Stay")


def test_every_control_is_large_enough_for_a_finger(built: Built) -> None:
    small = {
        f"{where(one)}: {control['said']}"
        for one in built
        for control in one["controls"]
        if min(control["width_mm"], control["height_mm"]) < TARGET_MM
    }
    assert not small


def test_every_text_can_be_read_from_where_one_stands(built: Built) -> None:
    small = {
        f"{where(one)}: {text['text']} {text['capital_mm']:.1f}"
        for one in built
        for text in one["texts"]
        if text["capital_mm"] < BODY_CAPITAL_MM * (theme.LARGE_TEXT if "large" in one["modes"] else 1) - 0.05
    }
    assert not small


def test_no_text_outgrows_its_room_or_has_none(built: Built) -> None:
    cut = {
        f"{where(one)}: {text['text']} {max(text['over']):.1f}"
        for one in built
        for text in one["texts"]
        if max(text["over"]) > ROUNDING_PIXELS
    }
    lost = {f"{where(one)}: {text}" for one in built for text in one["lost"]}
    assert not cut | lost


def test_no_text_shrinks_while_it_has_room(built: Built) -> None:
    small = {f"{where(one)}: {text['text']}" for one in built for text in one["texts"] if text["small"]}
    assert not small


def test_no_line_begins_in_a_word_or_with_a_comma(built: Built) -> None:
    torn = {
        f"{where(one)}: {text['text']} {part}"
        for one in built
        for text in one["texts"]
        for part in (*text["broken"], *text["hanging"])
    }
    assert not torn


def test_nothing_lies_on_anything_else(built: Built) -> None:
    assert not {f"{where(one)}: {pair}" for one in built for pair in one["overlaps"]}


def test_a_screen_has_at_most_seven_choices(built: Built) -> None:
    """Beside the frame's keys, a keyboard's, and those that turn to the next page or question."""
    many = {}
    for one in built:
        choices = [
            control["said"]
            for control in one["controls"]
            if control["page"] not in ("Frame", "Stay")
            and not control["is_key"]
            and control["does"] not in TURNS
        ]
        if len(choices) > MOST_CHOICES:
            many[where(one)] = choices
    assert not many


def test_every_text_stands_out_from_what_is_behind_it(built: Built) -> None:
    pale = {
        f"{where(one)}: {text['text']}"
        for one in built
        for text in one["texts"]
        if text["ground"]
        and not under_a_question(one, text)
        and theme.contrast_of(tuple(text["ink"]), tuple(text["ground"])) < CONTRAST
    }
    assert not pale


def test_in_low_reach_every_control_stands_in_the_lower_half(built: Built) -> None:
    high = {
        f"{where(one)}: {control['said']}"
        for one in built
        if "low" in one["modes"]
        for control in one["controls"]
        if control["bottom_mm"] + control["height_mm"] > one["height_mm"] / 2 + ROUNDING_MM
    }
    assert not high


def test_keys_reach_every_control_and_each_is_said(built: Built) -> None:
    for one in built:
        seen = [control["said"] for control in one["controls"] if not under_a_question(one, control)]
        assert sorted(one["order"]) == sorted(seen), where(one)
        assert all(said.strip() for said in one["order"]), where(one)


def test_every_screen_says_all_that_stands_on_it_and_what_there_is_to_choose(built: Built) -> None:
    """In speech mode the sentence is what is heard; a control is heard where the keys stand at it."""
    silent = set()
    for one in built:
        heard = signs(one["sentence"] + "".join(one["order"]))
        other = signs(one["in_other"])
        silent |= {
            f"{where(one)}: {line}"
            for text in one["texts"]
            if text["is_content"] and text["page"] != "Frame" and not under_a_question(one, text)
            for line in text["text"].split("\n")
            if signs(line) not in heard and signs(line) not in other
        }
        if "voice" in one["modes"]:
            assert one["sentence"] in one["told"], where(one)
            seen = [control for control in one["controls"] if not under_a_question(one, control)]
            own = [control["said"] for control in seen if control["page"] != "Frame"]
            offered = own if len(own) <= MOST_NAMED else [str(len(own))]
            assert not [name for name in offered if guidance.plain(name) not in one["told"]], where(one)
    assert not silent


def signs(text: str) -> str:
    """Letters and digits alone: a range, and what parts a list, is said otherwise than it is written."""
    spoken = re.sub(r"(?<=\d)–(?=\d)", "", text)
    spoken = re.sub(r"(?<=\d) (?:到|to) (?=\d)", "", spoken)
    return re.sub(r"[\W_]", "", spoken)
