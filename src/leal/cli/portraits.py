"""What a member and a programme look like on a terminal, as tables that a person likes to read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Final

import msgspec
from rich import box
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from leal.api.history import HIDDEN
from leal.cli.screen import table
from leal.cli.times import UTC
from leal.cli.words import instant_text, money_text, need_text, plural, points_text, until_text
from leal.engine.commands import Balance, Change, Who
from leal.rules.account import Account
from leal.rules.programme.document import Source
from leal.rules.programme.terms import Terms, TierTerms
from leal.rules.standing import Standing, TierStanding
from leal.values import NEVER

BAR_COLUMNS = 24
QUIET: Final = HIDDEN - {"hold_extended"}
"""Changes of which a member sees nothing."""


def name_of(who: Who) -> str:
    """The best name a member has."""
    return who.shopid or who.email or f"{who.bhid or 0:016x}"


def member(name: str, balance: Balance) -> RenderableType:
    """A member's balance: points and what they are worth, what lapses, the tier and the way to the next."""
    standing, terms = balance.standing, balance.standing.terms
    if terms is None:
        lines: list[RenderableType] = [Text("This shop has no programme in force.", style="yellow"), _points(standing)]
        return Panel(Group(*lines), title=name, title_align="left", box=box.ROUNDED, padding=(1, 2))
    parts: list[RenderableType] = [_points(standing)]
    if (details := _details(standing, terms)).row_count:
        parts += [Text(), details]
    if balance.rewards:
        parts += [Text(), rewards(balance, terms)]
    return Panel(
        Group(*parts),
        title=Text.assemble((name, "bold"), f" in {terms.programme.title}"),
        subtitle=Text(f"{instant_text(balance.now, terms.zone)}, {terms.programme.timezone}", style="dim"),
        title_align="left",
        subtitle_align="right",
        box=box.ROUNDED,
        padding=(1, 2),
        expand=False,
    )


def _points(standing: Standing) -> Table:
    account, terms = standing.account, standing.terms
    now = Table.grid(padding=(0, 2))
    now.add_column(style="dim")
    now.add_column(justify="right")
    now.add_column(justify="right", style="green")
    now.add_row(
        "available", Text(points_text(account.available), style="bold"), _worth(standing.available_value, terms)
    )
    now.add_row("pending", points_text(account.pending), _worth(standing.pending_value, terms))
    if account.held:
        now.add_row("held", points_text(account.held), "")
    if account.debt:
        now.add_row("debt", Text(points_text(account.debt), style="red"), "")
    ever = Table.grid(padding=(0, 2))
    ever.add_column(style="dim")
    ever.add_column(justify="right")
    for word, points in (("earned", account.earned), ("redeemed", account.redeemed), ("expired", account.expired)):
        ever.add_row(word, points_text(points))
    bought = Table.grid(padding=(0, 2))
    bought.add_column(style="dim")
    bought.add_column(justify="right")
    bought.add_row("spent", money_text(account.life.spend_micros, terms))
    bought.add_row("for tiers", money_text(standing.upgrade_spend, terms))
    bought.add_row("orders", points_text(account.life.orders))
    side_by_side = Table.grid(padding=(0, 4))
    side_by_side.add_row(now, ever, bought)
    return side_by_side


def _worth(micros: int | None, terms: Terms | None) -> str:
    return "" if micros is None else money_text(micros, terms)


def _details(standing: Standing, terms: Terms) -> Table:
    rows = Table.grid(padding=(0, 2))
    rows.add_column(style="dim", no_wrap=True)
    rows.add_column()
    if standing.next_lapse is not None:
        lapse = standing.next_lapse
        rows.add_row("lapses next", f"{plural(lapse.points, 'point')}, usable until {until_text(lapse.at, terms)}")
    if standing.limit is not None:
        limit = standing.limit
        rows.add_row(
            "may redeem",
            f"{points_text(limit.remaining)} of {plural(limit.total, 'point')} left ({limit.period} limit)",
        )
    if standing.current is not None:
        rows.add_row("tier", _current(standing.current, terms))
    if standing.next is not None:
        rows.add_row("next tier", _next(standing.next, terms))
    if (by_hand := _by_hand(standing.account, terms)) is not None:
        rows.add_row("set by staff", by_hand)
    if standing.account.marks:
        rows.add_row("marks", ", ".join(standing.account.marks))
    return rows


def _by_hand(account: Account, terms: Terms) -> str | None:
    """The tier that staff set, its end, and whether it is locked."""
    if account.set_tier is None:
        return None
    step = terms.tier(account.set_tier)
    name = step.name if step is not None else account.set_tier or "the lowest place"
    ends = "for good" if account.set_until == NEVER else f"until {until_text(account.set_until, terms)}"
    return f"{name} {ends}{', locked' if account.set_locked else ''}"


def _current(tier: TierStanding, terms: Terms) -> RenderableType:
    name = Text(tier.tier.name, style="bold magenta")
    end = tier.end
    if end is None or end.deadline_at == NEVER:
        return name
    name.append(f" until {until_text(end.deadline_at, terms)}", style="not bold default")
    lacking = need_text(end.keep.lacking, terms)
    if lacking:
        falls = f", else {end.falls_to}" if end.falls_to else ""
        name.append(f"; {lacking} more keeps it{falls}", style="not bold default")
    else:
        name.append("; what keeps it is done", style="not bold default")
    return name


def _next(tier: TierStanding, terms: Terms) -> RenderableType:
    share = tier.asked.progress
    way = Table.grid(padding=(0, 1))
    way.add_row(
        Text(tier.tier.name, style="magenta"),
        ProgressBar(total=10_000, completed=share, width=BAR_COLUMNS, complete_style="magenta"),
        f"{share // 100} %",
    )
    lacking = need_text(tier.asked.lacking, terms)
    return Group(way, Text(f"{lacking} more" if lacking else "reached with the next order", style="dim"))


def rewards(balance: Balance, terms: Terms) -> Table:
    """The codes and other rewards that a member has not used yet."""
    rows = table("unused code", "of", "points", "worth", "since", figures=("points", "worth"))
    for reward in balance.rewards:
        offer = None if reward.offer is None else balance.given[reward.version, reward.offer]
        missing = "to be handed out" if offer is not None and offer.is_delivered else "none yet"
        rows.add_row(
            reward.code or Text(missing, style="dim"),
            "points" if offer is None else offer.document.title,
            points_text(reward.points),
            money_text(reward.amount, terms) if reward.amount else "",
            instant_text(reward.drawn_at, terms.zone),
        )
    return rows


def programme(terms: Terms, now: int) -> RenderableType:
    """What a stranger sees of a programme at an instant: ways to earn, what points buy, tiers and their benefits."""
    told = terms.programme
    rows = Table.grid(padding=(0, 2))
    rows.add_column(style="dim", no_wrap=True)
    rows.add_column()
    open_ways = [source for source in told.sources if source.kind != "manual"]
    for number, source in enumerate(open_ways):
        rows.add_row("ways to earn" if number == 0 else "", source_text(source))
    for number, line in enumerate(_multipliers(terms, now)):
        rows.add_row("multipliers" if number == 0 else "", line)
    if (spending := _spending(terms)) is not None:
        rows.add_row("to spend", spending)
    for number, offer in enumerate(one for one in terms.offers.values() if one.starts_at <= now < one.ends_at):
        price = f"{points_text(offer.points)} points" if offer.points else "free"
        rows.add_row("offers" if number == 0 else "", f"{offer.document.title} ({price})")
    if terms.rolling is not None:
        since = "they become available" if terms.rolling.since == "available" else "they are earned"
        rows.add_row("points live", f"{terms.rolling.term} after {since}")
    parts: list[RenderableType] = [rows]
    if terms.tiers:
        parts += [Text(), ladder(terms)]
    title = Text.assemble((told.title, "bold"), " as everyone sees it")
    return Panel(Group(*parts), title=title, title_align="left", box=box.ROUNDED, padding=(1, 2), expand=False)


def source_text(source: Source) -> Text:
    """A way to earn in one line."""
    line = Text(source.title, style="bold")
    if source.description:
        line.append(f"  {source.description}", style="not bold")
    return line


def _multipliers(terms: Terms, now: int) -> Iterator[Text]:
    """Those that run at the instant or are to come."""
    titles = {multiplier.slug: multiplier.title for multiplier in terms.programme.multipliers}
    for factor in terms.factors:
        if factor.ends_at <= now:
            continue
        times = f"{factor.factor.numerator / Decimal(factor.factor.denominator):f}"
        line = Text.assemble((titles[factor.slug], "bold"), f"  {times} times the points")
        if factor.tiers:
            line.append(f" for {', '.join(tier.name for tier in terms.tiers if tier.slug in factor.tiers)}")
        if factor.starts_at > now:
            line.append(f" from {instant_text(factor.starts_at, terms.zone)}")
        if factor.ends_at < NEVER:
            line.append(f" until {until_text(factor.ends_at, terms)}")
        yield line


def _spending(terms: Terms) -> str | None:
    redemption = terms.programme.redemption
    if redemption is None or terms.point_value is None:
        return None
    text = f"100 points are worth {money_text(100 * terms.point_value, terms)}"
    if redemption.choices:
        return f"{text}; {', '.join(points_text(choice) for choice in redemption.choices)} at a time"
    most = f" to {points_text(redemption.max)}" if redemption.max is not None else ""
    text += f"; from {points_text(redemption.min)}{most} at a time"
    return f"{text}, in steps of {points_text(redemption.step)}" if redemption.step > 1 else text


def ladder(terms: Terms) -> Table:
    """The tiers as columns, what each asks for and gives as rows."""
    rows = table("", *(step.name for step in terms.tiers))
    for column in rows.columns[1:]:
        column.header_style = "not dim bold magenta"
    rows.columns[0].style = "dim"
    rows.add_row("asks for", *(_asks_for(step, terms) for step in terms.tiers))
    steps = terms.programme.tiers.steps if terms.programme.tiers else []
    for feature in terms.programme.tier_features:
        rows.add_row(feature.title, *(step.features.get(feature.slug, "–") for step in steps))
    return rows


def _asks_for(step: TierTerms, terms: Terms) -> str:
    return need_text(step.need, terms) or "nothing"


def richest(members: Iterable[tuple[Who, Balance]]) -> Table:
    """The members who can spend most, with what they can spend and what they have bought."""
    rows = table(
        "", "customer", "tier", "available", "worth", "pending", "orders", "spent",
        title="The ten richest members",
        figures=("", "available", "worth", "pending", "orders", "spent"),
    )  # fmt: skip
    for place, (who, balance) in enumerate(members, 1):
        standing, account = balance.standing, balance.standing.account
        rows.add_row(
            str(place),
            name_of(who),
            Text(standing.current.tier.name if standing.current else "–", style="magenta"),
            Text(points_text(account.available), style="bold"),
            Text(_worth(standing.available_value, standing.terms), style="green"),
            points_text(account.pending),
            points_text(account.life.orders),
            money_text(account.life.spend_micros, standing.terms),
        )
    return rows


def history(changes: Iterable[Change], terms: Terms | None) -> Table:
    """What happened to a member, one change a line."""
    rows = table("when", "what", "points", "about", figures=("points",))
    for change in changes:
        points = Text(f"{change.points:+,}" if change.points else "", style="red" if change.points < 0 else "green")
        when = instant_text(change.at, terms.zone if terms else UTC)
        style = "" if change.points or change.type not in QUIET else "dim"
        rows.add_row(when, change.type.replace("_", " "), points, "  ".join(_about(change, terms)), style=style)
    return rows


def _about(change: Change, terms: Terms | None) -> Iterator[str]:
    """What it is about, the order, the code and its worth, the tier, the words of staff: what there is."""
    if change.title:
        yield change.title
    if change.order_id:
        yield f"order {change.order_id}"
    if change.code:
        yield f"code {change.code}"
    if change.amount is not None:
        yield f"worth {money_text(change.amount, terms)}"
    facts = msgspec.json.decode(change.changes) if change.changes else {}
    tier = facts.get("shown_tier", facts.get("tier"))
    if tier:
        known = terms.tier(tier) if terms else None
        yield f"now {known.name if known else tier}"
    if change.note:
        yield str(msgspec.json.decode(change.note).get("description", ""))
