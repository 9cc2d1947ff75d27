"""A form that an e-business licence and a project's code fill in at a kiosk: by touch, scan and keys, with
simulated offices that answer, are slow, are down, make no sense or know nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from assets import texts
from queue_server.demo.providers import LICENCES, PROJECTS, providers
from tests import stage
from tests.kiosk.conftest import Floor, said, served, with_printer
from tests.kiosk.test_form import secrets_of, type_on

ITEM = "食品经营许可（新办）"
LICENCE, PROJECT = LICENCES["licence-1"], PROJECTS["2611-371500-04-01-100001"]
LICENCE_OFFICE, PROJECT_OFFICE = "电子营业执照系统", "投资项目在线审批监管平台"


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Floor]:
    hall, printer = with_printer(tmp_path)
    bridges = hall.config.with_name("bridges.toml")
    with providers(bridges):
        quick = bridges.read_text("utf-8").replace("timeout_seconds = 3.0", "timeout_seconds = 0.5")
        bridges.write_text(quick, "utf-8")
        yield served(hall, printer)
    printer.stop()
    hall.stop()


def open_form(kiosk: stage.Program, name: str) -> None:
    """To the first office that may fill it in; the card may not."""
    kiosk.touch(name)
    kiosk.touch(said("card.by-hand"))


def told(state: str, office: str) -> str:
    return texts.say(f"bridge.{state}", name=office)


def show(kiosk: stage.Program, code: str, expected: str) -> None:
    """Hold a code to the scanner."""
    kiosk.wait_for(said("bridge.licence.head.show"))
    kiosk.type(code)
    kiosk.wait_for(expected)


def test_a_licence_and_a_projects_code_fill_in_what_offices_know(floor: Floor) -> None:
    with floor.kiosk() as kiosk:
        kiosk.touch(said("home.find"))
        kiosk.wait_for(said("find.title"))
        type_on(kiosk, "spjyxk")
        kiosk.touch(ITEM)
        kiosk.touch(said("confirm.forms"))
        open_form(kiosk, "食品经营许可申请书")
        kiosk.wait_for("经营者名称、统一社会信用代码、详细地址")
        kiosk.touch(said("bridge.licence.consent"))
        show(kiosk, "slow", told("unavailable", LICENCE_OFFICE))
        kiosk.touch(said("bridge.again"))
        show(kiosk, "down", told("unavailable", LICENCE_OFFICE))
        kiosk.touch(said("bridge.again"))
        show(kiosk, "licence-9", told("missing", LICENCE_OFFICE))
        kiosk.touch(said("bridge.again"))
        show(kiosk, "licence-1", LICENCE["entName"])
        kiosk.touch(said("bridge.change"))
        kiosk.wait_for(said("form.from-licence"))
        type_on(kiosk, "1")
        kiosk.touch(said("form.next"))
        kiosk.wait_for(LICENCE["uniscId"])
        kiosk.touch(said("key.back"))
        open_form(kiosk, "容缺受理承诺书")
        kiosk.touch(said("bridge.licence.consent"))
        # An answer that makes no sense is none: it is said, and one goes on by hand.
        show(kiosk, "wrong", told("unavailable", LICENCE_OFFICE))
        kiosk.touch(said("bridge.write"))
        kiosk.touch(said("bridge.project.consent"))
        kiosk.wait_for(said("form-code.title"))
        type_on(kiosk, "26113715000401100001")
        kiosk.touch(said("form-code.enter"))
        kiosk.wait_for(told("found", PROJECT_OFFICE))
        kiosk.touch(said("bridge.go"))
        kiosk.wait_for("企业名称")
        log = kiosk.log()
    food, promise = sorted(drafts(floor), key=lambda one: str(one["form"]))
    assert food["consents"] == ["licence"] and promise["consents"] == ["project"]
    name = food["values"]["business_name"]
    assert (name["value"], name["source"]) == (LICENCE["entName"] + "1", None)
    code = food["values"]["credit_code"]
    assert (code["value"], code["source"]) == (LICENCE["uniscId"], "licence")
    assert promise["values"]["project_name"]["value"] == PROJECT["name"]
    asked = ["licence"] * 4, ["licence", "project"]
    purposes = ("food-business", "missing-papers")
    assert consents(floor) == [
        (office, form) for form, one in zip(purposes, asked, strict=True) for office in one
    ]
    for word in ("licence-1", PROJECT["code"], LICENCE["uniscId"]):
        assert word not in log and word not in floor.hall.log


def drafts(floor: Floor) -> list[dict[str, Any]]:
    """The forms as their citizen's phone would read them."""
    return [floor.hall.get(f"/drafts/{one[:12]}", one).json for one in secrets_of(floor)]


def consents(floor: Floor) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(floor.hall.data / "hall.db")) as db:
        return list(db.execute("SELECT provider, purpose FROM consents ORDER BY at"))
