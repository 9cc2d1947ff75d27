"""What the hall signs on permits and papers, and how it is shown: to who holds one, to who checks one."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from assets import texts
from queue_server.hall.model import Words
from queue_server.present import Presenter
from queue_server.self_fill.forms import Form
from queue_server.self_fill.permit_office import Permit, PermitOffice
from queue_server.self_fill.permits import PermitShape, standing
from queue_server.self_fill.signed import Forged, Signer
from queue_server.wire import Body

if TYPE_CHECKING:
    from queue_server.desk import Desk

PERMIT = "permit"
"""The kind of a signed line: id of the permit's kind, number, holder, first day, last day."""
PAPER = "paper"
"""The kind of a signed line: the form's id, the paper's number, the day it was printed."""


def mark_of(signer: Signer, permit: Permit) -> str:
    """The signed line of a permit's QR code: no more of the citizen than who checks must see."""
    days = (permit.begins.isoformat(), permit.ends.isoformat())
    return signer.sign(PERMIT, permit.kind, permit.number, permit.holder, *days)


def paper_number(desk: Desk, draft: str, begun: date) -> str:
    """What a filled-in form is called on paper and to the platform: `BD20261124-7F03AC`."""
    return f"BD{begun:%Y%m%d}-{desk.keyring.mark(f'paper/{draft}')[:6].upper()}"


def permit_body(permit: Permit, kind: PermitShape | None, desk: Desk, show: Presenter, today: date) -> Body:
    """A permit whole, for who applied and for staff; `mark` is null once its data were erased."""
    is_revoked = permit.revoked_at is not None
    mark = mark_of(desk.signer, permit) if permit.holder else None
    return {
        "number": permit.number,
        "kind": permit.kind,
        "name": _name(permit.kind, kind),
        "state": standing(permit.begins, permit.ends, today, is_revoked),
        "holder": permit.holder,
        "holder_name": _holder_name(kind),
        "begins": permit.begins.isoformat(),
        "ends": permit.ends.isoformat(),
        "shown": permit.shown,
        "made_at": show.time(permit.made_at),
        "mark": mark,
        "verify_url": desk.verify_url(mark) if mark else None,
        "revoked_at": show.time(permit.revoked_at),
        "revoked_by": permit.revoked_by,
        "reason": permit.reason,
    }


def _name(id: str, kind: PermitShape | None) -> Words:
    """A kind's name; its id where the config no longer has it."""
    return kind.words if kind else {"zh": id, "en": id}


def _holder_name(kind: PermitShape | None) -> Words:
    return kind.holder_name.model_dump() if kind else texts.both("verify.holder")


# --- checking -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Verifier:
    """Says what a mark is worth. The signature suffices; the database only knows what was taken back."""

    signer: Signer
    office: PermitOffice
    kinds: dict[str, PermitShape]
    forms: dict[str, Form]

    def check(self, mark: str, today: date, db: sqlite3.Connection) -> Body:
        """`state` is `valid`, `not-yet`, `expired`, `revoked` or `forged`; a forged one says no more."""
        try:
            signed = self.signer.check(mark)
            if signed.kind == PAPER:
                return self._paper(signed.fields)
            if signed.kind == PERMIT:
                return self._permit(signed.fields, today, db) | {"key": signed.key}
        except (Forged, ValueError):
            # Fields that make no sense were signed by nothing of ours.
            pass
        return {"state": "forged"}

    def _paper(self, fields: tuple[str, ...]) -> Body:
        """:raises ValueError: when the fields make no sense."""
        form, number, printed = fields
        known = self.forms.get(form)
        name = known.title if known else {"zh": form, "en": form}
        return {"state": "valid", "what": PAPER, "kind": form, "name": name, "number": number, "day": printed}

    def _permit(self, fields: tuple[str, ...], today: date, db: sqlite3.Connection) -> Body:
        """`revocation` is `unchecked` where the database could not be asked.

        :raises ValueError: when the fields make no sense.
        """
        kind, number, holder, begins, ends = fields
        revocation, is_revoked = "checked", False
        try:
            permit = self.office.find(db, number)
            is_revoked = permit is not None and permit.revoked_at is not None
        except (sqlite3.Error, ValueError):
            revocation = "unchecked"
        days = date.fromisoformat(begins), date.fromisoformat(ends)
        return {
            "state": standing(*days, today, is_revoked),
            "what": PERMIT,
            "kind": kind,
            "name": _name(kind, self.kinds.get(kind)),
            "number": number,
            "holder": holder,
            "holder_name": _holder_name(self.kinds.get(kind)),
            "begins": begins,
            "ends": ends,
            "revocation": revocation,
        }
