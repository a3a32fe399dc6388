"""The catalogue: every function of the API by its name."""

from __future__ import annotations

from typing import Final

from leal.api import (
    balance,
    customers,
    details,
    disclosure,
    explaining,
    forecasts,
    gifts,
    history,
    holds,
    merging,
    offers,
    order_details,
    order_explanation,
    orders,
    oversight,
    products,
    programmes,
    redemption,
    referrals,
    staff,
    status,
    triggers,
)
from leal.api.function import Function

FUNCTIONS: Final[dict[str, Function]] = {
    function.name: function
    for room in (
        balance,
        forecasts,
        explaining,
        history,
        redemption,
        holds,
        gifts,
        offers,
        referrals,
        orders,
        order_details,
        order_explanation,
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
