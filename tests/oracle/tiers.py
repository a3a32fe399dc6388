"""The ladder: windows, requirements, entering, deadlines, ending early (S8)."""

from dataclasses import dataclass
from datetime import date, timedelta

from tests.oracle.earning import fixed_award
from tests.oracle.facts import STANDING, RequirementView
from tests.oracle.instants import add_months, add_term, day_start, local_day, parse_term, shift_day
from tests.oracle.points import activity, take_back
from tests.oracle.state import Account, Document, Proof, Shop, Version, micros

Window = tuple[date, date]  # first and last day, both in
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Sums:
    """What a member has, measured over a window; `points` by the programme's basis."""

    points: int
    spend: int
    orders: int
    events: frozenset[str]


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
    """The window as it stands on a local day."""
    window = version.part("tiers").get("window") or {"kind": "lifetime"}
    match window["kind"]:
        case "calendar_year":
            return day.replace(month=1, day=1), day
        case "anniversary_year":
            joined = join_day(account, version)
            return add_months(joined, 12 * anniversary_index(joined, day)), day
        case "rolling":
            length = parse_term(window["length"])
            first = shift_day(day, length, -1) - timedelta(days=5)
            while shift_day(first, length) <= day:  # it has left at the start of day + length
                first += ONE_DAY
            return first, day
    return date.min, day


def judged_window(account: Account, version: Version, base: int, judged: int) -> Window:
    """S8.4: ends at the base deadline, stretched to the judged instant and back to the day after entry."""
    first, _ = window_of(account, version, local_day(base - 1, version.zone))
    after_entry = local_day(account.tier_since, version.zone) + ONE_DAY
    return min(first, after_entry), local_day(judged - 1, version.zone)


def qualifying(account: Account, version: Version, window: Window) -> int:
    """Points of qualifying awards, net, by the local day on which they occurred."""
    awards = [award for award in account.awards.values() if award.qualifies]
    return sum(a.given for a in awards if window[0] <= local_day(a.occurred_at, version.zone) <= window[1])


def sums_of(account: Account, version: Version, window: Window) -> Sums:
    """All measures over a window, added up from the facts."""
    orders = [
        order
        for order in account.orders.values()
        if order.pin
        and order.facts.status in STANDING
        and window[0] <= local_day(order.pin.occurred_at, version.zone) <= window[1]
    ]
    events = [slug for slug, at in account.events if window[0] <= local_day(at, version.zone) <= window[1]]
    points = account.available if by_available(version) else qualifying(account, version, window)
    return Sums(points, sum(order.eligible_micros for order in orders), len(orders), frozenset(events))


def requirement(asked: Document | None, have: Sums) -> RequirementView:
    """S8.5: whether it is met, what is lacking, the progress."""
    if not asked:
        return RequirementView(True, 10000)
    if asked.get("condition"):
        raise NotImplementedError("conditions are not covered")
    events = tuple(asked.get("events") or ())
    pairs: list[tuple[int, int]] = []
    for name, value in (("points", have.points), ("spend", have.spend), ("orders", have.orders)):
        if asked.get(name) is not None:
            pairs.append((value, micros(asked[name]) if name == "spend" else int(asked[name])))
    if events:
        pairs.append((len(set(events) & have.events), len(set(events))))
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
    )


def base_end(account: Account, version: Version, step: Document, times: int) -> int | None:
    """The deadline without grace: so many terms, or ends of windows, after the entry."""
    life, zone = life_of(version, step), version.zone
    ends, kind = life.get("ends") or "window", (version.part("tiers").get("window") or {}).get("kind")
    if not step.get("requires") or ends == "never":
        return None
    if ends == "term":
        round_up = life.get("round_up") or "day"
        return add_term(account.tier_anchor, parse_term(life["term"]), zone, round_up=round_up, times=times)
    day = local_day(account.tier_anchor, zone)
    if kind == "calendar_year":
        return day_start(date(day.year + 1 + times, 1, 1), zone)
    if kind == "anniversary_year":
        joined = join_day(account, version)
        return day_start(add_months(joined, 12 * (anniversary_index(joined, day) + 1 + times)), zone)
    return None


def with_grace(version: Version, step: Document, base: int | None) -> int | None:
    """The deadline as it is shown and judged."""
    grace = life_of(version, step).get("grace")
    return add_term(base, parse_term(str(grace)), version.zone) if base is not None and grace else base


def extended(account: Account, version: Version, step: Document, after: int) -> tuple[int, int | None, int | None]:
    """The next round of the deadline that lies after an instant: the round, the base, the deadline."""
    times = account.tier_round
    while True:
        times += 1
        base = base_end(account, version, step, times)
        shown = with_grace(version, step, base)
        if shown is None or shown > after:
            return times, base, shown


def enter(shop: Shop, account: Account, place: int, at: int, proof: Proof | None, *, pays: bool) -> None:
    """A tier begins: its deadline is set, points for entering are paid once."""
    version = shop.of(account)
    if place < 0:
        account.tier, account.base_deadline, account.deadline, account.proof = None, None, None, None
        return
    step = steps_of(version)[place]
    account.tier, account.tier_since, account.tier_anchor, account.tier_round = step["slug"], at, at, 1
    account.base_deadline = base_end(account, version, step, 1)
    account.deadline = with_grace(version, step, account.base_deadline)
    account.proof = proof if step.get("requires") else None
    if not pays or step["slug"] in account.paid_tiers:
        return
    account.paid_tiers.add(step["slug"])
    given = []
    if step.get("entry_points"):
        given.append(fixed_award(shop, account, None, int(step["entry_points"]), at))
    for source in version.sources("tier_entry", at=at):
        if source["tier"] == step["slug"]:
            given.append(fixed_award(shop, account, source, int(source["points"]), at))
    for award in given:
        award.tier_entered = step["slug"]
        if award.given:
            activity(account, version, "award", at, at)


def climb(shop: Shop, account: Account, at: int) -> None:
    """S3.2 (3): a tier that a refund took away ends, then upgrades until nothing moves."""
    end_early(shop, account, at)
    while True:
        version = shop.of(account)
        window = window_of(account, version, local_day(at, version.zone))
        have, steps, here = sums_of(account, version, window), steps_of(version), index_of(version, account.tier)
        met = [place for place in range(here + 1, len(steps)) if requirement(steps[place].get("requires"), have).met]
        if not met:
            return
        asked = steps[met[-1]].get("requires") or {}
        enter(shop, account, met[-1], at, Proof(asked, *window), pays=bool(asked))


def end_early(shop: Shop, account: Account, at: int) -> None:
    """S8.4: only if the days of its entry or renewal no longer meet what was asked then."""
    version, proof = shop.of(account), account.proof
    here = index_of(version, account.tier)
    if proof is None or here < 0 or by_available(version) or life_of(version, steps_of(version)[here]).get("protect"):
        return
    if requirement(proof.asked, sums_of(account, version, (proof.first, proof.last))).met:
        return
    lost = account.tier
    window = window_of(account, version, local_day(at, version.zone))
    if fall(shop, account, window, at):
        for award in [one for one in account.awards.values() if one.tier_entered == lost and not one.closed]:
            award.closed = True
            take_back(account, award, award.given, version)


def outcome(account: Account, version: Version, window: Window) -> int:
    """The place that a tier falls to by the programme's way of downgrading."""
    steps, here = steps_of(version), index_of(version, account.tier)
    match life_of(version, steps[here]).get("downgrade") or "requalify":
        case "never":
            return here
        case "one_step":
            return max(here - 1, floor_index(version))
    have = sums_of(account, version, window)
    met = [place for place in range(here) if requirement(steps[place].get("requires"), have).met]
    return met[-1] if met else floor_index(version)


def fall(shop: Shop, account: Account, window: Window, at: int) -> bool:
    """A downgrade, judged on a window; answers whether the tier ended."""
    version = shop.of(account)
    place = outcome(account, version, window)
    if place == index_of(version, account.tier):
        return False
    asked = steps_of(version)[place].get("requires") if place >= 0 else None
    earned = requirement(asked, sums_of(account, version, window)).met
    enter(shop, account, place, at, Proof(asked or {}, *window) if asked and earned else None, pays=False)
    return True


def judge_deadline(shop: Shop, account: Account, at: int) -> None:
    """S3.2 (4): keep, or fall."""
    version = shop.of(account)
    here = index_of(version, account.tier)
    if account.deadline is None or account.base_deadline is None or account.deadline > at or here < 0:
        return
    step = steps_of(version)[here]
    window = judged_window(account, version, account.base_deadline, account.deadline)
    asked = step.get("keep") or step.get("requires") or {}
    kept = requirement(asked, sums_of(account, version, window)).met
    if kept or not fall(shop, account, window, at):
        account.tier_round, account.base_deadline, account.deadline = extended(account, version, step, at)
        if kept:
            account.tier_since, account.proof = at, Proof(asked, *window)


def follow_ladder(shop: Shop, account: Account) -> None:
    """A new version has taken effect: a tier that is no more is left, the initial one is had by all."""
    version = shop.of(account)
    if index_of(version, account.tier) < 0:
        enter(shop, account, floor_index(version), account.settled, None, pays=False)
