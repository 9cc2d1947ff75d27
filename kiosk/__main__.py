"""The kiosk: `python -m kiosk --server URL --token TOKEN --kiosk K01`."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from assets import screen, terminal
from hardware import settings
from queue_server.hall.model import Language


def main() -> int:
    options = _options()
    try:
        hardware = settings.load()
    except (settings.HardwareMistakes, OSError) as trouble:
        print(trouble, file=sys.stderr)
        return 2
    screen.window(*options.size, full_screen=options.full_screen)

    # A window is made as soon as this is imported.
    from kiosk.app import KioskApp

    data = Path(os.environ.get("HALL_DATA") or Path(__file__).parents[1] / "var")
    app = KioskApp(options.server, options.token, options.kiosk, options.language, hardware, data)
    screen.end_on_signals()
    app.run()
    return 0


def _options() -> argparse.Namespace:
    parser = terminal.command_line("python -m kiosk", "The kiosk, where citizens take a number.")
    parser.add_argument("--kiosk", default="K01", metavar="ID", help="its id in the config (K01)")
    terminal.add_screen(parser, 1080, 1920)
    parser.add_argument(
        "--language",
        type=Language,
        choices=list(Language),
        default=Language.ZH,
        metavar="zh|en",
        help="what it speaks to begin with (zh)",
    )
    return terminal.read(parser)


if __name__ == "__main__":
    sys.exit(main())
