"""The programme document: everything a brand decides about its loyalty programme, as one typed value (S10.1).

Field order here is the order of the printed document. Optional parts are null when the brand does not use them.
Amounts of money are decimal strings in the shop's currency, multipliers are permyriads (10000 = once),
terms are words such as `12 months`. What breaks a rule beyond these types is found in `validation.py`.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from leal.rules.programme.content import Content
from leal.rules.programme.feeds import Datasource
from leal.rules.programme.ladder import Feature, Ladder
from leal.rules.programme.words import (
    Condition,
    Grace,
    Money,
    MonthDay,
    Names,
    Part,
    Period,
    Permyriad,
    Points,
    RedemptionLimit,
    RoundUp,
    Slug,
    Term,
    Text,
    Time,
    Title,
)
from leal.values import Rounding


class DebtPolicy(Part, frozen=True, tag="to_floor", tag_field="policy"):
    """Debt down to a floor; what a take-back lacks beyond it is written off (S6.1)."""

    floor: Points


class NoDebt(Part, frozen=True, tag="none", tag_field="policy"):
    """No debt: what a take-back lacks is written off (S6.1)."""


class UnlimitedDebt(Part, frozen=True, tag="unlimited", tag_field="policy"):
    """Whatever a take-back lacks becomes debt (S6.1)."""


class PointsTerms(Part, frozen=True):
    """What a point is."""

    value: Money | None = None
    """Money value of one point; null where points have none."""
    rounding: Rounding = "floor"
    """How an order's points are rounded, once per order (S1.5)."""
    debt: NoDebt | DebtPolicy | UnlimitedDebt = UnlimitedDebt()
    grace: Grace = "30 days"
    """Life of points given back after their own end has passed; `0 days`: they expire (S5.5)."""


class Targets(Part, frozen=True):
    """Products by id, by collection, by tag; a line matches when any of them names it."""

    products: Names = []
    collections: Names = []
    tags: Names = []


class EligibleMoney(Part, frozen=True):
    """Which money earns (S4.2)."""

    taxes: bool = False
    shipping: bool = False
    exclude: Targets = Targets()


class PendingAtOnce(Part, frozen=True, tag="at_once", tag_field="mode"):
    """Points are spendable as soon as they are earned."""


class PendingDelay(Part, frozen=True, tag="delay", tag_field="mode"):
    """Points mature a number of days after the first confirmation or the completion (S4.6)."""

    days: Annotated[int, Meta(ge=1, le=7300)]
    since: Literal["confirmed", "completed"] = "confirmed"
    timeout: Term | None = None
    """With `since: completed`: how long completion may take."""
    then: Literal["drop", "mature"] = "drop"


class PendingDate(Part, frozen=True, tag="date", tag_field="mode"):
    """Points mature at the next such calendar day (its start, in the programme's zone)."""

    day: MonthDay


class PendingEvent(Part, frozen=True, tag="event", tag_field="mode"):
    """Points mature on completion of the order or on a named trigger; after the time-out they are dropped or mature."""

    event: Literal["completed", "trigger"] = "completed"
    trigger: Slug | None = None
    timeout: Term | None = None
    then: Literal["drop", "mature"] = "drop"


Pending = PendingAtOnce | PendingDelay | PendingDate | PendingEvent


class Cap(Part, frozen=True):
    """The most points a source may give (S4.7)."""

    points: Points
    period: Period | None = None
    """Per member and calendar period; null: a total budget over all members."""
    over: Literal["trim", "refuse"] = "trim"


class CountLimit(Part, frozen=True):
    """The most times something may happen to a member in a calendar period."""

    count: Points
    period: Period


SourceKind = Literal[
    "order", "first_order", "product", "subscription_order", "signup", "birthday", "anniversary", "trigger",
    "referral_sent", "referral_received", "review", "social", "newsletter", "tier_entry", "manual",
]  # fmt: skip


class Source(Part, frozen=True):
    """A way to earn (S4.1)."""

    slug: Slug
    title: Title
    kind: SourceKind
    description: Text = ""
    points: Points | None = None
    """Fixed award; for `order` the points per `per` units of money."""
    per: Money | None = None
    """Only `order` and `subscription_order`: the money that earns `points` once."""
    multiplier: Permyriad | None = None
    """Only `product`: multiplies the order points of the lines it targets, in place of `points`."""
    targets: Targets | None = None
    """Only `product`: what it is for."""
    tier: Slug | None = None
    """Only `tier_entry`: the tier entered."""
    trigger: Slug | None = None
    """Only `trigger`, `review`, `social`, `newsletter`: the event that pays; a newsletter may do without."""
    qualifies: bool | None = None
    """Whether its points count for tiers; unset: orders, first orders and products do, all others do not."""
    caps: list[Cap] = []
    expires: Term | None = None
    """Own life of its points, in place of the programme's (S7.1)."""
    pending: Pending | None = None
    starts_at: Time | None = None
    ends_at: Time | None = None
    minimum_change_days: Annotated[int, Meta(ge=0, le=366)] = 30
    """Only `birthday`: days a birthday must have stood before it pays (S4.8)."""
    visible: Condition | None = None
    condition: Condition | None = None
    link: Annotated[str, Meta(max_length=2000)] | None = None


class Multiplier(Part, frozen=True):
    """A factor on the order points of the lines, members and days it names (S4.2)."""

    slug: Slug
    title: Title
    factor: Permyriad
    targets: Targets | None = None
    """Null: every line."""
    tiers: list[Slug] = []
    """Tiers held before the order; empty: every member."""
    starts_at: Time | None = None
    ends_at: Time | None = None
    condition: Condition | None = None


class Trigger(Part, frozen=True):
    """An event of the shop's own that it may tell of: points can wait for it, tiers and conditions can ask for it."""

    slug: Slug
    title: Title
    open_to_browsers: bool = False
    """Whether a page may send it without a shop token."""


class Earning(Part, frozen=True):
    """How orders earn."""

    eligible: EligibleMoney = EligibleMoney()
    pending: Pending = PendingAtOnce()
    stacking: Literal["multiply", "add", "best"] = "multiply"
    """How several multipliers of one line combine: the product, 1 + the sum of (m - 1), or the largest (S4.2)."""


class ValueBucket(Part, frozen=True):
    """From `threshold` points on, points are worth `value` per `threshold` of them (S5.4)."""

    threshold: Points
    value: Money


class Redemption(Part, frozen=True):
    """How members turn points into discounts (S5)."""

    min: Points = 1
    max: Points | None = None
    step: Points = 1
    choices: Annotated[list[Points], Meta(max_length=100)] = []
    """Only these amounts may be redeemed, in place of min, max and step."""
    value_buckets: Annotated[list[ValueBucket], Meta(max_length=100)] = []
    minimum_cart: Money = "0"
    limit: RedemptionLimit | None = None
    cancelled_order: Literal["points", "reward"] = "points"
    """What a cancelled order gives back for a code used on it (S5.7)."""
    code_prefix: Annotated[str, Meta(pattern=r"^[A-Z0-9]{0,12}$")] = ""
    coupon_expires: Term | None = None
    """Life of an unused code, to the end of its last day; null: it does not lapse. Its points stay spent."""


class RollingExpiration(Part, frozen=True):
    """Each lot lapses a term after it becomes available or is earned (S7.1)."""

    term: Term
    since: Literal["available", "earned"] = "available"
    round_up: RoundUp = "day"


class GlobalDate(Part, frozen=True, tag="date", tag_field="mode"):
    """All available points lapse at the end of these days each year (S7.2)."""

    days: Annotated[list[MonthDay], Meta(min_length=1, max_length=20)]


class GlobalInactivity(Part, frozen=True, tag="inactivity", tag_field="mode"):
    """All available points lapse a term after the last keeping activity (S7.2)."""

    term: Term
    keeps: list[Literal["award", "redemption"]] = []
    """Which activity keeps points alive; empty: both."""
    round_up: RoundUp = "day"


class Expiration(Part, frozen=True):
    """When points lapse (S7)."""

    rolling: RollingExpiration | None = None
    everything: GlobalDate | GlobalInactivity | None = msgspec.field(default=None, name="global")
    warn_days: Annotated[list[Annotated[int, Meta(ge=1, le=366)]], Meta(max_length=10)] = []
    """Days before a lapse at which a `points_expiring` notice is made."""


class OfferReward(Part, frozen=True):
    """What an offer gives: money or percent off, a product, free shipping, or the name of a custom reward."""

    amount: Money | None = None
    percent: Annotated[int, Meta(ge=1, le=10_000)] | None = None
    product: Annotated[str, Meta(max_length=200)] | None = None
    free_shipping: bool = False
    identifier: Slug | None = None


class Offer(Part, frozen=True):
    """Something a member can have for points (S9.1)."""

    slug: Slug
    title: Title
    kind: Literal["vendible", "gift_card", "custom_reward", "free"]
    description: Text = ""
    section: Slug = "offers"
    points: Annotated[int, Meta(ge=0, le=10**12)] = 0
    tier_points: dict[Slug, Annotated[int, Meta(ge=0, le=10**12)]] = {}
    gives: OfferReward = OfferReward()
    stock: Annotated[int, Meta(ge=0, le=10**9)] | None = None
    per_member: CountLimit | None = None
    starts_at: Time | None = None
    ends_at: Time | None = None
    expires: Term | None = None
    image_url: Annotated[str, Meta(max_length=2000)] | None = None
    visible: Condition | None = None
    condition: Condition | None = None


MilestoneCounts = Literal["cycle", "orders", "spend", "points", "tenure"]


class Milestone(Part, frozen=True, kw_only=True):
    """A step that pays once when it is reached (S9.3)."""

    slug: Slug
    title: Title
    counts: MilestoneCounts = "cycle"
    reach: Annotated[str, Meta(max_length=32)]
    """The count, an amount of money for `spend`, a term for `tenure`."""
    points: Points | None = None
    offer: Slug | None = None
    tier: Slug | None = None


class Subscriptions(Part, frozen=True):
    """How subscription data is read (S9.4)."""

    cycle: Literal["longest", "sum", "newest"] = "longest"


class Referrals(Part, frozen=True):
    """How members bring friends (S9.5)."""

    minimum_order: Money = "0"
    delay_days: Annotated[int, Meta(ge=0, le=365)] = 14
    link_expires: Term | None = None
    per_member: CountLimit | None = None
    same_address: Literal["reject", "allow"] = "reject"
    friend_welcome: Slug | None = None
    """The offer a friend may use on the first order."""


class Holds(Part, frozen=True):
    """How long points may be set aside for a checkout (S5.6)."""

    default_minutes: Annotated[int, Meta(ge=1, le=21_600)] = 10
    """How long a hold lasts that asks for no time of its own."""
    longest_minutes: Annotated[int, Meta(ge=1, le=21_600)] = 1_440
    """How long one may last at the most, extensions and all."""


class Gifts(Part, frozen=True):
    """Points between members (S5.8)."""

    min: Points = 1
    """The fewest points of one gift."""
    limit: RedemptionLimit | None = None
    """The most points that a member may give in a calendar period."""


class Staff(Part, frozen=True):
    """What staff may do alone."""

    alone_up_to: Points | None = None
    """Most points that one call may correct without a second person; null: any number."""


class Transition(Part, frozen=True):
    """What publishing this document does, once, to what members have already: nothing unless it says so."""

    lives: Literal["keep", "shorten"] = "keep"
    """`shorten`: existing points end when they would have ended under this document, if that is sooner (S7.4)."""
    notice: Grace = "30 days"
    """With `shorten`: how long existing points go on living at the least."""
    tiers: Literal["keep", "lower"] = "keep"
    """`lower`: who does not meet what the tier asks to be kept falls at once, not at the next deadline (S8.8)."""


class Programme(Part, frozen=True):
    """A whole loyalty programme."""

    shop: Slug
    title: Title
    currency: Annotated[str, Meta(pattern=r"^[A-Z]{3}$", examples=["EUR"])]
    timezone: Annotated[str, Meta(max_length=64, examples=["Europe/Paris"])]
    locale: Annotated[str, Meta(pattern=r"^[a-z]{2,3}(_[A-Z]{2})?$")] = "en"
    enabled: bool = True
    enrolment: Literal["automatic", "explicit"] = "automatic"
    anniversary_day: bool = True
    points: PointsTerms = PointsTerms()
    earning: Earning = Earning()
    sources: Annotated[list[Source], Meta(max_length=500)] = []
    multipliers: Annotated[list[Multiplier], Meta(max_length=500)] = []
    triggers: Annotated[list[Trigger], Meta(max_length=200)] = []
    redemption: Redemption | None = None
    expiration: Expiration = Expiration()
    tiers: Ladder | None = None
    tier_features: Annotated[list[Feature], Meta(max_length=200)] = []
    offers: Annotated[list[Offer], Meta(max_length=1000)] = []
    milestones: Annotated[list[Milestone], Meta(max_length=200)] = []
    subscriptions: Subscriptions | None = None
    referrals: Referrals | None = None
    holds: Holds | None = None
    gifts: Gifts | None = None
    staff: Staff | None = None
    transition: Transition | None = None
    datasource: Datasource | None = None
    content: Content | None = None
