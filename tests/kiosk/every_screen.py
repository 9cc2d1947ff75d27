"""Every screen of the kiosk, as visits that lead there; with the longest names that the hall has."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from assets import texts, theme
from kiosk import events as e
from kiosk.basket import MOST_ITEMS
from kiosk.events import Mode, Paper
from kiosk.keyboard import Typing
from kiosk.visit import Help, pages
from queue_server.hall.model import Language, Need, Priority
from queue_server.wire import Says
from tests.kiosk.filled import (
    CARD,
    LICENCE,
    OFFICES,
    at_forms,
    at_question,
    listed,
    opened,
    saved,
    told_by_office,
)
from tests.kiosk.played import ID_NUMBER, SECRET, Kiosk, paper, problem, service, snapshot, ticket

ROOT = Path(__file__).parents[2]
CATALOGUE = ROOT / "config" / "catalogue"
SIZES_MM = {True: (398.0, 708.0), False: (708.0, 398.0)}
"""Of the shipped config's kiosks, upright or not."""

GROUPS = ("general", "fees", "issuing", "assistance")

Way = Callable[[Kiosk], Kiosk]


def _at_confirm(kiosk: Kiosk, *more: str) -> Kiosk:
    for item in ("item-0", *more):
        kiosk.do(e.OpenFind(), e.OpenThemes(), e.ChooseTheme(""), e.ChooseItem(item))
    return kiosk


def _at_papers(kiosk: Kiosk) -> Kiosk:
    return _at_confirm(kiosk).do(e.OpenGuide(), e.GuideCame("item-0", {"guide": {"materials": papers()}}))


def _at_missing(kiosk: Kiosk) -> Kiosk:
    return _on_from_papers(_at_papers(kiosk))


def _at_promise(kiosk: Kiosk) -> Kiosk:
    """Where all that is missing may follow, once that is promised."""
    later = [{**one, "later": True} for one in papers()]
    _at_confirm(kiosk, "item-1").do(e.OpenBasket(), e.RemoveItem("item-0"), e.GoOn())
    kiosk.do(e.OpenGuide(), e.GuideCame("item-1", {"guide": {"materials": later}}))
    _on_from_papers(kiosk)
    return kiosk.do(e.FormsCame(("item-1",), listed("food-business", "missing-papers")))


def _on_from_papers(kiosk: Kiosk) -> Kiosk:
    for _ in range(pages(kiosk.state)):
        kiosk.do(e.GoOn())
    return kiosk


@cache
def questions() -> list[dict[str, Any]]:
    """As the server tells them, of which each has at most six answers."""
    asked = tomllib.loads((CATALOGUE / "questions.toml").read_text("utf-8"))["questions"]
    return [{**one, "answers": [{"name": answer, **answer} for answer in one["answers"]]} for one in asked]


def papers() -> list[dict[str, Any]]:
    """The materials of the shipped guide that has most."""
    files = sorted((CATALOGUE / "guides").glob("*.toml"))
    every = [tomllib.loads(file.read_text("utf-8"))["guide"]["materials"] for file in files]
    return [{**paper(""), "id": one["en"], **one} for one in max(every, key=len)]


STEPS = [{"group": group, "services": [], "state": "pending"} for group in ("general", "fees", "issuing")]


def _with_number(paper: Paper, **more: Any) -> Way:
    taken = {**ticket(), "services": ["item-0"], "zones": ["east", "west", "north"], **more}
    return lambda kiosk: (
        _at_confirm(kiosk).do(e.Take()).answer({"ok": True, "ticket": taken}).do(e.SlipEnded("A013", paper))
    )


def _helped(help: Help) -> Way:
    def way(kiosk: Kiosk) -> Kiosk:
        kiosk.do(e.CallHelp())
        key = kiosk.visit.help_key
        kiosk.do(e.Answered(key, {"ok": help is not Help.FAILED}))
        return kiosk.do(e.Heard(Says.HELP, {"help": [{"state": "taken"}]})) if help is Help.COMING else kiosk

    return way


def _at_permit(kiosk: Kiosk) -> Kiosk:
    """A finished form, here one that is short, that leads to a permit."""
    kiosk.do(e.Heard(Says.SNAPSHOT, told(permits=["promise-letter"])))
    at_question(_at_confirm(kiosk), "meets", "promise-letter").do(e.NextQuestion(), e.FinishForm())
    return saved(kiosk, state="ready")


def _at_licence(kiosk: Kiosk, form: str = "food-business") -> Kiosk:
    """Whether the licence may fill in a form, after the card has not."""
    kiosk.do(e.Heard(Says.SNAPSHOT, told(bridges=OFFICES)))
    return opened(_at_confirm(kiosk), form).do(e.ByHand())


def refusals() -> list[dict[str, str]]:
    """Two that may come together, as the shipped pass has them."""
    rules = tomllib.loads((ROOT / "config" / "permits" / "city-pass.toml").read_text("utf-8"))["rules"]
    return [one["refusal"] for one in rules if one["kind"] in ("none-of", "longest")]


def _told_of(state: str, words: str) -> Way:
    """What the office says of three results."""
    results = [
        {"item": item, "ready": state == "ready", "expected": "2026-12-08"}
        for item in ("不动产权证书", "食品经营许可证", "Temporary residence permit")
    ]
    said = {"state": state, "text": texts.both(f"bridge.result.{words}", day="2026-12-08")}
    ack = {"ok": True, "result": {**said, "results": results if words in ("ready", "expected") else []}}
    return lambda kiosk: kiosk.do(
        e.ChooseGroup("issuing"), *(e.Typed(sign) for sign in "R1001"), e.Enter()
    ).answer(ack)


SCREENS: dict[str, Way] = {
    "home": lambda kiosk: kiosk,
    "home-closed": lambda kiosk: kiosk.do(e.Heard(Says.SNAPSHOT, told(takes_numbers=False))),
    "home-unserved": lambda kiosk: kiosk.do(e.Heard(Says.QUEUES, unserved())),
    "confirm-several": lambda kiosk: _at_confirm(kiosk, *(f"item-{at}" for at in range(1, MOST_ITEMS))).do(
        e.GoOn()
    ),
    "confirm-unserved": lambda kiosk: kiosk.do(
        e.Heard(Says.QUEUES, unserved()), e.ChooseGroup("general")
    ),
    "home-help-coming": _helped(Help.COMING),
    "home-help-failed": _helped(Help.FAILED),
    "home-line-lost": lambda kiosk: kiosk.do(e.Line(False)),
    "find": lambda kiosk: kiosk.do(e.OpenFind()),
    "found": lambda kiosk: kiosk.do(
        e.OpenFind(), e.Types(Typing("公", "jijin")),
        e.MatchesCame("公jijin", [{"kind": "theme", "id": "theme-0"}]
                      + [{"kind": "service", "id": f"item-{at}"} for at in range(3)]),
    ),
    "found-nothing": lambda kiosk: kiosk.do(
        e.OpenFind(), e.Types(Typing("公", "jijin")), e.MatchesCame("公jijin", [])
    ),
    "themes": lambda kiosk: kiosk.do(e.OpenFind(), e.OpenThemes()),
    "items": lambda kiosk: kiosk.do(e.OpenFind(), e.OpenThemes(), e.ChooseTheme("")),
    "items-next": lambda kiosk: kiosk.do(
        e.OpenFind(), e.OpenThemes(), e.ChooseTheme(""), e.TurnPage(1)
    ),
    "question": lambda kiosk: kiosk.do(e.OpenFind(), e.OpenQuestions()),
    "basket": lambda kiosk: _at_confirm(kiosk, *(f"item-{at}" for at in range(1, MOST_ITEMS))),
    "guide": _at_papers,
    "bring": _at_missing,
    "bring-promise": _at_promise,
    "forms": lambda kiosk: at_forms(
        _at_confirm(kiosk), "sole-trader", "food-business", "missing-papers", "power-of-attorney"
    ),
    "form-card": lambda kiosk: opened(_at_confirm(kiosk)),
    "form-lay": lambda kiosk: opened(_at_confirm(kiosk)).do(e.Consent()),
    "form-licence": lambda kiosk: _at_licence(kiosk),
    "form-licence-show": lambda kiosk: _at_licence(kiosk).do(e.Consent()),
    "form-licence-wait": lambda kiosk: _at_licence(kiosk).do(e.Consent(), e.Scanned("licence-1")),
    "form-licence-found": lambda kiosk: told_by_office(
        _at_licence(kiosk).do(e.Consent(), e.Scanned("licence-1")), LICENCE
    ),
    "form-licence-nothing": lambda kiosk: told_by_office(
        _at_licence(kiosk).do(e.Consent(), e.Scanned("licence-1"))
    ),
    "form-project": lambda kiosk: _at_licence(kiosk, "missing-papers").do(e.ByHand()),
    "form-project-show": lambda kiosk: _at_licence(kiosk, "missing-papers").do(
        e.ByHand(), e.Consent(), e.Back()
    ),
    "form-code": lambda kiosk: _at_licence(kiosk, "missing-papers").do(
        e.ByHand(), e.Consent(), *(e.Typed(sign) for sign in "261137150004"), e.Enter()
    ),
    "form-veiled": lambda kiosk: opened(_at_confirm(kiosk)).do(e.Consent(), CARD, e.LastQuestion()),
    "form-decimal": lambda kiosk: at_question(_at_confirm(kiosk), "load", "city-pass").do(
        e.Writes(Typing("1.5"))
    ),
    "form-text": lambda kiosk: at_question(_at_confirm(kiosk), "trade_name_2"),
    "form-wrong": lambda kiosk: saved(
        at_question(_at_confirm(kiosk), "operator_id").do(
            e.Writes(Typing(ID_NUMBER[:-1] + "1")), e.NextQuestion()
        ),
        problems={"operator_id": texts.both("form.wrong.resident-id")},
    ),
    "form-date": lambda kiosk: at_question(_at_confirm(kiosk), "start_date", "power-of-attorney"),
    "form-choice": lambda kiosk: at_question(_at_confirm(kiosk), "premises_right"),
    "form-districts": lambda kiosk: at_question(_at_confirm(kiosk), "premises_region"),
    "form-towns": lambda kiosk: at_question(_at_confirm(kiosk), "premises_region").do(
        e.ChooseDistrict("莘县")
    ),
    "form-agree": lambda kiosk: at_question(_at_confirm(kiosk), "meets", "promise-letter"),
    "form-end": lambda kiosk: at_question(_at_confirm(kiosk), "meets", "promise-letter").do(e.NextQuestion()),
    "form-gaps": lambda kiosk: saved(
        at_question(_at_confirm(kiosk), "is_true").do(e.ChooseValue(True)),
        missing=["operator_phone", "home_address", "premises_region", "premises_address", "capital"],
    ),
    "form-done": lambda kiosk: saved(
        at_question(_at_confirm(kiosk), "meets", "promise-letter").do(e.NextQuestion(), e.FinishForm()),
        state="ready",
    ),
    "form-phone": lambda kiosk: opened(_at_confirm(kiosk)).do(e.ToPhone()),
    "have": lambda kiosk: kiosk.do(e.OpenHave()),
    "confirm": lambda kiosk: kiosk.do(e.ChooseGroup("general")),
    "confirm-filled": lambda kiosk: _at_confirm(kiosk).do(
        e.OpenPriority(), e.SetPriority(Priority.DISABLED), e.OpenNeeds(),
        *(e.ToggleNeed(one) for one in Need), e.Back(), e.CardRead(ID_NUMBER),
    ),
    "priority": lambda kiosk: _at_confirm(kiosk).do(e.OpenPriority()),
    "needs": lambda kiosk: _at_confirm(kiosk).do(e.OpenNeeds(), e.ToggleNeed(Need.DEAF)),
    "identify": lambda kiosk: _at_confirm(kiosk).do(
        e.OpenIdentify(), *(e.Typed(sign) for sign in "110105194912310021"), e.Enter()
    ),
    "return": lambda kiosk: kiosk.do(e.OpenHave(), e.OpenReturn()),
    "check-in": lambda kiosk: kiosk.do(
        e.OpenHave(), e.OpenCheckIn(), *(e.Typed(sign) for sign in "K7M"), e.Enter()
    ),
    "check-in-more": lambda kiosk: kiosk.do(
        e.OpenHave(), e.OpenCheckIn(), e.SayMore(), *(e.Typed(sign) for sign in "K7M2PQ9X"), e.Enter()
    ),
    "confirm-appointment": lambda kiosk: SCREENS["check-in-more"](kiosk).do(
        e.AppointmentCame("K7M2PQ9X", {"services": ["item-0", "item-1"]})
    ),
    "permit-ask": lambda kiosk: _at_permit(kiosk),
    "permit": lambda kiosk: _at_permit(kiosk).do(e.AskPermit()).answer(
        {"ok": True, "permit": {
            "name": {"zh": "市区临时通行证", "en": "Temporary city pass"}, "number": "TX2026-00001",
            "holder": "鲁PD12345", "holder_name": {}, "begins": "2026-11-24", "ends": "2026-11-26",
            "verify_url": "https://hall.example/verify#k1." + "A" * 170,
        }}
    ),
    "permit-refused": lambda kiosk: _at_permit(kiosk).do(e.AskPermit()).answer(
        {"ok": True, "permit": {
            "name": {"zh": "市区临时通行证", "en": "Temporary city pass"},
            "reasons": [{"field": "", "text": one} for one in refusals()],
        }}
    ),
    "result": lambda kiosk: kiosk.do(e.ChooseGroup("issuing")),
    "result-card": lambda kiosk: kiosk.do(e.ChooseGroup("issuing"), e.CardLaid()),
    "ready": _told_of("ready", "ready"),
    "ready-not-yet": _told_of("not-ready", "expected"),
    "ready-unknown": _told_of("unavailable", "unavailable"),
    "taking": lambda kiosk: _at_confirm(kiosk).do(e.Take()),
    "ticket-printed": _with_number(Paper.PRINTED),
    "ticket-failed": _with_number(Paper.FAILED),
    "ticket-deaf": _with_number(Paper.PRINTED, needs=["deaf"], steps=STEPS),
    "sorry": lambda kiosk: _at_confirm(kiosk).do(e.Take()).answer(problem("storage")),
    "sorry-slip": lambda kiosk: kiosk.do(e.Scanned(f"http://hall.example/t/{SECRET}")).answer(
        problem("wrong-state", "waiting")
    ),
    "sorry-live": lambda kiosk: _at_confirm(kiosk).do(e.Take()).answer(problem("live-ticket", "waiting")),
    "sorry-broke-off": lambda kiosk: kiosk.do(e.BrokeOff()),
    "sorry-crash": lambda kiosk: kiosk.do(e.Crashed()),
    "stay-form": lambda kiosk: (
        opened(_at_confirm(kiosk))
        .do(e.ByHand())
        .do(e.Tick(), after=61 * (3 if kiosk.visit.modes else 1))
    ),
    "stay": lambda kiosk: _at_confirm(kiosk).do(e.Tick(), after=61 * (3 if kiosk.visit.modes else 1)),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Walk:
    """Once through every screen. `is_drawn`: its colours are looked at, too.

    `tries_larger`: so are texts that shrank.
    """

    language: Language
    modes: frozenset[Mode] = frozenset()
    is_drawn: bool = False
    tries_larger: bool = False


HARDEST = frozenset({Mode.LARGE, Mode.LOW, Mode.VOICE})
"""Large letters in half the room, of which what is spoken takes some."""
WALKS = (
    Walk(Language.ZH, is_drawn=True),
    Walk(Language.ZH, frozenset({Mode.CONTRAST, Mode.VOICE}), is_drawn=True),
    Walk(Language.EN, tries_larger=True),
    *(
        Walk(language, modes)
        for modes in (frozenset({Mode.LARGE}), frozenset({Mode.LOW}), HARDEST)
        for language in Language
    ),
)


@cache
def config() -> dict[str, Any]:
    return tomllib.loads((ROOT / "config" / "hall.toml").read_text("utf-8"))


def told(takes_numbers: bool = True, **kiosk: Any) -> dict[str, Any]:
    """A snapshot as of the shipped hall."""
    groups = [
        {"id": one["id"], "name": one["name"], "colour": colour, "takes_numbers": takes_numbers}
        for one, colour in zip(config()["groups"], theme.GROUP_COLOURS, strict=True)
    ]
    snapshot_ = snapshot(**{"result_group": "issuing", **kiosk})
    snapshot_["hall"] |= {
        "name": config()["hall"]["name"],
        "groups": groups,
        "zones": config()["zones"],
        "windows": config()["windows"],
        "opens_at": None if takes_numbers else "2026-11-25T09:00:00+08:00",
        "state": "open" if takes_numbers else "closed",
        "reason": "" if takes_numbers else "停电检修",
    }
    snapshot_["queues"] = [
        {
            "group": one["id"],
            "waiting": waiting,
            "open_windows": 2,
            "wait": {"p10": waiting * 40, "p50": waiting * 70, "p90": waiting * 110},
        }
        for one, waiting in zip(config()["groups"], (128, 96, 112, 12, 1), strict=True)
    ]
    return snapshot_


def unserved() -> dict[str, Any]:
    """What a hall says of its queues in which no window is open; at some of them people wait."""
    queues = [
        {**one, "waiting": waiting, "wait": None, "open_windows": 0}
        for one, waiting in zip(told()["queues"], (0, 128, 0, 3, 0), strict=True)
    ]
    return {"seq": 2, "epoch": "e", "now": told()["now"], "queues": queues}


@cache
def longest() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Themes and items of the shipped catalogue: those with the longest names first."""
    tables = [tomllib.loads(file.read_text("utf-8")) for file in sorted(CATALOGUE.glob("*.toml"))]
    themes = [one for table in tables for one in table.get("themes", [])]
    items = [one for table in tables for one in table.get("services", [])]

    def length(one: dict[str, Any]) -> int:
        return max(2 * len(one["name"]["zh"]), len(one["name"]["en"]))

    return sorted(themes, key=length, reverse=True), sorted(items, key=length, reverse=True)


def visit(name: str, language: Language, modes: frozenset[Mode]) -> Kiosk:
    """A visit that stands at a screen."""
    return SCREENS[name](begun(language, modes))


def begun(language: Language, modes: frozenset[Mode]) -> Kiosk:
    """A visit that stands at home."""
    themes, items = longest()
    return Kiosk().do(
        e.Heard(Says.SNAPSHOT, told()),
        e.CatalogueCame(
            [{"id": f"theme-{at}", "name": one["name"]} for at, one in enumerate(themes[:12])],
            [
                service(
                    f"item-{at}",
                    group,
                    name=one["name"],
                    themes=["theme-0"],
                    flags=["papers-missing"] if at == 1 else [],
                )
                for at, (one, group) in enumerate(zip(items[:16], GROUPS * 4, strict=False))
            ],
            questions(),
        ),
        e.Speak(language),
        *(e.ToggleMode(mode) for mode in sorted(modes)),
    )
