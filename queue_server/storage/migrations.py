"""The database's shape, one function per change; `PRAGMA user_version` counts those made."""

from __future__ import annotations

from collections.abc import Callable

from sqlite_utils import Database

TEXT_ID = {"id": str}


def first_tables(db: Database) -> None:
    """The hall's day: people can read these tables with sqlite-utils or Datasette."""
    db.table("meta").create({"key": str, "value": str}, pk="key")
    db.table("days").create({"date": str, "override": str, "reason": str, "began_at": float}, pk="date")
    db.table("tickets").create(
        {
            **TEXT_ID, "day": str, "number": str, "state": str, "window": int, "issued_at": float,
            "current": int, "priority": str, "needs": str, "party": str, "language": str,
            "note": str, "slot_start": float, "slot_end": float, "id_hash": str, "phone_hash": str,
            "agent": int, "kiosk": str, "missed": int, "lates": int, "secret_version": int,
            "rated": str,
        },
        pk="id", not_null={"day", "number", "state"},
    )  # fmt: skip
    # The second lock behind the rules: no number twice in a day, one live ticket a window.
    db.table("tickets").create_index(["day", "number"], unique=True)
    db.execute(
        "CREATE UNIQUE INDEX one_ticket_a_window ON tickets(day, window) WHERE state IN ('called', 'serving')"
    )
    db.table("steps").create(
        {
            "ticket": str, "position": int, **TEXT_ID, "group_id": str, "services": str,
            "state": str, "arrived_at": float, "queued_at": float, "since": float, "window": int,
            "clerk": str, "called_at": float, "started_at": float, "finished_at": float,
            "only_window": int, "recalls": int, "results": str,
        },
        pk=("ticket", "position"), foreign_keys=[("ticket", "tickets", "id")],
    )  # fmt: skip
    db.table("windows").create(
        {
            "number": int, "groups": str, "state": str, "since": float, "pause_reason": str,
            "clerk": str, "ticket": str, "undo": str, "ask": str, "turn": int,
        },
        pk="number",
    )  # fmt: skip
    db.table("calls").create(
        {
            **TEXT_ID, "day": str, "ticket": str, "number": str, "group_id": str, "window": int,
            "kind": str, "at": float, "language": str, "flash": int, "rule": str,
            "queued_at": float, "minutes": float, "announced": str,
        },
        pk="id",
    )  # fmt: skip
    db.table("calls").create_index(["day"])


def record_tables(db: Database) -> None:
    """What is kept beside the day: the audit trail, intervals, answers, promises."""
    db.table("intervals").create(
        {
            "id": int, "day": str, "ticket": str, "step": int, "group_id": str, "state": str,
            "window": int, "clerk": str, "start": float, "end": float,
        },
        pk="id",
    )  # fmt: skip
    db.table("intervals").create_index(["day", "group_id", "state"])
    db.table("events").create(
        {
            "seq": int, "day": str, "at": float, "kind": str, "actor": str, "cause": str,
            "ticket": str, "window": int, "body": str,
        },
        pk="seq",
    )  # fmt: skip
    db.table("events").create_index(["day", "ticket"])
    db.table("answers").create(
        {
            "caller": str, "key": str, "day": str, "fingerprint": str, "status": int, "body": str,
            "ticket": str, "secret_version": int,
        },
        pk=("caller", "key"),
    )  # fmt: skip
    db.table("ratings").create(
        {
            **TEXT_ID, "day": str, "ticket": str, "service": str, "score": int, "tags": str,
            "comment": str, "channel": str, "at": float, "window": int, "clerk": str,
        },
        pk="id",
    )  # fmt: skip
    db.table("appointments").create(
        {
            "code": str, "services": str, "group_id": str, "start": float, "end": float,
            "phone_hash": str, "made_at": float, "ticket": str, "cancelled": int,
        },
        pk="code",
    )  # fmt: skip
    db.table("notices").create({**TEXT_ID, "text": str, "zones": str, "until": float, "at": float}, pk="id")
    db.table("alerts").create(
        {
            **TEXT_ID, "kind": str, "subject": str, "text": str, "since": float, "acked_by": str,
            "cleared_at": float,
        },
        pk="id",
    )  # fmt: skip


def people_tables(db: Database) -> None:
    """Who may do what: accounts of staff, their sessions, tokens of terminals and programs."""
    db.table("accounts").create(
        {
            "username": str, "password": str, "role": str, "name": str, "staff_no": str,
            "must_change": int, "made_at": float,
        },
        pk="username",
    )  # fmt: skip
    db.table("sessions").create(
        {"hash": str, "username": str, "made_at": float, "expires_at": float}, pk="hash"
    )
    db.table("sessions").create_index(["username"])
    db.table("tokens").create({"hash": str, "kind": str, **TEXT_ID, "role": str, "made_at": float}, pk="hash")
    db.table("tokens").create_index(["kind", "id"])


def windows_of_calls(db: Database) -> None:
    """How many windows served a call's group, so that its cost to others can be told."""
    db.execute("ALTER TABLE calls ADD COLUMN windows INTEGER NOT NULL DEFAULT 1")


def help_table(db: Database) -> None:
    """Calls for an assistant, each with its life, so that times of response can be told."""
    db.table("helps").create(
        {
            **TEXT_ID, "day": str, "kind": str, "asker": str, "place": str, "zone": str,
            "reason": str, "asked_at": float, "state": str, "times": int, "taker": str,
            "answered_at": float, "ended_at": float, "wanted": str, "note": str,
        },
        pk="id",
    )  # fmt: skip
    db.table("helps").create_index(["day"])


def phones_table(db: Database) -> None:
    """Sealed phone numbers, apart from all else so that they can be erased alone."""
    db.table("phones").create({"ticket": str, "sealed": bytes, "texted": str}, pk="ticket")


def slips_table(db: Database) -> None:
    """Slips asked for after the number was given, so that each is printed at most once."""
    db.table("slips").create(
        {
            **TEXT_ID, "day": str, "ticket": str, "kiosk": str, "at": float, "again": int,
            "large": int, "state": str,
        },
        pk="id",
    )  # fmt: skip
    db.table("slips").create_index(["day"])


def papers_tables(db: Database) -> None:
    """Permits granted at once, consents to asking other offices, papers to be handed over.

    What must be read again is sealed under the hall's key; `mark` is a keyed hash.
    """
    db.table("permits").create(
        {
            "number": str, "kind": str, "begins": str, "ends": str, "mark": str, "sealed": bytes,
            "made_at": float, "made_by": str, "revoked_at": float, "revoked_by": str, "reason": str,
        },
        pk="number",
    )  # fmt: skip
    db.table("permits").create_index(["mark"])
    db.table("consents").create(
        {**TEXT_ID, "at": float, "by": str, "provider": str, "purpose": str, "mark": str}, pk="id"
    )
    db.table("handovers").create(
        {
            **TEXT_ID, "kind": str, "subject": str, "sealed": bytes, "made_at": float, "made_by": str,
            "state": str, "tries": int, "next_at": float, "trouble": str, "ended_at": float,
        },
        pk="id",
    )  # fmt: skip
    db.table("handovers").create_index(["state", "next_at"])


def ways_of_calls(db: Database) -> None:
    """The further ways of a repeated call, and whether its citizen needs longer to come."""
    db.execute("ALTER TABLE calls ADD COLUMN reach TEXT NOT NULL DEFAULT '[]'")
    db.execute("ALTER TABLE calls ADD COLUMN slow INTEGER NOT NULL DEFAULT 0")


def drafts_tables(db: Database) -> None:
    """Forms that citizens fill in; what they wrote is sealed under the hall's key, field by field."""
    db.table("drafts").create(
        {
            **TEXT_ID, "form": str, "ticket": str, "state": str, "revision": int, "filled": int,
            "questions": int, "begun_at": float, "changed_at": float, "finished_at": float,
            "finished_by": str, "consents": str,
        },
        pk="id",
    )  # fmt: skip
    db.table("draft_values").create({"draft": str, "field": str, "sealed": bytes}, pk=("draft", "field"))


def checks_and_plates(db: Database) -> None:
    """Who confirmed a priority, and what a manager wrote on a window's display."""
    db.execute("ALTER TABLE tickets ADD COLUMN priority_checked TEXT NOT NULL DEFAULT ''")
    db.execute("ALTER TABLE windows ADD COLUMN plate TEXT NOT NULL DEFAULT 'null'")


def marks_of_tickets(db: Database) -> None:
    """Keyed hashes by which staff find a number whose slip is lost."""
    db.execute("ALTER TABLE tickets ADD COLUMN marks TEXT NOT NULL DEFAULT '[]'")


def presses_taken_back(db: Database) -> None:
    """When a window's press was last taken back; what can be is remembered in another shape from now on."""
    db.execute("ALTER TABLE windows ADD COLUMN undone_at REAL")
    db.execute("UPDATE windows SET undo = 'null'")


def materials_of_tickets(db: Database) -> None:
    """The papers that citizens said are there."""
    db.execute("ALTER TABLE tickets ADD COLUMN materials TEXT NOT NULL DEFAULT 'null'")


def phones_of_appointments(db: Database) -> None:
    """Numbers for texts, sealed, until the appointment is kept or over."""
    db.execute("ALTER TABLE appointments ADD COLUMN sealed BLOB NOT NULL DEFAULT x''")


def marks_of_appointments(db: Database) -> None:
    """What finds the ticket that an appointment becomes by a little of its citizen, as for other tickets."""
    db.execute("ALTER TABLE appointments ADD COLUMN marks TEXT NOT NULL DEFAULT '[]'")


MIGRATIONS: tuple[Callable[[Database], None], ...] = (
    first_tables,
    record_tables,
    people_tables,
    windows_of_calls,
    help_table,
    phones_table,
    slips_table,
    papers_tables,
    ways_of_calls,
    drafts_tables,
    checks_and_plates,
    marks_of_tickets,
    presses_taken_back,
    materials_of_tickets,
    phones_of_appointments,
    marks_of_appointments,
)


def migrate(db: Database) -> None:
    """Bring a database to the present shape, in one transaction.

    :raises RuntimeError: when a newer release wrote it.
    """
    (done,) = db.execute("PRAGMA user_version").fetchone()
    if done > len(MIGRATIONS):
        raise RuntimeError("this database was written by a newer release; start that one instead")
    if done == len(MIGRATIONS):
        return
    with db.atomic():
        for number, change in enumerate(MIGRATIONS[done:], start=done + 1):
            change(db)
            db.execute(f"PRAGMA user_version = {number}")
