"""The report: what was measured as a table for people and as a file for programs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec
from rich.table import Table

from leal.cli.screen import table


class CpuMicros(msgspec.Struct, frozen=True):
    """Processor time of one operation in microseconds, in Leal's process and in all of the database's."""

    server: float
    database: float


class Part(msgspec.Struct, frozen=True):
    """One thing that was measured; more is always better."""

    name: str
    value: float
    unit: str
    ceiling: float
    """What PostgreSQL itself did in the same run, in transactions a second."""
    ratio: float
    """`value` ÷ `ceiling`."""
    bar: float
    """The least ratio that is accepted."""
    cpu_us: CpuMicros
    rss_mb: float
    """The most memory that Leal's process held, in MiB."""

    @property
    def reached(self) -> bool:
        """Whether the ratio is not below the bar."""
        return self.ratio >= self.bar


class Results(msgspec.Struct, frozen=True):
    """A whole run: the parts, and what they were measured on and with."""

    parts: list[Part]
    machine: dict[str, str | int]
    versions: dict[str, str]
    settings: dict[str, str | int]


def part(name: str, value: float, unit: str, ceiling: float, *, bar: float, cpu_us: CpuMicros, rss_mb: float) -> Part:
    """A part, its figures rounded to what they can tell; the ratio is of the unrounded ones."""
    ratio = round(value / ceiling, 4)
    cpu = CpuMicros(round(cpu_us.server, 1), round(cpu_us.database, 1))
    return Part(name, round(value, 1), unit, round(ceiling, 1), ratio, bar, cpu, round(rss_mb, 1))


def write_results(path: Path, results: Results) -> None:
    """Put the results in the place of the last run's."""
    fresh = path.with_name(f"{path.name}.new")
    fresh.write_bytes(msgspec.json.format(msgspec.json.encode(results)) + b"\n")
    fresh.replace(path)


def parts_table(parts: Sequence[Part]) -> Table:
    """The parts, a row each."""
    figures = ("value", "ceiling", "ratio", "bar", "CPU µs Leal", "database", "RSS MB")
    shown = table("part", "value", "unit", "ceiling", "ratio", "bar", "verdict", *figures[4:], figures=figures)
    for each in parts:
        shown.add_row(
            each.name,
            f"{each.value:,.0f}",
            each.unit,
            f"{each.ceiling:,.0f}",
            f"{each.ratio:.3f}",
            f"{each.bar:.3f}",
            "reached" if each.reached else "[bold red]missed[/]",
            f"{each.cpu_us.server:,.0f}",
            f"{each.cpu_us.database:,.0f}",
            f"{each.rss_mb:,.0f}",
        )
    return shown
