"""One set of colours, sizes and timings for Kivy screens and web pages.

Every pair of text and ground named in `TEXT_PAIRS` has a contrast of at least 7:1, in either palette.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Final

COLOURS: Final[dict[str, str]] = {
    "ink": "#10202f",
    "ink-2": "#3a4a59",
    "paper": "#ffffff",
    "floor": "#eef2f6",
    "line": "#cbd5df",
    "head": "#0b4a8f",
    "head-ink": "#ffffff",
    "blue": "#0b4a8f",
    "blue-soft": "#e3edf8",
    "blue-ink": "#08366b",
    "teal": "#00575c",
    "violet": "#55297f",
    "brown": "#7a3500",
    "crimson": "#8a1230",
    "good": "#0a5c33",
    "warn": "#6c4100",
    "bad": "#9b1220",
    "bad-soft": "#fdecee",
    "night": "#06182b",
    "night-2": "#0e2a45",
    "amber": "#ffc845",
    "amber-ink": "#1b1200",
    "mist": "#d7e3ef",
}

HIGH_CONTRAST: Final[dict[str, str]] = {
    "ink": "#ffffff",
    "ink-2": "#ffffff",
    "paper": "#000000",
    "floor": "#000000",
    "line": "#ffffff",
    "head": "#000000",
    "head-ink": "#ffffff",
    "blue": "#ffe14d",
    "blue-soft": "#00264d",
    "blue-ink": "#ffe14d",
    "teal": "#6df2e4",
    "violet": "#dcc2ff",
    "brown": "#ffc48a",
    "crimson": "#ffb3c4",
    "good": "#8dffb0",
    "warn": "#ffd27a",
    "bad": "#ffb8bf",
    "bad-soft": "#400008",
    "amber": "#ffe14d",
    "amber-ink": "#000000",
}
"""The kiosk's colours for who sees little: light on black, each filled key light with black letters."""

GROUP_COLOURS: Final = ("blue", "teal", "violet", "brown", "crimson")
"""The groups' colours, in the order of the config; they go round again after the last."""

FACES: Final = ((5, "good"), (4, "leaf"), (3, "ink-2"), (2, "brown"), (1, "bad"))
COLOURS["leaf"] = "#1d5a1f"

TEXT_PAIRS: Final = (
    ("ink", "paper"),
    ("ink", "floor"),
    ("ink-2", "paper"),
    ("ink-2", "floor"),
    ("head-ink", "head"),
    ("paper", "blue"),
    ("paper", "teal"),
    ("paper", "violet"),
    ("paper", "brown"),
    ("paper", "crimson"),
    ("paper", "ink"),
    ("paper", "night"),
    ("paper", "night-2"),
    ("blue-ink", "blue-soft"),
    ("blue", "paper"),
    ("good", "paper"),
    ("warn", "paper"),
    ("bad", "paper"),
    ("bad", "bad-soft"),
    ("ink", "bad-soft"),
    ("amber", "night"),
    ("amber", "night-2"),
    ("amber-ink", "amber"),
    ("paper", "good"),
    ("paper", "warn"),
    ("warn", "floor"),
    ("good", "floor"),
    ("ink", "blue-soft"),
    ("mist", "night"),
    ("mist", "night-2"),
    ("leaf", "paper"),
    ("brown", "paper"),
)

CORNER: Final = 20
"""Corners, in pixels of a 1080-wide kiosk."""
EDGE: Final = 56
GRID: Final = 8

FONT_REGULAR: Final = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")
FONT_BOLD: Final = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc")

CALL_SHOWN_SECONDS: Final = 4.0
"""A call keeps the board's large place at least this long."""
LARGE_TEXT: Final = 4 / 3
TYPE_STEPS: Final = 3
"""So many steps of the type scale make letters larger by `LARGE_TEXT`."""


def type_size(smallest: float, step: int) -> int:
    """A size of the type scale, in whole pixels: step 0 is the smallest that may be read.

    A program has few sizes of letters, in large text the same: each that was ever drawn holds 2.5 MB.
    """
    size: float = smallest * LARGE_TEXT ** (step / TYPE_STEPS)
    return math.ceil(round(size, 6))


def type_step(smallest: float, wanted: float) -> int:
    """The step of the type scale that is nearest to a wanted size."""
    return max(0, round(TYPE_STEPS * math.log(max(wanted, 1) / smallest, LARGE_TEXT)))


def group_colour(position: int) -> str:
    """The colour's name of the group that stands at `position` in the config."""
    return GROUP_COLOURS[position % len(GROUP_COLOURS)]


Rgba = tuple[float, float, float, float]


def rgba(name: str, alpha: float = 1.0, *, high_contrast: bool = False) -> Rgba:
    """A colour as Kivy wants it: four numbers from 0 to 1."""
    value = (HIGH_CONTRAST.get(name) if high_contrast else None) or COLOURS[name]
    red, green, blue = (int(value[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue, alpha


def contrast(one: str, other: str, *, high_contrast: bool = False) -> float:
    """The WCAG contrast of two named colours, 1 to 21."""
    return contrast_of(*(rgba(name, high_contrast=high_contrast) for name in (one, other)))


def contrast_of(one: Rgba, other: Rgba) -> float:
    """The WCAG contrast of two colours, 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: Rgba) -> float:
    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

    red, green, blue, _ = colour
    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)


def css() -> str:
    """The colours as CSS custom properties, for every web page."""
    lines = "".join(f"--{name}:{value};" for name, value in COLOURS.items())
    return f":root{{{lines}--corner:{CORNER}px}}\n"
