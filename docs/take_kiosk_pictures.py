"""Takes the pictures of docs/kiosk.md: the kiosk's own screens, in the modes in which people see them.

Run it from the project's folder: `PYTHONPATH=. .venv/bin/python docs/take_kiosk_pictures.py`. The visits are
played on the shipped hall and catalogue; the window is a real one. With `--all FOLDER` it takes every screen
that the tests know instead, upright and wide, in both languages, normal and in large text, to be judged.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image

from docs.take_pictures import PICTURES, slim
from kiosk import events as e
from kiosk.events import Mode, Paper
from kiosk.keyboard import Typing
from queue_server.hall.model import Language, Need, Priority
from queue_server.wire import Says
from tests import stage
from tests.kiosk.errands import catalogue, lists
from tests.kiosk.every_screen import SCREENS, papers, questions, told
from tests.kiosk.every_screen import visit as screen_visit
from tests.kiosk.filled import at_question
from tests.kiosk.played import Kiosk, ticket

UPRIGHT, WIDE = (1080, 1920), (1920, 1080)
WIDTHS = {UPRIGHT: 432, WIDE: 640}
"""Of the pictures in the docs, in pixels."""
SHOP = "sole-trader-setup"

Way = Callable[[Kiosk], object]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--all", type=Path, metavar="FOLDER", help="every screen, into this folder")
    whole = parser.parse_args().all
    screen = stage.Screen(max(WIDE), max(UPRIGHT))
    with tempfile.TemporaryDirectory(prefix="kiosk-pictures-") as folder:
        quiet = {"KIVY_HOME": folder, "KIVY_METRICS_DENSITY": "1", "SDL_VIDEODRIVER": "x11"}
        os.environ.update({**quiet, "DISPLAY": screen.name})
        try:
            take(whole)
        finally:
            screen.close()


def take(whole: Path | None) -> None:
    """All pictures, one after the other in one window. Kivy reads the environment when it is imported."""
    from tests.kiosk.widget_tree import Walker, opened_window

    opened_window(UPRIGHT)
    walker = Walker()
    if whole:
        whole.mkdir(parents=True, exist_ok=True)
        _take_every(walker, whole)
        return
    for size, shots in ((UPRIGHT, UPRIGHT_SHOTS), (WIDE, WIDE_SHOTS)):
        walker.resize(size)
        for name, (way, language, modes) in shots.items():
            _shot(walker, PICTURES / f"kiosk-{name}.png", visit(way, language, modes), size)


def _take_every(walker: Any, folder: Path) -> None:
    for size, stands in ((UPRIGHT, "upright"), (WIDE, "wide")):
        walker.resize(size)
        for language in Language:
            for modes, text in ((frozenset[Mode](), "normal"), (frozenset({Mode.LARGE}), "large")):
                for name in SCREENS:
                    file = folder / f"{stands}-{language}-{text}-{name}.png"
                    _shot(walker, file, screen_visit(name, language, modes), size)


def _shot(walker: Any, file: Path, kiosk: Kiosk, size: tuple[int, int]) -> None:
    from tests.kiosk.widget_tree import draw

    walker.stand(kiosk)
    pixels = draw().view("uint8").reshape(size[1], size[0], 4)[::-1, :, :3]
    Image.fromarray(pixels.copy()).save(file)
    slim(file, WIDTHS[size])


def visit(way: Way, language: Language, modes: set[Mode]) -> Kiosk:
    kiosk = Kiosk()
    kiosk.do(e.Heard(Says.SNAPSHOT, told(trial=False)), e.CatalogueCame(*lists(), questions()))
    kiosk.do(e.Speak(language), *(e.ToggleMode(mode) for mode in sorted(modes)))
    way(kiosk)
    return kiosk


# --- the ways --------------------------------------------------------------------------------------


def home(kiosk: Kiosk) -> None:
    """Nothing was touched yet."""


def search(kiosk: Kiosk) -> None:
    found = [{"kind": one.kind, "id": one.id} for one in catalogue().find("公jijin")]
    kiosk.do(e.OpenFind(), e.Types(Typing("公", "jijin")), e.MatchesCame("公jijin", found))


def chosen(kiosk: Kiosk, *items: str) -> None:
    for item in items:
        kiosk.do(e.OpenFind(), e.OpenThemes(), e.ChooseTheme(""), e.ChooseItem(item))


def confirm(kiosk: Kiosk) -> None:
    chosen(kiosk, SHOP)
    kiosk.do(e.OpenPriority(), e.SetPriority(Priority.ELDERLY))
    kiosk.do(e.OpenNeeds(), e.ToggleNeed(Need.DEAF), e.Back())


def basket(kiosk: Kiosk) -> None:
    chosen(kiosk, SHOP, "food-licence-new", "collect-licence")


def guide(kiosk: Kiosk) -> None:
    chosen(kiosk, "food-licence-new")
    kiosk.do(e.OpenGuide(), e.GuideCame("food-licence-new", {"guide": {"materials": papers()}}))
    kiosk.do(e.TickPaper("food-licence-new", 1))


def form(kiosk: Kiosk) -> None:
    chosen(kiosk, SHOP)
    at_question(kiosk, "trade_name_2").do(e.Writes(Typing("春风面馆")))


def number(kiosk: Kiosk) -> None:
    kiosk.do(e.ChooseGroup("general"), e.Take()).answer({"ok": True, "ticket": ticket()})
    kiosk.do(e.SlipEnded("A013", Paper.PRINTED))


ZH, EN = Language.ZH, Language.EN
LARGE, CONTRAST, LOW = Mode.LARGE, Mode.CONTRAST, Mode.LOW
UPRIGHT_SHOTS: dict[str, tuple[Way, Language, set[Mode]]] = {
    "home-zh": (home, ZH, set()),
    "home-en-large": (home, EN, {LARGE}),
    "home-contrast": (home, ZH, {CONTRAST}),
    "home-low": (home, ZH, {LOW}),
    "search": (search, ZH, set()),
    "search-low": (search, EN, {LOW}),
    "confirm": (confirm, ZH, set()),
    "confirm-large": (confirm, ZH, {LARGE}),
    "basket": (basket, EN, set()),
    "guide": (guide, ZH, {CONTRAST}),
    "form": (form, ZH, {LARGE}),
    "ticket": (number, ZH, set()),
}
WIDE_SHOTS: dict[str, tuple[Way, Language, set[Mode]]] = {
    "wide-home": (home, ZH, set()),
    "wide-search": (search, ZH, set()),
    "wide-confirm-low": (confirm, EN, {LOW}),
    "wide-basket-large": (basket, ZH, {LARGE}),
    "wide-form": (form, EN, set()),
    "wide-ticket-contrast": (number, EN, {CONTRAST}),
}


if __name__ == "__main__":
    main()
