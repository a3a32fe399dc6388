"""The oracle: takes facts one by one and says what every account must show at every instant."""

from collections.abc import Sequence
from dataclasses import replace

from tests.oracle.checkout import BARRING
from tests.oracle.facts import CustomerFacts, OrderFacts, Redeemed, Refused, converted
from tests.oracle.friends import News, worth
from tests.oracle.instants import add_term, parse_term
from tests.oracle.milestones import tell
from tests.oracle.orders import leave, push, release, stamps_of
from tests.oracle.paying import EVENT_KINDS, pay
from tests.oracle.points import activity, as_answer, give_back, spend, start_anew
from tests.oracle.referring import ReferralDesk
from tests.oracle.rewards import let_go
from tests.oracle.settling import join
from tests.oracle.shopkeeping import refused
from tests.oracle.state import Account, Award, Redemption
from tests.oracle.versions import micros
from tests.oracle.view import limit_day, limit_remaining, value_of
from tests.oracle.ways import ways_of

NOTHING = CustomerFacts()


def as_told(order: OrderFacts, now: int) -> OrderFacts:
    """An order whose times of the future count as now, when it is told (S1.6)."""
    times = {name: getattr(order, name) for name in ("order_time", "update_time")}
    return replace(order, **{name: min(at, now) for name, at in times.items() if at is not None})


class Oracle(ReferralDesk):
    """What the shop tells and members do."""

    def push_customer(
        self,
        customer: str,
        at: int,
        *,
        tags: tuple[str, ...] | None = None,
        told: CustomerFacts = NOTHING,
        since: int | None = None,
    ) -> None:
        """The shop tells of a customer, who thereby becomes a member; tags replace the former ones. What is imported
        is known `since` a past instant, where the account is not further (S4.10), and makes nobody a friend."""

        joins = self._knows(customer)

        def person(account: Account, now: int) -> None:
            nonlocal joins
            joins = joins and not account.full
            account.tags = account.tags if tags is None else tags
            born = None if told.born is None else told.born[-5:] or None
            if told.born is not None and (born != account.born or not account.born_told_at):
                account.born, account.born_told_at = born, now
            account.referral_code = account.referral_code if told.referral_code is None else told.referral_code
            account.email = account.email if told.email is None else told.email.lower() or None
            account.phone = account.phone if told.phone is None else told.phone

        def facts(account: Account, now: int) -> None:
            for one in told.subscriptions or ():
                tell(account, one, now)
            if told.subscribed is not None:
                before, account.subscribed = account.subscribed, told.subscribed
                if told.subscribed and not before and account.version is not None:
                    when = now if told.subscribed_at is None else min(told.subscribed_at, now)
                    pay(self.shop, account, ("newsletter",), when, now)

        self._write(customer, at, facts, creates=True, person=person, then=since)
        if since is None:
            self._welcome(customer, at, told=told, joined=joins)

    def push_product(
        self, product: str, at: int, *, collections: tuple[str, ...] = (), tags: tuple[str, ...] = ()
    ) -> None:
        """The shop tells of a product, with all of its collections and tags."""
        self.reach(at)
        self.shop.products[product] = collections, tags

    def membership(self, customer: str, how: str, at: int, *, since: int | None = None) -> None:
        """The shop tells whether a customer takes part: `none`, `guest` or `full` (S11.4); or it is imported."""

        joins = self._knows(customer)

        def facts(account: Account, now: int) -> None:
            nonlocal joins
            joins = joins and not account.full
            account.decided = True
            if how == "full":
                join(self.shop, account, now)
            account.full = how == "full"

        self._write(customer, at, facts, creates=True, enrols=False, then=since)
        if since is None:
            self._welcome(customer, at, told=NOTHING, joined=joins)

    def push_order(self, customer: str, order: OrderFacts, at: int) -> None:
        """Upserts one order of a customer."""
        self.push_orders([(customer, order)], at)

    def push_orders(self, told: Sequence[tuple[str, OrderFacts]], at: int) -> None:
        """Upserts orders of one call: friends are made of them once all of them are told, as they stand then."""
        news = [self._tell(customer, converted(order), at) for customer, order in told]
        self._make_friends(news, at)

    def _tell(self, customer: str, order: OrderFacts, at: int) -> News:
        """An order is told; answers what it was worth to its customer before and is now."""
        before = -1

        def facts(account: Account, now: int) -> None:
            nonlocal before
            before = worth(account, order.id)
            if account.version is None:
                account.waiting.append((as_told(order, now), now))
            else:
                push(self.shop, account, order, now, now, member=account.full)

        now = max(self.now, at)
        if self._bring(customer, order.id, now if order.update_time is None else order.update_time, at):
            self._write(customer, at, facts, creates=True)
        return self._news(customer, order.id, before)

    def _news(self, customer: str, order_id: str, before: int) -> News:
        """What was told of an order, which was worth so much before."""
        name = self.names.get(customer, customer)
        account = self.shop.accounts.get(name)
        return News(name, order_id, before, -1 if account is None else worth(account, order_id))

    def _bring(self, customer: str, order_id: str, told_at: int, at: int) -> bool:
        """An order of somebody else leaves that one first (S11.1), but for news that are older than what is known of it
        there: they tell nothing (S4.3). Answers whether they are news."""
        name = self.names.get(customer, customer)
        for other, account in list(self.shop.accounts.items()):
            stamps = stamps_of(account, order_id)
            if other == name or not stamps:
                continue
            if told_at < stamps[-1]:
                return False
            self._write(other, at, lambda account, now: leave(self.shop, account, order_id, now), anyone=True)
            self._take_back(other, order_id, at)
        return True

    def import_orders(self, customer: str, orders: Sequence[OrderFacts], at: int) -> None:
        """Orders of a history, told in one call: friends are made of them once all of them are lived."""
        self._make_friends([self._live(customer, order, at) for order in orders], at)

    def _live(self, customer: str, order: OrderFacts, at: int) -> News:
        """An order is lived at its `order_time`, where the account is not further (S4.10). Told no other time of its
        state, it was like this from then on. Answers what it was worth before and is now."""
        assert order.order_time is not None
        clock, told = max(self.now, at), converted(order)
        if told.update_time is None:
            told = replace(told, update_time=told.order_time)
        before = -1

        def facts(account: Account, now: int) -> None:
            nonlocal before
            before = worth(account, order.id)
            arrived = min(order.order_time or 0, clock)
            if account.version is None:
                account.waiting.append((as_told(told, now), arrived))
            else:
                push(self.shop, account, told, arrived, now, member=account.full, clock=clock)

        if self._bring(customer, order.id, order.order_time if told.update_time is None else told.update_time, at):
            self._write(customer, at, facts, creates=True, then=order.order_time)
        return self._news(customer, order.id, before)

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
            account.touched = True
            happened_at = now if occurred_at is None else min(occurred_at, now)
            if account.full and version.enabled:
                account.events.append((slug, version.day(happened_at)))
                account.counted_on = max(account.counted_on, version.day(happened_at))
            release(self.shop, account, slug, order, now)
            start_anew(account, version, now)  # what matured was there before the event pays
            pay(self.shop, account, EVENT_KINDS, happened_at, now, trigger=slug)
            return None

        return self._write(customer, at, facts, anyone=True)

    def ways(self, customer: str, at: int) -> dict[str, str]:
        """How the sources that a member is shown stand: `open`, `done`, `closed`."""
        return ways_of(self.shop, self._settled(self.names.get(customer, customer), at), at)

    def last_award(self, customer: str, at: int, *kinds: str) -> str:
        """The id of the last award that sources of these kinds gave a member, as of an instant."""
        account = self._settled(self.names.get(customer, customer), at)
        found = [award for award in account.awards.values() if award.given and self._kind(award) in kinds]
        return found[-1].id if found else ""

    def _kind(self, award: Award) -> str:
        """What kind of source gave an award; `milestone` of milestones."""
        if award.milestone is not None:
            return "milestone"
        source = self.shop.versions[award.version].source(award.source)
        return "" if source is None else str(source["kind"])

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
            day, status = limit_day(account, version, now), "unused" if name else "external"
            made = Redemption(self._name("redemption"), now, day, points, name, status, counts=True)
            life = version.part("redemption").get("coupon_expires")
            made.lapses_at = add_term(now, parse_term(life), version.zone, round_up="day") if life and name else None
            account.redemptions[made.id] = made
            spend(account, made, points, now)
            activity(account, version, "redemption", now, now)
            return as_answer(made, value_of(version, points) or 0)

        if self.names.get(customer, customer) not in self.shop.accounts:
            return Refused(frozenset(self._redemption_faults(self._stranger(customer, at), points, cart_subtotal, at)))
        return self._write(customer, at, facts, anyone=True)

    def unredeem(self, customer: str, redemption_id: str, at: int) -> int | Refused:
        """Undoes a redemption without a code or with an unused one; answers the points given back."""

        def facts(account: Account, now: int) -> int | Refused:
            made = account.redemptions.get(redemption_id)
            if made is None or not (made.counts or made.offer):
                return refused("not_found")
            if made.undone or (made.points and not any(draw.left for draw in made.draws)):
                return refused("change_already_reverted")
            given = made.offer is not None and not made.uses
            if made.status not in ("unused", "external") or made.kind == "gift_card" or made.handed_out or given:
                return refused("invalid_redemption_for_unredeem")
            made.status, made.undone, made.order = "voided" if made.code else "external", True, None
            let_go(made)
            made.uncounted = give_back(account, made.draws, made.points, now, self.shop.of(account))
            return made.uncounted

        return self._write(customer, at, facts)

    def _redemption_faults(
        self, account: Account, points: int, cart_subtotal: int | None, now: int, *, again: int = 0, counted: int = 0
    ) -> set[str]:
        """Every reason why points cannot be redeemed (S5.2), of which so many are set aside, or counted, already."""
        version = self.shop.of(account) if account.version is not None else None
        rules = version.document.get("redemption") if version else None
        if version is None or rules is None or not version.enabled or version.part("points").get("value") is None:
            return {"redemption_disabled"}
        faults = set()
        if points > account.available + again:
            faults.add("not_enough_points")
        if not account.full:
            faults.add("not_a_member")
        faults |= {reason for mark, reason in BARRING.items() if mark in account.marks}
        faults |= self._amount_faults(account, points)
        left = limit_remaining(account, version, now)
        if left is not None and points > left + counted:
            faults.add("redemption_limit_reached")
        if cart_subtotal is not None and cart_subtotal < micros(rules.get("minimum_cart") or 0):
            faults.add("minimum_cart_not_reached")
        return faults

    def _amount_faults(self, account: Account, points: int) -> set[str]:
        """Why so many points are no amount that may be redeemed, whether or not anything may be just now."""
        version = self.shop.of(account) if account.version is not None else None
        rules = version.document.get("redemption") if version else None
        if rules is None:
            return set()
        if rules.get("choices"):
            return set() if points in rules["choices"] else {"not_a_choice"}
        faults = set()
        least, step = int(rules.get("min") or 1), int(rules.get("step") or 1)
        if points < least:
            faults.add("below_minimum")
        elif (points - least) % step:
            faults.add("not_a_step")
        if rules.get("max") is not None and points > int(rules["max"]):
            faults.add("above_maximum")
        return faults
