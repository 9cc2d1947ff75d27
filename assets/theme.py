"""One set of colours, sizes and timings for Kivy screens and web pages.

Every pair of text and ground named in `TEXT_PAIRS` has a contrast of at least 7:1.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

COLOURS: Final[dict[str, str]] = {
    "ink": "#10202f",
    "ink-2": "#3a4a59",
    "paper": "#ffffff",
    "floor": "#eef2f6",
    "line": "#cbd5df",
    "blue": "#0b4a8f",
    "blue-soft": "#e3edf8",
    "blue-ink": "#08366b",
    "teal": "#00575c",
    "violet": "#55297f",
    "brown": "#7a3500",
    "crimson": "#8a1230",
    "good": "#0a5c33",
    "warn": "#7a4a00",
    "bad": "#9b1220",
    "bad-soft": "#fdecee",
    "night": "#06182b",
    "night-2": "#0e2a45",
    "amber": "#ffc845",
    "amber-ink": "#1b1200",
    "mist": "#d7e3ef",
}

GROUP_COLOURS: Final = ("blue", "teal", "violet", "brown", "crimson")
"""The groups' colours, in the order of the config; they go round again after the last."""

FACES: Final = ((5, "good"), (4, "leaf"), (3, "ink-2"), (2, "brown"), (1, "bad"))
COLOURS["leaf"] = "#1d5a1f"

TEXT_PAIRS: Final = (
    ("ink", "paper"),
    ("ink", "floor"),
    ("ink-2", "paper"),
    ("ink-2", "floor"),
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


def group_colour(position: int) -> str:
    """The colour's name of the group that stands at `position` in the config."""
    return GROUP_COLOURS[position % len(GROUP_COLOURS)]


def rgba(name: str, alpha: float = 1.0) -> tuple[float, float, float, float]:
    """A colour as Kivy wants it: four numbers from 0 to 1."""
    red, green, blue = (int(COLOURS[name][at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue, alpha


def contrast(one: str, other: str) -> float:
    """The WCAG contrast of two named colours, 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(name: str) -> float:
    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

    red, green, blue, _ = rgba(name)
    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)


def css() -> str:
    """The colours as CSS custom properties, for every web page."""
    lines = "".join(f"--{name}:{value};" for name, value in COLOURS.items())
    return f":root{{{lines}--corner:{CORNER}px}}\n"
