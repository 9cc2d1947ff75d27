"""What went wrong, as `application/problem+json` (RFC 9457) says it, for HTTP and sockets alike."""

from __future__ import annotations

from dataclasses import dataclass, field

from assets import texts
from queue_server.hall.model import Words
from queue_server.hall.refusal import Refused
from queue_server.wire import Body, Code

STATUS: dict[Code, int] = {
    Code.INVALID: 400,
    Code.UNAUTHORIZED: 401,
    Code.FORBIDDEN: 403,
    Code.MUST_CHANGE_PASSWORD: 403,
    Code.NOT_FOUND: 404,
    Code.UNKNOWN_MESSAGE: 404,
    Code.METHOD: 405,
    Code.TOO_LARGE: 413,
    Code.ADDRESS_TOO_LONG: 414,
    Code.MEDIA_TYPE: 415,
    Code.KEY_REUSED: 422,
    Code.TOO_MANY: 429,
    Code.INTERNAL: 500,
    Code.STORAGE: 503,
    Code.NOT_READY: 503,
}
"""Every other code is a conflict: 409."""


@dataclass(frozen=True, slots=True)
class Cure:
    """What would be right: a sentence of `problem.cure`, said in the language of the problem."""

    name: str
    values: dict[str, object] = field(default_factory=dict)

    def say(self, language: str) -> str:
        return texts.say(f"problem.cure.{self.name}", language, **self.values)


class Problem(Exception):
    """A request that is not carried out. `text` names its sentence (the code's own where empty)."""

    def __init__(
        self,
        code: Code,
        text: str = "",
        *,
        field: str | None = None,
        state: str | None = None,
        retry_after: float | None = None,
        **values: object,
    ) -> None:
        super().__init__(code, text, field)
        self.code, self.text, self.field, self.state = code, text or code.value, field, state
        self.retry_after, self.values = retry_after, values

    @classmethod
    def of(cls, refusal: Refused) -> Problem:
        problem = cls(Code(refusal.code), refusal.text, field=refusal.field, state=refusal.state)
        problem.values = refusal.values
        return problem

    @property
    def status(self) -> int:
        return STATUS.get(self.code, 409)

    def body(self, language: str) -> Body:
        """`title` and `detail` in one language; `texts` has the detail in every language."""
        details = self.texts()
        body: Body = {
            "type": f"/problems/{self.code}",
            "code": self.code.value,
            "title": texts.say(f"problem.title.{self.code}", language),
            "status": self.status,
            "detail": details[language],
            "texts": details,
        }
        if self.field is not None:
            body["field"] = self.field
        if self.state is not None:
            body["state"] = str(self.state)
        return body

    def texts(self) -> Words:
        """The sentence in every language."""
        return {one: self._detail(one) for one in texts.LANGUAGES}

    def _detail(self, language: str) -> str:
        """The sentence, with the cures and names among its values said in the same language."""
        values = {name: _said(value, language) for name, value in self.values.items()}
        return texts.say(f"problem.detail.{self.text}", language, **values)


def _said(value: object, language: str) -> object:
    if isinstance(value, Cure):
        return value.say(language)
    return value[language] if isinstance(value, dict) else value
