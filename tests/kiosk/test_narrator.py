"""When the kiosk speaks, and of what: whoever sees nothing misses nothing that happens meanwhile."""

from __future__ import annotations

from assets import texts
from kiosk import events as e
from kiosk import guidance
from kiosk.events import Event, Mode, Paper
from kiosk.keyboard import Typing
from kiosk.narrator import Narrator
from queue_server.hall.model import Language
from tests.kiosk.played import GUIDE, Kiosk


class Heard(Kiosk):
    """A kiosk with speech on; each event gives what is said then."""

    def __init__(self) -> None:
        super().__init__()
        self._narrator = Narrator(self.state, self.now)
        self.do(e.ToggleMode(Mode.VOICE))
        self._narrator.follow(self.state, self.now)

    def hears(self, *events: Event) -> str:
        words = ""
        for event in events:
            self.do(event)
            words = self._narrator.follow(self.state, self.now)
        return words


def said(key: str, **values: object) -> str:
    return guidance.plain(texts.say(f"kiosk.{key}", "zh", **values))


def test_a_card_that_is_left_behind_is_called_for() -> None:
    assert said("frame.card") in Heard().hears(e.CardLaid())


def test_what_becomes_of_a_list_and_of_a_search_is_told_while_its_screen_stands() -> None:
    heard = Heard()
    to_missing = (e.ChooseItem("card"), e.OpenGuide(), e.GuideCame("card", GUIDE), e.GoOn())
    heard.hears(e.OpenFind(), e.OpenThemes(), e.ChooseTheme(""), *to_missing)
    assert said("bring.print.printing") in heard.hears(e.PrintList())
    assert said("bring.print.printed") in heard.hears(e.ListEnded(Paper.PRINTED))
    heard.hears(e.Leave(), e.OpenFind(), e.Types(Typing("", "zz")))
    assert said("find.none") in heard.hears(e.MatchesCame("zz", []))


def test_what_had_to_be_waited_for_is_told_when_it_has_come() -> None:
    heard = Heard()
    heard.hears(e.OpenFind(), e.OpenThemes(), e.ChooseTheme(""), e.ChooseItem("card"))
    assert said("guide.waiting") in heard.hears(e.OpenGuide())
    assert said("guide.tick") in heard.hears(e.GuideCame("card", GUIDE))
    heard.hears(e.Back())
    assert said("form.opening") in heard.hears(e.OpenForms())
    assert said("form.failed") in heard.hears(e.FormsCame(("card",), None))


def test_who_begins_to_listen_hears_at_once_that_the_line_is_lost() -> None:
    kiosk = Kiosk().do(e.Line(False))
    narrator = Narrator(kiosk.state, kiosk.now)
    words = narrator.follow(kiosk.do(e.UseKeys()).state, kiosk.now)
    assert words.startswith(said("frame.reconnecting"))
    assert texts.say("spoken.keys", "zh") in words


def test_few_choices_are_named_and_many_are_counted() -> None:
    assert guidance.choices(["取号", "不取号了"], Language.ZH) == "可以选：取号；不取号了"
    assert guidance.choices(["1"] * 5, Language.ZH) == "共 5 项"
    assert guidance.choices([], Language.ZH) == ""
