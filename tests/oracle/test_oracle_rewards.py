"""Offers and rewards in the oracle: what the stories do not tell (S9.1, S9.2)."""

from tests.oracle.facts import HoldView, Refused, Taken
from tests.oracle.oracle import Oracle
from tests.oracle.samples import at, buckets, buy, programme, shop
from tests.oracle.versions import Document

MUG: Document = {"slug": "mug", "title": "Mug", "kind": "vendible", "points": 40, "gives": {"product": "mug"}}
VISIT: Document = MUG | {"slug": "visit", "kind": "custom_reward", "gives": {"identifier": "visit"}}


def opened(*offers: Document) -> Oracle:
    """A shop with offers, and a member with points."""
    oracle = shop(programme(offers=list(offers)))
    buy(oracle, "o1", 100, "2025-01-10")
    return oracle


def taken(answer: Taken | Refused) -> Taken:
    """An answer that is no refusal."""
    assert isinstance(answer, Taken), answer
    return answer


def test_a_use_that_was_taken_back_counts_again_in_its_own_period() -> None:
    oracle = opened(MUG | {"per_member": {"count": 1, "period": "monthly"}})
    made = taken(oracle.take("c", "mug", at("2025-01-31")))
    assert made.code is not None
    buy(oracle, "o2", 10, "2025-01-31", discount_codes=(made.code,))
    buy(oracle, "o2", 10, "2025-01-31", "canceled", update="2025-02-01", discount_codes=(made.code,))
    assert oracle.account("c", at("2025-02-01")).available == 100
    buy(oracle, "o2", 10, "2025-01-31", update="2025-02-02", discount_codes=(made.code,))
    assert oracle.account("c", at("2025-02-02")).offers == {"mug": (40, frozenset())}
    assert oracle.account("c", at("2025-01-31")).offers == {"mug": (40, frozenset({"offer_limit_reached"}))}


def test_what_the_shop_hands_out_is_no_code_and_is_undone_by_nobody_but_staff() -> None:
    oracle = opened(VISIT | {"stock": 1, "expires": "1 month"})
    made = taken(oracle.take("c", "visit", at("2025-01-11")))
    view = oracle.account("c", at("2025-01-11"))
    assert (made.code, view.rewards, view.offers["visit"][1]) == (None, (), frozenset({"out_of_stock"}))
    assert oracle.unredeem("c", made.id, at("2025-01-11")) == Refused(frozenset({"invalid_redemption_for_unredeem"}))
    assert oracle.void_reward("c", made.id, at("2025-01-12")) is None
    assert buckets(oracle, "2025-01-12") == {"available": 100, "earned": 100}
    assert oracle.account("c", at("2025-01-12")).offers == {"visit": (40, frozenset())}


def test_what_was_delivered_stays_so() -> None:
    oracle = opened(VISIT)
    made = taken(oracle.take("c", "visit", at("2025-01-11")))
    oracle.deliver("c", made.id, at("2025-01-12"), done=True)
    oracle.deliver("c", made.id, at("2025-01-13"), done=False)
    assert oracle.void_reward("c", made.id, at("2025-01-13")) == Refused(frozenset({"reward_in_use"}))
    assert buckets(oracle, "2025-01-13") == {"available": 60, "redeemed": 40, "earned": 100}


def test_a_piece_that_was_taken_before_there_was_a_stock_does_not_count() -> None:
    oracle = opened(MUG)
    taken(oracle.take("c", "mug", at("2025-01-11")))
    oracle.publish(programme(offers=[MUG | {"stock": 1}]), at("2025-01-12"))
    taken(oracle.take("c", "mug", at("2025-01-12")))
    assert oracle.take("c", "mug", at("2025-01-13")) == Refused(frozenset({"not_enough_points", "out_of_stock"}))


def test_a_hold_for_money_takes_the_fewest_points_that_may_be_redeemed() -> None:
    oracle = shop(programme(holds={}, redemption={"min": 10, "step": 5}))
    buy(oracle, "o1", 100, "2025-01-10")
    made = oracle.hold("c", None, "H1", at("2025-01-10"), worth=1_010_000)
    assert isinstance(made, HoldView)
    assert (made.points, made.value_micros) == (25, 1_250_000)
    assert oracle.account("c", at("2025-01-10")).held == 25
