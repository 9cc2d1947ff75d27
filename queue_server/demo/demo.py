"""A hall to look at: everything runs, and simulated people fill it.

The hall itself is `python -m queue_server run`, with data of its own that are wiped at each start.
"""

from __future__ import annotations

import argparse
import fcntl
import http.client
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import replace
from functools import partial
from math import ceil
from random import Random
from time import monotonic, time
from urllib.parse import urlsplit

from assets import texts
from queue_server.accounts import make_token
from queue_server.demo.crowd import Crowd, Item
from queue_server.demo.floor import BOARD, Floor, Hall, HallGone
from queue_server.demo.providers import providers
from queue_server.environment import Environment, WrongVariable
from queue_server.hall.model import GroupId, HallState, Party, ServiceId
from queue_server.outside.sms import SIMULATED
from queue_server.storage.store import open_database
from queue_server.wire import Body, Kind, Role

SPEED = 60.0
"""An hour passes in a minute."""
MOST_SPEED = 3600.0
PASSWORD = "hall-demo-1"
YOU, YOUR_WINDOW = "you", 5
"""The account and the window that are left to whoever looks at the demo."""
STAFFED = 2 / 3
"""Of the windows of each group so many have a clerk."""
START_SECONDS = 60.0
STOP_SECONDS = 20.0
LOOK_SECONDS = 0.1
THIS_MACHINE = ("127.0.0.1", "localhost", "::1", "0.0.0.0", "::")


def main(argv: Sequence[str]) -> int:
    """Run until SIGINT or SIGTERM, or until the hall has gone; the exit code."""
    speed = _speed(argv)
    try:
        environment = Environment.read()
    except WrongVariable as wrong:
        print(wrong, file=sys.stderr)
        return 2
    if environment.host not in THIS_MACHINE:
        return _cannot(f"The demo talks to this machine only, but HALL_HOST is {environment.host}.")
    data = environment.data / "demo"
    environment = replace(
        environment,
        bridges=data / "bridges.toml",
        data=data,
        key_file=data / "hall.key",
        signing_keys=data / "signing.keys",
        admin_password=PASSWORD,
    )
    if not _wipe(environment):
        return _cannot(f"A demo runs already, with its data in {data}.")
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: stopping.set())
    with providers(environment.bridges):
        process = _start(environment)
        try:
            hall = _served(environment, process, stopping)
            if hall:
                _live(hall, environment, speed, stopping)
            if not stopping.is_set():
                return _cannot("The hall does not answer; see its messages above.")
            return 0
        finally:
            _end(process)


def _speed(argv: Sequence[str]) -> float:
    parser = argparse.ArgumentParser(prog="./run.sh demo", description=__doc__)
    help_ = f"how many times faster than life, up to {MOST_SPEED:.0f}; default %(default).0f"
    parser.add_argument("--speed", type=float, default=SPEED, help=help_)
    speed = float(parser.parse_args(argv).speed)
    if not 1 <= speed <= MOST_SPEED:
        parser.error(f"the speed is a number from 1 to {MOST_SPEED:.0f}")
    return speed


def _cannot(why: str) -> int:
    print(why, file=sys.stderr, flush=True)
    return 1


def _wipe(environment: Environment) -> bool:
    """Empty the demo's folder; not while a server holds it."""
    if environment.lock.exists():
        with environment.lock.open("rb") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
    shutil.rmtree(environment.data, ignore_errors=True)
    environment.data.mkdir(parents=True)
    return True


# --- the hall's process ---------------------------------------------------------------------------


def _start(environment: Environment) -> subprocess.Popen[bytes]:
    own = {
        "HALL_BRIDGES": str(environment.bridges),
        "HALL_DATA": str(environment.data),
        "HALL_KEY_FILE": str(environment.key_file),
        "HALL_SIGNING_KEYS": str(environment.signing_keys),
        "HALL_ADMIN_PASSWORD": environment.admin_password,
        "HALL_PRACTICE": "yes",
    }
    return subprocess.Popen([sys.executable, "-m", "queue_server", "run"], env={**os.environ, **own})


def _served(
    environment: Environment, process: subprocess.Popen[bytes], stopping: threading.Event
) -> Hall | None:
    """The hall once it takes a token of this demo's: another server on its port would not."""
    deadline = monotonic() + START_SECONDS
    while monotonic() < deadline and process.poll() is None and not stopping.wait(LOOK_SECONDS):
        if _is_healthy(environment.url) and environment.database.exists():
            hall = Hall(environment.url, _token(environment, Kind.API, "demo", Role.ADMIN), stopping)
            return hall if hall.ask("GET", "/windows")[0] == 200 else None
    return None


def _is_healthy(url: str) -> bool:
    with closing(http.client.HTTPConnection(urlsplit(url).netloc, timeout=2)) as line:
        try:
            line.request("GET", "/healthz")
            return line.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False


def _token(environment: Environment, kind: Kind, id: str, role: Role | None = None) -> str:
    with closing(open_database(environment.database)) as db:
        return make_token(db, kind, id, role, time())


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


# --- its people -----------------------------------------------------------------------------------


def _live(hall: Hall, environment: Environment, speed: float, stopping: threading.Event) -> None:
    """Open the hall and let people in until the end."""
    about = hall.get("/hall")
    if about["state"] != HallState.OPEN:
        hall.post("/hall/open", {"reason": texts.say("demo.hall")})
    windows = staffed(about["windows"])
    try:
        _employ(hall, YOU, texts.say("demo.you"), YOUR_WINDOW)
        _post_notices(hall)
        print(_welcome(environment, speed), flush=True)
        floor = Floor(
            hall,
            board_token=_token(environment, Kind.BOARD, BOARD),
            evaluators={window: _token(environment, Kind.EVALUATOR, str(window)) for window in windows},
            windows=windows,
            sit_down=partial(_sit_down, hall),
            crowd=_crowd(hall, about),
            speed=speed,
        )
        floor.run(stopping)
    except HallGone:
        return
    finally:
        hall.close()


def staffed(windows: Iterable[Body]) -> dict[int, list[GroupId]]:
    """The windows that simulated clerks sit at, with their groups: some of each group's.

    In the order in which they open, so that soon there is one for everybody.
    """
    of_group: defaultdict[tuple[GroupId, ...], list[int]] = defaultdict(list)
    for window in windows:
        if window["number"] != YOUR_WINDOW:
            of_group[tuple(window["groups"])].append(window["number"])
    turns = [
        (turn, number, list(groups))
        for groups, numbers in of_group.items()
        for turn, number in enumerate(numbers[: ceil(len(numbers) * STAFFED)])
    ]
    return {number: groups for _, number, groups in sorted(turns)}


def _employ(hall: Hall, username: str, name: str, window: int) -> None:
    account = {
        "username": username,
        "password": PASSWORD,
        "role": Role.CLERK,
        "name": name,
        "staff_no": f"{window:04d}",
        "must_change": False,
    }
    hall.post("/accounts", account)


def _sit_down(hall: Hall, window: int, name: str) -> None:
    """A new clerk opens a window."""
    username = f"clerk-{window:02d}"
    _employ(hall, username, name, window)
    hall.post(f"/windows/{window}/open", {"clerk": username})


def _post_notices(hall: Hall) -> None:
    for key in ("demo.notice.made-up", "demo.notice.papers"):
        hall.post("/notices", {"text": texts.both(key)})


def _crowd(hall: Hall, about: Body) -> Crowd:
    items = [
        Item(
            ServiceId(one["id"]),
            GroupId(one["group"]),
            one["minutes"],
            Party(one["party"]) if one["party"] else None,
        )
        for one in hall.get("/services?limit=500")["services"]
    ]
    return Crowd([GroupId(group["id"]) for group in about["groups"]], items, Random())


def _welcome(environment: Environment, speed: float) -> str:
    url = environment.url
    return (
        f"The demo is alive: simulated people, {speed:g} times as fast as life, data in {environment.data}.\n"
        f"  log in as   {YOU} (a clerk; window {YOUR_WINDOW} is yours: {url}/counter?window={YOUR_WINDOW})\n"
        f"         or   admin (the manager's page: {url}/manager)\n"
        f"  password    {PASSWORD}\n"
        f"  texts       to citizens' phones are simulated: tail -f {environment.data / SIMULATED}"
    )
