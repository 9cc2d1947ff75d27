"""A board: `python -m display_board --server URL --token TOKEN --board B01 [--window 5]`."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from assets import screen, terminal
from display_board.clips import Clips
from display_board.voice import Voice
from hardware.sound import Sound


def main() -> None:
    options = _options()
    screen.window(*options.size, full_screen=options.full_screen)
    # The app comes after the screen is asked for: importing it makes Kivy's window.
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
    screen.end_on_signals()
    app.run()


def _options() -> argparse.Namespace:
    parser = terminal.command_line(
        "python -m display_board", "A board of the hall, of a zone, or of one window."
    )
    parser.add_argument("--board", required=True, metavar="ID", help="its id in the config, such as B01")
    parser.add_argument("--window", type=int, metavar="N", help="be the own display of this window")
    terminal.add_screen(parser, 1920, 1080)
    parser.add_argument(
        "--sound",
        default="default",
        metavar="DEVICE",
        help="where it speaks: default, another ALSA name, none, or file:PATH to write down what is said",
    )
    return terminal.read(parser)


if __name__ == "__main__":
    main()
