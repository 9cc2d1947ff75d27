"""Builds every screen of the kiosk in a window, in every mode, and tells what stands on it.

`python -m tests.kiosk.widget_tree 1080x1920 [SCREEN …]` prints a line of JSON for each screen, language
and set of modes: its texts and controls, with sizes in millimetres, as a real window lays them out. In
none and in high contrast it is drawn, too, and each text's ground is read from the picture.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np

from assets import screen
from kiosk.events import Mode
from kiosk.pinyin import Candidate
from queue_server.hall.model import Language
from tests.kiosk.every_screen import MODES, SCREENS, SIZES_MM, visit
from tests.stage_child import MARKUP, shown_widgets

SETTLED = 60
"""Looks after which a page must stand still."""


def main() -> None:
    width, _, height = sys.argv[1].partition("x")
    screen.window(int(width), int(height))
    from kivy.config import Config

    Config.set("graphics", "maxfps", "0")
    from kivy.app import App

    class Walk(App):  # type: ignore[misc]
        """Stands in for the kiosk's app, of which the screens ask the look alone."""

        look: Any = None

        def build(self) -> Any:
            from kivy.uix.floatlayout import FloatLayout

            self.holder = FloatLayout()
            return self.holder

    app = Walk()
    app._run_prepare()
    for name in sys.argv[2:] or SCREENS:
        for modes in MODES:
            # English words are the longer ones: where letters are large they are what must fit.
            language = Language.EN if Mode.LARGE in modes else Language.ZH
            print(json.dumps(look_at(app, name, language, modes), ensure_ascii=False), flush=True)


def look_at(app: Any, name: str, language: Language, modes: frozenset[Mode]) -> dict[str, Any]:
    """Build one screen, and tell all that a person could see of it."""
    from kivy.core.window import Window

    from kiosk.app import PAGES
    from kiosk.screens.frame import Frame, Root
    from kiosk.screens.look import Look

    kiosk = visit(name, language, modes)
    app.look = look = Look.of(Window.size, SIZES_MM[Window.height >= Window.width], modes)
    common = {"state": kiosk.state, "now": kiosk.now, "look": look, "tell": kiosk.do}
    common["offer"] = lambda _letters: [Candidate("基金", 5), Candidate("激进", 5), Candidate("几斤", 5)] * 3
    app.holder.clear_widgets()
    root = Root(Frame(**common))
    app.holder.add_widget(root)
    root.frame.show(PAGES[kiosk.visit.place](**common))
    root.follow(kiosk.state, kiosk.now)
    settle(root)
    picture = draw() if modes <= {Mode.CONTRAST} else None
    return {
        "screen": name,
        "language": language,
        "modes": sorted(modes),
        "height_mm": Window.height / look.scale.per_mm,
        "texts": list(texts_of(root, look, picture)),
        "controls": list(controls_of(root, look)),
        "order": [one.said(language) for one in root.controls()],
    }


def settle(root: Any) -> None:
    """Let frames pass until nothing moves any more."""
    before = None
    for _ in range(SETTLED):
        for _ in range(3):
            frame()
        now = [(*one.pos, *one.size, getattr(one, "font_size", 0)) for one in root.walk()]
        if now == before:
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
    """The picture as it stands: rows from the bottom up, four bytes a pixel."""
    from kivy.core.window import Window
    from kivy.graphics.opengl import GL_RGBA, GL_UNSIGNED_BYTE, glReadPixels

    Window.dispatch("on_draw")
    pixels = glReadPixels(0, 0, Window.width, Window.height, GL_RGBA, GL_UNSIGNED_BYTE)
    return np.frombuffer(pixels, np.uint8).reshape(Window.height, Window.width, 4)


def texts_of(root: Any, look: Any, picture: Any) -> Iterator[dict[str, Any]]:
    for widget in shown_widgets(root):
        text = MARKUP.sub("", str(getattr(widget, "text", "") or ""))
        if not text.strip() or not hasattr(widget, "texture_size"):
            continue
        yield {
            "text": text,
            "page": page_of(widget),
            "capital_mm": widget.font_size * 0.733 / look.scale.per_mm,
            "over_mm": [
                (have - room) / look.scale.per_mm
                for have, room in zip(widget.texture_size, widget.size, strict=True)
            ],
            "hanging": begins_badly(widget),
            "ink": list(widget.color),
            "ground": None if picture is None else ground_of(widget, picture),
        }


def page_of(widget: Any) -> str:
    """The page, or the question over it, that a widget belongs to."""
    from kiosk.screens.parts import Page

    while not isinstance(widget, Page):
        widget = widget.parent
    return type(widget).__name__


def begins_badly(label: Any) -> list[str]:
    from kiosk.screens.parts import HANGING, first_signs

    return [sign for sign in first_signs(label) if sign in HANGING]


def ground_of(widget: Any, picture: Any) -> list[float]:
    """The commonest colour where the text stands."""
    left, bottom = (max(0, round(part)) for part in widget.to_window(*widget.pos))
    part = picture[bottom : bottom + round(widget.height), left : left + round(widget.width)]
    colours, counts = np.unique(part.reshape(-1, 4), axis=0, return_counts=True)
    return [int(value) / 255 for value in colours[counts.argmax()]]


def controls_of(root: Any, look: Any) -> Iterator[dict[str, Any]]:
    """Controls that can be touched."""
    from kiosk.screens.parts import Choice

    for widget in shown_widgets(root):
        if isinstance(widget, Choice) and not widget.disabled:
            left, bottom = widget.to_window(*widget.pos)
            yield {
                "said": widget.said(root.frame.language),
                "page": page_of(widget),
                "does": type(widget.does).__name__,
                "width_mm": widget.width / look.scale.per_mm,
                "height_mm": widget.height / look.scale.per_mm,
                "left_mm": left / look.scale.per_mm,
                "bottom_mm": bottom / look.scale.per_mm,
            }


if __name__ == "__main__":
    main()
