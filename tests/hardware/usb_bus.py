"""A USB bus with one printer on it, as a backend of pyusb: what is above it runs unchanged."""

from __future__ import annotations

import array
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import usb.core
from usb.backend import IBackend

from hardware.printer_paper import PrinterPaper

OUT, IN = 0x01, 0x82
PRINTER_CLASS = 7
BULK = 2

VENDOR, PRODUCT = 0x04B8, 0x0E15


class UsbBus(IBackend):  # type: ignore[misc]
    """The printer is there while `plugged`; what it answers waits until it is read."""

    def __init__(self, keep: Callable[[bytes], None]) -> None:
        self.paper = PrinterPaper(keep)
        self.plugged = True
        self._answers = b""

    def enumerate_devices(self) -> Iterator[str]:
        yield from ["printer"] if self.plugged else []

    def get_device_descriptor(self, _device: str) -> SimpleNamespace:
        return SimpleNamespace(
            bLength=18,
            bDescriptorType=1,
            bcdUSB=0x0200,
            bDeviceClass=0,
            bDeviceSubClass=0,
            bDeviceProtocol=0,
            bMaxPacketSize0=64,
            idVendor=VENDOR,
            idProduct=PRODUCT,
            bcdDevice=0x0100,
            iManufacturer=0,
            iProduct=0,
            iSerialNumber=0,
            bNumConfigurations=1,
            address=1,
            bus=1,
            port_number=1,
            port_numbers=(1,),
            speed=3,
        )

    def get_configuration_descriptor(self, _device: str, _config: int) -> SimpleNamespace:
        return SimpleNamespace(
            bLength=9,
            bDescriptorType=2,
            wTotalLength=32,
            bNumInterfaces=1,
            bConfigurationValue=1,
            iConfiguration=0,
            bmAttributes=0xC0,
            bMaxPower=0,
            extra_descriptors=[],
        )

    def get_interface_descriptor(self, _device: str, number: int, _alt: int, _config: int) -> SimpleNamespace:
        if number or _alt:
            raise IndexError
        return SimpleNamespace(
            bLength=9,
            bDescriptorType=4,
            bInterfaceNumber=0,
            bAlternateSetting=0,
            bNumEndpoints=2,
            bInterfaceClass=PRINTER_CLASS,
            bInterfaceSubClass=1,
            bInterfaceProtocol=2,
            iInterface=0,
            extra_descriptors=[],
        )

    def get_endpoint_descriptor(
        self, _device: str, number: int, _interface: int, _alt: int, _config: int
    ) -> SimpleNamespace:
        return SimpleNamespace(
            bLength=7,
            bDescriptorType=5,
            bEndpointAddress=(OUT, IN)[number],
            bmAttributes=BULK,
            wMaxPacketSize=64,
            bInterval=0,
            bRefresh=0,
            bSynchAddress=0,
            extra_descriptors=[],
        )

    def open_device(self, device: str) -> str:
        return device

    def close_device(self, _handle: str) -> None: ...
    def set_configuration(self, _handle: str, _value: int) -> None: ...
    def get_configuration(self, _handle: str) -> int:
        return 1

    def claim_interface(self, _handle: str, _number: int) -> None: ...
    def release_interface(self, _handle: str, _number: int) -> None: ...
    def reset_device(self, _handle: str) -> None: ...

    def bulk_write(self, _handle: str, end: int, _interface: int, data: Any, _timeout: int) -> int:
        self._must_be_there()
        assert end == OUT
        self._answers += self.paper.feed(bytes(data))
        return len(data)

    def bulk_read(self, _handle: str, end: int, _interface: int, into: array.array[int], timeout: int) -> int:
        self._must_be_there()
        assert end == IN and timeout > 0
        if not self._answers:
            raise usb.core.USBTimeoutError("nothing came", errno=110)
        answers, self._answers = self._answers[: len(into)], self._answers[len(into) :]
        into[: len(answers)] = array.array("B", answers)
        return len(answers)

    def _must_be_there(self) -> None:
        if not self.plugged:
            raise usb.core.USBError("no such device", errno=19)
