"""The config: what ships, what a minimal file gives, and every mistake at once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.theme import GROUP_COLOURS
from queue_server.hall.model import GroupId, Party, QueueClass, Span, WindowNumber
from queue_server.settings.settings import ConfigErrors, Settings, for_practice, load
from queue_server.wire import Kind

SHIPPED = Path(__file__).parents[2] / "config" / "hall.toml"

MINIMAL = """
[hall]
name = { zh = "小厅", en = "Small hall" }
timezone = "Asia/Shanghai"
public_url = ""
always_open = true
[hours]
mon = [["09:00", "12:00"], ["13:30", "17:00"]]
[[groups]]
id = "general"
letter = "A"
name = { zh = "综合受理", en = "General acceptance" }
[[windows]]
number = 1
groups = ["general"]
zone = "east"
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "hall.toml"
    path.write_text(text, "utf-8")
    return path


def mistakes(folder: Path, text: str) -> list[str]:
    with pytest.raises(ConfigErrors) as caught:
        load(write(folder, text))
    return str(caught.value).splitlines()


@pytest.fixture(scope="module")
def shipped() -> Settings:
    return load(SHIPPED)


def test_the_shipped_hall_is_the_contracts(shipped: Settings) -> None:
    plan = shipped.plan
    assert [group.letter for group in plan.groups.values()] == list("ABCDE")
    assert list(plan.groups) == ["general", "issuing", "fees", "assistance", "complaints"]
    assert list(plan.windows) == list(range(1, 39))
    assert sum("general" in window.groups for window in plan.windows.values()) >= 20
    assert shipped.trial and plan.hours.always_open and not plan.hours.cut_off
    assert all(one.quota is None and one.last_number is None for one in plan.groups.values())
    assert not any(one.domains or one.party for one in plan.windows.values())
    assert len(plan.groups) <= len(GROUP_COLOURS)


def test_the_shipped_catalogue_serves_every_group(shipped: Settings) -> None:
    services = shipped.plan.services
    assert len(services) >= 40
    assert {one.group for one in services.values()} == set(shipped.plan.groups)
    assert all(shipped.catalogue.guide(name)["materials"] for name in services)
    assert shipped.catalogue.themes["restaurant"].name["zh"] == "开饭店"
    for theme in shipped.catalogue.themes.values():
        assert all(theme.id in services[one].themes for one in theme.services)


def test_each_commented_example_of_the_shipped_config_is_valid(tmp_path: Path) -> None:
    """Uncommented, the examples load: what operators copy from works."""
    lines = SHIPPED.read_text("utf-8").splitlines()
    tables = {
        "[hours.workdays]",
        "[[hours.after_hours]]",
        "[catalogue]",
        "[[boards]]",
        "[[evaluators]]",
        "[[keypads]]",
    }
    text = []
    for line in lines:
        bare = line.removeprefix("# ")
        is_example = line.startswith("# ") and (bare in tables or " = " in bare.split(":")[0])
        text.append(bare if is_example else line)
    plain = "\n".join(text).replace("voice = { on = true }\n", "")
    for folder in ("catalogue", "forms"):
        (tmp_path / folder).mkdir()
    assert plain.count('id = "W05"') == 1
    settings_ = load(write(tmp_path, plain.replace('domains = ["market"]', "")))
    assert settings_.boards["W05"].window == 5
    assert settings_.keypads[WindowNumber(5)].keys
    assert settings_.plan.dispatch.ratio == (2, 1)
    assert settings_.plan.groups[GroupId("general")].quota == 800
    assert settings_.plan.hours.workdays and settings_.plan.hours.after_hours


def test_a_minimal_file_loads_with_defaults(tmp_path: Path) -> None:
    loaded = load(write(tmp_path, MINIMAL))
    plan = loaded.plan
    assert plan.hours.week[0] == (Span(540, 720), Span(810, 1020))
    assert plan.hours.week[6] == ()
    assert plan.groups[GroupId("general")].minutes == 8
    assert loaded.zones == {"east": {"zh": "east", "en": "east"}}
    assert {one.group for one in plan.services.values()} == {"general"}
    assert set(plan.dispatch.credits) == set(QueueClass)
    assert plan.dispatch.credits[QueueClass.ELDERLY].start > plan.dispatch.credits[QueueClass.NONE].start
    assert plan.appointments.groups == ("general",)


def test_items_of_groups_the_hall_lacks_leave_their_themes_too(tmp_path: Path) -> None:
    loaded = load(write(tmp_path, MINIMAL))
    assert "collect-licence" not in loaded.plan.services
    assert "collect-licence" not in loaded.catalogue.themes["restaurant"].services


def test_an_own_catalogue_beside_the_file_is_taken(tmp_path: Path) -> None:
    (tmp_path / "catalogue").mkdir()
    item = '[[services]]\nid = "one"\nname = { zh = "一", en = "One" }\ngroup = "general"\n'
    (tmp_path / "catalogue" / "items.toml").write_text(item, "utf-8")
    loaded = load(write(tmp_path, MINIMAL))
    assert {one: service.minutes for one, service in loaded.plan.services.items()} == {"one": 8}
    (tmp_path / "catalogue").rename(tmp_path / "items")
    assert list(load(write(tmp_path, MINIMAL + '[catalogue]\nfolder = "items"\n')).plan.services) == ["one"]


def test_everything_of_a_rich_file_arrives(tmp_path: Path) -> None:
    rich = MINIMAL.replace("always_open = true", 'day_starts = "04:00"').replace(
        "[[groups]]",
        """sat = [["18:00", "26:00"]]
doors_before_minutes = 20
numbers_in_break = false
cut_off = true
holidays = [2026-10-01, "2026-10-02"]
[hours.workdays]
2026-10-10 = [["09:00", "15:00"]]
[[hours.after_hours]]
day = "sun"
span = ["10:00", "12:00"]
groups = ["general"]
[tickets]
one_live_ticket = false
recalls = 3
returns = 1
behind = 4
lates = 0
undo_seconds = 5
visit_order = ["general"]
[priority]
ratio = [2, 1]
credits.elderly = { start = 5, per_minute = 2 }
[appointments]
minutes = 30
capacity = 2
groups = ["general"]
[voice]
one = "yi"
quiet = [["21:00", "07:00"]]
volumes = [["22:00", "06:00", 20]]
said_within = 30
[[kiosks]]
id = "K09"
zone = "east"
ask_id = true
[[boards]]
id = "B09"
zone = "east"
voice = { volume = 30 }
[[evaluators]]
window = 1
screen = { width_mm = 150, height_mm = 100 }
[[keypads]]
window = 1
keys = { KEY_KPENTER = "next" }
[[groups]]
quota = 50
first_number = 100
last_number = 199
target_minutes = 5""",
        1,
    )
    limited = """domains = ["market"]
party = "enterprise"
[[windows]]
number = 2
groups = ["general"]
zone = "east"
"""
    loaded = load(write(tmp_path, rich + limited))
    hours, plan = loaded.plan.hours, loaded.plan
    assert hours.day_starts == 240 and hours.week[5] == (Span(1080, 1560),)
    assert (hours.doors_before_minutes, hours.numbers_in_break, hours.cut_off) == (20, False, True)
    assert hours.holidays == {"2026-10-01", "2026-10-02"}
    assert hours.workdays == {"2026-10-10": (Span(540, 900),)}
    assert (hours.after_hours[0].weekday, hours.after_hours[0].span) == (6, Span(600, 720))
    group, window = plan.groups[GroupId("general")], plan.windows[WindowNumber(1)]
    assert (group.quota, group.first_number, group.last_number, group.target_minutes) == (50, 100, 199, 5)
    assert (window.domains, window.party) == ({"market"}, Party.ENTERPRISE)
    assert plan.dispatch.ratio == (2, 1) and plan.dispatch.credits[QueueClass.ELDERLY].per_minute == 2
    assert (plan.missed.recalls, plan.missed.behind, plan.one_live_ticket) == (3, 4, False)
    assert plan.appointments.groups == ("general",) and plan.appointments.minutes == 30
    assert not loaded.trial
    board = loaded.terminal(Kind.BOARD, "B09")
    assert board["voice"] == {
        "on": True, "one": "yi", "volume": 30, "volumes": [["22:00", "06:00", 20]], "rate": 190, "clips": "",
            "quiet": [["21:00", "07:00"]], "missed": True, "said_within": 30.0,
    }  # fmt: skip
    assert loaded.terminal(Kind.KIOSK, "K09")["ask_id"] is True
    assert loaded.terminal(Kind.EVALUATOR, "1")["screen"] == {"width_mm": 150, "height_mm": 100}
    assert loaded.terminal(Kind.KEYPAD, "1")["keys"] == {"KEY_KPENTER": "next"}


def test_terminals_that_the_config_lacks_get_defaults(shipped: Settings) -> None:
    kiosk = shipped.terminal(Kind.KIOSK, "K99")
    assert kiosk == {
        "id": "K99", "zone": None, "screen": {"width_mm": 398, "height_mm": 708},
        "idle_seconds": 60, "ask_id": False, "trial": True, "texts": False,
        "result_group": "", "bridges": {}, "permits": ["city-pass"],
        "catalogue": shipped.catalogue.version,
    }  # fmt: skip
    board = shipped.terminal(Kind.BOARD, "anything")
    assert (board["zone"], board["window"], board["voice"]["on"]) == (None, None, True)
    own = shipped.terminal(Kind.BOARD, "anything", window=5)
    assert (own["window"], own["voice"]["on"]) == (5, False)
    assert shipped.terminal(Kind.EVALUATOR, "5")["window"] == 5
    assert shipped.terminal(Kind.EVALUATOR, "x")["window"] is None


BROKEN = """
colour = "blue"
[hall]
name = { zh = "厅" }
timezone = "Asia/Shanghia"
public_url = "hall.example"
alwaysopen = true
day_starts = "24:30"
[hours]
mon = [["12:00", "09:00"]]
tue = [["09:00", "12:00"], ["11:00", "17:00"]]
wed = [["9 am", "noon"]]
holidays = ["2026-02-30", "2026-10-01"]
[hours.workdays]
2026-10-01 = [["09:00", "12:00"]]
[tickets]
recals = 5
visit_order = ["genral"]
[priority]
ratio = [2]
credits.oldest = { start = 1 }
credits.elderly = { per_minute = 0 }
[voice]
one = "yiao"
volume = 101
volumes = [["22:00", "06:00", 120]]
[[groups]]
id = "general"
letter = "A"
name = { zh = "综合受理", en = "General acceptance" }
first_number = 100
last_number = 50
[[groups]]
id = "issuing"
letter = "A"
name = { zh = "出件", en = "Issuing" }
[[groups]]
id = "issuing"
letter = "bb"
name = { zh = "收费", en = "" }
[[groups]]
id = "fees"
letter = "A"
name = { zh = "收费", en = "Fees" }
[[windows]]
number = 1
groups = ["genral", "issuing"]
zone = "east"
[[windows]]
number = 1
groups = []
zone = "east"
[[windows]]
number = "two"
groups = ["general"]
zone = "east"
party = "citizens"
[[windows]]
number = 4
groups = ["general"]
zone = "east"
domains = ["markets"]
[[kiosks]]
id = "K01"
zone = "eats"
[[boards]]
id = "B01"
window = 40
screen = { width_mm = 1, height_mm = 680 }
[[keypads]]
window = 4
keys = { KEY_KPENTER = "nxt", enter = "next" }
"""

EXPECTED = [
    ("colour", "unknown table", ""),
    ("hall.name.en", "nothing", ""),
    ("hall.timezone", '"Asia/Shanghia"', "Asia/Shanghai"),
    ("hall.public_url", '"hall.example"', ""),
    ("hall.alwaysopen", "unknown key", "always_open"),
    ("hall.day_starts", '"24:30"', ""),
    ("hours.mon", '[["12:00", "09:00"]]', ""),
    ("hours.tue", "", ""),
    ("hours.wed", '[["9 am", "noon"]]', ""),
    ("hours.holidays[0]", '"2026-02-30"', ""),
    ("hours.workdays.2026-10-01", "a holiday too", ""),
    ("tickets.recals", "unknown key", "recalls"),
    ("tickets.visit_order[0]", '"genral"', "general"),
    ("priority.ratio", "", ""),
    ("priority.credits.oldest", '"oldest"', ""),
    ("priority.credits.elderly.per_minute", "0", ""),
    ("voice.one", '"yiao"', "yao"),
    ("voice.volume", "101", ""),
    ("voice.volumes", "0 to 100", ""),
    ("groups[0] (id general).last_number", "50", ""),
    ("groups[1] (id issuing).letter", '"A"', ""),
    ("groups[2] (id issuing).id", '"issuing"', ""),
    ("groups[2] (id issuing).letter", '"bb"', ""),
    ("groups[2] (id issuing).name.en", '""', ""),
    ("groups[3] (id fees).letter", '"A"', ""),
    ("groups[3] (id fees)", "no window serves", ""),
    ("windows[0] (number 1).groups[0]", '"genral"', "general"),
    ("windows[1] (number 1).number", "1", ""),
    ("windows[1] (number 1).groups", "[]", ""),
    ("windows[2] (number two).number", '"two"', ""),
    ("windows[2] (number two).party", '"citizens"', "citizen"),
    ("windows[3] (number 4).domains[0]", '"markets"', "market"),
    ("kiosks[0] (id K01).zone", '"eats"', "east"),
    ("boards[0] (id B01).screen.width_mm", "1", ""),
    ("keypads[0] (window 4).keys.KEY_KPENTER", '"nxt"', "next"),
    ("keypads[0] (window 4).keys.enter", '"enter"', ""),
]


def test_every_mistake_is_told_at_once(tmp_path: Path) -> None:
    lines = mistakes(tmp_path, BROKEN)
    for where, found, suggestion in EXPECTED:
        told = [line for line in lines if line.startswith(f"hall.toml: {where}: ")]
        assert len(told) == 1, f"{where} in\n" + "\n".join(lines)
        assert found in told[0] and "allowed: " in told[0]
        assert (f'did you mean "{suggestion}"?' in told[0]) == bool(suggestion), told[0]
    assert len(lines) == len(EXPECTED), "\n".join(lines)


SECOND_WINDOW = "[[windows]]\nnumber = 1\ngroups = ['general']\nzone = 'a'\n"
AFTER_HOURS = "[[hours.after_hours]]\nday = 'sat'\nspan = ['09:00', '11:00']\ngroups = ['fees']\n"


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("[[windows]]", SECOND_WINDOW + "[[windows]]", "windows[1] (number 1).number"),
        ("[hours]", "[tickets]\nvisit_order = ['x']\n[hours]", "tickets.visit_order[0]"),
        ("[hours]", "[hours]\nholidays=[2026-10-01]\nworkdays.2026-10-01=[]", "hours.workdays.2026-10-01"),
        ("[hours]", "[hours]\ntue=[['20:00','25:00']]", "hours.tue"),
        ("always_open = true\n[hours]\nmon", "[hours]\nafter_hours=[]\n#", "hours"),
        ("[hours]", "[appointments]\ngroups=['fees']\n[hours]", "appointments.groups[0]"),
        ("[hours]", "[[boards]]\nid='B1'\nwindow=7\n[hours]", "boards[0] (id B1).window"),
        ("[hours]", "[catalogue]\nfolder='nowhere'\n[hours]", "catalogue.folder"),
        ("[hours]", AFTER_HOURS + "[hours.workdays]", "hours.after_hours[0].groups[0]"),
        ("number = 1", "number = true", "windows[0] (number True).number"),
        ("groups = [\"general\"]", "groups = [\"general\", \"general\"]", "windows[0] (number 1).groups[1]"),
        ("[hours]", "[appointments]\ngroups=[]\n[hours]", "appointments.groups"),
        ("[hours]", "[voice]\nclips='nobody'\n[hours]", "voice.clips"),
        ("[hours]", "[[boards]]\nid='B1'\nzone='east'\nwindow=1\n[hours]", "boards[0] (id B1)"),
        ("[hours]", "[[keypads]]\nwindow=1\nkeys={KEY_KPENTR='next'}\n[hours]",
         "keypads[0] (window 1).keys.KEY_KPENTR"),
        ('letter = "A"', 'letter = "A"\nquota=51\nfirst_number=50\nlast_number=99',
         "groups[0] (id general).quota"),
        ('number = 1', 'number = 1\ndomains=["market"]', "groups[0] (id general)"),
        ('number = 1', 'number = 1\nparty="enterprise"', "groups[0] (id general)"),
        ("[[windows]]", SECOND_WINDOW.replace("1", "2") + "party='citizen'\n[[windows]]\ndomains=['market']\n"
         "party='enterprise'", "groups[0] (id general)"),
        ('public_url = ""', 'public_url = "http://[:1"', "hall.public_url"),
        ("[[windows]]", "[windows]", "windows"),
    ],
)  # fmt: skip
def test_what_tables_must_agree_on(tmp_path: Path, old: str, new: str, where: str) -> None:
    text = MINIMAL.replace(old, new, 1)
    if "workdays]" in new:
        text = text.replace('mon = [["09:00", "12:00"], ["13:30", "17:00"]]', "")
    assert any(line.startswith(f"hall.toml: {where}: ") for line in mistakes(tmp_path, text))


def test_windows_for_some_are_fine_beside_windows_for_all(tmp_path: Path) -> None:
    firms = SECOND_WINDOW.replace("1", "2") + "party='enterprise'\n"
    market = SECOND_WINDOW.replace("1", "3") + "domains=['market']\n"
    citizens = MINIMAL.replace("number = 1", "number = 1\nparty='citizen'")
    assert len(load(write(tmp_path, citizens + firms + market)).plan.windows) == 3


def test_mistakes_of_the_catalogue_come_with_the_others(tmp_path: Path) -> None:
    (tmp_path / "catalogue").mkdir()
    item = '[[services]]\nid = "one"\nname = { zh = "一", en = "One" }\ngroup = "general"\n'
    theme = '[[themes]]\nid = "t"\nname = { zh = "题", en = "T" }\nservices = ["onne"]\n'
    (tmp_path / "catalogue" / "a.toml").write_text(item + "flags = ['one-visitt']\n" + item + theme, "utf-8")
    (tmp_path / "catalogue" / "b.toml").write_text(item + "[[services", "utf-8")
    (tmp_path / "catalogue" / "c.toml").write_text(item, "utf-8")
    lines = mistakes(tmp_path, MINIMAL.replace('letter = "A"', 'letter = "a"'))
    assert [line.split(": ")[0] + ": " + line.split(": ")[1] for line in lines] == [
        "hall.toml: groups[0] (id general).letter",
        f"{tmp_path / 'catalogue' / 'b.toml'}: allowed",
        "a.toml: services[0] (id one).flags[0]",
        "c.toml: services[0] (id one).id",
        "a.toml: themes[0] (id t).services[0]",
    ]


def test_an_item_with_a_mistake_is_there_for_those_who_name_it(tmp_path: Path) -> None:
    (tmp_path / "catalogue").mkdir()
    item = '[[services]]\nid = "one"\nname = { zh = "一" }\ngroup = "general"\ndomain = "market"\n'
    theme = '[[themes]]\nid = "t"\nname = { zh = "题", en = "T" }\nservices = ["one", "two"]\n'
    (tmp_path / "catalogue" / "a.toml").write_text(item + theme, "utf-8")
    assert [line.rpartition(": found")[0] for line in mistakes(tmp_path, MINIMAL)] == [
        "a.toml: services[0] (id one).name.en",
        "a.toml: themes[0] (id t).services[1]",
    ]


def test_a_syntax_error_names_its_line(tmp_path: Path) -> None:
    (line,) = mistakes(tmp_path, "[hall]\nname = \n")
    assert "hall.toml" in line and "line 2" in line


def test_a_file_that_is_missing_or_no_text_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigErrors, match=r"missing\.toml: allowed: a file that can be read"):
        load(tmp_path / "missing.toml")
    (tmp_path / "hall.toml").write_bytes(b"[hall]\n\xff\n")
    with pytest.raises(ConfigErrors, match="line 2"):
        load(tmp_path / "hall.toml")


PYDANTICS = re.compile(
    r"Input|String|Tuple|Value|valid|integer|boolean|array|object|dictionary|validation|match"
)
"""Words of the library that checks, which mean nothing to whoever writes a config."""
SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.floats(allow_nan=False)
KEYS = st.sampled_from(["hall", "hours", "groups", "windows", "name", "id", "mon", "credits", "voice"])


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(
        KEYS,
        st.recursive(
            SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4)
        ),
        max_size=6,
    )
)
def test_nonsense_is_refused_in_words_never_by_a_crash(
    tmp_path_factory: pytest.TempPathFactory, table: dict[str, object]
) -> None:
    folder = tmp_path_factory.mktemp("nonsense")
    text = "\n".join(f"{key} = {_toml(value)}" for key, value in table.items())
    told = mistakes(folder, text)
    assert told and not [line for line in told if PYDANTICS.search(line.partition("; allowed: ")[2])]


def _toml(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {_toml(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_toml(inner) for inner in value) + "]"
    if isinstance(value, str):
        return (
            '"' + "".join(f"\\U{ord(sign):08X}" for sign in value if not 0xD800 <= ord(sign) < 0xE000) + '"'
        )
    if value is None:
        return '""'
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else repr(value)


def test_a_hall_for_practice_sends_simulated_texts_and_says_nothing_old(shipped: Settings) -> None:
    practised = for_practice(shipped)
    assert (shipped.sms.provider, practised.sms.provider) == ("off", "simulated")
    assert practised.voice.said_within < shipped.voice.said_within
    assert practised.plan is shipped.plan
