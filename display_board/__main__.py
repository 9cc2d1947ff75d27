"""A board: `python -m display_board --server URL --token TOKEN --board B01 [--window 5]`, or
`--say "A012 5"` to hear its voice without a server.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from assets import screen, terminal
from assets.recordings import recorded
from display_board.clips import Clips, Manner
from display_board.say import a_call, say
from display_board.voice import Voice
from hardware import settings
from hardware.sound import Sound

ROOT = Path(__file__).parents[1]


def main() -> int:
    only_say = any(one.partition("=")[0] == "--say" for one in sys.argv[1:])
    options = _options_to_say() if only_say else _options()
    try:
        device = options.sound or settings.load(options.hardware).sound.device
    except (settings.HardwareMistakes, OSError) as trouble:
        print(trouble, file=sys.stderr)
        return 2
    data = Path(os.environ.get("HALL_DATA") or ROOT / "var")
    voice = Voice(Sound(device), Clips(data / "voice"))
    return _say(voice, options) if only_say else _show(voice, options, audible=device != "none")


def _show(voice: Voice, options: argparse.Namespace, *, audible: bool) -> int:
    screen.window(*options.size, full_screen=options.full_screen)
    # The app comes after the screen is asked for: importing it makes Kivy's window.
    from display_board.app import BoardApp

    app = BoardApp(
        options.server,
        options.token,
        options.board,
        voice,
        Path(os.environ.get("HALL_CONFIG") or ROOT / "config" / "hall.toml").parent,
        audible=audible,
        window=options.window,
    )
    screen.end_on_signals()
    app.run()
    return 0


def _say(voice: Voice, options: argparse.Namespace) -> int:
    manner = Manner(options.volume, options.rate, options.clips)
    ticket, window = options.say
    heard = say(voice, ticket, window, manner, one=options.one, again=options.again)
    voice.stop()
    if not heard:
        print("not heard: there is no sound device, or the synthetic voice does not work", file=sys.stderr)
    return 0 if heard else 1


def _options() -> argparse.Namespace:
    parser = terminal.command_line(
        "python -m display_board", "A board of the hall, of a zone, or of one window."
    )
    parser.epilog = 'With --say "A012 5" it only tries the voice, without a server: --say "A012 5" --help.'
    parser.add_argument("--board", required=True, metavar="ID", help="its id in the config, such as B01")
    parser.add_argument("--window", type=int, metavar="N", help="be the own display of this window")
    terminal.add_screen(parser, 1920, 1080)
    _add_devices(parser)
    return terminal.read(parser)


def _options_to_say() -> argparse.Namespace:
    """What `[voice]` of the hall's config would say; a terminal hears that from its server."""
    parser = argparse.ArgumentParser(prog="python -m display_board", description="Try the voice.")
    parser.add_argument("--say", type=a_call, required=True, metavar='"A012 5"', help="number and window")
    parser.add_argument("--again", action="store_true", help="as a repeated call")
    parser.add_argument(
        "--clips",
        type=_voice,
        default="",
        metavar="NAME",
        help=f"a voice of assets/voices: {', '.join(recorded())}",
    )
    parser.add_argument("--one", choices=("yao", "yi"), default="yao", help="how 1 is said")
    parser.add_argument("--rate", type=int, default=Manner().rate, help="words a minute")
    parser.add_argument("--volume", type=int, default=Manner().volume, help="percent")
    _add_devices(parser)
    return parser.parse_args()


def _voice(name: str) -> str:
    """:raises ArgumentTypeError: when no such voice was recorded."""
    if name and name not in recorded():
        there = ", ".join(recorded()) or "none"
        raise argparse.ArgumentTypeError(f"{name!r} is no folder of assets/voices; there are: {there}")
    return name


def _add_devices(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--sound",
        metavar="DEVICE",
        help="where it speaks, instead of where the hardware file says: default, another of ALSA's names,"
        " none, or file:PATH to write down what is said",
    )
    parser.add_argument(
        "--hardware", type=Path, help="this machine's devices, else hardware.toml beside HALL_CONFIG"
    )


if __name__ == "__main__":
    sys.exit(main())
