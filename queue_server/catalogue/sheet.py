"""Reads a province's export, .xlsx or .csv, row by row, into fields; every bad cell is told with its cure."""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Annotated, Any, Literal

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException
from pydantic import Field

from queue_server.catalogue.shape import Flag
from queue_server.hall.identity import is_credit_code
from queue_server.settings.reader import shown
from queue_server.settings.shape import Shape

MAX_BYTES, MAX_UNPACKED, MAX_ROWS, MAX_COLUMNS = 20_000_000, 200_000_000, 20_000, 300
MAX_TEXT, MAX_MINUTES, MAX_DAYS = 400, 480, 400
BROKEN = (
    zipfile.BadZipFile, zlib.error, InvalidFileException, AttributeError, EOFError, IndexError, KeyError,
    NotImplementedError, OverflowError, RuntimeError, SyntaxError, TypeError, ValueError,
)  # fmt: skip
"""What the reader of sheets may raise on a file that is not one."""
ENCODINGS = ("utf-8-sig", "gb18030")
SEPARATORS = (",", ";", "\t")

FLAGS: dict[str, Flag] = {
    "papers_missing": "papers-missing",
    "promise": "promise",
    "one_visit": "one-visit",
    "entrusted": "entrusted",
}
_CODE = re.compile(r"[0-9A-Z]{33}")
_SIGNS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")

_EMPTY: Any = Field(default_factory=dict)

Text = Annotated[str, Field(min_length=1, max_length=200)]
Key = Literal[
    "code33", "name", "name_en", "item_name", "kind", "party", "minutes", "legal_days", "promised_days",
    "papers_missing", "promise", "one_visit", "entrusted",
]  # fmt: skip


class ValuesShape(Shape):
    kind: Annotated[dict[str, Literal["permit", "confirm", "benefit", "service", "other"]], _EMPTY]
    party: Annotated[dict[str, Literal["citizen", "enterprise", ""]], _EMPTY]
    yes: Annotated[dict[str, bool], _EMPTY]


class NewShape(Shape):
    """What the file does not say of an item that the catalogue does not have yet."""

    group: str
    type: str | None = None


class MappingShape(Shape):
    """The mapping file: which heading is which field, and what its values mean."""

    sheet: str = ""
    header_line: Annotated[int, Field(ge=1, le=100)] = 1
    columns: dict[Key, Text]
    values: Annotated[ValuesShape, Field(default_factory=ValuesShape)]
    new: NewShape


@dataclass(frozen=True, slots=True)
class BadCell:
    """What is wrong in the file: where, what stands there, and the cure."""

    line: int
    column: str
    found: str
    cure: str

    def __str__(self) -> str:
        place = f"line {self.line}" + (f", {self.column}" if self.column else "")
        return f"{place}: " + (f"found {self.found}; " if self.found else "") + self.cure


class UnreadableFile(Exception):
    """The file as a whole can't be used; the cure in plain words."""


@dataclass(slots=True)
class Row:
    """One line of the export. `fields` has what the file says and nothing else."""

    line: int
    fields: dict[str, Any] = field(default_factory=dict)


Cells = tuple[int, list[Any]]


def read_sheet(path: Path, mapping: MappingShape) -> tuple[list[Row], list[BadCell]]:
    """The good rows, and everything that is wrong.

    :raises UnreadableFile: where there is nothing to read row by row.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise UnreadableFile(f"{path.name} is larger than {MAX_BYTES // 1_000_000} MB: split it")
        lines = _xlsx(path, mapping.sheet) if path.suffix.lower() == ".xlsx" else _csv(path, mapping)
    except OSError as trouble:
        raise UnreadableFile(f"{path.name} can't be read: {trouble.strerror or trouble}") from trouble
    return _Reader(mapping).read(lines)


def _csv(path: Path, mapping: MappingShape) -> Iterator[Cells]:
    if path.suffix.lower() != ".csv":
        raise UnreadableFile(f"{path.name}: a file that ends in .xlsx or .csv (save an old .xls as .xlsx)")
    data = path.read_bytes()
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = _decoded(path, data, ("utf-16",))
    else:
        text = _decoded(path, data, ENCODINGS)
    separator = _separator(text, mapping)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=separator)
    while True:
        begins = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as trouble:
            raise UnreadableFile(f"{path.name}, line {begins}: no proper CSV ({trouble})") from trouble
        yield begins, list(cells)


def _separator(text: str, mapping: MappingShape) -> str:
    """What parts the headings from each other: some offices write semicolons or tabs."""
    line = next(islice(io.StringIO(text), mapping.header_line - 1, None), "")
    wanted = set(mapping.columns.values())

    def heads(separator: str) -> int:
        try:
            return len(wanted.intersection(map(_text, next(csv.reader([line], delimiter=separator), []))))
        except csv.Error:
            return 0

    return max(SEPARATORS, key=heads)


def _decoded(path: Path, data: bytes, encodings: Iterable[str]) -> str:
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableFile(f"{path.name}: text in UTF-8 or GB18030 (save it as “CSV UTF-8”)")


def _xlsx(path: Path, sheet: str) -> Iterator[Cells]:
    """Formulas as they are written: what they come to is not in every file."""
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(part.file_size for part in archive.infolist()) > MAX_UNPACKED:
                raise UnreadableFile(f"{path.name} unpacks to more than it should: export it again")
        book = load_workbook(path, read_only=True, data_only=False)
    except BROKEN as trouble:
        raise UnreadableFile(f"{path.name} is no whole .xlsx file: export it again") from trouble
    if sheet and sheet not in book.sheetnames:
        raise UnreadableFile(f"{path.name} has no sheet “{sheet}”; it has: {', '.join(book.sheetnames)}")
    page = book[sheet] if sheet else book.worksheets[0] if book.worksheets else None
    if page is None:
        raise UnreadableFile(f"{path.name} has no sheet with cells")
    try:
        for line, cells in enumerate(page.iter_rows(max_col=MAX_COLUMNS, values_only=True), 1):
            yield line, list(cells)
    except BROKEN as trouble:
        raise UnreadableFile(f"{path.name} is damaged: export it again") from trouble
    finally:
        book.close()


class _Reader:
    """Goes through the lines once; mistakes gather in `bad`."""

    def __init__(self, mapping: MappingShape) -> None:
        self._mapping = mapping
        self._at: dict[str, int] = {}
        self._seen: dict[str, int] = {}
        self.bad: list[BadCell] = []

    def read(self, lines: Iterator[Cells]) -> tuple[list[Row], list[BadCell]]:
        self._find_columns(lines)
        rows: list[Row] = []
        for line, cells in lines:
            if len(rows) >= MAX_ROWS:
                raise UnreadableFile(f"more than {MAX_ROWS} lines: split the file by departments")
            if any(_text(cell) for cell in cells):
                rows.append(self._row(line, cells))
        if not rows:
            raise UnreadableFile("no line has an item: is header_line of the mapping file right?")
        return rows, self.bad

    def _find_columns(self, lines: Iterator[Cells]) -> None:
        wanted = self._mapping.columns
        heads = next((cells for line, cells in lines if line >= self._mapping.header_line), [])
        names = [_text(cell) for cell in heads]
        missing = [head for head in wanted.values() if head not in names]
        doubled = [head for head in wanted.values() if names.count(head) > 1]
        if missing or doubled:
            told = [f"no column is headed {', '.join(missing)}"] if missing else []
            told += [f"several columns are headed {', '.join(doubled)}"] if doubled else []
            there = ", ".join(name for name in names if name)[:MAX_TEXT] or "nothing"
            cure = "put right the mapping file's columns and header_line"
            raise UnreadableFile(f"{'; '.join(told)}; line {self._mapping.header_line} has: {there}. {cure}")
        for needed in ("code33", "name"):
            if needed not in wanted:
                raise UnreadableFile(f"the mapping file's columns need {needed}")
        self._at = {key: names.index(head) for key, head in wanted.items()}

    def _row(self, line: int, cells: list[Any]) -> Row:
        row = Row(line)
        for key, at in self._at.items():
            cell = cells[at] if at < len(cells) else None
            text = _text(cell)
            if cure := _unfit(cell, text) or (_no_text(cell) if key == "code33" else ""):
                self._tell(line, key, text, cure)
            elif text or key in ("code33", "name"):
                self._take(row, key, text)
        return row

    def _take(self, row: Row, key: str, text: str) -> None:
        values = self._mapping.values
        if key == "code33":
            self._code(row, text)
        elif key in ("minutes", "legal_days", "promised_days"):
            self._number(row, key, text)
        elif key in FLAGS:
            self._chosen(row, key, text, values.yes)
        elif key in ("kind", "party"):
            self._chosen(row, key, text, values.kind if key == "kind" else values.party)
        elif text:
            row.fields[key] = text
        else:
            self._tell(row.line, key, "", "the item's name is missing: write it")

    def _code(self, row: Row, text: str) -> None:
        code = text.upper()
        if not _CODE.fullmatch(code):
            self._tell(
                row.line, "code33", text, "33 digits and capital letters; in a sheet the column must be text"
            )
        elif not is_credit_code(code[:18]):
            self._tell(
                row.line, "code33", text, "its first 18 signs are no department's credit code: check them"
            )
        elif code in self._seen:
            self._tell(row.line, "code33", text, f"line {self._seen[code]} has it too: leave one of them")
        else:
            self._seen[code] = row.line
            row.fields["code33"] = code

    def _number(self, row: Row, key: str, text: str) -> None:
        most = MAX_MINUTES if key == "minutes" else MAX_DAYS
        number = float(text) if re.fullmatch(r"\d{1,4}(\.\d{1,3})?", text, re.ASCII) else -1.0
        least = 1 if key == "minutes" else 0
        if not least <= number <= most or (key != "minutes" and number != int(number)):
            kind = "a number" if key == "minutes" else "a whole number"
            self._tell(row.line, key, text, f"{kind} from {least} to {most}, without a unit")
        else:
            row.fields[key] = int(number) if number == int(number) else number

    def _chosen(self, row: Row, key: str, text: str, allowed: dict[str, Any]) -> None:
        if text not in allowed:
            table = "yes" if key in FLAGS else key
            cure = f"one of {', '.join(allowed) or 'none'}, or add it to [values.{table}] of the mapping file"
            self._tell(row.line, key, text, cure)
        else:
            row.fields[key] = allowed[text]

    def _tell(self, line: int, key: str, found: str, cure: str) -> None:
        column = self._mapping.columns[key]  # type: ignore[index]
        self.bad.append(BadCell(line, column, shown(found) if found else "", cure))


def _text(cell: object) -> str:
    """A cell as people see it: no spaces around, no line breaks, whole numbers without a point."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return " ".join(str(cell).split())


def _no_text(cell: object) -> str:
    """A sheet keeps only fifteen digits of a number."""
    return (
        "" if cell is None or isinstance(cell, str) else "text: as a number the code has lost its last digits"
    )


def _unfit(cell: object, text: str) -> str:
    """Why a cell can't be taken, as its cure; "" where it can."""
    if text.startswith("="):
        return "a value, not a formula: paste it as values"
    if len(text) > MAX_TEXT:
        return f"at most {MAX_TEXT} signs; found {len(text)}"
    if _SIGNS.search(str(cell)):
        return "text without control signs: write it anew"
    if text in ("#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!"):
        return "a value: the sheet could not work it out"
    return ""
