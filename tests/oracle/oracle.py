"""The oracle: takes facts one by one and says what every account must show at every instant."""

import pickle
from collections.abc import Callable
from copy import deepcopy
from typing import TypeVar

from tests.oracle.appointing import faults as tier_faults
from tests.oracle.earning import fixed_award
from tests.oracle.facts import AccountView, OrderFacts, Redeemed, Refused
from tests.oracle.instants import add_term, parse_term
from tests.oracle.orders import push, release
from tests.oracle.points import activity, as_answer, give_back, restart_global, spend, take_back
from tests.oracle.settling import apply_instant, enrol, join, settle
from tests.oracle.state import Account, Award, ByHand, Document, Redemption, Shop, Version, micros
from tests.oracle.tiers import follow_ladder
from tests.oracle.view import limit_remaining, value_of, view

Answer = TypeVar("Answer")


OPPOSITES = {"disable_rewards": "enable_rewards", "enable_rewards": "disable_rewards"}
BARRING = {"readonly": "read_only", "disable_rewards": "rewards_disabled"}


def refused(*reasons: str) -> Refused:
    """A refusal with its reasons."""
    return Refused(frozenset(reasons))


class Oracle:
    """All customers of one shop; instants are microseconds since 1970 UTC and never go back."""

    def __init__(self, *, start: int) -> None:
        self.now = start
        self.shop = Shop()
        self.history: dict[str, list[tuple[int, bytes]]] = {}
        self.calls = 0

    def publish(self, programme: Document, at: int, effective_at: int | None = None) -> None:
        """Publishes a programme that takes effect at an instant, at the earliest now."""
        self.now = max(self.now, at)
        effect = max(self.now, effective_at if effective_at is not None else self.now)
        self.shop.versions.append(Version(len(self.shop.versions), self.now, effect, deepcopy(programme)))

    def push_customer(self, customer: str, at: int, *, tags: tuple[str, ...] | None = None) -> None:
        """The shop tells of a customer, who thereby becomes a member; tags replace the former ones."""

        def facts(account: Account, now: int) -> None:
            account.tags = account.tags if tags is None else tags

        self._write(customer, at, facts, creates=True)

    def membership(self, customer: str, how: str, at: int) -> None:
        """The shop tells whether a customer takes part: `none`, `guest` or `full` (S11.4)."""

        def facts(account: Account, now: int) -> None:
            account.decided = True
            if how == "full":
                join(self.shop, account, now)
            account.full = how == "full"

        self._write(customer, at, facts, creates=True, enrols=False)

    def push_order(self, customer: str, order: OrderFacts, at: int) -> None:
        """Upserts one order of a customer."""

        def facts(account: Account, now: int) -> None:
            if account.version is None:
                account.waiting.append((order, now))
            else:
                push(self.shop, account, order, now, now, member=account.full)

        self._write(customer, at, facts, creates=True)

    def trigger(
        self,
        customer: str,
        slug: str,
        at: int,
        *,
        occurred_at: int | None = None,
        event_id: str | None = None,
        order: str | None = None,
    ) -> Refused | None:
        """A named event: it is counted, matures what waits for it, pays its sources."""

        def facts(account: Account, now: int) -> Refused | None:
            version = self.shop.of(account) if account.version is not None else None
            if version is None or slug not in [one["slug"] for one in version.document.get("triggers") or []]:
                return refused("unknown_trigger")
            if event_id is not None and (slug, event_id) in account.event_ids:
                return None
            if order is not None and order not in account.orders:
                return refused("order_not_found")
            if event_id is not None:
                account.event_ids.add((slug, event_id))
            if account.full and version.enabled:
                account.events.append((slug, now if occurred_at is None else min(occurred_at, now)))
            release(self.shop, account, slug, order, now)
            for source in version.sources("trigger", "review", "social", "newsletter", at=now):
                if source["trigger"] == slug:
                    award = fixed_award(self.shop, account, source, int(source["points"]), now)
                    if award.given:
                        activity(account, version, "award", now, now)
            return None

        return self._write(customer, at, facts, anyone=True)

    def redeem(
        self,
        customer: str,
        points: int,
        at: int,
        *,
        with_code: bool = True,
        cart_subtotal: int | None = None,
        code: str | None = None,
    ) -> Redeemed | Refused:
        """S5.2: redeems points, or names every reason why not; money in millionths."""

        def facts(account: Account, now: int) -> Redeemed | Refused:
            reasons = self._redemption_faults(account, points, cart_subtotal, now)
            if reasons:
                return Refused(frozenset(reasons))
            version = self.shop.of(account)
            name = (code or f"CODE{self.calls}") if with_code else None
            made = Redemption(self._name("redemption"), now, points, name, "unused" if name else "external", True)
            life = version.part("redemption").get("coupon_expires")
            made.lapses_at = add_term(now, parse_term(life), version.zone, round_up="day") if life and name else None
            account.redemptions[made.id] = made
            spend(account, made, points, now)
            activity(account, version, "redemption", now, now)
            return as_answer(made, value_of(version, points) or 0)

        if customer not in self.shop.accounts:
            return Refused(frozenset(self._redemption_faults(self._stranger(customer, at), points, cart_subtotal, at)))
        return self._write(customer, at, facts, anyone=True)

    def unredeem(self, customer: str, redemption_id: str, at: int) -> int | Refused:
        """Undoes a redemption without a code or with an unused one; answers the points given back."""

        def facts(account: Account, now: int) -> int | Refused:
            made = account.redemptions.get(redemption_id)
            if made is None or not made.counts:
                return refused("not_found")
            if made.undone or not any(draw.left for draw in made.draws):
                return refused("change_already_reverted")
            if made.status not in ("unused", "external"):
                return refused("invalid_redemption_for_unredeem")
            made.status, made.undone, made.order = "voided" if made.code else "external", True, None
            made.uncounted = give_back(account, made.draws, made.points, now, self.shop.of(account))
            return made.uncounted

        return self._write(customer, at, facts)

    def give_points(self, customer: str, points: int, at: int, *, source: str | None = None) -> str | Refused:
        """Staff give points; answers the award's id."""

        def facts(account: Account, now: int) -> str | Refused:
            return fixed_award(self.shop, account, self._manual(account, source, now), points, now).id

        return self._write(customer, at, facts)

    def takeaway_points(self, customer: str, points: int, at: int) -> int | Refused:
        """Staff take points; answers what was taken, debt included."""
        return self._write(customer, at, lambda account, now: take_back(account, None, points, self.shop.of(account)))

    def takeaway_points_for_change(
        self, customer: str, change: str, at: int, *, source: str | None = None
    ) -> int | Refused:
        """Staff take back what an order (all its awards, or that of a source) or a gift gave, for good."""

        def facts(account: Account, now: int) -> int | Refused:
            awards = [award for award in account.awards.values() if change in (award.order, award.id)]
            chosen = [award for award in awards if source in (None, award.source)]
            if not chosen:
                return refused("not_found")
            return sum(self._neutralise(account, award) for award in chosen)

        return self._write(customer, at, facts)

    def takeaway_points_as_spent(self, customer: str, points: int, at: int) -> int | Refused:
        """Staff book points as spent: available, then pending; refused beyond them."""

        def facts(account: Account, now: int) -> int | Refused:
            if points > account.available + account.pending:
                return refused("not_enough_points")
            made = Redemption(self._name("redemption"), now, points, None, "external", counts=False)
            account.redemptions[made.id] = made
            spend(account, made, points, now, pending=True)
            return points

        return self._write(customer, at, facts)

    def unspend_points(self, customer: str, points: int, at: int) -> int | Refused:
        """Staff give spent points back; what exceeds them is earned."""

        def facts(account: Account, now: int) -> int | Refused:
            restored = self._unspend(account, points, now)
            if points > restored:
                source = self._manual(account, None, now)
                fixed_award(self.shop, account, source, points - restored, now, qualifying=False)
            return restored

        return self._write(customer, at, facts)

    def forgive_debt(self, customer: str, points: int, at: int) -> int | Refused:
        """Staff forgive debt: it becomes earned again."""

        def facts(account: Account, now: int) -> int:
            forgiven = min(points, account.debt)
            account.debt -= forgiven
            account.earned += forgiven
            return forgiven

        return self._write(customer, at, facts)

    def set_tier(self, customer: str, tier: str | None, at: int, *, until: int | None, lock: bool) -> Refused | None:
        """Staff set a tier by hand."""

        def facts(account: Account, now: int) -> Refused | None:
            reasons = tier_faults(account, self.shop.of(account), tier, until, lock=lock, now=now)
            if reasons:
                return Refused(frozenset(reasons))
            account.by_hand = ByHand(tier, now, until, lock)
            return None

        return self._write(customer, at, facts)

    def release_tier(self, customer: str, at: int) -> Refused | None:
        """Staff let the tier that they set go; the member is lifted where the window allows."""

        def facts(account: Account, now: int) -> Refused | None:
            if account.by_hand is None:
                return refused("no_tier_set")
            account.by_hand = None
            return None

        return self._write(customer, at, facts)

    def mark(self, customer: str, mark: str, at: int, *, on: bool) -> Refused | None:
        """Staff set or clear a mark."""

        def facts(account: Account, now: int) -> None:
            account.marks.discard(mark)
            if on:
                account.marks.discard(OPPOSITES.get(mark, mark))
                account.marks.add(mark)

        return self._write(customer, at, facts)

    def account(self, customer: str, at: int) -> AccountView:
        """What the account shows at an instant; nothing is changed. A past instant: what was shown then."""
        stored = [state for when, state in self.history.get(customer, []) if when <= at]
        if not stored:
            return view(self.shop, self._stranger(customer, at), at)
        account: Account = pickle.loads(stored[-1])
        account.tags = self.shop.accounts[customer].tags  # no former words of the shop are kept
        settle(self.shop, account, at, known=at)
        return view(self.shop, account, at)

    def _stranger(self, customer: str, at: int) -> Account:
        """An empty account run through the same code."""
        account = Account(customer, at)
        version = Shop([v for v in self.shop.versions if v.published_at <= at]).at(at)
        if version is not None:
            account.version = version.number
            follow_ladder(self.shop, account)
            restart_global(account, version, at)  # a fixed day is everybody's
        return account

    def _newcomer(self, customer: str, now: int) -> Account:
        """An account under the version in force at its first instant; no other ever judged it."""
        version = self.shop.at(now)
        return Account(customer, now, None if version is None else version.number)

    def _write(
        self,
        customer: str,
        at: int,
        facts: Callable[[Account, int], Answer],
        *,
        creates: bool = False,
        enrols: bool = True,
        anyone: bool = False,
    ) -> Answer | Refused:
        """Settles the account to now, lets the facts happen, applies what they make due, keeps a copy."""
        self.now = max(self.now, at)
        self.calls += 1
        now = self.now
        if customer not in self.shop.accounts:
            if not creates:
                return refused("not_a_member")
            self.shop.accounts[customer] = self._newcomer(customer, now)
        account = self.shop.accounts[customer]
        settle(self.shop, account, now, known=now)
        if account.version is None and not (creates or anyone):
            return refused("not_a_member")
        if account.version is not None and not account.full:
            follow_ladder(self.shop, account)
        if creates and enrols and account.version is not None:
            enrol(self.shop, account, now)
        answer = facts(account, now)
        apply_instant(self.shop, account, now, known=now)
        settle(self.shop, account, now, known=now)
        self.history.setdefault(customer, []).append((now, pickle.dumps(account)))
        return answer

    def _name(self, what: str) -> str:
        return f"{what}-{self.calls}"

    def _manual(self, account: Account, slug: str | None, now: int) -> Document | None:
        """The manual source named, else the first one in its dates, else none; also while the programme is off."""
        version = self.shop.of(account)
        manual = [one for one in version.document.get("sources") or [] if one["kind"] == "manual"]
        return next((one for one in manual if version.in_dates(one, now) and slug in (None, one["slug"])), None)

    def _unspend(self, account: Account, points: int, now: int) -> int:
        """Gives spent points back: the latest redemption first, unused codes last, locked ones not at all."""
        newest = list(reversed(account.redemptions.values()))
        spent = [made for made in newest if made.status not in ("unused", "locked")]
        restored = 0
        for made in spent + [made for made in newest if made.status == "unused"]:
            back = give_back(account, made.draws, points - restored, now, self.shop.of(account))
            restored += back
            if back and made.status == "unused":
                made.status = "voided"
        return restored

    def _neutralise(self, account: Account, award: Award) -> int:
        """Takes an award back and makes sure that it never comes again."""
        award.closed = True
        account.fell |= award.qualifies and award.given > 0
        return take_back(account, award, award.given, self.shop.of(account))

    def _redemption_faults(self, account: Account, points: int, cart_subtotal: int | None, now: int) -> set[str]:
        """Every reason why points cannot be redeemed (S5.2)."""
        version = self.shop.of(account) if account.version is not None else None
        rules = version.document.get("redemption") if version else None
        if version is None or rules is None or not version.enabled or version.part("points").get("value") is None:
            return {"redemption_disabled"}
        faults = set()
        if points > account.available:
            faults.add("not_enough_points")
        if not account.full:
            faults.add("not_a_member")
        faults |= {reason for mark, reason in BARRING.items() if mark in account.marks}
        if rules.get("choices"):
            if points not in rules["choices"]:
                faults.add("not_a_choice")
        else:
            least, step = int(rules.get("min") or 1), int(rules.get("step") or 1)
            if points < least:
                faults.add("below_minimum")
            elif (points - least) % step:
                faults.add("not_a_step")
            if rules.get("max") is not None and points > int(rules["max"]):
                faults.add("above_maximum")
        left = limit_remaining(account, version, now)
        if left is not None and points > left:
            faults.add("redemption_limit_reached")
        if cart_subtotal is not None and cart_subtotal < micros(rules.get("minimum_cart") or 0):
            faults.add("minimum_cart_not_reached")
        return faults
