"""The slip printer through real lines: TCP to the simulated printer, a serial line, a file.

What counts in each fault: whether the citizen is told the truth, and that no slip comes out twice.
"""

from __future__ import annotations

import os
import pty
import queue
import threading
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import usb.backend.libusb0
import usb.backend.libusb1
import usb.backend.openusb
from PIL import Image, ImageChops, ImageDraw

from hardware import printer_link
from hardware.device import Detail, Health
from hardware.printer import Outcome, Printer, Result, encode
from hardware.printer_paper import PrinterPaper
from hardware.printer_sim import SimulatedPrinter
from hardware.settings import (
    FilePrinter,
    NetworkPrinter,
    NoPrinter,
    PrinterSettings,
    SerialPrinter,
    UsbPrinter,
)
from tests.conftest import until
from tests.hardware.usb_bus import PRODUCT, VENDOR, UsbBus

QUICK = {"answer_seconds": 0.5, "print_seconds": 5.0}
PRINTED = Outcome(Result.PRINTED)


def slip(text: str = "A012", height: int = 300) -> Image.Image:
    picture = Image.new("1", (576, height), 1)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, 575, height - 1), outline=0)
    draw.text((288, height // 2), text, fill=0, anchor="mm", font_size=120)
    return picture


class Desk:
    """A printer and what it said of each slip."""

    def __init__(self, settings: PrinterSettings, folder: Path) -> None:
        self.printer = Printer(settings, slips=folder / "own")
        self._outcomes: queue.Queue[Outcome] = queue.Queue()

    def print(self, picture: Image.Image | None = None) -> Outcome:
        self.printer.print(picture or slip(), self._outcomes.put)
        return self._outcomes.get(timeout=20)

    @property
    def health(self) -> tuple[Health, Detail]:
        report = self.printer.health()
        return report.state, report.detail


@contextmanager
def desk_with(settings: PrinterSettings, folder: Path) -> Iterator[Desk]:
    desk = Desk(settings, folder)
    desk.printer.start()
    yield desk
    desk.printer.stop()


@pytest.fixture
def device(tmp_path: Path) -> Iterator[SimulatedPrinter]:
    one = SimulatedPrinter(tmp_path / "slips")
    one.start()
    yield one
    one.stop()


@pytest.fixture
def desk(device: SimulatedPrinter, tmp_path: Path) -> Iterator[Desk]:
    with desk_with(NetworkPrinter(host="127.0.0.1", port=device.port, **QUICK), tmp_path) as one:
        yield one


def same(file: Path, picture: Image.Image) -> bool:
    difference = ImageChops.difference(Image.open(file).convert("L"), picture.convert("L"))
    return difference.getbbox() is None


def test_the_bytes_of_a_slip() -> None:
    picture = Image.new("1", (16, 2), 1)
    picture.putpixel((0, 0), 0)
    picture.putpixel((15, 1), 0)
    assert b"".join(encode(picture)) == (
        b"\x1b@"  # reset
        b"\x1da\x00"  # say nothing unasked
        b"\x1dv0\x00\x02\x00\x02\x00\x80\x00\x00\x01"  # 2 bytes wide, 2 rows high
        b"\x1dVB\x00"  # feed and cut
    )


def test_a_long_slip_goes_in_strips_that_fit_a_small_buffer() -> None:
    pieces = list(encode(slip(height=130)))
    assert [len(piece) for piece in pieces[1:-1]] == [8 + 72 * 64, 8 + 72 * 64, 8 + 72 * 2]


def test_a_picture_wider_than_the_paper_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="577 dots do not fit on 576"):
        list(encode(Image.new("1", (577, 1))))


def test_what_is_printed_is_the_picture(desk: Desk, device: SimulatedPrinter) -> None:
    pictures = [slip("A012"), slip("B003", 640)]
    assert [desk.print(picture) for picture in pictures] == [PRINTED, PRINTED]
    assert [same(*pair) for pair in zip(device.printed, pictures, strict=True)] == [True, True]
    assert desk.health == (Health.OK, Detail.NOTHING)


@pytest.mark.parametrize(
    ("fault", "detail"),
    [
        ("paper_out", Detail.PAPER_END),
        ("cover_open", Detail.COVER_OPEN),
        ("cutter_jam", Detail.CUTTER),
        ("unplug", Detail.UNREACHABLE),
    ],
)
def test_nothing_is_sent_to_a_printer_that_cannot_print(
    desk: Desk, device: SimulatedPrinter, fault: str, detail: Detail
) -> None:
    assert desk.print() == PRINTED
    device.command(fault)
    assert desk.print() == Outcome(Result.NOT_PRINTED, detail)
    assert desk.health == (Health.FAULT, detail)
    device.command("recover")
    assert desk.print() == PRINTED
    assert len(device.printed) == 2


def test_little_paper_is_a_warning_and_prints(desk: Desk, device: SimulatedPrinter) -> None:
    device.command("near_end")
    assert desk.print() == PRINTED
    assert desk.health == (Health.WARNING, Detail.PAPER_NEAR_END)


def test_paper_that_ends_within_a_slip_leaves_it_in_doubt_and_prints_it_once(
    desk: Desk, device: SimulatedPrinter
) -> None:
    device.command("paper_out 100")
    assert desk.print(slip("A012")) == Outcome(Result.UNKNOWN, Detail.PAPER_END)
    assert desk.print(slip("A013")) == Outcome(Result.NOT_PRINTED, Detail.PAPER_END)
    device.command("recover")
    assert device.wait_for(1)
    assert desk.print(slip("A014")) == PRINTED
    assert [same(*pair) for pair in zip(device.printed, [slip("A012"), slip("A014")], strict=True)] == [
        True,
        True,
    ]


def test_a_printer_that_goes_silent_gets_nothing_that_might_come_out_hours_later(
    desk: Desk, device: SimulatedPrinter
) -> None:
    assert desk.print() == PRINTED
    device.command("go_silent")
    assert desk.print() == Outcome(Result.NOT_PRINTED, Detail.NO_ANSWER)
    assert desk.health == (Health.UNKNOWN, Detail.NO_ANSWER)
    device.command("recover")
    assert desk.print() == PRINTED
    assert len(device.printed) == 2


def test_a_printer_that_never_says_anything_prints_and_is_never_believed(
    device: SimulatedPrinter, tmp_path: Path
) -> None:
    device.command("go_silent")
    settings = NetworkPrinter(host="127.0.0.1", port=device.port, answer_seconds=0.1, print_seconds=1)
    with desk_with(settings, tmp_path) as desk:
        assert desk.print() == Outcome(Result.UNKNOWN, Detail.NO_ANSWER)
        assert desk.health == (Health.UNKNOWN, Detail.NO_ANSWER)
    assert device.wait_for(1)


@pytest.mark.parametrize("sent", [60, 9000])
def test_a_line_that_breaks_within_a_slip_leaves_it_in_doubt_and_never_sends_it_again(
    desk: Desk, device: SimulatedPrinter, sent: int
) -> None:
    assert desk.print(slip("A011")) == PRINTED
    device.command(f"drop_connection {sent}")
    outcome = desk.print(slip("A012"))
    assert outcome.result is Result.UNKNOWN
    assert desk.print(slip("A013")) == PRINTED
    assert len(device.printed) == 2
    assert same(device.printed[0], slip("A011"))


def test_a_line_that_broke_while_idle_is_laid_anew(desk: Desk, device: SimulatedPrinter) -> None:
    assert desk.print() == PRINTED
    device.command("drop_connection 0")
    assert desk.print() == PRINTED
    assert len(device.printed) == 2


def test_a_printer_that_is_switched_on_later_is_found(tmp_path: Path) -> None:
    device = SimulatedPrinter(tmp_path / "slips")
    device.start()
    device.command("unplug")
    with desk_with(NetworkPrinter(host="127.0.0.1", port=device.port, **QUICK), tmp_path) as desk:
        assert desk.print() == Outcome(Result.NOT_PRINTED, Detail.UNREACHABLE)
        device.command("recover")
        assert desk.print() == PRINTED
    device.stop()


def test_the_spool_is_short_and_nothing_is_forgotten_at_the_end(
    device: SimulatedPrinter, tmp_path: Path
) -> None:
    printer = Printer(NetworkPrinter(host="127.0.0.1", port=device.port, **QUICK), slips=tmp_path)
    printer.start()
    held, outcomes = threading.Event(), queue.SimpleQueue[Outcome]()
    first: queue.SimpleQueue[Outcome] = queue.SimpleQueue()

    def hold(outcome: Outcome) -> None:
        first.put(outcome)
        held.wait(20)

    def is_stopping() -> bool:
        answers: list[Outcome] = []
        printer.print(slip(), answers.append)
        return answers == [Outcome(Result.NOT_PRINTED, "stopped")]

    printer.print(slip(), hold)
    assert first.get(timeout=20) == PRINTED
    for _ in range(5):
        printer.print(slip(), outcomes.put)
    assert outcomes.get(timeout=5) == Outcome(Result.NOT_PRINTED, "busy")
    stopper = threading.Thread(target=printer.stop)
    stopper.start()
    until(is_stopping)
    held.set()
    stopper.join(20)
    assert [outcomes.get(timeout=5) for _ in range(4)] == [Outcome(Result.NOT_PRINTED, "stopped")] * 4
    assert is_stopping()
    assert len(device.printed) == 1


def test_a_machine_without_a_printer_says_so_and_is_well(tmp_path: Path) -> None:
    with desk_with(NoPrinter(), tmp_path) as desk:
        assert desk.print() == Outcome(Result.NOT_PRINTED, Detail.NONE)
        assert desk.health == (Health.OK, Detail.NONE)


# --- a serial line ------------------------------------------------------------------------------------


@contextmanager
def serial_printer(keep: Callable[[bytes], None]) -> Iterator[str]:
    """A printer at the other end of a pseudo terminal; gives the path of this end."""
    master, slave = pty.openpty()
    tty.setraw(slave)
    paper = PrinterPaper(keep)

    def serve() -> None:
        while True:
            try:
                answers = paper.feed(os.read(master, 4096))
            except OSError:
                return
            if answers:
                os.write(master, answers)

    server = threading.Thread(target=serve, daemon=True)
    server.start()
    yield os.ttyname(slave)
    os.close(slave)
    server.join(5)
    os.close(master)


def test_a_serial_printer(tmp_path: Path) -> None:
    slips: list[bytes] = []
    with (
        serial_printer(slips.append) as path,
        desk_with(SerialPrinter(path=path, **QUICK), tmp_path) as desk,
    ):
        assert desk.print() == PRINTED
        assert desk.print() == PRINTED
        assert desk.health == (Health.OK, Detail.NOTHING)
    assert len(slips) == 2


def test_a_serial_printer_that_is_not_there(tmp_path: Path) -> None:
    with desk_with(SerialPrinter(path=str(tmp_path / "ttyUSB0"), **QUICK), tmp_path) as desk:
        assert desk.print() == Outcome(Result.NOT_PRINTED, Detail.UNREACHABLE)


# --- a file, and USB ------------------------------------------------------------------------------------


def test_a_file_gets_the_bytes_and_is_never_believed(tmp_path: Path) -> None:
    file = tmp_path / "lp0"
    settings = FilePrinter(path=str(file), answer_seconds=0.1, print_seconds=1)
    with desk_with(settings, tmp_path) as desk:
        assert desk.print() == desk.print() == Outcome(Result.UNKNOWN, Detail.NO_ANSWER)
        assert desk.health == (Health.UNKNOWN, Detail.NO_ANSWER)
    slips: list[bytes] = []
    PrinterPaper(slips.append).feed(file.read_bytes())
    assert len(slips) == 2


def test_a_node_that_takes_no_more_does_not_hold_up_the_kiosk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(printer_link, "SEND_SECONDS", 0.2)
    node = tmp_path / "lp0"
    os.mkfifo(node)
    end = os.open(node, os.O_RDWR)
    with desk_with(FilePrinter(path=str(node), answer_seconds=0.1, print_seconds=1), tmp_path) as desk:
        assert desk.print(slip(height=1000)).result is Result.UNKNOWN
    os.close(end)


def test_a_usb_printer_that_is_unplugged_and_plugged_in_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slips: list[bytes] = []
    bus = UsbBus(slips.append)
    monkeypatch.setattr(usb.backend.libusb1, "get_backend", lambda: bus)
    with desk_with(UsbPrinter(vendor=VENDOR, product=PRODUCT, **QUICK), tmp_path) as desk:
        assert desk.print() == PRINTED
        bus.paper.faults.add("cover_open")
        assert desk.print() == Outcome(Result.NOT_PRINTED, Detail.COVER_OPEN)
        bus.plugged = False
        assert desk.print() == Outcome(Result.NOT_PRINTED, Detail.UNREACHABLE)
        assert desk.health == (Health.FAULT, Detail.UNREACHABLE)
        bus.plugged = True
        bus.paper.recover()
        assert desk.print() == PRINTED
    assert len(slips) == 2


def test_a_usb_printer_on_a_machine_without_usb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for backend in (usb.backend.libusb1, usb.backend.openusb, usb.backend.libusb0):
        monkeypatch.setattr(backend, "get_backend", lambda: None)
    with desk_with(UsbPrinter(vendor=VENDOR, product=PRODUCT, **QUICK), tmp_path) as desk:
        assert desk.print() == Outcome(Result.NOT_PRINTED, Detail.UNREACHABLE)
