"""The full example with a few places changed: what the tests of the programme document start from."""

import copy
import re
from functools import cache
from typing import Any

from leal.decode import convert
from leal.examples import programme_text
from leal.rules.programme.document import Programme
from leal.rules.programme.yaml_tree import Tree

GONE = "(gone)"
"""Put in place of a value, takes the field out."""


@cache
def _full() -> Any:
    return Tree(programme_text("full")).value


def edited(changes: dict[str, object]) -> Programme:
    """The full example with each path (`sources[0].per`) set to its new value."""
    document = copy.deepcopy(_full())
    for path, value in changes.items():
        *parents, last = [int(part) if part.isdigit() else part for part in re.findall(r"[\w-]+", path)]
        place: Any = document
        for part in parents:
            place = place.setdefault(part, {}) if isinstance(place, dict) else place[part]
        if value == GONE:
            del place[last]
        elif isinstance(place, list) and last == len(place):
            place.append(value)
        else:
            place[last] = value
    return convert(document, Programme, numbers_as_text=True)
