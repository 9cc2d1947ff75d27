"""Builds every screen of the kiosk in one window, in every mode, and tells what stands on it.

`python -m tests.kiosk.widget_tree 1080x1920 [SCREEN …]` prints a line of JSON for each screen in each of
`WALKS`: its texts and controls, with sizes in millimetres, as a real window of this size lays them out. Where
a walk is drawn, each text's ground is read from the picture. Several sizes, parted by commas, are walked one
after the other in the same window. As in the kiosk, a frame stands as long as its look does.
"""

from __future__ import annotations

import gc
import json
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np

from assets import screen
from kiosk import guidance
from kiosk.narrator import Narrator
from kiosk.pinyin import Candidate
from tests.kiosk.every_screen import SCREENS, SIZES_MM, WALKS, Walk, visit
from tests.stage_child import MARKUP, shown_widgets

SETTLED = 60
"""Frames after which a page must stand still."""
STILL = 2
"""So many frames without a change are enough: what a page lays out later follows in the very next."""
DIGITS_AIR = 0.7
"""Of a font's size: what a line of digits leaves empty, which go no lower than the line."""
PARTED = 4
"""Every fourth pixel of every fourth row tells the colour of a ground."""
ROUNDING = 1.5
"""Pixels by which what stands side by side may meet."""


def main() -> None:
    sizes = [tuple(int(part) for part in one.split("x")) for one in sys.argv[1].split(",")]
    opened_window(sizes[0])
    gc.disable()
    walker = Walker()
    for size in sizes:
        walker.resize(size)
        for walk in WALKS:
            for name in sys.argv[2:] or SCREENS:
                print(json.dumps(walker.look_at(name, walk), ensure_ascii=False), flush=True)
            gc.collect()


def opened_window(size: tuple[int, ...]) -> None:
    """Ask for a window whose frames follow one another at once; before the first `Walker`."""
    screen.window(*size)
    from kivy.clock import Clock

    Clock._max_fps = 0


def _app() -> Any:
    from kivy.app import App

    class Stand(App):  # type: ignore[misc]
        """Stands in for the kiosk's app, of which the screens ask the look alone."""

        look: Any = None

        def build(self) -> Any:
            from kivy.uix.floatlayout import FloatLayout

            self.holder = FloatLayout()
            return self.holder

    app = Stand()
    app._run_prepare()
    return app


class Walker:
    """Goes from screen to screen in one window."""

    def __init__(self) -> None:
        self._app = _app()
        self._root: Any = None
        self._stands: object = None

    def resize(self, size: tuple[int, ...]) -> None:
        from kivy.base import EventLoop
        from kivy.core.window import Window

        Window.size = size
        EventLoop.idle()
        self._app.holder.size = size
        self._stands = None

    def look_at(self, name: str, walk: Walk) -> dict[str, Any]:
        """Build one screen, and tell all that a person could see of it."""
        from kivy.core.window import Window

        kiosk = visit(name, walk.language, walk.modes)
        root, look = self.stand(kiosk)
        picture = draw() if walk.is_drawn else None
        shown = list(shown_widgets(root))
        return {
            "screen": name,
            "size": list(Window.size),
            "language": walk.language,
            # After a crash a visit is gone, and its modes with it.
            "modes": sorted(kiosk.visit.modes),
            "height_mm": Window.height / look.scale.per_mm,
            "texts": list(texts_of(shown, look, picture, walk.tries_larger)),
            "controls": list(controls_of(shown, root, look)),
            "order": [one.said(walk.language) for one in root.controls()],
            "sentence": guidance.screen(kiosk.state, kiosk.now),
            "in_other": guidance.screen(in_other_language(kiosk), kiosk.now),
            "told": told(kiosk, root),
            "lost": list(lost_texts(root)),
            "overlaps": list(overlaps(shown)),
        }

    def stand(self, kiosk: Any) -> tuple[Any, Any]:
        """Show where a visit stands, and wait until it stands still; its root, and its look."""
        from kivy.core.window import Window

        from kiosk.screens.look import Look

        look = Look.of(Window.size, SIZES_MM[Window.height >= Window.width], kiosk.visit.modes)
        root = self._show(kiosk, look)
        settle(root)
        return root, look

    def _show(self, kiosk: Any, look: Any) -> Any:
        """As `KioskApp` does."""
        from kiosk.app import PAGES
        from kiosk.screens.frame import Frame, Root

        common = {"state": kiosk.state, "now": kiosk.now, "look": look, "tell": kiosk.do}
        common["offer"] = lambda _letters: (
            [Candidate("基金", 5), Candidate("激进", 5), Candidate("几斤", 5)] * 3
        )
        stands = (look, Frame.shape(kiosk.state))
        if stands != self._stands:
            self._stands, self._app.look = stands, look
            self._app.holder.clear_widgets()
            self._root = Root(Frame(**common))
            self._app.holder.add_widget(self._root)
        self._root.frame.show(PAGES[kiosk.visit.place](**common))
        self._root.follow(kiosk.state, kiosk.now)
        self._root.frame.caption = told(kiosk, self._root)
        return self._root


def told(kiosk: Any, root: Any) -> str:
    """What is read out of a screen that is new, where things are."""
    narrator = Narrator(kiosk.state, kiosk.now)
    names = [one.said(kiosk.visit.language) for one in root.choices()]
    return narrator.follow(kiosk.state, kiosk.now, names)


def in_other_language(kiosk: Any) -> Any:
    from kiosk.screens.parts import other

    return replace(kiosk.state, visit=replace(kiosk.visit, language=other(kiosk.visit.language)))


def settle(root: Any) -> None:
    """Let frames pass until nothing moves any more."""
    before, still = None, 0
    for _ in range(SETTLED):
        frame()
        now = [(*one.pos, *one.size, getattr(one, "font_size", 0)) for one in root.walk()]
        still = still + 1 if now == before else 0
        if still >= STILL:
            return
        before = now
    raise AssertionError("the page does not come to rest")


def frame() -> None:
    """A frame as Kivy's event loop makes it, but for drawing it."""
    from kivy.clock import Clock
    from kivy.lang import Builder

    Clock.tick()
    Builder.sync()
    Clock.tick_draw()
    Builder.sync()


def draw() -> Any:
    """The picture as it stands: rows from the bottom up, a number a pixel."""
    from kivy.core.window import Window
    from kivy.graphics.opengl import GL_RGBA, GL_UNSIGNED_BYTE, glReadPixels

    Window.dispatch("on_draw")
    pixels = glReadPixels(0, 0, Window.width, Window.height, GL_RGBA, GL_UNSIGNED_BYTE)
    return np.frombuffer(pixels, np.uint32).reshape(Window.height, Window.width)


def texts_of(shown: Iterable[Any], look: Any, picture: Any, tries_larger: bool) -> Iterator[dict[str, Any]]:
    for widget in shown:
        if not (text := text_of(widget)):
            continue
        yield {
            "text": text,
            "page": page_of(widget),
            "is_content": is_content(widget),
            "capital_mm": widget.font_size * 0.733 / look.scale.per_mm,
            "over": list(over(widget)),
            "hanging": begins_badly(widget),
            "broken": broken_words(widget, text),
            "ink": list(widget.color),
            "ground": None if picture is None else ground_of(widget, picture),
            "small": tries_larger and is_small(widget, look),
        }


def is_small(label: Any, look: Any) -> bool:
    """Whether a text shrank although it would have had room in the next larger size."""
    from kiosk.screens.parts import Fit

    if not isinstance(label, Fit) or label.left_out:
        return False
    larger, size = None, look.font(label.design)
    while size > label.font_size:
        larger, size = size, look.smaller_font(size)
    if larger is None:
        return False
    label._try(larger)
    fits = label._fits()
    label._lay_out()
    return bool(fits)


def is_content(widget: Any) -> bool:
    """Whether a text stands on the page itself, to be told to whoever can't see it."""
    from kiosk.screens.parts import Choice, Fit

    of_control = any(isinstance(one, Choice) for one in (widget, *ancestors(widget)))
    return isinstance(widget, Fit) and not widget.unsaid and not of_control


def over(label: Any) -> Iterator[float]:
    """Pixels by which the signs of a text, without the air above and below them, outgrow its room."""
    from kiosk.screens.parts import AIR, Number

    air = DIGITS_AIR if isinstance(label, Number) else AIR
    yield label.texture_size[0] - label.width
    yield label.texture_size[1] - air * label.font_size - label.height


def text_of(widget: Any) -> str:
    """What a label shows; "" for what is no label, or an empty one."""
    if not hasattr(widget, "texture_size"):
        return ""
    return MARKUP.sub("", str(widget.text or "")).strip()


def page_of(widget: Any) -> str:
    """The page, or the question over it, that a widget belongs to."""
    from kiosk.screens.parts import Page

    while not isinstance(widget, Page):
        widget = widget.parent
    return type(widget).__name__


def lines_of(label: Any) -> list[str]:
    return ["".join(word.text for word in line.words).strip() for line in label._label._cached_lines]


def begins_badly(label: Any) -> list[str]:
    """Signs that may not stand where a line begins."""
    from kiosk.screens.parts import HANGING

    return [line[0] for line in lines_of(label) if line and line[0] in HANGING]


def broken_words(label: Any, text: str) -> list[str]:
    """Words of Latin letters that go on in the next line, and what else must stay together."""
    from kiosk.screens.parts import UNBROKEN

    lines = lines_of(label)
    kept = re.findall(f".{UNBROKEN}.", text)
    words = re.findall(r"(?<!\S)[!-~–]+(?!\S)", text)
    return [part for part in (*words, *kept) if not any(part in line for line in lines)]


def ground_of(widget: Any, picture: Any) -> list[float]:
    """The commonest colour where the text stands."""
    left, bottom = (max(0, round(part)) for part in widget.to_window(*widget.pos))
    part = picture[
        bottom : bottom + round(widget.height) : PARTED, left : left + round(widget.width) : PARTED
    ]
    colours, counts = np.unique(part, return_counts=True)
    commonest = colours[counts.argmax() : counts.argmax() + 1]
    return [int(value) / 255 for value in commonest.view(np.uint8)]


def controls_of(shown: Iterable[Any], root: Any, look: Any) -> Iterator[dict[str, Any]]:
    """Controls that can be touched."""
    from kiosk.screens.parts import Choice

    for widget in shown:
        if isinstance(widget, Choice) and not widget.disabled:
            left, bottom = widget.to_window(*widget.pos)
            yield {
                "said": widget.said(root.frame.language),
                "page": page_of(widget),
                "does": type(widget.does).__name__,
                "is_key": is_key(widget),
                "width_mm": widget.width / look.scale.per_mm,
                "height_mm": widget.height / look.scale.per_mm,
                "left_mm": left / look.scale.per_mm,
                "bottom_mm": bottom / look.scale.per_mm,
            }


def is_key(control: Any) -> bool:
    """Whether a control is one of a keyboard's keys."""
    from kiosk.screens.keyboard import KeyBoard
    from kiosk.screens.pad import Pad

    while control is not None and not isinstance(control, KeyBoard | Pad):
        control = control.parent if control.parent is not control else None
    return control is not None


def lost_texts(widget: Any) -> Iterator[str]:
    """Texts that should be seen, and have no room at all."""
    if widget.opacity == 0:
        return
    if (text := text_of(widget)) and (widget.width < 1 or widget.height < 1):
        yield text
    for child in widget.children:
        yield from lost_texts(child)


def overlaps(shown: Iterable[Any]) -> Iterator[list[str]]:
    """Texts and controls of one page of which neither stands in the other, and that yet share a place."""
    from kiosk.screens.parts import Choice

    parts = [one for one in shown if isinstance(one, Choice) or text_of(one)]
    boxes = [(*one.to_window(*one.pos), *one.to_window(one.right, one.top)) for one in parts]
    above = [set(map(id, ancestors(one))) for one in parts]
    for one, other in combinations(range(len(parts)), 2):
        a, b = boxes[one], boxes[other]
        wide = min(a[2], b[2]) - max(a[0], b[0])
        high = min(a[3], b[3]) - max(a[1], b[1])
        nested = id(parts[one]) in above[other] or id(parts[other]) in above[one]
        if min(wide, high) > ROUNDING and not nested and page_of(parts[one]) == page_of(parts[other]):
            yield [name_of(parts[one]), name_of(parts[other])]


def ancestors(widget: Any) -> Iterator[Any]:
    while widget.parent is not None and widget.parent is not widget:
        widget = widget.parent
        yield widget


def name_of(widget: Any) -> str:
    return text_of(widget) or str(getattr(widget, "plain", ""))


if __name__ == "__main__":
    main()
