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
    database: float | None
    """None where it cannot be seen: the database is not on this machine."""

    def since(self, before: CpuMicros) -> CpuMicros:
        """What was used after `before`."""
        database = None
        if self.database is not None and before.database is not None:
            database = self.database - before.database
        return CpuMicros(self.server - before.server, database)

    def each(self, operations: int) -> CpuMicros:
        """What one of so many operations used."""
        many = max(operations, 1)
        return CpuMicros(self.server / many, None if self.database is None else self.database / many)


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
    spread: float = 0.0
    """Between the best and the worst round, as a share of the median."""

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


def part(
    name: str, value: float, unit: str, ceiling: float, *, bar: float, cpu_us: CpuMicros, rss_mb: float,
    spread: float = 0.0,
) -> Part:  # fmt: skip
    """A part, its figures rounded to what they can tell; the ratio is of the unrounded ones."""
    ratio = round(value / ceiling, 4)
    database = None if cpu_us.database is None else round(cpu_us.database, 1)
    cpu = CpuMicros(round(cpu_us.server, 1), database)
    return Part(name, round(value, 1), unit, round(ceiling, 1), ratio, bar, cpu, round(rss_mb, 1), round(spread, 3))


def times_part(name: str, value: float, unit: str, ceiling: float, *, bar: float) -> Part:
    """A part that is a time, of which less is better: the ratio is `ceiling` ÷ `value`."""
    ratio = round(ceiling / value, 4)
    return Part(name, round(value, 2), unit, round(ceiling, 2), ratio, round(bar, 4), CpuMicros(0, 0), 0)


def write_results(path: Path, results: Results) -> None:
    """Put the results in the place of the last run's."""
    fresh = path.with_name(f"{path.name}.new")
    fresh.write_bytes(msgspec.json.format(msgspec.json.encode(results)) + b"\n")
    fresh.replace(path)


def parts_table(parts: Sequence[Part]) -> Table:
    """The parts, a row each."""
    figures = ("value", "±", "ceiling", "ratio", "bar", "CPU µs Leal", "database", "RSS MB")
    shown = table("part", "value", "unit", "±", "ceiling", "ratio", "bar", "verdict", *figures[5:], figures=figures)
    for each in parts:
        shown.add_row(
            each.name,
            _figure(each.value),
            each.unit,
            f"{each.spread:.0%}" if each.spread else "",
            _figure(each.ceiling),
            f"{each.ratio:.3f}",
            f"{each.bar:.3f}",
            "reached" if each.reached else "[bold red]missed[/]",
            *(_cost(one) for one in (each.cpu_us.server, each.cpu_us.database, each.rss_mb)),
        )
    return shown


def _cost(value: float | None) -> str:
    return "–" if value is None else f"{value:,.0f}" if value else ""


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:,.1f}"
