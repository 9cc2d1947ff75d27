"""Promised slots: which there are, which are free, and when their holder may check in."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

from queue_server.hall import commands as c
from queue_server.hall import events as e
from queue_server.hall.commands import Actor
from queue_server.hall.day import Day
from queue_server.hall.model import (
    Appointment,
    GroupId,
    Instant,
    ServiceId,
    Span,
)
from queue_server.hall.opening import business_day, instant_of, regular_spans
from queue_server.hall.refusal import Events, Refused, hall_standing


@dataclass(frozen=True, slots=True)
class Slot:
    """A stretch of time with room for `free` more appointments."""

    start: Instant
    end: Instant
    free: int


def slots(day: Day, group: GroupId, date_of_slots: str, now: Instant) -> list[Slot]:
    """The slots of a group on a date that have not ended yet, full ones included."""
    hours, rules = day.plan.hours, day.plan.appointments
    last = date.fromisoformat(business_day(hours, now)) + timedelta(days=rules.days_ahead)
    if not date_of_slots <= last.isoformat() or (rules.groups and group not in rules.groups):
        return []
    whole_day = (Span(hours.day_starts, hours.day_starts + 1440),)
    spans = whole_day if hours.always_open else regular_spans(hours, date_of_slots)
    taken = Counter(
        one.start for one in day.appointments.values() if one.group == group and not one.cancelled
    )
    on = date.fromisoformat(date_of_slots)
    found: list[Slot] = []
    for span in spans:
        for minute in range(span.start, span.end - rules.minutes + 1, rules.minutes):
            start, end = instant_of(hours, on, minute), instant_of(hours, on, minute + rules.minutes)
            # Where the clock is put forward or back, some wall-clock times come twice or never.
            is_real = end - start == rules.minutes * 60 and (not found or start >= found[-1].end)
            if end > now and is_real:
                found.append(Slot(start, end, max(0, rules.capacity - taken[start])))
    return found


def appointment_group(day: Day, services: tuple[ServiceId, ...]) -> GroupId:
    """The group that an appointment for these services queues in: the visit's first."""
    unknown = [service for service in services if service not in day.plan.services]
    if unknown or not services:
        raise Refused("invalid", "no-such-service", field="services", services=", ".join(unknown))
    groups = {day.plan.services[service].group for service in services}
    return min(groups, key=day.plan.visit_position)


def make(day: Day, command: c.MakeAppointment, actor: Actor, now: Instant) -> Events:
    group = appointment_group(day, command.services)
    if command.end <= now:
        raise Refused("late", "slot-past", field="slot_start", state=hall_standing(day, now))
    on = business_day(day.plan.hours, command.start)
    fitting = [
        slot for slot in slots(day, group, on, now) if slot.start == command.start and slot.end == command.end
    ]
    if not fitting:
        raise Refused("invalid", "no-such-slot", field="slot_start")
    if not fitting[0].free:
        raise Refused("quota", "slot-full", field="slot_start", state=hall_standing(day, now))
    made = Appointment(
        command.code,
        command.services,
        group,
        command.start,
        command.end,
        command.phone_hash,
        now,
        phone=command.phone,
        marks=command.marks,
    )
    return [e.AppointmentMade(made)]


def appointment_of(day: Day, code: str) -> Appointment:
    """The appointment, or the refusal `not-found`."""
    if code not in day.appointments:
        raise Refused("not-found", "no-such-appointment", field="code")
    return day.appointments[code]


def cancel(day: Day, command: c.CancelAppointment, actor: Actor, now: Instant) -> Events:
    one = appointment_of(day, command.code)
    _must_be_unused(day, one)
    return [e.AppointmentCancelled(one.code)]


def may_check_in(day: Day, code: str, now: Instant) -> Appointment:
    """The appointment whose holder may check in now; else `early`, `late` or what became of it."""
    one = appointment_of(day, code)
    _must_be_unused(day, one)
    rules = day.plan.appointments
    if now < one.start - rules.early_minutes * 60:
        raise Refused("early", state="booked", minutes=round(rules.early_minutes))
    if now > one.end + rules.late_minutes * 60:
        raise Refused("late", state="booked")
    return one


def over(day: Day, now: Instant) -> list[Appointment]:
    """Those with a number for texts that nobody can check in any more."""
    late = day.plan.appointments.late_minutes * 60
    return [one for one in day.appointments.values() if one.phone and now > one.end + late]


def forget(day: Day, command: c.ForgetBookedPhone, actor: Actor, now: Instant) -> Events:
    one = appointment_of(day, command.code)
    return [e.BookedPhoneForgotten(one.code)] if one.phone else []


def _must_be_unused(day: Day, one: Appointment) -> None:
    if one.cancelled:
        raise Refused("wrong-state", "appointment-cancelled", state="cancelled")
    if one.ticket:
        ticket = day.tickets.get(one.ticket)
        raise Refused("wrong-state", "appointment-used", state=ticket.state if ticket else "expired")
