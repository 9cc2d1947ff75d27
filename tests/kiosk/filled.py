"""Forms at a kiosk that is played by hand, with the shipped forms and what a server would answer."""

from __future__ import annotations

from functools import cache
from typing import Any

from assets import texts
from kiosk import events as e
from queue_server.self_fill.drafts import form_body, form_entry
from queue_server.self_fill.form_files import SHIPPED_FORMS, read_forms
from queue_server.self_fill.forms import Form
from queue_server.wire import Asks
from tests.kiosk.played import ID_NUMBER, Kiosk

DRAFT_SECRET = "dRaFt-123456secretsecret"
OFFICES = {
    "licence": {"zh": "电子营业执照系统", "en": "E-business licence register"},
    "project": {"zh": "投资项目在线审批监管平台", "en": "Investment project platform"},
}
LICENCE = {
    "licence.name": "聊城市东昌府区老城面馆",
    "licence.code": "92371502MA3C1A001P",
    "licence.address": "山东省聊城市东昌府区柳园街道古楼街 8 号",
    "licence.owner": "李静",
}
CARD = e.CardRead(ID_NUMBER, "张三丰", "汉", "聊城市东昌府区某路 1 号")


@cache
def forms() -> dict[str, Form]:
    return read_forms(SHIPPED_FORMS, [])


def listed(*ids: str) -> list[dict[str, Any]]:
    return [{**form_entry(forms()[id]), "needed": at == 0} for at, id in enumerate(ids)]


def regions() -> dict[str, Any]:
    known = forms()["sole-trader"].regions
    districts = [{"name": name, "towns": list(towns)} for name, towns in known.districts]
    return {"city": known.city, "districts": districts}


def draft(form: str, **more: Any) -> dict[str, Any]:
    stands = {"state": "open", "filled": 0, "of": 13, "problems": {}, "missing": [], "ticket": None}
    url = f"http://hall.example/form/{DRAFT_SECRET}"
    return {"draft": DRAFT_SECRET[:12], "form": form, "secret": DRAFT_SECRET, "url": url, **stands, **more}


def at_forms(kiosk: Kiosk, *ids: str) -> Kiosk:
    """From the confirmation of an item to its forms."""
    kiosk.do(e.OpenForms())
    return kiosk.do(e.FormsCame(kiosk.visit.items, listed(*ids)))


def opened(kiosk: Kiosk, form: str = "sole-trader") -> Kiosk:
    """A form whose questions and draft have come."""
    at_forms(kiosk, form, "power-of-attorney").do(e.ChooseForm(form))
    kiosk.do(e.Answered(kiosk.visit.form_key, {"ok": True, "draft": draft(form)}))
    return kiosk.do(e.FormCame(form, form_body(forms()[form]), regions()))


def saved(kiosk: Kiosk, **more: Any) -> Kiosk:
    """The server has kept what was sent last."""
    sent = [*kiosk.sent(Asks.FORM_SAVE), *kiosk.sent(Asks.FORM_READY)]
    last = max(sent, key=lambda one: int(one.key.rsplit(".", 1)[1]))
    return kiosk.do(e.Answered(last.key, {"ok": True, "draft": draft(kiosk.visit.form, **more)}))


def at_question(kiosk: Kiosk, name: str, form: str = "sole-trader") -> Kiosk:
    """Before one question of a form; all before it are left for later."""
    opened(kiosk, form).do(e.ByHand())
    for _ in range(40):
        (filling,) = kiosk.visit.fillings
        if filling.question.name == name:
            return kiosk
        kiosk.do(e.NextQuestion())
    raise AssertionError(f"{name} is not asked")


def told_by_office(kiosk: Kiosk, facts: dict[str, str] | None = None, state: str = "missing") -> Kiosk:
    """The office that is being asked knows these facts; without any, nothing."""
    assert kiosk.visit.bridging
    state = "found" if facts else state
    text = texts.both(f"bridge.{state}", name=OFFICES[kiosk.visit.bridging.kind])
    body = {"state": state, "facts": facts or {}, "text": text}
    return kiosk.do(e.BridgeAnswered(kiosk.visit.bridging.key, body))
