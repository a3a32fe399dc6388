"""Markup: words, addresses and styles made safe to stand in HTML."""

from __future__ import annotations

import re
from html import escape
from typing import Final

_SAFE_ADDRESS: Final = re.compile(r"https?://[^\s\"'<>\\]+|/[^/\s\"'<>\\][^\s\"'<>\\]*")
_UNSEEN: Final = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)


def text(words: str) -> str:
    """Words as they stand between tags or in a quoted attribute."""
    return escape(_UNSEEN.sub("", words))


def address(url: str) -> str:
    """A link's or an image's address; empty where it is not one of the web."""
    return escape(url) if _SAFE_ADDRESS.fullmatch(url) else ""


def image_address(url: str) -> str:
    """An image's address; empty unless it is https."""
    return address(url) if url.startswith("https://") else ""


def element(name: str, inner: str, style: str = "", **attributes: str | int) -> str:
    """An element around what is already markup; without it where there is nothing to hold. `class_` is `class`."""
    if not inner:
        return ""
    said = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{value}"' for key, value in attributes.items() if value != ""
    )
    styled = f' style="{style}"' if style else ""
    return f"<{name}{said}{styled}>{inner}</{name}>"


def linked(inner: str, url: str, style: str = "", **attributes: str) -> str:
    """A link round what is already markup; the markup alone where the address is none."""
    href = address(url)
    return element("a", inner, style, href=href, **attributes) if href else inner


def lang(tag: str) -> str:
    """A language's tag for `lang`; empty where it is none."""
    return tag.replace("_", "-") if re.fullmatch(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*", tag) else ""
