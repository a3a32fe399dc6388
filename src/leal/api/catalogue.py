"""The catalogue: every function of the API by its name."""

from __future__ import annotations

from typing import Final

from leal.api import (
    balance,
    customers,
    details,
    disclosure,
    gifts,
    history,
    holds,
    merging,
    order_details,
    orders,
    oversight,
    products,
    programmes,
    redemption,
    staff,
    status,
    triggers,
)
from leal.api.function import Function

FUNCTIONS: Final[dict[str, Function]] = {
    function.name: function
    for room in (
        balance,
        history,
        redemption,
        holds,
        gifts,
        orders,
        order_details,
        customers,
        products,
        details,
        disclosure,
        merging,
        triggers,
        staff,
        status,
        programmes,
        oversight,
    )
    for function in room.FUNCTIONS
}

GLOBAL_VERSIONS: Final = ("v2023061", "v20230601")
"""Two ways to write the one version."""
