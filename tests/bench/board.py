"""A board through two thousand calls at speed: what it shows of them, and what memory it takes."""

from __future__ import annotations

from tests.bench.figures import Figures
from tests.board_soak import soak

CALLS = 2_000
GOAL_MORE_MB = 10.0


def run() -> Figures:
    """Goal: every call shown once and in order, no blank frame, memory flat within 10 MB once warm."""
    report = soak(CALLS)
    more = round(report.end_mb - report.warm_mb, 1)
    every_once = report.shown == report.sent
    return {
        "calls": len(report.sent),
        "every_call_once": every_once,
        "blank_frames": report.blank,
        "frames": report.frames,
        "warm_mb": report.warm_mb,
        "end_mb": report.end_mb,
        "goal": {"every_call_once": True, "blank_frames": 0, "more_mb": GOAL_MORE_MB},
        "met": every_once and report.blank == 0 and more <= GOAL_MORE_MB,
    }
