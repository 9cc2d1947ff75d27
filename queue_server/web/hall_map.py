"""The hall's map on a phone: windows and landmarks on a small grid, from the config's `at`."""

from __future__ import annotations

from queue_server.settings.settings import Settings
from queue_server.wire import Body


def hall_map(settings: Settings, language: str) -> Body | None:
    """What the page draws, moved to the corner; None where the config places no window.

    `columns` and `rows` of the grid, `windows` and `marks`, each with its `x` and `y`.
    """
    if not settings.places:
        return None
    spots = [*settings.places.values(), *(at for at, _ in settings.marks)]
    left, top = min(x for x, _ in spots), min(y for _, y in spots)
    windows = settings.plan.windows
    return {
        "columns": max(x for x, _ in spots) - left + 1,
        "rows": max(y for _, y in spots) - top + 1,
        "windows": [
            {"number": number, "x": x - left, "y": y - top, "groups": " ".join(windows[number].groups)}
            for number, (x, y) in settings.places.items()
        ],
        "marks": [{"x": x - left, "y": y - top, "name": name[language]} for (x, y), name in settings.marks],
    }
