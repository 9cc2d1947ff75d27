"""What to bring: a checklist to tick, and what follows from what is missing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kivy.lang import Builder
from kivy.properties import StringProperty
from kivy.uix.widget import Widget

from kiosk import events as e
from kiosk import guidance, guide
from kiosk.events import Paper
from kiosk.forms import Offer
from kiosk.guide import Material, Needed
from kiosk.screens.parts import Choice, Fit, Page, Plain, columns
from kiosk.visit import State, filling_of, guides, page_size, pages, sheets
from queue_server.hall.materials import Verdict

Builder.load_file(str(Path(__file__).with_suffix(".kv")))

LINES = 6
"""So many missing papers are named; the list on paper or phone has all."""


class PaperRow(Choice):
    """A paper with its tick; one that the hall has itself can't be touched."""

    detail = StringProperty()


class Checklist(Page):
    """A page of papers of one item."""

    @classmethod
    def shape(cls, state: State) -> tuple[object, ...]:
        visit = state.visit
        return (*super().shape(state), visit.page, visit.guides, visit.guide_failed)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._rows: list[tuple[Needed, PaperRow]] = []
        if not self.sheet:
            waits = "guide.failed" if self.state.visit.guide_failed else "guide.waiting"
            self.ids.rows.add_widget(Fit(text=self.say(waits), design=44))
        for one in self.sheet:
            self.ids.rows.add_widget(self._row(one))
        # A short list's rows are as high as those of a full page.
        for _ in range(page_size(self.state) - len(self.ids.rows.children) if self.sheet else 0):
            self.ids.rows.add_widget(Widget())
        self.bind(state=lambda *_: self._follow())
        self._follow()

    @property
    def columns(self) -> int:
        return columns(self)

    @property
    def sheet(self) -> tuple[Needed, ...]:
        """The papers of this page; none before their guide has come."""
        stands, page = sheets(self.state), self.state.visit.page
        return stands[page] if page < len(stands) else ()

    def _row(self, one: Needed) -> PaperRow:
        material = one.material
        words, detail = self.name(material.name), self._detail(material)
        made = PaperRow(words=words, detail=detail, disabled=not material.is_own)
        made.spoken = guidance.named(words, detail, language=self.language)
        made.does = e.TickPaper(*one.papers[0])
        self._rows.append((one, made))
        return made

    def _detail(self, material: Material) -> str:
        """`原件 1 份 · 复印件 2 份 · 可以后补`."""
        if not material.is_own:
            return self.say("guide.not-needed" if self.compact else f"guide.{material.source}")
        told = [
            self.say(f"guide.{kind}", count=count)
            for kind, count in (("originals", material.originals), ("copies", material.copies))
            if count
        ]
        told += [self.say("guide.later")] if material.later else []
        told += [self.name(material.note)] if material.note else []
        return " · ".join(told)

    def _follow(self) -> None:
        for one, row in self._rows:
            row.chosen = one.is_in(self.state.visit.ticked)

    def title(self) -> str:
        items = self.state.visit.items
        item = self.state.floor.item(items[0]) if len(items) == 1 else None
        return self.name(item.name) if item else self.say("guide.title", count=len(items))

    def subtitle(self) -> str:
        count = pages(self.state)
        of = self.say("items.page", page=self.state.visit.page + 1, pages=count) if count > 1 else ""
        return " · ".join(part for part in (self.say("guide.tick"), of) if part)

    def has_own(self) -> bool:
        return any(one.material.is_own for one in self.sheet)

    def go_words(self) -> str:
        return self.say("guide.next" if self.state.visit.page < pages(self.state) - 1 else "guide.done")


class Bring(Page):
    """What is missing, whether the visit makes sense today, and the list to take home."""

    @classmethod
    def shape(cls, state: State) -> tuple[object, ...]:
        return (*super().shape(state), state.visit.offers, state.visit.fillings)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if promise := self.promise:
            done = self.has_promised()
            key = Plain(
                words=self.say("bring.promised" if done else "bring.promise"),
                icon="check" if done else "list",
                fill="" if done else "blue",
                edge="blue",
                ink="blue" if done else "paper",
                design=44,
                does=e.OpenPromise(promise.id),
            )
            self.ids.ways.add_widget(key, index=len(self.ids.ways.children))

    @property
    def promise(self) -> Offer | None:
        """The form that promises to bring what is missing, where that is enough."""
        offers = self.state.visit.offers if self.is_accepted() else ()
        return next((one for one in offers if one.is_promise), None)

    def has_promised(self) -> bool:
        filling = filling_of(self.state, self.promise.id) if self.promise else None
        return filling is not None and filling.is_ready

    def rows(self) -> int:
        return 2 if self.promise and self.portrait else 1

    def leads_on(self) -> bool:
        """Whether the number is what comes next; not before the promise that could be given now."""
        return self.is_accepted() and (self.promise is None or self.has_promised())

    @property
    def verdict(self) -> Verdict:
        return guide.verdict(self.state.floor, guides(self.state), self.state.visit.ticked)

    def is_accepted(self) -> bool:
        return self.verdict is Verdict.LATER

    def title(self) -> str:
        return self.say(f"bring.{self.verdict}.title")

    def words(self) -> str:
        return self.say(f"bring.{self.verdict}.words")

    def ground(self) -> str:
        return "good" if self.is_accepted() else "warn"

    def lines(self) -> str:
        names = [self.name(one.material.name) for one in self._missing()]
        shown = [f"· {name}" for name in names[:LINES]]
        if len(names) > LINES:
            shown.append(self.say("bring.others", count=len(names) - LINES))
        return "\n".join(shown)

    def _missing(self) -> list[Needed]:
        return guide.missing(guides(self.state), self.state.visit.ticked)

    def address(self) -> str:
        base = self.state.floor.kiosk.public_url
        return guide.address(base, guides(self.state), self.state.visit.ticked) if base else ""

    def may_print(self, state: State) -> bool:
        return state.visit.list_paper not in (Paper.PRINTING, Paper.PRINTED)

    def print_words(self, state: State) -> str:
        return self.say(f"bring.print.{state.visit.list_paper}")

    def go_words(self) -> str:
        return self.say("bring.go" if self.is_accepted() else "bring.go-anyway")
