"""Makes our own chime and icon: `python -m assets.draw` writes them anew, always the same."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from assets import theme

FOLDER = Path(__file__).parent
CHIME = FOLDER / "sounds" / "chime.wav"
ICON = FOLDER / "icons" / "hall.png"

RATE = 22050
NOTES = ((0.0, 659.26), (0.22, 880.0))
"""When each of the chime's notes begins, in seconds, and its pitch: a rising fourth, E to A."""
PARTIALS = ((1.0, 1.0, 5.0), (2.0, 0.35, 8.0), (3.01, 0.12, 12.0))
"""A note's partial tones, like a small bell's: multiple of the pitch, strength, how fast it fades."""
CHIME_SECONDS = 0.8
PEAK = 0.6

ICON_PIXELS = 256
SMOOTH = 4
"""The icon is drawn so much larger, then made smaller, for smooth edges."""
LETTER = ((16, 6), (6, 26), (10, 26), (12, 21.6), (20, 21.6), (22, 26), (26, 26))
INSIDE = ((13.6, 18), (16, 12.7), (18.4, 18))
"""The icon's A, on a square of 32, as in the web pages' icon."""


def chime() -> npt.NDArray[np.int16]:
    """Two soft bells, without a click at either end."""
    time = np.arange(round(CHIME_SECONDS * RATE)) / RATE
    sound = np.zeros_like(time)
    for start, pitch in NOTES:
        since = np.clip(time - start, 0, None)
        attack = np.clip(since / 0.008, 0, 1)
        for multiple, strength, fade in PARTIALS:
            tone = np.sin(2 * np.pi * pitch * multiple * since)
            sound += strength * attack * tone * np.exp(-fade * since)
    sound *= np.clip((CHIME_SECONDS - time) / 0.1, 0, 1)
    return np.asarray(np.round(sound / np.abs(sound).max() * PEAK * 32767), dtype=np.int16)


def icon() -> Image.Image:
    """A white A, the first queue's letter, on the hall's blue."""
    side = ICON_PIXELS * SMOOTH
    unit = side / 32
    image = Image.new("RGBA", (side, side), (0, 0, 0, 0))
    pen = ImageDraw.Draw(image)
    pen.rounded_rectangle((0, 0, side - 1, side - 1), 7 * unit, fill=theme.COLOURS["blue"])
    pen.polygon([(x * unit, y * unit) for x, y in LETTER], fill=theme.COLOURS["paper"])
    pen.polygon([(x * unit, y * unit) for x, y in INSIDE], fill=theme.COLOURS["blue"])
    return image.resize((ICON_PIXELS, ICON_PIXELS), Image.Resampling.LANCZOS)


def write_chime(file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(file), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE)
        sound.writeframes(chime().astype("<i2").tobytes())


def write_icon(file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    icon().save(file, optimize=True)


if __name__ == "__main__":
    write_chime(CHIME)
    write_icon(ICON)
