"""Asking: what a URL of a content block asks for; whatever mailing tools add to it is passed over."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, Literal, NamedTuple, get_args
from urllib.parse import parse_qsl

from leal.api.http import Scope
from leal.content.neutral import Form
from leal.rules.content.chosen import BLOCKS, Block

PREFIX: Final = "/content/"
VERSION: Final = "v1"
PARAMETERS_MAX: Final = 100

_PATH: Final = re.compile(
    rf"{PREFIX}{VERSION}/(?P<shop>[^/]{{1,64}})/(?P<block>[^/.]{{1,64}})(\.(?P<form>{'|'.join(get_args(Form))})|/click)"
)

_FORMS: Final[dict[str, Form | Literal["click"]]] = {form: form for form in get_args(Form)}
_BLOCKS: Final[dict[str, Block]] = {block: block for block in BLOCKS}
_GALLERY: Final = re.compile(rf"{PREFIX}{VERSION}/(?P<shop>[^/]{{1,64}})/gallery")


class Asked(NamedTuple):
    """One block for whom a token names."""

    shop: str
    block: Block | None
    """None: there is no such block."""
    form: Form | Literal["click"]
    token: str
    parameters: Mapping[str, str]

    @property
    def function(self) -> str:
        """What it is called where calls are counted."""
        return f"content {self.block or 'unknown'} {self.form}"

    @property
    def scale(self) -> int:
        """How fine a picture is: 1, or 2 for screens with twice the pixels."""
        return 2 if self.parameters.get("scale") == "2" else 1

    @property
    def is_dark(self) -> bool:
        """Whether a picture has the colours of the night."""
        return self.parameters.get("dark") in ("1", "yes", "true")

    @property
    def html(self) -> Literal["email", "web"]:
        """What a fragment is for."""
        return "web" if self.parameters.get("for") == "web" else "email"

    @property
    def language(self) -> str | None:
        """The language that the sender asks for, such as `fr` or `fr-CA`, where the customer's is not known."""
        return self.parameters.get("l") or None


def read_asked(scope: Scope) -> Asked | None:
    """What the request asks for; None: nothing that is here."""
    found = _PATH.fullmatch(scope["path"])
    if found is None:
        return None
    parameters = _parameters(scope)
    block = _BLOCKS.get(found["block"])
    form = _FORMS.get(found["form"], "click")
    return Asked(found["shop"], block, form, parameters.get("t", ""), parameters)


def read_gallery(scope: Scope) -> tuple[str, dict[str, str]] | None:
    """The shop whose gallery is asked for, and how; None: something else is."""
    found = _GALLERY.fullmatch(scope["path"])
    return None if found is None else (found["shop"], _parameters(scope))


def _parameters(scope: Scope) -> dict[str, str]:
    query = scope.get("query_string", b"").decode("latin-1")
    if "%" not in query and "+" not in query and query.count("&") < PARAMETERS_MAX:  # plain, as most are
        pairs = (part.partition("=") for part in reversed(query.split("&")))
        return {name: value for name, _, value in pairs if value}
    try:
        given = parse_qsl(query, max_num_fields=PARAMETERS_MAX)
    except ValueError:
        given = []
    return dict(reversed(given))  # of what is given twice, the first
