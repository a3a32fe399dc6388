"""Pages of the functions: an introduction and examples written by hand, and what the types tell.

`python -m tests.written.pages` writes anew what is made, and plays the examples to fill in their answers.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import Any, Final

import pytest

from leal.api.catalogue import FUNCTIONS
from leal.api.function import Function
from leal.api.openapi import document
from tests.structure.source import ROOT
from tests.written.client import method_name

PLACE: Final = ROOT / "docs" / "functions"
INDEX: Final = PLACE / "README.md"
MADE: Final = "## How it is called"
"""From this heading on a page is made."""
WRITES: Final = "LEAL_TESTS_WRITE_PAGES"
HOW: Final = "python -m tests.written.pages"
INTRODUCTION_LETTERS: Final = 200
_REF: Final = re.compile(r"#/components/schemas/(\w+)")
_NOT_SHOWN: Final = ("auth", "idempotency_key")


def page_of(name: str) -> Path:
    """Where a function's page is."""
    return PLACE / f"{name}.md"


def written_part(text: str) -> str:
    """The part of a page that is written by hand, but for the answers in it."""
    return text.partition(f"\n{MADE}\n")[0].rstrip() + "\n"


def introduction(text: str) -> str:
    """What a page says before its example."""
    return text.partition("\n")[2].partition("\n## ")[0].strip()


def made_part(function: Function) -> str:
    """The part that the types tell."""
    schemas = document()["components"]["schemas"]
    takes, gives = function.input.__name__, function.output.__name__
    told: set[str] = set()
    python = f"In Python: `{method_name(function.name)}` ([client](../client.md))."
    lines = [
        MADE,
        "",
        f"{function.summary} {_ways(function)} {python}",
        "What every call has in common stands in [the API](../api.md), what can fail in [errors](../errors.md).",
        "",
        f"Callers: {', '.join(kind.replace('_', ' ') for kind in function.callers)}. {_scope(function)}",
        "",
        "## What it takes",
        "",
        *_type(takes, schemas, told, titled=False),
        "## What it gives",
        "",
        *_type(gives, schemas, told, titled=False),
    ]
    return "\n".join(lines).rstrip() + "\n"


def index() -> str:
    """The list of all pages."""
    rows = [
        f"| [{one.name}]({one.name}.md) | {one.kind} | {', '.join(kind.replace('_', ' ') for kind in one.callers)} "
        f"| {one.summary} |"
        for one in FUNCTIONS.values()
    ]
    head = [
        "# The functions",
        "",
        "A page each: what it is for, an example that the tests play, and every field. Made from the types by",
        f"`{HOW}`.",
        "",
        "| function | reads or writes | callers | |",
        "| --- | --- | --- | --- |",
    ]
    return "\n".join(head + rows) + "\n"


def _ways(function: Function) -> str:
    if function.kind == "write":
        return f"It writes: by POST{', or GET' if function.by_get else ''}, with an `Idempotency-Key`."
    tag = ", which has an [`ETag`](../api.md#copies-of-balances)" if function.tell is not None else ""
    return f"It reads: by POST, or GET{tag}."


def _scope(function: Function) -> str:
    if function.scope == "shop":
        return "Of [keys](../tokens.md#keys) those of the scope `shop`."
    return f"Of [keys](../tokens.md#keys) those of the scopes `shop` and `{function.scope}`."


def _type(name: str, schemas: dict[str, Any], told: set[str], *, titled: bool = True) -> list[str]:
    """A table of a type's fields, then those of the types in it, each once in a page."""
    if name in told:
        return [] if titled else [f"The fields of {_name(name)}, as above.", ""]
    told.add(name)
    schema = schemas[name]
    fields = {field: form for field, form in schema.get("properties", {}).items() if field not in _NOT_SHOWN}
    lines = [f"### {name}", ""] if titled else []
    if note := schema.get("description"):
        lines += [f"{_name(name)}: {note}" if not titled else note, ""]
    if not fields:
        return [*lines, "Nothing but the token and, for writes, the key.", ""] if "properties" in schema else lines
    required = set(schema.get("required", []))
    lines += ["| field | | |", "| --- | --- | --- |"]
    for field, form in fields.items():
        star = " \\*" if field in required else ""
        lines.append(f"| `{field}`{star} | {_form(form)} | {_cell(_note(form))} |")
    lines.append("")
    for inner in dict.fromkeys(_REF.findall(str(fields))):
        if "properties" in schemas[inner]:
            lines += _type(inner, schemas, told)
    return lines


def _note(form: dict[str, Any]) -> str:
    return str(form.get("description", ""))


def _form(form: dict[str, Any]) -> str:
    """A type in words."""
    if match := _REF.fullmatch(form.get("$ref", "")):
        return _name(match[1])
    if "anyOf" in form:
        return " or ".join(_form(one) for one in form["anyOf"])
    if "enum" in form or "const" in form:
        return ", ".join(f"`{_written(value)}`" for value in form.get("enum", [form.get("const")]))
    if "prefixItems" in form:
        return f"[{', '.join(_form(one) for one in form['prefixItems'])}]"
    if form.get("type") == "array":
        return f"list of {_form(form.get('items', {}))}"
    if isinstance(form.get("additionalProperties"), dict) and form["additionalProperties"]:
        return f"object of {_form(form['additionalProperties'])}"
    kind = str(form.get("format") or form.get("type") or "anything")
    limits = [
        f"{word} {form[key]}"
        for key, word in (("minimum", "from"), ("maximum", "to"), ("maxLength", "up to"))
        if key in form
    ]
    return " ".join([kind, *limits])


def _written(value: Any) -> str:
    return {True: "true", False: "false", None: "null"}.get(value, str(value))


def _name(name: str) -> str:
    return f"`{name}`"


def _cell(text: str) -> str:
    return text.replace("\n", " ").replace("|", "\\|")


def write() -> int:
    """Write what is made, then play the examples to write their answers; gives pytest's exit code."""
    PLACE.mkdir(exist_ok=True)
    INDEX.write_text(index())
    for function in FUNCTIONS.values():
        place = page_of(function.name)
        if place.exists():
            place.write_text(written_part(place.read_text()) + "\n" + made_part(function))
    os.environ[WRITES] = "1"
    return int(pytest.main(["-q", "-p", "no:cacheprovider", str(ROOT / "tests/acceptance/api/test_pages.py")]))


if __name__ == "__main__":
    sys.exit(write())
