"""Writes catalogue files as people keep them: one key a line, long lists one entry a line."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

Table = dict[str, Any]


def text_of(header: str, tables: Mapping[str, Any]) -> str:
    """A file's text; handling items stand below their main item."""
    parts = [header.rstrip("\n") + "\n"]
    services = list(tables.get("services", ()))
    for item in tables.get("items", ()):
        parts.append(f"\n# --- {item['name']['zh']}\n\n{_table('items', item)}")
        own = [one for one in services if one.get("item") == item["id"]]
        parts += [f"\n{_table('services', one)}" for one in own]
        services = [one for one in services if one not in own]
    parts += [f"\n{_table('services', one)}" for one in services]
    for name, others in tables.items():
        if name not in ("items", "services"):
            several = others if isinstance(others, list) else []
            parts += [f"\n{_table(name, one)}" for one in several]
            if isinstance(others, dict):
                parts.append(f"\n[{name}]\n" + "".join(f"{line}\n" for line in _lines(others, "")))
    return "".join(parts)


def header_of(text: str) -> str:
    """The comment with which a file begins."""
    lines: list[str] = []
    for line in text.splitlines():
        if not line.startswith("#"):
            break
        lines.append(line)
    return "\n".join(lines)


def _table(name: str, table: Table) -> str:
    return f"[[{name}]]\n" + "".join(f"{line}\n" for line in _lines(table, ""))


def _lines(table: Table, before: str) -> Iterator[str]:
    for key, value in table.items():
        if key == "guide" and isinstance(value, dict):
            yield from _lines(value, "guide.")
        elif isinstance(value, list) and (key == "services" or any(isinstance(one, dict) for one in value)):
            yield f"{before}{key} = ["
            yield from (f"  {_inline(one)}," for one in value)
            yield "]"
        else:
            yield f"{before}{key} = {_inline(value)}"


def _inline(value: object) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_inline(one)}" for key, one in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(_inline(one) for one in value) + "]"
    # A JSON string, number or truth is TOML's too, but for this one sign.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
