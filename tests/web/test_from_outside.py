"""Phones outside the hall: through a proxy with TLS that passes what the docs list, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import expect

from queue_server.web.phones import FOR_PHONES, is_for_phones
from tests.conftest import ROOT, Hall, lay_out
from tests.tls_proxy import Proxy, tls_proxy
from tests.web.conftest import OpenPage
from tests.web.test_form_permit import PHONE, fill_in

STATIC = ROOT / "queue_server" / "web" / "static"
MODULES = ("phone.js", "form.js", "verify.js")
CALL = re.compile(r"""(?:callApi\("[A-Z]+", |fetch\()["`](?:/api/v1)?(/[^"`]*)["`]""")
IMPORT = re.compile(r'from "\./(\w+\.js)"')


@dataclass
class Outside:
    hall: Hall
    proxy: Proxy


@pytest.fixture(scope="module")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outside]:
    folder = tmp_path_factory.mktemp("outside")
    hall = lay_out(folder / "hall")
    with tls_proxy(folder) as proxy:
        text = hall.config.read_text("utf-8")
        hall.config.write_text(text.replace('public_url = ""', f'public_url = "{proxy.url}"'), "utf-8")
        hall.start()
        proxy.to, proxy.passes = hall.port, is_for_phones
        yield Outside(hall, proxy)
        hall.stop()


def test_a_visit_is_followed_and_its_forms_are_filled_in(outside: Outside, open_page: OpenPage) -> None:
    hall, proxy = outside.hall, outside.proxy
    ticket = hall.post("/tickets", {"services": ["city-pass"]}, hall.token("kiosk", "K01")).json
    assert ticket["follow_url"].startswith(f"{proxy.url}/t/")
    page = open_page(ticket["follow_url"], ignore_https_errors=True, **PHONE)
    expect(page.locator("#fresh")).not_to_be_empty()
    page.locator("#why").click()
    expect(page.locator("#because")).to_be_visible()
    page.locator("#because-close").click()
    page.get_by_role("button", name="市区临时通行证申请表").click()
    expect(page.locator("#questions")).to_be_visible()
    assert page.url.startswith(f"{proxy.url}/form/")

    fill_in(hall, ticket["secret"])
    page.reload()
    page.get_by_role("button", name="申请出证").click()
    expect(page.locator("#permit-code path")).to_have_attribute("d", re.compile("."))
    page.get_by_role("link", name="查看是否有效").click()
    expect(page.locator("#head")).to_have_text("有效")

    page.goto(ticket["follow_url"])
    page.locator("#papers a.more").click()
    assert page.url.startswith(f"{proxy.url}/items/")
    assert not proxy.refused


@pytest.mark.parametrize("keeps_host", [False, True])
def test_a_browser_is_let_in_from_the_halls_own_pages_alone(outside: Outside, keeps_host: bool) -> None:
    """A proxy passes the name that phones know on as `Host`, or its own name for the server."""
    hall, proxy = outside.hall, outside.proxy
    host = {"Host": proxy.url.removeprefix("https://")} if keeps_host else {}
    line, log_in = (
        "/socket.io/?EIO=4&transport=polling",
        {"username": "admin", "password": hall.admin_password},
    )
    allowed = {proxy.url, *([] if keeps_host else [hall.url])}
    for origin in (
        proxy.url,
        hall.url,
        "https://example.org",
        "https://127.0.0.1",
        f"{proxy.url}.example.org",
        "null",
    ):
        headers = {"Origin": origin, **host}
        status = 200 if origin in allowed else 400
        assert hall.call("GET", line, headers=headers, prefix="").status == status, origin
        answer = hall.call("POST", "/sessions", log_in, headers=headers)
        assert answer.status == (200 if origin in allowed else 403), origin
        if answer.status == 200:
            assert ("Secure" in answer.headers["Set-Cookie"]) == (origin == proxy.url)


def modules_of_phones() -> set[str]:
    """What their pages' scripts load."""
    found, waiting = set(), list(MODULES)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += IMPORT.findall((STATIC / name).read_text("utf-8"))
    return found


def test_what_phones_call_is_what_is_listed() -> None:
    # `page.js` is every page's; what it calls by itself is for the staff.
    calls = [CALL.findall((STATIC / name).read_text("utf-8")) for name in modules_of_phones() - {"page.js"}]
    paths = {re.sub(r"\$\{[^}]*\}", "x", path).partition("?")[0] for some in calls for path in some}
    assert len(paths) > 8
    assert not [path for path in paths if not is_for_phones(f"/api/v1{path}")]
    listed = {path for path in FOR_PHONES if path.startswith("/api/v1")}
    needed = {one for one in listed for path in paths if f"/api/v1{path}".startswith(one)}
    assert needed == listed


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/login",
        "/manager",
        "/verify/x",
        "/api/v1/sessions",
        "/api/v1/permits/TX1",
        "/api/v1/tickets",
        "/t",
    ],
)
def test_the_staffs_pages_stay_inside(path: str) -> None:
    assert not is_for_phones(path)
