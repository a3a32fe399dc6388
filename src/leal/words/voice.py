"""A voice: one language with a region's way to write figures and a programme's currency; it says what is in the
catalogue."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Final

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_currency, format_decimal, format_percent, get_currency_precision

from leal.values import MICRO
from leal.words.catalogue import LANGUAGES, catalogue

Value = int | str | date

DEFAULT: Final = "en"
_DAYS: Final = {"en": "d MMMM y"}
"""How a language of no region writes days, where that is not as its largest region does: English as most of them."""
_ONES: Final = "000"
"""The last three digits of so many thousands: those of other numbers stand in their place."""
_REGION: Final = re.compile(r"[A-Z]{2}|[0-9]{3}")


class Voice:
    """Says sentences in one language. `currency` None: amounts are written as bare numbers."""

    def __init__(self, locale: Locale, currency: str | None) -> None:
        self.locale = locale
        self.currency = currency
        self._messages = catalogue(locale.language)
        self._plural = locale.plural_form
        self._name = str(locale)

    def say(self, ident: str, **values: Value) -> str:
        """The sentence of that id about these values: whole numbers, texts, days, money in micros or as a decimal.

        Raises KeyError where there is no such sentence, or it needs a value that is not given.
        """
        message = self._messages[ident]
        form = ""
        if message.by:
            chosen = values[message.by]
            form = self._plural(chosen) if message.counts and isinstance(chosen, int) else str(chosen)
        said = ""
        for words, value, unit in message.forms[form]:
            said += words
            if value:
                given = values[value]
                said += given if type(given) is str and not unit else self.written(given, unit)
        return said

    def knows(self, ident: str) -> bool:
        """Whether there is a sentence of that id."""
        return ident in self._messages

    def join(self, parts: Sequence[str], *, either: bool) -> str:
        """Several things as one: all of them, or either."""
        if len(parts) < 2:
            return "".join(parts)
        if len(parts) == 2:
            before, between, after = _pair(self._name, either=either)
            return f"{before}{parts[0]}{between}{parts[1]}{after}"
        return str(format_list(parts, "or" if either else "standard", self.locale))

    def written(self, value: Value, unit: str = "") -> str:
        """A value by itself: a number, a text, a day, or what the unit makes of it."""
        if isinstance(value, date):
            return _day(value, self._name)
        if unit == "money":
            return _money(int(Decimal(value) * MICRO) if isinstance(value, str) else value, self.currency, self._name)
        if unit == "whole":
            return _whole(int(value), self.currency, self._name)
        if unit == "percent":
            return _percent(int(value), self._name)
        if unit == "numbers":
            return ", ".join(_number(int(part), self._name) for part in str(value).split(", "))
        if unit == "id":
            return str(value)
        if unit:
            return self.say(f"unit.{unit}", n=value)
        return _number(value, self._name) if isinstance(value, int) else value


@lru_cache(maxsize=4096)
def voice(market: str | None, shop: str | None, currency: str | None) -> Voice:
    """The voice of the market's locale; where there are no words for it, of the shop's; where there are none, English.

    A locale is a language with or without a region, such as `fr`, `fr_CA` or `fr-CA`.
    """
    found = next((known for text in (market, shop) if text and (known := _known(text)) is not None), None)
    return Voice(found or Locale(DEFAULT), currency)


def _known(text: str) -> Locale | None:
    """The locale of a text, without its region where no such one exists; None without words for its language."""
    language, *rest = re.split("[-_]", text.strip())
    language = language.lower()
    if language not in LANGUAGES:
        return None
    region = next((part.upper() for part in rest if _REGION.fullmatch(part.upper())), None)
    try:
        return Locale(language, region)
    except UnknownLocaleError:
        return Locale(language)


def _money(micros: int, currency: str | None, locale: str) -> str:
    """The amount; the library is asked once for each number of thousands, because it takes longer than a balance."""
    digits = _digits(currency)
    units, rest = divmod(micros, MICRO)
    least = 10 ** max(0, 6 - digits)
    if not digits or micros < 0 or rest % least:
        return _exact_money(micros, currency, locale)
    thousands, ones = divmod(units, 1000)
    if thousands and (parts := _around_ones(thousands, currency, locale, least)) is not None:
        before, between, after = parts
        return f"{before}{ones:03}{between}{rest // least:0{digits}d}{after}"
    before, after = _around_fraction(units, currency, locale, least)
    return f"{before}{rest // least:0{digits}d}{after}"


@lru_cache(maxsize=4096)
def _around_ones(thousands: int, currency: str | None, locale: str, least: int) -> tuple[str, str, str] | None:
    """What is written before the last three whole digits of an amount of so many thousands, between them and the
    fraction, and after it; None where they are not written as such."""
    before, after = _around_fraction(thousands * 1000, currency, locale, least)
    parts = before.rpartition(_ONES)
    return (parts[0], parts[2], after) if parts[1] else None


@lru_cache(maxsize=256)
def _pair(locale: str, *, either: bool) -> tuple[str, str, str]:
    """What is written before, between and after two things; the library takes longer to ask than they take to write."""
    before, _, rest = str(format_list(["\0", "\1"], "or" if either else "standard", _locale(locale))).partition("\0")
    between, _, after = rest.partition("\1")
    return before, between, after


@lru_cache(maxsize=256)
def _digits(currency: str | None) -> int:
    return 0 if currency is None else int(get_currency_precision(currency))


@lru_cache(maxsize=8192)
def _around_fraction(units: int, currency: str | None, locale: str, least: int) -> tuple[str, str]:
    """What is written before and after the fraction of an amount of so many whole units."""
    ones = str(MICRO // least // 9)
    before, _, after = _exact_money(units * MICRO + int(ones) * least, currency, locale).rpartition(ones)
    return before, after


@lru_cache(maxsize=1024)
def _exact_money(micros: int, currency: str | None, locale: str) -> str:
    amount = Decimal(micros) / MICRO
    if currency is None:
        return str(format_decimal(amount, locale=_locale(locale), decimal_quantization=False))
    return str(format_currency(amount, currency, locale=_locale(locale)))


def _whole(micros: int, currency: str | None, locale: str) -> str:
    """Whole units of money, the rest left out; less than one, or what is not in a currency, as it is."""
    units = micros // MICRO
    if currency is None or (micros and not units):
        return _money(micros, currency, locale)
    thousands, ones = divmod(units, 1000)
    if thousands > 0:
        before, between, after = _exact_whole(thousands * 1000, currency, locale).rpartition(_ONES)
        if between:
            return f"{before}{ones:03}{after}"
    return _exact_whole(units, currency, locale)


@lru_cache(maxsize=4096)
def _exact_whole(units: int, currency: str, locale: str) -> str:
    known = _locale(locale)
    pattern = re.sub(r"\.0+", "", known.currency_formats["standard"].pattern)
    return str(format_currency(units, currency, pattern, locale=known, currency_digits=False))


@lru_cache(maxsize=1024)
def _percent(permyriad: int, locale: str) -> str:
    return str(format_percent(Decimal(permyriad) / 10_000, locale=_locale(locale), decimal_quantization=False))


def _number(number: int, locale: str) -> str:
    thousands, ones = divmod(number, 1000)
    if thousands > 0:
        before, last, _ = _exact_number(thousands * 1000, locale).rpartition(_ONES)
        if last:
            return f"{before}{ones:03}"
    return _exact_number(number, locale)


@lru_cache(maxsize=4096)
def _exact_number(number: int, locale: str) -> str:
    return str(format_decimal(number, locale=_locale(locale)))


@lru_cache(maxsize=1024)
def _day(day: date, locale: str) -> str:
    return str(format_date(day, _DAYS.get(locale, "long"), locale=_locale(locale)))


@lru_cache(maxsize=1024)
def _locale(name: str) -> Locale:
    return Locale.parse(name)
