"""Who may do what: staff with passwords and sessions, terminals and programs with tokens.

Tokens and sessions are kept as hashes only. They are looked up in the database at every use, so
one that was revoked, by this process or another, stops at once.
"""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
from dataclasses import dataclass
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from queue_server.hall.commands import Actor, Power
from queue_server.hall.model import Clerk, Instant, TicketId, WindowNumber
from queue_server.wire import PASSWORD_SIGNS, Kind, Role

SESSION_SECONDS = 12 * 3600.0
SESSION_PREFIX, TOKEN_PREFIX = "hs_", "ht_"
FIRST_ADMIN = "admin"

FREE_FAILURES = 5
"""So many wrong passwords in a row cost nothing; after that each doubles the wait."""
LONGEST_LOCK_SECONDS = 300.0

STAFF = frozenset(Role)
MANAGERS = frozenset({Role.MANAGER, Role.ADMIN})
AT_WINDOWS = frozenset({Role.CLERK, *MANAGERS})

_hasher = PasswordHasher()


@dataclass(frozen=True, slots=True)
class Account:
    username: str
    role: Role
    name: str = ""
    staff_no: str = ""
    must_change: bool = False

    @property
    def clerk(self) -> Clerk:
        return Clerk(self.username, self.name or self.username, self.staff_no)


@dataclass(frozen=True, slots=True)
class Caller:
    """Whoever asks: staff (`account`), a terminal (`kind` and `id`), or a ticket's holder."""

    name: str
    """For the record and for idempotency keys: `staff:li`, `kiosk:K01`, `api:app`, `ticket:…`."""
    account: Account | None = None
    kind: Kind | None = None
    id: str = ""
    ticket: TicketId | None = None
    draft: str = ""
    """The form that whoever has its secret fills in."""
    session: str = ""
    """The session's token, where there is one."""

    @property
    def role(self) -> Role | None:
        return self.account.role if self.account else None

    @property
    def is_staff(self) -> bool:
        return self.account is not None

    @property
    def is_manager(self) -> bool:
        return self.role in MANAGERS

    @property
    def window(self) -> WindowNumber | None:
        """The window that a keypad or an evaluator is bound to."""
        bound = self.kind in (Kind.KEYPAD, Kind.EVALUATOR) and self.id.isdecimal()
        return WindowNumber(int(self.id)) if bound else None

    def actor(self) -> Actor:
        """Who this is to the rules."""
        clerk = self.account.clerk if self.account else None
        power = Power.NONE
        if self.is_manager:
            power = Power.MANAGER
        elif self.role is Role.CLERK:
            power = Power.CLERK
        elif self.kind is Kind.KEYPAD:
            power = Power.KEYPAD
        return Actor(self.name, power, clerk, self.window)


def anyone(address: str) -> Caller:
    """Somebody without a token; the address is for rate limits and idempotency keys."""
    return Caller(f"anyone:{address}")


# --- tokens of terminals and programs -------------------------------------------------------------


def make_token(db: sqlite3.Connection, kind: Kind, id: str, role: Role | None, now: float) -> str:
    """A new token; earlier ones of the same terminal go on working until they are revoked.

    :raises ValueError: when a keypad's or evaluator's id is no window's number, or a terminal is
        given a role.
    """
    if kind in (Kind.KEYPAD, Kind.EVALUATOR) and not (id.isdecimal() and int(id) > 0):
        raise ValueError(f"the id of a {kind} is its window's number, like 5; found {id!r}")
    if kind is not Kind.API and role is not None:
        raise ValueError(f"only a token of kind api has a role; a {kind} has none")
    token = TOKEN_PREFIX + secrets.token_urlsafe(24)
    role = (role or Role.CLERK) if kind is Kind.API else None
    db.execute(
        "INSERT INTO tokens (hash, kind, id, role, made_at) VALUES (?, ?, ?, ?, ?)",
        (_hash(token), kind.value, id, role.value if role else "", now),
    )
    return token


def revoke_tokens(db: sqlite3.Connection, kind: Kind, id: str) -> int:
    """End all tokens of a terminal or program; how many there were."""
    return db.execute("DELETE FROM tokens WHERE kind = ? AND id = ?", (kind.value, id)).rowcount


def with_tokens(db: sqlite3.Connection) -> set[tuple[Kind, str]]:
    """Every terminal and program that may connect."""
    return {(Kind(row["kind"]), row["id"]) for row in db.execute("SELECT DISTINCT kind, id FROM tokens")}


def caller_of_token(db: sqlite3.Connection, token: str) -> Caller | None:
    row = db.execute("SELECT kind, id, role FROM tokens WHERE hash = ?", (_hash(token),)).fetchone()
    if row is None:
        return None
    kind = Kind(row["kind"])
    name = f"{kind}:{row['id']}"
    account = Account(name, Role(row["role"])) if kind is Kind.API else None
    return Caller(name, account, kind, row["id"])


# --- staff ----------------------------------------------------------------------------------------


def add_account(db: sqlite3.Connection, account: Account, password_hash: str, now: float) -> None:
    """:raises sqlite3.IntegrityError: when there is such an account."""
    db.execute(
        "INSERT INTO accounts (username, password, role, name, staff_no, must_change, made_at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            account.username,
            password_hash,
            account.role.value,
            account.name,
            account.staff_no,
            int(account.must_change),
            now,
        ),
    )


def set_account(db: sqlite3.Connection, account: Account, password_hash: str | None) -> None:
    """Write an account's facts; with a new password its sessions end."""
    db.execute(
        "UPDATE accounts SET role = ?, name = ?, staff_no = ?, must_change = ? WHERE username = ?",
        (account.role.value, account.name, account.staff_no, int(account.must_change), account.username),
    )
    if password_hash is not None:
        db.execute("UPDATE accounts SET password = ? WHERE username = ?", (password_hash, account.username))
        db.execute("DELETE FROM sessions WHERE username = ?", (account.username,))


def set_own_password(db: sqlite3.Connection, username: str, password_hash: str, session: str) -> None:
    """A password that its owner chose: nothing more to change, and other sessions end."""
    db.execute(
        "UPDATE accounts SET password = ?, must_change = 0 WHERE username = ?", (password_hash, username)
    )
    db.execute("DELETE FROM sessions WHERE username = ? AND hash != ?", (username, _hash(session)))


def account_of(db: sqlite3.Connection, username: str) -> Account | None:
    """A member of the staff, or a program by its account's name `api:ID`."""
    kind, _, id = username.partition(":")
    if id:
        row = db.execute("SELECT role FROM tokens WHERE kind = ? AND id = ?", (kind, id)).fetchone()
        return Account(username, Role(row["role"])) if row and kind == Kind.API else None
    row = db.execute("SELECT * FROM accounts WHERE username = ?", (username,)).fetchone()
    return _account(row) if row else None


def all_accounts(db: sqlite3.Connection) -> list[Account]:
    return [_account(row) for row in db.execute("SELECT * FROM accounts ORDER BY username")]


def password_hash_of(db: sqlite3.Connection, username: str) -> str:
    """The stored hash; for an unknown name that of no password, so that both take as long."""
    row = db.execute("SELECT password FROM accounts WHERE username = ?", (username,)).fetchone()
    return str(row["password"]) if row else _nobody()


def hash_password(password: str) -> str:
    """Slow on purpose: call it off the hub."""
    return _hasher.hash(password)


def is_password(stored: str, password: str) -> bool:
    """Slow on purpose: call it off the hub."""
    try:
        return _hasher.verify(stored, password)
    except VerificationError:
        return False


@cache
def _nobody() -> str:
    return hash_password(secrets.token_urlsafe(16))


def open_session(db: sqlite3.Connection, username: str, now: float) -> tuple[str, float]:
    """A new session: its token and when it ends. Ended ones are swept away."""
    token, until = SESSION_PREFIX + secrets.token_urlsafe(24), now + SESSION_SECONDS
    db.execute("DELETE FROM sessions WHERE expires_at < ?", (now,))
    db.execute(
        "INSERT INTO sessions (hash, username, made_at, expires_at) VALUES (?, ?, ?, ?)",
        (_hash(token), username, now, until),
    )
    return token, until


def close_session(db: sqlite3.Connection, token: str) -> None:
    db.execute("DELETE FROM sessions WHERE hash = ?", (_hash(token),))


def caller_of_session(db: sqlite3.Connection, token: str, now: float) -> Caller | None:
    row = db.execute(
        "SELECT a.* FROM sessions s JOIN accounts a ON a.username = s.username "
        "WHERE s.hash = ? AND s.expires_at > ?",
        (_hash(token), now),
    ).fetchone()
    if row is None:
        return None
    account = _account(row)
    return Caller(f"staff:{account.username}", account, session=token)


def first_admin(db: sqlite3.Connection, password: str, now: Instant) -> str | None:
    """Make the first administrator where there is no account yet.

    With no `password` given a random one is made, to be changed at the first log-in; it is
    returned, to be told once.

    :raises ValueError: when the password given is none that anybody might choose.
    """
    if db.execute("SELECT 1 FROM accounts LIMIT 1").fetchone():
        return None
    least, most = PASSWORD_SIGNS
    if password and not least <= len(password) <= most:
        raise ValueError(f"a password has {least} to {most} signs; found {len(password)}")
    chosen = password or secrets.token_urlsafe(9)
    account = Account(FIRST_ADMIN, Role.ADMIN, must_change=not password)
    add_account(db, account, hash_password(chosen), now)
    return None if password else chosen


def _account(row: sqlite3.Row) -> Account:
    return Account(row["username"], Role(row["role"]), row["name"], row["staff_no"], bool(row["must_change"]))


def _hash(token: str) -> str:
    """Tokens are long and random: one round of SHA-256 keeps them."""
    return hashlib.sha256(token.encode()).hexdigest()


class Failures:
    """Wrong passwords by account and by address: who errs often waits, longer each time."""

    MOST = 10_000
    """So many names are remembered; beyond that the eldest are forgotten."""

    def __init__(self) -> None:
        self._failed: dict[str, tuple[int, float]] = {}

    def wait(self, keys: list[str], now: float) -> float:
        """Seconds until the next try is allowed; 0 when it is."""
        return max(0.0, *(self._until(key) - now for key in keys))

    def note(self, keys: list[str], now: float) -> None:
        for key in keys:
            count = self._failed.pop(key, (0, 0.0))[0] + 1
            self._failed[key] = (count, now)
        while len(self._failed) > self.MOST:
            del self._failed[next(iter(self._failed))]

    def forget(self, keys: list[str]) -> None:
        for key in keys:
            self._failed.pop(key, None)

    def _until(self, key: str) -> float:
        count, last = self._failed.get(key, (0, 0.0))
        if count < FREE_FAILURES:
            return 0.0
        return last + min(LONGEST_LOCK_SECONDS, 2.0 ** (count - FREE_FAILURES))
