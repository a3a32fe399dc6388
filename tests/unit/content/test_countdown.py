"""The countdown: what is left, and that it runs."""

import io
from datetime import timedelta

import pytest
from PIL import Image

from leal.content.gauges import remaining
from leal.content.gif import draw_countdown
from leal.content.panel import Countdown
from leal.rules.programme.theme import Theme
from tests.unit.content.panels import NOW

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("left", "told"),
    [
        (DAY * 12 + timedelta(hours=14, minutes=59, seconds=7), (12, 14, 59, 7)),
        (timedelta(seconds=1), (0, 0, 0, 1)),
        (timedelta(seconds=59, milliseconds=999), (0, 0, 0, 59)),
        (timedelta(milliseconds=999), None),
        (timedelta(0), None),
        (-DAY, None),
        (DAY * 100, (100, 0, 0, 0)),
    ],
)
def test_what_is_left(left: timedelta, told: tuple[int, int, int, int] | None) -> None:
    assert remaining(Countdown(NOW + left), NOW) == told


def frames(picture: bytes) -> list[bytes]:
    """Each frame's pixels."""
    image = Image.open(io.BytesIO(picture))
    found = []
    for number in range(getattr(image, "n_frames", 1)):
        image.seek(number)
        found.append(image.convert("RGB").tobytes())
    assert "loop" not in image.info
    return found


def test_a_minute_runs_a_second_a_frame() -> None:
    shown = frames(draw_countdown(Countdown(NOW + DAY), Theme(), "urgent", NOW))
    assert len(shown) == 60
    assert len(set(shown)) == 60
    assert shown[1:] == frames(draw_countdown(Countdown(NOW + DAY), Theme(), "urgent", NOW + timedelta(seconds=1)))[:-1]


def test_it_ends_at_nothing_left() -> None:
    shown = frames(draw_countdown(Countdown(NOW + timedelta(seconds=5)), Theme(), "urgent", NOW, scale=1))
    assert len(shown) == 6
    later = frames(draw_countdown(Countdown(NOW, over="Too late, sorry."), Theme(), "urgent", NOW, scale=1))
    assert len(later) == 1
    assert later[0] != shown[-1]
