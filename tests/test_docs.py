"""The docs tell the truth: commands, variables, config keys, links, files and generated parts."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

from docs import generate
from queue_server.settings import shape
from queue_server.wire import Asks, Kind, Namespace, Says

ROOT = Path(__file__).parents[1]
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]
OPERATING = ROOT / "docs" / "operating.md"

COMMANDS = (
    "serve", "kiosk", "board", "evaluator", "keypad", "panels", "demo", "token", "reload", "check", "backup",
    "restore", "signing-key", "catalogue",
    "setup", "test", "bench", "help",
)  # fmt: skip

IN_HALL_TOML: tuple[type[BaseModel], ...] = (
    shape.HallShape, shape.HoursShape, shape.AfterHoursShape, shape.GroupShape, shape.WindowShape,
    shape.PlateShape, shape.ZoneShape, shape.PriorityShape, shape.CreditShape, shape.TicketsShape,
    shape.AppointmentsShape,
    shape.ScreenShape, shape.VoiceShape, shape.KioskShape, shape.BoardShape, shape.EvaluatorShape,
    shape.KeypadShape, shape.CatalogueShape, shape.FormsShape, shape.MarkShape, shape.CallsShape,
    shape.SmsShape, shape.WaitsShape, shape.AlertsShape,
)  # fmt: skip

LINK = re.compile(r"\]\(([^)\s]+)\)")
FILE = re.compile(r"`((?:[\w.-]+/)+[\w.-]+\.(?:py|toml|md|sh|js|db|service|txt|in|json))`")
VARIABLE = re.compile(r"\bHALL_[A-Z_]+\b")


def named(page: Path) -> str:
    return str(page.relative_to(ROOT))


def anchors(page: Path) -> set[str]:
    """Of a page's headings, as code hosts make them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_generated_parts_are_up_to_date(page: Path) -> None:
    text = page.read_text("utf-8")
    assert generate.renewed(text) == text, "run docs/generate.py"


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_links_lead_somewhere(page: Path) -> None:
    for link in LINK.findall(page.read_text("utf-8")):
        path, _, anchor = link.partition("#")
        if re.match(r"https?:", path):
            continue
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_files_named_exist(page: Path) -> None:
    made_while_running = ("var/",)
    for file in FILE.findall(page.read_text("utf-8")):
        assert file.startswith(made_while_running) or (ROOT / file).exists(), file


def test_run_sh_has_the_commands_of_the_docs_and_no_others() -> None:
    told = subprocess.run([ROOT / "run.sh", "help"], capture_output=True, text=True, check=True).stdout
    listed = re.findall(r"^  ([a-z-]+)\b", told, re.MULTILINE)
    assert sorted(listed) == sorted(COMMANDS)


def variables() -> Iterator[str]:
    """Every `HALL_…` that the programs read."""
    files = [file for folder in ("queue_server", "kiosk", "display_board", "hardware", "assets")
             for file in (ROOT / folder).rglob("*.py")]  # fmt: skip
    for file in files:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield from VARIABLE.findall(node.value)


def test_every_variable_is_explained() -> None:
    explained = set(VARIABLE.findall(OPERATING.read_text("utf-8")))
    assert set(variables()) == explained


@pytest.mark.parametrize("table", IN_HALL_TOML, ids=lambda table: table.__name__)
def test_every_key_of_the_config_stands_in_the_shipped_file(table: type[BaseModel]) -> None:
    text = (ROOT / "config" / "hall.toml").read_text("utf-8")
    missing = [key for key in table.model_fields if not re.search(rf"\b{key}\b", text)]
    assert not missing


def test_every_shape_of_the_config_is_looked_at() -> None:
    in_others = {shape.Shape, shape.Names}
    shapes = {one for one in vars(shape).values() if isinstance(one, type) and issubclass(one, shape.Shape)}
    assert shapes - in_others == set(IN_HALL_TOML)


@pytest.mark.parametrize("words", [Asks, Says, Namespace, Kind])
def test_every_word_of_the_wire_is_explained(words: type[Asks | Says | Namespace | Kind]) -> None:
    text = (ROOT / "docs" / "socketio.md").read_text("utf-8")
    assert not [word.value for word in words if f"`{word.value}`" not in text]


def test_both_readmes_lead_to_the_same_places() -> None:
    english, chinese = ((ROOT / name).read_text("utf-8") for name in ("README.md", "README.zh-CN.md"))
    own = {"README.md", "README.zh-CN.md"}
    assert set(LINK.findall(english)) - own == set(LINK.findall(chinese)) - own
