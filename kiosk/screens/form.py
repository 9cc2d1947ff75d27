"""Forms at the kiosk: which there are, the card that fills them in, one question at a time, the end."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kivy.lang import Builder
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.gridlayout import GridLayout
from kivy.uix.widget import Widget

from kiosk import events as e
from kiosk import guidance, permits, told
from kiosk.floor import Permit
from kiosk.forms import Filling, Offer, Question
from kiosk.keyboard import Kind
from kiosk.screens.choose import Row, put_aside, row, turning
from kiosk.screens.keyboard import Field, KeyBoard, ShowKey
from kiosk.screens.parts import Fit, Page, Plain
from kiosk.visit import State, answers, filling_of, page_size, pages, part
from queue_server.hall.veil import behind

Builder.load_file(str(Path(__file__).with_suffix(".kv")))

ROWS = 5
"""So many forms have room one below the other."""


class Forms(Page):
    """What may be filled in before the number is taken, and how far each is."""

    @classmethod
    def shape(cls, state: State) -> tuple[object, ...]:
        visit = state.visit
        standing = tuple((one.form.id, one.filled, one.is_ready) for one in visit.fillings)
        return (*super().shape(state), visit.offers, visit.forms_failed, visit.form_key, standing)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        offers = self.state.visit.offers[:ROWS]
        for one in offers:
            self.ids.rows.add_widget(self._row(one))
        for _ in range(0 if self.low else ROWS - len(offers)):
            self.ids.rows.add_widget(Widget())

    def _row(self, one: Offer) -> Row:
        made = row(self, one.title, e.ChooseForm(one.id), icon="list")
        standing = filling_of(self.state, one.id)
        if standing and standing.is_ready:
            made.chosen, told = True, self.say("form.ready")
        elif standing:
            told = self.say("form.part", filled=standing.filled, of=standing.of)
        elif one.secret:
            told = self.say("form.part", filled=one.filled, of=one.of)
        else:
            told = self.say("form.needed" if one.needed else "form.optional")
        made.spoken = guidance.named(made.words, told, language=self.language)
        put_aside(self, made, told)
        return made

    def words(self) -> str:
        return told.forms(self.state)


class FormPart(Page):
    """A screen of the form that is being filled in."""

    @property
    def filling(self) -> Filling:
        return self.filling_in(self.state)

    def filling_in(self, state: State) -> Filling:
        found = filling_of(state, state.visit.form)
        assert found is not None, "a form is being filled in"
        return found

    def title(self) -> str:
        return self.name(self.filling.form.title)


class FormCard(FormPart):
    """May the card fill it in? Without consent nothing is read."""

    @classmethod
    def shape(cls, state: State) -> tuple[object, ...]:
        return (*super().shape(state), state.visit.may_fill)

    def head(self) -> str:
        return self.say("card.lay" if self.state.visit.may_fill else "card.ask")

    def words(self, state: State) -> str:
        if not state.visit.may_fill:
            return told.card_why(state, self.filling)
        return self.say(told.where_to_lay(state))


class FormPage(FormPart):
    """One question, with the keys or the answers that fit it."""

    @classmethod
    def shape(cls, state: State) -> tuple[object, ...]:
        filling = filling_of(state, state.visit.form)
        stands = (filling.form.id, filling.at, filling.district) if filling else ()
        return (*super().shape(state), state.visit.page, *stands)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._field: Field | None = None
        self._keys: KeyBoard | None = None
        self._rows: dict[object, Row] = {}
        self._show: ShowKey | None = None
        if self.filling.is_veiled:
            self._add_show()
        self.ids.answer.add_widget(self._answer())
        if self.beside:
            self.ids.hands.remove_widget(self.ids.foot)
            self.ids.ask.add_widget(Widget())
            self.ids.ask.add_widget(self.ids.foot)
        self.bind(state=lambda *_: self._follow())
        self._follow()

    @property
    def question(self) -> Question:
        return self.filling.question

    def _add_show(self) -> None:
        """Between the ways back and on, as long as something is hidden."""
        words = self.say("form.show")
        self._show = ShowKey(
            words="" if self.is_short else words,
            spoken=words,
            icon="show",
            edge="blue",
            ink="blue",
            design=36,
        )
        self._show.size_hint_x = 0.4 if self.is_short and not self.flat else 1
        self._show.bind(shows=lambda *_: self._follow())
        self.ids.foot.add_widget(self._show, 1)

    @property
    def beside(self) -> bool:
        """Whether the keys stand beside the question, on a wide screen."""
        return not self.portrait and not self.low and self.question.kind is not None

    @property
    def flat(self) -> bool:
        """Whether the ways on stand beside the keys, in a wide screen's lower half."""
        return not self.portrait and self.low and self.question.kind is not None

    @property
    def is_short(self) -> bool:
        """Whether a sign alone must do for what is no answer."""
        return self.compact or self.beside

    # --- the ways to answer ---

    def _answer(self) -> Widget:
        if self.question.kind is not None:
            return self._typed(self.question.kind)
        if self.question.keyboard == "agree":
            return self._tick()
        return self._choices()

    def _typed(self, kind: Kind) -> Widget:
        """The field stands above the keys; nobody must reach it."""
        self._field = Field(kind=kind, hint=self.say(told.field_hint(self.question)))
        self.ids.typed.height = self.u(120 if self.portrait else 96)
        self.ids.typed.add_widget(self._field)
        self._keys = KeyBoard(
            kind=kind,
            longest=self.question.longest,
            language=self.language,
            offer=self.offer if self.question.keyboard == "hanzi" else lambda _letters: [],
            typed=lambda typing: self.tell(e.Writes(typing)),
        )
        return self._keys

    def _choices(self) -> Widget:
        """The answers of this page; beside one another where they are many."""
        size, count = page_size(self.state), len(answers(self.state))
        many = self.low or not self.portrait or count > ROWS
        rows = GridLayout(cols=2 if many else 1, spacing=self.u(16))
        if many and not self.portrait and not self.large:
            rows.cols = 3
        shown = answers(self.state)[part(self.state)]
        for one in shown:
            event = e.ChooseDistrict(one.district) if one.value is None else e.ChooseValue(one.value)
            self._rows[one.value] = row(self, one.name, event)
            rows.add_widget(self._rows[one.value])
        for _ in range((size if many else ROWS) - len(shown)):
            rows.add_widget(Widget())
        box = BoxLayout(orientation="vertical", spacing=self.u(16))
        box.add_widget(rows)
        if pages(self.state) > 1:
            box.add_widget(turning(self))
        return box

    def _tick(self) -> Widget:
        box = BoxLayout(orientation="vertical", spacing=self.u(20))
        promise = "\n".join(told.promise(self.filling, self.language))
        box.add_widget(Fit(text=promise, design=40, size_hint_y=2))
        self._rows[True] = row(self, self.question.label, e.ChooseValue(True), icon="box")
        box.add_widget(self._rows[True])
        if not self.low:
            box.add_widget(Widget())
        return box

    # --- what is said beside it ---

    def _value(self) -> object:
        return self.filling.values.get(self.question.name)

    def _follow(self) -> None:
        typing = self.state.visit.typing
        if self._field and self._keys:
            self._field.typing = self._keys.typing = typing
            is_hidden = self.filling.is_veiled and not (self._show and self._show.shows)
            self._field.veiled = behind(self.question.veil, typing.whole) if is_hidden else ""
        if self._show:
            self._show.opacity, self._show.disabled = (1, False) if self.filling.is_veiled else (0, True)
        for value, one in self._rows.items():
            one.chosen = self._value() == value

    def progress(self, state: State) -> str:
        return told.progress(state, self.filling_in(state))

    def label(self) -> str:
        optional = (
            ""
            if self.question.required
            else f"  [size={round(self.look.font(34))}]{self.say('form.may')}[/size]"
        )
        return f"[b]{self.name(self.question.label)}[/b]{optional}"

    def aside(self, state: State) -> str:
        """What is wrong; else where the answer came from; else what helps to answer."""
        return told.question_aside(state, self.filling_in(state))

    def is_wrong(self, state: State) -> bool:
        filling = self.filling_in(state)
        return filling.is_lost or filling.question.name in filling.problems

    def last_words(self) -> str:
        return self.say("form.districts" if self.filling.district else "form.last")

    def next_words(self, state: State) -> str:
        filling = self.filling_in(state)
        empty = not state.visit.typing.whole if filling.question.kind else self._value() is None
        return self.say("form.later" if empty and filling.question.required else "form.next")


class FormEnd(FormPart):
    """All was asked: what is still missing, what is promised by finishing."""

    @classmethod
    def shape(cls, state: State) -> tuple[object, ...]:
        filling = filling_of(state, state.visit.form)
        return (
            *super().shape(state),
            filling.missing if filling else (),
            filling.problems if filling else {},
        )

    @property
    def gaps(self) -> list[str]:
        return told.gaps(self.filling, self.language)

    def head(self) -> str:
        return told.end_head(self.state, self.filling)

    def words(self) -> str:
        return "\n".join(told.end_words(self.state, self.filling))

    def aside(self, state: State) -> str:
        return told.end_aside(state, self.filling_in(state))

    def way(self) -> e.Touch:
        return e.FillGap() if self.gaps else e.FinishForm()


class FormDone(FormPart):
    """Finished: it goes with the number, or leads to a permit at once."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if permits.leads_to_one(self.state):
            words = self.say("permit.ask")
            ask = Plain(words=words, design=56, fill="blue", ink="paper", does=e.AskPermit())
            self.ids.foot.add_widget(ask, 1)
            go = self.ids.go
            go.fill, go.ink, go.edge = "paper", "blue", "blue"


class PermitPage(Page):
    """The permit with its code, and whether its slip is out; or why there is none."""

    @property
    def permit(self) -> Permit:
        one: Permit = self.state.visit.permit
        return one

    def title(self) -> str:
        return told.permit_title(self.permit, self.language)

    def holder(self) -> str:
        return self.permit.holder

    def words(self) -> str:
        return "\n".join(told.permit_words(self.permit, self.language))

    def slip(self, state: State) -> str:
        return told.permit_slip(state, self.permit)


class FormPhone(FormPart):
    """The code with which a phone goes on; scanned here again, the form comes back."""

    def address(self) -> str:
        return self.filling.url
