"""Words: in whose language the answers speak, and what they say to customers in it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING

from babel.numbers import format_decimal

from leal.errors import Refused
from leal.rules.programme.document import Programme, SourceKind
from leal.rules.programme.terms import Need, Terms
from leal.words.voice import Voice, voice

if TYPE_CHECKING:
    from leal.api.function import Call
    from leal.api.shapes import MarketInput1


def voice_for(market: MarketInput1 | None, terms: Terms | None) -> Voice:
    """The voice for a page in the market, under the shop's programme."""
    named = None if market is None else market.locale
    if terms is None:
        return voice(named, None, None)
    return voice(named, terms.programme.locale, terms.programme.currency)


async def voice_of(call: Call, market: MarketInput1 | None) -> Voice:
    """The same, where the programme is not at hand."""
    return voice_for(market, await call.engine.terms(call.shop))


def still_lacking(
    speak: Voice,
    lacking: Need,
    *,
    either: bool,
    tier: str,
    keep_by: date | None = None,
    programme: Programme | None = None,
) -> str:
    """What is lacking to reach a tier, or to keep it with what is done by a last day; empty when nothing is.

    `programme` has the titles of events.
    """
    parts = []
    if lacking.points:
        parts.append(speak.say("tier.points", n=lacking.points))
    if lacking.spend_micros:
        parts.append(speak.say("tier.spend", amount=lacking.spend_micros))
    if lacking.orders:
        parts.append(speak.say("tier.orders", n=lacking.orders))
    if lacking.events:
        titles = {} if programme is None else {trigger.slug: trigger.title for trigger in programme.triggers}
        parts += [speak.say("tier.event", event=titles.get(event, event)) for event in lacking.events]
    if not parts:
        return ""
    before, after = _around_lacking(speak, tier, keep_by)
    sentence = f"{before}{speak.join(parts, either=either)}{after}"
    return sentence[0].upper() + sentence[1:]


# Of a programme's tiers and a voice there are few; a voice is the same object each time.
@lru_cache(maxsize=1024)
def _around_lacking(speak: Voice, tier: str, keep_by: date | None) -> tuple[str, str]:
    """What is said before and after what is lacking."""
    if keep_by is None:
        sentence = speak.say("tier.reach", lacking="\0", tier=tier)
    else:
        sentence = speak.say("tier.keep", lacking="\0", tier=tier, day=keep_by)
    before, _, after = sentence.partition("\0")
    return before, after


def change_sentence(speak: Voice, type_: str, order_id: str | None, title: str | None = None) -> str:
    """What a change of the type is called where nobody wrote words for it; of an unknown type, its name.

    With its order, and the title of the way to earn, the offer or the milestone that it is about.
    """
    ident = f"change.{type_}"
    words = speak.say(ident) if speak.knows(ident) else type_.replace("_", " ").capitalize()
    if order_id:
        words = speak.say("change.with_order", change=words, order=order_id)
    return f"{words}: {title}" if title else words


def exact(speak: Voice, number: Fraction) -> str:
    """An exact number in the language's digits: a decimal where it has one of six digits, else a fraction."""
    scaled = number * 10**6
    if scaled.denominator != 1:
        return f"{number.numerator}/{number.denominator}"
    decimal = Decimal(scaled.numerator).scaleb(-6)
    return str(format_decimal(decimal, format="#,##0.######", locale=speak.locale))


def earns(speak: Voice, kind: SourceKind | None) -> str:
    """For what a kind of source gives points."""
    return speak.say("earns.other" if kind is None else f"earns.{kind}")


def reason_sentences(speak: Voice, refused: Refused) -> list[str]:
    """A sentence for each reason against a wish; what a refusal that was kept before an upgrade cannot tell stays as
    it was told."""
    try:
        return [speak.say(f"reason.{reason.code}", **reason.figures) for reason in refused.reasons]
    except KeyError:
        return [refused.message for _ in refused.reasons]
