"""The tiers part of the programme document: the ladder, its steps and what they ask (S8)."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from leal.rules.programme.words import (
    Condition,
    Grace,
    Money,
    Part,
    Points,
    RedemptionLimit,
    RoundUp,
    Slug,
    Term,
    Text,
    Title,
)


class Requirements(Part, frozen=True):
    """What a tier asks for; `all` of what is given, or `any` of it (S8.1)."""

    points: Points | None = None
    spend: Money | None = None
    orders: Points | None = None
    events: list[Slug] = []
    condition: Condition | None = None
    match: Literal["all", "any"] = "all"


class TierLife(Part, frozen=True):
    """How long a tier lasts and what happens at its end (S8.3, S8.4)."""

    ends: Literal["never", "term", "window"] = "window"
    term: Term | None = None
    round_up: RoundUp = "day"
    grace: Grace = "0 days"
    downgrade: Literal["requalify", "one_step", "never"] = "requalify"
    protect: bool = False
    """Whether refunds can never end the tier early."""


class Tier(Part, frozen=True):
    """One step of the ladder, lowest first (S8)."""

    slug: Slug
    name: Title
    description: Text = ""
    requires: Requirements | None = None
    """Null only for the first tier, which then is the initial one that everyone has."""
    keep: Requirements | None = None
    """What keeps the tier at its deadline; null: what it requires. Never more than that."""
    life: TierLife | None = None
    """Null: the ladder's own."""
    entry_points: Points | None = None
    """Points paid once to a member who enters (S8.4)."""
    expires: Term | None = None
    """Own life of points earned while in this tier (S7.1)."""
    redemption_limit: RedemptionLimit | Literal["unlimited"] | None = None
    features: dict[Slug, Annotated[str, Meta(max_length=200)]] = {}
    visible: Condition | None = None


class LifetimeWindow(Part, frozen=True, tag="lifetime", tag_field="kind"):
    """Everything ever counted."""


class CalendarYearWindow(Part, frozen=True, tag="calendar_year", tag_field="kind"):
    """1 January to 31 December in the programme's zone."""


class AnniversaryYearWindow(Part, frozen=True, tag="anniversary_year", tag_field="kind"):
    """Years from the member's joining day."""


class RollingWindow(Part, frozen=True, tag="rolling", tag_field="kind"):
    """The last so many months or days."""

    length: Term


class Ladder(Part, frozen=True, kw_only=True):
    """The tiers and how members climb them (S8)."""

    window: LifetimeWindow | CalendarYearWindow | AnniversaryYearWindow | RollingWindow
    basis: Literal["qualifying", "available"] = "qualifying"
    life: TierLife = TierLife()
    warn_days: Annotated[list[Annotated[int, Meta(ge=1, le=366)]], Meta(max_length=10)] = []
    """Days before a tier's deadline at which a `tier_at_risk` notice is made, if it is not kept by then."""
    steps: Annotated[list[Tier], Meta(min_length=1, max_length=50)]


class Feature(Part, frozen=True):
    """A row of the benefits table; tiers fill in its cells."""

    slug: Slug
    title: Title
    description: Text = ""
    benefit: Annotated[str, Meta(pattern=r"^[a-z0-9_]{1,64}$")] | None = None
    """Code in the datasource's `tier_benefits`; unset: the slug with underscores."""

    @property
    def code(self) -> str:
        """Its code in the datasource, whether it was given one or not."""
        return self.benefit or self.slug.replace("-", "_")
