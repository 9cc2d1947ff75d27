"""What a press on the key pad means: pure, with time passed in."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets import texts
from hardware.settings import KEYS
from hardware.tones import Signal
from kiosk.pad_session import (
    COMMANDS,
    REST_SECONDS,
    Order,
    PadSession,
    Said,
    answered,
    heard,
    lost,
    pressed,
)
from queue_server.wire import Asks, Code, Says

NEXT, PAUSE = "KEY_KPENTER", "KEY_KPDOT"


def snapshot(state: str = "open", keys: dict[str, str] | None = None) -> dict[str, Any]:
    return {"window": {"number": 5, "state": state}, "settings": {"window": 5, "keys": keys}}


def ready(state: str = "open", keys: dict[str, str] | None = None) -> PadSession:
    pad, said = heard(PadSession(KEYS), Says.SNAPSHOT, snapshot(state, keys))
    assert said == Said("ready", values={"window": 5})
    return pad


def test_next_finishes_the_citizen_who_is_there() -> None:
    _, order = pressed(ready(), NEXT, 0.0)
    assert order == Order(Asks.NEXT, {"current": "finish"}, NEXT)


def test_a_window_taken_out_of_the_hall_is_said_and_again_when_it_is_back() -> None:
    gone = {**snapshot(), "window": None}
    pad, said = heard(ready(), Says.SNAPSHOT, gone)
    assert said == Said("unplanned", values={"window": 5})
    assert pressed(pad, NEXT, 0.0) == (pad, Said("unplanned", Signal.REFUSED, {"window": 5}))
    back, said = heard(pad, Says.SNAPSHOT, snapshot())
    assert said == Said("ready", values={"window": 5})
    assert isinstance(pressed(back, NEXT, 0.0)[1], Order)


def test_every_command_of_a_shipped_key_exists() -> None:
    assert set(KEYS.values()) <= {str(command) for command in COMMANDS}


def test_the_halls_keys_take_the_place_of_the_machines() -> None:
    pad = ready(keys={"KEY_KP9": "next"})
    assert pressed(pad, NEXT, 0.0) == (pad, None)
    assert isinstance(pressed(pad, "KEY_KP9", 0.0)[1], Order)


def test_the_pause_key_opens_a_paused_window() -> None:
    pad, order = pressed(ready(), PAUSE, 0.0)
    assert order == Order(Asks.PAUSE, {}, PAUSE)
    pad, said = answered(pad, order, {"ok": True, "window": {"number": 5, "state": "paused"}}, 0.0)
    assert said == Said("pause", Signal.DONE)
    assert pressed(pad, PAUSE, 0.1) == (pad, None), "a double press does not open it again"
    assert pressed(pad, PAUSE, REST_SECONDS)[1] == Order(Asks.OPEN, {}, PAUSE)
    by_others, _ = heard(ready(), Says.WINDOW, {"window": {"number": 5, "state": "paused"}})
    assert pressed(by_others, PAUSE, 0.0)[1] == Order(Asks.OPEN, {}, PAUSE)


def test_without_a_line_a_press_is_refused_and_not_kept() -> None:
    down, said = lost(ready())
    assert said.signal is None
    after, refusal = pressed(down, NEXT, 0.0)
    assert refusal == Said("no-line", Signal.REFUSED)
    back, _ = heard(after, Says.SNAPSHOT, snapshot())
    assert back.under_way is None
    assert pressed(PadSession(KEYS), NEXT, 0.0)[1] == refusal, "before the first snapshot it is the same"


def test_nothing_is_sent_while_an_order_is_under_way() -> None:
    pad, order = pressed(ready(), NEXT, 0.0)
    assert isinstance(order, Order)
    for key in KEYS:
        assert pressed(pad, key, 0.1) == (pad, None)


def test_a_double_press_is_one_press_even_if_the_answer_came_in_between() -> None:
    pad, order = pressed(ready(), NEXT, 0.0)
    assert isinstance(order, Order)
    pad, said = answered(pad, order, {"ok": True, "ticket": {"number": "A012"}}, 0.05)
    assert said == Said("next", Signal.DONE, {"number": "A012"})
    assert pressed(pad, NEXT, 0.2) == (pad, None)
    assert pressed(pad, "KEY_KPPLUS", 0.2)[1] == Order(Asks.RECALL, {}, "KEY_KPPLUS"), (
        "another key is another wish"
    )
    assert isinstance(pressed(pad, NEXT, 0.05 + REST_SECONDS)[1], Order)


def test_each_answer_has_its_words_and_its_signal() -> None:
    pad, order = pressed(ready(), NEXT, 0.0)
    assert isinstance(order, Order)

    def said(answer: dict[str, Any]) -> Said:
        return answered(pad, order, answer, 0.0)[1]

    assert said({"ok": True, "ticket": None}) == Said("nobody", Signal.REFUSED)
    assert said({"ok": False, "problem": {"code": "window-not-open"}}) == Said(
        "refused", Signal.REFUSED, problem=Code.WINDOW_NOT_OPEN
    )
    assert said({"ok": False, "problem": {"code": "no-connection"}}) == Said("doubtful", Signal.REFUSED)


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_there_are_words_for_every_answer(language: str) -> None:
    for command in COMMANDS:
        assert texts.say(f"keypad.{command}", language, number="A012")
    for code in set(Code) - {Code.NO_CONNECTION}:
        assert texts.say("keypad.refused", language, why=texts.say(f"problem.title.{code}", language))


HAPPENINGS = st.lists(st.sampled_from([*KEYS, "KEY_KP5", "answer", "refusal", "up", "down"]), max_size=40)


@given(HAPPENINGS, st.lists(st.floats(0, 0.5), min_size=40, max_size=40))
def test_whatever_happens_one_order_at_a_time_and_none_without_a_line(
    happenings: list[str], gaps: list[float]
) -> None:
    pad, now, open_order = PadSession(KEYS), 0.0, None
    answered_at: dict[str, float] = {}
    for happening, gap in zip(happenings, gaps, strict=False):
        now += gap
        if happening == "up":
            pad, _ = heard(pad, Says.SNAPSHOT, snapshot())
        elif happening == "down":
            pad, _ = lost(pad)
        elif happening in ("answer", "refusal"):
            if open_order:
                body = {"ok": happening == "answer", "ticket": {"number": "A001"}}
                pad, _ = answered(pad, open_order, {**body, "problem": {"code": "no-ticket"}}, now)
                answered_at = {open_order.key: now}
                open_order = None
        else:
            pad, result = pressed(pad, happening, now)
            if isinstance(result, Order):
                assert pad.up and open_order is None
                assert now - answered_at.get(result.key, -REST_SECONDS) >= REST_SECONDS
                open_order = result
