"""Hearing: what follows from what the shop, or the customer, newly tells of a customer (S4.1, S4.8, S8.1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from leal.rules import subscriptions
from leal.rules.climbing import upgrade
from leal.rules.ledger import Book
from leal.rules.person import learn_birthday
from leal.rules.settling import settle
from leal.rules.sources import on_subscribing
from leal.values import parse_instant

CONSENT: Final = "email_marketing_consent"


def told(book: Book, now: int) -> None:
    """Birthday and subscriptions are known from here on; a tag may lift the member, where a tier asks for it.

    May raise TooManySubscriptions, DaysNeeded or CustomerNeeded.
    """
    account = book.account
    if "birthday" in book.told:
        account.person = learn_birthday(account.person, book.told["birthday"] or "", now)
    if book.told.get("subscriptions"):
        account.person = subscriptions.learn(account.person, book.told["subscriptions"])
        subscriptions.follow(book, now, "member")
    if book.terms is not None and book.terms.tiers_ask_customer:
        upgrade(book, now, "member")


def consented(book: Book, before: Mapping[str, Any], now: int) -> bool:
    """Pay for a newsletter where the customer was told as `subscribed` and was not before; `before` is what this run's
    former commands told. Whoever joins by the same command is a member already. Gives whether anything was paid.

    May raise CustomerNeeded, CapsNeeded, StockNeeded, DaysNeeded or LapsesNeeded.
    """
    if book.told.get(CONSENT) != "subscribed" or before.get(CONSENT) == "subscribed":
        return False
    ways = (way for one in book.versions.all for way in one.terms.ways)
    pays = any(way.kind == "newsletter" and way.trigger is None for way in ways)
    if not pays or book.account.membership != "full":
        return False
    if CONSENT not in before:
        book.customer()  # raises where it was not lent
        if (book.profile or {}).get(CONSENT) == "subscribed":
            return False
    since = book.told.get(f"{CONSENT}_change_time")
    occurred_at = now if since is None else min(parse_instant(since), now)
    if not on_subscribing(book, occurred_at, now):
        return False
    upgrade(book, now, "member")
    settle(book, now)  # a lot already past its end lapses in an entry made now, once tiers followed (S3.2, S4.9)
    return True
