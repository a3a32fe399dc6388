"""The walk that names every fault of a plain value against a msgspec type."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any, Final, TypeAlias

import msgspec
from msgspec import inspect as types

from leal.errors import Problem
from leal.scalars import Scalar

Parts: TypeAlias = tuple[str | int, ...]
"""A path as its keys and list positions."""
Locate: TypeAlias = Callable[[Parts], tuple[int, int]]
"""Gives the line and column (from 1) at which a path stands in the document."""

PROBLEMS_MAX: Final = 1000
"""Faults that are listed before the walk gives up."""
_SHOWN: Final = 60
"""Characters of a text or key that a fault repeats."""
_PLAIN_KEY: Final = re.compile(r"[A-Za-z0-9_-]+")


class TooMany(Exception):
    """PROBLEMS_MAX faults have been found."""


def path_of(at: str, parts: Parts) -> str:
    """Write a path as people do: `orders[2].items[0].quantity`; odd keys are quoted: `features["a b"]`."""
    path = at
    for part in parts:
        if isinstance(part, int):
            path += f"[{part}]"
        elif len(part) <= _SHOWN and _PLAIN_KEY.fullmatch(part):
            path += f".{part}" if path else part
        else:
            path += f"[{described(part)}]"
    return path


def described(value: object) -> str:
    """A short form of a plain value for a sentence."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            short = value if len(value) <= _SHOWN else value[: _SHOWN - 3] + "..."
            return msgspec.json.encode(short.encode("utf-8", "replace").decode()).decode()
        case dict():
            return "an object"
        case list():
            return "a list"
        case int() if abs(value) >= 10**40:
            return "a very long number"
        case _:
            return str(value)


def near(word: str, known: Iterable[str]) -> str:
    """A trailing ` Did you mean "…"?`, or nothing."""
    if len(word) > _SHOWN:
        return ""
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f' Did you mean "{close[0]}"?' if close else ""


def listed(words: Iterable[object]) -> str:
    """`"a"`, `"a" or "b"`, `"a", "b" or "c"`."""
    shown = [described(word) for word in words]
    return f"{', '.join(shown[:-1])} or {shown[-1]}" if len(shown) > 1 else "".join(shown)


class Walk:
    """One walk of a type over a plain value; what it finds is in `problems`."""

    def __init__(self, at: str = "", locate: Locate | None = None, numbers_as_text: bool = False) -> None:
        self.problems: list[Problem] = []
        self._at = at
        self._locate = locate
        self._numbers_as_text = numbers_as_text

    def check(self, type_: types.Type, value: Any, parts: Parts) -> Any:
        """Collect all faults; gives the value back with numbers turned into texts where that was asked for."""
        try:
            return self._value(type_, value, parts, {})
        except TooMany:
            message = f"More than {PROBLEMS_MAX} faults were found; the rest is not listed."
            self.problems.append(Problem(self._at, "too_many", message, "a document with fewer faults"))
            return value

    def _fault(self, parts: Parts, code: str, message: str, right: str) -> None:
        if len(self.problems) >= PROBLEMS_MAX:
            raise TooMany
        line, column = self._locate(parts) if self._locate else (0, 0)
        self.problems.append(Problem(path_of(self._at, parts), code, message, right, line, column))

    def _value(self, type_: types.Type, value: Any, parts: Parts, notes: dict[str, Any]) -> Any:
        match type_:
            case types.Metadata():
                return self._value(type_.type, value, parts, {**notes, **(type_.extra_json_schema or {})})
            case types.UnionType():
                return self._union(type_, value, parts, notes)
            case types.StructType():
                return self._struct(type_, value, parts)
            case types.DictType():
                return self._dict(type_, value, parts)
            case types.ListType() | types.VarTupleType() | types.SetType() | types.FrozenSetType():
                return self._list(type_, value, parts)
            case types.TupleType():
                return self._tuple(type_, value, parts)
            case types.LiteralType():
                self._choice(value, type_.values, parts)
            case types.EnumType():
                self._choice(value, [member.value for member in type_.cls], parts)
            case types.CustomType():
                return self._scalar(type_.cls, value, parts)
            case types.StrType():
                return self._text(type_, value, parts, notes)
            case types.IntType():
                self._int(type_, value, parts, notes)
            case types.BoolType():
                if not isinstance(value, bool):
                    self._wrong(value, "true or false", parts)
            case types.NoneType():
                if value is not None:
                    self._wrong(value, "null", parts)
        return value

    def _wrong(self, value: object, right: str, parts: Parts) -> None:
        self._fault(parts, "wrong_type", f"{_capital(described(value))} is not {right}.", right)

    def _union(self, type_: types.UnionType, value: Any, parts: Parts, notes: dict[str, Any]) -> Any:
        """Choose the member of the union that the value is most like, and let that one speak."""
        if value is None and any(isinstance(member, types.NoneType) for member in type_.types):
            return None
        members = [member for member in type_.types if not isinstance(member, types.NoneType)]
        fitting = [member for member in members if _fits(member, value, self._numbers_as_text)]
        structs = [member for member in fitting if isinstance(member, types.StructType)]
        if len(structs) > 1:
            return self._tagged(structs, value, parts)
        if fitting:
            return self._value(fitting[0], value, parts, notes)
        if len(members) == 1:
            return self._value(members[0], value, parts, notes)
        self._wrong(value, " or ".join(_right(member, notes) for member in members), parts)
        return value

    def _tagged(self, structs: list[types.StructType], value: dict[str, Any], parts: Parts) -> Any:
        field = structs[0].tag_field or "type"
        by_tag = {struct.tag: struct for struct in structs}
        tag = value.get(field)
        if field not in value:
            message = f'"{field}" is missing; it says which kind this is.'
            self._fault(parts, "required", message, f'"{field}": {listed(by_tag)}')
        elif isinstance(tag, (str, int)) and tag in by_tag:
            return self._struct(by_tag[tag], value, parts)
        else:
            self._choice(tag, list(by_tag), (*parts, field))
        return value

    def _struct(self, type_: types.StructType, value: Any, parts: Parts) -> Any:
        if not isinstance(value, dict):
            self._wrong(value, "an object", parts)
            return value
        plain = dict(value)
        fields = {field.encode_name: field for field in type_.fields}
        for name, field in fields.items():
            if name in value:
                plain[name] = self._value(field.type, value[name], (*parts, name), {})
            elif field.required:
                self._fault(parts + (name,), "required", f'"{name}" is missing.', _right(field.type, {}))
        if type_.tag_field and value.get(type_.tag_field, type_.tag) != type_.tag:
            self._choice(value[type_.tag_field], [type_.tag], (*parts, type_.tag_field))
        if type_.forbid_unknown_fields:
            for name in value:
                if name not in fields and name != type_.tag_field:
                    message = f"There is no field {described(name)} here.{near(str(name), fields)}"
                    self._fault((*parts, name), "unknown_field", message, f"one of {', '.join(fields) or 'no fields'}")
        return plain

    def _dict(self, type_: types.DictType, value: Any, parts: Parts) -> Any:
        if not isinstance(value, dict):
            self._wrong(value, "an object", parts)
            return value
        self._length(type_, value, "entries", parts)
        for key in value:
            self._value(type_.key_type, key, (*parts, key), {})
        return {key: self._value(type_.value_type, item, (*parts, key), {}) for key, item in value.items()}

    def _list(self, type_: Any, value: Any, parts: Parts) -> Any:
        if not isinstance(value, list):
            self._wrong(value, "a list", parts)
            return value
        self._length(type_, value, "entries", parts)
        return [self._value(type_.item_type, item, (*parts, number), {}) for number, item in enumerate(value)]

    def _tuple(self, type_: types.TupleType, value: Any, parts: Parts) -> Any:
        if not isinstance(value, list) or len(value) != len(type_.item_types):
            self._wrong(value, f"a list of exactly {len(type_.item_types)} values", parts)
            return value
        pairs = enumerate(zip(type_.item_types, value, strict=True))
        return [self._value(item_type, item, (*parts, number), {}) for number, (item_type, item) in pairs]

    def _choice(self, value: object, choices: Iterable[object], parts: Parts) -> None:
        known = [choice for choice in choices if choice is not None]
        if value in known and not isinstance(value, bool):
            return
        hint = near(value, [word for word in known if isinstance(word, str)]) if isinstance(value, str) else ""
        message = f"{_capital(described(value))} is not one of the choices.{hint}"
        self._fault(parts, "not_a_choice", message, listed(known))

    def _scalar(self, cls: type, value: object, parts: Parts) -> object:
        if not issubclass(cls, Scalar):
            return value
        if self._numbers_as_text and isinstance(value, Decimal):
            value = format(value, "f")
        try:
            cls.read(value)
        except ValueError as error:
            code = "wrong_type" if not isinstance(value, (str, int)) or isinstance(value, bool) else "bad_format"
            self._fault(parts, code, f"{_capital(described(value))} {error}.", cls.right)
        return value

    def _text(self, type_: types.StrType, value: Any, parts: Parts, notes: dict[str, Any]) -> Any:
        if self._numbers_as_text and isinstance(value, (int, Decimal)) and not isinstance(value, bool):
            value = format(value, "f") if isinstance(value, Decimal) else str(value)
        if not isinstance(value, str):
            self._wrong(value, _right(type_, notes), parts)
            return value
        if type_.min_length == 1 and not value:
            self._fault(parts, "too_short", "The text is empty.", "at least one character")
        else:
            self._length(type_, value, "characters", parts)
        if type_.pattern is not None and (re.search(type_.pattern, value) is None or _extra_line(type_, value)):
            self._fault(parts, "bad_format", f"{described(value)} is not of the right form.", _right(type_, notes))
        return value

    def _length(self, type_: Any, value: Any, unit: str, parts: Parts) -> None:
        if type_.min_length is not None and len(value) < type_.min_length:
            message = f"This has {len(value)} {unit}, fewer than {type_.min_length}."
            self._fault(parts, "too_short", message, f"at least {type_.min_length} {unit}")
        if type_.max_length is not None and len(value) > type_.max_length:
            message = f"This has {len(value)} {unit}, more than {type_.max_length}."
            self._fault(parts, "too_long", message, f"at most {type_.max_length} {unit}")

    def _int(self, type_: types.IntType, value: object, parts: Parts, notes: dict[str, Any]) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            self._wrong(value, _right(type_, notes), parts)
            return
        least = type_.ge if type_.ge is not None else None if type_.gt is None else type_.gt + 1
        most = type_.le if type_.le is not None else None if type_.lt is None else type_.lt - 1
        if least is not None and value < least:
            self._fault(parts, "out_of_range", f"{value} is less than {least}.", _right(type_, notes))
        elif most is not None and value > most:
            self._fault(parts, "out_of_range", f"{described(value)} is more than {most}.", _right(type_, notes))


def _fits(type_: types.Type, value: object, numbers_as_text: bool) -> bool:
    """Whether a value is of the outward kind of a type, leaving its content aside."""
    number = isinstance(value, (int, float, Decimal)) and not isinstance(value, bool)
    match type_:
        case types.Metadata():
            return _fits(type_.type, value, numbers_as_text)
        case types.StructType() | types.DictType():
            return isinstance(value, dict)
        case types.ListType() | types.VarTupleType() | types.TupleType() | types.SetType() | types.FrozenSetType():
            return isinstance(value, list)
        case types.StrType():
            return isinstance(value, str) or (numbers_as_text and number)
        case types.LiteralType():
            return any(type(value) is type(choice) for choice in type_.values)
        case types.EnumType():
            return any(type(value) is type(member.value) for member in type_.cls)
        case types.IntType():
            return isinstance(value, int) and not isinstance(value, bool)
        case types.BoolType():
            return isinstance(value, bool)
        case types.NoneType():
            return value is None
        case types.CustomType():
            return isinstance(value, (str, int, float, Decimal)) and not isinstance(value, bool)
    return True


def _right(type_: types.Type, notes: dict[str, Any]) -> str:
    """What would be right for a type, in words."""
    match type_:
        case types.Metadata():
            return _right(type_.type, {**notes, **(type_.extra_json_schema or {})})
        case types.UnionType():
            return " or ".join(_right(member, notes) for member in type_.types)
        case types.LiteralType():
            return listed(choice for choice in type_.values if choice is not None)
        case types.EnumType():
            return listed(member.value for member in type_.cls)
        case types.CustomType() if issubclass(type_.cls, Scalar):
            return type_.cls.right
        case types.StructType() | types.DictType():
            return "an object"
        case types.ListType() | types.VarTupleType() | types.TupleType():
            return "a list"
        case types.BoolType():
            return "true or false"
        case types.NoneType():
            return "null"
        case types.StrType():
            return _right_text(type_, notes)
        case types.IntType():
            return "a whole number" + _range(type_) + _such_as(notes)
    return "a value of the right type"


def _extra_line(type_: types.StrType, value: str) -> bool:
    """Python's `$` also matches before a last line break; no pattern here means that."""
    return str(type_.pattern).endswith("$") and value.endswith("\n")


def _right_text(type_: types.StrType, notes: dict[str, Any]) -> str:
    if notes.get("description"):
        return str(notes["description"]).rstrip(".") + _such_as(notes)
    if type_.pattern is not None and not notes.get("examples"):
        return f"a text that matches {type_.pattern}"
    return "a text" + _such_as(notes)


def _range(type_: types.IntType) -> str:
    least, most = type_.ge, type_.le
    if least is not None and most is not None:
        return f" from {least} to {most}"
    return f", at least {least}" if least is not None else f", at most {most}" if most is not None else ""


def _such_as(notes: dict[str, Any]) -> str:
    examples = notes.get("examples")
    return f" such as {listed(examples)}" if examples else ""


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
