"""Points that are set aside for a checkout, and points that become another member's (S5.6, S5.8)."""

from datetime import date

from tests.oracle.instants import period_start
from tests.oracle.points import activity, available_lots, draw, draw_order, life_terms, new_lot, pay_debt
from tests.oracle.state import Account, Award, Draw, Hold, Lot, Redemption
from tests.oracle.versions import Version

MINUTE = 60_000_000


def open_holds(account: Account) -> list[Hold]:
    """What is set aside, the oldest first."""
    return sorted((hold for hold in account.holds if hold.status == "open"), key=lambda hold: hold.placed_at)


def open_hold(account: Account, reference: str) -> Hold | None:
    """The newest open hold of a reference."""
    found = [hold for hold in open_holds(account) if hold.reference == reference]
    return found[-1] if found else None


def take(account: Account, hold: Hold, points: int, now: int) -> None:
    """Sets points aside, those that end first; they join what it drew from their lot since all points lapsed last."""
    for lot, part in draw(available_lots(account), points):
        same = [one for one in hold.draws if one.lot == lot.id and not lot.lapsed_between(one.at, now)]
        if same:
            same[0].points += part
        else:
            hold.draws.append(Draw(lot.id, part, now))


def let_go(account: Account, hold: Hold, points: int, now: int) -> None:
    """Points of a hold come free, those that end last first: debt is paid, what lapsed meanwhile lapses."""
    for one in reversed(ordered(account, hold)):
        part = min(points, one.points)
        one.points -= part
        points -= part
        left = pay_debt(account, part)
        assert one.lot is not None
        lot = account.lot(one.lot)
        if lot.lapsed_between(one.at, now):
            account.expired += left
            lot.lapsed += left
        else:
            lot.remaining += left  # of a lot that has ended they lapse in their turn
    hold.draws = [one for one in hold.draws if one.points]


def ordered(account: Account, hold: Hold) -> list[Draw]:
    """What a hold drew, as it is spent."""

    def key(one: Draw) -> tuple[int, int, int, int]:
        assert one.lot is not None
        return draw_order(account.lot(one.lot))

    return sorted(hold.draws, key=key)


def run_out(account: Account, at: int) -> None:
    """S3.2 (1): holds whose time has come are released."""
    for hold in account.holds:
        if hold.status == "open" and hold.ends_at <= at:
            hold.status = "ended"
            let_go(account, hold, hold.points, at)


def capture(account: Account, hold: Hold, points: int, now: int, version: Version, name: str) -> Redemption:
    """Points that end first are spent, the others come free; it counts in the limit of the hold's day."""
    hold.status = "captured"
    made = Redemption(name, hold.placed_at, hold.day, points, None, "external", counts=True)
    left = points
    for one in ordered(account, hold):
        part = min(left, one.points)
        if part:
            made.draws.append(Draw(one.lot, part, one.at))
        one.points -= part
        left -= part
    account.redeemed += points
    let_go(account, hold, hold.points, now)
    activity(account, version, "redemption", now, now)
    return made


def gift_day(account: Account, version: Version, now: int) -> date:
    """On which day a gift counts: today, or a later one on which another zone brought one already."""
    return max([version.day(now), *(day for day, _ in account.gifted)])


def gift_left(account: Account, version: Version, now: int) -> int | None:
    """What a member may still give in the period; None where there is no limit."""
    limit = version.part("gifts").get("limit")
    if limit is None:
        return None
    start = period_start(limit["period"], gift_day(account, version, now))
    given = [points for day, points in account.gifted if period_start(limit["period"], day) == start]
    return max(0, int(limit["points"]) - sum(given))


def receive(
    account: Account, drawn: list[tuple[Lot, int]], now: int, version: Version, moment: int | None = None
) -> None:
    """An award in lots with the ends of those that were drawn; debt is paid by those that end first. The sender's
    moment comes along where there is none."""
    award = Award(f"award-{len(account.awards)}", None, None, version.number, now, version.day(now), qualifies=False)
    account.awards[award.id] = award
    if account.global_moment is None:
        account.global_moment = moment
    for lot, points in drawn:
        mine = new_lot(account, award.id, now, now, life_terms(version, None, None))
        mine.expires_at, mine.grace_used = lot.expires_at, lot.grace_used
        award.given += points
        account.earned += points
        left = pay_debt(account, points)
        if left:
            account.make(mine)
            mine.remaining = left
