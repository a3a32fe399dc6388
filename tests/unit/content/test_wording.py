"""Wording: what every state says, in every language, and that figures are written as the language writes them."""

from __future__ import annotations

import msgspec
import pytest

from leal.content.panel import Panel, words
from leal.content.wording import COUNTED_DAYS, panel_of, voice_for
from leal.rules.content.chosen import BLOCKS, CardSlot, Chosen, OfferSlot, ProductSlot, Slots, SpendProgress
from leal.rules.content.earnings import Simulated
from leal.rules.content.samples import samples
from leal.rules.programme.reading import read_programme
from leal.rules.programme.terms import compile_terms
from leal.values import DAY, MICRO
from leal.words.catalogue import LANGUAGES
from tests.unit.content.golden import FOLDER, written
from tests.unit.content.people import NOW, OUTSIDE, PROGRAMME, SILVER, TERMS, TODAY, bought, expiring, member, shown

BANNER, VALUE, LIFE, DIGEST, GOODS = BLOCKS


def said(chosen: Chosen, language: str = "en", now: int = NOW) -> Panel:
    return panel_of(chosen, TERMS, voice_for(TERMS, language), now)


@pytest.mark.parametrize("block", BLOCKS)
def test_every_state_says_what_it_said(block: str) -> None:
    kept = (FOLDER / f"{block}.json").read_text("utf-8")
    assert written(block, "en") == kept, "look at it, then run: python -m tests.unit.content.golden"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_state_is_said_in_every_language(language: str) -> None:
    panels = [said(one.chosen, language) for one in samples(TERMS, NOW)]
    assert {panel.language for panel in panels} == {language}
    for panel in panels:
        assert panel.headline
        assert not [text for text in words(panel) if "{" in text or "  " in text or text != text.strip()], panel
        assert panel.headline in panel.alt
        assert panel.button is not None


def test_the_picture_says_nothing_that_the_alternative_does_not() -> None:
    for one in samples(TERMS, NOW):
        panel = said(one.chosen)
        shown_words = [
            panel.body,
            panel.as_of,
            *(fact.label for fact in panel.facts),
            *(p.name for p in panel.products),
        ]
        assert all(text in panel.alt for text in shown_words if text)


@pytest.mark.parametrize(
    ("language", "headline", "body"),
    [
        ("en", "Use 1,240 points by 15 July 2026", "That is worth €62. Anything left after that day lapses."),
        (
            "de", "1.240 Punkte bis 15. Juli 2026 einlösen",
            "Das ist 62\u00a0€ wert. Was nach diesem Tag übrig ist, verfällt.",
        ),
        (
            "fr_CH", "1\u202f240 points à utiliser jusqu’au 15 juillet 2026",
            "Cela vaut 62\u00a0€. Ce qui reste après ce jour expire.",
        ),
    ],
)  # fmt: skip
def test_points_that_lapse(language: str, headline: str, body: str) -> None:
    panel = said(shown(BANNER, member(**expiring(12))), language)
    assert (panel.headline, panel.body) == (headline, body)
    assert panel.countdown is not None
    assert panel.countdown.until.isoformat() == "2026-07-15T22:00:00+00:00"


def test_the_figures_of_the_use_cases() -> None:
    would = shown(BANNER, OUTSIDE, simulated=Simulated(847, 3), simulated_value_micros=42_350_000)
    assert "€42." in said(would).body
    near = said(shown(BANNER, member(missing=180, spend_to_next_micros=90 * MICRO)))
    assert near.body == "An order from €90 takes you there. Then yours: Free delivery."
    assert (near.figure, near.figure_label) == ("180", "points to Gold")


@pytest.mark.parametrize(
    ("language", "headline", "figure", "label", "keep"),
    [
        ("en", "Only €90 to Gold", "€90", "to Gold", "Keep Silver: €41 to go"),
        ("de", "Nur noch 90\u00a0€ bis Gold", "90\u00a0€", "bis Gold", "Noch 41\u00a0€, um Silver zu bleiben"),
        ("fr", "Plus que 90\u00a0€ avant Gold", "90\u00a0€", "avant Gold", "Encore 41\u00a0€ pour rester Silver"),
    ],
)  # fmt: skip
def test_a_tier_that_asks_for_money(language: str, headline: str, figure: str, label: str, keep: str) -> None:
    progress = SpendProgress(610_500_000, 700 * MICRO)
    slots = Slots(
        member=True, tier="Silver", next_tier="Gold", spend_missing_micros=89_500_000, spend_progress=progress
    )
    panel = said(Chosen(BANNER, "near-next-tier", slots), language)
    assert (panel.headline, panel.figure, panel.figure_label) == (headline, figure, label)
    assert panel.progress is not None
    assert (panel.progress.current, panel.progress.goal, panel.progress.label) == (610, 700, f"{figure} {label}")
    ending = Slots(member=True, tier="Silver", tier_ends_on=TODAY, spend_to_keep_micros=40_010_000)
    assert said(Chosen(BANNER, "tier-at-risk", ending), language).headline == keep


def test_one_of_something_is_one() -> None:
    panel = said(shown(BANNER, member(missing=1)))
    assert (panel.headline, panel.figure, panel.figure_label) == ("Only 1 point to Gold", "1", "point to Gold")
    assert said(shown(BANNER, member(missing=1)), "fr").headline == "Plus que 1 point avant Gold"


def test_large_numbers_are_taken_apart_from_their_noun() -> None:
    panels = [said(shown(BANNER, member(points=1_000_000)), one) for one in LANGUAGES]
    assert [(panel.figure, panel.figure_label) for panel in panels] == [
        ("1.000.000", "Punkte"), ("1,000,000", "points"), ("1\u202f000\u202f000", "de points"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("locales", "language"),
    [
        (("de_AT",), "de-AT"), (("DE",), "de"), ((None, "fr-CA"), "fr-CA"), (("es", "fr"), "fr"), (("es",), "en"),
        ((), "en"), (("",), "en"), (("../etc", "x" * 999), "en"),
    ],
)  # fmt: skip
def test_the_first_language_that_is_spoken(locales: tuple[str | None, ...], language: str) -> None:
    assert str(voice_for(TERMS, *locales).locale).replace("_", "-") == language


def test_a_shop_may_speak_fewer_languages() -> None:
    french = compile_terms(
        read_programme(PROGRAMME.replace("locale: en", "locale: fr").replace("content:", "content:\n  languages: [fr]"))
    )
    assert str(voice_for(french, "de", "en").locale) == "fr"


def offer(kind: str, ends_at: int = NOW + 3 * DAY, **more: int) -> OfferSlot:
    return OfferSlot("o", "Title", kind, ends_at, TODAY, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("slot", "value", "detail"),
    [
        (offer("percentage", permyriad=1500), "15%", ""),
        (offer("percentage", permyriad=1250), "12.5%", ""),
        (offer("fixed_amount", amount_micros=10 * MICRO), "€10", ""),
        (offer("fixed_amount", amount_micros=9_990_000), "€9.99", ""),
        (offer("free_shipping", minimum_basket_micros=60 * MICRO), "", "from €60"),
        (offer("points_multiplier", permyriad=20_000), "2× points", ""),
        (offer("points_multiplier", permyriad=15_000), "1.5× points", ""),
    ],
)  # fmt: skip
def test_offers(slot: OfferSlot, value: str, detail: str) -> None:
    drawn = said(Chosen(LIFE, "at-risk", Slots(offer=slot))).offer
    assert drawn is not None
    assert (drawn.value, drawn.detail, drawn.ends) == (value, detail, "until 3 July 2026")


@pytest.mark.parametrize(
    ("variant", "until", "counts"),
    [
        ("one-timer-urgent", NOW + COUNTED_DAYS * DAY, True),
        ("one-timer-urgent", NOW + COUNTED_DAYS * DAY + 1, False),
        ("one-timer-urgent", NOW, False),
        ("at-risk", NOW + DAY, False),
    ],
)  # fmt: skip
def test_only_what_is_urgent_and_near_is_counted_down(variant: str, until: int, counts: bool) -> None:
    panel = said(Chosen(LIFE, variant, Slots(offer=offer("percentage", until, permyriad=1500))))
    assert (panel.countdown is not None) is counts


def test_products_tell_what_they_earn() -> None:
    told = ProductSlot("p", "Boot", 100 * MICRO, points=400, permyriad=20_000, reaches="Gold", offer="Sale")
    [one] = said(Chosen(GOODS, "default", Slots(member=True, products=[told]))).products
    assert (one.price, one.points, one.tag, one.reaches) == ("€100.00", "+400 points", "2× points", "Reaches Gold")
    plain = msgspec.structs.replace(told, points=0, permyriad=0)
    [one] = said(Chosen(GOODS, "default", Slots(products=[plain]))).products
    assert (one.points, one.tag, one.reaches) == ("", "Sale", "")


def test_a_card_and_a_link_that_is_missing() -> None:
    panel = said(Chosen(BANNER, "default", Slots(points=5, card=CardSlot("2847391", "code128"))))
    assert panel.card is not None
    assert (panel.card.number, panel.card.label) == ("2847391", "Your member card")
    bare = compile_terms(read_programme(PROGRAMME.partition("  links:")[0]))
    assert panel_of(shown(BANNER, SILVER), bare, voice_for(bare), NOW).button is None


def test_the_digest_greets_by_name_and_says_its_status_once() -> None:
    told = shown(DIGEST, SILVER, bought(first_name="Ann", orders=3))
    panel = said(told)
    assert (panel.headline, panel.figure, panel.figure_label) == ("Hello Ann", "2,340", "points")
    assert panel.body == "11 months together: thank you. Silver brings you: A birthday gift (a card)."
    assert panel.alt.count("2,340") == 1
