"""Key pads and scanners: the unchanged programs with mocked devices that come and go.

umockdev lets a device be grabbed but can't refuse it to a second program: a pad that is in use can't be
staged here.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from hardware.keys import Match
from tests.hardware.umockdev import PAD_KEYS, TYPING, InputBench

ROOT = Path(__file__).parents[2]
READY, NOT_FOUND = "keypad: ready", "keypad: not found"


@pytest.fixture
def settings(tmp_path: Path):
    def write(text: str) -> Path:
        file = tmp_path / "hardware.toml"
        file.write_text(f'{text}\n[sound]\ndevice = "none"\n')
        return file

    return write


def program(file: Path, *command: str) -> InputBench:
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "HALL_LOG": "INFO",
        "HALL_DATA": str(file.parent),
    }
    return InputBench(sys.executable, "-m", "hardware", "--hardware", str(file), *command, env=environment)


def test_a_pad_is_found_late_lost_and_found_again(settings) -> None:
    with program(settings(""), "test", "keys") as bench:
        bench.wait(NOT_FOUND)
        bench.plug(5, "SEM Mini Number Pad")
        bench.wait(READY)
        bench.press(5, "KEY_KPENTER", "KEY_KP7")
        bench.wait("key KEY_KPENTER (next)")
        bench.wait("key KEY_KP7")
        so_far = len(bench.lines)
        bench.unplug(5)
        bench.wait(NOT_FOUND, after=so_far)
        bench.plug(6, "SEM Mini Number Pad")
        bench.wait(READY, after=so_far)
        bench.press(6, "KEY_KPDOT")
        bench.wait("key KEY_KPDOT (pause)")
        bench.end()


def test_a_key_held_down_is_one_press(settings) -> None:
    with program(settings(""), "test", "keys") as bench:
        bench.plug(5, "Pad")
        bench.wait(READY)
        bench.press(5, "+KEY_KP1", "=KEY_KP1", "=KEY_KP1", "-KEY_KP1", "KEY_KP2")
        bench.wait("key KEY_KP2")
        assert bench.count("key KEY_KP1") == 1
        bench.end()


def test_a_whole_keyboard_is_left_alone_unless_it_is_named(settings) -> None:
    with program(settings(""), "test", "keys") as bench:
        bench.plug(3, "AT Keyboard", PAD_KEYS + TYPING)
        bench.plug(4, "USB Mouse", ["BTN_LEFT"])
        bench.plug(5, "Pad that says it has letters, a keypad", PAD_KEYS + TYPING)
        assert "event5" in bench.wait("took")
        assert bench.count("took") == 1
        bench.end()
    with program(settings('[keypad]\nname = "at keyboard"\nphys = "mock-1"'), "test", "keys") as bench:
        bench.plug(3, "AT Keyboard", PAD_KEYS + TYPING)
        bench.wait(READY)
        bench.end()


def test_only_the_device_that_fits_in_every_part_is_taken(settings) -> None:
    file = settings('[keypad]\nname = "pad"\nvendor = 0x1111\nproduct = 0x2222')
    with program(file, "test", "keys") as bench:
        bench.plug(3, "Pad", vendor=0x1111, product=0x3333)
        bench.plug(4, "Pad", vendor=0x1111, product=0x2222)
        bench.plug(5, "Number Pad", vendor=0x1111, product=0x2222)
        bench.wait("/dev/input/event4")
        bench.wait("/dev/input/event5")
        bench.press(5, "KEY_KP5")
        bench.press(4, "KEY_KP4")
        bench.wait("key KEY_KP5")
        bench.wait("key KEY_KP4")
        assert bench.count("event3") == 0
        bench.end()


def test_a_scanner_reads_whole_lines_beside_a_pad(settings) -> None:
    with program(settings('[scanner]\nname = "barcode"'), "test", "keys") as bench:
        bench.plug(4, "USB Barcode Scanner", TYPING)
        bench.plug(5, "Pad")
        bench.wait("scanner: ready")
        bench.wait(READY)
        capital = ["+KEY_LEFTSHIFT", "KEY_T", "-KEY_LEFTSHIFT"]
        bench.press(4, "KEY_H", "KEY_SLASH", *capital, "KEY_SLASH", "KEY_A", "KEY_0", "KEY_ENTER")
        bench.press(5, "KEY_KP1")
        bench.wait("scanned h/T/a0")
        bench.wait("key KEY_KP1")
        bench.end()


def test_list_says_what_is_taken_for_what(settings) -> None:
    with program(settings("[scanner]\nvendor = 0x05e0"), "watch") as bench:
        bench.plug(4, "USB Barcode Scanner", TYPING, vendor=0x05E0, product=0x1200)
        bench.wait("scanner: ready")
        bench.wait("printer: ready")
        bench.end()


def test_list_says_what_each_input_device_is_taken_for(settings, tmp_path: Path) -> None:
    file = settings('[scanner]\nname = "barcode"')
    plugged = tmp_path / "plugged"
    listing = f"{sys.executable} -m hardware --hardware {file} list"
    waiting = f"until [ -e {plugged} ]; do sleep 0.05; done; exec {listing}"
    with InputBench("sh", "-c", waiting, env={**os.environ, "PYTHONPATH": str(ROOT)}) as bench:
        bench.plug(3, "AT Keyboard", PAD_KEYS + TYPING, vendor=0x0001, product=0x0002)
        bench.plug(4, "USB Barcode Scanner", TYPING)
        bench.plug(5, "Number Pad", phys="usb-1/input0")
        plugged.touch()
        bench.wait("Sound cards")
        lines = {line.split()[0]: line for line in bench.lines if "/dev/input" in line}
    assert "name = 'AT Keyboard'" in lines["/dev/input/event3"]
    assert "vendor = 0x0001  product = 0x0002" in lines["/dev/input/event3"]
    assert "<-" not in lines["/dev/input/event3"]
    assert lines["/dev/input/event4"].endswith("<- taken as scanner")
    assert lines["/dev/input/event5"].endswith("<- taken as key pad")
    assert "phys = 'usb-1/input0'" in lines["/dev/input/event5"]


@pytest.mark.parametrize("match", [Match("x"), Match(phys="x"), Match(vendor=0), Match(product=0)])
def test_a_match_with_any_part_is_one(match: Match) -> None:
    assert match
    assert not Match()
