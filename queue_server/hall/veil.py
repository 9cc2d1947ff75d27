"""How much of what somebody wrote a screen shows that others can see."""

from __future__ import annotations

from enum import StrEnum

from queue_server.hall import identity

MOST_STARS = 6
"""A value that is hidden whole does not tell how long it is."""


class Veil(StrEnum):
    """What of a value stays hidden: all but the family name, the birth date, the middle, or all of it."""

    NONE = "none"
    NAME = "name"
    ID_NUMBER = "id-number"
    PHONE = "phone"
    ALL = "all"


def behind(veil: Veil, text: str) -> str:
    """`text` as it is shown behind a veil."""
    match veil:
        case Veil.NONE:
            return text
        case Veil.NAME:
            return text[:1] + "*" * (len(text) - 1)
        case Veil.ID_NUMBER:
            return identity.mask_id(text)
        case Veil.PHONE:
            return identity.mask_phone(text)
        case Veil.ALL:
            return "*" * min(len(text), MOST_STARS)
