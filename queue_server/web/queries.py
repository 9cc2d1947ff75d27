"""What the lists of the API may be asked by their address: told on its page, and held."""

from __future__ import annotations

from flask import request

from queue_server.bodies import wrong
from queue_server.hall.model import Party, State
from queue_server.problems import Cure
from queue_server.self_fill.handovers import HandoverState
from queue_server.web.openapi_parts import DAY, TEXT, one_of
from queue_server.web.reply import MOST
from queue_server.wire import Body


def _query(name: str, schema: Body) -> Body:
    return {"name": name, "in": "query", "required": False, "schema": schema}


PAGING = [
    _query("limit", {"type": "integer", "minimum": 1, "maximum": MOST}),
    _query("offset", {"type": "integer", "minimum": 0}),
]

PAPER = [_query("lang", {"type": "string", "enum": ["zh", "en"]})]

QUERIES: dict[str, list[Body]] = {
    "services": [
        _query("q", TEXT),
        _query("group", TEXT),
        _query("theme", TEXT),
        _query("party", one_of(Party)),
        *PAGING,
    ],
    "themes": [_query("q", TEXT), *PAGING],
    "matches": [_query("q", TEXT), *PAGING],
    "questions": PAGING,
    "words": PAGING,
    "tickets": [
        _query("state", one_of(State)),
        *(_query(name, TEXT) for name in ("group", "number", "phone", "id_number")),
        *PAGING,
    ],
    "find_tickets": PAGING,
    "find_permits": PAGING,
    "permit_pdf": PAPER,
    "draft_pdf": PAPER,
    "handovers": [_query("state", one_of(HandoverState)), *PAGING],
    "ticket_why": PAGING,
    "forms": [_query("service", TEXT), *PAGING],
    "ticket_forms": PAGING,
    "windows": PAGING,
    "slots": [
        {**_query("services", TEXT), "required": True},
        _query("day", DAY),
        *PAGING,
    ],
    "alerts": PAGING,
    "kiosks": PAGING,
    "queues": PAGING,
    "notices": PAGING,
    "helps": PAGING,
    "staff": PAGING,
}
"""By the name of a list: what may stand in its address after the `?`."""


def must_be_known(name: str) -> None:
    """A filter that is not known would be left out, and the answer be about something else.

    :raises Problem: `invalid`, naming the first parameter of a list that it doesn't have.
    """
    if name not in QUERIES:
        return
    allowed = [one["name"] for one in QUERIES[name]]
    for given in request.args:
        if given not in allowed:
            raise wrong(given, Cure("unknown", {"allowed": ", ".join(allowed)}))
