"""Examples in a page: requests and the answers to them, in fences of `http`; told from real answers up to what varies.

Ids, codes, hashes and real times differ from run to run. An answer agrees with the page where these have the same form
in both; later requests of the page that name such a value are sent with the one that was answered.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple

WIDTH: Final = 100
MICROS_OF_TIMES: Final = 10**15
"""Larger whole numbers are microseconds since 1970, as entries hold them."""
HOUR_MICROS: Final = 3_600_000_000
_FENCE: Final = re.compile(r"^```http\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_VARYING: Final = (
    re.compile(r"[0-9a-f]{16}"),
    re.compile(r"[0-9A-Z]{12}"),
    re.compile(r"[0-9a-f]{32}"),
    re.compile(r"[0-9a-f]{64}"),
)
_URN: Final = "urn:leal:request:"
_INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z")
_NUMBERS: Final = frozenset({"id", "after_id"})
"""Fields whose whole numbers count what others did, too."""


class Example(NamedTuple):
    """A request of a page and, where it stands there, the answer."""

    function: str
    bearer: str | None
    """Whose token is sent, as the page calls it."""
    body: Any
    answer: tuple[int, Any] | None
    request_text: str
    answer_text: str | None


def examples(page: str) -> list[Example]:
    """The examples of a page, in order; raises ValueError where they cannot be read."""
    found: list[Example] = []
    for text in _FENCE.findall(page):
        head, _, body = text.partition("\n\n")
        first, *headers = head.splitlines()
        if match := re.fullmatch(r"POST /api/v2023061/vinyl/(\w+)", first):
            bearer = next((re.fullmatch(r"Authorization: Bearer <(.*)>", one) for one in headers), None)
            found.append(Example(match[1], bearer[1] if bearer else None, json.loads(body or "{}"), None, text, None))
        elif match := re.fullmatch(r"(\d{3}) [\w ]+", first):
            found[-1] = found[-1]._replace(answer=(int(match[1]), json.loads(body)), answer_text=text)
        else:
            raise ValueError(f"neither a request nor an answer: {first}")
    return found


class Meaning:
    """What values of the page stand for in this run."""

    def __init__(self) -> None:
        self._real: dict[str, str] = {}
        self._numbers: dict[int, int] = {}

    def real(self, value: Any, field: str = "") -> Any:
        """What is sent for what the page says."""
        if isinstance(value, dict):
            return {name: self.real(one, name) for name, one in value.items()}
        if isinstance(value, list):
            return [self.real(one) for one in value]
        if isinstance(value, str):
            return self._real.get(value, value)
        return self._numbers.get(value, value) if field in _NUMBERS and isinstance(value, int) else value

    def differences(self, told: Any, real: Any, at: str = "") -> list[str]:
        """Where an answer is not what the page says."""
        if isinstance(told, dict) and isinstance(real, dict):
            names = [*told, *(name for name in real if name not in told)]
            found = []
            for name in names:
                if (name in told) != (name in real):
                    found.append(f"{at}.{name} is {'gone' if name in told else 'new'}")
                else:
                    found += self.differences(told[name], real[name], f"{at}.{name}")
            return found
        if isinstance(told, list) and isinstance(real, list) and len(told) == len(real):
            pairs = enumerate(zip(told, real, strict=True))
            return [one for number, (a, b) in pairs for one in self.differences(a, b, f"{at}[{number}]")]
        return [] if self._agree(told, real, at.rpartition(".")[2]) else [f"{at}: {told!r} is {real!r}"]

    def _agree(self, told: Any, real: Any, field: str) -> bool:
        if type(told) is not type(real):
            return False
        if isinstance(told, str):
            a, b = told.removeprefix(_URN), real.removeprefix(_URN)
            if any(form.fullmatch(a) and form.fullmatch(b) for form in _VARYING):
                return bool(self._real.setdefault(told, real) == real)
            if _INSTANT.fullmatch(told) and _INSTANT.fullmatch(real):
                return bool(told[:13] == real[:13]) or _is_now(real)
        if isinstance(told, int) and min(told, real) > MICROS_OF_TIMES:
            return bool(abs(told - real) < HOUR_MICROS)
        if isinstance(told, int) and not isinstance(told, bool) and field in _NUMBERS:
            return bool(self._numbers.setdefault(told, real) == real)
        return bool(told == real)


def _is_now(text: str) -> bool:
    """Whether it is the real time, which sandboxes' clocks have nothing to do with."""
    return abs(datetime.now(UTC) - datetime.fromisoformat(text)) < timedelta(hours=1)


def laid_out(value: Any, indent: int = 0) -> str:
    """JSON that people read: what fits stands on one line."""
    flat = json.dumps(value, ensure_ascii=False)
    if len(flat) + indent <= WIDTH or not isinstance(value, dict | list) or not value:
        return flat
    pad = " " * (indent + 2)
    if isinstance(value, list):
        inner = [pad + laid_out(one, indent + 2) for one in value]
    else:
        inner = [f"{pad}{json.dumps(name)}: {laid_out(one, indent + 2)}" for name, one in value.items()]
    start, end = "[]" if isinstance(value, list) else "{}"
    return f"{start}\n" + ",\n".join(inner) + f"\n{' ' * indent}{end}"


def answer_fence(status: int, phrase: str, answer: Any) -> str:
    """An answer as it stands in a page."""
    return f"```http\n{status} {phrase}\n\n{laid_out(answer)}\n```"
