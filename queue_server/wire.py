"""The wire's words: namespaces, message names, problem codes. Clients and server share this page."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Final

Body = dict[str, Any]
"""A JSON object on the wire."""

API: Final = "/api/v1"


PASSWORD_SIGNS: Final = (8, 256)
"""The fewest and the most that a password has."""


class Namespace(StrEnum):
    KIOSK = "/kiosk"
    BOARD = "/board"
    COUNTER = "/counter"
    EVALUATOR = "/evaluator"
    MANAGER = "/manager"
    ASSISTANT = "/assistant"
    TICKET = "/ticket"


class Kind(StrEnum):
    """What a token is for."""

    KIOSK = "kiosk"
    BOARD = "board"
    EVALUATOR = "evaluator"
    KEYPAD = "keypad"
    API = "api"


class Role(StrEnum):
    CLERK = "clerk"
    ASSISTANT = "assistant"
    MANAGER = "manager"
    ADMIN = "admin"


class Says(StrEnum):
    """What the server sends."""

    SNAPSHOT = "snapshot"
    QUEUES = "queues"
    HALL = "hall"
    CALL = "call"
    WINDOW = "window"
    WINDOWS = "windows"
    NOTICE = "notice"
    ASK = "ask"
    ALERT = "alert"
    TICKET = "ticket"
    LINE = "line"
    DEVICES = "devices"
    HELP = "help"
    MISSED = "missed"
    SLIP = "slip"


class Asks(StrEnum):
    """What clients send; each is acknowledged."""

    TAKE_TICKET = "take_ticket"
    REQUEUE = "requeue"
    CHECK_IN = "check_in"
    RATE = "rate"
    GIVE_UP = "give_up"
    SLIP = "slip"
    SLIP_TAKE = "slip_take"
    SLIP_ENDED = "slip_ended"
    HELP = "help"
    HEALTH = "health"
    ANNOUNCED = "announced"
    OPEN = "open"
    PAUSE = "pause"
    CLOSE = "close"
    NEXT = "next"
    RECALL = "recall"
    START = "start"
    FINISH = "finish"
    NO_SHOW = "no_show"
    PARK = "park"
    UNPARK = "unpark"
    TRANSFER = "transfer"
    CALL = "call"
    UNDO = "undo"
    WINDOW_OPEN = "window_open"
    WINDOW_PAUSE = "window_pause"
    WINDOW_CLOSE = "window_close"
    WINDOW_RELEASE = "window_release"
    WINDOW_SET = "window_set"
    HALL_OPEN = "hall_open"
    HALL_CLOSE = "hall_close"
    NOTICE_ADD = "notice_add"
    NOTICE_REMOVE = "notice_remove"
    TICKET_SET = "ticket_set"
    ALERT_ACK = "alert_ack"
    TAKE = "take"
    DONE = "done"
    HAND_OVER = "hand_over"
    PRIORITY = "priority"
    CANCEL = "cancel"
    LATE = "late"
    MATERIALS = "materials"
    FORM_BEGIN = "form_begin"
    FORM_SAVE = "form_save"
    FORM_READY = "form_ready"
    PERMIT = "permit"
    RESULT = "result"
    BRIDGE = "bridge"
    FORM_ERASE = "form_erase"
    TEXTS = "texts"


class Code(StrEnum):
    """Stable names of problems, for programs; people read the texts of `assets/texts`."""

    INVALID = "invalid"
    UNAUTHORIZED = "unauthorized"
    FORBIDDEN = "forbidden"
    MUST_CHANGE_PASSWORD = "must-change-password"
    NOT_FOUND = "not-found"
    METHOD = "method-not-allowed"
    TOO_LARGE = "too-large"
    ADDRESS_TOO_LONG = "address-too-long"
    MEDIA_TYPE = "media-type"
    KEY_REUSED = "key-reused"
    TOO_MANY = "too-many"
    INTERNAL = "internal"
    STORAGE = "storage"
    NOT_READY = "not-ready"
    UNKNOWN_MESSAGE = "unknown-message"
    NO_CONNECTION = "no-connection"
    WRONG_STATE = "wrong-state"
    NO_TICKET = "no-ticket"
    WINDOW_BUSY = "window-busy"
    WINDOW_NOT_OPEN = "window-not-open"
    WINDOW_TAKEN = "window-taken"
    CLERK_ELSEWHERE = "clerk-elsewhere"
    HALL_CLOSED = "hall-closed"
    QUOTA = "quota"
    LIVE_TICKET = "live-ticket"
    RATED = "rated"
    EARLY = "early"
    LATE = "late"


HEALTH_SECONDS: Final = 10.0
"""A terminal tells its devices' health at least this often."""
