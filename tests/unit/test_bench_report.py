"""The benchmark's report: what the table and the file say of a part."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from rich.console import Console

from bench.report import CpuMicros, Part, Results, part, parts_table, times_part, write_results

READ = part("read", 1_234.56, "reads/s", 20_000, bar=0.05, cpu_us=CpuMicros(512.34, 88.8), rss_mb=61.27)
WRITE = part("write", 2_000, "orders/s", 2_500, bar=0.75, cpu_us=CpuMicros(700, 400), rss_mb=70, spread=0.12)


def printed(parts: list[Part]) -> list[list[str]]:
    """The cells of the table's rows."""
    screen = Console(width=120, color_system=None)
    with screen.capture() as captured:
        screen.print(parts_table(parts))
    return [line.split() for line in captured.get().splitlines()[2:]]


def test_the_ratio_is_of_what_was_measured_before_rounding() -> None:
    assert part("a", 0.04, "x/s", 0.4, bar=1, cpu_us=CpuMicros(0, 0), rss_mb=0).ratio == 0.1


@pytest.mark.parametrize(("value", "reached"), [(749, False), (750, True), (751, True)])
def test_a_bar_is_reached_by_what_is_not_below_it(value: int, reached: bool) -> None:
    measured = part("write", value, "orders/s", 1_000, bar=0.75, cpu_us=CpuMicros(1, 1), rss_mb=1)
    assert measured.reached is reached


def test_the_table_has_a_row_for_each_part_with_its_verdict() -> None:
    assert printed([READ, WRITE, times_part("start", 0.8, "s", 1.5, bar=1)]) == [
        ["read", "1,235", "reads/s", "20,000", "0.062", "0.050", "reached", "512", "89", "61"],
        ["write", "2,000", "orders/s", "12%", "2,500", "0.800", "0.750", "reached", "700", "400", "70"],
        ["start", "0.8", "s", "1.5", "1.875", "1.000", "reached"],
    ]
    low = part("read", 100, "reads/s", 20_000, bar=0.05, cpu_us=CpuMicros(1, 1), rss_mb=1)
    assert printed([low])[0][6] == "missed"


def test_the_file_is_what_other_programs_read(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    path.write_text("the last run's")
    write_results(path, Results([READ], {"cores": 2}, {"python": "3.11.7"}, {"seconds": 10}))
    assert json.loads(path.read_text()) == {
        "parts": [
            {
                "name": "read",
                "value": 1234.6,
                "unit": "reads/s",
                "ceiling": 20000.0,
                "ratio": 0.0617,
                "bar": 0.05,
                "cpu_us": {"server": 512.3, "database": 88.8},
                "rss_mb": 61.3,
                "spread": 0.0,
            }
        ],
        "machine": {"cores": 2},
        "versions": {"python": "3.11.7"},
        "settings": {"seconds": 10},
    }
    assert list(tmp_path.iterdir()) == [path]
