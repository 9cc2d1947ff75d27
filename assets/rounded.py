"""Rounded panels as small pictures whose middle stretches: one quick stroke each, instead of many lines."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TypeVar

from kivy.graphics.texture import Texture

Rgba = tuple[float, float, float, float]

Part = TypeVar("Part")

KEPT = 256
"""So many kinds of panels are kept; a screen has some dozen."""


def border(corner: float, width: float) -> int:
    """Pixels from the panel's edge to where it looks the same all the way.

    One more than what differs: where the middle begins to stretch, a graphics card mixes in its neighbour.
    """
    return math.ceil(max(corner, width)) + 1


def outside(width: float) -> int:
    """Pixels by which the picture is larger than its panel on each side: a line lies half outside."""
    return math.ceil(width) + 1


@lru_cache(maxsize=KEPT)
def picture(corner: float, width: float, ground: Rgba, line: Rgba) -> Texture:
    """A panel with corners of this radius, and a line about it of `width` pixels to either side."""
    edge = border(corner, width) + outside(width)
    side = 2 * edge + 1
    quarter = [[_pixel(x, y, corner, width, ground, line) for x in range(edge + 1)] for y in range(edge + 1)]
    rows = [_mirrored(row) for row in quarter]
    pixels = b"".join(b"".join(row) for row in _mirrored(rows))
    texture = Texture.create(size=(side, side), colorfmt="rgba")
    texture.blit_buffer(pixels, colorfmt="rgba", bufferfmt="ubyte")
    return texture


def _mirrored(half: list[Part]) -> list[Part]:
    """With the other half; what is in the middle stands once."""
    return [*half, *half[-2::-1]]


def _pixel(x: int, y: int, corner: float, width: float, ground: Rgba, line: Rgba) -> bytes:
    """The pixel at a place from the picture's lower left; its edges are as smooth as they are covered."""
    margin = outside(width)
    across, down = x + 0.5 - margin, y + 0.5 - margin
    if across < corner and down < corner:
        inside = corner - math.hypot(corner - across, corner - down)
    else:
        inside = min(across, down)
    lined = line[3] * _covered(width - abs(inside))
    filled = ground[3] * _covered(inside) * (1 - lined)
    alpha = lined + filled
    if not alpha:
        return bytes(4)
    mixed = [(a * lined + b * filled) / alpha for a, b in zip(line[:3], ground[:3], strict=True)]
    return bytes(round(255 * part) for part in (*mixed, alpha))


def _covered(inside: float) -> float:
    """How much of a pixel lies inside an edge that is so far from its middle."""
    return min(max(inside + 0.5, 0.0), 1.0)
