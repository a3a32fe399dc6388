"""Colours: six hexadecimal digits, mixed, and moved apart until words on them can be read."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

WHITE: Final = "#ffffff"
INK: Final = "#141312"
READABLE: Final = 4.5
"""The least contrast of words and their ground (WCAG 2.2 AA)."""


def mix(first: str, second: str, percent: int) -> str:
    """So much of the second colour in the first."""
    parts = zip(_channels(first), _channels(second), strict=True)
    return "#" + "".join(f"{(a * (100 - percent) + b * percent + 50) // 100:02x}" for a, b in parts)


def contrast(first: str, second: str) -> float:
    """How far two colours stand apart, 1 to 21, as WCAG reckons it."""
    lighter, darker = sorted((luminance(first), luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@lru_cache(maxsize=4096)
def luminance(colour: str) -> float:
    """The relative luminance, 0 (black) to 1 (white)."""
    red, green, blue = (_linear(channel / 255) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@lru_cache(maxsize=4096)
def readable(colour: str, *grounds: str, least: float = READABLE) -> str:
    """The colour, or as little as needed of it mixed with black or white to be read on every one of the grounds."""
    end = on(*grounds)
    for percent in range(0, 100, 4):
        mixed = mix(colour, end, percent)
        if _least(mixed, grounds) >= least:
            return mixed
    return end


def on(*grounds: str) -> str:
    """White, ink or black, whichever is read best on the worst of the grounds; ink before black where it will do."""
    if _least(INK, grounds) >= max(READABLE, _least(WHITE, grounds)):
        return INK
    return max(WHITE, "#000000", key=lambda end: _least(end, grounds))


def _least(colour: str, grounds: tuple[str, ...]) -> float:
    return min(contrast(colour, ground) for ground in grounds)


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
