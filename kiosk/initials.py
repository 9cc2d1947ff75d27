"""The initials of a Chinese name, by which staff find a lost number: `zs` for 张三."""

from __future__ import annotations

from typing import Final

READ_OTHERWISE: Final = {
    "单": "s", "曾": "z", "解": "x", "仇": "q", "查": "z", "区": "o", "朴": "p", "盖": "g", "翟": "z",
    "员": "y", "繁": "p", "种": "c", "覃": "q", "尉": "w", "万": "w", "宓": "m", "洗": "x", "折": "s",
}  # fmt: skip
"""Surnames that are not read as the same sign elsewhere."""

MOST = 8


def initials(name: str) -> str:
    """One letter a sign, in small letters; empty where the name has signs that have no reading."""
    # Its dictionaries take a while to load; a hall that reads no cards never needs them.
    from pypinyin import lazy_pinyin

    signs = [one for one in name if not one.isspace() and one != "·"]
    read = [lazy_pinyin(one, errors="ignore") for one in signs]
    letters = [found[0][0] if found and found[0] else "" for found in read]
    if signs and signs[0] in READ_OTHERWISE:
        letters[0] = READ_OTHERWISE[signs[0]]
    plain = all(len(one) == 1 and one.isascii() for one in letters)
    return "".join(letters)[:MOST] if plain else ""
