"""A ticket as a picture for 80 mm paper: 576 dots across, black on white, as long as it needs.

Drawn here and not by the printer, so that every make prints the same slip.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

import qrcode
from PIL import Image, ImageDraw, ImageFont
from qrcode.constants import ERROR_CORRECT_M

from assets import texts, theme
from hardware.printer import WIDTH
from kiosk import guide, told
from kiosk.floor import Floor, Permit, Ticket, Wait
from kiosk.guide import Guide, PaperId
from queue_server.hall.model import Language
from queue_server.hall.ranges import figure

EDGE = 24
LONGEST = 4000
"""Half a metre of paper: no visit's items are longer."""
BLACK, WHITE = 0, 255

Code = Sequence[Sequence[bool]]
"""A QR code's modules, row by row; True is dark."""


def code(text: str) -> Code:
    """The QR code of a text, without its quiet zone."""
    made = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=0)
    made.add_data(text)
    made.make(fit=True)
    return [[bool(dark) for dark in row] for row in made.modules]


def picture(
    ticket: Ticket, floor: Floor, language: Language, *, large: bool = False, again: bool = False
) -> Image.Image:
    """The slip of a ticket, in the citizen's language.

    `large` is for who wants large text; `again` marks a second slip of the same ticket as such.
    """

    def say(key: str, **values: object) -> str:
        return texts.say(f"slip.{key}", language, **values)

    group = floor.group(ticket.group)
    pen = _Pen(scale=theme.LARGE_TEXT if large else 1.0)
    pen.line(floor.name.get(language, ""), 30)
    pen.line(group.name[language] if group else "", 46, bold=True)
    if again:
        pen.band(say("again"))
    pen.number(ticket.number)
    waits = _waiting(ticket.wait, language)
    for line in waits if large else [" · ".join(waits)]:
        pen.line(line, 38, bold=True, gap=10)
    if ticket.slot:
        pen.line(told.slot_words(ticket.slot, language), 34, bold=True, gap=14)
    pen.line(_where(ticket, floor, language), 36, gap=14)
    if ticket.is_for_deaf:
        for line in say("deaf").splitlines():
            pen.line(line, 30, gap=14)
    pen.rule()
    for name, bold in _to_do(ticket, floor, language):
        pen.line(name, 34 if bold else 30, bold=bold, centred=False)
    if ticket.services:
        pen.rule()
    notes = [say("scan"), "", f"{ticket.issued_at:%Y-%m-%d %H:%M}", say("kiosk", id=floor.kiosk.id)]
    if ticket.follow_url:
        pen.code_with(code(ticket.follow_url), notes)
        pen.rule()
        pen.line(say("missed"), 26)
    return pen.finish()


def needs(
    guides: Iterable[Guide], ticked: frozenset[PaperId], floor: Floor, language: Language
) -> Image.Image:
    """What is still to be brought, by item, with the code of the same list on the phone."""
    guides = tuple(guides)
    pen = _Pen()
    pen.line(floor.name.get(language, ""), 30)
    pen.line(texts.say("slip.bring", language), 50, bold=True)
    for one in guides:
        lacking = guide.missing((one,), ticked)
        item = floor.item(one.item)
        if lacking:
            pen.rule()
            pen.line(item.name[language] if item else "", 36, bold=True, centred=False, gap=14)
        for needed in lacking:
            pen.line(f"□ {needed.material.name[language]}", 34, centred=False, gap=12)
    pen.rule()
    if floor.kiosk.public_url:
        notes = [texts.say("slip.bring-scan", language), "", texts.say("slip.bring-again", language)]
        pen.code_with(code(guide.address(floor.kiosk.public_url, guides, ticked)), notes)
    return pen.finish()


def permit(one: Permit, floor: Floor, language: Language) -> Image.Image:
    """A permit to be carried along, with the code that verifies it."""

    def say(key: str, **values: object) -> str:
        return texts.say(f"slip.{key}", language, **values)

    pen = _Pen()
    pen.line(floor.name.get(language, ""), 30)
    pen.line(one.name.get(language, ""), 46, bold=True)
    pen.line(one.holder, 72, bold=True, gap=14)
    pen.line(say("permit-days", begins=one.begins, ends=one.ends), 34, bold=True, gap=14)
    pen.rule()
    pen.code_with(code(one.url), [say("permit-scan"), "", one.number, "", say("permit-carry")])
    return pen.finish()


def _to_do(ticket: Ticket, floor: Floor, language: Language) -> list[tuple[str, bool]]:
    """What the number is for, line by line; over several groups in their order, each under its own."""
    if len(ticket.steps) < 2:
        return [(name, False) for name in floor.item_names(ticket.services, language)]
    lines = [(texts.say("slip.order", language), False)]
    for at, step in enumerate(ticket.steps, start=1):
        lines.append((told.heading(floor, at, step.group, language), True))
        lines += [(name, False) for name in floor.item_names(step.services, language)]
    return lines


def _waiting(wait: Wait, language: Language) -> list[str]:
    """`前面 12 人`, `约 14 分钟`; what can't be told is left out."""
    if wait.is_none:
        return [texts.say("slip.no-wait", language)]
    ahead = texts.say("slip.ahead", language, count=wait.ahead)
    if wait.minutes is None:
        return [ahead]
    return [ahead, texts.say("slip.wait", language, minutes=figure(wait.minutes))]


def _where(ticket: Ticket, floor: Floor, language: Language) -> str:
    names = floor.zone_names(ticket.zones, language)
    if not names:
        return texts.say("slip.nowhere", language)
    return texts.say("slip.where", language, zones=texts.say("slip.zones-or", language).join(names))


@cache
def _font(size: int, bold: bool) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(theme.FONT_BOLD if bold else theme.FONT_REGULAR), size)


@dataclass
class _Pen:
    """Draws from the top down; `at` is how far it has come, `scale` how large its texts are."""

    scale: float = 1.0
    at: float = EDGE

    def __post_init__(self) -> None:
        self._paper = Image.new("L", (WIDTH, LONGEST), WHITE)
        self._draw = ImageDraw.Draw(self._paper)

    def line(self, text: str, size: int, *, bold: bool = False, centred: bool = True, gap: int = 8) -> None:
        """A text in lines as wide as the paper; the gap comes after each."""
        size = round(size * self.scale)
        font = _font(size, bold)
        for part in _wrapped(text, font, WIDTH - 2 * EDGE):
            x = (WIDTH - font.getlength(part)) / 2 if centred else EDGE
            # The font's own line is taller than its signs: paper is spared above them.
            self._draw.text((x, self.at - size * 0.18), part, BLACK, font)
            self.at += size * 1.15 + gap

    def number(self, text: str) -> None:
        """As large as the paper takes it, with white around it."""
        size = 210
        while (font := _font(size, True)).getlength(text) > WIDTH - 2 * EDGE:
            size -= 5
        left, top, right, bottom = font.getbbox(text)
        self.at += 20
        self._draw.text(((WIDTH - right - left) / 2, self.at - top), text, BLACK, font)
        self.at += bottom - top + 26

    def band(self, text: str) -> None:
        """White on black from edge to edge: seen before anything else is read."""
        size = round(34 * self.scale)
        font = _font(size, True)
        bottom = self.at + size * 1.5
        self._draw.rectangle((EDGE, self.at, WIDTH - EDGE, bottom), BLACK)
        self._draw.text((WIDTH / 2, (self.at + bottom) / 2), text, WHITE, font, anchor="mm")
        self.at = bottom + 8

    def rule(self) -> None:
        y = self.at + 10
        for x in range(EDGE, WIDTH - EDGE, 12):
            self._draw.line((x, y, x + 6, y), BLACK, 3)
        self.at = y + 20

    def code_with(self, modules: Code, notes: Iterable[str]) -> None:
        """A QR code of about 25 mm, and what it is for beside it."""
        dot = max(4, 200 // len(modules))
        side = dot * len(modules)
        for row, line in enumerate(modules):
            for column, dark in enumerate(line):
                if dark:
                    x, y = EDGE + column * dot, self.at + row * dot
                    self._draw.rectangle((x, y, x + dot - 1, y + dot - 1), BLACK)
        x, y = EDGE + side + 28, self.at
        font = _font(round(28 * self.scale), False)
        for note in notes:
            parts = _wrapped(note, font, WIDTH - EDGE - x) or [""]
            for part in parts:
                self._draw.text((x, y), part, BLACK, font)
                y += (40 if part else 16) * self.scale
        self.at = max(self.at + side, y)

    def finish(self) -> Image.Image:
        """What was drawn so far, in pure black and white: grey dots print as dirt."""
        whole = self._paper.crop((0, 0, WIDTH, round(self.at + EDGE)))
        return whole.point(lambda grey: WHITE if grey > 140 else BLACK).convert("1")


def _wrapped(text: str, font: ImageFont.FreeTypeFont, width: float) -> list[str]:
    """Lines that fit: broken between words, or within a word (Chinese has no spaces)."""
    lines: list[str] = []
    line = ""
    for word in _breakable(text):
        if font.getlength(line + word) > width and line:
            lines.append(line.rstrip())
            line = word.lstrip()
        else:
            line += word
    return [*lines, line] if line else lines


def _breakable(text: str) -> list[str]:
    """The pieces between which a line may be broken; Chinese closing marks stay with their word."""
    pieces: list[str] = []
    for sign in text:
        joins = pieces and (
            (sign.isascii() and sign != " " and pieces[-1][-1].isascii() and pieces[-1][-1] != " ")
            or sign in "，。？！：；）、” "
            or pieces[-1][-1] in "（“"
        )
        if joins:
            pieces[-1] += sign
        else:
            pieces.append(sign)
    return pieces
