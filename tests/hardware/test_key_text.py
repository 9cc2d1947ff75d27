"""What a scanner types, put together to lines: pure, with time passed in."""

from __future__ import annotations

import string

from hypothesis import given
from hypothesis import strategies as st

from hardware.input_reader import KEY_NAMES
from hardware.key_text import CHARACTERS, LONGEST, LineAssembler

SIGNS = {
    sign: (key, shifted)
    for key, pair in CHARACTERS.items()
    if not key.startswith("KEY_KP")
    for shifted, sign in enumerate(pair)
}


def typed(text: str) -> list[tuple[str, bool]]:
    """The key strokes for a text, as scanners send them: shift anew for each character."""
    strokes = []
    for sign in text:
        key, shifted = SIGNS[sign]
        stroke = [(key, True), (key, False)]
        strokes += [("KEY_LEFTSHIFT", True), *stroke, ("KEY_LEFTSHIFT", False)] if shifted else stroke
    return [*strokes, ("KEY_ENTER", True), ("KEY_ENTER", False)]


def lines(strokes: list[tuple[str, bool]], assembler: LineAssembler, at: float = 0.0) -> list[str]:
    found = [assembler.feed(key, pressed, at) for key, pressed in strokes]
    return [line for line in found if line is not None]


def test_every_key_is_one_that_linux_knows() -> None:
    assert set(CHARACTERS) <= set(KEY_NAMES.values())


def test_every_printable_sign_can_be_scanned() -> None:
    assert set(SIGNS) == set(string.printable[:95])


@given(st.lists(st.text(st.sampled_from(string.printable[:95]), min_size=1), max_size=4))
def test_what_was_scanned_comes_out_line_by_line(texts: list[str]) -> None:
    assembler = LineAssembler(0.5)
    assert [line for text in texts for line in lines(typed(text), assembler)] == texts


def test_a_pause_drops_what_was_begun() -> None:
    assembler = LineAssembler(0.5)
    lines(typed("lost")[:-2], assembler, at=10.0)
    assert lines(typed("whole"), assembler, at=10.6) == ["whole"]


def test_a_slow_scanner_is_no_pause() -> None:
    assembler = LineAssembler(0.5)
    strokes = typed("slow")
    found = [assembler.feed(key, pressed, at * 0.4) for at, (key, pressed) in enumerate(strokes)]
    assert [line for line in found if line] == ["slow"]


def test_an_enter_alone_is_no_line_and_an_endless_line_is_thrown_away() -> None:
    assembler = LineAssembler(0.5)
    assert lines(typed(""), assembler) == []
    assert lines(typed("x" * (LONGEST + 1)), assembler) == []
    assert lines(typed("x" * LONGEST), assembler) == ["x" * LONGEST]
