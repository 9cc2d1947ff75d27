"""The kiosk: `python -m kiosk --server URL --token TOKEN --kiosk K01`."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
from pathlib import Path

from assets import screen
from hardware import settings
from queue_server.hall.model import Language


def main() -> int:
    options = _options()
    logging.basicConfig(
        level=os.environ.get("HALL_LOG", "INFO").upper(),
        format="%(asctime)s %(name)s %(levelname)s %(message)s",
    )
    try:
        hardware = settings.load()
    except (settings.HardwareMistakes, OSError) as trouble:
        print(trouble, file=sys.stderr)
        return 2
    screen.window(*options.size, full_screen=options.full_screen)

    # A window is made as soon as this is imported.
    from kivy.clock import Clock

    from kiosk.app import KioskApp

    data = Path(os.environ.get("HALL_DATA") or Path(__file__).parents[1] / "var")
    app = KioskApp(options.server, options.token, options.kiosk, options.language, hardware, data)
    for ending in (signal.SIGTERM, signal.SIGINT):
        signal.signal(ending, lambda *_: Clock.schedule_once(lambda _seconds: app.stop()))
    app.run()
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="kiosk", description="The kiosk, where citizens take a number.")
    parser.add_argument("--server", required=True, metavar="URL", help="the hall's server")
    parser.add_argument("--token", default=os.environ.get("HALL_TOKEN"), help="else from HALL_TOKEN")
    parser.add_argument("--kiosk", default="K01", metavar="ID", help="its id in the config (K01)")
    parser.add_argument(
        "--size", type=_size, default=(1080, 1920), metavar="WxH", help="of the window, in pixels (1080x1920)"
    )
    parser.add_argument("--full-screen", action="store_true", help="take the whole screen")
    parser.add_argument(
        "--language",
        type=Language,
        choices=list(Language),
        default=Language.ZH,
        metavar="zh|en",
        help="what it speaks to begin with (zh)",
    )
    options = parser.parse_args()
    if not options.token:
        parser.error("it needs --token or HALL_TOKEN")
    options.server = options.server.rstrip("/")
    return options


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.lower().partition("x")
    if not (width.isdecimal() and height.isdecimal()):
        raise argparse.ArgumentTypeError(f"a size is like 1080x1920, not {text!r}")
    return int(width), int(height)


if __name__ == "__main__":
    sys.exit(main())
