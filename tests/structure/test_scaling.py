"""The arithmetic of docs/scaling.md: its last table is what its figures and formulas come to."""

import math
import re
from collections.abc import Iterator

from tests.structure.source import ROOT

PAGE = ROOT / "docs" / "scaling.md"
MONTH_MICROS = 30 * 86_400 * 1_000_000


def rows() -> Iterator[list[str]]:
    """The cells of every row of the tables."""
    for line in PAGE.read_text().splitlines():
        if line.startswith("| ") and "---" not in line:
            yield [cell.strip() for cell in line.strip("|").split("|")]


def figure(cell: str) -> float:
    """A figure as the page writes it."""
    return float(cell.replace(",", ""))


def figures() -> dict[str, list[float]]:
    """The rows that have figures, by what they are called."""
    found = {}
    for name, *cells in rows():
        told = [figure(cell) for cell in cells if re.fullmatch(r"[0-9,.]+", cell)]
        if told:
            found[name] = told
    return found


def reckoned(millions: float) -> list[float]:
    """The formulas of the page, in the order of its last table."""
    known = figures()

    def one(name: str) -> float:
        return known[name][0]

    members, peak, share = millions * 1e6, one("peak"), one("share of a core used then")
    balances, banners, orders = one("balances read a month"), one("banners shown a month"), one("orders a month")
    writes = orders * one("writes an order")
    costs = [
        balances * known["a balance"][turn]
        + banners * known["a banner"][turn]
        + writes * known["a write"][turn]
        + orders * known["an order's upkeep"][turn]
        for turn in (0, 1)
    ]
    cores = [members * cost / MONTH_MICROS * peak / share for cost in costs]
    stays = orders * 12 * one("years kept") * one("bytes of an order")
    memory = members * one("bytes of a member") / 1e9
    disk = members * (one("bytes of a member") + stays) * one("disk for dead rows, the log and room") / 1e12
    by_disk = disk / (one("terabytes on a server") * 0.7)
    by_memory = memory / (one("gigabytes of memory on a server") * 0.75)
    seconds = MONTH_MICROS / 1e6
    calls = [members * each / seconds * peak for each in (balances, writes)]
    return [*calls, *cores, memory, disk, math.ceil(max(by_disk, by_memory))]


def test_the_table_is_what_the_figures_come_to() -> None:
    tables = [row for row in rows() if len(row) == 8 and re.fullmatch(r"[0-9,]+", row[0])]
    assert [figure(row[0]) for row in tables] == [1, 10, 100, 1000]
    for row in tables:
        for told, right in zip(row[1:], reckoned(figure(row[0])), strict=True):
            assert math.isclose(figure(told), right, rel_tol=0.05), (row[0], told, right)


def test_the_formulas_have_the_figures_of_the_tables() -> None:
    text, known = PAGE.read_text(), figures()
    for name in ("a balance", "a banner", "a write", "an order's upkeep"):
        assert f"× {known[name][0]:.0f}" in text, name
