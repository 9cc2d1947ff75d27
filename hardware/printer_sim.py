"""A simulated network printer: speaks ESC/POS over TCP and draws its slips as PNG files.

    python -m hardware.printer_sim --port 9100 --out var/slips

It ends on SIGTERM or Ctrl-C. Fault commands, a line each on standard input (or `SimulatedPrinter.command`):

    paper_out [ROWS]      no paper from now on, or after so many rows of dots; what comes is kept and
                          printed after `recover`
    cover_open, near_end, cutter_jam
    go_silent             takes bytes, answers nothing
    drop_connection N     hangs up once, after N more bytes (0: at once)
    unplug                hangs up and takes no connection
    recover               all is well again
"""

from __future__ import annotations

import argparse
import contextlib
import logging
import signal
import socket
import sys
import threading
from pathlib import Path

from hardware.printer_paper import PrinterPaper

log = logging.getLogger(__name__)

KEPT = 200
"""Slips in the folder: older ones go."""


class SimulatedPrinter:
    """Listens on loopback; `port` 0 takes a free one. `slips` gets `slip-00001.png` and so on."""

    def __init__(self, slips: Path, port: int = 0) -> None:
        self._slips, self.port = slips, port
        self._changed = threading.Condition()
        self._paper = PrinterPaper(self._keep)
        self._bytes_left: int | None = None
        self._silent = False
        self._lines: set[socket.socket] = set()
        self._listener: socket.socket | None = None
        self.printed: list[Path] = []
        """The slips of this run, oldest first."""

    def start(self) -> None:
        self._slips.mkdir(parents=True, exist_ok=True)
        self._plug_in()

    def stop(self) -> None:
        self._unplug()

    def command(self, line: str) -> None:
        """Carry out a fault command.

        :raises ValueError: when there is no such command.
        """
        word, *rest = line.split() or [""]
        with self._changed:
            match word:
                case "paper_out" if rest:
                    self._paper.rows_left = int(rest[0])
                case "paper_out" | "cover_open" | "near_end" | "cutter_jam":
                    self._paper.faults.add(word)
                case "go_silent":
                    self._silent = True
                case "drop_connection" if rest and int(rest[0]):
                    self._bytes_left = int(rest[0])
                case "drop_connection":
                    self._hang_up()
                case "unplug":
                    self._unplug()
                case "recover":
                    self._recover()
                case _:
                    raise ValueError(f"no such command: {line.strip()}")

    def wait_for(self, count: int, seconds: float = 10.0) -> bool:
        """Wait until `count` slips were printed in this run; False when it takes longer."""
        with self._changed:
            return self._changed.wait_for(lambda: len(self.printed) >= count, seconds)

    def _recover(self) -> None:
        self._bytes_left, self._silent = None, False
        if not self._listener:
            self._plug_in()
        answers = self._paper.recover()
        for line in list(self._lines):
            with contextlib.suppress(OSError):
                line.sendall(answers)

    def _plug_in(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, args=(self._listener,), name="printer-sim", daemon=True).start()

    def _unplug(self) -> None:
        if self._listener:
            listener, self._listener = self._listener, None
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()
        self._hang_up()

    def _hang_up(self) -> None:
        for line in list(self._lines):
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)

    def _accept(self, listener: socket.socket) -> None:
        while self._listener is listener:
            try:
                line, _ = listener.accept()
            except OSError:
                return
            self._lines.add(line)
            threading.Thread(target=self._serve, args=(line,), name="printer-sim-line", daemon=True).start()

    def _serve(self, line: socket.socket) -> None:
        with line, contextlib.suppress(OSError):
            while data := line.recv(4096):
                answers, keep = self._take(data)
                if answers:
                    line.sendall(answers)
                if not keep:
                    break
        self._lines.discard(line)
        with self._changed:
            self._paper.lose_line()

    def _take(self, data: bytes) -> tuple[bytes, bool]:
        """What to answer, and whether the connection stays."""
        with self._changed:
            keep = self._bytes_left is None or len(data) < self._bytes_left
            if self._bytes_left is not None:
                data = data[: self._bytes_left]
                self._bytes_left = self._bytes_left - len(data) if keep else None
            answers = self._paper.feed(data)
            return b"" if self._silent else answers, keep

    def _keep(self, picture: bytes) -> None:
        old = sorted(self._slips.glob("slip-*.png"))
        for file in old[: max(0, len(old) - KEPT + 1)]:
            file.unlink()
        number = int(old[-1].stem.removeprefix("slip-")) + 1 if old else 1
        file = self._slips / f"slip-{number:05}.png"
        file.write_bytes(picture)
        self.printed.append(file)
        self._changed.notify_all()
        log.info("printed %s", file)


def main() -> None:
    options = argparse.ArgumentParser(description="A simulated network printer: ESC/POS in, PNG files out.")
    options.add_argument("--port", type=int, default=9100)
    options.add_argument("--out", type=Path, required=True, help="the folder for the slips")
    chosen = options.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    printer = SimulatedPrinter(chosen.out, chosen.port)
    printer.start()
    print(f"listening on 127.0.0.1:{printer.port}", flush=True)
    threading.Thread(target=_obey, args=(printer,), daemon=True).start()
    ended.wait()
    printer.stop()


def _obey(printer: SimulatedPrinter) -> None:
    for line in sys.stdin:
        try:
            printer.command(line)
            print(f"done: {line.strip()}", flush=True)
        except ValueError as trouble:
            print(trouble, flush=True)


if __name__ == "__main__":
    main()
