"""Content blocks in the server's OpenAPI document: their URLs, beside the functions of the API."""

from __future__ import annotations

from typing import Any, Final

from leal.api import openapi
from leal.api.failures import Error1
from leal.content.asking import PREFIX, VERSION
from leal.rules.content.chosen import BLOCKS

TAG: Final = {"name": "content", "description": "Content blocks for e-mails, pages and apps; see docs/content.md."}
_URL: Final = f"{PREFIX}{VERSION}/{{shop}}/{{block}}"
_TEXT: Final[dict[str, Any]] = {"type": "string"}
_BLOCK: Final[dict[str, Any]] = {
    "name": "block", "in": "path", "required": True, "schema": _TEXT | {"pattern": "^[a-z0-9-]{1,64}$"},
    "description": f"One of {', '.join(BLOCKS)}.",
}  # fmt: skip
_TOKEN: Final = ("t", "The token of `leal token content`. Whatever is wrong with it, the answer is neutral.")
_LANGUAGE: Final = ("l", "The language where the customer's own is not known, such as `fr`.")
_SCALE: Final = ("scale", "`2` for twice the pixels.")
_PRIVATE: Final[dict[str, Any]] = {
    "X-Request-Id": openapi.HEADERS["X-Request-Id"],
    "Cache-Control": {"schema": {"const": "no-cache, no-store, max-age=0"}},
    "Referrer-Policy": {"schema": {"const": "no-referrer"}},
}
_NOT_HERE: Final[dict[str, Any]] = {
    "description": "The path is that of no block; a click leads nowhere.",
    "content": {
        "application/json": {"schema": {"$ref": openapi.REF.format(name=Error1.__name__)}},
        "application/problem+json": {"schema": {"$ref": openapi.REF.format(name=Error1.__name__)}},
        "text/html": {"schema": _TEXT},
    },
    "headers": _PRIVATE,
}
_PANEL: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        **dict.fromkeys(("block", "variant", "language", "tone", "headline", "body", "alt"), _TEXT),
        "slots": {"type": "object", "description": "The values behind the words."},
        "click_url": _TEXT | {"description": "Where a click on the whole leads, and is counted."},
        "generated_at": _TEXT | {"format": "date-time"},
    },
    "required": ["block", "variant", "language", "tone", "headline", "alt", "slots", "click_url", "generated_at"],
}


def paths() -> dict[str, Any]:
    """The URLs of content blocks."""
    picture = {"image/png": {"schema": _TEXT}}
    return {
        f"{_URL}.png": _get("Picture", "A block as a picture.", picture, _SCALE, ("dark", "`1`: the night's colours.")),
        f"{_URL}.gif": _get(
            "Countdown", "A block's countdown, running.", picture | {"image/gif": {"schema": _TEXT}}, _SCALE
        ),
        f"{_URL}.html": _get(
            "Fragment",
            "A block as an HTML fragment.",
            {"text/html": {"schema": _TEXT}},
            ("for", "`email`, or `web` for pages."),
        ),
        f"{_URL}.json": _get(
            "Json", "A block's words and values.", {"application/json": {"schema": _PANEL}}, empty=True
        ),
        f"{_URL}/click": _click(),
    }


def _get(
    name: str, summary: str, content: dict[str, Any], *parameters: tuple[str, str], empty: bool = False
) -> dict[str, Any]:
    responses: dict[str, Any] = {
        "200": {"description": "The block, or what takes its place.", "content": content, "headers": _PRIVATE},
        "404": _NOT_HERE,
    }
    if empty:
        responses["204"] = {"description": "Nothing is to be shown.", "headers": _PRIVATE}
    return _path(name, summary, responses, _TOKEN, _LANGUAGE, *parameters)


def _click() -> dict[str, Any]:
    location = {"Location": {"schema": _TEXT}}
    responses = {
        "302": {"description": "Where the click leads.", "headers": _PRIVATE | location},
        "404": _NOT_HERE,
    }
    to = ("to", "Where it is to lead: by https, to a host that the programme allows.")
    return _path("Click", "A click, counted and led on.", responses, _TOKEN, to)


def _path(name: str, summary: str, responses: dict[str, Any], *parameters: tuple[str, str]) -> dict[str, Any]:
    query = [{"name": name, "in": "query", "schema": _TEXT, "description": about} for name, about in parameters]
    get = {"operationId": f"Content{name}", "tags": [TAG["name"]], "summary": summary, "security": [{}]}
    return {"parameters": [openapi.SHOP, _BLOCK], "get": get | {"parameters": query, "responses": responses}}
