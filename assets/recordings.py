"""Voices that were recorded, a folder each, beside the synthetic one."""

from __future__ import annotations

from pathlib import Path

VOICES = Path(__file__).parent / "voices"


def recorded(voices: Path = VOICES) -> list[str]:
    """The names of the voices that are there."""
    return sorted(folder.name for folder in voices.iterdir() if folder.is_dir())
