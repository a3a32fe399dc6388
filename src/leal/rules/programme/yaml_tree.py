"""YAML as plain values that know where they stand: the safe subset a programme document is written in.

Only mappings, lists, texts, whole numbers, decimal fractions (exact, as `Decimal`), true, false and null exist.
Dates stay texts. Keys must be texts and stand once. Tags and merge keys are refused, aliases are counted out.
"""

from __future__ import annotations

import re
import warnings
from decimal import Decimal
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, ReusedAnchorWarning, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from leal.errors import InvalidInput, Problem
from leal.faults import Parts, described, path_of

SIZE_MAX: Final = 1_000_000
"""Longest document, in UTF-8 bytes."""
NODES_MAX: Final = 100_000
"""Most values of a document, aliases counted each time."""
DEPTH_MAX: Final = 32

_TAG: Final = "tag:yaml.org,2002:"
_INT: Final = re.compile(r"-?(0|[1-9][0-9]{0,29})")
_FRACTION: Final = re.compile(r"-?(0|[1-9][0-9]{0,29})\.[0-9]{1,30}")
_TEXTS: Final = frozenset({"str", "timestamp"})


class Tree:
    """A parsed document: `value`, and the line and column at which each path stands."""

    def __init__(self, text: str) -> None:
        """Parse the text; raises InvalidInput with every fault found."""
        self._places: dict[str, tuple[int, int]] = {}
        self._problems: list[Problem] = []
        self._nodes = 0
        if len(text) > SIZE_MAX or len(text.encode("utf-8", "replace")) > SIZE_MAX:
            raise InvalidInput([Problem("", "too_large", "The document is too large.", f"at most {SIZE_MAX} bytes")])
        node = _compose(text)
        self.value: Any = None if node is None else self._value(node, ())
        if self._problems:
            raise InvalidInput(self._problems)

    def locate(self, parts: Parts) -> tuple[int, int]:
        """Line and column (from 1) of a path, or of the nearest one above it that is there."""
        for end in range(len(parts), -1, -1):
            place = self._places.get(path_of("", parts[:end]))
            if place is not None:
                return place
        return 0, 0

    def locate_path(self, path: str) -> tuple[int, int]:
        """The same for a path as it is written."""
        while path not in self._places and path:
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        return self._places.get(path, (0, 0))

    def _fault(self, node: Node, parts: Parts, code: str, message: str, right: str) -> None:
        mark = node.start_mark
        place = (mark.line + 1, mark.column + 1)
        self._problems.append(Problem(path_of("", parts), code, message, right, *place))

    def _value(self, node: Node, parts: Parts) -> Any:
        self._nodes += 1
        if self._nodes > NODES_MAX:
            self._fault(node, parts, "too_large", "The document has too many values.", f"at most {NODES_MAX} values")
            raise InvalidInput(self._problems)
        if len(parts) > DEPTH_MAX:
            self._fault(node, parts, "too_deep", "The document is nested too deep.", f"at most {DEPTH_MAX} levels")
            raise InvalidInput(self._problems)
        self._places.setdefault(path_of("", parts), (node.start_mark.line + 1, node.start_mark.column + 1))
        tag = str(node.tag)
        kind = tag.removeprefix(_TAG)
        if isinstance(node, MappingNode) and kind == "map":
            return self._mapping(node, parts)
        if isinstance(node, SequenceNode) and kind == "seq":
            return [self._value(item, (*parts, number)) for number, item in enumerate(node.value)]
        if isinstance(node, ScalarNode) and not (node.style is not None and kind not in _TEXTS):
            if kind in _TEXTS or kind in ("int", "float"):
                return _number(node.value) if kind in ("int", "float") else node.value
            if kind == "bool":
                return node.value.lower() == "true"
            if kind == "null":
                return None
        self._fault(node, parts, "bad_yaml", f"The tag {tag} is not known here.", "a plain value without a tag")
        return None

    def _mapping(self, node: MappingNode, parts: Parts) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, ScalarNode):
                self._fault(key_node, parts, "bad_yaml", "A key is not a text.", "a name followed by a colon")
                continue
            key = str(key_node.value)
            path = (*parts, key)
            if key_node.tag == f"{_TAG}merge":
                self._fault(key_node, path, "bad_yaml", "Merge keys are not known here.", "write the fields out")
                continue
            if key in found:
                message = f"The key {described(key)} stands more than once here."
                self._fault(key_node, path, "doubled_key", message, "each key once")
                continue
            self._places.setdefault(path_of("", path), (key_node.start_mark.line + 1, key_node.start_mark.column + 1))
            found[key] = self._value(value_node, path)
        return found


def _number(text: str) -> int | Decimal | str:
    """A number in plain decimal digits; any other way of writing one stays a text."""
    if _INT.fullmatch(text):
        return int(text)
    return Decimal(text) if _FRACTION.fullmatch(text) else text


def _compose(text: str) -> Node | None:
    yaml = YAML(typ="safe", pure=True)
    right = "a YAML document"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ReusedAnchorWarning)  # the later one counts, as YAML says
            node: Node | None = yaml.compose(text)
        return node
    except RecursionError:
        raise InvalidInput([Problem("", "too_deep", "The document is nested too deep.", right)]) from None
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        sentence = " ".join(str(part) for part in (error.context, error.problem) if part)
        place = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        raise InvalidInput([Problem("", "bad_yaml", f"This is not YAML: {sentence}.", right, *place)]) from None
    except (YAMLError, ValueError) as error:
        first = str(error).splitlines()[0]
        raise InvalidInput([Problem("", "bad_yaml", f"This is not YAML: {first}.", right)]) from None
