"""A province's export becomes the catalogue: shown first, then all of it or nothing; every bad cell told."""

from __future__ import annotations

import csv
import io
import shutil
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from queue_server import cli
from queue_server.catalogue.apply import apply_import
from queue_server.catalogue.check import counts, faults
from queue_server.catalogue.importing import Plan, plan_import, read_mapping
from queue_server.catalogue.sheet import MAX_TEXT, UnreadableFile, read_sheet
from queue_server.catalogue.writer import header_of, text_of
from queue_server.hall.identity import code_check_sign
from queue_server.hall.model import ServiceId
from queue_server.settings.reader import ConfigErrors
from queue_server.settings.settings import Settings, load
from tests.conftest import Hall

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "config" / "hall.toml"
MAPPING = read_mapping(ROOT / "config" / "catalogue_import.toml")
COLUMNS = MAPPING.columns
NO_PERSON, PARTIES = "自然人、法人", {"citizen": "自然人", "enterprise": "企业法人", None: "自然人、法人"}
KINDS = {
    "permit": "行政许可",
    "confirm": "行政确认",
    "benefit": "行政给付",
    "service": "公共服务",
    "other": "其他权力",
}
DEPARTMENT = "fund"

Lines = list[dict[str, Any]]


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A hall's own config with its own catalogue, to be changed."""
    shutil.copytree(ROOT / "config", tmp_path / "config")
    return tmp_path / "config" / "hall.toml"


@pytest.fixture(scope="module")
def shipped() -> Settings:
    """What is shipped, for tests that change nothing."""
    return load(SHIPPED)


def export(loaded: Settings, department: str = DEPARTMENT) -> Lines:
    """What a province would send of one department, saying what the catalogue says."""
    catalogue = loaded.catalogue
    lines = []
    for id, details in catalogue.details.items():
        if details.department and details.department.id == department and details.item:
            service = catalogue.services[id]
            days: Any = catalogue.guide(id)["days"]
            flags = {
                key: key.replace("_", "-") in service.flags
                for key in ("papers_missing", "promise", "one_visit", "entrusted")
            }
            lines.append(
                {
                    "code33": details.code33,
                    "name": service.name["zh"],
                    "name_en": service.name["en"],
                    "item_name": details.item.name.zh,
                    "kind": KINDS[details.item.kind],
                    "party": PARTIES[service.party.value if service.party else None],
                    "minutes": service.minutes,
                    "legal_days": days["legal"],
                    "promised_days": days["promised"],
                    **{key: "是" if has else "否" for key, has in flags.items()},
                }
            )
    return lines


def as_xlsx(path: Path, lines: Lines) -> Path:
    book = Workbook()
    sheet = book.active
    sheet.append(list(COLUMNS.values()))
    for line in lines:
        sheet.append([line.get(key) for key in COLUMNS])
    book.save(path)
    return path


def as_csv(path: Path, lines: Lines, encoding: str = "utf-8-sig") -> Path:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS.values())
    writer.writerows([line.get(key, "") for key in COLUMNS] for line in lines)
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def planned(config: Path, file: Path) -> Plan:
    return plan_import(config.parent / "catalogue", load(config).catalogue, file, MAPPING)


def applied(config: Path, file: Path) -> Path:
    folder = config.parent / "catalogue"
    return apply_import(planned(config, file), folder, lambda new: load(config, new), "stamp")


@pytest.mark.parametrize("write", [as_xlsx, as_csv])
def test_what_the_catalogue_has_already_changes_nothing(
    config: Path, tmp_path: Path, write: Callable[[Path, Lines], Path]
) -> None:
    lines = export(load(config))
    plan = planned(config, write(tmp_path / f"export.{'xlsx' if write is as_xlsx else 'csv'}", lines))
    assert (plan.changes, plan.bad, plan.files) == ([], [], {})
    assert plan.unchanged == len(lines) > 10


@pytest.mark.parametrize("department", ["police", "market", "medical", "property", "hall"])
def test_departments_with_guides_by_hand_come_through_as_they_are(
    config: Path, tmp_path: Path, department: str
) -> None:
    plan = planned(config, as_xlsx(tmp_path / "export.xlsx", export(load(config), department)))
    assert (plan.changes, plan.bad, plan.files) == ([], [], {})


def test_added_changed_and_gone_are_shown_by_item_then_applied(config: Path, tmp_path: Path) -> None:
    lines = export(load(config))
    by_code = {line["code33"]: line for line in lines}
    known = load(config).catalogue.details
    change = by_code[known[ServiceId("fund-withdraw-home")].code33]
    change.update(name="公积金提取（购买自住住房）", minutes=15, promised_days=2, promise="否")
    gone = by_code[known[ServiceId("fund-withdraw-rent")].code33]
    new = {**lines[0], "code33": lines[0]["code33"][:19] + "372005999000" + "01"}
    new.update(name="公积金账户合并", name_en="Merging fund accounts", item_name="账户合并")
    file = as_xlsx(tmp_path / "export.xlsx", [line for line in lines if line is not gone] + [new])

    plan = planned(config, file)
    assert [(one.kind, one.id) for one in plan.changes] == [
        ("changed", "fund-withdraw-home"),
        ("added", "fund-372005999000-01"),
        ("gone", "fund-withdraw-rent"),
    ]
    told = str(plan.changes[0])
    assert "minutes: 12 → 15" in told and "promise" in told and "promised days: 1 → 2" in told
    assert "settle" in str(plan.changes[2])
    assert load(config).catalogue.services[ServiceId("fund-withdraw-home")].minutes == 12

    kept = applied(config, file)
    now = load(config).catalogue
    assert now.services[ServiceId("fund-withdraw-home")].name["zh"] == "公积金提取（购买自住住房）"
    assert now.guide(ServiceId("fund-withdraw-home"))["days"] == {"legal": 3, "promised": 2}
    assert now.services[ServiceId("fund-372005999000-01")].group == "general"
    assert "fund-withdraw-rent" not in now.services
    assert "fund-withdraw-rent" not in now.themes["settle"].services
    assert now.search("账户合并")[0].id == "fund-372005999000-01"
    assert counts(now)["services"] == 462
    assert [line for line in faults(now) if "counts.toml" not in line] == []
    assert not planned(config, file).changes
    assert "fund-withdraw-rent" in (kept / "fund.toml").read_text("utf-8")
    assert (config.parent / "catalogue" / "fund.toml").read_text("utf-8").startswith("# 住房公积金")


def test_a_theme_that_loses_all_its_items_goes(config: Path, tmp_path: Path) -> None:
    lines = export(load(config), "justice")
    file = as_csv(tmp_path / "export.csv", lines[:1])
    assert len(planned(config, file).of("gone")) == len(lines) - 1
    applied(config, file)
    assert all(theme.services for theme in load(config).catalogue.themes.values())


def test_a_party_of_one_case_leaves_its_sisters_alone(config: Path, tmp_path: Path) -> None:
    lines = export(load(config))
    lines[0]["party"] = NO_PERSON
    before = load(config).catalogue.services
    applied(config, as_csv(tmp_path / "export.csv", lines))
    after = load(config).catalogue
    (changed,) = [id for id, one in after.services.items() if one.party != before[id].party]
    assert after.details[changed].code33 == lines[0]["code33"] and after.services[changed].party is None


def test_nothing_is_applied_where_a_hall_could_not_work_by_it(config: Path, tmp_path: Path) -> None:
    file = as_csv(tmp_path / "export.csv", export(load(config))[:3])
    folder = config.parent / "catalogue"
    before = {path.name: path.read_bytes() for path in folder.glob("*.toml")}

    def refuse(_new: Path) -> None:
        raise ConfigErrors([])

    with pytest.raises(ConfigErrors):
        apply_import(planned(config, file), folder, refuse, "stamp")
    assert {path.name: path.read_bytes() for path in folder.glob("*.toml")} == before
    assert not list(config.parent.glob("*catalogue.before*")) and not list(config.parent.glob(".catalogue-*"))


@pytest.mark.parametrize(
    ("key", "value", "cure"),
    [
        ("code33", "", "33 digits"),
        ("code33", "123", "33 digits"),
        ("code33", "0" * 33, "credit code"),
        ("code33", 1.1371e32, "lost its last digits"),
        ("name", None, "write it"),
        ("name", "=A1&B1", "not a formula"),
        ("name", "x" * (MAX_TEXT + 1), f"at most {MAX_TEXT}"),
        ("name", "a\x07b".replace("\x07", "\x85"), "control signs"),
        ("name", "#REF!", "could not work it out"),
        ("minutes", "十分钟", "a number from 1"),
        ("minutes", 0, "a number from 1"),
        ("minutes", "²", "a number from 1"),
        ("legal_days", -1, "a whole number"),
        ("legal_days", 2.5, "a whole number"),
        ("promised_days", 399, "than what the law allows"),
        ("kind", "行政处罚", "values.kind"),
        ("party", "外星人", "values.party"),
        ("one_visit", "也许", "values.yes"),
        ("papers_missing", "是", "only matters of enterprises"),
    ],
)  # fmt: skip
def test_a_bad_cell_is_told_with_line_column_value_and_cure(
    shipped: Settings, tmp_path: Path, key: str, value: object, cure: str
) -> None:
    lines = export(shipped)
    lines[2][key] = value
    file = as_xlsx(tmp_path / "export.xlsx", lines)
    plan = plan_import(SHIPPED.parent / "catalogue", shipped.catalogue, file, MAPPING)
    (bad,) = plan.bad
    assert bad.line == 4 and bad.column == COLUMNS[key] and cure in bad.cure  # type: ignore[index]
    assert str(bad).startswith(f"line 4, {bad.column}: ")
    assert value in (None, "") or bad.found
    assert not plan.files


def test_all_bad_cells_come_together_and_nothing_is_planned(config: Path, tmp_path: Path) -> None:
    lines = export(load(config))
    lines[0]["minutes"], lines[1]["kind"], lines[3]["code33"] = "x", "y", lines[4]["code33"]
    lines[5]["code33"] = load(config).catalogue.departments["tax"].code + "9" + lines[5]["code33"][19:]
    plan = planned(config, as_csv(tmp_path / "export.csv", lines))
    assert {2, 3, 6, 7} <= {bad.line for bad in plan.bad}
    assert [bad.line for bad in plan.bad if "line 5 has it too" in bad.cure] == [6]
    assert not plan.files


def test_lines_of_one_item_must_agree(config: Path, tmp_path: Path) -> None:
    lines = export(load(config))
    lines[1]["item_name"] = "别的事项"
    (bad, *_) = planned(config, as_csv(tmp_path / "export.csv", lines)).bad
    assert "of the same item" in bad.cure


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_encodings_of_a_csv(config: Path, tmp_path: Path, encoding: str) -> None:
    plan = planned(config, as_csv(tmp_path / "export.csv", export(load(config)), encoding))
    assert not plan.bad and not plan.changes


@pytest.mark.parametrize("separator", [";", "\t"])
def test_separators_of_a_csv(config: Path, tmp_path: Path, separator: str) -> None:
    lines = export(load(config))
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=separator)
    writer.writerow(COLUMNS.values())
    writer.writerows([line.get(key, "") for key in COLUMNS] for line in lines)
    (tmp_path / "export.csv").write_text(text.getvalue(), "utf-8")
    plan = planned(config, tmp_path / "export.csv")
    assert not plan.bad and plan.unchanged == len(lines)


def test_an_unknown_department_is_told_with_the_nearest_and_the_cure(config: Path, tmp_path: Path) -> None:
    lines = export(load(config))
    code = lines[0]["code33"][:16] + "8"
    lines[0]["code33"] = code + code_check_sign(code) + lines[0]["code33"][18:]
    (bad,) = planned(config, as_csv(tmp_path / "export.csv", lines)).bad
    assert lines[1]["code33"][:18] in bad.cure and "(fund)" in bad.cure and "departments.toml" in bad.cure
    (config.parent / "catalogue" / "fund.toml").write_text(
        (config.parent / "catalogue" / "fund.toml").read_text("utf-8").replace('"fund"', '"fundd"', 1),
        "utf-8",
    )
    with pytest.raises(ConfigErrors) as caught:
        load(config)
    told = str(caught.value)
    assert 'found "fundd"' in told and "market, medical" in told and 'did you mean "fund"?' in told


@pytest.mark.parametrize(
    ("name", "data", "cure"),
    [
        ("a.csv", b"\xff\xff\xff", "UTF-8 or GB18030"),
        ("a.csv", b"", "no column is headed"),
        ("a.csv", b"a,b\n1,2\n", "no column is headed"),
        ("a.csv", b'"a', "no proper CSV"),
        ("a.xlsx", b"PK\x03\x04 not a zip", "no whole .xlsx"),
        ("a.xls", b"anything", ".xlsx or .csv"),
    ],
)
def test_a_file_that_is_none_is_refused_with_the_cure(
    tmp_path: Path, name: str, data: bytes, cure: str
) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(UnreadableFile, match=cure):
        read_sheet(tmp_path / name, MAPPING)


def test_a_missing_or_doubled_column_is_named(config: Path, tmp_path: Path) -> None:
    file = as_csv(tmp_path / "a.csv", export(load(config)))
    text = file.read_text("utf-8-sig")
    file.write_text(text.replace("事项类型", "类型", 1), "utf-8")
    with pytest.raises(UnreadableFile, match="no column is headed 事项类型"):
        read_sheet(file, MAPPING)
    file.write_text(text.replace("服务对象", "事项类型", 1), "utf-8")
    with pytest.raises(UnreadableFile, match="several columns are headed 事项类型"):
        read_sheet(file, MAPPING)


def test_headings_may_stand_further_down_and_columns_in_any_order(config: Path, tmp_path: Path) -> None:
    lines = export(load(config))
    file = as_csv(tmp_path / "a.csv", lines)
    rows = list(csv.reader(io.StringIO(file.read_text("utf-8-sig"))))
    text = io.StringIO(newline="")
    csv.writer(text).writerows([["全省事项清单"], []] + [["序号", *reversed(row)] for row in rows])
    file.write_text(text.getvalue(), "utf-8")
    plan = plan_import(
        config.parent / "catalogue",
        load(config).catalogue,
        file,
        MAPPING.model_copy(update={"header_line": 3}),
    )
    assert not plan.bad and plan.unchanged == len(lines)


def _whole_sheet() -> bytes:
    file = io.BytesIO()
    book = Workbook()
    book.active.append(list(COLUMNS.values()))
    book.active.append(["1" * 33, "事项"])
    book.save(file)
    return file.getvalue()


WHOLE_SHEET = _whole_sheet()
ANY = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=600),
    st.sampled_from(["=1+1", "是", "\n"]),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=st.lists(st.fixed_dictionaries({key: ANY.map(str) for key in COLUMNS}), min_size=1, max_size=4))
def test_any_cells_are_read_or_told(tmp_path: Path, lines: Lines) -> None:
    file = tmp_path / "any.csv"
    try:
        rows, bad = read_sheet(as_csv(file, lines, "utf-16"), MAPPING)
    except (UnreadableFile, UnicodeEncodeError):
        return
    for row in rows:
        assert set(row.fields) == {"code33", "name"} | set(row.fields) or row.line in {
            one.line for one in bad
        }


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_damaged_sheet_is_read_or_refused(tmp_path: Path, data: st.DataObject) -> None:
    file = tmp_path / "damaged.xlsx"
    whole = bytearray(WHOLE_SHEET)
    for at in data.draw(st.lists(st.integers(0, len(whole) - 1), min_size=1, max_size=8)):
        whole[at] = data.draw(st.integers(0, 255))
    file.write_bytes(bytes(whole[: data.draw(st.integers(0, len(whole)))]))
    try:
        read_sheet(file, MAPPING)
    except UnreadableFile as refusal:
        assert "damaged.xlsx" in str(refusal) or "line" in str(refusal)


@settings(max_examples=100, deadline=None)
@given(data=st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    for name in ("any.csv", "any.xlsx"):
        file = tmp_path_factory.getbasetemp() / name
        file.write_bytes(data)
        with pytest.raises(UnreadableFile):
            read_sheet(file, MAPPING)


@pytest.mark.parametrize(
    "path", sorted((ROOT / "config" / "catalogue").glob("*.toml")), ids=lambda one: one.name
)
def test_files_written_anew_say_the_same(path: Path) -> None:
    text = path.read_text("utf-8")
    raw = tomllib.loads(text)
    written = text_of(header_of(text), raw)
    assert tomllib.loads(written) == raw
    if "items" in raw:
        assert written == text


def run(config: Path, *arguments: str, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setenv("HALL_CONFIG", str(config))
    return cli.main(["catalogue", *arguments])


def test_the_command_shows_then_applies(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = export(load(config))
    lines[0]["minutes"] = 33
    file = str(as_xlsx(tmp_path / "export.xlsx", lines))
    assert run(config, "import", file, monkeypatch=monkeypatch) == 0
    assert "0 added, 1 changed, 0 gone" in capsys.readouterr().out
    assert run(config, "import", file, "--apply", monkeypatch=monkeypatch) == 0
    assert "kept as" in capsys.readouterr().out
    assert run(config, "import", file, "--apply", monkeypatch=monkeypatch) == 0
    assert "0 added, 0 changed, 0 gone" in capsys.readouterr().out
    assert run(config, "check", monkeypatch=monkeypatch) == 0
    for department, fault in (
        ("civil", "theme orphaned-child: it links fewer than 2 items"),
        ("health", "theme only-child-family: it has no item left, and goes"),
    ):
        few = str(as_csv(tmp_path / "few.csv", export(load(config), department)[:1]))
        for apply in ([], ["--apply"]):
            assert run(config, "import", few, *apply, monkeypatch=monkeypatch) == 0
            told = capsys.readouterr().out
            assert "what would no longer add up" in told and fault in told
    lines[0]["minutes"] = "x"
    assert run(config, "import", str(as_csv(tmp_path / "b.csv", lines)), monkeypatch=monkeypatch) == 1
    assert "1 bad cell; nothing was changed" in capsys.readouterr().err


def test_a_running_hall_takes_an_import_over_and_nobody_loses_a_number(hall: Hall, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "config" / "catalogue", hall.folder / "catalogue")
    shutil.copy(ROOT / "config" / "catalogue_import.toml", hall.folder)
    assert hall.command("reload").returncode == 0
    token = hall.token("kiosk", "K01")
    taken = hall.post("/tickets", {"services": ["fund-withdraw-home"]}, token=token).json
    lines = export(load(hall.config))
    (line,) = [one for one in lines if one["name"] == "公积金提取（购房）"]
    line["name"] = "公积金提取（买房）"
    told = hall.command("catalogue", "import", str(as_csv(tmp_path / "a.csv", lines)), "--apply")
    assert told.returncode == 0, told.stderr
    assert hall.command("reload").returncode == 0
    assert hall.get("/services/fund-withdraw-home").json["name"]["zh"] == "公积金提取（买房）"
    assert hall.get("/matches?q=gongjijin&limit=1").json["total"] > 1
    assert hall.get(f"/tickets/{taken['id']}", token=taken["secret"]).json["state"] == "waiting"

    lines.remove(line)
    told = hall.command("catalogue", "import", str(as_csv(tmp_path / "b.csv", lines)), "--apply")
    assert told.returncode == 0, told.stderr
    assert hall.command("reload").returncode == 0
    assert hall.get("/services/fund-withdraw-home").status == 404
    admin = hall.token("api", "boss", "admin")
    hall.post("/windows/5/open", token=admin)
    assert hall.post("/windows/5/next", token=admin).json["number"] == taken["number"]


def test_the_shipped_catalogue_adds_up() -> None:
    catalogue = load(SHIPPED).catalogue
    assert faults(catalogue) == []
    assert counts(catalogue)["items"] == 259 and counts(catalogue)["services"] == 462
    assert counts(catalogue)["themes"] == 83 and counts(catalogue)["complete_guides"] == 20


def test_check_names_what_does_not_add_up(config: Path) -> None:
    folder = config.parent / "catalogue"
    (folder / "counts.toml").write_text("[counts]\nservices = 5\n", "utf-8")
    own = (
        '[[items]]\nid = "idle"\nname = { zh = "闲", en = "Idle" }\n'
        'department = "tax"\nkind = "other"\ncode = "370199999000"\n'
        '[[services]]\nid = "bare"\nname = { zh = "光", en = "Bare" }\n'
        'group = "general"\nflags = ["papers-missing"]\n'
        '[[themes]]\nid = "lonely"\nname = { zh = "单", en = "Lonely" }\nservices = ["bare"]\n'
    )
    (folder / "own.toml").write_text(own, "utf-8")
    told = "\n".join(faults(load(config).catalogue))
    for part in (
        "services: there are 463",
        "main item idle",
        "bare: nothing says its item",
        "papers-missing is for matters of enterprises",
        "bare: papers-missing, but no paper",
        "lonely",
    ):
        assert part in told
