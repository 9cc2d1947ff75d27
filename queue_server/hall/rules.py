"""`decide`: what a command leads to, by the rule that stands for it.

Nothing here changes the day; `state.apply` does.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from queue_server.hall import (
    appointments,
    draft_rules,
    hall_rules,
    help_rules,
    material_rules,
    priority_rules,
    slip_rules,
    text_rules,
    visit_rules,
    window_rules,
)
from queue_server.hall import commands as c
from queue_server.hall.commands import Actor, Command
from queue_server.hall.day import Day
from queue_server.hall.model import Instant
from queue_server.hall.refusal import Events


def _turn_day(day: Day, command: c.TurnDay, actor: Actor, now: Instant) -> Events:
    turned = hall_rules.turn_day(day, command, actor, now)
    return [*help_rules.expire(day), *turned] if turned else []


RULES: dict[type, Callable[[Day, Any, Actor, Instant], Events]] = {
    c.TakeTicket: visit_rules.take,
    c.CheckIn: visit_rules.check_in,
    c.Cancel: visit_rules.cancel,
    c.Requeue: visit_rules.requeue,
    c.LetOthersGo: visit_rules.let_others_go,
    c.Correct: visit_rules.correct,
    c.TickMaterials: material_rules.tick,
    c.CheckPriority: priority_rules.check,
    c.RenewSecret: visit_rules.renew_secret,
    c.Rate: visit_rules.rate,
    c.CallNext: window_rules.call_next,
    c.CallNamed: window_rules.call_named,
    c.Recall: window_rules.recall,
    c.Start: window_rules.start,
    c.Finish: window_rules.finish,
    c.NoShow: window_rules.no_show,
    c.Park: window_rules.park,
    c.Unpark: window_rules.unpark,
    c.Transfer: window_rules.transfer,
    c.UndoLast: window_rules.undo,
    c.OpenWindow: window_rules.open_window,
    c.PauseWindow: window_rules.pause_window,
    c.CloseWindow: window_rules.close_window,
    c.ReleaseWindow: window_rules.release_window,
    c.HandOverWindow: window_rules.hand_over,
    c.SetWindow: window_rules.set_window,
    c.MakeAppointment: appointments.make,
    c.CancelAppointment: appointments.cancel,
    c.ForgetBookedPhone: appointments.forget,
    c.OpenHall: hall_rules.open_hall,
    c.CloseHall: hall_rules.close_hall,
    c.PostNotice: hall_rules.post_notice,
    c.WithdrawNotice: hall_rules.withdraw_notice,
    c.Announce: hall_rules.announce,
    c.RaiseAlert: hall_rules.raise_alert,
    c.ClearAlert: hall_rules.clear_alert,
    c.AckAlert: hall_rules.ack_alert,
    c.AskHelp: help_rules.ask,
    c.TakeHelp: help_rules.take,
    c.HandOverHelp: help_rules.hand_over,
    c.FinishHelp: help_rules.finish,
    c.OrderSlip: slip_rules.order,
    c.TakeSlip: slip_rules.take,
    c.EndSlip: slip_rules.end,
    c.NoteText: text_rules.note,
    c.SetPhone: text_rules.set_phone,
    c.ForgetPhone: text_rules.forget,
    c.BeginForm: draft_rules.begin,
    c.SaveForm: draft_rules.save,
    c.FinishForm: draft_rules.finish,
    c.EraseForms: draft_rules.erase,
    c.ChangePlan: hall_rules.change_plan,
    c.TurnDay: _turn_day,
}


def decide(day: Day, command: Command, actor: Actor, now: Instant) -> Events:
    """What happens when `actor` asks for `command` at `now`; an empty list changes nothing.

    :raises Refused: when the rules do not allow it; the day is as before.
    """
    events = RULES[type(command)](day, command, actor, now)
    return [*events, *help_rules.search_over(day, events)]
