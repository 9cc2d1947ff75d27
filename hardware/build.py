"""Devices from a machine's settings; none is started here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from hardware.card_reader import Card, CardReader, NoReader
from hardware.card_reader_sim import SimulatedCardReader, pipe_of
from hardware.keys import GuidePad, KeyPad, Scanner
from hardware.printer import Printer
from hardware.settings import Hardware, NoCardReader
from hardware.sound import Sound
from hardware.speech import Speech


def printer(hardware: Hardware, data: Path) -> Printer:
    """`data` is the folder HALL_DATA, where a simulated printer leaves its slips."""
    return Printer(hardware.printer, slips=data / "slips")


def scanner(hardware: Hardware, on_line: Callable[[str], None]) -> Scanner:
    return Scanner(hardware.scanner.match(), on_line, gap=hardware.scanner.gap_seconds)


def card_reader(
    hardware: Hardware,
    data: Path,
    kiosk: str,
    on_card: Callable[[Card], None],
    on_lifted: Callable[[], None],
) -> CardReader:
    """`data` is the folder HALL_DATA, where a simulated reader has its pipe."""
    if isinstance(hardware.card_reader, NoCardReader):
        return NoReader()
    return SimulatedCardReader(pipe_of(data, kiosk), on_card, on_lifted)


def key_pad(hardware: Hardware, on_key: Callable[[str], None]) -> KeyPad:
    loudspeaker = sound(hardware) if hardware.keypad.sound else None
    return KeyPad(hardware.keypad.match(), on_key, loudspeaker)


def guide_pad(hardware: Hardware, on_key: Callable[[str], None]) -> GuidePad:
    return GuidePad(hardware.guide_pad.match(), on_key)


def speech(hardware: Hardware) -> Speech:
    return Speech(Sound(hardware.speech.device or hardware.sound.device), hardware.speech.rate)


def sound(hardware: Hardware) -> Sound:
    return Sound(hardware.sound.device)
