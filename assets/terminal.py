"""What every terminal's program takes on its command line, and how much it logs."""

from __future__ import annotations

import argparse
import logging
import os


def command_line(prog: str, description: str) -> argparse.ArgumentParser:
    """A parser that knows the server and the terminal's token."""
    parser = argparse.ArgumentParser(prog=prog, description=description)
    parser.add_argument("--server", required=True, type=_url, metavar="URL", help="the hall's server")
    parser.add_argument("--token", default=os.environ.get("HALL_TOKEN"), help="else from HALL_TOKEN")
    return parser


def add_screen(parser: argparse.ArgumentParser, width: int, height: int) -> None:
    """`--size` and `--full-screen`, for a program with a window."""
    parser.add_argument(
        "--size",
        type=_size,
        default=(width, height),
        metavar="WxH",
        help=f"of the window, in pixels ({width}x{height})",
    )
    parser.add_argument("--full-screen", action="store_true", help="take the whole screen")


def read(parser: argparse.ArgumentParser, log_level: str = "INFO") -> argparse.Namespace:
    """The options; from here on the program logs what `HALL_LOG`, else `log_level`, asks for."""
    options = parser.parse_args()
    if not options.token:
        parser.error("a token is needed: --token or HALL_TOKEN")
    logging.basicConfig(
        level=os.environ.get("HALL_LOG", log_level).upper(),
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )
    return options


def _url(text: str) -> str:
    return text.rstrip("/")


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.lower().partition("x")
    if not (width.isdecimal() and height.isdecimal()):
        raise argparse.ArgumentTypeError(f"a size is like 1080x1920, not {text!r}")
    return int(width), int(height)
