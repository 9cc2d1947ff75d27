"""Who may import whom, read from the source: the walls of the house stand."""

from __future__ import annotations

import ast
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("queue_server", "kiosk", "display_board", "hardware", "assets")

FLOOR = ("queue_server.hall", "queue_server.wire", "assets")
READERS = (
    "queue_server.settings", "queue_server.catalogue",
    "queue_server.self_fill.forms", "queue_server.self_fill.form_files",
    "queue_server.self_fill.form_shape", "queue_server.self_fill.permits",
)  # fmt: skip
SERVING = (
    "queue_server.accounts", "queue_server.alerting", "queue_server.answers", "queue_server.bodies",
    "queue_server.desk", "queue_server.engine", "queue_server.environment", "queue_server.errands",
    "queue_server.keyring", "queue_server.operations", "queue_server.outside", "queue_server.present",
    "queue_server.problems", "queue_server.self_fill", "queue_server.sockets",
    "queue_server.storage.store", "queue_server.teller", "queue_server.version", "queue_server.web",
)  # fmt: skip
TERMINAL = (*FLOOR, "queue_server.client", "hardware")
ANYTHING = PACKAGES

MAY_IMPORT: list[tuple[tuple[str, ...], tuple[str, ...]]] = [
    # Where programs are put together: anything.
    (("*.__main__", "queue_server.cli", "queue_server.demo", "queue_server.serve",
      "queue_server.run_hall"), ANYTHING),
    (("queue_server.hall",), ("queue_server.hall",)),
    (("queue_server.wire",), ("queue_server.hall",)),
    (("hardware",), ("hardware",)),
    (("assets",), ("assets",)),
    # What runs in a process of its own, and how it is asked.
    (("queue_server.catalogue.search_worker",), (*READERS, "queue_server.pipes")),
    (("queue_server.catalogue.searcher",), (*READERS, "queue_server.pipes", "queue_server.worker")),
    (("queue_server.self_fill.pdf_worker", "queue_server.worker"), ("queue_server.pipes",)),
    (("queue_server.self_fill.pdf",), ("queue_server.pipes", "queue_server.worker")),
    (READERS, (*READERS, *FLOOR)),
    (("queue_server.keyring", "queue_server.pipes", "queue_server.request_head",
      "queue_server.self_fill.signed", "queue_server.storage.migrations", "queue_server.version",
      "queue_server.websocket"), ()),
    (("queue_server.environment",), ("queue_server.keyring",)),
    (("queue_server.storage",), (*FLOOR, "queue_server.storage")),
    (("queue_server.accounts",), FLOOR),
    (("queue_server.foresight",), FLOOR),
    (("queue_server.engine",),
     (*FLOOR, "queue_server.foresight", "queue_server.storage.store", "queue_server.storage.measured")),
    (("queue_server.client",), ("queue_server.wire",)),
    (("queue_server.present", "queue_server.problems", "queue_server.bodies"),
     (*FLOOR, "queue_server.problems")),
    (SERVING, (*SERVING, *READERS, *FLOOR)),
    (("kiosk",), ("kiosk", *TERMINAL)),
    (("display_board",), ("display_board", *TERMINAL)),
]  # fmt: skip
"""The first entry that names a module is its rule."""

SERVER_ONLY = {"flask", "flask_socketio", "werkzeug", "sqlite3", "sqlite_utils", "gevent", "argon2"}
UNPREDICTABLE = {"time", "random", "secrets", "uuid", "threading", "asyncio", "gevent", "os", "socket"}
READS_THE_CLOCK = {"now", "today", "utcnow", "monotonic", "perf_counter", "sleep"}
WITH_KIVY = ("assets.screen", "assets.rounded", "kiosk.app", "kiosk.screens", "kiosk.evaluator",
             "display_board.app", "display_board.board", "display_board.upright")  # fmt: skip
DECIDES = (
    "kiosk.session", "kiosk.visit", "kiosk.events", "kiosk.floor", "kiosk.sorry", "kiosk.slip",
    "kiosk.guidance", "kiosk.narrator", "kiosk.told", "kiosk.taking_over", "kiosk.arriving", "kiosk.effects",
    "kiosk.keyboard", "kiosk.pad_session", "kiosk.rating_session", "display_board.announcer",
    "display_board.picture", "display_board.speech", "display_board.sizes", "display_board.flash",
    "display_board.missed",
)  # fmt: skip
"""Parts of terminals that are told the time, and never look at a clock."""


def path_of(module: str) -> Path | None:
    for path in (ROOT / f"{module.replace('.', '/')}.py", ROOT / module.replace(".", "/") / "__init__.py"):
        if path.exists():
            return path
    return None


def modules() -> list[str]:
    files = [file for package in PACKAGES for file in (ROOT / package).rglob("*.py")]
    names = [".".join(file.relative_to(ROOT).with_suffix("").parts) for file in files]
    return sorted(name.removesuffix(".__init__") for name in names)


@cache
def imported(module: str) -> frozenset[str]:
    """Everything that a module imports anywhere in it, by full name."""
    path = path_of(module)
    assert path is not None, module
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} imports relatively"
            inner = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {name if path_of(name) else str(node.module) for name in inner}
    return frozenset(found)


def ours(names: frozenset[str]) -> set[str]:
    return {name for name in names if name.split(".")[0] in PACKAGES}


def is_named(module: str, patterns: tuple[str, ...]) -> bool:
    """By its name, its package's, or a pattern that begins or ends with a star."""
    for pattern in patterns:
        if pattern.startswith("*"):
            fits = module.endswith(pattern[1:])
        elif pattern.endswith("*"):
            fits = module.startswith(pattern[:-1])
        else:
            fits = module == pattern or module.startswith(f"{pattern}.")
        if fits:
            return True
    return False


@pytest.mark.parametrize("module", modules())
def test_a_module_imports_only_what_its_room_may(module: str) -> None:
    if module in PACKAGES:
        assert not imported(module), "a package's own file is empty: importing it must do nothing"
        return
    rules = [allowed for named, allowed in MAY_IMPORT if is_named(module, named)]
    assert rules, f"no rule for {module}: give it a room"
    wrong = {name for name in ours(imported(module)) if name != module and not is_named(name, rules[0])}
    assert not wrong


def closure(module: str) -> set[str]:
    """All that is loaded with a module, ours and others'."""
    loaded, waiting = set(), [module]
    while waiting:
        name = waiting.pop()
        if name in loaded:
            continue
        loaded.add(name)
        if path_of(name) and name.split(".")[0] in PACKAGES:
            waiting += imported(name)
    return loaded


@pytest.mark.parametrize(
    "program",
    ["kiosk.__main__", "kiosk.evaluator", "kiosk.call_pad", "display_board.__main__", "hardware.__main__"],
)
def test_no_terminal_reaches_the_server_or_its_database(program: str) -> None:
    loaded = closure(program)
    assert not {name.split(".")[0] for name in loaded} & SERVER_ONLY
    assert not loaded & {"queue_server.engine", "queue_server.storage.store", "queue_server.accounts"}


def test_terminals_do_not_import_each_other() -> None:
    assert not any(name.startswith("display_board") for name in closure("kiosk.__main__"))
    assert not any(name.startswith("kiosk") for name in closure("display_board.__main__"))


@pytest.mark.parametrize("module", [m for m in modules() if is_named(m, ("queue_server.hall",))])
def test_the_rules_use_nothing_but_the_standard_library_and_numpy(module: str) -> None:
    others = {name.split(".")[0] for name in imported(module)} - set(PACKAGES)
    assert others <= set(sys.stdlib_module_names) | {"numpy"}


@pytest.mark.parametrize("module", [m for m in modules() if is_named(m, ("queue_server.hall", *DECIDES))])
def test_what_decides_reads_no_clock_and_draws_no_lots(module: str) -> None:
    assert not {name.split(".")[0] for name in imported(module)} & UNPREDICTABLE
    path = path_of(module)
    assert path is not None
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            assert node.func.attr not in READS_THE_CLOCK or _is_ours(node.func), ast.unparse(node)


def _is_ours(function: ast.Attribute) -> bool:
    """`self.now()` is a time that was passed in; `datetime.now()` is the clock."""
    return ast.unparse(function.value) not in ("datetime", "date", "time", "datetime.datetime")


@pytest.mark.parametrize("module", modules())
def test_widgets_stay_in_the_screens(module: str) -> None:
    uses_kivy = any(name.split(".")[0] == "kivy" for name in imported(module))
    assert not uses_kivy or is_named(module, WITH_KIVY)
