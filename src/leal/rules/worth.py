"""Worth: the money value of points (S5.4)."""

from __future__ import annotations

from leal.rules.programme.terms import Terms


def has_value(terms: Terms) -> bool:
    """Whether points convert to money in this programme."""
    return terms.point_value is not None or bool(terms.buckets)


def rate_of(terms: Terms, points: int) -> tuple[int, int]:
    """How so many points are valued: so many points are worth so many micros."""
    threshold, value = 1, terms.point_value or 0
    for bucket in terms.buckets:
        if bucket[0] <= points:
            threshold, value = bucket
    return threshold, value


def value_of(terms: Terms, points: int) -> int | None:
    """Money value of points in micros, floored to the minor unit; None where points have no value (S5.4)."""
    if not has_value(terms):
        return None
    threshold, value = rate_of(terms, points)
    return points * value // threshold // terms.minor_unit * terms.minor_unit


def points_worth(terms: Terms, amount: int) -> int:
    """The fewest points that may be redeemed and are worth an amount of micros (S1.5); where even the most are not
    worth it, the fewest that are, more than may be redeemed."""
    rules = terms.programme.redemption
    if rules is None or not has_value(terms):
        return 1
    enough = [points for points in sorted(rules.choices) if (value_of(terms, points) or 0) >= amount]
    if enough:
        return enough[0]
    fewest, step = (max(rules.choices) + 1, 1) if rules.choices else (rules.min, rules.step)
    units = -(-amount // terms.minor_unit) * terms.minor_unit
    rates = [(1, terms.point_value or 0), *terms.buckets]
    found = fewest
    for number, (threshold, value) in enumerate(rates):
        if not value:
            continue
        least = threshold if number else 1
        found = max(fewest, least, -(-units * threshold // value))
        found += (fewest - found) % step
        if number + 1 == len(rates) or found < rates[number + 1][0]:
            break
    return found
