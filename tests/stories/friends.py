"""Friends who come by invitation: what a story's programme says of them."""

from __future__ import annotations

import re

from tests.stories.programmes import CAP, WORDS, Document, Say, add_source, caps_of, words_of


def _referrals(document: Document, match: re.Match[str]) -> None:
    found: Document = {"delay_days": int(match["days"] or 0), "minimum_order": match["least"] or "0"}
    if match["count"]:
        found["per_member"] = {"count": int(match["count"]), "period": match["period"]}
    if match["life"]:
        found["link_expires"] = match["life"]
    document["referrals"] = {**document.get("referrals", {}), **found}


def _source_of(kind: str) -> Say:
    def say(document: Document, match: re.Match[str]) -> None:
        counts = {"qualifies": True} if match["counts"] else {}
        add_source(document, kind, kind.replace("_", "-"), points=int(match["points"]), caps=caps_of(match), **counts)

    return say


def _welcome(document: Document, match: re.Match[str]) -> None:
    document["referrals"] = {**document.get("referrals", {}), "friend_welcome": match["slug"]}


_FRIENDS = (
    r"friends come by invitation(?:, after (?P<days>\d+) days)?(?:, with orders from (?P<least>MONEY))?"
    r"(?:, at most (?P<count>\d+) (?P<period>PERIOD))?(?:, links live (?P<life>TERM))?"
)
_EARNS = rf"a friend earns (?P<points>\d+)(?P<counts> which count)?(?:,{CAP})?"
WORDS.extend(
    [
        (words_of(_FRIENDS), _referrals),
        (words_of(r"friends are welcomed with (?P<slug>[a-z]+)"), _welcome),
        (words_of(f"bringing {_EARNS}"), _source_of("referral_sent")),
        (words_of(f"coming by {_EARNS}"), _source_of("referral_received")),
    ]
)
