"""The integration guide as its reader runs it: every file, command and answer, in order, in one shell."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from tests.acceptance.program import Program
from tests.requires import needs_program
from tests.structure.source import ROOT

GUIDE: Final = ROOT / "docs" / "integration.md"
MARK: Final = "— end of block —"
SECONDS: Final = 240
_FENCE: Final = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_NAME: Final = re.compile(r"(?:#|//) ([\w.]+)\n")
NOT_RUN: Final = "console"
"""The fences of what needs an administrator."""


class Block(NamedTuple):
    """A fence of the guide: its language, and what is in it."""

    language: str
    text: str


def blocks(port: int) -> Iterator[Block]:
    """The guide's fences in order, for a server on that port."""
    for language, text in _FENCE.findall(GUIDE.read_text()):
        yield Block(language, text.replace(":8080", f":{port}"))


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@needs_program("node")
@needs_program("curl")
def test_the_guide_leads_from_nothing_to_live(leal: Program) -> None:
    port = free_port()
    script, told = ["set -eu", "trap 'kill $(jobs -p) 2>/dev/null' EXIT"], {}
    ran = 0
    for language, text in blocks(port):
        if language == "sh":
            script += [text, f"echo '{MARK}'"]
            ran += 1
        elif language == "text":
            told[ran - 1] = text
        elif language != NOT_RUN:
            name = _NAME.match(text)
            assert name, f"a file without a name: {text[:40]}"
            (leal.folder / name[1]).write_text(text[name.end() :])
    assert ran > 8
    ended = subprocess.run(
        ["bash", "-c", "\n".join(script)],
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
        cwd=leal.folder,
        env=leal.environment | {"PATH": path(leal), "LEAL_PORT": str(port)},
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    answers = ended.stdout.split(f"{MARK}\n")
    assert told
    for number, text in told.items():
        assert answers[number] == text


def path(leal: Program) -> str:
    """Where the shell finds `leal` and a Python that knows it."""
    return f"{Path(sys.executable).parent}:{leal.environment['PATH']}"
