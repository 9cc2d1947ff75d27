"""A machine's devices: what may be left out, and every mistake at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from hardware import settings
from hardware.keys import Match
from hardware.settings import Hardware, HardwareMistakes, NetworkPrinter, SerialPrinter, load


@pytest.fixture
def read(tmp_path: Path):
    def read_text(text: str) -> Hardware:
        file = tmp_path / "hardware.toml"
        file.write_text(text, encoding="utf-8")
        return load(file)

    return read_text


def test_the_shipped_file_says_what_an_empty_one_means(read) -> None:
    assert load(settings.SHIPPED) == read("") == Hardware()


def test_what_a_file_says_is_what_is_built(read) -> None:
    machine = read("""
        [printer]
        kind = "network"
        host = "192.168.1.50"
        [scanner]
        name = "barcode"
        vendor = 0x05e0
        [keypad]
        phys = "usb-1"
        keys = { KEY_KP1 = "next" }
        [card_reader]
        kind = "none"
    """)
    assert machine.printer == NetworkPrinter(host="192.168.1.50", port=9100)
    assert machine.scanner.match() == Match("barcode", vendor=0x05E0)
    assert machine.keypad.match() == Match(phys="usb-1")
    assert machine.keypad.keys == {"KEY_KP1": "next"}
    assert machine.card_reader.kind == "none"


def test_a_serial_printer(read) -> None:
    machine = read('[printer]\nkind = "serial"\npath = "/dev/ttyUSB0"\nanswer_seconds = 2')
    assert machine.printer == SerialPrinter(path="/dev/ttyUSB0", answer_seconds=2)


def test_every_mistake_is_told_at_once(read) -> None:
    with pytest.raises(HardwareMistakes) as found:
        read("""
            [printer]
            kind = "network"
            hots = "192.168.1.50"
            port = 99999
            answer_seconds = 0
            [scaner]
            [scanner]
            vendor = "x"
            gap = 1
            [keypad]
            keys = { KEY_KPENTR = "next", KEY_KP0 = "finnish" }
            [card_reader]
            [sound]
            device = 7
        """)
    assert found.value.mistakes == [
        "keypad.keys.KEY_KPENTR: there is no such key (did you mean KEY_KPENTER?)",
        "printer.answer_seconds: found 0; input should be greater than 0",
        "printer.host: is missing",
        "printer.port: found 99999; input should be less than or equal to 65535",
        "printer.hots: there is no such setting (did you mean host?)",
        "scanner.vendor: found 'x'; input should be a valid integer, unable to parse string as an integer",
        "scanner.gap: there is no such setting",
        "card_reader.kind: is missing",
        "keypad.keys.KEY_KP0: found 'finnish'; input should be 'next', 'recall', 'start', 'finish', "
        "'no_show', 'park', 'pause', 'open', 'close', 'undo' or 'help'",
        "sound.device: found 7; input should be a valid string",
        "scaner: there is no such setting (did you mean scanner?)",
    ]


def test_an_unknown_kind_names_those_that_there_are(read) -> None:
    with pytest.raises(HardwareMistakes, match=r"printer\.kind: found 'netwrk'; allowed are 'network'"):
        read('[printer]\nkind = "netwrk"')


def test_no_toml_is_one_mistake(read) -> None:
    with pytest.raises(HardwareMistakes, match="this is not TOML: "):
        read("[printer")


def test_the_file_beside_the_halls_config_comes_before_the_shipped_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HALL_CONFIG", str(tmp_path / "hall.toml"))
    assert settings.default_file() == settings.SHIPPED
    own = tmp_path / "hardware.toml"
    own.write_text('[sound]\ndevice = "none"')
    assert settings.default_file() == own
    assert load().sound.device == "none"
