"""A skipped test is counted aloud, and fails the run where everything is required."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.structure.source import ROOT

TESTS = """
from tests.requires import needs_program

@needs_program("no-such-program", "nor-this")
def test_first(): ...

@needs_program("no-such-program")
def test_second(): ...

@needs_program("no-such-either", "sh")
def test_third(): ...
"""


@pytest.fixture
def tests(tmp_path: Path) -> Path:
    """A folder with three tests, two of which miss their program."""
    (tmp_path / "tests").mkdir()
    for name in ("conftest.py", "databases.py", "homes.py", "requires.py"):
        shutil.copy(ROOT / "tests" / name, tmp_path / "tests" / name)
    (tmp_path / "tests" / "test_it.py").write_text(TESTS)
    return tmp_path


def run(folder: Path, required: str, *options: str) -> subprocess.CompletedProcess[str]:
    """Run pytest in the folder, with LEAL_REQUIRE_ALL as given."""
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "tests", *options]
    variables = {"PATH": "/usr/bin:/bin", "LEAL_REQUIRE_ALL": required}
    return subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True, timeout=60, check=False)


def test_a_missing_program_is_counted_aloud(tests: Path) -> None:
    done = run(tests, "")
    assert done.returncode == 0
    assert "2 skipped because a program is missing: no-such-program (2)" in done.stdout


@pytest.mark.parametrize("options", [(), ("-n", "2")])
def test_a_skip_fails_where_everything_is_required(tests: Path, options: tuple[str, ...]) -> None:
    done = run(tests, "1", *options)
    assert done.returncode == 1
    assert "LEAL_REQUIRE_ALL is set: 2 skipped, so the run fails" in done.stdout


def test_all_is_well_where_nothing_is_skipped(tests: Path) -> None:
    assert run(tests, "1", "-k", "third").returncode == 0
