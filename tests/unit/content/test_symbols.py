"""Symbols are what the norms say, read back field by field."""

import pytest

from leal.content.symbols import _CODE128, _EAN, _PARITY, symbol


def runs(fields: tuple[bool, ...]) -> str:
    """The widths of bars and spaces."""
    widths, last = [0], True
    for field in fields:
        if field != last:
            widths.append(0)
        widths[-1] += 1
        last = field
    return "".join(map(str, widths))


def read_code128(fields: tuple[bool, ...]) -> str:
    """What a reader of Code 128 reads; the check is checked."""
    told = runs(fields)
    assert told.endswith("2331112")
    values = [_CODE128.index(told[n : n + 6]) for n in range(0, len(told) - 7, 6)]
    assert (values[0] + sum(n * value for n, value in enumerate(values[1:-1], 1))) % 103 == values[-1]
    digits, text = values[0] == 105, ""
    assert values[0] in (104, 105)
    for value in values[1:-1]:
        if value in (99, 100):
            digits = value == 99
        else:
            text += f"{value:02d}" if digits else chr(value + 32)
    return text


def read_ean13(fields: tuple[bool, ...]) -> str:
    """What a reader of EAN-13 reads."""
    assert len(fields) == 95
    bits = "".join("1" if field else "0" for field in fields)
    assert (bits[:3], bits[45:50], bits[92:]) == ("101", "01010", "101")
    left = {
        "".join("01"[n % 2] * int(wide) for n, wide in enumerate(widths)): str(digit)
        for digit, widths in enumerate(_EAN)
    }
    swapped = {"".join("10"[bit == "1"] for bit in code)[::-1]: digit for code, digit in left.items()}
    read, parity = "", ""
    for n in range(3, 45, 7):
        code = bits[n : n + 7]
        parity += "0" if code in left else "1"
        read += left.get(code) or swapped[code]
    read += "".join(left["".join("10"[bit == "1"] for bit in bits[n : n + 7])] for n in range(50, 92, 7))
    return str(_PARITY.index(parity)) + read


@pytest.mark.parametrize(
    "number",
    [
        "1",
        "12",
        "123",
        "1234",
        "12345",
        "2847391001234",
        "C-2847391",
        "AB12345CD",
        "AB123456",
        "a~ !",
        "12A34",
        "0" * 48,
    ],
)
def test_code128_holds_the_number(number: str) -> None:
    found = symbol("code128", number)
    assert found
    assert found.quiet >= 10
    assert read_code128(found.rows[0]) == number


@pytest.mark.parametrize(("number", "full"), [("400638133393", "4006381333931"), ("5901234123457", "5901234123457")])
def test_ean13_holds_the_number_and_its_check(number: str, full: str) -> None:
    found = symbol("ean13", number)
    assert found
    assert read_ean13(found.rows[0]) == full


def test_qr_is_square_with_its_three_marks() -> None:
    found = symbol("qr", "C-2847391")
    assert found
    side = len(found.rows)
    assert {len(row) for row in found.rows} == {side}
    mark = (True, *[False] * 5, True)
    for top, left in ((0, 0), (0, side - 7), (side - 7, 0)):
        assert found.rows[top + 1][left : left + 7] == mark


@pytest.mark.parametrize(
    ("kind", "number"),
    [("code128", ""), ("code128", "é"), ("code128", "1" * 49), ("ean13", "12"), ("ean13", "5901234123450"), ("qr", "")],
)
def test_what_a_symbol_cannot_hold_is_no_symbol(kind: str, number: str) -> None:
    assert symbol(kind, number) is None
