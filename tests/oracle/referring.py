"""Members bring friends: invitations, the welcome, what both are paid, what takes it back (S9.5)."""

from tests.oracle.facts import CustomerFacts, ReferralView, Refused
from tests.oracle.friends import Friend, Invitation, News, is_large, minimum, rules_of, same_person, too_many
from tests.oracle.instants import add_term, parse_term
from tests.oracle.offering import OfferDesk
from tests.oracle.paying import pay_source
from tests.oracle.points import take_back
from tests.oracle.rewards import grant, offer_of
from tests.oracle.shopkeeping import refused
from tests.oracle.state import Account, Order


class ReferralDesk(OfferDesk):
    """Who brought whom."""

    def __init__(self, *, start: int) -> None:
        super().__init__(start=start)
        self.invitations: list[Invitation] = []
        self.friends: list[Friend] = []

    def refer(
        self, customer: str, channel: str, at: int, *, email: str | None = None, code: str | None = None
    ) -> str | Refused:
        """A member invites a friend; answers the code, of the invitation that is there already where it is the same."""

        def facts(account: Account, now: int) -> str | Refused:
            version = self.shop.of(account) if account.version is not None else None
            rules = rules_of(version) if version else None
            if version is None or rules is None:
                return refused("referrals_disabled")
            if not account.full:
                return refused("not_a_member")
            address = email.lower() if email else None
            for one in self.invitations:
                same = (one.inviter, one.channel, one.email) == (account.customer, channel, address)
                if same and not one.ended(now):
                    return one.code
            life = rules.get("link_expires")
            ends_at = add_term(now, parse_term(life), version.zone, round_up="day") if life else None
            name = code or f"REF{self.calls}"
            self.invitations.append(Invitation(name, account.customer, channel, address, now, ends_at))
            return name

        return self._write(customer, at, facts, anyone=True)

    def referrals(self, customer: str, at: int) -> tuple[ReferralView, ...]:
        """A member's invitations and what they came to, the newest first."""
        name = self.names.get(customer, customer)
        rows = []
        for one in reversed(self.invitations):
            if one.inviter != name:
                continue
            came = [friend for friend in reversed(self.friends) if friend.invitation is one]
            status = "expired" if one.ended(at) else "invited"
            rows += [self._row(friend, at) for friend in came] or [
                ReferralView(one.channel, status, 0, None, one.sent_at, one.code)
            ]
        return tuple(rows)

    def _row(self, one: Friend, at: int) -> ReferralView:
        account = self.shop.accounts[one.inviter] if one.inviter is not None else None
        award = account.awards[one.inviter_award] if account and one.inviter_award else None
        sent, points = one.invitation, award.given if award else 0
        return ReferralView(sent.channel, one.status(at), points, one.rejected_for, sent.sent_at, sent.code)

    def merge(self, first: str, others: list[str], at: int) -> dict[str, str]:
        """What was not approved between those who become one is rejected; all else goes along."""
        names = {self.names.get(name, name) for name in (first, *others)}
        for one in self.friends:
            if {one.friend, one.inviter} <= names and one.status(max(self.now, at)) == "qualified":
                self._reject(one, at, "self")
        prefixes = super().merge(first, others, at)
        into = self.names.get(first, first)
        for taken, prefix in prefixes.items():
            for invitation in self.invitations:
                invitation.inviter = into if invitation.inviter == taken else invitation.inviter
            for one in self.friends:
                if one.friend == taken:
                    one.friend, one.friend_award = into, one.friend_award and prefix + one.friend_award
                if one.inviter == taken:
                    one.inviter, one.inviter_award = into, one.inviter_award and prefix + one.inviter_award
        return prefixes

    def erase(self, customer: str, at: int) -> None:
        """Whoever is erased brings nobody any more, and is nobody's friend."""
        name = self.names.get(customer, customer)
        self.invitations = [one for one in self.invitations if one.inviter != name]
        for one in self.friends:
            one.friend = None if one.friend == name else one.friend
            one.inviter = None if one.inviter == name else one.inviter
        super().erase(customer, at)

    # -------------------------------------------------------------------------------- after the shop told of somebody

    def _knows(self, customer: str) -> bool:
        """Whether the shop told of a customer before."""
        return self.names.get(customer, customer) in self.shop.accounts

    def _welcome(self, customer: str, at: int, *, told: CustomerFacts, joined: bool) -> None:
        """A friend who is known before the first order is given the offer for it, once: as the shop tells of the code
        or the invited address, or the customer joins."""
        account = self.shop.accounts[self.names.get(customer, customer)]
        if not joined and not any(one.is_named(told.referral_code, told.email) for one in self.invitations):
            return
        rules = rules_of(self.shop.of(account)) if account.version is not None else None
        slug = rules.get("friend_welcome") if rules else None
        if rules is None or slug is None or not account.full or account.welcomed:
            return
        found = self._invitation_of(account, (), self.now)
        was_friend = any(one.friend == account.customer for one in self.friends)
        if found is None or was_friend or any(order.counts for order in account.orders.values()):
            return
        if self._is_no_friend(account, found, rules.get("same_address") or "reject"):
            return

        def facts(account: Account, now: int) -> None:
            version = self.shop.of(account)
            offer = offer_of(version, slug)
            assert offer is not None
            grant(account, version, offer, now)
            account.welcomed = True

        self._write(customer, at, facts)

    def _make_friends(self, told: list[News], at: int) -> None:
        """Once all of a call is told: who became a friend by it, or is one no more, customer by customer, and of one
        the orders in the order in which they first came."""
        orders: dict[str, list[str]] = {}
        for one in told:
            if self._may_befriend(one, at):
                orders.setdefault(one.customer, []).append(one.order)
        for customer, names in orders.items():
            for order_id in [known for known in self.shop.accounts[customer].orders if known in names]:
                self._befriend(customer, order_id, at)

    def _may_befriend(self, told: News, at: int) -> bool:
        """Whether an order hangs together with a friend, or was not worth enough to make one and now is."""
        account, version = self.shop.accounts.get(told.customer), self.shop.at(max(self.now, at))
        known = account is not None and account.version is not None
        rules = rules_of(version) if version is not None and known else None
        if any((one.friend, one.order) == (told.customer, told.order) for one in self.friends):
            return True
        return rules is not None and told.before < minimum(rules) <= told.after

    def _befriend(self, customer: str, order_id: str, at: int) -> None:
        """An order makes a friend, or takes one back."""
        account = self.shop.accounts[customer]
        order = account.orders[order_id]
        known = next((one for one in self.friends if one.friend == account.customer), None)
        self._take_back(account.customer, order_id, at)
        if known is None and account.full and order.pin is not None and order.pin.first:
            self._accept(account, order, at)

    def _take_back(self, customer: str, order_id: str, at: int) -> None:
        """The order that made a friend stands no more, or is worth too little, or is another's."""
        order = self.shop.accounts[customer].orders.get(order_id)
        for one in [one for one in self.friends if (one.friend, one.order) == (customer, order_id)]:
            if one.status(self.now) == "qualified" and (order is None or not is_large(order, one.least)):
                self._reject(one, at, "taken_back")

    def _accept(self, account: Account, order: Order, at: int) -> None:
        """The first order, as it first is worth enough, by an invitation: both are paid, or it is rejected."""
        version = self.shop.at(max(self.now, at))
        assert version is not None
        assert order.pin is not None
        rules = rules_of(version)
        if rules is None or not is_large(order, minimum(rules)):
            return
        found = self._invitation_of(account, order.facts.discount_codes or (), order.pin.occurred_at)
        if found is None:
            return
        confirmed_at = order.pin.confirmed_at
        approved_at = add_term(confirmed_at, (int(rules.get("delay_days", 14)), "day"), version.zone)
        one = Friend(found, account.customer, found.inviter, order.id, confirmed_at, approved_at, minimum(rules))
        one.rejected_for = self._is_no_friend(account, found, rules.get("same_address") or "reject")
        if one.rejected_for is None and too_many(self.friends, found.inviter, rules, confirmed_at, version):
            one.rejected_for = "limit"
        self.friends.append(one)
        if one.rejected_for is None:
            one.inviter_award = self._pay(found.inviter, "referral_sent", one, rules, at)
            one.friend_award = self._pay(account.customer, "referral_received", one, rules, at)

    def _pay(self, customer: str, kind: str, one: Friend, rules: dict[str, object], at: int) -> str | None:
        """One side's award, which waits for the approval."""
        waits = {"mode": "delay", "days": rules.get("delay_days", 14)}

        def facts(account: Account, now: int) -> str | None:
            version = self.shop.pinned_at(one.confirmed_at)
            sources = version.sources(kind, at=one.confirmed_at)
            awards = (
                pay_source(self.shop, account, way, version, one.confirmed_at, now, rule=waits) for way in sources
            )
            return next((award.id for award in awards if award is not None), None)  # the others are not asked

        answer = self._write(customer, at, facts, anyone=True)
        return None if isinstance(answer, Refused) else answer

    def _reject(self, one: Friend, at: int, reason: str) -> None:
        """Both sides' awards are taken back, as far as staff did not do so."""
        one.rejected_for = reason
        for customer, name in ((one.inviter, one.inviter_award), (one.friend, one.friend_award)):

            def facts(account: Account, now: int, name: str | None = name) -> None:
                if name is not None and not account.awards[name].closed:
                    award = account.awards[name]
                    award.closed = True
                    account.fell |= award.qualifies and award.given > 0
                    take_back(account, award, award.given, self.shop.of(account))

            if customer is not None:
                self._write(customer, at, facts, anyone=True)

    def _invitation_of(self, account: Account, codes: tuple[str, ...], at: int) -> Invitation | None:
        """The invitation somebody came by: an order's code, the customer's, the invited address."""
        alive = [one for one in self.invitations if not one.ended(at)]
        named = [*codes, account.referral_code or ""]
        by_code = {one.code.lower(): one for one in alive}
        found = next((by_code[code.lower()] for code in named if code.lower() in by_code), None)
        return found or next((one for one in alive if one.email and one.email == account.email), None)

    def _is_no_friend(self, account: Account, found: Invitation, same_address: str) -> str | None:
        """Why somebody is no friend of who invited."""
        if found.inviter == account.customer:
            return "self"
        inviter = self.shop.accounts[found.inviter]
        return "same_address" if same_address == "reject" and same_person(account, inviter) else None
