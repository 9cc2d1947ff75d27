"""A keyboard on the screen, and the field that shows what is typed on it; for every page with a field.

    field = Field(typing=typing, kind=Kind.TEXT, hint="…", icon="search")
    keys = KeyBoard(
        typing=typing,              # what the field holds; set it anew after each change
        kind=Kind.TEXT,             # TEXT (pinyin with candidates, English, digits), DIGITS, DATE …
        longest=40,                 # signs that the field takes
        language=Language.ZH,       # of the keys' own words
        offer=speller.candidates,   # Hanzi for letters; `lambda _letters: []` where none are wanted
        typed=tell_typing,          # called with the Typing after each key
        entered=go_on,              # called by the key `enter`; None: the keyboard has no such key
        enter="确定",
    )

The keyboard keeps nothing itself: whoever shows the field holds the `Typing` (`kiosk.keyboard`), so
what was typed outlives a page that is built anew. Take `settled(typing).text` when the field is left:
letters for which no Hanzi was chosen then count as they stand. `day_of(typing)` reads a DATE.
It fills the room it is given; keys are 20 mm and more on a screen of 32 inches, upright or not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from kivy.app import App
from kivy.lang import Builder
from kivy.properties import BooleanProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget
from kivy.utils import escape_markup

from assets import texts
from kiosk import keyboard
from kiosk.keyboard import DIGIT_ROW, LETTER_ROWS, NOTHING, OFFERED, POINT, Kind, Script, Typing
from kiosk.pinyin import Candidate
from kiosk.screens.parts import Card, Choice, Plain
from queue_server.hall.model import Language

Builder.load_file(str(Path(__file__).with_suffix(".kv")))

PAD_ROWS = ("123", "456", "789")
SIDE_SIGNS = {Kind.ID: "X", Kind.DECIMAL: POINT}
"""Beside the pad's 0; a pad that needs no more signs has a key there that clears the field."""


class BoardKey(Plain):
    """One key."""


class SignKey(Choice):
    """A key with one sign. There are many of them: it has no more parts than it needs, to stand at once."""


class OfferKey(Choice):
    """Hanzi that may be meant; without words it stands empty."""


class Field(Card):
    """What was typed so far; pinyin that still waits for Hanzi is underlined."""

    typing = ObjectProperty(NOTHING)
    kind = ObjectProperty(Kind.TEXT)
    hint = StringProperty("")
    icon = StringProperty("")
    aside = StringProperty("")
    """What else is said of it, at its end."""
    veiled = StringProperty("")
    """What stands there instead of what was typed, while that is hidden."""

    def words(self, typing: Typing, kind: Kind, hint: str, veiled: str) -> str:
        """`hint` stands where nothing does; a bar where the next sign comes."""
        if veiled:
            return f"{escape_markup(veiled)}|"
        if not typing.whole:
            return hint
        if typing.letters:
            return f"{escape_markup(typing.text)}[u]{typing.letters}[/u]|"
        return f"{escape_markup(keyboard.shown(typing, kind))}|"


class ShowKey(Plain):
    """Shows what is hidden while it is held; pressed from a key pad, until it is pressed again."""

    shows = BooleanProperty(False)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(does=self._pressed, **kwargs)
        self._was_held = False

    def on_state(self, _key: Any, state: str) -> None:
        self.shows = state == "down"
        self._was_held = self._was_held or self.shows

    def _pressed(self) -> None:
        """A finger has been lifted, or the key pad has pressed it."""
        if not self._was_held:
            self.shows = not self.shows
        self._was_held = False


class KeyBoard(BoxLayout):  # type: ignore[misc]
    """The keys of a kind of field; see the module's own words."""

    typing = ObjectProperty(NOTHING)

    def __init__(
        self,
        *,
        kind: Kind,
        longest: int,
        language: Language,
        offer: Callable[[str], list[Candidate]],
        typed: Callable[[Typing], None],
        entered: Callable[[], None] | None = None,
        enter: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._kind, self._longest, self._language = kind, longest, language
        self._offer, self._typed = offer, typed
        self._candidates: list[Candidate] = []
        self._offers: list[OfferKey] = []
        last = self._key(enter, lambda: entered(), fill="blue", ink="paper") if entered else None
        if kind is Kind.TEXT:
            self._lay_out_letters(last)
        else:
            self._lay_out_pad(last)
        self.bind(typing=lambda *_: self._follow())
        self._follow()

    # --- laying out ---

    def _lay_out_letters(self, last: Plain | None) -> None:
        look = App.get_running_app().look
        # Large letters in half of a wide screen: the digits take turns with a row of letters.
        turns = look.large and look.low and not look.portrait
        self._add_offers()
        erase = self._icon_key("erase", self._erase)
        erase.size_hint_x = 1.6
        rows = [[self._sign(sign) for sign in row] for row in (DIGIT_ROW, *LETTER_ROWS[:2])]
        for row in rows[turns:]:
            self._add_row(row, indent=(10 - len(row)) / 2)
        self._add_row([*(self._sign(sign) for sign in LETTER_ROWS[2]), erase], indent=0.7)
        self._script = self._key("", self._switch, fill="blue-soft", ink="blue-ink")
        digits = [self._key(self._say("to-digits"), partial(self._turn_digits, rows[1]))] if turns else []
        space = self._key(self._say("space"), partial(self._strike, " "))
        clear = self._key(self._say("clear"), self._clear)
        self._script.size_hint_x, space.size_hint_x, clear.size_hint_x = 2.6, 3 if turns else 4, 2
        self._add_row([self._script, *digits, space, clear, *([last] if last else [])], indent=0)
        if turns:
            self._digits = digits[0]
            self._digits.size_hint_x = 1.8
        if last:
            last.size_hint_x = 3

    def _lay_out_pad(self, last: Plain | None) -> None:
        for row in PAD_ROWS:
            self._add_row([self._sign(sign) for sign in row], indent=0)
        sign = SIDE_SIGNS.get(self._kind)
        side = self._sign(sign) if sign else self._key(self._say("clear"), self._clear)
        self._add_row([side, self._sign("0"), self._icon_key("erase", self._erase)], indent=0)
        if last:
            self._add_row([last], indent=0)

    def _add_offers(self) -> None:
        self._back = self._icon_key("previous", partial(self._turn, -1), icon="back")
        self._next = self._icon_key("next", partial(self._turn, 1))
        for at in range(OFFERED):
            self._offers.append(OfferKey(does=partial(self._choose, at)))
        self._back.size_hint_x = self._next.size_hint_x = 0.6
        self._add_row([self._back, *self._offers, self._next], indent=0)

    def _add_row(self, keys: Sequence[Choice], indent: float) -> None:
        row = BoxLayout(spacing=self.spacing)
        aside = [Widget(size_hint_x=indent) for _ in range(2)] if indent else []
        for widget in (*aside[:1], *keys, *aside[1:]):
            row.add_widget(widget)
        self.add_widget(row)

    def _sign(self, sign: str) -> SignKey:
        return SignKey(words=sign, does=partial(self._strike, sign))

    def _key(self, words: str, does: Callable[[], None], **look: Any) -> Plain:
        return BoardKey(words=words, does=does, **{"design": 36, **look})

    def _icon_key(self, name: str, does: Callable[[], None], icon: str = "") -> Plain:
        """A key that shows a sign alone, and is read by its name."""
        spoken = texts.say(f"kiosk.key.{name}", self._language)
        return self._key("", does, icon=icon or name, spoken=spoken)

    def _say(self, name: str) -> str:
        return texts.say(f"kiosk.keyboard.{name}", self._language)

    # --- keys ---

    def _strike(self, sign: str) -> None:
        self._typed(keyboard.struck(self.typing, sign, self._kind, self._longest))

    def _erase(self) -> None:
        self._typed(keyboard.erased(self.typing))

    def _clear(self) -> None:
        self._typed(Typing(script=self.typing.script))

    def _switch(self) -> None:
        self._typed(keyboard.switched(self.typing))

    def _turn_digits(self, row: Sequence[SignKey]) -> None:
        """The first row has digits instead of letters, or letters again."""
        has_letters = row[0].words == LETTER_ROWS[0][0]
        for key, sign in zip(row, DIGIT_ROW if has_letters else LETTER_ROWS[0], strict=True):
            key.words, key.does = sign, partial(self._strike, sign)
        self._digits.words = self._say("to-letters" if has_letters else "to-digits")

    def _turn(self, by: int) -> None:
        self._typed(keyboard.turned(self.typing, by, len(self._candidates)))

    def _choose(self, at: int) -> None:
        offered = self._candidates[self.typing.page * OFFERED :]
        if at < len(offered):
            self._typed(keyboard.chosen(self.typing, offered[at]))

    # --- what is offered ---

    def _follow(self) -> None:
        if self._kind is not Kind.TEXT:
            return
        typing = self.typing
        self._candidates = self._offer(typing.letters) if typing.letters else []
        offered = self._candidates[typing.page * OFFERED :]
        for at, key in enumerate(self._offers):
            key.words = offered[at].hanzi if at < len(offered) else ""
        self._show(self._back, typing.page > 0)
        self._show(self._next, len(offered) > OFFERED)
        is_pinyin = typing.script is Script.PINYIN
        self._script.words = self._say("to-english" if is_pinyin else "to-pinyin")

    def _show(self, key: Plain, is_there: bool) -> None:
        key.opacity, key.disabled = (1, False) if is_there else (0, True)
