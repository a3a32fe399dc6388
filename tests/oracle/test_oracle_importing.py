"""Imports in the oracle: a history is lived in order of its times (S4.10)."""

from tests.oracle.facts import AccountView, OrderFacts
from tests.oracle.oracle import Oracle
from tests.oracle.samples import at, order, programme, shop

LADDER = {
    "window": {"kind": "calendar_year"},
    "steps": [{"slug": "a", "name": "A"}, {"slug": "b", "name": "B", "requires": {"points": 100}, "entry_points": 9}],
}
ORDERS = (order("o1", 60, "2025-01-10"), order("o2", 50, "2025-02-20"), order("o3", 5, "2025-08-01"))
NOW = at("2025-09-01")


def opened() -> Oracle:
    """A shop where points lapse and tiers come."""
    joining = {"slug": "j", "title": "J", "kind": "signup", "points": 3}
    return shop(programme(joining, tiers=LADDER, expiration={"rolling": {"term": "3 months"}}))


def lived(*orders: OrderFacts, imported: bool) -> AccountView:
    """What a member shows after some orders, each pushed in its time or all imported now."""
    oracle = opened()
    for one in orders:
        assert one.order_time is not None
        if imported:
            oracle.import_orders("c", [one], NOW)
        else:
            oracle.push_order("c", one, one.order_time)
    return oracle.account("c", NOW)


def test_an_imported_history_comes_to_the_same_as_one_that_was_pushed() -> None:
    view = lived(*ORDERS, imported=True)
    assert view == lived(*ORDERS, imported=False)
    assert (view.available, view.expired, view.tier, view.member_since) == (5, 122, "b", at("2025-01-10"))


def test_what_the_account_is_further_than_is_late_news() -> None:
    oracle = opened()
    oracle.import_orders("c", [ORDERS[2]], NOW)
    oracle.import_orders("c", [ORDERS[0]], NOW)
    view = oracle.account("c", NOW)
    assert (view.member_since, view.available, view.expired) == (at("2025-08-01"), 8, 60)


def test_what_lies_before_the_first_version_is_judged_by_it() -> None:
    oracle = opened()
    oracle.import_orders("c", [order("o0", 70, "2024-11-01")], NOW)
    view = oracle.account("c", NOW)
    assert (view.member_since, view.earned, view.expired) == (at("2024-11-01"), 73, 73)


def test_a_later_word_of_an_order_stands_against_an_import_of_its_first_state() -> None:
    oracle = opened()
    oracle.push_order("c", order("o1", 20, "2025-08-20", update="2025-08-25"), at("2025-08-25"))
    oracle.import_orders("c", [OrderFacts("o1", "confirmed", at("2025-08-20"), amount_spent=90_000_000)], NOW)
    assert oracle.account("c", NOW).earned == 23
    oracle.import_orders("c", [order("o1", 30, "2025-08-20", update="2025-08-26")], NOW)
    assert oracle.account("c", NOW).earned == 33
