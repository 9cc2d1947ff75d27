"""What a benchmark comes to, and the machine it ran on."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from typing import Any

Figures = dict[str, Any]


def milliseconds(seconds: Sequence[float]) -> Figures:
    """p50, p99 and the worst of some latencies, in milliseconds."""
    ordered = sorted(seconds)
    return {
        "count": len(ordered),
        "p50_ms": _at(ordered, 0.50),
        "p99_ms": _at(ordered, 0.99),
        "max_ms": _at(ordered, 1.0),
    }


def _at(ordered: Sequence[float], share: float) -> float:
    place = min(len(ordered) - 1, int(share * len(ordered)))
    return round(ordered[place] * 1000, 2)


def machine() -> Figures:
    """What matters of this machine; nothing that names it."""
    return {
        "cores": len(os.sched_getaffinity(0)),
        "processor": platform.machine(),
        "system": platform.system(),
        "python": platform.python_version(),
    }
