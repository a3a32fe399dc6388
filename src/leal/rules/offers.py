"""Offers: what a member can have for points, what stands against it, and how it becomes a reward (S9.1, S9.2)."""

from __future__ import annotations

from leal.errors import Conflict, Reason, Refused
from leal.rules import limits, rewards
from leal.rules.account import Account
from leal.rules.expiration import keep_alive
from leal.rules.granting import TAKEN, UnknownOffer, begun, finish
from leal.rules.judging import Judge
from leal.rules.ledger import Book, Note
from leal.rules.lots import draw, spendable_lots
from leal.rules.marking import reasons_of_marks
from leal.rules.programme.offer_terms import OfferTerms
from leal.rules.programme.terms import Terms
from leal.rules.returning import Redemption
from leal.rules.settling import settle
from leal.rules.tiers import current_tier
from leal.values import format_instant


class RewardNotUsable(Conflict):
    """The reward was used, voided or has lapsed, or it is one that has no code."""

    id = "reward_not_usable"
    sentence = "This reward cannot be turned into a code: it is used or gone, or the shop hands it out itself."


def cost(book: Book, offer: OfferTerms) -> int:
    """Points that the member would pay now."""
    tier = current_tier(book.account, book.terms)
    return offer.cost(None if tier is None else tier.slug)


def visible_offers(book: Book, now: int) -> list[OfferTerms]:
    """The offers that the member sees, in the programme's order. May raise CustomerNeeded."""
    terms, judge = book.terms, Judge(book, now)
    if terms is None or not terms.programme.enabled:
        return []
    return [offer for offer in terms.offers.values() if judge.holds(offer.visible)]


def reasons_against(book: Book, offer: OfferTerms, now: int) -> list[Reason]:
    """Everything that keeps the member from having the offer now, but an empty stock; empty when nothing does.

    May raise CustomerNeeded.
    """
    terms, account = book.terms, book.account
    assert terms is not None  # it has the offer
    reasons = [] if account.membership == "full" else [Reason("not_a_member")]
    reasons += reasons_of_marks(account)
    if now < offer.starts_at:
        reasons.append(Reason("offer_not_open", {"starts": format_instant(offer.starts_at)}))
    if offer.ends_at <= now:
        reasons.append(Reason("offer_ended", {"ended": format_instant(offer.ends_at)}))
    if not Judge(book, now).holds(offer.condition):
        reasons.append(Reason("condition_not_met"))
    return reasons + reasons_of_figures(
        offer, cost(book, offer), account.available, is_used_up=is_used_up(account, offer, terms, now)
    )


def is_used_up(account: Account, offer: OfferTerms, terms: Terms, now: int) -> bool:
    """Whether the member took the offer as often as a member may in the present period."""
    most = offer.per_member
    if most is None:
        return False
    times = rewards.times(account, offer.slug)
    return times.within(most.period, limits.counting_day(times.day, terms, now)) >= most.count


def reasons_of_figures(offer: OfferTerms, points: int, available: int, *, is_used_up: bool) -> list[Reason]:
    """What stands against an offer of so many points for a member of whom nothing but figures does."""
    reasons = []
    if points > available:
        reasons.append(Reason("not_enough_points", {"available": available, "missing": points - available}))
    if is_used_up and offer.per_member is not None:
        most = offer.per_member
        reasons.append(Reason("offer_limit_reached", {"count": most.count, "period": most.period}))
    return reasons


def unavailable_reasons(book: Book, offer: OfferTerms, now: int) -> list[Reason]:
    """The same with the stock, to be shown. May raise CustomerNeeded or StockNeeded."""
    left = rewards.units_left(book, offer)
    return reasons_against(book, offer, now) + ([Reason("out_of_stock")] if left == 0 else [])


def take(book: Book, slug: str, code: str, note: Note | None, now: int) -> Redemption:
    """Let the member have an offer for its points; raises UnknownOffer, or Refused with every reason against it.

    `code` is a fresh one, which is used where what the offer gives has a code. May raise CustomerNeeded or StockNeeded.
    """
    offer = next((one for one in visible_offers(book, now) if one.slug == slug), None)
    if offer is None:
        raise UnknownOffer
    reasons, has_unit = reasons_against(book, offer, now), rewards.take_unit(book, offer)
    if offer.stock is not None and not has_unit:
        reasons.append(Reason("out_of_stock"))
    if reasons:
        if has_unit:
            rewards.leave_unit(book, offer)
        raise Refused(reasons)
    account, terms, points = book.account, book.terms, cost(book, offer)
    assert terms is not None  # it has the offer
    draft = book.draft(TAKEN, "redemption", now, cause_number=account.number + 1)
    draft.note = note
    drawn = draw(draft, spendable_lots(book, points), points)
    account.redeemed += points
    if points:
        keep_alive(account, terms, "redemption", now)
    day = limits.counting_day(rewards.times(account, slug).day, terms, now)
    rewards.count(draft, slug, day)
    made = begun(draft, offer, "offer", has_unit=has_unit)
    made.day_ordinal = day.toordinal()
    made.points, made.draws, made.returned = points, drawn, [0] * len(drawn)
    made.code = None if offer.is_delivered else code
    finish(draft, made)
    settle(book, now)  # what falls due next may have been drawn
    return made


def use(book: Book, reward: Redemption, code: str, now: int) -> None:
    """Give a reward that has no code yet the fresh one; one that has a code keeps it (S9.2).

    Raises RewardNotUsable, or Refused where marks of staff stand against it.
    """
    if reward.offer is None or not reward.is_in_hand or rewards.offer_of(book, reward).is_delivered:
        raise RewardNotUsable
    if reward.code is None:
        if reasons := reasons_of_marks(book.account):
            raise Refused(reasons)
        reward.code, reward.coded_at = code, now


def deliver(book: Book, reward: Redemption) -> None:
    """The shop has handed out what it hands out itself: such a reward is used (S9.2)."""
    if reward.status == "unused" and reward.offer is not None and rewards.offer_of(book, reward).is_delivered:
        reward.status = "used"
