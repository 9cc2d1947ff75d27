"""A kiosk in a real window, with a real server, and a printer that can be told to fail."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from assets import texts
from hardware.printer_sim import SimulatedPrinter
from tests import stage
from tests.conftest import Hall, lay_out

PORTRAIT, LANDSCAPE = (1080, 1920), (1920, 1080)
GENERAL = {"zh": "综合受理", "en": "General acceptance"}
FEES = {"zh": "缴费", "en": "Pay a fee"}
TAKE = "取 号"
SPEAKS = {"zh": "English", "en": "中文"}
"""By the language that stands: home says nearly all in both, but not this key to the other one."""
NUMBER = re.compile(r"[A-E]\d{3}")


@dataclass
class Floor:
    """A running hall, a program that acts for everybody else, and a printer that can be told to fail."""

    hall: Hall
    printer: SimulatedPrinter
    api: str = ""
    slips_before: int = 0
    issued_before: set[str] = field(default_factory=set)

    def kiosk(
        self,
        language: str = "zh",
        size: tuple[int, int] = PORTRAIT,
        up: str = "",
        kivy: str = stage.ONE_BY_ONE,
        program: str = "kiosk",
    ) -> stage.Program:
        """A kiosk of this hall, up and connected, or showing the text `up`."""
        options = ["--server", self.hall.url, "--kiosk", "K01", "--size", f"{size[0]}x{size[1]}"]
        variables = {
            "HALL_TOKEN": self.hall.token("kiosk", "K01"),
            "HALL_CONFIG": str(self.hall.config),
            "HALL_DATA": str(self.hall.data),
        }
        kiosk = stage.start(program, *options, "--language", language, size=size, env=variables, kivy=kivy)
        kiosk.wait_for(up or GENERAL[language])
        return kiosk

    def numbers(self) -> set[str]:
        """The numbers that this test's citizens hold."""
        tickets = self.hall.get("/tickets?limit=100", self.api).json["tickets"]
        return {one["number"] for one in tickets} - self.issued_before

    def slips(self) -> int:
        return len(self.printer.printed) - self.slips_before

    def take(self, group: str = "general") -> Any:
        return self.hall.post("/tickets", {"group": group}, self.api).json

    def book(self, services: list[str]) -> str:
        """An appointment that may be checked in now; its code."""
        now = datetime.now(UTC)
        day = self.hall.get("/hall", self.api).json["day"]
        path = f"/appointments/slots?services={','.join(services)}&day={day}"
        slots = self.hall.get(path, self.api).json["slots"]
        slot = next(one for one in slots if datetime.fromisoformat(one["slot_end"]) > now)
        body = {"services": services, **{name: slot[name] for name in ("slot_start", "slot_end")}}
        return str(self.hall.post("/appointments", body, self.api).json["code"])

    def draft(self, form: str) -> str:
        """A form that somebody has begun: what its code says."""
        kiosk = self.hall.token("kiosk", "K01")
        return str(self.hall.post("/drafts", {"form": form}, kiosk).json["url"])

    def miss(self, ticket: Any) -> None:
        """Let a citizen be called to window 1 and not come."""
        opened = self.hall.post("/windows/1/open", {}, self.api)
        assert opened.status in (200, 409), opened
        for does, body in (("call", {"ticket": ticket["id"], "reason": "test"}), ("no-show", {})):
            assert self.hall.post(f"/windows/1/{does}", body, self.api).status == 200


def with_printer(folder: Path) -> tuple[Hall, SimulatedPrinter]:
    """A hall, not started, whose kiosk prints on a printer in this process."""
    hall = lay_out(folder / "hall")
    printer = SimulatedPrinter(folder / "slips")
    printer.start()
    hardware = f'[printer]\nkind = "network"\nhost = "127.0.0.1"\nport = {printer.port}\n'
    hall.config.with_name("hardware.toml").write_text(hardware, "utf-8")
    return hall, printer


def configured(hall: Hall, old: str, new: str) -> None:
    config = hall.config.read_text("utf-8")
    assert old in config
    hall.config.write_text(config.replace(old, new, 1), "utf-8")


def served(hall: Hall, printer: SimulatedPrinter) -> Floor:
    hall.start()
    return Floor(hall, printer, hall.token("api", "test", "clerk"))


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Floor, stage.Program]]:
    """One hall and one kiosk for all tests that leave it at home, speaking Chinese."""
    hall, printer = with_printer(tmp_path_factory.mktemp("kiosk"))
    floor = served(hall, printer)
    with floor.kiosk() as kiosk:
        yield floor, kiosk
    printer.stop()
    hall.stop()


@pytest.fixture
def floor(standing: tuple[Floor, stage.Program]) -> Floor:
    floor, kiosk = standing
    kiosk.wait_for(said("home.title"))
    floor.printer.command("recover")
    floor.issued_before = set()
    floor.issued_before, floor.slips_before = floor.numbers(), len(floor.printer.printed)
    return floor


@pytest.fixture
def kiosk(standing: tuple[Floor, stage.Program]) -> stage.Program:
    return standing[1]


@pytest.fixture
def still_floor(tmp_path: Path) -> Iterator[Floor]:
    """A hall of a test's own, whose config may be edited before it starts it."""
    hall, printer = with_printer(tmp_path)
    yield Floor(hall, printer)
    printer.stop()
    hall.stop()


def said(key: str, language: str = "zh", **values: object) -> str:
    """A sentence of the kiosk as it stands on the screen."""
    return re.sub(r"\[/?\w+\]", "", texts.say(f"kiosk.{key}", language, **values))


def number_on(kiosk: stage.Program) -> str:
    return str(kiosk.wait(lambda seen: _number(seen), "no number came"))


def _number(seen: list[stage.Seen]) -> str | None:
    return next((one.text for one in seen if NUMBER.fullmatch(one.text)), None)
