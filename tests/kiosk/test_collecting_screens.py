"""Collecting a result in the real window: with the demo's simulated systems, or with none that answers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assets import texts
from queue_server.demo.providers import providers
from tests import stage
from tests.conftest import Hall, lay_out

PORTRAIT, LANDSCAPE = (1080, 1920), (1920, 1080)
ISSUING = {"zh": "领取结果", "en": "Collect a result"}


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    """A hall whose approval system is the demo's."""
    one = lay_out(tmp_path_factory.mktemp("collecting") / "hall")
    with providers(one.folder / "bridges.toml"):
        one.start()
        yield one
        one.stop()


def kiosk(hall: Hall, language: str = "zh", size: tuple[int, int] = PORTRAIT) -> stage.Program:
    options = ["--server", hall.url, "--kiosk", "K01", "--size", f"{size[0]}x{size[1]}"]
    variables = {
        "HALL_TOKEN": hall.token("kiosk", "K01"),
        "HALL_CONFIG": str(hall.config),
        "HALL_DATA": str(hall.data),
    }
    one = stage.start("kiosk", *options, "--language", language, size=size, env=variables)
    one.touch(ISSUING[language])
    return one


def said(key: str, language: str = "zh", **values: object) -> str:
    return texts.say(f"kiosk.{key}", language, **values)


def ask(one: stage.Program, receipt: str, language: str = "zh") -> None:
    one.find(said("result.title", language))
    for sign in receipt:
        one.touch(sign)
    one.touch(said("result.enter", language))


def test_what_is_ready_is_told_and_a_number_taken(hall: Hall, tmp_path: Path) -> None:
    with kiosk(hall) as one:
        ask(one, "R1001")
        one.find(said("ready.title.go"))
        one.find(said("ready.one.ready", item="食品经营许可证"))
        one.touch(said("ready.take.go"))
        one.touch("取 号")
        one.wait_for("B001")


def test_what_is_not_ready_saves_the_wait(hall: Hall) -> None:
    with kiosk(hall, "en", LANDSCAPE) as one:
        ask(one, "R1002", "en")
        one.find(said("ready.title.not-yet", "en"))
        one.find(said("ready.one.on", "en", item="护照", day="2026-12-08"))
        one.touch(said("ready.leave", "en"))
        one.find(said("home.title", "en"))


def test_whoever_has_no_receipt_at_hand_goes_on(hall: Hall) -> None:
    with kiosk(hall) as one:
        one.touch(said("result.skip"))
        one.find("取 号")
