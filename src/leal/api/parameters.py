"""Parameters: a query or a form turned into the JSON body that it stands for.

A simple value is written as its text. A nested one is written as JSON (`customer={"shopid":"12"}`) or with dotted names
(`customer.shopid=12`). Whether `12` means a number or a text is told by the function's input type.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final
from urllib.parse import parse_qsl

import msgspec
from msgspec import inspect

from leal.errors import InvalidInput, Problem

FIELDS_MAX: Final = 200
DOTS_MAX: Final = 8
_WORDS: Final = {"true": True, "1": True, "false": False, "0": False, "": False}


def read_pairs(text: bytes) -> list[tuple[str, str]]:
    """The names and values of a query or form; raises InvalidInput."""
    try:
        pairs = parse_qsl(text.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=FIELDS_MAX)
    except (ValueError, UnicodeDecodeError) as fault:
        message = f"The parameters cannot be read, or are more than {FIELDS_MAX}."
        right = "name=value pairs in UTF-8, percent-encoded, joined by &"
        raise InvalidInput([Problem("", "not_a_form", message, right)]) from fault
    return pairs


def to_json(pairs: list[tuple[str, str]], type_: Any) -> bytes:
    """The JSON object that the pairs stand for; raises InvalidInput where they contradict one another."""
    body: dict[str, Any] = {}
    problems: list[Problem] = []
    for name, text in pairs:
        if not _put(body, name.split("."), _value(_find(_info(type_), name.split(".")), text)):
            problems.append(Problem(name, "given_twice", f'"{name}" is given twice.', "each parameter once"))
    if problems:
        raise InvalidInput(problems)
    return msgspec.json.encode(body)


def field_type(type_: Any, name: str) -> inspect.Type | None:
    """What a dotted name holds in an input type, without null; None where it is no field of it."""
    return _find(_info(type_), name.split("."))


def _put(body: dict[str, Any], parts: list[str], value: Any) -> bool:
    """Put a value in its place; false where something stands there already."""
    if len(parts) > DOTS_MAX:
        return False
    for part in parts[:-1]:
        inner = body.setdefault(part, {})
        if not isinstance(inner, dict):
            return False
        body = inner
    if parts[-1] in body:
        return False
    body[parts[-1]] = value
    return True


def _value(type_: inspect.Type | None, text: str) -> Any:
    """What a text means where `type_` is wanted; where it means nothing, the text, so that the decoder can say so."""
    match type_:
        case inspect.BoolType():
            return _WORDS.get(text.lower(), text)
        case inspect.IntType():
            plain = text.removeprefix("-")
            return int(text) if plain.isascii() and plain.isdecimal() and len(plain) < 20 else text
        case inspect.StructType() | inspect.ListType() | inspect.DictType():
            try:
                msgspec.json.decode(text)
            except (msgspec.DecodeError, RecursionError):
                return text
            return msgspec.Raw(text.encode())  # as it stands: the decoder is stricter than this look
    return text


def _find(type_: inspect.Type, parts: list[str]) -> inspect.Type | None:
    for part in parts:
        if not isinstance(type_, inspect.StructType):
            return None
        found = next((field.type for field in type_.fields if field.encode_name == part), None)
        if found is None:
            return None
        type_ = _bare(found)
    return type_


def _bare(type_: inspect.Type) -> inspect.Type:
    """The type without annotations and without null."""
    while True:
        if isinstance(type_, inspect.Metadata):
            type_ = type_.type
        elif isinstance(type_, inspect.UnionType):
            members = [member for member in type_.types if not isinstance(member, inspect.NoneType)]
            type_ = members[0]
        else:
            return type_


@lru_cache(maxsize=64)
def _info(type_: Any) -> inspect.Type:
    return inspect.type_info(type_)
