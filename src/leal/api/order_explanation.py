"""Why an order gave what it gave: the function that tells every step, in figures and in words."""

from __future__ import annotations

from fractions import Fraction
from typing import Final, Literal

from leal.api import words
from leal.api.function import ABOUT_ONE, Call, Function
from leal.api.shapes import Ident, Input, MarketInput1, Shape
from leal.rules.calendar import local_day
from leal.rules.order_explanation import AwardExplained, LineExplained, OrderExplained, Verdict, rounded
from leal.rules.orders import OrderStatus
from leal.rules.programme.document import SourceKind
from leal.scalars import Instant, Money
from leal.values import NEVER, Rounding
from leal.words.voice import Voice


class ExplainOrderInput(Input, kw_only=True):
    """Which order."""

    order_id: Ident
    market: MarketInput1 | None = None


class Ratio1(Shape):
    """An exact number: `numerator / denominator`."""

    numerator: int
    denominator: int


class ExplainedFactor1(Shape):
    """A multiplier that applied."""

    slug: str
    title: str
    factor: Ratio1


class ExplainedLine1(Shape, kw_only=True):
    """One line: `exact_pts = eligible × factor × rate`."""

    id: str
    product: str
    amount_spent: Money
    amount_points: Money
    """What of it was paid with points."""
    eligible: Money
    earns: bool
    """False: the programme leaves it out."""
    multipliers: list[ExplainedFactor1]
    factor: Ratio1
    """All of them as one."""
    exact_pts: Ratio1
    """Before anything is rounded."""
    desc: str
    rule: str = "S4.2"


class ExplainedRate1(Shape):
    """So many points for so much money."""

    pts: int
    per: Money


class ExplainedAward1(Shape, kw_only=True):
    """What one way to earn gives for the order."""

    source: str
    title: str
    kind: SourceKind | None
    """Null: the programme of the order has it no more."""
    pts_by_rule: int
    """What the rule alone would give for the order as it stands."""
    pts_allowed: int | None
    """The most that caps allow; null: they do not come into it."""
    pts_owed: int
    pts: int
    """What it gives now."""
    pts_written_off: int
    """Points that were to be taken back and could not."""
    hindrance: Literal["refused", "not_running", "neutralised", "dropped"] | None
    available: Instant | None
    """Since or from when they can be spent; null: nothing was given, or they wait for an event."""
    expires: Instant | None
    """Their own end; null: none."""
    desc: str
    rule: str


class ExplainOrderResult1(Shape, kw_only=True):
    """An order's points, and every step to them."""

    order_id: str
    status: OrderStatus
    time: Instant
    """When it was placed: by then all terms are chosen."""
    programme_version: int
    """The one that it is pinned to since it was first confirmed; 0: none."""
    tier: str
    """The tier that it is pinned to; empty: none."""
    verdict: Verdict
    """Whether it earns, and if not, why."""
    pts: int
    rate: ExplainedRate1 | None
    """What the amount earns; null: nothing."""
    stacking: str
    """How several multipliers are made one: `multiply`, `add`, `best`."""
    rounding: Rounding
    lines: list[ExplainedLine1]
    exact_pts: Ratio1
    """What the lines come to, rounded once."""
    pts_rounded: int
    awards: list[ExplainedAward1]
    desc: str
    rule: str


VERDICT_RULES: Final[dict[Verdict, str]] = {
    "earns": "S4.2",
    "no_programme": "S4.4",
    "not_confirmed": "S4.5",
    "taken_back": "S4.5",
    "not_a_member": "S11.4",
}


def explained_order(found: OrderExplained, market: MarketInput1 | None = None) -> ExplainOrderResult1:
    """An order's explanation as the wire has it, in the language of the market."""
    speak = words.voice_for(market, found.terms)
    rate = found.rate
    return ExplainOrderResult1(
        order_id=found.order_id,
        status=found.status,
        time=Instant(found.order_at),
        programme_version=found.version,
        tier=found.tier,
        verdict=found.verdict,
        pts=found.points,
        rate=None if rate is None else ExplainedRate1(rate[0], Money(rate[1])),
        stacking=found.stacking,
        rounding=found.rounding,
        lines=[_line(speak, found, line) for line in found.lines],
        exact_pts=_ratio(found.exact),
        pts_rounded=rounded(found),
        awards=[_award(speak, found, award) for award in found.awards],
        desc=_summary(speak, found),
        rule=VERDICT_RULES[found.verdict],
    )


def _summary(speak: Voice, found: OrderExplained) -> str:
    if found.verdict == "no_programme":
        return speak.say("explain.no_programme")
    if found.verdict == "not_confirmed":
        return speak.say("explain.not_confirmed")
    if found.verdict == "taken_back":
        return speak.say("explain.taken_back")
    if found.verdict == "not_a_member":
        return speak.say("explain.not_a_member")
    if found.rate is None:
        return speak.say("explain.gives", points=found.points)
    exact = words.exact(speak, found.exact)
    told = speak.say("explain.rounded", rounding=found.rounding, exact=exact, points=rounded(found))
    return f"{told} {speak.say('explain.gives', points=found.points)}"


def _line(speak: Voice, found: OrderExplained, line: LineExplained) -> ExplainedLine1:
    return ExplainedLine1(
        id=line.key,
        product=line.product,
        amount_spent=Money(line.spent_micros),
        amount_points=Money(line.tender_micros),
        eligible=Money(line.eligible_micros),
        earns=line.earns,
        multipliers=[ExplainedFactor1(one.slug, one.title, _ratio(one.factor)) for one in line.factors],
        factor=_ratio(line.factor),
        exact_pts=_ratio(line.exact),
        desc=_line_sentence(speak, found, line),
    )


def _line_sentence(speak: Voice, found: OrderExplained, line: LineExplained) -> str:
    if not line.earns:
        return speak.say("explain.line_excluded", amount=line.spent_micros)
    if found.verdict != "earns":
        return speak.say("explain.line_only_counts", amount=line.eligible_micros)
    if found.rate is None:
        return speak.say("explain.line_counts", amount=line.eligible_micros)
    points, per = found.rate
    exact = words.exact(speak, line.exact)
    if line.factors:
        factor = words.exact(speak, line.factor)
        names = speak.join([one.title for one in line.factors], either=False)
        told = speak.say(
            "explain.line_times",
            amount=line.eligible_micros, factor=factor, names=names, points=points, per=per, exact=exact,
        )  # fmt: skip
    else:
        told = speak.say("explain.line", amount=line.eligible_micros, points=points, per=per, exact=exact)
    if line.tender_micros:
        told += " " + speak.say("explain.tender", amount=line.tender_micros)
    return told


def _award(speak: Voice, found: OrderExplained, award: AwardExplained) -> ExplainedAward1:
    gives = award.given > 0
    desc, rule = _award_sentence(speak, found, award)
    return ExplainedAward1(
        source=award.source,
        title=award.title,
        kind=award.kind,
        pts_by_rule=award.by_rule,
        pts_allowed=award.most,
        pts_owed=award.owed,
        pts=award.given,
        pts_written_off=award.written_off,
        hindrance=award.hindrance,
        available=Instant(award.available_at) if gives and award.available_at != NEVER else None,
        expires=Instant(award.expires_at) if gives and award.expires_at != NEVER else None,
        desc=desc,
        rule=rule,
    )


def _award_sentence(speak: Voice, found: OrderExplained, award: AwardExplained) -> tuple[str, str]:
    """What is said of an award, and by which rule."""
    if award.hindrance == "neutralised":
        return speak.say("explain.neutralised"), "S6.4"
    if award.hindrance == "dropped":
        return speak.say("explain.dropped"), "S4.6"
    if award.hindrance == "refused":
        return speak.say("explain.refused"), "S9.6"
    if award.hindrance == "not_running":
        return speak.say("explain.not_running"), "S4.1"
    told, rule = speak.say("explain.by_rule", points=award.by_rule, why=words.earns(speak, award.kind)), "S4.2"
    if award.most is not None and award.most < award.by_rule:
        told, rule = f"{told} {speak.say('explain.capped', points=award.most)}", "S4.7"
    if award.written_off:
        told += " " + speak.say("explain.written_off", points=award.written_off)
    zone = None if found.terms is None else found.terms.zone
    if award.given and zone is not None and award.available_at == NEVER:
        told += " " + speak.say("explain.waits")
    elif award.given and zone is not None:
        told += " " + speak.say("explain.spendable", day=local_day(award.available_at, zone))
    return told, rule


def _ratio(fraction: Fraction) -> Ratio1:
    return Ratio1(fraction.numerator, fraction.denominator)


async def explain_order(call: Call, given: ExplainOrderInput) -> ExplainOrderResult1:
    """Answer ExplainOrder1; another's order is not found."""
    found = await call.engine.explain_order(call.shop, given.order_id, customer=call.caller.customer)
    return explained_order(found, given.market)


FUNCTIONS: Final = (
    Function(
        "ExplainOrder1", "read", ABOUT_ONE, ExplainOrderInput, ExplainOrderResult1,
        explain_order, "Why an order gave what it gave, line by line.",
    ),
)  # fmt: skip
