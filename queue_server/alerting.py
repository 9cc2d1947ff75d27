"""What a manager must know: looked at once a second, raised and cleared through the engine."""

from __future__ import annotations

import math

from assets import texts
from queue_server import accounts
from queue_server.desk import Desk, Terminal
from queue_server.hall.commands import SYSTEM, ClearAlert, RaiseAlert
from queue_server.hall.model import ANNOUNCED_WITHIN, Alert, GroupId, Words
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

Terminals = set[tuple[Kind, str]]
"""Who may connect, by kind and id."""


class Watch:
    """Compares what should be alerted with what is; one greenlet calls `tick`."""

    def __init__(self, desk: Desk, teller: Teller) -> None:
        self.desk, self.teller = desk, teller
        self._since = desk.engine.now()

    def tick(self) -> None:
        """Raise what is new, clear what is over. What can't be kept on disk is tried again next time."""
        alerts = [one for one in self.desk.engine.settled().alerts.values() if one.cleared_at is None]
        standing = {(one.kind, one.subject): one.text for one in alerts}
        known = accounts.with_tokens(self.desk.people)
        wanted = {**self._gone(standing, known), **self._devices(standing, known)}
        wanted |= {**self._waits(standing), **self._unannounced(), **self._clock()}
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

    def _gone(self, standing: Standing, known: Terminals) -> Standing:
        """Terminals that went, and those that have not come since the server started.

        Who was gone before that is gone still: managers who took note needn't do so again.
        """
        now, terminals = self.desk.engine.now(), self.desk.terminals
        is_late = now - self._since >= self.desk.settings.alerts.missing_minutes * 60
        missing = [Terminal(kind, id) for kind, id in known - terminals.keys() if kind in WATCHED_TERMINALS]
        gone = [one for one in missing if is_late or ("terminal-gone", _name(one)) in standing]
        gone += [
            one
            for key, one in terminals.items()
            if key in known and one.gone_at is not None and now - one.gone_at >= GONE_SECONDS
        ]
        return {("terminal-gone", _name(one)): self._gone_words(one) for one in gone}

    def _gone_words(self, terminal: Terminal) -> Words:
        return texts.both("alert.terminal-gone", place=self._place(terminal))

    def _devices(self, standing: Standing, known: Terminals) -> Standing:
        """What terminals say of their devices, or said before the server started."""
        unheard = {
            f"{kind} {id}"
            for kind, id in known
            if (terminal := self.desk.terminals.get((kind, id))) is None or not terminal.has_told
        }
        before = {
            (kind, subject): words
            for (kind, subject), words in standing.items()
            if kind == "device" and subject.rpartition(" ")[0] in unheard
        }
        return before | {
            ("device", f"{_name(terminal)} {device['id']}"): self._device_words(terminal, device)
            for terminal in self.desk.terminals.values()
            if terminal.connections
            for device in terminal.devices
            if device["state"] in ("warning", "fault")
        }

    def _device_words(self, terminal: Terminal, device: dict[str, str]) -> Words:
        """A sound device reads screens at a kiosk, and calls at a board: its words tell who misses it."""
        kind, detail = device["kind"], device["detail"]
        keys = (
            f"device.{kind}.at-{terminal.kind}.{detail}",
            f"device.{kind}.{detail}",
            f"device.{kind}.other",
        )
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

    def _waits(self, standing: Standing) -> Standing:
        found: Standing = {}
        for id, group in self.desk.settings.plan.groups.items():
            share = STILL_LONG if ("wait-over-target", id) in standing else 1.0
            target = group.target_minutes * share * 60
            if id not in self.desk.engine.forecast.newcomers:
                longest = self._longest_wait(id)
                if longest > target:
                    found["wait-over-target", id] = texts.both(
                        "alert.wait-over-target.nobody",
                        group=group.name,
                        minutes=round(longest / 60),
                        target=round(group.target_minutes),
                    )
                continue
            low, middle, high = self._newcomers_wait(id)
            if (middle if high is None else high) > target:
                found["wait-over-target", id] = texts.both(
                    "alert.wait-over-target",
                    group=group.name,
                    minutes=figure(minutes_told(low, middle, high, ahead=1)),
                    target=round(group.target_minutes),
                )
        return found

    def _longest_wait(self, group: GroupId) -> float:
        """How long somebody has waited in a group whose wait nobody can foresee: no window calls it."""
        arrivals = [one.arrived_at for one in self.desk.engine.settled().queues.of_group(group)]
        return self.desk.engine.now() - min(arrivals, default=self.desk.engine.now())

    def _newcomers_wait(self, group: GroupId) -> tuple[float | None, float, float | None]:
        """What a newcomer is told. It counts by its end: a target that every second one misses is none."""
        forecast = self.desk.engine.forecast
        wait = forecast.newcomers[group]
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
