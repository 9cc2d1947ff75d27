"""The keys of numbers on their way, on the kiosk's own disk: a kiosk that is switched off meanwhile gives
them up when it is on again. A key tells nothing of a person.
"""

from __future__ import annotations

import json
import logging
import os
from pathlib import Path

log = logging.getLogger(__name__)


class Noted:
    """One file of one kiosk, which is whole at every moment."""

    def __init__(self, folder: Path, kiosk: str) -> None:
        self._path = folder / f"asked-{kiosk}.json"
        self._keys: tuple[str, ...] = ()

    def read(self) -> tuple[str, ...]:
        """What was on its way when the kiosk last ran; a file that can't be read is nothing."""
        try:
            found = json.loads(self._path.read_text("utf-8"))
        except FileNotFoundError:
            return ()
        except (OSError, ValueError):
            log.exception("%s can't be read: what was asked for is not given up", self._path)
            return ()
        self._keys = tuple(str(key) for key in found) if isinstance(found, list) else ()
        return self._keys

    def keep(self, keys: tuple[str, ...]) -> None:
        """Have these on disk, and no others. A disk that refuses doesn't keep anybody from a number."""
        if keys == self._keys:
            return
        try:
            self._write(keys)
            self._keys = keys
        except OSError:
            log.exception("%s can't be written", self._path)

    def _write(self, keys: tuple[str, ...]) -> None:
        if not keys:
            self._path.unlink(missing_ok=True)
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._path.with_suffix(".new")
        with fresh.open("w", encoding="utf-8") as file:
            json.dump(keys, file)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._path)
