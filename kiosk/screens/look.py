"""How large things are on this kiosk's screen, in which colours, and within whose reach."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

from assets import theme
from assets.screen import Scale
from kiosk.events import Mode

BODY_CAPITAL_MM = 7.4
"""Capitals of the smallest text: 0.7° of the eye's field at 600 mm (EN 301 549, 5.1.4)."""
SHORT, LONG = 1080, 1920
"""The screens are drawn for such a picture; another one is drawn larger or smaller as a whole."""
FOOT_PORTRAIT, FOOT_LANDSCAPE = 272, 148
HEAD_PORTRAIT, HEAD_LANDSCAPE = 150, 108
"""Heights of what stands around every screen."""


@dataclass(frozen=True, slots=True)
class Look:
    """Lengths are given as on a picture of 1080 × 1920 (or turned) and come out in pixels.

    In large text letters are a third larger (`grow`); what holds them takes the room that there is.
    """

    width: float
    height: float
    scale: Scale
    large: bool = False
    contrast: bool = False
    low: bool = False

    @classmethod
    def of(
        cls, size_px: tuple[float, float], size_mm: tuple[float, float], modes: Set[Mode] = frozenset()
    ) -> Look:
        """The config's measures are turned when the window is turned against them."""
        width, height = size_px
        width_mm, height_mm = size_mm
        if (width > height) != (width_mm > height_mm):
            width_mm, height_mm = height_mm, width_mm
        return cls(
            width,
            height,
            Scale.of(width, height, width_mm, height_mm),
            large=Mode.LARGE in modes,
            contrast=Mode.CONTRAST in modes,
            low=Mode.LOW in modes,
        )

    @property
    def portrait(self) -> bool:
        return self.height >= self.width

    @property
    def unit(self) -> float:
        short, long = sorted((self.width, self.height))
        return min(short / SHORT, long / LONG)

    @property
    def grow(self) -> float:
        return theme.LARGE_TEXT if self.large else 1.0

    @property
    def foot(self) -> float:
        return self.px(FOOT_PORTRAIT if self.portrait else FOOT_LANDSCAPE) * (1.12 if self.large else 1)

    @property
    def head(self) -> float:
        return self.px(HEAD_PORTRAIT if self.portrait else HEAD_LANDSCAPE)

    @property
    def reach(self) -> float:
        """What lies between the foot and half the screen's height: so high a wheelchair user reaches."""
        return self.height / 2 - self.foot

    def px(self, length: float) -> float:
        return length * self.unit

    def text(self, length: float) -> float:
        """A length that follows the letters."""
        return self.px(length) * self.grow

    def font(self, size: float) -> int:
        """The nearest size of the type scale, never smaller than can be read from 600 mm."""
        return self._font(theme.type_step(self._smallest, self.px(size) * self.grow))

    def smaller_font(self, font: float) -> int:
        """To this a text shrinks next where it must fit into a given room."""
        return self._font(theme.type_step(self._smallest, font) - 1)

    @property
    def smallest_font(self) -> int:
        return self._font(0)

    def _font(self, step: int) -> int:
        return theme.type_size(self._smallest, max(step, theme.TYPE_STEPS if self.large else 0))

    @property
    def _smallest(self) -> float:
        """Of usual text."""
        return self.scale.font(BODY_CAPITAL_MM)

    def colour(self, name: str) -> theme.Rgba:
        """A colour of the theme as this visit sees it; no name is no colour."""
        return theme.rgba(name, high_contrast=self.contrast) if name else (0.0, 0.0, 0.0, 0.0)
