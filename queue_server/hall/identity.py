"""Numbers of people and enterprises: are they possible, and how are they shown.

Nothing here tells whether a person exists; only that a number was typed or read correctly.
"""

from __future__ import annotations

import re
from datetime import date

ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
ID_CHECKS = "10X98765432"
CODE_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CODE_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
OLDEST_AGE = 130

_ID = re.compile(r"[1-9]\d{16}[\dX]", re.ASCII)
_CODE = re.compile(f"[{CODE_SIGNS}]{{18}}")
_MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)
_LANDLINE = re.compile(r"0[1-9]\d{8,10}", re.ASCII)


def normal_id(text: str) -> str:
    """As people type it → as it is stored: no spaces or hyphens, a capital X."""
    return re.sub(r"[\s-]", "", text).upper()


def id_check_sign(first: str) -> str:
    """The check character for the first 17 digits of a resident ID number (GB 11643)."""
    total = sum(int(digit) * weight for digit, weight in zip(first, ID_WEIGHTS, strict=True))
    return ID_CHECKS[total % 11]


def is_resident_id(number: str, today: date) -> bool:
    """Whether a normal ID number is possible: its form, birth date and check character."""
    if not _ID.fullmatch(number) or id_check_sign(number[:17]) != number[17]:
        return False
    born = birth_date(number)
    return born is not None and born <= today and today.year - born.year <= OLDEST_AGE


def birth_date(number: str) -> date | None:
    """The birth date within an ID number; None when there is no such day."""
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def age(number: str, today: date) -> int | None:
    """Full years of the holder; None when the number holds no date. Born 29 February: on 1 March."""
    born = birth_date(number)
    if born is None:
        return None
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def code_check_sign(first: str) -> str:
    """The check character for the first 17 signs of a unified social credit code (GB 32100)."""
    total = sum(CODE_SIGNS.index(sign) * weight for sign, weight in zip(first, CODE_WEIGHTS, strict=True))
    return CODE_SIGNS[(31 - total % 31) % 31]


def is_credit_code(code: str) -> bool:
    """Whether a unified social credit code (normal form) is possible."""
    return bool(_CODE.fullmatch(code)) and code_check_sign(code[:17]) == code[17]


def normal_phone(text: str) -> str:
    """Digits alone, without the country's 86."""
    digits = re.sub(r"[\s()（）.-]", "", text)
    return re.sub(r"^(\+|00)86", "", digits)


def is_phone(number: str) -> bool:
    """A mainland mobile, or a landline with its area code (normal form)."""
    return bool(_MOBILE.fullmatch(number) or _LANDLINE.fullmatch(number))


def mask_id(number: str) -> str:
    """`371502********123X`; what is not as long as an ID shows nothing."""
    if len(number) != 18:
        return "*" * len(number)
    return f"{number[:6]}{'*' * 8}{number[14:]}"


def mask_phone(number: str) -> str:
    """`138****0000`: the last four and at most three in front; too short a number shows nothing."""
    if len(number) < 9:
        return "*" * len(number)
    front = len(number) - 8 if len(number) < 11 else 3
    return f"{number[:front]}{'*' * (len(number) - front - 4)}{number[-4:]}"
