"""Reading and printing the programme document: YAML in, one typed value out, and back again without loss (S10.1)."""

from __future__ import annotations

import ast
import hashlib
import inspect
import re
from functools import lru_cache
from typing import Any, Final

import msgspec
from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from leal.decode import convert
from leal.errors import InvalidInput
from leal.rules.programme import content, document, feeds, ladder, theme, words
from leal.rules.programme.document import Programme
from leal.rules.programme.validation import check
from leal.rules.programme.yaml_tree import Tree

_MODULES: Final = (words, ladder, feeds, theme, content, document)
_MONEY: Final = r"^[0-9]{1,12}(\.[0-9]{1,6})?$"
_TYPES_AT_HAND: Final = msgspec.json.Decoder(Programme)
"""msgspec learns a type at its first use, and crashes where several threads are first; so it is learnt here."""
_BREAKS: Final = re.compile(r"[\r\x85\u2028\u2029]")


def read_programme(text: str) -> Programme:
    """Read and validate a document.

    Raises InvalidInput with every fault, each with its path, line and column: first those of YAML, then those of the
    types, and, once all types are right, those of `validation.py`.
    """
    tree = Tree(text)
    programme = convert(tree.value, Programme, locate=tree.locate, numbers_as_text=True)
    problems = []
    for problem in check(programme):
        line, column = tree.locate_path(problem.path)
        problems.append(msgspec.structs.replace(problem, line=line, column=column))
    if problems:
        raise InvalidInput(problems)
    return programme


def print_programme(programme: Programme) -> str:
    """The document as YAML, fields in their order, what equals its default left out; `read_programme` accepts it."""
    return print_part(programme)


def print_part(part: Any) -> str:
    """A part of the document in the same way, or plain values that hold parts."""
    yaml = YAML(pure=True)
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.width = 120
    page = _Page()
    yaml.dump(_escaped(plain(part)), page)
    return b"".join(page).decode()


def _escaped(value: Any) -> Any:
    """Texts with the line breaks that YAML folds away are written with escapes."""
    if isinstance(value, dict):
        return {key: _escaped(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_escaped(item) for item in value]
    return DoubleQuotedScalarString(value) if isinstance(value, str) and _BREAKS.search(value) else value


class _Page(list[bytes]):
    """What is printed, piece by piece."""

    def write(self, piece: bytes) -> None:
        self.append(piece)


def content_hash(programme: Programme) -> str:
    """SHA-256 in hex over the canonical JSON of what is not at its default: equal for equal programmes."""
    return hashlib.sha256(msgspec.json.encode(plain(programme), order="sorted")).hexdigest()


def plain(value: Any) -> Any:
    """The document as plain values, without what equals its default."""
    if isinstance(value, msgspec.Struct):
        config = value.__struct_config__
        fields = {} if config.tag is None else {str(config.tag_field): config.tag}
        for field in msgspec.structs.fields(value):
            own = getattr(value, field.name)
            if field.required or own != _default(field):
                fields[field.encode_name] = plain(own)
        return fields
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return value


def _default(field: msgspec.structs.FieldInfo) -> Any:
    return field.default_factory() if callable(field.default_factory) else field.default


def programme_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of the document, for editors; descriptions are those of the model."""
    schema = msgspec.json.schema(Programme)
    notes, models = _field_notes(), _models()
    for name, definition in schema["$defs"].items():
        definition["description"] = inspect.cleandoc(models[name].__doc__ or "")
        for field, form in definition.get("properties", {}).items():
            form.setdefault("title", field.replace("_", " ").capitalize())
            if note := notes.get((name, field)):
                form["description"] = note
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Leal loyalty programme",
        "description": "Everything a brand decides about its loyalty programme.",
        **_unquoted(schema),
    }


def _unquoted(form: Any) -> Any:
    """Amounts of money may stand in YAML without quotation marks."""
    if isinstance(form, list):
        return [_unquoted(item) for item in form]
    if not isinstance(form, dict):
        return form
    if form.get("pattern") == _MONEY:
        return {**form, "type": ["string", "number"]}
    return {key: _unquoted(item) for key, item in form.items()}


def _models() -> dict[str, type]:
    """Every class of the model, by name."""
    return {name: cls for module in _MODULES for name, cls in vars(module).items() if isinstance(cls, type)}


@lru_cache(maxsize=1)
def _field_notes() -> dict[tuple[str, str], str]:
    """The texts below the fields of the model, by class and field as it is written in the document."""
    notes: dict[tuple[str, str], str] = {}
    models = _models()
    parts = [part for module in _MODULES for part in ast.parse(inspect.getsource(module)).body]
    for part in parts:
        if not isinstance(part, ast.ClassDef):
            continue
        cls = models[part.name]
        names = {field.name: field.encode_name for field in msgspec.structs.fields(cls)}
        for field, note in zip(part.body, part.body[1:], strict=False):
            match field, note:
                case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                    notes[part.name, names[name]] = " ".join(text.split())
    return notes
