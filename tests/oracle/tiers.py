"""The ladder: windows, requirements, entering, deadlines, ending early (S8)."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from tests.oracle.conditions import holds
from tests.oracle.earning import fixed_award
from tests.oracle.facts import RequirementView
from tests.oracle.instants import add_months, add_term, day_start, local_day, parse_term, shift_day
from tests.oracle.points import activity, take_back
from tests.oracle.state import Account, Proof, Shop
from tests.oracle.versions import Document, Version, micros

Window = tuple[date, date]  # first and last day, both in
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Sums:
    """What a member has, measured over a window; `points` by the programme's basis."""

    points: int
    spend: int
    orders: int
    events: frozenset[str]
    met: Callable[[str], bool]
    """Whether a condition is."""


def steps_of(version: Version) -> list[Document]:
    """The steps of the ladder, lowest first."""
    return list(version.part("tiers").get("steps") or [])


def by_available(version: Version) -> bool:
    """Whether tiers go by the available points."""
    return version.part("tiers").get("basis") == "available"


def index_of(version: Version, tier: str | None) -> int:
    """The place of a tier in the ladder; -1 where there is none."""
    return next((place for place, step in enumerate(steps_of(version)) if step["slug"] == tier), -1)


def floor_index(version: Version) -> int:
    """The place everyone has: the initial tier, or none."""
    steps = steps_of(version)
    return 0 if steps and not steps[0].get("requires") else -1


def life_of(version: Version, step: Document) -> Document:
    """How long a tier lasts."""
    return step.get("life") or version.part("tiers").get("life") or {}


def join_day(account: Account, version: Version) -> date:
    """The local day of enrolment."""
    return local_day(account.joined_at if account.joined_at is not None else account.settled, version.zone)


def anniversary_index(joined: date, day: date) -> int:
    """In which year of membership a day lies, the first being 0."""
    years = day.year - joined.year
    return years if add_months(joined, 12 * years) <= day else years - 1


def window_of(account: Account, version: Version, day: date) -> Window:
    """The window as it stands on a local day; all that counts since its first day, though another zone brought a later
    one already."""
    window = version.part("tiers").get("window") or {"kind": "lifetime"}
    match window["kind"]:
        case "calendar_year":
            return day.replace(month=1, day=1), date.max
        case "anniversary_year":
            joined = join_day(account, version)
            return add_months(joined, 12 * anniversary_index(joined, day)), date.max
        case "rolling":
            length = parse_term(window["length"])
            first = shift_day(day, length, -1) - timedelta(days=5)
            while shift_day(first, length) <= day:  # it has left at the start of day + length
                first += ONE_DAY
            return first, date.max
    return date.min, date.max


def judged_window(account: Account, version: Version, base: int, *, since: int | None = None) -> Window:
    """S8.4: ends at the base deadline, stretched to the judged instant and back to the day after entry."""
    first, last = window_of(account, version, version.day(base - 1))
    entered_on = account.tier_day if since is None else version.day(since)
    return min(first, entered_on + ONE_DAY), last


def qualifying(account: Account, window: Window) -> int:
    """Points of qualifying awards, net, by the local day on which they occurred."""
    awards = [award for award in account.awards.values() if award.qualifies]
    return sum(award.given for award in awards if window[0] <= award.day <= window[1])


def sums_of(account: Account, version: Version, window: Window) -> Sums:
    """All measures over a window, added up from the facts."""
    orders = [
        order
        for order in account.orders.values()
        if order.pin and order.counts and window[0] <= order.pin.day <= window[1]
    ]
    events = [slug for slug, day in account.events if window[0] <= day <= window[1]]
    points = account.available if by_available(version) else qualifying(account, window)
    known = account.known(version)
    spend = sum(order.eligible_micros for order in orders)
    return Sums(points, spend, len(orders), frozenset(events), lambda text: holds(text, known))


def requirement(asked: Document | None, have: Sums) -> RequirementView:
    """S8.5: whether it is met, what is lacking, the progress."""
    if not asked:
        return RequirementView(True, 10000)
    events = tuple(asked.get("events") or ())
    pairs: list[tuple[int, int]] = []
    for name, value in (("points", have.points), ("spend", have.spend), ("orders", have.orders)):
        if asked.get(name) is not None:
            pairs.append((value, micros(asked[name]) if name == "spend" else int(asked[name])))
    pairs += [(int(slug in have.events), 1) for slug in events]
    condition = asked.get("condition")
    if condition:
        pairs.append((int(have.met(condition)), 1))
    judge, pick = (any, max) if asked.get("match") == "any" else (all, min)
    if judge(value >= need for value, need in pairs):
        return RequirementView(True, 10000)
    return RequirementView(
        met=False,
        progress=pick(max(0, min(10000, value * 10000 // need)) for value, need in pairs),
        extra_points=max(0, int(asked.get("points") or 0) - have.points),
        extra_spend=max(0, micros(asked.get("spend") or 0) - have.spend),
        extra_orders=max(0, int(asked.get("orders") or 0) - have.orders),
        extra_events=tuple(event for event in events if event not in have.events),
        extra_condition=condition is not None and not have.met(condition),
    )


def window_end(account: Account, version: Version, at: int) -> int | None:
    """The instant at which the window that holds an instant ends."""
    zone, kind = version.zone, (version.part("tiers").get("window") or {}).get("kind")
    day = local_day(at, zone)
    if kind == "calendar_year":
        return day_start(date(day.year + 1, 1, 1), zone)
    if kind == "anniversary_year":
        joined = join_day(account, version)
        return day_start(add_months(joined, 12 * (anniversary_index(joined, day) + 1)), zone)
    return None


def base_end(account: Account, version: Version, step: Document, since: int, *, entered: bool) -> int | None:
    """The end without grace: a term after entry or the former end; the end of the window after that of the entry,
    or of the window that begins at the former end."""
    life, zone = life_of(version, step), version.zone
    ends = life.get("ends") or "window"
    if not step.get("requires") or ends == "never":
        return None
    if ends == "term":
        return add_term(since, parse_term(life["term"]), zone, round_up=life.get("round_up") or "day")
    end = window_end(account, version, since)
    return window_end(account, version, end) if entered and end is not None else end


def with_grace(version: Version, step: Document, base: int | None) -> int | None:
    """The deadline as it is shown and judged; a tier that is never lost has none."""
    life = life_of(version, step)
    if base is None or life.get("downgrade") == "never":
        return None
    grace = parse_term(str(life.get("grace") or "0 days"))
    return add_term(base, grace, version.zone, round_up=life.get("round_up") or "day") if grace[0] else base


def enter(
    shop: Shop,
    account: Account,
    place: int,
    at: int,
    proof: Proof | None,
    *,
    pays: bool,
    former_end: int | None = None,
    held: bool = False,
) -> None:
    """A tier begins: its deadline is set (after a fall, from the end that was judged), points for entering are paid. It
    may have been `held` since the one before."""
    version = shop.of(account)
    account.tier_by = None
    if place < 0:
        account.tier, account.base_deadline, account.deadline, account.proof = None, None, None, None
        return
    step = steps_of(version)[place]
    account.tier, account.tier_since = step["slug"], at
    since = at if former_end is None else former_end
    account.base_deadline = base_end(account, version, step, since, entered=former_end is None)
    account.deadline = with_grace(version, step, account.base_deadline)
    account.tier_day = account.tier_day if held else day_looked_at(account, version, at)
    account.proof = replace(proof, last=account.tier_day) if proof and step.get("requires") else None
    if not pays or step["slug"] in account.paid_tiers or "disable_earning_rewards" in account.marks:
        return
    given = []
    if step.get("entry_points"):
        given.append(fixed_award(shop, account, None, int(step["entry_points"]), at, tier=step["slug"]))
    for source in version.sources("tier_entry", at=at):
        if source["tier"] == step["slug"]:
            given.append(fixed_award(shop, account, source, int(source["points"]), at, tier=step["slug"]))
    for award in given:
        award.tier_entered = step["slug"]
        if award.given:
            account.paid_tiers.add(step["slug"])
            activity(account, version, "award", at, at)


def day_looked_at(account: Account, version: Version, at: int) -> date:
    """Up to which day it is looked at what counts: today, or a later one that another zone brought already."""
    return max(version.day(at), account.counted_on)


def climb(shop: Shop, account: Account, at: int) -> None:
    """S3.2 (3): a tier that a refund took away ends, then upgrades until nothing moves, for full members."""
    end_early(shop, account, at)
    version = shop.of(account)
    by_hand = account.set_tier(version)
    while account.full and not (by_hand is not None and by_hand.locked):
        window = window_of(account, version, local_day(at, version.zone))
        have, steps, here = sums_of(account, version, window), steps_of(version), index_of(version, account.tier)
        met = [place for place in range(here + 1, len(steps)) if requirement(steps[place].get("requires"), have).met]
        if not met:
            return
        asked = steps[met[-1]].get("requires") or {}
        enter(shop, account, met[-1], at, Proof(asked, *window), pays=bool(asked))


def end_early(shop: Shop, account: Account, at: int) -> None:
    """S8.4: once something fell, and only if the days of its entry or renewal no longer meet what was asked then.

    It falls to the highest tier that those days or the window of now still give; what only those days give is held
    since then.
    """
    fell, account.fell = account.fell, False
    version, proof = shop.of(account), account.proof
    here, steps = index_of(version, account.tier), steps_of(version)
    if not fell or proof is None or here < 0 or by_available(version) or life_of(version, steps[here]).get("protect"):
        return
    then = sums_of(account, version, (proof.first, proof.last))
    as_then = then if proof.asked.get("match") == "any" else replace(then, met=lambda text: True)
    if requirement(proof.asked, as_then).met:  # of all that was met the condition is taken as met then
        return
    window = window_of(account, version, local_day(at, version.zone))
    now_met, then_met = highest(version, sums_of(account, version, window)), highest(version, then)
    held = then_met > now_met
    place, since, days = (then_met, account.tier_since, (proof.first, proof.last)) if held else (now_met, at, window)
    if place >= here:
        return
    enter(shop, account, place, since, Proof(asked_of(steps, place), *days), pays=False, held=held)
    take_entry(shop, account, [step["slug"] for step in steps[place + 1 : here + 1]])


def take_entry(shop: Shop, account: Account, lost: list[str]) -> None:
    """Points for entering tiers that were lost are taken back."""
    for award in [one for one in account.awards.values() if one.tier_entered in lost and not one.closed]:
        award.closed = True
        take_back(account, award, award.given, shop.of(account))


def asked_of(steps: list[Document], place: int) -> Document:
    """What entering a step asks; nothing below the ladder."""
    asked: Document = (steps[place].get("requires") or {}) if place >= 0 else {}
    return asked


def highest(version: Version, have: Sums) -> int:
    """The highest step whose requirements are met."""
    met = [place for place, step in enumerate(steps_of(version)) if requirement(step.get("requires"), have).met]
    return met[-1] if met else -1


def outcome(account: Account, version: Version, window: Window) -> int:
    """The place that a tier falls to by the programme's way of downgrading."""
    steps, here = steps_of(version), index_of(version, account.tier)
    if life_of(version, steps[here]).get("downgrade") == "one_step":
        return max(here - 1, floor_index(version))
    have = sums_of(account, version, window)
    met = [place for place in range(here) if requirement(steps[place].get("requires"), have).met]
    return met[-1] if met else floor_index(version)


def judge_deadline(shop: Shop, account: Account, at: int) -> None:
    """S3.2 (4): keep, or fall."""
    version = shop.of(account)
    here, former = index_of(version, account.tier), account.base_deadline
    if account.deadline is None or former is None or account.deadline > at or here < 0:
        return
    steps = steps_of(version)
    window = judged_window(account, version, former)
    have = sums_of(account, version, window)
    asked = steps[here].get("keep") or steps[here].get("requires") or {}
    if requirement(asked, have).met:
        account.base_deadline = base_end(account, version, steps[here], former, entered=False)
        account.deadline = with_grace(version, steps[here], account.base_deadline)
        account.tier_since, account.tier_day = at, day_looked_at(account, version, at)
        account.proof, account.tier_by = Proof(asked, window[0], account.tier_day), None
        return
    place = outcome(account, version, window)
    below = asked_of(steps, place)
    proof = Proof(below, *window) if requirement(below, have).met else None
    enter(shop, account, place, at, proof, pays=False, former_end=former)


def lower(shop: Shop, account: Account, at: int) -> None:
    """S8.8, where the version says so: who does not meet what keeps the tier falls at once, as at a deadline."""
    version = shop.of(account)
    here, steps = index_of(version, account.tier), steps_of(version)
    if version.part("transition").get("tiers") != "lower" or here < 0:
        return
    window = judged_window(account, version, at)
    have = sums_of(account, version, window)
    if requirement(steps[here].get("keep") or steps[here].get("requires"), have).met:
        return
    place = outcome(account, version, window)
    below = asked_of(steps, place)
    enter(shop, account, place, at, Proof(below, *window) if requirement(below, have).met else None, pays=False)


def follow_ladder(shop: Shop, account: Account) -> None:
    """A new version has taken effect: a tier that is no more is left, the initial one is had by all."""
    version = shop.of(account)
    if index_of(version, account.tier) < 0:
        enter(shop, account, floor_index(version), account.settled, None, pays=False)
