"""Points of one account: drawing, crediting, taking back, giving back, lapsing (S2, S5.1, S5.5, S6, S7)."""

from tests.oracle.facts import Redeemed
from tests.oracle.instants import add_term, next_day_end, parse_term
from tests.oracle.state import Account, Award, Draw, LifeTerms, Lot, Redemption
from tests.oracle.versions import Version

FOREVER = 2**200


def draw_order(lot: Lot) -> tuple[int, int, int, int]:
    """S5.1: earliest own end (never-ending last), earliest available, earliest earned, lowest id."""
    end = FOREVER if lot.expires_at is None else lot.expires_at
    known = lot.limit_at if lot.available_at is None else lot.available_at
    start = FOREVER if known is None else known
    return end, start, lot.earned_at, lot.made


def available_lots(account: Account) -> list[Lot]:
    """Open lots that can be spent, as they are drawn."""
    return sorted((lot for lot in account.lots if lot.remaining and not lot.pending), key=draw_order)


def pending_lots(account: Account) -> list[Lot]:
    """Open lots that wait, as they are drawn."""
    return sorted((lot for lot in account.lots if lot.remaining and lot.pending), key=draw_order)


def draw(lots: list[Lot], points: int) -> list[tuple[Lot, int]]:
    """Takes up to so many points out of lots, in their order."""
    drawn = []
    for lot in lots:
        part = min(points, lot.remaining)
        if part > 0:
            lot.remaining -= part
            points -= part
            drawn.append((lot, part))
    return drawn


def amount(drawn: list[tuple[Lot, int]]) -> int:
    """The sum of what was drawn."""
    return sum(part for _, part in drawn)


def put(account: Account, lot: Lot, points: int) -> None:
    """Puts points into a lot; from one that has ended they lapse within this instant, in their turn (S4.9, S3.2)."""
    lot.remaining += points
    account.stirred |= points > 0 and not lot.pending


def pay_debt(account: Account, points: int) -> int:
    """Pays debt out of a credit and returns what is left of the credit (S6.2)."""
    paid = min(account.debt, points)
    account.debt -= paid
    return points - paid


def credit(account: Account, lot: Lot, points: int) -> None:
    """Points are earned: debt first, then the lot."""
    account.earned += points
    put(account, lot, pay_debt(account, points))


def give(account: Account, award: Award, lot: Lot, points: int) -> None:
    """An increase of an award: it cancels its remembered shortfall first, the rest is posted (S4.3)."""
    account.make(lot)
    award.given += points
    account.counted_on = max(account.counted_on, award.day) if award.qualifies else account.counted_on
    award.budgeted = max(award.budgeted, award.given)
    cancelled = min(points, award.shortfall)
    award.shortfall -= cancelled
    credit(account, lot, points - cancelled)


def take_back(account: Account, award: Award | None, points: int, version: Version) -> int:
    """S6.1; returns what really was taken or became debt. The rest is remembered on the award."""
    can = min(points, account.earned)
    own = [lot for lot in available_lots(account) + pending_lots(account) if award and lot.award == award.id]
    taken = amount(draw(sorted(own, key=lambda lot: (not drops(lot), draw_order(lot))), can))
    for lot in account.lots:
        if award and lot.award == award.id:
            part = min(can - taken, lot.lapsed)
            lot.lapsed -= part
            account.expired -= part
            taken += part
    taken += amount(draw(available_lots(account), can - taken))
    taken += amount(draw(pending_lots(account), can - taken))
    owing = min(can - taken, debt_room(account, version))
    account.debt += owing
    account.earned -= taken + owing
    if award:
        award.given -= points
        award.budgeted -= min(award.budgeted, points)
        award.shortfall += points - taken - owing
    return taken + owing


def debt_room(account: Account, version: Version) -> int:
    """How much more debt the policy allows."""
    policy = version.part("points").get("debt") or {"policy": "unlimited"}
    match policy["policy"]:
        case "none":
            return 0
        case "to_floor":
            return max(0, int(policy["floor"]) - account.debt)
    return FOREVER


def drops(lot: Lot) -> bool:
    """Whether nothing but a time-out comes, and drops the award."""
    return lot.available_at is None and lot.limit_at is not None and lot.pending_rule.get("then", "drop") == "drop"


def set_end(lot: Lot) -> None:
    """A lot's own end, sooner where a version said so."""
    set_own_end(lot)
    shortened(lot)


def set_own_end(lot: Lot) -> None:
    """A term after it becomes available or is earned (S7.1)."""
    begins_at = lot.limit_at if lot.available_at is None else lot.available_at
    anchor = begins_at if lot.terms.since == "available" else lot.earned_at
    if lot.terms.term is None or anchor is None or drops(lot):
        lot.expires_at = None
        return
    if lot.terms.not_before is not None:
        anchor = max(anchor, lot.terms.not_before)
    lot.expires_at = add_term(anchor, lot.terms.term, lot.terms.zone, round_up=lot.terms.round_up)


def shortened(lot: Lot) -> None:
    """Where a version ends existing points sooner, they end then (S7.4)."""
    begins_at = lot.limit_at if lot.available_at is None else lot.available_at
    for term, since, round_up, zone, not_before in lot.terms.shortened:
        anchor = begins_at if since == "available" else lot.earned_at
        if anchor is not None and not drops(lot):
            end = max(not_before, add_term(anchor, term, zone, round_up=round_up))
            lot.expires_at = end if lot.expires_at is None else min(end, lot.expires_at)


def life_terms(version: Version, tier: str | None, source: str | None) -> LifeTerms:
    """The source's own life before the tier's, that before the programme's."""
    rolling = version.part("expiration").get("rolling") or {}
    steps = version.part("tiers").get("steps") or []
    of_tier = next((step.get("expires") for step in steps if step["slug"] == tier), None)
    of_source = (version.source(source) or {}).get("expires")
    term = of_source or of_tier or rolling.get("term")
    since, round_up = rolling.get("since") or "available", rolling.get("round_up") or "day"
    return LifeTerms(parse_term(term) if term else None, version.zone, since, round_up)


def new_lot(account: Account, award: str, earned_at: int, available_at: int | None, terms: LifeTerms) -> Lot:
    """An empty lot."""
    lot = Lot(len(account.lots), award, earned_at, available_at, terms)
    account.lots.append(lot)
    return lot


def mature(lot: Lot, at: int) -> None:
    """A waiting lot becomes available, and its life begins."""
    lot.pending, lot.available_at, lot.limit_at = False, at, None
    set_end(lot)


def waits_for_event(lot: Lot) -> bool:
    """Whether nothing but an event makes the lot's points available."""
    return (
        lot.pending and lot.available_at is None and (lot.limit_at is None or lot.pending_rule.get("then") != "mature")
    )


def spend(
    account: Account, redemption: Redemption, points: int, now: int, *, pending: bool = False, debt: bool = False
) -> None:
    """Moves points to redeemed and notes the lots; what is lacking may become debt (S5.7)."""
    drawn = draw(available_lots(account), points)
    if pending:
        drawn += draw(pending_lots(account), points - amount(drawn))
    redemption.draws += [Draw(lot.id, part, now, waited=waits_for_event(lot)) for lot, part in drawn]
    lacking = points - amount(drawn)
    if lacking and debt:
        redemption.draws.append(Draw(None, lacking, now))
        account.debt += lacking
    assert lacking == 0 or debt
    account.redeemed += points


def give_back(account: Account, draws: list[Draw], points: int, now: int, version: Version) -> int:
    """S5.5: only what is not yet restored, latest-ending lot first; returns what was restored."""

    def lateness(draw: Draw) -> tuple[int, int, int, int]:
        return draw_order(account.lot(draw.lot)) if draw.lot is not None else (-1, -1, -1, -1)

    total = 0
    for one in sorted(draws, key=lateness, reverse=True):
        part = min(one.left, points - total)
        if part > 0:
            one.restored += part
            total += part
            account.redeemed -= part
            restore(account, one, part, now, version)
    return total


def restore(account: Account, one: Draw, points: int, now: int, version: Version) -> None:
    """Restored points settle debt, then the shortfall of their award, then return to their lot or to a new one."""
    points = pay_debt(account, points)
    if one.lot is None:  # they became debt when they were drawn: they have no lot to return to
        nowhere = Lot(-1, "", one.at, one.at, LifeTerms(None, version.zone), expires_at=one.at)
        return in_grace(account, nowhere, points, now, version)
    lot = account.lot(one.lot)
    award = account.awards.get(lot.award)
    if award:
        written_off = min(points, award.shortfall)
        award.shortfall -= written_off
        account.earned -= written_off
        points -= written_off
    if one.waited:  # they wait no longer
        fresh = new_lot(account, lot.award, lot.earned_at, now, life_terms(version, account.tier_held(version), None))
        account.make(fresh)
        set_end(fresh)
        return put(account, fresh, points)
    if not lot.ended(now) and not lot.lapsed_between(one.at, now):
        return put(account, lot, points)
    return in_grace(account, lot, points, now, version)


def in_grace(account: Account, lot: Lot, points: int, now: int, version: Version) -> None:
    """Points whose end has passed come in a lot that ends with the day `grace` from now; without grace, or where
    they had it once, in one that has ended, to lapse within this instant in their turn (S3.2)."""
    grace = parse_term(str(version.part("points").get("grace", "30 days")))
    since = now if lot.available_at is None else min(lot.available_at, now)
    fresh = new_lot(account, lot.award, lot.earned_at, since, LifeTerms(None, version.zone))
    account.make(fresh)
    none = lot.grace_used or grace[0] == 0
    fresh.expires_at = now if none else add_term(now, grace, version.zone, round_up="day")
    fresh.grace_used = True
    put(account, fresh, points)


def lapse(account: Account, lot: Lot) -> None:
    """What is left in a lot lapses."""
    account.expired += lot.remaining
    lot.lapsed += lot.remaining
    lot.remaining = 0


def moment_of(account: Account, version: Version, now: int, *, since: int | None = None) -> int | None:
    """The moment by the version's policy alone; of inactivity since the last activity, or the one that is named."""
    policy = version.part("expiration").get("global")
    if policy is None:
        return None
    if policy["mode"] == "date":
        return next_day_end([str(day) for day in policy["days"]], now, version.zone)
    term, round_up = parse_term(policy["term"]), policy.get("round_up") or "day"
    return add_term(account.last_activity if since is None else since, term, version.zone, round_up=round_up)


def restart_global(account: Account, version: Version, now: int, *, since: int | None = None) -> None:
    """The moment of the global lapse as of now; it only moves forward (S7.2)."""
    moment = moment_of(account, version, now, since=since)
    if moment is None:
        account.global_moment = None
    elif moment > now and moment > (account.global_moment or 0):
        account.global_moment = moment


def activity(account: Account, version: Version, kind: str, occurred_at: int, now: int) -> None:
    """An award or a redemption keeps points alive where the policy says so."""
    policy = version.part("expiration").get("global") or {}
    keeps = policy.get("keeps") or ["award", "redemption"]
    if policy.get("mode") == "inactivity" and kind in keeps:
        restart_global(account, version, now, since=occurred_at)
        account.last_activity = max(account.last_activity, occurred_at)


def start_anew(account: Account, version: Version, now: int) -> None:
    """Points that became available without an activity have a moment all the same, reckoned from now (S7.2)."""
    if (account.stirred or account.available) and account.global_moment is None:
        account.global_moment = moment_of(account, version, now, since=now)
    account.stirred = False


def lapse_globally(account: Account, version: Version, at: int) -> None:
    """All available points lapse, and the next moment is set."""
    lots = available_lots(account)
    for lot in lots:
        lapse(account, lot)
    for lot in account.lots:
        lot.lapses += (at,)
    account.global_moment = None
    restart_global(account, version, at)


def as_answer(redemption: Redemption, value_micros: int) -> Redeemed:
    """A new redemption as the caller sees it."""
    draws = tuple((draw.lot, draw.points) for draw in redemption.draws if draw.lot is not None)
    return Redeemed(redemption.id, redemption.points, redemption.code, value_micros, draws)
