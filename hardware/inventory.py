"""What is plugged into this machine, in lines for a technician."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator

import usb.core
from evdev import InputDevice, ecodes, list_devices
from serial.tools import list_ports

from hardware.keys import is_number_pad
from hardware.settings import Hardware

USB_PRINTER = 7
"""The class that a USB interface of a printer says it is."""


def lines(hardware: Hardware) -> Iterator[str]:
    """Everything found, under headings; says which input device the settings choose for what."""
    sections: tuple[tuple[str, Callable[[], list[str]]], ...] = (
        ("Keyboards, key pads and scanners", lambda: _inputs(hardware)),
        ("USB printers", _usb_printers),
        ("Serial ports", _serial_ports),
        ("Sound cards", _sound_cards),
    )
    for heading, find in sections:
        yield heading
        yield from (f"  {line}" for line in find() or ["none"])


def _inputs(hardware: Hardware) -> list[str]:
    found = []
    for path in sorted(list_devices()):
        try:
            device = InputDevice(path)
        except OSError as trouble:
            found.append(f"{path}  can't be opened: {trouble}")
            continue
        if ecodes.EV_KEY in device.capabilities():
            found.append(_input(device, hardware))
        device.close()
    return found


def _input(device: InputDevice, hardware: Hardware) -> str:
    pad, scanner = hardware.keypad.match(), hardware.scanner.match()
    uses = []
    if pad.fits(device) or (not pad and is_number_pad(device)):
        uses.append("taken as key pad")
    if scanner.fits(device):
        uses.append("taken as scanner")
    return (
        f"{device.path}  name = {device.name!r}  phys = {device.phys!r}"
        f"  vendor = {device.info.vendor:#06x}  product = {device.info.product:#06x}"
        + "".join(f"  <- {use}" for use in uses)
    )


def _usb_printers() -> list[str]:
    try:
        found = [device for device in usb.core.find(find_all=True) if _is_printer(device)]
    except usb.core.NoBackendError:
        return ["can't be listed: libusb-1.0 is not installed"]
    return [f"vendor = {device.idVendor:#06x}  product = {device.idProduct:#06x}" for device in found]


def _is_printer(device: usb.core.Device) -> bool:
    return any(face.bInterfaceClass == USB_PRINTER for config in device for face in config)


def _serial_ports() -> list[str]:
    return [f"{port.device}  {port.description}" for port in list_ports.comports()]


def _sound_cards() -> list[str]:
    if not shutil.which("aplay"):
        return ["can't be listed: alsa-utils is not installed"]
    cards = subprocess.run(["aplay", "-l"], capture_output=True, text=True, timeout=5, check=False)
    return [line for line in cards.stdout.splitlines() if line.startswith("card ")]
