"""The synthetic voice, as a program of its own: `python -m hardware.render < JOBS`.

JOBS are lines of JSON: `{"rate": words a minute, "language", "words", "file"}`, and `"variant"` where
another of espeak's timbres is wanted, such as `f3`. Each file is whole once it is there; then its name
is printed. It runs apart from whoever speaks, so that a speech engine that
hangs, crashes or is missing takes nothing with it.
"""

from __future__ import annotations

import json
import sys
import wave
from pathlib import Path
from typing import Any

import numpy as np
import pyttsx3
from pypinyin import Style, lazy_pinyin

VOICES = {"zh": "sit/cmn-latn-pinyin", "en": "gmw/en"}
"""espeak's plain Mandarin voice reads Hanzi as English letters; this one reads pinyin with tones."""
QUIET = 0.01
"""Below this share of the loudest sample a clip's beginning and end are silence, and cut."""
EDGE_SECONDS = 0.03
ATTEMPTS = 8


def main() -> None:
    # The engine prints words of its own.
    answers, sys.stdout = sys.stdout, sys.stderr
    engine = pyttsx3.init("espeak")
    for line in sys.stdin:
        job = json.loads(line)
        file = Path(job["file"])
        unfinished = file.with_suffix(".part")
        engine.setProperty("rate", job["rate"])
        variant = f"+{job['variant']}" if job.get("variant") else ""
        engine.setProperty("voice", VOICES[job["language"]] + variant)
        _speak(engine, _spelled(job["language"], job["words"]), unfinished)
        unfinished.replace(file)
        print(file, file=answers, flush=True)


def _speak(engine: Any, words: str, file: Path) -> None:
    """On a busy machine the engine may end before it has begun; it is asked again then.

    :raises ValueError: when it stays silent.
    """
    for left in reversed(range(ATTEMPTS)):
        engine.save_to_file(words, str(file))
        engine.runAndWait()
        try:
            _trim(file)
        except (ValueError, OSError, EOFError, wave.Error) as trouble:
            if not left:
                raise ValueError(f"no sound of {words!r}: {trouble}") from trouble
        else:
            return


def _spelled(language: str, words: str) -> str:
    if language != "zh":
        return words
    return " ".join(lazy_pinyin(words, style=Style.TONE3, neutral_tone_with_five=True))


def _trim(file: Path) -> None:
    """Cut the silence around the words, so that phrases can follow each other closely."""
    with wave.open(str(file)) as sound:
        form = sound.getparams()
        samples = np.frombuffer(sound.readframes(form.nframes), "<i2")
    loud = np.flatnonzero(np.abs(samples.astype(np.int32)) > QUIET * 32768)
    if not len(loud):
        raise ValueError(f"{file} is silent")
    edge = round(EDGE_SECONDS * form.framerate)
    kept = samples[max(0, loud[0] - edge) : loud[-1] + edge]
    with wave.open(str(file), "wb") as sound:
        sound.setparams(form)
        sound.writeframes(kept.tobytes())


if __name__ == "__main__":
    main()
