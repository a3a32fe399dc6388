"""What the program says of itself, and how it ends when it was called wrongly."""

from pathlib import Path

import click
import pytest

from leal import __version__
from leal.cli import OVERVIEW
from leal.cli import leal as program
from tests.acceptance.program import Program


@pytest.fixture
def nowhere(tmp_path: Path) -> Program:
    """The program where there is no database to reach."""
    return Program({"LEAL_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing", "LEAL_HOME": "home"}, tmp_path)


def commands(group: click.Group, path: str = "") -> dict[str, click.Command]:
    """Every command below a group, by the words that call it."""
    found: dict[str, click.Command] = {}
    for name, command in group.commands.items():
        words = f"{path} {name}".strip()
        found |= commands(command, words) if isinstance(command, click.Group) else {words: command}
    return found


def test_alone_it_gives_an_overview(nowhere: Program) -> None:
    assert nowhere.well() == OVERVIEW


def test_every_line_of_the_overview_names_a_command() -> None:
    known = commands(program)
    lines = [line.split() for line in OVERVIEW.splitlines() if line.startswith("  leal ")]
    assert len(lines) > 8
    for words in lines:
        assert words[1] in known or f"{words[1]} {words[2]}" in known


def test_the_version(nowhere: Program) -> None:
    assert nowhere.well("--version") == f"leal {__version__}\n"


@pytest.mark.parametrize("words", sorted(commands(program)))
def test_every_command_and_every_option_is_explained(words: str) -> None:
    command = commands(program)[words]
    assert command.help
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, f"leal {words} {parameter.opts[0]} has no help"


@pytest.mark.parametrize("words", sorted(commands(program)))
def test_every_command_is_documented(words: str) -> None:
    page = (Path(__file__).parents[2] / "docs" / "commands.md").read_text()
    assert f"leal {words}" in page
    for parameter in commands(program)[words].params:
        if isinstance(parameter, click.Option):
            assert parameter.opts[0] in page


@pytest.mark.parametrize(
    "line",
    [
        "balanse cdnow 1",
        "balance cdnow",
        "token customer cdnow 1 --ttl soon",
        "token customer cdnow 1 --ttl 1m",
        "token shop cdnow --ttl 0s",
        "shop create a --clock 1997-01-01",
        "shop create a --sandbox --clock yesterday",
        "serve --port 99999",
        "programme validate no-such-file.yaml",
        "rejected drop a",
        "rejected drop a 1 --all",
    ],
)
def test_a_wrong_command_line_ends_with_2(nowhere: Program, line: str) -> None:
    ended = nowhere(*line.split())
    assert ended.code == 2
    assert "Usage: leal" in ended.err
    assert "Error: " in ended.err
    assert ended.out == ""


def test_an_unreachable_database_is_told_with_its_remedy(nowhere: Program) -> None:
    ended = nowhere("shop", "list")
    assert ended.code == 1
    assert ended.out == ""
    assert ended.err.startswith("leal: The database cannot be reached.")
    assert "help: See that it runs and that LEAL_DATABASE_URL is right." in ended.err
    assert "Traceback" not in ended.err


def test_wrong_settings_are_listed_at_once(tmp_path: Path) -> None:
    ended = Program({"LEAL_PORT": "many", "LEAL_LOG_LEVEL": "loud", "LEAL_PROT": "1"}, tmp_path)("shop", "list")
    assert ended.code == 1
    assert ended.err.startswith("leal: 2 faults\n")
    assert "LEAL_PORT is not a whole number from 1 to 65535 (found 'many')." in ended.err
    assert "right: Write one of debug, info, warning, error" in ended.err


def test_what_looks_like_a_setting_is_said(nowhere: Program) -> None:
    nowhere.environment["LEAL_PROT"] = "1"
    assert "LEAL_PROT is set but is no setting; did you mean LEAL_PORT?" in nowhere("shop", "list").err
