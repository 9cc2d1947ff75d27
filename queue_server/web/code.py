"""QR codes for pages and papers."""

from __future__ import annotations

import qrcode
from qrcode.constants import ERROR_CORRECT_M


def code_path(text: str) -> tuple[int, str]:
    """A QR code as so many modules a side and an SVG path, without its quiet zone."""
    made = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=0)
    made.add_data(text)
    modules = made.get_matrix()
    dark = (f"M{x} {y}h1v1h-1z" for y, row in enumerate(modules) for x, one in enumerate(row) if one)
    return len(modules), "".join(dark)


def code_svg(text: str) -> str:
    """The code as an SVG element, to stand within a page."""
    size, path = code_path(text)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" '
        f'shape-rendering="crispEdges"><path d="{path}"/></svg>'
    )
