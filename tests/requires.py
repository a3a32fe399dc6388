"""What a test may need from the machine: a program that Python's packages do not bring."""

import os
import shutil
from collections import Counter
from collections.abc import Iterable

import pytest

MISSING = "program missing: "


def needs_program(*names: str) -> pytest.MarkDecorator:
    """Skip the test where none of the programs is on the PATH; the first name is the one the summary tells."""
    present = any(shutil.which(name) for name in names)
    return pytest.mark.skipif(not present, reason=MISSING + names[0])


def everything_required() -> bool:
    """Whether LEAL_REQUIRE_ALL asks that nothing be skipped."""
    return os.environ.get("LEAL_REQUIRE_ALL", "") not in ("", "0")


def count_missing(reasons: Iterable[str]) -> Counter[str]:
    """How many skips each missing program caused, of the reasons that pytest reports."""
    return Counter(reason.partition(MISSING)[2] for reason in reasons if MISSING in reason)
