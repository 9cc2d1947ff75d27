"""A program's own Socket.IO line, kept apart from our client: what outside programs would use."""

from __future__ import annotations

from typing import Any

import socketio

from tests.conftest import Hall, until

Message = tuple[str, dict[str, Any]]


class Line:
    """Connects, keeps every message in order, and asks with an ack."""

    def __init__(self, hall: Hall, namespace: str, token: str, **auth: Any) -> None:
        self.namespace = namespace
        self.heard: list[Message] = []
        self.refusal: dict[str, Any] | None = None
        self._io = socketio.Client(reconnection=False)
        self._io.on("*", lambda name, body: self.heard.append((name, body)), namespace=namespace)
        self._io.on("connect_error", self._refused, namespace=namespace)
        self._io.connect(
            hall.url, auth={"token": token, **auth}, namespaces=[namespace], transports=["websocket"]
        )

    def _refused(self, why: Any) -> None:
        self.refusal = why

    def ask(self, name: str, body: Any = None) -> dict[str, Any]:
        answer = self._io.call(name, {} if body is None else body, namespace=self.namespace, timeout=10)
        assert isinstance(answer, dict)
        return answer

    def of(self, name: str) -> list[dict[str, Any]]:
        return [body for heard, body in self.heard if heard == name]

    def wait_for(self, name: str, fits: Any = lambda body: True) -> dict[str, Any]:
        """The first message of a name that fits; waits for it."""
        found: dict[str, Any] = until(lambda: next((body for body in self.of(name) if fits(body)), None))
        return found

    @property
    def connected(self) -> bool:
        return bool(self._io.connected)

    def close(self) -> None:
        self._io.disconnect()
