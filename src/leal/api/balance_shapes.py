"""The balance's shapes: `CustomerBalanceResult3` and everything it is made of."""

from __future__ import annotations

from typing import Literal

from msgspec import UNSET, UnsetType

from leal.api.offer_shapes import AvailableReward1, Offer1
from leal.api.shapes import CustomerInput, Day, Input, MarketInput1, Shape
from leal.rules.programme.document import MilestoneCounts, SourceKind
from leal.rules.programme.words import Period
from leal.scalars import Flake, Instant, Money


class RedemptionLimitInfo1(Shape):
    """The most points that may be redeemed in a calendar period, and what is left of them."""

    total: int
    remaining: int
    period: Period


class PointValueBucket2(Shape):
    """From `threshold` points on, points are worth `value` for every `threshold` of them."""

    threshold: int
    value: Money


class RedemptionConfiguration2(Shape):
    """How points are turned into money; amounts are `min + n·step`, or one of `buckets` where those are given."""

    pt_value: Money
    min: int
    max: int | None
    step: int
    buckets: list[int] | UnsetType = UNSET
    point_value_buckets: list[PointValueBucket2] | UnsetType = UNSET


class CustomerRollingPointExpiration3(Shape):
    """The next batch of points to lapse."""

    time: Instant
    day: Day
    """The last day on which they are usable."""
    amount: int


class TierRequirements3(Shape):
    """What a tier asks for, and what is still lacking; zeros are left out."""

    threshold_pts: int | UnsetType = UNSET
    threshold_spend: Money | UnsetType = UNSET
    threshold_orders: int | UnsetType = UNSET
    threshold_events: list[str] | UnsetType = UNSET
    extra_pts: int | UnsetType = UNSET
    extra_spend: Money | UnsetType = UNSET
    extra_orders: int | UnsetType = UNSET
    extra_events: list[str] | UnsetType = UNSET
    extra_desc: str | UnsetType = UNSET
    progress: int | UnsetType = UNSET
    """In permyriad; 10000 when, and only when, all is met."""


class TierExpirationStatus3(Shape):
    """When the tier ends, what keeps it, and what follows otherwise."""

    deadline: Instant
    downgraded_tier_name: str
    keep_reqs: TierRequirements3
    keep_extended_deadline: Instant


class TierFeature1(Shape):
    """A row of the table of benefits."""

    bhid: Flake
    title: str
    description: str | UnsetType = UNSET


class TierFeatureValue1(Shape):
    """A tier's cell in the table of benefits."""

    bhid: Flake
    title: str
    value: str


class TierStatus3(Shape):
    """A tier beside one customer."""

    name: str
    slug: str
    expiration: TierExpirationStatus3 | None
    reqs: TierRequirements3
    features: list[TierFeatureValue1] | UnsetType = UNSET
    redemption_limit: RedemptionLimitInfo1 | UnsetType = UNSET


class Source2(Shape):
    """A way to earn, as it stands for one customer."""

    bhid: Flake
    slugs: list[str]
    title: str
    can_complete: bool
    """Whether the customer can earn by it now."""
    is_completed: bool
    """Whether it has given all that it gives, for good or for this period."""
    kind: SourceKind
    points: int | UnsetType = UNSET
    per: Money | UnsetType = UNSET
    """The money that earns `points` once."""
    multiplier: int | UnsetType = UNSET
    """In place of `points`: permyriad of what an order's lines earn."""
    description: str | UnsetType = UNSET
    link: str | UnsetType = UNSET
    ends_at: Instant | UnsetType = UNSET
    """When it ends, where it does."""


class MilestoneStatus3(Shape):
    """A step that pays once when it is reached."""

    bhid: Flake
    slugs: list[str]
    name: str
    counts: MilestoneCounts
    reach: str
    """How much of it: a number, an amount of money, or for `tenure` a term such as `12 months`."""
    is_reached: bool
    cycle: int | UnsetType = UNSET
    """With `counts` `cycle`: the cycle orders it takes."""
    points: int | UnsetType = UNSET
    tier: str | UnsetType = UNSET
    """Name of the tier that it gives."""
    offer: str | UnsetType = UNSET
    """Id of the offer that it gives for nothing."""


class CustomerSubscriptionStatus3(Shape):
    """What a customer's subscriptions come to together."""

    active: bool
    """Whether one of them is active."""
    cycle: int
    cur_milestone: MilestoneStatus3 | None
    """The last milestone of cycles that lies behind, and the first that lies ahead."""
    next_milestone: MilestoneStatus3 | None


class CustomerReferralStats3(Shape):
    """What a customer's invitations came to."""

    sent: int
    approved: int
    rejected: int
    earned_pts: int


class CustomerBalanceResult3(Shape):
    """A customer's balance at this moment."""

    pts_available: int
    """Spendable now."""
    pts_available_value: Money | None
    """What they are worth; null where points have no money value."""
    pts_pending: int
    """Earned, not spendable yet."""
    pts_pending_value: Money | None
    pts_earned: int
    """Earned in all, net of what was taken back."""
    pts_redeemed: int
    """Spent, net of what was given back."""
    pts_expired: int
    """Lapsed."""
    pts_held: int
    """Set aside for a checkout."""
    membership: Literal["none", "guest", "full"]
    """Whether the customer takes part; `none` where the programme does not run."""
    program_enabled: bool
    pts_debt: int
    """Owed: taken back when nothing was left; the next points pay it."""
    total_spend: Money
    """Money that counts, of all time, net of refunds."""
    upgrade_spend: Money
    """The same inside the tiers' window."""
    loyalty_anniversary_day: Day | None
    """The day the customer joined; null if never, or where the shop does not use it."""
    pts_global_expiration: Instant | None
    """When all points lapse at once; null where that is off."""
    pts_next_rolling_expiration: CustomerRollingPointExpiration3 | None
    """The next batch to lapse."""
    redemption: RedemptionConfiguration2 | None
    """How points become money; null where they have no money value."""
    cur_tier: TierStatus3 | None
    """Null only where there is no initial tier and none was earned."""
    next_tier: TierStatus3 | None
    """The tier one step above."""
    redemption_limit: RedemptionLimitInfo1 | None
    """The limit in force: the tier's own, else the global one."""
    global_redemption_limit: RedemptionLimitInfo1 | None
    """The limit for tiers without their own."""
    subscription_status: CustomerSubscriptionStatus3 | UnsetType = UNSET
    """Where the programme has subscriptions or milestones."""
    unused_rewards: list[AvailableReward1] | UnsetType = UNSET
    """With `include_unused_rewards`."""
    milestones: list[MilestoneStatus3] | UnsetType = UNSET
    """With `include_full_program`, as `subscription_status`."""
    sources: list[Source2] | UnsetType = UNSET
    """Ways to earn; with `include_full_program`."""
    offers: list[Offer1] | UnsetType = UNSET
    """What is to be had for points; with `include_full_program`."""
    tiers: list[TierStatus3] | UnsetType = UNSET
    """The ladder, lowest first; with `include_full_program`."""
    tier_features: list[TierFeature1] | UnsetType = UNSET
    """The rows of the table of benefits; with `include_full_program`."""
    referral_stats: CustomerReferralStats3 | UnsetType = UNSET
    """With `include_referrals`, where the programme has referrals."""


class BalanceInput(CustomerInput):
    """Whose balance, how much of it, and of which moment."""

    include_unused_rewards: bool = False
    include_full_program: bool = False
    include_referrals: bool = False
    at: Instant | None = None
    """Another moment than now, past or to come; with a shop token alone."""
    market: MarketInput1 | None = None


class LoggedOutInput(Input):
    """How much of a stranger's balance."""

    include_unused_rewards: bool = False
    include_full_program: bool = False
    include_referrals: bool = False
    market: MarketInput1 | None = None
