"""The hall as configured: `hall.toml` and its catalogue, checked as a whole.

`load` gives everything or nothing: a hall never starts half right.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from queue_server import config_shape as shape
from queue_server.config_reader import ConfigErrors, Mistake, TomlFile, nearest, shown
from queue_server.config_shape import DAY_MINUTES, minutes_of, spans_of
from queue_server.hall.model import (
    AfterHours,
    AppointmentRules,
    Credit,
    Dispatch,
    Group,
    GroupId,
    HallPlan,
    Hours,
    MissedRules,
    QueueClass,
    Service,
    ServiceId,
    WindowNumber,
    WindowPlan,
    Words,
)
from queue_server.wire import Body, Kind

log = logging.getLogger(__name__)

SHIPPED_CATALOGUE = Path(__file__).parents[1] / "config" / "catalogue"

PRIORITY_START = 10.0
"""Minutes of waiting that priority is worth when the config says nothing; then it ages alike."""

TABLES = {
    "hall": shape.HallShape,
    "hours": shape.HoursShape,
    "tickets": shape.TicketsShape,
    "priority": shape.PriorityShape,
    "appointments": shape.AppointmentsShape,
    "voice": shape.VoiceShape,
    "catalogue": shape.CatalogueShape,
}
LISTS = {
    "groups": shape.GroupShape,
    "windows": shape.WindowShape,
    "zones": shape.ZoneShape,
    "kiosks": shape.KioskShape,
    "boards": shape.BoardShape,
    "evaluators": shape.EvaluatorShape,
    "keypads": shape.KeypadShape,
}
