"""Checks of what earns: sources, multipliers, pending and caps (S4)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from itertools import pairwise
from typing import Final, get_args
from zoneinfo import ZoneInfo

from leal.rules.programme.document import (
    Cap,
    Pending,
    PendingDate,
    PendingDelay,
    PendingEvent,
    Programme,
    Source,
    SourceKind,
    Targets,
)
from leal.rules.programme.earning_terms import ORDER_KINDS
from leal.rules.programme.findings import Findings, least_days
from leal.rules.programme.words import PERIODS

_REPEATED: Final[frozenset[SourceKind]] = frozenset(
    {"product", "trigger", "review", "social", "newsletter", "tier_entry", "manual"}
)
"""Kinds of which a programme may have several sources."""
_BY_TRIGGER: Final[frozenset[SourceKind]] = frozenset({"trigger", "review", "social", "newsletter"})
_BY_TIME: Final[frozenset[SourceKind]] = frozenset({"birthday", "anniversary"})
_REFERRAL: Final[frozenset[SourceKind]] = frozenset({"referral_sent", "referral_received"})
_PERIODS: Final = (*PERIODS, None)
"""Shortest first; null is the total budget."""

_KINDS: Final[frozenset[SourceKind]] = frozenset(get_args(SourceKind))

_ONLY: Final[list[tuple[str, Callable[[Source], bool], frozenset[SourceKind]]]] = [
    ("per", lambda source: source.per is not None, frozenset({"order", "subscription_order"})),
    ("multiplier", lambda source: source.multiplier is not None, frozenset({"product"})),
    ("targets", lambda source: source.targets is not None, frozenset({"product"})),
    ("tier", lambda source: source.tier is not None, frozenset({"tier_entry"})),
    ("trigger", lambda source: source.trigger is not None, _BY_TRIGGER),
    ("minimum_change_days", lambda source: source.minimum_change_days != 30, frozenset({"birthday"})),
    # Points for entering a tier are there at once, and its requirements say who enters it. Staff decide each time.
    ("pending", lambda source: source.pending is not None, _KINDS - {"tier_entry", "manual"}),
    ("condition", lambda source: source.condition is not None, _KINDS - {"tier_entry", "manual"}),
    ("starts_at", lambda source: source.starts_at is not None, _KINDS - {"manual"}),
    ("ends_at", lambda source: source.ends_at is not None, _KINDS - {"manual"}),
    ("caps", lambda source: bool(source.caps), _KINDS - {"manual"}),
]
"""Fields that only some kinds of source read."""


def check_earning(programme: Programme, zone: ZoneInfo, found: Findings) -> None:
    """Everything about how points are earned."""
    found.unique(((f"triggers[{n}].slug", trigger.slug) for n, trigger in enumerate(programme.triggers)), "slug")
    _pending("earning.pending", programme.earning.pending, programme, found)
    found.unique(((f"sources[{n}].slug", source.slug) for n, source in enumerate(programme.sources)), "slug")
    entered = [
        (f"sources[{n}].tier", source.tier) for n, source in enumerate(programme.sources) if source.kind == "tier_entry"
    ]
    found.unique(((path, tier) for path, tier in entered if tier is not None), "tier that is entered")
    single: dict[str, str] = {}
    for number, source in enumerate(programme.sources):
        path = f"sources[{number}]"
        if source.kind not in _REPEATED and source.kind in single:
            message = f"A programme has one source of kind {source.kind}; {single[source.kind]} is one already."
            found.add(f"{path}.kind", "duplicate", message, "one source of this kind")
        single.setdefault(source.kind, path)
        _fields(path, source, found)
        _context(path, source, programme, found)
        _caps(path, source, found)
        found.span(path, source.starts_at, source.ends_at, zone)
        if source.pending is not None:
            _source_pending(path, source, source.pending, programme, found)
    _multipliers(programme, zone, found)


def _fields(path: str, source: Source, found: Findings) -> None:
    """What each kind needs and what only other kinds read."""
    for field, given, kinds in _ONLY:
        if given(source) and source.kind not in kinds:
            message = f"A source of kind {source.kind} does not read {field}."
            found.no_effect(f"{path}.{field}", message, f"leave it out; it belongs to {', '.join(sorted(kinds))}")
    if source.kind == "product":
        if source.targets is None:
            found.required(f"{path}.targets", "It names no products.", "products, collections or tags")
        if (source.points is None) == (source.multiplier is None):
            message = "A product source gives either fixed points or a multiplier."
            found.contradiction(f"{path}.points", message, "exactly one of points and multiplier")
    elif source.points is None and source.kind != "manual":
        found.required(f"{path}.points", "It does not say how many points it gives.", "a whole number such as 100")
    if source.kind == "order" and source.per is None:
        found.required(f"{path}.per", "It does not say for how much money the points are.", 'an amount such as "1"')
    if source.kind in _BY_TRIGGER - {"newsletter"} and source.trigger is None:
        found.required(f"{path}.trigger", "It names no event that pays.", 'the name of an event such as "survey"')
    if source.kind == "tier_entry" and source.tier is None:
        found.required(f"{path}.tier", "It names no tier that is entered.", "the slug of a tier")
    found.positive(f"{path}.per", source.per, "The money that earns")
    _targets(f"{path}.targets", source.targets, found)
    _factor(f"{path}.multiplier", source.multiplier, found)


def _context(path: str, source: Source, programme: Programme, found: Findings) -> None:
    """What a source needs elsewhere in the document."""
    steps = programme.tiers.steps if programme.tiers else []
    if source.tier is not None and found.known(f"{path}.tier", source.tier, [step.slug for step in steps], "tier"):
        step = next(step for step in steps if step.slug == source.tier)
        if step is steps[0] and step.requires is None:
            message = f"Everyone has the tier {source.tier} from the start; nobody enters it."
            found.no_effect(f"{path}.tier", message, "a higher tier, or a source of kind signup")
        elif step.entry_points is not None:
            message = f"The tier {source.tier} already gives entry_points; both would be paid."
            found.contradiction(f"{path}.tier", message, "either this source or the tier's entry_points")
    if source.trigger is not None and source.kind in _BY_TRIGGER:
        found.known(f"{path}.trigger", source.trigger, [trigger.slug for trigger in programme.triggers], "trigger")
    if source.kind in _REFERRAL and programme.referrals is None:
        found.required("referrals", f"{path} pays for referrals, but they are not set up.", "a section referrals")
    if source.kind == "subscription_order" and programme.subscriptions is None:
        message = f"{path} pays for subscription orders, but subscriptions are not set up."
        found.required("subscriptions", message, "a section subscriptions")
    if source.kind == "anniversary" and not programme.anniversary_day:
        message = "Anniversaries are switched off by anniversary_day."
        found.contradiction(f"{path}.kind", message, "anniversary_day: true, or no such source")


def _caps(path: str, source: Source, found: Findings) -> None:
    if source.caps and source.kind == "tier_entry":
        message = (
            "Points for entering a tier are paid once to each member, often by time alone: no cap could hold them."
        )
        found.no_effect(f"{path}.caps", message, "leave it out")
        return
    if source.caps and source.kind == "product" and source.multiplier is not None:
        message = "A multiplier gives no points of its own: its points are those of the source of kind order."
        found.no_effect(f"{path}.caps", message, "caps on the source of kind order, or fixed points")
        return
    order: list[tuple[int, int, Cap]] = []
    for number, cap in enumerate(source.caps):
        at = f"{path}.caps[{number}]"
        rank = _PERIODS.index(cap.period)
        order.append((rank, number, cap))
        if cap.period is None and source.kind in _BY_TIME:
            message = f"A source of kind {source.kind} is driven by time and has no total budget."
            found.add(f"{at}.period", "not_allowed_here", message, "a period such as yearly")
        fixed = source.per is None and source.points is not None
        if fixed and source.points is not None and cap.points < source.points:
            message = f"The cap of {cap.points} is below the {source.points} points of a single award."
            found.contradiction(f"{at}.points", message, f"at least {source.points}")
    order.sort(key=lambda entry: entry[:2])
    for (rank, _, cap), (next_rank, number, longer) in pairwise(order):
        at = f"{path}.caps[{number}]"
        if rank == next_rank:
            name = cap.period or "total"
            found.add(f"{at}.period", "duplicate", f"There are two {name} caps.", "one cap for each period")
        elif longer.period is not None and longer.points < cap.points:
            message = f"The {longer.period} cap of {longer.points} is below the {cap.period} cap of {cap.points}."
            found.contradiction(f"{at}.points", message, f"at least {cap.points}")


def _multipliers(programme: Programme, zone: ZoneInfo, found: Findings) -> None:
    multipliers = programme.multipliers
    found.unique(((f"multipliers[{n}].slug", item.slug) for n, item in enumerate(multipliers)), "slug")
    if multipliers and all(source.kind != "order" for source in programme.sources):
        message = "Multipliers act on the points of orders, and no source of kind order gives any."
        found.no_effect("multipliers", message, "a source of kind order")
    tiers = [step.slug for step in programme.tiers.steps] if programme.tiers else []
    for number, multiplier in enumerate(multipliers):
        path = f"multipliers[{number}]"
        _factor(f"{path}.factor", multiplier.factor, found)
        _targets(f"{path}.targets", multiplier.targets, found)
        found.span(path, multiplier.starts_at, multiplier.ends_at, zone)
        found.unique(((f"{path}.tiers[{n}]", tier) for n, tier in enumerate(multiplier.tiers)), "tier")
        for place, tier in enumerate(multiplier.tiers):
            found.known(f"{path}.tiers[{place}]", tier, tiers, "tier")


def _factor(path: str, factor: int | None, found: Findings) -> None:
    if factor is None:
        return
    if 0 < factor < 1000:
        message = f"Factors are permyriads: {factor} means {Decimal(factor) / 10000} times."
        found.add(path, "out_of_range", message, f"{factor * 10000} for {factor} times; 15000 for one and a half times")
    elif factor == 10000:
        found.no_effect(path, "10000 means once, which changes nothing.", "20000 for twice")


def _targets(path: str, targets: Targets | None, found: Findings) -> None:
    if targets is not None and not (targets.products or targets.collections or targets.tags):
        found.no_effect(path, "It names nothing, so no line matches.", "products, collections or tags, or leave it out")


def _source_pending(path: str, source: Source, pending: Pending, programme: Programme, found: Findings) -> None:
    _pending(f"{path}.pending", pending, programme, found)
    waits = (isinstance(pending, PendingDelay) and pending.since == "completed") or (
        isinstance(pending, PendingEvent) and pending.event == "completed"
    )
    if waits and source.kind not in ORDER_KINDS | _REFERRAL:
        message = f"Points of kind {source.kind} come without an order, so no completion will ever release them."
        found.contradiction(f"{path}.pending", message, "a delay since confirmed, a date or a trigger")


def _pending(path: str, pending: Pending, programme: Programme, found: Findings) -> None:
    rolling = programme.expiration.rolling
    match pending:
        case PendingDate():
            found.month_day(f"{path}.day", pending.day)
        case PendingDelay():
            if pending.since == "confirmed" and pending.timeout is not None:
                message = "Only a wait for completion can time out."
                found.no_effect(f"{path}.timeout", message, "since: completed, or no timeout")
            if rolling and rolling.since == "earned" and pending.days >= least_days(rolling.term):
                message = f"Points would lapse {rolling.term} after they are earned, before they mature."
                found.contradiction(f"{path}.days", message, f"fewer than {least_days(rolling.term)} days")
        case PendingEvent():
            if pending.event == "trigger" and pending.trigger is None:
                found.required(f"{path}.trigger", "It names no trigger to wait for.", 'a trigger such as "delivered"')
            if pending.event == "trigger" and pending.trigger is not None:
                triggers = [trigger.slug for trigger in programme.triggers]
                found.known(f"{path}.trigger", pending.trigger, triggers, "trigger")
            if pending.event == "completed" and pending.trigger is not None:
                message = "It waits for completion, not for a trigger."
                found.contradiction(f"{path}.trigger", message, "event: trigger, or no trigger")
    if isinstance(pending, (PendingDelay, PendingEvent)) and pending.then != "drop" and pending.timeout is None:
        message = "It says what happens after a time-out, but there is none."
        found.no_effect(f"{path}.then", message, 'a timeout such as "60 days"')
