"""Makes a voice of clips for `assets/voices`: `python -m display_board.make_clips NAME --variant f3`.

The hall's second Chinese voice, `lan`, was made so. Recordings of a person may replace its clips one
by one; assets/voices/README.md tells how they are named.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import wave
from pathlib import Path

from assets.recordings import VOICES
from display_board.clips import ROOT, Samples
from display_board.speech import Phrase, vocabulary

LETTERS = "ABCDEFGH"
WINDOWS = range(1, 39)
"""What is not among these is said by the synthetic voice."""
SAMPLE_RATE = 16_000


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m display_board.make_clips", description=__doc__)
    parser.add_argument("name", help="of the folder in assets/voices")
    parser.add_argument("--variant", default="f3", help="one of espeak's timbres: espeak-ng --voices=variant")
    parser.add_argument("--rate", type=int, default=200, help="words a minute")
    asked = parser.parse_args()
    phrases = vocabulary(WINDOWS, "yao", LETTERS) | vocabulary(WINDOWS, "yi", LETTERS)
    spoken = sorted((one for one in phrases if one.language == "zh"), key=lambda one: one.words)
    make(spoken, VOICES / asked.name, asked.variant, asked.rate)


def make(phrases: list[Phrase], folder: Path, variant: str, rate: int) -> None:
    """Write a clip for each phrase.

    :raises CalledProcessError: when the synthetic voice does not work.
    """
    with tempfile.TemporaryDirectory(prefix="clips-") as made:
        files = {Path(made) / f"{number}.wav": phrase for number, phrase in enumerate(phrases)}
        manner = {"rate": rate, "variant": variant}
        jobs = "".join(
            json.dumps({**manner, "language": phrase.language, "words": phrase.words, "file": str(file)})
            + "\n"
            for file, phrase in files.items()
        )
        command = [sys.executable, "-m", "hardware.render"]
        subprocess.run(command, input=jobs, text=True, cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
        for file, phrase in files.items():
            _write(Samples.of(file), folder / phrase.language / f"{phrase.words}.wav")


def _write(sound: Samples, file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(file), "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(2)
        wav.setframerate(SAMPLE_RATE)
        wav.writeframes(sound.at(SAMPLE_RATE).astype("<i2").tobytes())


if __name__ == "__main__":
    main()
