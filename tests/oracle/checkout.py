"""Holds and gifts as the oracle takes them (S5.6, S5.8)."""

from tests.oracle.facts import Captured, HoldView, Refused
from tests.oracle.holds import MINUTE, capture, gift_day, gift_left, let_go, open_hold, receive, take
from tests.oracle.instants import period_start
from tests.oracle.points import available_lots, draw
from tests.oracle.shopkeeping import refused
from tests.oracle.staff import StaffDesk
from tests.oracle.state import Account, Draw, Hold, Redemption
from tests.oracle.view import hold_view, limit_day, limit_of, points_worth, value_of

MOST_HOLDS = 20
BARRING = {"readonly": "read_only", "disable_rewards": "rewards_disabled"}


class Checkout(StaffDesk):
    """Members at a checkout, and who give to one another."""

    def hold(
        self,
        customer: str,
        points: int | None,
        reference: str,
        at: int,
        *,
        minutes: int | None = None,
        cart: int | None = None,
        worth: int | None = None,
    ) -> Refused | HoldView:
        """Sets points aside, or those that are worth so much; under the reference of an open hold, others."""
        asked = points

        def facts(account: Account, now: int) -> Refused | HoldView:
            points = asked or 0
            version = self.shop.of(account) if account.version is not None else None
            if worth is not None and version is not None and version.part("points").get("value") is not None:
                points = points_worth(version, worth)
            known = self._newest(account, reference)
            if known is not None and known.status == "captured":
                return refused("hold_captured")
            known = known if known is not None and known.status == "open" else None
            reasons = self._hold_faults(account, known, points, minutes, cart, now)
            if reasons:
                return Refused(frozenset(reasons))
            if known is None:
                terms = self.shop.of(account).part("holds")
                longest = now + int(terms.get("longest_minutes", 1440)) * MINUTE
                lasts = int(terms.get("default_minutes", 10)) if minutes is None else minutes
                day = limit_day(account, self.shop.of(account), now)
                known = Hold(reference, now, now + lasts * MINUTE, longest, day, self.shop.of(account).number)
                account.holds.append(known)
            if points < known.points:
                let_go(account, known, known.points - points, now)
            elif points > known.points:
                take(account, known, points - known.points, now)
                known.version = self.shop.of(account).number
                known.day = limit_day(account, self.shop.of(account), now)
            return hold_view(self.shop, known)

        return self._write(customer, at, facts, anyone=True)

    def capture(self, customer: str, reference: str, points: int | None, at: int) -> Captured | Refused:
        """Spends what is held, all or some; captured again it answers the same."""

        def captured(known: Hold, made: Redemption, released: int) -> Captured:
            worth = value_of(self.shop.versions[known.version], made.points) or 0
            return Captured(made.id, made.points, worth, released)

        def facts(account: Account, now: int) -> Captured | Refused:
            known = self._newest(account, reference)
            if known is None:
                return refused("hold_not_found")
            if known.status == "captured" and known.redemption is not None:
                made = account.redemptions[known.redemption]
                return captured(known, made, 0) if points in (None, made.points) else refused("hold_captured")
            if known.status == "ended":
                return refused("hold_ended")
            wanted = known.points if points is None else points
            if wanted > known.points:
                return refused("more_than_held")
            released = known.points - wanted
            made = capture(account, known, wanted, now, self.shop.of(account), self._name("redemption"))
            account.redemptions[made.id], known.redemption = made, made.id
            return captured(known, made, released)

        return self._write(customer, at, facts, anyone=True)

    def extend(self, customer: str, reference: str, minutes: int | None, at: int) -> Refused | HoldView:
        """Lets a hold last longer, never shorter."""

        def facts(account: Account, now: int) -> Refused | HoldView:
            known = self._newest(account, reference)
            if known is None or known.status != "open":
                return refused("hold_not_found" if known is None else f"hold_{known.status}")
            default = int(self.shop.of(account).part("holds").get("default_minutes", 10))
            ends_at = now + (default if minutes is None else minutes) * MINUTE
            if minutes is None and known.ends_at < known.latest_at:
                ends_at = min(ends_at, known.latest_at)
            if ends_at > known.latest_at:
                return refused("hold_at_its_longest")
            known.ends_at = max(known.ends_at, ends_at)
            return hold_view(self.shop, known)

        return self._write(customer, at, facts, anyone=True)

    def release(self, customer: str, reference: str, at: int) -> Refused | int:
        """Gives a hold up; one that has ended gives back nothing. Answers the points that came free."""

        def facts(account: Account, now: int) -> Refused | int:
            known = self._newest(account, reference)
            if known is None or known.status == "captured":
                return refused("hold_not_found" if known is None else "hold_captured")
            released = known.points if known.status == "open" else 0
            known.status = "ended"
            let_go(account, known, released, now)
            return released

        return self._write(customer, at, facts, anyone=True)

    def give(self, sender: str, receiver: str, points: int, at: int) -> Refused | None:
        """A member's points become another's."""
        for one in (sender, receiver):
            self._write(one, at, lambda account, now: None, anyone=True)
        other = self.shop.accounts[self.names.get(receiver, receiver)]

        def facts(account: Account, now: int) -> Refused | None:
            if other is account:
                return refused("receiver_is_sender")
            reasons = self._gift_faults(account, other, points, now)
            if reasons:
                return Refused(frozenset(reasons))
            day = gift_day(account, self.shop.of(account), now)
            made = Redemption(self._name("gift"), now, day, points, None, "external", counts=False)
            drawn = draw(available_lots(account), points)
            made.draws = [Draw(lot.id, part, now) for lot, part in drawn]
            account.redemptions[made.id] = made
            account.redeemed += points
            account.gifted.append((day, points))
            receive(other, drawn, now, self.shop.of(other), account.global_moment)
            return None

        answer = self._write(sender, at, facts, anyone=True)
        self._write(receiver, at, lambda account, now: None, anyone=True)
        return answer

    def _newest(self, account: Account, reference: str) -> Hold | None:
        """The hold that a reference means: the open one, else the captured one, which uses it up, else the last."""
        found = [hold for hold in account.holds if hold.reference == reference]
        last = max(reversed(found), key=lambda hold: (hold.status == "captured", hold.placed_at), default=None)
        return open_hold(account, reference) or last

    def _hold_faults(
        self, account: Account, known: Hold | None, points: int, minutes: int | None, cart: int | None, now: int
    ) -> set[str]:
        """Every reason why points cannot be set aside; fewer need no more than to be an amount that may be redeemed."""
        again = known.points if known else 0
        if known is not None and points <= again:
            return self._amount_faults(account, points) if points < again else set()
        version = self.shop.of(account) if account.version is not None else None
        limit = limit_of(account, version) if version else None
        counted = 0
        if known is not None and limit is not None and version is not None:
            days = [known.day, limit_day(account, version, now)]
            counted = again if len({period_start(limit["period"], day) for day in days}) == 1 else 0
        found = self._redemption_faults(account, points, cart, now, again=again, counted=counted)
        if version is None or version.document.get("holds") is None:
            return found | {"holds_disabled"}
        if known is not None:  # its end stays, so nothing is asked of the time
            return found
        if minutes is not None and minutes > int(version.part("holds").get("longest_minutes", 1440)):
            found.add("hold_too_long")
        if sum(hold.status == "open" for hold in account.holds) >= MOST_HOLDS:
            found.add("too_many_holds")
        return found

    def _gift_faults(self, sender: Account, receiver: Account, points: int, now: int) -> set[str]:
        """Every reason against a gift."""
        version = self.shop.of(sender) if sender.version is not None else None
        if version is None or not version.enabled or version.document.get("gifts") is None:
            return {"gifts_disabled"}
        found = {reason for mark, reason in BARRING.items() if mark in sender.marks}
        found |= set() if sender.full else {"not_a_member"}
        if not receiver.full or receiver.marks & {"readonly", "disable_earning_rewards"}:
            found.add("receiver_not_eligible")
        if points > sender.available:
            found.add("not_enough_points")
        if points < int(version.part("gifts").get("min", 1)):
            found.add("gift_too_small")
        left = gift_left(sender, version, now)
        return found | ({"gift_limit_reached"} if left is not None and points > left else set())

    def _redemption_faults(
        self, account: Account, points: int, cart_subtotal: int | None, now: int, *, again: int = 0, counted: int = 0
    ) -> set[str]:
        raise NotImplementedError

    def _amount_faults(self, account: Account, points: int) -> set[str]:
        raise NotImplementedError
