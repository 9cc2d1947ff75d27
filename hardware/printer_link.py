"""Cables to ESC/POS printers: python-escpos carries the bytes, these add a bounded answer.

`receive(seconds)` returns what came, b"" when nothing did; it raises OSError when the line is lost.
"""

from __future__ import annotations

import os
import select
from typing import Any, Protocol

from escpos.exceptions import DeviceNotFoundError
from escpos.printer import File, Network, Serial, Usb
from usb.core import USBTimeoutError

from hardware.settings import FilePrinter, NetworkPrinter, SerialPrinter, UsbPrinter

SEND_SECONDS = 5.0
"""A printer that takes no more bytes for so long has stopped (paper out, cover open)."""


class Link(Protocol):
    def connect(self) -> None: ...
    def send(self, data: bytes) -> None: ...
    def receive(self, seconds: float) -> bytes: ...
    def hang_up(self) -> None: ...


class _Cable:
    """What the four have in common: python-escpos's own errors become OSErrors."""

    def __init__(self, printer: Any) -> None:
        self._printer = printer

    def connect(self) -> None:
        try:
            self._printer.open()
        except (DeviceNotFoundError, ValueError) as trouble:
            raise ConnectionError(str(trouble)) from trouble

    def send(self, data: bytes) -> None:
        self._printer._raw(data)

    def hang_up(self) -> None:
        self._printer.close()


class NetworkLink(_Cable):
    def receive(self, seconds: float) -> bytes:
        line = self._printer.device
        line.settimeout(seconds)
        try:
            data = bytes(line.recv(64))
        except TimeoutError:
            return b""
        finally:
            line.settimeout(SEND_SECONDS)
        if not data:
            raise ConnectionError("the printer hung up")
        return data


class SerialLink(_Cable):
    def connect(self) -> None:
        super().connect()
        self._printer.device.write_timeout = SEND_SECONDS

    def receive(self, seconds: float) -> bytes:
        line = self._printer.device
        line.timeout = seconds
        return bytes(line.read(1)) + bytes(line.read(line.in_waiting))

    def hang_up(self) -> None:
        """Drop what was not sent: python-escpos would wait for it, for ever on a stopped printer."""
        line, self._printer.device = self._printer._device, False
        if line:
            line.reset_output_buffer()
            line.close()


class UsbLink(_Cable):
    def receive(self, seconds: float) -> bytes:
        limit = max(1, int(seconds * 1000))  # milliseconds; 0 would wait for ever
        try:
            return bytes(self._printer.device.read(self._printer.in_ep, 64, limit))
        except USBTimeoutError:
            return b""


class FileLink(_Cable):
    def connect(self) -> None:
        super().connect()
        os.set_blocking(self._printer.device.fileno(), False)

    def send(self, data: bytes) -> None:
        """A device node of a stopped printer would take the bytes some day: wait with a limit."""
        node = self._printer.device.fileno()
        while data:
            if not select.select([], [node], [], SEND_SECONDS)[1]:
                raise TimeoutError("the printer takes no more")
            data = data[os.write(node, data) :]

    def receive(self, seconds: float) -> bytes:
        """A file never answers: such a printer's health stays unknown."""
        return b""


def link_to(settings: NetworkPrinter | UsbPrinter | SerialPrinter | FilePrinter) -> Link:
    match settings:
        case NetworkPrinter():
            return NetworkLink(Network(settings.host, settings.port, timeout=SEND_SECONDS))
        case SerialPrinter():
            return SerialLink(Serial(settings.path, baudrate=settings.baud))
        case UsbPrinter():
            ends = {"in_ep": settings.in_endpoint, "out_ep": settings.out_endpoint}
            limit = int(SEND_SECONDS * 1000)
            return UsbLink(Usb(settings.vendor, settings.product, timeout=limit, **ends))
        case FilePrinter():
            return FileLink(File(settings.path))
