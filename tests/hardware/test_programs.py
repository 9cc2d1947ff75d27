"""The technician's commands and the simulated printer by itself, as they are started."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import usb.backend.libusb1
from PIL import Image

from hardware import inventory
from hardware.printer import Outcome, Result
from hardware.settings import Hardware, NetworkPrinter
from tests.hardware.test_printer import desk_with, slip
from tests.hardware.usb_bus import UsbBus

ROOT = Path(__file__).parents[2]


@pytest.fixture
def run(tmp_path: Path):
    def run_command(settings: str, *command: str) -> subprocess.CompletedProcess[str]:
        file = tmp_path / "hardware.toml"
        file.write_text(settings)
        return subprocess.run(
            [sys.executable, "-m", "hardware", "--hardware", str(file), *command],
            env={**os.environ, "PYTHONPATH": str(ROOT), "HALL_DATA": str(tmp_path / "data")},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run_command


def test_a_test_slip_lands_in_the_folder_of_slips(run, tmp_path: Path) -> None:
    done = run("", "test", "printer")
    assert done.returncode == 0, done.stderr
    assert "The slip was printed.\nprinter: ready" in done.stdout
    (printed,) = (tmp_path / "data" / "slips").glob("*.png")
    assert Image.open(printed).size == (576, 400)


def test_a_printer_that_is_not_there_is_told_with_its_cure(run) -> None:
    done = run('[printer]\nkind = "network"\nhost = "127.0.0.1"\nport = 1', "test", "printer")
    assert done.returncode == 1
    assert "Nothing was printed.\nprinter: the printer can't be reached. Check its power" in done.stdout


def test_both_tones_are_played(run, tmp_path: Path) -> None:
    heard = tmp_path / "heard"
    done = run(f'[sound]\ndevice = "file:{heard}"', "test", "sound")
    assert done.returncode == 0
    assert len(heard.read_text().splitlines()) == 2


def test_a_machine_that_cannot_sound_says_so(run) -> None:
    done = run('[sound]\ndevice = "none"', "test", "sound")
    assert done.returncode == 1
    assert "It could not be heard." in done.stdout


def test_list_has_a_place_for_every_kind_of_device(run) -> None:
    done = run("", "list")
    assert done.returncode == 0, done.stderr
    headings = [line for line in done.stdout.splitlines()[1:] if not line.startswith(" ")]
    assert headings == ["Keyboards, key pads and scanners", "USB printers", "Serial ports", "Sound cards"]


def test_list_names_usb_printers_as_the_settings_want_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(usb.backend.libusb1, "get_backend", lambda: UsbBus(lambda slip: None))
    assert "  vendor = 0x04b8  product = 0x0e15" in list(inventory.lines(Hardware()))


def test_mistakes_in_the_settings_are_told_and_nothing_is_tried(run) -> None:
    done = run('[printer]\nkind = "netwrk"', "test", "printer")
    assert done.returncode == 2
    assert "printer.kind: found 'netwrk'" in done.stderr


def test_the_simulated_printer_alone_takes_commands_while_it_runs(tmp_path: Path) -> None:
    simulator = subprocess.Popen(
        [sys.executable, "-m", "hardware.printer_sim", "--port", "0", "--out", str(tmp_path / "slips")],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert simulator.stdin and simulator.stdout
    port = int(simulator.stdout.readline().rpartition(":")[2])

    def command(line: str) -> str:
        assert simulator.stdin and simulator.stdout
        simulator.stdin.write(line + "\n")
        simulator.stdin.flush()
        return simulator.stdout.readline().strip()

    with desk_with(NetworkPrinter(host="127.0.0.1", port=port), tmp_path) as desk:
        assert command("paper_out") == "done: paper_out"
        assert desk.print(slip()) == Outcome(Result.NOT_PRINTED, "paper-end")
        assert command("eat paper") == "no such command: eat paper"
        assert command("recover") == "done: recover"
        assert desk.print(slip()) == Outcome(Result.PRINTED)
    simulator.terminate()
    assert simulator.wait(10) == 0
    assert len(list((tmp_path / "slips").glob("*.png"))) == 1
