"""Takes the README's pictures from the real programs, in a hall with some people in it.

Run it from the project's folder: `PYTHONPATH=. .venv/bin/python docs/take_pictures.py`.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests import stage
from tests.conftest import CHROMIUM, QUIET, Hall, lay_out, until

PICTURES = Path(__file__).parent / "pictures"
CLERKS = {1: "王晓梅", 2: "李建国", 5: "赵敏", 9: "刘洋", 14: "陈静", 27: "孙丽", 31: "周强", 34: "吴芳"}
CONSOLE = 5
SERVED, CALLED = "A007", "A016"
"""Who is at the console, and who is called on the board."""
LARGE = 150
PASSWORD = "pictures-of-the-hall"
COLOURS = 96
"""Few enough to keep the files small, and no difference to the eye."""

VISITS: list[dict[str, object]] = [
    {"group": "general"},
    {"group": "general", "priority": "elderly"},
    {"group": "fees"},
    {"group": "general"},
    {"group": "issuing"},
    {"group": "general"},
    {"group": "assistance"},
    {"group": "general"},
    {"services": ["pension-claim", "social-card"]},
    {"services": ["sole-trader-setup", "food-licence-new", "collect-licence"], "needs": ["wheelchair"]},
    {"group": "general"},
    {"group": "issuing"},
    {"group": "general"},
    {"group": "fees"},
    {"group": "general"},
]


def main() -> None:
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="hall-pictures-") as folder:
        hall = lay_out(Path(folder))
        hall.start()
        try:
            admin = people(hall)
            _kiosk(hall)
            _pages(hall, admin)
            _evaluator(hall, admin)
            _board(hall, admin)
        finally:
            hall.stop()


def slim(file: Path, width: int | None = None) -> None:
    """Keep a picture's file small: as wide as it is shown, in few colours."""
    with Image.open(file).convert("RGB") as image:
        if width is not None:
            image.thumbnail((width, image.height), Image.Resampling.LANCZOS)
        image.quantize(COLOURS).save(file, optimize=True)


def people(hall: Hall) -> str:
    """Clerks at some windows and a day's beginning behind them; a manager's token."""
    who = {"username": "admin", "password": hall.admin_password}
    admin = str(hall.post("/sessions", who).json["token"])
    for number, name in CLERKS.items():
        account = {"username": f"clerk{number}", "password": PASSWORD, "role": "clerk", "name": name}
        hall.post("/accounts", {**account, "staff_no": f"{number:03d}", "must_change": False}, admin)
        hall.post(f"/windows/{number}/open", {"clerk": f"clerk{number}"}, admin)
    for visit in VISITS * 3:
        taken = hall.post("/tickets", visit, admin)
        assert taken.status == 201, taken.json
    for number in [one for one in CLERKS if one != CONSOLE]:
        hall.post(f"/windows/{number}/next", {}, admin)
        hall.post(f"/windows/{number}/start", {}, admin)
    return admin


def call_to_console(hall: Hall, admin: str, number: str) -> None:
    """Call somebody by name to the console's window."""
    hall.post(f"/windows/{CONSOLE}/finish", {}, admin)
    called = hall.post(f"/windows/{CONSOLE}/call", {"ticket": number, "reason": "picture"}, admin)
    assert called.status == 200, called.json


def _kiosk(hall: Hall) -> None:
    arguments = ("--server", hall.url, "--kiosk", "K01")
    token = {"HALL_TOKEN": hall.token("kiosk", "K01"), "HALL_DATA": str(hall.data)}
    with stage.start("kiosk", *arguments, size=(1080, 1920), env=token) as kiosk:
        kiosk.find("综合受理")
        kiosk.shot(PICTURES / "kiosk.png")


def _board(hall: Hall, admin: str) -> None:
    token = {"HALL_TOKEN": hall.token("board", "B01"), "HALL_DATA": str(hall.data)}
    arguments = ("--server", hall.url, "--board", "B01")
    with stage.start("display_board", *arguments, size=(1920, 1080), env=token) as board:
        call_to_console(hall, admin, CALLED)
        # What was called before is shown first, some seconds each; the one picture waits for its turn.
        for window in hall.get("/windows", admin).json["windows"]:
            if window["ticket"] and window["number"] != CONSOLE:
                board.find(window["ticket"]["number"])
        board.wait(lambda seen: any(_is_large(one) for one in seen), f"{CALLED} did not come")
        board.find(CALLED)
        board.shot(PICTURES / "board.png")


def _is_large(seen: stage.Seen) -> bool:
    return seen.text == CALLED and seen.box.height > LARGE


def _evaluator(hall: Hall, admin: str) -> None:
    token = {"HALL_TOKEN": hall.token("evaluator", str(CONSOLE))}
    arguments = ("--server", hall.url, "--window", str(CONSOLE))
    with stage.start("kiosk.evaluator", *arguments, size=(1280, 800), env=token) as evaluator:
        evaluator.find("赵敏")
        hall.post(f"/windows/{CONSOLE}/finish", {}, admin)
        evaluator.find("非常满意")
        evaluator.shot(PICTURES / "evaluator.png")


def _pages(hall: Hall, admin: str) -> None:
    """The console with somebody at the window, the manager's page, and a waiting citizen's phone."""
    call_to_console(hall, admin, SERVED)
    hall.post(f"/windows/{CONSOLE}/start", {}, admin)
    follow = hall.post("/tickets", {"group": "general"}, admin).json["follow_url"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        page = _logged_in(browser, hall, f"clerk{CONSOLE}", PASSWORD, f"/counter?window={CONSOLE}")
        page.get_by_text(SERVED).first.wait_for()
        page.screenshot(path=PICTURES / "console.png")
        page = _logged_in(browser, hall, "admin", hall.admin_password, "/manager")
        page.get_by_text(SERVED).first.wait_for()
        page.screenshot(path=PICTURES / "manager.png")
        phone = browser.new_page(viewport={"width": 390, "height": 844}, locale="zh-CN")
        phone.goto(follow)
        phone.get_by_text("等候", exact=False).first.wait_for()
        phone.screenshot(path=PICTURES / "phone.png")
        browser.close()


def _logged_in(browser: Browser, hall: Hall, username: str, password: str, path: str) -> Page:
    page = browser.new_page(viewport={"width": 1366, "height": 768}, locale="zh-CN")
    page.goto(f"{hall.url}{path}")
    page.fill("input[name=username]", username)
    page.fill("input[name=password]", password)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(f"**{path.split('?')[0]}*")
    until(lambda: page.evaluate("document.fonts.status") == "loaded")
    return page


if __name__ == "__main__":
    main()
