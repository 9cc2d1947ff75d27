"""A board: `python -m display_board --server URL --token TOKEN --board B01 [--window 5]`."""

from __future__ import annotations

import argparse
import logging
import os
import signal
from pathlib import Path

from assets import screen
from display_board.clips import Clips
from display_board.voice import Voice
from hardware.sound import Sound


def main() -> None:
    options = _options()
    logging.basicConfig(level=os.environ.get("HALL_LOG", "INFO").upper(), format="%(levelname)s %(message)s")
    logging.getLogger("kivy").setLevel(logging.WARNING)
    width, _, height = options.size.partition("x")
    screen.window(int(width), int(height), full_screen=options.full_screen)
    # The app comes after the screen is asked for: importing it makes Kivy's window.
    from kivy.clock import Clock

    from display_board.app import BoardApp

    data = Path(os.environ.get("HALL_DATA", "var"))
    voice = Voice(Sound(options.sound), Clips(data / "voice"))
    app = BoardApp(
        options.server,
        options.token,
        options.board,
        voice,
        audible=options.sound != "none",
        window=options.window,
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: Clock.schedule_once(lambda _seconds: app.stop()))
    app.run()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m display_board", description="A board of the hall, of a zone, or of one window."
    )
    parser.add_argument("--server", required=True, metavar="URL", help="the hall's server")
    parser.add_argument("--token", default=os.environ.get("HALL_TOKEN"), help="default: HALL_TOKEN")
    parser.add_argument("--board", required=True, metavar="ID", help="its id in the config, such as B01")
    parser.add_argument("--window", type=int, metavar="N", help="be the own display of this window")
    parser.add_argument("--size", default="1920x1080", metavar="WxH", help="of its window, in pixels")
    parser.add_argument("--full-screen", action="store_true")
    parser.add_argument(
        "--sound",
        default="default",
        metavar="DEVICE",
        help="where it speaks: default, another ALSA name, none, or file:PATH to write down what is said",
    )
    options = parser.parse_args()
    if not options.token:
        parser.error("a token is needed: --token or HALL_TOKEN")
    return options


if __name__ == "__main__":
    main()
