"""Symbols of the member card that tills read: QR, Code 128 and EAN-13, as rows of dark and light fields."""

from __future__ import annotations

from functools import lru_cache
from typing import Final, Literal, NamedTuple

import segno

_WIDTHS: Final = (
    "212222222122222221121223121322131222122213122312132212221213221312231212112232122132122231113222123122123221"
    "223211221132221231213212223112312131311222321122321221312212322112322211212123212321232121111323131123131321"
    "112313132113132311211313231113231311112133112331132131113123113321133121313121211331231131213113213311213131"
    "311123311321331121312113312311332111314111221411431111111224111422121124121421141122141221112214112412122114"
    "122411142112142211241211221114413111241112134111111242121142121241114212124112124211411212421112421211212141"
    "214121412121111143111341131141114113114311411113411311113141114131311141411131211412211214211232"
)
_CODE128: Final = tuple(_WIDTHS[n : n + 6] for n in range(0, len(_WIDTHS), 6))
"""The widths of bars and spaces of each value, ISO/IEC 15417."""
_STOP: Final = "2331112"
_TO_DIGITS, _TO_TEXT, _START_TEXT, _START_DIGITS = 99, 100, 104, 105
_EAN: Final = ("3211", "2221", "2122", "1411", "1132", "1231", "1114", "1312", "1213", "3112")
_PARITY: Final = ("000000", "001011", "001101", "001110", "010011", "011001", "011100", "010101", "010110", "011010")


class Symbol(NamedTuple):
    """Rows of fields, true where dark; one row stands for bars. `quiet` is the light margin it needs, in fields."""

    rows: tuple[tuple[bool, ...], ...]
    quiet: int


@lru_cache(maxsize=2048)
def symbol(kind: Literal["code128", "ean13", "qr"], number: str) -> Symbol | None:
    """The symbol that holds the number; None where that kind cannot hold it."""
    if kind == "qr":
        return _qr(number)
    bars = _code128(number) if kind == "code128" else _ean13(number)
    return Symbol((bars,), 10 if kind == "code128" else 11) if bars else None


def _qr(text: str) -> Symbol | None:
    if not 0 < len(text.encode()) <= 300:
        return None
    made = segno.make(text, error="m", micro=False, boost_error=False)
    return Symbol(tuple(tuple(bool(field) for field in row) for row in made.matrix), 4)


def _code128(text: str) -> tuple[bool, ...] | None:
    """Pairs of digits are told shortly where four or more digits stand together."""
    if not 0 < len(text) <= 48 or not all(" " <= sign <= "~" for sign in text):
        return None
    values: list[int] = []
    place, digits = 0, False
    while place < len(text):
        run = next((n for n in range(place, len(text)) if not ("0" <= text[n] <= "9")), len(text)) - place
        if not digits and (run >= 4 if values or run < len(text) else run >= 2 and run % 2 == 0):
            if run % 2 and values:  # the odd digit is told as text, before the pairs
                values.append(ord(text[place]) - 32)
                place += 1
            elif run % 2:
                values += [_START_TEXT, ord(text[place]) - 32]
                place += 1
            values.append(_TO_DIGITS if values else _START_DIGITS)
            digits = True
        elif digits and run < 2:
            values.append(_TO_TEXT)
            digits = False
        elif not values:
            values.append(_START_TEXT)
        if digits:
            values.append(int(text[place : place + 2]))
            place += 2
        else:
            values.append(ord(text[place]) - 32)
            place += 1
    check = (values[0] + sum(n * value for n, value in enumerate(values[1:], 1))) % 103
    return _runs("".join(_CODE128[value] for value in (*values, check)) + _STOP)


def _ean13(text: str) -> tuple[bool, ...] | None:
    if not text.isascii() or not text.isdigit() or len(text) not in (12, 13):
        return None
    total = sum(int(digit) * (3 if n % 2 else 1) for n, digit in enumerate(text[:12]))
    check = str(-total % 10)
    if len(text) == 13 and text[12] != check:
        return None
    digits = text[:12] + check
    left = "".join(
        _EAN[int(digit)][:: -1 if swapped == "1" else 1]
        for digit, swapped in zip(digits[1:7], _PARITY[int(digits[0])], strict=True)
    )
    right = "".join(_EAN[int(digit)] for digit in digits[7:])
    return _runs("111") + _runs(left, dark=False) + _runs("11111", dark=False) + _runs(right) + _runs("111")


def _runs(widths: str, dark: bool = True) -> tuple[bool, ...]:
    """Bars and spaces of these widths by turns."""
    return tuple(dark == (n % 2 == 0) for n, wide in enumerate(widths) for _ in range(int(wide)))
