"""Worth: the money value of points (S5.4)."""

from __future__ import annotations

from leal.rules.programme.terms import Terms


def has_value(terms: Terms) -> bool:
    """Whether points convert to money in this programme."""
    return terms.point_value is not None or bool(terms.buckets)


def value_of(terms: Terms, points: int) -> int | None:
    """Money value of points in micros, floored to the minor unit; None where points have no value (S5.4)."""
    if not has_value(terms):
        return None
    threshold, value = 1, terms.point_value or 0
    for bucket in terms.buckets:
        if bucket[0] <= points:
            threshold, value = bucket
    return points * value // threshold // terms.minor_unit * terms.minor_unit
