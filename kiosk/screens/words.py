"""Waits in words, as several screens say them."""

from __future__ import annotations

from assets import texts
from kiosk import told
from kiosk.floor import Wait
from kiosk.screens.parts import UNBROKEN
from queue_server.hall.model import Language
from queue_server.hall.ranges import figure

RANGE_SIZE = 0.8
"""Of a large figure's: a range stands where there is room for one figure."""

LONG_RANGE = len("85–155")
"""Such minutes leave no room for people ahead in the same line."""


def is_long(wait: Wait) -> bool:
    """Whether people ahead and minutes want a line each."""
    return wait.minutes is not None and len(figure(wait.minutes)) >= LONG_RANGE


def waiting(wait: Wait, language: Language, big: float | None) -> list[str]:
    """People ahead, then minutes, with large figures (`big` pixels; None: no larger than the words);
    "no wait" alone where there is none. Each is a line that breaks nowhere.
    """
    if wait.is_none:
        return [f"[b]{texts.say('kiosk.wait.none', language)}[/b]"]

    def large(value: int | str) -> str:
        if big is None:
            return f"[b]{value}[/b]"
        size = big * RANGE_SIZE if "–" in str(value) else big
        return f"[size={round(size)}][b]{value}[/b][/size]"

    if wait.is_unserved:
        lines = told.unserved(wait, language, large(wait.ahead))
    else:
        lines = [texts.say("kiosk.wait.ahead", language, count=large(wait.ahead))]
    if wait.minutes is not None:
        lines.append(texts.say("kiosk.wait.minutes", language, minutes=large(figure(wait.minutes))))
    return [one.replace(" ", UNBROKEN) for one in lines]
