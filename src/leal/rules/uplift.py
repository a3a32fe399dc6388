"""Uplift: whether those who were shown something did better than the control group, and how sure that is.

Shares are compared by Newcombe's interval, made of two Wilson intervals, which holds for small groups too; money by the
difference of the means, with Welch's variance. Both at 95 %. Nobody is left out: who was to be shown something and
bought without having looked counts with the others, so that the groups differ by nothing but chance.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

import msgspec

Z: Final = Decimal("1.959964")
"""The two-sided 95 % quantile of the normal distribution."""
Z_DOUBT: Final = Decimal("3.290527")
"""The same of 99.9 %: groups that differ more from their share were not drawn by it."""


class Group(msgspec.Struct, frozen=True):
    """Customers of one group; money in micros."""

    people: int = 0
    buyers: int = 0
    """Who ordered afterwards."""
    spent_micros: int = 0
    squares: int = 0
    """Of what each of them spent, summed."""

    def plus(self, other: Group) -> Group:
        """Both together."""
        return Group(
            self.people + other.people,
            self.buyers + other.buyers,
            self.spent_micros + other.spent_micros,
            self.squares + other.squares,
        )


class Interval(msgspec.Struct, frozen=True):
    """An estimate and the bounds of its 95 % confidence interval."""

    estimate: Decimal
    low: Decimal
    high: Decimal

    @property
    def is_certain(self) -> bool:
        """Whether it excludes that there is no difference."""
        return self.low > 0 or self.high < 0


class Uplift(msgspec.Struct, frozen=True):
    """How those who were shown something differ from the control group."""

    rate: Interval
    """Of the share who ordered: 0.015 are 1.5 percentage points more."""
    micros: Interval
    """Of what a customer spent on average."""
    is_fair: bool
    """Whether the groups have the sizes that chance would give them; otherwise no comparison is worth anything."""


def uplift(shown: Group, control: Group, share_percent: int) -> Uplift | None:
    """Compare the groups, of which the control group was to be that share of all; None where one has fewer than two."""
    if shown.people < 2 or control.people < 2:
        return None
    return Uplift(_of_rates(shown, control), _of_means(shown, control), _is_fair(shown, control, share_percent))


def rate(part: int, whole: int) -> Decimal:
    """The share that a part is; 0 of nothing."""
    return Decimal(part) / whole if whole else Decimal(0)


def _of_rates(shown: Group, control: Group) -> Interval:
    one, other = rate(shown.buyers, shown.people), rate(control.buyers, control.people)
    one_low, one_high = _wilson(one, shown.people)
    other_low, other_high = _wilson(other, control.people)
    difference = one - other
    below = ((one - one_low) ** 2 + (other_high - other) ** 2).sqrt()
    above = ((one_high - one) ** 2 + (other - other_low) ** 2).sqrt()
    return Interval(difference, difference - below, difference + above)


def _wilson(share: Decimal, people: int) -> tuple[Decimal, Decimal]:
    middle = share + Z**2 / (2 * people)
    reach = Z * (share * (1 - share) / people + Z**2 / (4 * people**2)).sqrt()
    scale = 1 + Z**2 / people
    return (middle - reach) / scale, (middle + reach) / scale


def _of_means(shown: Group, control: Group) -> Interval:
    difference = rate(shown.spent_micros, shown.people) - rate(control.spent_micros, control.people)
    reach = Z * (_variance(shown) / shown.people + _variance(control) / control.people).sqrt()
    return Interval(difference, difference - reach, difference + reach)


def _variance(group: Group) -> Decimal:
    """Of what one customer spent, estimated from the group; its figures are exact until the division."""
    spread = group.people * group.squares - group.spent_micros**2
    return Decimal(spread) / (group.people * (group.people - 1))


def _is_fair(shown: Group, control: Group, share_percent: int) -> bool:
    people, share = shown.people + control.people, Decimal(share_percent) / 100
    return abs(control.people - people * share) <= Z_DOUBT * (people * share * (1 - share)).sqrt()
