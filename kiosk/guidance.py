"""What is spoken at the kiosk: one sentence for each screen, one for each control. Pure."""

from __future__ import annotations

from assets import texts
from kiosk.floor import Wait
from queue_server.hall.model import Language


def waited_for(name: str, wait: Wait, language: Language) -> str:
    """A group or an item, and how long it takes to be called: `缴费，前面 3 人，约 6 分钟`."""
    return named(name, *waits(wait, language), language=language)


def named(*parts: str, language: Language) -> str:
    """Parts of a sentence, one after the other."""
    return texts.say("spoken.and", language).join(parts)


def waits(wait: Wait, language: Language) -> list[str]:
    """People ahead, and minutes where they can be told."""
    if wait.minutes == 0:
        return [texts.say("kiosk.wait.none", language)]
    told = [texts.say("kiosk.wait.ahead", language, count=wait.ahead)]
    if wait.minutes is not None:
        told.append(texts.say("kiosk.wait.minutes", language, minutes=wait.minutes))
    return told
