"""Whatever a device reports, managers get a sentence with the place and a cure."""

from __future__ import annotations

import pytest

from assets import texts
from hardware.device import Detail, Kind
from hardware.printer_status import FAULTS

PRINTER = {
    *(detail for _, _, detail in FAULTS),
    Detail.PAPER_NEAR_END,
    Detail.UNREACHABLE,
    Detail.NO_ANSWER,
    Detail.NOT_ASKED_YET,
}
INPUT = {Detail.NOT_FOUND, Detail.NOT_ALLOWED, Detail.IN_USE, Detail.NOT_ASKED_YET}
REPORTED = {
    Kind.PRINTER: PRINTER,
    Kind.KEYPAD: INPUT,
    Kind.SCANNER: INPUT,
    Kind.SOUND: {Detail.NO_DEVICE, Detail.NO_SPEECH},
    Kind.CARD_READER: set(),
}
KEYS = [f"device.{kind}.{detail}" for kind, details in REPORTED.items() for detail in sorted(details)]


@pytest.mark.parametrize("key", [*KEYS, *(f"device.{kind}.other" for kind in Kind)])
@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_a_sentence_for_every_report(key: str, language: str) -> None:
    assert texts.say(key, language, place="K01").startswith("K01")


def test_no_detail_is_left_without_a_device_that_reports_it() -> None:
    assert set(Detail) - {Detail.NOTHING, Detail.NONE} == set().union(*REPORTED.values())
