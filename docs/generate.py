"""Writes the generated parts of the docs anew; a test fails while one of them is old.

A part stands between `<!-- generated: NAME -->` and `<!-- end -->`.
Run it from the project's folder: `PYTHONPATH=. .venv/bin/python docs/generate.py`.
"""

from __future__ import annotations

import re
import subprocess
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

from assets import texts
from queue_server.bodies import Health, Shape
from queue_server.errands import ASKED
from queue_server.hall.model import TRANSITIONS, Action, State
from queue_server.problems import STATUS
from queue_server.sockets import MESSAGES, TELL_HEALTH
from queue_server.web.openapi import document
from queue_server.web.phones import FOR_PHONES
from queue_server.wire import Asks, Code
from tests.kiosk.errands import ERRANDS, played

DOCS = Path(__file__).parent
PART = re.compile(r"(<!-- generated: ([a-z-]+) -->\n).*?(<!-- end -->)", re.DOTALL)
ASIDE = frozenset({Action.UNDO, Action.END_DAY})
"""They lead from nearly everywhere: in the table, but not in the picture."""


def states_picture() -> str:
    """The moves of a ticket as a mermaid diagram."""
    labels: dict[tuple[State, State], list[str]] = defaultdict(list)
    for action, moves in TRANSITIONS.items():
        for start, ends in moves.items():
            for end in sorted(ends):
                if action not in ASIDE:
                    labels[start, end].append(action.value)
    lines = ["[*] --> waiting: a number is taken"]
    lines += [f"{start} --> {end}: {', '.join(words)}" for (start, end), words in labels.items()]
    lines += [f"{state} --> [*]" for state in (State.FINISHED, State.CANCELLED)]
    return "```mermaid\nstateDiagram-v2\n" + "".join(f"    {line}\n" for line in lines) + "```\n"


def states_table() -> str:
    rows = ["| action | from | to |", "| --- | --- | --- |"]
    for action, moves in TRANSITIONS.items():
        by_end: dict[str, list[str]] = defaultdict(list)
        for start, ends in moves.items():
            by_end[", ".join(sorted(ends))].append(start.value)
        rows += [f"| {action.value} | {', '.join(starts)} | {end} |" for end, starts in by_end.items()]
    return "\n".join(rows) + "\n"


def problems() -> str:
    rows = ["| code | status | title |", "| --- | --- | --- |"]
    for code in Code:
        # A terminal says this one to itself; no server sends it.
        if code is not Code.NO_CONNECTION:
            title = texts.both(f"problem.title.{code}")
            rows.append(f"| `{code}` | {STATUS.get(code, 409)} | {title['en']} · {title['zh']} |")
    return "\n".join(rows) + "\n"


def paths() -> str:
    rows = ["| path | does |", "| --- | --- |"]
    for path, methods in document()["paths"].items():
        rows += [f"| `{method.upper()} {path}` | {one['summary']} |" for method, one in methods.items()]
    return "\n".join(rows) + "\n"


def messages() -> str:
    """What a client may send in each namespace, with the fields of its body."""
    parts = []
    for namespace, asks in MESSAGES.items():
        rows = [f"#### `{namespace}`", ""]
        rows += ["| message | fields | does | ack has |", "| --- | --- | --- | --- |"]
        for ask, name in asks.items():
            one = ASKED[name]
            does = one.summary.splitlines()[0]
            rows.append(f"| `{ask}` | {_fields(one.shape)} | {does} | `{one.result}` |")
        if namespace in TELL_HEALTH:
            rows.append(f"| `{Asks.HEALTH}` | {_fields(Health)} | Tell how the devices are. | |")
        parts.append("\n".join(rows) + "\n")
    return "\n".join(parts)


def _fields(shape: type[Shape]) -> str:
    fields = shape.model_fields.items()
    return ", ".join(f"`{name}`" if field.is_required() else f"`{name}?`" for name, field in fields)


def commands() -> str:
    run = DOCS.parent / "run.sh"
    told = subprocess.run([run, "help"], capture_output=True, text=True, check=True)
    return f"```\n{told.stdout}```\n"


def errands() -> str:
    """How many touches what people come for takes at the kiosk, each played to its end."""
    rows = ["| what for | touches | signs typed |", "| --- | --- | --- |"]
    for errand in ERRANDS:
        one = played(errand)
        rows.append(f"| {errand} | {one.touches} | {one.signs or ''} |")
    return "\n".join(rows) + "\n"


def phone_paths() -> str:
    """What a proxy on the way from outside has to pass, and one that does."""
    rows = [
        "| path | what for |",
        "| --- | --- |",
        *(f"| `{path}` | {why} |" for path, why in FOR_PHONES.items()),
    ]
    paths = "|".join(re.escape(path) + ("" if path.endswith("/") else "$") for path in FOR_PHONES)
    return "\n".join(rows) + f"\n\n```nginx\n{NGINX.replace('PATHS', paths)}```\n"


NGINX = """\
server {
    listen 443 ssl;
    server_name hall.example;                 # public_url = "https://hall.example"
    ssl_certificate     /etc/ssl/hall.crt;
    ssl_certificate_key /etc/ssl/hall.key;
    access_log off;                           # addresses of phones' pages hold secrets
    location ~ ^(PATHS) {
        proxy_pass http://127.0.0.1:8080;
        proxy_http_version 1.1;
        proxy_set_header Host       $http_host;
        proxy_set_header Upgrade    $http_upgrade;
        proxy_set_header Connection $http_connection;
    }
    location / { return 404; }
}
"""

PARTS: dict[str, Callable[[], str]] = {
    "states-picture": states_picture,
    "states-table": states_table,
    "problems": problems,
    "paths": paths,
    "messages": messages,
    "commands": commands,
    "errands": errands,
    "phone-paths": phone_paths,
}


def renewed(text: str) -> str:
    """A page with its generated parts as they should be.

    :raises KeyError: when a part has a name that nobody makes.
    """
    return PART.sub(lambda found: found[1] + PARTS[found[2]]() + found[3], text)


def main() -> None:
    for page in sorted(DOCS.glob("*.md")):
        text = page.read_text("utf-8")
        new = renewed(text)
        if new != text:
            page.write_text(new, "utf-8")
            print(f"renewed {page.name}")


if __name__ == "__main__":
    main()
