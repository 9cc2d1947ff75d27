"""HTTP under `/api/v1`: paths to operations, and what can be read."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Request, Response, g, request
from flask.globals import request_ctx

from queue_server import accounts
from queue_server.accounts import Caller
from queue_server.bodies import KEY_HEADER, key_of
from queue_server.desk import Desk
from queue_server.errands import ERRANDS, Errand, carry_out
from queue_server.operations import OPERATIONS, Operation
from queue_server.problems import Problem
from queue_server.version import VERSION
from queue_server.web import people, queries, reads
from queue_server.web.identity import (
    CSRF_HEADER,
    SAFE_METHODS,
    bearer,
    is_own_origin,
    session_token,
)
from queue_server.web.reply import as_json, body_of_request
from queue_server.wire import API, Code

ROUTES: tuple[tuple[str, str, str], ...] = (
    ("POST", "/tickets", "take_ticket"),
    ("PATCH", "/tickets/<id>", "ticket_set"),
    ("POST", "/tickets/<id>/cancel", "cancel"),
    ("POST", "/tickets/<id>/requeue", "requeue"),
    ("POST", "/tickets/<id>/late", "late"),
    ("POST", "/tickets/<id>/materials", "materials"),
    ("POST", "/tickets/<id>/priority", "priority_check"),
    ("POST", "/tickets/<id>/texts", "send_texts"),
    ("POST", "/tickets/<id>/reprint", "reprint"),
    ("POST", "/tickets/<id>/slip", "slip_order"),
    ("POST", "/tickets/<id>/rating", "rate"),
    ("POST", "/windows/<n>/open", "window_open"),
    ("POST", "/windows/<n>/pause", "window_pause"),
    ("POST", "/windows/<n>/close", "window_close"),
    ("POST", "/windows/<n>/release", "window_release"),
    ("POST", "/windows/<n>/hand-over", "window_hand_over"),
    ("PATCH", "/windows/<n>", "window_set"),
    ("POST", "/windows/<n>/next", "next"),
    ("POST", "/windows/<n>/recall", "recall"),
    ("POST", "/windows/<n>/start", "start"),
    ("POST", "/windows/<n>/finish", "finish"),
    ("POST", "/windows/<n>/no-show", "no_show"),
    ("POST", "/windows/<n>/park", "park"),
    ("POST", "/windows/<n>/unpark", "unpark"),
    ("POST", "/windows/<n>/transfer", "transfer"),
    ("POST", "/windows/<n>/call", "call"),
    ("POST", "/windows/<n>/undo", "undo"),
    ("POST", "/drafts", "form_begin"),
    ("PATCH", "/drafts/<id>", "form_save"),
    ("POST", "/drafts/<id>/ready", "form_ready"),
    ("POST", "/drafts/<id>/complete", "form_complete"),
    ("DELETE", "/drafts/<id>", "form_erase"),
    ("POST", "/hall/open", "hall_open"),
    ("POST", "/hall/close", "hall_close"),
    ("POST", "/notices", "notice_add"),
    ("DELETE", "/notices/<id>", "notice_remove"),
    ("POST", "/help/<id>/take", "help_take"),
    ("POST", "/help/<id>/done", "help_done"),
    ("POST", "/help/<id>/hand-over", "help_hand_over"),
    ("POST", "/appointments", "book"),
    ("DELETE", "/appointments/<code>", "appointment_cancel"),
    ("POST", "/appointments/<code>/check-in", "check_in"),
    ("POST", "/permits", "permit_apply"),
    ("POST", "/permits/<id>/revoke", "permit_revoke"),
    ("POST", "/bridges/<id>/ask", "bridge_ask"),
    ("POST", "/results/ask", "result_ask"),
    ("POST", "/handovers/<id>/retry", "handover_retry"),
    ("POST", "/handovers/<id>/drop", "handover_drop"),
)


BEFORE_CHANGE = frozenset(f"{API}{path}" for _, path, _ in people.SESSIONS)
"""What whoever must change a password may ask for before that."""


def blueprint(desk: Desk) -> Blueprint:
    """All of `/api/v1`."""
    api = Blueprint("api", __name__)
    # The request itself: a look through Flask's stand-in for it takes a microsecond.
    api.before_request(lambda: _identify(desk, request_ctx.request))
    for method, path, name in ROUTES:
        view = _changes(desk, OPERATIONS[name]) if name in OPERATIONS else _runs(desk, ERRANDS[name])
        api.add_url_rule(path, name, view, methods=[method])
    for path, name, show in reads.READS:
        api.add_url_rule(path, name, _shows(desk, name, show), methods=["GET"])
    for path, name, show, _ in reads.QUESTIONS:
        api.add_url_rule(path, name, _shows(desk, name, show), methods=["POST"])
    for method, path, change in people.PEOPLE:
        api.add_url_rule(path, change.__name__, people.changes_people(desk, change), methods=[method])
    for method, path, act in people.SESSIONS:
        api.add_url_rule(path, act.__name__, _shows(desk, act.__name__, act), methods=[method])
    api.add_url_rule("/reload", "reload", lambda: _reload(desk), methods=["POST"])
    return api


def health(desk: Desk) -> Blueprint:
    """`/healthz`, without a prefix, for whoever watches the server."""
    watch = Blueprint("health", __name__)

    def healthz() -> Response:
        engine = desk.engine
        day = engine.settled()
        if engine.today() < day.date:
            raise Problem(Code.NOT_READY, "clock-behind", day=day.date)
        return as_json({"status": "ok", "version": VERSION, "day": day.date, "seq": engine.seq})

    watch.add_url_rule("/healthz", "healthz", healthz, methods=["GET"])
    return watch


# --- who asks -------------------------------------------------------------------------------------


def _identify(desk: Desk, request: Request) -> None:
    """Who sends this; `g.caller` from here on."""
    if request.path.endswith("/reload"):
        return
    token = bearer(request)
    cookie = "" if token else session_token(request)
    address = request.remote_addr or ""
    if token:
        caller = desk.caller(token, address)
    elif cookie and not (request.path.endswith("/sessions") and request.method == "POST"):
        caller = _browser(desk, cookie, address)
    else:
        caller = accounts.anyone(address)
    g.caller = caller
    desk.limit(caller)
    account = caller.account
    if account and account.must_change and request.path not in BEFORE_CHANGE:
        raise Problem(Code.MUST_CHANGE_PASSWORD)


def _browser(desk: Desk, cookie: str, address: str) -> Caller:
    """A browser's session; its changes must come from our own pages."""
    if request.method not in SAFE_METHODS:
        if not is_own_origin(request, desk.public_url):
            raise Problem(Code.FORBIDDEN, "origin")
        if request.headers.get(CSRF_HEADER, "") != desk.keyring.csrf_token(cookie):
            raise Problem(Code.FORBIDDEN, "csrf")
    try:
        return desk.caller(cookie, address)
    except Problem:
        # What anyone may see is seen with an ended session too.
        if request.method in SAFE_METHODS:
            return accounts.anyone(address)
        raise


# --- changes --------------------------------------------------------------------------------------


def _changes(desk: Desk, operation: Operation) -> Callable[..., Response]:
    def view(**params: str) -> Response:
        caller, key = g.caller, key_of(request.headers.get(KEY_HEADER))
        entered = desk.enter(operation, caller, params, body_of_request(), key)
        answer = desk.answer(operation, entered)
        return as_json(desk.shown(answer, caller), answer.status)

    return view


def _runs(desk: Desk, errand: Errand) -> Callable[..., Response]:
    def view(**params: str) -> Response:
        key = key_of(request.headers.get(KEY_HEADER))
        answer = carry_out(desk, errand, g.caller, params, body_of_request(), key)
        return as_json(answer.body, answer.status)

    return view


def _reload(desk: Desk) -> Response:
    """The operator's command on this machine; no account needed."""
    if not desk.is_operator(bearer(request)):
        raise Problem(Code.UNAUTHORIZED)
    desk.reload()
    return as_json({"status": "ok"})


def _shows(desk: Desk, name: str, show: Callable[..., Response]) -> Callable[..., Response]:
    def view(**params: str) -> Response:
        queries.must_be_known(name)
        return show(desk, **params)

    return view
