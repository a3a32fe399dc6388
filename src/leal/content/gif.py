"""A countdown that runs: a minute of it as an animated GIF, a second to each frame."""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final

from PIL import Image, ImageDraw, ImageFont, features

from leal.content.colours import mix
from leal.content.gauges import remaining
from leal.content.letters import FOLDER, STRONG, TEXT, Face, display, drawable, fit, wrap
from leal.content.look import Look, look
from leal.content.panel import Countdown, Tone
from leal.rules.programme.theme import Theme

ACROSS: Final = 280
HIGH: Final = 62
"""Its size in pixels, at scale 1."""
FRAMES: Final = 60
_SHADES: Final = 32
"""Colours between the boxes' ground and their digits."""
_BOX, _GAP = 64, 8
_ONE_WIDTH: Final = ["tnum"] if features.check("raqm") else None


def draw_countdown(countdown: Countdown, theme: Theme, tone: Tone, now: datetime, *, scale: int = 2) -> bytes:
    """The minute that begins `now`; it is shown once and stays at its end. Where it is over: what is said instead."""
    drawn = look(theme, tone)
    if remaining(countdown, now) is None:
        return _gif([_said(drawable(countdown.over), drawn, scale)])
    base = _boxes(drawn, tuple(map(drawable, countdown.units)), scale)
    frames = []
    for second in range(FRAMES):
        left = remaining(countdown, now + timedelta(seconds=second)) or (0, 0, 0, 0)
        frame = base.copy()
        for place, value in enumerate(left):
            frame.paste(_digits(f"{value:02d}", drawn, scale), ((place * (_BOX + _GAP) + 2) * scale, 8 * scale))
        frames.append(frame)
        if not any(left):
            break
    return _gif(frames)


def _gif(frames: list[Image.Image]) -> bytes:
    made = io.BytesIO()
    frames[0].save(made, "GIF", save_all=True, append_images=frames[1:], duration=1000, disposal=1, optimize=False)
    return made.getvalue()


@lru_cache(maxsize=128)
def _boxes(drawn: Look, units: tuple[str, ...], scale: int) -> Image.Image:
    """The four boxes with what they count, without digits."""
    finer = Image.new("RGB", (ACROSS * scale * 2, HIGH * scale * 2), drawn.ground)
    draw = ImageDraw.Draw(finer)
    for place in range(4):
        left = place * (_BOX + _GAP) * scale * 2
        frame = (left, 0, left + _BOX * scale * 2 - 1, HIGH * scale * 2 - 1)
        draw.rounded_rectangle(frame, min(drawn.radius, 12) * scale * 2, drawn.surface, drawn.line, scale * 2)
    image = finer.resize((ACROSS * scale, HIGH * scale), Image.Resampling.BOX)
    draw = ImageDraw.Draw(image)
    for place, unit in enumerate(units[:4]):
        size, (said, *_) = fit(unit, TEXT, (11, 10, 9), _BOX - 6, 1) if unit else (11, [""])
        middle = (place * (_BOX + _GAP) + _BOX / 2) * scale
        draw.text((middle, 51 * scale), said, drawn.muted_on_surface, _font(TEXT, size * scale), anchor="ms")
    return image.quantize(palette=_palette(drawn), dither=Image.Dither.NONE)


@lru_cache(maxsize=1024)
def _digits(value: str, drawn: Look, scale: int) -> Image.Image:
    """Two digits on the boxes' ground, in the palette."""
    wide, high = (_BOX - 4) * scale, 30 * scale
    mask = Image.new("L", (wide, high), 0)
    face = _font(display(drawn), 27 * scale)
    ImageDraw.Draw(mask).text((wide / 2, 26 * scale), value, 255, face, anchor="ms", features=_ONE_WIDTH)
    tile = mask.point([shade * (_SHADES - 1) // 255 for shade in range(256)]).convert("L")
    found = Image.frombytes("P", tile.size, tile.tobytes())
    found.putpalette(_palette(drawn).getpalette() or [])
    return found


@lru_cache(maxsize=128)
def _palette(drawn: Look) -> Image.Image:
    """First the shades from the boxes' ground to the digits, then those of everything else."""
    colours = [mix(drawn.surface, drawn.on_surface, shade * 100 // (_SHADES - 1)) for shade in range(_SHADES)]
    colours += [mix(drawn.surface, drawn.muted_on_surface, percent) for percent in range(0, 101, 10)]
    colours += [mix(drawn.ground, drawn.line, percent) for percent in range(0, 101, 20)]
    colours += [mix(drawn.surface, drawn.line, percent) for percent in range(0, 101, 20)]
    colours += [mix(drawn.ground, drawn.text, percent) for percent in range(0, 101, 8)]
    colours += [drawn.ground] * (256 - len(colours))
    image = Image.new("P", (1, 1))
    image.putpalette([int(colour[n : n + 2], 16) for colour in colours for n in (1, 3, 5)])
    return image


def _said(words: str, drawn: Look, scale: int) -> Image.Image:
    image = Image.new("RGB", (ACROSS * scale, HIGH * scale), drawn.ground)
    draw = ImageDraw.Draw(image)
    for number, line in enumerate(wrap(words, STRONG, 15, ACROSS, 2)):
        draw.text((0, (26 + 22 * number) * scale), line, drawn.text, _font(STRONG, 15 * scale), anchor="ls")
    return image.quantize(palette=_palette(drawn), dither=Image.Dither.NONE)


@lru_cache(maxsize=32)
def _font(face: Face, size: float) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FOLDER / face.file), round(size))
