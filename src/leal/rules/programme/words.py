"""The words of the programme document: its scalars, and what every part of it is."""

from __future__ import annotations

from typing import Annotated, Final, Literal, get_args

import msgspec
from msgspec import Meta

Slug = Annotated[str, Meta(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64, examples=["gold", "double-points-week"])]
Title = Annotated[str, Meta(min_length=1, max_length=120)]
Text = Annotated[str, Meta(max_length=2000)]
Money = Annotated[str, Meta(pattern=r"^[0-9]{1,12}(\.[0-9]{1,6})?$", examples=["12.50"])]
Points = Annotated[int, Meta(ge=1, le=10**12)]
Term = Annotated[str, Meta(pattern=r"^[1-9][0-9]{0,3} (day|month|year)s?$", examples=["12 months"])]
Grace = Annotated[str, Meta(pattern=r"^(0 days|[1-9][0-9]{0,3} (day|month|year)s?)$", examples=["30 days"])]
MonthDay = Annotated[str, Meta(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$", examples=["12-31"])]
Time = Annotated[
    str, Meta(pattern=r"^\d{4}-\d\d-\d\d([Tt ].+)?$", examples=["2025-03-01", "2025-03-01T09:00:00+01:00"])
]
Permyriad = Annotated[int, Meta(ge=0, le=10_000_000, examples=[20000])]
Condition = Annotated[str, Meta(max_length=2000, examples=['"vip" in customer.tags'])]
Names = Annotated[list[Annotated[str, Meta(min_length=1, max_length=200)]], Meta(max_length=1000)]
RoundUp = Literal["none", "day", "month", "quarter", "half-year", "year"]
Period = Literal["daily", "weekly", "monthly", "yearly", "lifetime"]
PERIODS: Final[tuple[Period, ...]] = get_args(Period)
"""Calendar periods, the shortest first."""


class Part(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True, frozen=True):
    """What every part of the document is: fixed once read, and without unknown fields."""


class RedemptionLimit(Part, frozen=True):
    """The most points a member may redeem in a calendar period (S5.3)."""

    points: Points
    period: Period
