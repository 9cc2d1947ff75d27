"""What a terminal's line takes for news, and how much of it it remembers."""

from __future__ import annotations

from typing import Any

from queue_server.client import REMEMBERED, Freshness


def call(id: str, seq: int = 1) -> tuple[str, dict[str, Any]]:
    return "call", {"epoch": "e", "seq": seq, "call": id}


def test_a_call_is_news_once() -> None:
    fresh = Freshness()
    assert fresh.is_news("snapshot", {"epoch": "e", "seq": 5, "calls": [{"call": "d/1"}]})
    assert not fresh.is_news(*call("d/1"))
    assert fresh.is_news(*call("d/2")) and not fresh.is_news(*call("d/2"))
    assert fresh.is_news("call", {"epoch": "restored", "seq": 1, "call": "d/2"})


def test_what_is_older_is_dropped_by_kind_window_and_ticket() -> None:
    fresh = Freshness()

    def window(number: int, seq: int) -> bool:
        return fresh.is_news("window", {"epoch": "e", "seq": seq, "window": {"number": number}})

    assert window(5, 7) and window(6, 3)
    assert not window(5, 6) and window(5, 7) and window(5, 8)
    assert fresh.is_news("queues", {"epoch": "e", "seq": 2, "queues": []})


def test_months_of_calls_and_alerts_take_no_more_room_than_a_day_of_them() -> None:
    fresh = Freshness()
    for number in range(3 * REMEMBERED):
        assert fresh.is_news(*call(f"d/{number}", number))
        assert fresh.is_news("alert", {"epoch": "e", "seq": number, "alert": {"id": str(number)}})
        # Whatever is told again and again stays known, however much else comes.
        assert fresh.is_news("queues", {"epoch": "e", "seq": number, "queues": []})
    assert len(fresh.calls) == len(fresh.seqs) == REMEMBERED
    assert not fresh.is_news(*call(f"d/{3 * REMEMBERED - 1}"))
    assert not fresh.is_news("queues", {"epoch": "e", "seq": 1, "queues": []})
