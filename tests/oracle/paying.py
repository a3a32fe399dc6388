"""Sources apart from orders: what happened to a member pays, and days of the year do (S4.1, S4.8)."""

from datetime import timedelta

from tests.oracle.conditions import holds
from tests.oracle.earning import allowance, open_award, plan, post, qualifies, within_budget
from tests.oracle.instants import local_day, next_day_start
from tests.oracle.points import activity, drops, life_terms
from tests.oracle.state import Account, Award, Lot, Shop
from tests.oracle.versions import Document, Version

ONCE = ("signup", "social", "newsletter")
EVENT_KINDS = ("trigger", "review", "social", "newsletter")
DAY_KINDS = ("birthday", "anniversary")


def pay(
    shop: Shop,
    account: Account,
    kinds: tuple[str, ...],
    happened_at: int,
    now: int,
    *,
    trigger: str | None = None,
    version: Version | None = None,
    by_time: bool = False,
) -> None:
    """What the sources of some kinds give for what happened, by the version in force then, or the one named."""
    version = version or shop.pinned_at(happened_at)
    for source in version.sources(*kinds, at=happened_at):
        budget = any(cap.get("period") is None for cap in source.get("caps") or [])
        if source.get("trigger") == trigger and not paid(account, source) and not (by_time and budget):
            pay_source(shop, account, source, version, happened_at, now, by_time=by_time)


def paid(account: Account, source: Document) -> bool:
    """Whether it pays once, and a source of the name that might has; a cap by period lets a social one pay as often as
    that allows."""
    capped = source["kind"] == "social" and any(cap.get("period") for cap in source.get("caps") or [])
    return source["kind"] in ONCE and not capped and source["slug"] in account.paid_once


def pay_source(
    shop: Shop,
    account: Account,
    source: Document,
    version: Version,
    happened_at: int,
    now: int,
    *,
    by_time: bool = False,
    rule: Document | None = None,
) -> Award | None:
    """One award to a full member who may earn, within its caps; what they leave nothing of is none. Time takes of no
    total budget."""
    present = shop.of(account)
    if not account.full or not present.enabled or "disable_earning_rewards" in account.marks:
        return None
    if not holds(source.get("condition"), account.known(present)):
        return None
    name, day = f"award-{len(account.awards)}", version.day(happened_at)
    award = Award(name, source["slug"], None, version.number, happened_at, day, qualifies(source))
    points = int(source["points"])
    award.allowance = most = allowance(shop, account, award, points)
    points = points if most is None else min(points, most)
    if not by_time:
        points = within_budget(shop, account, award, points)
    if points == 0 or too_late(source, version, happened_at, now):
        return None
    open_award(account, award, account.tier_held(present), version, happened_at, now, rule=rule)
    post(shop, account, award, points, now)
    if by_time:
        award.budgeted = 0
    if source["kind"] in ONCE:
        account.paid_once.add(source["slug"])
    activity(account, present, "award", happened_at, now)
    return award


def too_late(source: Document, version: Version, happened_at: int, now: int) -> bool:
    """Whether the time in which another event had to come is over."""
    lot = Lot(-1, "", happened_at, None, life_terms(version, None, None))
    plan(lot, source.get("pending") or {}, happened_at, None, version, now)
    return lot.pending and lot.limit_at is not None and lot.limit_at <= now and drops(lot)


def day_of(account: Account, source: Document, version: Version) -> str | None:
    """The day of the year of a source, as `05-17`."""
    if source["kind"] == "birthday":
        return account.born
    return None if account.joined_at is None else local_day(account.joined_at, version.zone).isoformat()[5:]


def days_of(shop: Shop, account: Account) -> list[tuple[int, Document]]:
    """The next day of each source of days, and the source."""
    version = shop.of(account)
    found = [source for source in version.document.get("sources") or [] if source["kind"] in DAY_KINDS]
    days = [(day_of(account, source, version), source) for source in found]
    return [(next_day_start(day, account.days_until, version.zone), source) for day, source in days if day is not None]


def next_days(shop: Shop, account: Account) -> list[int]:
    """When the next days of the year begin, for who may be paid for them."""
    return [at for at, _ in days_of(shop, account)] if account.version is not None and account.full else []


def pay_days(shop: Shop, account: Account, at: int) -> None:
    """S3.2 (2): days of the year that begin now pay, once a calendar year."""
    version = shop.of(account)
    for due, source in days_of(shop, account):
        day = local_day(due, version.zone)
        if due > at or not version.enabled or not version.in_dates(source, due):
            continue
        if source["kind"] == "anniversary" and account.joined_at and day.year <= version.day(account.joined_at).year:
            continue
        stood = day - local_day(account.born_told_at, version.zone)
        if source["kind"] == "birthday" and stood < timedelta(days=source.get("minimum_change_days", 30)):
            continue
        if (source["slug"], day.year) in account.paid_years:
            continue
        if pay_source(shop, account, source, version, due, at, by_time=True):
            account.paid_years.add((source["slug"], day.year))
