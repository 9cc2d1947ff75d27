"""The kiosk for who can't see it: what is said, and what the keys at the headphones do.

Binds the words (`narrator`) to the voice, and the keys to the control at which they stand. All of it on
the window's thread.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from assets import texts
from hardware.settings import GuideCommand
from hardware.speech import Speech
from kiosk import events as e
from kiosk import guidance
from kiosk.events import Event, Mode
from kiosk.narrator import Narrator
from kiosk.screens.focus import Focus
from kiosk.screens.frame import Root
from kiosk.screens.parts import Choice
from kiosk.visit import State, asks_to_stay, goes_back

STEP_PERCENT = 15
QUIETEST, LOUDEST = 20, 100


class Aloud:
    """Speech and keys of one kiosk. `feed` takes the events that the keys make."""

    def __init__(
        self,
        speech: Speech,
        volume: int,
        keys: Mapping[str, GuideCommand],
        feed: Callable[[Event], None],
        state: State,
    ) -> None:
        self._speech, self._usual_volume, self._keys, self._feed = speech, volume, keys, feed
        self._state, self._volume = state, volume
        self._narrator = Narrator(state, time.monotonic())
        self._touched: Choice | None = None
        self._root: Root | None = None
        self.focus = Focus()

    def touched(self, control: Choice) -> None:
        """Somebody pressed this; it is said together with what follows from it."""
        self._touched = control

    def read(self, text: str) -> None:
        """Somebody touched a text."""
        if text and Mode.VOICE in self._state.visit.modes:
            self._say(text)

    def follow(self, root: Root, state: State, now: float) -> None:
        """The visit stands like this now, and so does the screen."""
        if state.visits != self._state.visits:
            self._volume = self._usual_volume
        spoke = Mode.VOICE in self._state.visit.modes
        self._root, self._state = root, state
        control, self._touched = self._touched, None
        if control:
            is_there = control.get_parent_window() is not None
            self._narrator.touched(control.said(state.visit.language) if is_there else control.plain)
        names = [one.said(state.visit.language) for one in root.choices()]
        words = self._narrator.follow(state, now, names)
        shown = Mode.KEYS in state.visit.modes
        self.focus.follow(root, shown=shown, anew=self._narrator.anew)
        if words:
            self._speech.say(state.visit.language, words, self._volume)
        elif spoke and Mode.VOICE not in state.visit.modes:
            self._speech.hush()
        root.frame.caption = self._narrator.said

    def key(self, name: str) -> None:
        """A key was pressed; the first one only begins."""
        command = self._keys.get(name)
        if command is None:
            return
        if Mode.KEYS not in self._state.visit.modes:
            self._feed(e.UseKeys())
        elif asks_to_stay(self._state, time.monotonic()):
            self._feed(e.Touched())
        else:
            self._do(command)

    def _do(self, command: GuideCommand) -> None:
        match command:
            case "next" | "previous":
                self._feed(e.Touched())
                moved = self.focus.move(1 if command == "next" else -1)
                self._say(moved.said(self._state.visit.language) if moved else "")
            case "enter" if self.focus.control:
                self.focus.control.dispatch("on_release")
            case "enter" | "repeat":
                self._feed(e.Touched())
                self._repeat()
            case "back" if goes_back(self._state):
                self._feed(e.Back())
            case "back":
                self._feed(e.Touched())
                self._say(texts.say("spoken.no-way-back", self._state.visit.language))
            case "home":
                self._feed(e.Leave())
            case "help":
                self._feed(e.CallHelp())
            case "louder" | "softer":
                step = STEP_PERCENT if command == "louder" else -STEP_PERCENT
                self._volume = min(max(self._volume + step, QUIETEST), LOUDEST)
                self._feed(e.Touched())
                self._repeat()

    def _repeat(self) -> None:
        """The screen again, as it stands now, and where the keys stand on it."""
        language, control = self._state.visit.language, self.focus.control
        now = time.monotonic()
        sign = guidance.sign(self._state)
        names = [one.said(language) for one in self._root.choices()] if self._root else []
        screen, choices = guidance.screen(self._state, now), guidance.choices(names, language)
        self._say(sign, screen, choices, control.said(language) if control else "")

    def _say(self, *parts: str) -> None:
        words = self._narrator.say(*(guidance.plain(part) for part in parts))
        self._speech.say(self._state.visit.language, words, self._volume)
