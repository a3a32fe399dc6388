"""Referrals in the oracle: what the stories do not tell (S9.5)."""

from typing import Any

from tests.oracle.facts import CustomerFacts, Refused
from tests.oracle.oracle import Oracle
from tests.oracle.samples import at, order, programme, shop
from tests.oracle.versions import Document

SENT: Document = {"slug": "s", "title": "S", "kind": "referral_sent", "points": 500}
CAME: Document = {"slug": "r", "title": "R", "kind": "referral_received", "points": 200}


def opened(*sources: Document, **rules: Any) -> Oracle:
    """A shop whose member `c` has invited by a code and an address."""
    oracle = shop(programme(*(sources or (SENT, CAME)), referrals=rules))
    oracle.push_customer("c", at("2025-01-01"), told=CustomerFacts(email="c@example.com"))
    assert oracle.refer("c", "sms", at("2025-01-02"), code="REF1") == "REF1"
    return oracle


def comes(oracle: Oracle, who: str, when: str, update: str | None = None, status: str = "confirmed") -> None:
    """A friend's first order by the code."""
    told = order(f"o-{who}", 50, when, status, update=update or when, discount_codes=("REF1",))
    oracle.push_order(who, told, at(update or when))


def became(oracle: Oracle, when: int) -> list[tuple[str, str, int, str | None]]:
    """What the member's invitations came to."""
    return [(one.channel, one.status, one.points, one.rejected_for) for one in oracle.referrals("c", when)]


def test_each_side_is_paid_for_itself_and_both_wait_since_the_confirmation() -> None:
    oracle = opened()
    oracle.mark("c", "disable_earning_rewards", at("2025-01-03"), on=True)
    comes(oracle, "d", "2025-01-10", update="2025-01-20")
    assert became(oracle, at("2025-01-21")) == [("sms", "qualified", 0, None)]
    assert [oracle.account("d", at(day)).pending for day in ("2025-02-02", "2025-02-03")] == [200, 0]
    assert oracle.account("d", at("2025-02-03")).available == 250


def test_who_was_taken_back_makes_room_for_another_friend_of_the_period() -> None:
    oracle = opened(per_member={"count": 1, "period": "monthly"})
    comes(oracle, "d", "2025-01-10")
    assert oracle.referrals("c", at("2025-01-11"))[0].status == "qualified"
    comes(oracle, "d", "2025-01-10", update="2025-01-12", status="canceled")
    comes(oracle, "e", "2025-01-13")
    comes(oracle, "f", "2025-01-14")
    found = [(one.status, one.points, one.rejected_for) for one in oracle.referrals("c", at("2025-01-14"))]
    assert found == [("rejected", 0, "limit"), ("qualified", 500, None), ("rejected", 0, "taken_back")]


def test_an_approved_friend_stays_and_nobody_is_a_friend_twice() -> None:
    oracle = opened(delay_days=3)
    comes(oracle, "d", "2025-01-10")
    comes(oracle, "d", "2025-01-10", update="2025-01-13", status="canceled")
    assert became(oracle, at("2025-01-13")) == [("sms", "approved", 500, None)]
    oracle.push_order("d", order("o-2", 50, "2025-01-14", discount_codes=("REF1",)), at("2025-01-14"))
    assert len(oracle.referrals("c", at("2025-01-14"))) == 1


def test_of_one_call_friends_are_made_once_all_of_it_is_stored() -> None:
    oracle = opened(delay_days=3)
    told = [
        order("o-d", 50, "2025-01-10", status, update="2025-01-20", discount_codes=("REF1",))
        for status in ("confirmed", "canceled")
    ]
    oracle.push_orders([("d", one) for one in told], at("2025-01-20"))
    assert [one.status for one in oracle.referrals("c", at("2025-01-21"))] == ["invited"]
    assert oracle.account("d", at("2025-01-21")).earned == 0


def test_capitals_tags_and_dots_make_no_other_mailbox_but_another_invited_address() -> None:
    oracle = opened(same_address="allow")
    oracle.refer("c", "email", at("2025-01-02"), email="Ben@example.com")
    for who, email in (("d", "ben+a@example.com"), ("e", "BEN@example.com")):
        oracle.push_customer(who, at("2025-01-03"), told=CustomerFacts(email=email))
        oracle.push_order(who, order(f"o-{who}", 50, "2025-01-04"), at("2025-01-04"))
    assert [one.status for one in oracle.referrals("c", at("2025-01-04"))] == ["qualified", "invited"]
    strict = opened()
    strict.push_customer("d", at("2025-01-03"), told=CustomerFacts(email="C+x@Example.com"))
    comes(strict, "d", "2025-01-04")
    assert became(strict, at("2025-01-04")) == [("sms", "rejected", 0, "same_address")]


def test_without_referrals_or_membership_nobody_invites() -> None:
    oracle = shop(programme())
    oracle.push_customer("c", at("2025-01-01"))
    assert oracle.refer("c", "sms", at("2025-01-02")) == Refused(frozenset({"referrals_disabled"}))
    oracle = opened()
    oracle.membership("c", "none", at("2025-01-03"))
    assert oracle.refer("c", "qr-code", at("2025-01-04")) == Refused(frozenset({"not_a_member"}))


def test_a_history_is_lived_whole_before_friends_are_made_of_it() -> None:
    oracle = opened()
    history = [
        order("o1", 50, "2025-01-10", discount_codes=("REF1",)),
        order("o2", 30, "2025-01-20", update="2025-02-20"),
    ]
    oracle.import_orders("d", history, at("2025-03-01"))
    came = {lot.available_at for lot in oracle.account("d", at("2025-03-01")).lots}
    assert came == {at("2025-01-10"), at("2025-01-20"), at("2025-01-24")}
    assert oracle.referrals("c", at("2025-03-01"))[0].status == "approved"
