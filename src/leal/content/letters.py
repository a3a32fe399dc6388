"""Letters: the bundled faces, how wide words are in them, and how they are broken into lines."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Final, NamedTuple

from PIL import ImageFont

from leal.content.look import Look

FOLDER: Final = Path(str(files("leal.content").joinpath("fonts")))
_MEASURED_AT: Final = 200
_COVERED: Final = (
    (0x20, 0x7E), (0xA0, 0x12B), (0x12E, 0x131), (0x134, 0x148), (0x14A, 0x165), (0x168, 0x17F), (0x192, 0x192),
    (0x218, 0x21B), (0x2C6, 0x2C7), (0x2D8, 0x2DD), (0x384, 0x38A),
    (0x38C, 0x38C), (0x38E, 0x3A1), (0x3A3, 0x3CE), (0x400, 0x45F), (0x490, 0x493), (0x4AE, 0x4B1), (0x1E80, 0x1E85),
    (0x1E9E, 0x1E9E), (0x1EA0, 0x1EF9), (0x2009, 0x200A), (0x2013, 0x2014), (0x2018, 0x201A), (0x201C, 0x201E),
    (0x2020, 0x2022), (0x2026, 0x2026), (0x202F, 0x202F), (0x2030, 0x2030), (0x2032, 0x2033), (0x2039, 0x203A),
    (0x20A6, 0x20A6), (0x20A9, 0x20A9), (0x20AB, 0x20AC), (0x20B4, 0x20B4), (0x20B9, 0x20BA), (0x20BD, 0x20BD),
    (0x2116, 0x2116), (0x2122, 0x2122), (0x2190, 0x2193), (0x2212, 0x2212), (0x2248, 0x2248), (0x2264, 0x2265),
)  # fmt: skip
"""Code points that every face has: Latin, Greek, Cyrillic, and the signs of money and typography."""


class Face(NamedTuple):
    """A face that is bundled."""

    family: str
    weight: int
    file: str
    tracking: int
    """Space added between letters, in thousandths of the size."""


TEXT: Final = Face("Leal Sans", 500, "sans-500.otf", 0)
STRONG: Final = Face("Leal Sans", 600, "sans-600.otf", 0)
LABEL: Final = Face("Leal Sans", 600, "sans-600.otf", 60)
"""Small words over others."""
DISPLAY: Final = Face("Leal Display", 700, "display-700.otf", -12)
SERIF: Final = Face("Leal Serif", 600, "serif-600.ttf", -8)
FACES: Final = (TEXT, STRONG, DISPLAY, SERIF)


def display(look: Look) -> Face:
    """The face of headlines and figures."""
    return SERIF if look.serif else DISPLAY


@lru_cache(maxsize=8192)
def drawable(text: str) -> str:
    """The text without what the faces cannot draw; spaces of any kind but the unbreakable ones become plain."""
    kept = (sign if _covered(ord(sign)) else " " if sign.isspace() else "" for sign in text)
    return " ".join(word for word in "".join(kept).split(" ") if word)


@lru_cache(maxsize=16384)
def width(text: str, face: Face, size: float) -> float:
    """How wide a text is in pixels, at a size in pixels."""
    return (_font(face.file).getlength(text) / _MEASURED_AT + len(text) * face.tracking / 1000) * size


def wrap(text: str, face: Face, size: float, most_width: float, most_lines: int) -> list[str]:
    """The text in lines no wider than that; what finds no room is cut with an ellipsis."""
    lines: list[str] = []
    line = ""
    text = text[: most_lines * _letters_max(size, most_width) + 1]
    for word in _pieces(drawable(text), face, size, most_width):
        longer = f"{line} {word}" if line else word
        if width(longer, face, size) <= most_width:
            line = longer
            continue
        lines.append(line)
        line = word
    lines = [each for each in (*lines, line) if each]
    if len(lines) <= most_lines:
        return lines
    return [*lines[: most_lines - 1], _cut(" ".join(lines[most_lines - 1 :]), face, size, most_width)]


def balanced(texts: list[str], face: Face, size: float, most_width: float) -> list[str]:
    """The same number of lines, as even as they get; as they are where something was cut."""
    if len(texts) < 2 or texts[-1].endswith("…"):
        return texts
    whole = " ".join(texts)
    for percent in range(60, 100, 4):
        even = wrap(whole, face, size, most_width * percent / 100, len(texts) + 1)
        if len(even) <= len(texts) and " ".join(even) == whole:
            return even
    return texts


def fit(text: str, face: Face, sizes: Sequence[float], most_width: float, most_lines: int) -> tuple[float, list[str]]:
    """The first of the sizes, from great to small, at which the text needs no cutting and no word is broken."""
    words = drawable(text).split(" ")
    for size in sizes:
        lines = wrap(text, face, size, most_width, most_lines)
        whole = lines and not lines[-1].endswith("…") and all(width(word, face, size) <= most_width for word in words)
        if whole:
            return size, balanced(lines, face, size, most_width)
    return sizes[-1], wrap(text, face, sizes[-1], most_width, most_lines)


def _pieces(text: str, face: Face, size: float, most_width: float) -> list[str]:
    """The words, those that are wider than a line broken with hyphens."""
    found: list[str] = []
    for word in text.split(" "):
        while len(word) > 1 and width(word, face, size) > most_width:
            most = min(len(word) - 1, _letters_max(size, most_width))
            room = next((n for n in range(most, 1, -1) if width(word[:n] + "-", face, size) <= most_width), 1)
            room = min(room, max(len(word) - 3, 1))
            found.append(word[:room] + "-")
            word = word[room:]
        if word:
            found.append(word)
    return found


def _cut(text: str, face: Face, size: float, most_width: float) -> str:
    text = text[: _letters_max(size, most_width)]
    while text and width(text + "…", face, size) > most_width:
        text = text[:-1]
    return text.rstrip(" ,.;:-–") + "…"


def _letters_max(size: float, most_width: float) -> int:
    """More than find room in a line, however slim: words without end must not be measured letter by letter."""
    return int(most_width / size * 12) + 2


def _covered(code: int) -> bool:
    return any(first <= code <= last for first, last in _COVERED)


@lru_cache(maxsize=8)
def _font(file: str) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FOLDER / file), _MEASURED_AT)
