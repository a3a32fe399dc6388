"""The sentences of what a tier still lacks."""

from __future__ import annotations

import pytest

from leal.api.words import change_sentence, still_lacking
from leal.rules.programme.document import Programme
from leal.rules.programme.terms import Need

ENGLISH = Programme(shop="acme", title="Acme", currency="USD", timezone="America/New_York")
FRENCH = Programme(shop="acme", title="Acme", currency="EUR", timezone="Europe/Paris", locale="fr")


@pytest.mark.parametrize(
    ("lacking", "match_any", "verb", "sentence"),
    [
        (Need(), False, "reach", ""),
        (Need(points=0, spend_micros=0, orders=0), False, "reach", ""),
        (Need(points=1), False, "reach", "Earn 1 more point to reach Gold."),
        (Need(points=1200, orders=1), False, "keep", "Earn 1,200 more points and place 1 more order to keep Gold."),
        (
            Need(spend_micros=25_500_000, orders=2),
            True,
            "reach",
            "Spend $25.50 more or place 2 more orders to reach Gold.",
        ),
    ],
)
def test_sentences(lacking: Need, match_any: bool, verb: str, sentence: str) -> None:
    assert still_lacking(lacking, match_any, "Gold", verb, ENGLISH) == sentence


def test_money_is_written_as_in_the_programmes_locale() -> None:
    assert "25,50\xa0€" in still_lacking(Need(spend_micros=25_500_000), False, "Or", "reach", FRENCH)


def test_changes() -> None:
    assert change_sentence("earned_from_order", "1007") == "Points for an order (order 1007)"
    assert change_sentence("something_new", None) == "Something new"
