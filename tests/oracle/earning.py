"""What an order earns: eligible money, multipliers, rounding, caps and dates (S4)."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from math import ceil, floor

from tests.oracle.conditions import Known, holds
from tests.oracle.facts import LineFacts, OrderFacts
from tests.oracle.instants import add_term, next_day_start, parse_term, period_start
from tests.oracle.points import drops, give, life_terms, mature, new_lot, set_end, take_back
from tests.oracle.state import Account, Award, Lot, Pin, PinnedLine, Shop
from tests.oracle.versions import Document, Version, micros

ORDER_KINDS = ("order", "first_order", "product", "subscription_order")
PERIODS = ("daily", "weekly", "monthly", "yearly", "lifetime")
QUALIFYING_KINDS = ("order", "first_order", "product")


def lines_of(facts: OrderFacts) -> dict[str, LineFacts]:
    """The lines by id, else by position; an order that never told lines is one line of all its money."""
    if facts.lines is None:
        return {"#whole": LineFacts(product="", amount_spent=facts.amount_spent or 0)}
    return {line.id or f"#{place}": line for place, line in enumerate(facts.lines)}


def counted_lines(facts: OrderFacts, version: Version) -> dict[str, LineFacts]:
    """The lines, with taxes and shipping as lines of their own where the programme counts them."""
    lines = lines_of(facts)
    eligible = version.part("earning").get("eligible") or {}
    for name, told in (("taxes", facts.taxes), ("shipping", facts.shipping)):
        if eligible.get(name) and told:
            lines[f"#{name}"] = LineFacts(product="", amount_spent=told)
    return lines


def spread(total: int, weights: Sequence[int]) -> list[int]:
    """Largest remainder, ties to the first (S1.5)."""
    whole = sum(weights)
    if whole <= 0:
        return [0] * len(weights)
    shares = [total * weight // whole for weight in weights]
    by_rest = sorted(range(len(weights)), key=lambda place: (-(total * weights[place] % whole), place))
    for place in by_rest[: total - sum(shares)]:
        shares[place] += 1
    return shares


def meets(line: LineFacts, targets: Document) -> bool:
    """A line matches when any of the targets names it."""
    return (
        line.product in (targets.get("products") or [])
        or bool(set(line.collections or ()) & set(targets.get("collections") or []))
        or bool(set(line.tags or ()) & set(targets.get("tags") or []))
    )


def described(shop: Shop, line: LineFacts) -> LineFacts:
    """A line with what it does not say itself of its product."""
    collections, tags = shop.products.get(line.product, ((), ()))
    return replace(
        line,
        collections=collections if line.collections is None else line.collections,
        tags=tags if line.tags is None else line.tags,
    )


def known_of_order(account: Account, facts: OrderFacts, version: Version) -> Known:
    """What conditions may ask about an order and its member."""
    return account.known(version) | {"order.amount_micros": sum(line.amount_spent for line in lines_of(facts).values())}


def known_of_line(known: Known, line: LineFacts) -> Known:
    """What conditions may ask about a line as well."""
    return known | {
        "line.product": line.product,
        "line.collections": line.collections,
        "line.tags": line.tags,
        "line.quantity": line.quantity,
        "line.amount_micros": line.amount_spent,
    }


def multiplier_of(line: LineFacts, version: Version, pin: Pin, known: Known) -> Fraction:
    """All multipliers that apply to a line, combined as the programme stacks them."""
    known = known_of_line(known, line)
    factors = [
        Fraction(source["multiplier"], 10000)
        for source in version.sources("product", at=pin.occurred_at)
        if source.get("multiplier") is not None
        and meets(line, source["targets"])
        and holds(source.get("condition"), known)
    ]
    for item in version.document.get("multipliers") or []:
        targets, tiers = item.get("targets"), item.get("tiers") or []
        applies = (not targets or meets(line, targets)) and (not tiers or pin.tier in tiers)
        if applies and version.in_dates(item, pin.occurred_at) and holds(item.get("condition"), known):
            factors.append(Fraction(item["factor"], 10000))
    if not factors:
        return Fraction(1)
    match version.part("earning").get("stacking") or "multiply":
        case "best":
            return max(factors)
        case "add":
            return max(Fraction(0), 1 + sum((factor - 1 for factor in factors), Fraction(0)))
    product = Fraction(1)
    for factor in factors:
        product *= factor
    return product


def pin_lines(shop: Shop, account: Account, facts: OrderFacts, pin: Pin) -> None:
    """Pins every line that is not yet: its multipliers, its eligibility, the bonuses it brings."""
    version, known = shop.versions[pin.version], known_of_order(account, facts, shop.of(account))
    exclude = (version.part("earning").get("eligible") or {}).get("exclude") or {}
    for key, told in counted_lines(facts, version).items():
        if key not in pin.lines or pin.lines[key].product != told.product:
            line = described(shop, told)
            combined = multiplier_of(line, version, pin, known)
            fixed = [s for s in version.sources("product", at=pin.occurred_at) if s.get("multiplier") is None]
            bonuses = frozenset(source["slug"] for source in fixed if meets(line, source["targets"]))
            belongs = bool(line.subscription or facts.subscription)
            pin.lines[key] = PinnedLine(
                combined.as_integer_ratio(), not meets(line, exclude), bonuses, line.product, belongs
            )


def eligible_money(facts: OrderFacts, version: Version, pin: Pin) -> dict[str, int]:
    """S4.2 per line, in millionths; what was paid with points is spread over all lines."""
    lines = counted_lines(facts, version)
    tender = min(facts.points_tender or 0, sum(line.amount_spent for line in lines.values()))
    shares = spread(tender, [line.amount_spent for line in lines.values()])
    money = {key: max(0, line.amount_spent - share) for (key, line), share in zip(lines.items(), shares, strict=True)}
    return {key: part if pin.lines[key].eligible else 0 for key, part in money.items()}


def rounded(points: Fraction, mode: str) -> int:
    """Order points are rounded once (S1.5)."""
    match mode:
        case "ceil":
            return ceil(points)
        case "half_up":
            return floor(points + Fraction(1, 2))
    return floor(points)


def rule_points(source: Document, facts: OrderFacts, version: Version, pin: Pin) -> int:
    """What a source owes for an order by its rule alone, were the order confirmed."""
    if source["kind"] == "order":
        rate = Fraction(source["points"], micros(source["per"]))
        money = eligible_money(facts, version, pin)
        exact = sum((part * Fraction(*pin.lines[key].multiplier) * rate for key, part in money.items()), Fraction(0))
        return rounded(exact, version.part("points").get("rounding") or "floor")
    if source["kind"] == "first_order":
        return int(source["points"]) if pin.first and any(eligible_money(facts, version, pin).values()) else 0
    paid = [key for key, part in eligible_money(facts, version, pin).items() if part]
    if source["kind"] == "subscription_order":
        return subscription_points(source, facts, version, pin)
    return int(source["points"]) if any(source["slug"] in pin.lines[key].products for key in paid) else 0


def subscription_points(source: Document, facts: OrderFacts, version: Version, pin: Pin) -> int:
    """S4.1: what a source owes for the lines that belong to a subscription: fixed points, or for their money."""
    money = eligible_money(facts, version, pin)
    spent = sum(part for key, part in money.items() if pin.lines[key].subscribed)
    if source.get("per") is None:
        return int(source["points"]) if spent else 0
    mode = version.part("points").get("rounding") or "floor"
    return rounded(Fraction(spent * int(source["points"]), micros(source["per"])), mode)


def qualifies(source: Document | None) -> bool:
    """Whether the points of a source count for tiers."""
    if source is None:
        return False
    said = source.get("qualifies")
    return bool(said) if said is not None else source["kind"] in QUALIFYING_KINDS


def caps_of(shop: Shop, award: Award) -> tuple[list[Document], Document | None]:
    """The caps by period of an award's source, the shortest first, and its total budget, as they were pinned."""
    source = shop.versions[award.version].source(award.source) or {}
    caps = source.get("caps") or []
    by_period = [cap for period in PERIODS for cap in caps if cap.get("period") == period]
    return by_period, next((cap for cap in caps if cap.get("period") is None), None)


def cap_left(shop: Shop, account: Account, award: Award, cap: Document) -> int:
    """What a cap by period still allows; awards count whose source had such a cap when they were pinned."""
    start = period_start(cap["period"], award.day)
    used = sum(
        other.given
        for other in account.awards.values()
        if other.source == award.source and caps_of(shop, other)[0] and period_start(cap["period"], other.day) == start
    )
    return max(0, int(cap["points"]) - used)


def allowance(shop: Shop, account: Account, award: Award, points: int) -> int | None:
    """The most that the caps by period allow, each asked for what the shorter ones left; None: there is none (S4.7)."""
    most: int | None = None
    for cap in caps_of(shop, award)[0]:
        left = cap_left(shop, account, award, cap)
        if cap.get("over") == "refuse" and (points if most is None else min(points, most)) > left:
            return 0
        most = left if most is None else min(most, left)
    return most


def budget_spent(shop: Shop, account: Account, source: str) -> int:
    """What a source's total budget gave to all; awards count whose source had one when they were pinned."""
    return sum(one.budgeted for one in shop.awards(source, account) if caps_of(shop, one)[1] is not None)


def within_budget(shop: Shop, account: Account, award: Award, owed: int) -> int:
    """A total budget is asked when an award grows; where it gives less than that, this is pinned."""
    budget = caps_of(shop, award)[1]
    if budget is None or owed <= award.given:
        return owed
    most = award.budgeted + max(0, int(budget["points"]) - budget_spent(shop, account, award.source or ""))
    if owed <= most:
        return owed
    if budget.get("over") == "refuse" and award.id not in account.given_once:
        most = 0
    award.allowance = most
    return most


def plan(
    lot: Lot,
    rule: Document,
    since: int,
    completed_at: int | None,
    version: Version,
    now: int,
    *,
    told: int | None = None,
) -> None:
    """Sets when a waiting lot matures or runs out of time (S4.6); `told`: by the order's own word."""
    zone, mode = version.zone, rule.get("mode", "at_once")
    after_completion = mode == "delay" and rule.get("since") == "completed"
    at = told
    if at is not None:
        after_completion = False
    elif mode == "at_once":
        at = since
    elif mode == "delay" and not after_completion:
        at = add_term(since, (rule["days"], "day"), zone)
    elif mode == "date":
        at = next_day_start(str(rule["day"]), since, zone)
    timeout = add_term(since, parse_term(rule["timeout"]), zone) if rule.get("timeout") else None
    if completed_at is not None:
        if after_completion:
            at = add_term(completed_at, (rule["days"], "day"), zone)
        elif at is None and timeout is not None and rule.get("then") == "mature":
            at = min(timeout, now)
        else:
            at = now if at is None else min(at, now)
    elif at is None and timeout is not None and timeout <= now and rule.get("then") == "mature":
        at = timeout  # late news: its time is over already
    lot.pending_rule, lot.available_at, lot.pending = rule, at, at is None or at > now
    lot.limit_at = timeout if at is None else None
    set_end(lot)


def open_award(
    account: Account,
    award: Award,
    tier: str | None,
    version: Version,
    since: int,
    now: int,
    *,
    rule: Document | None = None,
) -> Lot:
    """Enters an award with its empty lot; orders fall back to the programme's pending rule, unless one is named."""
    source = version.source(award.source)
    of_orders = version.part("earning").get("pending") if source and source["kind"] in ORDER_KINDS else None
    rule = rule or (source or {}).get("pending") or of_orders or {"mode": "at_once"}
    account.awards[award.id] = award
    lot = new_lot(account, award.id, award.occurred_at, None, life_terms(version, tier, award.source))
    order = account.orders[award.order] if award.order else None
    completed, told = (order.completed_at, order.facts.available_at) if order else (None, None)
    plan(lot, rule, since, completed, version, now, told=told)
    return lot


def award_lot(account: Account, award: Award) -> Lot:
    """The first lot of an award, the one it was posted to."""
    return next(lot for lot in account.lots if lot.award == award.id)


def post(shop: Shop, account: Account, award: Award, owed: int, now: int) -> None:
    """Posts the difference between what is owed now and what is given."""
    if owed > award.given:
        give(account, award, award_lot(account, award), owed - award.given)
    elif owed < award.given:
        take_back(account, award, award.given - owed, shop.of(account))


def fixed_award(
    shop: Shop,
    account: Account,
    source: Document | None,
    points: int,
    now: int,
    *,
    qualifying: bool = True,
    tier: str | None = None,
) -> Award:
    """An award of staff or of a tier, given at once within its caps; it lives as in the tier named, or the present."""
    version = shop.of(account)
    slug = source["slug"] if source else None
    award_id = f"award-{len(account.awards)}"
    counts = qualifying and qualifies(source)
    award = Award(award_id, slug, None, version.number, now, version.day(now), counts)
    award.allowance = most = allowance(shop, account, award, points)
    open_award(account, award, tier or account.tier_held(version), version, now, now)
    post(shop, account, award, points if most is None else min(points, most), now)
    return award


def end_pending(account: Account, at: int, shop: Shop) -> None:
    """What has waited long enough matures; then the awards that ran out of time are taken back whole (S6.1)."""
    due = [(lot, lot.limit_at if lot.available_at is None else lot.available_at) for lot in account.lots if lot.pending]
    late = [lot for lot, when in due if when is not None and when <= at and drops(lot)]
    for lot, when in due:
        if when is not None and when <= at and lot not in late:
            mature(lot, when)
    for lot in sorted(late, key=lambda lot: (account.awards[lot.award].came, lot.made)):
        award, version = account.awards[lot.award], shop.of(account)
        held = award.budgeted
        account.fell |= award.qualifies and award.given > 0
        take_back(account, award, award.given, version)
        award.budgeted = held  # time gives nothing back to a total budget
        award.dropped = True
        lot.pending = False  # it never came to have an end
