"""The benchmark: each part three times, interleaved with its ceiling on the same server in the same run.

Run `python -m bench.full`, or `make bench`; name parts to measure only those, and `--members`, `--seconds` and
`--rounds` for another size. It has a server of its own in the machine's temporary folder, or that of
LEAL_BENCH_DATABASE_URL, with the data of the last run as templates. Prints a table, writes `bench/results.json`, and
ends with 1 when a ratio is below its bar.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Final, TypeAlias

import msgspec
from rich.console import Console

from bench import bulk, content, journey, lapsing, machine, reads, snapshot, writes
from bench.ceiling import CLIENTS
from bench.load import CONNECTIONS, generator
from bench.report import Part, Results, parts_table, write_results
from bench.stage import Options, Stage
from bench.templates import kept_home
from leal.cli.screen import console

Measure: TypeAlias = Callable[[Stage], list[Part]]

RESULTS: Final = Path(__file__).with_name("results.json")
PARTS: Final[Mapping[str, Measure]] = MappingProxyType(
    {
        "start": bulk.start,
        "read": reads.read,
        "full": reads.full,
        "lookup": reads.lookup,
        "content": content.content,
        "write": writes.write,
        "hot": writes.hot,
        "push": writes.push,
        "redeem": writes.redeem,
        "history": reads.history,
        "upkeep": lapsing.upkeep,
        "import": bulk.imported,
        "snapshot": snapshot.snapshot,
    }
)
"""In the order in which they run: what changes the members most comes last."""
SIZES: Final = Options(
    seconds=10,
    pgbench_seconds=30,
    members=200_000,
    rounds=3,
    orders=30_000,
    baskets=journey.BASKETS,
    scale=100,
    writers=1,
)


def run(names: Sequence[str], options: Options, bars: Mapping[str, float] | None, screen: Console) -> int:
    """Measure these parts, those with other `bars` alone where such are given; gives the exit code."""
    began = time.monotonic()
    with kept_home() as (folder, server):
        stage = Stage(folder, server, options, screen)
        with_members = set(names) != {"snapshot"}  # which has a database of its own
        if with_members:
            stage.prepare()
        parts: list[Part] = []
        for name in names:
            found = PARTS[name](stage)
            stage.say(", ".join(f"{part.name} {part.ratio:.3f}" for part in found))
            parts += found
        if with_members:
            stage.verify()
        stage.clear()
    if bars is not None:
        parts = [msgspec.structs.replace(part, bar=bars[part.name]) for part in parts if part.name in bars]
    settings = {
        "taken_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "connections": CONNECTIONS,
        "pgbench_clients": CLIENTS,
        "load": generator(),
        "server": "embedded" if server.leal_url is None else "given",
        **options._asdict(),
    }
    write_results(RESULTS, Results(parts, machine.facts(), machine.versions(server.version), settings))
    screen.print()
    screen.print(parts_table(parts))
    screen.print(f"{time.monotonic() - began:.0f} s; what each part is held against: docs/performance.md", style="dim")
    return 0 if all(each.reached for each in parts) else 1


def main(program: str = "bench.full", sizes: Options = SIZES, bars: Mapping[str, float] | None = None) -> int:
    """Read the options and run; gives the exit code."""
    parser = argparse.ArgumentParser(prog=f"python -m {program}", description="Leal beside what PostgreSQL can do.")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}")
    for name, size in sizes._asdict().items():
        parser.add_argument(
            f"--{name.replace('_', '-')}", type=int, default=size, help=f"{size:,} where it is not given"
        )
    given = vars(parser.parse_args())
    names = given.pop("parts") or [name for name in PARTS if bars is None or name in bars]
    if unknown := set(names) - set(PARTS):
        parser.error(f"there is no part {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    return run([name for name in PARTS if name in names], Options(**given), bars, console())


if __name__ == "__main__":
    raise SystemExit(main())
