"""What the oracle finds where a story expects something, in the story's own words."""

import re

from tests.oracle.facts import AccountView, Refused, RequirementView
from tests.oracle.instants import local_day
from tests.oracle.stage import Player, shown
from tests.stories.stage import money

REASONS = (
    "not_a_member", "read_only", "rewards_disabled", "offer_not_open", "offer_ended", "condition_not_met",
    "not_enough_points", "offer_limit_reached", "out_of_stock",
)  # fmt: skip


@shown("balance")
def balance(player: Player, match: re.Match[str], view: AccountView) -> str:
    """The buckets that are named."""
    return " ".join(f"{name} {getattr(view, name)}" for name in match["expected"].split()[::2])


@shown("lots")
def lots(player: Player, match: re.Match[str], view: AccountView) -> str:
    """Open lots by their last day."""
    found = []
    for lot in sorted(view.lots, key=lambda lot: lot.pending):
        begin = ""
        if lot.pending:
            starts_at = lot.limit_at if lot.available_at is None else lot.available_at
            begin = " waiting" if starts_at is None else f" from {local_day(starts_at, player.zone)}"
        end = " forever" if lot.expires_at is None else f" until {local_day(lot.expires_at - 1, player.zone)}"
        found.append(f"{lot.remaining}{begin}{end}")
    return ", ".join(found) or "none"


@shown("counts")
def counts(player: Player, match: re.Match[str], view: AccountView) -> str:
    """Qualifying points and orders, ever."""
    return f"{view.life_points} points, {view.life_orders} orders"


@shown("spend")
def spend(player: Player, match: re.Match[str], view: AccountView) -> str:
    """Money that counts, ever and in the window."""
    found = f"life {money(view.total_spend)}"
    return found + (f" window {money(view.window_spend)}" if " window " in match["expected"] else "")


@shown("events")
def events(player: Player, match: re.Match[str], view: AccountView) -> str:
    """How often each trigger came."""
    return ", ".join(f"{times} {slug}" for slug, times in sorted(view.events.items())) or "none"


@shown("limit")
def limit(player: Player, match: re.Match[str], view: AccountView) -> str:
    """What is left of the redemption limit."""
    words = match["expected"].split()
    return "none" if view.limit_remaining is None else " ".join(["remaining", str(view.limit_remaining), *words[2:]])


@shown("code")
def code(player: Player, match: re.Match[str], view: AccountView) -> str:
    """How a code stands."""
    found = view.codes.get(player.made[match["code"]])
    worth = match["expected"].partition(" worth ")
    return f"{found}{''.join(worth[1:])}" if found in ("unused", "locked") else "gone"


@shown("tier")
def tier(player: Player, match: re.Match[str], view: AccountView) -> str:
    """The tier, its last day and what follows, as far as the line says."""
    found = (view.tier or "none").capitalize() if view.tier else "none"
    if " until " in match["expected"]:
        found += f" until {local_day((view.deadline or 1) - 1, player.zone)}"
    if " forever" in match["expected"]:
        found += " forever" if view.deadline is None else ""
    if " then " in match["expected"] and view.tier_end is not None:
        follows = view.tier_end.downgraded_tier
        found += f" then {follows.capitalize() if follows else 'none'}"
    if " or kept " in match["expected"] and view.tier_end is not None:
        kept = view.tier_end.keep_extended_deadline
        found += " or kept " + ("forever" if kept is None else f"until {local_day(kept - 1, player.zone)}")
    return found


@shown("subscribed")
def subscribed(player: Player, match: re.Match[str], view: AccountView) -> str:
    """What subscriptions come to."""
    active, cycle = view.subscribed
    return f"{'active' if active else 'inactive'} cycle {cycle}"


@shown("reached")
def reached(player: Player, match: re.Match[str], view: AccountView) -> str:
    """The milestones that are reached."""
    return ", ".join(view.reached) or "none"


@shown("offers")
def offers(player: Player, match: re.Match[str], view: AccountView) -> str:
    """What can be had, for what, and why not."""
    words = [
        f"{slug} {points}" + (f" ({' '.join(sorted(reasons, key=REASONS.index))})" if reasons else "")
        for slug, (points, reasons) in view.offers.items()
    ]
    return ", ".join(words) or "none"


@shown("rewards")
def rewards(player: Player, match: re.Match[str], view: AccountView) -> str:
    """What is in hand."""
    words = [f"{offer or 'points'} {'without code' if code is None else how}" for offer, code, how in view.rewards]
    return ", ".join(words) or "none"


@shown("holds")
def holds(player: Player, match: re.Match[str], view: AccountView) -> str:
    """What is set aside, its worth where the line has one, and the minute in which it runs out."""
    wanted, words = match["expected"].split(", "), []
    for number, one in enumerate(view.holds):
        worth = f" worth {money(one.value_micros)}" if number < len(wanted) and " worth " in wanted[number] else ""
        words.append(f"{one.points} under {one.reference}{worth} to {player.minute(one.ends_at)}")
    return ", ".join(words) or "none"


@shown("granted")
def granted(player: Player, match: re.Match[str], view: AccountView) -> str:
    """How many of the wishes that came at once were granted."""
    return str(sum(not isinstance(one, Refused) for one in player.answer))


@shown("referrals")
def referrals(player: Player, match: re.Match[str], view: AccountView) -> str:
    """What became of her invitations."""
    rows = player.oracle.referrals(match["who"], player.now)
    return (
        ", ".join(f"{one.channel} {one.status}" + (f" +{one.points}" if one.points else "") for one in rows) or "none"
    )


def lacking(asked: RequirementView, expected: str) -> str:
    """What a requirement lacks, and the progress where the line says it."""
    parts = [f"{asked.extra_points} points"] if asked.extra_points else []
    parts += [f"{money(asked.extra_spend)} spend"] if asked.extra_spend else []
    parts += [f"{asked.extra_orders} orders"] if asked.extra_orders else []
    parts += [f"event {slug}" for slug in asked.extra_events] + ["condition"] * asked.extra_condition
    found = f" lacks {', '.join(parts) or 'nothing'}" if " lacks " in f" {expected}" else ""
    return found + (f" progress {asked.progress}" if " progress " in expected else "")


@shown("next")
def next_tier(player: Player, match: re.Match[str], view: AccountView) -> str:
    """The tier above."""
    above = list(view.tiers)[list(view.tiers).index(view.tier) + 1 if view.tier else 0 :]
    return above[0].capitalize() + lacking(view.tiers[above[0]], match["expected"]) if above else "none"


@shown("step")
def step(player: Player, match: re.Match[str], view: AccountView) -> str:
    """Any tier."""
    name = match["expected"].split()[0]
    return name + lacking(view.tiers[name.lower()], match["expected"])


@shown("keeps")
def keeps(player: Player, match: re.Match[str], view: AccountView) -> str:
    """What is missing to keep the tier."""
    return "none" if view.tier_end is None else lacking(view.tier_end.keep, match["expected"]).strip()


@shown("value")
def value(player: Player, match: re.Match[str], view: AccountView) -> str:
    """Money value."""
    return money((view.values or {}).get("pending" if match["pending"] else "available"))


@shown("way")
def way(player: Player, match: re.Match[str], view: AccountView) -> str:
    """How a source stands."""
    return view.ways.get(match["slug"], "hidden")
