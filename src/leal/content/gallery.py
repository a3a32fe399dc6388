"""The gallery: every block in every state that a programme has, side by side, for customers who are made up."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Final, Literal, NamedTuple
from urllib.parse import urlencode

import msgspec

from leal.content.gif import draw_countdown
from leal.content.html import draw_html
from leal.content.markup import lang
from leal.content.panel import Panel
from leal.content.png import draw_png
from leal.content.wording import panel_of, voice_for
from leal.rules.content.samples import samples
from leal.rules.programme.terms import Terms
from leal.values import datetime_of
from leal.words.catalogue import LANGUAGES

Kind = Literal["web", "email", "png"]
_KINDS: Final[tuple[tuple[Kind, str], ...]] = (("png", "Picture"), ("web", "Web"), ("email", "E-mail"))
WIDTHS: Final = (320, 600)
PHONE: Final = 320


class State(NamedTuple):
    """A block in one of its states."""

    name: str
    """`loyalty-programme-banner/near-next-tier`: also a path."""
    who: str
    """Whom it was made up for."""
    panel: Panel


class Asked(NamedTuple):
    """How the gallery is looked at."""

    kind: Kind
    across: int
    dark: bool
    language: str


def states(terms: Terms, language: str | None, now: int) -> list[State]:
    """Every state, in a language; `now` in microseconds."""
    speak = voice_for(terms, language)
    found = []
    for sample in samples(terms, now):
        old = "-as-of" if sample.chosen.slots.as_of is not None else ""
        name = f"{sample.chosen.block}/{sample.chosen.variant}{old}"
        found.append(State(name, sample.customer, panel_of(sample.chosen, terms, speak, now)))
    return found


def answer(terms: Terms, parameters: Mapping[str, str], now: int) -> tuple[bytes, str]:
    """What is shown under the gallery's address, and its media type: the page, or the picture that `show` names.

    `as` is web, email or png; `width` in pixels; `dark=1` for the night; `l` the language. What is not known is as if
    it were not given.
    """
    kind: Kind = next((kind for kind, _ in _KINDS if kind == parameters.get("as")), "png")
    width = parameters.get("width", "")
    across = int(width) if width in map(str, WIDTHS) else terms.content.document.width
    language = parameters.get("l", "")
    speak = voice_for(terms, language or None)
    asked = Asked(kind, across, parameters.get("dark") == "1", speak.locale.language)
    found = states(terms, language or None, now)
    theme, moment = terms.content.document.theme, datetime_of(now)
    shown = next((state for state in found if state.name == parameters.get("show")), None)
    if shown is not None:
        return draw_png(shown.panel, theme, across, moment, scale=2, dark=asked.dark), "image/png"

    def drawn(state: State) -> str:
        if asked.kind != "png":
            return draw_html(state.panel, theme, across, moment, form=asked.kind)
        return _image(state, "?" + _query(asked) + "&" + urlencode({"show": state.name}), across)

    return page(terms.programme.title, found, asked, drawn).encode(), "text/html; charset=utf-8"


def page(title: str, shown: list[State], asked: Asked, draw: Callable[[State], str], *, ways: bool = True) -> str:
    """The page of all states; `ways`: with links to look at it in other ways."""
    css = files("leal.content").joinpath("gallery.css").read_text(encoding="utf-8")
    blocks: dict[str, list[State]] = {}
    for state in shown:
        blocks.setdefault(state.panel.block, []).append(state)
    body = "".join(
        f'<section><h2 id="{block}">{escape(_spoken(block))}</h2><div class="row">'
        + "".join(
            f"<figure><figcaption><b>{escape(_spoken(state.name.split('/')[1]))}</b> {escape(state.who)}</figcaption>"
            f"<div>{draw(state)}</div></figure>"
            for state in those
        )
        + "</div></section>"
        for block, those in blocks.items()
    )
    jumps = "".join(f'<a href="#{block}">{escape(_spoken(block))}</a>' for block in blocks)
    return (
        f'<!doctype html><html lang="{lang(asked.language)}" class="{"night" if asked.dark else "day"}">'
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{escape(title)}: content blocks</title><style>{css}</style>"
        f'<body style="--across:{asked.across}px"><header><h1>{escape(title)}</h1>'
        f"{_ways(asked) if ways else ''}<nav>{jumps}</nav></header><main>{body}</main></body></html>"
    )


def render(terms: Terms, language: str | None, now: int, folder: Path) -> Iterator[tuple[int, int]]:
    """Writes every state into a folder, as pictures, HTML, JSON and countdown, and `index.html` that shows them.

    Gives how many of how many states are written, after each. Raises OSError.
    """
    found = states(terms, language, now)
    folder.mkdir(parents=True, exist_ok=True)
    settings, moment = terms.content.document, datetime_of(now)
    theme, across = settings.theme, settings.width
    asked = Asked("png", across, False, voice_for(terms, language).locale.language)
    shown = page(
        terms.programme.title, found, asked, lambda state: _image(state, f"{state.name}@2x.png", across), ways=False
    )
    (folder / "index.html").write_text(shown, encoding="utf-8")
    for number, state in enumerate(found, 1):
        stem = folder / state.name
        stem.parent.mkdir(parents=True, exist_ok=True)
        panel, name = state.panel, stem.name
        for end, picture in {
            "@2x.png": draw_png(panel, theme, across, moment, scale=2),
            "-dark@2x.png": draw_png(panel, theme, across, moment, scale=2, dark=True),
            "-phone@2x.png": draw_png(panel, theme, PHONE, moment, scale=2),
            ".email.html": draw_html(panel, theme, across, moment).encode(),
            ".web.html": draw_html(panel, theme, across, moment, form="web").encode(),
            ".json": msgspec.json.format(msgspec.json.encode(panel)) + b"\n",
        }.items():
            stem.with_name(name + end).write_bytes(picture)
        if panel.countdown:
            stem.with_name(name + ".gif").write_bytes(draw_countdown(panel.countdown, theme, panel.tone, moment))
        yield number, len(found)


def _image(state: State, source: str, across: int) -> str:
    return f'<img src="{escape(source)}" alt="{escape(state.panel.alt)}" width="{across}" loading="lazy">'


def _ways(asked: Asked) -> str:
    """Links to each other way to look at it."""
    groups: tuple[tuple[tuple[str, Asked], ...], ...] = (
        tuple((label, asked._replace(kind=kind)) for kind, label in _KINDS),
        tuple((f"{width} px", asked._replace(across=width)) for width in sorted({*WIDTHS, asked.across})),
        tuple((label, asked._replace(dark=dark)) for dark, label in ((False, "Day"), (True, "Night"))),
        tuple((tag, asked._replace(language=tag)) for tag in LANGUAGES),
    )
    said = ""
    for group in groups:
        said += "<p>"
        for label, way in group:
            here = ' aria-current="true"' if way == asked else ""
            said += f'<a href="?{escape(_query(way))}"{here}>{escape(label)}</a>'
        said += "</p>"
    return f'<div class="ways">{said}</div>'


def _query(asked: Asked) -> str:
    given = {"as": asked.kind, "width": str(asked.across), "l": asked.language}
    return urlencode(given | ({"dark": "1"} if asked.dark else {}))


def _spoken(name: str) -> str:
    return name.replace("-", " ").capitalize()
