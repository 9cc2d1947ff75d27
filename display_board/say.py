"""Trying the voice on the spot: `./run.sh board --say "A012 5"` needs no server."""

from __future__ import annotations

import argparse
import re
import threading

from assets.texts import LANGUAGES
from display_board.announcer import Call
from display_board.clips import Manner
from display_board.speech import Piece, utterance
from display_board.voice import Voice
from hardware.device import Health
from queue_server.hall.model import CallKind, Instant

LIMIT_SECONDS = 60.0
"""All of it is over by then: rendering what is missing, and saying it."""

_CALL = re.compile(r"\s*([A-Za-z])(\d{3,5})[\s,-]+(\d{1,3})\s*", re.ASCII)


def a_call(text: str) -> tuple[str, int]:
    """A number and a window, as an option of a command line.

    :raises ArgumentTypeError: when the text is no call.
    """
    found = _CALL.fullmatch(text)
    if found is None or int(found[3]) == 0:
        raise argparse.ArgumentTypeError(f'a call is a number and a window like "A012 5", not {text!r}')
    return f"{found[1].upper()}{found[2]}", int(found[3])


def say(voice: Voice, ticket: str, window: int, manner: Manner, *, one: str, again: bool) -> bool:
    """Say a call in both languages and print its words; False when not all of it was heard."""
    kind = CallKind.RECALL if again else CallKind.CALL
    pieces = utterance([Call("", ticket, window, kind, Instant(0.0), LANGUAGES)], one)
    print(written(pieces))
    over = threading.Event()
    voice.say(f"{ticket}-{window}", pieces, manner, over.set)
    return over.wait(LIMIT_SECONDS) and all(report.state is Health.OK for report in voice.health())


def written(pieces: list[Piece]) -> str:
    """The clips of a sentence, as they follow each other."""
    return " · ".join(piece.words for piece in pieces if not isinstance(piece, float))
