"""A simulated card reader: cards are put on and lifted by writing lines into a named pipe.

    echo "put 11010519491231002X 张三" > var/card-reader-K01
    echo "put 11010519491231002X 张三; 汉; 聊城市东昌府区某路 1 号" > var/card-reader-K01
    echo "lift" > var/card-reader-K01

`python -m hardware test card` writes them too. The pipe is there while the kiosk runs.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import select
import threading
from collections.abc import Callable
from pathlib import Path

from hardware.card_reader import Card
from hardware.device import Health, Kind, Report

log = logging.getLogger(__name__)

LONGEST = 4096
"""Bytes of a line that is still a command."""


class SimulatedCardReader:
    """Reads commands from `pipe`, which only this user may write to."""

    def __init__(
        self,
        pipe: Path,
        on_card: Callable[[Card], None],
        on_lifted: Callable[[], None],
        *,
        id: str = "card-reader",
    ) -> None:
        self._pipe, self._on_card, self._on_lifted = pipe, on_card, on_lifted
        self._report = Report(id, Kind.CARD_READER, Health.OK)
        self._stopped = False
        self._woken, self._waker = os.pipe()
        self._thread = threading.Thread(target=self._run, name=id, daemon=True)

    def start(self) -> None:
        """:raises OSError: when the pipe can't be made."""
        self._pipe.parent.mkdir(parents=True, exist_ok=True)
        self._pipe.unlink(missing_ok=True)
        os.mkfifo(self._pipe, 0o600)
        self._thread.start()

    def stop(self) -> None:
        """End; again it does nothing, for a program may be told twice to end."""
        if self._stopped:
            return
        self._stopped = True
        os.write(self._waker, b"\0")
        if self._thread.ident is not None:
            self._thread.join()
        self._pipe.unlink(missing_ok=True)
        for end in (self._woken, self._waker):
            os.close(end)

    def health(self) -> Report:
        return self._report

    def _run(self) -> None:
        # Opened for writing too, so that it doesn't end whenever a writer has closed.
        pipe = os.open(self._pipe, os.O_RDWR | os.O_NONBLOCK)
        with contextlib.closing(os.fdopen(pipe, "rb", buffering=0)) as source:
            waiting = b""
            while self._woken not in select.select([pipe, self._woken], [], [])[0]:
                waiting += source.read(LONGEST) or b""
                *lines, waiting = waiting.split(b"\n")
                waiting = waiting[-LONGEST:]
                for line in lines:
                    self._obey(line.decode("utf-8", errors="replace").strip())

    def _obey(self, line: str) -> None:
        match line.split(maxsplit=2):
            case ["put", id_number, printed]:
                name, *rest = (part.strip() for part in printed.split(";"))
                ethnicity, address, *_ = (*rest, "", "")
                self._on_card(Card(name, id_number, ethnicity, address))
            case ["lift"]:
                self._on_lifted()
            case _:
                log.warning("the simulated card reader knows `put ID NAME` and `lift` only")


class NobodyReads(Exception):
    """No program runs that reads cards from this pipe."""


def write(pipe: Path, line: str) -> None:
    """Send a command to the reader at the other end.

    :raises NobodyReads: when there is none.
    """
    try:
        end = os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
    except OSError as trouble:
        if trouble.errno in (errno.ENOENT, errno.ENXIO):
            raise NobodyReads(str(pipe)) from None
        raise
    with contextlib.closing(os.fdopen(end, "wb", buffering=0)) as sink:
        sink.write(line.encode() + b"\n")


def pipe_of(data: Path, kiosk: str) -> Path:
    """Where a kiosk's simulated reader listens, in the folder `HALL_DATA`."""
    return data / f"card-reader-{kiosk}"
