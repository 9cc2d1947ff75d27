"""Binds the visit to the screens, the line to the server, the printer, the scanner and the clock."""

from __future__ import annotations

import gc
import json
import logging
import secrets
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from hardware import build
from hardware.card_reader import Card
from hardware.printer import Outcome, Result
from hardware.settings import Hardware
from kiosk import effects as do
from kiosk import events as e
from kiosk import given_up, session, slip
from kiosk.aloud import Aloud
from kiosk.effects import Effect
from kiosk.events import Event, Paper
from kiosk.finding import MATCHES
from kiosk.noted import Noted
from kiosk.pinyin import Speller
from kiosk.screens.ahead import Ahead, Key
from kiosk.screens.basket import Basket
from kiosk.screens.bridge import FormBridge
from kiosk.screens.choose import Choose, Have, Questions, Situations
from kiosk.screens.confirm import Confirm
from kiosk.screens.find import Find
from kiosk.screens.focus import text_under
from kiosk.screens.form import FormCard, FormDone, FormEnd, FormPage, FormPhone, Forms, PermitPage
from kiosk.screens.frame import Frame, Root
from kiosk.screens.guide import Bring, Checklist
from kiosk.screens.home import Home
from kiosk.screens.last import Last, forget_half_built
from kiosk.screens.look import Look
from kiosk.screens.moments import Ready, Return, SorryPage, Taking
from kiosk.screens.pad import Pad
from kiosk.screens.parts import Page
from kiosk.screens.ticket import TicketPage
from kiosk.typed import TypedLines
from kiosk.visit import Place, State, asks_to_stay
from queue_server.client import HallClient
from queue_server.hall.model import Language
from queue_server.wire import API, Body, Namespace

# Kivy comes last: `assets.screen`, which the screens import, settles its config.
from kivy.app import App  # isort: skip
from kivy.base import ExceptionHandler, ExceptionManager  # isort: skip
from kivy.clock import Clock  # isort: skip
from kivy.core.window import Window  # isort: skip
from kivy.properties import ObjectProperty  # isort: skip
from kivy.uix.floatlayout import FloatLayout  # isort: skip
from kivy.uix.widget import Widget  # isort: skip

log = logging.getLogger(__name__)

TICK_SECONDS = 0.25
YOUNG = 50_000
"""So many new objects, some five screens, are looked through for what is no longer used. `Ahead` does so
earlier, while nobody touches.
"""
CATALOGUE_SECONDS = 10.0
CATALOGUE_PART = 500
ID_SIGNS = 12
"""A ticket's and a form's secret begin with the id."""
SEARCH_SECONDS = 3.0
"""Nobody waits longer for finds: it is said that there is no answer, and the themes remain."""
BRIDGE_SECONDS = 30.0
"""The hall gives up on another office long before, unless its config says otherwise."""
NOTED_SECONDS = 1.0
"""A slip waits no longer for the disk; somebody stands there."""
LAST_SECONDS = 15.0
"""So long stands what needs no screen, where none could be built; then they are tried again."""
UNREADABLE = (OSError, HTTPException, ValueError, LookupError)
"""What comes of asking the server where no answer comes, or none that makes sense."""

CARD_PARTS = ("name", "ethnicity", "address", "valid_until")
"""By the same names in the reader's card and in `CardRead`; the number stands beside them."""

PAGES: dict[Place, type[Page]] = {
    Place.HOME: Home,
    Place.FIND: Find,
    Place.THEMES: Choose,
    Place.ITEMS: Choose,
    Place.QUESTION: Questions,
    Place.BASKET: Basket,
    Place.GUIDE: Checklist,
    Place.BRING: Bring,
    Place.FORMS: Forms,
    Place.FORM_CARD: FormCard,
    Place.FORM_BRIDGE: FormBridge,
    Place.FORM_CODE: Pad,
    Place.FORM: FormPage,
    Place.FORM_END: FormEnd,
    Place.FORM_DONE: FormDone,
    Place.PERMIT: PermitPage,
    Place.FORM_PHONE: FormPhone,
    Place.CONFIRM: Confirm,
    Place.PRIORITY: Situations,
    Place.NEEDS: Situations,
    Place.IDENTIFY: Pad,
    Place.CHECK_IN: Pad,
    Place.TEXTS: Pad,
    Place.RESULT: Pad,
    Place.READY: Ready,
    Place.HAVE: Have,
    Place.RETURN: Return,
    Place.TAKING: Taking,
    Place.TICKET: TicketPage,
    Place.SORRY: SorryPage,
}

PAPERS = {Result.PRINTED: Paper.PRINTED, Result.NOT_PRINTED: Paper.FAILED, Result.UNKNOWN: Paper.DOUBTFUL}


class KioskApp(App):  # type: ignore[misc]
    """One kiosk. `feed` takes every event, on Kivy's thread; other threads use `feed_soon`."""

    look = ObjectProperty()

    def __init__(
        self, server: str, token: str, kiosk: str, language: Language, hardware: Hardware, data: Path
    ) -> None:
        super().__init__(title="Kiosk")
        self._server, self._token = server, token
        self._noted = Noted(data, kiosk)
        begun = session.begin(secrets.token_urlsafe(9), language)
        self._state = replace(begun, given_up=self._noted.read())
        self._shapes: tuple[object, object] = (None, None)
        self._touched_at: Place | None = None
        self._trouble = ""
        # Once, however often it fails before the next frame.
        self._recover_soon = Clock.create_trigger(self._recover)
        self._shows_at = 0.0
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="kiosk")
        self._seeker = ThreadPoolExecutor(1, thread_name_prefix="kiosk-search")
        self._asker = ThreadPoolExecutor(2, thread_name_prefix="kiosk-bridge")
        self._sought = ""
        self._speller = Speller()
        self._printer = build.printer(hardware, data)
        self._scanner = build.scanner(hardware, lambda line: self.feed_soon(e.Scanned(line)))
        self._ahead = Ahead(self._key_of, self._page)
        self._speech = build.speech(hardware)
        keys, volume = hardware.guide_pad.keys, hardware.speech.volume
        self._aloud = Aloud(self._speech, volume, keys, self.feed, self._state)
        self._pad = build.guide_pad(hardware, self._key_soon)
        self._card: Card | None = None
        self._reader = build.card_reader(hardware, data, kiosk, self._card_laid, self._card_lifted)
        self._line = HallClient(
            server,
            token,
            Namespace.KIOSK,
            on_message=lambda name, body: self.feed_soon(e.Heard(name, body)),
            on_line=self._line_changed,
            health=self._health,
        )

    # --- life ---------------------------------------------------------------------------------------

    def build(self) -> Widget:
        self._holder = FloatLayout()
        self._render()
        Window.bind(on_touch_down=self._touched, on_resize=lambda *_: Clock.schedule_once(self._resized))
        self._typed = TypedLines(Window, self._read, self._aloud.key, Clock.get_time)
        Clock.schedule_interval(lambda _seconds: self.feed(e.Tick()), TICK_SECONDS)
        ExceptionManager.add_handler(_LastResort(self))
        # What stands for ever need not be looked through again: it would hold up a screen for 60 ms.
        gc.collect()
        gc.freeze()
        # Python itself may look while a rule gives a value to a part of a screen, and take that part away.
        gc.disable()
        Clock.schedule_interval(lambda _seconds: tidy(), TICK_SECONDS)
        for device in (self._printer, self._scanner, self._reader, self._pad, self._speech, self._line):
            device.start()
        self._speller.start()
        if self._state.given_up:
            self.feed(e.BrokeOff())
        return self._holder

    def open_settings(self, *_args: object) -> bool:
        """Kivy's own settings are nobody's business here, whatever key is pressed."""
        return False

    def on_stop(self) -> None:
        for device in (self._line, self._speech, self._pad, self._reader, self._scanner, self._printer):
            device.stop()
        self._speller.stop()
        self._seeker.shutdown(cancel_futures=True)
        self._asker.shutdown(wait=False, cancel_futures=True)
        self._worker.shutdown(cancel_futures=True)

    def crashed(self, trouble: Exception) -> None:
        """Whatever failed, the visit is over and the program goes on."""
        self._tell_of(trouble)
        self._recover_soon()

    def _recover(self, _seconds: float) -> None:
        try:
            self.feed(e.Crashed())
        except Exception as trouble:
            self._tell_of(trouble)
            self._shapes = (None, None)
            self._shows_at = time.monotonic() + LAST_SECONDS
            self._holder.clear_widgets()
            self._holder.add_widget(Last(self._home_at_last))

    def _tell_of(self, trouble: Exception) -> None:
        """What fails with every tick is told at length once."""
        forget_half_built()
        again, self._trouble = self._trouble == repr(trouble), repr(trouble)
        log.critical("the kiosk failed%s: %r", " again" * again, trouble, exc_info=None if again else trouble)

    def _home_at_last(self) -> None:
        self._shows_at = 0.0
        self.feed(e.Leave())

    # --- events in, effects out ------------------------------------------------------------------------

    def feed_soon(self, event: Event, then: Callable[[], None] = lambda: None) -> None:
        """From any thread; `then` is called, on Kivy's, when what follows from it is on disk."""

        def feed(_seconds: float) -> None:
            self.feed(event)
            then()

        Clock.schedule_once(feed)

    def feed(self, event: Event) -> None:
        self._state, effects = session.step(self._state, event, time.monotonic())
        # Before it is sent: the power may go at any moment.
        self._noted.keep(given_up.open_keys(self._state))
        for effect in effects:
            self._do(effect)
        self._render()

    def _do(self, effect: Effect) -> None:
        match effect:
            case do.Send(name, body, key):
                self._line.send(name, body, lambda ack: self.feed_soon(e.Answered(key, ack)), key=key)
            case do.Print():
                self._worker.submit(self._print, effect)
            case do.Search(query):
                self._sought = query
                self._seeker.submit(self._search, query)
            case do.FetchCatalogue(version):
                self._worker.submit(self._fetch_catalogue, version)
            case do.FetchAppointment(code):
                self._worker.submit(self._fetch_appointment, code)
            case do.FetchGuide(item):
                self._worker.submit(self._fetch_guide, item)
            case do.FetchForms(items):
                self._worker.submit(self._fetch_forms, items)
            case do.FetchSlipForms(secret):
                self._worker.submit(self._fetch_slip_forms, secret)
            case do.FetchDraft(secret):
                self._worker.submit(self._fetch_draft, secret)
            case do.FetchForm(form):
                self._worker.submit(self._fetch_form, form)
            case do.AskBridge():
                self._asker.submit(self._ask_bridge, effect)
            case do.ReadCard(parts):
                if card := self._card:
                    said = {"number": card.id_number, **{name: getattr(card, name) for name in CARD_PARTS}}
                    self.feed_soon(e.CardRead(**{name: said[name] for name in parts}))
            case do.PrintPermit():
                self._worker.submit(self._print_permit, effect)
            case do.PrintNeeds():
                self._worker.submit(self._print_needs, effect)
            case do.Clear():
                self._speller.forget()
                # The page that stood goes with everything on it, even where the same kind follows.
                self._shapes = (self._shapes[0], None)

    def _print(self, wanted: do.Print) -> None:
        ticket, floor = wanted.ticket, self._state.floor

        def began() -> None:
            """On the printer's thread: the slip waits until the disk knows of it."""
            noted = threading.Event()
            self.feed_soon(e.SlipBegan(ticket.number), noted.set)
            noted.wait(NOTED_SECONDS)

        def ended(outcome: Outcome) -> None:
            self.feed_soon(e.SlipEnded(ticket.number, PAPERS[outcome.result], wanted.order))

        try:
            drawn = slip.picture(ticket, floor, wanted.language, large=wanted.large, again=wanted.again)
            self._printer.print(drawn, ended, began)
        except Exception:
            log.exception("the slip of %s could not be drawn", ticket.number)
            self.feed_soon(e.SlipEnded(ticket.number, Paper.FAILED, wanted.order))

    def _print_permit(self, wanted: do.PrintPermit) -> None:
        try:
            drawn = slip.permit(wanted.permit, self._state.floor, wanted.language)
            self._printer.print(drawn, lambda outcome: self.feed_soon(e.PermitEnded(PAPERS[outcome.result])))
        except Exception:
            log.exception("a permit could not be drawn")
            self.feed_soon(e.PermitEnded(Paper.FAILED))

    def _print_needs(self, wanted: do.PrintNeeds) -> None:
        try:
            drawn = slip.needs(wanted.guides, wanted.ticked, self._state.floor, wanted.language)
            self._printer.print(drawn, lambda outcome: self.feed_soon(e.ListEnded(PAPERS[outcome.result])))
        except Exception:
            log.exception("the list of what to bring could not be drawn")
            self.feed_soon(e.ListEnded(Paper.FAILED))

    def _card_laid(self, card: Card) -> None:
        """On the reader's thread. What stands on the card goes no further until its holder allows it."""
        self._card = card
        self.feed_soon(e.CardLaid())

    def _card_lifted(self) -> None:
        self._card = None
        self.feed_soon(e.CardLifted())

    def _key_soon(self, key: str) -> None:
        Clock.schedule_once(lambda _seconds: self._aloud.key(key))

    def _line_changed(self, up: bool) -> None:
        self.feed_soon(e.Line(up))

    def _fetch_catalogue(self, version: str) -> None:
        try:
            lists = (self._all("themes"), self._all("services"), self._all("questions"))
            self.feed_soon(e.CatalogueCame(*lists, version))
            self._speller.learn(self._all("words"))
        except UNREADABLE:
            log.exception("the catalogue did not come; it is asked for again")

    def _search(self, query: str) -> None:
        """One at a time; what is no longer typed is not asked for any more."""
        if query != self._sought:
            return
        try:
            body = self._got("matches", SEARCH_SECONDS, q=query, limit=MATCHES)
            self.feed_soon(e.MatchesCame(query, body["matches"]))
        except UNREADABLE:
            # The query stays out of the log: it is what somebody came for.
            log.warning("a search had no answer")
            self.feed_soon(e.MatchesCame(query, None))

    def _fetch_appointment(self, code: str) -> None:
        try:
            body = self._got(f"appointments/{code}", SEARCH_SECONDS)
            self.feed_soon(e.AppointmentCame(code, body))
        except UNREADABLE:
            # Checking in tells why, and the code stays out of the log.
            self.feed_soon(e.AppointmentCame(code, None))

    def _fetch_guide(self, item: str) -> None:
        try:
            self.feed_soon(e.GuideCame(item, self._got(f"services/{item}", CATALOGUE_SECONDS)))
        except UNREADABLE:
            log.exception("the guide of %s did not come", item)
            self.feed_soon(e.GuideCame(item, None))

    def _fetch_forms(self, items: tuple[str, ...]) -> None:
        try:
            listed = [
                one for item in items for one in self._got("forms", CATALOGUE_SECONDS, service=item)["forms"]
            ]
            self.feed_soon(e.FormsCame(items, listed))
        except UNREADABLE:
            log.exception("the forms of %s did not come", ", ".join(items))
            self.feed_soon(e.FormsCame(items, None))

    def _fetch_form(self, form: str) -> None:
        try:
            body, regions = (
                self._got(f"forms/{form}", CATALOGUE_SECONDS),
                self._got("regions", CATALOGUE_SECONDS),
            )
            self.feed_soon(e.FormCame(form, body, regions))
        except UNREADABLE:
            log.exception("the form %s did not come", form)
            self.feed_soon(e.FormCame(form, None, None))

    def _fetch_slip_forms(self, secret: str) -> None:
        try:
            listed = self._got(f"tickets/{secret[:ID_SIGNS]}/forms", CATALOGUE_SECONDS, secret)["forms"]
            self.feed_soon(e.SlipFormsCame(secret, listed))
        except UNREADABLE:
            log.warning("the forms of a slip did not come")
            self.feed_soon(e.SlipFormsCame(secret, None))

    def _fetch_draft(self, secret: str) -> None:
        """The secret goes in a header, never in an address."""
        try:
            draft = self._got(f"drafts/{secret[:ID_SIGNS]}", CATALOGUE_SECONDS, secret)
            form = self._got(f"forms/{draft['form']}", CATALOGUE_SECONDS)
            self.feed_soon(e.DraftCame(secret, draft, form, self._got("regions", CATALOGUE_SECONDS)))
        except UNREADABLE:
            log.warning("a form that was scanned did not come")
            self.feed_soon(e.DraftCame(secret, None, None, None))

    def _ask_bridge(self, wanted: do.AskBridge) -> None:
        """Not over the line: what is typed meanwhile must not wait for another office."""
        asked = {"subject": wanted.subject, "purpose": wanted.purpose, "consent": True}
        path = f"bridges/{wanted.kind}/ask"
        try:
            body = self._got(path, BRIDGE_SECONDS, self._token, body=asked, key=wanted.key)
            self.feed_soon(e.BridgeAnswered(wanted.key, body))
        except UNREADABLE:
            log.warning("what a form could be filled in with did not come")
            self.feed_soon(e.BridgeAnswered(wanted.key, None))

    def _got(
        self,
        path: str,
        seconds: float,
        secret: str = "",
        body: Body | None = None,
        key: str = "",
        **query: object,
    ) -> Body:
        """What is answered to a GET; with a body, to a POST.

        :raises OSError: and others (`UNREADABLE`), where no answer comes that can be read.
        """
        asked = Request(f"{self._server}{API}/{path}?{urlencode(query)}")
        if secret:
            asked.add_header("Authorization", f"Bearer {secret}")
        if body is not None:
            asked.data = json.dumps(body).encode()
            asked.add_header("Content-Type", "application/json")
            asked.add_header("Idempotency-Key", key)
        with urlopen(asked, timeout=seconds) as answer:
            said: Body = json.load(answer)
        return said

    def _all(self, name: str) -> list[Any]:
        found: list[Any] = []
        while True:
            body = self._got(name, CATALOGUE_SECONDS, limit=CATALOGUE_PART, offset=len(found))
            found += body[name]
            if not body[name] or len(found) >= body["total"]:
                return found

    def _health(self) -> list[Body]:
        devices = (self._printer, self._scanner, self._reader, self._pad, self._speech)
        return [dict(device.health().body()) for device in devices]

    # --- the screen ------------------------------------------------------------------------------------

    def _touched(self, _window: Any, touch: Any) -> bool:
        """Whether a touch ends here: the second of quick ones of which the first took a number must not put
        it away.
        """
        place, is_quick = self._state.visit.place, touch.is_double_tap or touch.is_triple_tap
        if is_quick and place is Place.TICKET and self._touched_at is not Place.TICKET:
            return True
        self._touched_at = place
        self._aloud.read(text_under(self._root, *touch.pos))
        if not asks_to_stay(self._state, time.monotonic()):
            self.feed(e.Touched())
        return False

    def _read(self, line: str) -> None:
        self.feed(e.Scanned(line))

    def _resized(self, _seconds: float) -> None:
        self._shapes = (None, None)
        self._render()

    def _render(self) -> None:
        """Build anew what can't follow the state as it stands; let the rest follow."""
        state, now = self._state, time.monotonic()
        if now < self._shows_at:
            return
        look, page = self._look_of(state), PAGES[state.visit.place]
        shapes = ((look, Frame.shape(state)), page.shape(state))
        if shapes != self._shapes:
            if shapes[0] != self._shapes[0]:
                if look != self.look:
                    self._ahead.forget()
                self.look = look
                self._holder.clear_widgets()
                self._root = Root(Frame(**self._common(state)))
                self._holder.add_widget(self._root)
                self._holder.add_widget(self._aloud.focus)
            self._root.frame.show(self._ahead.take(self._key_of(state)) or self._page(state))
            self._shapes = shapes
        self._root.follow(state, now)
        self._aloud.follow(self._root, state, now)
        self._ahead.follow(self._root, state, now)

    def _look_of(self, state: State) -> Look:
        kiosk = state.floor.kiosk
        return Look.of(Window.size, (kiosk.width_mm, kiosk.height_mm), state.visit.modes)

    def _page(self, state: State) -> Page:
        return PAGES[state.visit.place](**self._common(state))

    def _common(self, state: State) -> dict[str, Any]:
        """What every screen is given."""
        common = {"state": state, "now": time.monotonic(), "look": self.look, "tell": self.feed}
        return common | {"offer": self._speller.candidates, "hear": self._aloud.touched}

    def _key_of(self, state: State) -> Key | None:
        """None where all looks different: the look is the whole window's."""
        if self._look_of(state) != self.look:
            return None
        return Key.of((Frame.shape(state), PAGES[state.visit.place].shape(state)), state)


def tidy() -> None:
    """Between two events, where no rule is being followed."""
    if gc.get_count()[0] > YOUNG:
        gc.collect(1)


class _LastResort(ExceptionHandler):  # type: ignore[misc]
    """No citizen ever sees a traceback."""

    def __init__(self, app: KioskApp) -> None:
        super().__init__()
        self._app = app

    def handle_exception(self, trouble: BaseException) -> Any:
        """Nothing that failed ends the program; only who asks it to end does."""
        if not isinstance(trouble, Exception):
            return ExceptionManager.RAISE
        self._app.crashed(trouble)
        return ExceptionManager.PASS
