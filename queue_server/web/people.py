"""Who logs in, and the accounts of the staff."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from flask import Response, g, request

from queue_server import accounts, bodies
from queue_server.accounts import Account, Caller
from queue_server.bodies import KEY_HEADER, key_of, read
from queue_server.desk import Desk
from queue_server.problems import Problem
from queue_server.storage.store import Answer
from queue_server.web.identity import CSRF_COOKIE, SESSION_COOKIE, came_by_tls, is_own_origin
from queue_server.web.reply import as_json, body_of_request, must, page
from queue_server.wire import Body, Code, Role

Change = Callable[[Desk, Caller, Body, dict[str, str]], Callable[[Any], Answer]]


def changes_people(desk: Desk, change: Change) -> Callable[..., Response]:
    def view(**params: str) -> Response:
        caller: Caller = g.caller
        if caller.role is not Role.ADMIN:
            raise Problem(Code.FORBIDDEN if caller.is_staff else Code.UNAUTHORIZED)
        body, key = body_of_request(), key_of(request.headers.get(KEY_HEADER))
        work = change(desk, caller, body, params)
        said = desk.fingerprint(change.__name__, params, body)
        answer = desk.write_answered(work, caller, key, said)
        desk.free_windows()
        return as_json(answer.body, answer.status)

    return view


def add_account(desk: Desk, caller: Caller, body: Body, params: dict[str, str]) -> Callable[[Any], Answer]:
    """A new member of the staff."""
    new = read(bodies.AddAccount, body)
    account = Account(new.username, new.role, new.name, new.staff_no, new.must_change)
    hashed = desk.slowly(accounts.hash_password, new.password)
    now = desk.engine.now()

    def work(db: Any) -> Answer:
        if accounts.account_of(db, account.username):
            raise Problem(Code.INVALID, "account-exists", field="username", username=account.username)
        accounts.add_account(db, account, hashed, now)
        return Answer("", 200, _account_body(account))

    return work


def set_account(desk: Desk, caller: Caller, body: Body, params: dict[str, str]) -> Callable[[Any], Answer]:
    """Change a member of the staff; a new password ends their sessions."""
    new = read(bodies.SetAccount, body)
    hashed = desk.slowly(accounts.hash_password, new.password) if new.password is not None else None

    def work(db: Any) -> Answer:
        old = accounts.account_of(db, params["username"])
        if old is None:
            raise Problem(Code.NOT_FOUND, "no-such-account", username=params["username"])
        must_change = old.must_change if new.must_change is None else new.must_change
        if new.password is not None and new.must_change is None:
            must_change = True
        account = Account(
            old.username,
            new.role or old.role,
            old.name if new.name is None else new.name,
            old.staff_no if new.staff_no is None else new.staff_no,
            must_change,
        )
        accounts.set_account(db, account, hashed)
        if not any(one.role is Role.ADMIN for one in accounts.all_accounts(db)):
            raise Problem(Code.INVALID, "last-admin", field="role")
        return Answer("", 200, _account_body(account))

    return work


def staff(desk: Desk) -> Response:
    """All accounts."""
    must(g.caller.role is Role.ADMIN)
    return page("accounts", accounts.all_accounts(desk.people), _account_body)


PEOPLE: tuple[tuple[str, str, Change], ...] = (
    ("POST", "/accounts", add_account),
    ("PATCH", "/accounts/<username>", set_account),
)


def _account_body(account: Account) -> Body:
    return {
        "username": account.username,
        "role": account.role,
        "name": account.name,
        "staff_no": account.staff_no,
        "must_change": account.must_change,
    }


# --- sessions ---


def log_in(desk: Desk) -> Response:
    """Log in: a token for programs, a cookie for browsers."""
    if not is_own_origin(request, desk.public_url):
        raise Problem(Code.FORBIDDEN, "origin")
    said = read(bodies.LogIn, body_of_request())
    keys = [f"account:{said.username}", f"address:{request.remote_addr}"]
    if not _is_password(desk, keys, said.username, said.password):
        raise Problem(Code.UNAUTHORIZED, "wrong-password")
    desk.failures.forget(keys)
    account = accounts.account_of(desk.people, said.username)
    if account is None:
        raise Problem(Code.UNAUTHORIZED, "wrong-password")
    now = desk.engine.now()
    token, until = desk.write(lambda db: accounts.open_session(db, account.username, now))
    show, _ = desk.settled()
    csrf = desk.keyring.csrf_token(token)
    response = as_json(
        {**_account_body(account), "token": token, "csrf": csrf, "expires_at": show.time(until)}  # type: ignore[arg-type]
    )
    lifetime, secure = int(accounts.SESSION_SECONDS), came_by_tls(request)
    response.set_cookie(SESSION_COOKIE, token, lifetime, httponly=True, samesite="Strict", secure=secure)
    response.set_cookie(CSRF_COOKIE, csrf, lifetime, samesite="Strict", secure=secure)
    return response


def _is_password(desk: Desk, keys: list[str], username: str, password: str) -> bool:
    """Whether that is their password; a wrong one is counted under the keys.

    :raises Problem: `too-many` while one of the keys has to wait.
    """
    # One at a time: guesses must not slip through together, and the shift that logs in all at once must not
    # be taken for a guesser.
    with desk.checking:
        wait = desk.failures.wait(keys, time.monotonic())
        if wait > 0:
            raise Problem(Code.TOO_MANY, retry_after=wait, seconds=max(1, round(wait)))
        stored = accounts.password_hash_of(desk.people, username)
        right = desk.slowly(accounts.is_password, stored, password)
        if not right:
            desk.failures.note(keys, time.monotonic())
    return right


def log_out(desk: Desk) -> Response:
    """End the session."""
    session = g.caller.session
    if session:
        desk.write(lambda db: accounts.close_session(db, session))
    response = as_json(None)
    response.delete_cookie(SESSION_COOKIE)
    response.delete_cookie(CSRF_COOKIE)
    return response


def change_password(desk: Desk) -> Response:
    """Change one's own password; other sessions of the account end."""
    caller: Caller = g.caller
    if not caller.session or caller.account is None:
        raise Problem(Code.UNAUTHORIZED)
    said = read(bodies.ChangePassword, body_of_request())
    keys = [f"account:{caller.account.username}"]
    if not _is_password(desk, keys, caller.account.username, said.old):
        raise Problem(Code.FORBIDDEN, "wrong-password", field="old")
    if said.new == said.old:
        raise Problem(Code.INVALID, "same-password", field="new")
    hashed = desk.slowly(accounts.hash_password, said.new)
    username = caller.account.username
    desk.write(lambda db: accounts.set_own_password(db, username, hashed, caller.session))
    return as_json({**_account_body(caller.account), "must_change": False})


def who_am_i(desk: Desk) -> Response:
    """The account that is logged in."""
    account = g.caller.account
    if account is None:
        raise Problem(Code.UNAUTHORIZED)
    return as_json(_account_body(account))


SESSIONS: tuple[tuple[str, str, Callable[..., Response]], ...] = (
    ("POST", "/sessions", log_in),
    ("DELETE", "/sessions", log_out),
    ("GET", "/sessions", who_am_i),
    ("GET", "/accounts", staff),
    ("POST", "/sessions/password", change_password),
)
