"""The slip printer: 80 mm ESC/POS, a slip as one picture of 576 dots' width.

Fonts and Chinese are drawn here, not by the printer: every make prints the same slip.
"""

from __future__ import annotations

import contextlib
import logging
import queue
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from escpos.image import EscposImage
from PIL import Image

from hardware.device import Detail, Health, Kind, Report
from hardware.printer_sim import SimulatedPrinter
from hardware.printer_status import CONFIRM, QUESTIONS, confirmed, judge, status_in
from hardware.settings import NetworkPrinter, NoPrinter, PrinterSettings
from hardware.settings import SimulatedPrinter as SimulatedSettings

if TYPE_CHECKING:
    from hardware.printer_link import Link

log = logging.getLogger(__name__)

WIDTH = 576
"""Dots across 80 mm paper (72 mm of them printable, 8 dots a millimetre)."""

STRIP_ROWS = 64
"""Rows sent at a time: cheap printers hold little more than 4 KB."""

LOOK_SECONDS = 5.0
"""An idle printer is asked this often how it is."""

SPOOL = 4
"""Slips that may wait; a fifth is refused rather than printed for somebody who has left."""

RESET = b"\x1b@"
NO_NEWS = b"\x1da\x00"
"""GS a: no status unasked. Such bytes could be taken for the answer that a slip is done."""
CUT = b"\x1dVB\x00"


class Result(StrEnum):
    PRINTED = "printed"
    NOT_PRINTED = "not_printed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a slip. `reason` is a report's `detail`, `busy`, `stopped`, or "" when printed.

    `UNKNOWN`: some of it went to the printer, and it did not say that it is done. The slip may lie
    in the tray, so nothing here sends it again; a person may ask for it again.
    """

    result: Result
    reason: str = ""


@dataclass(frozen=True, slots=True)
class _Job:
    pieces: list[bytes]
    on_outcome: Callable[[Outcome], None]
    on_begin: Callable[[], None]


class Printer:
    """A spool of its own thread: `print` and `health` never wait for the printer.

    With the settings of a simulated printer it starts one (see `printer_sim`) that draws its slips
    into the folder `slips`, and prints to it over loopback with the same driver.
    """

    def __init__(self, settings: PrinterSettings, *, slips: Path, id: str = "printer") -> None:
        self._settings, self._slips, self._id = settings, slips, id
        self.simulator: SimulatedPrinter | None = None
        self._link: Link | None = None
        self._connected = False
        self._has_answered = False
        self._report = Report(id, Kind.PRINTER, Health.UNKNOWN, Detail.NOT_ASKED_YET)
        self._jobs: queue.Queue[_Job | None] = queue.Queue(SPOOL)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="printer", daemon=True)

    def start(self) -> None:
        if isinstance(self._settings, SimulatedSettings):
            self.simulator = SimulatedPrinter(self._slips)
            self.simulator.start()
        self._thread.start()

    def stop(self) -> None:
        """End after the slip under way; what still waits is `not_printed`, `stopped`."""
        self._stopping.set()
        with contextlib.suppress(queue.Full):
            self._jobs.put_nowait(None)
        if self._thread.ident is not None:
            self._thread.join(timeout=self._settings.print_seconds)
        if self.simulator:
            self.simulator.stop()

    def print(
        self,
        picture: Image.Image,
        on_outcome: Callable[[Outcome], None],
        on_begin: Callable[[], None] = lambda: None,
    ) -> None:
        """Print a slip once. `on_outcome` hears what became of it, on the printer's thread
        (on the caller's when the spool is full or the printer was stopped). `on_begin` is called there
        before the first of it goes to the printer, which waits for it to return.

        :raises ValueError: when the picture is wider than the paper.
        """
        pieces = list(encode(picture))
        if self._stopping.is_set():
            on_outcome(Outcome(Result.NOT_PRINTED, "stopped"))
            return
        try:
            self._jobs.put_nowait(_Job(pieces, on_outcome, on_begin))
        except queue.Full:
            on_outcome(Outcome(Result.NOT_PRINTED, "busy"))

    def health(self) -> Report:
        """What the printer last said."""
        return self._report

    def _run(self) -> None:
        self._link = self._choose_link()
        self._look()
        while not self._stopping.is_set():
            try:
                job = self._jobs.get(timeout=LOOK_SECONDS)
            except queue.Empty:
                self._look()
                continue
            if job:
                job.on_outcome(self._carry_out(job))
        self._refuse_the_rest()
        self._lose()

    def _choose_link(self) -> Link | None:
        # Here, because python-escpos takes half a second to import: a kiosk's first picture needn't wait.
        from hardware.printer_link import link_to

        match self._settings:
            case NoPrinter():
                self._note(Health.OK, Detail.NONE)
                return None
            case SimulatedSettings():
                assert self.simulator
                return link_to(NetworkPrinter(host="127.0.0.1", port=self.simulator.port))
            case settings:
                return link_to(settings)

    def _refuse_the_rest(self) -> None:
        while not self._jobs.empty():
            if job := self._jobs.get_nowait():
                job.on_outcome(Outcome(Result.NOT_PRINTED, "stopped"))

    def _carry_out(self, job: _Job) -> Outcome:
        report = self._look()
        if not self._link or report.state is Health.FAULT:
            return Outcome(Result.NOT_PRINTED, report.detail)
        if report.state is Health.UNKNOWN and self._has_answered:
            # It used to answer and has gone quiet: what it is sent now might come out hours later.
            return Outcome(Result.NOT_PRINTED, report.detail)
        job.on_begin()
        try:
            for piece in job.pieces:
                self._link.send(piece)
            outcome = self._await_the_end(self._link)
        except OSError as trouble:
            log.warning("the printer was lost while printing: %s", trouble)
            self._lose()
            outcome = Outcome(Result.UNKNOWN, self._look().detail or Detail.UNREACHABLE)
        if outcome.result is Result.UNKNOWN and self._has_answered:
            self._lose()  # an answer that comes late must not confirm the next slip
        return outcome

    def _await_the_end(self, link: Link) -> Outcome:
        if not self._has_answered:
            return Outcome(Result.UNKNOWN, Detail.NO_ANSWER)
        link.send(CONFIRM)
        deadline = time.monotonic() + self._settings.print_seconds
        heard = link.receive(self._settings.answer_seconds)
        while not confirmed(heard) and time.monotonic() < deadline and not self._stopping.is_set():
            answers, heard = self._ask(link)
            health, detail = judge(answers)
            if health is Health.FAULT:
                self._note(health, detail)
                return Outcome(Result.UNKNOWN, detail)
            heard += link.receive(self._settings.answer_seconds)
        return Outcome(Result.PRINTED) if confirmed(heard) else Outcome(Result.UNKNOWN, Detail.NO_ANSWER)

    def _look(self) -> Report:
        """Ask the printer how it is; a line found dead is laid anew once."""
        if not self._link:
            return self._report
        for attempt in range(2):
            try:
                if not self._connected:
                    self._link.connect()
                    self._connected = True
                answers, _ = self._ask(self._link)
                if not answers and self._has_answered and attempt == 0:
                    raise ConnectionError("it has gone quiet")
                self._has_answered |= bool(answers)
                self._note(*judge(answers))
                break
            except OSError as trouble:
                log.debug("no line to the printer: %s", trouble)
                self._lose()
                self._note(Health.FAULT, Detail.UNREACHABLE)
        return self._report

    def _ask(self, link: Link) -> tuple[dict[int, int], bytes]:
        """The answers by question, and every byte that came; after one silence it asks no further."""
        answers: dict[int, int] = {}
        everything = b""
        for number, question in QUESTIONS.items():
            link.send(question)
            heard = self._until_answered(link)
            everything += heard
            answer = status_in(heard)
            if answer is None:
                break
            answers[number] = answer
        return answers, everything

    def _until_answered(self, link: Link) -> bytes:
        heard = b""
        deadline = time.monotonic() + self._settings.answer_seconds
        while status_in(heard) is None and (left := deadline - time.monotonic()) > 0:
            heard += link.receive(left)
        return heard

    def _note(self, health: Health, detail: Detail) -> None:
        report = Report(self._id, Kind.PRINTER, health, detail)
        if report != self._report:
            log.info("printer: %s %s", health.value, detail)
        self._report = report

    def _lose(self) -> None:
        if self._link and self._connected:
            self._connected = False
            with contextlib.suppress(OSError):
                self._link.hang_up()


def encode(picture: Image.Image) -> Iterator[bytes]:
    """A picture of at most 576 dots' width as ESC/POS: reset, raster strips, feed and cut.

    :raises ValueError: when it is wider than the paper.
    """
    if picture.width > WIDTH:
        raise ValueError(f"{picture.width} dots do not fit on {WIDTH}")
    yield RESET + NO_NEWS
    for top in range(0, picture.height, STRIP_ROWS):
        strip = EscposImage(picture.crop((0, top, picture.width, min(top + STRIP_ROWS, picture.height))))
        sizes = strip.width_bytes.to_bytes(2, "little") + strip.height.to_bytes(2, "little")
        yield b"\x1dv0\x00" + sizes + strip.to_raster_format()
    yield CUT
