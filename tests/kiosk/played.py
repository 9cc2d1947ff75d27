"""A kiosk's visit played by hand, for the tests of what it decides and of its screens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kiosk import events as e
from kiosk.effects import Effect, Print, Send
from kiosk.events import Event
from kiosk.session import begin, step
from kiosk.visit import State, Visit
from queue_server.wire import Asks, Says

NOW = "2026-11-24T09:42:00+08:00"
SECRET = "AbCdEfGhIjKlMnOpQrStUvWx"
ID_NUMBER = "11010519491231002X"


def snapshot(**kiosk: Any) -> dict[str, Any]:
    settings_ = {
        "id": "K01",
        "zone": "east",
        "public_url": "http://hall.example",
        "idle_seconds": 60,
        "ask_id": True,
        "result_group": "",
        "permits": [],
        "bridges": {},
        "trial": True,
        "texts": True,
        "catalogue": "",
        "screen": {"width_mm": 398, "height_mm": 708},
    }
    names = {"general": ("综合受理", "General"), "fees": ("缴费", "Fees")}
    return {
        "seq": 1,
        "epoch": "e",
        "now": NOW,
        "settings": {**settings_, **kiosk},
        "hall": {
            "name": {"zh": "大厅", "en": "Hall"},
            "day": "2026-11-24",
            "timezone": "Asia/Shanghai",
            "state": "open",
            "opens_at": None,
            "reason": "",
            "groups": [
                {"id": id, "name": {"zh": zh, "en": en}, "colour": "blue", "takes_numbers": True}
                for id, (zh, en) in names.items()
            ],
            "zones": [{"id": "east", "name": {"zh": "东区", "en": "East zone"}}],
            "visit_order": ["general", "fees"],
            "windows": [{"number": 1, "groups": ["general", "fees"], "zone": "east"}],
        },
        "queues": [{"group": "general", "waiting": 12, "wait": {"p50": 840}, "open_windows": 3}],
        "help": [],
        "slips": [],
    }


def service(id: str, group: str = "general", **more: Any) -> dict[str, Any]:
    told = {"themes": ["lost"], "party": None, "minutes": 10, "flags": [], "elsewhere": [], "forms": []}
    return {"id": id, "name": {"zh": f"办{id}", "en": id}, "group": group, **told, **more}


SERVICES = [
    service("card", party="citizen"),
    service("licence", party="enterprise", flags=["papers-missing"], minutes=20),
    service("pay", "fees", elsewhere=["online"], minutes=4),
    *(service(f"more-{at}") for at in range(6)),
]
THEME = {"id": "lost", "name": {"zh": "证件丢了", "en": "Lost my cards"}}


def answer(**way: str) -> dict[str, Any]:
    return {"name": {"zh": "这个", "en": "This"}, **way}


QUESTIONS = [
    {
        "id": "begin",
        "name": {"zh": "做什么？", "en": "What?"},
        "answers": [answer(question="more"), answer(group="fees"), answer(group="gone")],
    },
    {"id": "more", "name": {"zh": "哪一种？", "en": "Which?"}, "answers": [answer(theme="lost")]},
]


def paper(zh: str, **more: Any) -> dict[str, Any]:
    told = {"originals": 1, "copies": 0, "source": "own", "later": False, "party": None, "note": None}
    return {"id": zh, "zh": zh, "en": zh, **told, **more}


GUIDE = {
    "guide": {
        "materials": [paper("照片"), paper("户口簿", copies=1, later=True), paper("申请表", source="hall")]
    }
}


def ticket(number: str = "A013") -> dict[str, Any]:
    return {
        "number": number,
        "group": "general",
        "services": [],
        "needs": [],
        "steps": [{"group": "general", "services": [], "state": "waiting"}],
        "ahead": 12,
        "wait": {"p50": 840},
        "zones": ["east"],
        "issued_at": NOW,
        "follow_url": f"http://127.0.0.1/t/{SECRET}",
    }


def problem(code: str, state: str | None = None) -> dict[str, Any]:
    texts = {"zh": "不行。", "en": "No."}
    return {"ok": False, "problem": {"code": code, "state": state, "texts": texts}}


@dataclass(frozen=True, slots=True)
class Step:
    """An event, the state that it met, and when."""

    state: State
    event: Event
    at: float


class Kiosk:
    """A session that is played by hand: it keeps all its effects, and each event with what it met."""

    def __init__(self, **kiosk: Any) -> None:
        self.state = begin("run")
        self.now = 1000.0
        self.effects: list[Effect] = []
        self.steps: list[Step] = []
        self.do(
            e.Line(True),
            e.Heard(Says.SNAPSHOT, snapshot(**kiosk)),
            e.CatalogueCame([THEME], SERVICES, QUESTIONS),
        )

    def do(self, *events: Event, after: float = 0.0) -> Kiosk:
        self.now += after
        for event in events:
            self.steps.append(Step(self.state, event, self.now))
            self.state, effects = step(self.state, event, self.now)
            self.effects.extend(effects)
        return self

    @property
    def visit(self) -> Visit:
        return self.state.visit

    def sent(self, name: Asks) -> list[Send]:
        return [one for one in self.effects if isinstance(one, Send) and one.name == name]

    def printed(self) -> list[Print]:
        return [one for one in self.effects if isinstance(one, Print)]

    def answer(self, ack: dict[str, Any]) -> Kiosk:
        assert self.visit.asking is not None
        return self.do(e.Answered(self.visit.asking.key, ack))
