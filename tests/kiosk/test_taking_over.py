"""A new catalogue reaches a running kiosk between two visits, and takes nothing from the one under way."""

from __future__ import annotations

import shutil

from kiosk import effects as do
from kiosk import events as e
from kiosk.taking_over import AGAIN_SECONDS
from queue_server.wire import Says
from tests.conftest import ROOT
from tests.kiosk.conftest import Floor, configured, said, served
from tests.kiosk.played import SERVICES, THEME, Kiosk, service, snapshot

NEW = [service("new-item"), *SERVICES[1:]]


def fetches(kiosk: Kiosk) -> list[str]:
    return [one.version for one in kiosk.effects if isinstance(one, do.FetchCatalogue)]


def changed() -> Kiosk:
    """The hall has another catalogue than this kiosk."""
    return Kiosk().do(e.Heard(Says.SNAPSHOT, snapshot(catalogue="2")), e.Tick())


def test_it_is_asked_for_once_and_again_where_it_does_not_come() -> None:
    kiosk = changed().do(e.Tick(), e.Tick())
    assert fetches(kiosk) == ["2"]
    kiosk.do(e.Tick(), after=AGAIN_SECONDS)
    assert fetches(kiosk) == ["2", "2"]
    kiosk.do(e.CatalogueCame([THEME], NEW, version="2")).do(e.Tick(), after=AGAIN_SECONDS)
    assert fetches(kiosk) == ["2", "2"]
    assert kiosk.state.floor.item("new-item")


def test_a_visit_goes_on_with_what_it_has_seen_and_the_next_has_the_new_one() -> None:
    kiosk = changed().do(e.OpenFind(), e.OpenThemes(), e.ChooseTheme(""), e.ChooseItem("card"))
    kiosk.do(e.CatalogueCame([THEME], NEW, version="2"), e.Tick())
    assert kiosk.state.floor.item("card"), "it was chosen"
    assert kiosk.visit.items == ("card",)
    kiosk.do(e.Leave(), e.Tick())
    assert not kiosk.state.floor.item("card")
    assert kiosk.state.floor.item("new-item")


def test_a_running_kiosk_has_the_halls_new_items_after_a_reload(still_floor: Floor) -> None:
    hall = still_floor.hall
    folder = hall.config.with_name("catalogue")
    shutil.copytree(ROOT / "config" / "catalogue", folder)
    configured(hall, '# folder = "catalogue"', 'folder = "catalogue"')
    configured(hall, "# [catalogue]", "[catalogue]")
    floor = served(hall, still_floor.printer)
    themes = folder / "themes.toml"
    with floor.kiosk() as kiosk:
        kiosk.touch(said("home.find"))
        kiosk.touch(said("find.themes"))
        kiosk.touch(said("key.next"))
        kiosk.find("证件丢了")
        themes.write_text(themes.read_text("utf-8").replace("证件丢了", "证件不见了"), "utf-8")
        assert hall.command("reload").returncode == 0
        kiosk.find("证件丢了")
        kiosk.touch(said("key.home"))
        kiosk.touch(said("home.find"))
        kiosk.touch(said("find.themes"))
        kiosk.touch(said("key.next"))
        kiosk.find("证件不见了")
