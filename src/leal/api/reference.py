"""The reference page: the OpenAPI document as one HTML page that needs nothing else."""

from __future__ import annotations

import html
import json
import re
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final

from leal.api import failures, openapi

EXAMPLE: Final = """curl -X POST http://127.0.0.1:8080/api/v2023061/SHOP/CustomerBalance3 \\
  -H "Authorization: Bearer $(leal token shop SHOP)" \\
  -H "Content-Type: application/json" \\
  -d '{"customer": {"shopid": "CUSTOMER"}, "include_full_program": true}'"""

_REF: Final = re.compile(r"#/components/schemas/(\w+)")


@lru_cache(maxsize=1)
def page() -> bytes:
    """The page, in UTF-8."""
    document = openapi.document()
    schemas = document["components"]["schemas"]
    paths = document["paths"]
    style = (files("leal.api") / "reference.css").read_text()
    text = f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Leal API</title><style>{style}</style></head><body>
<nav><a class="mark" href="#top">Leal</a>
<h2>Functions</h2><ul>{"".join(_link("f", _name(path)) for path in paths)}</ul>
<h2>Types</h2><ul>{"".join(_link("t", name) for name in sorted(schemas))}</ul>
<h2><a href="#errors">Errors</a></h2></nav>
<main id="top"><header><h1>Leal API</h1><p>{_marked(document["info"]["description"])}</p>
<pre><code>{_text(EXAMPLE)}</code></pre>
<p class="quiet">Release {_text(document["info"]["version"])} · <a href="openapi.json">OpenAPI 3.1</a></p></header>
{"".join(_function(path, forms) for path, forms in paths.items())}
<h2 class="part">Types</h2>
{"".join(_type(name, schemas[name]) for name in sorted(schemas))}
<h2 class="part" id="errors">Errors</h2>
{"".join(_error(*kind) for kind in failures.kinds())}
</main></body></html>"""
    return text.encode()


def _function(path: str, forms: dict[str, Any]) -> str:
    post = forms["post"]
    verbs = "".join(f'<span class="verb {verb}">{verb.upper()}</span>' for verb in ("post", "get") if verb in forms)
    takes = post["requestBody"]["content"]["application/json"]["schema"]
    gives = post["responses"]["200"]["content"]["application/json"]["schema"]
    failures = "".join(
        f"<tr><td><code>{code}</code></td><td>{_marked(answer['description'])}</td></tr>"
        for code, answer in post["responses"].items()
        if code != "200"
    )
    return f"""<section id="f-{_name(path)}"><h2>{_name(path)}</h2><p>{_text(post["summary"])}</p>
<p class="url">{verbs}<code>{_text(path)}</code></p><p class="quiet">{_text(post["description"])}</p>
<p>Takes {_form(takes)} · gives {_form(gives)}</p>
<details><summary>Failures</summary><table>{failures}</table></details></section>"""


def _type(name: str, schema: dict[str, Any]) -> str:
    required = set(schema.get("required", []))
    star = '<sup title="always there">*</sup>'
    rows = "".join(
        f"<tr><td><code>{_text(field)}</code>{star if field in required else ''}</td>"
        f"<td>{_form(form)}</td><td>{_marked(form.get('description', ''))}</td></tr>"
        for field, form in schema.get("properties", {}).items()
    )
    note = _marked(schema.get("description", ""))
    return f'<section id="t-{name}"><h3>{name}</h3><p>{note}</p><table>{rows}</table></section>'


def _error(id_: str, status: int, sentence: str) -> str:
    return f"""<section id="error-{id_}"><h3>{id_}</h3><p><code>{status}</code> {_text(sentence)}</p></section>"""


def _form(schema: dict[str, Any]) -> str:
    """A type in words, linked where it has a section."""
    if match := _REF.fullmatch(schema.get("$ref", "")):
        return f'<a href="#t-{match[1]}">{match[1]}</a>'
    if "anyOf" in schema:
        return " or ".join(_form(form) for form in schema["anyOf"])
    if "enum" in schema:
        return " · ".join(f"<code>{_text(json.dumps(value))}</code>" for value in schema["enum"])
    if "prefixItems" in schema:
        return f"[{', '.join(_form(form) for form in schema['prefixItems'])}]"
    if schema.get("type") == "array":
        return f"list of {_form(schema.get('items', {}))}"
    kind = schema.get("format") or schema.get("type") or "anything"
    limits = [
        f"{word} {schema[key]}"
        for key, word in (("minimum", "from"), ("maximum", "to"), ("maxLength", "up to"))
        if key in schema
    ]
    return f'<span class="kind">{_text(str(kind))}{" " if limits else ""}{_text(" ".join(limits))}</span>'


def _name(path: str) -> str:
    return path.rsplit("/", 1)[1]


def _link(kind: str, name: str) -> str:
    return f'<li><a href="#{kind}-{name}">{name}</a></li>'


def _text(text: str) -> str:
    return html.escape(text, quote=True)


def _marked(text: str) -> str:
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", _text(text))
