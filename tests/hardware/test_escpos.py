"""Bytes between driver and printer: status answers, and what the simulated printer makes of a slip."""

from __future__ import annotations

import io

from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from hardware.device import Detail, Health
from hardware.escpos_parser import Command, EscposParser
from hardware.printer import encode
from hardware.printer_paper import PrinterPaper
from hardware.printer_status import CONFIRM, QUESTIONS, confirmed, judge, status_in

WELL = dict.fromkeys(QUESTIONS, 0x12)


def test_the_questions_are_dle_eot() -> None:
    assert QUESTIONS == {1: b"\x10\x04\x01", 2: b"\x10\x04\x02", 3: b"\x10\x04\x03", 4: b"\x10\x04\x04"}
    assert CONFIRM == b"\x1dr\x01"


def test_silence_is_unknown_and_no_fault() -> None:
    assert judge({}) == (Health.UNKNOWN, Detail.NO_ANSWER)


def test_what_the_answers_say() -> None:
    assert judge(WELL) == (Health.OK, Detail.NOTHING)
    assert judge({1: 0x12}) == (Health.OK, Detail.NOTHING)
    assert judge(WELL | {4: 0x1E}) == (Health.WARNING, Detail.PAPER_NEAR_END)
    assert judge(WELL | {1: 0x1A, 4: 0x7E}) == (Health.FAULT, Detail.PAPER_END)
    assert judge(WELL | {1: 0x1A, 2: 0x16, 4: 0x7E}) == (Health.FAULT, Detail.COVER_OPEN)
    assert judge(WELL | {3: 0x1A}) == (Health.FAULT, Detail.CUTTER)
    assert judge(WELL | {3: 0x32}) == (Health.FAULT, Detail.ERROR)
    assert judge(WELL | {1: 0x1A}) == (Health.FAULT, Detail.OFFLINE)


@given(st.binary())
def test_a_status_is_never_taken_for_a_confirmation_nor_the_other_way(data: bytes) -> None:
    status = status_in(data)
    assert status is None or not confirmed([status])
    assert status_in([byte for byte in data if byte & 0x90 == 0]) is None


@st.composite
def pictures(draw: st.DrawFn) -> Image.Image:
    width, height = draw(st.integers(1, 72)) * 8, draw(st.integers(1, 140))
    dots = draw(st.binary(min_size=width * height // 8, max_size=width * height // 8))
    return Image.frombytes("1", (width, height), dots)


@given(pictures(), st.integers(1, 500))
def test_every_slip_comes_out_as_it_was_drawn_in_whatever_pieces_it_arrives(
    picture: Image.Image, piece: int
) -> None:
    slips: list[bytes] = []
    paper = PrinterPaper(slips.append)
    data = b"".join(encode(picture))
    for start in range(0, len(data), piece):
        assert paper.feed(data[start : start + piece]) == b""
    printed = Image.open(io.BytesIO(slips.pop()))
    assert not slips
    assert printed.size == (576, picture.height)
    assert printed.crop((0, 0, *picture.size)).tobytes() == picture.tobytes()


def test_a_question_within_a_line_of_text_does_not_end_it() -> None:
    commands = list(EscposParser().feed(b"\x1b@\x1c&A0" + QUESTIONS[4] + b"12\n\n\x1bd\x02" + CONFIRM))
    assert commands == [
        Command("reset"),
        Command("status", (4,)),
        Command("text", data=b"A012"),
        Command("feed", (30,)),
        Command("feed", (60,)),
        Command("confirm", (1,)),
    ]


def test_the_confirmation_comes_only_after_what_was_held() -> None:
    paper = PrinterPaper(lambda slip: None)
    paper.faults.add("cover_open")
    assert paper.feed(CONFIRM + QUESTIONS[2]) == b"\x16"
    assert paper.recover() == b"\x00"
