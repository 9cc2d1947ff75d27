"""Measures this machine: `./run.sh bench NAME [--json]`. Loopback only, and each ends by itself."""

from __future__ import annotations

import argparse
import json
import sys

from tests.bench import board, calls, forms, recover, search, tickets, ui, voice
from tests.bench.figures import Figures, machine

BENCHES = {
    "tickets": (tickets.run, "numbers issued per second over HTTP, beside a bare Flask and the bare disk"),
    "calls": (calls.run, "from a clerk's press to the last of 12 boards, its counter and evaluator"),
    "followers": (calls.run_followed, "the same with 2,000 phones following; the server's memory"),
    "recover": (recover.run, "from kill -9 to the first answer, on a day of 5,000 tickets"),
    "search": (search.run, "what people type, found on the server and over HTTP, among 545 items and themes"),
    "forms": (
        forms.run,
        "an answer's way to the disk, with 38 kiosks filling in forms at once",
    ),
    "ui": (ui.run, "the kiosk's cold start, and from a touch to the next screen"),
    "board": (board.run, "a board through 2,000 calls at speed: each shown once, memory flat"),
    "voice": (voice.run, "a day of 1,800 calls through one voice: how far it falls behind, in virtual time"),
}


def main() -> int:
    names = "\n".join(f"  {name:<10} {words}" for name, (_, words) in BENCHES.items())
    parser = argparse.ArgumentParser(
        prog="./run.sh bench",
        description=__doc__,
        epilog=f"benchmarks:\n{names}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("name", choices=BENCHES, metavar="NAME", help=", ".join(BENCHES))
    parser.add_argument("--json", action="store_true", help="the last line is one JSON object of the figures")
    asked = parser.parse_args()
    measure, words = BENCHES[asked.name]
    print(f"measuring {words} …", file=sys.stderr)
    figures: Figures = {"bench": asked.name, **measure(), "machine": machine()}
    if asked.json:
        print(json.dumps(figures, ensure_ascii=False))
    else:
        for name, value in figures.items():
            print(f"{name:<20} {value}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
