"""Every failure Leal can name: one class each, its machine id and its sentence in one place.

The tree (HTTP status codes belong to the ways in, never here)::

    LealError
    ├── InvalidInput                 the request or document itself is at fault; carries `problems`
    ├── Refused                      a well-formed wish that the rules deny; carries coded `reasons`
    ├── NotFound                     nothing by that name, or not for this caller
    ├── Conflict                     the state, or another request, stands against it
    ├── NotAllowed                   the caller may not
    └── Unavailable                  try again later, or mend the installation; carries a remedy

Where several would apply, the order of precedence is: NotAllowed, InvalidInput, NotFound, Conflict, Refused.
"""

from __future__ import annotations

from typing import Any, ClassVar

import msgspec


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """One fault of an input: where it is, what is wrong, and what would be right."""

    path: str
    """Field path such as `orders[2].items[0].quantity`; empty for the whole input."""
    code: str
    """Machine word, e.g. `required`, `wrong_type`, `out_of_range`, `unknown_field`."""
    message: str
    """One sentence that says what is wrong."""
    right: str = ""
    """What would be right, with an example."""
    line: int = 0
    """Line in the document the path stands on (from 1), where the input was a document."""
    column: int = 0


class Reason(msgspec.Struct, frozen=True, omit_defaults=True):
    """One rule that denies a wish, with the figures that are missing; its sentence stands in the catalogues
    (`leal.words`)."""

    code: str
    figures: dict[str, int | str] = {}


class LealError(Exception):
    """Root of all failures that Leal names."""

    id: ClassVar[str] = "error"
    sentence: ClassVar[str] = "Something went wrong."

    def __init__(self, message: str = "", **data: Any) -> None:
        self.message = message or self.sentence
        self.data = data
        super().__init__(self.message)


class InvalidInput(LealError):
    """The input cannot be understood or breaks its own type; every fault is listed."""

    id = "invalid_input"
    sentence = "The input has faults; each is listed with what would be right."

    def __init__(self, problems: list[Problem], message: str = "") -> None:
        self.problems = problems
        super().__init__(message or _summary(problems) or self.sentence)


class Refused(LealError):
    """The rules deny the wish; every reason is listed with the missing figure (S5.2)."""

    id = "refused"
    sentence = "The programme's rules do not allow this."

    def __init__(self, reasons: list[Reason], message: str = "") -> None:
        self.reasons = reasons
        super().__init__(message or _codes(self.sentence, reasons))


class NotFound(LealError):
    """Nothing is known by that name, or not for this caller."""

    id = "not_found"
    sentence = "Nothing is known by that name."


class Conflict(LealError):
    """The present state, or another request, stands against it."""

    id = "conflict"
    sentence = "The present state does not allow this."


class NotAllowed(LealError):
    """The caller may not do this."""

    id = "not_allowed"
    sentence = "This caller may not do this."


class Unavailable(LealError):
    """Leal or its database cannot answer now; `remedy` says what helps."""

    id = "unavailable"
    sentence = "Leal cannot answer just now."

    def __init__(self, message: str = "", remedy: str = "") -> None:
        self.remedy = remedy
        super().__init__(message or self.sentence)


def _codes(sentence: str, reasons: list[Reason]) -> str:
    """As logs and the records of staff have it, in no member's language."""
    told = [" ".join([one.code, *(f"{name} {value}" for name, value in one.figures.items())]) for one in reasons]
    return f"{sentence.rstrip('.')}: {', '.join(told)}." if told else sentence


def _summary(problems: list[Problem]) -> str:
    if not problems:
        return ""
    first = problems[0]
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    return f"{first.path + ': ' if first.path else ''}{first.message}{more}"
