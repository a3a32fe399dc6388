"""What the oracle expects where the engine shows something else, in the words of stories."""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from tests.oracle.facts import AccountView, LotView, RequirementView
from tests.oracle.instants import local_day
from tests.oracle.view import limit_of
from tests.oracle_machine.comparing import BUCKETS
from tests.oracle_machine.notes import Disagreement
from tests.oracle_machine.pair import Pair
from tests.stories.stage import money, written_instant


def expectations(pair: Pair, failure: Disagreement, zone: ZoneInfo) -> Iterator[str]:
    """Lines that expect what differs, and the buckets in any case."""
    if failure.who is None:
        for who in pair.members:
            yield f"balance {who} available {pair.oracle.account(who, pair.now).available}"
        return
    if "reasons" in failure.differing and pair.done[-1].refused:
        yield f"refused {', '.join(pair.done[-1].refused)}"
    view = pair.oracle.account(failure.who, failure.at if failure.at is not None else pair.now)
    told = _Told(pair, failure, view, zone)
    for figure in failure.differing:
        if figure in TELLERS:
            yield from TELLERS[figure](told)
    yield f"balance {failure.who} " + " ".join(f"{name} {getattr(view, name)}" for name in BUCKETS)


class _Told:
    """One member's view, told figure by figure."""

    def __init__(self, pair: Pair, failure: Disagreement, view: AccountView, zone: ZoneInfo) -> None:
        self.pair, self.failure, self.view, self.zone = pair, failure, view, zone
        self.who = failure.who or ""

    def lots(self) -> Iterator[str]:
        ordered = sorted(self.view.lots, key=lambda lot: lot.pending)
        yield f"lots {self.who} {', '.join(map(self._lot, ordered)) or 'none'}"

    def _lot(self, lot: LotView) -> str:
        if not lot.pending:
            begin = ""
        else:
            begin = " waiting" if lot.available_at is None else f" from {written_instant(lot.available_at, self.zone)}"
        end = "forever" if lot.expires_at is None else f"to {written_instant(lot.expires_at, self.zone)}"
        return f"{lot.remaining}{begin} {end}"

    def expires(self) -> Iterator[str]:
        coming: dict[int, int] = {}
        for lot in self.view.lots:
            if lot.expires_at is not None and not lot.pending:
                coming[lot.expires_at] = coming.get(lot.expires_at, 0) + lot.remaining
        words = [f"{points} on {local_day(at - 1, self.zone)}" for at, points in sorted(coming.items())]
        yield f"expires {self.who} {', '.join(words) or 'never'}"

    def value(self) -> Iterator[str]:
        values = self.view.values or {}
        yield f"value {self.who} {money(values.get('available'))}"
        yield f"value {self.who} pending {money(values.get('pending'))}"

    def spend(self) -> Iterator[str]:
        yield f"spend {self.who} life {money(self.view.total_spend)} window {money(self.view.window_spend)}"

    def events(self) -> Iterator[str]:
        came = ", ".join(f"{times} {slug}" for slug, times in sorted(self.view.events.items()))
        yield f"events {self.who} {came or 'none'}"

    def limit(self) -> Iterator[str]:
        shop = self.pair.oracle.shop
        version = shop.at(self.failure.at or self.pair.now)
        limit = limit_of(shop.accounts[self.who], version) if version else None
        left = self.view.limit_remaining
        told = "none" if limit is None else f"remaining {left} of {limit['points']} {limit['period']}"
        yield f"limit {self.who} {told}"

    def tier(self) -> Iterator[str]:
        end = self.view.tier_end
        words = "none" if self.view.tier is None else self.view.tier.capitalize()
        if self.view.tier is not None and end is None:
            words += " forever"
        elif end is not None:
            words += (
                f" to {written_instant(end.deadline, self.zone)} then {(end.downgraded_tier or 'none').capitalize()}"
            )
            words = words.removesuffix("None") + "none" if end.downgraded_tier is None else words
            kept = end.keep_extended_deadline
            words += " or kept " + ("forever" if kept is None else f"to {written_instant(kept, self.zone)}")
        yield f"tier {self.who} {words}"
        if end is not None:
            yield f"keeps {self.who} {_asked(end.keep)}"

    def steps(self) -> Iterator[str]:
        for slug, asked in self.view.tiers.items():
            yield f"step {self.who} {slug.capitalize()} {_asked(asked)}"

    def subscribed(self) -> Iterator[str]:
        active, cycle = self.view.subscribed
        yield f"subscribed {self.who} {'active' if active else 'inactive'} cycle {cycle}"

    def reached(self) -> Iterator[str]:
        yield f"reached {self.who} {', '.join(self.view.reached) or 'none'}"

    def ways(self) -> Iterator[str]:
        engine, oracle = self.failure.differing["ways"]
        assert isinstance(engine, dict)
        assert isinstance(oracle, dict)
        for slug in sorted(one for one in engine | oracle if engine.get(one) != oracle.get(one)):
            yield f"way {self.who} {slug} {self.view.ways.get(slug, 'hidden')}"

    def holds(self) -> Iterator[str]:
        minute = 60_000_000
        told = [
            f"{one.points} under {one.reference} worth {money(one.value_micros)} "
            f"to {written_instant(one.ends_at // minute * minute, self.zone)}"
            for one in self.view.holds
        ]
        yield f"holds {self.who} {', '.join(told) or 'none'}"

    def offers(self) -> Iterator[str]:
        told = [
            f"{slug} {points}" + (f" ({' '.join(sorted(reasons))})" if reasons else "")
            for slug, (points, reasons) in self.view.offers.items()
        ]
        yield f"offers {self.who} {', '.join(told) or 'none'}"

    def rewards(self) -> Iterator[str]:
        told = [
            f"{offer or 'points'} {'without code' if code is None else status}"
            for offer, code, status in self.view.rewards
        ]
        yield f"rewards {self.who} {', '.join(told) or 'none'}"

    def codes(self) -> Iterator[str]:
        for name, made in self.pair.made.items():
            if made.who == self.who and made.code is not None:
                status = self.view.codes.get(made.code)
                yield f"code {self.who} {name} {status if status in ('unused', 'locked') else 'gone'}"


def _asked(asked: RequirementView) -> str:
    parts = [f"{asked.extra_points} points"] if asked.extra_points else []
    parts += [f"{money(asked.extra_spend)} spend"] if asked.extra_spend else []
    parts += [f"{asked.extra_orders} orders"] if asked.extra_orders else []
    parts += [f"event {slug}" for slug in asked.extra_events]
    parts += ["condition"] if asked.extra_condition else []
    return f"lacks {', '.join(parts) or 'nothing'} progress {asked.progress}"


TELLERS = {
    "lots": _Told.lots,
    "next_lapse": _Told.expires,
    "values": _Told.value,
    "total_spend": _Told.spend,
    "window": _Told.spend,
    "events": _Told.events,
    "limit": _Told.limit,
    "tier": _Told.tier,
    "end": _Told.tier,
    "tiers": _Told.steps,
    "codes": _Told.codes,
    "ways": _Told.ways,
    "offers": _Told.offers,
    "holds": _Told.holds,
    "held": _Told.holds,
    "rewards": _Told.rewards,
    "subscribed": _Told.subscribed,
    "reached": _Told.reached,
}
