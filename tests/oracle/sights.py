"""What the oracle finds where a story expects something, in the story's own words."""

import re

from tests.oracle.facts import AccountView, Refused
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
            begin = " waiting" if lot.available_at is None else f" from {local_day(lot.available_at, player.zone)}"
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
