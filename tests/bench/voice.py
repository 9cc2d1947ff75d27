"""A day of calls through one voice: how far it falls behind what clerks call.

The announcer, the sentences and their clips are the board's own; only time is not: what takes a day
is stepped through as the board's clock would, a tenth of a second at a time.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from display_board.announcer import TICK_SECONDS, USUAL_STAY, Announcer, Call, Turn
from display_board.clips import Clips, Manner, Samples
from display_board.speech import utterance
from display_board.voice import CHIME, FOLLOWS_SECONDS, announcement
from hardware.sound import seconds
from queue_server.hall.model import CallKind, Instant, Seconds
from queue_server.hall.reach import CallRules
from tests.bench.figures import Figures

CALLS, WINDOWS = 1_800, 38
HOURS = 6.5
"""From nine to twelve and from half past one to five."""
RUSH_SECONDS = 120.0
"""When the hall opens, all windows call their first one within so long."""
AGAIN, ENGLISH, DEAF, SLOW = 0.08, 0.03, 0.005, 0.12
"""Shares of calls that are repetitions, for English tickets, for the deaf, for who walks slowly."""
DEMO_SPEED = 60
SEED = 2026
GOAL_P99_SECONDS = 30.0


@dataclass
class Heard:
    """What became of a day's calls: how old each was when it was said, and when it was shown."""

    said: list[float] = field(default_factory=list)
    shown: list[float] = field(default_factory=list)
    speaking: float = 0.0


def run() -> Figures:
    """Goal: said within 30 s (p99) on a usual day; never older than the config allows, at any speed."""
    with tempfile.TemporaryDirectory(prefix="voice-bench-") as folder:
        lengths = Lengths(Clips(Path(folder)))
        day, demo = (_a_day(list(_calls(speed)), lengths) for speed in (1, DEMO_SPEED))
    allowed = Announcer().said_within
    figures: Figures = {
        "calls": CALLS,
        "day": _figures(day),
        f"at_speed_{DEMO_SPEED}": _figures(demo),
        "goal": {"day_said_p99_s": GOAL_P99_SECONDS, "oldest_said_s": allowed},
    }
    oldest = max(*day.said, *demo.said)
    figures["met"] = figures["day"]["said"]["p99_s"] <= GOAL_P99_SECONDS and oldest < allowed
    return figures


@dataclass
class Lengths:
    """How long each turn takes to say, from the real clips."""

    clips: Clips
    chime: Samples = field(default_factory=lambda: Samples.of(CHIME))

    def of(self, turn: Turn, silence: float) -> float:
        """After so many seconds of silence."""
        words = self.clips.sentence(utterance(turn.calls), Manner())
        if words is None:
            raise RuntimeError("the synthetic voice does not work here")
        return seconds(announcement(words, None if silence < FOLLOWS_SECONDS else self.chime))


def _calls(speed: float) -> Iterator[Call]:
    """A day's calls in their order: a rush when the hall opens, then as they come."""
    dice, rules = Random(SEED), CallRules()
    moments = [dice.uniform(0, RUSH_SECONDS) for _ in range(WINDOWS)]
    moments += [dice.uniform(0, HOURS * 3600) for _ in range(CALLS - WINDOWS)]
    for number, moment in enumerate(sorted(moments)):
        again = number >= WINDOWS and dice.random() < AGAIN
        yield Call(
            f"c{number}",
            f"A{number:03d}",
            number % WINDOWS + 1,
            CallKind.RECALL if again else CallKind.CALL,
            Instant(moment / speed),
            ("zh", "en") if dice.random() < ENGLISH else ("zh",),
            flash=dice.random() < DEAF,
            stay=Seconds(rules.slow_seconds) if dice.random() < SLOW else USUAL_STAY,
        )


def _a_day(calls: Sequence[Call], lengths: Lengths) -> Heard:
    """Step a board through its calls until the last was shown."""
    board, heard, waiting = Announcer(), Heard(), list(reversed(calls))
    ends, silent_since, tick = float("inf"), -float("inf"), 0
    while waiting or board.is_behind() or board.in_turn(Seconds(tick * TICK_SECONDS)):
        now = Seconds(tick * TICK_SECONDS)
        while waiting and waiting[-1].at <= now:
            board.heard(waiting.pop())
        if now >= ends:
            board.said()
            silent_since, ends = ends, float("inf")
        turn = board.step(now, Instant(now), True)
        if turn:
            heard.shown += [now - call.at for call in (*turn.passed, *turn.calls)]
        if turn and turn.aloud:
            heard.said += [now - call.at for call in turn.calls]
            length = lengths.of(turn, now - silent_since)
            ends = now + length
            heard.speaking += length
        tick += 1
    return heard


def _figures(heard: Heard) -> Figures:
    return {
        "said": _ages(heard.said),
        "shown": _ages(heard.shown),
        "only_shown": len(heard.shown) - len(heard.said),
        "speaking_s": round(heard.speaking),
    }


def _ages(ages: Sequence[float]) -> Figures:
    ordered = sorted(ages)
    p50, p99 = (ordered[min(len(ordered) - 1, int(share * len(ordered)))] for share in (0.5, 0.99))
    return {
        "count": len(ordered),
        "p50_s": round(p50, 1),
        "p99_s": round(p99, 1),
        "max_s": round(ordered[-1], 1),
    }
