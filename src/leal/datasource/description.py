"""The datasource in the server's OpenAPI document: its URLs, beside the functions of the API and content blocks."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

from leal.api import openapi
from leal.api.function import Function
from leal.content import description
from leal.datasource.app import ONE, PREFIX, SEVERAL, SLUG, VERSION
from leal.datasource.pages import PAGES
from leal.rules.record import Record

TAG: Final = {"name": "datasource", "description": "What marketing tools know of members; see docs/datasource.md."}
_URL: Final = f"{PREFIX}{VERSION}/{{shop}}/{SLUG}"
_MAPPED: Final[dict[str, Any]] = {
    "anyOf": [
        {"$ref": openapi.REF.format(name=Record.__name__)},
        {"type": "object", "description": "As a mapping writes it, or with further fields."},
    ]
}
_TAGS: Final = {
    "ETag": {"schema": {"type": "string"}},
    "Cache-Control": {"schema": {"const": "private, no-cache"}},
}


@lru_cache(maxsize=2)
def document(public_url: str | None = None) -> dict[str, Any]:
    """All that the server answers, of one that callers find at `public_url`."""
    told = openapi.document(public_url)
    components = told["components"]
    schemas = components["schemas"] | openapi.schemas_of([SEVERAL.input, Record])
    return told | {
        "tags": [*told["tags"], TAG, description.TAG],
        "paths": told["paths"] | {f"{_URL}/{{customer_id}}": _one(), _URL: _all()} | description.paths(),
        "components": components | {"schemas": schemas},
    }


def _one() -> dict[str, Any]:
    get = _operation(ONE, _MAPPED)
    get["parameters"] = [
        *openapi.query_of(ONE, without=("customer_id",)),
        {"name": "If-None-Match", "in": "header", "schema": {"type": "string"}},
    ]
    get["responses"]["200"]["headers"] |= _TAGS
    get["responses"]["304"] = {"description": "The caller's copy is still right.", "headers": openapi.HEADERS}
    ident = openapi.form_of(ONE.input, "customer_id")
    customer = {"name": "customer_id", "in": "path", "required": True, "schema": ident}
    return {"parameters": [openapi.SHOP, customer], "get": get}


def _all() -> dict[str, Any]:
    records = {
        "type": "object",
        "properties": {
            "records": {"type": "array", "items": _MAPPED},
            "unknown": {"type": "array", "items": {"type": "string"}, "description": "Ids that nobody is known by."},
        },
        "required": ["records", "unknown"],
    }
    post = _operation(SEVERAL, records)
    post["requestBody"] = openapi.body_of(SEVERAL)
    return {"parameters": [openapi.SHOP], "get": _feed(), "post": post}


def _feed() -> dict[str, Any]:
    gone = {"type": "object", "properties": {"deleted": {"const": True}}, "required": ["deleted"]}
    text: dict[str, Any] = {"type": "string"}
    page = {
        "type": "object",
        "properties": {
            "records": {"type": "array", "items": {"anyOf": [*_MAPPED["anyOf"], gone]}},
            "next": {"type": ["string", "null"], "description": "Where the next page is."},
            "cursor": text | {"description": "What to give as `since` the next time."},
            "at": text | {"format": "date-time", "description": "The instant that it is true for."},
        },
        "required": ["records", "next", "cursor", "at"],
    }
    get = _operation(PAGES, page)
    get["parameters"] = [
        *openapi.query_of(PAGES),
        {"name": "Accept-Encoding", "in": "header", "schema": text, "description": "`zstd` and `gzip` are known."},
    ]
    get["responses"]["200"]["headers"] |= {
        "Leal-Cursor": {"schema": text},
        "Leal-At": {"schema": text},
        "Link": {"schema": text, "description": '`<…>; rel="next"` where there is another page.'},
    }
    failed = get["responses"]["404"]["content"]
    told = "The feed cannot go on from the cursor: begin without one."
    get["responses"]["410"] = {"description": told, "content": failed, "headers": openapi.HEADERS}
    return get


def _operation(function: Function, answer: dict[str, Any]) -> dict[str, Any]:
    ident = function.name.title().replace(" ", "").replace("-", "")
    return openapi.operation(function, answer=answer) | {"operationId": ident, "tags": [TAG["name"]]}
