"""What a key pad's press means, without a device, a line or a clock.

A press is answered at once or not at all: what can't be sent now is refused, because nobody may be
called half a minute after the key was pressed. `at` is the terminal's own clock in seconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from hardware.tones import Signal
from queue_server.hall.model import WindowState
from queue_server.wire import Asks, Body, Code, Says

REST_SECONDS = 1.0
"""The same key again so soon after its answer is a slip of the finger."""

COMMANDS = frozenset(
    {
        Asks.NEXT,
        Asks.RECALL,
        Asks.START,
        Asks.FINISH,
        Asks.NO_SHOW,
        Asks.PARK,
        Asks.PAUSE,
        Asks.OPEN,
        Asks.CLOSE,
        Asks.UNDO,
        Asks.HELP,
    }
)
"""What a key may do."""


@dataclass(frozen=True, slots=True)
class Order:
    """A message to the server, and the key that it comes from."""

    asks: Asks
    body: Body
    key: str


@dataclass(frozen=True, slots=True)
class Said:
    """What the person at the pad is told: a signal to the ear, and `keypad.KEY` of the texts."""

    key: str
    signal: Signal | None = None
    values: Mapping[str, object] = field(default_factory=dict)
    problem: Code | None = None
    """Why it was refused, where the server said so."""


@dataclass(frozen=True, slots=True)
class PadSession:
    """`machine_keys` are this machine's; those that the hall has for the window take their place."""

    machine_keys: Mapping[str, str]
    hall_keys: Mapping[str, str] | None = None
    up: bool = False
    window: int = 0
    is_planned: bool = True
    """Whether the hall has this window: a new config may take it out while the pad is connected."""
    state: WindowState = WindowState.CLOSED
    under_way: Order | None = None
    last_key: str = ""
    rests_until: float = 0.0

    def meaning(self, key: str) -> Asks | None:
        """The command of a key as the window stands: the pause key opens a paused window."""
        command = (self.machine_keys if self.hall_keys is None else self.hall_keys).get(key)
        if command not in COMMANDS:
            return None
        asks = Asks(command)
        return Asks.OPEN if asks is Asks.PAUSE and self.state is WindowState.PAUSED else asks


def heard(pad: PadSession, name: str, body: Body) -> tuple[PadSession, Said | None]:
    """Take in a message of the server. The line counts as up once the snapshot has come."""
    if name == Says.SNAPSHOT:
        window, settings = body["window"], body["settings"]
        pad = replace(
            pad,
            up=True,
            hall_keys=settings["keys"],
            window=settings["window"],
            is_planned=window is not None,
            state=WindowState(window["state"]) if window else WindowState.CLOSED,
        )
        return pad, Said("ready" if pad.is_planned else "unplanned", values={"window": pad.window})
    if name == Says.WINDOW:
        return replace(pad, state=WindowState(body["window"]["state"])), None
    return pad, None


def lost(pad: PadSession) -> tuple[PadSession, Said]:
    """The line broke."""
    return replace(pad, up=False), Said("lost")


def pressed(pad: PadSession, key: str, at: float) -> tuple[PadSession, Order | Said | None]:
    """A key went down. None: it means nothing here, or repeats what is under way."""
    asks = pad.meaning(key)
    repeats = pad.last_key == key and at < pad.rests_until
    if asks is None or pad.under_way or repeats:
        return pad, None
    if not pad.up:
        return pad, Said("no-line", Signal.REFUSED)
    if not pad.is_planned:
        return pad, Said("unplanned", Signal.REFUSED, {"window": pad.window})
    order = Order(asks, {"current": "finish"} if asks is Asks.NEXT else {}, key)
    return replace(pad, under_way=order), order


def answered(pad: PadSession, order: Order, answer: Body, at: float) -> tuple[PadSession, Said]:
    """The server's answer to an order, or the line's word that none came."""
    pad = replace(pad, under_way=None, last_key=order.key, rests_until=at + REST_SECONDS)
    if not answer["ok"]:
        return pad, _refusal(answer["problem"])
    if "window" in answer:
        pad = replace(pad, state=WindowState(answer["window"]["state"]))
    ticket = answer.get("ticket")
    if order.asks is Asks.NEXT and ticket is None:
        return pad, Said("nobody", Signal.REFUSED)
    return pad, Said(order.asks, Signal.DONE, {"number": ticket["number"]} if ticket else {})


def _refusal(problem: Body) -> Said:
    code = Code(problem["code"])
    if code is Code.NO_CONNECTION:
        return Said("doubtful", Signal.REFUSED)
    return Said("refused", Signal.REFUSED, problem=code)
