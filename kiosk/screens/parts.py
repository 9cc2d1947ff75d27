"""What the kiosk's screens are made of: texts that fit, keys that say and show, a QR code.

A screen is a `Page` with a kv rule of its own, named in `kiosk.app.PAGES`. It declares:

- each control as a `Choice` (a `Plain` where a sign and words are enough): `does` is the event that it
  tells, or what is called for it when it is pressed; `words` is what it shows, `spoken` what is read of
  it where that is more than its words, and `chosen` whether it is ticked, which is shown by a tick and
  said, too. Nothing else is bound to it.
- its sentence for who can't see it, in `kiosk.guidance`: with all that stands beside the controls, but for
  what is `unsaid`.
- where `low` is set, that all its controls stand in its lowest `reach()` pixels; where `large` is set,
  that it shows no more than must be there. Colours come from `app.look.colour`, lengths from `u`, and
  room for letters from `t`, so that high contrast and large text hold without more.

From this follow the key pad's way through the screen, speech, every mode, and the tests: a new screen
is added to `tests/kiosk/every_screen.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kivy.app import App
from kivy.clock import Clock
from kivy.graphics import Color, Rectangle, SmoothLine
from kivy.graphics.texture import Texture
from kivy.lang import Builder
from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.label import Label
from kivy.uix.widget import Widget

from assets import texts
from assets.screen import Key, Panel
from kiosk.events import Mode
from kiosk.screens.icons import CIRCLE, SIGNS
from kiosk.slip import code
from kiosk.visit import State
from queue_server.hall.model import Language

Builder.load_file(str(Path(__file__).with_suffix(".kv")))

QUIET = 2
"""White modules around a QR code on the screen, where all about it is white anyway."""


def other(language: Language) -> Language:
    return Language.EN if language is Language.ZH else Language.ZH


class Icon(Widget):  # type: ignore[misc]
    """The sign `name`, as large as fits, in the colour named by `ink`."""

    name = StringProperty("")
    ink = StringProperty("ink")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        redraw = Clock.create_trigger(self._draw, -1)
        self.bind(pos=redraw, size=redraw, name=redraw, ink=redraw)

    def _draw(self, *_args: object) -> None:
        unit = min(self.size) / 24
        left, top = self.x + self.width / 2 - 12 * unit, self.y + self.height / 2 + 12 * unit
        self.canvas.clear()
        with self.canvas:
            Color(*App.get_running_app().look.colour(self.ink))
            for stroke in SIGNS.get(self.name, ()):
                if stroke[0] == CIRCLE:
                    x, y, radius = (float(part) for part in stroke[1:])
                    SmoothLine(circle=(left + x * unit, top - y * unit, radius * unit), width=1.3 * unit)
                else:
                    at = [float(part) for part in stroke]
                    pairs = zip(at[::2], at[1::2], strict=True)
                    points = [each for x, y in pairs for each in (left + x * unit, top - y * unit)]
                    SmoothLine(points=points, width=1.3 * unit, joint="round", cap="round")


class Say(Label):  # type: ignore[misc]
    """A text that wraps and is as high as it needs; `design` is its size on a 1080-wide picture."""

    design = NumericProperty(30)
    ink = StringProperty("ink")


AIR = 0.16
"""Of a font's size: what a line leaves empty above and below its signs, at the least."""


class Fit(Label):  # type: ignore[misc]
    """A text in a given room: it wraps, and shrinks down to the smallest size where it must."""

    design = NumericProperty(30)
    ink = StringProperty("ink")
    spare = BooleanProperty(False)
    """It may be left out, and is where it has no room: all that matters is said elsewhere."""
    left_out = BooleanProperty(False)
    unsaid = BooleanProperty(False)
    """It is for the eye alone: others must not hear it, it is of use to the eye only, or the sentence of its
    screen says the same in other words.
    """
    less = ObjectProperty(None, allownone=True)
    """A spare text beside it, which makes room for it where it must."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._seen: tuple[float, float] | None = None
        # Whatever changes, it is fitted, and drawn while it is: Kivy would draw it once before that, in vain.
        self._trigger_texture.cancel()
        self._trigger_texture: Any = Clock.create_trigger(self._fit, -1)
        self.bind(size=self._fit_soon, design=self._fit_soon)
        self._fit_soon()

    def _fit_soon(self, *_args: object) -> None:
        self._trigger_texture()

    def _fit(self, _seconds: float) -> None:
        """Fit once the room stands still: while a page is laid out it changes many times a frame."""
        if self._seen != tuple(self.size):
            self._seen = tuple(self.size)
            self._fit_soon()
        elif self.text and self.width >= 1 and self.height >= 1:
            self._lay_out()

    def _lay_out(self) -> None:
        look = App.get_running_app().look
        size, smallest = look.font(self.design), look.smallest_font
        self._try(size)
        while not self._fits() and size > smallest:
            size = look.smaller_font(size)
            self._try(size)
        if not self._fits():
            self._make_room()
        if self.valign != "middle":
            self.text_size = (self._room, max(self.height, self.texture_size[1]))
            self.texture_update()
        # Each change above asked for another drawing of what is drawn already.
        self._trigger_texture.cancel()

    def _make_room(self) -> None:
        if self.spare:
            self.left_out = True
        elif self.less is not None:
            self.less.left_out = True

    def _fits(self) -> bool:
        within = self.texture_size[1] <= self.height + AIR * self.font_size
        return within and not breaks_a_word(self) and not parts_short(self)

    def _try(self, size: float) -> None:
        """Lay the text out; what may not begin a line takes the sign before it along."""
        self.font_size = size
        found: dict[float, int] = {}
        for narrower in range(3):
            room = self.width - narrower * size
            self._lay(room)
            found[room] = faults(self)
            if not found[room]:
                return
        self._lay(min(found, key=found.__getitem__))

    def _lay(self, room: float) -> None:
        self._room = room
        self.text_size = (room, None)
        self.texture_update()


UNBROKEN = "\N{NO-BREAK SPACE}"
"""Stands between what belongs in one line, as a figure and its unit."""

HANGING = frozenset("，。？！：；、）”…")
"""Signs that may not stand at the beginning of a line."""

SHORT = 6
"""Signs; so short a text is read at a glance, and stays in one line."""

MARKUP = re.compile(r"\[/?[a-z]+(=[^\]]*)?\]")


def faults(label: Label) -> int:
    """How badly the lines of a text end: 0 is well, and 1 that the last of several is a single sign."""
    more = _told(label)[1:]
    alone = bool(more) and len(more[-1].rstrip("".join(HANGING))) == 1
    torn = any(after in HANGING or _belongs(before, after) for before, after in breaks(label))
    return 2 * torn + alone


def parts_short(label: Label) -> bool:
    """Whether a text that is no longer than a word or two of Hanzi goes on in the next line."""
    text = MARKUP.sub("", label.text)
    return len(text) <= SHORT and not text.isascii() and len(_told(label)) > text.count("\n") + 1


def breaks_a_word(label: Label) -> bool:
    """Whether a word of Latin letters, or what must stay together, goes on in the next line."""
    return any(_belongs(before, after) for before, after in breaks(label))


def breaks(label: Label) -> Iterator[tuple[str, str]]:
    """The signs before and after the end of each line, as Kivy has laid a text out.

    Kivy takes the space away at which it breaks: whether there was one, only the text tells.
    """
    text, at = MARKUP.sub("", label.text).strip(), 0
    for told in _told(label)[:-1]:
        at = max(at, text.find(told, at) + len(told))
        before, rest = text[at - 1 : at], text[at:]
        yield before, rest[:1]
        at += len(rest) - len(rest.lstrip(" \n"))


def _told(label: Label) -> list[str]:
    return ["".join(word.text for word in line.words).strip(" ") for line in label._label._cached_lines]


def _belongs(before: str, after: str) -> bool:
    return UNBROKEN in (before, after) or (_is_latin(before) and _is_latin(after))


def _is_latin(sign: str) -> bool:
    return sign.isascii() and sign.isalnum()


class Number(Label):  # type: ignore[misc]
    """A ticket's number, as large as its room."""


class Choice(Key):
    """A control; see above. `fill`, `ink` and `edge` are colours' names, `edge` of its line."""

    does = ObjectProperty(None, allownone=True)
    words = StringProperty("")
    spoken = StringProperty("")
    chosen = BooleanProperty(False)
    fill = StringProperty("paper")
    ink = StringProperty("ink")
    edge = StringProperty("")

    def on_release(self) -> None:
        page = page_of(self)
        if page.hear:
            page.hear(self)
        event = self.does() if callable(self.does) else self.does
        if event is not None:
            page.tell(event)

    def said(self, language: Language) -> str:
        """The control in one sentence."""
        return texts.say("spoken.chosen", language, what=self.plain) if self.chosen else self.plain

    @property
    def plain(self) -> str:
        """The same, whether it is ticked or not."""
        return str(self.spoken or self.words)


def page_of(widget: Widget) -> Page:
    """The screen on which something stands."""
    while not isinstance(widget, Page):
        widget = widget.parent
    return widget


class Plain(Choice):
    """A key with a sign, and a text beside it or under it."""

    icon = StringProperty("")
    design = NumericProperty(36)


class Card(Panel):
    """A white panel with a fine line."""


class Code(Widget):  # type: ignore[misc]
    """The QR code of `text`, black on white, as large as fits."""

    text_of_code = StringProperty("")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        redraw = Clock.create_trigger(self._draw, -1)
        self.bind(pos=redraw, size=redraw, text_of_code=redraw)

    def _draw(self, *_args: object) -> None:
        self.canvas.clear()
        if not self.text_of_code:
            return
        rows = code(self.text_of_code)
        count = len(rows) + 2 * QUIET
        # Whole pixels a module: a scanner reads edges, not greys.
        side = max(1, int(min(self.size) / count)) * count
        with self.canvas:
            Color(1, 1, 1, 1)
            Rectangle(
                pos=(int(self.x + (self.width - side) / 2), int(self.y + (self.height - side) / 2)),
                size=(side, side),
                texture=_texture(rows, count),
            )


def _texture(rows: Any, count: int) -> Any:
    grey = bytearray(b"\xff" * count * count)
    for y, row in enumerate(reversed(rows)):
        for x, dark in enumerate(row):
            if dark:
                grey[(y + QUIET) * count + x + QUIET] = 0
    texture = Texture.create(size=(count, count), colorfmt="luminance")
    texture.mag_filter = texture.min_filter = "nearest"
    texture.blit_buffer(bytes(grey), colorfmt="luminance", bufferfmt="ubyte")
    return texture


VISIBLE = frozenset({Mode.LARGE, Mode.CONTRAST, Mode.LOW})
"""Modes in which a page looks different."""


class Page(BoxLayout):  # type: ignore[misc]
    """One screen. `state` and `now` are set anew with every change; `tell` takes its events.

    A page is built anew when its `shape` changes; what else changes it follows by its properties.
    """

    state = ObjectProperty()
    now = NumericProperty(0)
    tell = ObjectProperty()
    look = ObjectProperty()
    offer = ObjectProperty()
    """Hanzi for letters (`Speller.candidates`)."""
    hear = ObjectProperty(None, allownone=True)
    """Told which control was touched, before the event of it."""
    portrait = BooleanProperty(True)
    large = BooleanProperty(False)
    low = BooleanProperty(False)

    def __init__(self, **kwargs: Any) -> None:
        look = kwargs["look"]
        super().__init__(portrait=look.portrait, large=look.large, low=look.low, **kwargs)

    @classmethod
    def shape(cls, state: State) -> tuple[object, ...]:
        """What can't change without building the page anew."""
        visit = state.visit
        return (visit.place, visit.language, visit.modes & VISIBLE)

    @property
    def compact(self) -> bool:
        """Whether what need not be shown must make room: the other language, above all."""
        return bool(self.large or self.low)

    def reach(self, below: float = 0.0) -> float:
        """How high a page's controls may stand in low reach, less a padding of `below` units."""
        height: float = self.look.reach - self.u(below)
        return height

    @property
    def language(self) -> Language:
        """Of this page: it is built anew in another."""
        language: Language = self.state.visit.language
        return language

    def u(self, length: float) -> float:
        """Pixels of a length on a 1080-wide picture."""
        pixels: float = self.look.px(length)
        return pixels

    def t(self, length: float) -> float:
        """The same for room that letters need: it grows with large text."""
        pixels: float = self.look.text(length)
        return pixels

    def say(self, key: str, **values: object) -> str:
        return texts.say(f"kiosk.{key}", self.language, **values)

    def say_other(self, key: str, **values: object) -> str:
        """In the other language, for whoever can't read this one."""
        return texts.say(f"kiosk.{key}", other(self.language), **values)

    def onward(self) -> str:
        """Where a form leads: to the number, or home for whoever has one."""
        return self.say("forms.go" if self.state.visit.items else "forms.home")

    def name(self, words: dict[str, str]) -> str:
        return words.get(self.language, "")

    def second(self, words: dict[str, str]) -> str:
        """A name in the other language below the first, where there is room for it."""
        return "" if self.compact else self.name_other(words)

    def name_other(self, words: dict[str, str]) -> str:
        return words.get(other(self.language), "")


def columns(page: Page) -> int:
    """How many rows of a list stand beside one another: three in a wide screen's lower half."""
    if page.portrait:
        return 2 if page.low else 1
    return 3 if page.low and not page.large else 2
