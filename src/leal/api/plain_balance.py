"""The plain balance: the document of a member whose balance is kept, the same that `balance_result` makes; and the one
with the whole programme, written around it.

What hangs on the programme alone is written once, and the member's figures are put between it: that takes a fraction of
the time that filling shapes and writing them does.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Final

import msgspec

from leal.api import words
from leal.api.balance_parts import Parts, parts_of
from leal.api.offer_shapes import Offer1
from leal.api.offers import offer_beside, rewards_of
from leal.api.shapes import encode
from leal.api.tiers import instant_or_latest, thresholds
from leal.engine.commands import PlainBalance, WholeBalance
from leal.rules.calendar import last_usable_day
from leal.rules.kept_balance import KeptBalance, KeptEnd, KeptWay, lacks_of
from leal.rules.limits import limit_in_force
from leal.rules.programme.terms import Need, Terms
from leal.rules.programme.words import RedemptionLimit
from leal.rules.standing import OfferStanding, TierStanding
from leal.rules.tiers import NOTHING_LACKS
from leal.rules.worth import value_of
from leal.values import format_instant, format_money
from leal.words.voice import Voice

MET: Final = 10_000
"""The progress of what is met, in permyriad."""


def plain_balance(shop: str, found: PlainBalance, speak: Voice) -> bytes:
    """The document, as JSON."""
    frame, kept = _frame(shop, found.terms), found.kept
    return _plain(frame, kept, frame.current(kept, speak), frame.next(kept, speak)).encode()


def whole_balance(shop: str, found: WholeBalance, speak: Voice, *, unused: bool) -> bytes:
    """The same with the programme, with the unused rewards, or both."""
    plain, programme = found.plain, found.programme
    frame, kept = _frame(shop, plain.terms), plain.kept
    current, ahead = frame.current(kept, speak), frame.next(kept, speak)
    told = [_plain(frame, kept, current, ahead).removesuffix("}").encode()]
    if unused:
        told += b',"unused_rewards":', encode(rewards_of(found, speak))
    if programme is not None:
        told += b',"sources":', encode([frame.parts.source(one) for one in programme.sources])
        offers = [one for one in programme.offers if one.offer.starts_at <= found.now < one.offer.ends_at]
        told += b',"offers":', encode([frame.offer(one, speak) for one in offers])
        known = {kept.tier: current, kept.tier + 1: ahead}
        steps = [frame.step(one, speak, known.get(one.tier.rank)) for one in programme.tiers]
        told += b',"tiers":[', ",".join(steps).encode(), b'],"tier_features":', frame.features
    told.append(b"}")
    return b"".join(told)


def _frame(shop: str, terms: Terms) -> _Frame:
    parts = parts_of(shop, terms)
    return parts.known("frame", partial(_Frame, parts))


def _plain(frame: _Frame, kept: KeptBalance, current: str, ahead: str) -> str:
    """The document but for the programme; the member's tier and the next one are written already."""
    terms = frame.terms
    everything_at, lapse, day = kept.everything_at, kept.next_lapse, kept.anniversary_day
    lapses = "null" if lapse is None else f'{{"time":{_instant(lapse.at)},"day":"{lapse.day}","amount":{lapse.points}}}'
    return (
        f'{{"pts_available":{kept.available},"pts_available_value":{_worth(terms, kept.available)},'
        f'"pts_pending":{kept.pending},"pts_pending_value":{_worth(terms, kept.pending)},"pts_earned":{kept.earned},'
        f'"pts_redeemed":{kept.redeemed},"pts_expired":{kept.expired},"pts_held":{kept.held},'
        f'"membership":"{kept.membership}","program_enabled":true,"pts_debt":{kept.debt},'
        f'"total_spend":{_money(kept.spend_micros)},"upgrade_spend":{_money(kept.upgrade_spend)},'
        f'"loyalty_anniversary_day":{_text(day)},'
        f'"pts_global_expiration":{"null" if everything_at is None else _instant(everything_at)},'
        f'"pts_next_rolling_expiration":{lapses},"redemption":{frame.redemption},'
        f'"cur_tier":{current},"next_tier":{ahead},'
        f'"redemption_limit":{_limit(frame.limits[kept.tier], kept.remaining)},'
        f'"global_redemption_limit":{_limit(frame.limit, kept.global_remaining)}}}'
    )


class _Frame:
    """What is the same for all members of a shop's programme."""

    def __init__(self, parts: Parts) -> None:
        terms = parts.terms
        rules = terms.programme.redemption
        self.parts = parts
        self.features = encode(parts.features)
        self.terms = terms
        self.redemption = encode(parts.redemption).decode()
        self.limit = _Limit(None if rules is None else rules.limit)
        self.limits = [_Limit(limit_in_force(terms, tier)) for tier in (*terms.tiers, None)]
        """Those in force, by the rank of the tier; the last is for whoever is below the ladder, at -1."""
        self._heads = [_head(tier.name, tier.slug) for tier in terms.tiers]
        """Tiers up to their end."""
        self._needs = [_asked(tier.need) for tier in terms.tiers]
        """What they ask for, up to what lacks."""
        self._keeps = [_asked(tier.keep) for tier in terms.tiers]
        """What is asked for keeping them."""
        self._tails = [
            _tail(encode(cells).decode(), tier.limit) for cells, tier in zip(parts.cells, terms.tiers, strict=True)
        ]
        """What the ladder says of tiers after that, up to what is left of their own limit, and the end."""

    def current(self, kept: KeptBalance, speak: Voice) -> str:
        rank, end = kept.tier, kept.end
        if rank < 0:
            return "null"
        ends = "null" if end is None else self._end(rank, end, speak)
        return f'{self._heads[rank]}{ends},"reqs":{self._reqs(rank, kept.lacking, speak)}}}'

    def next(self, kept: KeptBalance, speak: Voice) -> str:
        rank = kept.tier + 1
        if rank >= len(self._heads):
            return "null"
        return f'{self._heads[rank]}null,"reqs":{self._reqs(rank, kept.ahead, speak)}}}'

    def step(self, standing: TierStanding, speak: Voice, known: str | None) -> str:
        """A tier in the ladder; of the member's and of the next it is known what is told beside it."""
        rank, limit = standing.tier.rank, standing.limit
        before, after = self._tails[rank]
        left = "" if limit is None else str(limit.remaining)
        if known is not None:
            return f"{known[:-1]}{before}{left}{after}"
        lacking, progress = standing.asked.lacking, standing.asked.progress
        way = None
        if lacking is not NOTHING_LACKS:
            way = KeptWay(progress, lacking.points, lacking.spend_micros, lacking.orders, lacking.events)
        return f'{self._heads[rank]}null,"reqs":{self._reqs(rank, way, speak)}{before}{left}{after}'

    def offer(self, standing: OfferStanding, speak: Voice) -> Offer1:
        """An offer; against whom nothing stands is told the same in whatever language."""
        if standing.reasons:
            return offer_beside(standing, {}, speak)
        key = "offer", standing.offer.slug, standing.points
        return self.parts.once(key, lambda: offer_beside(standing, {}, speak))

    def _reqs(self, rank: int, way: KeptWay | None, speak: Voice) -> str:
        return self._asked(rank, self._needs[rank], self.terms.tiers[rank].need, way, speak)

    def _asked(
        self, rank: int, head: str, need: Need, way: KeptWay | None, speak: Voice, keep_by: date | None = None
    ) -> str:
        if way is None:
            return f'{head}"progress":{MET}}}'
        said = head
        if way.points:
            said += f'"extra_pts":{way.points},'
        if way.spend_micros:
            said += f'"extra_spend":{_money(way.spend_micros)},'
        if way.orders:
            said += f'"extra_orders":{way.orders},'
        if way.events:
            said += f'"extra_events":{_text(way.events)},'
        terms = self.terms
        sentence = words.still_lacking(
            speak,
            lacks_of(way),
            either=not need.every,
            tier=terms.tiers[rank].name,
            keep_by=keep_by,
            programme=terms.programme,
        )
        if sentence:
            said += f'"extra_desc":{_text(sentence)},'
        return f'{said}"progress":{way.progress}}}' if way.progress else f"{said.removesuffix(',')}}}"

    def _end(self, rank: int, end: KeptEnd, speak: Voice) -> str:
        terms = self.terms
        keep_by = last_usable_day(end.deadline_at, terms.zone)
        keep = self._asked(rank, self._keeps[rank], terms.tiers[rank].keep, end.keep, speak, keep_by)
        return (
            f'{{"deadline":{_instant(instant_or_latest(end.deadline_at))},'
            f'"downgraded_tier_name":{_text(end.falls_to)},"keep_reqs":{keep},'
            f'"keep_extended_deadline":{_instant(instant_or_latest(end.extended_deadline_at))}}}'
        )


class _Limit:
    """A limit, whole and up to what is left of it; None: there is none."""

    def __init__(self, limit: RedemptionLimit | None) -> None:
        self.whole = "null"
        if limit is not None:
            self.before, self.after = f'{{"total":{limit.points},"remaining":', f',"period":{_text(limit.period)}}}'
            self.whole = f"{self.before}{limit.points}{self.after}"


def _limit(limit: _Limit, remaining: int | None) -> str:
    return limit.whole if remaining is None else f"{limit.before}{remaining}{limit.after}"


def _tail(cells: str, limit: RedemptionLimit | None) -> tuple[str, str]:
    own = _Limit(limit)
    if limit is None:
        return f',"features":{cells}}}', ""
    return f',"features":{cells},"redemption_limit":{own.before}', f"{own.after}}}"


def _head(name: str, slug: str) -> str:
    return f'{{"name":{_text(name)},"slug":{_text(slug)},"expiration":'


def _asked(need: Need) -> str:
    """Its thresholds, open for what follows them."""
    told = encode(thresholds(need)).decode().removesuffix("}")
    return told if told == "{" else f"{told},"


def _worth(terms: Terms, points: int) -> str:
    value = value_of(terms, points)
    return "null" if value is None else _money(value)


def _money(micros: int) -> str:
    return f'"{format_money(micros)}"'


def _instant(at: int) -> str:
    return f'"{format_instant(at)}"'


def _text(value: str | Sequence[str] | None) -> str:
    return _encode(value).decode()


_encode: Final = msgspec.json.Encoder().encode
