"""Whatever programme can be written down is printed and read back without loss, and its hash follows its content."""

from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from leal.decode import convert
from leal.rules.programme.document import (
    Expiration,
    GlobalDate,
    GlobalInactivity,
    Multiplier,
    NoDebt,
    Offer,
    OfferReward,
    PendingDate,
    PendingDelay,
    PendingEvent,
    Programme,
    RollingExpiration,
    Source,
    Targets,
)
from leal.rules.programme.ladder import Feature
from leal.rules.programme.reading import content_hash, print_programme
from leal.rules.programme.yaml_tree import Tree

SLUGS = st.from_regex(r"[a-z0-9]{1,6}(-[a-z0-9]{1,6}){0,2}", fullmatch=True)
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
TITLES = TEXTS.filter(bool)
MONEY = st.from_regex(r"[0-9]{1,12}(\.[0-9]{1,6})?", fullmatch=True)
TERMS = st.sampled_from(["1 day", "12 months", "3 years"])
POINTS = st.integers(1, 10**12)
NAMES = st.lists(TITLES, max_size=3)
TARGETS = st.builds(Targets, products=NAMES, collections=NAMES, tags=NAMES)
PENDING = st.one_of(
    st.builds(PendingDelay, days=st.integers(1, 7300), timeout=st.none() | TERMS),
    st.builds(PendingDate, day=st.just("02-29")),
    st.builds(PendingEvent, trigger=st.none() | SLUGS),
)
SOURCES = st.builds(
    Source,
    slug=SLUGS,
    title=TITLES,
    description=TEXTS,
    points=st.none() | POINTS,
    per=st.none() | MONEY,
    targets=st.none() | TARGETS,
    qualifies=st.none() | st.booleans(),
    pending=st.none() | PENDING,
    starts_at=st.none() | st.just("2025-03-01"),
    condition=st.none() | TEXTS,
    kind=st.sampled_from(["order", "product"]),
)
EXPIRATIONS = st.builds(
    Expiration,
    rolling=st.none() | st.builds(RollingExpiration, term=TERMS),
    everything=st.none() | st.builds(GlobalDate, days=st.just(["12-31"])) | st.builds(GlobalInactivity, term=TERMS),
    warn_days=st.lists(st.integers(1, 366), max_size=2),
)
PROGRAMMES = st.builds(
    Programme,
    shop=SLUGS,
    title=TITLES,
    currency=st.just("EUR"),
    timezone=TEXTS,
    locale=st.sampled_from(["en", "pt_BR"]),
    enabled=st.booleans(),
    sources=st.lists(SOURCES, max_size=3),
    multipliers=st.lists(st.builds(Multiplier, slug=SLUGS, title=TITLES, factor=st.integers(0, 10**7)), max_size=2),
    expiration=EXPIRATIONS,
    tier_features=st.lists(st.builds(Feature, slug=SLUGS, title=TITLES), max_size=2),
    offers=st.lists(
        st.builds(Offer, slug=SLUGS, title=TITLES, kind=st.just("free"), gives=st.builds(OfferReward, amount=MONEY)),
        max_size=2,
    ),
)


def read_back(text: str) -> Programme:
    return convert(Tree(text).value, Programme, numbers_as_text=True)


@settings(max_examples=40)
@given(PROGRAMMES)
def test_printed_programmes_are_read_back(programme: Programme) -> None:
    again = read_back(print_programme(programme))
    assert again == programme
    assert content_hash(again) == content_hash(programme)
    assert print_programme(again) == print_programme(programme)


@settings(max_examples=25)
@given(PROGRAMMES, PROGRAMMES)
def test_the_hash_tells_programmes_apart(one: Programme, other: Programme) -> None:
    assert (content_hash(one) == content_hash(other)) == (one == other)


def test_the_hash_does_not_see_defaults_written_out() -> None:
    fields: dict[str, Any] = {"shop": "a", "title": "A", "currency": "EUR", "timezone": "UTC"}
    short, long = Programme(**fields), Programme(**fields, sources=[], enabled=True)
    assert content_hash(short) == content_hash(long)
    with_debt = msgspec.structs.replace(short, points=msgspec.structs.replace(short.points, debt=NoDebt()))
    assert content_hash(with_debt) != content_hash(short)
