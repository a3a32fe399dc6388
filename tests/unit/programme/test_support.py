"""What this release runs: the whole document."""

import pytest

from leal.examples import programme_text
from leal.rules.programme.reading import read_programme
from leal.rules.programme.support import unsupported
from tests.unit.programme.edited import edited


def test_the_demo_programme_is_run_whole() -> None:
    assert unsupported(read_programme(programme_text("cdnow"))) == []


def test_the_full_programme_is_run_whole() -> None:
    assert unsupported(edited({})) == []


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"earning.pending": {"mode": "event", "timeout": "3 days"}}, "earning.pending"),
        ({"earning.pending": {"mode": "event", "event": "trigger", "trigger": "followed"}}, "earning.pending.event"),
        ({"tiers.steps[3].keep": {"condition": "true"}}, "tiers.steps[3].keep.condition"),
        ({"tiers.steps[3].keep": {"events": ["atelier-visited"]}}, "tiers.steps[3].keep.events"),
        ({"redemption.coupon_expires": "1 month"}, "redemption.coupon_expires"),
        ({"earning.pending": {"mode": "date", "day": "12-31"}}, "earning.pending"),
        ({"tiers.window": {"kind": "lifetime"}}, "tiers.window"),
        ({"tiers.window": {"kind": "calendar_year"}}, "tiers.window"),
        ({"tiers.window": {"kind": "anniversary_year"}}, "tiers.window"),
        ({"tiers.basis": "available"}, "tiers.basis"),
        ({"enrolment": "automatic"}, "enrolment"),
        ({"enrolment": "explicit"}, "enrolment"),
        ({"sources[0].condition": "true"}, "sources[0].condition"),
        ({"sources[0].caps": [{"points": 5}, {"points": 1, "period": "daily"}]}, "sources[0].caps"),
        ({"sources[3].caps": [{"points": 25, "over": "refuse"}]}, "sources[3].caps"),
        ({"sources[0].visible": "true"}, "sources[0].visible"),
        ({"multipliers[0].condition": "true"}, "multipliers[0].condition"),
        ({"tiers.steps[1].visible": "true"}, "tiers.steps[1].visible"),
        ({"offers[0].condition": "true"}, "offers"),
    ],
)
def test_what_is_run(changes: dict[str, object], path: str) -> None:
    assert not [problem for problem in unsupported(edited(changes)) if problem.path.startswith(path)]
