"""A board's program: the line, the calls' order, the voice and the screen meet here on Kivy's clock."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any, Final

from assets import draw, theme
from display_board.announcer import TICK_SECONDS, Announcer, Call, Turn
from display_board.board import HallBoard, WindowBoard, pulse
from display_board.clips import Manner
from display_board.gallery import Gallery, Photo
from display_board.missed import MissedNumbers
from display_board.picture import PICTURE_AFTER, Picture, turns
from display_board.sizes import calls_together, is_readable, turned
from display_board.speech import missed_utterance, utterance, vocabulary
from display_board.upright import UprightBoard, UprightWindowBoard, load_look
from display_board.voice import Voice
from queue_server.client import HallClient
from queue_server.hall.model import CallKind, Instant, Seconds
from queue_server.wire import Asks, Body, Namespace, Says

# Kivy comes after `board`, which settles its config.
from kivy.app import App  # isort: skip
from kivy.clock import Clock  # isort: skip
from kivy.core.window import Window  # isort: skip
from kivy.graphics import Color, Rectangle  # isort: skip
from kivy.properties import NumericProperty  # isort: skip
from kivy.uix.boxlayout import BoxLayout  # isort: skip

log = logging.getLogger(__name__)

REFRESH_SECONDS = 0.5
FRAME_SECONDS = 0.02
"""A film's pictures are looked for so often."""
PATIENCE_SECONDS = 120.0
"""That a call was announced is told again for so long; later the server's own alert has passed."""

BOARDS: Final[dict[tuple[bool, bool], type[HallBoard | WindowBoard]]] = {
    (False, False): HallBoard,
    (False, True): UprightBoard,
    (True, False): WindowBoard,
    (True, True): UprightWindowBoard,
}
"""The boards, by whether one is a window's own and whether the screen stands upright."""


class BoardApp(App):  # type: ignore[misc]
    """`audible` is whether there is anything to speak through; `window` is set on a window's display;
    `clock` gives seconds and never goes back.

    What comes from the line's and the voice's threads goes through the clock.
    """

    unit = NumericProperty(1.0)
    """Pixels of one unit of the board's nominal picture."""

    def __init__(
        self,
        server: str,
        token: str,
        board: str,
        voice: Voice,
        folder: Path,
        *,
        audible: bool,
        window: int | None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(title=f"Board {board}", icon=str(draw.ICON))
        self._picture, self._announcer = Picture(), Announcer()
        self._voice, self._audible, self._window = voice, audible, window
        self._line = HallClient(
            server,
            token,
            Namespace.BOARD,
            on_message=self._on_clock(self.hear),
            on_line=self._on_clock(self._hear_line),
            health=self._health,
            auth={"window": window} if window else None,
        )
        self._missed, self._telling = MissedNumbers(), False
        self._folder, self._clock = folder, clock
        self._gallery: Gallery | None = None
        self._board: HallBoard | WindowBoard | None = None
        # Before the next frame: a layout that has changed is drawn anew before anybody sees it.
        self._redraw = Clock.create_trigger(self._draw, -1)

    def build(self) -> BoxLayout:
        load_look()
        Window.clearcolor = theme.rgba("night")
        self._root = BoxLayout()
        with self._root.canvas.after:
            self._shade, self._shaded = Color(0, 0, 0, 0), Rectangle()
        self._set_up()
        Window.bind(size=lambda *_: self._reshape())
        Clock.schedule_interval(lambda _seconds: self.step(), TICK_SECONDS)
        Clock.schedule_interval(self._redraw, REFRESH_SECONDS)
        Clock.schedule_interval(lambda _seconds: self._roll(), FRAME_SECONDS)
        self._line.start()
        return self._root

    def _now(self) -> Seconds:
        return Seconds(self._clock())

    def on_stop(self) -> None:
        self._line.stop()
        self._voice.stop()
        if self._gallery:
            self._gallery.close()

    @staticmethod
    def _on_clock(do: Callable[..., None]) -> Callable[..., None]:
        return lambda *values: Clock.schedule_once(lambda _seconds: do(*values))

    # --- what the board hears ---

    def hear(self, name: str, body: Body) -> None:
        now, day = self._now(), (self._picture.hall or {}).get("day")
        self._picture.heard(name, body, now)
        if name in (Says.SNAPSHOT, Says.HALL) and day not in (None, body["hall"]["day"]):
            self._announcer.forget()
        if name == Says.SNAPSHOT:
            self._catch_up(body, now)
        if name == Says.CALL:
            self._announcer.heard(Call.of(body))
        if name in (Says.SNAPSHOT, Says.MISSED):
            self._missed.heard(self._picture.missed, to_say=name == Says.MISSED)
        self.step()
        self._redraw()

    def _hear_line(self, up: bool) -> None:
        self._picture.connected(up, self._now())
        self._redraw()

    def _catch_up(self, snapshot: Body, now: Seconds) -> None:
        told = [*snapshot.get("earlier", ()), *snapshot["calls"]]
        calls = [(Call.of(call), bool(call["announced"])) for call in told]
        if self._picture.is_moving:
            self._announcer.keep_only({call.id for call, _ in calls}, now)
        self._take_on(now)
        self._announcer.caught_up(calls, str(snapshot["epoch"]), self._picture.instant(now), now)

    def _take_on(self, now: Seconds) -> None:
        """The config that came last, between calls: a call that has its turn keeps its place."""
        if self._announcer.in_turn(now) or not self._picture.take_on():
            return
        self._set_up()
        self._hang_pictures()
        self._fit_distance()
        settings, hall = self._picture.settings, self._picture.hall
        if self._window not in (None, settings["window"]):
            log.warning("the config has this board, and not as window %s's own display", self._window)
        self._announcer.said_within = Seconds(settings["voice"]["said_within"])
        if self._audible and settings["voice"]["on"] and hall:
            letters = "".join(group["letter"] for group in hall["groups"])
            phrases = vocabulary(self._picture.windows, settings["voice"]["one"], letters)
            self._voice.prepare(phrases, self._manner())

    def _fit_distance(self) -> None:
        """Show no more calls at once than can be read from where people stand, and say so if none can."""
        assert self._board
        settings, distance = self._picture.settings, self._picture.settings["distance_m"]
        width_mm, height_mm = turned(settings["screen"], upright=is_upright())
        self._board.fit(settings["parts"], height_mm, distance)
        self._announcer.together = calls_together(height_mm * self._board.large_share, distance)
        width, height = self._board.nominal
        picture_mm = min(height_mm, width_mm * height / width)
        digits_mm = picture_mm * self._board.number_share
        if not is_readable(digits_mm, distance, overhead=self._board.overhead):
            log.warning("numbers of %.0f mm on this screen can't be read from %s m", digits_mm, distance)

    # --- calls ---

    def step(self) -> None:
        """Begin the next turn if it is time: show it, say it, and tell that it was announced."""
        now = self._now()
        self._take_on(now)
        server_now = self._picture.instant(now)
        may_speak = self._audible and self._picture.may_speak(now)
        turn = self._announcer.step(now, server_now, may_speak)
        if not turn:
            self._say_missed(now, server_now, may_speak)
            return
        self._draw()
        if any(call.flash for call in turn.calls) and self._board:
            pulse(self._board.large_place, self._board.pulse_rounds)
        if turn.aloud:
            pieces = utterance(turn.calls, self._picture.settings["voice"]["one"])
            done = self._on_clock(partial(self._said, turn))
            oldest = min(call.at for call in turn.calls)
            before = time.monotonic() + self._announcer.said_within - (server_now - oldest)
            self._voice.say(written(turn), pieces, self._manner(), done, before=before)
            self._on_clock(self._tell)(turn.passed)
        else:
            self._on_clock(self._tell)((*turn.passed, *turn.calls))

    def _say_missed(self, now: Seconds, server_now: Instant, may_speak: bool) -> None:
        """Tell one missed number, while nobody is called."""
        settings = self._picture.settings["voice"]
        idle = may_speak and settings["missed"] and self._announcer.is_at_rest(now, Seconds(0.0))
        if self._telling or not idle:
            return
        missed = self._missed.next(server_now, self._announcer.said_within)
        if missed is None:
            return
        self._telling = True
        pieces = missed_utterance(missed.ticket, missed.speak, settings["one"])
        done = self._on_clock(self._told)
        before = time.monotonic() + self._announcer.said_within - (server_now - missed.at)
        self._voice.say(f"missed {missed.ticket}", pieces, self._manner(), done, before=before)

    def _told(self) -> None:
        self._telling = False
        self.step()

    def _said(self, turn: Turn) -> None:
        self._announcer.said()
        self._tell(turn.calls)
        self.step()

    def _tell(self, calls: Iterable[Call]) -> None:
        for call in calls:
            self._line.send(Asks.ANNOUNCED, {"call": call.id}, patience=PATIENCE_SECONDS)

    def _manner(self) -> Manner:
        voice = self._picture.settings["voice"]
        return Manner(self._picture.volume(self._now()), voice["rate"], voice["clips"])

    # --- the screen ---

    def _set_up(self) -> None:
        """Put up the board that the config and the window's shape ask for, if another one stands there.

        Until the server has told the config, and where it lacks this board, the command line counts.
        """
        is_own = self._picture.is_windows_own if self._picture.hall else self._window is not None
        wanted = BOARDS[is_own, is_upright()]
        if type(self._board) is wanted:
            return
        self._board = wanted()
        self._board.large_place.bind(size=self._redraw)
        self._measure()
        self._root.clear_widgets()
        self._root.add_widget(self._board)

    def _reshape(self) -> None:
        """The window has another size; a screen may have been turned."""
        self._set_up()
        self._fit_distance()
        self._measure()

    def _measure(self) -> None:
        if self._board:
            width, height = self._board.nominal
            self.unit = min(Window.width / width, Window.height / height)
        self._shaded.size = Window.size
        self._redraw()

    def _draw(self, *_: Any) -> None:
        now = self._now()
        if self._board:
            self._board.show(self._picture, self._announcer, now, self.unit, self._photo(now))
        self._shade.a = 1 - self._picture.brightness(now) / 100

    def _hang_pictures(self) -> None:
        """The pictures between calls, from where the config has them now."""
        wanted = self._picture.settings["pictures"]
        folder = self._folder / wanted if wanted else None
        if self._gallery and self._gallery.folder == folder:
            return
        if self._gallery:
            self._gallery.close()
        self._gallery = Gallery(folder, self._clock) if folder else None

    def _photo(self, now: Seconds) -> Photo | None:
        """The picture whose turn it is, while nobody is called in an open hall."""
        if self._gallery is None or not isinstance(self._board, HallBoard):
            return None
        if self._picture.resting() or not self._announcer.is_at_rest(now, PICTURE_AFTER):
            self._gallery.put_away()
            return None
        width, height = self._board.photo_size(self.unit)
        return self._gallery.photo(turns(now), (width, height))

    def _roll(self) -> None:
        if self._gallery and self._gallery.film and isinstance(self._board, HallBoard):
            photo = self._photo(self._now())
            if photo:
                self._board.roll(photo)

    def _health(self) -> list[Body]:
        devices: list[Body] = [{"id": "screen", "kind": "screen", "state": "ok", "detail": ""}]
        if self._audible and self._picture.settings["voice"]["on"]:
            devices += [report.body() for report in self._voice.health()]
        return devices


def is_upright() -> bool:
    return bool(Window.height > Window.width)


def written(turn: Turn) -> str:
    """What a turn says, for people who read the log of sounds: "A012-5", or "again A012-5"."""
    return ", ".join(
        f"{'again ' if call.kind is CallKind.RECALL else ''}{call.ticket}-{call.window}"
        for call in turn.calls
    )
