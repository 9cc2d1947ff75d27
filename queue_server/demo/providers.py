"""Simulated systems outside the demo's hall: they speak as the shipped `bridges.toml` describes them.

What they are asked for may name a fault: `slow` answers after the hall has given up, `down` with an
error, `wrong` with an answer that makes no sense.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from queue_server.hall.identity import code_check_sign
from queue_server.wire import Body

SHIPPED = Path(__file__).parents[2] / "config" / "bridges.toml"
SYSTEMS = ("licence", "project", "result", "platform")
"""In the order in which the shipped file has their addresses."""
SLOW_SECONDS = 30.0
LONGEST = 1_000_000
"""Bytes of a body that is read."""


def _credit_code(start: str) -> str:
    return start + code_check_sign(start)


LICENCES: dict[str, Body] = {
    "licence-1": {
        "entName": "聊城市东昌府区老城面馆",
        "uniscId": _credit_code("92371502MA3C1A001"),
        "entType": "个体工商户",
        "legalPerson": "李静",
        "address": "山东省聊城市东昌府区柳园街道古楼街 8 号",
        "scope": "餐饮服务",
        "capital": "5",
        "established": "2021-03-15",
    },
    "licence-2": {
        "entName": "聊城湖畔机械有限公司",
        "uniscId": _credit_code("91371500MA3C2B002"),
        "entType": "有限责任公司",
        "legalPerson": "王磊",
        "address": "山东省聊城市高新区中华路 19 号",
        "scope": "机械设备制造、销售",
        "capital": "300",
        "established": "2018-06-01",
    },
}
"""By what the QR code of an e-business licence says."""

PROJECTS: dict[str, Body] = {
    "2611-371500-04-01-100001": {
        "name": "湖畔精密零件车间",
        "code": "2611-371500-04-01-100001",
        "company": "聊城湖畔机械有限公司",
        "place": "高新区中华路 19 号",
        "totalInvestment": "2600",
        "startDate": "2026-12-01",
    }
}

RESULTS: dict[str, list[Body]] = {
    "R1001": [{"itemName": "食品经营许可证", "receiptNo": "R1001", "state": "done"}],
    "R1002": [
        {"itemName": "护照", "receiptNo": "R1002", "state": "making", "promiseDate": "2026-12-08"},
    ],
    "11010519491231002X": [
        {"itemName": "居民身份证", "receiptNo": "R1003", "state": "done"},
        {"itemName": "护照", "receiptNo": "R1002", "state": "making", "promiseDate": "2026-12-08"},
    ],
}
"""By receipt number, or by ID number."""


def _licence(asked: Body) -> Body:
    found = LICENCES.get(str(asked.get("code")))
    return {"code": 0, "data": found} if found else {"code": 404}


def _project(asked: Body) -> Body | None:
    found = PROJECTS.get(str(asked.get("projectCode")).upper())
    return {"project": found} if found else None


def _result(asked: Body) -> Body:
    by = str(asked.get("receiptNo") or asked.get("idNo")).upper()
    return {"data": RESULTS.get(by, [])}


def _platform(asked: Body) -> Body:
    return {"code": 0}


ANSWERS: dict[str, Callable[[Body], Body | None]] = {
    "licence": _licence,
    "project": _project,
    "result": _result,
    "platform": _platform,
}


class _Handler(BaseHTTPRequestHandler):
    stopping: threading.Event

    def do_POST(self) -> None:
        length = min(int(self.headers.get("Content-Length") or 0), LONGEST)
        asked = json.loads(self.rfile.read(length) or b"{}")
        answer = ANSWERS.get(self.path.strip("/"))
        given = [str(value) for value in asked.values()]
        if answer is None:
            self._say(404, {})
        elif "slow" in given:
            self.stopping.wait(SLOW_SECONDS)
            self._say(200, {})
        elif "down" in given:
            self._say(503, {})
        elif "wrong" in given:
            self._say(200, {"code": 0, "data": "?"})
        else:
            found = answer(asked)
            self._say(404 if found is None else 200, found or {})

    def _say(self, status: int, body: Body) -> None:
        data = json.dumps(body, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        with suppress(BrokenPipeError, ConnectionResetError):  # who asked has given up
            self.end_headers()
            self.wfile.write(data)

    def log_message(self, *_words: Any) -> None:
        """What citizens showed is in no log."""


@contextmanager
def providers(bridges: Path) -> Iterator[None]:
    """Run the simulated systems on loopback, and write the file that leads the hall to them."""
    stopping = threading.Event()
    handler = type("Handler", (_Handler,), {"stopping": stopping})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, name="providers", daemon=True).start()
    text = SHIPPED.read_text("utf-8")
    for system in SYSTEMS:
        text = text.replace('url = ""', f'url = "http://127.0.0.1:{server.server_port}/{system}"', 1)
    bridges.write_text(text, "utf-8")
    try:
        yield
    finally:
        stopping.set()
        server.shutdown()
        server.server_close()
