"""ID and phone numbers are found however people write them, and what only looks like one is left alone."""

from __future__ import annotations

from datetime import date

import pytest

from queue_server.storage.plain_numbers import ID_NUMBER, PHONE, numbers_in

TODAY = date(2026, 12, 1)


@pytest.mark.parametrize(
    "text",
    [
        "11010519491231002X", "证号11010519491231002x的老人", "110105 19491231 002X", "110105-19491231-002x",
        "1101 0519 4912 3100 2X", "窗口 5 110105 19491231 002X", "1234 110105 19491231 002X 99",
        "１１０１０５　１９４９１２３１　００２Ｘ",
    ],
)  # fmt: skip
def test_id_numbers(text: str) -> None:
    assert numbers_in(text, TODAY) == {ID_NUMBER}


@pytest.mark.parametrize(
    "text",
    [
        "13800138000", "请打138 0013 8000", "138-0013-8000", "1380 013 8000", "138 00138000", "138 001 38000",
        "+86 138 0013 8000", "86-13800138000", "电话１３８００１３８０００",
    ],
)  # fmt: skip
def test_phone_numbers(text: str) -> None:
    assert numbers_in(text, TODAY) == {PHONE}


@pytest.mark.parametrize(
    "text",
    [
        "at 1795512345678 ms", "ticket A13812345678", "11010519491231002Y", "110105 19491231 0021",
        "2026-12-01 13:45:00 138 0013", "[13, 8001, 3800, 0]", "1.3800138000", "138.00138000 s",
        "windows 1 3 8 0 0 1 3 8 0 0 0",
    ],
)  # fmt: skip
def test_what_only_looks_like_one(text: str) -> None:
    assert numbers_in(text, TODAY) == set()
