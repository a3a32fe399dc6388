"""The sentences that members read, in each language, and that no catalogue lacks any or has one too many."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import get_args

import pytest
from babel import Locale
from babel.numbers import format_currency, format_decimal

import leal
from leal.api.words import change_sentence, reason_sentences, still_lacking
from leal.errors import Reason, Refused
from leal.rules.programme.document import SourceKind
from leal.rules.programme.terms import Need
from leal.rules.programme.words import Period
from leal.values import Rounding
from leal.words.catalogue import LANGUAGES, Message, catalogue
from leal.words.voice import voice

SOURCE = Path(leal.__file__).parent
FIRST = date(1999, 5, 1)


def texts(*folders: str) -> Iterator[str]:
    """Every text that stands by itself in the source of these folders."""
    for folder in folders:
        for file in (SOURCE / folder).glob("*.py"):
            for node in ast.walk(ast.parse(file.read_text())):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield node.value


def first_arguments(call: str, *folders: str) -> Iterator[str]:
    """The texts that are the first argument of a call, or parts of it."""
    for folder in folders:
        for file in (SOURCE / folder).glob("*.py"):
            for node in ast.walk(ast.parse(file.read_text())):
                if isinstance(node, ast.Call) and call in (
                    getattr(node.func, "id", ""),
                    getattr(node.func, "attr", ""),
                ):
                    for part in ast.walk(node.args[0]) if node.args else ():
                        if isinstance(part, ast.Constant) and isinstance(part.value, str):
                            yield part.value


def values(message: Message) -> set[tuple[str, str]]:
    """Everything a sentence tells of, in any of its forms, and how it is written."""
    return {(piece.value, piece.unit) for form in message.forms.values() for piece in form if piece.value}


def asked_for() -> set[str]:
    """The ids of all sentences that are said somewhere."""
    english = catalogue("en")
    changes = {f"change.{text}" for text in texts("rules")} & english.keys()
    reasons = {f"reason.{code}" for code in first_arguments("Reason", "rules", "engine")}
    nouns = {f"unit.{unit}" for message in english.values() for _, unit in values(message)} & english.keys()
    earns = {f"earns.{kind}" for kind in get_args(SourceKind)}
    said = {text for text in first_arguments("say", "api") if not text.endswith(".")}  # "reason." names a whole kind
    buttons = {f"shown.{name}" for name in texts("content")} & {"shown.join", "shown.shop", "shown.use"}
    return changes | reasons | earns | nouns | said | buttons | (set(texts("api", "content")) & english.keys())


def test_every_sentence_is_there_and_none_besides() -> None:
    asked = asked_for()
    assert len(asked) > 40
    assert set(catalogue("en")) == asked


def test_every_case_is_there() -> None:
    """The plurals are the languages' business, the cases the rules'."""
    cases = {
        ident: set(message.forms) for ident, message in catalogue("en").items() if message.by and not message.counts
    }
    assert cases == {
        "explain.rounded": set(get_args(Rounding)),
        "reason.redemption_limit_reached": set(get_args(Period)),
        "reason.gift_limit_reached": set(get_args(Period)),
        "reason.offer_limit_reached": set(get_args(Period)),
        "reason.second_person_needed": {"waiting", "approved", "declined", "done", "failed"},
    }


def test_every_change_has_words() -> None:
    types = set(first_arguments("draft", "rules")) - {"order", "member", "time", "staff", "programme", "redemption"}
    silent = {"merged_into", "erased"}  # nobody is left who could be shown them
    assert {kind for kind in types - silent if f"change.{kind}" not in catalogue("en")} == set()
    assert len(types) > 12


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalogue_is_whole(language: str) -> None:
    """The ids of the English one, telling of the same values; every plural category that the language has."""
    english, messages = catalogue("en"), catalogue(language)
    assert set(messages) == set(english)
    categories = {*Locale(language).plural_form.tags, "other"}
    for ident, message in messages.items():
        assert values(message) == values(english[ident]), ident
        if message.counts:
            assert set(message.forms) == categories, ident
            assert message.by in {value for value, _ in values(message)}, ident
        else:
            assert (message.by, set(message.forms)) == (english[ident].by, set(english[ident].forms)), ident
        for name, form in message.forms.items():
            assert values(Message("", False, {"": form})) == values(message), (ident, name)


def test_there_is_a_file_for_each_language() -> None:
    assert {path.stem for path in (SOURCE / "words").glob("*.toml")} == set(LANGUAGES)


@pytest.mark.parametrize(
    ("locale", "sentences"),
    [
        ("en", ["Earn 0 more points", "Earn 1 more point", "Earn 2 more points", "Earn 1,000,000 more points"]),
        ("de", ["Noch 0 Punkte", "Noch 1 Punkt", "Noch 2 Punkte", "Noch 1.000.000 Punkte"]),
        ("de_CH", ["Noch 0 Punkte", "Noch 1 Punkt", "Noch 2 Punkte", "Noch 1’000’000 Punkte"]),
        (
            "fr",
            ["Encore 0 point", "Encore 1 point", "Encore 2 points", "Encore 1\u202f000\u202f000 de points"],
        ),
    ],
)
def test_plurals(locale: str, sentences: list[str]) -> None:
    speak = voice(None, locale, None)
    said = [speak.say("tier.reach", lacking=speak.say("tier.points", n=n), tier="Gold") for n in (0, 1, 2, 10**6)]
    assert [
        sentence[0].upper() + sentence[1 : len(begin)] for sentence, begin in zip(said, sentences, strict=True)
    ] == (sentences)


@pytest.mark.parametrize(
    ("locale", "currency", "either", "keep_by", "sentence"),
    [
        ("en", "USD", True, None, "Earn 12 more points or spend $25.50 more to reach Or."),
        ("en", "USD", False, FIRST, "Earn 12 more points and spend $25.50 more by 1 May 1999 to keep Or."),
        ("en_US", "USD", False, FIRST, "Earn 12 more points and spend $25.50 more by May 1, 1999 to keep Or."),
        ("de", "EUR", True, None, "Noch 12 Punkte oder 25,50\xa0€ Umsatz bis Or."),
        ("de", "EUR", False, FIRST, "Noch 12 Punkte und 25,50\xa0€ Umsatz bis zum 1. Mai 1999, um Or zu behalten."),
        ("fr", "EUR", True, None, "Encore 12 points ou 25,50\xa0€ d’achats pour atteindre Or."),
        ("fr", "JPY", False, FIRST, "Encore 12 points et 26\xa0JPY d’achats d’ici au 1 mai 1999 pour conserver Or."),
    ],
)  # fmt: skip
def test_what_is_lacking(locale: str, currency: str, either: bool, keep_by: date | None, sentence: str) -> None:
    speak = voice(None, locale, currency)
    lacking = Need(points=12, spend_micros=25_500_000)
    assert still_lacking(speak, lacking, either=either, tier="Or", keep_by=keep_by) == sentence


def test_events_that_are_lacking() -> None:
    lacking = Need(events=("quiz", "survey"), points=1)
    assert [
        still_lacking(voice(language, None, None), lacking, either=False, tier="Gold") for language in LANGUAGES
    ] == [
        "Noch 1 Punkt, „quiz“ und „survey“ bis Gold.",
        'Earn 1 more point, complete "quiz", and complete "survey" to reach Gold.',
        "Encore 1 point, «\xa0quiz\xa0» et «\xa0survey\xa0» pour atteindre Gold.",
    ]


def test_nothing_lacking_is_not_mentioned() -> None:
    speak = voice(None, None, "USD")
    assert still_lacking(speak, Need(), either=False, tier="Gold") == ""
    assert still_lacking(speak, Need(points=0, spend_micros=0, orders=0), either=False, tier="Gold") == ""
    said = still_lacking(speak, Need(points=0, orders=1), either=False, tier="Gold")
    assert said == "Place 1 more order to reach Gold."


def test_changes() -> None:
    english, german = voice("en", None, None), voice("de", None, None)
    assert change_sentence(english, "earned_from_order", "1007") == "Points for an order (order 1007)"
    assert change_sentence(german, "earned_from_order", "1007") == "Punkte für eine Bestellung (Bestellung 1007)"
    assert change_sentence(english, "something_new", None) == "Something new"


@pytest.mark.parametrize(
    ("market", "shop", "spoken"),
    [
        (None, "fr", "fr"),
        ("de", "fr", "de"),
        ("de-AT", "fr", "de_AT"),
        ("DE_at", "fr", "de_AT"),
        ("fr_CA", "de", "fr_CA"),
        ("de-Latn-CH", "fr", "de_CH"),
        ("en-US-posix", "fr", "en_US"),
        ("de_JP", "fr", "de"),  # no such region of it
        ("pt_BR", "fr", "fr"),
        ("", "pt_BR", "en"),
        ("../../x", "de", "de"),
        ("en" * 100, None, "en"),
    ],
)
def test_the_voice_is_the_markets_the_shops_or_english(market: str | None, shop: str | None, spoken: str) -> None:
    assert str(voice(market, shop, "EUR").locale) == spoken


def test_names_are_never_read_as_sentences() -> None:
    speak = voice("en", None, None)
    assert (
        speak.say("tier.reach", lacking="{tier:money}", tier="{0} {lacking}") == "{tier:money} to reach {0} {lacking}."
    )


def test_a_refusal_that_was_kept_without_a_figure_is_told_as_it_was() -> None:
    kept = Refused([Reason("not_enough_points", {"missing": 5})], "5 points are missing; 3 can be taken.")
    assert reason_sentences(voice("de", None, None), kept) == ["5 points are missing; 3 can be taken."]


@pytest.mark.parametrize("currency", ["USD", "EUR", "CHF", "INR", "JPY", "KWD", None])
@pytest.mark.parametrize("locale", ["en", "en_US", "en_IN", "fr_FR", "fr_CH", "de", "de_AT", "de_CH", "de_LI"])
def test_money_is_written_as_the_library_writes_it(locale: str, currency: str | None) -> None:
    """Whatever is kept of its answers, the words are the same."""
    speak = voice(locale, None, currency)
    amounts = [n * 10**power for power in range(13) for n in (1, 9, 11, 99, 1234, 5678901)]
    amounts += [0, 12_340_000, 12_345_600, 999_990_000, 1_110_000, 11_110_000, -5_550_000, 111_111_110_000]
    for micros in amounts:
        exact = Decimal(micros) / 1_000_000
        expected = (
            format_decimal(exact, locale=locale, decimal_quantization=False)
            if currency is None
            else format_currency(exact, currency, locale=locale)
        )
        assert speak.say("tier.spend", amount=micros).count(expected) == 1, (micros, expected)


@pytest.mark.parametrize("locale", ["en", "en_US", "en_IN", "fr_FR", "fr_CH", "de", "de_AT", "de_CH", "de_LI"])
def test_numbers_and_whole_units_are_written_as_the_library_writes_them(locale: str) -> None:
    numbers = [
        0,
        7,
        999,
        1000,
        1001,
        1234,
        9999,
        10_000,
        123_456,
        1_000_000,
        7_000_100,
        5_678_901_234,
        -5,
        -1234,
        -50_000,
    ]
    for currency in ("USD", "EUR", "CHF", "INR", "JPY"):
        speak = voice(locale, None, currency)
        pattern = Locale.parse(locale).currency_formats["standard"].pattern.replace(".00", "")
        for number in numbers:
            assert speak.written(number) == format_decimal(number, locale=locale)
            expected = format_currency(number, currency, pattern, locale=locale, currency_digits=False)
            assert speak.written(number * 1_000_000, "whole") == expected
