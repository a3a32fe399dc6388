"""The rules of the programme document beyond its types: every fault at once, each with what would be right (S10.1)."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

from babel import Locale, UnknownLocaleError
from babel.numbers import get_currency_precision, list_currencies

from leal.errors import Problem
from leal.faults import described, near
from leal.rules.programme.checks_conditions import check_conditions
from leal.rules.programme.checks_content import check_content
from leal.rules.programme.checks_earning import check_earning
from leal.rules.programme.checks_feeds import check_feeds
from leal.rules.programme.checks_rewards import check_rewards
from leal.rules.programme.checks_tiers import check_tiers
from leal.rules.programme.document import GlobalDate, Programme, Redemption, Transition
from leal.rules.programme.findings import Findings
from leal.rules.programme.words import RedemptionLimit
from leal.values import MICRO, format_money, parse_money, round_fraction


def check(programme: Programme) -> list[Problem]:
    """All faults of a document whose types are right; empty when it can be published."""
    found = Findings()
    zone = _identity(programme, found)
    _points(programme, found)
    check_earning(programme, zone, found)
    if programme.redemption is not None:
        _redemption(programme, programme.redemption, found)
    _expiration(programme, found)
    _transition(programme, found)
    check_tiers(programme, found)
    check_rewards(programme, zone, found)
    check_conditions(programme, found)
    check_feeds(programme, found)
    check_content(programme, zone, found)
    return found.problems


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    return frozenset(available_timezones() - {"localtime", "Factory"})


def _identity(programme: Programme, found: Findings) -> ZoneInfo:
    """Zone, currency and language; gives the zone, or UTC in place of one that does not exist."""
    zone = ZoneInfo("UTC")
    if programme.timezone in _zones():
        zone = ZoneInfo(programme.timezone)
    else:
        message = f"There is no time zone {described(programme.timezone)}.{near(programme.timezone, _zones())}"
        found.add("timezone", "unknown_timezone", message, 'an IANA time zone such as "Europe/Paris"')
    currencies = list_currencies() - {"XXX", "XTS"}
    if programme.currency not in currencies:
        message = f"There is no currency {described(programme.currency)}.{near(programme.currency, currencies)}"
        found.add("currency", "unknown_currency", message, 'an ISO 4217 code such as "EUR"')
    try:
        Locale.parse(programme.locale)
    except (UnknownLocaleError, ValueError):
        message = f"There is no language {described(programme.locale)}."
        found.add("locale", "unknown_locale", message, 'a language such as "en", "fr" or "pt_BR"')
    return zone


def _points(programme: Programme, found: Findings) -> None:
    value = programme.points.value
    found.positive("points.value", value, "The value of a point")
    order = next((source for source in programme.sources if source.kind == "order"), None)
    if value is None or order is None or order.points is None or order.per is None or not parse_money(order.per):
        return
    back = Fraction(order.points * parse_money(value), parse_money(order.per))
    if back > 1:
        message = f"Orders earn back {back * 100 // 1} percent of what is paid: more than the whole price."
        found.contradiction("points.value", message, 'a smaller value, such as "0.01" for 1 point per unit of money')


def _redemption(programme: Programme, redemption: Redemption, found: Findings) -> None:
    value = programme.points.value
    if value is None:
        message = "Points can be redeemed, but a point has no value."
        found.required("points.value", message, 'an amount such as "0.01"')
    smallest = redemption.choices[0] if redemption.choices else redemption.min
    _amounts(redemption, found)
    _buckets(programme, redemption, found)
    digits = min(get_currency_precision(programme.currency), 6)
    if value is not None and parse_money(value) and not redemption.value_buckets:
        coin = MICRO // 10**digits
        if smallest * parse_money(value) < coin:
            least = -(-coin // parse_money(value))
            message = f"{smallest} points are worth less than the smallest coin of {programme.currency}: nothing."
            field = "choices[0]" if redemption.choices else "min"
            found.no_effect(f"redemption.{field}", message, f"at least {least}")
    limits: list[tuple[str, RedemptionLimit | str | None]] = [("redemption.limit", redemption.limit)]
    for number, step in enumerate(programme.tiers.steps if programme.tiers else []):
        limits.append((f"tiers.steps[{number}].redemption_limit", step.redemption_limit))
    for path, limit in limits:
        if isinstance(limit, RedemptionLimit) and limit.points < smallest:
            message = f"The limit of {limit.points} is below the smallest redemption of {smallest}."
            found.contradiction(f"{path}.points", message, f"at least {smallest}")


def _amounts(redemption: Redemption, found: Findings) -> None:
    """Choices rise; otherwise min, max and step fit together."""
    for number, (lower, higher) in enumerate(pairwise(redemption.choices), 1):
        if higher <= lower:
            message = f"{higher} does not come after {lower}."
            found.add(f"redemption.choices[{number}]", "not_rising", message, "each amount once, smallest first")
    if redemption.choices:
        given = {"min": redemption.min != 1, "max": redemption.max is not None, "step": redemption.step != 1}
        for field in (field for field, is_given in given.items() if is_given):
            message = "Only the amounts in choices can be redeemed."
            found.no_effect(f"redemption.{field}", message, f"no {field}, or no choices")
        return
    most = redemption.max
    if most is None:
        return
    if most < redemption.min:
        message = f"The largest redemption of {most} is below the smallest of {redemption.min}."
        found.contradiction("redemption.max", message, f"at least {redemption.min}")
    elif (most - redemption.min) % redemption.step:
        last = most - (most - redemption.min) % redemption.step
        message = f"No step of {redemption.step} from {redemption.min} leads to {most}."
        found.contradiction("redemption.max", message, f"{last} or {last + redemption.step}")


def _buckets(programme: Programme, redemption: Redemption, found: Findings) -> None:
    """Thresholds rise, and more points are never worth less each (S5.4)."""
    base = programme.points.value
    last = Fraction(parse_money(base)) if base is not None else Fraction(0)
    threshold = 0
    for number, bucket in enumerate(redemption.value_buckets):
        path = f"redemption.value_buckets[{number}]"
        if bucket.threshold <= threshold:
            message = f"The threshold {bucket.threshold} does not come after {threshold}."
            found.add(f"{path}.threshold", "not_rising", message, "each threshold once, smallest first")
        each = Fraction(parse_money(bucket.value), bucket.threshold)
        if each < last:
            message = f"From {bucket.threshold} points on, a point would be worth less than below."
            least = format_money(round_fraction(last * bucket.threshold, "ceil"))
            right = f'at least "{least}" for {bucket.threshold} points'
            found.add(f"{path}.value", "not_rising", message, right)
        elif last and each > 100 * last:
            message = f"From {bucket.threshold} points on, a point would be worth over 100 times as much as below."
            found.add(f"{path}.value", "out_of_range", message, "the value of all points of the threshold together")
        threshold, last = bucket.threshold, max(each, last)


def _expiration(programme: Programme, found: Findings) -> None:
    expiration = programme.expiration
    if isinstance(expiration.everything, GlobalDate):
        days = expiration.everything.days
        for number, day in enumerate(days):
            found.month_day(f"expiration.global.days[{number}]", day)
        found.unique(((f"expiration.global.days[{n}]", day) for n, day in enumerate(days)), "day")
    tiers = programme.tiers
    own = [source.expires for source in programme.sources] + [step.expires for step in (tiers.steps if tiers else [])]
    if expiration.warn_days and not (expiration.rolling or expiration.everything or any(own)):
        found.no_effect("expiration.warn_days", "Points never lapse.", "rolling or global expiration")
    for path, warn_days in (("expiration.warn_days", expiration.warn_days), ("tiers.warn_days", _tier_warnings(tiers))):
        found.unique(((f"{path}[{n}]", str(days)) for n, days in enumerate(warn_days)), "number of days")


def _transition(programme: Programme, found: Findings) -> None:
    transition = programme.transition
    if transition is None:
        return
    if transition.lives == "shorten" and not (programme.expiration.rolling or programme.expiration.everything):
        found.no_effect("transition.lives", "Points never lapse.", "keep, or rolling or global expiration")
    if transition.lives == "keep" and transition.notice != Transition().notice:
        found.no_effect("transition.notice", "No lives are shortened.", "lives: shorten")
    if transition.tiers == "lower" and programme.tiers is None:
        found.no_effect("transition.tiers", "There are no tiers.", "keep")


def _tier_warnings(tiers: object) -> list[int]:
    return list(getattr(tiers, "warn_days", []))
