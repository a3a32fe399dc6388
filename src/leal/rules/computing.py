"""Computing: fields of a mapping whose values are worked out in CEL from those of the record (S12.4)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from cel_expr_python import cel

from leal.rules.conditions import LENGTH_MAX, BadCondition, Fault, faults_in, language
from leal.rules.programme.feeds import KINDS, Kind

_TYPES: Final[dict[Kind, str]] = {
    "text": "string",
    "flag": "bool",
    "number": "int",
    "money": "int",
    "day": "string",
    "texts": "list(string)",
}
_NULLABLE: Final = (
    "tier_rank", "points_to_next_tier", "points_to_keep_tier", "spend_to_next_tier_micros", "next_tier_threshold",
    "points_value_micros",
)  # fmt: skip
_RESULTS: Final[dict[str, Kind]] = {"STRING": "text", "BOOL": "flag", "INT": "number", "LIST<STRING>": "texts"}
_WORD: Final = re.compile(r"[a-z_]+")


def _variable(name: str, kind: Kind) -> str:
    return f"{name}_micros" if kind == "money" else name


_FIELDS: Final[dict[str, str]] = {_variable(name, kind): name for name, kind in KINDS.items() if kind in _TYPES}
VARIABLES: Final[dict[str, str]] = {name: _TYPES[KINDS[field]] for name, field in _FIELDS.items()} | {
    f"has_{name}": "bool" for name in _NULLABLE
}
"""Every name with its type: the record's fields, money in millionths as `…_micros`, days as texts `2025-03-31`.

What is not known is 0 or an empty text, for the language has no types that may be null; whether a number is known says
its `has_…`.
"""


class Computed:
    """A field that is computed, ready to run; always of one kind."""

    def __init__(self, text: str, expression: cel.Expression, kind: Kind) -> None:
        self.kind = kind
        words = {word.removeprefix("has_") for word in _WORD.findall(text)}
        self.reads: frozenset[str] = frozenset(_FIELDS[word] for word in words if word in _FIELDS)
        """The record's fields that it may read: all that its text names."""
        self._expression = expression

    def value(self, facts: Mapping[str, Any]) -> Any:
        """What it comes to, by the record's fields; None where it fails."""
        try:
            found = self._expression.eval(data=_variables(facts))
        except (RuntimeError, ValueError, TypeError, OverflowError):  # out of its budget, or beyond 64 bits
            return None
        return None if found.type() == cel.Type.ERROR else found.plain_value()  # an error's value is its text


def compile_computed(text: str) -> Computed:
    """Check what a field computes, and of which kind it is. Raises BadCondition."""
    if len(text) > LENGTH_MAX:
        raise BadCondition([Fault(0, 0, f"It is longer than {LENGTH_MAX} characters.")])
    try:
        expression = _language().compile(text)
    except (RuntimeError, ValueError, TypeError) as error:
        raise BadCondition(faults_in(str(error))) from None
    kind = _RESULTS.get(repr(expression.return_type()))
    if kind is None:  # null among them: this runtime miscounts its references
        given = expression.return_type().name().lower()
        raise BadCondition([Fault(1, 1, f"It gives {given}, not a text, a whole number, true or false, or texts.")])
    return Computed(text, expression, kind)


@cache
def _language() -> cel.Env:
    return language(VARIABLES)


def _variables(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts as the language has them; those that were not made are not read."""
    found: dict[str, Any] = {}
    for name, value in facts.items():
        kind = KINDS.get(name)
        if kind not in _TYPES:
            continue
        variable = _variable(name, kind)
        if value is None:
            found[variable] = 0 if kind in ("number", "money") else ""
        else:
            found[variable] = value.isoformat() if kind == "day" else value
        found[f"has_{variable}"] = value is not None
    return found
