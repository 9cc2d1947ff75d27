"""How large things are on this kiosk's screen."""

from __future__ import annotations

from dataclasses import dataclass

from assets import theme
from assets.screen import Scale

BODY_CAPITAL_MM = 7.4
"""Capitals of the smallest text: 0.7° of the eye's field at 600 mm (EN 301 549, 5.1.4)."""
TIGHT_CAPITAL_MM = 4.8
"""Where that doesn't fit, on a small screen: the least that may be (ADA 707.7)."""
SHORT, LONG = 1080, 1920
"""The screens are drawn for such a picture; another one is drawn larger or smaller as a whole."""


@dataclass(frozen=True, slots=True)
class Look:
    """Lengths are given as on a picture of 1080 × 1920 (or turned) and come out in pixels."""

    width: float
    height: float
    scale: Scale

    @classmethod
    def of(cls, size_px: tuple[float, float], size_mm: tuple[float, float]) -> Look:
        """The config's measures are turned when the window is turned against them."""
        width, height = size_px
        width_mm, height_mm = size_mm
        if (width > height) != (width_mm > height_mm):
            width_mm, height_mm = height_mm, width_mm
        return cls(width, height, Scale.of(width, height, width_mm, height_mm))

    @property
    def portrait(self) -> bool:
        return self.height >= self.width

    @property
    def unit(self) -> float:
        short, long = sorted((self.width, self.height))
        return min(short / SHORT, long / LONG)

    def px(self, length: float) -> float:
        return length * self.unit

    def font(self, size: float) -> float:
        """A font of this size, but never smaller than can be read from 600 mm."""
        return max(self.px(size), self.scale.font(BODY_CAPITAL_MM))

    @property
    def smallest_font(self) -> float:
        """Where a text must fit into a given room."""
        return self.scale.font(TIGHT_CAPITAL_MM)


def colour(name: str) -> tuple[float, float, float, float]:
    """A colour of the theme, for kv; no name is no colour."""
    return theme.rgba(name) if name else (0.0, 0.0, 0.0, 0.0)
