"""May another office fill in the form? What is asked from whom, showing the code, and what came of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kivy.lang import Builder
from kivy.utils import escape_markup

from kiosk import events as e
from kiosk import told
from kiosk.screens.form import FormPart
from kiosk.screens.parts import Plain
from kiosk.visit import Bridging, Stage, State
from queue_server.hall.veil import behind

Builder.load_file(str(Path(__file__).with_suffix(".kv")))

ICONS = {"licence": "company", "project": "list"}


class FormBridge(FormPart):
    """One office that could fill it in, from the consent to what came of it; by hand at any time."""

    @classmethod
    def shape(cls, state: State) -> tuple[object, ...]:
        return (*super().shape(state), state.visit.bridging)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for at, key in enumerate(self._keys()):
            key.fill, key.ink, key.edge = ("paper", "blue", "blue") if at else ("blue", "paper", "")
            self.ids.ways.add_widget(key)

    @property
    def bridging(self) -> Bridging:
        one: Bridging = self.state.visit.bridging
        return one

    @property
    def cramped(self) -> bool:
        """Large letters in half the room: then a sign has none."""
        return bool(self.low and self.large)

    def _keys(self) -> list[Plain]:
        """What may be done now; first what most will want."""
        kind, by_hand = self.bridging.kind, self._key("bridge.by-hand", e.ByHand())
        match self.bridging.stage:
            case Stage.CONSENT:
                agree = self._key(f"bridge.{kind}.consent", e.Consent(), ICONS[kind])
                return [agree, by_hand, self._key("form.phone", e.ToPhone(), "scan")]
            case Stage.SHOW if kind == "project":
                return [self._key("bridge.project.type", e.Consent()), by_hand]
            case Stage.SHOW:
                return [by_hand]
            case Stage.WAIT:
                return [self._key("bridge.no-wait", e.ByHand())]
            case Stage.FOUND:
                return [self._key("bridge.go", e.ByHand()), self._key("bridge.change", e.LookOver())]
            case Stage.NOTHING:
                return [self._key("bridge.write", e.ByHand()), self._key("bridge.again", e.Consent())]

    def _key(self, words: str, does: e.Touch, icon: str = "") -> Plain:
        return Plain(words=self.say(words), icon=icon, design=44, does=does)

    def icon(self) -> str:
        signs = {Stage.SHOW: "scan", Stage.WAIT: "clock", Stage.FOUND: "check", Stage.NOTHING: "sorry"}
        return signs.get(self.bridging.stage, ICONS[self.bridging.kind])

    def ink(self) -> str:
        inks = {Stage.FOUND: "good", Stage.NOTHING: "warn"}
        return inks.get(self.bridging.stage, "blue")

    def head(self) -> str:
        kind, stage = self.bridging.kind, self.bridging.stage
        asks = stage in (Stage.CONSENT, Stage.SHOW)
        return self.say(f"bridge.{kind}.head.{stage}" if asks else f"bridge.{stage}")

    def words(self, state: State) -> str:
        """What is asked from whom, where to hold the code, what came."""
        kind = self.bridging.kind
        if state.visit.hint:
            return self.say(f"hint.{state.visit.hint}")
        match self.bridging.stage:
            case Stage.CONSENT:
                fields = told.sources(self.filling, kind, self.language)
                return self.say("bridge.why", office=self.office, fields=fields)
            case Stage.SHOW:
                return self.say(f"bridge.{kind}.where")
            case Stage.WAIT:
                return self.say("bridge.waiting", office=self.office)
            case Stage.FOUND:
                return "\n".join([self.name(self.bridging.words), *self._filled()])
            case Stage.NOTHING:
                return self.name(self.bridging.words)

    @property
    def office(self) -> str:
        return self.name(self.state.floor.kiosk.bridges[self.bridging.kind])

    def _filled(self) -> list[str]:
        """What it has filled in, each under its label."""
        filling = self.filling
        return [
            self.say(
                "bridge.filled",
                label=self.name(one.label),
                value=escape_markup(behind(one.veil, str(filling.values[one.name]))),
            )
            for one in filling.form.questions
            if one.name in self.bridging.filled
        ]
