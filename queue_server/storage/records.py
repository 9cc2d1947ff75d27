"""How each thing of the day is a row on disk, and a row the thing again.

Columns stand in the order of `COLUMNS` in `store.py`.
"""

from __future__ import annotations

import sqlite3
from dataclasses import is_dataclass
from enum import Enum
from typing import Any

import orjson

from queue_server.hall import model as m
from queue_server.hall.help_requests import HelpRequest, HelpState
from queue_server.hall.reach import Reach
from queue_server.hall.slips import SlipOrder, SlipState

Row = tuple[Any, ...]


def ticket_row(day: str, t: m.Ticket) -> Row:
    window = t.step.window if t.step.state in m.AT_A_WINDOW else None
    start, end = t.slot or (None, None)
    return (
        t.id, day, t.number, t.state.value, window, t.issued_at, t.current, t.priority.value,
        as_json(t.needs), t.party, t.language.value, t.note, start, end, t.id_hash, t.phone_hash,
        int(t.agent), t.kiosk, t.missed, t.lates, t.secret_version, as_json(t.rated),
        t.priority_checked, as_json(t.marks), as_json(t.materials),
    )  # fmt: skip


def step_row(ticket: m.Ticket, position: int) -> Row:
    s = ticket.steps[position]
    return (
        ticket.id, position, s.id, s.group, as_json(s.services), s.state.value, s.arrived_at,
        s.queued_at, s.since, s.window, s.clerk, s.called_at, s.started_at, s.finished_at,
        s.only_window, s.recalls, as_json(s.results),
    )  # fmt: skip


def window_row(w: m.Window, plan: m.HallPlan) -> Row:
    """Without groups where they are as planned, so that a config changed meanwhile counts."""
    groups = None if w.groups == plan.windows[w.number].groups else w.groups
    return (
        w.number, as_json(groups), w.state.value, w.since, w.pause_reason, as_json(w.clerk), w.ticket,
        as_json(w.undo), as_json(w.ask), w.turn, as_json(w.plate), w.undone_at,
    )  # fmt: skip


def call_row(day: str, c: m.Call) -> Row:
    return (
        c.id, day, c.ticket, c.number, c.group, c.window, c.kind.value, c.at, c.language.value,
        int(c.flash), c.rule.value, c.queued_at, c.minutes, as_json(sorted(c.announced)), c.windows,
        as_json(c.reach), int(c.slow),
    )  # fmt: skip


def appointment_row(a: m.Appointment) -> Row:
    return (
        a.code, as_json(a.services), a.group, a.start, a.end, a.phone_hash, a.made_at, a.ticket,
        int(a.cancelled), a.phone, as_json(a.marks),
    )  # fmt: skip


def alert_row(a: m.Alert) -> Row:
    return (a.id, a.kind, a.subject, as_json(a.text), a.since, a.acked_by, a.cleared_at)


def help_row(day: str, h: HelpRequest) -> Row:
    return (
        h.id, day, h.kind, h.asker, as_json(h.place), h.zone, h.reason, h.asked_at, h.state.value,
        h.times, as_json(h.taker), h.answered_at, h.ended_at, h.wanted, h.note,
    )  # fmt: skip


def slip_row(day: str, s: SlipOrder) -> Row:
    return (s.id, day, s.ticket, s.kiosk, s.at, int(s.again), int(s.large), s.state.value)


def rating_row(day: str, r: m.Rating) -> Row:
    return (
        r.id, day, r.ticket, r.service, r.score, as_json(r.tags), r.comment, r.channel, r.at, r.window,
        r.clerk,
    )  # fmt: skip


def notice_row(n: m.Notice) -> Row:
    return (n.id, as_json(n.text), as_json(n.zones), n.until, n.at)


def plain(value: Any) -> Any:
    return value.value if isinstance(value, Enum) else value


JSON_OPTIONS = orjson.OPT_NON_STR_KEYS | orjson.OPT_PASSTHROUGH_DATACLASS


def as_json(value: Any) -> str:
    return orjson.dumps(value, default=_jsonable, option=JSON_OPTIONS).decode()


UNRECORDED = frozenset({"phone", "sealed", "marks"})
"""The record is never erased, so what must be stays out of it."""


def _jsonable(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {name: getattr(value, name) for name in value.__slots__ if name not in UNRECORDED}  # type: ignore[attr-defined]
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    raise TypeError(f"not for JSON: {type(value).__name__}")


# --- and back -------------------------------------------------------------------------------------


def read_ticket(row: sqlite3.Row) -> m.Ticket:
    slot = None if row["slot_start"] is None else (row["slot_start"], row["slot_end"])
    return m.Ticket(
        id=row["id"],
        number=row["number"],
        issued_at=row["issued_at"],
        steps=[],
        current=row["current"],
        priority=m.Priority(row["priority"]),
        needs=tuple(m.Need(need) for need in orjson.loads(row["needs"])),
        party=m.Party(row["party"]) if row["party"] else None,
        language=m.Language(row["language"]),
        note=row["note"],
        slot=slot,
        id_hash=row["id_hash"],
        phone_hash=row["phone_hash"],
        agent=bool(row["agent"]),
        kiosk=row["kiosk"],
        missed=row["missed"],
        lates=row["lates"],
        secret_version=row["secret_version"],
        rated=tuple(orjson.loads(row["rated"])),
        priority_checked=row["priority_checked"],
        marks=tuple(orjson.loads(row["marks"])),
        materials=_has(orjson.loads(row["materials"])),
    )


def _has(told: dict[str, list[str]] | None) -> m.Has | None:
    return None if told is None else {m.ServiceId(id): tuple(there) for id, there in told.items()}


def read_step(row: sqlite3.Row) -> m.Step:
    return m.Step(
        id=row["id"],
        group=row["group_id"],
        services=tuple(orjson.loads(row["services"])),
        state=m.State(row["state"]),
        arrived_at=row["arrived_at"],
        queued_at=row["queued_at"],
        since=row["since"],
        window=row["window"],
        clerk=row["clerk"],
        called_at=row["called_at"],
        started_at=row["started_at"],
        finished_at=row["finished_at"],
        only_window=row["only_window"],
        recalls=row["recalls"],
        results=tuple(
            m.Result(one["service"], one["done"], _outcome(one["outcome"]), one["reason"])
            for one in orjson.loads(row["results"])
        ),
    )


def _outcome(text: str | None) -> m.Outcome | None:
    return m.Outcome(text) if text else None


def read_window(row: sqlite3.Row, planned: m.WindowPlan) -> m.Window:
    groups = orjson.loads(row["groups"])
    clerk, undo, ask = (orjson.loads(row[name]) for name in ("clerk", "undo", "ask"))
    return m.Window(
        number=row["number"],
        groups=planned.groups if groups is None else tuple(groups),
        state=m.WindowState(row["state"]),
        since=row["since"],
        pause_reason=row["pause_reason"],
        clerk=m.Clerk(**clerk) if clerk else None,
        ticket=row["ticket"],
        undo=_undo(undo) if undo else None,
        ask=m.Ask(**ask) if ask else None,
        turn=row["turn"],
        plate=orjson.loads(row["plate"]),
        undone_at=row["undone_at"],
    )


def _typed(step: dict[str, Any]) -> dict[str, Any]:
    """What JSON has no types for; a step that can be pressed has no results yet."""
    return {"services": tuple(step["services"]), "state": m.State(step["state"]), "results": ()}


def _undo(kept: dict[str, Any]) -> m.Undo:
    before = tuple(m.Step(**{**one, **_typed(one)}) for one in kept["before"])
    return m.Undo(kept["ticket"], kept["step"], kept["at"], m.State(kept["led"]), before, kept["note"])


def read_call(row: sqlite3.Row) -> m.Call:
    return m.Call(
        id=row["id"],
        ticket=row["ticket"],
        number=row["number"],
        group=row["group_id"],
        window=row["window"],
        kind=m.CallKind(row["kind"]),
        at=row["at"],
        language=m.Language(row["language"]),
        flash=bool(row["flash"]),
        rule=m.Rule(row["rule"]),
        queued_at=row["queued_at"],
        minutes=row["minutes"],
        windows=row["windows"],
        announced=set(orjson.loads(row["announced"])),
        reach=tuple(Reach(way) for way in orjson.loads(row["reach"])),
        slow=bool(row["slow"]),
    )


def read_appointment(row: sqlite3.Row) -> m.Appointment:
    return m.Appointment(
        code=row["code"],
        services=tuple(orjson.loads(row["services"])),
        group=row["group_id"],
        start=row["start"],
        end=row["end"],
        phone_hash=row["phone_hash"],
        made_at=row["made_at"],
        ticket=row["ticket"],
        cancelled=bool(row["cancelled"]),
        phone=row["sealed"],
        marks=tuple(orjson.loads(row["marks"])),
    )


def read_help(row: sqlite3.Row) -> HelpRequest:
    taker = orjson.loads(row["taker"])
    return HelpRequest(
        id=row["id"],
        kind=row["kind"],
        asker=row["asker"],
        place=orjson.loads(row["place"]),
        zone=row["zone"],
        reason=row["reason"],
        asked_at=row["asked_at"],
        state=HelpState(row["state"]),
        times=row["times"],
        taker=m.Clerk(**taker) if taker else None,
        answered_at=row["answered_at"],
        ended_at=row["ended_at"],
        wanted=row["wanted"],
        note=row["note"],
    )


def read_slip(row: sqlite3.Row) -> SlipOrder:
    how = bool(row["again"]), bool(row["large"]), SlipState(row["state"])
    return SlipOrder(row["id"], row["ticket"], row["kiosk"], row["at"], *how)


def read_notice(row: sqlite3.Row) -> m.Notice:
    return m.Notice(
        row["id"], orjson.loads(row["text"]), tuple(orjson.loads(row["zones"])), row["until"], row["at"]
    )
