"""Runs a Kivy program as `python -m PROGRAM …` does, and tells the stage what it shows.

The stage starts `python -m tests.stage_child FD PROGRAM …`. Each line on standard input is a
question; each answer is a line of JSON on the file descriptor FD. `texts` is answered on Kivy's
clock, between two frames, from the program's own tree of widgets; `later SECONDS` puts the program's
monotonic clock forward.
"""

from __future__ import annotations

import json
import re
import runpy
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

MARKUP = re.compile(r"\[/?[a-z]+\d?(?:=[^\]]*)?\]")
UP_POLL_SECONDS = 0.01


def answer_questions(answers: Path) -> None:
    """Answer until the stage closes its end, which happens when it is done with the program."""
    with answers.open("w", buffering=1) as out:
        for line in sys.stdin:
            question, *seconds = line.split()
            if question == "later":
                go_forward(float(seconds[0]))
            told = texts_between_frames() if question == "texts" else []
            out.write(json.dumps(told, ensure_ascii=False) + "\n")


def go_forward(seconds: float) -> None:
    """Everybody who asks from now on is told that it is so much later."""
    before = time.monotonic
    time.monotonic = lambda: before() + seconds


def texts_between_frames() -> list[dict[str, Any]]:
    """Every text on the screen once the program runs, looked at by Kivy's own thread."""
    clock = running_clock()
    seen: list[dict[str, Any]] = []
    looked = threading.Event()

    def look(_seconds: float) -> None:
        seen.extend(visible_texts())
        looked.set()

    clock.schedule_once(look)
    looked.wait()
    return seen


def running_clock() -> Any:
    """Kivy's clock as soon as an App runs; importing Kivy is the program's business, not ours."""
    while True:
        app = getattr(sys.modules.get("kivy.app"), "App", None)
        # An app is the running one before it is whole.
        if app and getattr(app.get_running_app(), "root", None):
            return sys.modules["kivy.clock"].Clock
        time.sleep(UP_POLL_SECONDS)


def visible_texts() -> Iterator[dict[str, Any]]:
    """What a person could read now, in the order of the tree, with its box from the top left."""
    window = sys.modules["kivy.core.window"].Window
    for top in reversed(window.children):
        for widget in shown_widgets(top):
            text = str(getattr(widget, "text", "") or "")
            if getattr(widget, "markup", False):
                text = MARKUP.sub("", text)
            left, bottom = widget.to_window(*widget.pos)
            x, y = left + widget.width / 2, bottom + widget.height / 2
            if text.strip() and 0 <= x < window.width and 0 <= y < window.height:
                top_edge = window.height - bottom - widget.height
                yield {
                    "text": text,
                    "box": [left, top_edge, widget.width, widget.height],
                    "disabled": bool(widget.disabled),
                }


def shown_widgets(widget: Any) -> Iterator[Any]:
    """The widget and those inside it, leaving out what is transparent or has no size."""
    if widget.opacity == 0 or widget.width <= 0 or widget.height <= 0:
        return
    yield widget
    for child in reversed(widget.children):
        yield from shown_widgets(child)


def main() -> None:
    answers, program = sys.argv[1], sys.argv[2]
    threading.Thread(target=answer_questions, args=[Path(f"/dev/fd/{answers}")], daemon=True).start()
    sys.argv = sys.argv[2:]
    runpy.run_module(program, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
