"""The quick benchmark: one short round of the parts that matter most, in under three minutes.

Run `python -m bench.quick`, or `make bench-quick`; the options are those of the whole one. Ends with 1 when a ratio is
below its bar.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from bench.full import main
from bench.stage import Options

SIZES: Final = Options(
    seconds=10, pgbench_seconds=10, members=50_000, rounds=1, orders=30_000, baskets=0, scale=20, writers=1
)
BARS: Final = MappingProxyType(
    {"read": 0.3, "read.pgbench": 0.05, "lookup": 0.6, "write": 0.15, "import": 0.35, "snapshot": 0.2}
)
"""Half to three quarters of what there is, for machines that are shared.

They guard against getting slower; what is aimed at stands with the parts of the whole benchmark (docs/performance.md).
"""

if __name__ == "__main__":
    raise SystemExit(main("bench.quick", SIZES, BARS))
