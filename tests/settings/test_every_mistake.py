"""Whatever is wrong in `hall.toml`, all of it is told in one go: each mistake once, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from queue_server.settings.settings import ConfigErrors, load

RIGHT = """
[hall]
name = { zh = "小厅", en = "Small hall" }
day_starts = "00:00"
always_open = false
[hours]
mon = [["09:00", "12:00"]]
tue = [["09:00", "12:00"]]
holidays = ["2026-10-01"]
doors_before_minutes = 30
[hours.workdays]
2026-10-10 = [["09:00", "12:00"]]
[[hours.after_hours]]
day = "sat"
span = ["10:00", "11:00"]
groups = ["fees"]
[tickets]
visit_order = ["general", "fees"]
recalls = 5
[priority]
ratio = [2, 1]
[appointments]
groups = ["general", "issuing"]
capacity = 6
[voice]
clips = "lan"
volume = 80
[sms]
provider = "http"
url = "https://sms.example/send"
fields = { to = "{phone}", say = "{text}" }
ahead = 3
[[groups]]
id = "general"
letter = "A"
name = { zh = "综合受理", en = "General acceptance" }
quota = 50
last_number = 99
[[groups]]
id = "issuing"
letter = "B"
name = { zh = "领取结果", en = "Collect a result" }
minutes = 4
[[groups]]
id = "fees"
letter = "C"
name = { zh = "缴费", en = "Pay a fee" }
target_minutes = 10
[[zones]]
id = "east"
name = { zh = "东区", en = "East" }
[[windows]]
number = 1
groups = ["general", "issuing"]
zone = "east"
at = [1, 1]
[[windows]]
number = 2
groups = ["general"]
zone = "west"
at = [1, 2]
domains = ["market"]
[[windows]]
number = 3
groups = ["fees", "issuing"]
zone = "west"
plate = { zh = "缴费", en = "Fees" }
party = "enterprise"
[[windows]]
number = 4
groups = ["fees", "general"]
zone = "east"
[[kiosks]]
id = "K01"
zone = "east"
idle_seconds = 60
[[kiosks]]
id = "K02"
ask_id = true
[[boards]]
id = "B01"
distance_m = 10
zone = "west"
[[boards]]
id = "W03"
window = 3
voice = { volume = 50, clips = "" }
[[evaluators]]
window = 1
screen = { width_mm = 217, height_mm = 136 }
[[keypads]]
window = 2
keys = { KEY_KPENTER = "next", KEY_KPPLUS = "recall" }
"""

ITEM = """
[[services]]
id = "ID"
name = { zh = "一", en = "One" }
group = "GROUP"
domain = "market"
"""

MISTAKES = [
    ('day_starts = "00:00"', 'day_starts = "24:00"', "hall.day_starts"),
    ('en = "Small hall"', 'en = ""', "hall.name.en"),
    ('mon = [["09:00", "12:00"]]', 'mon = [["12:00", "09:00"]]', "hours.mon"),
    ('tue = [["09:00", "12:00"]]', 'tue = "always"', "hours.tue"),
    ('["2026-10-01"]', '["2026-10-01", "2026-10-10"]', "hours.workdays.2026-10-10"),
    ("doors_before_minutes = 30", "doors_befor_minutes = 30", "hours.doors_befor_minutes"),
    ('day = "sat"', 'day = "saturday"', "hours.after_hours[0].day"),
    ('groups = ["fees"]', 'groups = ["fees", "feez"]', "hours.after_hours[0].groups[1]"),
    ('["general", "fees"]', '["general", "fees", "general"]', "tickets.visit_order[2]"),
    ("recalls = 5", 'recalls = "five"', "tickets.recalls"),
    ("ratio = [2, 1]", "ratio = [2]", "priority.ratio"),
    ("capacity = 6", "capacity = -1", "appointments.capacity"),
    ('"issuing"]\ncapacity', '"fee"]\ncapacity', "appointments.groups[1]"),
    ('clips = "lan"', 'clips = "lann"', "voice.clips"),
    ("volume = 80", "volume = 800", "voice.volume"),
    ('url = "https://sms.example/send"', "", "sms"),
    ("ahead = 3", "ahead = 3.5", "sms.ahead"),
    ('letter = "A"', 'letter = "B"', "groups[1] (id issuing).letter"),
    ("quota = 50", "quota = 500", "groups[0] (id general).quota"),
    ('id = "issuing"', 'id = "is suing"', "groups[1] (id is suing).id"),
    ("minutes = 4", "minutes = 0", "groups[1] (id issuing).minutes"),
    ("target_minutes = 10", "target_minute = 10", "groups[2] (id fees).target_minute"),
    ('id = "east"', 'id = "e.st"', "zones[0] (id e.st).id"),
    ("at = [1, 2]", "at = [1, 1]", "windows[1] (number 2).at"),
    ('domains = ["market"]', 'domains = ["markt"]', "windows[1] (number 2).domains[0]"),
    ('letter = "C"', 'letter = "c"', "groups[2] (id fees).letter"),
    ('groups = ["general"]', 'groups = ["general", "general"]', "windows[1] (number 2).groups[1]"),
    ('plate = { zh = "缴费", en', 'plate = { zh = "", en', "windows[2] (number 3).plate.zh"),
    ('party = "enterprise"', 'party = "firms"', "windows[2] (number 3).party"),
    ('groups = ["fees", "general"]', 'groups = ["fees", "generel"]', "windows[3] (number 4).groups[1]"),
    ('zone = "east"\nidle', 'zone = "south"\nidle', "kiosks[0] (id K01).zone"),
    ("idle_seconds = 60", "idle_seconds = 1", "kiosks[0] (id K01).idle_seconds"),
    ("ask_id = true", 'ask_id = "yes"', "kiosks[1] (id K02).ask_id"),
    ('zone = "west"\n[[boards]]', 'zone = "west"\nwindow = 1\n[[boards]]', "boards[0] (id B01)"),
    ("distance_m = 10", "distance_m = 100", "boards[0] (id B01).distance_m"),
    ("window = 3", "window = 33", "boards[1] (id W03).window"),
    ('clips = ""', 'clips = "nobody"', "boards[1] (id W03).voice.clips"),
    ("window = 1\nscreen", "window = 11\nscreen", "evaluators[0] (window 1).window"),
    ("width_mm = 217", "width_mm = 2", "evaluators[0] (window 1).screen.width_mm"),
    ("window = 2\nkeys", "window = 22\nkeys", "keypads[0] (window 2).window"),
    ("KEY_KPENTER =", "KEY_KPENTR =", "keypads[0] (window 2).keys.KEY_KPENTR"),
    ('"recall"', '"call again"', "keypads[0] (window 2).keys.KEY_KPPLUS"),
    ("[priority]", "[prioriti]\n[priority]", "prioriti"),
]  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With a small catalogue, so that many halls are read in no time."""
    folder = tmp_path_factory.mktemp("hall")
    for name in ("catalogue", "forms", "permits"):
        (folder / name).mkdir()
    items = [
        ITEM.replace("ID", f"{group}-one").replace("GROUP", group) for group in ("general", "issuing", "fees")
    ]
    (folder / "catalogue" / "items.toml").write_text("".join(items), "utf-8")
    return folder


def test_a_slip_in_a_windows_groups_is_told_alone(folder: Path) -> None:
    """The window may have been meant for the group that only limited windows serve else."""
    text = RIGHT.replace('groups = ["general", "issuing"]\nzone', 'groups = ["genral", "issuing"]\nzone')
    text = text.replace('groups = ["fees", "general"]', 'groups = ["fees"]')
    assert told(folder, text) == ["windows[0] (number 1).groups[0]"]
    text = text.replace('"genral", ', "")
    assert told(folder, text) == ["groups[0] (id general)"]


def told(folder: Path, text: str) -> list[str]:
    (folder / "hall.toml").write_text(text, "utf-8")
    try:
        load(folder / "hall.toml")
    except ConfigErrors as errors:
        return [str(one).removeprefix("hall.toml: ").partition(": ")[0] for one in errors.mistakes]
    return []


def plain(place: str) -> str:
    """Without the name that a table is known by, which may be what is wrong."""
    return re.sub(r" \([^)]*\)", "", place)


@settings(max_examples=200)
@given(made=st.lists(st.sampled_from(MISTAKES), unique=True, max_size=12))
def test_mistakes_made_together_are_all_told_once(folder: Path, made: list[tuple[str, str, str]]) -> None:
    text = RIGHT
    for old, new, _ in made:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    found = told(folder, text)
    assert sorted(map(plain, found)) == sorted(plain(where) for _, _, where in made)
