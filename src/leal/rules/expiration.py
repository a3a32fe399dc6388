"""Expiration: when a lot ends, and what of it is told to the member (S7, S1.3)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from leal.rules.account import Account, Lot
from leal.rules.calendar import Span, add, end_of_month_day, last_usable_day, parse_span
from leal.rules.programme.document import GlobalDate, GlobalInactivity
from leal.rules.programme.terms import Terms
from leal.values import NEVER


class Lapse(NamedTuple):
    """A batch of available points that ends at one instant."""

    at: int
    day: date
    """Last local day on which the points are usable."""
    points: int


def lot_end(terms: Terms, span: Span | None, tier: str | None, earned_at: int, available_at: int) -> int:
    """The own end of a lot (S7.1): its source's term, else its tier's, else the programme's; NEVER without one."""
    span = span or lot_span(terms, tier)
    if span is None:
        return NEVER
    since = terms.rolling.since if terms.rolling else "available"
    anchor = available_at if since == "available" else earned_at
    if anchor == NEVER:
        return NEVER
    return add(anchor, span, terms.zone, terms.rolling.round_up if terms.rolling else "day")


def lot_span(terms: Terms, tier: str | None) -> Span | None:
    """The life of a lot whose source has none of its own: its tier's, else the programme's."""
    own_tier = terms.tier(tier)
    return terms.rolling_span if own_tier is None or own_tier.lot_span is None else own_tier.lot_span


def lapses_at(lot: Lot) -> int:
    """The instant at which the lot's free points lapse: its end, but not while they are still pending."""
    if lot.remaining == lot.held or lot.expires_at == NEVER:
        return NEVER
    return lot.expires_at if lot.expires_at > lot.available_at else lot.available_at


def schedule(account: Account, terms: Terms) -> list[Lapse]:
    """Every coming lapse of available points by own ends, earliest first, the lots of one instant summed (S7.3)."""
    return _lapses(terms, lapsing(account))


def coming_lapses(account: Account, terms: Terms) -> list[Lapse]:
    """The same by what comes first, a lot's own end or the moment at which everything lapses (S7.3)."""
    return _lapses(terms, lapsing(account, moment_at(account, terms, account.settled_at)))


def next_lapse(account: Account, terms: Terms) -> Lapse | None:
    """The first of the schedule; None where nothing will lapse."""
    return next_of(lapsing(account), terms)


def next_of(points: Mapping[int, int], terms: Terms) -> Lapse | None:
    """The first of those that are given; None where there are none."""
    if not points:
        return None
    at = min(points)
    return Lapse(at, last_usable_day(at, terms.zone), points[at])


def _lapses(terms: Terms, points: Mapping[int, int]) -> list[Lapse]:
    return [Lapse(at, last_usable_day(at, terms.zone), points[at]) for at in sorted(points)]


def lapsing(account: Account, latest: int = NEVER) -> dict[int, int]:
    """Available points that lapse by own ends, or at the latest then, by the instant."""
    points: dict[int, int] = {}
    for end, paged in account.paged_ends.items():
        if (at := min(end, latest)) < NEVER:
            points[at] = points.get(at, 0) + paged
    settled_at = account.settled_at
    for lot in account.lots_until(settled_at):
        free = lot.remaining - lot.held
        if free and lot.available_at <= settled_at:
            at = lot.expires_at if lot.expires_at < latest else latest
            if at < NEVER:
                points[at] = points.get(at, 0) + free
    return points


def next_moment(terms: Terms, at: int) -> int:
    """The moment at which all available points lapse, reckoned anew at an instant (S7.2).

    The next end of one of the fixed days, or the term after the instant; NEVER without global expiration.
    """
    policy = terms.programme.expiration.everything
    if isinstance(policy, GlobalDate):
        return min(end_of_month_day(at, day, terms.zone) for day in policy.days)
    if isinstance(policy, GlobalInactivity):
        return add(at, parse_span(policy.term), terms.zone, policy.round_up)
    return NEVER


def moment_after_lapse(terms: Terms, at: int) -> int:
    """The next moment once one has passed: the next fixed day; without activity none."""
    return next_moment(terms, at) if isinstance(terms.programme.expiration.everything, GlobalDate) else NEVER


def moment_at(account: Account, terms: Terms | None, at: int) -> int:
    """The moment as an instant finds it: one that passed while there was nothing to lapse has given way to the next."""
    if terms is None or account.everything_at > at:
        return account.everything_at
    return moment_after_lapse(terms, at)


def pass_moment(account: Account, terms: Terms | None, at: int) -> None:
    """Let moments that came by an instant give way to the next, and remember the last of them (S5.5)."""
    while terms is not None and account.everything_at <= at:
        account.everything_passed_at = account.everything_at
        account.everything_at = moment_after_lapse(terms, account.everything_at)


def passed_at(account: Account, lot_id: int) -> int:
    """When the last common lapse came that passed a lot, open or empty, in microseconds; 0: none did (S5.5, S11.2).

    What was opened later than that, or drawn later from it, has no part in it.
    """
    before_merger = next((one.at for one in reversed(account.keeps.passed) if one.after_lot < lot_id), 0)
    return max(account.everything_passed_at or 0, before_merger)


def keep_alive(account: Account, terms: Terms | None, activity: str, occurred_at: int) -> None:
    """An award or a redemption keeps points alive, where the programme says so; the moment only moves forward."""
    policy = None if terms is None else terms.programme.expiration.everything
    if terms is None or not isinstance(policy, GlobalInactivity) or (policy.keeps and activity not in policy.keeps):
        return
    moment = next_moment(terms, occurred_at)
    if moment <= account.settled_at:  # late news of long ago: what became available since is not its to end
        return
    move_forward(account, moment)


def move_forward(account: Account, moment: int) -> None:
    """The moment at which everything lapses only moves forward (S7.2); NEVER moves none."""
    if moment != NEVER:
        account.everything_at = moment if account.everything_at == NEVER else max(account.everything_at, moment)


def start_anew(account: Account, terms: Terms | None, at: int) -> dict[str, int]:
    """Points that are there without a moment, as nobody was active, get one, reckoned from now; what is noted of it.

    Staff may have given them to somebody who has been idle for long or never joined, or they waited until then; without
    a moment they would never lapse (S7.2).
    """
    if terms is None or account.everything_at != NEVER or not account.available:
        return {}
    return start_clock(account, next_moment(terms, at))


def start_clock(account: Account, moment: int) -> dict[str, int]:
    """Points that come without activity get this moment where the member has none; gives what their entry notes of it.

    Without it they would never lapse with all others, and be parked with whoever has been idle for long (S7.2).
    """
    if moment == NEVER or account.everything_at != NEVER:
        return {}
    account.everything_at = moment
    return {"everything_at": moment}


def switch_policy(account: Account, former: Terms | None, terms: Terms, at: int) -> None:
    """Another programme: switching global expiration on starts its clock now, changing it never shortens (S7.4),
    but where the version says so: then the moment is no later than one reckoned from now, after the notice.

    A version that leaves term and days as they are moves nothing else.
    """
    moment, is_known = next_moment(terms, at), account.everything_at != NEVER
    if former is None or _clock(former) != _clock(terms):
        if moment == NEVER or not is_known:
            account.everything_at = moment
        move_forward(account, moment)
    if terms.notice is not None and is_known:
        account.everything_at = min(account.everything_at, max(moment, notice_end(terms, at)))


def notice_end(terms: Terms, at: int) -> int:
    """Before this no existing points end because of a version that took effect at the instant (S7.4)."""
    return NEVER if terms.notice is None else add(at, terms.notice, terms.zone, "day")


def _clock(terms: Terms) -> GlobalDate | tuple[str, str] | None:
    """What the moments of a programme are reckoned by."""
    policy = terms.programme.expiration.everything
    return (policy.term, policy.round_up) if isinstance(policy, GlobalInactivity) else policy
