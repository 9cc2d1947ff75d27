"""A number whose citizen left before the answer came: a real server, cut off once it has made the number."""

from __future__ import annotations

import queue
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest

from kiosk import events as e
from kiosk.effects import Effect, Send
from kiosk.events import Event
from kiosk.session import begin, step
from kiosk.visit import Place, State
from queue_server.client import HallClient
from queue_server.wire import Asks, Body, Namespace
from tests.conftest import Hall, free_port, until

PATIENCE_SECONDS = 2.0
PIECE = 65536


class Cable:
    """A way to the server that can lose what comes back, or be cut in both directions."""

    def __init__(self, port: int) -> None:
        self.port = free_port()
        self.hears = True
        self.is_cut = False
        self._server = port
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self._ends: list[socket.socket] = [self._listener]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
                if self.is_cut:
                    near.close()
                    continue
                far = socket.create_connection(("127.0.0.1", self._server))
            except OSError:
                return
            self._ends += (near, far)
            threading.Thread(target=self._carry, args=(near, far, False), daemon=True).start()
            threading.Thread(target=self._carry, args=(far, near, True), daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket, is_answer: bool) -> None:
        with suppress(OSError):
            while piece := source.recv(PIECE):
                if self.hears or not is_answer:
                    target.sendall(piece)

    def cut(self) -> None:
        self.is_cut = True
        for end in self._ends[1:]:
            # Whoever waits for something from it goes on waiting where it is only closed.
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def mend(self) -> None:
        self.is_cut, self.hears = False, True

    def close(self) -> None:
        self.cut()
        self._listener.close()


class Kiosk:
    """The kiosk's session on its real line, without a screen; `do` is a touch."""

    def __init__(self, hall: Hall, cable: Cable) -> None:
        self.state: State = begin("run")
        self.events: queue.Queue[Event] = queue.Queue()
        self.line = HallClient(
            f"http://127.0.0.1:{cable.port}",
            hall.token("kiosk", "K01"),
            Namespace.KIOSK,
            on_message=lambda name, body: self.events.put(e.Heard(name, body)),
            on_line=lambda up: self.events.put(e.Line(up)),
        )
        self.line.start()

    def do(self, *events: Event) -> None:
        for event in events:
            self.state, effects = step(self.state, event, time.monotonic())
            for effect in effects:
                self._carry_out(effect)

    def _carry_out(self, effect: Effect) -> None:
        if isinstance(effect, Send):
            key = effect.key

            def answered(ack: Body) -> None:
                self.events.put(e.Answered(key, ack))

            self.line.send(effect.name, effect.body, answered, key=key, patience=PATIENCE_SECONDS)

    def is_at(self, place: Place) -> bool:
        """Live on for a moment, and tell where it stands."""
        with suppress(queue.Empty):
            self.do(self.events.get(timeout=0.05))
        self.do(e.Tick())
        return self.state.visit.place is place


@pytest.fixture
def cable(hall: Hall) -> Iterator[Cable]:
    cable = Cable(hall.port)
    yield cable
    cable.close()


@pytest.fixture
def kiosk(hall: Hall, cable: Cable) -> Iterator[Kiosk]:
    kiosk = Kiosk(hall, cable)
    until(lambda: kiosk.is_at(Place.HOME) and kiosk.state.floor.known)
    yield kiosk
    kiosk.line.stop()


def test_a_number_made_behind_a_cut_line_does_not_stay_when_its_citizen_has_gone(
    hall: Hall, cable: Cable, kiosk: Kiosk
) -> None:
    clerk = hall.token("api", "li")

    def waiting() -> int:
        return int(hall.get("/tickets?state=waiting", clerk).json["total"])

    cable.hears = False
    kiosk.do(e.ChooseGroup("general"), e.Take())
    until(lambda: waiting() == 1)
    cable.cut()
    until(lambda: kiosk.is_at(Place.SORRY))
    kiosk.do(e.Leave())
    assert kiosk.state.given_up and waiting() == 1
    cable.mend()
    until(lambda: kiosk.is_at(Place.HOME) and not kiosk.state.given_up)
    assert waiting() == 0
    assert hall.get("/tickets?state=cancelled", clerk).json["total"] == 1
    # The next citizen's number is their own.
    kiosk.do(e.ChooseGroup("general"), e.Take())
    until(lambda: kiosk.is_at(Place.TICKET))
    assert kiosk.state.visit.ticket and kiosk.state.visit.ticket.number == "A002" and waiting() == 1


def test_what_was_given_up_before_it_came_is_never_made(hall: Hall, cable: Cable, kiosk: Kiosk) -> None:
    clerk = hall.token("api", "li")
    cable.cut()
    kiosk.do(e.ChooseGroup("general"), e.Take())
    key = kiosk.state.visit.asking.key if kiosk.state.visit.asking else ""
    until(lambda: kiosk.is_at(Place.SORRY))
    kiosk.do(e.Leave())
    cable.mend()
    until(lambda: kiosk.is_at(Place.HOME) and not kiosk.state.given_up)
    late: queue.Queue[Body] = queue.Queue()
    kiosk.line.send(Asks.TAKE_TICKET, {"group": "general", "language": "zh"}, late.put, key=key)
    assert late.get(timeout=10)["problem"]["code"] == "key-reused"
    assert hall.get("/tickets", clerk).json["total"] == 0
