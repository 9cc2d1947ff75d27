"""A board: `python -m display_board --server URL --token TOKEN --board B01 [--window 5]`."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from assets import screen, terminal
from display_board.clips import Clips
from display_board.voice import Voice
from hardware import settings
from hardware.sound import Sound


def main() -> int:
    options = _options()
    try:
        device = options.sound or settings.load(options.hardware).sound.device
    except (settings.HardwareMistakes, OSError) as trouble:
        print(trouble, file=sys.stderr)
        return 2
    screen.window(*options.size, full_screen=options.full_screen)
    # The app comes after the screen is asked for: importing it makes Kivy's window.
    from display_board.app import BoardApp

    data = Path(os.environ.get("HALL_DATA") or Path(__file__).parents[1] / "var")
    voice = Voice(Sound(device), Clips(data / "voice"))
    app = BoardApp(
        options.server,
        options.token,
        options.board,
        voice,
        audible=device != "none",
        window=options.window,
    )
    screen.end_on_signals()
    app.run()
    return 0


def _options() -> argparse.Namespace:
    parser = terminal.command_line(
        "python -m display_board", "A board of the hall, of a zone, or of one window."
    )
    parser.add_argument("--board", required=True, metavar="ID", help="its id in the config, such as B01")
    parser.add_argument("--window", type=int, metavar="N", help="be the own display of this window")
    terminal.add_screen(parser, 1920, 1080)
    parser.add_argument(
        "--sound",
        metavar="DEVICE",
        help="where it speaks, instead of where the hardware file says: default, another of ALSA's names,"
        " none, or file:PATH to write down what is said",
    )
    parser.add_argument(
        "--hardware", type=Path, help="this machine's devices, else hardware.toml beside HALL_CONFIG"
    )
    return terminal.read(parser)


if __name__ == "__main__":
    sys.exit(main())
