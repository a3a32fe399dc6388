"""The collecting decoder: JSON or plain values into typed ones, or every fault of them at once.

msgspec decodes; it stops at the first fault. Only then a second pass walks the same type over the plain value and
names each fault with its path (`orders[2].items[0].quantity`), what is wrong and what would be right. JSON is read
more strictly than msgspec does: no key twice in one object, no NUL or half surrogate pair in a text (PostgreSQL keeps
neither), no integer beyond 64 bits, nothing nested deeper than 32.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import lru_cache
from itertools import islice
from typing import Any, Final, NoReturn, TypeVar, cast

import msgspec

from leal.errors import InvalidInput, Problem
from leal.faults import PROBLEMS_MAX, Locate, Parts, Walk, described, path_of
from leal.scalars import decode_scalar
from leal.values import INT64_MAX

T = TypeVar("T")

DEPTH_MAX: Final = 32
"""Deepest nesting of arrays and objects that is read."""

_NOT_BRACKETS: Final = bytes(byte for byte in range(256) if byte not in b"[]{}")
_DIGITS: Final = bytes(48 if 48 <= byte <= 57 else 32 for byte in range(256))
_LONG: Final = b"0" * 19
_TOKEN: Final = re.compile(rb'"(?:[^"\\]|\\.)*"?|[\[{]|[\]}]', re.DOTALL)
_ODD: Final = (b"\\u0000", b"\\u0022", b"\\ud", b"\\uD")
"""Escapes that call for the thorough reading: NUL, a quotation mark (it spoils the count), surrogates."""
_SURROGATE: Final = re.compile(r"[\ud800-\udfff]")
_PLAIN: Final = msgspec.json.Decoder()
_WRITE: Final = msgspec.json.Encoder()


class Doubled(dict[str, Any]):
    """A JSON object in which keys came twice; they are named in `keys_twice`."""

    keys_twice: list[str]


def decode_json(data: bytes, type_: type[T], *, at: str = "") -> T:
    """Read a JSON document as `type_`; `at` stands before each path where the document is part of a larger one.

    Raises InvalidInput with every fault.
    """
    if _too_deep(data):
        raise InvalidInput([_too_deep_problem(at)])
    try:
        value: T = _decoder(cast(Any, type_)).decode(data)
        if _is_strict(data):
            return value
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        _refuse(data, type_, at, str(error))
    problems = _strict_faults(_parse(data, at), at, None)
    if problems:
        raise InvalidInput(problems)
    return value


def convert(
    value: object, type_: type[T], *, at: str = "", locate: Locate | None = None, numbers_as_text: bool = False
) -> T:
    """Read an already parsed plain value as `type_`.

    `locate` gives the line and column of a path for documents that have them. `numbers_as_text` accepts an `int` or
    `Decimal` where a text is wanted, digit for digit: in YAML `value: 0.01` means the text it is written as.
    Raises InvalidInput with every fault.
    """
    message = ""
    if not numbers_as_text:
        try:
            return msgspec.convert(value, type_, dec_hook=decode_scalar)
        except (msgspec.ValidationError, UnicodeEncodeError) as error:
            message = str(error)
    strict = _strict_faults(value, at, locate)
    walk = Walk(at, locate, numbers_as_text)
    plain = walk.check(_type_info(cast(Any, type_)), value, ())
    known = {problem.path for problem in strict}
    problems = strict + [problem for problem in walk.problems if problem.path not in known]
    if not problems:
        try:
            return msgspec.convert(plain, type_, dec_hook=decode_scalar)
        except msgspec.ValidationError as error:
            message = str(error)
        problems = [_from_message(message, at)]
    raise InvalidInput(problems)


@lru_cache(maxsize=512)
def _decoder(type_: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(type_, dec_hook=decode_scalar)


@lru_cache(maxsize=512)
def _type_info(type_: Any) -> msgspec.inspect.Type:
    return msgspec.inspect.type_info(type_)


def _is_strict(data: bytes) -> bool:
    """Whether well-formed JSON surely has no doubled key, escaped NUL or 19-digit integer; cheap, may say no in vain.

    Written back, an object that named a key twice has one key and with it at least two quotation marks fewer.
    """
    if b"\\u" in data and any(mark in data for mark in _ODD):
        return False
    if _LONG in data.translate(_DIGITS):
        return False
    marks = data.count(b'"')
    return marks == 0 or marks == _WRITE.encode(_PLAIN.decode(data)).count(b'"')


def _too_deep(data: bytes) -> bool:
    """Whether the document nests deeper than DEPTH_MAX; brackets inside texts are told apart only when in doubt."""
    brackets = data.translate(None, _NOT_BRACKETS)
    if len(brackets) <= DEPTH_MAX:
        return False
    for _ in range(DEPTH_MAX):
        if not brackets:
            return False
        brackets = brackets.replace(b"{}", b"").replace(b"[]", b"")
    if not brackets:
        return False
    depth = 0
    for token in _TOKEN.finditer(data):
        first = token.group()[:1]
        depth += (first in b"[{") - (first in b"]}")
        if depth > DEPTH_MAX:
            return True
    return False


def _refuse(data: bytes, type_: type, at: str, message: str) -> NoReturn:
    plain = _parse(data, at)
    try:
        convert(plain, type_, at=at)
    except InvalidInput as fault:
        raise fault from None
    # Only reached where msgspec is stricter than both the JSON parser and the walk.
    raise InvalidInput(_strict_faults(plain, at, None) or [_from_message(message, at)])


def _parse(data: bytes, at: str) -> Any:
    """The plain value of a JSON text, with doubled keys marked; raises InvalidInput when it is none."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        sentence = f"The text is not UTF-8: byte {error.start} is 0x{data[error.start]:02x}."
        raise InvalidInput([Problem(at, "not_utf8", sentence, "a JSON document in UTF-8")]) from None
    try:
        return json.loads(text, object_pairs_hook=_object, parse_constant=_no_constant)
    except RecursionError:
        raise InvalidInput([_too_deep_problem(at)]) from None
    except json.JSONDecodeError as error:
        sentence = f"The text is not JSON: {error.msg[:1].lower()}{error.msg[1:]} at line {error.lineno}"
        problem = Problem(at, "not_json", f"{sentence}, column {error.colno}.", 'a JSON document such as {"pts": 100}')
    except ValueError as error:
        problem = Problem(at, "not_json", f"The text is not JSON: {error}.", 'a JSON document such as {"pts": 100}')
    raise InvalidInput([problem])


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    plain = dict(pairs)
    if len(plain) == len(pairs):
        return plain
    marked, seen = Doubled(plain), set[str]()
    marked.keys_twice = []
    for key, _ in pairs:
        if key in seen and key not in marked.keys_twice:
            marked.keys_twice.append(key)
        seen.add(key)
    return marked


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number that JSON knows")


def _strict_faults(value: object, at: str, locate: Locate | None) -> list[Problem]:
    """What no type allows: keys twice, NUL, half surrogates, integers beyond 64 bits, numbers that are none, depth."""
    place: Callable[[Parts], tuple[int, int]] = locate or (lambda _: (0, 0))
    return [
        Problem(path_of(at, parts), code, message, right, *place(parts))
        for parts, code, message, right in islice(_strict(value, ()), PROBLEMS_MAX)
    ]


def _strict(value: object, parts: Parts) -> Iterator[tuple[Parts, str, str, str]]:
    if len(parts) > DEPTH_MAX:
        yield parts, "too_deep", f"This is nested deeper than {DEPTH_MAX}.", f"at most {DEPTH_MAX} levels"
    elif isinstance(value, dict):
        if isinstance(value, Doubled):
            for key in value.keys_twice:
                message = f"The key {described(key)} stands more than once in one object."
                yield (*parts, key), "doubled_key", message, "each key once"
        for key, item in value.items():
            yield from _strict_text(key, (*parts, key))
            yield from _strict(item, (*parts, key))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _strict(item, (*parts, number))
    elif isinstance(value, str):
        yield from _strict_text(value, parts)
    elif isinstance(value, int):
        if not -INT64_MAX - 1 <= value <= INT64_MAX:
            yield parts, "out_of_range", f"{described(value)} needs more than 64 bits.", f"at most {INT64_MAX}"
    elif isinstance(value, (float, Decimal)) and not math.isfinite(value):
        yield parts, "out_of_range", "The number is too large to be read.", "a finite number"


def _strict_text(text: object, parts: Parts) -> Iterator[tuple[Parts, str, str, str]]:
    if not isinstance(text, str):
        return
    if "\0" in text:
        yield parts, "bad_text", "The text holds a NUL character.", "text without NUL characters"
    if _SURROGATE.search(text):
        yield parts, "bad_text", "The text holds half of a surrogate pair.", "whole Unicode characters"


def _too_deep_problem(at: str) -> Problem:
    return Problem(at, "too_deep", f"The document is nested deeper than {DEPTH_MAX}.", f"at most {DEPTH_MAX} levels")


def _from_message(message: str, at: str) -> Problem:
    """A fault as msgspec words it: `Expected … - at `$.path``."""
    sentence, _, where = message.partition(" - at `$")
    path = at + where.rstrip("`") if at else where.rstrip("`").lstrip(".")
    return Problem(path, "wrong_type", f"{sentence.rstrip('.')}.", "a value of the right type")
