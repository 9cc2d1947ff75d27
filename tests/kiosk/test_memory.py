"""A kiosk runs for months: however many visits there were, it holds what it held after the first few."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests import stage
from tests.kiosk.conftest import PORTRAIT

SCREENS = (
    "home",
    "find",
    "items-next",
    "confirm",
    "guide",
    "form-text",
    "result",
    "ticket-printed",
    "sorry",
    "home-in-english",
    "home-large",
)
READING, ROUNDS = 0.2, 3
"""Long enough for some screens to be built ahead, and too short for all: those are let go of half made."""
PATIENCE = 100.0


def test_after_many_visits_no_more_is_held_than_after_the_first(tmp_path: Path) -> None:
    screen = stage.Screen(*PORTRAIT)
    size = f"{PORTRAIT[0]}x{PORTRAIT[1]}"
    try:
        told = subprocess.run(
            [sys.executable, "-m", "tests.kiosk.touching", size, str(READING), str(ROUNDS), *SCREENS],
            cwd=stage.ROOT,
            env={**os.environ, **stage.environment(screen.name, str(tmp_path))},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
    finally:
        screen.close()
    assert told.returncode == 0, told.stderr
    found = json.loads(told.stdout)
    first, *later = found["held"]
    assert len(later) == ROUNDS - 1
    # All that is counted has come to rest, and every round ends alike: what one leaves is found in the next.
    assert all(held == first for held in later), (first, later)
    # A part of a screen that goes while a rule gives it a value would end the visit.
    assert found["amid_rules"] == 0
    assert found["turned"] == first, "a screen that was built for another look is shown in none"
