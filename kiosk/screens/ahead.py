"""The screens to which the next touch may lead, built while nobody touches.

A visit is pure: what each control that stands would lead to can be asked without doing it. So a finger
finds the next screen laid out and its letters drawn; only showing it is left.
"""

from __future__ import annotations

import gc
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from kivy.base import EventLoop
from kivy.clock import Clock

from kiosk import session
from kiosk.events import Touch
from kiosk.screens.frame import Root
from kiosk.screens.last import forget_half_built
from kiosk.screens.parts import Page
from kiosk.visit import State, Visit

log = logging.getLogger(__name__)

MOST = 8
"""So many screens are kept at a time: their letters take some megabytes each."""
REST_SECONDS, PAUSE_SECONDS = 0.15, 0.03
"""So long after a change, and after each screen, another is begun: a touch comes first."""


@dataclass(frozen=True, slots=True)
class Key:
    """What a page was built for: shown for anything else it could say what isn't so."""

    shapes: tuple[object, ...]
    visit: Visit

    @classmethod
    def of(cls, shapes: tuple[object, ...], state: State) -> Key:
        return cls(shapes, replace(state.visit, touched_at=0.0))


@dataclass(slots=True, eq=False)
class Next:
    """A state that may come; its page is None until it is built."""

    key: Key
    state: State
    page: Page | None = None


class Ahead:
    """Keeps pages that may come next. `key_of` is None for a state whose page can't be built ahead."""

    def __init__(self, key_of: Callable[[State], Key | None], build: Callable[[State], Page]) -> None:
        self._key_of, self._build = key_of, build
        self._nexts: list[Next] = []
        self._at: Key | None = None
        self._has_turned = False
        """Another page has been shown since this was last seen to."""
        self._begin = Clock.create_trigger(self._look_around, REST_SECONDS)
        self._go_on = Clock.create_trigger(self._build_one, PAUSE_SECONDS)

    def take(self, key: Key | None) -> Page | None:
        """The page that was built for this; it is the taker's from here on."""
        found = next((one for one in self._nexts if one.key == key), None)
        if found is None:
            return None
        self._nexts.remove(found)
        return found.page

    def forget(self) -> None:
        """All looks different from here on; what is built may yet be laid out, and would be a bit of both."""
        self._nexts = []

    def follow(self, root: Root, state: State, now: float) -> None:
        """The screen stands like this now."""
        key = self._key_of(state)
        if key == self._at:
            return
        self._has_turned |= key is None or self._at is None or key.shapes != self._at.shapes
        self._at, self._root, self._state, self._now = key, root, state, now
        self._begin.cancel()
        self._go_on.cancel()
        self._begin()

    def _look_around(self, _seconds: float) -> None:
        """See what may come next, and let go of what may not any more."""
        known, self._nexts = self._nexts, []
        for one in self._seen():
            if self._is_new(one.key) and len(self._nexts) < MOST:
                stood = next((other for other in known if other.key == one.key), one)
                self._nexts.append(stood)
        has_gone = any(one.page and one not in self._nexts for one in known)
        del known
        if has_gone or self._has_turned:
            # A page is full of circles: the memory of those that went is given back now, not at a touch.
            gc.collect()
            self._has_turned = False
        self._go_on()

    def _is_new(self, key: Key) -> bool:
        """Whether a page would have to be built for it."""
        here = self._at is not None and key.shapes == self._at.shapes
        return not here and all(one.key != key for one in self._nexts)

    def _seen(self) -> Iterator[Next]:
        """Where each control that stands would lead."""
        for control in self._root.controls():
            if isinstance(control.does, Touch) and (one := self._seen_behind(control.does)):
                yield one

    def _seen_behind(self, does: Touch) -> Next | None:
        try:
            state = session.step(self._state, does, self._now)[0]
            key = self._key_of(state)
        except Exception:
            # As for building: what nobody has touched yet ends no visit.
            log.exception("where %s leads could not be seen ahead", type(does).__name__)
            return None
        return Next(key, state) if key else None

    def _build_one(self, _seconds: float) -> None:
        missing = next((one for one in self._nexts if one.page is None), None)
        if missing is None:
            return
        if not any(one.is_touch for one in EventLoop.touches):
            self._build_now(missing)
        self._go_on()

    def _build_now(self, one: Next) -> None:
        """With the place that it will have: so it is laid out before it is shown."""
        try:
            one.page = self._build(one.state)
        except Exception:
            # Nobody has touched it yet, and perhaps nobody will.
            forget_half_built()
            log.exception("the screen %s could not be built ahead", one.state.visit.place)
            self._nexts.remove(one)
        else:
            middle = self._root.frame.ids.middle
            one.page.size, one.page.pos = middle.size, middle.pos
