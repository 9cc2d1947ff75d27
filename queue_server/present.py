"""The bodies of the wire: what a ticket, a window, the hall look like to others.

`who` decides how much is shown: personal data never is, a citizen's needs only to counters.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from itertools import islice
from zoneinfo import ZoneInfo

from assets import texts, theme
from queue_server.hall import opening
from queue_server.hall.day import CALLS_SHOWN, Day
from queue_server.hall.dispatch import Choice, Waiting, ahead, order
from queue_server.hall.drafts import drafts_of, forms_of, papers
from queue_server.hall.forecast import Forecast, wait_of
from queue_server.hall.help_requests import HelpRequest, open_request, response
from queue_server.hall.materials import counted, ticks_of, verdict
from queue_server.hall.model import (
    ANNOUNCED_WITHIN,
    Alert,
    Appointment,
    Call,
    CallKind,
    Group,
    GroupId,
    HallState,
    Instant,
    Language,
    Notice,
    Override,
    QueueClass,
    Seconds,
    Service,
    State,
    Step,
    Ticket,
    TicketId,
    Window,
    WindowNumber,
    WindowState,
    Words,
)
from queue_server.hall.reach import Reach, reach
from queue_server.hall.refusal import is_rated
from queue_server.hall.slips import SlipOrder
from queue_server.hall.visit_rules import no_numbers
from queue_server.hall.window_rules import may_be_missed_from
from queue_server.problems import Problem
from queue_server.wire import Body

LINE_SHOWN = 20
"""So many of those who wait are listed at a counter."""


class Presenter:
    """Renders the day's things; holds the zone and what the config adds to them."""

    def __init__(self, day: Day, zones: dict[str, dict[str, str]], trial: bool) -> None:
        self.day, self.zones, self.trial = day, zones, trial
        self._zone = ZoneInfo(day.plan.hours.timezone)

    def time(self, instant: Instant | None) -> str | None:
        """ISO 8601 with the hall's offset."""
        if instant is None:
            return None
        return datetime.fromtimestamp(instant, self._zone).isoformat(timespec="milliseconds")

    def day_of(self, instant: Instant) -> date:
        """The hall's calendar day."""
        return datetime.fromtimestamp(instant, self._zone).date()

    def wait(self, seconds: Seconds | None, group: GroupId, forecast: Forecast) -> Body | None:
        """A group's wait, which is told as one figure until its ranges are measured."""
        if seconds is None:
            return None
        told = forecast.range_of(group, seconds)
        ends = (None, seconds, None) if told is None else (told.p10, told.p50, told.p90)
        p10, p50, p90 = (None if end is None else round(end) for end in ends)
        return {"p10": p10, "p50": p50, "p90": p90, "as_of": self.time(forecast.as_of)}

    # --- tickets ---

    def ticket(self, ticket: Ticket, forecast: Forecast, now: Instant, day: str = "") -> Body:
        """A ticket of today, or as it ended on an earlier `day`: then nothing of it can be rated."""
        step = ticket.step
        body: Body = {
            "id": ticket.id,
            "day": day or self.day.date,
            "number": ticket.number,
            "state": step.state,
            "group": step.group,
            "services": [service for one in ticket.steps for service in one.services],
            "steps": [self._step(one) for one in ticket.steps],
            "priority": ticket.priority,
            "priority_checked": bool(ticket.priority_checked),
            "needs": list(ticket.needs),
            "party": ticket.party,
            "slot": self._slot(ticket, now),
            "issued_at": self.time(ticket.issued_at),
            "called_at": self.time(step.called_at),
            "started_at": self.time(step.started_at),
            "finished_at": self.time(step.finished_at),
            "window": step.window,
            "ahead": None,
            "wait": None,
            "zones": self.zones_of(ticket),
            "recalls": step.recalls,
            "rated": bool(ticket.rated),
            "to_rate": [] if day else _to_rate(ticket),
            "late": self._late(ticket),
            "priority_counts": ticket.queue_class is not QueueClass.NONE,
            "papers": self._papers(ticket),
            "materials": ticks_of(ticket, self.day.plan.services),
            "verdict": verdict(ticket, self.day.plan.services),
        }
        if step.state is State.WAITING:
            one = self.day.queues.tickets[ticket.id]
            body["ahead"] = ahead(self.day.queues, self.day.plan.dispatch, one, now)
            seconds = wait_of(self.day, forecast, one, body["ahead"])
            body["wait"] = self.wait(seconds, step.group, forecast)
        return body

    def _slot(self, ticket: Ticket, now: Instant) -> Body | None:
        """Its appointment, and whether it goes first for it: from the slot on, unless it stepped back."""
        if ticket.slot is None:
            return None
        start, end = ticket.slot
        counts = "no-more" if ticket.missed or ticket.lates else "now" if start <= now else "later"
        return {"start": self.time(start), "end": self.time(end), "counts": counts}

    def _papers(self, ticket: Ticket) -> Body:
        """How many of its forms are done; `have` and `needed` count the papers that were ticked, too."""
        needed, _ = forms_of(ticket, self.day.plan.services)
        found = papers(drafts_of(self.day.drafts.values(), ticket.id), needed)
        there, wanted = counted(ticket, self.day.plan.services)
        return {
            "ready": found.ready,
            "of": found.of,
            "have": found.ready + there,
            "needed": found.of + wanted,
        }

    def _late(self, ticket: Ticket) -> Body:
        """How often its holder may still let others go first, and how many each time."""
        rules = self.day.plan.missed
        return {"left": max(0, rules.lates - ticket.lates), "behind": rules.behind}

    def warning(self, id: TicketId) -> Body | None:
        """What whoever transferred a ticket must know: that nobody works where it was sent."""
        ticket, staffed = self.day.tickets[id], self.day.staffed()
        group, window = ticket.step.group, ticket.step.only_window
        if not any(served == group for _, served in staffed):
            code = "nobody-for-group"
        elif window is not None and (window, group) not in staffed:
            code = "nobody-at-window"
        else:
            return None
        name = self.day.plan.groups[group].name
        return {
            "code": code,
            "text": texts.both(f"warning.{code}", number=ticket.number, group=name, window=window),
        }

    def ticket_at_counter(self, ticket: Ticket, forecast: Forecast, now: Instant) -> Body:
        """With what only the clerk who serves it needs."""
        return {
            **self.ticket(ticket, forecast, now),
            "note": ticket.note,
            "language": ticket.language,
            "missed_from": self.time(may_be_missed_from(self.day.plan.missed, ticket)),
            "recalls_left": max(0, self.day.plan.missed.recalls - ticket.step.recalls),
            "reach": self._reached(ticket),
            "minutes": self.day.minutes(ticket.step.group, ticket.step.services),
        }

    def _reached(self, ticket: Ticket) -> list[Reach]:
        """The further ways that its call has taken; a text only where there is a number for it."""
        ways = reach(self.day.plan.calls, ticket.step.recalls)
        return [way for way in ways if way is not Reach.PHONE or ticket.phone]

    def ticket_found(self, ticket: Ticket, forecast: Forecast, now: Instant) -> Body:
        """With what is needed to put it right."""
        return {**self.ticket(ticket, forecast, now), "note": ticket.note, "language": ticket.language}

    def _step(self, step: Step) -> Body:
        return {
            "id": step.id,
            "group": step.group,
            "services": list(step.services),
            "state": step.state,
            "window": step.window,
            "started_at": self.time(step.started_at),
            "finished_at": self.time(step.finished_at),
            "results": [
                {"service": r.service, "done": r.done, "outcome": r.outcome, "reason": r.reason}
                for r in step.results
            ],
        }

    def zones_of(self, ticket: Ticket) -> list[str]:
        """Where to wait: the zones whose windows serve the ticket's group, the commonest first."""
        group = ticket.step.group
        zones = [p.zone for n, p in self.day.plan.windows.items() if group in self.day.windows[n].groups]
        return sorted(set(zones), key=lambda zone: (-zones.count(zone), zone))

    # --- windows ---

    def window_public(self, window: Window) -> Body:
        ticket = self.day.tickets[window.ticket].number if window.ticket else None
        return {
            "number": window.number,
            "groups": list(window.groups),
            "zone": self.day.plan.windows[window.number].zone,
            "state": window.state,
            "serving": ticket,
            "plate": self._plate(window),
        }

    def _plate(self, window: Window) -> Words | None:
        """What its display says it does; None where its groups say it."""
        return window.plate or self.day.plan.windows[window.number].plate

    def window_at_evaluator(self, window: Window) -> Body:
        clerk = window.clerk
        shown = {"name": clerk.name, "staff_no": clerk.staff_no} if clerk else None
        return {**self.window_public(window), "clerk": shown}

    def window(self, window: Window, forecast: Forecast, now: Instant, counter: bool = False) -> Body:
        """Whole, as staff see it."""
        clerk = window.clerk
        held = self.day.tickets[window.ticket] if window.ticket else None
        show = self.ticket_at_counter if counter else self.ticket
        return {
            "number": window.number,
            "groups": list(window.groups),
            "zone": self.day.plan.windows[window.number].zone,
            "state": window.state,
            "pause_reason": window.pause_reason,
            "clerk": clerk and {"username": clerk.username, "name": clerk.name, "staff_no": clerk.staff_no},
            "ticket": show(held, forecast, now) if held else None,
            "plate": self._plate(window),
            "since": self.time(window.since or opening.day_bounds(self.day.plan.hours, self.day.date)[0]),
            "undo": window.undo
            and {
                "number": self.day.tickets[window.undo.ticket].number,
                "until": self.time(Instant(window.undo.at + self.day.plan.missed.undo_seconds)),
            },
            **({"press": self._press(window, held)} if counter else {}),
        }

    def _press(self, window: Window, held: Ticket | None) -> str:
        """Equal on two pages that see the same moment of a window, so that both keys of a press are."""
        undone = f"/{window.undone_at:.3f}" if window.undone_at else ""
        if held:
            return f"{held.id}/{held.step.since:.3f}{undone}"
        calls = (call.id for call in reversed(self.day.calls.values()) if call.window == window.number)
        return f"{next(calls, '')}/{window.since:.3f}{undone}"

    def ask(self, window: Window, now: Instant) -> Body | None:
        """What the window's evaluator should ask, flat."""
        asked = window.ask
        if asked is None or asked.expires_at <= now or asked.ticket not in self.day.tickets:
            return None
        ticket = self.day.tickets[asked.ticket]
        return {
            "ticket": ticket.id,
            "number": ticket.number,
            "services": list(ticket.steps[asked.step].done),
            "expires_at": self.time(asked.expires_at),
        }

    def line(self, number: WindowNumber, now: Instant) -> Body:
        """Who waits at a window, in the order in which it would call them."""
        day, window = self.day, self.day.windows[number]
        taker, staffed = day.taker(number), day.staffed()
        choices = order(day.queues, day.plan.dispatch, taker, staffed, now, window.turn)
        all_waiting = [one for group in window.groups for one in day.queues.of_group(group)]
        able = sum(taker.may_serve(one, staffed) for one in all_waiting)
        count, seconds = day.finished.get(number, (0, 0.0))
        queue: list[Body] = []
        before: list[Waiting] = []
        for choice in islice(choices, LINE_SHOWN):
            queue.append(self._in_line(choice, before, now))
            before.append(choice.waiting)
        return {
            "window": number,
            "waiting": len(all_waiting),
            "elsewhere": len(all_waiting) - able,
            "longest": round(now - min(one.arrived_at for one in all_waiting)) if all_waiting else 0,
            "done_today": count,
            "mean_minutes": round(seconds / count / 60, 1) if count else None,
            "queue": queue,
        }

    def _in_line(self, choice: Choice, before: list[Waiting], now: Instant) -> Body:
        """One of those who wait; `after` are the numbers `before` it that came later."""
        one = choice.waiting
        ticket = self.day.tickets[one.ticket]
        return {
            "id": ticket.id,
            "number": ticket.number,
            "rule": choice.rule,
            "after": [self.day.tickets[other.ticket].number for other in before if other.place > one.place],
            "waited": round(now - one.arrived_at),
            "priority": ticket.priority,
            "priority_checked": bool(ticket.priority_checked),
            "slot": self._slot(ticket, now),
            "needs": list(ticket.needs),
            "language": ticket.language,
            "services": list(ticket.step.services),
            "note": ticket.note,
            "papers": self._papers(ticket),
        }

    # --- the hall ---

    def hall(self, now: Instant) -> Body:
        day = self.day
        hours = day.plan.hours
        state = opening.hall_state(hours, now, day.override)
        # Who closed the hall early closed it for today.
        since = opening.day_bounds(hours, day.date)[1] if day.override is Override.CLOSED else now
        opens = None if state is HallState.OPEN else opening.opens_next(hours, Instant(since - 0.001))
        return {
            "name": day.plan.name,
            "day": day.date,
            "state": state,
            "hours": self._hours(),
            "timezone": hours.timezone,
            "trial": self.trial,
            "reason": day.override_reason,
            "opens_at": self.time(opens),
            "groups": [
                self._group(group, theme.group_colour(position), now)
                for position, group in enumerate(day.plan.groups.values())
            ],
            "visit_order": sorted(day.plan.groups, key=day.plan.visit_position),
            "windows": [self.window_public(window) for window in day.windows.values()],
            "zones": [{"id": id, "name": name} for id, name in self.zones.items()],
        }

    def _group(self, group: Group, colour: str, now: Instant) -> Body:
        refusal = no_numbers(self.day, group.id, now)
        return {
            "id": group.id,
            "letter": group.letter,
            "name": group.name,
            "minutes": group.minutes,
            "target_minutes": group.target_minutes,
            "colour": colour,
            "takes_numbers": refusal is None,
            "refusal": refusal and {"code": refusal.code, "text": Problem.of(refusal).texts()},
        }

    def _hours(self) -> Body:
        days = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
        return {
            name: [[_clock(span.start), _clock(span.end)] for span in spans]
            for name, spans in zip(days, self.day.plan.hours.week, strict=True)
        }

    def queues(self, forecast: Forecast, now: Instant) -> list[Body]:
        day = self.day
        held: dict[GroupId, list[State]] = {group: [] for group in day.plan.groups}
        open_windows = dict.fromkeys(day.plan.groups, 0)
        for window in day.windows.values():
            if window.ticket:
                step = day.tickets[window.ticket].step
                held[step.group].append(step.state)
            if window.state is WindowState.OPEN:
                for group in window.groups:
                    open_windows[group] += 1
        found = []
        for group in day.plan.groups:
            arrivals = [one.arrived_at for one in day.queues.of_group(group)]
            found.append(
                {
                    "group": group,
                    "waiting": len(arrivals),
                    "called": held[group].count(State.CALLED),
                    "serving": held[group].count(State.SERVING),
                    "open_windows": open_windows[group],
                    "longest_wait": round(now - min(arrivals)) if arrivals else 0,
                    "wait": self.wait(forecast.newcomers.get(group), group, forecast),
                }
            )
        return found

    # --- boards ---

    def call(self, call: Call) -> Body:
        """Flat, as boards get it."""
        key = "call.recall" if call.kind is CallKind.RECALL else "call.call"
        both = call.language is Language.EN or Reach.LANGUAGES in call.reach
        rules = self.day.plan.calls
        return {
            "call": call.id,
            "ticket": call.number,
            "window": call.window,
            "group": call.group,
            "zone": self.day.plan.windows[call.window].zone,
            "kind": call.kind,
            "at": self.time(call.at),
            "text": texts.both(key, number=call.number, window=call.window),
            "speak": ["zh", "en"] if both else ["zh"],
            "flash": call.flash,
            "stay": rules.slow_seconds if call.slow else None,
            "reach": list(call.reach),
        }

    def last_calls(self, board: str, is_heard: Callable[[Call], bool], now: Instant) -> dict[str, list[Body]]:
        """A board's last `calls`, newest last; `announced` says whether this board said them.

        Those `earlier` it still owes the hall: many may be called while a line is down.
        """
        mine = [
            call
            for call in self.day.calls.values()
            if call.window in self.day.plan.windows and is_heard(call)
        ]
        owed = [
            call
            for call in mine[:-CALLS_SHOWN]
            if board not in call.announced and now - call.at < ANNOUNCED_WITHIN
        ]
        parts = {"earlier": owed, "calls": mine[-CALLS_SHOWN:]}
        return {
            part: [{**self.call(one), "announced": board in one.announced} for one in some]
            for part, some in parts.items()
        }

    def missed(self, is_mine: Callable[[WindowNumber], bool]) -> list[Body]:
        """The numbers that were called in vain to a board's windows and have not come back, oldest first."""
        found = [
            (ticket.step.since, ticket)
            for ticket in self.day.tickets.values()
            if ticket.state is State.MISSED and ticket.step.window is not None and is_mine(ticket.step.window)
        ]
        return [
            {
                "ticket": ticket.number,
                "window": ticket.step.window,
                "group": ticket.step.group,
                "at": self.time(since),
                "speak": ["zh", "en"] if ticket.language is Language.EN else ["zh"],
            }
            for since, ticket in sorted(found, key=lambda one: one[0])
        ]

    def notices(self, now: Instant) -> list[Body]:
        """All notices in force."""
        return [
            self.notice(notice)
            for notice in self.day.notices.values()
            if notice.until is None or notice.until > now
        ]

    def notice(self, notice: Notice) -> Body:
        return {
            "id": notice.id,
            "text": notice.text,
            "zones": list(notice.zones),
            "until": self.time(notice.until),
            "at": self.time(notice.at),
        }

    def alert(self, alert: Alert) -> Body:
        return {
            "id": alert.id,
            "kind": alert.kind,
            "subject": alert.subject,
            "text": alert.text,
            "since": self.time(alert.since),
            "acked_by": alert.acked_by or None,
            "cleared_at": self.time(alert.cleared_at),
        }

    def alerts(self) -> list[Body]:
        return [self.alert(alert) for alert in self.day.alerts.values() if alert.cleared_at is None]

    def help(self, one: HelpRequest) -> Body:
        """A call for an assistant, as staff see it."""
        return {
            "id": one.id,
            "kind": one.kind,
            "asker": one.asker,
            "place": one.place,
            "zone": one.zone,
            "reason": one.reason,
            "times": one.times,
            "state": one.state,
            "since": self.time(one.asked_at),
            "by": one.taker and {"username": one.taker.username, "name": one.taker.name},
            "answered_at": self.time(one.answered_at),
            "ended_at": self.time(one.ended_at),
            "wanted": one.wanted or None,
            "note": one.note,
        }

    def helps(self) -> list[Body]:
        """The calls for help that are not over, the oldest first."""
        return [self.help(one) for one in self.day.helps.values() if one.is_open]

    def helps_of(self, subject: str) -> list[Body]:
        """An asker's own: whether somebody is coming, and who, where the hall tells names."""
        mine = open_request(self.day.helps.values(), subject)
        if mine is None:
            return []
        return [{"state": mine.state, "since": self.time(mine.asked_at), "by": self._helper(mine)}]

    def _helper(self, one: HelpRequest) -> Body | None:
        """Who comes, by the name that people call them; a log-in name is nobody's business."""
        taker = one.taker if self.day.plan.helper_names else None
        if taker is None or taker.name in ("", taker.username):
            return None
        return {"name": taker.name}

    def response(self, now: Instant) -> Body:
        """How calls for help were answered today: times in seconds."""
        found = response(self.day.helps.values(), now)
        return {
            "asked": found.asked,
            "open": found.open,
            "waiting": found.waiting,
            "median": None if found.median is None else round(found.median),
            "worst": None if found.worst is None else round(found.worst),
            "longest": round(found.longest),
        }

    def slip(self, order: SlipOrder) -> Body:
        """A slip asked for later; it holds no secret."""
        ticket = self.day.tickets[order.ticket]
        return {
            "id": order.id,
            "ticket": ticket.id,
            "number": ticket.number,
            "kiosk": order.kiosk,
            "at": self.time(order.at),
            "again": order.again,
            "large": order.large,
            "state": order.state,
        }

    def slips_of(self, kiosk: str, now: Instant) -> list[Body]:
        """What a kiosk is to print and has not claimed yet."""
        mine = (one for one in self.day.slips.values() if one.kiosk == kiosk and one.is_open(now))
        return [self.slip(one) for one in mine]

    def appointment(self, one: Appointment) -> Body:
        ticket = self.day.tickets.get(one.ticket) if one.ticket else None
        state = "cancelled" if one.cancelled else "used" if one.ticket else "booked"
        return {
            "code": one.code,
            "services": list(one.services),
            "group": one.group,
            "slot_start": self.time(one.start),
            "slot_end": self.time(one.end),
            "state": state,
            "ticket": ticket.number if ticket else None,
        }


def _to_rate(ticket: Ticket) -> list[str]:
    """The services done that have no rating yet, be it their own or the whole visit's."""
    done = [step for step in ticket.steps if step.state is State.FINISHED]
    return [one for step in done for one in step.done if not is_rated(ticket, step, one)]


def service_body(service: Service) -> Body:
    """An item of the catalogue as a list shows it."""
    return {
        "id": service.id,
        "name": service.name,
        "group": service.group,
        "themes": list(service.themes),
        "party": service.party,
        "minutes": service.minutes,
        "flags": list(service.flags),
        "elsewhere": list(service.elsewhere),
        "forms": list(service.forms),
    }


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
