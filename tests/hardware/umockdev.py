"""Input devices without a kernel's: umockdev under an unchanged evdev, plugged and pressed at will.

`InputBench` runs a program that sees the mocked `/dev/input`; devices come and go while it runs.
This file is also the program in between: it owns the testbed and the program under test.
"""

from __future__ import annotations

import ctypes
import json
import os
import select
import struct
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import IO, Any

from evdev import ecodes

EVENT = struct.Struct("llHHi")
PAD_KEYS = [f"KEY_KP{key}" for key in (*range(10), "ENTER", "PLUS", "MINUS", "DOT", "ASTERISK", "SLASH")]
LETTERS = [f"KEY_{letter}" for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"]
TYPING = [*LETTERS, *(f"KEY_{n}" for n in range(10)), "KEY_ENTER", "KEY_LEFTSHIFT", "KEY_SLASH",
          "KEY_DOT", "KEY_MINUS", "KEY_SEMICOLON"]  # fmt: skip


class InputBench:
    """A program with a mocked `/dev/input`, and the hand that plugs and presses there.

    `wait(text)` waits until the program has printed a line with that text. Use it in a `with`.
    """

    def __init__(self, *command: str, env: dict[str, str] | None = None) -> None:
        self._command, self._env = command, env
        self.lines: list[str] = []
        self._news = threading.Condition()

    def __enter__(self) -> InputBench:
        self._hand = subprocess.Popen(
            ["umockdev-wrapper", sys.executable, __file__, *self._command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=self._env,
        )
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._hand.stdin:
            self._hand.stdin.close()
        self._hand.wait(20)
        self._listener.join(5)

    def plug(
        self,
        node: int,
        name: str,
        keys: list[str] = PAD_KEYS,
        *,
        phys: str = "usb-mock-1/input0",
        vendor: int = 0x1A2C,
        product: int = 0x0E24,
        lamp: bool = False,
        beeper: bool = False,
    ) -> None:
        """A device appears as `/dev/input/event<node>`; umockdev takes each number once."""
        self._do("plug", node, _ioctls(name, keys, phys, vendor, product, lamp, beeper))
        self.wait(f"plugged: {node}")

    def unplug(self, node: int) -> None:
        self._do("unplug", node)

    def press(self, node: int, *keys: str) -> None:
        """Each key down and up; of `+KEY_X` only its going down, `-KEY_X` only its going up, `=KEY_X` its
        being held.
        """
        self._do("press", node, keys)

    def written(self, node: int) -> list[list[int]]:
        """What was written to the device so far: type, code, value of each event."""
        asked_at = len(self.lines)
        self._do("written", node)
        line = self.wait("written:", after=asked_at)
        events: list[list[int]] = json.loads(line.removeprefix("written:"))
        return events

    def end(self) -> None:
        """Ask the program to end (SIGTERM), which it must do with 0."""
        self._do("end")
        assert self.wait("ended:") == "ended: 0", self.lines

    def wait(self, text: str, seconds: float = 15.0, after: int = 0) -> str:
        """The first line with the text, from line `after` on.

        :raises AssertionError: when there is none in time; it tells what was printed instead.
        """
        with self._news:
            found = self._news.wait_for(lambda: self._find(text, after) is not None, seconds)
            assert found, f"no {text!r} in {self.lines[after:]}"
            return self._find(text, after) or ""

    def count(self, text: str) -> int:
        return sum(text in line for line in self.lines)

    def _find(self, text: str, after: int) -> str | None:
        return next((line for line in self.lines[after:] if text in line), None)

    def _do(self, *order: Any) -> None:
        assert self._hand.stdin
        self._hand.stdin.write(json.dumps(order) + "\n")
        self._hand.stdin.flush()

    def _listen(self) -> None:
        assert self._hand.stdout
        for line in self._hand.stdout:
            with self._news:
                self.lines.append(line.rstrip("\n"))
                self._news.notify_all()


class _Testbed:
    """umockdev's testbed; its library is called through ctypes because the program's Python has no
    introspection.
    """

    def __init__(self) -> None:
        self._lib = ctypes.CDLL("libumockdev.so.0")
        self._lib.umockdev_testbed_new.restype = ctypes.c_void_p
        self._bed = ctypes.c_void_p(self._lib.umockdev_testbed_new())
        self._lib.umockdev_testbed_get_root_dir.restype = ctypes.c_char_p
        self._root = Path(self._lib.umockdev_testbed_get_root_dir(self._bed).decode())
        self._masters: dict[int, int] = {}
        self._written: dict[int, bytes] = {}

    def plug(self, node: int, ioctls: str) -> None:
        with tempfile.NamedTemporaryFile("w", suffix=".ioctl") as answers:
            answers.write(ioctls)
            answers.flush()
            path = f"/dev/input/event{node}".encode()
            self._check("add_from_string", _description(node).encode())
            self._check("load_ioctl", path, answers.name.encode())
        self._masters[node] = self._lib.umockdev_testbed_get_dev_fd(self._bed, path)
        print(f"plugged: {node}", flush=True)

    def unplug(self, node: int) -> None:
        place = f"/sys/devices/virtual/input/input{node}/event{node}".encode()
        self._lib.umockdev_testbed_remove_device(self._bed, place)
        # umockdev keeps its note of the terminal behind the node and stumbles over it next time.
        for note in (self._root / "dev" / ".ptymap").iterdir():
            if note.readlink() == Path(_device(node)):
                note.unlink()
        os.close(self._masters.pop(node))  # whoever holds the device open gets an error now

    def press(self, node: int, keys: list[str]) -> None:
        for key in keys:
            code = ecodes.ecodes[key.lstrip("+-=")]
            for value in {"+": (1,), "-": (0,), "=": (2,)}.get(key[0], (1, 0)):
                events = EVENT.pack(0, 0, ecodes.EV_KEY, code, value) + EVENT.pack(0, 0, 0, 0, 0)
                os.write(self._masters[node], events)

    def written(self, node: int) -> None:
        master = self._masters[node]
        while select.select([master], [], [], 0)[0]:
            self._written[node] = self._written.get(node, b"") + os.read(master, 4096)
        data = self._written.get(node, b"")
        events = [event[2:] for event in EVENT.iter_unpack(data[: len(data) // EVENT.size * EVENT.size])]
        print("written:" + json.dumps(events), flush=True)

    def _check(self, function: str, *values: bytes) -> None:
        error = ctypes.c_void_p()
        if not getattr(self._lib, f"umockdev_testbed_{function}")(self._bed, *values, ctypes.byref(error)):
            raise RuntimeError(f"{function} failed")


def _description(node: int) -> str:
    return (
        f"P: /devices/virtual/input/input{node}/event{node}\n"
        f"N: input/event{node}\n"
        f"E: DEVNAME=/dev/input/event{node}\nE: SUBSYSTEM=input\nE: ID_INPUT=1\nE: ID_INPUT_KEYBOARD=1\n"
        f"A: dev={_device(node)}\n\n"
    )


def _device(node: int) -> str:
    """Major and minor number, as Linux gives them to event nodes."""
    return f"13:{64 + node}"


def _ioctls(
    name: str, keys: list[str], phys: str, vendor: int, product: int, lamp: bool, beeper: bool
) -> str:
    """What the device answers when it is asked, in umockdev's words."""
    kinds = 1 << ecodes.EV_SYN | 1 << ecodes.EV_KEY | lamp << ecodes.EV_LED | beeper << ecodes.EV_SND
    return "\n".join(
        [
            "EVIOCGVERSION 0 01000100",
            f"EVIOCGID 0 {struct.pack('<4H', 3, vendor, product, 0x0111).hex().upper()}",
            f"EVIOCGNAME(0) {_text(name)}",
            f"EVIOCGPHYS(0) {_text(phys)}",
            f"EVIOCGUNIQ(0) {_text('')}",
            f"EVIOCGBIT(0) 4 {struct.pack('<I', kinds).hex().upper()}",
            f"EVIOCGBIT(1) 96 {_bits(ecodes.ecodes[key] for key in keys)}",
            f"EVIOCGBIT({ecodes.EV_LED}) 96 {_bits([ecodes.LED_NUML])}",
            f"EVIOCGBIT({ecodes.EV_SND}) 96 {_bits([ecodes.SND_TONE])}",
            "EVIOCGEFFECTS 0 00000000",
            "",
        ]
    )


def _text(text: str) -> str:
    return f"{len(text.encode()) + 1} {text.encode().ljust(256, bytes(1)).hex().upper()}"


def _bits(codes: Any) -> str:
    return sum(1 << code for code in codes).to_bytes(96, "little").hex().upper()


def main(command: list[str], orders: IO[str]) -> None:
    bed = _Testbed()
    program = subprocess.Popen(command)
    try:
        for line in orders:
            name, *values = json.loads(line)
            if name == "end":
                program.terminate()
                print(f"ended: {program.wait(15)}", flush=True)
            else:
                getattr(bed, name)(*values)
    finally:
        program.terminate()
        program.wait(15)


if __name__ == "__main__":
    main(sys.argv[1:], sys.stdin)
