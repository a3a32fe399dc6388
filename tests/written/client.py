"""Writes the client's methods from the catalogue: `python -m tests.written.client`."""

from __future__ import annotations

import re
import subprocess
import sys
import types
from pathlib import Path
from typing import Any, Final, Literal, Union, get_args, get_origin, get_type_hints

import msgspec
from msgspec import UNSET

from leal.api.catalogue import FUNCTIONS
from leal.api.function import Function
from leal.api.openapi import PUSHED
from leal.scalars import Flake, Instant, Money
from tests.structure.source import ROOT

PLACE: Final = ROOT / "src" / "leal" / "client"
BY_HEADER: Final = ("auth", "idempotency_key")
"""What the client sends as headers."""
NOT_OFFERED: Final = ("format",)
"""What would change the type of the answer."""
OWN_WORD: Final = '"""Made from the catalogue by `python -m tests.written.client`: {what}"""'


def method_name(function: str) -> str:
    """`RedeemPoints1` as `redeem_points1`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", function).lower()


def files() -> dict[Path, str]:
    """The text of each module that is made, by its place."""
    methods = "\n".join(_method(function) for function in FUNCTIONS.values())
    head = OWN_WORD.format(what="every function of the API as a method.")
    text = (
        f"{head}\n\nfrom __future__ import annotations\n\n"
        "from typing import Any, Literal\n\nfrom msgspec import UNSET, UnsetType\n\n"
        f"from leal.client.calling import Caller, raws\n{_imports(_structs(inner=False) | _scalars())}\n\n"
        f'class Functions(Caller):\n    """A method a function; each raises a CallFailed."""\n{methods}\n'
    )
    shapes = _structs(inner=True) | _scalars()
    names = sorted(shape.__name__ for shape in shapes)
    listed = OWN_WORD.format(what="every type that callers build or get, by its name.")
    types_text = f"{listed}\n\n{_imports(shapes)}\n\n__all__ = {names!r}\n"
    return {PLACE / "functions.py": _formed(text), PLACE / "shapes.py": _formed(types_text)}


def write() -> None:
    """Write them all."""
    for place, text in files().items():
        place.write_text(text)


def _method(function: Function) -> str:
    pushed = dict(PUSHED.get(function.input, ()))
    hints = get_type_hints(function.input)
    takes, hands = [], []
    for field in msgspec.structs.fields(function.input):
        name = field.name
        if name in BY_HEADER + NOT_OFFERED:
            continue
        type_, value = _written(hints[name]), name
        if name in pushed:
            item = f"list[{pushed[name].__name__}]"
            type_ = f"{item} | UnsetType" if field.default is UNSET else item
            value = f"UNSET if {name} is UNSET else raws({name})" if field.default is UNSET else f"raws({name})"
        if field.default_factory is not msgspec.NODEFAULT:
            raise TypeError(f"{function.name}: a field that is made anew for each call, {name}, has no default to show")
        default = "" if field.required else f" = {'UNSET' if field.default is UNSET else repr(field.default)}"
        takes.append(f"{name}: {type_}{default}")
        hands.append(f"{name}={value}")
    key = ""
    if function.kind == "write":
        takes.append("idempotency_key: str | None = None")
        key = ", idempotency_key"
    params = ", ".join(["self", *(["*"] if takes else []), *takes])
    given = f"{function.input.__name__}({', '.join(hands)})"
    call = f'self._call("{function.name}", {given}, {function.output.__name__}{key})'
    body = f'        """{function.summary}"""\n        return {call}\n'
    return f"\n    def {method_name(function.name)}({params}) -> {function.output.__name__}:\n{body}"


def _written(type_: Any) -> str:
    """A type as it is written in an annotation."""
    origin, inner = get_origin(type_), get_args(type_)
    if type_ is type(None):
        return "None"
    if origin in (Union, types.UnionType):
        return " | ".join(_written(one) for one in inner)
    if origin is Literal:
        return f"Literal[{', '.join(repr(one) for one in inner)}]"
    if origin is not None:
        return f"{origin.__name__}[{', '.join(_written(one) for one in inner)}]"
    return "Any" if type_ is Any else str(type_.__name__)


def _structs(*, inner: bool) -> set[type]:
    """The types of the functions: those that stand in signatures, and with `inner` all that these are made of."""
    found: set[type] = set()
    for function in FUNCTIONS.values():
        for item in PUSHED.get(function.input, ()):
            _gather(item[1], found, inner)
        if inner:
            _gather(function.output, found, inner)
            for name, hint in get_type_hints(function.input).items():
                if name not in BY_HEADER:
                    _gather(hint, found, inner)
        else:
            found |= {function.input, function.output}
            for hint in get_type_hints(function.input).values():
                _gather(hint, found, inner)
    return found


def _gather(type_: Any, found: set[type], inner: bool) -> None:
    for one in get_args(type_):
        _gather(one, found, inner)
    if (
        isinstance(type_, type)
        and get_origin(type_) is None
        and issubclass(type_, msgspec.Struct)
        and type_ not in found
    ):
        found.add(type_)
        if inner:
            for hint in get_type_hints(type_).values():
                _gather(hint, found, inner)


def _scalars() -> set[type]:
    return {Flake, Instant, Money}


def _imports(found: set[type]) -> str:
    modules: dict[str, list[str]] = {}
    for one in found:
        modules.setdefault(one.__module__, []).append(one.__name__)
    return "\n".join(f"from {module} import {', '.join(sorted(modules[module]))}" for module in sorted(modules))


def _formed(text: str) -> str:
    """In the one shape of the source, without imports that are not needed."""
    ruff = Path(sys.executable).with_name("ruff")
    for command in (["check", "--fix-only", "--quiet"], ["format", "--quiet"]):
        name = str(PLACE / "functions.py")
        run = [str(ruff), *command, "--stdin-filename", name, "-"]
        text = subprocess.run(run, input=text, capture_output=True, text=True, check=True).stdout
    return text


if __name__ == "__main__":
    write()
