"""What is plugged in, how it is, and whether it works: for the technician who sets up a machine."""

from __future__ import annotations

import argparse
import logging
import os
import queue
import signal
import sys
import threading
from pathlib import Path
from types import FrameType

from PIL import Image, ImageDraw

from assets import texts
from hardware import build, inventory
from hardware.card_reader_sim import NobodyReads, pipe_of, write
from hardware.device import Health, Report
from hardware.printer import WIDTH, Outcome, Result
from hardware.settings import Hardware, HardwareMistakes, default_file, load
from hardware.tones import Signal, tone

WATCH_SECONDS = 0.2
SLIP_HEIGHT = 400


def main() -> int:
    options = _options()
    logging.basicConfig(level=os.environ.get("HALL_LOG", "WARNING").upper(), format="%(message)s")
    file = options.hardware or default_file()
    try:
        hardware = load(file)
    except (HardwareMistakes, OSError) as trouble:
        print(trouble, file=sys.stderr)
        return 2
    print(f"Settings: {file}", flush=True)
    done: bool = options.run(hardware, options)
    return 0 if done else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m hardware", description=__doc__)
    parser.add_argument("--hardware", type=Path, help="the settings, else hardware.toml beside HALL_CONFIG")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    commands.add_parser("list", help="what is plugged in").set_defaults(run=_list)
    commands.add_parser("watch", help="tell each change of the devices, until Ctrl-C").set_defaults(
        run=_watch
    )
    tests = commands.add_parser("test", help="try a device").add_subparsers(required=True, metavar="DEVICE")
    tests.add_parser("printer", help="print a slip").set_defaults(run=_test_printer)
    tests.add_parser("sound", help="the tones for done and refused").set_defaults(run=_test_sound)
    tests.add_parser("keys", help="show keys and scanned codes, until Ctrl-C").set_defaults(run=_test_keys)
    card = tests.add_parser("card", help="put a card on a running kiosk's simulated reader, then lift it")
    card.add_argument("--kiosk", default="K01", help="the kiosk (K01)")
    card.add_argument("--id", required=True, help="the ID number on the card")
    card.add_argument("--name", required=True, help="the name on the card")
    card.add_argument("--stay", type=float, default=2.0, help="seconds until it is lifted (2)")
    card.set_defaults(run=_test_card)
    return parser.parse_args()


def _data() -> Path:
    return Path(os.environ.get("HALL_DATA") or Path(__file__).parents[1] / "var")


def _list(hardware: Hardware, _options: argparse.Namespace) -> bool:
    for line in inventory.lines(hardware):
        print(line)
    return True


def _watch(hardware: Hardware, _options: argparse.Namespace) -> bool:
    printer = build.printer(hardware, _data())
    pad = build.key_pad(hardware, lambda key: print(f"key {key}", flush=True))
    scanner = build.scanner(hardware, lambda line: print(f"scanned {line}", flush=True))
    loudspeaker = build.sound(hardware)
    started = (printer, pad, scanner)
    for device in started:
        device.start()
    told: dict[str, Report] = {}
    ended = _until_ended()
    while not ended.wait(WATCH_SECONDS):
        for report in (printer.health(), pad.health(), scanner.health(), loudspeaker.health()):
            if told.get(report.id) != report:
                told[report.id] = report
                print(_in_words(report), flush=True)
    for device in started:
        device.stop()
    return True


def _test_printer(hardware: Hardware, _options: argparse.Namespace) -> bool:
    printer = build.printer(hardware, _data())
    outcomes: queue.Queue[Outcome] = queue.Queue()
    printer.start()
    printer.print(_slip(), outcomes.put)
    outcome = outcomes.get(timeout=3 * hardware.printer.print_seconds)
    report = printer.health()
    printer.stop()
    said = {
        Result.PRINTED: "The slip was printed.",
        Result.NOT_PRINTED: "Nothing was printed.",
        Result.UNKNOWN: "It was sent; whether it was printed the printer did not say.",
    }
    print(said[outcome.result])
    print(_in_words(report))
    if printer.simulator:
        print(f"Slips are in {_data() / 'slips'}")
    return outcome.result is not Result.NOT_PRINTED


def _slip() -> Image.Image:
    """A frame at the paper's edges and a cross: what is missing shows where the paper lies wrong."""
    slip = Image.new("1", (WIDTH, SLIP_HEIGHT), 1)
    draw = ImageDraw.Draw(slip)
    draw.rectangle((0, 0, WIDTH - 1, SLIP_HEIGHT - 1), outline=0, width=3)
    draw.line((0, 0, WIDTH, SLIP_HEIGHT), fill=0, width=2)
    draw.line((0, SLIP_HEIGHT, WIDTH, 0), fill=0, width=2)
    draw.rectangle((80, 150, WIDTH - 80, 250), fill=1, outline=0, width=2)
    draw.text((WIDTH // 2, 200), "TEST  0123456789", fill=0, anchor="mm", font_size=40)
    return slip


def _test_sound(hardware: Hardware, _options: argparse.Namespace) -> bool:
    loudspeaker = build.sound(hardware)
    for one in Signal:
        print(f"{one.value} …", flush=True)
        if not loudspeaker.play(tone(one)):
            print("It could not be heard.", _in_words(loudspeaker.health()), sep="\n")
            return False
    print("Both tones were played.")
    return True


def _test_keys(hardware: Hardware, _options: argparse.Namespace) -> bool:
    keys = {name: f" ({command})" for name, command in hardware.keypad.keys.items()}
    pad = build.key_pad(hardware, lambda key: print(f"key {key}{keys.get(key, '')}", flush=True))
    scanner = build.scanner(hardware, lambda line: print(f"scanned {line}", flush=True))
    pad.start()
    scanner.start()
    print("Press keys and scan codes; end with Ctrl-C.", flush=True)
    told: list[Report] = []
    ended = _until_ended()
    while not ended.wait(WATCH_SECONDS):
        if (now := [pad.health(), scanner.health()]) != told:
            told = now
            print(*map(_in_words, now), sep="\n", flush=True)
    pad.stop()
    scanner.stop()
    return True


def _test_card(_hardware: Hardware, options: argparse.Namespace) -> bool:
    pipe = pipe_of(_data(), options.kiosk)
    try:
        write(pipe, f"put {options.id} {options.name}")
        print("The card is on the reader.", flush=True)
        _until_ended().wait(options.stay)
        write(pipe, "lift")
    except NobodyReads:
        print(f"No kiosk {options.kiosk} with a simulated card reader runs here ({pipe}).")
        return False
    print("The card was lifted.")
    return True


def _until_ended() -> threading.Event:
    """Set when the program is asked to end."""
    ended = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        ended.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    return ended


def _in_words(report: Report) -> str:
    words = {
        Health.OK: f"{report.id}: ready" if not report.detail else f"{report.id}: there is none here",
        Health.UNKNOWN: f"{report.id}: says nothing",
    }
    if report.detail and report.state is not Health.OK:
        return texts.say(f"device.{report.kind}.{report.detail}", "en", place=report.id)
    return words.get(report.state, f"{report.id}: {report.state}")


if __name__ == "__main__":
    sys.exit(main())
