"""What a manager must know: looked at once a second, raised and cleared through the engine."""

from __future__ import annotations

import math
from dataclasses import dataclass

from assets import texts
from queue_server.desk import Desk, Terminal
from queue_server.hall.commands import SYSTEM, ClearAlert, RaiseAlert
from queue_server.hall.model import ANNOUNCED_WITHIN, Alert, GroupId, Seconds, Words
from queue_server.hall.ranges import figure, minutes_told
from queue_server.teller import Teller
from queue_server.wire import Kind, Namespace

GONE_SECONDS = 10.0
"""A terminal that was away for less has only reconnected."""
UNANNOUNCED_SECONDS = 5.0

CLOCK_SECONDS = 5.0
"""By less a clock is only set right."""

STILL_LONG = 0.8
"""A wait over the target counts as mended below this share of it: it must not come and go."""

WATCHED = ("terminal-gone", "device", "wait-over-target", "call-unannounced", "clock-back")
"""The kinds that follow from what is; `help` is raised by people and ends when it is seen."""

Standing = dict[tuple[str, str], Words]
"""By kind and subject: what an alert says."""


@dataclass(slots=True)
class Watch:
    """Compares what should be alerted with what is; one greenlet calls `tick`."""

    desk: Desk
    teller: Teller

    def tick(self) -> None:
        """Raise what is new, clear what is over. What can't be kept on disk is tried again next time."""
        alerts = [one for one in self.desk.engine.settled().alerts.values() if one.cleared_at is None]
        standing = {(one.kind, one.subject) for one in alerts}
        wanted = {**self._gone(), **self._devices(), **self._waits(standing), **self._unannounced()}
        wanted |= self._clock()
        for (kind, subject), words in wanted.items():
            if (kind, subject) not in standing:
                self.desk.engine.do(RaiseAlert(self.desk.new_id(), kind, subject, words), SYSTEM)
        for alert in alerts:
            if self._is_over(alert, wanted):
                self.desk.engine.do(ClearAlert(alert.kind, alert.subject), SYSTEM)

    def _is_over(self, alert: Alert, wanted: Standing) -> bool:
        if alert.kind == "help":
            return bool(alert.acked_by)
        return alert.kind in WATCHED and (alert.kind, alert.subject) not in wanted

    def _gone(self) -> Standing:
        now = self.desk.engine.now()
        gone = [
            one
            for one in self.desk.terminals.values()
            if one.gone_at is not None and now - one.gone_at >= GONE_SECONDS
        ]
        return {("terminal-gone", _name(one)): self._gone_words(one) for one in gone}

    def _gone_words(self, terminal: Terminal) -> Words:
        return texts.both("alert.terminal-gone", place=self._place(terminal))

    def _devices(self) -> Standing:
        return {
            ("device", f"{_name(terminal)} {device['id']}"): self._device_words(terminal, device)
            for terminal in self.desk.terminals.values()
            if terminal.connections
            for device in terminal.devices
            if device["state"] in ("warning", "fault")
        }

    def _device_words(self, terminal: Terminal, device: dict[str, str]) -> Words:
        keys = (f"device.{device['kind']}.{device['detail']}", f"device.{device['kind']}.other")
        known = [key for key in keys if key in texts.all_texts()]
        key = known[0] if known else "alert.device.other"
        return texts.both(key, place=self._place(terminal), device=device["id"])

    def _clock(self) -> Standing:
        """A clock that was put back within the day: time stands, and with it all that is told of waits."""
        lag = self.desk.engine.clock_lag
        if lag <= CLOCK_SECONDS:
            return {}
        return {("clock-back", "server"): texts.both("alert.clock-back", minutes=math.ceil(lag / 60))}

    def _place(self, terminal: Terminal) -> Words:
        return self.desk.place(terminal.kind.value, terminal.id)

    def _waits(self, standing: set[tuple[str, str]]) -> Standing:
        found: Standing = {}
        for id, group in self.desk.settings.plan.groups.items():
            low, middle, high = self._newcomers_wait(id)
            share = STILL_LONG if ("wait-over-target", id) in standing else 1.0
            if (middle if high is None else high) / 60 > group.target_minutes * share:
                found["wait-over-target", id] = texts.both(
                    "alert.wait-over-target",
                    group=group.name,
                    minutes=figure(minutes_told(low, middle, high, ahead=1)),
                    target=round(group.target_minutes),
                )
        return found

    def _newcomers_wait(self, group: GroupId) -> tuple[float | None, float, float | None]:
        """What a newcomer is told. It counts by its end: a target that every second one misses is none."""
        forecast = self.desk.engine.forecast
        wait = forecast.newcomers.get(group, Seconds(0.0))
        told = forecast.range_of(group, wait)
        return (told.p10, told.p50, told.p90) if told else (None, wait, None)

    def _unannounced(self) -> Standing:
        """Calls that some board should have said by now."""
        now = self.desk.engine.now()
        # Once a second for all calls: thousands of phones are listeners, too.
        boards = [one for one in self.teller.listeners.values() if one.namespace is Namespace.BOARD]
        found: Standing = {}
        for call in reversed(self.desk.engine.settled().calls.values()):
            if now - call.at > ANNOUNCED_WITHIN:
                break
            is_late = not call.announced and now - call.at > UNANNOUNCED_SECONDS
            if is_late and any(one.windows is None or call.window in one.windows for one in boards):
                words = texts.both("alert.call-unannounced", number=call.number, window=call.window)
                found["call-unannounced", f"window {call.window}"] = words
        return found


def keep_alert(desk: Desk, kind: str, subject: str, words: Words | None) -> None:
    """Raise an alert that should stand and does not, or clear one that should no longer (no `words`)."""
    alerts = desk.engine.settled().alerts.values()
    stands = any((one.kind, one.subject) == (kind, subject) and one.cleared_at is None for one in alerts)
    if words and not stands:
        desk.engine.do(RaiseAlert(desk.new_id(), kind, subject, words), SYSTEM)
    elif stands and not words:
        desk.engine.do(ClearAlert(kind, subject), SYSTEM)


def _name(terminal: Terminal) -> str:
    return f"{terminal.kind} {terminal.id}"


WATCHED_TERMINALS = frozenset({Kind.KIOSK, Kind.BOARD, Kind.EVALUATOR, Kind.KEYPAD})
