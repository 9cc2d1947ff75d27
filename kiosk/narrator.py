"""When the kiosk speaks: the screen when it changes, what was touched, what keys lead to. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from assets import texts
from kiosk import guidance
from kiosk.events import Mode
from kiosk.visit import State


class Narrator:
    """Follows a visit and gives the words that are due; none while speech is not asked for.

    `said` is what was said last, for whoever wants to hear it again.
    """

    def __init__(self, state: State, now: float) -> None:
        self._state = state
        self._topic = guidance.topic(state, now)
        self._spoke = False
        self._touched = ""
        self.said = ""
        self.anew = False
        """Whether the screen has just changed into another."""

    def touched(self, words: str) -> None:
        """Somebody touched this; it is said together with what follows from it."""
        self._touched = guidance.plain(words)

    def follow(self, state: State, now: float, names: Sequence[str] = ()) -> str:
        """What is to be said now that the visit stands like this; "" for nothing. `names` are the choices
        that the screen has.
        """
        before, self._state = self._state, state
        topic = guidance.topic(state, now)
        self.anew, self._topic = topic != self._topic, topic
        touched, self._touched = self._touched, ""
        speaks = Mode.VOICE in state.visit.modes
        begins, self._spoke = speaks and not self._spoke, speaks
        if not speaks:
            self.said = ""
            return ""
        sign = guidance.sign(state)
        parts = [touched, sign if begins or sign != guidance.sign(before) else ""]
        parts.append("" if self.anew else guidance.meanwhile(before, state))
        if begins and Mode.KEYS in state.visit.modes:
            parts.append(texts.say("spoken.keys", state.visit.language))
        if begins or self.anew:
            parts += [guidance.screen(state, now), guidance.choices(names, state.visit.language)]
        return self.say(*parts)

    def say(self, *parts: str) -> str:
        """Sentences as one; they are kept, to be said again."""
        words = guidance.sentences(*parts, language=self._state.visit.language)
        self.said = words or self.said
        return words
