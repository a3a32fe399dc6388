"""The split: who is in the control group of a block, the same ones for as long as the share stays what it is."""

from __future__ import annotations

import hashlib
import hmac
from typing import Final

PLACES: Final = 10_000
"""Customers are spread evenly over so many places."""


def in_control(secret: bytes, customer: str, block: str, share_percent: int) -> bool:
    """Whether a customer is shown nothing of a block, so that the others can be compared.

    Hangs on the shop's secret, the customer and the block alone: on no tier and no time, and each block is drawn anew.
    Whoever is in a small group is in every larger one, too.
    """
    if not share_percent:
        return False
    digest = hmac.digest(secret, f"{block}\0{customer}".encode(), hashlib.sha256)
    return int.from_bytes(digest[:8]) % PLACES * 100 < share_percent * PLACES
