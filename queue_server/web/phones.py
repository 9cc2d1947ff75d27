"""What citizens' phones ask this server for: all that must be reachable from outside the hall."""

from __future__ import annotations

FOR_PHONES: dict[str, str] = {
    "/t/": "the page of a number",
    "/socket.io/": "its line, a WebSocket",
    "/items/": "what to bring",
    "/form/": "a form to fill in",
    "/verify": "whether a permit or paper is genuine",
    "/static/": "the files of these pages",
    "/api/v1/tickets/": "a number's forms, and who went first",
    "/api/v1/services/": "what the items are called that are rated",
    "/api/v1/drafts": "to begin a form",
    "/api/v1/drafts/": "what is written into it",
    "/api/v1/bridges/": "what other offices know already",
    "/api/v1/permits": "to apply for a permit",
    "/api/v1/qr": "its code, drawn",
    "/api/v1/verify": "to check a code",
}
"""By path: one that ends with `/` stands for all beneath it, another for itself alone."""


def is_for_phones(path: str) -> bool:
    """Whether a phone may need this path, so that it has to be passed on."""
    return path in FOR_PHONES or any(path.startswith(one) for one in FOR_PHONES if one.endswith("/"))
