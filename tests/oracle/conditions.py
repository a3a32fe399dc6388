"""Conditions as far as the oracle reads them (S9.6): comparisons joined by `&&` or by `||`, each perhaps with a `!`.

A number that is divided by a measure stands in no `!`: there what fails would be true.
"""

import operator
import re
from collections.abc import Callable
from typing import Any

Known = dict[str, Any]  # what a condition may ask for, by its name: `customer.tags`

COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}
NAME = r"(?P<name>[a-z_]+\.[a-z_]+)(?:\[\"(?P<key>[a-z-]+)\"\])?"


def holds(text: str | None, known: Known) -> bool:
    """Whether a condition is true; without one everything is."""
    if text is None:
        return True
    if "||" in text:
        return any(holds(part, known) for part in text.split("||"))
    if "&&" in text:
        return all(holds(part, known) for part in text.split("&&"))
    text = text.strip()
    if text.startswith("!(") and text.endswith(")"):
        return not holds(text[2:-1], known)
    if found := re.fullmatch(rf'"(?P<word>[^"]*)" in {NAME}', text):
        return found["word"] in known[found["name"]]
    if found := re.fullmatch(
        rf'(?:(?P<whole>[0-9]+) / )?{NAME} (?P<how>[=!<>]+) (?:"(?P<word>[^"]*)"|(?P<number>[0-9* ]+))', text
    ):
        value = known[found["name"]]
        value = value if found["key"] is None else value.get(found["key"], 0)
        if found["whole"] is not None:
            if value == 0:
                return False  # it fails, and what fails is false
            value = int(found["whole"]) // value
        wanted: Any = found["word"] if found["number"] is None else product(found["number"])
        return COMPARE[found["how"]](value, wanted)
    raise NotImplementedError(f"this condition is not covered: {text}")


def product(text: str) -> int:
    """`50 * 1000000` as a number."""
    found = 1
    for factor in text.split("*"):
        found *= int(factor)
    return found
